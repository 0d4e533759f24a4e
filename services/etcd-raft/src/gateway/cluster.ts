import { etcdServices } from '@kubelab/store/etcd';
import type { EtcdServer } from '../etcd-server.js';
import { type Call, unary } from './calls.js';

const { clusterMethods: methods } = etcdServices;

export function clusterCalls(server: EtcdServer): readonly Call[] {
  return [
    unary(methods.memberList, (request, caller) => server.memberList(request, caller)),
    unary(methods.memberAdd, (request, caller) => server.memberAdd(request, caller)),
    unary(methods.memberRemove, ({ id }, caller) => server.memberRemove(id, caller)),
    unary(methods.memberUpdate, (request, caller) => server.memberUpdate(request, caller)),
    unary(methods.memberPromote, ({ id }, caller) => server.memberPromote(id, caller)),
  ];
}

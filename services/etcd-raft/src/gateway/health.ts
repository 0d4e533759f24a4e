import { etcdServices } from '@kubelab/store/etcd';
import type { EtcdServer } from '../etcd-server.js';
import { type Call, unary } from './calls.js';

/** grpc.health.v1: serving while this member knows a leader. Its Watch is not served; the protocol leaves that open. */
export function healthCalls(server: EtcdServer): readonly Call[] {
  return [
    unary(etcdServices.healthMethods.check, async (_request, caller) => {
      const { leader } = await server.status(caller);
      const status: 'serving' | 'notServing' = /^0*$/.test(leader) ? 'notServing' : 'serving';
      return { status };
    }),
  ];
}

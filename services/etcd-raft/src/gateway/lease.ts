import { etcdServices } from '@kubelab/store/etcd';
import type { EtcdServer } from '../etcd-server.js';
import { type Call, stream, unary } from './calls.js';

const { leaseMethods: methods, leaseKeepAliveMethod } = etcdServices;

export function leaseCalls(server: EtcdServer): readonly Call[] {
  return [
    unary(methods.grant, (request, caller) => server.leaseGrant(request, caller)),
    unary(methods.revoke, async ({ id }, caller) => ({ header: await server.leaseRevoke(id, caller) })),
    unary(methods.timeToLive, (request, caller) => server.leaseTimeToLive(request, caller)),
    unary(methods.leases, async (_request, caller) => {
      const { header, ids } = await server.leaseLeases(caller);
      return { header, leases: ids.map((id) => ({ id })) };
    }),
    // One renewal at a time, in order: a client that sends faster than that waits.
    stream(leaseKeepAliveMethod, async (input, output, caller) => {
      for await (const { id } of input) {
        output.send(await server.leaseKeepAlive(id, caller));
        await output.drained();
      }
    }),
  ];
}

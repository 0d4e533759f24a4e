import type { EtcdServer } from '../etcd-server.js';
import { authCalls } from './auth.js';
import type { Call } from './calls.js';
import { clusterCalls } from './cluster.js';
import { electionCalls, lockCalls } from './concurrency.js';
import { healthCalls } from './health.js';
import { kvCalls } from './kv.js';
import { leaseCalls } from './lease.js';
import { maintenanceCalls } from './maintenance.js';
import { watchCalls } from './watch.js';

/** All of etcd v3's gRPC methods that a member answers. */
export function gatewayCalls(server: EtcdServer): readonly Call[] {
  return [
    ...kvCalls(server),
    ...watchCalls(server),
    ...leaseCalls(server),
    ...clusterCalls(server),
    ...maintenanceCalls(server),
    ...authCalls(server),
    ...lockCalls(server),
    ...electionCalls(server),
    ...healthCalls(server),
  ];
}

export * from './contract.js';
export { MvccStore } from './mvcc/mvcc-store.js';
export type { PlantedBug } from './raft/types.js';
export type { RaftObservation } from './server/raft-node.js';
export { type EtcdRaftConfig, startEtcdRaft } from './server/start.js';

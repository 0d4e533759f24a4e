export * from './contract.js';
export * from './etcd-server.js';
export type { PlantedBug } from './raft/types.js';
export type { AutoCompaction } from './server/auto-compaction.js';
export type { RaftObservation } from './server/raft-node.js';
export { type EtcdRaftConfig, type ReplicatedState, startEtcdRaft } from './server/start.js';
export { createCheapPasswordHasher, type PasswordHasher } from './state/passwords.adapter.js';

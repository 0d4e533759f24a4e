export * from './contract.js';
export { MvccStore } from './mvcc/mvcc-store.js';
export { type EtcdRaftConfig, type StartNode, startEtcdRaft } from './server/start.js';

export * from './contract.js';
export { MvccStore } from './mvcc/mvcc-store.js';
export { type EtcdRaftConfig, startEtcdRaft } from './server/start.js';

export * from '../checker/index.js';
export { type ClientParts, runClient, type Workload, workloadDefault } from './clients.js';
export { type Finding, type Judgement, judge } from './judge.js';
export { type LeaseClientParts, runLeaseClient } from './lease-client.js';
export { Recorder } from './recorder.js';
export { type CompactorParts, runCompactor, runWatcher, type WatcherParts } from './watchers.js';

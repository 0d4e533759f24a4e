export {
  type CallContext,
  Client,
  isConflict,
  isNotFound,
  KindClient,
  type ListOptions,
  type PatchType,
  type TracedEvent,
} from './client.js';
export { type EventInput, EventRecorder } from './events.js';
export { type Index, Informer, type InformerHandlers, keyOf, splitKey } from './informer.js';
export { electionTimes, LeaderElector } from './leader-election.js';
export type * from './transport.js';
export { connectApiserver, mayHaveHappened } from './wire-transport.js';
export { type Reconcile, type ReconcileResult, runWorkers, WorkQueue } from './work-queue.js';

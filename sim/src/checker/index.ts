export { type Counterexample, describeCounterexample, findCounterexample } from './counterexample.js';
export { checkLeases, type LeaseBounds, type LeaseRecord, type LeaseRenewal } from './leases.js';
export { type CheckResult, checkLinearizable, type Verdict } from './linearizability.js';
export type { HistoryEntry, Model } from './model.js';
export {
  type RegisterOperation,
  registerModel,
  type SetOperation,
  setModel,
  type TxnOperation,
  txnModel,
  type Value,
} from './models.js';
export { counterexampleHtml, counterexampleSvg } from './picture.js';
export { checkReads, historyOf, type RevisionRead } from './reads.js';
export { checkRevisions, MonotonicReads, type RevisionEntry } from './revisions.js';
export { type AcknowledgedWrite, checkWatches, type WatchedEvent, WatchRecord } from './watches.js';

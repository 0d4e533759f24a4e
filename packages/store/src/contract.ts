import type { Traceparent } from '@kubelab/telemetry';

/**
 * etcd v3's data model (https://etcd.io/docs/v3.5/learning/api/), camelCased, revisions as numbers (exact
 * below 2^53).
 * Keys and values are bytes. A revision is made by each transaction that changes something.
 */
export type Key = Uint8Array;

export interface ResponseHeader {
  readonly clusterId: string;
  readonly memberId: string;
  /** The store's revision when the request was answered. */
  readonly revision: number;
  readonly raftTerm: number;
}

export interface KeyValue {
  readonly key: Key;
  readonly value: Uint8Array;
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1 at creation, one more with each put, back to 1 when put after a delete. */
  readonly version: number;
  /** Id of the lease the key hangs on; 0 for none. */
  readonly lease: number;
  /** Trace context of the write that made modRevision. */
  readonly trace?: Traceparent;
}

/** [key, rangeEnd). No rangeEnd: just key. rangeEnd [0]: everything from key on. See prefixEnd(). */
export interface KeyRange {
  readonly key: Key;
  readonly rangeEnd?: Key;
}

export interface RangeRequest extends KeyRange {
  /** 0 or absent: no limit. */
  readonly limit?: number;
  /** 0 or absent: now. */
  readonly revision?: number;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  /** Answered from the asked member's own state, perhaps stale. Default false: linearizable (ReadIndex). */
  readonly serializable?: boolean;
}

export interface RangeResponse {
  readonly header: ResponseHeader;
  readonly kvs: readonly KeyValue[];
  /** More keys are in the range than limit let through. */
  readonly more: boolean;
  /** All keys in the range, whatever the limit. */
  readonly count: number;
}

export interface PutOperation {
  readonly type: 'put';
  readonly key: Key;
  readonly value: Uint8Array;
  readonly lease?: number;
  readonly prevKv?: boolean;
}

export interface DeleteRangeOperation extends KeyRange {
  readonly type: 'deleteRange';
  readonly prevKv?: boolean;
}

export interface RangeOperation extends RangeRequest {
  readonly type: 'range';
}

export type Operation = PutOperation | DeleteRangeOperation | RangeOperation;

/**
 * True when `target` of the key `result` the given number (or bytes, for 'value'). An absent key has version,
 * revisions and lease 0.
 */
export type Compare = {
  readonly key: Key;
  readonly rangeEnd?: Key;
  readonly result: 'equal' | 'notEqual' | 'greater' | 'less';
} & (
  | { readonly target: 'version' | 'createRevision' | 'modRevision' | 'lease'; readonly number: number }
  | { readonly target: 'value'; readonly bytes: Uint8Array }
);

/**
 * If all compares hold, `success` is executed, else `failure`; atomically, as one revision. At most 128
 * operations; no key put twice.
 */
export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
}

export type OperationResponse =
  | { readonly type: 'put'; readonly prevKv?: KeyValue }
  | { readonly type: 'deleteRange'; readonly deleted: number; readonly prevKvs: readonly KeyValue[] }
  | {
      readonly type: 'range';
      readonly kvs: readonly KeyValue[];
      readonly more: boolean;
      readonly count: number;
    };

export interface TxnResponse {
  readonly header: ResponseHeader;
  readonly succeeded: boolean;
  readonly responses: readonly OperationResponse[];
}

export interface WatchRequest extends KeyRange {
  /** First revision to report. 0 or absent: from now on. */
  readonly startRevision?: number;
  readonly prevKv?: boolean;
  /** An empty response with the current revision every now and then (10 s) and on requestProgress(). */
  readonly progressNotify?: boolean;
}

export interface StoreEvent {
  readonly type: 'put' | 'delete';
  /** For a delete: key and modRevision only. */
  readonly kv: KeyValue;
  readonly prevKv?: KeyValue;
}

/**
 * All events of a revision come in one response, in key order of the transaction; revisions come in order,
 * none twice, none left out.
 */
export interface WatchResponse {
  /** header.revision: every event up to it has been delivered on this watch. */
  readonly header: ResponseHeader;
  readonly events: readonly StoreEvent[];
}

/**
 * Iterate for responses. It survives leader changes and reconnects by resuming from the next undelivered
 * revision. The iteration throws StoreError
 * `compacted` (with compactRevision) when that revision is gone, or when `signal` aborts it ends.
 */
export interface StoreWatch extends AsyncIterable<WatchResponse> {
  /** Asks for a response that tells how far this watch is: used for consistent reads from a cache. */
  requestProgress(): void;
  close(): void;
}

export interface StatusResponse {
  readonly header: ResponseHeader;
  readonly name: string;
  readonly version: string;
  readonly role: 'leader' | 'follower' | 'candidate' | 'preCandidate' | 'learner';
  readonly leader: string;
  readonly raftTerm: number;
  readonly raftIndex: number;
  readonly raftAppliedIndex: number;
  readonly dbBytes: number;
  readonly compactRevision: number;
}

export type StoreErrorCode =
  | 'compacted'
  | 'futureRevision'
  | 'tooManyOperations'
  | 'duplicateKey'
  | 'requestTooLarge'
  | 'noSpace'
  | 'tooManyRequests'
  | 'noLeader'
  | 'timeout'
  | 'unavailable'
  | 'permissionDenied'
  | 'leaseNotFound'
  | 'invalidArgument'
  | 'corrupt';

/** Texts are etcd's where etcd has one (`etcdserver: mvcc: required revision has been compacted`). */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** Certainly not executed, worth repeating. */
  readonly retryable: boolean;
  /** A write whose fate is unknown: the answer was lost. */
  readonly mayHaveExecuted: boolean;
  readonly compactRevision: number | undefined;
  constructor(
    code: StoreErrorCode,
    message: string,
    options: {
      retryable?: boolean;
      mayHaveExecuted?: boolean;
      compactRevision?: number | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.mayHaveExecuted = options.mayHaveExecuted ?? false;
    this.compactRevision = options.compactRevision;
  }
}

export interface StoreCallOptions {
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly trace?: Traceparent | undefined;
}

/**
 * The one store interface. Behind it: kubelab's Raft cluster over packages/wire (`connectStore`). Reads are
 * retried by the client on another member;
 * a write is retried only when it certainly was not executed, else it rejects with mayHaveExecuted.
 */
export interface Store {
  range(request: RangeRequest, options?: StoreCallOptions): Promise<RangeResponse>;
  txn(request: TxnRequest, options?: StoreCallOptions): Promise<TxnResponse>;
  watch(request: WatchRequest, options?: { readonly signal?: AbortSignal }): StoreWatch;
  /** History before `revision` is dropped: older reads and watches get `compacted`. */
  compact(revision: number, options?: StoreCallOptions): Promise<void>;
  /** Of the member that answers. */
  status(options?: StoreCallOptions): Promise<StatusResponse>;
  close(): Promise<void>;
}

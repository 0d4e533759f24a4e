import type { Traceparent } from '@kubelab/telemetry';

/**
 * etcd v3's data model (https://etcd.io/docs/v3.5/learning/api/), camelCased, revisions as numbers (exact
 * below 2^53).
 * Keys and values are bytes. A revision is made by each transaction that changes something.
 */
export type Key = Uint8Array;

/** 64 bits as 16 hex digits, as etcdctl prints them. */
export type ClusterId = string;
export type MemberId = string;

/** A lease's id, a positive int64. 0n where there is none. */
export type LeaseId = bigint;

export interface ResponseHeader {
  readonly clusterId: ClusterId;
  readonly memberId: MemberId;
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
  /** The lease the key hangs on; 0n for none. */
  readonly lease: LeaseId;
  /** Trace context of the write that made modRevision. */
  readonly trace?: Traceparent;
}

/** [key, rangeEnd). No rangeEnd: just key. rangeEnd [0]: everything from key on. See prefixEnd(). */
export interface KeyRange {
  readonly key: Key;
  readonly rangeEnd?: Key;
}

export type SortTarget = 'key' | 'version' | 'createRevision' | 'modRevision' | 'value';

export interface RangeRequest extends KeyRange {
  /** 0 or absent: no limit. */
  readonly limit?: number;
  /** 0 or absent: now. */
  readonly revision?: number;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  /** Default: by key, ascending. Sorting by anything else looks at the whole range before `limit`. */
  readonly sortTarget?: SortTarget;
  readonly sortOrder?: 'none' | 'ascend' | 'descend';
  /** Keys outside these bounds are left out of `kvs`, not of `count` (as etcd does). 0 or absent: no bound. */
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
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
  readonly lease?: LeaseId;
  readonly prevKv?: boolean;
  /** Keeps the value that is there (`key not found` when there is none); `value` must be empty. */
  readonly ignoreValue?: boolean;
  /** Keeps the lease that the key hangs on; `lease` must be 0n. */
  readonly ignoreLease?: boolean;
}

export interface DeleteRangeOperation extends KeyRange {
  readonly type: 'deleteRange';
  readonly prevKv?: boolean;
}

export interface RangeOperation extends RangeRequest {
  readonly type: 'range';
}

/** A transaction within a transaction: what it does is part of the same revision. */
export interface TxnOperation extends TxnRequest {
  readonly type: 'txn';
}

export type Operation = PutOperation | DeleteRangeOperation | RangeOperation | TxnOperation;

/**
 * True when `target` of the key `result` the given number (or bytes, for 'value'). An absent key has version,
 * revisions and lease 0.
 */
export type Compare = {
  readonly key: Key;
  readonly rangeEnd?: Key;
  readonly result: 'equal' | 'notEqual' | 'greater' | 'less';
} & (
  | { readonly target: 'version' | 'createRevision' | 'modRevision'; readonly number: number }
  | { readonly target: 'lease'; readonly lease: LeaseId }
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
    }
  | {
      readonly type: 'txn';
      readonly succeeded: boolean;
      readonly responses: readonly OperationResponse[];
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
  /** Events that are not wanted. */
  readonly filters?: readonly ('noPut' | 'noDelete')[];
  /** A revision's events that exceed the request size limit come in several responses. */
  readonly fragment?: boolean;
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
  /** More of this revision follows in the next response (only where the request allowed fragments). */
  readonly fragment?: boolean;
}

/** Time is in whole seconds, as in etcd. `id` 0n: the store chooses one. */
export interface LeaseGrantRequest {
  readonly id: LeaseId;
  readonly ttl: number;
}

export interface LeaseGrantResponse {
  readonly header: ResponseHeader;
  readonly id: LeaseId;
  readonly ttl: number;
}

/** `ttl` 0: the lease is gone (etcd answers a keep-alive so, without an error). */
export type LeaseKeepAliveResponse = LeaseGrantResponse;

export interface LeaseTimeToLiveResponse {
  readonly header: ResponseHeader;
  readonly id: LeaseId;
  /** Seconds left; -1 when there is no such lease. */
  readonly ttl: number;
  readonly grantedTtl: number;
  readonly keys: readonly Key[];
}

export interface LeaseLeasesResponse {
  readonly header: ResponseHeader;
  readonly ids: readonly LeaseId[];
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
  /** Of dbBytes, what holds data: the rest defragment() gives back. */
  readonly dbBytesInUse: number;
  readonly compactRevision: number;
  readonly isLearner: boolean;
  /** Alarms and corruption, for people. */
  readonly errors: readonly string[];
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
  | 'leaseExists'
  | 'leaseTtlTooLarge'
  | 'keyNotFound'
  | 'memberNotFound'
  | 'memberExists'
  | 'peerUrlExists'
  | 'unhealthyCluster'
  | 'learnerNotReady'
  | 'notLearner'
  | 'tooManyLearners'
  | 'notLeader'
  | 'badLeaderTransferee'
  | 'leaderTransferTimeout'
  | 'authNotEnabled'
  | 'authFailed'
  | 'authOldRevision'
  | 'invalidAuthToken'
  | 'userEmpty'
  | 'userExists'
  | 'userNotFound'
  | 'roleEmpty'
  | 'roleExists'
  | 'roleNotFound'
  | 'roleNotGranted'
  | 'permissionNotGranted'
  | 'rootUserMissing'
  | 'rootRoleMissing'
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
  compact(
    revision: number,
    options?: StoreCallOptions & {
      /** Resolves when the space is free again. */ readonly physical?: boolean;
    },
  ): Promise<void>;
  leaseGrant(request: LeaseGrantRequest, options?: StoreCallOptions): Promise<LeaseGrantResponse>;
  leaseRevoke(id: LeaseId, options?: StoreCallOptions): Promise<void>;
  /** One renewal; the caller repeats it, about every third of the ttl. */
  leaseKeepAlive(id: LeaseId, options?: StoreCallOptions): Promise<LeaseKeepAliveResponse>;
  leaseTimeToLive(
    id: LeaseId,
    options?: StoreCallOptions & { readonly keys?: boolean },
  ): Promise<LeaseTimeToLiveResponse>;
  leaseLeases(options?: StoreCallOptions): Promise<LeaseLeasesResponse>;
  /** Of the member that answers. */
  status(options?: StoreCallOptions): Promise<StatusResponse>;
  close(): Promise<void>;
}

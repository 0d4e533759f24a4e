import { WireError, type WireErrorCode } from '@kubelab/wire';
import { StoreError, type StoreErrorCode } from './contract.js';

/** Each store error's wire code (etcd's gRPC code) and text (etcd's where it has one). */
const table: Readonly<
  Record<StoreErrorCode, { readonly wire: WireErrorCode; readonly text: string; readonly retryable: boolean }>
> = {
  compacted: {
    wire: 'outOfRange',
    text: 'etcdserver: mvcc: required revision has been compacted',
    retryable: false,
  },
  futureRevision: {
    wire: 'outOfRange',
    text: 'etcdserver: mvcc: required revision is a future revision',
    retryable: false,
  },
  tooManyOperations: {
    wire: 'invalidArgument',
    text: 'etcdserver: too many operations in txn request',
    retryable: false,
  },
  duplicateKey: {
    wire: 'invalidArgument',
    text: 'etcdserver: duplicate key given in txn request',
    retryable: false,
  },
  requestTooLarge: { wire: 'invalidArgument', text: 'etcdserver: request is too large', retryable: false },
  noSpace: { wire: 'resourceExhausted', text: 'etcdserver: mvcc: database space exceeded', retryable: false },
  tooManyRequests: { wire: 'resourceExhausted', text: 'etcdserver: too many requests', retryable: true },
  noLeader: { wire: 'unavailable', text: 'etcdserver: no leader', retryable: true },
  timeout: { wire: 'unavailable', text: 'etcdserver: request timed out', retryable: false },
  unavailable: { wire: 'unavailable', text: 'etcdserver: leader changed', retryable: false },
  permissionDenied: { wire: 'permissionDenied', text: 'etcdserver: permission denied', retryable: false },
  leaseNotFound: { wire: 'notFound', text: 'etcdserver: requested lease not found', retryable: false },
  invalidArgument: { wire: 'invalidArgument', text: 'etcdserver: invalid request', retryable: false },
  corrupt: { wire: 'dataLoss', text: 'etcdserver: corrupt cluster', retryable: false },
};

export function storeError(
  code: StoreErrorCode,
  options: { detail?: string; compactRevision?: number; mayHaveExecuted?: boolean; cause?: unknown } = {},
): StoreError {
  const { text, retryable } = table[code];
  const { detail, ...rest } = options;
  return new StoreError(code, detail === undefined ? text : `${text}: ${detail}`, { retryable, ...rest });
}

/** What a member answers; `leader` tells a client where to go. */
export function toWireError(error: StoreError, leader?: string): WireError {
  const details: Record<string, unknown> = { store: error.code };
  if (error.compactRevision !== undefined) details.compactRevision = error.compactRevision;
  if (leader !== undefined) details.leader = leader;
  const { retryable, mayHaveExecuted } = error;
  return new WireError(table[error.code].wire, error.message, { retryable, mayHaveExecuted, details });
}

export function fromWireError(error: WireError): StoreError {
  const known = error.details.store;
  const compactRevision = error.details.compactRevision;
  const options = {
    retryable: error.retryable,
    mayHaveExecuted: error.mayHaveExecuted,
    compactRevision: typeof compactRevision === 'number' ? compactRevision : undefined,
    cause: error,
  };
  if (isStoreCode(known)) return new StoreError(known, error.message, options);
  const code: StoreErrorCode =
    error.code === 'permissionDenied' || error.code === 'unauthenticated'
      ? 'permissionDenied'
      : error.code === 'deadlineExceeded' || error.code === 'canceled'
        ? 'timeout'
        : error.code === 'resourceExhausted'
          ? 'tooManyRequests'
          : 'unavailable';
  return new StoreError(code, error.message, options);
}

function isStoreCode(value: unknown): value is StoreErrorCode {
  return typeof value === 'string' && Object.hasOwn(table, value);
}

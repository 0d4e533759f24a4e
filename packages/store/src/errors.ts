import { WireError, type WireErrorCode } from '@kubelab/wire';
import { StoreError, type StoreErrorCode } from './contract.js';

interface Row {
  readonly wire: WireErrorCode;
  readonly text: string;
  /** Certainly not executed, and worth repeating. */
  readonly retryable: boolean;
}

function row(wire: WireErrorCode, text: string, retryable = false): Row {
  return { wire, text: `etcdserver: ${text}`, retryable };
}

/** Each store error's wire code (etcd's gRPC code) and text (etcd's: api/v3rpc/rpctypes/error.go). */
const table: Readonly<Record<StoreErrorCode, Row>> = {
  compacted: row('outOfRange', 'mvcc: required revision has been compacted'),
  futureRevision: row('outOfRange', 'mvcc: required revision is a future revision'),
  tooManyOperations: row('invalidArgument', 'too many operations in txn request'),
  duplicateKey: row('invalidArgument', 'duplicate key given in txn request'),
  requestTooLarge: row('invalidArgument', 'request is too large'),
  noSpace: row('resourceExhausted', 'mvcc: database space exceeded'),
  tooManyRequests: row('resourceExhausted', 'too many requests', true),
  noLeader: row('unavailable', 'no leader', true),
  timeout: row('unavailable', 'request timed out'),
  unavailable: row('unavailable', 'leader changed'),
  permissionDenied: row('permissionDenied', 'permission denied'),
  leaseNotFound: row('notFound', 'requested lease not found'),
  leaseExists: row('failedPrecondition', 'lease already exists'),
  leaseTtlTooLarge: row('outOfRange', 'too large lease TTL'),
  keyNotFound: row('invalidArgument', 'key not found'),
  memberNotFound: row('notFound', 'member not found'),
  memberExists: row('failedPrecondition', 'member ID already exist'),
  peerUrlExists: row('failedPrecondition', 'Peer URLs already exists'),
  unhealthyCluster: row('unavailable', 'unhealthy cluster'),
  learnerNotReady: row(
    'failedPrecondition',
    'can only promote a learner member which is in sync with leader',
  ),
  notLearner: row('failedPrecondition', 'can only promote a learner member'),
  tooManyLearners: row('failedPrecondition', 'too many learner members in cluster'),
  notLeader: row('failedPrecondition', 'not leader'),
  badLeaderTransferee: row('failedPrecondition', 'bad leader transferee'),
  leaderTransferTimeout: row('unavailable', 'request timed out, leader transfer took too long'),
  authNotEnabled: row('failedPrecondition', 'authentication is not enabled'),
  authFailed: row('invalidArgument', 'authentication failed, invalid user ID or password'),
  authOldRevision: row('invalidArgument', 'revision of auth store is old'),
  invalidAuthToken: row('unauthenticated', 'invalid auth token'),
  userEmpty: row('invalidArgument', 'user name is empty'),
  userExists: row('failedPrecondition', 'user name already exists'),
  userNotFound: row('failedPrecondition', 'user name not found'),
  roleEmpty: row('invalidArgument', 'role name is empty'),
  roleExists: row('failedPrecondition', 'role name already exists'),
  roleNotFound: row('failedPrecondition', 'role name not found'),
  roleNotGranted: row('failedPrecondition', 'role is not granted to the user'),
  permissionNotGranted: row('failedPrecondition', 'permission is not granted to the role'),
  rootUserMissing: row('failedPrecondition', 'root user does not exist'),
  rootRoleMissing: row('failedPrecondition', 'root user does not have root role'),
  invalidArgument: row('invalidArgument', 'invalid request'),
  corrupt: row('dataLoss', 'corrupt cluster'),
};

export function storeError(
  code: StoreErrorCode,
  options: { detail?: string; compactRevision?: number; mayHaveExecuted?: boolean; cause?: unknown } = {},
): StoreError {
  const { text, retryable } = table[code];
  const { detail, ...rest } = options;
  return new StoreError(code, detail === undefined ? text : `${text}: ${detail}`, { retryable, ...rest });
}

/** etcd has many texts for bad arguments; clients compare them whole. */
export function invalidArgument(text: string): StoreError {
  return new StoreError('invalidArgument', `etcdserver: ${text}`);
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

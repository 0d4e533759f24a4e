import { StoreError, type StoreErrorCode } from '../contract.js';

/** gRPC's status codes (https://grpc.io/docs/guides/status-codes/). */
export const grpcCodes = {
  ok: 0,
  canceled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

type GrpcCode = keyof typeof grpcCodes;

interface EtcdError {
  readonly grpc: GrpcCode;
  /** etcd's clients recognise an error by its text (api/v3rpc/rpctypes/error.go). Other texts that mean the same follow. */
  readonly texts: readonly [string, ...string[]];
}

const table: Readonly<Record<StoreErrorCode, EtcdError>> = {
  compacted: { grpc: 'outOfRange', texts: ['mvcc: required revision has been compacted'] },
  futureRevision: { grpc: 'outOfRange', texts: ['mvcc: required revision is a future revision'] },
  tooManyOperations: { grpc: 'invalidArgument', texts: ['too many operations in txn request'] },
  duplicateKey: { grpc: 'invalidArgument', texts: ['duplicate key given in txn request'] },
  requestTooLarge: { grpc: 'invalidArgument', texts: ['request is too large'] },
  noSpace: { grpc: 'resourceExhausted', texts: ['mvcc: database space exceeded'] },
  tooManyRequests: { grpc: 'resourceExhausted', texts: ['too many requests'] },
  noLeader: { grpc: 'unavailable', texts: ['no leader'] },
  timeout: {
    grpc: 'unavailable',
    texts: [
      'request timed out',
      'request timed out, possibly due to previous leader failure',
      'request timed out, possibly due to connection lost',
      'request timed out, waiting for the applied index took too long',
    ],
  },
  unavailable: {
    grpc: 'unavailable',
    texts: ['leader changed', 'server stopped', 'rpc not supported for learner'],
  },
  permissionDenied: { grpc: 'permissionDenied', texts: ['permission denied'] },
  leaseNotFound: { grpc: 'notFound', texts: ['requested lease not found'] },
  leaseExists: { grpc: 'failedPrecondition', texts: ['lease already exists'] },
  leaseTtlTooLarge: { grpc: 'outOfRange', texts: ['too large lease TTL'] },
  keyNotFound: { grpc: 'invalidArgument', texts: ['key not found'] },
  memberNotFound: { grpc: 'notFound', texts: ['member not found'] },
  memberExists: { grpc: 'failedPrecondition', texts: ['member ID already exist'] },
  peerUrlExists: { grpc: 'failedPrecondition', texts: ['Peer URLs already exists'] },
  unhealthyCluster: {
    grpc: 'unavailable',
    texts: ['unhealthy cluster', 're-configuration failed due to not enough started members'],
  },
  learnerNotReady: {
    grpc: 'failedPrecondition',
    texts: ['can only promote a learner member which is in sync with leader'],
  },
  notLearner: { grpc: 'failedPrecondition', texts: ['can only promote a learner member'] },
  tooManyLearners: { grpc: 'failedPrecondition', texts: ['too many learner members in cluster'] },
  notLeader: { grpc: 'failedPrecondition', texts: ['not leader'] },
  badLeaderTransferee: { grpc: 'failedPrecondition', texts: ['bad leader transferee'] },
  leaderTransferTimeout: { grpc: 'unavailable', texts: ['request timed out, leader transfer took too long'] },
  authNotEnabled: { grpc: 'failedPrecondition', texts: ['authentication is not enabled'] },
  authFailed: { grpc: 'invalidArgument', texts: ['authentication failed, invalid user ID or password'] },
  authOldRevision: { grpc: 'invalidArgument', texts: ['revision of auth store is old'] },
  invalidAuthToken: { grpc: 'unauthenticated', texts: ['invalid auth token'] },
  userEmpty: { grpc: 'invalidArgument', texts: ['user name is empty'] },
  userExists: { grpc: 'failedPrecondition', texts: ['user name already exists'] },
  userNotFound: { grpc: 'failedPrecondition', texts: ['user name not found'] },
  roleEmpty: { grpc: 'invalidArgument', texts: ['role name is empty'] },
  roleExists: { grpc: 'failedPrecondition', texts: ['role name already exists'] },
  roleNotFound: { grpc: 'failedPrecondition', texts: ['role name not found'] },
  roleNotGranted: { grpc: 'failedPrecondition', texts: ['role is not granted to the user'] },
  permissionNotGranted: { grpc: 'failedPrecondition', texts: ['permission is not granted to the role'] },
  rootUserMissing: { grpc: 'failedPrecondition', texts: ['root user does not exist'] },
  rootRoleMissing: { grpc: 'failedPrecondition', texts: ['root user does not have root role'] },
  invalidArgument: {
    grpc: 'invalidArgument',
    texts: [
      'invalid request',
      'key is not provided',
      'value is provided',
      'lease is provided',
      'invalid sort option',
      'given member URLs are invalid',
      'permission not given',
      'invalid auth management',
      'user name or password is empty',
    ],
  },
  corrupt: { grpc: 'dataLoss', texts: ['corrupt cluster'] },
};

const prefix = 'etcdserver: ';

const codeOfText = new Map<string, StoreErrorCode>();
for (const [code, { texts }] of Object.entries(table))
  for (const text of texts) if (isStoreErrorCode(code)) codeOfText.set(`${prefix}${text}`, code);

function isStoreErrorCode(code: string): code is StoreErrorCode {
  return Object.hasOwn(table, code);
}

export interface GrpcStatus {
  readonly code: number;
  readonly details: string;
}

/**
 * What a client of etcd is told. Its programs compare the whole text, so an etcd error is given without the detail that our own
 * clients get; a refused argument keeps its own words.
 */
export function toGrpcStatus(error: unknown): GrpcStatus {
  if (!(error instanceof StoreError)) return { code: grpcCodes.internal, details: textOf(error) };
  const { grpc, texts } = table[error.code];
  const known = codeOfText.get(error.message) === error.code;
  const details = known || error.code === 'invalidArgument' ? error.message : `${prefix}${texts[0]}`;
  return { code: grpcCodes[grpc], details };
}

/** An error as Go's gRPC prints it: what etcd gives as a watch's cancel_reason. */
export function grpcErrorText(error: StoreError): string {
  const { grpc } = table[error.code];
  return `rpc error: code = ${grpc.charAt(0).toUpperCase()}${grpc.slice(1)} desc = ${toGrpcStatus(error).details}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** grpc-js says so when a call never left this process: nothing was executed, whatever the call was. */
const neverSent =
  /^(No connection established|Name resolution failed|The channel has been closed|Channel closed)/i;

/** `write`: the call may have changed something before it failed. */
export function fromGrpcStatus(status: GrpcStatus, options: { readonly write: boolean }): StoreError {
  const known = codeOfText.get(status.details);
  const unsent =
    (status.code === grpcCodes.unavailable && neverSent.test(status.details)) ||
    status.details === `${prefix}rpc not supported for learner`;
  const code = known ?? codeOfStatus(status.code);
  const lost = code === 'unavailable' || code === 'timeout';
  const retryable = unsent || code === 'noLeader' || code === 'tooManyRequests';
  return new StoreError(code, status.details, {
    retryable,
    mayHaveExecuted: options.write && lost && !unsent,
  });
}

function codeOfStatus(code: number): StoreErrorCode {
  switch (code) {
    case grpcCodes.canceled:
    case grpcCodes.deadlineExceeded:
      return 'timeout';
    case grpcCodes.permissionDenied:
      return 'permissionDenied';
    case grpcCodes.unauthenticated:
      return 'invalidAuthToken';
    case grpcCodes.resourceExhausted:
      return 'requestTooLarge';
    case grpcCodes.invalidArgument:
    case grpcCodes.failedPrecondition:
    case grpcCodes.unimplemented:
      return 'invalidArgument';
    case grpcCodes.dataLoss:
      return 'corrupt';
    default:
      return 'unavailable';
  }
}

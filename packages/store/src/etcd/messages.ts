import {
  bool,
  bytes,
  choice,
  hex,
  inner,
  int,
  int64,
  type Message,
  type MessageInput,
  type MessageType,
  many,
  manyBytes,
  manyChoices,
  manyTexts,
  message,
  optionalBytes,
  text,
} from './protobuf.js';

/**
 * etcd v3's messages (etcd 3.5: rpc.proto, kv.proto, auth.proto, v3lock.proto, v3election.proto). Names are those of contract.ts where it
 * has the same thing, so that most of a message is the contract's own object.
 */
const header = (id = 1) => inner(id, () => responseHeader);

export const responseHeader = message({
  clusterId: hex(1),
  memberId: hex(2),
  revision: int(3),
  raftTerm: int(4),
});
export const headerOnly = message({ header: header() });
export const empty = message({});

/* ---------------------------------------------------------------- keys and values */

export const keyValue = message({
  key: bytes(1),
  createRevision: int(2),
  modRevision: int(3),
  version: int(4),
  value: bytes(5),
  lease: int64(6),
});
export const event = message({
  type: choice(1, ['put', 'delete']),
  kv: inner(2, () => keyValue),
  prevKv: inner(3, () => keyValue),
});

export const rangeRequest = message({
  key: bytes(1),
  rangeEnd: optionalBytes(2),
  limit: int(3),
  revision: int(4),
  sortOrder: choice(5, ['none', 'ascend', 'descend']),
  sortTarget: choice(6, ['key', 'version', 'createRevision', 'modRevision', 'value']),
  serializable: bool(7),
  keysOnly: bool(8),
  countOnly: bool(9),
  minModRevision: int(10),
  maxModRevision: int(11),
  minCreateRevision: int(12),
  maxCreateRevision: int(13),
});
export const rangeResponse = message({
  header: header(),
  kvs: many(2, () => keyValue),
  more: bool(3),
  count: int(4),
});
export const putRequest = message({
  key: bytes(1),
  value: bytes(2),
  lease: int64(3),
  prevKv: bool(4),
  ignoreValue: bool(5),
  ignoreLease: bool(6),
});
export const putResponse = message({ header: header(), prevKv: inner(2, () => keyValue) });
export const deleteRangeRequest = message({ key: bytes(1), rangeEnd: optionalBytes(2), prevKv: bool(3) });
export const deleteRangeResponse = message({
  header: header(),
  deleted: int(2),
  prevKvs: many(3, () => keyValue),
});
export const compare = message({
  result: choice(1, ['equal', 'greater', 'less', 'notEqual']),
  target: choice(2, ['version', 'createRevision', 'modRevision', 'value', 'lease']),
  key: bytes(3),
  version: int(4),
  createRevision: int(5),
  modRevision: int(6),
  value: bytes(7),
  lease: int64(8),
  rangeEnd: optionalBytes(64),
});

// Transactions hold transactions: their types are written out, for they cannot be inferred from themselves.
export interface RequestOp {
  readonly range?: Message<typeof rangeRequest> | undefined;
  readonly put?: Message<typeof putRequest> | undefined;
  readonly deleteRange?: Message<typeof deleteRangeRequest> | undefined;
  readonly txn?: TxnRequestMessage | undefined;
}
interface RequestOpInput {
  readonly range?: MessageInput<typeof rangeRequest> | undefined;
  readonly put?: MessageInput<typeof putRequest> | undefined;
  readonly deleteRange?: MessageInput<typeof deleteRangeRequest> | undefined;
  readonly txn?: TxnRequestInput | undefined;
}
export interface TxnRequestMessage {
  readonly compare: readonly Message<typeof compare>[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}
export interface TxnRequestInput {
  readonly compare?: readonly MessageInput<typeof compare>[] | undefined;
  readonly success?: readonly RequestOpInput[] | undefined;
  readonly failure?: readonly RequestOpInput[] | undefined;
}
export interface ResponseOp {
  readonly range?: Message<typeof rangeResponse> | undefined;
  readonly put?: Message<typeof putResponse> | undefined;
  readonly deleteRange?: Message<typeof deleteRangeResponse> | undefined;
  readonly txn?: TxnResponseMessage | undefined;
}
export interface ResponseOpInput {
  readonly range?: MessageInput<typeof rangeResponse> | undefined;
  readonly put?: MessageInput<typeof putResponse> | undefined;
  readonly deleteRange?: MessageInput<typeof deleteRangeResponse> | undefined;
  readonly txn?: TxnResponseInput | undefined;
}
export interface TxnResponseMessage {
  readonly header?: Message<typeof responseHeader> | undefined;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}
export interface TxnResponseInput {
  readonly header?: MessageInput<typeof responseHeader> | undefined;
  readonly succeeded?: boolean | undefined;
  readonly responses?: readonly ResponseOpInput[] | undefined;
}
const requestOp: MessageType<RequestOp, RequestOpInput> = message({
  range: inner(1, () => rangeRequest),
  put: inner(2, () => putRequest),
  deleteRange: inner(3, () => deleteRangeRequest),
  txn: inner(4, () => txnRequest),
});
const responseOp: MessageType<ResponseOp, ResponseOpInput> = message({
  range: inner(1, () => rangeResponse),
  put: inner(2, () => putResponse),
  deleteRange: inner(3, () => deleteRangeResponse),
  txn: inner(4, () => txnResponse),
});
export const txnRequest: MessageType<TxnRequestMessage, TxnRequestInput> = message({
  compare: many(1, () => compare),
  success: many(2, () => requestOp),
  failure: many(3, () => requestOp),
});
export const txnResponse: MessageType<TxnResponseMessage, TxnResponseInput> = message({
  header: header(),
  succeeded: bool(2),
  responses: many(3, () => responseOp),
});
export const compactionRequest = message({ revision: int(1), physical: bool(2) });

/* ---------------------------------------------------------------- watch */

const watchCreateRequest = message({
  key: bytes(1),
  rangeEnd: optionalBytes(2),
  startRevision: int(3),
  progressNotify: bool(4),
  filters: manyChoices(5, ['noPut', 'noDelete']),
  prevKv: bool(6),
  watchId: int(7),
  fragment: bool(8),
});
const watchCancelRequest = message({ watchId: int(1) });
export const watchRequest = message({
  create: inner(1, () => watchCreateRequest),
  cancel: inner(2, () => watchCancelRequest),
  progress: inner(3, () => empty),
});
export const watchResponse = message({
  header: header(),
  watchId: int(2),
  created: bool(3),
  canceled: bool(4),
  compactRevision: int(5),
  cancelReason: text(6),
  fragment: bool(7),
  events: many(11, () => event),
});

/* ---------------------------------------------------------------- leases */

export const leaseGrantRequest = message({ ttl: int(1), id: int64(2) });
export const leaseGrantResponse = message({ header: header(), id: int64(2), ttl: int(3), error: text(4) });
export const leaseId = message({ id: int64(1) });
export const leaseKeepAliveResponse = message({ header: header(), id: int64(2), ttl: int(3) });
export const leaseTimeToLiveRequest = message({ id: int64(1), keys: bool(2) });
export const leaseTimeToLiveResponse = message({
  header: header(),
  id: int64(2),
  ttl: int(3),
  grantedTtl: int(4),
  keys: manyBytes(5),
});
export const leaseLeasesResponse = message({ header: header(), leases: many(2, () => leaseId) });

/* ---------------------------------------------------------------- cluster and maintenance */

const member = message({
  id: hex(1),
  name: text(2),
  peerUrls: manyTexts(3),
  clientUrls: manyTexts(4),
  isLearner: bool(5),
});
export const memberListRequest = message({ linearizable: bool(1) });
export const memberAddRequest = message({ peerUrls: manyTexts(1), isLearner: bool(2) });
export const memberAddResponse = message({
  header: header(),
  member: inner(2, () => member),
  members: many(3, () => member),
});
export const memberId = message({ id: hex(1) });
export const memberUpdateRequest = message({ id: hex(1), peerUrls: manyTexts(2) });
export const membersResponse = message({ header: header(), members: many(2, () => member) });

const alarmTypes = ['none', 'noSpace', 'corrupt'] as const;
const alarmMember = message({ memberId: hex(1), alarm: choice(2, alarmTypes) });
export const alarmRequest = message({
  action: choice(1, ['get', 'activate', 'deactivate']),
  memberId: hex(2),
  alarm: choice(3, alarmTypes),
});
export const alarmResponse = message({ header: header(), alarms: many(2, () => alarmMember) });
export const statusResponse = message({
  header: header(),
  version: text(2),
  dbSize: int(3),
  leader: hex(4),
  raftIndex: int(5),
  raftTerm: int(6),
  raftAppliedIndex: int(7),
  errors: manyTexts(8),
  dbSizeInUse: int(9),
  isLearner: bool(10),
});
export const hashResponse = message({ header: header(), hash: int(2) });
export const hashKvRequest = message({ revision: int(1) });
export const hashKvResponse = message({ header: header(), hash: int(2), compactRevision: int(3) });
export const snapshotResponse = message({ header: header(), remainingBytes: int(2), blob: bytes(3) });
export const moveLeaderRequest = message({ targetId: hex(1) });

/* ---------------------------------------------------------------- users, roles, permissions */

const permission = message({
  type: choice(1, ['read', 'write', 'readWrite']),
  key: bytes(2),
  rangeEnd: optionalBytes(3),
});
const userAddOptions = message({ noPassword: bool(1) });
export const authStatusResponse = message({ header: header(), enabled: bool(2), authRevision: int(3) });
export const nameAndPassword = message({ name: text(1), password: text(2) });
export const authenticateResponse = message({ header: header(), token: text(2) });
export const userAddRequest = message({
  name: text(1),
  password: text(2),
  options: inner(3, () => userAddOptions),
});
export const name = message({ name: text(1) });
export const userRole = message({ user: text(1), role: text(2) });
/** Of a user's roles, or of a list of all users or roles. */
export const namesResponse = message({ header: header(), names: manyTexts(2) });
export const roleGetResponse = message({ header: header(), permissions: many(2, () => permission) });
export const roleGrantPermissionRequest = message({ name: text(1), permission: inner(2, () => permission) });
export const roleRevokePermissionRequest = message({
  role: text(1),
  key: bytes(2),
  rangeEnd: optionalBytes(3),
});

/* ---------------------------------------------------------------- locks and elections */

export const lockRequest = message({ name: bytes(1), lease: int64(2) });
export const lockResponse = message({ header: header(), key: bytes(2) });
export const unlockRequest = message({ key: bytes(1) });
const leaderKey = message({ name: bytes(1), key: bytes(2), revision: int(3), lease: int64(4) });
export const campaignRequest = message({ name: bytes(1), lease: int64(2), value: bytes(3) });
export const campaignResponse = message({ header: header(), leader: inner(2, () => leaderKey) });
export const proclaimRequest = message({ leader: inner(1, () => leaderKey), value: bytes(2) });
export const leaderRequest = message({ name: bytes(1) });
export const leaderResponse = message({ header: header(), kv: inner(2, () => keyValue) });
export const resignRequest = message({ leader: inner(1, () => leaderKey) });

/* ---------------------------------------------------------------- grpc.health.v1 */

export const healthCheckRequest = message({ service: text(1) });
export const healthCheckResponse = message({
  status: choice(1, ['unknown', 'serving', 'notServing', 'serviceUnknown']),
});

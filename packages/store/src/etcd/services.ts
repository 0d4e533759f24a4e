import * as m from './messages.js';
import type { MessageType } from './protobuf.js';

/** A gRPC method: what it is called on the wire, and the messages it takes and gives. */
export interface Method<Request, RequestInput, Response, ResponseInput> {
  readonly path: string;
  readonly request: MessageType<Request, RequestInput>;
  readonly response: MessageType<Response, ResponseInput>;
}

function service(prefix: string) {
  return <Request, RequestInput, Response, ResponseInput>(
    method: string,
    request: MessageType<Request, RequestInput>,
    response: MessageType<Response, ResponseInput>,
  ): Method<Request, RequestInput, Response, ResponseInput> => ({
    path: `/${prefix}/${method}`,
    request,
    response,
  });
}

const kv = service('etcdserverpb.KV');
export const kvMethods = {
  range: kv('Range', m.rangeRequest, m.rangeResponse),
  put: kv('Put', m.putRequest, m.putResponse),
  deleteRange: kv('DeleteRange', m.deleteRangeRequest, m.deleteRangeResponse),
  txn: kv('Txn', m.txnRequest, m.txnResponse),
  compact: kv('Compact', m.compactionRequest, m.headerOnly),
};

/** Both sides are streams. */
export const watchMethod = service('etcdserverpb.Watch')('Watch', m.watchRequest, m.watchResponse);

const lease = service('etcdserverpb.Lease');
export const leaseMethods = {
  grant: lease('LeaseGrant', m.leaseGrantRequest, m.leaseGrantResponse),
  revoke: lease('LeaseRevoke', m.leaseId, m.headerOnly),
  timeToLive: lease('LeaseTimeToLive', m.leaseTimeToLiveRequest, m.leaseTimeToLiveResponse),
  leases: lease('LeaseLeases', m.empty, m.leaseLeasesResponse),
};
/** Both sides are streams. */
export const leaseKeepAliveMethod = lease('LeaseKeepAlive', m.leaseId, m.leaseKeepAliveResponse);

const cluster = service('etcdserverpb.Cluster');
export const clusterMethods = {
  memberAdd: cluster('MemberAdd', m.memberAddRequest, m.memberAddResponse),
  memberRemove: cluster('MemberRemove', m.memberId, m.membersResponse),
  memberUpdate: cluster('MemberUpdate', m.memberUpdateRequest, m.membersResponse),
  memberList: cluster('MemberList', m.memberListRequest, m.membersResponse),
  memberPromote: cluster('MemberPromote', m.memberId, m.membersResponse),
};

const maintenance = service('etcdserverpb.Maintenance');
export const maintenanceMethods = {
  alarm: maintenance('Alarm', m.alarmRequest, m.alarmResponse),
  status: maintenance('Status', m.empty, m.statusResponse),
  defragment: maintenance('Defragment', m.empty, m.headerOnly),
  hash: maintenance('Hash', m.empty, m.hashResponse),
  hashKv: maintenance('HashKV', m.hashKvRequest, m.hashKvResponse),
  moveLeader: maintenance('MoveLeader', m.moveLeaderRequest, m.headerOnly),
};
/** The answer is a stream. */
export const snapshotMethod = maintenance('Snapshot', m.empty, m.snapshotResponse);

const auth = service('etcdserverpb.Auth');
export const authMethods = {
  enable: auth('AuthEnable', m.empty, m.headerOnly),
  disable: auth('AuthDisable', m.empty, m.headerOnly),
  status: auth('AuthStatus', m.empty, m.authStatusResponse),
  authenticate: auth('Authenticate', m.nameAndPassword, m.authenticateResponse),
  userAdd: auth('UserAdd', m.userAddRequest, m.headerOnly),
  userGet: auth('UserGet', m.name, m.namesResponse),
  userList: auth('UserList', m.empty, m.namesResponse),
  userDelete: auth('UserDelete', m.name, m.headerOnly),
  userChangePassword: auth('UserChangePassword', m.nameAndPassword, m.headerOnly),
  userGrantRole: auth('UserGrantRole', m.userRole, m.headerOnly),
  userRevokeRole: auth('UserRevokeRole', m.userRole, m.headerOnly),
  roleAdd: auth('RoleAdd', m.name, m.headerOnly),
  roleGet: auth('RoleGet', m.name, m.roleGetResponse),
  roleList: auth('RoleList', m.empty, m.namesResponse),
  roleDelete: auth('RoleDelete', m.name, m.headerOnly),
  roleGrantPermission: auth('RoleGrantPermission', m.roleGrantPermissionRequest, m.headerOnly),
  roleRevokePermission: auth('RoleRevokePermission', m.roleRevokePermissionRequest, m.headerOnly),
};

const lock = service('v3lockpb.Lock');
export const lockMethods = {
  lock: lock('Lock', m.lockRequest, m.lockResponse),
  unlock: lock('Unlock', m.unlockRequest, m.headerOnly),
};

const election = service('v3electionpb.Election');
export const electionMethods = {
  campaign: election('Campaign', m.campaignRequest, m.campaignResponse),
  proclaim: election('Proclaim', m.proclaimRequest, m.headerOnly),
  leader: election('Leader', m.leaderRequest, m.leaderResponse),
  resign: election('Resign', m.resignRequest, m.headerOnly),
};
/** The answer is a stream. */
export const observeMethod = election('Observe', m.leaderRequest, m.leaderResponse);

const health = service('grpc.health.v1.Health');
export const healthMethods = { check: health('Check', m.healthCheckRequest, m.healthCheckResponse) };

import type {
  ClusterId,
  Key,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseId,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseTimeToLiveResponse,
  MemberId,
  RangeRequest,
  RangeResponse,
  ResponseHeader,
  StatusResponse,
  StoreEvent,
  TxnResponse,
  WatchRequest,
} from '@kubelab/store';
import type { Traceparent } from '@kubelab/telemetry';
import type { Identity } from '@kubelab/world';

/** Who asks, and on whose behalf. */
export interface Caller {
  /** From the client certificate; the authority of faces that have one. */
  readonly identity: Identity | undefined;
  /** What authenticate() gave; names the user where auth is enabled. */
  readonly token: string | undefined;
  readonly trace: Traceparent | undefined;
  readonly signal: AbortSignal;
}

/**
 * One member as its clients see it: etcd v3 semantics, whatever the face (packages/wire: src/server/store-service.ts;
 * gRPC: src/gateway). All errors are StoreErrors with etcd's texts. A request that only the leader can answer is
 * forwarded by the member itself where etcd does that (writes, leases); so any member serves any client.
 */
export interface EtcdServer {
  range(request: RangeRequest, caller: Caller): Promise<RangeResponse>;
  /**
   * A TxnRequest as encodeTxn() writes it; a lone put, deleteRange or range is a txn of one operation. The bytes go to the
   * log as they are. They must not change afterwards.
   */
  txn(request: Uint8Array, caller: Caller): Promise<TxnResponse>;
  /** `physical`: resolves when the space is free again, not when the compaction is decided. */
  compact(
    request: { readonly revision: number; readonly physical: boolean },
    caller: Caller,
  ): Promise<ResponseHeader>;
  /** Synchronous: the watch is registered when it returns. Throws StoreError permissionDenied. */
  watch(request: WatchRequest, caller: Caller, sink: WatchSink): ServerWatch;

  leaseGrant(request: LeaseGrantRequest, caller: Caller): Promise<LeaseGrantResponse>;
  leaseRevoke(id: LeaseId, caller: Caller): Promise<ResponseHeader>;
  leaseKeepAlive(id: LeaseId, caller: Caller): Promise<LeaseKeepAliveResponse>;
  leaseTimeToLive(
    request: { readonly id: LeaseId; readonly keys: boolean },
    caller: Caller,
  ): Promise<LeaseTimeToLiveResponse>;
  leaseLeases(caller: Caller): Promise<LeaseLeasesResponse>;

  status(caller: Caller): Promise<StatusResponse>;
  alarm(request: AlarmRequest, caller: Caller): Promise<AlarmResponse>;
  defragment(caller: Caller): Promise<ResponseHeader>;
  /** Of everything, at the current revision; and of keys as they stood at a revision (0: now). CRC-32C as etcd. */
  hash(caller: Caller): Promise<{ readonly header: ResponseHeader; readonly hash: number }>;
  hashKv(
    revision: number,
    caller: Caller,
  ): Promise<{ readonly header: ResponseHeader; readonly hash: number; readonly compactRevision: number }>;
  /** The member's own state as a database of etcd's (src/bolt), without the hash behind it; header first. `bytes`: how long it will be, when known. */
  snapshot(caller: Caller): Promise<{
    readonly header: ResponseHeader;
    readonly bytes: number;
    readonly chunks: AsyncIterable<Uint8Array>;
  }>;
  moveLeader(to: MemberId, caller: Caller): Promise<ResponseHeader>;

  memberList(options: { readonly linearizable: boolean }, caller: Caller): Promise<MembersResponse>;
  memberAdd(
    request: { readonly peerUrls: readonly string[]; readonly isLearner: boolean },
    caller: Caller,
  ): Promise<MemberResponse>;
  memberRemove(id: MemberId, caller: Caller): Promise<MembersResponse>;
  memberUpdate(
    request: { readonly id: MemberId; readonly peerUrls: readonly string[] },
    caller: Caller,
  ): Promise<MembersResponse>;
  memberPromote(id: MemberId, caller: Caller): Promise<MembersResponse>;

  auth: AuthServer;
}

/** Where a watch's responses go. */
export interface WatchSink {
  /**
   * Events of whole revisions, in order; empty for a progress notice. Gives false when the reader is behind: the response was
   * not taken then, and the watch waits for writable() and reads it again from history (etcd: unsynced watchers), so that it
   * holds up nobody.
   */
  deliver(response: {
    readonly header: ResponseHeader;
    readonly events: readonly StoreEvent[];
    readonly fragment: boolean;
  }): boolean;
  writable(): Promise<void>;
  /** The watch is over by the store's doing: compacted (with the revision), or this member stops. */
  canceled(reason: { readonly compactRevision: number; readonly message: string }): void;
}

export interface ServerWatch {
  /** When the watch was registered: one from now on reports what comes after header.revision. */
  readonly header: ResponseHeader;
  /** Asks for a progress notice: sent when the watch is level with the store. */
  requestProgress(): void;
  cancel(): void;
}

export interface Member {
  readonly id: MemberId;
  /** Empty until the member has started once. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

export interface MembersResponse {
  readonly header: ResponseHeader;
  readonly members: readonly Member[];
}

export interface MemberResponse extends MembersResponse {
  readonly member: Member;
}

export type AlarmType = 'none' | 'noSpace' | 'corrupt';

/** memberId 0 (sixteen zeroes): all members; type none: all types (for get and deactivate). */
export interface AlarmRequest {
  readonly action: 'get' | 'activate' | 'deactivate';
  readonly memberId: MemberId;
  readonly alarm: AlarmType;
}

export interface AlarmResponse {
  readonly header: ResponseHeader;
  readonly alarms: readonly { readonly memberId: MemberId; readonly alarm: AlarmType }[];
}

export interface Permission {
  readonly type: 'read' | 'write' | 'readWrite';
  readonly key: Key;
  /** As in KeyRange. */
  readonly rangeEnd?: Key;
}

/**
 * Users, roles and permissions on ranges (https://etcd.io/docs/v3.5/op-guide/authentication/rbac/). Passwords reach this
 * member in clear over TLS and go through the log as scrypt hashes only.
 */
export interface AuthServer {
  enable(caller: Caller): Promise<ResponseHeader>;
  disable(caller: Caller): Promise<ResponseHeader>;
  status(
    caller: Caller,
  ): Promise<{ readonly header: ResponseHeader; readonly enabled: boolean; readonly authRevision: number }>;
  authenticate(
    name: string,
    password: string,
    caller: Caller,
  ): Promise<{ readonly header: ResponseHeader; readonly token: string }>;
  userAdd(
    request: { readonly name: string; readonly password: string; readonly noPassword: boolean },
    caller: Caller,
  ): Promise<ResponseHeader>;
  userGet(
    name: string,
    caller: Caller,
  ): Promise<{ readonly header: ResponseHeader; readonly roles: readonly string[] }>;
  userList(caller: Caller): Promise<{ readonly header: ResponseHeader; readonly users: readonly string[] }>;
  userDelete(name: string, caller: Caller): Promise<ResponseHeader>;
  userChangePassword(name: string, password: string, caller: Caller): Promise<ResponseHeader>;
  userGrantRole(user: string, role: string, caller: Caller): Promise<ResponseHeader>;
  userRevokeRole(user: string, role: string, caller: Caller): Promise<ResponseHeader>;
  roleAdd(name: string, caller: Caller): Promise<ResponseHeader>;
  roleGet(
    name: string,
    caller: Caller,
  ): Promise<{ readonly header: ResponseHeader; readonly permissions: readonly Permission[] }>;
  roleList(caller: Caller): Promise<{ readonly header: ResponseHeader; readonly roles: readonly string[] }>;
  roleDelete(name: string, caller: Caller): Promise<ResponseHeader>;
  roleGrantPermission(role: string, permission: Permission, caller: Caller): Promise<ResponseHeader>;
  roleRevokePermission(
    role: string,
    range: { readonly key: Key; readonly rangeEnd?: Key },
    caller: Caller,
  ): Promise<ResponseHeader>;
}

/** What the cluster is called on the wire; the same on all members. */
export interface ClusterIdentity {
  readonly clusterId: ClusterId;
  readonly memberId: MemberId;
}

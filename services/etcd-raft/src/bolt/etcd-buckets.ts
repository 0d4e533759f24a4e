import { protobuf } from '@kubelab/store/etcd';

/** What etcd 3.4 keeps in its database, and where. */
export const bucketNames = {
  /** Every kept version of every key: key-value.ts. */
  keys: 'key',
  meta: 'meta',
  /** i64 id, big-endian: leasepb.Lease. */
  leases: 'lease',
  /** AlarmMember: nothing. */
  alarms: 'alarm',
  auth: 'auth',
  /** Name: authpb.User; name: authpb.Role. */
  users: 'authUsers',
  roles: 'authRoles',
  /** Id in hex digits: JSON. */
  members: 'members',
  removedMembers: 'members_removed',
  cluster: 'cluster',
} as const;

/** Compactions as revision keys, the index as u64, big-endian. */
export const metaKeys = {
  consistentIndex: 'consistent_index',
  scheduledCompaction: 'scheduledCompactRev',
  finishedCompaction: 'finishedCompactRev',
} as const;

/** One byte; and u64, big-endian. */
export const authNames = { enabled: 'authEnabled', revision: 'authRevision' } as const;

/** The oldest etcd that knows all of it: one of a version before refuses to start with the data of a later one. */
export const clusterVersion = '3.4.0';

export const lease = protobuf.message({
  id: protobuf.int64(1),
  ttl: protobuf.int(2),
  remainingTtl: protobuf.int(3),
});

export const alarmMember = protobuf.message({
  memberId: protobuf.hex(1),
  alarm: protobuf.choice(2, ['none', 'noSpace', 'corrupt']),
});

const userOptions = protobuf.message({ noPassword: protobuf.bool(1) });

/** `password`: etcd's are bcrypt hashes. */
export const user = protobuf.message({
  name: protobuf.text(1),
  password: protobuf.text(2),
  roles: protobuf.manyTexts(3),
  options: protobuf.inner(4, () => userOptions),
});

const permission = protobuf.message({
  type: protobuf.choice(1, ['read', 'write', 'readWrite']),
  key: protobuf.bytes(2),
  rangeEnd: protobuf.optionalBytes(3),
});

export const role = protobuf.message({
  name: protobuf.text(1),
  permissions: protobuf.many(2, () => permission),
});

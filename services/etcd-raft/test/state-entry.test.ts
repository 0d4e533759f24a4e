import { encodeTxn } from '@kubelab/store';
import t from 'tap';
import {
  type AuthOperation,
  type Command,
  decodeEntry,
  encodeEntry,
  type Origin,
} from '../src/state/entry.js';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const id = '00000000000000ff';
const origins: readonly Origin[] = [
  { trace: undefined, user: undefined, authRevision: 0, internal: false },
  { trace: undefined, user: undefined, authRevision: 0, internal: true },
  {
    trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    user: 'root',
    authRevision: 300,
    internal: false,
  },
];
const operations: readonly AuthOperation[] = [
  { type: 'enable', tokenKey: bytes('secret') },
  { type: 'disable' },
  { type: 'userAdd', user: 'a', passwordHash: '' },
  { type: 'userDelete', user: 'a' },
  { type: 'userChangePassword', user: 'a', passwordHash: 'x' },
  { type: 'userGrantRole', user: 'a', role: 'r' },
  { type: 'userRevokeRole', user: 'a', role: 'r' },
  { type: 'roleAdd', role: 'r' },
  { type: 'roleDelete', role: 'r' },
  { type: 'roleGrantPermission', role: 'r', permission: { type: 'readWrite', key: bytes('k') } },
  { type: 'roleRevokePermission', role: 'r', key: bytes('k'), rangeEnd: bytes('l') },
];
const commands: readonly Command[] = [
  { type: 'txn', request: encodeTxn({ compare: [], success: [], failure: [] }) },
  { type: 'compact', revision: 5 },
  { type: 'leaseGrant', id: 0x7fffffffffffffffn, ttl: 60 },
  { type: 'leaseRevoke', id: 7n },
  { type: 'leaseCheckpoint', checkpoints: [{ id: 7n, remainingTtl: 3 }] },
  { type: 'alarm', action: 'activate', memberId: id, alarm: 'noSpace' },
  { type: 'memberPublish', id, name: 'etcd-0', clientUrls: ['https://a:1', 'https://b:2'] },
  { type: 'memberUpdate', id, peerUrls: [] },
  ...operations.map((operation) => ({ type: 'auth', operation }) as const),
];

t.test('every entry is read as it was written', async (t) => {
  for (const command of commands)
    for (const origin of origins) {
      const read = decodeEntry(encodeEntry(command, origin));
      t.equal(read.origin.user, origin.user);
      t.equal(read.origin.trace, origin.trace);
      t.equal(read.origin.authRevision, origin.authRevision);
      t.equal(read.origin.internal, origin.internal);
      t.strictSame(read.command, command);
    }
});

t.test('an entry of an unknown kind, or cut off, is refused', async (t) => {
  const refused = { name: 'BytesError' };
  t.throws(() => decodeEntry(new Uint8Array([200, 0])), refused);
  t.throws(() => decodeEntry(new Uint8Array([2, 128])), refused);
  const [origin] = origins;
  if (origin === undefined) return;
  for (const command of commands.slice(1)) {
    const whole = encodeEntry(command, origin);
    t.throws(() => decodeEntry(whole.subarray(0, whole.byteLength - 1)), refused);
    t.throws(() => decodeEntry(Buffer.concat([whole, bytes('x')])), refused);
  }
});

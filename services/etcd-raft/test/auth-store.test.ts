import t from 'tap';
import { MetaMap } from '../src/mvcc/backend.js';
import { AuthStore, type Principal } from '../src/state/auth.js';
import { createPasswordHasher } from '../src/state/passwords.adapter.js';
import { covers, mergePermissions } from '../src/state/permissions.js';
import { Tokens, tokenTtlMs } from '../src/state/tokens.js';

const key = (text: string) => new Uint8Array(Buffer.from(text));
const tokenKey = new Uint8Array(32).fill(7);

function stores(): { readonly auth: AuthStore; readonly reopened: () => AuthStore } {
  const meta = new MetaMap();
  const open = () => {
    const auth = new AuthStore(() => meta);
    auth.load();
    return auth;
  };
  return { auth: open(), reopened: open };
}

function as(auth: AuthStore, user: string): Principal {
  return { user, authRevision: auth.revision, internal: false };
}

function withRoot(auth: AuthStore): void {
  auth.apply({ type: 'userAdd', user: 'root', passwordHash: '' });
  auth.apply({ type: 'userGrantRole', user: 'root', role: 'root' });
}

t.test('auth is enabled only with a root user that has the role root', async (t) => {
  const { auth } = stores();
  t.equal(auth.apply({ type: 'enable', tokenKey })?.message, 'etcdserver: root user does not exist');
  auth.apply({ type: 'userAdd', user: 'root', passwordHash: '' });
  t.equal(auth.apply({ type: 'enable', tokenKey })?.message, 'etcdserver: root user does not have root role');
  auth.apply({ type: 'userGrantRole', user: 'root', role: 'root' });
  t.equal(auth.apply({ type: 'enable', tokenKey }), undefined);
  t.ok(auth.enabled);
  const refused = 'etcdserver: invalid auth management';
  t.equal(auth.apply({ type: 'userDelete', user: 'root' })?.message, refused);
  t.equal(auth.apply({ type: 'userRevokeRole', user: 'root', role: 'root' })?.message, refused);
  const { revision } = auth;
  t.equal(auth.apply({ type: 'disable' }), undefined);
  t.equal(auth.revision, revision + 1);
});

t.test('what makes no sense is refused in the words of etcd, and changes nothing', async (t) => {
  const { auth } = stores();
  auth.apply({ type: 'userAdd', user: 'a', passwordHash: '' });
  auth.apply({ type: 'roleAdd', role: 'r' });
  const { revision } = auth;
  const text = (operation: Parameters<AuthStore['apply']>[0]) => auth.apply(operation)?.message;
  t.equal(text({ type: 'userAdd', user: '', passwordHash: '' }), 'etcdserver: user name is empty');
  t.equal(text({ type: 'userAdd', user: 'a', passwordHash: '' }), 'etcdserver: user name already exists');
  t.equal(text({ type: 'userDelete', user: 'b' }), 'etcdserver: user name not found');
  t.equal(text({ type: 'userGrantRole', user: 'a', role: 'x' }), 'etcdserver: role name not found');
  t.equal(
    text({ type: 'userRevokeRole', user: 'a', role: 'r' }),
    'etcdserver: role is not granted to the user',
  );
  t.equal(text({ type: 'roleAdd', role: '' }), 'etcdserver: role name is empty');
  t.equal(text({ type: 'roleAdd', role: 'r' }), 'etcdserver: role name already exists');
  t.equal(text({ type: 'roleDelete', role: 'x' }), 'etcdserver: role name not found');
  t.equal(
    text({ type: 'roleRevokePermission', role: 'r', key: key('k') }),
    'etcdserver: permission is not granted to the role',
  );
  const backwards = { type: 'read', key: key('b'), rangeEnd: key('a') } as const;
  t.equal(
    text({ type: 'roleGrantPermission', role: 'r', permission: backwards }),
    'etcdserver: invalid auth management',
  );
  t.equal(auth.revision, revision);
});

t.test('permissions hold after a restart, for what is covered, until they are revoked', async (t) => {
  const { auth, reopened } = stores();
  withRoot(auth);
  auth.apply({ type: 'roleAdd', role: 'app' });
  const permission = { type: 'readWrite', key: key('app/'), rangeEnd: key('app0') } as const;
  auth.apply({ type: 'roleGrantPermission', role: 'app', permission });
  auth.apply({ type: 'roleGrantPermission', role: 'app', permission: { type: 'read', key: key('shared') } });
  auth.apply({ type: 'userAdd', user: 'alice', passwordHash: '' });
  auth.apply({ type: 'userGrantRole', user: 'alice', role: 'app' });
  auth.apply({ type: 'enable', tokenKey });
  for (const store of [auth, reopened()]) {
    const alice = as(store, 'alice');
    t.equal(store.checkRange(alice, { key: key('app/1') }, 'write'), undefined);
    t.equal(store.checkRange(alice, { key: key('app/'), rangeEnd: key('app0') }, 'read'), undefined);
    t.equal(
      store.checkRange(alice, { key: key('app/'), rangeEnd: key('app1') }, 'read')?.code,
      'permissionDenied',
    );
    t.equal(store.checkRange(alice, { key: key('shared') }, 'read'), undefined);
    t.equal(
      store.checkRange(alice, { key: key('shared') }, 'write')?.message,
      'etcdserver: permission denied',
    );
    t.equal(store.checkAdmin(alice)?.code, 'permissionDenied');
    t.equal(store.checkAdmin(as(store, 'root')), undefined);
    t.equal(store.checkRange(as(store, 'root'), { key: key('z') }, 'write'), undefined);
    t.equal(store.checkRange(as(store, 'bob'), { key: key('app/1') }, 'read')?.code, 'permissionDenied');
    const nobody = { user: undefined, authRevision: store.revision, internal: false };
    t.equal(store.checkUser(nobody)?.message, 'etcdserver: user name is empty');
    t.equal(store.checkUser({ ...nobody, internal: true }), undefined);
  }
  const before = as(auth, 'alice');
  auth.apply({
    type: 'roleRevokePermission',
    role: 'app',
    key: permission.key,
    rangeEnd: permission.rangeEnd,
  });
  t.equal(
    auth.checkRange(before, { key: key('app/1') }, 'read')?.message,
    'etcdserver: revision of auth store is old',
  );
  t.equal(auth.checkRange(as(auth, 'alice'), { key: key('app/1') }, 'read')?.code, 'permissionDenied');
  auth.apply({ type: 'roleDelete', role: 'app' });
  t.same(auth.user('alice')?.roles, []);
});

t.test('ranges that touch cover what lies across them, ranges with a gap do not', async (t) => {
  const range = (from: string, to: string) => ({ type: 'read', key: key(from), rangeEnd: key(to) }) as const;
  const { read } = mergePermissions([range('m', 'q'), range('a', 'f'), range('f', 'h'), range('n', 'o')]);
  t.ok(covers(read, { key: key('b'), rangeEnd: key('g') }));
  t.ok(covers(read, { key: key('m'), rangeEnd: key('q') }));
  t.notOk(covers(read, { key: key('g'), rangeEnd: key('n') }));
  t.notOk(covers(read, { key: key('m'), rangeEnd: new Uint8Array([0]) }));
  const all = mergePermissions([{ type: 'readWrite', key: key('a'), rangeEnd: new Uint8Array([0]) }]);
  t.ok(covers(all.write, { key: key('m'), rangeEnd: new Uint8Array([0]) }));
});

t.test('a token names its user on any member until it is over or taken back', async (t) => {
  const { auth, reopened } = stores();
  withRoot(auth);
  auth.apply({ type: 'userAdd', user: 'älice.x', passwordHash: 'one' });
  auth.apply({ type: 'enable', tokenKey });
  const token = new Tokens(auth).issue('älice.x', 1_000);
  const elsewhere = reopened();
  const tokens = new Tokens(elsewhere);
  t.equal(tokens.verify(token, 1_000), 'älice.x');
  t.equal(tokens.verify(token, 1_000 + tokenTtlMs), undefined);
  t.equal(tokens.verify(`${token}x`, 1_000), undefined);
  t.equal(
    tokens.verify(token.replace(/^[^.]+/, Buffer.from('root').toString('base64url')), 1_000),
    undefined,
  );
  t.equal(tokens.verify('nonsense', 1_000), undefined);
  elsewhere.apply({ type: 'userChangePassword', user: 'älice.x', passwordHash: 'two' });
  t.equal(tokens.verify(token, 1_000), undefined);
  const root = tokens.issue('root', 1_000);
  t.equal(tokens.verify(root, 1_000), 'root');
  elsewhere.apply({ type: 'disable' });
  elsewhere.apply({ type: 'enable', tokenKey: new Uint8Array(32).fill(8) });
  t.equal(tokens.verify(root, 1_000), undefined);
});

t.test('a password matches its own hash only, and no password matches none', async (t) => {
  const hasher = createPasswordHasher();
  const hash = await hasher.hash('secret', new Uint8Array(16));
  t.notMatch(hash, 'secret');
  t.equal(await hasher.matches('secret', hash), true);
  t.equal(await hasher.matches('Secret', hash), false);
  t.equal(await hasher.matches('', ''), false);
});

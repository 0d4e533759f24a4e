import t from 'tap';
import { bytes, caller, EtcdCluster, get, put, refused, txnOf } from './etcd-cluster.js';

const three = ['a', 'b', 'c'];

async function secured(seed: number): Promise<{ readonly group: EtcdCluster; readonly root: string }> {
  const group = new EtcdCluster(seed);
  const root = await group.run(async () => {
    await group.startAll(three);
    const { auth } = group.follower();
    await auth.userAdd({ name: 'root', password: 'secret', noPassword: false }, caller());
    await auth.userGrantRole('root', 'root', caller());
    await auth.enable(caller());
    return (await group.leader().auth.authenticate('root', 'secret', caller())).token;
  });
  return { group, root };
}

t.test('with auth enabled nobody does what was not granted, on any member', async (t) => {
  const { group, root } = await secured(1);
  await group.run(async () => {
    const { auth } = group.of('a');
    await auth.roleAdd('app', caller(root));
    const key = bytes('app/');
    const rangeEnd = bytes('app0');
    await auth.roleGrantPermission('app', { type: 'readWrite', key, rangeEnd }, caller(root));
    await auth.userAdd({ name: 'alice', password: 'pass', noPassword: false }, caller(root));
    await auth.userGrantRole('alice', 'app', caller(root));
    const { token } = await group.of('b').auth.authenticate('alice', 'pass', caller());
    const denied = 'etcdserver: permission denied';
    for (const name of three) {
      const server = group.of(name);
      const write = (what: string) => refused(server.txn(txnOf(put(what, '1')), caller(token)));
      t.equal(await write('app/1'), 'it was not refused');
      t.equal(await write('other'), denied);
      t.equal(await get(server, 'app/1', token), '1');
      t.equal(await refused(get(server, 'other', token)), denied);
      t.equal(await refused(server.range({ key: bytes('a'), rangeEnd: bytes('z') }, caller(token))), denied);
      const all = { type: 'deleteRange', key: bytes('a'), rangeEnd: bytes('b') } as const;
      t.equal(await refused(server.txn(txnOf(all), caller(token))), denied);
      const sink = { deliver: () => true, writable: async () => undefined, canceled: () => undefined };
      t.throws(() => server.watch({ key: bytes('other') }, caller(token), sink), { message: denied });
      server.watch({ key, rangeEnd }, caller(token), sink).cancel();
      t.equal(await refused(server.auth.userList(caller(token))), denied);
      t.same((await server.auth.userGet('alice', caller(token))).roles, ['app']);
      t.equal(
        await refused(server.memberAdd({ peerUrls: ['https://d:1'], isLearner: true }, caller(token))),
        denied,
      );
      t.equal(await refused(server.hash(caller(token))), denied);
      t.equal(
        await refused(server.txn(txnOf(put('app/1', '1')), caller('forged'))),
        'etcdserver: invalid auth token',
      );
      // Whoever has a certificate only is the user of its name: there is none.
      t.equal(await refused(server.txn(txnOf(put('app/1', '1')), caller())), denied);
    }
  });
});

t.test('leases are no way around permissions', async (t) => {
  const { group, root } = await secured(2);
  await group.run(async () => {
    const { auth } = group.of('a');
    await auth.roleAdd('app', caller(root));
    await auth.roleGrantPermission('app', { type: 'readWrite', key: bytes('mine') }, caller(root));
    await auth.userAdd({ name: 'alice', password: '', noPassword: true }, caller(root));
    await auth.userGrantRole('alice', 'app', caller(root));
    const alice = { ...caller(), identity: { commonName: 'alice', organizations: [] } };
    const server = group.follower();
    const { id } = await server.leaseGrant({ id: 0n, ttl: 60 }, caller(root));
    await server.txn(txnOf(put('roots', '1', id)), caller(root));
    const denied = 'etcdserver: permission denied';
    t.equal(await refused(server.leaseRevoke(id, alice)), denied);
    t.equal(await refused(server.leaseTimeToLive({ id, keys: true }, alice)), denied);
    t.equal(await refused(server.txn(txnOf(put('mine', '1', id)), alice)), denied);
    const own = await server.leaseGrant({ id: 0n, ttl: 60 }, alice);
    t.equal(await refused(server.txn(txnOf(put('mine', '1', own.id)), alice)), 'it was not refused');
    t.equal(await refused(server.leaseRevoke(own.id, alice)), 'it was not refused');
    t.equal(
      await refused(server.auth.authenticate('alice', '', caller())),
      'etcdserver: authentication failed, invalid user ID or password',
    );
  });
});

t.test(
  'a password is asked for, a new one ends the tokens of the old; without auth all is open again',
  async (t) => {
    const { group, root } = await secured(3);
    await group.run(async () => {
      const { auth } = group.follower();
      const failed = 'etcdserver: authentication failed, invalid user ID or password';
      t.equal(await refused(auth.authenticate('root', 'wrong', caller())), failed);
      t.equal(await refused(auth.authenticate('nobody', 'secret', caller())), failed);
      t.match(await auth.status(caller(root)), { enabled: true });
      await auth.userChangePassword('root', 'other', caller(root));
      t.equal(await refused(auth.userList(caller(root))), 'etcdserver: invalid auth token');
      const { token } = await auth.authenticate('root', 'other', caller());
      t.same((await auth.userList(caller(token))).users, ['root']);
      await auth.disable(caller(token));
      t.equal(
        await refused(auth.authenticate('root', 'other', caller())),
        'etcdserver: authentication is not enabled',
      );
      t.equal(await refused(group.leader().txn(txnOf(put('k', '1')), caller())), 'it was not refused');
    });
  },
);

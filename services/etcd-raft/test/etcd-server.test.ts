import { createHash } from 'node:crypto';
import { decodeTxn, type StoreEvent } from '@kubelab/store';
import { silentTelemetry } from '@kubelab/telemetry';
import t from 'tap';
import type { EtcdServer, WatchSink } from '../src/etcd-server.js';
import { restoreSnapshot } from '../src/server/saved-snapshot.js';
import { bytes, caller, EtcdCluster, get, put, refused, text, txnOf } from './etcd-cluster.js';

const three = ['a', 'b', 'c'];

async function cluster(seed: number, config = {}): Promise<EtcdCluster> {
  const made = new EtcdCluster(seed, config);
  await made.run(() => made.startAll(three));
  return made;
}

const same = (group: EtcdCluster) => () =>
  new Set([...group.members.values()].map(({ state }) => `${state.appliedIndex} ${state.fingerprint()}`))
    .size === 1;

t.test('any member takes a write, and shows it at once; reads are of the latest on each', async (t) => {
  const group = await cluster(1);
  await group.run(async () => {
    for (const name of three) {
      const { header, succeeded } = await group.of(name).txn(txnOf(put(name, 'x')), caller());
      t.equal(succeeded, true);
      const now = { key: bytes(name), serializable: true };
      const { kvs } = await group.of(name).range(now, caller());
      t.equal(kvs[0]?.modRevision, header.revision);
      for (const other of three) t.equal(await get(group.of(other), name), 'x');
    }
    await group.until(same(group));
  });
});

t.test('what cannot be is refused in the words of etcd', async (t) => {
  const group = await cluster(2, { maxRequestBytes: 1_000 });
  await group.run(async () => {
    const server = group.follower();
    const text = (work: Promise<unknown>) => refused(work);
    t.equal(
      await text(server.txn(txnOf(put('k', 'x'.repeat(1_000))), caller())),
      'etcdserver: request is too large',
    );
    t.equal(
      await text(server.txn(txnOf(put('k', '1'), put('k', '2')), caller())),
      'etcdserver: duplicate key given in txn request',
    );
    t.equal(await text(server.txn(txnOf(put('', '1')), caller())), 'etcdserver: key is not provided');
    t.equal(
      await text(server.range({ key: bytes('k'), revision: 99 }, caller())),
      'etcdserver: mvcc: required revision is a future revision',
    );
    t.equal(
      await text(server.txn(txnOf(put('k', '1', 5n)), caller())),
      'etcdserver: requested lease not found',
    );
    t.match(await text(server.txn(bytes('nonsense'), caller())), /^etcdserver: invalid request/);
    for (const value of ['1', '2', '3']) await server.txn(txnOf(put('k', value)), caller());
    await server.compact({ revision: 3, physical: true }, caller());
    const compacted = 'etcdserver: mvcc: required revision has been compacted';
    t.equal(await text(server.range({ key: bytes('k'), revision: 2 }, caller())), compacted);
    t.equal(await text(server.compact({ revision: 3, physical: false }, caller())), compacted);
    t.equal(
      await text(server.compact({ revision: 9, physical: false }, caller())),
      'etcdserver: mvcc: required revision is a future revision',
    );
    t.equal(await text(server.leaseRevoke(77n, caller())), 'etcdserver: requested lease not found');
    t.equal(
      await text(server.leaseGrant({ id: 0n, ttl: 9_000_000_001 }, caller())),
      'etcdserver: too large lease TTL',
    );
    t.equal(await text(server.moveLeader('0'.repeat(16), caller())), 'etcdserver: not leader');
    t.equal(
      await text(group.leader().moveLeader('1'.repeat(16), caller())),
      'etcdserver: bad leader transferee',
    );
  });
});

t.test('a transaction that only reads makes no entry, and is as fresh as a read', async (t) => {
  const group = await cluster(3);
  await group.run(async () => {
    await group.leader().txn(txnOf(put('k', '1')), caller());
    await group.until(same(group));
    const before = group.members.get('a')?.state.appliedIndex;
    const { responses } = await group.follower().txn(txnOf({ type: 'range', key: bytes('k') }), caller());
    t.match(responses[0], { type: 'range', count: 1 });
    t.equal(group.members.get('a')?.state.appliedIndex, before);
  });
});

t.test('without a majority a write is refused, and certainly not executed', async (t) => {
  const group = await cluster(4);
  await group.run(async () => {
    const alone = three.find((name) => name !== group.leaderName()) ?? '';
    for (const name of three) if (name !== alone) group.crash(name);
    // What is sent to a leader in the moment of its death has an unknown fate.
    await group.wait(1_000);
    t.equal(await refused(group.of(alone).txn(txnOf(put('k', '1')), caller())), 'etcdserver: no leader');
    t.equal(await refused(group.of(alone).range({ key: bytes('k') }, caller())), 'etcdserver: no leader');
    const { kvs } = await group.of(alone).range({ key: bytes('k'), serializable: true }, caller());
    t.same(kvs, []);
    t.match(await group.of(alone).status(caller()), { errors: ['etcdserver: no leader'] });
  });
});

t.test('a leader that dies is followed by another; writes wait for it instead of failing', async (t) => {
  const group = await cluster(5);
  await group.run(async () => {
    await group.leader().txn(txnOf(put('k', '1')), caller());
    const dead = group.leaderName() ?? '';
    group.crash(dead);
    const survivor = group.of(three.find((name) => name !== dead) ?? '');
    let outcome = '';
    // The write on its way to the dead leader has an unknown fate; one that comes after it does not.
    await refused(survivor.txn(txnOf(put('k', '2')), caller()));
    outcome = await refused(survivor.txn(txnOf(put('k', '3')), caller()));
    t.equal(outcome, 'it was not refused');
    await group.start(dead, three);
    await group.until(async () => (await get(group.of(dead), 'k')) === '3');
    await group.until(same(group));
  });
});

interface Seen {
  readonly events: StoreEvent[];
  readonly sink: WatchSink;
  canceled: string;
  notices: number;
}

function watcher(): Seen {
  const events: StoreEvent[] = [];
  const seen: Seen = {
    events,
    canceled: '',
    notices: 0,
    sink: {
      deliver: (response) => {
        events.push(...response.events);
        if (response.events.length === 0) seen.notices += 1;
        return true;
      },
      writable: async () => undefined,
      canceled: ({ compactRevision, message }) => {
        seen.canceled = `${compactRevision} ${message}`;
      },
    },
  };
  return seen;
}

t.test('watches tell of all, from history and as it comes, and end with the history', async (t) => {
  const group = await cluster(6, { watchProgressNotifyIntervalMs: 1_000 });
  await group.run(async () => {
    const server: EtcdServer = group.follower();
    for (const value of ['1', '2', '3']) await server.txn(txnOf(put('k', value)), caller());
    const past = watcher();
    server.watch({ key: bytes('k'), startRevision: 2, prevKv: true }, caller(), past.sink);
    const idle = watcher();
    server.watch({ key: bytes('none'), progressNotify: true }, caller(), idle.sink);
    await server.txn(txnOf(put('k', '4')), caller());
    await group.until(() => past.events.length === 4);
    t.same(
      past.events.map(({ kv }) => text(kv.value)),
      ['1', '2', '3', '4'],
    );
    t.same(
      past.events.map(({ prevKv }) => text(prevKv?.value)),
      ['', '1', '2', '3'],
    );
    await group.until(() => idle.notices > 1);
    await server.compact({ revision: 4, physical: false }, caller());
    const late = watcher();
    server.watch({ key: bytes('k'), startRevision: 2 }, caller(), late.sink);
    await group.until(() => late.canceled !== '');
    t.equal(late.canceled, '4 etcdserver: mvcc: required revision has been compacted');
    const [name] = [...group.members].find(([, member]) => member.server === server) ?? [''];
    await group.members.get(name)?.stop();
    t.equal(past.canceled, '0 etcdserver: server stopped');
  });
});

t.test(
  'the store is full: puts are refused everywhere until space was made and the alarm taken back',
  async (t) => {
    const group = await cluster(7, { quotaBackendBytes: 64 * 1024 });
    await group.run(async () => {
      const full = 'etcdserver: mvcc: database space exceeded';
      let answer = '';
      for (let at = 0; at < 100 && answer !== full; at += 1)
        answer = await refused(group.leader().txn(txnOf(put('k', 'x'.repeat(4_000))), caller()));
      t.equal(answer, full);
      const { alarms } = await group
        .follower()
        .alarm({ action: 'get', memberId: '0'.repeat(16), alarm: 'none' }, caller());
      t.match(alarms, [{ alarm: 'noSpace' }]);
      for (const name of three) {
        t.equal(await refused(group.of(name).txn(txnOf(put('small', '1')), caller())), full);
        t.equal(await refused(group.of(name).leaseGrant({ id: 0n, ttl: 10 }, caller())), full);
        t.match((await group.of(name).status(caller())).errors[0], / alarm:NOSPACE /);
      }
      const deleted = await group.follower().txn(txnOf({ type: 'deleteRange', key: bytes('k') }), caller());
      t.match(deleted.responses, [{ type: 'deleteRange', deleted: 1 }]);
      await group.follower().compact({ revision: deleted.header.revision, physical: true }, caller());
      await group.wait(1_000);
      for (const name of three) await group.of(name).defragment(caller());
      await group.leader().alarm({ action: 'deactivate', memberId: '0'.repeat(16), alarm: 'none' }, caller());
      t.equal(await refused(group.leader().txn(txnOf(put('small', '1')), caller())), 'it was not refused');
    });
  },
);

t.test('everything that was promised is there after all members crashed', async (t) => {
  const group = await cluster(8, { snapshotEntries: 20, snapshotKeepEntries: 5 });
  await group.run(async () => {
    const server = group.leader();
    const { id } = await server.leaseGrant({ id: 0n, ttl: 600 }, caller());
    await server.txn(txnOf(put('leased', '1', id)), caller());
    for (let at = 0; at < 60; at += 1) await server.txn(txnOf(put(`k${at % 7}`, `${at}`)), caller());
    await server.auth.roleAdd('reader', caller());
    const { members } = await server.memberList({ linearizable: true }, caller());
    const before = await server.status(caller());
    for (const name of three) group.crash(name);
    await group.startAll(three);
    await group.until(same(group));
    const after = group.follower();
    t.equal(await get(after, 'k3'), '59');
    t.same((await after.memberList({ linearizable: true }, caller())).members, members);
    t.same((await after.auth.roleList(caller())).roles, ['reader']);
    t.equal((await after.status(caller())).header.revision, before.header.revision);
    const left = await after.leaseTimeToLive({ id, keys: true }, caller());
    t.same(left.keys.map(text), ['leased']);
    t.ok(left.ttl > 590);
    await after.leaseRevoke(id, caller());
    t.equal(await get(after, 'leased'), undefined);
  });
});

t.test(
  'a saved snapshot becomes a new cluster, with other members; hashes are the same on all members',
  async (t) => {
    const group = await cluster(9);
    await group.run(async () => {
      const { id } = await group.leader().leaseGrant({ id: 0n, ttl: 600 }, caller());
      await group.leader().txn(txnOf(put('a', '1', id), put('b', '2')), caller());
      await group.leader().auth.roleAdd('reader', caller());
      await group.until(same(group));
      const hashes = await Promise.all(three.map((name) => group.of(name).hashKv(0, caller())));
      t.equal(new Set(hashes.map(({ hash }) => hash)).size, 1);
      const { chunks, header } = await group.follower().snapshot(caller());
      const file: Uint8Array[] = [];
      for await (const chunk of chunks) file.push(chunk);
      // As the gateway hands it to etcdctl: a hash behind it.
      const database = Buffer.concat(file);
      const saved = Buffer.concat([database, createHash('sha256').update(database).digest()]);

      const names = ['x', 'y', 'z'];
      const initialCluster = Object.fromEntries(names.map((host) => [host, { host, port: 2380 }]));
      const restored = new EtcdCluster(90);
      await restored.run(async () => {
        for (const name of names) {
          const world = restored.simulation.world(name);
          const { log } = silentTelemetry(world, 'etcd-raft', name);
          await world.disk.writeFileAtomic('/saved', saved);
          const options = { snapshotPath: '/saved', dataDirectory: '/data', name, initialCluster, log };
          const { revision, foreignPasswords } = await restoreSnapshot(world, options);
          t.equal(revision, header.revision);
          t.same(foreignPasswords, []);
          await t.rejects(restoreSnapshot(world, options), /has a member in it already/);
          await world.disk.writeFileAtomic('/cut', saved.subarray(0, 400));
          const cut = { ...options, snapshotPath: '/cut', dataDirectory: '/other' };
          await t.rejects(restoreSnapshot(world, cut), /no whole snapshot/);
        }
        await restored.startAll(names);
        const server = restored.follower();
        t.equal(await get(server, 'a'), '1');
        t.same((await server.leaseTimeToLive({ id, keys: true }, caller())).keys.map(text), ['a']);
        t.same((await server.auth.roleList(caller())).roles, ['reader']);
        const { members } = await server.memberList({ linearizable: true }, caller());
        t.same(members.map(({ name }) => name).sort(), names);
        const after = await server.txn(txnOf(put('c', '3')), caller());
        t.equal(after.header.revision, header.revision + 1);
        for (const name of names) restored.crash(name);
        await restored.startAll(names);
        t.equal(await get(restored.leader(), 'c'), '3');
      });
    });
  },
);

t.test('old history goes by itself: by age, or by number of revisions', async (t) => {
  for (const autoCompaction of [
    { mode: 'periodic', retentionMs: 10_000 },
    { mode: 'revision', retention: 5 },
  ]) {
    const slow = { electionTimeoutMs: 5_000, heartbeatIntervalMs: 1_000 };
    const group = await cluster(10, { autoCompaction, ...slow });
    await group.run(async () => {
      for (let at = 0; at < 20; at += 1) await group.leader().txn(txnOf(put('k', `${at}`)), caller());
      t.equal((await group.leader().status(caller())).compactRevision, 0);
      await group.wait(autoCompaction.mode === 'revision' ? 310_000 : 25_000);
      const { compactRevision } = await group.follower().status(caller());
      t.equal(compactRevision, autoCompaction.mode === 'revision' ? 16 : 21);
    }, 1_000_000);
  }
});

t.test('a client of the members finds the leader by an answer, and everything there', async (t) => {
  const group = await cluster(11);
  await group.run(async () => {
    const store = group.client('client');
    const { header } = await store.txn(decodeTxn(txnOf(put('k', '1'))));
    t.equal((await store.range({ key: bytes('k') })).kvs[0]?.modRevision, header.revision);
    t.equal((await store.status()).role, 'leader');
    const { id } = await store.leaseGrant({ id: 0n, ttl: 60 });
    t.same((await store.leaseKeepAlive(id)).ttl, 60);
    await store.txn(decodeTxn(txnOf(put('leased', '1', id))));
    t.match(await store.leaseTimeToLive(id, { keys: true }), {
      grantedTtl: 60,
      keys: [Buffer.from('leased')],
    });
    t.same((await store.leaseLeases()).ids, [id]);
    const watch = store.watch({ key: bytes('leased'), startRevision: header.revision });
    const types: string[] = [];
    const reading = (async () => {
      for await (const { events } of watch) {
        types.push(...events.map(({ type }) => type));
        if (types.length === 2) break;
      }
    })();
    await store.leaseRevoke(id);
    await reading;
    t.same(types, ['put', 'delete']);
    t.equal((await store.leaseKeepAlive(id)).ttl, 0);
    await store.compact(header.revision, { physical: true });
    await store.close();
  });
});

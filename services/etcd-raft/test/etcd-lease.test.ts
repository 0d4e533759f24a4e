import t from 'tap';
import { caller, EtcdCluster, get, put, refused, text, txnOf } from './etcd-cluster.js';

const three = ['a', 'b', 'c'];
const electionTimeoutMs = 300;
/** The leader looks this often, and a revocation takes a while. */
const lateMs = 700;

async function cluster(seed: number, config = {}): Promise<EtcdCluster> {
  const made = new EtcdCluster(seed, { electionTimeoutMs, ...config });
  await made.run(() => made.startAll(three));
  return made;
}

/** When the key was gone. */
async function gone(group: EtcdCluster, key: string): Promise<number> {
  await group.until(async () => (await get(group.leader(), key).catch(() => 'unknown')) === undefined);
  return group.simulation.nowMs;
}

t.test('any member grants and renews; what hangs on a lease goes with it, as one revision', async (t) => {
  const group = await cluster(1);
  await group.run(async () => {
    const server = group.follower();
    const short = await server.leaseGrant({ id: 0n, ttl: 0 }, caller());
    t.equal(short.ttl, 1, 'three halves of an election timeout, at least');
    t.ok(short.id > 0n && short.id < 2n ** 63n);
    const { id } = await server.leaseGrant({ id: 7n, ttl: 4 }, caller());
    t.equal(await refused(server.leaseGrant({ id, ttl: 4 }, caller())), 'etcdserver: lease already exists');
    const { header } = await server.txn(txnOf(put('x', '1', id), put('y', '1', id), put('z', '1')), caller());
    for (let renewal = 0; renewal < 3; renewal += 1) {
      await group.wait(3_000);
      t.equal((await server.leaseKeepAlive(id, caller())).ttl, 4);
    }
    const left = await server.leaseTimeToLive({ id, keys: true }, caller());
    // Whole seconds, as etcd counts them.
    t.same([left.ttl, left.grantedTtl, left.keys.map(text)], [3, 4, ['x', 'y']]);
    t.same((await server.leaseLeases(caller())).ids, [7n], 'the short one is over');
    const renewedMs = group.simulation.nowMs;
    const goneMs = await gone(group, 'x');
    t.ok(goneMs - renewedMs >= 4_000 && goneMs - renewedMs < 4_000 + lateMs, `${goneMs - renewedMs}`);
    const { kvs, header: after } = await server.range({ key: Buffer.from('z') }, caller());
    t.equal(kvs.length, 1);
    t.equal(after.revision, header.revision + 1);
    t.equal((await server.leaseKeepAlive(id, caller())).ttl, 0);
    t.match(await server.leaseTimeToLive({ id, keys: true }, caller()), { ttl: -1, grantedTtl: 0, keys: [] });
  });
});

t.test('a new leader lets a lease live no shorter than was promised, and not for ever', async (t) => {
  for (const seed of [2, 3, 4]) {
    const group = await cluster(seed);
    await group.run(async () => {
      const { id } = await group.leader().leaseGrant({ id: 0n, ttl: 5 }, caller());
      await group.leader().txn(txnOf(put('x', '1', id)), caller());
      await group.wait(4_000);
      await group.leader().leaseKeepAlive(id, caller());
      const renewedMs = group.simulation.nowMs;
      const dead = group.leaderName() ?? '';
      group.crash(dead);
      await group.until(() => group.leaderName() !== undefined);
      const goneMs = await gone(group, 'x');
      const livedMs = goneMs - renewedMs;
      t.ok(livedMs >= 5_000, `lived ${livedMs} ms`);
      t.ok(livedMs < 5_000 + 6 * electionTimeoutMs + lateMs, `lived ${livedMs} ms`);
    });
  }
});

t.test(
  'a long lease keeps its remaining time over leader changes, from checkpoint to checkpoint',
  async (t) => {
    const group = await cluster(5, { electionTimeoutMs: 3_000, heartbeatIntervalMs: 1_000 });
    await group.run(async () => {
      const { id } = await group.leader().leaseGrant({ id: 0n, ttl: 1_000 }, caller());
      await group.wait(310_000);
      const leader = group.leaderName() ?? '';
      group.crash(leader);
      await group.until(() => group.leaderName() !== undefined);
      const { ttl } = await group.leader().leaseTimeToLive({ id, keys: false }, caller());
      t.ok(ttl <= 704 && ttl > 690, `${ttl} s left`);
      t.equal((await group.leader().leaseKeepAlive(id, caller())).ttl, 1_000);
      await group.start(leader, three);
      group.crash(group.leaderName() ?? '');
      await group.until(() => group.leaderName() !== undefined);
      const renewed = await group.leader().leaseTimeToLive({ id, keys: false }, caller());
      t.ok(renewed.ttl >= 1_000, `${renewed.ttl} s left: the renewal took the checkpoint back`);
    }, 1_000_000);
  },
);

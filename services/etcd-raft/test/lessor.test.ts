import t from 'tap';
import { MetaMap } from '../src/mvcc/backend.js';
import { Lessor, leaseLimits } from '../src/state/lessor.js';

const key = (text: string) => Buffer.from(text);

function lessor(meta = new MetaMap()): Lessor {
  const made = new Lessor(() => meta);
  made.load();
  return made;
}

t.test('a lease is granted once, within bounds, and its keys are given back in order', async (t) => {
  const leases = lessor();
  t.equal(leases.grant(7n, 60, 0), undefined);
  t.equal(leases.grant(7n, 60, 0)?.message, 'etcdserver: lease already exists');
  t.equal(leases.grant(8n, leaseLimits.ttlMax + 1, 0)?.message, 'etcdserver: too large lease TTL');
  t.equal(leases.grant(0n, 60, 0)?.message, 'etcdserver: requested lease not found');
  for (const name of ['b', 'a', 'c', 'a']) leases.attach(key(name), 7n);
  leases.detach(key('c'), 7n);
  t.same(leases.revoke(7n), [key('a'), key('b')]);
  t.match(leases.revoke(7n), { code: 'leaseNotFound' });
  t.same(leases.ids(), []);
});

t.test(
  'leases and checkpoints outlive a restart; a member that does not lead lets none expire',
  async (t) => {
    const meta = new MetaMap();
    const before = lessor(meta);
    before.grant(0x7fffffffffffffffn, 600, 0);
    before.grant(2n, 5, 0);
    before.checkpoint([{ id: 0x7fffffffffffffffn, remainingTtl: 200 }], 0);
    const after = lessor(meta);
    t.same(after.ids(), [2n, 0x7fffffffffffffffn]);
    t.match(after.get(0x7fffffffffffffffn), { ttl: 600, remainingTtl: 200 });
    t.same(after.takeExpired(1e12), []);
    after.promote(1_000, 500);
    t.equal(after.remainingMs(2n, 1_000), 5_500, 'an election timeout longer');
    t.same(after.takeExpired(6_499), []);
    t.same(after.takeExpired(6_500), [2n]);
    t.same(after.takeExpired(6_500 + leaseLimits.revokeRetryMs - 1), [], 'not asked for twice');
    t.same(after.takeExpired(6_500 + leaseLimits.revokeRetryMs), [2n], 'until nothing came of it');
    t.same(after.takeExpired(201_500), [2n, 0x7fffffffffffffffn]);
  },
);

t.test(
  'a renewal counts from now, not past expiry, and not before its checkpoint is taken back',
  async (t) => {
    const leases = lessor();
    leases.promote(0, 500);
    leases.grant(1n, 10, 0);
    t.same(leases.renew(1n, 9_999), { ttl: 10 });
    t.equal(leases.remainingMs(1n, 9_999), 10_000);
    t.equal(leases.renew(1n, 19_999), 'expired');
    t.equal(leases.renew(2n, 0), 'notFound');
    leases.grant(3n, 1_000, 0);
    leases.checkpoint([{ id: 3n, remainingTtl: 700 }], 300_000);
    t.equal(leases.renew(3n, 300_000), 'checkpointed');
    leases.checkpoint([{ id: 3n, remainingTtl: 0 }], 300_001);
    t.same(leases.renew(3n, 300_002), { ttl: 1_000 });
    leases.demote();
    t.equal(leases.renew(3n, 300_003), 'notFound');
  },
);

t.test('only leases longer than the interval are checkpointed, again each interval', async (t) => {
  const leases = lessor();
  leases.promote(0, 0);
  leases.grant(1n, 300, 0);
  leases.grant(2n, 1_000, 0);
  t.same(leases.takeCheckpoints(299_999), []);
  const due = leases.takeCheckpoints(300_000);
  t.same(due, [{ id: 2n, remainingTtl: 700 }]);
  leases.checkpoint(due, 300_010);
  t.same(leases.takeCheckpoints(600_010), [{ id: 2n, remainingTtl: 400 }]);
});

t.test('expiry is earliest first and bounded in one turn, whatever was renewed in between', async (t) => {
  const leases = lessor();
  leases.promote(0, 0);
  for (let id = 1n; id <= 1_200n; id += 1n) leases.grant(id, 2 + (Number(id) % 7), 0);
  for (let id = 1n; id <= 600n; id += 1n) leases.renew(id, 1_000);
  for (let again = 0; again < 50; again += 1) leases.renew(5n, 1_000);
  const seen = new Set<bigint>();
  let last = 0;
  for (let turn = 0; turn < 4; turn += 1) {
    const due = leases.takeExpired(100_000);
    t.ok(due.length <= leaseLimits.revokesMax);
    for (const id of due) {
      t.notOk(seen.has(id));
      const atMs = (id <= 600n ? 1_000 : 0) + (2 + (Number(id) % 7)) * 1_000;
      t.ok(atMs >= last);
      last = atMs;
      seen.add(id);
    }
  }
  t.equal(seen.size, 1_200);
});

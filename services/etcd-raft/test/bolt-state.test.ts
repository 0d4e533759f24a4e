import { createHash } from 'node:crypto';
import type { Operation } from '@kubelab/store';
import type { DiskFile } from '@kubelab/world';
import fc from 'fast-check';
import t from 'tap';
import { loadState } from '../src/bolt/load-state.js';
import { saveState } from '../src/bolt/save-state.js';
import { MemoryBackend } from '../src/mvcc/memory-backend.js';
import { MvccStore } from '../src/mvcc/mvcc-store.js';
import { StoreState } from '../src/state/state-machine.js';
import { bytes, everything, header, text, timers, turn } from './mvcc-stores.js';

function newState(): StoreState {
  return new StoreState({
    openStore: (leases) => new MvccStore({ backend: new MemoryBackend(), leases, timers, header }),
    nowMs: () => 0,
  });
}

let index = 0;

function apply(state: StoreState, operations: readonly Operation[], trace?: string): void {
  state.store.txn({ compare: [], success: operations, failure: [] }, trace);
  index += 1;
  state.applied(index);
}

const put = (key: string, value: string, lease = 0n): Operation => ({
  ...{ type: 'put', key: bytes(key), value: bytes(value) },
  lease,
});

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function hashed(database: Buffer): Buffer {
  return Buffer.concat([database, createHash('sha256').update(database).digest()]);
}

function file(content: Buffer): DiskFile {
  const refuse = async () => {
    throw new Error('read only');
  };
  return {
    path: 'saved.db',
    size: async () => content.byteLength,
    read: async (position, length) => new Uint8Array(content.subarray(position, position + length)),
    write: refuse,
    truncate: refuse,
    sync: refuse,
    close: async () => undefined,
  };
}

const options = { skipHashCheck: false, clusterId: '1'.padStart(16, '0'), timers, nowMs: () => 0 };

async function roundTrip(state: StoreState): Promise<StoreState> {
  const { bytes: length, chunks } = await saveState(state, turn);
  const database = await gather(chunks);
  if (database.byteLength !== length) throw new Error(`${database.byteLength} bytes, ${length} were said`);
  return (await loadState(file(hashed(database)), options)).state;
}

/** What every revision that can be read shows, and what is beside the keys. */
async function shown({ store, lessor, auth, alarms }: StoreState) {
  const revisions = [];
  for (let revision = Math.max(1, store.compactRevision); revision <= store.revision; revision += 1)
    revisions.push(store.range({ ...everything, revision }));
  return {
    revisions,
    history: store.changes(everything, { from: store.compactRevision + 1, eventsMax: 1e9, prevKv: true }),
    hash: await store.hashKv(0),
    compacted: store.compactRevision,
    leases: lessor.ids().map((id) => [lessor.get(id), lessor.keys(id).map(text)]),
    users: auth.users().map((name) => ({ ...auth.user(name), passwordRevision: 0 })),
    roles: auth.roles().map((name) => auth.role(name)),
    auth: [auth.enabled, auth.revision],
    alarms: alarms.list(),
  };
}

const keys = fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), fc.string({ minLength: 1, maxLength: 30 }));
const values = fc.oneof(
  { weight: 20, arbitrary: fc.string({ maxLength: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 3_900, max: 20_000 }).map((length) => 'x'.repeat(length)) },
);
const latin1 = (given: string): string => Buffer.from(given).toString('latin1');

type Step = (state: StoreState) => void;

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(keys, values, fc.constantFrom(0n, 1n, 2n ** 62n + 1n), fc.boolean()).map(
      ([key, value, lease, traced]): Step =>
        (state) => {
          const held = state.lessor.exists(lease) ? lease : 0n;
          const trace = traced ? '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' : undefined;
          apply(state, [put(latin1(key), latin1(value), held)], trace);
        },
    ),
  },
  {
    weight: 4,
    arbitrary: keys.map(
      (key): Step =>
        (state) => {
          const range = { type: 'deleteRange', key: bytes(latin1(key)), rangeEnd: bytes('\0') } as const;
          apply(state, [range, put('after', 'a delete')]);
        },
    ),
  },
  {
    weight: 4,
    arbitrary: keys.map(
      (key): Step =>
        (state) =>
          apply(state, [{ type: 'deleteRange', key: bytes(latin1(key)) }]),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 0, max: 6 }).map(
      (behind): Step =>
        (state) => {
          state.store.compact(state.store.revision - behind);
          apply(state, []);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(1n, 2n ** 62n + 1n).map(
      (id): Step =>
        (state) => {
          state.lessor.grant(id, 600, 0);
          state.lessor.checkpoint([{ id, remainingTtl: 300 }], 0);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Step>((state) => state.alarms.activate('00000000000000ab', 'noSpace')),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom('root', 'u', 'v'), fc.constantFrom('', 'scrypt$2$1$1$AA$BB')).map(
      ([user, passwordHash]): Step =>
        ({ auth }) => {
          auth.apply({ type: 'userAdd', user, passwordHash });
          auth.apply({ type: 'roleAdd', role: `role of ${user}` });
          const permission = { type: 'write', key: bytes('k'), rangeEnd: bytes('l') } as const;
          auth.apply({ type: 'roleGrantPermission', role: `role of ${user}`, permission });
          auth.apply({ type: 'userGrantRole', user, role: user === 'root' ? user : `role of ${user}` });
          if (user === 'root') auth.apply({ type: 'enable', tokenKey: new Uint8Array(32) });
        },
    ),
  },
);

t.test('what is saved is what is loaded: every revision, history, leases, users, alarms', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 80, size: 'max' }), async (taken) => {
      const state = newState();
      for (const step of taken) step(state);
      t.same(await shown(await roundTrip(state)), await shown(state));
    }),
    { numRuns: 60 },
  );
});

t.test('writes and compactions while it is read do not show', async (t) => {
  const state = newState();
  for (let at = 0; at < 3_000; at += 1) apply(state, [put(`k${at % 500}`, `${at}`.repeat(40))]);
  const whole = await gather((await saveState(state, turn)).chunks);
  const { chunks } = await saveState(state, turn);
  const first = await chunks.next();
  state.store.compact(state.store.revision);
  apply(state, [put('later', 'x')]);
  const compacted = state.store.physicallyCompacted();
  await turn();
  const { versions } = state.store.counts;
  t.equal(versions, 3_001, 'nothing is freed while it is read');
  const rest = await gather(chunks);
  t.ok(Buffer.concat([first.value ?? new Uint8Array(0), rest]).equals(whole));
  await compacted;
  t.equal(state.store.counts.versions, 501);
});

t.test(
  'one that is not read to its end does not hold compaction off, nor one that never began',
  async (t) => {
    const state = newState();
    for (let at = 0; at < 2_000; at += 1) apply(state, [put('k', 'v'.repeat(400))]);
    const [begun, never] = [await saveState(state, turn), await saveState(state, turn)];
    await begun.chunks.next();
    state.store.compact(state.store.revision);
    apply(state, []);
    await begun.chunks.return?.();
    await never.chunks.return?.();
    await state.store.physicallyCompacted();
    t.equal(state.store.counts.versions, 1);
    t.same(await never.chunks.next(), { done: true, value: undefined });
  },
);

t.test('a state that is replaced ends what is read of it', async (t) => {
  const state = newState();
  for (let at = 0; at < 2_000; at += 1) apply(state, [put(`k${at}`, 'v'.repeat(400))]);
  const other = newState();
  const { chunks } = await saveState(state, turn);
  await chunks.next();
  await state.restore(other.snapshot());
  await t.rejects(gather(chunks));
});

t.test('what is not whole is refused', async (t) => {
  const state = newState();
  apply(state, [put('a', '1')]);
  const database = await gather((await saveState(state, turn)).chunks);
  const whole = hashed(database);
  await t.rejects(loadState(file(database), options), /no hash at its end/);
  await t.rejects(loadState(file(whole.subarray(0, whole.byteLength - 512)), options), /is damaged/);
  const spoilt = Buffer.from(whole);
  spoilt.writeUInt8(spoilt.readUInt8(9_000) ^ 1, 9_000);
  await t.rejects(loadState(file(spoilt), options), /is damaged/);
  const loaded = await loadState(file(database), { ...options, skipHashCheck: true });
  t.equal(loaded.state.store.revision, 2);
  await t.rejects(loadState(file(Buffer.alloc(0)), options), /no hash at its end/);
});

t.test(
  'tokens of the cluster before are worth nothing; passwords that etcd hashed are told of',
  async (t) => {
    const state = newState();
    state.auth.apply({ type: 'userAdd', user: 'root', passwordHash: '$2a$10$abcdefghijklmnopqrstuv' });
    state.auth.apply({ type: 'userGrantRole', user: 'root', role: 'root' });
    state.auth.apply({ type: 'enable', tokenKey: Buffer.alloc(32, 1) });
    const saved = file(hashed(await gather((await saveState(state, turn)).chunks)));
    const one = await loadState(saved, options);
    const again = await loadState(saved, options);
    const other = await loadState(saved, { ...options, clusterId: '2'.padStart(16, '0') });
    t.same(one.foreignPasswords, ['root']);
    t.equal(one.state.auth.enabled, true);
    t.same(one.state.auth.tokenKey, again.state.auth.tokenKey, 'each member has the same key');
    t.notSame(one.state.auth.tokenKey, state.auth.tokenKey);
    t.notSame(one.state.auth.tokenKey, other.state.auth.tokenKey);
  },
);

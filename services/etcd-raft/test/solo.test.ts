import { type Store, StoreError } from '@kubelab/store';
import { silentTelemetry } from '@kubelab/telemetry';
import { createRealWorld } from '@kubelab/world';
import t, { type Test } from 'tap';
import { openSoloStore } from '../src/solo.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (value: Uint8Array) => new TextDecoder().decode(value);
const all = { key: bytes('a'), rangeEnd: bytes('z') };
const put = (key: string, value = '') => ({ type: 'put', key: bytes(key), value: bytes(value) }) as const;
const write = (store: Store, ...operations: ReturnType<typeof put>[]) =>
  store.txn({ compare: [], success: operations, failure: [] });

function opened(t: Test): Store {
  const world = createRealWorld({ host: 'solo' });
  const store = openSoloStore(world, silentTelemetry(world, 'etcd-raft', 'solo'));
  t.teardown(() => store.close());
  return store;
}

async function code(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return error.code;
  }
}

t.test('it begins empty, at revision 1; a transaction is in effect when it resolves', async (t) => {
  const store = opened(t);
  const { header, kvs } = await store.range(all);
  t.equal(header.revision, 1);
  t.strictSame(kvs, []);
  const made = await write(store, put('b', '1'), put('c', '2'));
  t.equal(made.header.revision, 2);
  const found = await store.range(all);
  t.strictSame(
    found.kvs.map(({ key, value, modRevision }) => [textOf(key), textOf(value), modRevision]),
    [
      ['b', '1', 2],
      ['c', '2', 2],
    ],
  );
  const taken = { key: bytes('b'), target: 'createRevision', result: 'equal', number: 0 } as const;
  t.equal((await store.txn({ compare: [taken], success: [put('b')], failure: [] })).succeeded, false);
  t.equal((await store.status()).role, 'leader');
});

t.test('a watch tells everything from a revision on, in order, also what it was too slow for', async (t) => {
  const store = opened(t);
  await write(store, put('b', '0'));
  const watch = store.watch({ ...all, startRevision: 2 });
  const big = 'x'.repeat(400 * 1024);
  for (let at = 1; at < 40; at += 1) await write(store, put('b', `${at} ${big}`));
  const seen: number[] = [];
  for await (const { events } of watch) {
    seen.push(...events.map(({ kv }) => Number.parseInt(textOf(kv.value), 10)));
    if (seen.length >= 40) break;
  }
  t.strictSame(
    seen,
    Array.from({ length: 40 }, (_, at) => at),
  );
});

t.test(
  'a watch from now on begins by saying where now is, and answers when progress is asked for',
  async (t) => {
    const store = opened(t);
    await write(store, put('b'));
    const watch = store.watch({ ...all, progressNotify: true });
    const responses = watch[Symbol.asyncIterator]();
    t.match((await responses.next()).value, { header: { revision: 2 }, events: [] });
    await write(store, put('zz'));
    watch.requestProgress();
    t.match((await responses.next()).value, { header: { revision: 3 }, events: [] });
    const ended = responses.next();
    watch.close();
    t.equal((await ended).done, true);
  },
);

t.test('what is compacted is refused, to readers and to watches', async (t) => {
  const store = opened(t);
  for (const value of ['1', '2', '3']) await write(store, put('b', value));
  await store.compact(3, { physical: true });
  t.equal(await code(store.range({ ...all, revision: 2 })), 'compacted');
  const watch = store.watch({ ...all, startRevision: 2 });
  t.equal(await code(watch[Symbol.asyncIterator]().next()), 'compacted');
  t.equal((await store.range({ ...all, revision: 3 })).kvs.length, 1);
});

t.test('leases are granted, kept and revoked with their keys', async (t) => {
  const store = opened(t);
  const { id } = await store.leaseGrant({ id: 0n, ttl: 60 });
  await store.txn({ compare: [], success: [{ ...put('b'), lease: id }], failure: [] });
  t.equal((await store.leaseKeepAlive(id)).ttl, 60);
  t.equal((await store.leaseTimeToLive(id, { keys: true })).keys.length, 1);
  await store.leaseRevoke(id);
  t.strictSame((await store.range(all)).kvs, []);
});

t.test('two know nothing of each other; closed, one refuses, and its watches end', async (t) => {
  const [one, two] = [opened(t), opened(t)];
  await write(one, put('b'));
  t.strictSame((await two.range(all)).kvs, []);
  const next = one.watch(all)[Symbol.asyncIterator]();
  await next.next();
  const ended = code(next.next());
  await one.close();
  await one.close();
  t.equal(await ended, 'unavailable');
  t.not(await code(write(one, put('c'))), 'none');
  t.equal((await write(two, put('c'))).header.revision, 2);
});

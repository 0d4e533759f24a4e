import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import type { Store, StoreWatch, WatchResponse } from '../src/contract.js';
import { connectEtcd } from '../src/etcd/index.js';
import { prefixEnd } from '../src/keys.js';
import { type EtcdCluster, startEtcd } from './etcd-process.js';

const world = createRealWorld({ host: 'test' });
const bytes = (text: string) => Buffer.from(text);
const text = (value: Uint8Array | undefined) => Buffer.from(value ?? []).toString();

let etcd: EtcdCluster;
let store: Store;

t.before(async () => {
  etcd = await startEtcd();
  store = connectEtcd({ world }, { endpoints: etcd.endpoints, plain: true });
});

t.teardown(async () => {
  await store.close();
  await etcd.stop();
});

async function put(key: string, value: string, lease = 0n) {
  const operation = { type: 'put', key: bytes(key), value: bytes(value), lease } as const;
  return store.txn({ compare: [], success: [operation], failure: [] });
}

async function next(responses: AsyncIterator<WatchResponse>): Promise<WatchResponse> {
  const result = await responses.next();
  if (result.done === true) throw new Error('the watch ended');
  return result.value;
}

async function nextEvents(responses: AsyncIterator<WatchResponse>): Promise<WatchResponse> {
  for (;;) {
    const response = await next(responses);
    if (response.events.length > 0) return response;
  }
}

const told = ({ events }: WatchResponse) =>
  events.map(({ type, kv }) => `${type} ${text(kv.key)}=${text(kv.value)}@${kv.modRevision}`);

t.test('what is put is read back, at any revision, with its versions', async (t) => {
  const first = await put('/a/1', 'one');
  const second = await put('/a/1', 'two');
  await put('/a/2', 'other');
  t.equal(second.header.revision, first.header.revision + 1);
  t.match(first.header.clusterId, /^[0-9a-f]{16}$/);
  const range = { key: bytes('/a/'), rangeEnd: prefixEnd(bytes('/a/')) };
  const now = await store.range({ ...range, limit: 1 });
  t.match([now.count, now.more, text(now.kvs[0]?.value), now.kvs[0]?.version], [2, true, 'two', 2]);
  const then = await store.range({ ...range, revision: first.header.revision });
  t.same(
    then.kvs.map((kv) => text(kv.value)),
    ['one'],
  );
  const counted = await store.range({ ...range, countOnly: true });
  t.same([counted.kvs.length, counted.count], [0, 2]);
});

t.test('a transaction compares, answers per operation, and nests', async (t) => {
  await put('/t', 'v1');
  const key = bytes('/t');
  const response = await store.txn({
    compare: [
      { key, result: 'equal', target: 'value', bytes: bytes('v1') },
      { key, result: 'greater', target: 'modRevision', number: 1 },
      { key: bytes('/none'), result: 'equal', target: 'version', number: 0 },
    ],
    success: [
      { type: 'range', key },
      {
        type: 'txn',
        compare: [],
        success: [{ type: 'put', key, value: bytes('v2'), prevKv: true }],
        failure: [],
      },
      { type: 'deleteRange', key: bytes('/none') },
    ],
    failure: [],
  });
  t.equal(response.succeeded, true);
  const [range, nested, deleted] = response.responses;
  t.equal(range?.type === 'range' && text(range.kvs[0]?.value), 'v1');
  const inner = nested?.type === 'txn' ? nested.responses[0] : undefined;
  t.equal(inner?.type === 'put' && text(inner.prevKv?.value), 'v1');
  t.equal(deleted?.type === 'deleteRange' && deleted.deleted, 0);
});

t.test('errors are the store errors that they are', async (t) => {
  const { header } = await put('/e', '1');
  await put('/e', '2');
  await store.compact(header.revision + 1, { physical: true });
  await t.rejects(store.range({ key: bytes('/e'), revision: header.revision }), {
    code: 'compacted',
    mayHaveExecuted: false,
  });
  await t.rejects(store.range({ key: bytes('/e'), revision: header.revision + 1_000 }), {
    code: 'futureRevision',
  });
  await t.rejects(store.compact(header.revision), { code: 'compacted' });
  await t.rejects(put('/e', '3', 12345n), { code: 'leaseNotFound' });
  const twice = { type: 'put', key: bytes('/e'), value: bytes('x') } as const;
  await t.rejects(store.txn({ compare: [], success: [twice, twice], failure: [] }), { code: 'duplicateKey' });
  await t.rejects(put('/e', 'x'.repeat(1_600_000)), { code: 'requestTooLarge' });
  await t.rejects(store.range({ key: bytes('') }), { code: 'invalidArgument' });
});

t.test('a lease is granted, renewed, looked at and revoked with its keys', async (t) => {
  const id = 0x7fff_ffff_ffff_fff1n;
  const granted = await store.leaseGrant({ id, ttl: 60 });
  t.same([granted.id, granted.ttl], [id, 60]);
  await t.rejects(store.leaseGrant({ id, ttl: 60 }), { code: 'leaseExists' });
  await put('/l', 'x', id);
  t.equal((await store.range({ key: bytes('/l') })).kvs[0]?.lease, id);
  const renewed = await store.leaseKeepAlive(id);
  t.same([renewed.id, renewed.ttl], [id, 60]);
  const left = await store.leaseTimeToLive(id, { keys: true });
  t.same([left.grantedTtl, left.keys.map(text)], [60, ['/l']]);
  t.ok((await store.leaseLeases()).ids.includes(id));
  await store.leaseRevoke(id);
  t.equal((await store.range({ key: bytes('/l') })).count, 0);
  t.equal((await store.leaseTimeToLive(id)).ttl, -1);
  t.equal((await store.leaseKeepAlive(id)).ttl, 0);
  await t.rejects(store.leaseRevoke(id), { code: 'leaseNotFound' });
});

function watchPrefix(prefix: string, startRevision = 0): StoreWatch {
  return store.watch({ key: bytes(prefix), rangeEnd: prefixEnd(bytes(prefix)), startRevision, prevKv: true });
}

t.test('a watch tells what happens, from a revision and from now on', async (t) => {
  const { header } = await put('/w/1', 'a');
  const watch = watchPrefix('/w/', header.revision);
  const responses = watch[Symbol.asyncIterator]();
  t.same(told(await nextEvents(responses)), [`put /w/1=a@${header.revision}`]);
  const live = watchPrefix('/w/')[Symbol.asyncIterator]();
  t.equal((await next(live)).header.revision, header.revision, 'where "now" is');
  await store.txn({
    compare: [],
    success: [
      { type: 'put', key: bytes('/w/2'), value: bytes('b') },
      { type: 'deleteRange', key: bytes('/w/1') },
    ],
    failure: [],
  });
  const revision = header.revision + 1;
  for (const both of [responses, live]) {
    const response = await nextEvents(both);
    t.same(told(response).sort(), [`delete /w/1=@${revision}`, `put /w/2=b@${revision}`]);
    t.equal(text(response.events.find((event) => event.type === 'delete')?.prevKv?.value), 'a');
    t.equal(response.header.revision, revision);
  }
  await put('/other', 'x');
  watch.requestProgress();
  const progress = await next(responses);
  t.same([progress.events, progress.header.revision], [[], revision + 1]);
  await responses.return?.();
  await live.return?.();
});

t.test('a watch of a revision that is compacted away says so', async (t) => {
  await put('/c', '1');
  const { header } = await put('/c', '2');
  await store.compact(header.revision);
  await t.rejects(watchPrefix('/c', 1)[Symbol.asyncIterator]().next(), {
    code: 'compacted',
    compactRevision: header.revision,
  });
});

t.test('a watch goes on without loss or repetition when etcd dies and comes back', async (t) => {
  const responses = watchPrefix('/r/')[Symbol.asyncIterator]();
  const { header } = await next(responses);
  await put('/r/1', 'a');
  t.same(told(await nextEvents(responses)), [`put /r/1=a@${header.revision + 1}`]);
  await put('/r/2', 'b');
  for (const member of etcd.members) {
    await member.kill();
    await member.start();
  }
  await put('/r/3', 'c');
  const events: string[] = [];
  while (events.length < 2) events.push(...told(await nextEvents(responses)));
  t.same(events, [`put /r/2=b@${header.revision + 2}`, `put /r/3=c@${header.revision + 3}`]);
  await responses.return?.();
});

t.test('a revision of more than etcd sends at once comes in fragments', async (t) => {
  const watch = store.watch({ key: bytes('/f/'), rangeEnd: prefixEnd(bytes('/f/')), fragment: true });
  const responses = watch[Symbol.asyncIterator]();
  const { header } = await next(responses);
  const put3 = [1, 2, 3].map(
    (n) => ({ type: 'put', key: bytes(`/f/${n}`), value: Buffer.alloc(450_000, n) }) as const,
  );
  await store.txn({ compare: [], success: put3, failure: [] });
  await store.txn({ compare: [], success: put3, failure: [] });
  const revisions: number[] = [];
  while (revisions.length < 6) {
    const response = await nextEvents(responses);
    revisions.push(...response.events.map(({ kv }) => kv.modRevision - header.revision));
  }
  t.same(revisions, [1, 1, 1, 2, 2, 2]);
  await responses.return?.();
});

t.test('a range of many keys and megabytes comes whole, of one revision, while others write', async (t) => {
  const keys = Array.from({ length: 12_000 }, (_, at) => `/big/${String(at).padStart(6, '0')}`);
  const value = Buffer.alloc(1_000, 1);
  for (let at = 0; at < keys.length; at += 120) {
    const success = keys.slice(at, at + 120).map((key) => ({ type: 'put', key: bytes(key), value }) as const);
    await store.txn({ compare: [], success, failure: [] });
  }
  const range = store.range({ key: bytes('/big/'), rangeEnd: prefixEnd(bytes('/big/')) });
  for (let n = 0; n < 20; n += 1) await put(keys[keys.length - 1 - n] ?? '', 'late');
  const { kvs, count, more, header } = await range;
  t.same([kvs.length, count, more], [keys.length, keys.length, false]);
  t.same(
    kvs.map((kv) => text(kv.key)),
    keys,
  );
  t.ok(kvs.every((kv) => kv.modRevision <= header.revision));
  t.ok(kvs.every((kv) => kv.value.byteLength === (kv.version === 1 ? 1_000 : 4)));
});

t.test('progress is told after the events that it is about, also to one who reads slowly', async (t) => {
  const watch = watchPrefix('/p/');
  const responses = watch[Symbol.asyncIterator]();
  const { header } = await next(responses);
  for (let n = 0; n < 10; n += 1) {
    await Promise.all(Array.from({ length: 50 }, (_, at) => put(`/p/${n}-${at}`, 'x'.repeat(1_000))));
    const until = (await put('/not/watched', String(n))).header.revision;
    const seen = new Set<number>();
    watch.requestProgress();
    const ask = setInterval(() => watch.requestProgress(), 20);
    for (;;) {
      const response = await next(responses);
      for (const { kv } of response.events) seen.add(kv.modRevision);
      if (response.header.revision >= until) break;
    }
    clearInterval(ask);
    t.equal(seen.size, 50);
  }
  t.ok(header.revision > 0);
  watch.close();
});

t.test('status tells who answers', async (t) => {
  const status = await store.status();
  t.match(status, { name: 'm0', role: 'leader', isLearner: false, version: /^3\./ });
  t.equal(status.leader, status.header.memberId);
  t.ok(status.dbBytes > 0 && status.raftIndex > 0);
  await store.compact(status.header.revision);
  t.equal((await store.status()).compactRevision, status.header.revision);
});

t.test('a client of members that are down gives up at its deadline, and a closed one at once', async (t) => {
  const lost = connectEtcd({ world }, { endpoints: [{ host: '127.0.0.1', port: 1 }], plain: true });
  await t.rejects(lost.range({ key: bytes('k') }, { deadlineMs: 100 }), { code: 'timeout' });
  const operation = { type: 'put', key: bytes('k'), value: bytes('v') } as const;
  const write = lost.txn({ compare: [], success: [operation], failure: [] }, { deadlineMs: 100 });
  await t.rejects(write, { code: 'timeout', mayHaveExecuted: false });
  await lost.close();
  await t.rejects(lost.status(), { code: 'unavailable' });
});

t.test('one member being down is no trouble while another answers', async (t) => {
  const endpoints = [{ host: '127.0.0.1', port: 1 }, ...etcd.endpoints];
  for (let n = 0; n < 3; n += 1) {
    const either = connectEtcd({ world }, { endpoints, plain: true });
    t.equal((await either.range({ key: bytes('/nothing') })).count, 0);
    await either.close();
  }
});

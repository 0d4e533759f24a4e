import { configMapKind, eventKind, podKind, secretKind } from '@kubelab/api';
import type { RangeRequest, RangeResponse, StoreWatch, WatchRequest } from '@kubelab/store';
import { silentTelemetry } from '@kubelab/telemetry';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { SortedObjects } from '../src/storage/sorted-objects.js';
import { Storage } from '../src/storage/storage.js';
import { StoredObject } from '../src/storage/stored-object.js';
import { eventually } from './harness.js';
import { MemoryStore } from './memory-store.js';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Counts what is asked of it; answers to reads of ranges can be held back. */
class CountingStore extends MemoryStore {
  ranges: string[] = [];
  watches = 0;
  held: Promise<void> = Promise.resolve();

  override async range(request: RangeRequest): Promise<RangeResponse> {
    const answer = await super.range(request);
    if (request.rangeEnd === undefined) return answer;
    this.ranges.push(new TextDecoder().decode(request.key));
    await this.held;
    return answer;
  }

  override watch(request: WatchRequest): StoreWatch {
    this.watches += 1;
    return super.watch(request);
  }

  async put(kind: string, name: string): Promise<void> {
    const value = { apiVersion: 'v1', kind, metadata: { name, namespace: 'default' } };
    const key = bytes(`/registry/core/${kind.toLowerCase()}s/default/${name}`);
    const success = [{ type: 'put' as const, key, value: bytes(JSON.stringify(value)) }];
    await this.txn({ compare: [], success, failure: [] });
  }
}

async function started(test: {
  teardown(callback: () => Promise<void>): void;
}): Promise<{ storage: Storage; store: CountingStore }> {
  const world = createRealWorld({ host: 'test' });
  const store = new CountingStore();
  const storage = new Storage(world, store, silentTelemetry(world, 'apiserver', 'a').log);
  storage.start();
  test.teardown(async () => {
    storage.stop();
    await store.close();
  });
  await eventually('ready', () => storage.ready);
  return { storage, store };
}

t.test('kinds that nobody asked for are loaded too: a watch of them may begin in the past', async (t) => {
  const { storage, store } = await started(t);
  await storage.loadRest();
  const before = await storage.currentRevision();
  await store.put('ConfigMap', 'a');
  const cache = storage.cache(configMapKind);
  t.ok(cache.loaded);
  cache.assertKept(before);
  await storage.fresh(configMapKind);
  const seen: string[] = [];
  cache.subscribe(before, {
    event: ({ current }) => seen.push(current?.object.metadata.name ?? ''),
    gone: () => t.fail('it is kept'),
  });
  t.same(seen, ['a']);
});

t.test('all kinds share one watch of the store, and are loaded at their first use', async (t) => {
  const { storage, store } = await started(t);
  t.equal(store.watches, 1);
  t.notOk(store.ranges.some((key) => key.includes('configmaps')));
  await store.put('ConfigMap', 'a');
  const cache = await storage.fresh(configMapKind);
  t.equal(cache.all().length, 1);
  await storage.fresh(configMapKind);
  t.equal(store.ranges.filter((key) => key.includes('configmaps')).length, 1);
  t.equal(store.watches, 1);
  storage.cache(secretKind).get('/registry/core/secrets/default/x');
  await eventually('whoever asks makes it load', () => storage.cache(secretKind).loaded);
});

t.test('what is written while a kind is read is there once, and told to watchers once', async (t) => {
  const { storage, store } = await started(t);
  await store.put('ConfigMap', 'a');
  let release = () => {};
  store.held = new Promise((resolve) => {
    release = resolve;
  });
  const fresh = storage.fresh(configMapKind);
  await eventually('it is being read', () => store.ranges.some((key) => key.includes('configmaps')));
  await store.put('ConfigMap', 'b');
  await store.put('ConfigMap', 'a');
  release();
  const cache = await fresh;
  await cache.waitFor(await storage.currentRevision());
  t.same(
    cache.all().map(({ key }) => key.split('/').at(-1)),
    ['a', 'b'],
  );
  const seen: number[] = [];
  cache.subscribe(cache.revision, {
    event: ({ revision }) => seen.push(revision),
    gone: () => t.fail('gone'),
  });
  await store.put('ConfigMap', 'c');
  await eventually('an event', () => seen.length > 0);
  t.equal(seen.length, 1);
});

t.test('a large kind is read in pages of one revision', async (t) => {
  const { storage, store } = await started(t);
  for (let at = 0; at < 1_200; at += 1) await store.put('ConfigMap', `c-${at}`);
  const cache = await storage.fresh(configMapKind);
  t.equal(cache.size, 1_200);
  t.equal(store.ranges.filter((key) => key.includes('configmaps')).length, 3);
});

t.test('a write outside of what is watched does not hold up a list', async (t) => {
  const { storage, store } = await started(t);
  await storage.fresh(podKind);
  const success = [{ type: 'put' as const, key: bytes('/elsewhere'), value: bytes('x') }];
  await store.txn({ compare: [], success, failure: [] });
  const cache = await storage.fresh(eventKind);
  t.equal(cache.revision, await storage.currentRevision());
});

t.test('objects stay in the order of their keys, whatever comes and goes', async (t) => {
  const sorted = new SortedObjects();
  const stored = (name: string, revision: number) =>
    new StoredObject(configMapKind, {
      key: bytes(`/p/${name}`),
      value: bytes(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })),
      createRevision: 1,
      modRevision: revision,
      version: 1,
      lease: 0n,
    });
  const expected = new Map<string, number>();
  let seed = 7;
  for (let at = 1; at <= 2_000; at += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const name = `n${seed % 97}`;
    if (seed % 3 === 0) {
      t.equal(sorted.delete(`/p/${name}`), expected.delete(name));
    } else {
      sorted.set(stored(name, at));
      expected.set(name, at);
    }
  }
  const names = [...expected.keys()].sort();
  const found = sorted.slice('/p/');
  t.same(
    found.map(({ key }) => key),
    names.map((name) => `/p/${name}`),
  );
  t.same(
    found.map(({ revision }) => revision),
    names.map((name) => expected.get(name)),
  );
  const middle = names[Math.floor(names.length / 2)] ?? '';
  t.equal(sorted.slice('/p/', `/p/${middle}`)[0]?.key, `/p/${names[names.indexOf(middle) + 1]}`);
  t.same(sorted.slice('/q/'), []);
});

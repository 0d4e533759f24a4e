import { StoreError, type StoreEvent, type WatchRequest } from '@kubelab/store';
import fc from 'fast-check';
import t from 'tap';
import type { ServerWatch, WatchSink } from '../src/etcd-server.js';
import { type Interval, IntervalIndex } from '../src/mvcc/interval-index.js';
import type { MvccStore } from '../src/mvcc/mvcc-store.js';
import { range, type Step, step } from './mvcc-arbitraries.js';
import { Model, type ModelEvent } from './mvcc-model.js';
import { bytes, everything, kinds, put, remove, request, text, turn } from './mvcc-stores.js';

const [memory] = kinds;
if (memory === undefined) throw new Error('there is no backend in memory');

type Response = Parameters<WatchSink['deliver']>[0];

/** Takes responses while `open`; keeps what it was told. */
class Reader implements WatchSink {
  readonly responses: Response[] = [];
  readonly canceledWith: { readonly compactRevision: number; readonly message: string }[] = [];
  open = true;
  /** Takes as many, then is closed. */
  room = Number.POSITIVE_INFINITY;
  #waiting: (() => void)[] = [];

  deliver(response: Response): boolean {
    if (!this.open || this.room <= 0) return false;
    this.room -= 1;
    this.responses.push(response);
    return true;
  }

  writable(): Promise<void> {
    if (this.open && this.room > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  canceled(reason: { readonly compactRevision: number; readonly message: string }): void {
    this.canceledWith.push(reason);
  }

  goOn(room = Number.POSITIVE_INFINITY): void {
    this.open = true;
    this.room = room;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  get events(): readonly StoreEvent[] {
    return this.responses.flatMap((response) => response.events);
  }

  get told(): readonly string[] {
    return this.events.map(
      ({ type, kv, prevKv }) =>
        `${type} ${text(kv.key)}=${text(kv.value)} ${kv.modRevision}${prevKv === undefined ? '' : ` was ${text(prevKv.value)}`}`,
    );
  }
}

async function level(store: MvccStore): Promise<void> {
  for (let turns = 0; store.hub.counts.behind > 0; turns += 1) {
    if (turns > 10_000) throw new Error(`${store.hub.counts.behind} watches stay behind`);
    await turn();
  }
}

interface Watching {
  readonly request: WatchRequest;
  readonly from: number;
  readonly reader: Reader;
  readonly watch: ServerWatch;
}

type WatchStep =
  | { readonly store: Step }
  | { readonly watch: WatchRequest; readonly back: number }
  /** Of the reader of a watch that is there: how many responses it takes from now on; below 0: any number. */
  | { readonly reader: number; readonly room: number }
  | { readonly turns: number };

const watchStep: fc.Arbitrary<WatchStep> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ store: step }) },
  {
    weight: 3,
    arbitrary: fc.record({
      back: fc.integer({ min: -3, max: 12 }),
      watch: fc
        .tuple(
          range,
          fc.boolean(),
          fc.boolean(),
          fc.subarray<'noPut' | 'noDelete'>(['noPut', 'noDelete'], { maxLength: 1 }),
        )
        .map(([{ key, rangeEnd }, prevKv, fragment, filters]): WatchRequest => {
          const wanted = { key, prevKv, fragment, filters };
          return rangeEnd === undefined ? wanted : { ...wanted, rangeEnd };
        }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ reader: fc.nat(8), room: fc.integer({ min: -1, max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 3 }) }) },
);

function wants({ request: wanted, from }: Watching, event: ModelEvent): boolean {
  const { key, rangeEnd, filters = [] } = wanted;
  if (event.revision < from || filters.includes(event.type === 'put' ? 'noPut' : 'noDelete')) return false;
  if (rangeEnd === undefined) return event.key === text(key);
  return event.key >= text(key) && (text(rangeEnd) === '\0' || event.key < text(rangeEnd));
}

function begin(store: MvccStore, one: { readonly watch: WatchRequest; readonly back: number }) {
  const from = Math.max(0, store.revision + 1 - one.back);
  const reader = new Reader();
  const wanted = { ...one.watch, startRevision: from };
  try {
    const watch = store.hub.watch(wanted, reader);
    return { request: wanted, from: from === 0 ? store.revision + 1 : from, reader, watch };
  } catch (error) {
    if (error instanceof StoreError && error.message === 'mvcc: watcher range is empty') return undefined;
    throw error;
  }
}

function storeStep(store: MvccStore, model: Model, one: Step, index: number): void {
  if ('txn' in one) {
    if (!(store.txn(one.txn, undefined) instanceof StoreError)) model.txn(one.txn);
  } else if ('deleteKeys' in one) {
    store.deleteKeys(one.deleteKeys.map(bytes), undefined);
    model.deleteKeys(one.deleteKeys);
  } else if ('compactBack' in one && model.revision > one.compactBack) {
    store.compact(model.revision - one.compactBack);
    model.compact(model.revision - one.compactBack);
  } else if ('batchEnds' in one || 'settles' in one) store.commit(index);
}

t.test('each watch is told each of its events once, in order, whatever its reader does', async (t) => {
  const property = fc.asyncProperty(fc.array(watchStep, { minLength: 20, maxLength: 80 }), async (steps) => {
    const { store, end } = memory.open();
    const model = new Model();
    const all: Watching[] = [];
    for (const [index, one] of steps.entries()) {
      if ('store' in one) storeStep(store, model, one.store, index + 1);
      else if ('turns' in one) for (let at = 0; at < one.turns; at += 1) await turn();
      else if ('watch' in one) all.push(...[begin(store, one)].flatMap((watching) => watching ?? []));
      else {
        const reader = all[one.reader]?.reader;
        if (one.room < 0) reader?.goOn();
        else if (reader !== undefined) reader.room = one.room;
      }
    }
    store.commit(steps.length + 1);
    for (const { reader } of all) reader.goOn();
    await level(store);
    for (const watching of all) check(watching, model);
    await end();
  });
  await t.resolves(fc.assert(property, { numRuns: 300 }));
});

function check(watching: Watching, model: Model): void {
  const { reader } = watching;
  const wanted = model.events.filter((event) => wants(watching, event));
  const told = reader.told.map((line) => line.replace(/ was .*/s, ''));
  const all = wanted.map(({ type, key, value, revision }) => `${type} ${key}=${value} ${revision}`);
  // One that was canceled was told a part: nothing missing before it, and compaction took what came next.
  const [reason] = reader.canceledWith;
  const expected = reason === undefined ? all : all.slice(0, told.length);
  if (JSON.stringify(told) !== JSON.stringify(expected))
    throw new Error(`told ${told.join(', ')}\nwanted ${expected.join(', ')}`);
  const next = wanted[told.length];
  if (reason !== undefined && reason.compactRevision > model.compactRevision)
    throw new Error(`canceled by a compaction that was not: ${reason.compactRevision}`);
  if (reason !== undefined && next !== undefined && next.revision > reason.compactRevision && told.length > 0)
    for (const event of wanted.slice(0, told.length))
      if (event.revision > reason.compactRevision) throw new Error('canceled, though it was further');
  for (const [at, event] of reader.events.entries()) {
    const before = wanted[at]?.prevValue;
    const isTold = event.prevKv !== undefined;
    if (isTold && (watching.request.prevKv !== true || text(event.prevKv.value) !== before))
      throw new Error(`prevKv ${text(event.prevKv.value)} instead of ${before}`);
    if (!isTold && watching.request.prevKv === true && before !== undefined && model.compactRevision === 0)
      throw new Error('prevKv is missing');
  }
  let revision = 0;
  for (const response of reader.responses) {
    if (response.header.revision < revision) throw new Error('headers go back');
    revision = response.header.revision;
  }
}

for (const kind of kinds)
  t.test(`${kind.name}: a slow reader holds up nobody, and reads on from history in order`, async (t) => {
    const { store, end } = kind.open();
    const slow = new Reader();
    const fast = new Reader();
    slow.room = 1;
    store.hub.watch(everything, slow);
    store.hub.watch(everything, fast);
    for (let at = 0; at < 5000; at += 1) {
      store.txn(request(put(`k${at % 7}`, `${at}`)), undefined);
      store.commit(at + 1);
    }
    t.equal(fast.events.length, 5000, 'the fast one has everything at once');
    t.equal(slow.events.length, 1);
    t.same(store.hub.counts, { watches: 2, behind: 1 });
    await turn();
    slow.goOn();
    await level(store);
    t.same(slow.told, fast.told);
    t.ok(slow.responses.length < 50, 'what it missed comes in few responses');
    await end();
  });

t.test('watches that want the same share their responses', async (t) => {
  const { store, end } = memory.open();
  const readers = [new Reader(), new Reader()];
  for (const reader of readers) store.hub.watch({ key: bytes('a'), rangeEnd: bytes('b') }, reader);
  const other = new Reader();
  store.hub.watch({ key: bytes('a'), rangeEnd: bytes('b'), prevKv: true }, other);
  store.txn(request(put('a', '1')), undefined);
  store.commit(1);
  store.txn(request(put('a', '2')), undefined);
  store.commit(2);
  t.equal(readers[0]?.responses[0], readers[1]?.responses[0]);
  t.same(other.told, ['put a=1 2', 'put a=2 3 was 1']);
  await end();
});

t.test(
  'a revision that is large comes in fragments where they are allowed, and goes on within it',
  async (t) => {
    const { store, end } = memory.open();
    const whole = new Reader();
    const parts = new Reader();
    store.hub.watch(everything, whole);
    store.hub.watch({ ...everything, fragment: true }, parts);
    parts.room = 2;
    const value = 'v'.repeat(300_000);
    const puts = Array.from({ length: 12 }, (_, at) => put(`k${10 + at}`, value));
    store.txn(request(...puts), undefined);
    store.txn(request(put('z', '')), undefined);
    store.commit(1);
    t.equal(whole.responses[0]?.events.length, 12, 'else a revision stays whole');
    t.equal(parts.responses.length, 2);
    parts.goOn(1);
    await turn();
    parts.goOn();
    await level(store);
    t.same(
      parts.responses.map(({ events, fragment }) => [events.length, fragment]),
      [
        [3, true],
        [3, true],
        [3, true],
        [3, false],
        [1, false],
      ],
    );
    t.same(parts.told, whole.told);
    await end();
  },
);

t.test('a watch from before the compacted revision is canceled with that revision', async (t) => {
  const { store, end } = memory.open();
  for (let at = 1; at <= 9; at += 1)
    store.txn(request(at === 5 ? remove('a') : put('a', `${at}`)), undefined);
  store.compact(6);
  store.commit(1);
  await store.physicallyCompacted();
  const [late, early] = [new Reader(), new Reader()];
  store.hub.watch({ key: bytes('a'), startRevision: 5 }, early);
  store.hub.watch({ key: bytes('a'), startRevision: 6 }, late);
  await level(store);
  const message = 'etcdserver: mvcc: required revision has been compacted';
  t.same(early.canceledWith, [{ compactRevision: 6, message }]);
  t.same(early.responses, []);
  t.same(late.told, ['delete a= 6', 'put a=6 7', 'put a=7 8', 'put a=8 9', 'put a=9 10']);
  await end();
});

t.test('a watch that waits for its reader while history goes is canceled, not given a gap', async (t) => {
  const { store, end } = memory.open();
  const reader = new Reader();
  store.hub.watch(everything, reader);
  reader.room = 0;
  for (let at = 0; at < 9; at += 1) store.txn(request(put('a', `${at}`)), undefined);
  store.commit(1);
  store.compact(8);
  store.commit(2);
  reader.goOn();
  await level(store);
  t.same(reader.events, []);
  t.equal(reader.canceledWith[0]?.compactRevision, 8);
  t.same(store.hub.counts, { watches: 0, behind: 0 });
  await end();
});

t.test(
  'progress is told when asked for, at once or when level; and to idle watches at each tick',
  async (t) => {
    const { store, end } = memory.open();
    const [asking, idle, busy] = [new Reader(), new Reader(), new Reader()];
    const watch = store.hub.watch({ key: bytes('a') }, asking);
    store.hub.watch({ key: bytes('b'), progressNotify: true }, idle);
    store.hub.watch({ key: bytes('a'), progressNotify: true }, busy);
    watch.requestProgress();
    t.equal(asking.responses[0]?.header.revision, 1);
    asking.room = 0;
    store.txn(request(put('a', '1')), undefined);
    store.commit(1);
    watch.requestProgress();
    store.hub.tick();
    t.same(
      idle.responses.map(({ header, events }) => [header.revision, events.length]),
      [[2, 0]],
    );
    t.equal(busy.responses.length, 1, 'events are news enough');
    asking.goOn();
    await level(store);
    t.same(
      asking.responses.map(({ header, events }) => [header.revision, events.length]),
      [
        [1, 0],
        [2, 1],
        [2, 0],
      ],
    );
    store.hub.tick();
    t.equal(busy.responses.length, 2);
    await end();
  },
);

t.test('a watch from a revision to come says nothing before it', async (t) => {
  const { store, end } = memory.open();
  const reader = new Reader();
  const { header } = store.hub.watch({ ...everything, startRevision: 4 }, reader);
  t.equal(header.revision, 1);
  for (let at = 1; at <= 4; at += 1) {
    store.txn(request(put('a', `${at}`)), undefined);
    store.commit(at);
  }
  await level(store);
  await turn();
  t.same(reader.told, ['put a=3 4', 'put a=4 5']);
  await end();
});

t.test('canceled watches are told nothing more; all end when the store closes', async (t) => {
  const { store, end } = memory.open();
  const [gone, there] = [new Reader(), new Reader()];
  store.hub.watch(everything, gone).cancel();
  store.hub.watch(everything, there);
  store.txn(request(put('a', '1')), undefined);
  store.commit(1);
  await end();
  t.same([gone.responses.length, gone.canceledWith.length], [0, 0]);
  t.same(there.canceledWith, [{ compactRevision: 0, message: 'ended' }]);
});

t.test('watches go on over a restored snapshot, from where they were', async (t) => {
  const ahead = memory.open();
  const { store, end } = memory.open();
  const reader = new Reader();
  store.hub.watch(everything, reader);
  for (const one of [ahead.store, store]) {
    one.txn(request(put('a', '1')), undefined);
    one.commit(1);
  }
  for (let at = 2; at < 9; at += 1) ahead.store.txn(request(put('a', `${at}`)), undefined);
  ahead.store.commit(9);
  await store.restore(ahead.store.snapshot());
  await level(store);
  const all = [1, 2, 3, 4, 5, 6, 7, 8].map((at) => `put a=${at} ${at + 1}`);
  t.same(reader.told, all);
  for (let at = 9; at < 12; at += 1) ahead.store.txn(request(put('a', `${at}`)), undefined);
  ahead.store.compact(11);
  ahead.store.commit(12);
  await store.restore(ahead.store.snapshot());
  await level(store);
  t.equal(reader.canceledWith[0]?.compactRevision, 11, 'unless that is compacted there');
  await Promise.all([end(), ahead.end()]);
});

t.test('an interval index finds what a look at all intervals finds', async (t) => {
  const name = fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', '\0', '\xff') });
  const interval: fc.Arbitrary<Interval> = fc.record({
    low: name,
    high: fc.option(name, { nil: undefined }),
  });
  const property = fc.property(fc.array(fc.oneof(interval, fc.nat(20), name), { maxLength: 60 }), (steps) => {
    const index = new IntervalIndex<Interval>();
    const all: Interval[] = [];
    for (const one of steps) {
      if (typeof one === 'number') for (const gone of all.splice(one, 1)) index.delete(gone);
      else if (typeof one !== 'string') {
        all.push(one);
        index.add(one);
      } else {
        const found = new Set<Interval>();
        index.visit(one, (interval) => found.add(interval));
        const wanted = all.filter(({ low, high }) => low <= one && (high === undefined || one < high));
        if (found.size !== wanted.length || wanted.some((interval) => !found.has(interval))) return false;
      }
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(property, { numRuns: 1000 }));
});

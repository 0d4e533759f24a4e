import { encodeTxn, type Operation, StoreError, type TxnRequest } from '@kubelab/store';
import fc from 'fast-check';
import t from 'tap';
import { encodeCompactEntry, encodeTxnEntry } from '../src/mvcc/entry.js';
import { type ApplyResult, MvccStore } from '../src/mvcc/mvcc-store.js';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const text = (data: Uint8Array) => Buffer.from(data).toString();
const everything = { key: bytes('\0'), rangeEnd: new Uint8Array([0]) };

type Step =
  | { readonly put: string; readonly value: string }
  | { readonly remove: readonly [string, string] }
  | { readonly compactBack: number };

const key = fc.constantFrom('a', 'b', 'ba', 'c', 'd');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ put: key, value: fc.string({ maxLength: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ remove: fc.tuple(key, key) }) },
  { weight: 1, arbitrary: fc.record({ compactBack: fc.nat(4) }) },
);

function run(store: MvccStore, operations: readonly Operation[]): ApplyResult {
  const request: TxnRequest = { compare: [], success: operations, failure: [] };
  return store.apply(0, encodeTxnEntry(encodeTxn(request), undefined));
}

/** The naive model: a whole copy of the map for each revision, and what changed in it. */
class Model {
  readonly states: ReadonlyMap<string, string>[] = [new Map(), new Map()];
  readonly events: string[][] = [[], []];
  compacted = 0;

  get revision(): number {
    return this.states.length - 1;
  }

  step(one: Step): void {
    if ('compactBack' in one) {
      this.compacted = Math.max(this.compacted, this.revision - one.compactBack);
      return;
    }
    const next = new Map(this.states.at(-1));
    const events: string[] = [];
    if ('put' in one) {
      next.set(one.put, one.value);
      events.push(`put ${one.put}=${one.value}`);
    } else {
      const [from, to] = one.remove;
      for (const name of [...next.keys()].sort()) {
        if (name < from || name >= to) continue;
        next.delete(name);
        events.push(`delete ${name}=`);
      }
      if (events.length === 0) return;
    }
    this.states.push(next);
    this.events.push(events);
  }
}

function apply(store: MvccStore, model: Model, one: Step): void {
  const before = model.compacted;
  model.step(one);
  if ('put' in one) run(store, [{ type: 'put', key: bytes(one.put), value: bytes(one.value) }]);
  else if ('remove' in one)
    run(store, [{ type: 'deleteRange', key: bytes(one.remove[0]), rangeEnd: bytes(one.remove[1]) }]);
  else if (model.compacted > before) store.apply(0, encodeCompactEntry(model.compacted));
}

function sameAsModel(store: MvccStore, model: Model): void {
  if (store.revision !== model.revision) throw new Error(`revision ${store.revision}, not ${model.revision}`);
  for (let revision = 1; revision <= model.revision; revision += 1) {
    if (revision < model.compacted) {
      try {
        store.range({ ...everything, revision });
        throw new Error('a compacted revision was read');
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'compacted') throw error;
      }
      continue;
    }
    const got = store.range({ ...everything, revision }).kvs.map((kv) => `${text(kv.key)}=${text(kv.value)}`);
    const want = [...(model.states[revision] ?? [])].map(([name, value]) => `${name}=${value}`).sort();
    t.same(got.sort(), want);
    const { events } = store.changes(everything, { from: revision, eventsMax: 1e6, prevKv: false });
    const told = events.map((event) => `${event.type} ${text(event.kv.key)}=${text(event.kv.value)}`);
    t.same(told, model.events.slice(revision).flat());
  }
}

t.test('every retained revision reads, and watches, as a naive model says', async () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const store = new MvccStore();
      const model = new Model();
      for (const one of steps) apply(store, model, one);
      sameAsModel(store, model);
    }),
    { numRuns: 60 },
  );
});

t.test('restore(snapshot()) is the same state, though later changes went on', async () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.array(step, { maxLength: 10 }), (first, later) => {
      const store = new MvccStore();
      const model = new Model();
      for (const one of first) apply(store, model, one);
      const hash = store.hash();
      const reading = store.snapshot();
      const onwards = new Model();
      onwards.states.push(...model.states.slice(2));
      onwards.events.push(...model.events.slice(2));
      onwards.compacted = model.compacted;
      for (const one of later) apply(store, onwards, one);
      const restored = new MvccStore();
      restored.restore([...reading]);
      t.equal(restored.hash(), hash);
      sameAsModel(restored, model);
    }),
    { numRuns: 60 },
  );
});

t.test(
  'a live watcher is told each event once, in order, also when a batch compacts what it made',
  async () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 40 }), (steps) => {
        const store = new MvccStore();
        const model = new Model();
        const told: string[] = [];
        store.hub.add({
          range: everything,
          prevKv: false,
          from: 2,
          deliver: (events) => {
            for (const { type, kv } of events) told.push(`${type} ${text(kv.key)}=${text(kv.value)}`);
          },
          resync: () => t.fail('nothing was restored'),
        });
        for (const [one, batchEnds] of steps) {
          apply(store, model, one);
          if (batchEnds) store.applied(0);
        }
        store.applied(0);
        t.same(told, model.events.flat());
      }),
      { numRuns: 60 },
    );
  },
);

t.test('a transaction reads what it wrote, and refuses to change a key twice', async () => {
  const store = new MvccStore();
  const put = (name: string): Operation => ({ type: 'put', key: bytes(name), value: bytes('1') });
  const result = run(store, [put('a'), { type: 'range', key: bytes('a') }]);
  t.match(result, { type: 'txn', revision: 2, responses: [{ type: 'put' }, { count: 1 }] });
  t.match(run(store, [put('a'), put('a')]), { error: { code: 'duplicateKey' } });
  t.match(run(store, [put('a'), { type: 'deleteRange', ...everything }]), {
    error: { code: 'duplicateKey' },
  });
  t.match(
    run(
      store,
      Array.from({ length: 129 }, (_, at) => put(`k${at}`)),
    ),
    {
      error: { message: 'etcdserver: too many operations in txn request' },
    },
  );
  t.equal(store.revision, 2, 'what was refused changed nothing');
});

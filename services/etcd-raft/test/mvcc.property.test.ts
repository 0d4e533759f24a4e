import { type RangeRequest, StoreError } from '@kubelab/store';
import fc from 'fast-check';
import t from 'tap';
import type { MvccStore } from '../src/mvcc/mvcc-store.js';
import { validateTxn } from '../src/mvcc/txn.js';
import { type Step, step } from './mvcc-arbitraries.js';
import { Model } from './mvcc-model.js';
import { bytes, everything, type Kind, kinds, type Opened, text } from './mvcc-stores.js';

/** Comparable whatever holds the bytes and whatever the order of fields. */
function plain(value: unknown): unknown {
  if (value instanceof StoreError) return { error: value.code };
  if (value instanceof Uint8Array) return text(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, of]) => [name, plain(of)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function same(found: unknown, wanted: unknown, what: string): void {
  const [a, b] = [found, wanted].map((one) => JSON.stringify(plain(one)));
  if (a !== b) throw new Error(`${what}:\n  found  ${a}\n  wanted ${b}`);
}

function readRange(store: MvccStore, request: RangeRequest) {
  const result = store.range(request);
  return result instanceof StoreError ? result : { type: 'range', ...result };
}

async function take({ store }: Opened, model: Model, one: Step, index: number): Promise<void> {
  if ('txn' in one) {
    const refused = validateTxn(one.txn);
    same(store.txn(one.txn, undefined), refused ?? model.txn(one.txn), 'txn');
  } else if ('deleteKeys' in one) {
    model.deleteKeys(one.deleteKeys);
    same(store.deleteKeys(one.deleteKeys.map(bytes), undefined), model.revision, 'deleteKeys');
  } else if ('range' in one) {
    same(readRange(store, one.range), model.range(one.range), 'range');
  } else if ('compactBack' in one) {
    const revision = model.revision - one.compactBack;
    if (revision <= 0) return;
    const result = store.compact(revision);
    same(result instanceof StoreError ? result.code : undefined, model.compact(revision), 'compact');
  } else {
    store.commit(index);
    if ('settles' in one) await store.physicallyCompacted();
  }
}

/** Every revision that can be read, every event, and which keys hang on leases. */
function sameHistory({ store, leases }: Opened, model: Model): void {
  same(store.revision, model.revision, 'revision');
  same(store.compactRevision, model.compactRevision, 'compactRevision');
  const from = Math.max(1, model.compactRevision);
  for (let revision = from; revision <= model.revision; revision += 1) {
    const all = { ...everything, revision };
    same(readRange(store, all), model.range(all), `state at ${revision}`);
  }
  const changes = store.changes(everything, { from, eventsMax: 1e6, prevKv: false });
  if (changes instanceof StoreError) throw changes;
  const told = changes.events.map(
    ({ type, kv }) => `${type} ${text(kv.key)}=${text(kv.value)} ${kv.modRevision}`,
  );
  const happened = model.events.filter((event) => event.revision >= from);
  same(
    told,
    happened.map(({ type, key, value, revision }) => `${type} ${key}=${value} ${revision}`),
    'events',
  );
  const leased = [...model.at(model.revision).values()].filter((kv) => kv.lease > 0n);
  same(
    [...leases.keys].map(([key, id]) => `${key} ${id}`).sort(),
    leased.map((kv) => `${text(kv.key)} ${kv.lease}`).sort(),
    'leases',
  );
}

async function run(kind: Kind, steps: readonly Step[]): Promise<void> {
  let opened = kind.open();
  try {
    const model = new Model();
    for (const [index, one] of steps.entries()) await take(opened, model, one, index + 1);
    sameHistory(opened, model);
    opened.store.commit(steps.length + 1);
    const hash = opened.store.hashNow();
    same(await opened.store.hash(), hash, 'hash in pieces');
    await opened.store.physicallyCompacted();
    same(opened.store.hashNow(), hash, 'hash after the physical compaction');
    sameHistory(opened, model);
    if (!kind.isDurable) return;
    opened = await opened.reopen();
    same(opened.store.appliedIndex, steps.length + 1, 'appliedIndex');
    same(opened.store.durableIndex, steps.length + 1, 'durableIndex');
    same(opened.store.hashNow(), hash, 'hash after reopening');
    sameHistory(opened, model);
    await opened.store.defragment();
    sameHistory(opened, model);
  } finally {
    await opened.end();
  }
}

for (const kind of kinds)
  t.test(
    `${kind.name}: whatever is asked is answered, remembered and told as a naive model says`,
    async (t) => {
      const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) =>
        run(kind, steps),
      );
      await t.resolves(fc.assert(property, { numRuns: kind.isDurable ? 40 : 300 }));
    },
  );

import {
  type Compare,
  compareKeys,
  type Operation,
  prefixEnd,
  type RangeRequest,
  type Store,
  StoreError,
  type TxnRequest,
  type WatchRequest,
  type WatchResponse,
} from '@kubelab/store';
import { connectEtcd } from '@kubelab/store/etcd';
import { startEtcd } from '@kubelab/store/etcd-process';
import { createRealWorld, createSimulation, type Random } from '@kubelab/world';
import t from 'tap';
import { MemoryStore } from './memory-store.js';

/**
 * The store in memory is held to a real etcd: the same requests by chance to both, and each answer, refusal and event must be
 * the same. A seed that fails is in the test's name.
 */
const world = createRealWorld({ host: 'test' });
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
const stepsPerSeed = 120;
const bytes = (text: string) => Buffer.from(text);
const keys = ['a', 'ab', 'b', 'c', 'ca', 'd'];
const lease = 0x7001n;

class Chance {
  readonly #random: Random;
  /** Of the store: what revisions there are to ask for. */
  revision = 1;
  readonly #prefix: string;

  constructor(random: Random, prefix: string) {
    this.#random = random;
    this.#prefix = prefix;
  }

  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.#random.int(choices.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }

  yes(outOf: number): boolean {
    return this.#random.int(outOf) === 0;
  }

  list<T>(max: number, make: () => T): T[] {
    return Array.from({ length: this.#random.int(max + 1) }, make);
  }

  key(): Uint8Array {
    return this.yes(60) ? bytes('') : bytes(`${this.#prefix}${this.of(keys)}`);
  }

  range() {
    const key = this.key();
    if (this.yes(2)) return { key };
    return { key, rangeEnd: this.of([prefixEnd(key), this.key(), prefixEnd(bytes(this.#prefix))]) };
  }

  near(): number {
    return Math.max(0, this.revision - this.#random.int(12) + this.of([0, 0, 0, 2]));
  }

  rangeRequest(): RangeRequest {
    return {
      ...this.range(),
      limit: this.of([0, 0, 1, 2]),
      revision: this.yes(4) ? this.near() : 0,
      keysOnly: this.yes(4),
      countOnly: this.yes(5),
      sortTarget: this.of(['key', 'key', 'version', 'createRevision', 'modRevision', 'value']),
      sortOrder: this.of(['none', 'none', 'ascend', 'descend']),
      minModRevision: this.yes(5) ? this.near() : 0,
      maxModRevision: this.yes(5) ? this.near() : 0,
      minCreateRevision: this.yes(8) ? this.near() : 0,
      maxCreateRevision: this.yes(8) ? this.near() : 0,
    };
  }

  operation(depth: number): Operation {
    const type = this.of(['put', 'put', 'put', 'deleteRange', 'range', depth < 2 ? 'txn' : 'put'] as const);
    if (type === 'range') return { type, ...this.rangeRequest() };
    if (type === 'txn') return { type, ...this.txn(depth + 1) };
    if (type === 'deleteRange') return { type, ...this.range(), prevKv: this.yes(2) };
    const ignoreValue = this.yes(10);
    const ignoreLease = this.yes(10);
    return {
      type,
      key: this.key(),
      value: ignoreValue && !this.yes(10) ? new Uint8Array() : bytes(this.of(['1', '2', '33', ''])),
      lease: ignoreLease && !this.yes(10) ? 0n : this.of([0n, 0n, 0n, lease]),
      prevKv: this.yes(2),
      ignoreValue,
      ignoreLease,
    };
  }

  compare(): Compare {
    const base = { ...this.range(), result: this.of(['equal', 'notEqual', 'greater', 'less'] as const) };
    const target = this.of(['version', 'createRevision', 'modRevision', 'lease', 'value'] as const);
    if (target === 'value') return { ...base, target, bytes: bytes(this.of(['1', '2', '33', ''])) };
    if (target === 'lease') return { ...base, target, lease: this.of([0n, lease]) };
    return { ...base, target, number: target === 'version' ? this.#random.int(4) : this.near() };
  }

  txn(depth = 0): TxnRequest {
    return {
      compare: this.list(2, () => this.compare()),
      success: this.list(3, () => this.operation(depth)),
      failure: this.list(3, () => this.operation(depth)),
    };
  }
}

/** An answer or refusal as text, without what must differ: who answered, and a refusal's further words. */
async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    return plain(await call);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return `refused: ${error.code}`;
  }
}

function plain(value: unknown): string {
  return JSON.stringify(canonical(value), undefined, 1);
}

function canonical(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value === 'bigint') return value.toString(16);
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(
    ([name, field]) => field !== undefined && !['clusterId', 'memberId', 'raftTerm'].includes(name),
  );
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, canonical(field)]));
}

/** Of each revision what a watch told of it, in the order of keys, until it has told all through `through`. */
async function eventsOf(store: Store, request: WatchRequest, through: number): Promise<string> {
  const watch = store.watch(request);
  const told: WatchResponse['events'][number][] = [];
  const asking = setInterval(() => watch.requestProgress(), 20);
  try {
    for await (const { header, events } of watch) {
      told.push(...events);
      if (header.revision >= through) break;
    }
  } finally {
    clearInterval(asking);
    watch.close();
  }
  told.sort((a, b) => a.kv.modRevision - b.kv.modRevision || compareKeys(a.kv.key, b.kv.key));
  return plain(told);
}

t.test('on the same requests the store in memory answers what etcd answers', async (t) => {
  const etcd = await startEtcd();
  const real = connectEtcd({ world }, { endpoints: etcd.endpoints, plain: true });
  const memory = new MemoryStore();
  t.teardown(async () => {
    await Promise.all([real.close(), memory.close()]);
    await etcd.stop();
  });
  for (const store of [real, memory]) await store.leaseGrant({ id: lease, ttl: 600 });
  for (const seed of seeds) {
    const first = (await memory.status()).header.revision;
    const prefix = `/${seed}/`;
    const chance = new Chance(createSimulation({ seed }).random, prefix);
    const both = (call: (store: Store) => Promise<unknown>) =>
      Promise.all([outcome(call(memory)), outcome(call(real))]);
    for (let step = 0; step < stepsPerSeed; step += 1) {
      chance.revision = (await memory.status()).header.revision;
      const request = chance.yes(4) ? chance.rangeRequest() : chance.txn();
      const [found, wanted] = await both((store) =>
        'compare' in request ? store.txn(request) : store.range(request),
      );
      if (wanted === found) continue;
      t.equal(found, wanted, `seed ${seed}, step ${step}: ${plain(request)}`);
      return;
    }
    for (const filters of [[], ['noPut'], ['noDelete']] as const) {
      // An old etcd tells no progress of a watch that leaves events out: let the last be one that is not.
      const key = bytes(`${prefix}z`);
      for (const store of [real, memory]) {
        await store.txn({ compare: [], success: [{ type: 'put', key, value: key }], failure: [] });
        if (filters[0] !== 'noPut') continue;
        await store.txn({ compare: [], success: [{ type: 'deleteRange', key }], failure: [] });
      }
      const through = (await memory.status()).header.revision;
      const range = { key: bytes(prefix), rangeEnd: prefixEnd(bytes(prefix)) };
      const request = { ...range, startRevision: first + 1, prevKv: true, filters };
      const [found, wanted] = await both((store) => eventsOf(store, request, through));
      t.equal(found, wanted, `seed ${seed}: events ${filters}`);
    }
    const through = (await memory.status()).header.revision;
    for (const revision of [through - 20, through - 30, through - 20, through + 100]) {
      const [found, wanted] = await both((store) => store.compact(revision));
      t.equal(found, wanted, `seed ${seed}: compaction`);
    }
    const attached = async (store: Store) =>
      (await store.leaseTimeToLive(lease, { keys: true })).keys.map(String).sort();
    t.same(await attached(memory), await attached(real), `seed ${seed}: keys of the lease`);
  }
  const end = async (store: Store) => {
    await store.leaseRevoke(lease);
    return store.range({ key: bytes('/'), rangeEnd: prefixEnd(bytes('/')) });
  };
  t.equal(await outcome(end(memory)), await outcome(end(real)), 'what a revoked lease leaves');
});

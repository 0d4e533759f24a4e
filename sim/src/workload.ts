import { prefixEnd, type Store, StoreError } from '@kubelab/store';
import type { World } from '@kubelab/world';
import type { HistoryEntry, KeyOperation } from './checker/linearizability.js';
import { Violation } from './invariants.js';

const keyCount = 4;
const prefix = 'key/';
const operationDeadlineMs = 3_000;
const thinkMsMax = 60;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What clients did, as they saw it. */
export class History {
  readonly entries: HistoryEntry[] = [];
  /** Values whose write was acknowledged. */
  readonly acknowledged = new Set<string>();
}

/**
 * One client: an operation at a time, each recorded with when it was called, when it was answered, and what
 * with.
 */
export async function runClient(parts: {
  readonly name: string;
  readonly world: World;
  readonly store: Store;
  readonly history: History;
  readonly stop: () => boolean;
}): Promise<void> {
  const { name, world, store, history, stop } = parts;
  for (let count = 0; !stop(); count += 1) {
    const key = `${prefix}${world.random.int(keyCount)}`;
    await operate({ name, world, store, history }, key, `${name}.${count}`);
    await world.timers.sleep(world.random.next() * thinkMsMax);
  }
}

async function operate(
  client: { name: string; world: World; store: Store; history: History },
  key: string,
  value: string,
): Promise<void> {
  const { world, store, history } = client;
  const bytes = encoder.encode(key);
  const options = { deadlineMs: operationDeadlineMs };
  const calledAtMs = world.clock.monotonicMs();
  const draw = world.random.next();
  const record = (operation: KeyOperation, answered: boolean) => {
    const returnedAtMs = answered ? world.clock.monotonicMs() : Number.POSITIVE_INFINITY;
    history.entries.push({ client: client.name, key, operation, calledAtMs, returnedAtMs });
  };
  if (draw < 0.4) {
    const kvs = await attempt(store.range({ key: bytes }, options));
    if (typeof kvs === 'object') record({ type: 'read', found: textOf(kvs.kvs[0]?.value) }, true);
    return;
  }
  if (draw < 0.75) {
    const isDelete = draw > 0.7;
    const success = isDelete
      ? [{ type: 'deleteRange' as const, key: bytes }]
      : [{ type: 'put' as const, key: bytes, value: encoder.encode(value) }];
    const outcome = await attempt(store.txn({ compare: [], success, failure: [] }, options));
    if (outcome === 'refused') return;
    const answered = outcome !== 'unknown';
    record({ type: 'write', value: isDelete ? undefined : value }, answered);
    if (answered && !isDelete) history.acknowledged.add(value);
    return;
  }
  const before = await attempt(store.range({ key: bytes, serializable: true }, options));
  if (typeof before !== 'object') return;
  const expected = textOf(before.kvs[0]?.value);
  const compare =
    expected === undefined
      ? [{ key: bytes, target: 'version' as const, result: 'equal' as const, number: 0 }]
      : [{ key: bytes, target: 'value' as const, result: 'equal' as const, bytes: encoder.encode(expected) }];
  const swap = await attempt(
    store.txn(
      { compare, success: [{ type: 'put', key: bytes, value: encoder.encode(value) }], failure: [] },
      options,
    ),
  );
  if (swap === 'refused') return;
  const swapped = typeof swap === 'object' ? swap.succeeded : undefined;
  record({ type: 'compareAndSwap', expected, value, swapped }, swapped !== undefined);
  if (swapped === true) history.acknowledged.add(value);
}

/** The answer; `refused`: certainly not executed; `unknown`: perhaps. */
async function attempt<T extends object>(call: Promise<T>): Promise<T | 'refused' | 'unknown'> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return error.mayHaveExecuted ? 'unknown' : 'refused';
  }
}

function textOf(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : decoder.decode(value);
}

/**
 * A watch of all keys from the beginning: revisions in order, none of a key twice, and in the end every
 * acknowledged write once.
 */
export class WatchCheck {
  readonly #seen = new Map<string, number>();
  #revision = 0;
  #lastOfKey = new Map<string, number>();
  violation: Violation | undefined;

  async run(store: Store): Promise<void> {
    const key = encoder.encode(prefix);
    try {
      for await (const { events, header } of store.watch({
        key,
        rangeEnd: prefixEnd(key),
        startRevision: 1,
      })) {
        for (const { type, kv } of events)
          this.#event(type, decoder.decode(kv.key), kv.modRevision, textOf(kv.value) ?? '');
        this.#revision = Math.max(this.#revision, header.revision);
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.violation ??= new Violation('watch', `the watch ended: ${error.message}`);
    }
  }

  #event(type: 'put' | 'delete', key: string, revision: number, value: string): void {
    const last = this.#lastOfKey.get(key) ?? 0;
    if (revision <= last)
      this.violation ??= new Violation('watch', `revision ${revision} of ${key} came after ${last}`);
    this.#lastOfKey.set(key, revision);
    if (type === 'put') this.#seen.set(value, (this.#seen.get(value) ?? 0) + 1);
  }

  /** Once everything is quiet: nothing acknowledged is missing. */
  missing(acknowledged: ReadonlySet<string>): string[] {
    return [...acknowledged].filter((value) => this.#seen.get(value) !== 1);
  }
}

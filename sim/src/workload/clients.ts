import {
  type Compare,
  type Operation,
  prefixEnd,
  type Store,
  StoreError,
  type TxnResponse,
} from '@kubelab/store';
import type { World } from '@kubelab/world';
import type { Value } from '../checker/index.js';
import type { Recorder } from './recorder.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How the work is laid out; few keys make many meetings. */
export interface Workload {
  /** Of all keys; everything the workload touches lies below it. */
  readonly prefix: string;
  readonly registers: number;
  /** Elements of a set; sets and groups of transactions are left for new ones after so many operations. */
  readonly elements: number;
  readonly operationsPerGroup: number;
  readonly thinkMsMax: number;
  readonly deadlineMs: number;
  /** Relative frequencies. */
  readonly mix: Readonly<Record<'register' | 'read' | 'set' | 'txn' | 'serializable', number>>;
}

export const workloadDefault: Omit<Workload, 'prefix'> = {
  registers: 3,
  elements: 6,
  operationsPerGroup: 120,
  thinkMsMax: 60,
  deadlineMs: 3_000,
  mix: { register: 6, read: 0, set: 2, txn: 2, serializable: 1 },
};

export interface ClientParts {
  readonly name: string;
  readonly world: World;
  readonly store: Store;
  readonly recorder: Recorder;
  readonly workload: Workload;
  readonly stop: () => boolean;
  /** Which incarnation of the member that this client alone talks to; undefined: it talks to several. */
  readonly session?: () => string | undefined;
}

/** One client: an operation at a time, each recorded with when it was called, when it was answered, and what with. */
export async function runClient(parts: ClientParts): Promise<void> {
  const { world, workload, stop } = parts;
  const client = new Client(parts);
  while (!stop()) {
    await client.operate();
    await world.timers.sleep(world.random.next() * workload.thinkMsMax);
  }
}

type Attempt<T> = { readonly answer: T } | 'refused' | 'unknown';

class Client {
  readonly #parts: ClientParts;
  #count = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  async operate(): Promise<void> {
    const { world, workload } = this.#parts;
    this.#count += 1;
    const { register, read, set, txn, serializable } = workload.mix;
    const draw = world.random.next() * (register + read + set + txn + serializable);
    if (draw < register) await this.#register();
    else if (draw < register + read) await this.#readRegister();
    else if (draw < register + read + set) await this.#set();
    else if (draw < register + read + set + txn) await this.#txn();
    else await this.#serializable();
  }

  /** Unique, so that who wrote what is never in doubt. */
  #value(): string {
    return `${this.#parts.name}.${this.#count}`;
  }

  #registerKey(): string {
    const { world, workload } = this.#parts;
    return `${workload.prefix}register/${world.random.int(workload.registers)}`;
  }

  /** Sets and groups: all clients move on to a new one together, so that no history grows long. */
  #group(entries: readonly unknown[]): number {
    return Math.floor(entries.length / this.#parts.workload.operationsPerGroup);
  }

  async #register(): Promise<void> {
    const { name, world, recorder } = this.#parts;
    const key = this.#registerKey();
    const draw = world.random.next();
    const calledAtMs = world.clock.monotonicMs();
    if (draw < 0.4) await this.#readRegister(key);
    else if (draw < 0.75) {
      const value = draw < 0.7 ? this.#value() : undefined;
      const outcome = await this.#commit(`write ${key}`, [], [put(key, value)], [], calledAtMs);
      if (outcome === 'refused') return;
      this.#acknowledge(outcome, [[key, value]]);
      recorder.registers.push({
        client: name,
        operation: { type: 'write', key, value },
        calledAtMs,
        returnedAtMs: returned(world, outcome),
      });
    } else await this.#swap(key);
  }

  async #readRegister(key = this.#registerKey()): Promise<void> {
    const { name, world, recorder } = this.#parts;
    const calledAtMs = world.clock.monotonicMs();
    const found = await this.#range(key, false);
    if (found === undefined) return;
    const entry = { client: name, calledAtMs, returnedAtMs: world.clock.monotonicMs() };
    recorder.registers.push({ ...entry, operation: { type: 'read', key, found: found.get(key) } });
  }

  async #swap(key: string): Promise<void> {
    const { name, world, recorder } = this.#parts;
    // What is expected may be old: then the swap is refused, and says what it found.
    const before = await this.#range(key, true);
    if (before === undefined) return;
    const expected = before.get(key);
    const value = this.#value();
    const calledAtMs = world.clock.monotonicMs();
    const outcome = await this.#commit(
      `swap ${key}`,
      [equals(key, expected)],
      [put(key, value)],
      [get(key)],
      calledAtMs,
    );
    if (outcome === 'refused') return;
    const swapped = outcome === 'unknown' ? undefined : outcome.answer.succeeded;
    this.#acknowledge(outcome, [[key, value]]);
    const found =
      outcome === 'unknown' || swapped === true
        ? {}
        : { found: valuesOf(outcome.answer).get(key), read: true };
    recorder.registers.push({
      client: name,
      operation: { type: 'compareAndSwap', key, expected, value, swapped, ...found },
      calledAtMs,
      returnedAtMs: returned(world, outcome),
    });
  }

  async #set(): Promise<void> {
    const { name, world, recorder, workload } = this.#parts;
    const set = `${workload.prefix}set/${this.#group(recorder.sets)}`;
    const draw = world.random.next();
    const calledAtMs = world.clock.monotonicMs();
    if (draw < 0.35) {
      const found = await this.#range(`${set}/`, false, true);
      if (found === undefined) return;
      const elements = [...found.keys()].map((key) => key.slice(set.length + 1));
      const entry = { client: name, calledAtMs, returnedAtMs: world.clock.monotonicMs() };
      recorder.sets.push({ ...entry, operation: { type: 'list', set, found: elements } });
      return;
    }
    const element = `e${world.random.int(workload.elements)}`;
    const type = draw < 0.75 ? 'add' : 'remove';
    const key = `${set}/${element}`;
    const value = type === 'add' ? this.#value() : undefined;
    const outcome = await this.#commit(`${type} ${key}`, [], [put(key, value)], [], calledAtMs);
    if (outcome === 'refused') return;
    this.#acknowledge(outcome, [[key, value]]);
    recorder.sets.push({
      client: name,
      operation: { type, set, element },
      calledAtMs,
      returnedAtMs: returned(world, outcome),
    });
  }

  /** Reads two of three keys in one transaction, then changes both if they still are what they were. */
  async #txn(): Promise<void> {
    const { name, world, recorder, workload } = this.#parts;
    const group = `${workload.prefix}txn/${this.#group(recorder.txns)}`;
    const first = world.random.int(3);
    const keys = [`${group}/${first}`, `${group}/${(first + 1) % 3}`];
    const readAtMs = world.clock.monotonicMs();
    const read = await this.#commit(`read ${group}`, [], keys.map(get), [], readAtMs);
    if (typeof read === 'string') return;
    const before = keys.map((key): [string, Value] => [key, valuesOf(read.answer).get(key)]);
    const base = { type: 'txn' as const, group };
    recorder.txns.push({
      client: name,
      operation: { ...base, compare: [], puts: [], succeeded: true, found: before },
      calledAtMs: readAtMs,
      returnedAtMs: world.clock.monotonicMs(),
    });
    const puts = keys.map((key): [string, Value] => [key, this.#value()]);
    const calledAtMs = world.clock.monotonicMs();
    const compare = before.map(([key, value]) => equals(key, value));
    const outcome = await this.#commit(
      `txn ${group}`,
      compare,
      puts.map(([key, value]) => put(key, value)),
      keys.map(get),
      calledAtMs,
    );
    if (outcome === 'refused') return;
    const succeeded = outcome === 'unknown' ? undefined : outcome.answer.succeeded;
    this.#acknowledge(outcome, puts);
    const seen = succeeded === false && outcome !== 'unknown' ? valuesOf(outcome.answer) : undefined;
    recorder.txns.push({
      client: name,
      operation: {
        ...base,
        compare: before,
        puts,
        succeeded,
        found: seen === undefined ? [] : keys.map((key): [string, Value] => [key, seen.get(key)]),
      },
      calledAtMs,
      returnedAtMs: returned(world, outcome),
    });
  }

  async #serializable(): Promise<void> {
    const { workload } = this.#parts;
    await this.#range(`${workload.prefix}register/`, true, true);
  }

  /** Values by key; undefined when there was no answer. */
  async #range(
    key: string,
    serializable: boolean,
    isPrefix = false,
  ): Promise<Map<string, string> | undefined> {
    const { name, world, store, recorder, workload, session } = this.#parts;
    const bytes = encoder.encode(key);
    const range = isPrefix ? { key: bytes, rangeEnd: prefixEnd(bytes) } : { key: bytes };
    const calledAtMs = world.clock.monotonicMs();
    const sessionBefore = session?.();
    const outcome = await this.#attempt(
      store.range({ ...range, serializable }, { deadlineMs: workload.deadlineMs }),
    );
    if (typeof outcome === 'string') return undefined;
    const { answer } = outcome;
    const matches = (other: string) => (isPrefix ? other.startsWith(key) : other === key);
    const isOneSession = sessionBefore !== undefined && session?.() === sessionBefore;
    recorder.read(name, matches, answer, isOneSession ? sessionBefore : undefined);
    const times = { calledAtMs, returnedAtMs: world.clock.monotonicMs() };
    if (!serializable) recorder.answer(name, `read ${key}`, times, answer.header, false);
    return new Map(answer.kvs.map((kv) => [decoder.decode(kv.key), decoder.decode(kv.value)]));
  }

  async #commit(
    what: string,
    compare: readonly Compare[],
    success: readonly Operation[],
    failure: readonly Operation[],
    calledAtMs: number,
  ): Promise<Attempt<TxnResponse>> {
    const { name, world, store, recorder, workload } = this.#parts;
    const outcome = await this.#attempt(
      store.txn({ compare, success, failure }, { deadlineMs: workload.deadlineMs }),
    );
    if (typeof outcome === 'string') return outcome;
    const { answer } = outcome;
    const changed = answer.responses.some(
      (response) => response.type === 'put' || (response.type === 'deleteRange' && response.deleted > 0),
    );
    recorder.answer(
      name,
      what,
      { calledAtMs, returnedAtMs: world.clock.monotonicMs() },
      answer.header,
      changed,
    );
    return outcome;
  }

  /** The watches must show what was acknowledged, once. A delete of nothing makes no event. */
  #acknowledge(outcome: Attempt<TxnResponse>, writes: readonly (readonly [string, Value])[]): void {
    if (typeof outcome === 'string' || !outcome.answer.succeeded) return;
    const { header, responses } = outcome.answer;
    writes.forEach(([key, value], at) => {
      const response = responses[at];
      if (response?.type === 'put' || (response?.type === 'deleteRange' && response.deleted > 0))
        this.#parts.recorder.writes.push({ key, value, revision: header.revision });
    });
  }

  async #attempt<T>(call: Promise<T>): Promise<Attempt<T>> {
    return attempt(this.#parts.recorder, call);
  }
}

/** The answer; `refused`: certainly not executed; `unknown`: perhaps. */
export async function attempt<T>(recorder: Recorder, call: Promise<T>): Promise<Attempt<T>> {
  try {
    const answer = await call;
    recorder.answered += 1;
    return { answer };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.mayHaveExecuted) recorder.unknown += 1;
    else recorder.refused += 1;
    return error.mayHaveExecuted ? 'unknown' : 'refused';
  }
}

function returned(world: World, outcome: Attempt<unknown>): number {
  return outcome === 'unknown' ? Number.POSITIVE_INFINITY : world.clock.monotonicMs();
}

function put(key: string, value: Value): Operation {
  const bytes = encoder.encode(key);
  return value === undefined
    ? { type: 'deleteRange', key: bytes }
    : { type: 'put', key: bytes, value: encoder.encode(value) };
}

function get(key: string): Operation {
  return { type: 'range', key: encoder.encode(key) };
}

function equals(key: string, value: Value): Compare {
  const bytes = encoder.encode(key);
  return value === undefined
    ? { key: bytes, target: 'version', result: 'equal', number: 0 }
    : { key: bytes, target: 'value', result: 'equal', bytes: encoder.encode(value) };
}

function valuesOf(response: TxnResponse): Map<string, string> {
  return new Map(
    response.responses.flatMap((one) =>
      one.type === 'range'
        ? one.kvs.map((kv): [string, string] => [decoder.decode(kv.key), decoder.decode(kv.value)])
        : [],
    ),
  );
}

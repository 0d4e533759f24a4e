import type { HistoryEntry, Model } from './model.js';

/**
 * Wing and Gong's search with Lowe's memory of visited configurations ("Testing for linearizability", 2017), one partition
 * at a time as Porcupine does. The events of a history stand in a linked list; an operation that is given its place is
 * lifted out of it, and put back when the search has to go another way. Whatever was called before the first return that is
 * left may come next.
 *
 * Three rules keep it near linear on real histories; each keeps the verdict:
 * - an operation with a known answer that fits now and changes nothing is placed now: any order that places it later can
 *   place it here;
 * - one of unknown fate that would change nothing now is not placed now: it may as well never have happened;
 * - one of unknown fate that nobody observed is left out from the beginning.
 */
export type Verdict = 'linearizable' | 'violation' | 'undecided';

export interface CheckResult<Operation> {
  readonly verdict: Verdict;
  readonly operations: number;
  readonly partitions: number;
  /** Configurations looked at, in all. */
  readonly configurations: number;
  /** Partitions that ran into the bound. */
  readonly undecided: readonly string[];
  /** Of the first partition that violates: all that came up to the answer that no order explains. */
  readonly violation?: { readonly partition: string; readonly history: readonly HistoryEntry<Operation>[] };
}

/** Configurations looked at per partition; beyond them the verdict is `undecided`, never a guess. */
export const configurationsMaxDefault = 2_000_000;

export interface CheckOptions {
  readonly configurationsMax?: number;
}

export function checkLinearizable<State, Operation>(
  model: Model<State, Operation>,
  history: readonly HistoryEntry<Operation>[],
  options: CheckOptions = {},
): CheckResult<Operation> {
  const partitions = new Map<string, HistoryEntry<Operation>[]>();
  for (const entry of history) {
    const partition = model.partition(entry.operation);
    const entries = partitions.get(partition);
    if (entries === undefined) partitions.set(partition, [entry]);
    else entries.push(entry);
  }
  const undecided: string[] = [];
  let configurations = 0;
  const figures = () => ({
    operations: history.length,
    partitions: partitions.size,
    configurations,
    undecided,
  });
  for (const [partition, entries] of partitions) {
    const found = searchOrder(model, entries, options);
    configurations += found.configurations;
    if (found.verdict === 'undecided') undecided.push(partition);
    if (found.verdict === 'violation')
      return {
        verdict: 'violation',
        ...figures(),
        violation: { partition, history: upTo(model, entries, found.failsAtMs) },
      };
  }
  return { verdict: undecided.length > 0 ? 'undecided' : 'linearizable', ...figures() };
}

/**
 * The history as it stood right after `atMs`: what was called later is not there, what was not answered yet need not have
 * taken effect (if it did, with the answer that it gave later). When no order explains this, none explains the whole.
 */
export function upTo<State, Operation>(
  model: Model<State, Operation>,
  history: readonly HistoryEntry<Operation>[],
  atMs: number,
): HistoryEntry<Operation>[] {
  return history.flatMap((entry) => {
    if (entry.calledAtMs > atMs) return [];
    if (entry.returnedAtMs <= atMs) return [entry];
    return model.changes(entry.operation) ? [{ ...entry, returnedAtMs: Number.POSITIVE_INFINITY }] : [];
  });
}

export interface Order<State, Operation> {
  readonly verdict: Verdict;
  readonly configurations: number;
  /** The longest order found, with the state after each operation. */
  readonly placed: readonly { readonly entry: HistoryEntry<Operation>; readonly state: State }[];
  /** The operation whose return the longest order could not get past. */
  readonly stuck: HistoryEntry<Operation> | undefined;
  /** No order explains all that was answered by then; every earlier moment has one. */
  readonly failsAtMs: number;
}

/** Looks for an order of one partition's operations. */
export function searchOrder<State, Operation>(
  model: Model<State, Operation>,
  history: readonly HistoryEntry<Operation>[],
  options: CheckOptions = {},
): Order<State, Operation> {
  return new Search(model, history, options.configurationsMax ?? configurationsMaxDefault).run();
}

interface Frame<State> {
  readonly at: number;
  /** Before the operation was placed. */
  readonly state: State;
  readonly highest: number;
  /** Placed without loss of generality: when the rest fails, so does every other way from here. */
  readonly forced: boolean;
}

class Search<State, Operation> {
  readonly #model: Model<State, Operation>;
  readonly #configurationsMax: number;
  /** Answered ones first, in order of their calls; then those of unknown fate. */
  readonly #entries: readonly HistoryEntry<Operation>[];
  readonly #answered: number;
  /**
   * The list: node 0 is its head, 1 + i the call of entry i, 1 + n + i its return (entries of unknown fate have none that is
   * linked). -1 ends it.
   */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #done: Uint32Array;
  /** Answered entries below this are all placed; none above #highest is. */
  #lowest = 0;
  #highest = -1;
  #left: number;
  readonly #seen = new Set<string>();
  readonly #frames: Frame<State>[] = [];
  #state: State;
  #best: { readonly placed: readonly number[]; readonly stuck: number } | undefined;
  #failsAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    model: Model<State, Operation>,
    history: readonly HistoryEntry<Operation>[],
    configurationsMax: number,
  ) {
    this.#model = model;
    this.#configurationsMax = configurationsMax;
    this.#state = model.initial;
    const byCall = [...history].sort((a, b) => a.calledAtMs - b.calledAtMs);
    const answered = byCall.filter(isAnswered);
    const unknown = byCall.filter(
      (entry) =>
        !isAnswered(entry) &&
        model.changes(entry.operation) &&
        history.some((other) => other !== entry && model.observes(other.operation, entry.operation)),
    );
    this.#entries = [...answered, ...unknown];
    this.#answered = answered.length;
    this.#left = answered.length;
    this.#done = new Uint32Array(Math.ceil(this.#entries.length / 32) + 1);
    const count = this.#entries.length;
    this.#next = new Int32Array(1 + 2 * count).fill(-1);
    this.#previous = new Int32Array(1 + 2 * count).fill(-1);
    this.#link();
  }

  #link(): void {
    const count = this.#entries.length;
    const events: { readonly node: number; readonly atMs: number; readonly isReturn: boolean }[] = [];
    this.#entries.forEach((entry, at) => {
      events.push({ node: 1 + at, atMs: entry.calledAtMs, isReturn: false });
      if (isAnswered(entry)) events.push({ node: 1 + count + at, atMs: entry.returnedAtMs, isReturn: true });
    });
    // What was called at the very moment of a return may have come before it.
    events.sort((a, b) => a.atMs - b.atMs || Number(a.isReturn) - Number(b.isReturn));
    let last = 0;
    for (const { node } of events) {
      this.#next[last] = node;
      this.#previous[node] = last;
      last = node;
    }
  }

  run(): Order<State, Operation> {
    let cursor = this.#first();
    while (this.#left > 0) {
      if (this.#seen.size > this.#configurationsMax) return this.#result('undecided');
      if (cursor > this.#entries.length) {
        this.#failed(cursor - 1 - this.#entries.length);
        const back = this.#back();
        if (back === undefined) return this.#result('violation');
        cursor = back;
        continue;
      }
      const placed = this.#place(cursor - 1);
      if (placed === 'yes') cursor = this.#first();
      else if (placed === 'no') cursor = this.#next[cursor] ?? -1;
      else {
        const back = this.#back();
        if (back === undefined) return this.#result('violation');
        cursor = back;
      }
    }
    return this.#result('linearizable');
  }

  #first(): number {
    return this.#next[0] ?? -1;
  }

  /** `dead`: what follows from placing it is known to fail, and no other way need be tried from here. */
  #place(at: number): 'yes' | 'no' | 'dead' {
    const entry = this.#entries[at];
    if (entry === undefined) throw new Error(`no entry ${at}`);
    const after = this.#model.step(this.#state, entry.operation);
    if (after === undefined) return 'no';
    const key = this.#model.stateKey(after);
    const unchanged = key === this.#model.stateKey(this.#state);
    const isKnown = at < this.#answered;
    if (unchanged && !isKnown) return 'no';
    // What only reads may as well read now. What writes, though it changes nothing here, may have to come later.
    const forced = unchanged && !this.#model.changes(entry.operation);
    const frame = { at, state: this.#state, highest: this.#highest, forced };
    this.#lift(at);
    const configuration = `${this.#doneKey()}|${key}`;
    if (this.#seen.has(configuration)) {
      this.#unlift(frame);
      return forced ? 'dead' : 'no';
    }
    this.#seen.add(configuration);
    this.#frames.push(frame);
    this.#state = after;
    return 'yes';
  }

  /** Undoes the last choice that had an alternative; where to go on, or undefined when all was tried. */
  #back(): number | undefined {
    for (let frame = this.#frames.pop(); frame !== undefined; frame = this.#frames.pop()) {
      this.#unlift(frame);
      this.#state = frame.state;
      if (!frame.forced) return this.#next[1 + frame.at] ?? -1;
    }
    return undefined;
  }

  #failed(at: number): void {
    const { returnedAtMs = 0 } = this.#entries[at] ?? {};
    if (this.#best !== undefined && returnedAtMs < this.#failsAtMs) return;
    if (returnedAtMs === this.#failsAtMs && this.#frames.length <= (this.#best?.placed.length ?? -1)) return;
    this.#failsAtMs = returnedAtMs;
    this.#best = { placed: this.#frames.map((frame) => frame.at), stuck: at };
  }

  #lift(at: number): void {
    this.#unlink(1 + at);
    const word = at >>> 5;
    this.#done[word] = (this.#done[word] ?? 0) | (1 << (at & 31));
    if (at >= this.#answered) return;
    this.#unlink(1 + this.#entries.length + at);
    this.#left -= 1;
    this.#highest = Math.max(this.#highest, at);
    while (this.#lowest < this.#answered && this.#isDone(this.#lowest)) this.#lowest += 1;
  }

  /** In the opposite order of lifting: then each node finds its neighbours where it left them. */
  #unlift({ at, highest }: Frame<State>): void {
    const word = at >>> 5;
    this.#done[word] = (this.#done[word] ?? 0) & ~(1 << (at & 31));
    if (at < this.#answered) {
      this.#relink(1 + this.#entries.length + at);
      this.#left += 1;
      this.#highest = highest;
      this.#lowest = Math.min(this.#lowest, at);
    }
    this.#relink(1 + at);
  }

  #unlink(node: number): void {
    const previous = this.#previous[node] ?? 0;
    const next = this.#next[node] ?? -1;
    this.#next[previous] = next;
    if (next !== -1) this.#previous[next] = previous;
  }

  #relink(node: number): void {
    const previous = this.#previous[node] ?? 0;
    const next = this.#next[node] ?? -1;
    this.#next[previous] = node;
    if (next !== -1) this.#previous[next] = node;
  }

  #isDone(at: number): boolean {
    return ((this.#done[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0;
  }

  /** Exact and short: below #lowest all are placed, above #highest none, and few are of unknown fate. */
  #doneKey(): string {
    let key = this.#lowest.toString(36);
    for (
      let word = this.#lowest >>> 5;
      word <= this.#highest >>> 5 && this.#highest >= this.#lowest;
      word += 1
    )
      key += `.${(this.#done[word] ?? 0).toString(36)}`;
    for (let word = this.#answered >>> 5; word < this.#done.length; word += 1)
      key += `,${(this.#done[word] ?? 0).toString(36)}`;
    return key;
  }

  #result(verdict: Verdict): Order<State, Operation> {
    const order =
      verdict === 'violation' ? (this.#best?.placed ?? []) : this.#frames.map((frame) => frame.at);
    let state = this.#model.initial;
    const placed = order.flatMap((at) => {
      const entry = this.#entries[at];
      if (entry === undefined) return [];
      state = this.#model.step(state, entry.operation) ?? state;
      return [{ entry, state }];
    });
    return {
      verdict,
      configurations: this.#seen.size,
      placed,
      stuck:
        verdict === 'violation' && this.#best !== undefined ? this.#entries[this.#best.stuck] : undefined,
      failsAtMs: this.#failsAtMs,
    };
  }
}

function isAnswered(entry: HistoryEntry<unknown>): boolean {
  return entry.returnedAtMs !== Number.POSITIVE_INFINITY;
}

import { type CheckOptions, checkLinearizable, type Order, searchOrder, upTo } from './linearizability.js';
import type { HistoryEntry, Model } from './model.js';

/** A part of a history that no order explains, from which nothing can be taken without an order appearing. */
export interface Counterexample<State, Operation> {
  readonly model: Model<State, Operation>;
  readonly partition: string;
  readonly history: readonly HistoryEntry<Operation>[];
  readonly order: Order<State, Operation>;
  /** Of the partition's history that it was found in. */
  readonly operationsBefore: number;
}

/** Searches while shrinking; each is small. Beyond them the smallest found so far is given. */
const searchesMax = 3_000;
const shrinkConfigurationsMax = 100_000;

/**
 * The smallest counterexample, or undefined when the history has none. An operation is only taken out together with all that
 * observed it, so what is left is a violation of the whole history too (`Model.observes`).
 */
export function findCounterexample<State, Operation>(
  model: Model<State, Operation>,
  history: readonly HistoryEntry<Operation>[],
  options: CheckOptions = {},
): Counterexample<State, Operation> | undefined {
  const { violation } = checkLinearizable(model, history, options);
  if (violation === undefined) return undefined;
  const shrunk = shrink(model, violation.history);
  return {
    model,
    partition: violation.partition,
    history: shrunk,
    order: searchOrder(model, shrunk),
    operationsBefore: violation.history.length,
  };
}

/** Delta debugging (Zeller and Hildebrandt 2002): halves, quarters, ... single operations, until none can go. */
function shrink<State, Operation>(
  model: Model<State, Operation>,
  history: readonly HistoryEntry<Operation>[],
): readonly HistoryEntry<Operation>[] {
  let entries: readonly HistoryEntry<Operation>[] = [...history].sort((a, b) => a.calledAtMs - b.calledAtMs);
  let searches = 0;
  const violates = (candidate: readonly HistoryEntry<Operation>[]): boolean => {
    searches += 1;
    return (
      searchOrder(model, candidate, { configurationsMax: shrinkConfigurationsMax }).verdict === 'violation'
    );
  };
  for (let size = Math.ceil(entries.length / 2); size >= 1 && searches < searchesMax; ) {
    let smaller = false;
    for (let from = 0; from < entries.length && searches < searchesMax; ) {
      const rest = without(model, entries, new Set(entries.slice(from, from + size)));
      if (rest.length > 0 && violates(rest)) {
        entries = rest;
        smaller = true;
      } else from += size;
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (!smaller) break;
  }
  // The end of it may now lie earlier: what was called after that goes too.
  const { failsAtMs } = searchOrder(model, entries);
  const cut = upTo(model, entries, failsAtMs);
  return searchOrder(model, cut).verdict === 'violation' ? cut : entries;
}

/** The history without these and without all that, directly or not, observed them. */
function without<State, Operation>(
  model: Model<State, Operation>,
  entries: readonly HistoryEntry<Operation>[],
  gone: Set<HistoryEntry<Operation>>,
): readonly HistoryEntry<Operation>[] {
  const open = [...gone];
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const { operation } = entry;
    if (!model.changes(operation)) continue;
    for (const other of entries) {
      if (gone.has(other) || !model.observes(other.operation, operation)) continue;
      gone.add(other);
      open.push(other);
    }
  }
  return entries.filter((entry) => !gone.has(entry));
}

/** For a terminal: each operation on a line, in order of its call; then what was placed and what could not be. */
export function describeCounterexample<State, Operation>(found: Counterexample<State, Operation>): string[] {
  const { model, history, order } = found;
  const startMs = Math.min(...history.map((entry) => entry.calledAtMs));
  const time = (ms: number) =>
    (ms === Number.POSITIVE_INFINITY ? '...' : (ms - startMs).toFixed(1)).padStart(9);
  const lines = [...history]
    .sort((a, b) => a.calledAtMs - b.calledAtMs)
    .map((entry) => {
      const { call, answer } = model.describe(entry.operation);
      const place = order.placed.findIndex((placed) => placed.entry === entry);
      const mark = entry === order.stuck ? '  <- has no place' : place === -1 ? '' : `  (${place + 1})`;
      return `${time(entry.calledAtMs)} ..${time(entry.returnedAtMs)} ms  ${entry.client.padEnd(16)} ${call} -> ${answer}${mark}`;
    });
  const state = order.placed.at(-1)?.state ?? model.initial;
  return [
    `no order explains these ${history.length} of ${found.operationsBefore} operations on ${found.partition} (${model.name}):`,
    ...lines.map((line) => `  ${line}`),
    `  after the ${order.placed.length} that could be placed, the state is ${model.describeState(state)}`,
  ];
}

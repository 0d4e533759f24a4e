/**
 * Wing and Gong's search with Lowe's memory of visited configurations ("Testing for linearizability", 2017),
 * on one key at a time: linearizability is
 * local (Herlihy and Wing 1990), so a history is linearizable when each key's part is. Porcupine partitions
 * in the same way.
 */
export type KeyOperation =
  | { readonly type: 'read'; readonly found: string | undefined }
  | { readonly type: 'write'; readonly value: string | undefined }
  /** `swapped` undefined: the answer was lost. */
  | {
      readonly type: 'compareAndSwap';
      readonly expected: string | undefined;
      readonly value: string;
      readonly swapped: boolean | undefined;
    };

export interface HistoryEntry {
  readonly client: string;
  readonly key: string;
  readonly operation: KeyOperation;
  readonly calledAtMs: number;
  /** Infinity: the answer was lost. It took effect at any time after the call, or never. */
  readonly returnedAtMs: number;
}

export interface CheckResult {
  readonly verdict: 'linearizable' | 'violation' | 'undecided';
  readonly key?: string;
  /** The longest prefix of the key's history that no order explains, oldest call first. */
  readonly story?: readonly HistoryEntry[];
}

/** Configurations looked at per key; beyond them the verdict is `undecided`, never a guess. */
const configurationsMax = 2_000_000;

export function checkLinearizable(history: readonly HistoryEntry[]): CheckResult {
  const keys = new Map<string, HistoryEntry[]>();
  for (const entry of history) {
    const entries = keys.get(entry.key);
    if (entries === undefined) keys.set(entry.key, [entry]);
    else entries.push(entry);
  }
  let undecided: CheckResult | undefined;
  for (const [key, entries] of keys) {
    const sorted = entries
      .filter(
        (entry) => !(entry.operation.type === 'read' && entry.returnedAtMs === Number.POSITIVE_INFINITY),
      )
      .sort((a, b) => a.calledAtMs - b.calledAtMs);
    const { verdict, explained } = search(sorted);
    if (verdict === 'violation') return { verdict, key, story: sorted.slice(0, explained + 1) };
    if (verdict === 'undecided') undecided = { verdict, key };
  }
  return undecided ?? { verdict: 'linearizable' };
}

interface Configuration {
  readonly done: bigint;
  readonly value: string | undefined;
}

/** `explained`: index of the furthest entry (by call) that some order reached. */
function search(entries: readonly HistoryEntry[]): { verdict: CheckResult['verdict']; explained: number } {
  const seen = new Set<string>();
  const stack: Configuration[] = [{ done: 0n, value: undefined }];
  let explained = 0;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { done, value } = next;
    const id = `${done.toString(36)}|${value === undefined ? '-' : `+${value}`}`;
    if (seen.has(id)) continue;
    seen.add(id);
    if (seen.size > configurationsMax) return { verdict: 'undecided', explained };
    const candidates = minimal(entries, done);
    if (candidates === 'complete') return { verdict: 'linearizable', explained };
    for (const at of candidates) {
      const entry = entries[at];
      if (entry === undefined) continue;
      const after = step(entry.operation, value);
      if (after === 'impossible') continue;
      explained = Math.max(explained, at + 1);
      stack.push({ done: done | (1n << BigInt(at)), value: after.value });
    }
  }
  return { verdict: 'violation', explained: Math.min(explained, entries.length - 1) };
}

/**
 * Operations that may come next: called before any other that is left returned. Complete when all that is
 * left may never have happened.
 */
function minimal(entries: readonly HistoryEntry[], done: bigint): readonly number[] | 'complete' {
  const left: number[] = [];
  let firstReturnMs = Number.POSITIVE_INFINITY;
  for (const [at, entry] of entries.entries()) {
    if (((done >> BigInt(at)) & 1n) === 1n) continue;
    if (entry.calledAtMs > firstReturnMs) break; // Sorted by call: neither this nor a later one can come next.
    left.push(at);
    firstReturnMs = Math.min(firstReturnMs, entry.returnedAtMs);
  }
  if (firstReturnMs === Number.POSITIVE_INFINITY) return 'complete';
  return left.filter((at) => (entries[at]?.calledAtMs ?? 0) <= firstReturnMs);
}

/** A key's state machine: what the operation makes of the value, if its answer fits. */
function step(
  operation: KeyOperation,
  value: string | undefined,
): { readonly value: string | undefined } | 'impossible' {
  switch (operation.type) {
    case 'read':
      return operation.found === value ? { value } : 'impossible';
    case 'write':
      return { value: operation.value };
    case 'compareAndSwap': {
      const fits = operation.expected === value;
      if (operation.swapped !== undefined && operation.swapped !== fits) return 'impossible';
      return { value: fits ? operation.value : value };
    }
    default:
      return operation satisfies never;
  }
}

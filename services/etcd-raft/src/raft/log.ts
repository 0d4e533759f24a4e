import { sizeOf } from './entries.js';
import type { Entry } from './types.js';

/** Where the log begins: after this entry. */
export interface LogBase {
  readonly index: number;
  readonly term: number;
}

/** A broken invariant of Raft itself: the process must end rather than go on. */
export function assertRaft(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`raft invariant broken: ${what}`);
}

/**
 * The log in memory: entries after the snapshot. Invariants: indexes are without gap; snapshot.index <=
 * commit <= lastIndex;
 * applied <= commit; stable <= lastIndex is the last entry known to be on this member's disk.
 */
export class RaftLog {
  #snapshot: LogBase;
  #entries: Entry[];
  #bytes: number;
  commit: number;
  applied: number;
  stable: number;

  /** `applied`: what the state machine holds already. */
  constructor(snapshot: LogBase, entries: readonly Entry[], commit: number, applied = snapshot.index) {
    this.#snapshot = { index: snapshot.index, term: snapshot.term };
    this.#entries = [...entries];
    this.#bytes = sizeOf(entries);
    this.applied = applied;
    this.stable = this.lastIndex;
    this.commit = Math.min(Math.max(commit, applied), this.lastIndex);
    assertRaft(
      applied >= snapshot.index && applied <= this.lastIndex,
      `applied ${applied} is not in the log`,
    );
    entries.forEach((entry, at) => {
      assertRaft(
        entry.index === snapshot.index + 1 + at,
        `entry ${entry.index} stands at ${snapshot.index + 1 + at}`,
      );
    });
  }

  get snapshot(): LogBase {
    return this.#snapshot;
  }

  /** The first entry that is still here. */
  get firstIndex(): number {
    return this.#snapshot.index + 1;
  }

  get lastIndex(): number {
    return this.#snapshot.index + this.#entries.length;
  }

  get lastTerm(): number {
    return this.#entries.at(-1)?.term ?? this.#snapshot.term;
  }

  /** Undefined where the log does not reach, or no longer does. */
  termAt(index: number): number | undefined {
    if (index === this.#snapshot.index) return this.#snapshot.term;
    return this.#entries[index - this.firstIndex]?.term;
  }

  /** "At least as up-to-date" (paper, 5.4.1). */
  isUpToDate(lastIndex: number, lastTerm: number): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex);
  }

  /** Entries from `from` on, as many as the bounds let through, at least one if there is one. */
  slice(from: number, bounds: { readonly bytesMax: number; readonly entriesMax: number }): Entry[] {
    const start = from - this.firstIndex;
    assertRaft(start >= 0, `entry ${from} is compacted; the log begins at ${this.firstIndex}`);
    let end = start;
    let bytes = 0;
    while (end < this.#entries.length && end - start < bounds.entriesMax) {
      bytes += this.#entries[end]?.data.byteLength ?? 0;
      if (end > start && bytes > bounds.bytesMax) break;
      end += 1;
    }
    return this.#entries.slice(start, end);
  }

  between(from: number, to: number): Entry[] {
    return this.#entries.slice(from - this.firstIndex, to - this.firstIndex + 1);
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) this.#entries.push(entry);
    this.#bytes += sizeOf(entries);
  }

  /** Of the data of all entries that are here. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The log after this index is at most `bytes` long. */
  indexKeeping(bytes: number): number {
    let kept = 0;
    for (let at = this.#entries.length - 1; at >= 0; at -= 1) {
      kept += this.#entries[at]?.data.byteLength ?? 0;
      if (kept > bytes) return this.firstIndex + at;
    }
    return this.#snapshot.index;
  }

  /**
   * A follower's part of AppendEntries (figure 2, 3 and 4): what conflicts is removed with all that follows,
   * what is new is appended. A message
   * that arrives late must not remove what a later one brought: entries that agree are left alone. Gives the
   * first index that is new.
   */
  merge(entries: readonly Entry[]): number {
    const at = entries.findIndex((entry) => this.termAt(entry.index) !== entry.term);
    const first = entries[at];
    if (first === undefined) return this.lastIndex + 1;
    if (first.index <= this.lastIndex) this.#truncateFrom(first.index);
    this.append(entries.slice(at));
    return first.index;
  }

  #truncateFrom(index: number): void {
    assertRaft(
      index > this.commit,
      `entry ${index} is committed (up to ${this.commit}) and must not be replaced`,
    );
    this.#bytes -= sizeOf(this.#entries.splice(index - this.firstIndex));
    this.stable = Math.min(this.stable, index - 1);
  }

  /**
   * The last index, at or before `index`, whose term is at most `term`: how far back two logs can agree at
   * best.
   */
  lastIndexNotAfter(index: number, term: number): number {
    let at = Math.min(index, this.lastIndex);
    while (at > this.#snapshot.index && (this.termAt(at) ?? 0) > term) at -= 1;
    return at;
  }

  /** Forgets entries up to `index`, which a snapshot holds. */
  compact(index: number): void {
    if (index <= this.#snapshot.index) return;
    const term = this.termAt(index);
    assertRaft(
      term !== undefined && index <= this.applied,
      `only applied entries are compacted, not ${index}`,
    );
    this.#bytes -= sizeOf(this.#entries.splice(0, index - this.#snapshot.index));
    this.#snapshot = { index, term };
  }

  /**
   * The state was replaced by a leader's snapshot: everything before is gone, and what follows cannot be
   * trusted.
   */
  reset({ index, term }: LogBase): void {
    const snapshot = { index, term };
    this.#snapshot = snapshot;
    this.#entries = [];
    this.#bytes = 0;
    this.commit = snapshot.index;
    this.applied = snapshot.index;
    this.stable = snapshot.index;
  }
}

import { type MemberName, raftLimits } from './types.js';

export interface PendingRead {
  readonly context: number;
  /** Who asked: this leader itself, or a follower. */
  readonly from: MemberName;
  sequence: number;
  index: number;
}

const unnumbered = Number.POSITIVE_INFINITY;

/**
 * Reads of a leader that wait for their barrier (dissertation, 6.4). A leader knows what is committed only
 * once an entry of its own term is; and that it still leads only once a majority has
 * answered something that it sent after the read came in: reads get a sequence number, heartbeats carry the
 * latest, and answers bring it back.
 */
export class ReadBarriers {
  #reads: PendingRead[] = [];
  #sequence = 0;

  /** The latest number given out: what heartbeats carry. */
  get sequence(): number {
    return this.#sequence;
  }

  get size(): number {
    return this.#reads.length;
  }

  clear(): void {
    this.#reads = [];
    this.#sequence = 0;
  }

  /** False when too many wait. */
  add(context: number, from: MemberName): boolean {
    if (this.#reads.length >= raftLimits.pendingReadsMax) return false;
    this.#reads.push({ context, from, sequence: unnumbered, index: 0 });
    return true;
  }

  /**
   * Numbers reads that came in since, at the given commit index. True when there were any: a heartbeat is to
   * go out.
   */
  number(commit: number): boolean {
    const fresh = this.#reads.filter((read) => read.sequence === unnumbered);
    if (fresh.length === 0) return false;
    this.#sequence += 1;
    for (const read of fresh) {
      read.sequence = this.#sequence;
      read.index = commit;
    }
    return true;
  }

  /** Takes out those that a majority has confirmed. */
  takeConfirmed(sequence: number): PendingRead[] {
    const confirmed = this.#reads.filter((read) => read.sequence <= sequence);
    this.#reads = this.#reads.filter((read) => read.sequence > sequence);
    return confirmed;
  }
}

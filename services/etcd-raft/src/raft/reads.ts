import type { MemberId } from '@kubelab/store';
import { raftLimits } from './types.js';

export interface PendingRead {
  readonly context: number;
  /** Who asked: this leader itself, or a follower. */
  readonly from: MemberId;
  round: number;
  index: number;
}

const unnumbered = Number.POSITIVE_INFINITY;
/** Rounds whose time of sending is remembered for the lease; beyond, the oldest is forgotten (the lease is shorter then). */
const roundsKept = 64;

/**
 * Reads of a leader that wait for their barrier (dissertation, 6.4). A leader knows what is committed only once an entry of
 * its own term is; and that it still leads only once a majority has answered something that it sent after the read came in:
 * heartbeats go out in numbered rounds, a read waits for the round after it, and answers bring the number back.
 *
 * The lease (dissertation, 6.4.1): a voter that answered a heartbeat lets nobody else be elected for an election timeout
 * from its arrival (stickiness). So from the *sending* of a round that a majority answered, this leader is the only one for an
 * election timeout, as far as the voters' clocks run no faster than its own by more than the drift that leaseMs leaves out.
 * That assumption is the price: ReadIndex needs none.
 */
export class ReadBarriers {
  #reads: PendingRead[] = [];
  #round = 0;
  #sent: { readonly round: number; readonly atMs: number }[] = [];

  /** The latest round sent: what heartbeats carry. */
  get round(): number {
    return this.#round;
  }

  get size(): number {
    return this.#reads.length;
  }

  /** A new round of heartbeats goes out. */
  beginRound(nowMs: number): void {
    this.#round += 1;
    this.#sent.push({ round: this.#round, atMs: nowMs });
    if (this.#sent.length > roundsKept) this.#sent.shift();
  }

  /** When the latest round that a majority answered was sent. */
  confirmedAtMs(round: number): number | undefined {
    while (this.#sent.length > 1 && (this.#sent[1]?.round ?? unnumbered) <= round) this.#sent.shift();
    const oldest = this.#sent[0];
    return oldest !== undefined && oldest.round <= round ? oldest.atMs : undefined;
  }

  /** False when too many wait. */
  add(context: number, from: MemberId): boolean {
    if (this.#reads.length >= raftLimits.pendingReadsMax) return false;
    this.#reads.push({ context, from, round: unnumbered, index: 0 });
    return true;
  }

  /** Reads that came in since wait for the next round, at the given commit index. True when there were any: it is to go out. */
  number(commit: number): boolean {
    let any = false;
    for (const read of this.#reads) {
      if (read.round !== unnumbered) continue;
      any = true;
      read.round = this.#round + 1;
      read.index = commit;
    }
    return any;
  }

  /** Takes out those that a majority has confirmed. */
  takeConfirmed(round: number): PendingRead[] {
    const confirmed = this.#reads.filter((read) => read.round <= round);
    if (confirmed.length > 0) this.#reads = this.#reads.filter((read) => read.round > round);
    return confirmed;
  }
}

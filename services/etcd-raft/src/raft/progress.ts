import { raftLimits } from './types.js';

/**
 * What a leader knows of one follower.
 * - probe: it is not known where the logs agree; one AppendEntries at a time until it is.
 * - replicate: they agree up to `match`; AppendEntries are sent ahead without waiting (`next` runs ahead of
 *   `match`).
 * - snapshot: what it needs is compacted; nothing is sent until the snapshot has arrived or failed.
 * Invariant: match < next.
 */
export class Progress {
  state: 'probe' | 'replicate' | 'snapshot' = 'probe';
  match = 0;
  next: number;
  /** Heard from since the last check of the quorum. */
  recentActive: boolean;
  /** The commit index that it was last told. */
  commitTold = 0;
  /** The latest round of heartbeats that it answered. */
  round = 0;
  #probing = false;
  /** Last index and size of each AppendEntries under way, oldest first. */
  #inflight: { readonly lastIndex: number; readonly bytes: number }[] = [];
  #inflightBytes = 0;

  constructor(next: number, recentActive: boolean) {
    this.next = next;
    this.recentActive = recentActive;
  }

  get paused(): boolean {
    switch (this.state) {
      case 'probe':
        return this.#probing;
      case 'replicate':
        return (
          this.#inflight.length >= raftLimits.inflightMessagesMax ||
          this.#inflightBytes >= raftLimits.inflightBytesMax
        );
      case 'snapshot':
        return true;
      default:
        return this.state satisfies never;
    }
  }

  sent(lastIndex: number, count: number, bytes: number): void {
    if (this.state === 'probe') {
      this.#probing = true;
      return;
    }
    if (count === 0) return;
    this.next = lastIndex + 1;
    this.#inflight.push({ lastIndex, bytes });
    this.#inflightBytes += bytes;
  }

  /** It has everything up to `index`. Returns whether that is news. */
  acknowledged(index: number): boolean {
    while (this.#inflight[0] !== undefined && this.#inflight[0].lastIndex <= index) {
      this.#inflightBytes -= this.#inflight.shift()?.bytes ?? 0;
    }
    const news = index > this.match;
    if (news) this.match = index;
    if (this.next <= this.match) this.next = this.match + 1;
    if (this.state === 'probe' || (this.state === 'snapshot' && news)) this.becomeReplicate();
    return news;
  }

  /** It refused an AppendEntries that began after `rejectedIndex`; false for an old answer. */
  rejected(rejectedIndex: number, retryAfter: number): boolean {
    if (this.state === 'replicate') {
      if (rejectedIndex <= this.match) return false;
      this.becomeProbe(this.match + 1);
      return true;
    }
    if (this.next - 1 !== rejectedIndex) return false;
    this.becomeProbe(Math.max(this.match + 1, Math.min(rejectedIndex, retryAfter + 1)));
    return true;
  }

  /** A heartbeat was answered: a lost probe is tried again, a full window gets room for one more. */
  heartbeatAnswered(): void {
    this.#probing = false;
    if (this.state === 'replicate' && this.paused) this.#inflightBytes -= this.#inflight.shift()?.bytes ?? 0;
  }

  becomeProbe(next: number): void {
    this.state = 'probe';
    this.next = next;
    this.#clear();
  }

  becomeReplicate(): void {
    this.state = 'replicate';
    this.next = this.match + 1;
    this.#clear();
  }

  becomeSnapshot(): void {
    this.state = 'snapshot';
    this.#clear();
  }

  #clear(): void {
    this.#probing = false;
    this.#inflight = [];
    this.#inflightBytes = 0;
  }
}

import type { World } from '@kubelab/world';
import { RaftUnavailableError } from '../contract.js';
import type { Raft } from '../raft/raft.js';

const readsMax = 20_000;
const retryMs = 200;

interface Read {
  readonly resolve: () => void;
  readonly reject: (error: RaftUnavailableError) => void;
}

/** Reads of this member that wait for their barrier. All that come in one turn share one. */
export class PendingReads {
  readonly #world: World;
  readonly #raft: Raft;
  #queued: Read[] = [];
  #context: number;
  /** Barriers asked for, by context; and those whose index is known and not yet applied. */
  readonly #asked = new Map<number, { readonly reads: Read[]; readonly askedAtMs: number }>();
  #confirmed: { readonly index: number; readonly reads: Read[] }[] = [];
  #size = 0;

  constructor(world: World, raft: Raft) {
    this.#world = world;
    this.#raft = raft;
    // An answer to what this member asked before it was started again must not fit.
    this.#context = world.random.int(2 ** 40);
  }

  add(): Promise<void> {
    if (this.#size >= readsMax)
      return Promise.reject(new RaftUnavailableError('tooManyProposals', 'too many reads wait'));
    this.#size += 1;
    return new Promise((resolve, reject) => void this.#queued.push({ resolve, reject }));
  }

  /** Asks for what gathered. */
  ask(): void {
    if (this.#queued.length === 0) return;
    this.#context += 1;
    const reads = this.#queued;
    this.#queued = [];
    this.#asked.set(this.#context, { reads, askedAtMs: this.#world.clock.monotonicMs() });
    this.#raft.readIndex(this.#context);
  }

  /** Asked of nobody, of a leader that fell, or lost on the way: asked again, as a new barrier. */
  retry(): void {
    if (this.#asked.size === 0) return;
    const nowMs = this.#world.clock.monotonicMs();
    for (const [context, { reads, askedAtMs }] of this.#asked) {
      if (nowMs - askedAtMs < retryMs) continue;
      this.#asked.delete(context);
      if (this.#raft.leader === undefined)
        this.#reject(reads, new RaftUnavailableError('noLeader', 'no leader confirmed the read'));
      else this.#queued.unshift(...reads);
    }
  }

  confirmed(context: number, index: number): void {
    const asked = this.#asked.get(context);
    if (asked === undefined) return;
    this.#asked.delete(context);
    this.#confirmed.push({ index, reads: asked.reads });
  }

  /** Those whose index is applied. */
  release(applied: number): void {
    if (this.#confirmed.length === 0) return;
    const waiting = [];
    for (const barrier of this.#confirmed) {
      if (barrier.index > applied) {
        waiting.push(barrier);
        continue;
      }
      this.#size -= barrier.reads.length;
      for (const read of barrier.reads) read.resolve();
    }
    this.#confirmed = waiting;
  }

  fail(reason: RaftUnavailableError): void {
    this.#reject(this.#queued, reason);
    for (const { reads } of [...this.#asked.values(), ...this.#confirmed]) this.#reject(reads, reason);
    this.#queued = [];
    this.#asked.clear();
    this.#confirmed = [];
  }

  #reject(reads: readonly Read[], reason: RaftUnavailableError): void {
    this.#size -= reads.length;
    for (const read of reads) read.reject(reason);
  }
}

import { type LeaseId, type MemberId, StoreError, storeError } from '@kubelab/store';
import type { Timer, World } from '@kubelab/world';
import type { MembershipChange, RaftNode, RaftStatus } from '../contract.js';
import type { ApplyResult, StoreState } from '../state/state-machine.js';
import type { Applied, LeaseTime, PeerCalls, PeerLinks } from './peers.js';
import { isMisdirected, storeErrorOf, unavailable } from './raft-errors.js';

/** Requests that wait for a leader, or for their effect to arrive here; more are refused. */
const waitingMax = 20_000;
/** When the leader refuses and is the leader still. */
const retryDelayMs = 10;

export interface ProposerOptions {
  readonly world: World;
  readonly node: RaftNode;
  readonly state: StoreState;
  readonly links: PeerLinks;
  /** As the leader itself does it. */
  readonly leases: Pick<PeerCalls, 'leaseKeepAlive' | 'leaseTimeToLive'>;
  /** etcd: 5 s and twice an election timeout. */
  readonly requestTimeoutMs: number;
  /** How long a request waits for an election to be over. */
  readonly leaderWaitMs: number;
}

/**
 * The way to the log: this member's own while it leads, else over the leader. What was certainly not appended is tried again
 * until a leader takes it or `leaderWaitMs` is over; what may have been is not.
 * On return the effect of an entry is visible on this member too.
 */
export class Proposer implements PeerCalls {
  readonly #options: ProposerOptions;
  readonly #own: PeerCalls;
  #waiting: { readonly index: number; readonly resolve: () => void }[] = [];
  /** Who leads, when that is another. */
  #leaderElsewhere: MemberId | undefined;
  readonly #leaderWaiters = new Set<() => void>();
  readonly #leave: readonly (() => void)[];

  constructor(options: ProposerOptions) {
    const { node, state, leases } = options;
    this.#options = options;
    this.#own = {
      propose: async (entry) => appliedOf(await node.propose(entry)),
      changeMembership: async (changes, context) => appliedOf(await node.changeMembership(changes, context)),
      leaseKeepAlive: (id) => leases.leaseKeepAlive(id),
      leaseTimeToLive: (id) => leases.leaseTimeToLive(id),
    };
    this.#leave = [
      state.onApplied((index) => this.#applied(index)),
      node.onStatusChange((status) => this.#follow(status)),
    ];
    this.#follow(node.status());
  }

  /** What this member answers to others: it is asked as the leader, and does not forward. */
  get asLeader(): PeerCalls {
    const once = async <T>(run: () => Promise<T>): Promise<T> => {
      try {
        return await run();
      } catch (error) {
        throw storeErrorOf(error);
      }
    };
    return {
      propose: (entry) => once(() => this.#own.propose(entry)),
      changeMembership: (changes, context) => once(() => this.#own.changeMembership(changes, context)),
      leaseKeepAlive: (id) => once(() => this.#own.leaseKeepAlive(id)),
      leaseTimeToLive: (id) => once(() => this.#own.leaseTimeToLive(id)),
    };
  }

  propose(entry: Uint8Array): Promise<Applied> {
    return this.#visible((leader) => leader.propose(entry));
  }

  changeMembership(changes: readonly MembershipChange[], context: Uint8Array): Promise<Applied> {
    return this.#visible((leader) => leader.changeMembership(changes, context));
  }

  leaseKeepAlive(id: LeaseId): Promise<LeaseTime> {
    return this.#onLeader((leader) => leader.leaseKeepAlive(id));
  }

  leaseTimeToLive(id: LeaseId): Promise<LeaseTime> {
    return this.#onLeader((leader) => leader.leaseTimeToLive(id));
  }

  /** Everything that was committed when this is called has been applied here when it resolves. An election is waited for. */
  async readBarrier(): Promise<void> {
    const { world, node, leaderWaitMs } = this.#options;
    let untilMs: number | undefined;
    for (;;) {
      try {
        return await node.readIndex();
      } catch (error) {
        if (!isMisdirected(error)) throw storeErrorOf(error);
        const nowMs = world.clock.monotonicMs();
        untilMs ??= nowMs + leaderWaitMs;
        if (nowMs >= untilMs) throw unavailable(error);
        await this.#leaderChange(untilMs - nowMs, node.status().leader !== undefined);
      }
    }
  }

  close(): void {
    for (const leave of this.#leave) leave();
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting = [];
    this.#wakeLeaderWaiters();
  }

  async #visible(run: (leader: PeerCalls) => Promise<Applied>): Promise<Applied> {
    const applied = await this.#onLeader(run);
    if (applied.index > this.#options.state.appliedIndex) await this.#effectHere(applied.index);
    return applied;
  }

  async #onLeader<T>(run: (leader: PeerCalls) => Promise<T>): Promise<T> {
    const { world, node, leaderWaitMs } = this.#options;
    let untilMs: number | undefined;
    for (;;) {
      const elsewhere = this.#leaderElsewhere;
      const outcome = elsewhere === undefined ? await this.#here(run) : await this.#forward(elsewhere, run);
      if (!(outcome instanceof Error)) return outcome.result;
      const nowMs = world.clock.monotonicMs();
      untilMs ??= nowMs + leaderWaitMs;
      if (nowMs >= untilMs) throw outcome;
      await this.#leaderChange(untilMs - nowMs, node.status().leader !== undefined);
    }
  }

  /** Gives the error where it may be tried again. */
  async #here<T>(run: (leader: PeerCalls) => Promise<T>): Promise<{ readonly result: T } | StoreError> {
    try {
      return { result: await run(this.#own) };
    } catch (error) {
      if (isMisdirected(error)) return unavailable(error);
      throw storeErrorOf(error);
    }
  }

  /** Gives the error where it may be tried again. */
  async #forward<T>(
    leader: MemberId,
    run: (leader: PeerCalls) => Promise<T>,
  ): Promise<{ readonly result: T } | StoreError> {
    try {
      return { result: await run(this.#options.links.calls(leader, this.#options.requestTimeoutMs)) };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.code === 'noLeader' || (error.code === 'unavailable' && error.retryable)) return error;
      throw error;
    }
  }

  /** Until role, term or leader change, or a while has passed. */
  #leaderChange(leftMs: number, leaderKnown: boolean): Promise<void> {
    if (this.#leaderWaiters.size >= waitingMax) throw storeError('tooManyRequests');
    return new Promise((resolve) => {
      const delayMs = leaderKnown ? Math.min(retryDelayMs, leftMs) : leftMs;
      let timer: Timer | undefined;
      const over = () => {
        timer?.cancel();
        this.#leaderWaiters.delete(over);
        resolve();
      };
      timer = this.#options.world.timers.setTimeout(over, delayMs);
      this.#leaderWaiters.add(over);
    });
  }

  #follow({ id, leader }: RaftStatus): void {
    this.#leaderElsewhere = leader === id ? undefined : leader;
    if (this.#leaderElsewhere !== undefined) this.#options.links.warm(this.#leaderElsewhere);
    this.#wakeLeaderWaiters();
  }

  #wakeLeaderWaiters(): void {
    for (const over of [...this.#leaderWaiters]) over();
  }

  /**
   * The leader has applied it; it is on its way here. Bounded: a member that lags is no reason to call a request failed that
   * has not.
   */
  #effectHere(index: number): Promise<void> {
    if (this.#waiting.length >= waitingMax) return Promise.resolve();
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const waiting = {
        index,
        resolve: () => {
          timer?.cancel();
          resolve();
        },
      };
      timer = this.#options.world.timers.setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        resolve();
      }, this.#options.leaderWaitMs);
      this.#waiting.push(waiting);
    });
  }

  #applied(index: number): void {
    if (this.#waiting.length === 0) return;
    const reached = this.#waiting.filter((waiting) => waiting.index <= index);
    if (reached.length === 0) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting.index > index);
    for (const { resolve } of reached) resolve();
  }
}

function appliedOf(result: unknown): Applied {
  if (!isApplyResult(result)) throw storeError('corrupt', { detail: 'the state machine gave no result' });
  switch (result.type) {
    case 'refused':
      throw result.error;
    case 'done':
      return result;
    case 'txn': {
      const { index, revision, succeeded, responses } = result;
      return { index, revision, txn: { succeeded, responses } };
    }
    default:
      return result satisfies never;
  }
}

function isApplyResult(result: unknown): result is ApplyResult {
  return typeof result === 'object' && result !== null && 'type' in result;
}

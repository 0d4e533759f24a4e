import { type LeaseId, storeError } from '@kubelab/store';
import type { Logger } from '@kubelab/telemetry';
import type { Timer, World } from '@kubelab/world';
import type { RaftNode, RaftStatus } from '../contract.js';
import type { PlantedBug } from '../raft/types.js';
import { type Command, encodeEntry, type Origin } from '../state/entry.js';
import type { Lessor } from '../state/lessor.js';
import type { LeaseTime } from './peers.js';
import { isMisdirected } from './raft-errors.js';

/** How often the leader looks for leases that are over (as etcd). */
const checkMs = 500;
const readyRetryMs = 50;

const own: Origin = { trace: undefined, user: undefined, authRevision: 0, internal: true };

export interface LeaseKeeperOptions {
  readonly world: World;
  readonly node: RaftNode;
  readonly lessor: Lessor;
  readonly log: Logger;
  readonly electionTimeoutMs: number;
  readonly plantedBug?: PlantedBug | undefined;
}

/**
 * The leader's part in leases: they run by its clock, it proposes their end, and it alone renews them. A new leader begins once
 * it has applied all that was committed before it (ReadIndex): no lease that exists is unknown to it.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #stop: () => void;
  #ticker: Timer | undefined;
  /** Of the term in which this member leads. */
  #ready: { readonly term: number; readonly promoted: Promise<boolean> } | undefined;
  #closed = false;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#stop = options.node.onStatusChange((status) => this.#changed(status));
    this.#changed(options.node.status());
  }

  /** ttl -1: there is no such lease. Rejects with RaftUnavailableError or StoreError. */
  async leaseKeepAlive(id: LeaseId): Promise<LeaseTime> {
    await this.#isReady();
    const { lessor, node } = this.#options;
    for (;;) {
      const renewed = lessor.renew(id, this.#nowMs());
      if (typeof renewed === 'object') return { ttl: renewed.ttl, grantedTtl: renewed.ttl };
      if (renewed === 'expired' || renewed === 'notFound') return { ttl: -1, grantedTtl: 0 };
      // A later leader must not go by the time that was left: so this comes before the answer.
      const checkpoints = [{ id, remainingTtl: 0 }];
      await node.propose(encodeEntry({ type: 'leaseCheckpoint', checkpoints }, own));
    }
  }

  async leaseTimeToLive(id: LeaseId): Promise<LeaseTime> {
    await this.#isReady();
    const remainingMs = this.#options.lessor.remainingMs(id, this.#nowMs());
    const lease = this.#options.lessor.get(id);
    return lease === undefined || remainingMs === undefined
      ? { ttl: -1, grantedTtl: 0 }
      : { ttl: Math.floor(remainingMs / 1000), grantedTtl: lease.ttl };
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    this.#demote();
  }

  /** Rejects with what propose() says where this member does not lead. */
  async #isReady(): Promise<void> {
    const ready = this.#ready;
    if (ready !== undefined && (await ready.promoted) && this.#ready === ready) return;
    // Nothing is appended: a member that does not lead says who does.
    await this.#options.node.propose(encodeEntry({ type: 'leaseCheckpoint', checkpoints: [] }, own));
    if (this.#ready === undefined || !(await this.#ready.promoted)) throw storeError('noLeader');
  }

  #changed({ role, term }: RaftStatus): void {
    if (this.#closed) return;
    if (role !== 'leader') {
      this.#demote();
      return;
    }
    if (this.#ready?.term === term) return;
    this.#demote();
    this.#ready = { term, promoted: this.#promote(term) };
  }

  async #promote(term: number): Promise<boolean> {
    const { node, lessor, world, electionTimeoutMs, plantedBug } = this.#options;
    const inherits = plantedBug !== 'leasesLostOnLeaderChange';
    while (this.#leads(term)) {
      try {
        await node.readIndex();
        if (!this.#leads(term)) break;
        lessor.promote(this.#nowMs(), electionTimeoutMs, inherits);
        this.#ticker = world.timers.setInterval(() => this.#check(), checkMs);
        return true;
      } catch (error) {
        this.#options.log.debug({ error }, 'leases wait until this leader has caught up');
        await world.timers.sleep(readyRetryMs);
      }
    }
    return false;
  }

  #leads(term: number): boolean {
    const status = this.#options.node.status();
    return !this.#closed && status.role === 'leader' && status.term === term;
  }

  #demote(): void {
    this.#ready = undefined;
    this.#ticker?.cancel();
    this.#ticker = undefined;
    this.#options.lessor.demote();
  }

  /** Both are bounded by the lessor. What fails comes again: after a while, or from the next leader. */
  #check(): void {
    const { lessor } = this.#options;
    const nowMs = this.#nowMs();
    for (const id of lessor.takeExpired(nowMs)) this.#propose({ type: 'leaseRevoke', id });
    const checkpoints = lessor.takeCheckpoints(nowMs);
    if (checkpoints.length > 0) this.#propose({ type: 'leaseCheckpoint', checkpoints });
  }

  #propose(command: Command): void {
    const { node, log } = this.#options;
    node.propose(encodeEntry(command, own)).catch((error: unknown) => {
      if (!isMisdirected(error)) log.warn({ error, command: command.type }, 'a lease could not be seen to');
    });
  }

  #nowMs(): number {
    return this.#options.world.clock.monotonicMs();
  }
}

import { ApiError, type Lease, leaseKind, microTimestamp } from '@kubelab/api';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { type Client, isConflict, isNotFound, type KindClient } from './client.js';

/**
 * Kubernetes' are 15, 10 and 2 s; kubelab's are shorter, so that a fail-over can be watched
 * (docs/divergence.md).
 */
export const electionTimes = { leaseDurationMs: 4_000, renewDeadlineMs: 3_000, retryPeriodMs: 500 } as const;
const namespace = 'kube-system';

export interface ElectionOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  /** Name of the Lease. */
  readonly name: string;
  readonly identity: string;
  /** Leads until the signal aborts. Called again for a later term. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
  /** Whenever the Lease was seen: this instance can take part. */
  readonly observed?: () => void;
}

/**
 * One of several instances leads (client-go's leaderelection). A holder that cannot renew within
 * renewDeadlineMs stops leading before others may take over after leaseDurationMs;
 * others count from when they saw the lease change, by their own clock, so that clocks need not agree.
 */
export class LeaderElector {
  readonly #options: ElectionOptions;
  readonly #leases: KindClient<Lease>;
  readonly #stopping = new AbortController();
  #leading: AbortController | undefined;
  #observed: { readonly version: string; readonly atMs: number } | undefined;
  #lease: Lease | undefined;
  #done: Promise<void> | undefined;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#leases = options.client.for<Lease>(leaseKind);
  }

  get isLeader(): boolean {
    return this.#leading !== undefined;
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Stops leading and gives the lease up, so that another need not wait for its end. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { world, log, identity } = this.#options;
    const { signal } = this.#stopping;
    let renewedMs = 0;
    let work: Promise<void> | undefined;
    while (!signal.aborted) {
      const startedMs = world.clock.monotonicMs();
      const held = await this.#tryAcquireOrRenew();
      if (held) renewedMs = startedMs;
      const late = world.clock.monotonicMs() - renewedMs > electionTimes.renewDeadlineMs;
      if (held && this.#leading === undefined) {
        log.info({ lease: this.#options.name, identity }, 'started leading');
        this.#leading = new AbortController();
        work = this.#options.lead(this.#leading.signal);
      } else if (this.#leading !== undefined && !held && (late || this.#heldByAnother())) {
        log.warn({ lease: this.#options.name, identity }, 'stopped leading');
        this.#leading.abort();
        await work;
        this.#leading = undefined;
      }
      await sleepQuietly(world, electionTimes.retryPeriodMs, signal);
    }
    const wasLeading = this.#leading !== undefined;
    this.#leading?.abort();
    await work;
    this.#leading = undefined;
    if (wasLeading) await this.#release();
  }

  #heldByAnother(): boolean {
    const holder = this.#lease?.spec?.holderIdentity ?? '';
    return holder !== '' && holder !== this.#options.identity;
  }

  async #tryAcquireOrRenew(): Promise<boolean> {
    try {
      const lease = await this.#get();
      if (lease === undefined) return await this.#create();
      this.#observe(lease);
      if (this.#heldByAnother() && !this.#expired()) return false;
      this.#observe(await this.#leases.update(this.#claimed(lease)));
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!isConflict(error))
        this.#options.log.debug(
          { lease: this.#options.name, error: error.message },
          'the lease cannot be reached',
        );
      return false;
    }
  }

  async #get(): Promise<Lease | undefined> {
    try {
      const { signal } = this.#stopping;
      return await this.#leases.get(namespace, this.#options.name, { signal });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #create(): Promise<boolean> {
    const lease: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.#options.name, namespace },
    };
    this.#observe(await this.#leases.create(this.#claimed(lease)));
    return true;
  }

  #claimed(lease: Lease): Lease {
    const now = microTimestamp(this.#options.world.clock.nowMs());
    const mine = lease.spec?.holderIdentity === this.#options.identity;
    return {
      ...lease,
      spec: {
        holderIdentity: this.#options.identity,
        leaseDurationSeconds: Math.ceil(electionTimes.leaseDurationMs / 1000),
        acquireTime: mine ? (lease.spec?.acquireTime ?? now) : now,
        renewTime: now,
        leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + (mine ? 0 : 1),
      },
    };
  }

  #observe(lease: Lease): void {
    this.#lease = lease;
    this.#options.observed?.();
    const version = lease.metadata.resourceVersion ?? '';
    if (this.#observed?.version !== version)
      this.#observed = { version, atMs: this.#options.world.clock.monotonicMs() };
  }

  #expired(): boolean {
    const seenMs = this.#observed?.atMs ?? 0;
    return this.#options.world.clock.monotonicMs() - seenMs > electionTimes.leaseDurationMs;
  }

  async #release(): Promise<void> {
    const lease = this.#lease;
    if (lease?.spec === undefined) return;
    try {
      await this.#leases.update({
        ...lease,
        spec: {
          ...lease.spec,
          holderIdentity: '',
          renewTime: microTimestamp(this.#options.world.clock.nowMs()),
        },
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#options.log.info(
        { lease: this.#options.name, error: error.message },
        'the lease was not given up; it runs out',
      );
    }
  }
}

async function sleepQuietly(world: World, delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await world.timers.sleep(delayMs, signal);
  } catch {
    // Aborted: the caller looks at the signal.
  }
}

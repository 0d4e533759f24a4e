import { ByteReader, ByteWriter, type Key, type LeaseId, type StoreError, storeError } from '@kubelab/store';
import type { BackendMeta } from '../mvcc/backend.js';
import type { LeaseCheckpoint } from './entry.js';
import { ExpiryQueue } from './expiry-queue.js';

/** etcd's bounds (server/lease/lessor.go). */
export const leaseLimits = {
  ttlMax: 9_000_000_000,
  /** Leases whose revocation the leader proposes in one turn of its clock. */
  revokesMax: 500,
  /** A lease whose revocation was proposed and did not happen is proposed again after this. */
  revokeRetryMs: 3_000,
  checkpointIntervalMs: 300_000,
  /** In one entry. */
  checkpointsMax: 1_000,
} as const;

export interface Lease {
  readonly id: LeaseId;
  /** As granted, seconds. */
  readonly ttl: number;
  /** What was left at the last checkpoint, seconds; 0: never checkpointed since the last full renewal. */
  readonly remainingTtl: number;
}

interface Held extends Lease {
  remainingTtl: number;
}

const metaPrefix = 'lease/';

/**
 * Leases. Which there are, their ttl and checkpoints are replicated: they change by entries only, and lie in `meta`. Which
 * keys hang on them follows from the versions. Time is the leader's alone: `#deadlines` is empty on every other member, and
 * a lease ends by an entry that the leader proposes.
 * Invariant: on a leader each lease has a deadline, no earlier than ttl seconds after the last renewal that was answered.
 */
export class Lessor {
  readonly #meta: () => BackendMeta;
  readonly #leases = new Map<LeaseId, Held>();
  /** Keys as latin1 text, which sorts as the bytes do. */
  readonly #keys = new Map<LeaseId, Set<string>>();
  readonly #deadlines = new ExpiryQueue<LeaseId>();
  readonly #checkpoints = new ExpiryQueue<LeaseId>();
  #extendMs: number | undefined;

  /** A function, for restore() may replace what it gives. */
  constructor(meta: () => BackendMeta) {
    this.#meta = meta;
  }

  /* ------------------------------------------------------------ replicated: called by apply() only */

  /** Reads what `meta` holds. Keys are told by attach(), before or after. */
  load(): void {
    this.#leases.clear();
    for (const [key, value] of this.#meta().entries(metaPrefix)) {
      const reader = new ByteReader(value);
      const id = BigInt(`0x${key.slice(metaPrefix.length)}`);
      this.#leases.set(id, { id, ttl: reader.uint(), remainingTtl: reader.uint() });
    }
  }

  /** Before another state takes this one's place. */
  clear(): void {
    this.#leases.clear();
    this.#keys.clear();
    this.demote();
  }

  grant(id: LeaseId, ttl: number, nowMs: number): StoreError | undefined {
    if (id === 0n) return storeError('leaseNotFound');
    if (ttl > leaseLimits.ttlMax) return storeError('leaseTtlTooLarge');
    if (this.#leases.has(id)) return storeError('leaseExists');
    const lease: Held = { id, ttl, remainingTtl: 0 };
    this.#leases.set(id, lease);
    this.#save(lease);
    if (this.isPrimary) this.#schedule(lease, nowMs, 0);
    return undefined;
  }

  /** The lease is gone; its keys, in order, are for the caller to delete. */
  revoke(id: LeaseId): readonly Key[] | StoreError {
    if (!this.#leases.has(id)) return storeError('leaseNotFound');
    const keys = this.keys(id);
    this.#leases.delete(id);
    this.#keys.delete(id);
    this.#deadlines.remove(id);
    this.#checkpoints.remove(id);
    this.#meta().delete(metaKey(id));
    return keys;
  }

  /** Leases that ended meanwhile are passed over. */
  checkpoint(checkpoints: readonly LeaseCheckpoint[], nowMs: number): void {
    for (const { id, remainingTtl } of checkpoints) {
      const lease = this.#leases.get(id);
      if (lease === undefined) continue;
      lease.remainingTtl = Math.min(remainingTtl, lease.ttl);
      this.#save(lease);
      if (this.isPrimary) this.#scheduleCheckpoint(lease, nowMs);
    }
  }

  exists(id: LeaseId): boolean {
    return this.#leases.has(id);
  }

  attach(key: Key, id: LeaseId): void {
    const keys = this.#keys.get(id) ?? new Set<string>();
    if (keys.size === 0) this.#keys.set(id, keys);
    keys.add(nameOf(key));
  }

  detach(key: Key, id: LeaseId): void {
    const keys = this.#keys.get(id);
    if (keys === undefined) return;
    keys.delete(nameOf(key));
    if (keys.size === 0) this.#keys.delete(id);
  }

  /* ------------------------------------------------------------ reads */

  get(id: LeaseId): Lease | undefined {
    return this.#leases.get(id);
  }

  /** In order of keys: what is done with them is done alike on every member. */
  keys(id: LeaseId): readonly Key[] {
    return [...(this.#keys.get(id) ?? [])].sort().map((name) => Buffer.from(name, 'latin1'));
  }

  ids(): readonly LeaseId[] {
    return [...this.#leases.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  get size(): number {
    return this.#leases.size;
  }

  /* ------------------------------------------------------------ the leader's clock */

  get isPrimary(): boolean {
    return this.#extendMs !== undefined;
  }

  /**
   * This member leads and has applied all that was committed before. Each lease gets what was left of it at the last
   * checkpoint, and `extendMs` more (an election timeout): as long as the leader before may have gone on answering
   * renewals. `inherits` false is a planted bug.
   */
  promote(nowMs: number, extendMs: number, inherits = true): void {
    this.#extendMs = extendMs;
    if (!inherits) return;
    for (const lease of this.#leases.values()) this.#schedule(lease, nowMs);
  }

  demote(): void {
    this.#extendMs = undefined;
    this.#deadlines.clear();
    this.#checkpoints.clear();
  }

  /** Time left on a leader, at least 0; undefined when there is no such lease (or no leader here). */
  remainingMs(id: LeaseId, nowMs: number): number | undefined {
    const atMs = this.#deadlines.at(id);
    return atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
  }

  /**
   * Renews for a full ttl. `expired`: its time is over and its revocation under way; it is not to be brought back, for
   * another may have been told so. `checkpointed`: its checkpoint must be taken back by an entry first, else the next
   * leader would let it die early.
   */
  renew(id: LeaseId, nowMs: number): { readonly ttl: number } | 'notFound' | 'expired' | 'checkpointed' {
    const lease = this.#leases.get(id);
    const atMs = this.#deadlines.at(id);
    if (lease === undefined || atMs === undefined) return 'notFound';
    if (atMs <= nowMs || this.#deadlines.isTaken(id)) return 'expired';
    if (lease.remainingTtl > 0) return 'checkpointed';
    this.#schedule(lease, nowMs, 0);
    return { ttl: lease.ttl };
  }

  /**
   * Leases whose time is over, earliest first, at most `revokesMax`. Each is given once; again after `revokeRetryMs` when
   * nothing became of it.
   */
  takeExpired(nowMs: number): readonly LeaseId[] {
    return this.#deadlines.take(nowMs, leaseLimits.revokesMax, leaseLimits.revokeRetryMs);
  }

  /** Long leases whose remaining time is to be put down. */
  takeCheckpoints(nowMs: number): readonly LeaseCheckpoint[] {
    const due = this.#checkpoints.take(nowMs, leaseLimits.checkpointsMax, leaseLimits.checkpointIntervalMs);
    return due.flatMap((id) => {
      const remainingTtl = Math.ceil((this.remainingMs(id, nowMs) ?? 0) / 1000);
      return remainingTtl === 0 ? [] : [{ id, remainingTtl }];
    });
  }

  #schedule(lease: Held, nowMs: number, extendMs = this.#extendMs ?? 0): void {
    const ttl = lease.remainingTtl > 0 ? lease.remainingTtl : lease.ttl;
    this.#deadlines.set(lease.id, nowMs + ttl * 1000 + extendMs);
    this.#scheduleCheckpoint(lease, nowMs);
  }

  #scheduleCheckpoint(lease: Held, nowMs: number): void {
    const left = (this.#deadlines.at(lease.id) ?? 0) - nowMs;
    if (left > leaseLimits.checkpointIntervalMs)
      this.#checkpoints.set(lease.id, nowMs + leaseLimits.checkpointIntervalMs);
    else this.#checkpoints.remove(lease.id);
  }

  #save({ id, ttl, remainingTtl }: Lease): void {
    this.#meta().put(metaKey(id), new ByteWriter(16).uint(ttl).uint(remainingTtl).finish());
  }
}

function metaKey(id: LeaseId): string {
  return `${metaPrefix}${id.toString(16).padStart(16, '0')}`;
}

function nameOf(key: Key): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

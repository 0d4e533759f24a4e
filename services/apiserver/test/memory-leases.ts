import { invalidArgument, type Key, type LeaseGrantRequest, type LeaseId, storeError } from '@kubelab/store';

interface Lease {
  readonly ttl: number;
  readonly keys: Map<string, Key>;
  expiresAtMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** etcd's greatest, in seconds. */
const ttlMax = 9_000_000_000;
/** Node's timers go no further. */
const timerMaxMs = 2 ** 31 - 1;

/** Leases in memory, in real time. */
export class MemoryLeases {
  readonly #leases = new Map<LeaseId, Lease>();
  readonly #ended: (keys: readonly Key[]) => void;
  #nextId = 0x1000n;

  /** `ended`: the keys of a lease that was revoked or ran out, in their order. */
  constructor(ended: (keys: readonly Key[]) => void) {
    this.#ended = ended;
  }

  grant({ id, ttl }: LeaseGrantRequest): { readonly id: LeaseId; readonly ttl: number } {
    if (ttl > ttlMax) throw storeError('leaseTtlTooLarge');
    if (ttl <= 0) throw invalidArgument('lease TTL is not positive');
    if (this.#leases.has(id)) throw storeError('leaseExists');
    const own = id === 0n ? this.#nextId : id;
    this.#nextId += 1n;
    const lease: Lease = { ttl, keys: new Map(), expiresAtMs: 0, timer: undefined };
    this.#leases.set(own, lease);
    this.#renew(own, lease);
    return { id: own, ttl };
  }

  revoke(id: LeaseId): void {
    const lease = this.assertExists(id);
    clearTimeout(lease.timer);
    this.#leases.delete(id);
    this.#ended([...lease.keys.values()].sort(Buffer.compare));
  }

  /** What it has from now on; 0 when it is gone. */
  keepAlive(id: LeaseId): number {
    const lease = this.#leases.get(id);
    if (lease === undefined) return 0;
    this.#renew(id, lease);
    return lease.ttl;
  }

  timeToLive(id: LeaseId) {
    const lease = this.#leases.get(id);
    if (lease === undefined) return { ttl: -1, grantedTtl: 0, keys: [] };
    const leftMs = Math.max(0, lease.expiresAtMs - performance.now());
    const keys = [...lease.keys.values()].sort(Buffer.compare);
    return { ttl: Math.floor(leftMs / 1_000), grantedTtl: lease.ttl, keys };
  }

  ids(): readonly LeaseId[] {
    return [...this.#leases.keys()];
  }

  assertExists(id: LeaseId): Lease {
    const lease = this.#leases.get(id);
    if (lease === undefined) throw storeError('leaseNotFound');
    return lease;
  }

  attach(id: LeaseId, key: Key): void {
    if (id !== 0n) this.assertExists(id).keys.set(Buffer.from(key).toString('hex'), key);
  }

  detach(id: LeaseId, key: Key): void {
    this.#leases.get(id)?.keys.delete(Buffer.from(key).toString('hex'));
  }

  close(): void {
    for (const { timer } of this.#leases.values()) clearTimeout(timer);
  }

  #renew(id: LeaseId, lease: Lease): void {
    clearTimeout(lease.timer);
    lease.expiresAtMs = performance.now() + lease.ttl * 1_000;
    if (lease.ttl * 1_000 > timerMaxMs) return;
    lease.timer = setTimeout(() => this.revoke(id), lease.ttl * 1_000);
    lease.timer.unref();
  }
}

import { type Store, StoreError } from '@kubelab/store';
import type { World } from '@kubelab/world';
import type { LeaseRecord } from '../checker/index.js';
import { attempt } from './clients.js';
import type { Recorder } from './recorder.js';

const encoder = new TextEncoder();
/** Reads that find a lease's key after it should be gone are repeated so often, so long. */
const pollMs = 250;

export interface LeaseClientParts {
  readonly name: string;
  readonly world: World;
  readonly store: Store;
  readonly recorder: Recorder;
  readonly prefix: string;
  readonly ttlSeconds: number;
  readonly deadlineMs: number;
  readonly stop: () => boolean;
}

/** Grants, hangs a key on, renews for a while, then revokes or lets go; and looks at the key all the time. */
export async function runLeaseClient(parts: LeaseClientParts): Promise<void> {
  const { world, stop } = parts;
  for (let count = 0; !stop(); count += 1) {
    await live(parts, count);
    await world.timers.sleep(world.random.next() * pollMs);
  }
}

async function live(parts: LeaseClientParts, count: number): Promise<void> {
  const { name, world, store, recorder, prefix, ttlSeconds, deadlineMs, stop } = parts;
  const now = () => world.clock.monotonicMs();
  const id = BigInt(1 + world.random.int(2 ** 40));
  const options = { deadlineMs };
  const grantedAtMs = now();
  const granted = await attempt(recorder, store.leaseGrant({ id, ttl: ttlSeconds }, options));
  if (typeof granted === 'string') return;
  const lease: LeaseRecord = {
    name: `lease ${count} of ${name}`,
    renewals: [{ calledAtMs: grantedAtMs, returnedAtMs: now(), ttlMs: granted.answer.ttl * 1000 }],
    revokedAtMs: undefined,
    alive: [],
    goneAtMs: undefined,
  };
  recorder.leases.push(lease);
  const key = encoder.encode(`${prefix}lease/${name}.${count}`);
  const put = { type: 'put' as const, key, value: encoder.encode(`${name}.${count}`), lease: id };
  try {
    await store.txn({ compare: [], success: [put], failure: [] }, options);
    recorder.answered += 1;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // Not found: it is gone already. Anything else: there may be no key to look at.
    if (error.code === 'leaseNotFound') lease.goneAtMs = now();
    return;
  }
  let renewals = world.random.int(5);
  const revokes = world.random.next() < 0.3;
  while (!stop() && lease.goneAtMs === undefined) {
    await world.timers.sleep(pollMs);
    const calledAtMs = now();
    const found = await attempt(recorder, store.range({ key }, options));
    if (typeof found !== 'string') {
      if (found.answer.kvs.length > 0) lease.alive.push(calledAtMs);
      else lease.goneAtMs = now();
    }
    if (lease.goneAtMs !== undefined) break;
    if (renewals > 0) {
      renewals -= 1;
      await renew(parts, id, lease);
    } else if (revokes && lease.revokedAtMs === undefined) {
      lease.revokedAtMs = now();
      await attempt(recorder, store.leaseRevoke(id, options));
    }
  }
}

async function renew(
  { world, store, recorder, deadlineMs }: LeaseClientParts,
  id: bigint,
  lease: LeaseRecord,
): Promise<void> {
  const calledAtMs = world.clock.monotonicMs();
  try {
    const { ttl } = await store.leaseKeepAlive(id, { deadlineMs });
    recorder.answered += 1;
    const returnedAtMs = world.clock.monotonicMs();
    if (ttl <= 0) lease.goneAtMs = returnedAtMs;
    else lease.renewals.push({ calledAtMs, returnedAtMs, ttlMs: ttl * 1000 });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === 'leaseNotFound') lease.goneAtMs = world.clock.monotonicMs();
    else {
      const ttlMs = lease.renewals[0]?.ttlMs ?? 0;
      lease.renewals.push({ calledAtMs, returnedAtMs: Number.POSITIVE_INFINITY, ttlMs });
    }
  }
}

/** A grant or keep-alive: the store counted the time to live anew somewhere between its call and its return. */
export interface LeaseRenewal {
  readonly calledAtMs: number;
  /** Infinity: the answer was lost; perhaps it never happened. */
  readonly returnedAtMs: number;
  readonly ttlMs: number;
}

export interface LeaseRecord {
  readonly name: string;
  readonly renewals: LeaseRenewal[];
  /** A revoke was called at; from then on the lease may be gone. */
  revokedAtMs: number | undefined;
  /** Its key or the lease itself was answered to be there, by a linearizable read called at. */
  readonly alive: number[];
  /** Its key or the lease itself was found to be gone, at the return of the answer. */
  goneAtMs: number | undefined;
}

export interface LeaseBounds {
  /**
   * How long past its time a lease may live while nothing disturbs the store. A new leader counts anew, so the bound holds
   * from the last renewal or the last disturbance on, whichever was later.
   */
  readonly lateMs: number;
  /** How far clocks and steps of a second may move an expiry forward. */
  readonly earlyMs: number;
  /** Moments at which something was broken, mended or led anew. */
  readonly disturbedAtMs: readonly number[];
}

/** No lease dies before its time, none outlives it beyond the bound. Gives what is wrong, or undefined. */
export function checkLeases(leases: readonly LeaseRecord[], bounds: LeaseBounds): string | undefined {
  for (const lease of leases) {
    const wrong = early(lease, bounds) ?? late(lease, bounds);
    if (wrong !== undefined) return `${lease.name} ${wrong}`;
  }
  return undefined;
}

function early(lease: LeaseRecord, { earlyMs }: LeaseBounds): string | undefined {
  const { goneAtMs, revokedAtMs } = lease;
  if (goneAtMs === undefined || (revokedAtMs !== undefined && revokedAtMs <= goneAtMs)) return undefined;
  // A renewal whose answer was lost proves nothing; one that was answered lasts at least from its call on.
  const until = Math.max(
    ...lease.renewals
      .filter((renewal) => renewal.returnedAtMs <= goneAtMs)
      .map((renewal) => renewal.calledAtMs + renewal.ttlMs),
  );
  if (goneAtMs >= until - earlyMs) return undefined;
  return `was gone at ${goneAtMs.toFixed(0)} ms; its last renewal lasts until ${until.toFixed(0)} ms at least`;
}

function late(lease: LeaseRecord, { lateMs, disturbedAtMs }: LeaseBounds): string | undefined {
  for (const aliveAtMs of lease.alive) {
    const renewals = lease.renewals.filter((renewal) => renewal.calledAtMs <= aliveAtMs);
    // One of unknown fate may still be on its way.
    if (renewals.some((renewal) => renewal.returnedAtMs > aliveAtMs)) continue;
    const ttlMs = Math.max(...renewals.map((renewal) => renewal.ttlMs));
    const renewedAtMs = Math.max(...renewals.map((renewal) => renewal.returnedAtMs));
    const disturbed = Math.max(0, ...disturbedAtMs.filter((atMs) => atMs <= aliveAtMs));
    const until = Math.max(renewedAtMs, disturbed) + ttlMs + lateMs;
    if (aliveAtMs > until)
      return `was alive at ${aliveAtMs.toFixed(0)} ms; it was last renewed at ${renewedAtMs.toFixed(0)} ms for ${ttlMs} ms, last disturbed at ${disturbed.toFixed(0)} ms`;
  }
  return undefined;
}

const backoffMaxMs = 300_000;
/** A run of so long without a failure starts the count anew. */
const resetAfterMs = 600_000;

interface Entry {
  delayMs: number;
  atMs: number;
}

/**
 * Kubernetes' back-off of restarts and image pulls: the base, doubling to 300 s. Keys are forgotten with
 * their pod.
 */
export class Backoff {
  readonly #baseMs: number;
  readonly #entries = new Map<string, Entry>();

  constructor(baseMs: number) {
    this.#baseMs = baseMs;
  }

  /** The delay now in force for the key. */
  delayMs(key: string): number {
    return this.#entries.get(key)?.delayMs ?? this.#baseMs;
  }

  /** How long still to wait after an end at `sinceMs`; 0 when the key never failed. */
  remainingMs(key: string, sinceMs: number, nowMs: number): number {
    const entry = this.#entries.get(key);
    return entry === undefined ? 0 : Math.max(0, sinceMs + entry.delayMs - nowMs);
  }

  /** One more try is made. */
  next(key: string, nowMs: number): void {
    const entry = this.#entries.get(key);
    const fresh = entry === undefined || nowMs - entry.atMs > resetAfterMs + entry.delayMs;
    this.#entries.set(key, {
      delayMs: fresh ? this.#baseMs : Math.min(Math.max(backoffMaxMs, this.#baseMs), entry.delayMs * 2),
      atMs: nowMs,
    });
  }

  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }
}

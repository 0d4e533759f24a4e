/** What was asked for and not seen by then is asked for again (client-go: five minutes; our watch is near). */
const expectationMs = 30_000;

/**
 * Creations and deletions that were asked for and have not come by the watch yet (client-go's
 * ControllerExpectations): until they have, or their time is over, an owner's objects are neither made nor
 * deleted, so that a slow informer never makes anything twice. Deletions are known by uid.
 */
export class Expectations {
  readonly #byKey = new Map<
    string,
    { creations: number; readonly deletions: Set<string>; readonly atMs: number }
  >();

  expect(key: string, creations: number, deletions: readonly string[], nowMs: number): void {
    this.#byKey.set(key, { creations, deletions: new Set(deletions), atMs: nowMs });
  }

  created(key: string): void {
    const known = this.#byKey.get(key);
    if (known !== undefined) known.creations -= 1;
  }

  deleted(key: string, uid: string): void {
    this.#byKey.get(key)?.deletions.delete(uid);
  }

  /** How long until they are given up, ms; 0: there are none. Nothing else may come: whoever waits looks again then. */
  waitMs(key: string, nowMs: number): number {
    const known = this.#byKey.get(key);
    if (known === undefined || (known.creations <= 0 && known.deletions.size === 0)) return 0;
    return Math.max(0, known.atMs + expectationMs - nowMs);
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }
}

import { type KeyValue, prefixEnd, type Store, StoreError, type StoreWatch } from '@kubelab/store';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { bytesOf, internalPrefix, objectsPrefix, textOf } from './keys.js';

const restartDelayMs = 200;

/** Whoever keeps a part of the store in memory: a watch cache. */
export interface FeedListener {
  /** Everything that is written from now on will be told; what is there already is to be read anew. */
  begin(): void;
  event(type: 'put' | 'delete', key: string, kv: KeyValue): void;
  /** Called when `revision` grew, while the listener is among `waiting`. */
  advanced(): void;
}

/**
 * One watch of the store for all kinds: sixty caches of an apiserver cost the store one watch, and `revision` is how far
 * every one of them is. It covers whatever kubelab writes, so that a revision that is somebody else's does not
 * have to be asked for.
 *
 * When the watch breaks (compaction, a store that is gone) it begins again, and every listener with it.
 */
export class StoreFeed {
  readonly #world: World;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #listeners = new Map<string, Set<FeedListener>>();
  /** Those that want to hear of progress. */
  readonly waiting = new Set<FeedListener>();
  #watch: StoreWatch | undefined;
  #revision = 0;
  #stopped = false;

  constructor(world: World, store: Store, log: Logger) {
    this.#world = world;
    this.#store = store;
    this.#log = log;
  }

  /** Every event up to it was told to every listener. */
  get revision(): number {
    return this.#revision;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#watch?.close();
  }

  /** `prefix` as objectsOf() makes it: `/registry/apps/deployments/`. */
  listen(prefix: string, listener: FeedListener): void {
    const all = this.#listeners.get(prefix) ?? new Set();
    this.#listeners.set(prefix, all.add(listener));
    if (this.#watch !== undefined) listener.begin();
  }

  unlisten(prefix: string, listener: FeedListener): void {
    this.#listeners.get(prefix)?.delete(listener);
    this.waiting.delete(listener);
  }

  /** Asks how far the store is, for whom a quiet store keeps waiting. */
  requestProgress(): void {
    this.#watch?.requestProgress();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#follow();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (!this.#stopped) this.#log.warn({ error }, 'the watch of the store failed; beginning anew');
      }
      if (this.#stopped) return;
      await this.#world.timers.sleep(restartDelayMs);
    }
  }

  async #follow(): Promise<void> {
    const { header } = await this.#store.range({ key: bytesOf(internalPrefix) });
    if (this.#stopped) return;
    const watch = this.#store.watch({
      key: bytesOf(internalPrefix),
      rangeEnd: prefixEnd(bytesOf(objectsPrefix)),
      startRevision: header.revision + 1,
      progressNotify: true,
    });
    this.#watch = watch;
    // A listener reads after this: what it reads is as new as `header.revision`, and the watch tells the rest.
    for (const listeners of this.#listeners.values()) for (const one of listeners) one.begin();
    this.#advance(header.revision);
    try {
      for await (const { header: told, events } of watch) {
        for (const { type, kv } of events) this.#tell(type, kv);
        this.#advance(told.revision);
      }
    } finally {
      this.#watch = undefined;
      watch.close();
    }
  }

  #tell(type: 'put' | 'delete', kv: KeyValue): void {
    const key = textOf(kv.key);
    const listeners = this.#listeners.get(prefixOf(key));
    if (listeners !== undefined) for (const one of listeners) one.event(type, key, kv);
  }

  #advance(revision: number): void {
    if (revision > this.#revision) this.#revision = revision;
    for (const one of [...this.waiting]) one.advanced();
  }
}

/** `/registry/apps/deployments/` of `/registry/apps/deployments/default/web`. */
function prefixOf(key: string): string {
  let at = 0;
  for (let slashes = 0; slashes < 3; slashes += 1) at = key.indexOf('/', at + 1);
  return key.slice(0, at + 1);
}

import { type KindInfo, statusErrors } from '@kubelab/api';
import { type KeyValue, prefixEnd, type Store, StoreError, type StoreWatch } from '@kubelab/store';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { collectionPrefix, textOf } from './keys.js';
import { decodeAll, type StoredObject, tryDecode, UndecodableError } from './stored-object.js';

/** Events kept for watches that begin in the past; older ones answer 410. */
const windowEventsMax = 4_096;
/** Of the objects' JSON in the window; what a big ConfigMap written often may cost. */
const windowBytesMax = 32 * 2 ** 20;
const reloadDelayMs = 200;
const freshWaitMs = 3_000;
const progressEveryMs = 100;

/** A change of one object. `previous` is there unless it was created. */
export interface CacheEvent {
  readonly revision: number;
  readonly current: StoredObject | undefined;
  readonly previous: StoredObject | undefined;
  readonly trace: string | undefined;
}

export interface Subscriber {
  event(event: CacheEvent): void;
  /** Every event up to this revision was delivered. */
  progress(revision: number): void;
  /** The cache lost its place (compaction): the subscriber must begin anew. */
  gone(): void;
  /** Nothing more will come: the kind is served no longer. */
  ended?(): void;
}

/**
 * All objects of one kind as of `revision`, kept up to date by one watch of the store, and the latest
 * events. Reads and watches of any number of clients
 * are served from here.
 */
export class WatchCache {
  readonly kind: KindInfo;
  readonly #world: World;
  readonly #store: Store;
  readonly #log: Logger;
  readonly #objects = new Map<string, StoredObject>();
  /** Keys whose values are no objects, and what was there before: watchers still hold that. */
  readonly #undecodable = new Map<string, StoredObject | undefined>();
  #sorted: StoredObject[] | undefined;
  #window: CacheEvent[] = [];
  #windowBytes = 0;
  /** Events after this revision are all in the window. */
  #windowFrom = 0;
  #revision = 0;
  #loaded = false;
  #stopped = false;
  #watch: StoreWatch | undefined;
  #started = false;
  /** Called when the cache is there for the first time. */
  loadedFirst: () => void = () => {};
  readonly #subscribers = new Set<Subscriber>();
  #waiters: { readonly revision: number; readonly done: () => void }[] = [];

  constructor(world: World, store: Store, kind: KindInfo, log: Logger) {
    this.#world = world;
    this.#store = store;
    this.kind = kind;
    this.#log = log;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Begins to load, once. */
  start(): void {
    if (this.#started || this.#stopped) return;
    this.#started = true;
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#watch?.close();
  }

  end(): void {
    this.stop();
    for (const subscriber of [...this.#subscribers]) subscriber.ended?.();
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** In no order: cheaper than all() when objects come and go. */
  values(): Iterable<StoredObject> {
    return this.#objects.values();
  }

  /** Keys of this kind whose values are no objects: they are missing in all(). */
  get undecodable(): string[] {
    return [...this.#undecodable.keys()];
  }

  /** In the order of keys. */
  all(): readonly StoredObject[] {
    this.#sorted ??= [...this.#objects.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    return this.#sorted;
  }

  /** Resolves once everything up to `revision` is here; rejects with Timeout (504) after 3 s. */
  async waitFor(revision: number, signal?: AbortSignal): Promise<void> {
    if (this.#loaded && this.#revision >= revision) return;
    const { timers } = this.#world;
    let cancel = () => {};
    const arrived = new Promise<boolean>((resolve) => {
      const waiter = { revision, done: () => resolve(true) };
      this.#waiters.push(waiter);
      // A quiet prefix hears of the store's progress only by asking.
      this.#watch?.requestProgress();
      const ask = timers.setInterval(() => this.#watch?.requestProgress(), progressEveryMs);
      const late = timers.setTimeout(() => resolve(false), freshWaitMs);
      const aborted = () => resolve(false);
      signal?.addEventListener('abort', aborted, { once: true });
      cancel = () => {
        ask.cancel();
        late.cancel();
        signal?.removeEventListener('abort', aborted);
        this.#waiters = this.#waiters.filter((one) => one !== waiter);
      };
    });
    const fresh = await arrived;
    cancel();
    if (!fresh) throw statusErrors.tooLargeResourceVersion(revision, this.#revision);
  }

  /** Events after `from`, then live ones. Throws Expired (410) when they are no longer here. */
  subscribe(from: number, subscriber: Subscriber): () => void {
    if (from < this.#windowFrom)
      throw statusErrors.expired(`too old resource version: ${from} (${this.#windowFrom})`);
    for (const event of this.#window) if (event.revision > from) subscriber.event(event);
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#load();
        await this.#follow();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (!this.#stopped)
          this.#log.warn(
            { resource: this.kind.resource, error },
            'the watch of the store failed; loading anew',
          );
      }
      if (this.#stopped) return;
      await this.#world.timers.sleep(reloadDelayMs);
    }
  }

  /**
   * The state as it is now; whoever watched in between must begin anew, since the events that led here are
   * unknown.
   */
  async #load(): Promise<void> {
    const prefix = collectionPrefix(this.kind);
    const { kvs, header } = await this.#store.range({ key: prefix, rangeEnd: prefixEnd(prefix) });
    this.#objects.clear();
    this.#undecodable.clear();
    const { objects, undecodable } = decodeAll(this.kind, kvs);
    for (const stored of objects) this.#objects.set(stored.key, stored);
    for (const error of undecodable) this.#spoiled(error, undefined);
    this.#sorted = undefined;
    this.#window = [];
    this.#windowBytes = 0;
    this.#windowFrom = header.revision;
    const again = this.#loaded;
    if (again) for (const subscriber of [...this.#subscribers]) subscriber.gone();
    this.#loaded = true;
    this.#advance(header.revision);
    if (!again) this.loadedFirst();
  }

  async #follow(): Promise<void> {
    const prefix = collectionPrefix(this.kind);
    const watch = this.#store.watch({
      key: prefix,
      rangeEnd: prefixEnd(prefix),
      startRevision: this.#revision + 1,
      progressNotify: true,
    });
    this.#watch = watch;
    try {
      for await (const { header, events } of watch) {
        for (const { type, kv } of events) this.#take(type, kv);
        this.#advance(header.revision);
      }
    } finally {
      this.#watch = undefined;
      watch.close();
    }
  }

  #take(type: 'put' | 'delete', kv: KeyValue): void {
    const key = textOf(kv.key);
    const current = type === 'put' ? tryDecode(this.kind, kv) : undefined;
    const before = this.#objects.get(key) ?? this.#undecodable.get(key);
    if (current instanceof UndecodableError) {
      this.#objects.delete(key);
      this.#sorted = undefined;
      this.#spoiled(current, before);
      return;
    }
    // When it is mended or deleted, watchers hear of it as of a change of what they have.
    if (this.#undecodable.delete(key) && before !== undefined) this.#objects.set(key, before);
    this.#apply(current, key, kv.modRevision, kv.trace);
  }

  #spoiled(error: UndecodableError, before: StoredObject | undefined): void {
    this.#undecodable.set(error.key, before);
    this.#log.error(
      { resource: this.kind.resource, key: error.key, error },
      'left out: the value is no object',
    );
  }

  #apply(current: StoredObject | undefined, key: string, revision: number, trace: string | undefined): void {
    const previous = this.#objects.get(key);
    if (current === undefined) this.#objects.delete(key);
    else this.#objects.set(key, current);
    this.#sorted = undefined;
    if (current === undefined && previous === undefined) return;
    const event: CacheEvent = { revision, current, previous, trace };
    this.#window.push(event);
    this.#windowBytes += current?.bytes ?? 0;
    this.#trim();
    for (const subscriber of [...this.#subscribers]) subscriber.event(event);
  }

  /** A quarter at a time, so that it is not done for each event. */
  #trim(): void {
    if (this.#window.length <= windowEventsMax && this.#windowBytes <= windowBytesMax) return;
    for (const { revision, current, previous } of this.#window.splice(
      0,
      Math.ceil(this.#window.length / 4),
    )) {
      this.#windowFrom = revision;
      this.#windowBytes -= current?.bytes ?? 0;
      previous?.forgetEncoded();
    }
    // Events of one revision leave together: a watch begins after a revision, not within one.
    while (this.#window[0]?.revision === this.#windowFrom) {
      this.#windowBytes -= this.#window[0].current?.bytes ?? 0;
      this.#window.shift();
    }
  }

  #advance(revision: number): void {
    if (revision <= this.#revision && this.#waiters.length === 0) return;
    this.#revision = Math.max(this.#revision, revision);
    for (const waiter of this.#waiters) if (waiter.revision <= this.#revision) waiter.done();
    for (const subscriber of this.#subscribers) subscriber.progress(this.#revision);
  }
}

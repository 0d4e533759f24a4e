import { type KindInfo, statusErrors } from '@kubelab/api';
import { type KeyValue, prefixEnd, type Store, StoreError } from '@kubelab/store';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { bytesOf, collectionPrefixText } from './keys.js';
import { Pace, type Turns } from './pace.js';
import { SortedObjects } from './sorted-objects.js';
import type { FeedListener, StoreFeed } from './store-feed.js';
import { type StoredObject, tryDecode, UndecodableError } from './stored-object.js';

/** Events kept for watches that begin in the past; older ones answer 410. */
const windowEventsMax = 4_096;
/** Of the objects' JSON in the window; what a big ConfigMap written often may cost. */
const windowBytesMax = 32 * 2 ** 20;
const reloadDelayMs = 200;
const freshWaitMs = 3_000;
const progressEveryMs = 100;
/** Objects read and decoded at a time: a large kind must not hold up the event loop when it is loaded. */
const loadPage = 500;
/** Events that come while a kind is loaded; more, and it is loaded anew. */
const pendingMax = 20_000;

/** A change of one object. `previous` is there unless it was created. */
export interface CacheEvent {
  readonly revision: number;
  readonly current: StoredObject | undefined;
  readonly previous: StoredObject | undefined;
  readonly trace: string | undefined;
}

export interface Subscriber {
  event(event: CacheEvent): void;
  /** The cache lost its place (compaction): the subscriber must begin anew. */
  gone(): void;
  /** Nothing more will come: the kind is served no longer. */
  ended?(): void;
}

interface PendingEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly kv: KeyValue;
}

/**
 * All objects of one kind as of `revision`, kept up to date by the feed, and the latest events. Reads and watches of any
 * number of clients are served from here. It loads at its first use: who reads it waits (`waitFor`) before all() and get().
 */
export class WatchCache implements FeedListener {
  readonly kind: KindInfo;
  readonly #world: World;
  readonly #store: Store;
  readonly #feed: StoreFeed;
  readonly #log: Logger;
  readonly #prefix: string;
  readonly #objects = new SortedObjects();
  /** Keys whose values are no objects, and what was there before: watchers still hold that. */
  readonly #undecodable = new Map<string, StoredObject | undefined>();
  #window: CacheEvent[] = [];
  #windowBytes = 0;
  /** Events after this revision are all in the window. */
  #windowFrom = 0;
  /** Events that came since begin(), while the state is read; undefined while the cache follows. */
  #pending: PendingEvent[] | undefined = [];
  /** When not following: how far it was. */
  #revision = 0;
  #loads = 0;
  #loaded = false;
  #started = false;
  #stopped = false;
  readonly #subscribers = new Set<Subscriber>();
  #waiters: { readonly revision: number; readonly done: () => void }[] = [];

  constructor(parts: { world: World; store: Store; feed: StoreFeed; log: Logger }, kind: KindInfo) {
    this.#world = parts.world;
    this.#store = parts.store;
    this.#feed = parts.feed;
    this.#log = parts.log;
    this.kind = kind;
    this.#prefix = collectionPrefixText(kind);
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get revision(): number {
    return this.#pending === undefined ? Math.max(this.#revision, this.#feed.revision) : this.#revision;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** Begins to load, once. */
  start(): void {
    if (this.#started || this.#stopped) return;
    this.#started = true;
    this.#feed.listen(this.#prefix, this);
  }

  stop(): void {
    this.#stopped = true;
    this.#loads += 1;
    this.#feed.unlisten(this.#prefix, this);
  }

  end(): void {
    this.stop();
    for (const subscriber of [...this.#subscribers]) subscriber.ended?.();
  }

  /** Nothing before it was loaded; asking makes it load. */
  get(key: string): StoredObject | undefined {
    this.start();
    return this.#objects.get(key);
  }

  /** Without a copy: for whoever goes through them at once. */
  values(): Iterable<StoredObject> {
    this.start();
    return this.#objects.values();
  }

  /** Keys of this kind whose values are no objects: they are missing in all(). */
  get undecodable(): string[] {
    return [...this.#undecodable.keys()];
  }

  /** In the order of keys; nothing before it was loaded; asking makes it load. */
  all(): readonly StoredObject[] {
    this.start();
    return this.#objects.slice(this.#prefix);
  }

  /** In the order of keys: of one namespace ('' for all), after a key. */
  page(namespace: string, after = ''): StoredObject[] {
    const scope = namespace === '' ? undefined : namespace;
    return this.#objects.slice(collectionPrefixText(this.kind, scope), after);
  }

  /** Resolves once everything up to `revision` is here; rejects with Timeout (504) after 3 s. */
  async waitFor(revision: number, signal?: AbortSignal): Promise<void> {
    if (this.#loaded && this.revision >= revision) return;
    this.start();
    const { timers } = this.#world;
    let cancel = () => {};
    const arrived = new Promise<boolean>((resolve) => {
      const waiter = { revision, done: () => resolve(true) };
      this.#waiters.push(waiter);
      this.#feed.waiting.add(this);
      // A quiet store tells of its progress only when asked.
      const ask = timers.setInterval(() => this.#feed.requestProgress(), progressEveryMs);
      const late = timers.setTimeout(() => resolve(false), freshWaitMs);
      const aborted = () => resolve(false);
      signal?.addEventListener('abort', aborted, { once: true });
      cancel = () => {
        ask.cancel();
        late.cancel();
        signal?.removeEventListener('abort', aborted);
        this.#waiters = this.#waiters.filter((one) => one !== waiter);
        if (this.#waiters.length === 0) this.#feed.waiting.delete(this);
      };
    });
    const fresh = await arrived;
    cancel();
    if (fresh) return;
    if (!this.#loaded) throw statusErrors.tooManyRequests('storage is (re)initializing', 1);
    throw statusErrors.tooLargeResourceVersion(revision, this.revision);
  }

  /** Throws Expired (410) when events after `from` are no longer here. */
  assertKept(from: number): void {
    if (from < this.#windowFrom)
      throw statusErrors.expired(`too old resource version: ${from} (${this.#windowFrom})`);
  }

  /** Events after `from`, then live ones. Throws Expired (410) when they are no longer here. */
  subscribe(from: number, subscriber: Subscriber): () => void {
    this.assertKept(from);
    for (const event of this.#window) if (event.revision > from) subscriber.event(event);
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }

  /** Whoever watched until now must begin anew, since the events that lead to what will be read are unknown. */
  begin(): void {
    this.#revision = this.revision;
    this.#pending = [];
    this.#loads += 1;
    void this.#load(this.#loads);
  }

  event(type: 'put' | 'delete', key: string, kv: KeyValue): void {
    if (this.#pending === undefined) this.#take(type, key, kv);
    else if (this.#pending.length < pendingMax) this.#pending.push({ type, key, kv });
    else this.begin();
  }

  advanced(): void {
    if (!this.#loaded) return;
    const { revision } = this;
    for (const waiter of this.#waiters) if (waiter.revision <= revision) waiter.done();
  }

  async #load(turn: number): Promise<void> {
    const over = () => this.#stopped || turn !== this.#loads;
    while (!over()) {
      try {
        const found = await this.#read(over);
        if (found !== undefined) this.#replace(found);
        return;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (over()) return;
        this.#log.warn({ resource: this.kind.resource, error }, 'loading from the store failed; once more');
        await this.#world.timers.sleep(reloadDelayMs);
      }
    }
  }

  get #turns(): Turns {
    const { timers, clock } = this.#world;
    return {
      turn: () => new Promise((resolve) => timers.setImmediate(resolve)),
      monotonicMs: () => clock.monotonicMs(),
    };
  }

  /** The state at one revision, page by page; undefined when it is no longer wanted. */
  async #read(over: () => boolean): Promise<LoadedState | undefined> {
    const rangeEnd = prefixEnd(bytesOf(this.#prefix));
    const found: (StoredObject | UndecodableError)[] = [];
    let key = bytesOf(this.#prefix);
    let revision = 0;
    const pace = new Pace(this.#turns);
    for (;;) {
      const { kvs, more, header } = await this.#store.range({ key, rangeEnd, limit: loadPage, revision });
      if (over()) return undefined;
      if (revision === 0) revision = header.revision;
      for (const kv of kvs) {
        found.push(tryDecode(this.kind, kv));
        if (pace.due) await pace.rest();
      }
      if (over()) return undefined;
      const last = kvs.at(-1);
      if (!more || last === undefined) return { found, revision };
      key = keyAfter(last.key);
      await pace.rest();
    }
  }

  #replace({ found, revision }: LoadedState): void {
    this.#objects.clear();
    this.#undecodable.clear();
    for (const one of found) {
      if (one instanceof UndecodableError) this.#spoiled(one, undefined);
      else this.#objects.set(one);
    }
    this.#window = [];
    this.#windowBytes = 0;
    this.#windowFrom = revision;
    this.#revision = revision;
    if (this.#loaded) for (const subscriber of [...this.#subscribers]) subscriber.gone();
    this.#loaded = true;
    const pending = this.#pending ?? [];
    this.#pending = undefined;
    for (const { type, key, kv } of pending) if (kv.modRevision > revision) this.#take(type, key, kv);
    this.advanced();
  }

  #take(type: 'put' | 'delete', key: string, kv: KeyValue): void {
    // Read already: the state that was loaded was newer than the feed.
    if (kv.modRevision <= this.#revision) return;
    const current = type === 'put' ? tryDecode(this.kind, kv) : undefined;
    const before = this.#objects.get(key) ?? this.#undecodable.get(key);
    if (current instanceof UndecodableError) {
      this.#objects.delete(key);
      this.#spoiled(current, before);
      return;
    }
    // When it is mended or deleted, watchers hear of it as of a change of what they have.
    const mended = this.#undecodable.delete(key) && before !== undefined;
    if (mended) this.#objects.set(before);
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
    else this.#objects.set(current);
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
}

interface LoadedState {
  readonly found: readonly (StoredObject | UndecodableError)[];
  readonly revision: number;
}

/** The least key that is greater. */
function keyAfter(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.byteLength + 1);
  next.set(key);
  return next;
}

import {
  ApiError,
  apiError,
  clusterRoleBindingKind,
  clusterRoleKind,
  definitionKind,
  endpointSliceKind,
  eventKind,
  findKind,
  type KindInfo,
  type KubeObject,
  kinds,
  namespaceKind,
  nodeKind,
  podKind,
  roleBindingKind,
  roleKind,
  serviceKind,
  statusErrors,
} from '@kubelab/api';
import {
  type Compare,
  type Operation,
  prefixEnd,
  type Store,
  type StoreCallOptions,
  StoreError,
} from '@kubelab/store';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { bytesOf, collectionPrefix, internalPrefix, objectKey, textOf } from './keys.js';
import { Pace } from './pace.js';
import { RevisionCheck } from './revision-check.js';
import { StoreFeed } from './store-feed.js';
import {
  decodeAll,
  decodeStored,
  encodeStored,
  type StoredObject,
  UndecodableError,
} from './stored-object.js';
import { WatchCache } from './watch-cache.js';

const writeAttemptsMax = 12;

/** Kinds whose caches the server itself reads; it is ready once these are loaded. All others load after them, or at their first use. */
const readByServer: readonly KindInfo[] = [
  clusterRoleBindingKind,
  clusterRoleKind,
  definitionKind,
  endpointSliceKind,
  eventKind,
  namespaceKind,
  nodeKind,
  podKind,
  roleBindingKind,
  roleKind,
  serviceKind,
  // What leads from a node to what its pods may use: the Node authorizer does not wait.
  ...[
    { group: '', kind: 'PersistentVolume' },
    { group: '', kind: 'PersistentVolumeClaim' },
    { group: 'storage.k8s.io', kind: 'CSIDriver' },
    { group: 'storage.k8s.io', kind: 'VolumeAttachment' },
  ].flatMap(({ group, kind }) => findKind({ group, version: 'v1', kind }) ?? []),
];

/** What goes into the same transaction as an object: allocations that must hold or none. */
export interface Companions {
  readonly compare: readonly Compare[];
  readonly operations: readonly Operation[];
}

export const noCompanions: Companions = { compare: [], operations: [] };

export interface PageOptions {
  /** '' for all. */
  readonly namespace: string;
  /** A key; '' for the beginning. */
  readonly after: string;
  readonly revision: number;
  readonly limit: number;
}

/** Objects of a kind at a revision. */
export interface Listing {
  readonly objects: readonly StoredObject[];
  /** Keys whose values are no objects. */
  readonly undecodable: readonly string[];
  readonly revision: number;
  /** What was left out by the limit. */
  readonly rest?: { readonly after: string; readonly count: number };
}

/** Where a write comes from: its trace stays with the revision that it makes. */
export interface WriteOptions {
  readonly trace: string | undefined;
  readonly companions?: Companions;
}

/**
 * A condition of the transaction did not hold: somebody wrote in between, or took what was to be allocated.
 */
export class RacedError extends Error {
  override readonly name = 'RacedError';
}

/** Objects in the store, by kind, namespace and name. Store errors come out as Status errors. */
export class Storage {
  readonly store: Store;
  readonly #world: World;
  readonly #log: Logger;
  readonly #feed: StoreFeed;
  readonly #caches = new Map<string, WatchCache>();
  readonly #revision: RevisionCheck;
  #stopped = false;

  constructor(world: World, store: Store, log: Logger) {
    this.store = store;
    this.#log = log;
    this.#world = world;
    this.#log = log;
    this.#feed = new StoreFeed(world, store, log);
    // Of a key that is not there: linearizable, and costs the store no range.
    const key = bytesOf(internalPrefix);
    this.#revision = new RevisionCheck(async () => (await guarded(store.range({ key }))).header.revision);
  }

  start(): void {
    for (const kind of readByServer) this.cache(kind).start();
    this.#feed.start();
  }

  /**
   * Loads all other kinds, one after the other, once the server is ready. A cache that loads only when a watch asks for it knows
   * nothing of the moments before: a client that listed through another apiserver would have to begin anew (410).
   */
  async loadRest(): Promise<void> {
    for (const kind of [...readByServer, ...kinds]) {
      if (this.#stopped) return;
      try {
        await this.cache(kind).waitFor(0);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error; // It goes on loading; the next one may be there earlier.
      }
      await this.turn();
    }
  }

  /** A custom resource: its cache begins to load at once. */
  addKind(kind: KindInfo): void {
    this.#make(kind).start();
  }

  /** It is served no longer: its watchers end once they have heard of all that was written until now. */
  async removeKind(kind: KindInfo): Promise<void> {
    const cache = this.#caches.get(kind.schema);
    this.#caches.delete(kind.schema);
    if (cache === undefined) return;
    try {
      await cache.waitFor(await this.currentRevision());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // The store is away: its watchers hear of it when they list anew.
    } finally {
      cache.end();
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const cache of this.#caches.values()) cache.stop();
    this.#feed.stop();
  }

  nowMs(): number {
    return this.#world.clock.nowMs();
  }

  monotonicMs(): number {
    return this.#world.clock.monotonicMs();
  }

  /** Between two pieces of work that are long together: what else waits has its turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#world.timers.setImmediate(resolve));
  }

  get ready(): boolean {
    return readByServer.every((kind) => this.cache(kind).loaded);
  }

  /** It loads when it is first waited for. */
  cache(kind: KindInfo): WatchCache {
    const known = this.#caches.get(kind.schema);
    if (known !== undefined) return known;
    if (kind.custom !== undefined)
      throw apiError('NotFound', 'the server could not find the requested resource', { details: {} });
    return this.#make(kind);
  }

  #make(kind: KindInfo): WatchCache {
    const parts = { world: this.#world, store: this.store, feed: this.#feed, log: this.#log };
    const made = new WatchCache(parts, kind);
    this.#caches.set(kind.schema, made);
    return made;
  }

  /** The cache, once it is as new as the store is now (linearizable). */
  async fresh(kind: KindInfo, signal?: AbortSignal): Promise<WatchCache> {
    const cache = this.cache(kind);
    cache.start();
    await cache.waitFor(await this.currentRevision(), signal);
    return cache;
  }

  /** How many objects there are of each kind that was loaded. */
  counts(): { readonly kind: KindInfo; readonly count: number }[] {
    return [...this.#caches.values()]
      .filter((cache) => cache.loaded)
      .map(({ kind, size }) => ({ kind, count: size }));
  }

  /** As it is now (linearizable). */
  async get(kind: KindInfo, namespace: string, name: string): Promise<KubeObject | undefined> {
    const key = objectKey(kind, namespace, name);
    const { kvs } = await guarded(this.store.range({ key }));
    const [kv] = kvs;
    return kv === undefined ? undefined : decodeStored(kind, kv);
  }

  /** The store's revision now: what a read that must be up to date waits for. */
  currentRevision(): Promise<number> {
    return this.#revision.current();
  }

  /**
   * Objects of a kind as they were at one revision, in the order of keys, from behind `after` on and no more than about `limit`.
   * Rejects with Expired (410) when the revision is compacted.
   */
  async pageAt(kind: KindInfo, options: PageOptions): Promise<Listing> {
    const { namespace, after, revision, limit } = options;
    const prefix = collectionPrefix(kind, namespace === '' ? undefined : namespace);
    const key = after === '' ? prefix : bytesOf(`${after}\0`);
    const request = { key, rangeEnd: prefixEnd(prefix), revision, limit };
    const { kvs, more, count } = await guarded(this.store.range(request));
    const { objects, undecodable } = await decodeAll(kind, kvs, new Pace(this));
    const last = kvs.at(-1);
    return {
      objects,
      undecodable: undecodable.map((error) => error.key),
      revision,
      ...(more && last !== undefined ? { rest: { after: textOf(last.key), count: count - kvs.length } } : {}),
    };
  }

  /** Rejects with RacedError when the name is taken or a companion's condition fails. */
  async create(kind: KindInfo, object: KubeObject, options: WriteOptions): Promise<KubeObject> {
    const key = objectKey(kind, object.metadata.namespace ?? '', object.metadata.name);
    return this.#put(kind, key, object, 0, options);
  }

  /** Over the very revision that `object.metadata.resourceVersion` of `before` names. */
  async replace(
    kind: KindInfo,
    before: KubeObject,
    object: KubeObject,
    options: WriteOptions,
  ): Promise<KubeObject> {
    const key = objectKey(kind, object.metadata.namespace ?? '', object.metadata.name);
    return this.#put(kind, key, object, revisionOf(before), options);
  }

  async remove(kind: KindInfo, object: KubeObject, options: WriteOptions): Promise<number> {
    const key = objectKey(kind, object.metadata.namespace ?? '', object.metadata.name);
    const compare: Compare[] = [unchanged(key, revisionOf(object)), ...(options.companions?.compare ?? [])];
    const success: Operation[] = [{ type: 'deleteRange', key }, ...(options.companions?.operations ?? [])];
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { succeeded, header } = await this.store.txn(
          { compare, success, failure: [] },
          callOptions(options),
        );
        if (!succeeded) throw new RacedError(textOf(key));
        return header.revision;
      } catch (error) {
        if (!isAmbiguous(error) || attempt >= writeAttemptsMax) throw asStatus(error);
        const { kvs, header } = await guarded(this.store.range({ key }));
        if (kvs.length === 0) return header.revision;
      }
    }
  }

  async #put(
    kind: KindInfo,
    key: Uint8Array,
    object: KubeObject,
    expected: number,
    options: WriteOptions,
  ): Promise<KubeObject> {
    const value = encodeStored(kind, object);
    const compare: Compare[] = [unchanged(key, expected), ...(options.companions?.compare ?? [])];
    const success: Operation[] = [{ type: 'put', key, value }, ...(options.companions?.operations ?? [])];
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { succeeded, header } = await this.store.txn(
          { compare, success, failure: [] },
          callOptions(options),
        );
        if (!succeeded) throw new RacedError(textOf(key));
        return withRevision(object, header.revision);
      } catch (error) {
        // The answer was lost, for example with the leader: what the key holds now tells whether the write
        // happened.
        if (!isAmbiguous(error) || attempt >= writeAttemptsMax) throw asStatus(error);
        const { kvs } = await guarded(this.store.range({ key }));
        const [kv] = kvs;
        if (kv !== undefined && Buffer.compare(kv.value, value) === 0)
          return withRevision(object, kv.modRevision);
        if ((kv?.modRevision ?? 0) !== expected) throw new RacedError(textOf(key));
      }
    }
  }
}

function withRevision(object: KubeObject, revision: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

function unchanged(key: Uint8Array, revision: number): Compare {
  return { key, target: 'modRevision', result: 'equal', number: revision };
}

export function revisionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion ?? 0);
}

function callOptions(options: WriteOptions): StoreCallOptions {
  return { trace: options.trace };
}

function isAmbiguous(error: unknown): boolean {
  return error instanceof StoreError && error.mayHaveExecuted;
}

export async function guarded<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw asStatus(error);
  }
}

/** The store's errors in Kubernetes' words. */
export function asStatus(error: unknown): unknown {
  if (error instanceof UndecodableError) return statusErrors.internal(error.message);
  if (!(error instanceof StoreError)) return error;
  switch (error.code) {
    case 'compacted':
      return statusErrors.expired('The resourceVersion for the provided list is too old.');
    case 'requestTooLarge':
      return statusErrors.tooLarge(1.5 * 2 ** 20);
    case 'tooManyRequests':
      return statusErrors.tooManyRequests('the store has too many requests; try again', 1);
    case 'timeout':
      return statusErrors.timeout(`request did not complete within the allotted time: ${error.message}`, 1);
    case 'noLeader':
    case 'unavailable':
      return statusErrors.serviceUnavailable(`the store is not available: ${error.message}`);
    default:
      return statusErrors.internal(error.message);
  }
}

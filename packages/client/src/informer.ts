import { ApiError, type KindInfo, type KubeObject } from '@kubelab/api';
import type { Logger, Traceparent } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { Client, KindClient, ListOptions } from './client.js';

const retryDelayMinMs = 50;
const retryDelayMaxMs = 5_000;

export interface InformerHandlers<T> {
  /**
   * `old` is absent for an object that is new here. The trace is of the write behind the change, where it is
   * known.
   */
  changed?(object: T, old: T | undefined, trace: Traceparent | undefined): void;
  deleted?(object: T, trace: Traceparent | undefined): void;
}

export interface InformerOptions extends Omit<ListOptions, 'resourceVersion'> {
  readonly world: World;
  readonly log: Logger;
}

/** `default/web`, or `node-1` for what is in no namespace. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

export function splitKey(key: string): { namespace: string | undefined; name: string } {
  const at = key.indexOf('/');
  return at < 0
    ? { namespace: undefined, name: key }
    : { namespace: key.slice(0, at), name: key.slice(at + 1) };
}

/** Objects by some other key than their own: pods by node, by owner. Kept up with the informer's copy. */
export interface Index<T> {
  get(key: string): T[];
}

/** Objects by namespace, by node, by owner: an object may stand under several keys. */
class ObjectIndex<T extends KubeObject> implements Index<T> {
  readonly #keysOf: (object: T) => readonly string[];
  readonly #byKey = new Map<string, Map<string, T>>();

  constructor(keysOf: (object: T) => readonly string[]) {
    this.#keysOf = keysOf;
  }

  get(key: string): T[] {
    return [...(this.#byKey.get(key)?.values() ?? [])];
  }

  replace(own: string, old: T | undefined, object: T | undefined): void {
    const keep = new Set(object === undefined ? [] : this.#keysOf(object));
    for (const key of old === undefined ? [] : this.#keysOf(old)) {
      if (keep.has(key)) continue;
      const group = this.#byKey.get(key);
      group?.delete(own);
      if (group?.size === 0) this.#byKey.delete(key);
    }
    if (object === undefined) return;
    for (const key of keep) {
      const group = this.#byKey.get(key) ?? new Map<string, T>();
      group.set(own, object);
      this.#byKey.set(key, group);
    }
  }
}

/**
 * A local copy of a kind's objects: list, then watch from there, for ever (client-go's reflector and informer
 * in one). Objects are shared by all who read them: never
 * to be changed.
 */
export class Informer<T extends KubeObject> {
  readonly #client: KindClient<T>;
  readonly #options: InformerOptions;
  readonly #objects = new Map<string, T>();
  readonly #handlers: InformerHandlers<T>[] = [];
  readonly #byNamespace = new ObjectIndex<T>((object) => [object.metadata.namespace ?? '']);
  readonly #indexes: ObjectIndex<T>[] = [this.#byNamespace];
  readonly #stopping = new AbortController();
  readonly #syncWaiters: (() => void)[] = [];
  #synced = false;

  constructor(client: Client, kind: KindInfo, options: InformerOptions) {
    this.#client = client.for<T>(kind);
    this.#options = options;
  }

  /** The first list has been taken in. */
  get synced(): boolean {
    return this.#synced;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
  }

  whenSynced(): Promise<void> {
    return this.#synced ? Promise.resolve() : new Promise((resolve) => this.#syncWaiters.push(resolve));
  }

  /** Tells of every object that is here already, then of changes. */
  handle(handlers: InformerHandlers<T>): void {
    this.#handlers.push(handlers);
    for (const object of this.#objects.values()) handlers.changed?.(object, undefined, undefined);
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  /** Of one namespace. */
  inNamespace(namespace: string | undefined): T[] {
    return this.#byNamespace.get(namespace ?? '');
  }

  /** A further way to look objects up; costs a little at every change, so one per question, not per look. */
  index(keysOf: (object: T) => readonly string[]): Index<T> {
    const index = new ObjectIndex<T>(keysOf);
    for (const [key, object] of this.#objects) index.replace(key, undefined, object);
    this.#indexes.push(index);
    return index;
  }

  async #run(): Promise<void> {
    const { world, log } = this.#options;
    const { signal } = this.#stopping;
    let delayMs = retryDelayMinMs;
    let version: string | undefined;
    while (!signal.aborted) {
      try {
        version ??= await this.#list();
        delayMs = retryDelayMinMs;
        for await (const event of this.#client.watch(
          { ...this.#options, resourceVersion: version },
          signal,
        )) {
          version = event.object.metadata.resourceVersion ?? version;
          if (event.type === 'DELETED') this.#remove(event.object, event.trace);
          else if (event.type !== 'BOOKMARK') this.#put(event.object, event.trace);
        }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (signal.aborted) return;
        // 410: what happened since is not to be had any more; the whole state is.
        if (error.code === 410) version = undefined;
        log.debug({ resource: this.#client.kind.resource, error: error.message }, 'watch broke; it goes on');
      }
      if (signal.aborted) return;
      await world.timers.sleep(delayMs * (0.5 + world.random.next() / 2));
      delayMs = Math.min(retryDelayMaxMs, delayMs * 2);
    }
  }

  async #list(): Promise<string> {
    const { items, resourceVersion } = await this.#client.list(this.#options, {
      signal: this.#stopping.signal,
    });
    const present = new Set(items.map(keyOf));
    for (const [key, object] of [...this.#objects]) if (!present.has(key)) this.#remove(object, undefined);
    for (const item of items) this.#put(item, undefined);
    this.#synced = true;
    for (const wake of this.#syncWaiters.splice(0)) wake();
    return resourceVersion;
  }

  #put(object: T, trace: Traceparent | undefined): void {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    if (old !== undefined && old.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#objects.set(key, object);
    for (const index of this.#indexes) index.replace(key, old, object);
    for (const handler of this.#handlers) handler.changed?.(object, old, trace);
  }

  #remove(object: T, trace: Traceparent | undefined): void {
    const key = keyOf(object);
    const known = this.#objects.get(key);
    this.#objects.delete(key);
    for (const index of this.#indexes) index.replace(key, known, undefined);
    if (known !== undefined) for (const handler of this.#handlers) handler.deleted?.(object, trace);
  }
}

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
    return this.list().filter((object) => object.metadata.namespace === namespace);
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
    for (const handler of this.#handlers) handler.changed?.(object, old, trace);
  }

  #remove(object: T, trace: Traceparent | undefined): void {
    const key = keyOf(object);
    const known = this.#objects.get(key);
    this.#objects.delete(key);
    if (known !== undefined) for (const handler of this.#handlers) handler.deleted?.(object, trace);
  }
}

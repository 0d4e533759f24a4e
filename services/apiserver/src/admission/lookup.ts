import type { KindInfo, KubeObject } from '@kubelab/api';
import { objectKey, textOf } from '../storage/keys.js';
import type { Storage } from '../storage/storage.js';

/**
 * Objects that plugins go by, from the watch cache: as Kubernetes' plugins do, they may miss what was written a
 * moment ago. Waits until the cache has been loaded.
 */
export class Lookup {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async all<T extends KubeObject>(kind: KindInfo, namespace?: string): Promise<readonly T[]> {
    const cache = this.#storage.cache(kind);
    await cache.waitFor(0);
    const objects = cache.all().map((stored) => stored.object as T);
    return namespace === undefined
      ? objects
      : objects.filter(({ metadata }) => metadata.namespace === namespace);
  }

  /** From the cache, else from the store: what somebody has just made exists. */
  async one<T extends KubeObject>(kind: KindInfo, namespace: string, name: string): Promise<T | undefined> {
    const cached = this.#storage.cache(kind).get(textOf(objectKey(kind, namespace, name)))?.object;
    return (cached ?? (await this.#storage.get(kind, namespace, name))) as T | undefined;
  }
}

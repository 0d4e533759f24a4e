import { isKubeObject, type KubeObject } from '@kubelab/api';
import { prefixEnd, type Store, StoreError } from '@kubelab/store';
import type { World } from '@kubelab/world';

const prefix = '/registry/';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One write, as the store has it. */
export interface Change {
  readonly key: string;
  readonly revision: number;
  readonly old: KubeObject | undefined;
  /** Undefined: deleted. */
  readonly object: KubeObject | undefined;
}

/** Every version of every object, in the store's order: what the judges look at, whatever an apiserver says. */
export class History {
  readonly #objects = new Map<string, KubeObject>();
  readonly #listeners: ((change: Change) => void)[] = [];
  readonly #revisions = new Map<string, number>();
  writes = 0;
  revision = 0;

  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  /** Of one kind, by key. */
  list<T extends KubeObject>(kind: string): T[] {
    const found: T[] = [];
    for (const object of this.#objects.values()) if (isOfKind<T>(object, kind)) found.push(object);
    return found;
  }

  all(): KubeObject[] {
    return [...this.#objects.values()];
  }

  entries(): Iterable<[string, KubeObject]> {
    return this.#objects.entries();
  }

  revisionOf(key: string): number | undefined {
    return this.#revisions.get(key);
  }

  /** Follows the store until the run ends. */
  async follow(world: World, store: Store): Promise<void> {
    const key = encoder.encode(prefix);
    for (;;) {
      try {
        const watch = store.watch({ key, rangeEnd: prefixEnd(key), startRevision: this.revision + 1 });
        for await (const { events, header, fragment } of watch) {
          for (const { type, kv } of events)
            this.#take(decoder.decode(kv.key), kv.modRevision, type === 'put' ? kv.value : undefined);
          this.revision = fragment === true ? header.revision - 1 : header.revision;
        }
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (error.code === 'compacted') throw error;
      }
      await world.timers.sleep(200);
    }
  }

  #take(key: string, revision: number, value: Uint8Array | undefined): void {
    const parsed: unknown = value === undefined ? undefined : JSON.parse(decoder.decode(value));
    const object = isKubeObject(parsed) ? parsed : undefined;
    const old = this.#objects.get(key);
    if (object === undefined) this.#objects.delete(key);
    else this.#objects.set(key, object);
    this.#revisions.set(key, revision);
    this.writes += 1;
    this.revision = Math.max(this.revision, revision - 1);
    for (const listener of this.#listeners) listener({ key, revision, old, object });
  }
}

/** The kind's name stands for its type, as in the client. */
function isOfKind<T extends KubeObject>(object: KubeObject, kind: string): object is T {
  return object.kind === kind;
}

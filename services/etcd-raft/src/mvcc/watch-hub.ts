import { isUnbounded, type KeyRange, type KeyValue, type StoreEvent } from '@kubelab/store';
import { keyName, toEvent, type Version } from './key-index.js';

/**
 * A watcher that has been told everything up to the hub's revision. One that has not reads history first
 * (MvccStore.changes).
 */
export interface SyncedWatcher {
  readonly range: KeyRange;
  readonly prevKv: boolean;
  /** First revision that it has not been told. */
  readonly from: number;
  /**
   * Whole revisions: every event of the range up to `through` that was not delivered before. Must not throw.
   */
  deliver(events: readonly StoreEvent[], through: number): void;
  /**
   * The state was replaced by a snapshot; the watcher was removed. It was told everything up to `through`,
   * and is to read history from there.
   */
  resync(through: number): void;
}

interface Bounds {
  readonly low: string;
  /** Undefined: no end. */
  readonly high: string | undefined;
}

/**
 * Who watches what. A change finds watchers of its very key by a map; watchers of ranges are few, and asked
 * one by one.
 */
export class WatchHub {
  readonly #exact = new Map<string, Set<SyncedWatcher>>();
  readonly #ranges = new Map<SyncedWatcher, Bounds>();
  #published = 1;

  get size(): number {
    return [...this.#exact.values()].reduce((sum, watchers) => sum + watchers.size, this.#ranges.size);
  }

  get #watched(): boolean {
    return this.#exact.size > 0 || this.#ranges.size > 0;
  }

  /** The watcher must have been told everything up to the store's revision. Returns what removes it. */
  add(watcher: SyncedWatcher): () => void {
    const { key, rangeEnd } = watcher.range;
    const name = keyName(key);
    if (rangeEnd !== undefined && rangeEnd.byteLength > 0) {
      this.#ranges.set(watcher, { low: name, high: isUnbounded(rangeEnd) ? undefined : keyName(rangeEnd) });
      return () => this.#ranges.delete(watcher);
    }
    const watchers = this.#exact.get(name) ?? new Set();
    this.#exact.set(name, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#exact.get(name) === watchers) this.#exact.delete(name);
    };
  }

  /** Tells watchers of all revisions after the last published one, up to `revision`, in one delivery each. */
  publish(
    revision: number,
    changes: (revision: number) => readonly Version[],
    prevKv: (version: Version) => KeyValue | undefined,
  ): void {
    const batches = new Map<SyncedWatcher, StoreEvent[]>();
    for (let main = this.#published + 1; main <= revision && this.#watched; main += 1)
      for (const version of changes(main)) this.#gather(version, batches, prevKv);
    this.#published = revision;
    for (const [watcher, events] of batches) watcher.deliver(events, revision);
  }

  restored(revision: number): void {
    const told = this.#published;
    this.#published = revision;
    const all = [...this.#ranges.keys(), ...[...this.#exact.values()].flatMap((watchers) => [...watchers])];
    this.#ranges.clear();
    this.#exact.clear();
    for (const watcher of all) watcher.resync(told);
  }

  #gather(
    version: Version,
    batches: Map<SyncedWatcher, StoreEvent[]>,
    prevKv: (version: Version) => KeyValue | undefined,
  ): void {
    const tell = (watcher: SyncedWatcher) => {
      if (version.kv.modRevision < watcher.from) return;
      const before = watcher.prevKv ? prevKv(version) : undefined;
      const event = toEvent(version, before);
      const batch = batches.get(watcher);
      if (batch === undefined) batches.set(watcher, [event]);
      else batch.push(event);
    };
    for (const watcher of this.#exact.get(version.name) ?? []) tell(watcher);
    for (const [watcher, { low, high }] of this.#ranges)
      if (version.name >= low && (high === undefined || version.name < high)) tell(watcher);
  }
}

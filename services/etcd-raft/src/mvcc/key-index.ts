import { isUnbounded, type Key, type KeyRange, type KeyValue, type StoreEvent } from '@kubelab/store';
import { BTree } from './btree.js';

/**
 * One change of one key. Immutable, so that snapshots and watchers may hold on to it. `kv.modRevision` is the
 * main revision;
 * `sub` is its place among the changes of that transaction (etcd: revision {main, sub}).
 */
export interface Version {
  readonly name: KeyName;
  readonly sub: number;
  readonly deleted: boolean;
  readonly kv: KeyValue;
}

/** A key's bytes as a string of char codes 0-255: compares in byte order, hashes, and cannot change. */
export type KeyName = string;

export function keyName(key: Key): KeyName {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

/**
 * Versions of each key, ascending; keys in byte order. A transaction changes a key at most once (validateTxn
 * sees to it), so a key has at most
 * one version per main revision. Worked example: put at 2, delete at 4, put at 7 is [2, 4 deleted, 7]; read
 * at 5 finds 4: absent. Compacted at 5:
 * [7], for the tombstone says nothing that absence does not. Compacted at 4: [4 deleted, 7], for a watch may
 * start at 4.
 */
export class KeyIndex {
  readonly #tree = new BTree<KeyName, Version[]>(undefined, (a, b) => (a < b ? -1 : a > b ? 1 : 0));

  add(version: Version): void {
    const versions = this.#tree.get(version.name);
    if (versions === undefined) this.#tree.set(version.name, [version]);
    else versions.push(version);
  }

  /** The key's state at `revision`; undefined when it was absent. */
  at(name: KeyName, revision: number): Version | undefined {
    return versionAt(this.#tree.get(name), revision);
  }

  /** Live keys of the range at `revision`, in order. */
  visit(range: KeyRange, revision: number, visitor: (version: Version) => void): void {
    const low = keyName(range.key);
    if (range.rangeEnd === undefined || range.rangeEnd.byteLength === 0) {
      const version = this.at(low, revision);
      if (version !== undefined) visitor(version);
      return;
    }
    const unbounded = isUnbounded(range.rangeEnd);
    const high = unbounded ? this.#tree.maxKey() : keyName(range.rangeEnd);
    if (high === undefined) return;
    this.#tree.forRange(low, high, unbounded, (_, versions) => {
      const version = versionAt(versions, revision);
      if (version !== undefined) visitor(version);
    });
  }

  /** Drops what reads at or after `revision` cannot see. Returns the bytes freed. */
  compact(name: KeyName, revision: number): number {
    const versions = this.#tree.get(name) ?? [];
    const newest = versions.findLastIndex((version) => version.kv.modRevision <= revision);
    const kept = versions[newest];
    if (kept === undefined) return 0;
    const dropTombstone = kept.deleted && kept.kv.modRevision < revision;
    const dropped = versions.splice(0, dropTombstone ? newest + 1 : newest);
    if (versions.length === 0) this.#tree.delete(name);
    return dropped.reduce((sum, version) => sum + versionBytes(version), 0);
  }

  /** All versions, by key, then by revision. */
  all(): Version[] {
    const all: Version[] = [];
    this.#tree.forEachPair((_, versions) => {
      for (const version of versions) all.push(version);
    });
    return all;
  }

  clear(): void {
    this.#tree.clear();
  }
}

export function versionBytes(version: Version): number {
  return version.kv.key.byteLength + version.kv.value.byteLength;
}

export function toEvent(version: Version, prevKv: KeyValue | undefined): StoreEvent {
  const type = version.deleted ? 'delete' : 'put';
  return prevKv === undefined ? { type, kv: version.kv } : { type, kv: version.kv, prevKv };
}

function versionAt(versions: readonly Version[] | undefined, revision: number): Version | undefined {
  if (versions === undefined) return undefined;
  let low = 0;
  let high = versions.length;
  const newest = versions[high - 1];
  if (newest !== undefined && newest.kv.modRevision <= revision) low = high;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((versions[middle]?.kv.modRevision ?? 0) <= revision) low = middle + 1;
    else high = middle;
  }
  const found = versions[low - 1];
  return found?.deleted === true ? undefined : found;
}

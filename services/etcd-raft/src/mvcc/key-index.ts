import { isUnbounded, type KeyRange } from '@kubelab/store';
import { type KeyName, keyName, type Version } from './version.js';

/** Keys to a leaf, before it is split in two. */
const leafLengthMax = 512;

/** Reads now, whatever the revision; also within a transaction, whose own changes are the newest. */
export const now = Number.POSITIVE_INFINITY;

/** A key's versions, ascending; most keys have one, and then no list is made for it. */
type Versions = Version | Version[];

/** Parallel lists in byte order of names. `live`: how many of the keys are not deleted now. */
interface Leaf {
  readonly names: KeyName[];
  readonly versions: Versions[];
  live: number;
}

/** Names from `low` to before `high`; `high` undefined: no end. */
export interface NameRange {
  readonly low: KeyName;
  readonly high: KeyName | undefined;
}

/** As nameRange(), of a single key too: no name lies between it and itself with a zero byte behind. */
export function nameBounds(range: KeyRange): NameRange {
  const low = keyName(range.key);
  return nameRange(range) ?? { low, high: `${low}\0` };
}

/** Undefined for a single key. */
export function nameRange(range: KeyRange): NameRange | undefined {
  const { rangeEnd } = range;
  if (rangeEnd === undefined || rangeEnd.byteLength === 0) return undefined;
  return { low: keyName(range.key), high: isUnbounded(rangeEnd) ? undefined : keyName(rangeEnd) };
}

/**
 * Versions of each key, keys in byte order, in leaves of up to 512 keys (a B+ tree of two levels: 10 million keys are
 * some 30,000 leaves, and finding one is a binary search). Each leaf knows how many of its keys live, so that
 * counting a range looks at two leaves and adds up the others.
 */
export class KeyIndex {
  readonly #leaves: Leaf[] = [];
  /** First name of each leaf but the first, whose names may begin anywhere below. */
  readonly #firsts: KeyName[] = [];
  #keys = 0;

  /** Keys with any version, deleted ones too. */
  get size(): number {
    return this.#keys;
  }

  /** Versions are added in order of their revisions. */
  add(version: Version): void {
    const leafAt = this.#leafOf(version.name);
    const leaf = this.#leaves[leafAt];
    if (leaf === undefined) {
      this.#leaves.push({ names: [version.name], versions: [version], live: version.deleted ? 0 : 1 });
      this.#firsts.push(version.name);
      this.#keys += 1;
      return;
    }
    const at = lowerBound(leaf.names, version.name);
    const versions = leaf.versions[at];
    if (versions === undefined || leaf.names[at] !== version.name) {
      leaf.names.splice(at, 0, version.name);
      leaf.versions.splice(at, 0, version);
      leaf.live += version.deleted ? 0 : 1;
      this.#keys += 1;
      if (at === 0) this.#firsts[leafAt] = version.name;
      if (leaf.names.length > leafLengthMax) this.#split(leafAt, leaf, at);
      return;
    }
    const before = newestOf(versions);
    before.supersededAt = version.main;
    leaf.live += (version.deleted ? 0 : 1) - (before.deleted ? 0 : 1);
    if (Array.isArray(versions)) versions.push(version);
    else leaf.versions[at] = [versions, version];
  }

  /** The key's state at `revision`; undefined when it was absent. */
  at(name: KeyName, revision: number): Version | undefined {
    const leaf = this.#leaves[this.#leafOf(name)];
    if (leaf === undefined) return undefined;
    const at = lowerBound(leaf.names, name);
    return leaf.names[at] === name ? liveVersion(leaf.versions[at], revision) : undefined;
  }

  /** All that is kept of a key, ascending. */
  versionsOf(name: KeyName): readonly Version[] {
    const leaf = this.#leaves[this.#leafOf(name)];
    if (leaf === undefined) return [];
    const at = lowerBound(leaf.names, name);
    const versions = leaf.versions[at];
    if (versions === undefined || leaf.names[at] !== name) return [];
    return Array.isArray(versions) ? versions : [versions];
  }

  /** Live keys of the range at `revision`, in order, as long as `visitor` gives true. */
  visit(range: NameRange, revision: number, visitor: (version: Version) => boolean): void {
    const { low, high } = range;
    const first = this.#leafOf(low);
    for (let leafAt = first; leafAt < this.#leaves.length; leafAt += 1) {
      const leaf = this.#leaves[leafAt];
      if (leaf === undefined) return;
      const start = leafAt === first ? lowerBound(leaf.names, low) : 0;
      const end = this.#endIn(leafAt, leaf, high);
      for (let at = start; at < end; at += 1) {
        const version = liveVersion(leaf.versions[at], revision);
        if (version !== undefined && !visitor(version)) return;
      }
      if (end < leaf.names.length) return;
    }
  }

  /** Whether any key lives at `revision`. */
  anyAt(revision: number): boolean {
    let any = false;
    this.visit({ low: '', high: undefined }, revision, () => {
      any = true;
      return false;
    });
    return any;
  }

  /** How many keys of the range live at `revision`. */
  count(range: NameRange, revision: number): number {
    let count = 0;
    if (revision !== now) {
      this.visit(range, revision, () => {
        count += 1;
        return true;
      });
      return count;
    }
    const { low, high } = range;
    const first = this.#leafOf(low);
    for (let leafAt = first; leafAt < this.#leaves.length; leafAt += 1) {
      const leaf = this.#leaves[leafAt];
      if (leaf === undefined) break;
      const start = leafAt === first ? lowerBound(leaf.names, low) : 0;
      const end = this.#endIn(leafAt, leaf, high);
      if (start === 0 && end === leaf.names.length) count += leaf.live;
      else
        for (let at = start; at < end; at += 1)
          if (liveVersion(leaf.versions[at], now) !== undefined) count += 1;
      if (end < leaf.names.length) break;
    }
    return count;
  }

  /** Forgets those versions of a key that compaction at `revision` takes. */
  compact(name: KeyName, revision: number): void {
    const leafAt = this.#leafOf(name);
    const leaf = this.#leaves[leafAt];
    if (leaf === undefined) return;
    const at = lowerBound(leaf.names, name);
    const versions = leaf.versions[at];
    if (versions === undefined || leaf.names[at] !== name) return;
    if (!Array.isArray(versions)) {
      if (versions.compactedBy(revision)) this.#remove(leafAt, leaf, at);
      return;
    }
    const kept = versions.filter((version) => !version.compactedBy(revision));
    const [only] = kept;
    if (only === undefined) this.#remove(leafAt, leaf, at);
    else leaf.versions[at] = kept.length === 1 ? only : kept;
  }

  clear(): void {
    this.#leaves.length = 0;
    this.#firsts.length = 0;
    this.#keys = 0;
  }

  /** The leaf where `name` is or would be: the last whose first name is not above it. */
  #leafOf(name: KeyName): number {
    const firsts = this.#firsts;
    let low = 1;
    let high = firsts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((firsts[middle] ?? '') <= name) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Where names from `high` on begin in a leaf; no search where the next leaf is still below. */
  #endIn(leafAt: number, leaf: Leaf, high: KeyName | undefined): number {
    if (high === undefined) return leaf.names.length;
    const next = this.#firsts[leafAt + 1];
    return next !== undefined && next <= high ? leaf.names.length : lowerBound(leaf.names, high);
  }

  /** In half; after the old names where keys come in order, so that leaves are full then. */
  #split(leafAt: number, leaf: Leaf, addedAt: number): void {
    const appended = leafAt === this.#leaves.length - 1 && addedAt === leaf.names.length - 1;
    const middle = appended ? leaf.names.length - 1 : leaf.names.length >> 1;
    const names = leaf.names.splice(middle);
    const versions = leaf.versions.splice(middle);
    const live = countLive(versions);
    leaf.live -= live;
    this.#leaves.splice(leafAt + 1, 0, { names, versions, live });
    this.#firsts.splice(leafAt + 1, 0, names[0] ?? '');
  }

  /** Only deleted keys are removed, so that `live` stays. */
  #remove(leafAt: number, leaf: Leaf, at: number): void {
    leaf.names.splice(at, 1);
    leaf.versions.splice(at, 1);
    this.#keys -= 1;
    if (leaf.names.length > 0) {
      if (at === 0) this.#firsts[leafAt] = leaf.names[0] ?? '';
      this.#join(leafAt, leaf);
      return;
    }
    this.#leaves.splice(leafAt, 1);
    this.#firsts.splice(leafAt, 1);
  }

  /** A leaf that has become small goes into the one before it, where both fit well. */
  #join(leafAt: number, leaf: Leaf): void {
    const before = this.#leaves[leafAt - 1];
    if (before === undefined || leaf.names.length * 8 > leafLengthMax) return;
    if ((before.names.length + leaf.names.length) * 2 > leafLengthMax) return;
    before.names.push(...leaf.names);
    before.versions.push(...leaf.versions);
    before.live += leaf.live;
    this.#leaves.splice(leafAt, 1);
    this.#firsts.splice(leafAt, 1);
  }
}

function countLive(all: readonly Versions[]): number {
  let live = 0;
  for (const versions of all) if (!newestOf(versions).deleted) live += 1;
  return live;
}

function newestOf(versions: Versions): Version {
  if (!Array.isArray(versions)) return versions;
  const newest = versions.at(-1);
  if (newest === undefined) throw new Error('a key without versions is in the index');
  return newest;
}

function liveVersion(versions: Versions | undefined, revision: number): Version | undefined {
  if (versions === undefined) return undefined;
  const found = Array.isArray(versions) ? newestUpTo(versions, revision) : versions;
  return found === undefined || found.deleted || found.main > revision ? undefined : found;
}

function newestUpTo(versions: readonly Version[], revision: number): Version | undefined {
  let high = versions.length;
  const newest = versions[high - 1];
  if (newest === undefined || newest.main <= revision) return newest;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((versions[middle]?.main ?? 0) <= revision) low = middle + 1;
    else high = middle;
  }
  return versions[low - 1];
}

function lowerBound(names: readonly KeyName[], name: KeyName): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((names[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

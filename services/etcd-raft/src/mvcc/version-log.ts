import type { Version } from './version.js';

/** Versions to a chunk. */
const chunkLength = 2048;

/**
 * All versions that are kept, by (main, sub): etcd's key bucket. Watches read on in it, snapshots and hashes walk it,
 * compaction goes through it a chunk at a time. Who walks it over several turns of the event loop holds compaction off.
 */
export class VersionLog {
  #chunks: Version[][] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(version: Version): void {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.length < chunkLength) last.push(version);
    else this.#chunks.push([version]);
    this.#length += 1;
  }

  /** From main revision `from` on, as long as `visitor` gives true. */
  visit(from: number, visitor: (version: Version) => boolean): void {
    for (let chunk = this.#seek(from); chunk < this.#chunks.length; chunk += 1) {
      const versions = this.#chunks[chunk] ?? [];
      let at = (versions[0]?.main ?? 0) >= from ? 0 : lowerBound(versions, from);
      for (; at < versions.length; at += 1) {
        const version = versions[at];
        if (version !== undefined && !visitor(version)) return;
      }
    }
  }

  /** As of now: neither what is pushed later nor what compaction takes later changes it. Pieces of at most `chunkLength`. */
  pieces(): readonly (readonly Version[])[] {
    const last = this.#chunks.at(-1);
    return last === undefined ? [] : [...this.#chunks.slice(0, -1), [...last]];
  }

  /**
   * Takes what `drops` says out of the chunks, one after the other, up to main revision `through`; each step looks at one
   * chunk and gives what it took. Other calls may come between steps.
   */
  *compact(
    through: number,
    drops: (version: Version) => boolean,
  ): Generator<readonly Version[], void, undefined> {
    try {
      for (let at = 0; at < this.#chunks.length; at += 1) {
        const chunk = this.#chunks[at] ?? [];
        if ((chunk[0]?.main ?? 0) > through) break;
        const kept: Version[] = [];
        const dropped: Version[] = [];
        for (const version of chunk) (drops(version) ? dropped : kept).push(version);
        if (dropped.length > 0) this.#chunks[at] = kept;
        this.#length -= dropped.length;
        yield dropped;
      }
    } finally {
      this.#merge();
    }
  }

  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }

  /** Neighbours that fit into one chunk become one, and empty ones go: else compaction would leave crumbs. */
  #merge(): void {
    const merged: Version[][] = [];
    for (const chunk of this.#chunks) {
      const last = merged.at(-1);
      // A new list: the old ones may be in somebody's pieces().
      if (last !== undefined && last.length + chunk.length <= chunkLength)
        merged[merged.length - 1] = [...last, ...chunk];
      else if (chunk.length > 0) merged.push(chunk);
    }
    this.#chunks = merged;
  }

  /** The chunk in which versions from `from` on begin. Chunks emptied by a compaction under way have no first one. */
  #seek(from: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const last = this.#lastMainUpTo(middle);
      if (last < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #lastMainUpTo(chunk: number): number {
    for (let at = chunk; at >= 0; at -= 1) {
      const last = this.#chunks[at]?.at(-1);
      if (last !== undefined) return last.main;
    }
    return 0;
  }
}

function lowerBound(versions: readonly Version[], main: number): number {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((versions[middle]?.main ?? 0) < main) low = middle + 1;
    else high = middle;
  }
  return low;
}

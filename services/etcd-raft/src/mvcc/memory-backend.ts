import { type Backend, type BackendState, emptyState, MetaMap } from './backend.js';
import { Arena } from './slab.js';
import type { Version } from './version.js';

/** What a version costs beside its body: the object, its name, its places in index and log (measured). */
const versionOverheadBytes = 200;

/** Nothing outlives the process: the log and its snapshots bring the state back. */
export class MemoryBackend implements Backend {
  readonly meta = new MetaMap();
  readonly durableIndex = 0;
  readonly backlogBytes = 0;
  readonly #arena = new Arena();
  #versions = 0;

  get bytes(): number {
    return this.#arena.bytes + this.#versions * versionOverheadBytes + this.meta.bytes;
  }

  get bytesInUse(): number {
    return this.#arena.live + this.#versions * versionOverheadBytes + this.meta.bytes;
  }

  get sparse(): boolean {
    return this.#arena.hasSparse;
  }

  load(): { readonly state: BackendState; readonly versions: Iterable<Version> } {
    return { state: emptyState, versions: [] };
  }

  add(version: Version, parts: readonly Uint8Array[]): void {
    this.#arena.place(version, parts);
    this.#versions += 1;
  }

  body(version: Version): Uint8Array {
    throw new Error(`version ${version.main}.${version.sub} has lost its slab`);
  }

  remove(versions: readonly Version[]): void {
    for (const version of versions) {
      if (version.slab !== undefined) this.#arena.free(version.slab, version.bodyLength);
      version.slab = undefined;
    }
    this.#versions -= versions.length;
  }

  commit(_state: BackendState | undefined): void {
    this.meta.takeDirty();
  }

  async settled(): Promise<void> {
    // Nothing outlives the process, so nothing is waited for.
  }

  clear(): void {
    this.#arena.clear();
    this.meta.clear();
    this.#versions = 0;
  }

  move(version: Version): void {
    this.#arena.move(version);
  }

  async defragment(): Promise<void> {
    // Bodies are moved together by the store, slab by slab; a slab that became empty is gone already.
  }

  async close(): Promise<void> {
    this.clear();
  }
}

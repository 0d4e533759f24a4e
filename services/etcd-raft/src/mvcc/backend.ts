import type { Version } from './version.js';

/**
 * Other durable state (leases, auth, alarms, members) beside the versions, in the same transaction. Reads see what was
 * put and is not committed yet. Part of snapshots and of hash(): only what is the same on all members may lie here.
 */
export interface BackendMeta {
  get(key: string): Uint8Array | undefined;
  put(key: string, value: Uint8Array): void;
  delete(key: string): void;
  /** Keys that begin with `prefix`, in order of keys. */
  entries(prefix: string): readonly (readonly [string, Uint8Array])[];
}

/** What stands beside the versions, committed with them. */
export interface BackendState {
  readonly revision: number;
  readonly compactRevision: number;
  /** Last log index whose effects are in the state. */
  readonly appliedIndex: number;
}

export const emptyState: BackendState = { revision: 1, compactRevision: 0, appliedIndex: 0 };

/**
 * Where versions' bodies and meta lie. The index over them (KeyIndex, VersionLog) is always in memory.
 * add(), clear() and meta.put() take effect together at the next commit(): a crash keeps all of it, or nothing.
 */
export interface Backend {
  readonly meta: BackendMeta;
  /** `appliedIndex` of the last commit that no crash can take back; 0 where nothing outlives the process. */
  readonly durableIndex: number;
  /** Bytes taken, in memory or on disk. */
  readonly bytes: number;
  /** Of them, what is not free for reuse. */
  readonly bytesInUse: number;
  /** Committed and not durable yet; in memory meanwhile. Who proposes holds back above `backlogBytesMax`. */
  readonly backlogBytes: number;
  /** The state as of the last durable commit, and all versions by (main, sub). Once, before anything else. */
  load(): { readonly state: BackendState; readonly versions: Iterable<Version> };
  /** Copies the parts (key, value, trace); the caller's buffers are free afterwards. */
  add(version: Version, parts: readonly Uint8Array[]): void;
  /** A version's body where `version.slab` is undefined. */
  body(version: Version): Uint8Array;
  /**
   * What compaction took. Of committed versions only, and by itself: not before commits made earlier, and not bound to
   * the next one (a state that says "compacted at" is true whether they are gone already or not).
   */
  remove(versions: readonly Version[]): void;
  /** `state` undefined: unfinished, as a restore is on its way; load() would find nothing. Throws when writing has failed. */
  commit(state: BackendState | undefined): void;
  /** Resolves when everything committed so far is durable; rejects when it cannot become so. */
  settled(): Promise<void>;
  /** Drops versions and meta. */
  clear(): void;
  /** True while move() gives memory back. */
  readonly sparse: boolean;
  /** Puts a body that lies in a sparse slab together with others. */
  move(version: Version): void;
  /** Gives free space back to the operating system. */
  defragment(): Promise<void>;
  /** After what was committed is durable. */
  close(): Promise<void>;
}

export const backlogBytesMax = 64 * 1024 * 1024;

/** In memory, for backends whose meta is small enough to be held. */
export class MetaMap implements BackendMeta {
  readonly #values = new Map<string, Uint8Array>();
  readonly #dirty = new Set<string>();
  #bytes = 0;

  get(key: string): Uint8Array | undefined {
    return this.#values.get(key);
  }

  put(key: string, value: Uint8Array): void {
    this.#count(key, -1);
    // Copied: a kept view would keep the whole network or log buffer it lies in.
    this.#values.set(key, new Uint8Array(value));
    this.#count(key, 1);
    this.#dirty.add(key);
  }

  delete(key: string): void {
    this.#count(key, -1);
    if (this.#values.delete(key)) this.#dirty.add(key);
  }

  entries(prefix: string): readonly (readonly [string, Uint8Array])[] {
    const found = [...this.#values].filter(([key]) => key.startsWith(prefix));
    return found.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keys changed since the last call. */
  takeDirty(): readonly string[] {
    const keys = [...this.#dirty];
    this.#dirty.clear();
    return keys;
  }

  clear(): void {
    for (const key of this.#values.keys()) this.#dirty.add(key);
    this.#values.clear();
    this.#bytes = 0;
  }

  #count(key: string, sign: 1 | -1): void {
    const value = this.#values.get(key);
    if (value !== undefined) this.#bytes += sign * (key.length + value.byteLength);
  }
}

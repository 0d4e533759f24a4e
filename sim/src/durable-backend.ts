import {
  type Backend,
  type BackendState,
  emptyState,
  MemoryBackend,
  type MetaMap,
  readRecord,
  recordBytes,
  recordHeadBytes,
  type Version,
  writeRecord,
} from '@kubelab/etcd-raft';
import type { DiskFaults, World } from '@kubelab/world';

/** What a member's database holds, whatever becomes of the member. */
export interface Platter {
  /** Undefined: nothing, or a restore that did not come to its end. */
  state: BackendState | undefined;
  readonly records: Map<string, Buffer>;
  readonly meta: Map<string, Uint8Array>;
}

export function emptyPlatter(): Platter {
  return { state: undefined, records: new Map(), meta: new Map() };
}

/** What one commit writes, and what compaction took before it. */
interface Batch {
  readonly state: BackendState | undefined;
  readonly cleared: boolean;
  readonly removed: readonly string[];
  readonly added: readonly (readonly [string, Buffer])[];
  readonly meta: readonly (readonly [string, Uint8Array | undefined])[];
}

/** A write of the database takes so long at most; what is committed meanwhile goes with the next one. */
const writeMsMax = 60;
const retryMs = 50;

/**
 * A database with the promises of the one on disk: commits become durable later, in order, whole, several at once; a crash
 * keeps those that were. While the host's disk fails nothing becomes durable.
 */
export class DurableBackend implements Backend {
  readonly #memory = new MemoryBackend();
  readonly meta: MetaMap = this.#memory.meta;
  readonly #world: World;
  readonly #platter: Platter;
  readonly #faults: () => DiskFaults;
  #durableIndex = 0;
  #cleared = false;
  #added: Version[] = [];
  #removed: string[] = [];
  #batches: Batch[] = [];
  #writing = false;
  #waiting: (() => void)[] = [];

  constructor(world: World, platter: Platter, faults: () => DiskFaults) {
    this.#world = world;
    this.#platter = platter;
    this.#faults = faults;
  }

  get durableIndex(): number {
    return this.#durableIndex;
  }

  get bytes(): number {
    return this.#memory.bytes;
  }

  get bytesInUse(): number {
    return this.#memory.bytesInUse;
  }

  get backlogBytes(): number {
    return 0;
  }

  get sparse(): boolean {
    return this.#memory.sparse;
  }

  load(): { readonly state: BackendState; readonly versions: Iterable<Version> } {
    const { state, records, meta } = this.#platter;
    if (state === undefined) {
      records.clear();
      meta.clear();
      return { state: emptyState, versions: [] };
    }
    for (const [key, value] of meta) this.meta.put(key, value);
    this.meta.takeDirty();
    this.#durableIndex = state.appliedIndex;
    const versions = [...records.values()].map((record) => {
      const version = readRecord(record);
      this.#memory.add(version, [record.subarray(recordHeadBytes)]);
      return version;
    });
    return { state, versions: versions.sort((a, b) => a.main - b.main || a.sub - b.sub) };
  }

  add(version: Version, parts: readonly Uint8Array[]): void {
    this.#memory.add(version, parts);
    this.#added.push(version);
  }

  body(version: Version): Uint8Array {
    return this.#memory.body(version);
  }

  remove(versions: readonly Version[]): void {
    this.#memory.remove(versions);
    this.#removed.push(...versions.map(keyOf));
  }

  commit(state: BackendState | undefined): void {
    const meta = this.meta.takeDirty().map((key) => [key, this.meta.get(key)] as const);
    const added = this.#added.map((version) => [keyOf(version), recordOf(version)] as const);
    this.#batches.push({ state, cleared: this.#cleared, removed: this.#removed, added, meta });
    this.#cleared = false;
    this.#added = [];
    this.#removed = [];
    if (!this.#writing) void this.#write();
  }

  settled(): Promise<void> {
    if (this.#batches.length === 0 && !this.#writing) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  clear(): void {
    this.#memory.clear();
    this.#cleared = true;
    this.#added = [];
    this.#removed = [];
  }

  move(version: Version): void {
    this.#memory.move(version);
  }

  async defragment(): Promise<void> {
    await this.settled();
  }

  async close(): Promise<void> {
    await this.settled();
    this.#memory.clear();
  }

  async #write(): Promise<void> {
    const { timers, random } = this.#world;
    this.#writing = true;
    while (this.#batches.length > 0) {
      const batches = this.#batches.splice(0);
      await timers.sleep(random.next() * writeMsMax);
      while (this.#faults().failing || this.#faults().full) await timers.sleep(retryMs);
      for (const batch of batches) this.#settle(batch);
    }
    this.#writing = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #settle({ state, cleared, removed, added, meta }: Batch): void {
    const platter = this.#platter;
    if (cleared) {
      platter.records.clear();
      platter.meta.clear();
    }
    for (const key of removed) platter.records.delete(key);
    for (const [key, record] of added) platter.records.set(key, record);
    for (const [key, value] of meta) {
      if (value === undefined) platter.meta.delete(key);
      else platter.meta.set(key, value);
    }
    platter.state = state;
    this.#durableIndex = state?.appliedIndex ?? 0;
  }
}

function keyOf({ main, sub }: Version): string {
  return `${main}.${sub}`;
}

function recordOf(version: Version): Buffer {
  const { slab, at, bodyLength } = version;
  const record = Buffer.alloc(recordBytes(version));
  if (slab !== undefined) writeRecord(record, 0, version, slab.bytes.subarray(at, at + bodyLength));
  return record;
}

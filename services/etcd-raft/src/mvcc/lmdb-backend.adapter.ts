import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { open as openForSync, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { type Backend, type BackendState, emptyState, MetaMap } from './backend.js';
import { Arena } from './slab.js';
import {
  readRecord,
  recordBytes,
  recordHeadBytes,
  type Version,
  type VersionFields,
  writeRecord,
} from './version.js';

export interface LmdbBackendOptions {
  /** A file; beside it lies its lock, `<path>-lock`. */
  readonly path: string;
  /** Between the begins of two transactions: what is committed meanwhile goes into one (etcd: backend-batch-interval). */
  readonly writeIntervalMs?: number;
  /** Bodies written last that stay in memory: watches, and reads of what was just written, find them there. */
  readonly cacheBytesMax?: number;
}

const defaults = { writeIntervalMs: 100, cacheBytesMax: 16 * 1024 * 1024 };

/**
 * Commits are gathered into one transaction up to this (a larger commit is one by itself), and it is not waited for more. What is
 * encoded in one go holds up the event loop: this much for some milliseconds.
 */
const gatheredBytesMax = 1024 * 1024;

/**
 * Keys: 1 (state); 2 and the first 16 bytes of SHA-256 over a meta key; 3, f64 main, u32 sub (big-endian: they sort as revisions do).
 * Values: state as three f64 (revision, compactRevision, appliedIndex) behind u8 format version; meta as u32 length of the key,
 * key, value; versions as records (version.ts). Without a state the rest is what a crash left of a restore, and worth nothing.
 */
const formatVersion = 1;
const stateKey = Buffer.of(1);
const metaStart = Buffer.of(2);
const versionsStart = Buffer.of(3);
const versionsEnd = Buffer.of(4);
const versionKeyBytes = 13;

/** What is to be written in one transaction. */
interface Gathered {
  /** Undefined: as it was. Its `value` undefined: none from now on, the file is unfinished. */
  state: { readonly value: BackendState | undefined } | undefined;
  readonly added: Set<Version>;
  readonly removed: Version[];
  readonly meta: Map<string, Uint8Array | undefined>;
  /** Everything written before goes first. */
  clears: boolean;
  bytes: number;
}

function nothingGathered(): Gathered {
  return { state: undefined, added: new Set(), removed: [], meta: new Map(), clears: false, bytes: 0 };
}

/**
 * Bodies and meta in an LMDB file (npm lmdb). Each transaction holds what whole commits changed together with the applied index of
 * the last of them. It is written and flushed by a thread of the library, one at a time, while this one goes on; what is committed
 * meanwhile is gathered for the next. Until a transaction is durable its bodies stay in memory and `durableIndex` does not
 * move: a crash takes back whole commits, which the log then applies again.
 */
export class LmdbBackend implements Backend {
  readonly meta = new MetaMap();
  readonly #path: string;
  readonly #writeIntervalMs: number;
  readonly #cacheBytesMax: number;
  #arena = new Arena();
  /** One more with each clear(): what was there before is nobody's. */
  #epoch = 0;
  #database: RootDatabase<Buffer, Buffer>;
  /** Added since the last commit(). */
  #uncommitted: Version[] = [];
  #uncommittedBytes = 0;
  #cleared = false;
  /** Committed; a transaction each, in this order. */
  #queue: Gathered[] = [];
  #queuedBytes = 0;
  #writing: Promise<void> | undefined;
  #writingBytes = 0;
  #writeTimer: NodeJS.Timeout | undefined;
  #lastWriteMs = Number.NEGATIVE_INFINITY;
  /** Bodies that are durable and still in memory, oldest first. */
  readonly #cached: { readonly versions: readonly Version[]; readonly bytes: number }[] = [];
  #cachedBytes = 0;
  #durableIndex = 0;
  /** As of the last transaction. */
  #fileBytes: FileBytes;
  #failure: unknown;
  #defragments = 0;
  readonly #scratchKey = Buffer.alloc(versionKeyBytes, versionsStart);

  constructor(options: LmdbBackendOptions) {
    this.#path = options.path;
    this.#writeIntervalMs = options.writeIntervalMs ?? defaults.writeIntervalMs;
    this.#cacheBytesMax = options.cacheBytesMax ?? defaults.cacheBytesMax;
    for (const file of readdirSync(dirname(this.#path)))
      if (file.startsWith(`${basename(this.#path)}.defragment-`)) rmSync(join(dirname(this.#path), file));
    this.#database = openFile(this.#path);
    this.#fileBytes = fileBytes(this.#database);
  }

  get durableIndex(): number {
    return this.#durableIndex;
  }

  get bytes(): number {
    return this.#fileBytes.all + this.backlogBytes;
  }

  get bytesInUse(): number {
    return this.#fileBytes.used + this.backlogBytes;
  }

  get backlogBytes(): number {
    return this.#queuedBytes + this.#writingBytes;
  }

  load(): { readonly state: BackendState; readonly versions: Iterable<Version> } {
    const bytes = this.#database.get(stateKey);
    if (bytes === undefined) {
      this.#database.clearSync();
      return { state: emptyState, versions: [] };
    }
    const state = decodeState(bytes);
    for (const { value } of this.#database.getRange({ start: metaStart, end: versionsStart })) {
      const length = value.readUInt32BE(0);
      this.meta.put(value.toString('utf8', 4, 4 + length), value.subarray(4 + length));
    }
    this.meta.takeDirty();
    this.#durableIndex = state.appliedIndex;
    const versions = this.#database
      .getRange({ start: versionsStart, end: versionsEnd })
      .map(({ value }) => readRecord(value));
    return { state, versions };
  }

  add(version: Version, parts: readonly Uint8Array[]): void {
    this.#arena.place(version, parts);
    this.#uncommitted.push(version);
    this.#uncommittedBytes += recordBytes(version);
  }

  body(version: Version): Uint8Array {
    writeVersionKey(this.#scratchKey, version);
    const record = this.#database.getBinaryFast(this.#scratchKey);
    if (record?.length !== recordBytes(version))
      throw new Error(`${this.#path} has lost version ${version.main}.${version.sub}: restore it`);
    return Buffer.from(record.subarray(recordHeadBytes, record.length));
  }

  remove(versions: readonly Version[]): void {
    const gathered = this.#lastGathered();
    for (const version of versions) {
      if (version.slab !== undefined) this.#arena.free(version.slab, version.bodyLength);
      version.slab = undefined;
      if (this.#queue.some(({ added }) => added.delete(version))) continue;
      gathered.removed.push(version);
      this.#count(gathered, versionKeyBytes);
    }
    this.#writeSoon();
  }

  commit(state: BackendState | undefined): void {
    if (this.#failure !== undefined)
      throw new Error(`${this.#path} cannot be written`, { cause: this.#failure });
    if (this.#cleared) {
      this.#queue = [{ ...nothingGathered(), clears: true }];
      this.#queuedBytes = 0;
    }
    const gathered = this.#lastGathered();
    gathered.state = { value: state };
    for (const version of this.#uncommitted) gathered.added.add(version);
    this.#count(gathered, this.#uncommittedBytes);
    for (const key of this.meta.takeDirty()) {
      const value = this.meta.get(key);
      gathered.meta.set(key, value);
      this.#count(gathered, key.length + (value?.byteLength ?? 0));
    }
    this.#cleared = false;
    this.#uncommitted = [];
    this.#uncommittedBytes = 0;
    this.#writeSoon();
  }

  async settled(): Promise<void> {
    while (this.#failure === undefined && (this.#writing !== undefined || this.#queue.length > 0)) {
      this.#write();
      await this.#writing;
    }
    if (this.#failure !== undefined)
      throw new Error(`${this.#path} cannot be written`, { cause: this.#failure });
  }

  clear(): void {
    this.meta.clear();
    this.#arena = new Arena();
    this.#epoch += 1;
    this.#cached.length = 0;
    this.#cachedBytes = 0;
    this.#uncommitted = [];
    this.#uncommittedBytes = 0;
    this.#cleared = true;
  }

  /** Bodies in memory are a cache, first in first out: no slab stays sparse for long. */
  readonly sparse = false;

  move(_version: Version): void {
    // See `sparse`.
  }

  /** Copies what is in use into a new file that takes the place of this one, while reads go on in the old. */
  async defragment(): Promise<void> {
    await this.settled();
    this.#defragments += 1;
    const path = `${this.#path}.defragment-${this.#defragments}`;
    this.#writing = this.#replaceBy(path).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
    this.#writeSoon();
  }

  async close(): Promise<void> {
    try {
      await this.settled();
    } finally {
      clearTimeout(this.#writeTimer);
      await this.#database.close();
    }
  }

  #lastGathered(): Gathered {
    const last = this.#queue.at(-1);
    if (last !== undefined && last.bytes < gatheredBytesMax) return last;
    const gathered = nothingGathered();
    this.#queue.push(gathered);
    return gathered;
  }

  #count(gathered: Gathered, bytes: number): void {
    gathered.bytes += bytes;
    this.#queuedBytes += bytes;
  }

  #writeSoon(): void {
    const [next] = this.#queue;
    if (this.#writing !== undefined || next === undefined || this.#failure !== undefined) return;
    if (next.bytes >= gatheredBytesMax) this.#write();
    else if (this.#writeTimer === undefined) {
      const delayMs = this.#lastWriteMs + this.#writeIntervalMs - performance.now();
      this.#writeTimer = setTimeout(() => this.#write(), Math.max(0, delayMs));
    }
  }

  #write(): void {
    clearTimeout(this.#writeTimer);
    this.#writeTimer = undefined;
    if (this.#writing !== undefined || this.#failure !== undefined) return;
    const gathered = this.#queue.shift();
    if (gathered === undefined) return;
    this.#queuedBytes -= gathered.bytes;
    this.#writingBytes = gathered.bytes;
    this.#lastWriteMs = performance.now();
    this.#writing = this.#writeOut(gathered)
      .catch((error: unknown) => {
        this.#failure = error ?? new Error('unknown');
      })
      .finally(() => {
        this.#writing = undefined;
        this.#writingBytes = 0;
        this.#writeSoon();
      });
  }

  async #writeOut(gathered: Gathered): Promise<void> {
    const database = this.#database;
    const epoch = this.#epoch;
    if (gathered.clears) {
      this.#durableIndex = 0;
      await database.remove(stateKey);
      await database.clearAsync();
    }
    const durable = await this.#transaction(database, gathered);
    if (!durable) throw new Error('a transaction was not executed');
    database.resetReadTxn();
    this.#fileBytes = fileBytes(database);
    if (epoch !== this.#epoch) return;
    if (gathered.state !== undefined) this.#durableIndex = gathered.state.value?.appliedIndex ?? 0;
    this.#cache(gathered);
  }

  /** Resolves when it is durable. */
  #transaction(database: RootDatabase<Buffer, Buffer>, gathered: Gathered): Promise<boolean> {
    const { state, added, removed, meta } = gathered;
    let bytes = 0;
    for (const version of added) bytes += recordBytes(version);
    // The library holds on to what it was given until it is written.
    const records = Buffer.allocUnsafeSlow(bytes);
    return database.batch(() => {
      let at = 0;
      for (const version of added) {
        const { slab, bodyLength } = version;
        // Compaction took it meanwhile.
        if (slab === undefined) continue;
        writeRecord(records, at, version, slab.bytes.subarray(version.at, version.at + bodyLength));
        const end = at + recordBytes(version);
        database.put(versionKey(version), records.subarray(at, end));
        at = end;
      }
      for (const version of removed) database.remove(versionKey(version));
      for (const [key, value] of meta)
        if (value === undefined) database.remove(metaKey(key));
        else database.put(metaKey(key), metaRecord(key, value));
      if (state?.value !== undefined) database.put(stateKey, encodeState(state.value));
      else if (state !== undefined) database.remove(stateKey);
    });
  }

  /** Bodies that the file has now stay in memory for a while. */
  #cache({ added }: Gathered): void {
    let bytes = 0;
    for (const { bodyLength } of added) bytes += bodyLength;
    this.#cached.push({ versions: [...added], bytes });
    this.#cachedBytes += bytes;
    while (this.#cachedBytes > this.#cacheBytesMax) {
      const oldest = this.#cached.shift();
      if (oldest === undefined) return;
      this.#cachedBytes -= oldest.bytes;
      for (const version of oldest.versions) {
        if (version.slab !== undefined) this.#arena.free(version.slab, version.bodyLength);
        version.slab = undefined;
      }
    }
  }

  async #replaceBy(path: string): Promise<void> {
    const old = this.#database;
    await old.backup(path, true);
    await sync(path);
    const database = openFile(path);
    // Open files do not mind their names. A crash before this line leaves the old file, one after it the new one.
    await rename(path, this.#path);
    await sync(dirname(this.#path));
    this.#database = database;
    this.#fileBytes = fileBytes(database);
    await old.close();
    rmSync(`${path}-lock`, { force: true });
  }
}

function openFile(path: string): RootDatabase<Buffer, Buffer> {
  return open<Buffer, Buffer>({
    path,
    noSubdir: true,
    encoding: 'binary',
    keyEncoding: 'binary',
    // A transaction's promise resolves when it is flushed, and LMDB's own order of writes holds: pages, flush, then the page that
    // makes them count. (Otherwise the library resolves before the flush.)
    overlappingSync: false,
  });
}

/** A file or a directory, to the disk. */
async function sync(path: string): Promise<void> {
  const handle = await openForSync(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function encodeState({ revision, compactRevision, appliedIndex }: BackendState): Buffer {
  const bytes = Buffer.alloc(25, formatVersion);
  for (const [at, value] of [revision, compactRevision, appliedIndex].entries())
    bytes.writeDoubleBE(value, 1 + 8 * at);
  return bytes;
}

function decodeState(bytes: Buffer): BackendState {
  const format = bytes.readUInt8(0);
  if (format !== formatVersion)
    throw new Error(`the store has format ${format}, this member reads ${formatVersion}: restore it`);
  return {
    revision: bytes.readDoubleBE(1),
    compactRevision: bytes.readDoubleBE(9),
    appliedIndex: bytes.readDoubleBE(17),
  };
}

function versionKey(version: VersionFields): Buffer {
  const key = Buffer.allocUnsafe(versionKeyBytes);
  writeVersionKey(key, version);
  return key;
}

function writeVersionKey(key: Buffer, { main, sub }: VersionFields): void {
  key.set(versionsStart, 0);
  key.writeDoubleBE(main, 1);
  key.writeUInt32BE(sub, 9);
}

/** LMDB's keys are bounded, ours are not. */
function metaKey(key: string): Buffer {
  return Buffer.concat([metaStart, createHash('sha256').update(key).digest().subarray(0, 16)]);
}

function metaRecord(key: string, value: Uint8Array): Buffer {
  const name = Buffer.from(key);
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(name.byteLength);
  return Buffer.concat([length, name, value]);
}

interface FileBytes {
  readonly all: number;
  readonly used: number;
}

/** By what getStats() tells, which the library leaves untyped. */
function fileBytes(database: RootDatabase<Buffer, Buffer>): FileBytes {
  const stats = new Map<string, unknown>(Object.entries(database.getStats()));
  const number = (name: string): number => {
    const value = stats.get(name);
    if (typeof value !== 'number') throw new Error(`lmdb does not tell ${name}`);
    return value;
  };
  const pageBytes = number('pageSize');
  // Two pages say which transaction counts.
  const used = 2 + number('treeBranchPageCount') + number('treeLeafPageCount') + number('overflowPages');
  return { all: (number('lastPageNumber') + 1) * pageBytes, used: used * pageBytes };
}

import {
  type Key,
  type KeyRange,
  type KeyValue,
  type RangeRequest,
  type ResponseHeader,
  type StoreError,
  type StoreEvent,
  storeError,
  type TxnRequest,
} from '@kubelab/store';
import type { Traceparent } from '@kubelab/telemetry';
import type { Timers } from '@kubelab/world';
import type { PlantedBug } from '../raft/types.js';
import type { Backend, BackendMeta, BackendState } from './backend.js';
import { type HashedVersions, hashMeta, hashVersions, keptAt } from './hash.js';
import { KeyIndex, nameBounds, now } from './key-index.js';
import { type RangeResult, readRange } from './range.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';
import { validateRange, validateTxn } from './txn.js';
import { toKeyValue, type Version } from './version.js';
import { VersionLog } from './version-log.js';
import { WatchHub } from './watch-hub.js';
import { type Leases, type Reads, runTxn, type Target, type TxnResult, Writing } from './writing.js';

export interface MvccStoreOptions {
  readonly backend: Backend;
  readonly leases: Leases;
  /** Long work (compaction, hashes, restore, watches that read history) goes on in pieces, one a turn of the event loop. */
  readonly timers: Pick<Timers, 'setImmediate'>;
  /** What watch responses begin with. */
  readonly header: (revision: number) => ResponseHeader;
  readonly plantedBug?: PlantedBug | undefined;
}

export interface HashResult {
  /** CRC-32C. */
  readonly hash: number;
  /** That was hashed. */
  readonly revision: number;
  readonly compactRevision: number;
}

/**
 * etcd's multi-version key-value store (https://etcd.io/docs/v3.5/learning/data_model/). An empty store is at revision 1.
 * txn(), deleteKeys() and compact() are what log entries do: deterministic, and in effect at once for reads; commit() then makes
 * a batch of them one unit for the backend and tells watchers. Reads are answered from the index in memory, bodies from where
 * they lie (memory, or the backend). Compaction is in effect at once; what it frees is freed piece by piece afterwards.
 */
export class MvccStore {
  readonly hub: WatchHub;
  readonly #backend: Backend;
  readonly #leases: Leases;
  readonly #timers: Pick<Timers, 'setImmediate'>;
  /** What transactions write to and read. */
  readonly #target: Target;
  readonly #reads: Reads;
  readonly #index = new KeyIndex();
  readonly #log = new VersionLog();
  #revision: number;
  #compactRevision: number;
  #appliedIndex: number;
  /** compactRevision as of the last commit; and up to where versions were freed. */
  #compactCommitted: number;
  #compactDone = 0;
  #compacting: Promise<void> | undefined;
  /** Readers of many versions over several turns: while there are any, compaction frees nothing. */
  #holds = 0;
  #released: (() => void)[] = [];
  /** One more with each restore(): work on the state before it ends. */
  #generation = 0;
  #restoring = false;
  #closed = false;

  /** Loads what the backend has: in one go, some seconds a million versions where they lie on disk. */
  constructor(options: MvccStoreOptions) {
    this.#backend = options.backend;
    this.#leases = options.leases;
    this.#timers = options.timers;
    this.#target = {
      at: (name) => this.#index.at(name, now),
      visit: (range, visitor) => this.#index.visit(range, now, visitor),
      toKv: this.#toKv,
      leases: options.leases,
      write: (version, parts) => {
        this.#backend.add(version, parts);
        this.#take(version);
      },
    };
    this.#reads = { refuse: (range) => this.#refuseRange(range), read: (range) => this.#read(range) };
    const { state, versions } = options.backend.load();
    for (const version of versions) this.#take(version);
    this.#revision = state.revision;
    this.#compactRevision = state.compactRevision;
    this.#compactCommitted = state.compactRevision;
    this.#appliedIndex = state.appliedIndex;
    this.hub = new WatchHub({
      source: {
        revision: () => this.#revision,
        compactRevision: () => this.#compactRevision,
        visit: (from, visitor) => this.#log.visit(from, visitor),
        versionsOf: (name) => this.#index.versionsOf(name),
        toEvent: this.#toEvent,
      },
      header: options.header,
      nextTurn: this.#nextTurn,
      plantedBug: options.plantedBug,
    });
    // What a crash left of a compaction.
    this.#freeCompacted();
  }

  get revision(): number {
    return this.#revision;
  }

  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** Of the last commit(), or of what was loaded or restored. */
  get appliedIndex(): number {
    return this.#appliedIndex;
  }

  /** `appliedIndex` of the last commit that no crash takes back; 0 where nothing outlives the process. */
  get durableIndex(): number {
    return this.#backend.durableIndex;
  }

  /** Durable state of others, in the same transactions. */
  get meta(): BackendMeta {
    return this.#backend.meta;
  }

  get bytes(): number {
    return this.#backend.bytes;
  }

  get bytesInUse(): number {
    return this.#backend.bytesInUse;
  }

  /** Committed and not durable yet: held in memory meanwhile. */
  get backlogBytes(): number {
    return this.#backend.backlogBytes;
  }

  /** Keys with any version that is kept, and versions that are kept. */
  get counts(): { readonly keys: number; readonly versions: number } {
    return { keys: this.#index.size, versions: this.#log.length };
  }

  /** A refused request changes nothing and is a value; it is refused alike on all members. */
  txn(request: TxnRequest, trace: Traceparent | undefined): TxnResult | StoreError {
    const writing = new Writing(this.#revision, trace, this.#target);
    const result = validateTxn(request) ?? runTxn(request, writing, this.#reads);
    this.#revision = writing.revision;
    return result;
  }

  /** As one revision, in byte order; none when no key of them lives. For the end of a lease. */
  deleteKeys(keys: readonly Key[], trace: Traceparent | undefined): number {
    const writing = new Writing(this.#revision, trace, this.#target);
    writing.deleteKeys(keys);
    this.#revision = writing.revision;
    return this.#revision;
  }

  /** `compacted` and `futureRevision` as etcd. In effect at once; physicallyCompacted() tells when space is free. */
  compact(revision: number): { readonly revision: number } | StoreError {
    if (revision > this.#revision) return storeError('futureRevision');
    if (revision <= this.#compactRevision) return this.#compactedError();
    this.#compactRevision = revision;
    return { revision: this.#revision };
  }

  /** Resolves when what compactions up to the last commit() took is freed. */
  async physicallyCompacted(): Promise<void> {
    while (this.#compacting !== undefined) await this.#compacting;
  }

  range(request: RangeRequest): RangeResult | StoreError {
    if (this.#restoring) return storeError('unavailable');
    return validateRange(request) ?? this.#refuseRange(request) ?? this.#read(request);
  }

  /**
   * Events of the range from revision `from`, of whole revisions, until about `eventsMax`. `through`: every event up to it is
   * included.
   */
  changes(
    range: KeyRange,
    options: { readonly from: number; readonly eventsMax: number; readonly prevKv: boolean },
  ): { readonly events: readonly StoreEvent[]; readonly through: number } | StoreError {
    const { from, eventsMax, prevKv } = options;
    if (from < this.#compactRevision) return this.#compactedError();
    const events: StoreEvent[] = [];
    const names = nameBounds(range);
    let through = this.#revision;
    this.#log.visit(from, (version) => {
      if (events.length >= eventsMax && (events.at(-1)?.kv.modRevision ?? 0) < version.main) {
        through = version.main - 1;
        return false;
      }
      if (version.name >= names.low && (names.high === undefined || version.name < names.high))
        events.push(this.#toEvent(version, prevKv));
      return true;
    });
    return { events, through };
  }

  /** Leases are not told of keys that were loaded or restored, but when asked: they have to be loaded first. */
  attachLeases(): void {
    for (const piece of this.#log.pieces())
      for (const { name, lease, supersededAt } of piece)
        if (lease !== 0n && supersededAt === 0) this.#leases.attach(Buffer.from(name, 'latin1'), lease);
  }

  /** Ends a batch: all of it and `appliedIndex` become durable together, or nothing. Then watchers are told. */
  commit(appliedIndex: number): void {
    this.#appliedIndex = appliedIndex;
    this.#backend.commit(this.#state());
    this.#compactCommitted = this.#compactRevision;
    this.hub.publish();
    this.#freeCompacted();
  }

  /**
   * The state as of the last commit(), as bytes (format: snapshot.ts); to be called between commit() and the next change. Read
   * it to the end, or end it by return(): as long as it is read, compaction frees nothing.
   */
  snapshot(): IterableIterator<Uint8Array> {
    const bodies = (version: Version) => this.#body(version);
    const parts = { state: this.#state(), meta: this.meta.entries(''), pieces: this.#log.pieces() };
    const chunks = writeSnapshot(parts, bodies);
    return this.#held(chunks);
  }

  /**
   * As snapshot(), for who writes another format. Until release() is called, compaction frees nothing; body() throws when the
   * state was replaced meanwhile.
   */
  view(): StoreView {
    const generation = this.#generation;
    const release = once(() => this.#release());
    this.#holds += 1;
    const body = (version: Version) => {
      if (generation !== this.#generation) throw storeError('unavailable');
      return this.#body(version);
    };
    return { state: this.#state(), pieces: this.#log.pieces(), body, release };
  }

  /**
   * Replaces everything, meta too. Until it resolves, reads are refused and nothing else may be called. Rejects with the old state
   * gone. Watches go on from history where that reaches back far enough. The owner then loads what it has in meta, and
   * calls attachLeases().
   */
  async restore(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    this.#restoring = true;
    this.#abandon();
    this.hub.pause();
    await this.physicallyCompacted();
    this.#clear();
    const { meta } = this;
    const restored = await readSnapshot(chunks, {
      meta: (key, value) => meta.put(key, value),
      version: (version, body) => {
        this.#backend.add(version, [body]);
        this.#take(version);
      },
      pieceEnds: async () => {
        this.#backend.commit(undefined);
        if (this.#backend.backlogBytes > restoreBacklogBytesMax) await this.#backend.settled();
        else await this.#nextTurn();
      },
    }).catch((error: unknown) => {
      this.#clear();
      this.#backend.commit(undefined);
      throw error;
    });
    this.#revision = restored.revision;
    this.#compactRevision = restored.compactRevision;
    this.#compactCommitted = restored.compactRevision;
    this.#compactDone = restored.compactRevision;
    this.#appliedIndex = restored.appliedIndex;
    this.#backend.commit(this.#state());
    await this.#backend.settled();
    this.#restoring = false;
    this.hub.restored();
  }

  /** Of versions and meta, compacted ones left out: equal on members that applied the same entries. */
  async hash(): Promise<HashResult> {
    const { hashed, result } = this.#hashing(this.#revision);
    const meta = this.meta.entries('');
    const hash = hashMeta(await this.#inPieces(hashVersions(hashed)), meta);
    return { ...result, hash };
  }

  /** As etcd: of keys as they stood at `revision` (0: now), with what changed between the compacted revision and it. */
  async hashKv(revision: number): Promise<HashResult | StoreError> {
    const error = this.#refuseRevision(revision);
    if (error !== undefined) return error;
    const { hashed, result } = this.#hashing(revision === 0 ? this.#revision : revision);
    return { ...result, hash: await this.#inPieces(hashVersions(hashed)) };
  }

  /** hash() in one go, for those who compare members at each step: simulations. */
  hashNow(): HashResult {
    const { hashed, result } = this.#hashing(this.#revision);
    return { ...result, hash: hashMeta(toEnd(hashVersions(hashed)), this.meta.entries('')) };
  }

  /** Moves what is left in sparse memory together, and lets the backend give back what is free. */
  async defragment(): Promise<void> {
    await this.physicallyCompacted();
    await this.#moveSparse();
    await this.#backend.defragment();
  }

  /** Watches are canceled with `reason`; what was committed is durable when it resolves. */
  async close(reason: string): Promise<void> {
    this.#closed = true;
    this.#abandon();
    this.hub.close(reason);
    await this.physicallyCompacted();
    await this.#backend.close();
  }

  #take(version: Version): void {
    this.#index.add(version);
    this.#log.push(version);
  }

  #read(request: RangeRequest): RangeResult {
    const { revision = 0 } = request;
    return readRange(this.#index, request, revision <= 0 ? now : revision, this.#toKv);
  }

  #refuseRange(request: RangeRequest): StoreError | undefined {
    return this.#refuseRevision(request.revision ?? 0);
  }

  #refuseRevision(revision: number): StoreError | undefined {
    if (revision > this.#revision) return storeError('futureRevision');
    return revision <= 0 || revision >= this.#compactRevision ? undefined : this.#compactedError();
  }

  #compactedError(): StoreError {
    return storeError('compacted', { compactRevision: this.#compactRevision });
  }

  #state(): BackendState {
    return {
      revision: this.#revision,
      compactRevision: this.#compactRevision,
      appliedIndex: this.#appliedIndex,
    };
  }

  #body(version: Version): Uint8Array {
    const { slab, at, bodyLength } = version;
    return slab === undefined ? this.#backend.body(version) : slab.bytes.subarray(at, at + bodyLength);
  }

  readonly #toKv = (version: Version): KeyValue => {
    const { slab } = version;
    if (slab !== undefined) return toKeyValue(version, slab.bytes, version.at);
    return toKeyValue(version, this.#backend.body(version), 0);
  };

  /** `prevKv` is left out where compaction took it. */
  readonly #toEvent = (version: Version, prevKv: boolean): StoreEvent => {
    const type = version.deleted ? 'delete' : 'put';
    const before = prevKv ? this.#index.at(version.name, version.main - 1) : undefined;
    const kv = this.#toKv(version);
    return before === undefined ? { type, kv } : { type, kv, prevKv: this.#toKv(before) };
  };

  #clear(): void {
    this.#index.clear();
    this.#log.clear();
    this.#backend.clear();
  }

  /** Starts to free what compaction took, unless that is under way (it goes on to the newest committed one). */
  #freeCompacted(): void {
    if (this.#closed || this.#restoring) return;
    if (this.#compacting !== undefined || this.#compactCommitted <= this.#compactDone) return;
    this.#compacting = this.#free().finally(() => {
      this.#compacting = undefined;
      this.#freeCompacted();
    });
  }

  async #free(): Promise<void> {
    const generation = this.#generation;
    const through = this.#compactCommitted;
    await this.#nextTurn();
    const steps = this.#log.compact(through, (version) => version.compactedBy(through));
    for (;;) {
      while (this.#holds > 0 && generation === this.#generation)
        await new Promise<void>((resolve) => this.#released.push(resolve));
      if (generation !== this.#generation) return;
      const step = steps.next();
      if (step.done === true) break;
      if (step.value.length > 0) this.#backend.remove(step.value);
      for (const name of new Set(step.value.map((version) => version.name)))
        this.#index.compact(name, through);
      await this.#nextTurn();
    }
    await this.#moveSparse();
    this.#compactDone = through;
  }

  async #moveSparse(): Promise<void> {
    const generation = this.#generation;
    if (!this.#backend.sparse) return;
    for (const piece of this.#log.pieces()) {
      if (generation !== this.#generation) return;
      for (const version of piece) this.#backend.move(version);
      await this.#nextTurn();
    }
  }

  #hashing(revision: number): { readonly hashed: HashedVersions; readonly result: Omit<HashResult, 'hash'> } {
    const compactRevision = this.#compactRevision;
    const kept = keptAt({ revision, compactRevision, isEmpty: !this.#index.anyAt(revision) });
    const hashed = { pieces: this.#log.pieces(), kept, body: (version: Version) => this.#body(version) };
    return { hashed, result: { revision, compactRevision } };
  }

  /** A piece a turn, while compaction is held off. */
  async #inPieces<T>(work: Generator<void, T, undefined>): Promise<T> {
    const generation = this.#generation;
    this.#holds += 1;
    try {
      for (;;) {
        const step = work.next();
        if (step.done === true) return step.value;
        await this.#nextTurn();
        if (generation !== this.#generation) throw storeError('unavailable');
      }
    } finally {
      this.#release();
    }
  }

  #held(chunks: Iterator<Uint8Array, void, undefined>): IterableIterator<Uint8Array> {
    const generation = this.#generation;
    let isHeld = true;
    this.#holds += 1;
    const end = () => {
      if (isHeld) this.#release();
      isHeld = false;
      return { done: true as const, value: undefined };
    };
    return {
      [Symbol.iterator]() {
        return this;
      },
      next: () => {
        if (!isHeld) return end();
        if (generation === this.#generation) {
          const step = chunks.next();
          return step.done === true ? end() : step;
        }
        end();
        throw new Error('the state was replaced while a snapshot of it was read: take another one');
      },
      return: end,
    };
  }

  /** Ends what works on the present state over several turns. */
  #abandon(): void {
    this.#generation += 1;
    this.#wake();
  }

  #release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#wake();
  }

  #wake(): void {
    const released = this.#released;
    this.#released = [];
    for (const resolve of released) resolve();
  }

  readonly #nextTurn = (): Promise<void> =>
    new Promise((resolve) => {
      this.#timers.setImmediate(resolve);
    });
}

/** All that is kept at one moment. */
export interface StoreView {
  readonly state: BackendState;
  readonly pieces: readonly (readonly Version[])[];
  /** Key, value and trace context, end to end. */
  body(version: Version): Uint8Array;
  release(): void;
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

/** While a snapshot is restored faster than the disk takes it. */
const restoreBacklogBytesMax = 16 * 1024 * 1024;

function toEnd<T>(work: Generator<void, T, undefined>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

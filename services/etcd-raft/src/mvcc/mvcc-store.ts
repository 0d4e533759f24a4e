import { createHash } from 'node:crypto';
import {
  BytesError,
  decodeTxn,
  type Key,
  type KeyRange,
  type KeyValue,
  type Operation,
  type OperationResponse,
  type RangeRequest,
  type StoreError,
  type StoreEvent,
  storeError,
  type TxnRequest,
} from '@kubelab/store';
import type { Traceparent } from '@kubelab/telemetry';
import type { StateMachine } from '../contract.js';
import { decodeEntry } from './entry.js';
import { KeyIndex, keyName, toEvent, type Version, versionBytes } from './key-index.js';
import { decodeSnapshot, encodeSnapshot } from './snapshot.js';
import { compareHolds, txnLimits, validateTxn } from './txn.js';
import { WatchHub } from './watch-hub.js';

/** What apply() answers; a pure function of the entries so far. */
export type ApplyResult =
  | {
      readonly type: 'txn';
      readonly revision: number;
      readonly succeeded: boolean;
      readonly responses: readonly OperationResponse[];
    }
  | { readonly type: 'compact'; readonly revision: number }
  | { readonly type: 'refused'; readonly error: StoreError };

export interface RangeResult {
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: number;
}

const noValue = new Uint8Array(0);

/** The transaction being applied: what it writes gets `main`. */
interface Writing {
  readonly main: number;
  readonly versions: Version[];
  readonly trace: Traceparent | undefined;
}

/**
 * etcd's multi-version key-value store, in memory (https://etcd.io/docs/v3.5/learning/data_model/). An empty
 * store is at revision 1.
 * Invariants: `#history[n]` holds the changes of revision `#historyBase + n`, up to `#revision`; each of them
 * is in the index too;
 * `#historyBase` is the compacted revision, or 1. Reads at the compacted revision and watches from it still
 * work, earlier ones do not.
 */
export class MvccStore implements StateMachine {
  readonly hub = new WatchHub();
  readonly #index = new KeyIndex();
  #history: (readonly Version[])[] = [[]];
  #historyBase = 1;
  #revision = 1;
  #compactRevision = 0;
  #bytes = 0;

  get revision(): number {
    return this.#revision;
  }

  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** Keys and values of all retained versions. */
  get bytes(): number {
    return this.#bytes;
  }

  apply(_index: number, data: Uint8Array): ApplyResult {
    const entry = decodeEntry(data);
    if (entry.type === 'compact') return this.#compact(entry.revision);
    const request = readTxn(entry.request);
    if ('error' in request) return { type: 'refused', error: request.error };
    return this.#txn(request.txn, entry.trace);
  }

  applied(_index: number): void {
    this.hub.publish(this.#revision, (revision) => this.#changes(revision), this.prevKv);
  }

  /** Throws StoreError `compacted` or `futureRevision`. */
  range(request: RangeRequest): RangeResult {
    const error = this.#refuseRevision(request.revision);
    if (error !== undefined) throw error;
    return this.#read(request, request.revision === undefined ? 0 : request.revision, this.#revision);
  }

  /**
   * Events of the range from revision `from`, of whole revisions, until about `eventsMax`. `through`: every
   * event up to it is included.
   * Throws StoreError `compacted`.
   */
  changes(
    range: KeyRange,
    options: { readonly from: number; readonly eventsMax: number; readonly prevKv: boolean },
  ): { readonly events: readonly StoreEvent[]; readonly through: number } {
    const { from, eventsMax, prevKv } = options;
    if (from < this.#compactRevision)
      throw storeError('compacted', { compactRevision: this.#compactRevision });
    const events: StoreEvent[] = [];
    let through = from - 1;
    const matches = rangeMatcher(range);
    while (through < this.#revision && events.length < eventsMax) {
      through += 1;
      for (const version of this.#changes(through))
        if (matches(version.name)) events.push(toEvent(version, prevKv ? this.prevKv(version) : undefined));
    }
    return { events, through };
  }

  /** The state that a change replaced, unless compaction took it. */
  readonly prevKv = (version: Version): KeyValue | undefined =>
    this.#index.at(version.name, version.kv.modRevision - 1)?.kv;

  snapshot(): Iterable<Uint8Array> {
    // Captured now: versions are immutable, and this list of them is nobody else's.
    const versions = this.#index.all();
    const header = {
      revision: this.#revision,
      compactRevision: this.#compactRevision,
      versions: versions.length,
    };
    return encodeSnapshot(header, versions);
  }

  restore(chunks: readonly Uint8Array[]): void {
    const { header, versions } = decodeSnapshot(chunks);
    this.#index.clear();
    this.#revision = header.revision;
    this.#compactRevision = header.compactRevision;
    this.#historyBase = Math.max(1, header.compactRevision);
    const history: Version[][] = Array.from({ length: this.#revision - this.#historyBase + 1 }, () => []);
    this.#bytes = 0;
    for (const version of versions) {
      this.#index.add(version);
      this.#bytes += versionBytes(version);
      history[version.kv.modRevision - this.#historyBase]?.push(version);
    }
    for (const changes of history) changes.sort((a, b) => a.sub - b.sub);
    this.#history = history;
    this.hub.restored(this.#revision);
  }

  /** SHA-256 of the whole state: equal on members that applied the same entries. */
  hash(): string {
    const hash = createHash('sha256');
    for (const chunk of this.snapshot()) hash.update(chunk);
    return hash.digest('hex');
  }

  #changes(revision: number): readonly Version[] {
    return this.#history[revision - this.#historyBase] ?? [];
  }

  #txn(request: TxnRequest, trace: Traceparent | undefined): ApplyResult {
    const succeeded = request.compare.every((compare) => this.#holds(compare));
    const operations = succeeded ? request.success : request.failure;
    for (const operation of operations) {
      const error = operation.type === 'range' ? this.#refuseRevision(operation.revision) : undefined;
      if (error !== undefined) return { type: 'refused', error };
    }
    const writing: Writing = { main: this.#revision + 1, versions: [], trace };
    const responses = operations.map((operation) => this.#execute(operation, writing));
    if (writing.versions.length > 0) {
      this.#history.push(writing.versions);
      this.#revision = writing.main;
    }
    return { type: 'txn', revision: this.#revision, succeeded, responses };
  }

  /** A range compare holds when it holds for every key there is (so also for none). */
  #holds(compare: TxnRequest['compare'][number]): boolean {
    if (compare.rangeEnd === undefined || compare.rangeEnd.byteLength === 0)
      return compareHolds(compare, this.#index.at(keyName(compare.key), this.#revision)?.kv);
    let holds = true;
    this.#index.visit(compare, this.#revision, (version) => {
      holds = holds && compareHolds(compare, version.kv);
    });
    return holds;
  }

  #execute(operation: Operation, writing: Writing): OperationResponse {
    switch (operation.type) {
      case 'put': {
        const prevKv = this.#put(operation.key, operation.value, writing);
        return operation.prevKv === true && prevKv !== undefined ? { type: 'put', prevKv } : { type: 'put' };
      }
      case 'deleteRange': {
        const found: Version[] = [];
        this.#index.visit(operation, writing.main, (version) => found.push(version));
        for (const version of found) this.#delete(version, writing);
        const prevKvs = operation.prevKv === true ? found.map((version) => version.kv) : [];
        return { type: 'deleteRange', deleted: found.length, prevKvs };
      }
      case 'range':
        // Reads see what this transaction wrote before them.
        return { type: 'range', ...this.#read(operation, operation.revision ?? 0, writing.main) };
      default:
        return operation satisfies never;
    }
  }

  #put(key: Key, value: Uint8Array, writing: Writing): KeyValue | undefined {
    const name = keyName(key);
    const before = this.#index.at(name, writing.main)?.kv;
    // Copied: a kept view would keep the whole network or log buffer it lies in.
    const kv: KeyValue = {
      key: before?.key ?? new Uint8Array(key),
      value: new Uint8Array(value),
      createRevision: before?.createRevision ?? writing.main,
      modRevision: writing.main,
      version: (before?.version ?? 0) + 1,
      lease: 0,
      ...(writing.trace === undefined ? {} : { trace: writing.trace }),
    };
    this.#write({ name, sub: writing.versions.length, deleted: false, kv }, writing);
    return before;
  }

  #delete(before: Version, writing: Writing): void {
    const kv: KeyValue = {
      key: before.kv.key,
      value: noValue,
      createRevision: 0,
      modRevision: writing.main,
      version: 0,
      lease: 0,
      ...(writing.trace === undefined ? {} : { trace: writing.trace }),
    };
    this.#write({ name: before.name, sub: writing.versions.length, deleted: true, kv }, writing);
  }

  #write(version: Version, writing: Writing): void {
    writing.versions.push(version);
    this.#index.add(version);
    this.#bytes += versionBytes(version);
  }

  #read(request: RangeRequest, revision: number, now: number): RangeResult {
    const limit =
      request.limit === undefined || request.limit === 0 ? Number.POSITIVE_INFINITY : request.limit;
    const kvs: KeyValue[] = [];
    let count = 0;
    this.#index.visit(request, revision === 0 ? now : revision, ({ kv }) => {
      count += 1;
      if (request.countOnly === true || kvs.length >= limit) return;
      kvs.push(request.keysOnly === true ? { ...kv, value: noValue } : kv);
    });
    return { kvs, more: request.countOnly !== true && count > kvs.length, count };
  }

  #refuseRevision(revision = 0): StoreError | undefined {
    if (revision > this.#revision) return storeError('futureRevision');
    if (revision === 0 || revision >= this.#compactRevision) return undefined;
    return storeError('compacted', { compactRevision: this.#compactRevision });
  }

  #compact(revision: number): ApplyResult {
    if (revision > this.#revision) return { type: 'refused', error: storeError('futureRevision') };
    if (revision <= this.#compactRevision) {
      const error = storeError('compacted', { compactRevision: this.#compactRevision });
      return { type: 'refused', error };
    }
    // Watchers are told first what was applied in this batch: it may be about to go.
    this.applied(0);
    const dropped = this.#history.splice(0, revision - this.#historyBase);
    // Only keys that changed since the last compaction can have anything to drop.
    const names = new Set([...dropped, this.#history[0] ?? []].flat().map((version) => version.name));
    for (const name of names) this.#bytes -= this.#index.compact(name, revision);
    this.#historyBase = revision;
    this.#compactRevision = revision;
    return { type: 'compact', revision: this.#revision };
  }
}

/** Decodes and checks a request. The same on every member: what one refuses, all refuse. */
export function readTxn(bytes: Uint8Array): { readonly txn: TxnRequest } | { readonly error: StoreError } {
  if (bytes.byteLength > txnLimits.requestBytesMax) return { error: storeError('requestTooLarge') };
  try {
    const txn = decodeTxn(bytes);
    const error = validateTxn(txn);
    return error === undefined ? { txn } : { error };
  } catch (error) {
    if (!(error instanceof BytesError)) throw error;
    return { error: storeError('invalidArgument', { detail: error.message }) };
  }
}

function rangeMatcher(range: KeyRange): (name: string) => boolean {
  const low = keyName(range.key);
  if (range.rangeEnd === undefined || range.rangeEnd.byteLength === 0) return (name) => name === low;
  const high = keyName(range.rangeEnd);
  return high === '\0' ? (name) => name >= low : (name) => name >= low && name < high;
}

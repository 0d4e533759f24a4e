import {
  type Compare,
  compareKeys,
  type DeleteRangeOperation,
  type Key,
  type KeyValue,
  type LeaseId,
  type Operation,
  type OperationResponse,
  type PutOperation,
  type RangeRequest,
  type StoreError,
  storeError,
  type TxnRequest,
} from '@kubelab/store';
import type { Traceparent } from '@kubelab/telemetry';
import { type NameRange, nameRange } from './key-index.js';
import type { RangeResult } from './range.js';
import { compareHolds } from './txn.js';
import { type KeyName, keyName, Version } from './version.js';

/** The lessor, as far as keys hang on leases. Keys are the callee's own. */
export interface Leases {
  exists(id: LeaseId): boolean;
  attach(key: Key, id: LeaseId): void;
  /** The key was deleted or put with another lease; also while `id` itself ends. */
  detach(key: Key, id: LeaseId): void;
}

export interface TxnResult {
  /** The store's, whether this changed anything or not. */
  readonly revision: number;
  readonly succeeded: boolean;
  readonly responses: readonly OperationResponse[];
}

/** The state that is read and written. */
export interface Target {
  /** Now: also what this transaction wrote. */
  at(name: KeyName): Version | undefined;
  visit(range: NameRange, visitor: (version: Version) => boolean): void;
  toKv(version: Version): KeyValue;
  write(version: Version, parts: readonly Uint8Array[]): void;
  readonly leases: Leases;
}

const noLease: LeaseId = 0n;
const noBytes = new Uint8Array(0);
/** What fits a version's head; a traceparent has 55 characters, and a longer text is none. */
const traceLengthMax = 255;

/** A transaction being applied: its changes get the main revision after `before`, and one after the other a sub. */
export class Writing {
  readonly #before: number;
  readonly #target: Target;
  readonly #trace: Uint8Array;
  #changes = 0;

  constructor(before: number, trace: Traceparent | undefined, target: Target) {
    this.#before = before;
    this.#target = target;
    this.#trace =
      trace === undefined || trace.length > traceLengthMax ? noBytes : Buffer.from(trace, 'latin1');
  }

  /** The store's revision after it. */
  get revision(): number {
    return this.#changes > 0 ? this.#before + 1 : this.#before;
  }

  put(put: PutOperation): KeyValue | undefined {
    const { leases } = this.#target;
    const name = keyName(put.key);
    const before = this.#target.at(name);
    const prevKv =
      before !== undefined && (put.prevKv === true || put.ignoreValue === true)
        ? this.#target.toKv(before)
        : undefined;
    const value = put.ignoreValue === true && prevKv !== undefined ? prevKv.value : put.value;
    const leaseBefore = before?.lease ?? noLease;
    const lease = put.ignoreLease === true ? leaseBefore : (put.lease ?? noLease);
    const main = this.#before + 1;
    const version = new Version({
      name: before?.name ?? name,
      main,
      sub: this.#changes,
      createRevision: before?.createRevision ?? main,
      version: (before?.version ?? 0) + 1,
      lease,
      valueLength: value.byteLength,
      traceLength: this.#trace.byteLength,
    });
    this.#write(version, [put.key, value, this.#trace]);
    if (lease === leaseBefore) return prevKv;
    if (leaseBefore !== noLease) leases.detach(Buffer.from(put.key), leaseBefore);
    if (lease !== noLease) leases.attach(Buffer.from(put.key), lease);
    return prevKv;
  }

  deleteRange(operation: DeleteRangeOperation): OperationResponse {
    const found: Version[] = [];
    const range = nameRange(operation);
    if (range === undefined) {
      const version = this.#target.at(keyName(operation.key));
      if (version !== undefined) found.push(version);
    } else
      this.#target.visit(range, (version) => {
        found.push(version);
        return true;
      });
    const prevKvs = operation.prevKv === true ? found.map((version) => this.#target.toKv(version)) : [];
    for (const version of found) this.#delete(version);
    return { type: 'deleteRange', deleted: found.length, prevKvs };
  }

  deleteKeys(keys: readonly Key[]): void {
    for (const key of keys.toSorted(compareKeys)) {
      const version = this.#target.at(keyName(key));
      if (version !== undefined) this.#delete(version);
    }
  }

  holds(compare: Compare): boolean {
    const range = nameRange(compare);
    if (range === undefined) {
      const version = this.#target.at(keyName(compare.key));
      return compareHolds(compare, version === undefined ? undefined : this.#target.toKv(version));
    }
    let found = false;
    let holds = true;
    this.#target.visit(range, (version) => {
      found = true;
      holds = compareHolds(compare, this.#target.toKv(version));
      return holds;
    });
    return found ? holds : compareHolds(compare, undefined);
  }

  /** What can be wrong with an operation by the state that it meets. */
  refuse(put: PutOperation): StoreError | undefined {
    if ((put.ignoreValue === true || put.ignoreLease === true) && !this.#lives(put.key))
      return storeError('keyNotFound');
    const { lease = noLease } = put;
    return lease === noLease || this.#target.leases.exists(lease) ? undefined : storeError('leaseNotFound');
  }

  #lives(key: Key): boolean {
    return this.#target.at(keyName(key)) !== undefined;
  }

  #delete({ name, lease }: Version): void {
    const key = Buffer.from(name, 'latin1');
    const version = new Version({
      name,
      main: this.#before + 1,
      sub: this.#changes,
      createRevision: 0,
      version: 0,
      lease: noLease,
      valueLength: 0,
      traceLength: this.#trace.byteLength,
    });
    this.#write(version, [key, this.#trace]);
    if (lease !== noLease) this.#target.leases.detach(key, lease);
  }

  #write(version: Version, parts: readonly Uint8Array[]): void {
    this.#target.write(version, parts);
    this.#changes += 1;
  }
}

/** Reads as the store does, within a transaction. */
export interface Reads {
  /** What is wrong with it in the state before the transaction. */
  refuse(range: RangeRequest): StoreError | undefined;
  /** Sees what the transaction wrote before it. */
  read(range: RangeRequest): RangeResult;
}

/** Nothing is written when it is refused. */
export function runTxn(request: TxnRequest, writing: Writing, reads: Reads): TxnResult | StoreError {
  const path: Path = new Map();
  choose(request, writing, path);
  const error =
    refuse(request, path, (operation) =>
      operation.type === 'put' ? writing.refuse(operation) : undefined,
    ) ??
    refuse(request, path, (operation) => (operation.type === 'range' ? reads.refuse(operation) : undefined));
  if (error !== undefined) return error;
  const { succeeded, responses } = execute(request, path, writing, reads);
  return { revision: writing.revision, succeeded, responses };
}

/** Which branch each transaction takes, nested ones too: by the state before any of it, as etcd does. */
type Path = Map<TxnRequest, boolean>;

function choose(request: TxnRequest, writing: Writing, path: Path): void {
  path.set(
    request,
    request.compare.every((compare) => writing.holds(compare)),
  );
  for (const operation of taken(request, path))
    if (operation.type === 'txn') choose(operation, writing, path);
}

function taken(request: TxnRequest, path: Path): readonly Operation[] {
  return path.get(request) === true ? request.success : request.failure;
}

/** The first thing wrong on the branches that are taken. etcd looks at all puts, then at all reads. */
function refuse(
  request: TxnRequest,
  path: Path,
  check: (operation: Operation) => StoreError | undefined,
): StoreError | undefined {
  for (const operation of taken(request, path)) {
    const error = operation.type === 'txn' ? refuse(operation, path, check) : check(operation);
    if (error !== undefined) return error;
  }
  return undefined;
}

function execute(
  request: TxnRequest,
  path: Path,
  writing: Writing,
  reads: Reads,
): { readonly succeeded: boolean; readonly responses: readonly OperationResponse[] } {
  const run = (operation: Operation): OperationResponse => {
    switch (operation.type) {
      case 'put': {
        const prevKv = writing.put(operation);
        return operation.prevKv === true && prevKv !== undefined ? { type: 'put', prevKv } : { type: 'put' };
      }
      case 'deleteRange':
        return writing.deleteRange(operation);
      case 'range':
        return { type: 'range', ...reads.read(operation) };
      case 'txn':
        return { type: 'txn', ...execute(operation, path, writing, reads) };
      default:
        return operation satisfies never;
    }
  };
  return { succeeded: path.get(request) === true, responses: taken(request, path).map(run) };
}

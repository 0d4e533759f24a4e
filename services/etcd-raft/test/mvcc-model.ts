import {
  type Compare,
  inRange,
  type KeyRange,
  type KeyValue,
  type Operation,
  type OperationResponse,
  type RangeRequest,
  type StoreErrorCode,
  type TxnRequest,
} from '@kubelab/store';
import { bytes, text } from './mvcc-stores.js';

type State = ReadonlyMap<string, KeyValue>;

export interface ModelEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly value: string;
  readonly revision: number;
  readonly prevValue: string | undefined;
}

export type ModelResult =
  | {
      readonly revision: number;
      readonly succeeded: boolean;
      readonly responses: readonly OperationResponse[];
    }
  | { readonly error: StoreErrorCode };

/** What is refused while it is carried out; the model then goes back to where it was. */
class Refusal extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode) {
    super(code);
    this.code = code;
  }
}

/** etcd's semantics without any cleverness: a whole copy of the map for each revision. Index 0 is unused. */
export class Model {
  readonly states: State[] = [new Map(), new Map()];
  readonly events: ModelEvent[] = [];
  compactRevision = 0;
  #now = new Map<string, KeyValue>();
  #changed: ModelEvent[] = [];

  get revision(): number {
    return this.states.length - 1;
  }

  at(revision: number): State {
    return this.states[revision] ?? new Map();
  }

  txn(request: TxnRequest): ModelResult {
    this.#begin();
    try {
      const before = this.at(this.revision);
      this.#check(request, before);
      const { succeeded, responses } = this.#run(request, before);
      this.#end();
      return { revision: this.revision, succeeded, responses };
    } catch (error) {
      if (error instanceof Refusal) return { error: error.code };
      throw error;
    }
  }

  deleteKeys(keys: readonly string[]): void {
    this.#begin();
    for (const key of [...keys].sort()) this.#delete(key);
    this.#end();
  }

  compact(revision: number): StoreErrorCode | undefined {
    if (revision > this.revision) return 'futureRevision';
    if (revision <= this.compactRevision) return 'compacted';
    this.compactRevision = revision;
    return undefined;
  }

  range(request: RangeRequest): OperationResponse | { readonly error: StoreErrorCode } {
    this.#begin();
    try {
      this.#refuseRevision(request.revision ?? 0);
      return this.#range(request);
    } catch (error) {
      if (error instanceof Refusal) return { error: error.code };
      throw error;
    }
  }

  #begin(): void {
    this.#now = new Map(this.at(this.revision));
    this.#changed = [];
  }

  #end(): void {
    if (this.#changed.length === 0) return;
    this.states.push(this.#now);
    this.events.push(...this.#changed);
  }

  #refuseRevision(revision: number): void {
    if (revision > this.revision) throw new Refusal('futureRevision');
    if (revision > 0 && revision < this.compactRevision) throw new Refusal('compacted');
  }

  /** Puts first, then reads; on the branches that will be taken. */
  #check(request: TxnRequest, before: State): void {
    const taken = [...this.#taken(request, before)];
    for (const one of taken) {
      if (one.type !== 'put') continue;
      if ((one.ignoreValue === true || one.ignoreLease === true) && !before.has(text(one.key)))
        throw new Refusal('keyNotFound');
      const { lease = 0n } = one;
      if (lease > 9n) throw new Refusal('leaseNotFound');
    }
    for (const one of taken) if (one.type === 'range') this.#refuseRevision(one.revision ?? 0);
  }

  *#taken(request: TxnRequest, before: State): Iterable<Operation> {
    for (const one of holdsAll(request, before) ? request.success : request.failure)
      if (one.type === 'txn') yield* this.#taken(one, before);
      else yield one;
  }

  #run(request: TxnRequest, before: State): { succeeded: boolean; responses: OperationResponse[] } {
    const succeeded = holdsAll(request, before);
    const responses = (succeeded ? request.success : request.failure).map((one): OperationResponse => {
      switch (one.type) {
        case 'txn':
          return { type: 'txn', ...this.#run(one, before) };
        case 'range':
          return this.#range(one);
        case 'deleteRange': {
          const found = inOrder(this.#now, one);
          for (const kv of found) this.#delete(text(kv.key));
          return { type: 'deleteRange', deleted: found.length, prevKvs: one.prevKv === true ? found : [] };
        }
        default: {
          const key = text(one.key);
          const kv = this.#now.get(key);
          this.#put(key, {
            value: one.ignoreValue === true && kv !== undefined ? kv.value : one.value,
            lease: one.ignoreLease === true && kv !== undefined ? kv.lease : (one.lease ?? 0n),
          });
          return one.prevKv === true && kv !== undefined ? { type: 'put', prevKv: kv } : { type: 'put' };
        }
      }
    });
    return { succeeded, responses };
  }

  #put(key: string, { value, lease }: Pick<KeyValue, 'value' | 'lease'>): void {
    const before = this.#now.get(key);
    const modRevision = this.revision + 1;
    const createRevision = before?.createRevision ?? modRevision;
    const version = (before?.version ?? 0) + 1;
    this.#now.set(key, { key: bytes(key), value, createRevision, modRevision, version, lease });
    this.#event('put', key, text(value));
  }

  #delete(key: string): void {
    if (!this.#now.delete(key)) return;
    this.#event('delete', key, '');
  }

  #event(type: 'put' | 'delete', key: string, value: string): void {
    const kv = this.at(this.revision).get(key);
    const prevValue = kv === undefined ? undefined : text(kv.value);
    this.#changed.push({ type, key, value, revision: this.revision + 1, prevValue });
  }

  #range(request: RangeRequest): OperationResponse {
    const { revision = 0, limit = 0, countOnly = false, keysOnly = false } = request;
    const all = inOrder(revision > 0 ? this.at(revision) : this.#now, request);
    if (countOnly) return { type: 'range', kvs: [], more: false, count: all.length };
    const {
      minModRevision = 0,
      minCreateRevision = 0,
      maxModRevision: maxMod = 0,
      maxCreateRevision: maxCreate = 0,
    } = request;
    const bounded = all.filter(
      (kv) =>
        kv.modRevision >= minModRevision &&
        kv.createRevision >= minCreateRevision &&
        kv.modRevision <= (maxMod > 0 ? maxMod : kv.modRevision) &&
        kv.createRevision <= (maxCreate > 0 ? maxCreate : kv.createRevision),
    );
    const { sortTarget = 'key', sortOrder = 'none' } = request;
    if (sortTarget !== 'key' || sortOrder !== 'none') {
      const sign = sortOrder === 'descend' ? -1 : 1;
      const of = (kv: KeyValue) =>
        sortTarget === 'key' || sortTarget === 'value' ? text(kv[sortTarget]) : kv[sortTarget];
      bounded.sort((a, b) => sign * (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0));
    }
    const kvs = limit > 0 ? bounded.slice(0, limit) : bounded;
    const shown = keysOnly ? kvs.map((kv) => ({ ...kv, value: new Uint8Array(0) })) : kvs;
    return { type: 'range', kvs: shown, more: kvs.length < bounded.length, count: all.length };
  }
}

function inOrder(state: State, range: KeyRange): KeyValue[] {
  return [...state.keys()]
    .sort()
    .flatMap((key) => state.get(key) ?? [])
    .filter((kv) => inRange(kv.key, range));
}

function holdsAll(request: TxnRequest, state: State): boolean {
  return request.compare.every((compare) => {
    const found = inOrder(state, compare);
    return found.length === 0 ? holds(compare, undefined) : found.every((kv) => holds(compare, kv));
  });
}

function holds(compare: Compare, kv: KeyValue | undefined): boolean {
  if (compare.target === 'value')
    return kv !== undefined && ordered(text(kv.value), text(compare.bytes), compare.result);
  if (compare.target === 'lease') return ordered(kv?.lease ?? 0n, compare.lease, compare.result);
  return ordered(kv?.[compare.target] ?? 0, compare.number, compare.result);
}

function ordered<T extends string | number | bigint>(a: T, b: T, result: Compare['result']): boolean {
  return { equal: a === b, notEqual: a !== b, greater: a > b, less: a < b }[result];
}

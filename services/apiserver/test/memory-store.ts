import {
  type Compare,
  compareKeys,
  inRange,
  type Key,
  type KeyRange,
  type KeyValue,
  type LeaseGrantRequest,
  type LeaseGrantResponse,
  type LeaseId,
  type LeaseLeasesResponse,
  type LeaseTimeToLiveResponse,
  type Operation,
  type OperationResponse,
  type PutOperation,
  type RangeRequest,
  type RangeResponse,
  type ResponseHeader,
  type StatusResponse,
  type Store,
  type StoreCallOptions,
  type StoreEvent,
  type StoreWatch,
  storeError,
  type TxnRequest,
  type TxnResponse,
  type WatchRequest,
} from '@kubelab/store';
import { MemoryLeases } from './memory-leases.js';
import { checkTxn } from './memory-txn.js';
import { type Change, MemoryWatch } from './memory-watch.js';

interface History {
  readonly key: Key;
  /** Without `kv` where the key was deleted. */
  readonly versions: { readonly at: number; readonly kv?: KeyValue }[];
}

/** What a transaction that is being executed has done so far. */
interface Writing {
  readonly revision: number;
  readonly events: Required<Pick<StoreEvent, 'type' | 'kv'>>[];
  readonly previous: (KeyValue | undefined)[];
  readonly trace: Pick<KeyValue, 'trace'>;
}

const noValue = new Uint8Array(0);

/**
 * The store's contract in memory, for tests of what stands on it: one member that never fails. Every revision is kept until
 * compacted. test/store-contract.test.ts holds it to what a real etcd answers.
 */
export class MemoryStore implements Store {
  #revision = 1;
  #compacted = 0;
  readonly #history = new Map<string, History>();
  #changes: Change[] = [];
  readonly #watches = new Set<MemoryWatch>();
  readonly #leases = new MemoryLeases((keys) => this.#deleteAll(keys));

  get #header(): ResponseHeader {
    return {
      clusterId: '00000000000000c1',
      memberId: '00000000000000a1',
      revision: this.#revision,
      raftTerm: 1,
    };
  }

  async range(request: RangeRequest, _options?: StoreCallOptions): Promise<RangeResponse> {
    return { header: this.#header, ...this.#range(request) };
  }

  async txn(request: TxnRequest, options?: StoreCallOptions): Promise<TxnResponse> {
    checkTxn(request);
    const writing: Writing = {
      revision: this.#revision + 1,
      events: [],
      previous: [],
      trace: options?.trace === undefined ? {} : { trace: options.trace },
    };
    // All comparisons, also of transactions within, are of the state before.
    const path = new Map<TxnRequest, boolean>();
    this.#decide(request, path);
    this.#check(request, path);
    const { succeeded, responses } = this.#execute(request, path, writing);
    this.#publish(writing);
    return { header: this.#header, succeeded, responses };
  }

  watch(request: WatchRequest, options?: { readonly signal?: AbortSignal }): StoreWatch {
    const start = request.startRevision ?? 0;
    const watch: MemoryWatch = new MemoryWatch(request, {
      header: () => this.#header,
      over: () => this.#watches.delete(watch),
    });
    if (start === 0) watch.requestProgress();
    else if (start <= this.#compacted)
      watch.fail(storeError('compacted', { compactRevision: this.#compacted }));
    const from = start === 0 ? this.#revision + 1 : start;
    for (const change of this.#changes) if (change.revision >= from) watch.offer(change);
    this.#watches.add(watch);
    options?.signal?.addEventListener('abort', () => watch.close(), { once: true });
    if (options?.signal?.aborted === true) watch.close();
    return watch;
  }

  async compact(revision: number): Promise<void> {
    if (revision > this.#revision) throw storeError('futureRevision');
    if (revision <= this.#compacted) throw storeError('compacted', { compactRevision: this.#compacted });
    this.#compacted = revision;
    this.#changes = this.#changes.filter((change) => change.revision > revision);
  }

  async leaseGrant(request: LeaseGrantRequest): Promise<LeaseGrantResponse> {
    return { header: this.#header, ...this.#leases.grant(request) };
  }

  async leaseRevoke(id: LeaseId): Promise<void> {
    this.#leases.revoke(id);
  }

  async leaseKeepAlive(id: LeaseId): Promise<LeaseGrantResponse> {
    return { header: this.#header, id, ttl: this.#leases.keepAlive(id) };
  }

  async leaseTimeToLive(
    id: LeaseId,
    options?: StoreCallOptions & { readonly keys?: boolean },
  ): Promise<LeaseTimeToLiveResponse> {
    const { ttl, grantedTtl, keys } = this.#leases.timeToLive(id);
    return { header: this.#header, id, ttl, grantedTtl, keys: options?.keys === true ? keys : [] };
  }

  async leaseLeases(): Promise<LeaseLeasesResponse> {
    return { header: this.#header, ids: this.#leases.ids() };
  }

  async status(): Promise<StatusResponse> {
    const header = this.#header;
    return {
      header,
      name: 'memory',
      version: '0',
      role: 'leader',
      leader: header.memberId,
      raftTerm: 1,
      raftIndex: this.#revision,
      raftAppliedIndex: this.#revision,
      dbBytes: 0,
      dbBytesInUse: 0,
      compactRevision: this.#compacted,
      isLearner: false,
      errors: [],
    };
  }

  async close(): Promise<void> {
    this.#leases.close();
    for (const watch of [...this.#watches]) watch.close();
  }

  /* ------------------------------------------------------------ reading */

  #range(request: RangeRequest): Omit<RangeResponse, 'header'> {
    const revision = (request.revision ?? 0) === 0 ? Number.POSITIVE_INFINITY : (request.revision ?? 0);
    if (request.key.byteLength === 0) throw storeError('invalidArgument', { detail: 'key is not provided' });
    if (Number.isFinite(revision) && revision > this.#revision) throw storeError('futureRevision');
    if (revision < this.#compacted) throw storeError('compacted', { compactRevision: this.#compacted });
    const all = this.#at(request, revision);
    const count = all.length;
    if (request.countOnly === true) return { kvs: [], more: false, count };
    const filtered = all.filter(within(request));
    const limit = (request.limit ?? 0) === 0 ? all.length : (request.limit ?? 0);
    // Without an order etcd reads no more than one key beyond the limit, whatever it then sorts by.
    const cut = (request.sortOrder ?? 'none') === 'none' && !isBounded(request);
    const wanted = sorted(cut ? filtered.slice(0, limit + 1) : filtered, request);
    const page = wanted.slice(0, limit);
    const kvs = request.keysOnly === true ? page.map((kv) => ({ ...kv, value: noValue })) : page;
    return { kvs, more: page.length < wanted.length, count };
  }

  /** In the order of keys. */
  #at(range: KeyRange, revision = Number.POSITIVE_INFINITY): KeyValue[] {
    return [...this.#history.values()]
      .filter(({ key }) => inRange(key, range))
      .flatMap(({ versions }) => versions.findLast(({ at }) => at <= revision)?.kv ?? [])
      .sort((a, b) => compareKeys(a.key, b.key));
  }

  #current(key: Key): KeyValue | undefined {
    return this.#history.get(nameOf(key))?.versions.at(-1)?.kv;
  }

  /* ------------------------------------------------------------ transactions */

  #decide(request: TxnRequest, path: Map<TxnRequest, boolean>): void {
    const succeeded = request.compare.every((compare) => this.#holds(compare));
    path.set(request, succeeded);
    for (const operation of succeeded ? request.success : request.failure)
      if (operation.type === 'txn') this.#decide(operation, path);
  }

  /** Of each key in the range; of a key that is not there, all is 0 but its value, which equals nothing. */
  #holds(compare: Compare): boolean {
    const kvs = this.#at(compare);
    if (kvs.length === 0) return compare.target !== 'value' && compares(compare, undefined);
    return kvs.every((kv) => compares(compare, kv));
  }

  /** All puts of the way that is taken, then all ranges, as etcd looks: a transaction that is refused has done nothing. */
  #check(request: TxnRequest, path: ReadonlyMap<TxnRequest, boolean>): void {
    const taken = takenBy(request, path);
    for (const operation of taken) {
      if (operation.type !== 'put') continue;
      const kept = operation.ignoreValue === true || operation.ignoreLease === true;
      if (kept && this.#current(operation.key) === undefined) throw storeError('keyNotFound');
      if ((operation.lease ?? 0n) !== 0n) this.#leases.assertExists(operation.lease ?? 0n);
    }
    for (const operation of taken) if (operation.type === 'range') this.#range(operation);
  }

  #execute(request: TxnRequest, path: ReadonlyMap<TxnRequest, boolean>, writing: Writing) {
    const responses = chosen(request, path).map((operation): OperationResponse => {
      switch (operation.type) {
        case 'range':
          return { type: 'range', ...this.#range(operation) };
        case 'put':
          return this.#put(operation, writing);
        case 'deleteRange': {
          const prevKvs = this.#delete(this.#at(operation), writing);
          return {
            type: 'deleteRange',
            deleted: prevKvs.length,
            prevKvs: operation.prevKv === true ? prevKvs : [],
          };
        }
        case 'txn':
          return { type: 'txn', ...this.#execute(operation, path, writing) };
        default:
          return operation satisfies never;
      }
    });
    return { succeeded: path.get(request) === true, responses };
  }

  #put(operation: PutOperation, { revision, events, previous, trace }: Writing): OperationResponse {
    const { key } = operation;
    const before = this.#current(key);
    const kv: KeyValue = {
      key,
      value: operation.ignoreValue === true ? (before?.value ?? noValue) : operation.value,
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
      lease: operation.ignoreLease === true ? (before?.lease ?? 0n) : (operation.lease ?? 0n),
      ...trace,
    };
    this.#write(key, { at: revision, kv });
    if (before !== undefined) this.#leases.detach(before.lease, key);
    this.#leases.attach(kv.lease, key);
    events.push({ type: 'put', kv });
    previous.push(before);
    return operation.prevKv === true && before !== undefined
      ? { type: 'put', prevKv: before }
      : { type: 'put' };
  }

  #delete(kvs: readonly KeyValue[], { revision, events, previous, trace }: Writing): readonly KeyValue[] {
    for (const before of kvs) {
      const { key } = before;
      this.#write(key, { at: revision });
      this.#leases.detach(before.lease, key);
      const gone = { key, value: noValue, createRevision: 0, modRevision: revision, version: 0, lease: 0n };
      events.push({ type: 'delete', kv: { ...gone, ...trace } });
      previous.push(before);
    }
    return kvs;
  }

  #write(key: Key, version: History['versions'][number]): void {
    const name = nameOf(key);
    const history = this.#history.get(name) ?? { key, versions: [] };
    history.versions.push(version);
    this.#history.set(name, history);
  }

  /** A lease ended: all of its keys in one revision. */
  #deleteAll(keys: readonly Key[]): void {
    const writing: Writing = { revision: this.#revision + 1, events: [], previous: [], trace: {} };
    for (const key of keys) {
      const kv = this.#current(key);
      if (kv !== undefined) this.#delete([kv], writing);
    }
    this.#publish(writing);
  }

  #publish({ revision, events, previous }: Writing): void {
    if (events.length === 0) return;
    this.#revision = revision;
    const change = { revision, events, previous };
    this.#changes.push(change);
    for (const watch of this.#watches) watch.offer(change);
  }
}

function nameOf(key: Key): string {
  return Buffer.from(key).toString('hex');
}

function chosen(request: TxnRequest, path: ReadonlyMap<TxnRequest, boolean>): readonly Operation[] {
  return path.get(request) === true ? request.success : request.failure;
}

/** All operations of the way that is taken, also of transactions within. */
function takenBy(request: TxnRequest, path: ReadonlyMap<TxnRequest, boolean>): readonly Operation[] {
  return chosen(request, path).flatMap((operation) =>
    operation.type === 'txn' ? takenBy(operation, path) : [operation],
  );
}

function compares(compare: Compare, kv: KeyValue | undefined): boolean {
  const difference = differenceOf(compare, kv);
  switch (compare.result) {
    case 'equal':
      return difference === 0;
    case 'notEqual':
      return difference !== 0;
    case 'greater':
      return difference > 0;
    case 'less':
      return difference < 0;
    default:
      return compare.result satisfies never;
  }
}

function differenceOf(compare: Compare, kv: KeyValue | undefined): number {
  if (compare.target === 'value') return compareKeys(kv?.value ?? noValue, compare.bytes);
  if (compare.target === 'lease') return Number((kv?.lease ?? 0n) - compare.lease);
  return (kv?.[compare.target] ?? 0) - compare.number;
}

function within(request: RangeRequest): (kv: KeyValue) => boolean {
  const { minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0 } = request;
  const between = (value: number, min: number, max: number) => value >= min && (max === 0 || value <= max);
  return ({ modRevision, createRevision }) =>
    between(modRevision, minModRevision, maxModRevision) &&
    between(createRevision, minCreateRevision, maxCreateRevision);
}

function isBounded(request: RangeRequest): boolean {
  const { minModRevision = 0, maxModRevision = 0, minCreateRevision = 0, maxCreateRevision = 0 } = request;
  return minModRevision + maxModRevision + minCreateRevision + maxCreateRevision > 0;
}

/** Another target than the key without an order is ascending, as in etcd. */
function sorted(kvs: KeyValue[], { sortTarget = 'key', sortOrder = 'none' }: RangeRequest): KeyValue[] {
  const sign = sortOrder === 'descend' ? -1 : 1;
  return kvs.sort((a, b) => {
    if (sortTarget === 'key') return sign * compareKeys(a.key, b.key);
    if (sortTarget === 'value') return sign * compareKeys(a.value, b.value);
    return sign * (a[sortTarget] - b[sortTarget]);
  });
}

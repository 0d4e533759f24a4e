import {
  type Compare,
  compareKeys,
  inRange,
  type KeyRange,
  type KeyValue,
  type Operation,
  type OperationResponse,
  type RangeRequest,
  type RangeResponse,
  type ResponseHeader,
  type StatusResponse,
  type Store,
  type StoreCallOptions,
  StoreError,
  type StoreEvent,
  type StoreWatch,
  type TxnRequest,
  type TxnResponse,
  type WatchRequest,
  type WatchResponse,
} from '@kubelab/store';

interface Change {
  readonly revision: number;
  readonly events: readonly StoreEvent[];
}

/** The store's contract in memory, for tests of what stands on it. Every revision is kept until compacted. */
export class MemoryStore implements Store {
  #revision = 1;
  #compacted = 0;
  readonly #history = new Map<string, { key: Uint8Array; versions: { at: number; kv?: KeyValue }[] }>();
  readonly #changes: Change[] = [];
  readonly #watches = new Set<MemoryWatch>();
  /** While set, every call fails as if no member answered. */
  away = false;
  /** Called before each transaction: for races. */
  beforeTxn: (request: TxnRequest) => Promise<void> | void = () => undefined;

  get header(): ResponseHeader {
    return { clusterId: 'test', memberId: 'memory', revision: this.#revision, raftTerm: 1 };
  }

  async range(request: RangeRequest, _options?: StoreCallOptions): Promise<RangeResponse> {
    this.#assertHere();
    return { header: this.header, ...this.#range(request) };
  }

  #range(request: RangeRequest): Omit<RangeResponse, 'header'> {
    const revision = (request.revision ?? 0) === 0 ? this.#revision : (request.revision ?? 0);
    if (revision > this.#revision) throw new StoreError('futureRevision', 'future revision');
    if (revision < this.#compacted)
      throw new StoreError('compacted', 'compacted', { compactRevision: this.#compacted });
    const all = this.#keysIn(request).flatMap(({ versions }) => {
      const kv = versions.findLast(({ at }) => at <= revision)?.kv;
      return kv === undefined ? [] : [kv];
    });
    const limit = request.limit ?? 0;
    const page = limit > 0 ? all.slice(0, limit) : all;
    const kvs = request.countOnly === true ? [] : page;
    const shown = request.keysOnly === true ? kvs.map((kv) => ({ ...kv, value: new Uint8Array(0) })) : kvs;
    return { kvs: shown, more: page.length < all.length, count: all.length };
  }

  #keysIn(range: KeyRange) {
    return [...this.#history.values()]
      .filter(({ key }) => inRange(key, range))
      .sort((a, b) => compareKeys(a.key, b.key));
  }

  #current(key: Uint8Array): KeyValue | undefined {
    return this.#history.get(Buffer.from(key).toString('hex'))?.versions.at(-1)?.kv;
  }

  async txn(request: TxnRequest, options?: StoreCallOptions): Promise<TxnResponse> {
    await this.beforeTxn(request);
    this.#assertHere();
    const succeeded = request.compare.every((compare) => this.#holds(compare));
    const operations = succeeded ? request.success : request.failure;
    const revision = this.#revision + 1;
    const events: StoreEvent[] = [];
    const responses = operations.map((operation) => this.#execute(operation, revision, events, options));
    if (events.length > 0) {
      this.#revision = revision;
      this.#changes.push({ revision, events });
      for (const watch of this.#watches) watch.offer({ revision, events }, this.header);
    }
    return { header: this.header, succeeded, responses };
  }

  #execute(
    operation: Operation,
    revision: number,
    events: StoreEvent[],
    options: StoreCallOptions | undefined,
  ): OperationResponse {
    if (operation.type === 'range') return { type: 'range', ...this.#range(operation) };
    const trace = options?.trace === undefined ? {} : { trace: options.trace };
    if (operation.type === 'put') {
      const before = this.#current(operation.key);
      const kv: KeyValue = {
        key: operation.key,
        value: operation.value,
        createRevision: before?.createRevision ?? revision,
        modRevision: revision,
        version: (before?.version ?? 0) + 1,
        lease: 0n,
        ...trace,
      };
      this.#write(operation.key, revision, kv);
      events.push({ type: 'put', kv });
      return { type: 'put' };
    }
    const gone = this.#keysIn(operation).filter(({ key }) => this.#current(key) !== undefined);
    for (const { key } of gone) {
      this.#write(key, revision, undefined);
      const value = new Uint8Array(0);
      const kv = { key, value, createRevision: 0, modRevision: revision, version: 0, lease: 0n, ...trace };
      events.push({ type: 'delete', kv });
    }
    return { type: 'deleteRange', deleted: gone.length, prevKvs: [] };
  }

  #write(key: Uint8Array, at: number, kv: KeyValue | undefined): void {
    const id = Buffer.from(key).toString('hex');
    const entry = this.#history.get(id) ?? { key, versions: [] };
    entry.versions.push(kv === undefined ? { at } : { at, kv });
    this.#history.set(id, entry);
  }

  #holds(compare: Compare): boolean {
    const kv = this.#current(compare.key);
    const difference =
      compare.target === 'value'
        ? compareKeys(kv?.value ?? new Uint8Array(0), compare.bytes)
        : (kv?.[compare.target] ?? 0) - compare.number;
    if (compare.target === 'value' && kv === undefined) return false;
    const results = {
      equal: difference === 0,
      notEqual: difference !== 0,
      greater: difference > 0,
      less: difference < 0,
    };
    return results[compare.result];
  }

  watch(request: WatchRequest, options?: { readonly signal?: AbortSignal }): StoreWatch {
    const from = (request.startRevision ?? 0) === 0 ? this.#revision + 1 : (request.startRevision ?? 0);
    const watch = new MemoryWatch(
      request,
      () => this.header,
      () => this.#watches.delete(watch),
    );
    if (from <= this.#compacted)
      watch.fail(new StoreError('compacted', 'compacted', { compactRevision: this.#compacted }));
    for (const change of this.#changes) if (change.revision >= from) watch.offer(change, this.header);
    this.#watches.add(watch);
    options?.signal?.addEventListener('abort', () => watch.close(), { once: true });
    return watch;
  }

  /** Every watch breaks as it does when its history is compacted away under it. */
  breakWatches(): void {
    for (const watch of [...this.#watches])
      watch.fail(new StoreError('compacted', 'compacted', { compactRevision: this.#revision }));
  }

  async compact(revision: number): Promise<void> {
    this.#assertHere();
    this.#compacted = Math.max(this.#compacted, revision);
  }

  async status(): Promise<StatusResponse> {
    const zero = { raftTerm: 1, raftIndex: 0, raftAppliedIndex: 0, dbBytes: 0 };
    const compactRevision = this.#compacted;
    const { header } = this;
    return {
      header,
      name: 'memory',
      version: '0',
      role: 'leader',
      leader: 'memory',
      compactRevision,
      ...zero,
    };
  }

  async close(): Promise<void> {
    for (const watch of [...this.#watches]) watch.close();
  }

  #assertHere(): void {
    if (this.away) throw new StoreError('unavailable', 'no member answers', { retryable: true });
  }
}

class MemoryWatch implements StoreWatch {
  readonly #request: WatchRequest;
  readonly #header: () => ResponseHeader;
  readonly #closed: () => void;
  #queue: WatchResponse[] = [];
  #over = false;
  #error: StoreError | undefined;
  #wake: () => void = () => undefined;

  constructor(request: WatchRequest, header: () => ResponseHeader, closed: () => void) {
    this.#request = request;
    this.#header = header;
    this.#closed = closed;
  }

  offer(change: Change, header: ResponseHeader): void {
    const events = change.events.filter(({ kv }) => inRange(kv.key, this.#request));
    if (events.length === 0) return;
    this.#queue.push({ header: { ...header, revision: change.revision }, events });
    this.#wake();
  }

  requestProgress(): void {
    this.#queue.push({ header: this.#header(), events: [] });
    this.#wake();
  }

  fail(error: StoreError): void {
    this.#error = error;
    this.close();
  }

  close(): void {
    this.#over = true;
    this.#closed();
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchResponse> {
    for (;;) {
      yield* this.#queue.splice(0);
      if (this.#error !== undefined) throw this.#error;
      if (this.#over) return;
      if (this.#queue.length > 0) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

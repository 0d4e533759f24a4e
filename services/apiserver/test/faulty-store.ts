import {
  type LeaseGrantRequest,
  type LeaseId,
  type RangeRequest,
  type Store,
  type StoreCallOptions,
  type StoreError,
  type StoreWatch,
  storeError,
  type TxnRequest,
  type WatchRequest,
  type WatchResponse,
} from '@kubelab/store';

/** A store that does what tests want to see survived. Several apiservers may use one: it closes with the last. */
export class FaultyStore implements Store {
  /** Whether a write's trace context comes out with what it wrote; a real etcd has no place for it. */
  readonly keepsTraces: boolean;
  readonly #store: Store;
  readonly #closed: () => Promise<void>;
  readonly #watches = new Set<BreakableWatch>();
  #users = 0;
  /** While set, every call fails as if no member answered. */
  away = false;
  /** By how much each answer of a watch comes late. */
  watchDelayMs = 0;
  /** Called before each transaction: for races. */
  beforeTxn: (request: TxnRequest) => Promise<void> | void = () => undefined;

  constructor(
    store: Store,
    options: { readonly keepsTraces: boolean; readonly closed: () => Promise<void> },
  ) {
    this.#store = store;
    this.keepsTraces = options.keepsTraces;
    this.#closed = options.closed;
  }

  /** One more close() is needed. */
  use(): this {
    this.#users += 1;
    return this;
  }

  async revision(): Promise<number> {
    return (await this.#store.status()).header.revision;
  }

  /** Every watch breaks as it does when its history is compacted away under it. */
  breakWatches(): void {
    for (const watch of [...this.#watches]) watch.fail(storeError('compacted', { compactRevision: 1 }));
  }

  range(request: RangeRequest, options?: StoreCallOptions) {
    return this.#call(() => this.#store.range(request, options));
  }

  async txn(request: TxnRequest, options?: StoreCallOptions) {
    await this.beforeTxn(request);
    return this.#call(() => this.#store.txn(request, options));
  }

  watch(request: WatchRequest, options?: { readonly signal?: AbortSignal }): StoreWatch {
    const watch: BreakableWatch = new BreakableWatch(this.#store.watch(request, options), {
      delay: async () => {
        if (this.watchDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.watchDelayMs));
      },
      over: () => this.#watches.delete(watch),
    });
    this.#watches.add(watch);
    return watch;
  }

  compact(revision: number, options?: StoreCallOptions & { readonly physical?: boolean }) {
    return this.#call(() => this.#store.compact(revision, options));
  }

  leaseGrant(request: LeaseGrantRequest, options?: StoreCallOptions) {
    return this.#call(() => this.#store.leaseGrant(request, options));
  }

  leaseRevoke(id: LeaseId, options?: StoreCallOptions) {
    return this.#call(() => this.#store.leaseRevoke(id, options));
  }

  leaseKeepAlive(id: LeaseId, options?: StoreCallOptions) {
    return this.#call(() => this.#store.leaseKeepAlive(id, options));
  }

  leaseTimeToLive(id: LeaseId, options?: StoreCallOptions & { readonly keys?: boolean }) {
    return this.#call(() => this.#store.leaseTimeToLive(id, options));
  }

  leaseLeases(options?: StoreCallOptions) {
    return this.#call(() => this.#store.leaseLeases(options));
  }

  status(options?: StoreCallOptions) {
    return this.#call(() => this.#store.status(options));
  }

  async close(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    await this.#store.close();
    await this.#closed();
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    if (this.away) throw storeError('noLeader');
    return call();
  }
}

class BreakableWatch implements StoreWatch {
  readonly #watch: StoreWatch;
  readonly #delay: () => Promise<void>;
  readonly #over: () => void;
  #error: StoreError | undefined;

  constructor(watch: StoreWatch, hooks: { readonly delay: () => Promise<void>; readonly over: () => void }) {
    this.#watch = watch;
    this.#delay = hooks.delay;
    this.#over = hooks.over;
  }

  requestProgress(): void {
    this.#watch.requestProgress();
  }

  fail(error: StoreError): void {
    this.#error = error;
    this.close();
  }

  close(): void {
    this.#watch.close();
    this.#over();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchResponse> {
    try {
      for await (const response of this.#watch) {
        await this.#delay();
        yield response;
      }
      if (this.#error !== undefined) throw this.#error;
    } finally {
      this.#over();
    }
  }
}

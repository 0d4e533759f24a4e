import {
  inRange,
  type KeyValue,
  type ResponseHeader,
  type StoreError,
  type StoreEvent,
  type StoreWatch,
  type WatchRequest,
  type WatchResponse,
} from '@kubelab/store';

export interface Change {
  readonly revision: number;
  readonly events: readonly Pick<StoreEvent, 'type' | 'kv'>[];
  /** What each event's key held before. */
  readonly previous: readonly (KeyValue | undefined)[];
}

const progressIntervalMs = 10_000;

export class MemoryWatch implements StoreWatch {
  readonly #request: WatchRequest;
  readonly #store: { readonly header: () => ResponseHeader; readonly over: () => void };
  readonly #queue: WatchResponse[] = [];
  readonly #notify: NodeJS.Timeout | undefined;
  #over = false;
  #error: StoreError | undefined;
  #wake: () => void = () => undefined;

  constructor(
    request: WatchRequest,
    store: { readonly header: () => ResponseHeader; readonly over: () => void },
  ) {
    this.#request = request;
    this.#store = store;
    if (request.progressNotify !== true) return;
    this.#notify = setInterval(() => this.requestProgress(), progressIntervalMs);
    this.#notify.unref();
  }

  offer(change: Change): void {
    const { filters = [], prevKv } = this.#request;
    const events = change.events.flatMap((event, at): StoreEvent[] => {
      if (!inRange(event.kv.key, this.#request)) return [];
      if (filters.includes(event.type === 'put' ? 'noPut' : 'noDelete')) return [];
      const before = change.previous[at];
      return [prevKv === true && before !== undefined ? { ...event, prevKv: before } : event];
    });
    if (events.length > 0)
      this.#tell({ header: { ...this.#store.header(), revision: change.revision }, events });
  }

  requestProgress(): void {
    this.#tell({ header: this.#store.header(), events: [] });
  }

  fail(error: StoreError): void {
    this.#error = error;
    this.close();
  }

  close(): void {
    clearInterval(this.#notify);
    this.#over = true;
    this.#store.over();
    this.#wake();
  }

  #tell(response: WatchResponse): void {
    this.#queue.push(response);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchResponse> {
    try {
      for (;;) {
        yield* this.#queue.splice(0);
        if (this.#error !== undefined) throw this.#error;
        if (this.#over) return;
        if (this.#queue.length > 0) continue;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.close();
    }
  }
}

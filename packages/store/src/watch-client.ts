import { type Message, noBytes, WireError, type WireStream } from '@kubelab/wire';
import type { World } from '@kubelab/world';
import { decodeWatchResponse, encodeWatch } from './codec.js';
import type { StoreErrorCode, StoreWatch, WatchRequest, WatchResponse } from './contract.js';
import { fromWireError } from './errors.js';

const retryDelayMinMs = 10;
const retryDelayMaxMs = 500;

export interface WatchSource {
  /** Opens the stream on some member, once one can be reached. Rejects with StoreError when that is no longer wanted. */
  open(message: Message): Promise<WireStream>;
  /** That member failed: another is to be asked. */
  failed(error: WireError): void;
  over(): void;
  readonly signal: AbortSignal | undefined;
}

/**
 * A watch over streams that break. Invariant: `#nextRevision` is one more than the last revision delivered in
 * full; a resumed stream starts there, so nothing comes twice and
 * nothing is left out (a member sends whole revisions). Until the first answer of a watch "from now on" there
 * is nothing to resume: it starts anew.
 */
export class ResumingWatch implements StoreWatch {
  readonly #world: World;
  readonly #request: WatchRequest;
  readonly #source: WatchSource;
  #nextRevision: number;
  /** Events from #nextRevision on that were delivered in fragments: a resumed stream sends them again. */
  #delivered = 0;
  #stream: WireStream | undefined;
  #closed = false;

  constructor(world: World, request: WatchRequest, source: WatchSource) {
    this.#world = world;
    this.#request = request;
    this.#source = source;
    this.#nextRevision = request.startRevision ?? 0;
    source.signal?.addEventListener('abort', () => this.close(), { once: true });
    if (source.signal?.aborted === true) this.#closed = true;
  }

  get closed(): boolean {
    return this.#closed;
  }

  requestProgress(): void {
    this.#stream?.send({ head: { progress: true }, payload: noBytes });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream?.fail(closedError());
    this.#source.over();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<WatchResponse> {
    let delayMs = retryDelayMinMs;
    try {
      while (!this.#closed) {
        try {
          for await (const response of this.#read()) {
            delayMs = retryDelayMinMs;
            yield response;
          }
        } catch (error) {
          if (this.#closed) return;
          if (!(error instanceof WireError)) throw error;
          const failure = fromWireError(error);
          if (lasting.has(failure.code)) throw failure;
          this.#source.failed(error);
        }
        if (this.#closed) return;
        await this.#world.timers.sleep(delayMs * (0.5 + this.#world.random.next() / 2));
        delayMs = Math.min(retryDelayMaxMs, delayMs * 2);
      }
    } finally {
      this.close();
    }
  }

  async *#read(): AsyncGenerator<WatchResponse> {
    const request = { ...this.#request, startRevision: this.#nextRevision };
    const stream = await this.#source.open({ head: null, payload: encodeWatch(request) });
    if (this.#closed) {
      stream.fail(closedError());
      return;
    }
    this.#stream = stream;
    let again = this.#delivered;
    try {
      for await (const message of stream) {
        const response = decodeWatchResponse(message.payload);
        const events = response.events.slice(again);
        again -= response.events.length - events.length;
        if (response.fragment === true) this.#delivered += events.length;
        else {
          this.#nextRevision = Math.max(this.#nextRevision, response.header.revision + 1);
          this.#delivered = 0;
          again = 0;
        }
        if (events.length > 0 || response.events.length === 0) yield { ...response, events };
      }
    } finally {
      this.#stream = undefined;
    }
  }
}

function closedError(): WireError {
  return new WireError('canceled', 'the watch was closed');
}

/** What ends a watch; the rest it survives. */
const lasting: ReadonlySet<StoreErrorCode> = new Set([
  'compacted',
  'permissionDenied',
  'invalidArgument',
  'invalidAuthToken',
]);

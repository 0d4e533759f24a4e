import { type Message, noBytes, WireError, type WireStream } from '@kubelab/wire';
import type { World } from '@kubelab/world';
import { decodeWatchResponse, encodeWatch } from './codec.js';
import type { StoreError, StoreWatch, WatchRequest, WatchResponse } from './contract.js';
import { fromWireError } from './errors.js';

const retryDelayMinMs = 10;
const retryDelayMaxMs = 500;

export interface WatchSource {
  /** Opens the stream on some member. */
  open(message: Message): WireStream;
  /** That member failed: another is to be asked. */
  failed(): void;
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

  requestProgress(): void {
    this.#stream?.send({ head: { progress: true }, payload: noBytes });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream?.fail(new WireError('canceled', 'the watch was closed'));
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
          const failure = this.#failure(error);
          if (failure !== undefined) throw failure;
        }
        if (this.#closed) return;
        this.#source.failed();
        await this.#world.timers.sleep(delayMs * (0.5 + this.#world.random.next() / 2));
        delayMs = Math.min(retryDelayMaxMs, delayMs * 2);
      }
    } finally {
      this.close();
    }
  }

  async *#read(): AsyncGenerator<WatchResponse> {
    const request = { ...this.#request, startRevision: this.#nextRevision };
    const stream = this.#source.open({ head: null, payload: encodeWatch(request) });
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

  /** What ends the watch; undefined for what it survives. */
  #failure(error: unknown): StoreError | undefined {
    if (!(error instanceof WireError)) throw error;
    if (this.#closed) return undefined;
    const failure = fromWireError(error);
    const final =
      failure.code === 'compacted' ||
      failure.code === 'permissionDenied' ||
      failure.code === 'invalidArgument';
    return final ? failure : undefined;
  }
}

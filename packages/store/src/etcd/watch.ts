import type { World } from '@kubelab/world';
import { StoreError, type StoreWatch, type WatchRequest, type WatchResponse } from '../contract.js';
import { storeError } from '../errors.js';
import { GrpcError, type GrpcStream } from './channel.adapter.js';
import type * as m from './messages.js';
import type { Message, MessageInput } from './protobuf.js';
import { fromGrpcStatus } from './status.js';
import { headerOf, toEvent } from './translate.js';

const retryDelayMinMs = 10;
const retryDelayMaxMs = 500;

type Stream = GrpcStream<MessageInput<typeof m.watchRequest>, Message<typeof m.watchResponse>>;

export interface EtcdWatchSource {
  /** On some member. */
  open(): Stream;
  /** That member failed: another is to be asked. */
  failed(): void;
  over(): void;
  readonly signal: AbortSignal | undefined;
}

/**
 * A watch of an etcd over streams that break, one stream for each watch. Invariant: `#nextRevision` is one more than the last
 * revision of which all was delivered (etcd sends whole revisions, or marks fragments); there a new stream starts. Of a watch
 * from now on, etcd's answer to its creation tells where "now" was. A revision that broke off between its fragments comes
 * again in full: what was delivered of it is left out.
 */
export class EtcdWatch implements StoreWatch {
  readonly #world: Pick<World, 'timers' | 'random'>;
  readonly #request: WatchRequest;
  readonly #source: EtcdWatchSource;
  #nextRevision: number;
  /** Events of `#nextRevision` that were delivered as fragments. */
  #deliveredOfNext = 0;
  #stream: Stream | undefined;
  #closed = false;

  constructor(world: Pick<World, 'timers' | 'random'>, request: WatchRequest, source: EtcdWatchSource) {
    this.#world = world;
    this.#request = request;
    this.#source = source;
    this.#nextRevision = request.startRevision ?? 0;
    source.signal?.addEventListener('abort', () => this.close(), { once: true });
    if (source.signal?.aborted === true) this.close();
  }

  requestProgress(): void {
    this.#stream?.send({ progress: {} });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream?.cancel();
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
            if (this.#closed) return;
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
    const stream = this.#source.open();
    this.#stream = stream;
    let skip = this.#deliveredOfNext;
    try {
      stream.send({ create: { ...this.#request, startRevision: this.#nextRevision } });
      for await (const response of stream.responses) {
        if (response.canceled) throw cancelError(response);
        const header = headerOf(response);
        if (response.created) {
          if (this.#nextRevision === 0) {
            this.#nextRevision = header.revision + 1;
            yield { header, events: [] };
          }
          continue;
        }
        const events = response.events.slice(skip).map(toEvent);
        skip = Math.max(0, skip - response.events.length);
        this.#advance(response, events.length);
        // etcd's header tells of the store: of a watch that is behind, its events tell how far it is.
        const revision = response.events.length > 0 ? this.#nextRevision - 1 : header.revision;
        const told = { header: { ...header, revision }, events };
        yield response.fragment ? { ...told, fragment: true } : told;
      }
    } finally {
      this.#stream = undefined;
      stream.cancel();
    }
  }

  /** Progress notices tell how far this watch is; answers with events may lag behind their header. */
  #advance({ events, fragment, header }: Message<typeof m.watchResponse>, delivered: number): void {
    const last = events.at(-1)?.kv?.modRevision;
    if (last === undefined) this.#moveTo(headerOf({ header }).revision + 1);
    else if (!fragment) this.#moveTo(last + 1);
    else {
      const begun = events.filter((event) => event.kv?.modRevision === last).length;
      const goesOn = this.#nextRevision === last;
      this.#moveTo(last);
      this.#deliveredOfNext = goesOn ? this.#deliveredOfNext + delivered : begun;
    }
  }

  #moveTo(revision: number): void {
    if (revision <= this.#nextRevision) return;
    this.#nextRevision = revision;
    this.#deliveredOfNext = 0;
  }

  /** What ends the watch; undefined for what it survives. */
  #failure(error: unknown): StoreError | undefined {
    if (this.#closed) return undefined;
    const failure = error instanceof GrpcError ? fromGrpcStatus(error, { write: false }) : error;
    if (!(failure instanceof StoreError)) throw error;
    return lasting.has(failure.code) ? failure : undefined;
  }
}

const lasting: ReadonlySet<string> = new Set([
  'compacted',
  'permissionDenied',
  'invalidArgument',
  'invalidAuthToken',
  'corrupt',
]);

function cancelError({ compactRevision, cancelReason }: Message<typeof m.watchResponse>): StoreError {
  if (compactRevision > 0) return storeError('compacted', { compactRevision });
  if (/permission denied/.test(cancelReason)) return storeError('permissionDenied');
  return storeError('unavailable', { detail: cancelReason });
}

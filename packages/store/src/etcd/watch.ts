import type { World } from '@kubelab/world';
import {
  type ResponseHeader,
  StoreError,
  type StoreWatch,
  type WatchRequest,
  type WatchResponse,
} from '../contract.js';
import { storeError } from '../errors.js';
import { GrpcError, type GrpcStream } from './channel.adapter.js';
import type * as m from './messages.js';
import type { ProgressCheck } from './progress.js';
import type { Message, MessageInput } from './protobuf.js';
import { fromGrpcStatus } from './status.js';
import { headerOf, toEvent } from './translate.js';

const retryDelayMinMs = 10;
const retryDelayMaxMs = 500;

type Stream = GrpcStream<MessageInput<typeof m.watchRequest>, Message<typeof m.watchResponse>>;

export interface EtcdWatchSource {
  /** On some member. */
  open(): Promise<{ readonly stream: Stream; readonly progress: ProgressCheck }>;
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
  /** As many of them come again on the present stream. */
  #skip = 0;
  #stream: Stream | undefined;
  /** The stream has its watch: what is asked before is sent then. */
  #created = false;
  #progressWanted = false;
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
    if (this.#created) this.#stream?.send({ progress: {} });
    else this.#progressWanted = true;
  }

  /** Its member seems to hang: it goes on at another. */
  leave(): void {
    this.#stream?.cancel();
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
    const { stream, progress } = await this.#source.open();
    try {
      if (this.#closed) return;
      this.#stream = stream;
      stream.send({ create: { ...this.#request, startRevision: this.#nextRevision } });
      for await (const response of stream.responses) {
        if (response.canceled) throw cancelError(response);
        const told = response.created
          ? this.#start(headerOf(response))
          : response.events.length > 0
            ? this.#tell(response, progress)
            : await this.#progress(response, progress);
        if (told !== undefined) yield told;
      }
    } finally {
      this.#stream = undefined;
      this.#created = false;
      stream.cancel();
    }
  }

  #start(header: ResponseHeader): WatchResponse | undefined {
    this.#skip = this.#deliveredOfNext;
    this.#created = true;
    if (this.#progressWanted) this.requestProgress();
    this.#progressWanted = false;
    if (this.#nextRevision > 0) return undefined;
    this.#nextRevision = header.revision + 1;
    return { header, events: [] };
  }

  #tell(response: Message<typeof m.watchResponse>, progress: ProgressCheck): WatchResponse {
    const events = response.events.slice(this.#skip).map(toEvent);
    this.#skip = Math.max(0, this.#skip - response.events.length);
    progress.delivered(events);
    this.#advance(response, events.length);
    // etcd's header tells of the store: of a watch that is behind, its events tell how far it is.
    const told = { header: { ...headerOf(response), revision: this.#nextRevision - 1 }, events };
    return response.fragment ? { ...told, fragment: true } : told;
  }

  /** Of this watch, where the server says so in turn with its events; of the stream, where it was asked for. */
  async #progress(
    response: Message<typeof m.watchResponse>,
    progress: ProgressCheck,
  ): Promise<WatchResponse | undefined> {
    const header = headerOf(response);
    if (response.watchId >= 0 || (await progress.isExact())) {
      this.#moveTo(header.revision + 1);
      return { header, events: [] };
    }
    if (this.#deliveredOfNext > 0) return undefined; // Between the fragments of a revision.
    const holds = await progress.holds({ from: this.#nextRevision, through: header.revision });
    return holds ? { header, events: [] } : undefined;
  }

  #advance({ events, fragment }: Message<typeof m.watchResponse>, delivered: number): void {
    const last = events.at(-1)?.kv?.modRevision ?? 0;
    if (!fragment) {
      this.#moveTo(last + 1);
      return;
    }
    const begun = events.filter((event) => event.kv?.modRevision === last).length;
    const goesOn = this.#nextRevision === last;
    this.#moveTo(last);
    this.#deliveredOfNext = goesOn ? this.#deliveredOfNext + delivered : begun;
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

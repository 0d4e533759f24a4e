import { dialWire, type Message, noBytes, type WireContext, WireError } from '@kubelab/wire';
import type { Address, TlsMaterial } from '@kubelab/world';
import { decodeRangeResponse, decodeTxnResponse, encodeRange, encodeTxn } from './codec.js';
import type {
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseId,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseTimeToLiveResponse,
  RangeRequest,
  RangeResponse,
  StatusResponse,
  Store,
  StoreCallOptions,
  StoreWatch,
  TxnRequest,
  TxnResponse,
  WatchRequest,
} from './contract.js';
import { describeStoreMessage } from './describe.js';
import { fromWireError, storeError } from './errors.js';
import {
  decodeLeaseGrantResponse,
  decodeLeasesResponse,
  decodeTimeToLiveResponse,
  encodeLeaseGrant,
  encodeLeaseId,
} from './lease-codec.js';
import { type Member, Members } from './members.js';
import { deadlineMsDefault, lateError, mayRetry, retryDelayMaxMs, retryDelayMinMs } from './retry.js';
import { ResumingWatch } from './watch-client.js';

/** The first try of a read; each further one waits twice as long, so that a read that takes its time succeeds at last. */
const tryDeadlineMs = 1_500;

export interface StoreClientOptions {
  /** Of all members. Their names are learned from them: a member that is not the leader says who is. */
  readonly addresses: readonly Address[];
  readonly tls: TlsMaterial;
}

/** A client of kubelab's Raft store: one connection, and others when that one fails or names the leader (members.ts). */
export function connectStore(context: WireContext, options: StoreClientOptions): Store {
  return new StoreClient(context, options);
}

interface CallKind extends StoreCallOptions {
  readonly write: boolean;
}

class StoreClient implements Store {
  readonly #context: WireContext;
  readonly #members: Members;
  #closed = false;
  readonly #watches = new Set<ResumingWatch>();

  constructor(context: WireContext, options: StoreClientOptions) {
    this.#context = context;
    this.#members = new Members(context.world, options.addresses, (address) =>
      dialWire(context, {
        addresses: [address],
        tls: options.tls,
        to: `${address.host}:${address.port}`,
        describe: describeStoreMessage,
      }),
    );
  }

  async range(request: RangeRequest, options?: StoreCallOptions): Promise<RangeResponse> {
    const message = { head: null, payload: encodeRange(request) };
    return decodeRangeResponse(
      (await this.#call('store.range', message, { ...options, write: false })).payload,
    );
  }

  async txn(request: TxnRequest, options?: StoreCallOptions): Promise<TxnResponse> {
    const message = { head: null, payload: encodeTxn(request) };
    return decodeTxnResponse((await this.#call('store.txn', message, { ...options, write: true })).payload);
  }

  watch(request: WatchRequest, options?: { readonly signal?: AbortSignal }): StoreWatch {
    let member: Member | undefined;
    const watch: ResumingWatch = new ResumingWatch(this.#context.world, request, {
      open: async (resumed) => {
        member =
          this.#members.readyForWatch() ??
          (await this.#members.reach({
            untilMs: Number.POSITIVE_INFINITY,
            forWatch: true,
            gone: () => watch.closed,
          }));
        return member.client.openStream('store.watch', resumed, { deadlineMs: Number.POSITIVE_INFINITY });
      },
      failed: (error) => {
        if (member !== undefined) this.#members.failed(member, error, Number.POSITIVE_INFINITY);
      },
      over: () => this.#watches.delete(watch),
      signal: options?.signal,
    });
    if (this.#closed) watch.close();
    else this.#watches.add(watch);
    return watch;
  }

  async compact(
    revision: number,
    options?: StoreCallOptions & { readonly physical?: boolean },
  ): Promise<void> {
    const head = { revision, physical: options?.physical === true };
    await this.#call('store.compact', { head, payload: noBytes }, { ...options, write: true });
  }

  async leaseGrant(request: LeaseGrantRequest, options?: StoreCallOptions): Promise<LeaseGrantResponse> {
    const answer = await this.#lease('store.leaseGrant', encodeLeaseGrant(request), true, options);
    return decodeLeaseGrantResponse(answer);
  }

  async leaseRevoke(id: LeaseId, options?: StoreCallOptions): Promise<void> {
    await this.#lease('store.leaseRevoke', encodeLeaseId(id), true, options);
  }

  /** Not a write: to renew twice is to renew. */
  async leaseKeepAlive(id: LeaseId, options?: StoreCallOptions): Promise<LeaseKeepAliveResponse> {
    return decodeLeaseGrantResponse(
      await this.#lease('store.leaseKeepAlive', encodeLeaseId(id), false, options),
    );
  }

  async leaseTimeToLive(
    id: LeaseId,
    options?: StoreCallOptions & { readonly keys?: boolean },
  ): Promise<LeaseTimeToLiveResponse> {
    const request = encodeLeaseId(id, options?.keys === true);
    return decodeTimeToLiveResponse(await this.#lease('store.leaseTimeToLive', request, false, options));
  }

  async leaseLeases(options?: StoreCallOptions): Promise<LeaseLeasesResponse> {
    return decodeLeasesResponse(await this.#lease('store.leaseLeases', noBytes, false, options));
  }

  async #lease(
    method: string,
    payload: Uint8Array,
    write: boolean,
    options: StoreCallOptions | undefined,
  ): Promise<Uint8Array> {
    return (await this.#call(method, { head: null, payload }, { ...options, write })).payload;
  }

  async status(options?: StoreCallOptions): Promise<StatusResponse> {
    const { head } = await this.#call(
      'store.status',
      { head: {}, payload: noBytes },
      { ...options, write: false },
    );
    if (!isStatus(head)) throw storeError('corrupt', { detail: 'status answer not understood' });
    return head;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const watch of this.#watches) watch.close();
    await this.#members.close();
  }

  /**
   * Tries members until the deadline: the believed leader, else the member that this client is at home with. A write that
   * may have been executed is not tried again.
   */
  async #call(method: string, message: Message, options: CallKind): Promise<Message> {
    const { clock, timers, random } = this.#context.world;
    const untilMs = clock.monotonicMs() + (options.deadlineMs ?? deadlineMsDefault);
    const gone = () => options.signal?.aborted === true;
    let delayMs = retryDelayMinMs;
    let failingSinceMs: number | undefined;
    let tryMs = tryDeadlineMs;
    for (;;) {
      const member =
        this.#members.ready(clock.monotonicMs()) ?? (await this.#members.reach({ untilMs, gone }));
      try {
        const answer = await this.#ask(member, method, message, { ...options, untilMs, tryMs });
        if (method !== 'store.status') this.#members.answered(member, answer.head);
        return answer;
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        const failure = fromWireError(error);
        if (gone() || this.#closed || !mayRetry(failure, false)) throw failure;
        const nowMs = clock.monotonicMs();
        failingSinceMs ??= nowMs;
        this.#members.failed(member, error, nowMs - failingSinceMs);
        if (!mayRetry(failure, options.write)) throw failure;
        if (nowMs + delayMs >= untilMs) throw lateError(failure);
        if (failure.code === 'timeout') tryMs *= 2;
      }
      await timers.sleep(delayMs * (0.5 + random.next() / 2));
      delayMs = Math.min(retryDelayMaxMs, delayMs * 2);
    }
  }

  async #ask(
    member: Member,
    method: string,
    message: Message,
    options: CallKind & { readonly untilMs: number; readonly tryMs: number },
  ): Promise<Message> {
    const { clock } = this.#context.world;
    const nowMs = clock.monotonicMs();
    const leftMs = options.untilMs - nowMs;
    const deadlineMs = Math.max(1, options.write ? leftMs : Math.min(leftMs, options.tryMs));
    const { signal, trace } = options;
    member.underWay += 1;
    try {
      return await member.client.request(method, message, { deadlineMs, signal, trace });
    } finally {
      member.underWay -= 1;
    }
  }
}

function isStatus(head: unknown): head is StatusResponse {
  return typeof head === 'object' && head !== null && 'header' in head && 'role' in head;
}

import { dialWire, type Message, noBytes, type WireClient, type WireContext, WireError } from '@kubelab/wire';
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
  StoreError,
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
import { ResumingWatch } from './watch-client.js';

const deadlineMsDefault = 10_000;
/** One try on one member; a member that does not answer is left for another. */
const tryDeadlineMs = 3_000;
const retryDelayMinMs = 5;
const retryDelayMaxMs = 250;

export interface StoreClientOptions {
  /** Of all members. Their names are learned from them: a member that is not the leader says who is. */
  readonly addresses: readonly Address[];
  readonly tls: TlsMaterial;
}

/** A client of kubelab's Raft store: a connection to each member, and a belief of who leads. */
export function connectStore(context: WireContext, options: StoreClientOptions): Store {
  return new StoreClient(context, options);
}

/** One member, as the client sees it. */
interface Member {
  readonly client: WireClient;
}

class StoreClient implements Store {
  readonly #context: WireContext;
  readonly #members: readonly Member[];
  #leader: string | undefined;
  #turn: number;
  #closed = false;
  readonly #watches = new Set<ResumingWatch>();

  constructor(context: WireContext, options: StoreClientOptions) {
    this.#context = context;
    this.#members = options.addresses.map((address) => ({
      client: dialWire(context, {
        addresses: [address],
        tls: options.tls,
        to: `${address.host}:${address.port}`,
        describe: describeStoreMessage,
      }),
    }));
    this.#turn = context.world.random.int(this.#members.length);
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
    const watch: ResumingWatch = new ResumingWatch(this.#context.world, request, {
      open: (resumed) =>
        this.#pickForWatch().client.openStream('store.watch', resumed, {
          deadlineMs: Number.POSITIVE_INFINITY,
        }),
      failed: () => {
        this.#turn += 1;
      },
      over: () => this.#watches.delete(watch),
      signal: options?.signal,
    });
    this.#watches.add(watch);
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
    await Promise.all(this.#members.map((member) => member.client.close()));
  }

  /**
   * Tries members until the deadline: the believed leader first, then in turn. A write that may have been
   * executed is not tried again.
   */
  async #call(
    method: string,
    message: Message,
    options: StoreCallOptions & { readonly write: boolean },
  ): Promise<Message> {
    const { world } = this.#context;
    const untilMs = world.clock.monotonicMs() + (options.deadlineMs ?? deadlineMsDefault);
    let delayMs = retryDelayMinMs;
    for (;;) {
      const member = this.#pick();
      const leftMs = untilMs - world.clock.monotonicMs();
      try {
        const deadlineMs = Math.max(1, Math.min(leftMs, options.write ? leftMs : tryDeadlineMs));
        return await member.client.request(method, message, {
          deadlineMs,
          signal: options.signal,
          trace: options.trace,
        });
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        const failure = fromWireError(error);
        this.#learn(member, error);
        const stop = options.signal?.aborted === true || this.#closed;
        if (stop || !mayRetry(failure, options.write)) throw failure;
        if (world.clock.monotonicMs() + delayMs >= untilMs) throw lateError(failure);
      }
      await world.timers.sleep(delayMs * (0.5 + world.random.next() / 2));
      delayMs = Math.min(retryDelayMaxMs, delayMs * 2);
    }
  }

  #pick(): Member {
    const leader = this.#members.find(
      (member) => member.client.connected && member.client.server === this.#leader,
    );
    if (leader !== undefined) return leader;
    const connected = this.#members.filter((member) => member.client.connected);
    const from = connected.length > 0 ? connected : this.#members;
    const member = from[this.#turn % from.length];
    if (member === undefined) throw storeError('unavailable', { detail: 'no members are configured' });
    return member;
  }

  /** Watches spread over the members: the leader has enough to do. */
  #pickForWatch(): Member {
    const connected = this.#members.filter((member) => member.client.connected);
    const from = connected.length > 0 ? connected : this.#members;
    const member = from[this.#turn % from.length];
    if (member === undefined) throw storeError('unavailable', { detail: 'no members are configured' });
    return member;
  }

  #learn(member: Member, error: WireError): void {
    const { leader } = error.details;
    this.#leader = typeof leader === 'string' && leader !== member.client.server ? leader : undefined;
    // Also when one is named: it may not be connected, and another may know better.
    this.#turn += 1;
  }
}

function mayRetry(error: StoreError, write: boolean): boolean {
  if (error.retryable) return true;
  if (error.code === 'unavailable' || error.code === 'timeout') return !(write && error.mayHaveExecuted);
  return false;
}

function lateError(cause: StoreError): StoreError {
  return storeError('timeout', { detail: cause.message, mayHaveExecuted: cause.mayHaveExecuted, cause });
}

function isStatus(head: unknown): head is StatusResponse {
  return typeof head === 'object' && head !== null && 'header' in head && 'role' in head;
}

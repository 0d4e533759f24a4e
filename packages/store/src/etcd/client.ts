import type { Address, World } from '@kubelab/world';
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
} from '../contract.js';
import { StoreError } from '../contract.js';
import { deadlineMsDefault, lateError, mayRetry, retryDelayMaxMs, retryDelayMinMs } from '../retry.js';
import { type CallOptions, type ChannelSecurity, type GrpcChannel, GrpcError } from './channel.adapter.js';
import { type Endpoint, Endpoints } from './endpoints.js';
import { statusOf } from './member-status.js';
import { oneAnswer } from './one-answer.js';
import { inPages } from './pages.js';
import { ProgressCheck } from './progress.js';
import {
  kvMethods,
  leaseKeepAliveMethod,
  leaseMethods,
  type Method,
  maintenanceMethods,
  watchMethod,
} from './services.js';
import { fromGrpcStatus } from './status.js';
import { fromTxn, headerOf, toTxnResponse } from './translate.js';
import { EtcdWatch } from './watch.js';

/** The first try of a read; each further one waits twice as long, so that a read that takes its time succeeds at last. */
const tryDeadlineMs = 2_000;

export type EtcdOptions = ChannelSecurity & {
  /** The client addresses of its members. */
  readonly endpoints: readonly Address[];
};

export interface EtcdContext {
  readonly world: Pick<World, 'clock' | 'timers' | 'random'>;
}

/**
 * A store that is a real etcd (3.4 or newer), through gRPC. What differs from connectStore's: etcd has no place for trace
 * context, so it is not kept; and what progress.ts says of a watch's progress on old servers.
 */
export function connectEtcd(context: EtcdContext, options: EtcdOptions): Store {
  return new EtcdStore(context.world, options);
}

interface TryOptions extends StoreCallOptions {
  /** It may change something: it is not sent twice unless it certainly was not executed. */
  readonly write: boolean;
  /** Default true: see CallOptions. What a member answers from its own state needs none. */
  readonly requireLeader?: boolean;
}

class EtcdStore implements Store {
  readonly #world: EtcdContext['world'];
  readonly #endpoints: Endpoints;
  readonly #watches = new Map<EtcdWatch, Endpoint | undefined>();
  #closed = false;

  constructor(world: EtcdContext['world'], options: EtcdOptions) {
    this.#world = world;
    this.#endpoints = new Endpoints(world, {
      ...options,
      // Its watches would notice by keep-alive, later.
      hung: (endpoint) => {
        for (const [watch, at] of [...this.#watches]) if (at === endpoint) watch.leave();
      },
    });
  }

  range(request: RangeRequest, options?: StoreCallOptions): Promise<RangeResponse> {
    const untilMs = this.#world.clock.monotonicMs() + (options?.deadlineMs ?? deadlineMsDefault);
    const requireLeader = request.serializable !== true;
    return inPages(request, async (page) => {
      const deadlineMs = untilMs - this.#world.clock.monotonicMs();
      const answer = await this.#call(kvMethods.range, page, {
        ...options,
        deadlineMs,
        write: false,
        requireLeader,
      });
      return { ...answer, header: headerOf(answer) };
    });
  }

  async txn(request: TxnRequest, options?: StoreCallOptions): Promise<TxnResponse> {
    return toTxnResponse(await this.#call(kvMethods.txn, fromTxn(request), { ...options, write: true }));
  }

  watch(request: WatchRequest, options?: { readonly signal?: AbortSignal }): StoreWatch {
    const watch: EtcdWatch = new EtcdWatch(this.#world, request, {
      open: async () => {
        const endpoint = this.#endpoints.current();
        this.#watches.set(watch, endpoint);
        const version = async () => {
          const call = { deadlineMs: tryDeadlineMs, requireLeader: false };
          return (await endpoint.channel.unary(maintenanceMethods.status, {}, call)).version;
        };
        const progress = new ProgressCheck({ version, range: (keys) => this.range(keys) }, request);
        return { stream: await endpoint.channel.stream(watchMethod), progress };
      },
      failed: () => this.#endpoints.leave(this.#watches.get(watch)),
      over: () => this.#watches.delete(watch),
      signal: options?.signal,
    });
    if (this.#closed) watch.close();
    else this.#watches.set(watch, undefined);
    return watch;
  }

  async compact(
    revision: number,
    options?: StoreCallOptions & { readonly physical?: boolean },
  ): Promise<void> {
    const physical = options?.physical ?? false;
    await this.#call(kvMethods.compact, { revision, physical }, { ...options, write: true });
  }

  async leaseGrant(request: LeaseGrantRequest, options?: StoreCallOptions): Promise<LeaseGrantResponse> {
    const answer = await this.#call(leaseMethods.grant, request, { ...options, write: true });
    return { header: headerOf(answer), id: answer.id, ttl: answer.ttl };
  }

  async leaseRevoke(id: LeaseId, options?: StoreCallOptions): Promise<void> {
    await this.#call(leaseMethods.revoke, { id }, { ...options, write: true });
  }

  /** A stream for one renewal: etcd has no other way. Renewing twice does no harm, so it is tried again like a read. */
  leaseKeepAlive(id: LeaseId, options?: StoreCallOptions): Promise<LeaseKeepAliveResponse> {
    return this.#try({ ...options, write: false }, async (channel, call) => {
      const options = { method: leaseKeepAliveMethod, request: { id }, call, wanted: () => true };
      const answer = await oneAnswer(this.#world, channel, options);
      return { ...answer, header: headerOf(answer) };
    });
  }

  async leaseTimeToLive(
    id: LeaseId,
    options?: StoreCallOptions & { readonly keys?: boolean },
  ): Promise<LeaseTimeToLiveResponse> {
    const request = { id, keys: options?.keys ?? false };
    const answer = await this.#call(leaseMethods.timeToLive, request, { ...options, write: false });
    return { ...answer, header: headerOf(answer) };
  }

  async leaseLeases(options?: StoreCallOptions): Promise<LeaseLeasesResponse> {
    const answer = await this.#call(leaseMethods.leases, {}, { ...options, write: false });
    return { header: headerOf(answer), ids: answer.leases.map((lease) => lease.id) };
  }

  status(options?: StoreCallOptions): Promise<StatusResponse> {
    return this.#try({ ...options, write: false, requireLeader: false }, (channel, call) =>
      statusOf(this.#world, channel, call),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const watch of [...this.#watches.keys()]) watch.close();
    this.#endpoints.close();
  }

  #call<Request, RequestInput, Response, ResponseInput>(
    method: Method<Request, RequestInput, Response, ResponseInput>,
    request: RequestInput,
    options: TryOptions,
  ): Promise<Response> {
    return this.#try(options, (channel, call) => channel.unary(method, request, call));
  }

  /** Tries members until the deadline; any serves any request, for etcd's followers forward what only the leader can do. */
  async #try<T>(
    options: TryOptions,
    attempt: (channel: GrpcChannel, call: CallOptions) => Promise<T>,
  ): Promise<T> {
    const { timers, clock, random } = this.#world;
    const { write, signal, requireLeader = true } = options;
    const untilMs = clock.monotonicMs() + (options.deadlineMs ?? deadlineMsDefault);
    let delayMs = retryDelayMinMs;
    let tryMs = tryDeadlineMs;
    for (;;) {
      const endpoint = this.#endpoints.current();
      const leftMs = untilMs - clock.monotonicMs();
      const deadlineMs = Math.max(1, write ? leftMs : Math.min(leftMs, tryMs));
      const over = endpoint.silence.asked(clock.monotonicMs());
      try {
        const answer = await attempt(endpoint.channel, { deadlineMs, signal, requireLeader });
        over(clock.monotonicMs());
        return answer;
      } catch (error) {
        const failure = error instanceof GrpcError ? fromGrpcStatus(error, { write }) : error;
        if (!(failure instanceof StoreError)) throw error;
        const hangs = failure.code === 'timeout' && !failure.message.startsWith('etcdserver');
        over(hangs || failure.code === 'unavailable' ? undefined : clock.monotonicMs());
        if (signal?.aborted === true || this.#closed || !mayRetry(failure, false)) throw failure;
        if (hangs && deadlineMs >= tryDeadlineMs) this.#endpoints.hangs(endpoint);
        else if (!hangs) this.#endpoints.leave(endpoint);
        if (!mayRetry(failure, write)) throw failure;
        if (clock.monotonicMs() + delayMs >= untilMs) throw lateError(failure);
        if (hangs) tryMs *= 2;
      }
      await timers.sleep(delayMs * (0.5 + random.next() / 2));
      delayMs = Math.min(retryDelayMaxMs, delayMs * 2);
    }
  }
}

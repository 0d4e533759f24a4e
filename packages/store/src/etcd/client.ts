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
import { storeError } from '../errors.js';
import { type ChannelSecurity, type GrpcChannel, GrpcError, openChannel } from './channel.adapter.js';
import {
  clusterMethods,
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

const deadlineMsDefault = 10_000;
/** One try on one member; a member that does not answer is left for another. */
const tryDeadlineMs = 3_000;
const retryDelayMinMs = 5;
const retryDelayMaxMs = 250;

export type EtcdOptions = ChannelSecurity & {
  /** The client addresses of its members. */
  readonly endpoints: readonly Address[];
};

export interface EtcdContext {
  readonly world: Pick<World, 'clock' | 'timers' | 'random'>;
}

/**
 * A store that is a real etcd (3.4 or newer), through gRPC. What is told apart from connectStore's: trace context has no place in etcd
 * and is not kept.
 */
export function connectEtcd(context: EtcdContext, options: EtcdOptions): Store {
  return new EtcdStore(context.world, options);
}

interface TryOptions extends StoreCallOptions {
  /** It may change something: it is not sent twice unless it certainly was not executed. */
  readonly write: boolean;
}

class EtcdStore implements Store {
  readonly #world: EtcdContext['world'];
  readonly #channels: readonly GrpcChannel[];
  readonly #watches = new Set<EtcdWatch>();
  #turn: number;
  #closed = false;

  constructor(world: EtcdContext['world'], options: EtcdOptions) {
    this.#world = world;
    if (options.endpoints.length === 0)
      throw storeError('invalidArgument', { detail: 'no endpoints of etcd are configured' });
    this.#channels = options.endpoints.map((endpoint) => openChannel(world, endpoint, options));
    this.#turn = world.random.int(this.#channels.length);
  }

  async range(request: RangeRequest, options?: StoreCallOptions): Promise<RangeResponse> {
    const answer = await this.#call(kvMethods.range, request, { ...options, write: false });
    return { ...answer, header: headerOf(answer) };
  }

  async txn(request: TxnRequest, options?: StoreCallOptions): Promise<TxnResponse> {
    return toTxnResponse(await this.#call(kvMethods.txn, fromTxn(request), { ...options, write: true }));
  }

  watch(request: WatchRequest, options?: { readonly signal?: AbortSignal }): StoreWatch {
    const watch: EtcdWatch = new EtcdWatch(this.#world, request, {
      open: () => this.#channel().stream(watchMethod),
      failed: () => {
        this.#turn += 1;
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
    return this.#try({ ...options, write: false }, async (channel, deadlineMs) => {
      const stream = channel.stream(leaseKeepAliveMethod);
      const cancel = () => stream.cancel();
      const late = this.#world.timers.setTimeout(cancel, deadlineMs);
      options?.signal?.addEventListener('abort', cancel, { once: true });
      try {
        stream.send({ id });
        for await (const answer of stream.responses) return { ...answer, header: headerOf(answer) };
        throw storeError('unavailable', { detail: 'the keep-alive ended without an answer' });
      } finally {
        late.cancel();
        options?.signal?.removeEventListener('abort', cancel);
        stream.cancel();
      }
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

  async status(options?: StoreCallOptions): Promise<StatusResponse> {
    return await this.#try({ ...options, write: false }, async (channel, deadlineMs) => {
      const call = { deadlineMs, signal: options?.signal };
      const [answer, list] = await Promise.all([
        channel.unary(maintenanceMethods.status, {}, call),
        channel.unary(clusterMethods.memberList, {}, call),
      ]);
      const { dbSize: dbBytes, dbSizeInUse: dbBytesInUse, ...status } = answer;
      const header = headerOf(answer);
      const leads = answer.leader === header.memberId;
      return {
        ...status,
        header,
        name: list.members.find((member) => member.id === header.memberId)?.name ?? '',
        role: leads ? 'leader' : answer.isLearner ? 'learner' : 'follower',
        dbBytes,
        dbBytesInUse,
        // etcd tells it in the answer to HashKV alone, which reads every key.
        compactRevision: 0,
      };
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const watch of [...this.#watches]) watch.close();
    for (const channel of this.#channels) channel.close();
  }

  #call<Request, RequestInput, Response, ResponseInput>(
    method: Method<Request, RequestInput, Response, ResponseInput>,
    request: RequestInput,
    options: TryOptions,
  ): Promise<Response> {
    return this.#try(options, (channel, deadlineMs) =>
      channel.unary(method, request, { deadlineMs, signal: options.signal }),
    );
  }

  /** Tries members in turn until the deadline. */
  async #try<T>(
    options: TryOptions,
    attempt: (channel: GrpcChannel, deadlineMs: number) => Promise<T>,
  ): Promise<T> {
    const { timers, clock, random } = this.#world;
    const { write } = options;
    const untilMs = clock.monotonicMs() + (options.deadlineMs ?? deadlineMsDefault);
    let delayMs = retryDelayMinMs;
    for (;;) {
      const leftMs = untilMs - clock.monotonicMs();
      try {
        return await attempt(this.#channel(), Math.max(1, write ? leftMs : Math.min(leftMs, tryDeadlineMs)));
      } catch (error) {
        const failure = error instanceof GrpcError ? fromGrpcStatus(error, { write }) : error;
        if (!(failure instanceof StoreError)) throw error;
        const stop = options.signal?.aborted === true || this.#closed;
        if (stop || !mayRetry(failure)) throw failure;
        this.#turn += 1;
        if (clock.monotonicMs() + delayMs >= untilMs) throw lateError(failure);
      }
      await timers.sleep(delayMs * (0.5 + random.next() / 2));
      delayMs = Math.min(retryDelayMaxMs, delayMs * 2);
    }
  }

  /** Any member serves any request: etcd's followers forward what only the leader can do. */
  #channel(): GrpcChannel {
    const channel = this.#channels[this.#turn % this.#channels.length];
    if (channel === undefined || this.#closed)
      throw storeError('unavailable', { detail: 'this client of etcd is closed' });
    return channel;
  }
}

function mayRetry(error: StoreError): boolean {
  if (error.retryable) return true;
  return (error.code === 'unavailable' || error.code === 'timeout') && !error.mayHaveExecuted;
}

function lateError(cause: StoreError): StoreError {
  return storeError('timeout', { detail: cause.message, mayHaveExecuted: cause.mayHaveExecuted, cause });
}

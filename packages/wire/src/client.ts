import { type Connection, NetworkError, type Timer } from '@kubelab/world';
import { ClientSession, failPending, type PendingRequest, type PendingStream } from './client-session.js';
import {
  type CallOptions,
  type DialOptions,
  type Message,
  type WireClient,
  type WireContext,
  WireError,
  type WireStream,
} from './contract.js';
import { limits } from './limits.js';
import { labelOf } from './session.js';
import { StreamEnd } from './stream.js';

export function dialWire(context: WireContext, options: DialOptions): WireClient {
  const client = new Client(context, options);
  client.start();
  return client;
}

/**
 * Requests and streams are in `#waiting` until a connection takes them. A connection that breaks fails what it carries
 * and leaves what waits; one whose server says that it stops is left to finish while another is dialled.
 */
class Client implements WireClient {
  readonly #context: WireContext;
  readonly #options: DialOptions;
  #nextAddress: number;
  /** Takes what comes; its server introduced itself. */
  #session: ClientSession | undefined;
  /** All connections that are not closed: also one that is being opened, and those that retire. */
  readonly #open = new Set<ClientSession>();
  #dialing: AbortController | undefined;
  #redialTimer: Timer | undefined;
  #failures = 0;
  #dialFailures = 0;
  #closed = false;
  readonly #waiting = new Set<PendingRequest | PendingStream>();
  #waitingSweep: Timer | undefined;
  #lastFailure = 'not connected yet';

  constructor(context: WireContext, options: DialOptions) {
    this.#context = context;
    this.#options = options;
    this.#nextAddress = context.world.random.int(options.addresses.length);
  }

  get connected(): boolean {
    return this.#session !== undefined;
  }

  get server(): string | undefined {
    return this.#session?.peerName;
  }

  get silentMs(): number {
    return this.#session?.silentMs ?? 0;
  }

  get dialFailures(): number {
    return this.#dialFailures;
  }

  start(): void {
    void this.#dial();
  }

  request(method: string, message: Message, options: CallOptions = {}): Promise<Message> {
    return new Promise((resolve, reject) => {
      const { signal, trace } = options;
      const refusal = this.#refusal(signal);
      if (refusal !== undefined) return reject(refusal);
      const label = labelOf(this.#options.describe, method, message, trace);
      const deadlineAtMs = this.#deadline(options);
      const pending: PendingRequest = {
        method,
        message,
        label,
        deadlineAtMs,
        carrier: undefined,
        resolve,
        reject,
      };
      return this.#send(signal === undefined ? pending : this.#abortable(pending, signal));
    });
  }

  openStream(method: string, message: Message, options: CallOptions = {}): WireStream {
    const { signal, trace } = options;
    const abort = () => end.fail(canceled());
    const end: StreamEnd = new StreamEnd(() => {
      signal?.removeEventListener('abort', abort);
      this.#waiting.delete(pending);
      pending.carrier?.session.forgetStream(pending.carrier.id);
    });
    const label = labelOf(this.#options.describe, method, message, trace);
    const deadlineAtMs = this.#deadline(options);
    const pending: PendingStream = { method, message, label, deadlineAtMs, carrier: undefined, end };
    const refusal = this.#refusal(signal);
    if (refusal !== undefined) end.failLocally(refusal);
    else {
      signal?.addEventListener('abort', abort, { once: true });
      this.#send(pending);
    }
    return end;
  }

  datagram(
    method: string,
    message: Message,
    options: { readonly trace?: CallOptions['trace'] } = {},
  ): boolean {
    const session = this.#session;
    if (session === undefined || session.bufferedBytes > limits.datagramBufferBytesMax) return false;
    session.datagram(method, message, options.trace);
    return true;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#redialTimer?.cancel();
    this.#waitingSweep?.cancel();
    this.#dialing?.abort();
    const gone = new WireError('canceled', 'the client was closed');
    for (const pending of this.#waiting) failPending(pending, gone);
    this.#waiting.clear();
    for (const session of [...this.#open]) session.close(1000, 'done');
    return Promise.resolve();
  }

  #refusal(signal: AbortSignal | undefined): WireError | undefined {
    if (this.#closed) return new WireError('canceled', 'the client was closed');
    if (signal?.aborted === true) return canceled();
    const under = this.#waiting.size + (this.#session?.running ?? 0);
    if (under < limits.waitingMax) return undefined;
    const text = `${under} requests wait for ${this.#options.to}`;
    return new WireError('resourceExhausted', text, { retryable: true });
  }

  #deadline(options: CallOptions): number {
    return this.#context.world.clock.monotonicMs() + (options.deadlineMs ?? limits.requestDeadlineMs);
  }

  #send(pending: PendingRequest | PendingStream): void {
    if (this.#session !== undefined) {
      this.#session.send(pending);
      return;
    }
    this.#waiting.add(pending);
    this.#waitingSweep ??= this.#context.world.timers.setInterval(
      () => this.#sweepWaiting(),
      limits.sweepIntervalMs,
    );
  }

  #abortable(pending: PendingRequest, signal: AbortSignal): PendingRequest {
    const settled = () => signal.removeEventListener('abort', abort);
    const abortable: PendingRequest = {
      ...pending,
      resolve: (answer) => {
        settled();
        pending.resolve(answer);
      },
      reject: (error) => {
        settled();
        pending.reject(error);
      },
    };
    const abort = () => this.#giveUp(abortable);
    signal.addEventListener('abort', abort, { once: true });
    return abortable;
  }

  #giveUp(pending: PendingRequest): void {
    this.#waiting.delete(pending);
    pending.carrier?.session.cancel(pending.carrier.id);
    failPending(pending, canceled());
  }

  /* ------------------------------------------------------------ connection */

  async #dial(): Promise<void> {
    const { addresses, tls } = this.#options;
    const address = addresses[this.#nextAddress % addresses.length];
    if (address === undefined || this.#closed) return;
    this.#nextAddress = (this.#nextAddress + 1) % addresses.length;
    const controller = new AbortController();
    this.#dialing = controller;
    try {
      const connection = await this.#context.world.network.connect({
        address,
        tls,
        messageBytesMax: limits.messageBytesMax,
        timeoutMs: limits.connectTimeoutMs,
        signal: controller.signal,
      });
      this.#adopt(connection);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#failed(error.message);
      if (error.code === 'refused') this.#options.refused?.();
    } finally {
      this.#dialing = undefined;
    }
  }

  /** All addresses are tried at once, one after the other; only a whole round of failures makes it wait. */
  #failed(why: string): void {
    this.#lastFailure = why;
    this.#failures += 1;
    this.#dialFailures += 1;
    this.#dialSoon(this.#failures % this.#options.addresses.length === 0 ? this.#backoffMs() : 0);
  }

  #backoffMs(): number {
    const round = Math.floor(this.#failures / this.#options.addresses.length);
    const ceilingMs = Math.min(limits.redialDelayMaxMs, limits.redialDelayMinMs * 2 ** Math.min(round, 10));
    return this.#context.world.random.next() * ceilingMs;
  }

  #dialSoon(delayMs: number): void {
    if (this.#closed) return;
    this.#redialTimer?.cancel();
    this.#redialTimer = this.#context.world.timers.setTimeout(() => {
      this.#redialTimer = undefined;
      void this.#dial();
    }, delayMs);
  }

  #adopt(connection: Connection): void {
    const openedAtMs = this.#context.world.clock.monotonicMs();
    const session: ClientSession = new ClientSession(this.#context, connection, this.#options, {
      opened: () => this.#opened(session),
      goAway: () => this.#leave(session),
      closed: (reason) => this.#disconnected(session, reason, openedAtMs),
    });
    this.#open.add(session);
    session.start();
    if (this.#closed) session.close(1000, 'done');
  }

  #opened(session: ClientSession): void {
    this.#session = session;
    this.#dialFailures = 0;
    this.#waitingSweep?.cancel();
    this.#waitingSweep = undefined;
    for (const pending of this.#waiting) {
      if (session.over) return; // What is left waits for the next one.
      this.#waiting.delete(pending);
      session.send(pending);
    }
  }

  /** Its server stops: what is under way there is answered, what comes goes to the next. */
  #leave(session: ClientSession): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#failed(`${session.peerName} stops`);
    session.retire();
  }

  #disconnected(session: ClientSession, reason: string, openedAtMs: number): void {
    this.#open.delete(session);
    const left = this.#session !== session && session.retiring;
    if (this.#session === session) this.#session = undefined;
    if (left) return;
    const livedMs = this.#context.world.clock.monotonicMs() - openedAtMs;
    if (livedMs < limits.stableAfterMs) {
      this.#failed(reason);
      return;
    }
    this.#lastFailure = reason;
    this.#failures = 0;
    this.#dialSoon(0);
  }

  /** While there is no connection: what waits for one too long was certainly not sent. */
  #sweepWaiting(): void {
    const nowMs = this.#context.world.clock.monotonicMs();
    const text = `${this.#options.to} cannot be reached: ${this.#lastFailure}`;
    for (const pending of this.#waiting) {
      if (pending.deadlineAtMs > nowMs) continue;
      this.#waiting.delete(pending);
      failPending(pending, new WireError('unavailable', text, { retryable: true }));
    }
    if (this.#waiting.size > 0) return;
    this.#waitingSweep?.cancel();
    this.#waitingSweep = undefined;
  }
}

function canceled(): WireError {
  return new WireError('canceled', 'the caller gave up');
}

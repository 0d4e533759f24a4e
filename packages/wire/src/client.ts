import { type Address, type Connection, NetworkError, type Timer } from '@kubelab/world';
import {
  type CallOptions,
  type DialOptions,
  type Message,
  type WireClient,
  type WireContext,
  WireError,
  type WireStream,
} from './contract.js';
import { type Frame, ProtocolError } from './frame.js';
import { closeCodes, limits } from './limits.js';
import { labelOf, streamPort } from './server.js';
import { type FrameLabel, Session } from './session.js';
import { StreamEnd } from './stream.js';

export function dialWire(context: WireContext, options: DialOptions): WireClient {
  const client = new Client(context, options);
  client.start();
  return client;
}

interface PendingRequest {
  readonly method: string;
  readonly message: Message;
  readonly label: FrameLabel;
  readonly deadlineAtMs: number;
  readonly resolve: (message: Message) => void;
  readonly reject: (error: WireError) => void;
  /** Forgets the abort listener. */
  readonly settle: () => void;
}

interface PendingStream {
  readonly method: string;
  readonly message: Message;
  readonly label: FrameLabel;
  readonly deadlineAtMs: number;
  readonly end: StreamEnd;
}

/**
 * Requests and streams are in `#waiting` until a connection takes them, then in `#requests` or `#streams`
 * until answered. A connection that breaks
 * fails all of the latter and leaves the former.
 */
class Client implements WireClient {
  readonly #context: WireContext;
  readonly #options: DialOptions;
  #nextAddress: number;
  #session: Session | undefined;
  #dialing: AbortController | undefined;
  #redialTimer: Timer | undefined;
  #failures = 0;
  #closed = false;
  #nextId = 1;
  readonly #requests = new Map<number, PendingRequest>();
  readonly #streams = new Map<number, PendingStream>();
  #waiting: (PendingRequest | PendingStream)[] = [];
  readonly #listeners = new Set<(connected: boolean) => void>();
  #lastFailure = 'not connected yet';
  #idleSweep: Timer | undefined;

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

  start(): void {
    void this.#dial();
  }

  request(method: string, message: Message, options: CallOptions = {}): Promise<Message> {
    return new Promise((resolve, reject) => {
      if (!this.#admit(reject)) return;
      const { signal } = options;
      if (signal?.aborted) return reject(canceled());
      const abort = () => this.#abort(pending);
      const pending: PendingRequest = {
        method,
        message,
        label: this.#label(method, message, options.trace),
        deadlineAtMs: this.#deadline(options),
        resolve,
        reject,
        settle: () => signal?.removeEventListener('abort', abort),
      };
      signal?.addEventListener('abort', abort, { once: true });
      return this.#start(pending);
    });
  }

  openStream(method: string, message: Message, options: CallOptions = {}): WireStream {
    const { signal } = options;
    const abort = () => end.fail(canceled());
    const end: StreamEnd = new StreamEnd(() => {
      signal?.removeEventListener('abort', abort);
      this.#forgetStream(end);
    });
    const refused = (error: WireError) => end.failLocally(error);
    if (signal?.aborted) refused(canceled());
    else if (this.#admit(refused)) {
      signal?.addEventListener('abort', abort, { once: true });
      const label = this.#label(method, message, options.trace);
      this.#start({ method, message, label, deadlineAtMs: this.#deadline(options), end });
    }
    return end;
  }

  datagram(
    method: string,
    message: Message,
    options: { readonly trace?: CallOptions['trace'] } = {},
  ): boolean {
    const session = this.#session;
    if (session === undefined || session.connection.bufferedBytes > limits.datagramBufferBytesMax)
      return false;
    const { trace } = options;
    session.send({ type: 'datagram', method, message, trace }, this.#label(method, message, trace));
    return true;
  }

  redial(preferred?: Address): void {
    if (preferred !== undefined) {
      const at = this.#options.addresses.findIndex(
        (a) => a.host === preferred.host && a.port === preferred.port,
      );
      if (at >= 0) this.#nextAddress = at;
    }
    this.#failures = 0;
    if (this.#session !== undefined)
      this.#session.close(closeCodes.goingAway, 'the client goes to another server');
    else if (this.#redialTimer !== undefined) this.#dialSoon(0);
  }

  onStateChange(listener: (connected: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#redialTimer?.cancel();
    this.#idleSweep?.cancel();
    this.#dialing?.abort();
    const gone = new WireError('canceled', 'the client was closed');
    for (const pending of this.#waiting.splice(0)) fail(pending, gone);
    this.#session?.close(1000, 'done');
    return Promise.resolve();
  }

  #admit(refuse: (error: WireError) => void): boolean {
    if (this.#closed) {
      refuse(new WireError('canceled', 'the client was closed'));
      return false;
    }
    const open = this.#requests.size + this.#streams.size + this.#waiting.length;
    if (open < limits.waitingMax) return true;
    refuse(
      new WireError('resourceExhausted', `${open} requests wait for ${this.#options.to}`, {
        retryable: true,
      }),
    );
    return false;
  }

  #label(method: string, message: Message, trace: string | undefined): FrameLabel {
    return labelOf(this.#options, method, message, trace);
  }

  #deadline(options: CallOptions): number {
    return this.#context.world.clock.monotonicMs() + (options.deadlineMs ?? limits.requestDeadlineMs);
  }

  #start(pending: PendingRequest | PendingStream): void {
    if (this.#session === undefined) {
      this.#waiting.push(pending);
      this.#idleSweep ??= this.#context.world.timers.setInterval(
        () => this.#sweepWaiting(),
        limits.sweepIntervalMs,
      );
    } else this.#sendNow(this.#session, pending);
  }

  #sendNow(session: Session, pending: PendingRequest | PendingStream): void {
    const id = this.#nextId;
    this.#nextId += 1;
    const { method, message, label } = pending;
    const deadlineMs = pending.deadlineAtMs - this.#context.world.clock.monotonicMs();
    const fields = { id, method, message, deadlineMs, trace: label.trace };
    if ('end' in pending) {
      if (pending.end.over) return;
      this.#streams.set(id, pending);
      session.send({ type: 'streamOpen', ...fields }, label);
      const describe = (sent: Message, trace: string | undefined) => this.#label(method, sent, trace);
      pending.end.attach(streamPort(session, id, describe));
    } else {
      this.#requests.set(id, pending);
      session.send({ type: 'request', ...fields }, label);
    }
  }

  #abort(pending: PendingRequest): void {
    const at = this.#waiting.indexOf(pending);
    if (at >= 0) this.#waiting.splice(at, 1);
    for (const [id, running] of this.#requests) {
      if (running !== pending) continue;
      this.#requests.delete(id);
      this.#session?.send({ type: 'cancel', id });
    }
    fail(pending, canceled());
  }

  #forgetStream(end: StreamEnd): void {
    for (const [id, stream] of this.#streams) if (stream.end === end) this.#streams.delete(id);
    const at = this.#waiting.findIndex((pending) => 'end' in pending && pending.end === end);
    if (at >= 0) this.#waiting.splice(at, 1);
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
      this.#dialing = undefined;
      this.#connected(connection);
    } catch (error) {
      this.#dialing = undefined;
      if (!(error instanceof NetworkError)) throw error;
      this.#lastFailure = error.message;
      this.#failures += 1;
      // All addresses are tried at once, one after the other; only a whole round of failures makes it wait.
      this.#dialSoon(this.#failures % addresses.length === 0 ? this.#backoffMs() : 0);
    }
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

  #connected(connection: Connection): void {
    const session: Session = new Session(this.#context, connection, this.#options.to, {
      frame: (frame) => this.#frame(session, frame),
      closed: (reason) => this.#disconnected(session, reason),
      sweep: (nowMs) => this.#sweep(nowMs),
    });
    this.#session = session;
    this.#failures = 0;
    session.start();
    if (this.#closed) {
      session.close(1000, 'done');
      return;
    }
    this.#idleSweep?.cancel();
    this.#idleSweep = undefined;
    for (const pending of this.#waiting.splice(0)) this.#sendNow(session, pending);
    for (const listener of [...this.#listeners]) listener(true);
  }

  #disconnected(session: Session, reason: string): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#lastFailure = `the connection to ${session.peerName} closed (${reason})`;
    const error = new WireError('unavailable', this.#lastFailure, { mayHaveExecuted: true });
    const requests = [...this.#requests.values()];
    const streams = [...this.#streams.values()];
    this.#requests.clear();
    this.#streams.clear();
    this.#dialSoon(0);
    for (const pending of [...requests, ...streams]) fail(pending, error);
    for (const listener of [...this.#listeners]) listener(false);
  }

  #frame(session: Session, frame: Frame): void {
    switch (frame.type) {
      case 'response':
      case 'error':
        this.#answer(session, frame);
        break;
      case 'streamMessage': {
        const stream = this.#streams.get(frame.id);
        if (stream === undefined) return; // Over on this side; the server has not heard yet.
        session.received(this.#label(stream.method, frame.message, frame.trace), frame.message);
        stream.end.receive(frame.message);
        if (stream.end.overrun) throw new ProtocolError('more was sent on a stream than was granted');
        break;
      }
      case 'streamEnd':
        this.#streams.get(frame.id)?.end.receiveEnd();
        break;
      case 'streamFail':
        this.#streams.get(frame.id)?.end.failLocally(frame.error);
        break;
      case 'window':
        this.#streams.get(frame.id)?.end.receiveGrant(frame.bytes);
        break;
      case 'goAway':
        break; // The server closes soon; until then it answers new requests with a retryable error.
      default:
        throw new ProtocolError(`a server does not send ${frame.type}`);
    }
  }

  #answer(session: Session, frame: Frame & { type: 'response' | 'error' }): void {
    const pending = this.#requests.get(frame.id);
    if (pending === undefined) return; // Given up meanwhile.
    this.#requests.delete(frame.id);
    pending.settle();
    const { label } = pending;
    if (frame.type === 'response') {
      session.received({ ...label, kind: `${label.kind} ok` }, frame.message);
      pending.resolve(frame.message);
    } else pending.reject(frame.error);
  }

  #sweep(nowMs: number): void {
    for (const [id, pending] of this.#requests) {
      if (pending.deadlineAtMs > nowMs) continue;
      this.#requests.delete(id);
      this.#session?.send({ type: 'cancel', id });
      const text = `${this.#session?.peerName ?? this.#options.to} did not answer ${pending.method} in time`;
      fail(pending, new WireError('deadlineExceeded', text, { mayHaveExecuted: true }));
    }
    for (const stream of [...this.#streams.values()]) {
      if (stream.deadlineAtMs <= nowMs)
        stream.end.fail(new WireError('deadlineExceeded', 'the deadline passed'));
    }
  }

  /** While there is no connection: what waits for one too long was certainly not sent. */
  #sweepWaiting(): void {
    const nowMs = this.#context.world.clock.monotonicMs();
    const late = this.#waiting.filter((pending) => pending.deadlineAtMs <= nowMs);
    this.#waiting = this.#waiting.filter((pending) => pending.deadlineAtMs > nowMs);
    const text = `${this.#options.to} cannot be reached: ${this.#lastFailure}`;
    for (const pending of late) fail(pending, new WireError('unavailable', text, { retryable: true }));
    if (this.#waiting.length > 0) return;
    this.#idleSweep?.cancel();
    this.#idleSweep = undefined;
  }
}

function canceled(): WireError {
  return new WireError('canceled', 'the caller gave up');
}

function fail(pending: PendingRequest | PendingStream, error: WireError): void {
  if ('end' in pending) {
    pending.end.failLocally(error);
    return;
  }
  pending.settle();
  pending.reject(error);
}

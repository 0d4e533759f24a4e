import type { Connection } from '@kubelab/world';
import { type DialOptions, type Message, type WireContext, WireError } from './contract.js';
import { type Frame, ProtocolError } from './frame.js';
import { answerLabel, type FrameLabel, labelOf, Session } from './session.js';
import { type StreamEnd, streamPort } from './stream.js';

interface Pending {
  readonly method: string;
  readonly message: Message;
  readonly label: FrameLabel;
  /** On this side's monotonic clock. */
  readonly deadlineAtMs: number;
  /** The connection that carries it, and its number there; absent while it waits for one. */
  carrier: { readonly session: ClientSession; readonly id: number } | undefined;
}

export interface PendingRequest extends Pending {
  readonly resolve: (message: Message) => void;
  /** Forgets the abort listener, too. */
  readonly reject: (error: WireError) => void;
}

export interface PendingStream extends Pending {
  readonly end: StreamEnd;
}

export function failPending(pending: PendingRequest | PendingStream, error: WireError): void {
  pending.carrier = undefined;
  if ('end' in pending) pending.end.failLocally(error);
  else pending.reject(error);
}

export interface ClientSessionHandlers {
  opened(): void;
  /** The server takes no more requests; those under way are still answered. */
  goAway(): void;
  closed(reason: string): void;
}

/** One connection to a server, and what is under way on it. */
export class ClientSession {
  readonly #context: WireContext;
  readonly #describe: DialOptions['describe'];
  readonly #session: Session;
  readonly #handlers: ClientSessionHandlers;
  readonly #requests = new Map<number, PendingRequest>();
  readonly #streams = new Map<number, PendingStream>();
  #nextId = 1;
  #retiring = false;

  constructor(
    context: WireContext,
    connection: Connection,
    options: Pick<DialOptions, 'to' | 'describe'>,
    handlers: ClientSessionHandlers,
  ) {
    this.#context = context;
    this.#describe = options.describe;
    this.#handlers = handlers;
    this.#session = new Session(context, connection, options.to, {
      opened: () => handlers.opened(),
      frame: (frame) => this.#frame(frame),
      closed: (reason) => this.#closed(reason),
      sweep: (nowMs) => this.#sweep(nowMs),
    });
  }

  get peerName(): string {
    return this.#session.peerName;
  }

  get retiring(): boolean {
    return this.#retiring;
  }

  get over(): boolean {
    return this.#session.over;
  }

  get silentMs(): number {
    return this.#session.silentMs;
  }

  get bufferedBytes(): number {
    return this.#session.bufferedBytes;
  }

  get running(): number {
    return this.#requests.size + this.#streams.size;
  }

  start(): void {
    this.#session.start();
  }

  close(code: number, reason: string): void {
    this.#session.close(code, reason);
  }

  /** Takes it over; what cannot be sent fails at once. */
  send(pending: PendingRequest | PendingStream): void {
    const id = this.#nextId;
    this.#nextId += 1;
    pending.carrier = { session: this, id };
    const { method, message, label } = pending;
    const deadlineMs = pending.deadlineAtMs - this.#context.world.clock.monotonicMs();
    const fields = { id, method, message, deadlineMs, trace: label.trace };
    this.#session.sweepSoon();
    try {
      if ('end' in pending) {
        this.#streams.set(id, pending);
        this.#session.send({ type: 'streamOpen', ...fields }, label);
        const describe = (sent: Message, trace: string | undefined) =>
          labelOf(this.#describe, method, sent, trace);
        pending.end.attach(streamPort(this.#session, id, describe));
      } else {
        this.#requests.set(id, pending);
        this.#session.send({ type: 'request', ...fields }, label);
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#requests.delete(id);
      this.#streams.delete(id);
      failPending(pending, error);
    }
  }

  datagram(method: string, message: Message, trace: string | undefined): void {
    this.#session.send(
      { type: 'datagram', method, message, trace },
      labelOf(this.#describe, method, message, trace),
    );
  }

  cancel(id: number): void {
    if (this.#requests.delete(id)) this.#session.send({ type: 'cancel', id });
    this.#retireIfIdle();
  }

  forgetStream(id: number): void {
    this.#streams.delete(id);
    this.#retireIfIdle();
  }

  /** Closes as soon as nothing is under way. */
  retire(): void {
    this.#retiring = true;
    this.#retireIfIdle();
  }

  #retireIfIdle(): void {
    if (this.#retiring && this.running === 0) this.close(1000, 'done');
  }

  #frame(frame: Frame): void {
    switch (frame.type) {
      case 'response':
      case 'error':
        this.#answer(frame);
        break;
      case 'streamMessage': {
        const stream = this.#streams.get(frame.id);
        if (stream === undefined) return; // Over on this side; the server has not heard yet.
        const { message, trace } = frame;
        this.#session.received(labelOf(this.#describe, stream.method, message, trace));
        stream.end.receive(message, trace);
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
        this.#handlers.goAway();
        break;
      default:
        throw new ProtocolError(`a server does not send ${frame.type}`);
    }
  }

  #answer(frame: Frame & { type: 'response' | 'error' }): void {
    const pending = this.#requests.get(frame.id);
    if (pending === undefined) return; // Given up meanwhile.
    this.#requests.delete(frame.id);
    pending.carrier = undefined;
    const { label } = pending;
    const outcome = frame.type === 'response' ? 'ok' : frame.error.code;
    this.#session.received(answerLabel(label, outcome));
    if (frame.type === 'response') pending.resolve(frame.message);
    else pending.reject(frame.error);
    this.#retireIfIdle();
  }

  #sweep(nowMs: number): boolean {
    let waits = false;
    for (const [id, pending] of this.#requests) {
      if (pending.deadlineAtMs > nowMs) {
        waits ||= pending.deadlineAtMs !== Number.POSITIVE_INFINITY;
        continue;
      }
      this.#requests.delete(id);
      this.#session.send({ type: 'cancel', id });
      const text = `${this.peerName} did not answer ${pending.method} in time`;
      failPending(pending, new WireError('deadlineExceeded', text, { mayHaveExecuted: true }));
    }
    for (const stream of [...this.#streams.values()]) {
      waits ||= stream.deadlineAtMs !== Number.POSITIVE_INFINITY;
      if (stream.deadlineAtMs <= nowMs)
        stream.end.fail(new WireError('deadlineExceeded', 'the deadline passed'));
    }
    return waits;
  }

  #closed(reason: string): void {
    const text = `the connection to ${this.peerName} closed (${reason})`;
    const error = new WireError('unavailable', text, { mayHaveExecuted: true });
    const pending = [...this.#requests.values(), ...this.#streams.values()];
    this.#requests.clear();
    this.#streams.clear();
    this.#handlers.closed(text);
    for (const one of pending) failPending(one, error);
  }
}

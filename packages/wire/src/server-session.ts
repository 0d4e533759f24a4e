import type { Connection } from '@kubelab/world';
import {
  type DatagramHandler,
  type Message,
  type RequestContext,
  type StreamHandler,
  type UnaryHandler,
  type WireContext,
  WireError,
  type WireService,
} from './contract.js';
import { type Frame, ProtocolError } from './frame.js';
import { closeCodes, limits } from './limits.js';
import { answerLabel, type FrameLabel, labelOf, Session } from './session.js';
import { StreamEnd, streamPort } from './stream.js';

/** Every method of a listener, with the service it belongs to. */
export interface Methods {
  readonly unary: ReadonlyMap<string, { readonly handler: UnaryHandler; readonly service: WireService }>;
  readonly stream: ReadonlyMap<string, { readonly handler: StreamHandler; readonly service: WireService }>;
  readonly datagram: ReadonlyMap<
    string,
    { readonly handler: DatagramHandler; readonly service: WireService }
  >;
}

/**
 * A running request or stream of one caller. Its AbortController is made when somebody asks for the signal.
 */
class Call implements RequestContext {
  readonly method: string;
  readonly peer: RequestContext['peer'];
  readonly from: string;
  readonly trace: RequestContext['trace'];
  readonly deadlineAtMs: number;
  #controller: AbortController | undefined;
  #reason: WireError | undefined;

  constructor(
    session: Session,
    frame: { method: string; trace: string | undefined; deadlineMs: number },
    nowMs: number,
  ) {
    this.method = frame.method;
    this.peer = session.connection.peer;
    this.from = session.peerName;
    this.trace = frame.trace;
    this.deadlineAtMs = nowMs + frame.deadlineMs;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason: WireError): void {
    this.#reason ??= reason;
    this.#controller?.abort(this.#reason);
  }
}

/** One caller's connection: its requests and streams, until it closes. */
export class ServerSession {
  readonly #context: WireContext;
  readonly #methods: Methods;
  readonly #session: Session;
  readonly #onClosed: () => void;
  readonly #requests = new Map<number, Call>();
  readonly #streams = new Map<
    number,
    { readonly end: StreamEnd; readonly call: Call; readonly label: FrameLabel }
  >();
  #draining = false;

  constructor(context: WireContext, connection: Connection, methods: Methods, onClosed: () => void) {
    this.#context = context;
    this.#methods = methods;
    this.#onClosed = onClosed;
    this.#session = new Session(context, connection, connection.peer.commonName, {
      opened: () => undefined,
      frame: (frame) => this.#frame(frame),
      closed: () => this.#closed(),
      sweep: (nowMs) => this.#sweep(nowMs),
    });
  }

  get busy(): boolean {
    return this.#requests.size > 0;
  }

  start(): void {
    this.#session.start();
  }

  /** Takes no more requests; tells the client to go elsewhere, and readers of streams to resume there. */
  drain(): void {
    this.#draining = true;
    this.#session.send({ type: 'goAway' });
    for (const stream of [...this.#streams.values()]) stream.end.fail(stopping());
  }

  close(): void {
    this.#session.close(closeCodes.goingAway, 'the server stops');
  }

  #frame(frame: Frame): void {
    switch (frame.type) {
      case 'request':
        void this.#request(frame);
        break;
      case 'cancel':
        this.#requests.get(frame.id)?.abort(new WireError('canceled', 'the caller gave up'));
        break;
      case 'streamOpen':
        this.#streamOpen(frame);
        break;
      case 'streamMessage':
        this.#streamMessage(frame);
        break;
      case 'streamEnd':
        this.#streams.get(frame.id)?.end.receiveEnd();
        break;
      case 'streamFail':
        this.#streams.get(frame.id)?.end.failLocally(frame.error);
        break;
      case 'window':
        this.#streams.get(frame.id)?.end.receiveGrant(frame.bytes);
        break;
      case 'datagram':
        this.#datagram(frame);
        break;
      default:
        throw new ProtocolError(`a client does not send ${frame.type}`);
    }
  }

  #request(frame: Frame & { type: 'request' }): void {
    const { id, method, message, trace } = frame;
    if (this.#requests.has(id)) throw new ProtocolError(`request ${id} is running already`);
    const call = new Call(this.#session, frame, this.#context.world.clock.monotonicMs());
    const entry = this.#methods.unary.get(method);
    try {
      if (entry === undefined) throw unknownMethod(method);
      this.#admit(this.#requests.size, limits.requestsMax, 'requests');
      entry.service.authorize?.(call.peer, method);
    } catch (failure) {
      // What a stranger sent is not looked into.
      const label = { kind: method, key: '', trace };
      this.#session.received(label);
      this.#answerError(id, this.#wireError(failure, call), label);
      return;
    }
    const label = labelOf(entry.service.describe, method, message, trace);
    this.#session.received(label);
    this.#requests.set(id, call);
    this.#session.sweepSoon();
    void this.#serve(entry.handler, frame, call, label);
  }

  async #serve(
    handler: UnaryHandler,
    { id, message }: Frame & { type: 'request' },
    call: Call,
    label: FrameLabel,
  ): Promise<void> {
    try {
      const answer = await handler(message, call);
      this.#session.send({ type: 'response', id, message: answer }, answerLabel(label, 'ok'));
    } catch (failure) {
      this.#answerError(id, this.#wireError(failure, call), label);
    } finally {
      this.#requests.delete(id);
    }
  }

  #answerError(id: number, error: WireError, label: FrameLabel): void {
    this.#session.sendFailure({ type: 'error', id, error }, answerLabel(label, error.code));
  }

  #streamOpen(frame: Frame & { type: 'streamOpen' }): void {
    const { id, method, message, trace } = frame;
    if (this.#streams.has(id)) throw new ProtocolError(`stream ${id} is open already`);
    const call = new Call(this.#session, frame, this.#context.world.clock.monotonicMs());
    const entry = this.#methods.stream.get(method);
    try {
      if (entry === undefined) throw unknownMethod(method);
      this.#admit(this.#streams.size, limits.streamsMax, 'streams');
      entry.service.authorize?.(call.peer, method);
    } catch (failure) {
      const label = { kind: method, key: '', trace };
      this.#session.received(label);
      const error = this.#wireError(failure, call);
      this.#session.sendFailure({ type: 'streamFail', id, error }, answerLabel(label, error.code));
      return;
    }
    const { describe } = entry.service;
    const label = labelOf(describe, method, message, trace);
    this.#session.received(label);
    const over = () => {
      this.#streams.delete(id);
      call.abort(new WireError('canceled', 'the stream is over'));
    };
    const port = streamPort(this.#session, id, (sent, sentTrace) =>
      labelOf(describe, method, sent, sentTrace),
    );
    const end = new StreamEnd(over, port);
    this.#streams.set(id, { end, call, label });
    this.#session.sweepSoon();
    void this.#serveStream(entry.handler, end, message, call);
  }

  async #serveStream(handler: StreamHandler, end: StreamEnd, message: Message, call: Call): Promise<void> {
    try {
      await handler(end, message, call);
      end.end();
    } catch (failure) {
      if (!end.over) end.fail(this.#wireError(failure, call));
    }
  }

  #streamMessage({ id, message, trace }: Frame & { type: 'streamMessage' }): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return; // Over on this side; the client has not heard yet.
    this.#session.received({ ...stream.label, trace: trace ?? stream.label.trace });
    stream.end.receive(message, trace);
  }

  #datagram({ method, message, trace }: Frame & { type: 'datagram' }): void {
    const entry = this.#methods.datagram.get(method);
    if (entry === undefined) return;
    const { peer } = this.#session.connection;
    try {
      entry.service.authorize?.(peer, method);
      this.#session.received(labelOf(entry.service.describe, method, message, trace));
      entry.handler(message, { method, peer, from: this.#session.peerName, trace });
    } catch (error) {
      const what = error instanceof WireError ? 'datagram refused' : 'datagram handler failed';
      this.#context.telemetry.log.warn({ method, peer: peer.commonName, trace, error }, what);
    }
  }

  #admit(running: number, max: number, what: string): void {
    if (this.#draining) throw stopping();
    if (running < max) return;
    throw new WireError('resourceExhausted', `more than ${max} ${what} run on this connection`, {
      retryable: true,
    });
  }

  /**
   * What the caller hears. An error that is nobody's answer is this side's fault: logged here, `internal`
   * there.
   */
  #wireError(failure: unknown, call: Call): WireError {
    if (failure instanceof WireError) return failure;
    this.#context.telemetry.log.error(
      { method: call.method, from: call.from, trace: call.trace, error: failure },
      'handler failed',
    );
    const why = failure instanceof Error ? failure.message : String(failure);
    return new WireError('internal', `${call.method} failed: ${why}`, { mayHaveExecuted: true });
  }

  #sweep(nowMs: number): boolean {
    let waits = false;
    const isLate = ({ deadlineAtMs }: Call): boolean => {
      waits ||= deadlineAtMs !== Number.POSITIVE_INFINITY;
      return deadlineAtMs <= nowMs;
    };
    for (const call of this.#requests.values()) if (isLate(call)) call.abort(late());
    for (const stream of [...this.#streams.values()]) if (isLate(stream.call)) stream.end.fail(late());
    return waits;
  }

  #closed(): void {
    const gone = new WireError('unavailable', 'the caller is gone');
    for (const call of this.#requests.values()) call.abort(gone);
    for (const stream of [...this.#streams.values()]) stream.end.failLocally(gone);
    this.#onClosed();
  }
}

function late(): WireError {
  return new WireError('deadlineExceeded', 'the deadline passed', { mayHaveExecuted: true });
}

function stopping(): WireError {
  return new WireError('unavailable', 'the server stops; ask another', { retryable: true });
}

function unknownMethod(method: string): WireError {
  return new WireError('unimplemented', `no such method: ${method}`);
}

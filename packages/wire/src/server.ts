import type { Connection } from '@kubelab/world';
import {
  type DatagramHandler,
  type Message,
  type RequestContext,
  type ServeOptions,
  type StreamHandler,
  type UnaryHandler,
  type WireContext,
  WireError,
  type WireServer,
  type WireService,
} from './contract.js';
import { type Frame, ProtocolError } from './frame.js';
import { closeCodes, limits } from './limits.js';
import { type FrameLabel, Session } from './session.js';
import { StreamEnd } from './stream.js';

const closeGraceMsDefault = 1_000;
const closePollMs = 10;

/** Every method of a listener, with the service it belongs to. */
interface Methods {
  readonly unary: ReadonlyMap<string, { readonly handler: UnaryHandler; readonly service: WireService }>;
  readonly stream: ReadonlyMap<string, { readonly handler: StreamHandler; readonly service: WireService }>;
  readonly datagram: ReadonlyMap<
    string,
    { readonly handler: DatagramHandler; readonly service: WireService }
  >;
}

export async function serveWire(context: WireContext, options: ServeOptions): Promise<WireServer> {
  const methods: Methods = {
    unary: methodMap(options.services, (service) => service.unary),
    stream: methodMap(options.services, (service) => service.stream),
    datagram: methodMap(options.services, (service) => service.datagram),
  };
  const sessions = new Set<ServerSession>();
  const listener = await context.world.network.listen({
    address: options.address,
    tls: options.tls,
    messageBytesMax: limits.messageBytesMax,
    accept: (connection) => {
      const session: ServerSession = new ServerSession(context, connection, methods, () =>
        sessions.delete(session),
      );
      sessions.add(session);
      session.start();
    },
  });
  return {
    address: listener.address,
    close: async (graceMs = closeGraceMsDefault) => {
      for (const session of sessions) session.drain();
      const { clock, timers } = context.world;
      const deadlineMs = clock.monotonicMs() + graceMs;
      while ([...sessions].some((session) => session.busy) && clock.monotonicMs() < deadlineMs)
        await timers.sleep(closePollMs);
      for (const session of sessions) session.close();
      await listener.close();
    },
  };
}

function methodMap<H>(
  services: readonly WireService[],
  pick: (service: WireService) => Readonly<Record<string, H>> | undefined,
) {
  const map = new Map<string, { handler: H; service: WireService }>();
  for (const service of services) {
    for (const [method, handler] of Object.entries(pick(service) ?? {})) {
      if (map.has(method)) throw new Error(`two services have a method ${method}`);
      map.set(method, { handler, service });
    }
  }
  return map;
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

class ServerSession {
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

  /** Takes no more requests; tells the client to go elsewhere. */
  drain(): void {
    this.#draining = true;
    this.#session.send({ type: 'goAway' });
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
        this.#streamMessage(frame.id, frame.message);
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

  async #request(frame: Frame & { type: 'request' }): Promise<void> {
    const entry = this.#methods.unary.get(frame.method);
    const label = labelOf(entry?.service, frame.method, frame.message, frame.trace);
    this.#session.received(label, frame.message);
    const call = new Call(this.#session, frame, this.#context.world.clock.monotonicMs());
    try {
      if (entry === undefined) throw unknownMethod(frame.method);
      this.#admit(this.#requests.size, limits.requestsMax, 'requests');
      entry.service.authorize?.(call.peer, call.method);
      this.#requests.set(frame.id, call);
      const message = await entry.handler(frame.message, call);
      this.#session.send({ type: 'response', id: frame.id, message }, { ...label, kind: `${label.kind} ok` });
    } catch (failure) {
      const error = this.#wireError(failure, call);
      this.#session.send(
        { type: 'error', id: frame.id, error },
        { ...label, kind: `${label.kind} ${error.code}` },
      );
    } finally {
      this.#requests.delete(frame.id);
    }
  }

  #streamOpen(frame: Frame & { type: 'streamOpen' }): void {
    const { id, method, message } = frame;
    const entry = this.#methods.stream.get(method);
    const label = labelOf(entry?.service, method, message, frame.trace);
    this.#session.received(label, message);
    if (this.#streams.has(id)) throw new ProtocolError(`stream ${id} is open already`);
    const call = new Call(this.#session, frame, this.#context.world.clock.monotonicMs());
    try {
      if (entry === undefined) throw unknownMethod(method);
      this.#admit(this.#streams.size, limits.streamsMax, 'streams');
      entry.service.authorize?.(call.peer, method);
    } catch (failure) {
      const error = this.#wireError(failure, call);
      this.#session.send(
        { type: 'streamFail', id, error },
        { ...label, kind: `${label.kind} ${error.code}` },
      );
      return;
    }
    const over = () => {
      this.#streams.delete(id);
      call.abort(new WireError('canceled', 'the stream is over'));
    };
    const describe = entry.service.describe;
    const port = streamPort(this.#session, id, (sent, trace) => labelOf({ describe }, method, sent, trace));
    const end = new StreamEnd(over, port);
    this.#streams.set(id, { end, call, label });
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

  #streamMessage(id: number, message: Message): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return; // Over on this side; the client has not heard yet.
    this.#session.received(stream.label, message);
    stream.end.receive(message);
    if (stream.end.overrun) throw new ProtocolError('more was sent on a stream than was granted');
  }

  #datagram(frame: Frame & { type: 'datagram' }): void {
    const entry = this.#methods.datagram.get(frame.method);
    if (entry === undefined) return;
    const { method, message, trace } = frame;
    this.#session.received(labelOf(entry.service, method, message, trace), message);
    try {
      entry.service.authorize?.(this.#session.connection.peer, method);
    } catch (error) {
      this.#context.telemetry.log.warn(
        { method, peer: this.#session.connection.peer.commonName, error },
        'datagram refused',
      );
      return;
    }
    entry.handler(message, {
      method,
      peer: this.#session.connection.peer,
      from: this.#session.peerName,
      trace,
    });
  }

  #admit(running: number, max: number, what: string): void {
    if (this.#draining)
      throw new WireError('unavailable', 'the server stops; ask another', { retryable: true });
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
    return new WireError(
      'internal',
      `${call.method} failed: ${failure instanceof Error ? failure.message : String(failure)}`,
      {
        mayHaveExecuted: true,
      },
    );
  }

  #sweep(nowMs: number): void {
    const late = new WireError('deadlineExceeded', 'the deadline passed', { mayHaveExecuted: true });
    for (const call of this.#requests.values()) if (call.deadlineAtMs <= nowMs) call.abort(late);
    for (const stream of this.#streams.values()) if (stream.call.deadlineAtMs <= nowMs) stream.end.fail(late);
  }

  #closed(): void {
    const gone = new WireError('unavailable', 'the caller is gone');
    for (const call of this.#requests.values()) call.abort(gone);
    for (const stream of [...this.#streams.values()]) stream.end.failLocally(gone);
    this.#onClosed();
  }
}

function unknownMethod(method: string): WireError {
  return new WireError('unimplemented', `no such method: ${method}`);
}

export function labelOf(
  service: Pick<WireService, 'describe'> | undefined,
  method: string,
  message: Message,
  trace: string | undefined,
): FrameLabel {
  const described = service?.describe?.(method, message) ?? { kind: method, key: '' };
  return { ...described, trace };
}

export function streamPort(
  session: Session,
  id: number,
  label: (message: Message, trace: string | undefined) => FrameLabel,
) {
  return {
    sendMessage: (message: Message, trace: string | undefined) =>
      session.send({ type: 'streamMessage', id, message, trace }, label(message, trace)),
    sendEnd: () => session.send({ type: 'streamEnd', id }),
    sendFail: (error: WireError) => session.send({ type: 'streamFail', id, error }),
    grant: (bytes: number) => session.send({ type: 'window', id, bytes }),
  };
}

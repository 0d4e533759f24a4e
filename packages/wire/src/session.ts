import type { Connection, Timer } from '@kubelab/world';
import { type Message, type WireContext, WireError, type WireService } from './contract.js';
import { decodeFrames, type Frame, FrameBatch, ProtocolError, protocolVersion } from './frame.js';
import { closeCodes, limits } from './limits.js';
import { type FrameAbout, LinkSender } from './link-sender.js';

export interface SessionHandlers {
  /** The other side introduced itself: before that no other frame comes. */
  opened(): void;
  /** Every frame but hello, ping and pong, in order. Throws ProtocolError for one that makes no sense. */
  frame(frame: Frame): void;
  closed(reason: string): void;
  /** Every 50 ms after sweepSoon(), as long as it gives true: there are deadlines to look at. */
  sweep(nowMs: number): boolean;
}

/** What a frame is, for the trace and for faults that pick by kind. */
export interface FrameLabel {
  readonly kind: string;
  readonly key: string;
  readonly trace: string | undefined;
}

/**
 * What people are shown of a message. Its describer looks into what a peer sent: whatever it stumbles over, the
 * message is still one of that method.
 */
export function labelOf(
  describe: WireService['describe'],
  method: string,
  message: Message,
  trace: string | undefined,
): FrameLabel {
  if (describe === undefined) return { kind: method, key: '', trace };
  try {
    const { kind, key } = describe(method, message);
    return { kind, key, trace };
  } catch {
    return { kind: method, key: '', trace };
  }
}

const singles: ReadonlySet<Frame['type']> = new Set(['request', 'response', 'error', 'cancel']);

/** Of the answer to what `label` says. */
export function answerLabel({ kind, key, trace }: FrameLabel, outcome: string): FrameLabel {
  return { kind: `${kind} ${outcome}`, key, trace };
}

function natureOf(type: Frame['type']): FrameAbout['nature'] {
  return type === 'datagram' ? 'datagram' : singles.has(type) ? 'single' : 'ordered';
}

/**
 * A connection that speaks frames: introduces itself, keeps alive, goes through link faults, and reports to
 * the trace.
 */
export class Session {
  readonly connection: Connection;
  readonly #context: WireContext;
  readonly #sender: LinkSender;
  readonly #handlers: SessionHandlers;
  /** What the other side calls itself. */
  peerName: string;
  #greeted = false;
  /**
   * Ticks of the keep-alive in a row between which nothing was heard. Not a time: a process that was stopped, or too busy to read,
   * must read first what has come in meanwhile.
   */
  #silentTicks = 0;
  readonly #batch = new FrameBatch();
  #flushing: Timer | undefined;
  /** Of the frame being handled. */
  #receivedBytes = 0;
  #over = false;
  #pinging: Timer | undefined;
  #sweeping: Timer | undefined;

  constructor(context: WireContext, connection: Connection, peerName: string, handlers: SessionHandlers) {
    const { world } = context;
    this.#context = context;
    this.connection = connection;
    this.peerName = peerName;
    this.#handlers = handlers;
    this.#sender = new LinkSender(world, context.links, connection);
  }

  get over(): boolean {
    return this.#over;
  }

  /** A multiple of pingIntervalMs; up to two of them where the other side is there and has nothing to say. */
  get silentMs(): number {
    return this.#silentTicks * limits.pingIntervalMs;
  }

  /** Waiting to leave. */
  get bufferedBytes(): number {
    return this.#batch.bytes + this.#sender.bufferedBytes;
  }

  start(): void {
    const { timers } = this.#context.world;
    // First, for what is heard on starting may be answered at once.
    this.send({ type: 'hello', version: protocolVersion, name: this.#context.telemetry.instance });
    this.connection.start({
      message: (data) => this.#receive(data),
      drain: () => undefined,
      close: (code, reason) => this.#closed(`${code}${reason === '' ? '' : `: ${reason}`}`),
    });
    this.#pinging = timers.setInterval(() => this.#keepAlive(), limits.pingIntervalMs);
  }

  /** Something came that has a deadline. An idle session has no timer for them. */
  sweepSoon(): void {
    if (this.#over || this.#sweeping !== undefined) return;
    const { timers, clock } = this.#context.world;
    this.#sweeping = timers.setInterval(() => {
      if (this.#handlers.sweep(clock.monotonicMs())) return;
      this.#sweeping?.cancel();
      this.#sweeping = undefined;
    }, limits.sweepIntervalMs);
  }

  /**
   * Labelled frames (those that carry what components say) are reported to the trace; the protocol's own are not. A
   * frame that cannot be sent throws a WireError, and nothing of it has left: its message is too large, or no msgpack.
   * What is sent in one turn of the event loop leaves together at its end.
   */
  send(frame: Frame, label?: FrameLabel): void {
    if (this.#over) return;
    const bytes =
      frame.type !== 'datagram' && this.#sender.isClear(this.peerName)
        ? this.#batchUp(frame)
        : this.#sendAlone(frame, label);
    if (label !== undefined) this.#report('send', label, bytes);
    if (this.bufferedBytes > limits.connectionBufferBytesMax)
      this.close(closeCodes.overloaded, 'the other side does not read what it is sent');
  }

  #batchUp(frame: Frame): number {
    const large = 'message' in frame && frame.message.payload.byteLength > limits.batchBytesMax;
    if (large) this.#flush();
    const bytes = this.#batch.add(frame);
    if (this.#batch.bytes > limits.batchBytesMax) this.#flush();
    else this.#flushing ??= this.#context.world.timers.setImmediate(() => this.#flush());
    return bytes;
  }

  /** Through a link with faults, which may pick by kind, or as a message that may be lost by itself. */
  #sendAlone(frame: Frame, label: FrameLabel | undefined): number {
    const alone = new FrameBatch();
    const bytes = alone.add(frame);
    if (frame.type !== 'datagram') this.#flush();
    const kind = label?.kind ?? frame.type;
    this.#sender.send(alone.take(), { to: this.peerName, kind, nature: natureOf(frame.type) });
    return bytes;
  }

  #flush(): void {
    this.#flushing?.cancel();
    this.#flushing = undefined;
    if (!this.#batch.isEmpty) this.connection.send(this.#batch.take());
  }

  /** An error whose details cannot travel goes without them: the other side must hear of it. */
  sendFailure(frame: Frame & { readonly type: 'error' | 'streamFail' }, label?: FrameLabel): void {
    try {
      this.send(frame, label);
    } catch (error) {
      this.#context.telemetry.log.error({ error, to: this.peerName }, 'an error could not be sent whole');
      const { code, message, retryable, mayHaveExecuted } = frame.error;
      const bare = new WireError(code, message.slice(0, 1_000), { retryable, mayHaveExecuted });
      this.send({ ...frame, error: bare }, label);
    }
  }

  /** Reports the frame that is being handled. */
  received(label: FrameLabel): void {
    this.#report('receive', label, this.#receivedBytes);
  }

  close(code: number, reason: string): void {
    this.#flush();
    this.connection.close(code, reason);
    this.#closed(reason);
  }

  #report(direction: 'send' | 'receive', label: FrameLabel, bytes: number): void {
    const { telemetry, world } = this.#context;
    const own = telemetry.instance;
    const [from, to] = direction === 'send' ? [own, this.peerName] : [this.peerName, own];
    const { kind, key, trace } = label;
    telemetry.messages.record({ timeMs: world.clock.nowMs(), direction, from, to, bytes, kind, key, trace });
  }

  #receive(data: Uint8Array): void {
    if (this.#over) return;
    this.#silentTicks = 0;
    try {
      for (const { frame, bytes } of decodeFrames(data)) {
        this.#receivedBytes = bytes;
        this.#handle(frame);
        if (this.#over) return;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#context.telemetry.log.warn(
        { peer: this.peerName, remote: this.connection.remote, error },
        'protocol error',
      );
      this.close(closeCodes.protocolError, error.message);
    }
  }

  #handle(frame: Frame): void {
    if (frame.type === 'hello') this.#hello(frame.version, frame.name);
    else if (!this.#greeted) throw new ProtocolError(`${frame.type} before hello`);
    else if (frame.type === 'ping') this.send({ type: 'pong' });
    else if (frame.type !== 'pong') this.#handlers.frame(frame);
  }

  #hello(version: number, name: string): void {
    if (version !== protocolVersion)
      throw new ProtocolError(`protocol version ${version}; this side speaks ${protocolVersion}`);
    if (this.#greeted) throw new ProtocolError('hello twice');
    this.#greeted = true;
    this.peerName = name;
    this.#handlers.opened();
  }

  #keepAlive(): void {
    const { silentMs } = this;
    this.#silentTicks += 1;
    if (silentMs >= limits.silenceMaxMs) this.close(closeCodes.goingAway, `nothing heard for ${silentMs} ms`);
    else if (silentMs > 0) this.send({ type: 'ping' });
  }

  #closed(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#flushing?.cancel();
    this.#pinging?.cancel();
    this.#sweeping?.cancel();
    this.#sender.stop();
    this.#handlers.closed(reason);
  }
}

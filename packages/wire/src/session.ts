import type { Connection, Timer } from '@kubelab/world';
import type { Message, WireContext, WireService } from './contract.js';
import { decodeFrame, encodeFrame, type Frame, ProtocolError, protocolVersion } from './frame.js';
import { closeCodes, limits } from './limits.js';
import { LinkSender } from './link-sender.js';

export type Describe = NonNullable<WireService['describe']>;

export interface SessionHandlers {
  /** Every frame but hello, ping and pong, in order. Throws ProtocolError for one that makes no sense. */
  frame(frame: Frame): void;
  closed(reason: string): void;
  /** At most every 50 ms while the session lives: the place to look at deadlines. */
  sweep(nowMs: number): void;
}

/** What a frame is, for the trace and for faults that pick by kind. */
export interface FrameLabel {
  readonly kind: string;
  readonly key: string;
  readonly trace: string | undefined;
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
  #heardAtMs: number;
  #over = false;
  readonly #timers: Timer[] = [];

  constructor(context: WireContext, connection: Connection, peerName: string, handlers: SessionHandlers) {
    const { world } = context;
    this.#context = context;
    this.connection = connection;
    this.peerName = peerName;
    this.#handlers = handlers;
    this.#sender = new LinkSender(world, context.links, connection);
    this.#heardAtMs = world.clock.monotonicMs();
  }

  start(): void {
    const { timers, clock } = this.#context.world;
    this.connection.start({
      message: (data) => this.#receive(data),
      drain: () => undefined,
      close: (code, reason) => this.#closed(`${code}${reason === '' ? '' : `: ${reason}`}`),
    });
    this.send({ type: 'hello', version: protocolVersion, name: this.#context.telemetry.instance });
    this.#timers.push(timers.setInterval(() => this.#keepAlive(), limits.pingIntervalMs));
    this.#timers.push(
      timers.setInterval(() => this.#handlers.sweep(clock.monotonicMs()), limits.sweepIntervalMs),
    );
  }

  /**
   * Labelled frames (those that carry what components say) are reported to the trace; the protocol's own are
   * not.
   */
  send(frame: Frame, label?: FrameLabel): void {
    if (this.#over) return;
    const parts = encodeFrame(frame);
    const datagram = frame.type === 'datagram';
    this.#sender.send(parts, { to: this.peerName, kind: label?.kind ?? frame.type, datagram });
    if (label !== undefined)
      this.#report(
        'send',
        label,
        parts.reduce((sum, part) => sum + part.byteLength, 0),
      );
    if (this.connection.bufferedBytes > limits.connectionBufferBytesMax) {
      this.close(closeCodes.overloaded, 'the other side does not read what it is sent');
    }
  }

  /** Reports a frame that came in. */
  received(label: FrameLabel, message: Message): void {
    this.#report('receive', label, message.payload.byteLength);
  }

  close(code: number, reason: string): void {
    this.connection.close(code, reason);
    this.#closed(reason);
  }

  #report(direction: 'send' | 'receive', label: FrameLabel, bytes: number): void {
    const { telemetry, world } = this.#context;
    const own = telemetry.instance;
    const [from, to] = direction === 'send' ? [own, this.peerName] : [this.peerName, own];
    telemetry.messages.record({ timeMs: world.clock.nowMs(), direction, from, to, bytes, ...label });
  }

  #receive(data: Uint8Array): void {
    if (this.#over) return;
    this.#heardAtMs = this.#context.world.clock.monotonicMs();
    try {
      const frame = decodeFrame(data);
      if (frame.type === 'hello') this.#hello(frame.version, frame.name);
      else if (frame.type === 'ping') this.send({ type: 'pong' });
      else if (frame.type !== 'pong') this.#handlers.frame(frame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#context.telemetry.log.warn(
        { peer: this.peerName, remote: this.connection.remote, error },
        'protocol error',
      );
      this.close(closeCodes.protocolError, error.message);
    }
  }

  #hello(version: number, name: string): void {
    if (version !== protocolVersion)
      throw new ProtocolError(`protocol version ${version}; this side speaks ${protocolVersion}`);
    this.peerName = name;
  }

  #keepAlive(): void {
    const silentMs = this.#context.world.clock.monotonicMs() - this.#heardAtMs;
    if (silentMs > limits.silenceMaxMs)
      this.close(closeCodes.goingAway, `nothing heard for ${Math.round(silentMs)} ms`);
    else this.send({ type: 'ping' });
  }

  #closed(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of this.#timers) timer.cancel();
    this.#handlers.closed(reason);
  }
}

import {
  dataFrames,
  type Frame,
  FrameReader,
  finFrame,
  pingFrame,
  resetFrame,
  resetStatus,
  SpdyError,
  synReplyFrame,
} from './frames.js';
import { HeaderCodec, type Headers } from './header-codec.js';

/** Open at once on a connection; more are refused. A forwarded connection is two. */
const streamsMax = 1_000;

/** What SPDY runs over: a TLS socket, or messages of a WebSocket. */
export interface ByteTransport {
  /** Rejects or ends when the connection does. Who does not read it makes the client wait. */
  readonly source: AsyncIterable<Uint8Array>;
  /** Resolves when it was taken, or the connection is gone. */
  write(data: Uint8Array): Promise<void>;
  close(): void;
}

/** What a client does. Promises make it wait: one connection is one line, as everywhere with this protocol. */
export interface SpdyHandlers {
  opened(stream: SpdyStream): void;
  data(stream: SpdyStream, payload: Uint8Array): Promise<void> | void;
  /** The client says no more on it. */
  ended(stream: SpdyStream): void;
  reset(stream: SpdyStream): void;
}

export interface SpdyStream {
  readonly id: number;
  readonly headers: Headers;
  write(payload: Uint8Array): Promise<void>;
  /** Half-closes it. Idempotent. */
  end(): Promise<void>;
}

interface OpenStream extends SpdyStream {
  readonly localEnded: () => boolean;
  remoteEnded: boolean;
}

/** The server's end of a SPDY/3.1 connection as Kubernetes' clients use it: they open streams, and nobody keeps windows. */
export class SpdyConnection {
  readonly #transport: ByteTransport;
  readonly #handlers: SpdyHandlers;
  readonly #codec = new HeaderCodec();
  readonly #streams = new Map<number, OpenStream>();

  constructor(transport: ByteTransport, handlers: SpdyHandlers) {
    this.#transport = transport;
    this.#handlers = handlers;
  }

  /** Until the client goes. Rejects with SpdyError when it breaks the protocol. */
  async run(): Promise<void> {
    const reader = new FrameReader();
    try {
      for await (const chunk of this.#transport.source)
        for (const frame of reader.push(chunk)) await this.#handle(frame);
    } finally {
      this.#codec.close();
      for (const stream of this.#streams.values()) this.#handlers.reset(stream);
      this.#streams.clear();
      this.#transport.close();
    }
  }

  async #handle(frame: Frame): Promise<void> {
    switch (frame.type) {
      case 'synStream':
        return this.#open(frame.stream, frame.block, frame.fin);
      case 'data': {
        const stream = this.#streams.get(frame.stream);
        if (stream === undefined || stream.remoteEnded) return; // It was reset while this was on its way.
        if (frame.payload.length > 0) await this.#handlers.data(stream, frame.payload);
        if (frame.fin) this.#remoteEnd(stream);
        return;
      }
      case 'headers':
      case 'synReply':
        await this.#codec.decode(frame.block); // The compressor's state goes on with each block.
        return;
      case 'reset': {
        const stream = this.#streams.get(frame.stream);
        if (stream === undefined) return;
        this.#streams.delete(frame.stream);
        this.#handlers.reset(stream);
        return;
      }
      case 'ping':
        // Odd ones are the client's, and come back as they are.
        return frame.id % 2 === 1 ? this.#transport.write(pingFrame(frame.id)) : undefined;
      default:
        return;
    }
  }

  async #open(id: number, block: Uint8Array, fin: boolean): Promise<void> {
    const headers = await this.#codec.decode(block);
    if (id % 2 === 0 || this.#streams.has(id)) throw new SpdyError(`stream ${id} cannot be opened`);
    if (this.#streams.size >= streamsMax)
      return this.#transport.write(resetFrame(id, resetStatus.refusedStream));
    const stream = this.#stream(id, headers);
    this.#streams.set(id, stream);
    await this.#transport.write(synReplyFrame(id, await this.#codec.encode(new Map())));
    this.#handlers.opened(stream);
    if (fin) this.#remoteEnd(stream);
  }

  #stream(id: number, headers: Headers): OpenStream {
    let ended = false;
    return {
      id,
      headers,
      remoteEnded: false,
      localEnded: () => ended,
      write: async (payload) => {
        if (!ended && this.#streams.has(id)) await this.#transport.write(dataFrames(id, payload));
      },
      end: async () => {
        if (ended) return;
        ended = true;
        const open = this.#streams.get(id);
        if (open === undefined) return;
        if (open.remoteEnded) this.#streams.delete(id);
        await this.#transport.write(finFrame(id));
      },
    };
  }

  #remoteEnd(stream: OpenStream): void {
    if (stream.remoteEnded) return;
    stream.remoteEnded = true;
    if (stream.localEnded()) this.#streams.delete(stream.id);
    this.#handlers.ended(stream);
  }
}

import {
  type CallOptions,
  type Message,
  type StreamMessage,
  WireError,
  type WireStream,
} from './contract.js';
import { ProtocolError } from './frame.js';
import { limits } from './limits.js';
import type { FrameLabel, Session } from './session.js';

/** What a stream needs of the connection below it; absent while a client's stream waits for one. */
export interface StreamPort {
  /** Throws WireError when the message cannot be sent. */
  sendMessage(message: Message, trace: CallOptions['trace']): void;
  sendEnd(): void;
  sendFail(error: WireError): void;
  grant(bytes: number): void;
}

/** Heads count too: a stream of empty payloads is bounded as well. */
const messageOverheadBytes = 64;
export const costOf = (message: Message): number => message.payload.byteLength + messageOverheadBytes;

/**
 * One end of a stream. Invariants: `#creditBytes` is what the receiver still grants; it may go below zero by
 * one message (a large
 * message is allowed alone). Messages wait in `#queue` in order while it is not positive. `#unreadBytes`
 * never exceeds the window by more than one message.
 */
export class StreamEnd implements WireStream {
  readonly #onOver: () => void;
  readonly #abort = new AbortController();
  #port: StreamPort | undefined;
  #creditBytes: number = limits.streamWindowBytes;
  #queue: { message: Message; trace: CallOptions['trace'] }[] = [];
  #queuedBytes = 0;
  #endQueued = false;
  #endSent = false;
  #writableWaiters: (() => void)[] = [];
  #inbox: StreamMessage[] = [];
  #unreadBytes = 0;
  #ungrantedBytes = 0;
  #inboxEnded = false;
  #failure: WireError | undefined;
  #readers: {
    resolve: (result: IteratorResult<StreamMessage>) => void;
    reject: (error: WireError) => void;
  }[] = [];

  constructor(onOver: () => void, port?: StreamPort) {
    this.#onOver = onOver;
    this.#port = port;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Both directions ended or the stream failed. */
  get over(): boolean {
    return this.#failure !== undefined || (this.#endSent && this.#inboxEnded);
  }

  attach(port: StreamPort): void {
    this.#port = port;
    this.#flush();
  }

  send(message: Message, options?: { readonly trace?: CallOptions['trace'] }): boolean {
    if (this.over || this.#endQueued) return false;
    this.#queue.push({ message, trace: options?.trace });
    this.#queuedBytes += costOf(message);
    this.#flush();
    if (this.#queuedBytes <= limits.streamQueueBytesMax) return true;
    const text = `the reader is too slow: more than ${limits.streamQueueBytesMax} bytes wait for it; resume from the last message read`;
    this.fail(new WireError('resourceExhausted', text, { retryable: true }));
    return false;
  }

  writable(): Promise<void> {
    if (this.over || this.#queuedBytes === 0) return Promise.resolve();
    return new Promise((resolve) => this.#writableWaiters.push(resolve));
  }

  end(): void {
    if (this.over || this.#endQueued) return;
    this.#endQueued = true;
    this.#flush();
  }

  fail(error: WireError): void {
    if (this.over) return;
    this.#port?.sendFail(error);
    this.failLocally(error);
  }

  /** The other side failed it, or the connection broke: nothing is sent. */
  failLocally(error: WireError): void {
    if (this.over) return;
    this.#failure = error;
    this.#finish();
  }

  receive(message: Message, trace: CallOptions['trace']): void {
    if (this.over || this.#inboxEnded) return;
    this.#take({ ...message, trace });
    if (this.#unreadBytes > 2 * limits.streamWindowBytes + limits.messageBytesMax)
      throw new ProtocolError('more was sent on a stream than was granted');
  }

  #take(message: StreamMessage): void {
    const reader = this.#readers.shift();
    if (reader === undefined) {
      this.#inbox.push(message);
      this.#unreadBytes += costOf(message);
      return;
    }
    this.#consumed(message);
    reader.resolve({ value: message, done: false });
  }

  receiveEnd(): void {
    if (this.over) return;
    this.#inboxEnded = true;
    for (const reader of this.#readers.splice(0)) reader.resolve({ value: undefined, done: true });
    if (this.over) this.#finish();
  }

  receiveGrant(bytes: number): void {
    // Both sides count alike: nobody can be granted more than the window, plus what was sent over it.
    if (bytes <= 0 || this.#creditBytes + bytes > limits.streamWindowBytes)
      throw new ProtocolError(`a grant of ${bytes} bytes on a stream that has ${this.#creditBytes}`);
    this.#creditBytes += bytes;
    this.#flush();
  }

  [Symbol.asyncIterator](): AsyncIterator<StreamMessage> {
    return {
      next: () => this.#next(),
      return: () => {
        this.fail(new WireError('canceled', 'the reader stopped reading'));
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  #next(): Promise<IteratorResult<StreamMessage>> {
    const message = this.#inbox.shift();
    if (message !== undefined) {
      this.#unreadBytes -= costOf(message);
      this.#consumed(message);
      return Promise.resolve({ value: message, done: false });
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#inboxEnded) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  #consumed(message: Message): void {
    this.#ungrantedBytes += costOf(message);
    if (this.#ungrantedBytes < limits.streamWindowBytes / 4 || this.over) return;
    this.#port?.grant(this.#ungrantedBytes);
    this.#ungrantedBytes = 0;
  }

  #flush(): void {
    const port = this.#port;
    if (port === undefined || this.over) return;
    let sent = 0;
    for (; sent < this.#queue.length && this.#creditBytes > 0; sent += 1) {
      const next = this.#queue[sent];
      if (next === undefined) break;
      const cost = costOf(next.message);
      this.#creditBytes -= cost;
      this.#queuedBytes -= cost;
      try {
        port.sendMessage(next.message, next.trace);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        this.fail(error);
        return;
      }
    }
    if (sent > 0) this.#queue.splice(0, sent);
    if (this.#queue.length > 0) return;
    for (const wake of this.#writableWaiters.splice(0)) wake();
    if (!this.#endQueued || this.#endSent) return;
    this.#endSent = true;
    port.sendEnd();
    if (this.over) this.#finish();
  }

  #finish(): void {
    const failure = this.#failure;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (failure !== undefined) for (const reader of this.#readers.splice(0)) reader.reject(failure);
    for (const wake of this.#writableWaiters.splice(0)) wake();
    this.#abort.abort(failure);
    this.#onOver();
  }
}

/** A stream's way out over a connection. */
export function streamPort(
  session: Session,
  id: number,
  label: (message: Message, trace: string | undefined) => FrameLabel,
): StreamPort {
  return {
    sendMessage: (message, trace) =>
      session.send({ type: 'streamMessage', id, message, trace }, label(message, trace)),
    sendEnd: () => session.send({ type: 'streamEnd', id }),
    sendFail: (error) => session.sendFailure({ type: 'streamFail', id, error }),
    grant: (bytes) => session.send({ type: 'window', id, bytes }),
  };
}

import type { Message, StreamMessage, WireError, WireStream } from '@kubelab/wire';

/** Values that one side puts in and the other takes out, in order. */
export class Pipe<T> implements AsyncIterable<T> {
  readonly #values: T[] = [];
  #over: { readonly error?: Error } | undefined;
  #wake: () => void = () => {};

  put(value: T): void {
    if (this.#over === undefined) this.#values.push(value);
    this.#wake();
  }

  end(error?: Error): void {
    this.#over ??= error === undefined ? {} : { error };
    this.#wake();
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return { next: () => this.next() };
  }

  async next(): Promise<IteratorResult<T>> {
    for (;;) {
      const value = this.#values.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#over?.error !== undefined) throw this.#over.error;
      if (this.#over !== undefined) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** A wire stream without a wire: what is sent comes out of `sent`, what is put into `incoming` is read. */
export function fakeWireStream(): { stream: WireStream; incoming: Pipe<Message>; sent: Pipe<Message> } {
  const incoming = new Pipe<Message>();
  const sent = new Pipe<Message>();
  const over = new AbortController();
  const stream: WireStream = {
    send: (message) => {
      sent.put(message);
      return true;
    },
    writable: () => Promise.resolve(),
    queuedBytes: 0,
    end: () => sent.end(),
    fail: (error: WireError) => {
      sent.end(error);
      incoming.end(error);
      over.abort(error);
    },
    signal: over.signal,
    [Symbol.asyncIterator]: (): AsyncIterator<StreamMessage> => ({
      next: async () => {
        const next = await incoming.next();
        return next.done === true ? next : { done: false, value: { ...next.value, trace: undefined } };
      },
    }),
  };
  return { stream, incoming, sent };
}

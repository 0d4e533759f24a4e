import type { Method } from '@kubelab/store/etcd';
import type { Caller } from '../etcd-server.js';

/**
 * gRPC calls as this gateway sees them: bytes in, bytes out. What stands on the socket is gateway.adapter.ts's matter alone, so that
 * all translation is tested without one.
 */
export type Call = UnaryCall | StreamCall;

export interface UnaryCall {
  readonly type: 'unary';
  readonly path: string;
  answer(request: Uint8Array, caller: Caller): Promise<Buffer>;
}

export interface StreamCall {
  readonly type: 'stream';
  readonly path: string;
  /** Until the stream is over; what it rejects with becomes the stream's status. `input` ends when the client half-closes. */
  serve(input: AsyncIterable<Uint8Array>, output: Output, caller: Caller): Promise<void>;
}

/** The way to the client. */
export interface Output {
  /** Never refused: whoever sends much asks `writable` before. */
  send(message: Buffer): void;
  /** False while more than a bounded number of bytes waits to be sent. */
  readonly writable: boolean;
  /** Resolves when it is writable, or the stream is over. */
  drained(): Promise<void>;
}

export function unary<Request, RequestInput, Response, ResponseInput>(
  method: Method<Request, RequestInput, Response, ResponseInput>,
  handle: (request: Request, caller: Caller) => Promise<ResponseInput>,
): UnaryCall {
  return {
    type: 'unary',
    path: method.path,
    answer: async (bytes, caller) =>
      method.response.encode(await handle(method.request.decode(bytes), caller)),
  };
}

export interface MessageOutput<Response> {
  send(message: Response): void;
  readonly writable: boolean;
  drained(): Promise<void>;
}

export function stream<Request, RequestInput, Response, ResponseInput>(
  method: Method<Request, RequestInput, Response, ResponseInput>,
  serve: (
    input: AsyncIterable<Request>,
    output: MessageOutput<ResponseInput>,
    caller: Caller,
  ) => Promise<void>,
): StreamCall {
  return {
    type: 'stream',
    path: method.path,
    serve: (input, output, caller) =>
      serve(
        decoded(input, (bytes) => method.request.decode(bytes)),
        {
          send: (message) => output.send(method.response.encode(message)),
          get writable() {
            return output.writable;
          },
          drained: () => output.drained(),
        },
        caller,
      ),
  };
}

async function* decoded<T>(input: AsyncIterable<Uint8Array>, decode: (bytes: Uint8Array) => T) {
  for await (const bytes of input) yield decode(bytes);
}

/** A call with one request whose answer is a stream. */
export function serverStream<Request, RequestInput, Response, ResponseInput>(
  method: Method<Request, RequestInput, Response, ResponseInput>,
  serve: (request: Request, output: MessageOutput<ResponseInput>, caller: Caller) => Promise<void>,
): StreamCall {
  return stream(method, async (input, output, caller) => {
    // Not by a loop: to leave one ends its iterator, and with that the whole call, before the answer is sent.
    const first = await input[Symbol.asyncIterator]().next();
    if (first.done !== true) await serve(first.value, output, caller);
  });
}

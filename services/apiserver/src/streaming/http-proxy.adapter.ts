import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { statusErrors } from '@kubelab/api';
import { WireError, type WireStream } from '@kubelab/wire';
import type { World } from '@kubelab/world';
import type { ApiCall, ApiReply, StreamChunk } from '../endpoints/contract.js';

/** A server that says nothing at all for so long is given up. */
const answerTimeoutMs = 60_000;
const windowBytes = 256 * 1024;

/** Of one hop, or the client's own secrets: neither is the other server's business. */
const keptBack = new Set([
  'authorization',
  'connection',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
]);

export interface ProxyTarget {
  readonly scheme: 'http' | 'https';
  /** For the Host header. */
  readonly host: string;
  readonly port: number;
  /** Path and query, as the server is to see them. */
  readonly path: string;
  /** What is before `path` in the client's URL: redirects are led back there. */
  readonly prefix: string;
  /** A stream of bytes to it; absent: this machine dials it. */
  readonly stream?: WireStream;
  /** Called once, when the exchange is over. */
  readonly done: () => void;
}

/** One HTTP exchange with what runs in the cluster; the answer's body is streamed. */
export async function proxyHttp(world: World, call: ApiCall, target: ProxyTarget): Promise<ApiReply> {
  let answer: IncomingMessage;
  try {
    answer = await exchanged(world, call, target);
  } catch (error) {
    target.done();
    const why = error instanceof Error ? error.message : String(error);
    throw statusErrors.serviceUnavailable(`error trying to reach service: ${why}`);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers))
    if (value !== undefined && !hopByHop(name))
      headers[name] = Array.isArray(value) ? value.join(', ') : value;
  if (headers.location?.startsWith('/') === true) headers.location = target.prefix + headers.location;
  return { code: answer.statusCode ?? 502, headers, body: chunks(answer, target) };
}

function hopByHop(name: string): boolean {
  return keptBack.has(name) && name !== 'content-length' && name !== 'authorization';
}

async function* chunks(answer: IncomingMessage, target: ProxyTarget): AsyncGenerator<StreamChunk> {
  try {
    for await (const bytes of answer) yield { bytes, trace: undefined };
  } finally {
    answer.destroy();
    target.done();
  }
}

function exchanged(world: World, call: ApiCall, target: ProxyTarget): Promise<IncomingMessage> {
  const headers: Record<string, string | number> = { host: `${target.host}:${target.port}` };
  for (const [name, value] of Object.entries(call.headers))
    if (!keptBack.has(name) && !name.startsWith('impersonate-')) headers[name] = value;
  if (call.body.length > 0) headers['content-length'] = call.body.length;
  return new Promise((resolve, reject) => {
    const request: ClientRequest = httpRequest({
      method: call.method,
      path: target.path,
      headers,
      createConnection: () => connection(target, (error) => request.destroy(error)),
    });
    const timer = world.timers.setTimeout(
      () => request.destroy(new Error(`no answer within ${answerTimeoutMs} ms`)),
      answerTimeoutMs,
    );
    const gone = () => request.destroy(new Error('the client has gone'));
    call.signal.addEventListener('abort', gone, { once: true });
    request.on('close', () => call.signal.removeEventListener('abort', gone));
    request.on('error', (error) => {
      timer.cancel();
      reject(error);
    });
    request.on('response', (answer) => {
      timer.cancel();
      resolve(answer);
    });
    request.end(call.body);
  });
}

function connection(target: ProxyTarget, failed: (error: Error) => void): Duplex {
  const { stream, host, port, scheme } = target;
  const plain = stream === undefined ? connect({ host, port }) : new WireDuplex(stream);
  if (scheme === 'http') return plain;
  // As apiservers do: what runs in pods has certificates of nobody's making.
  plain.on('error', failed);
  return connectTls({ socket: plain, rejectUnauthorized: false });
}

/** A stream to a kubelet's forwarded port, as the HTTP client wants to see it. */
class WireDuplex extends Duplex {
  readonly #stream: WireStream;
  readonly #iterator: AsyncIterator<{ readonly payload: Uint8Array }>;

  constructor(stream: WireStream) {
    super({ allowHalfOpen: true, writableHighWaterMark: windowBytes });
    this.#stream = stream;
    this.#iterator = stream[Symbol.asyncIterator]();
  }

  override _read(): void {
    this.#next().catch((error: unknown) => {
      this.destroy(error instanceof WireError ? new Error(error.message) : Error(String(error)));
    });
  }

  async #next(): Promise<void> {
    for (;;) {
      const next = await this.#iterator.next();
      if (next.done === true) return void this.push(null);
      // The first message is empty: it says that the port took the connection.
      if (next.value.payload.length > 0) return void this.push(next.value.payload);
    }
  }

  override _write(data: Uint8Array, _encoding: string, taken: () => void): void {
    this.#stream.send({ head: null, payload: new Uint8Array(data) });
    void this.#stream.writable().then(() => taken());
  }

  override _final(done: () => void): void {
    this.#stream.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stream.fail(new WireError('canceled', 'the connection was closed'));
    done(error);
  }
}

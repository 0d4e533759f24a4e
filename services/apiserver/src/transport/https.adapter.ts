import { once } from 'node:events';
import { type IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { apiError, bodyBytesMax, statusErrors } from '@kubelab/api';
import { childTraceparent, type Logger, type MessageCollector } from '@kubelab/telemetry';
import { type Address, NetworkError, type TlsMaterial, type World } from '@kubelab/world';
import { type Credentials, userOf } from '../auth/authenticate.js';
import type { ApiCall, ApiHandler, ApiReply, StreamChunk } from '../endpoints/contract.js';
import type { Method } from '../endpoints/request-info.js';
import type { UserInfo } from '../registry/context.js';
import { serveUpgrade, type UpgradeRequest, upgradeProtocol } from '../streaming/upgrade.adapter.js';
import { isWatch, watchOverWebSocket } from '../streaming/websocket-watch.adapter.js';
import { chunkOf, frameByHand, lastChunk } from './framed.adapter.js';
import { gzipped } from './gzip.adapter.js';
import { peerCertificate } from './peer-certificate.adapter.js';

const methods: ReadonlySet<string> = new Set<Method>(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
const gzipBytesMin = 128 * 1024;
const headersTimeoutMs = 10_000;
const connectionsMax = 5_000;
/** A stream's reader that takes nothing for so long is gone. */
const stalledMs = 30_000;
/** An upgraded connection may be silent; a client that is gone without a word is found out by TCP. */
const keepAliveMs = 30_000;
/** As Kubernetes: the network is seldom the bottleneck, the processor is. */
const gzipLevel = constants.Z_BEST_SPEED;
const compress = promisify(gzip);

export interface HttpsOptions {
  readonly world: World;
  readonly address: Address;
  readonly tls: TlsMaterial;
  readonly name: string;
  readonly messages: MessageCollector;
  /** undefined: nobody that is known here (401). */
  readonly authenticate: (credentials: Credentials) => Promise<UserInfo | undefined>;
  readonly log: Logger;
  readonly handler: ApiHandler;
}

/**
 * HTTPS for kubectl and every Kubernetes client: a client certificate or a bearer token says who asks; without either it is
 * anonymous, with a bad one nobody. Neither goes further than this file.
 */
export async function serveHttps(
  options: HttpsOptions,
): Promise<{ address: Address; close(): Promise<void> }> {
  const { tls, address } = options;
  const server = createServer(
    {
      ca: tls.caPem,
      cert: tls.certPem,
      key: tls.keyPem,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      headersTimeout: headersTimeoutMs,
    },
    (request, response) => {
      serve(options, request, response).catch(() => response.destroy());
    },
  );
  // The server forgets them once they are upgraded.
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Until it is upgraded it is answered as any other request.
    const response = new ServerResponse(request);
    if (!(socket instanceof TLSSocket)) {
      socket.destroy();
      return;
    }
    response.assignSocket(socket);
    response.shouldKeepAlive = false;
    response.on('finish', () => socket.end());
    socket.on('error', () => socket.destroy());
    socket.setKeepAlive(true, keepAliveMs);
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    const protocol = upgradeProtocol(request);
    const client = protocol === undefined ? undefined : { request, socket, head, protocol };
    serve(options, request, response, client).catch(() => socket.destroy());
  });
  server.maxConnections = connectionsMax;
  server.keepAliveTimeout = 60_000;
  await listening(server, address);
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
  return {
    address: { host: address.host, port },
    close: async () => {
      server.close();
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
    },
  };
}

async function listening(server: Server, { host, port }: Address): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const code = Reflect.get(error, 'code') === 'EADDRINUSE' ? 'addressInUse' : 'addressNotAvailable';
      reject(new NetworkError(code, `cannot listen on ${host}:${port}: ${error.message}`, { cause: error }));
    });
    server.listen({ host, port }, resolve);
  });
}

async function serve(
  options: HttpsOptions,
  request: IncomingMessage,
  response: ServerResponse,
  client?: UpgradeRequest,
): Promise<void> {
  const { world, handler } = options;
  const gone = new AbortController();
  // Of an upgraded connection the response is let go, not the socket.
  // Once it was answered nobody waits for the signal, and to abort costs more than to ask.
  if (client === undefined) response.on('close', () => response.writableFinished || gone.abort());
  else client.socket.on('close', () => gone.abort());
  const url = new URL(request.url ?? '/', 'https://apiserver');
  const { authorization: _secret, ...shown } = request.headers;
  const headers = Object.fromEntries(
    Object.entries(shown).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  const trace = childTraceparent(headers.traceparent, world.random);
  report(
    options,
    'receive',
    `${request.method} ${url.pathname}`,
    trace,
    Number(headers['content-length'] ?? 0),
  );
  const user = await authenticated(options, request);
  if (user === undefined)
    return send(options, request, response, status(statusErrors.unauthorized().status, 401));
  const body = await readBody(request);
  if (body === undefined)
    return send(options, request, response, status(statusErrors.tooLarge(bodyBytesMax).status, 413));
  const method = request.method ?? 'GET';
  if (!isMethod(method)) return send(options, request, response, notAllowed());
  const query: Record<string, string[]> = {};
  for (const key of new Set(url.searchParams.keys())) query[key] = url.searchParams.getAll(key);
  const call: ApiCall = {
    method,
    path: url.pathname,
    query,
    headers,
    body,
    user,
    trace,
    signal: gone.signal,
    ...(client === undefined ? {} : { upgrade: client.protocol }),
  };
  const answer = await handler(call);
  if (client !== undefined && isWatch(client, answer)) {
    if (client.socket instanceof TLSSocket) response.detachSocket(client.socket);
    return watchOverWebSocket(client, answer);
  }
  if (client === undefined || answer.upgrade === undefined) return send(options, request, response, answer);
  if (client.socket instanceof TLSSocket) response.detachSocket(client.socket);
  const refused = await serveUpgrade(world, client, answer.upgrade);
  if (refused === undefined) return;
  if (client.socket instanceof TLSSocket) response.assignSocket(client.socket);
  return send(options, request, response, refused);
}

function notAllowed(): ApiReply {
  const why = 'the server does not allow this method on the requested resource';
  return status(apiError('MethodNotAllowed', why).status, 405);
}

function isMethod(method: string): method is Method {
  return methods.has(method);
}

function status(body: object, code: number): ApiReply {
  return {
    code,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(`${JSON.stringify(body)}\n`),
  };
}

/** undefined: something was shown, and it is not of this cluster; or the store could not be asked, which is told in the log. */
async function authenticated(options: HttpsOptions, request: IncomingMessage): Promise<UserInfo | undefined> {
  const { authorization = '', 'sec-websocket-protocol': webSocketProtocols } = request.headers;
  try {
    return await options.authenticate({
      certificate: certificateOf(request),
      authorization,
      webSocketProtocols,
    });
  } catch (error) {
    options.log.warn({ error }, 'who asks could not be found out');
    return undefined;
  }
}

function certificateOf(request: IncomingMessage): UserInfo | 'invalid' | undefined {
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) return undefined;
  const { subject, fingerprint256 } = peerCertificate(socket);
  if (subject === undefined) return undefined;
  if (!socket.authorized) return 'invalid';
  const all = (value: string | string[] | undefined) =>
    value === undefined ? [] : Array.isArray(value) ? value : [value];
  const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase();
  return userOf({ commonName: all(subject.CN)[0] ?? '', organizations: all(subject.O) }, fingerprint);
}

/** undefined when it is over the limit; the rest is let go by, so that the answer is heard. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= bodyBytesMax) chunks.push(chunk);
    else chunks.length = 0;
    if (size > 8 * bodyBytesMax) return undefined;
  }
  return size > bodyBytesMax ? undefined : new Uint8Array(Buffer.concat(chunks));
}

async function send(
  options: HttpsOptions,
  request: IncomingMessage,
  response: ServerResponse,
  reply: ApiReply,
): Promise<void> {
  const { 'transfer-encoding': _chunked, ...headers } = reply.headers;
  const gzips = request.headers['accept-encoding']?.includes('gzip') === true;
  const gzipHeaders = { 'content-encoding': 'gzip', vary: varied(headers.vary) };
  if (!(reply.body instanceof Uint8Array)) {
    const zips = reply.finite === true && gzips;
    response.writeHead(reply.code, zips ? { ...headers, ...gzipHeaders } : headers);
    response.flushHeaders();
    if (request.method === 'HEAD') response.end();
    else await pump(options, response, zips ? gzipped(reply.body, gzipLevel) : reply.body, reply.finite);
    return;
  }
  const zipped = reply.body.byteLength > gzipBytesMin && gzips;
  const body = zipped ? await compress(reply.body, { level: gzipLevel }) : reply.body;
  if (zipped) Object.assign(headers, gzipHeaders);
  response.writeHead(reply.code, { ...headers, 'content-length': body.byteLength });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function varied(vary: string | undefined): string {
  return vary === undefined ? 'Accept-Encoding' : `${vary}, Accept-Encoding`;
}

/** Chunk by chunk, at the reader's pace; what waits meanwhile is bounded by the stream itself. */
async function pump(
  options: HttpsOptions,
  response: ServerResponse,
  body: AsyncIterable<StreamChunk>,
  finite?: true,
): Promise<void> {
  // HTTP/1.0 has no chunks: its body ends with the connection.
  const chunked = finite !== true && response.chunkedEncoding;
  if (chunked) frameByHand(response);
  for await (const { bytes, trace } of body) {
    if (response.destroyed) break;
    if (finite !== true) report(options, 'send', 'watch event', trace, bytes.byteLength);
    if (bytes.byteLength === 0 || response.write(chunked ? chunkOf(bytes) : bytes)) continue;
    const stalled = new AbortController();
    const timer = options.world.timers.setTimeout(() => stalled.abort(), stalledMs);
    try {
      await Promise.race([
        once(response, 'drain', { signal: stalled.signal }),
        once(response, 'close', { signal: stalled.signal }),
      ]);
    } catch {
      response.destroy();
    } finally {
      timer.cancel();
      stalled.abort();
    }
  }
  response.end(chunked ? lastChunk : undefined);
}

function report(
  { world, name, messages }: HttpsOptions,
  direction: 'send' | 'receive',
  kind: string,
  trace: string | undefined,
  bytes: number,
): void {
  const [from, to] = direction === 'receive' ? ['client', name] : [name, 'client'];
  messages.record({ timeMs: world.clock.nowMs(), direction, from, to, kind, key: '', bytes, trace });
}

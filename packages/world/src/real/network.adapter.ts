import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import {
  type Connection,
  type ConnectionHandlers,
  type ConnectOptions,
  type Identity,
  type Listener,
  type ListenOptions,
  type Network,
  NetworkError,
  type NetworkErrorCode,
  type TlsMaterial,
} from '../world.js';

const subprotocol = 'kubelab.wire.v1';
/** A message of several parts below this size is joined by copying: cheaper than a second frame. */
const joinBytesMax = 16 * 1024;
/** TLS and the WebSocket upgrade of a peer that connected must be over within this. */
const handshakeTimeoutMs = 10_000;

/** Who a certificate names: CN and O of its subject. Throws when the PEM holds no certificate. */
export function identityOf(certificatePem: string): Identity {
  const subject = new X509Certificate(certificatePem).toLegacyObject().subject;
  return identityFrom(subject);
}

function identityFrom(subject: NodeJS.Dict<string | string[]>): Identity {
  const all = (name: string): string[] => {
    const value = subject[name];
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
  };
  return { commonName: all('CN')[0] ?? '', organizations: all('O') };
}

/** Certificates and keys are read once for all connections: that costs as much as a handshake. */
const secureContexts = new WeakMap<TlsMaterial, SecureContext>();

function secureContextOf(tls: TlsMaterial): SecureContext {
  const known = secureContexts.get(tls);
  if (known !== undefined) return known;
  const made = createSecureContext({
    ca: tls.caPem,
    cert: tls.certPem,
    key: tls.keyPem,
    minVersion: 'TLSv1.3',
  });
  secureContexts.set(tls, made);
  return made;
}

/**
 * The latest TLS session with each address, by credentials: a further connection resumes it (RFC 8446, 2.2) and spares both sides the
 * certificates, half of a handshake's cost. The identity stays that of the session.
 */
const sessions = new WeakMap<TlsMaterial, Map<string, Buffer>>();
const sessionsMax = 256;

function sessionsOf(tls: TlsMaterial): Map<string, Buffer> {
  const known = sessions.get(tls) ?? new Map<string, Buffer>();
  if (known.size > sessionsMax) known.clear();
  sessions.set(tls, known);
  return known;
}

/** Of a peer whose certificate was verified. The whole of it as an object costs a millisecond: only its subject is read. */
function peerIdentity(socket: TLSSocket): Identity {
  const subject = socket.getPeerX509Certificate()?.subject ?? '';
  // What is escaped is rare: then the slow way, which leaves nothing to interpret.
  if (subject.includes('\\')) return identityFrom(socket.getPeerCertificate().subject ?? {});
  const lines = subject.split('\n');
  const all = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  return { commonName: all('CN')[0] ?? '', organizations: all('O') };
}

const codes: Readonly<Record<string, NetworkErrorCode>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EADDRINUSE: 'addressInUse',
  EADDRNOTAVAIL: 'addressNotAvailable',
};

function networkError(error: unknown, doing: string): NetworkError {
  const code = error instanceof Error ? String(Reflect.get(error, 'code')) : '';
  const message = error instanceof Error ? error.message : String(error);
  return new NetworkError(
    codes[code] ?? (/ERR_TLS|CERT|SSL|certificate/i.test(code + message) ? 'tls' : 'refused'),
    `${doing}: ${message}`,
    {
      cause: error,
    },
  );
}

/** A WebSocket as a Connection. */
class RealConnection implements Connection {
  readonly peer: Identity;
  readonly remote: string;
  readonly #ws: WebSocket;
  readonly #socket: Socket;
  #corked = false;
  #handlers: ConnectionHandlers | undefined;

  constructor(ws: WebSocket, socket: TLSSocket) {
    this.#ws = ws;
    this.#socket = socket;
    this.peer = peerIdentity(socket);
    this.remote = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? '?'}`;
    ws.binaryType = 'nodebuffer';
    socket.setNoDelay(true);
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  start(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    this.#ws.on('message', (data: Buffer, isBinary) => {
      if (isBinary) handlers.message(ownBytes(data));
      else this.close(1003, 'only binary messages are understood');
    });
    this.#socket.on('drain', () => handlers.drain());
    // ws follows every error with a close event, which is what the other side of the contract wants.
    this.#ws.on('error', () => undefined);
    this.#ws.on('close', (code, reason) => handlers.close(code, reason.toString()));
  }

  send(parts: readonly Uint8Array[]): void {
    if (this.#ws.readyState !== WebSocket.OPEN) return;
    this.#cork();
    const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
    if (parts.length === 1 || size <= joinBytesMax) {
      this.#ws.send(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts));
      return;
    }
    for (const [index, part] of parts.entries())
      this.#ws.send(part, { binary: true, fin: index === parts.length - 1 });
  }

  close(code: number, reason: string): void {
    if (this.#handlers === undefined) this.#ws.on('error', () => undefined);
    this.#ws.close(code, reason.slice(0, 120));
    // A peer that does not answer the close handshake is cut off by ws after 30 s; nobody here waits that
    // long.
    const cut = setTimeout(() => this.#ws.terminate(), 1_000);
    cut.unref();
    this.#ws.once('close', () => clearTimeout(cut));
  }

  /** All messages of one event-loop turn leave in one write. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }
}

/**
 * ws may hand out a slice of a pooled slab: what is kept would pin all of it, so that small slices are
 * copied.
 */
function ownBytes(data: Buffer): Uint8Array {
  if (data.byteLength < data.buffer.byteLength / 2) return Uint8Array.prototype.slice.call(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

async function listen(options: ListenOptions): Promise<Listener> {
  const { host, port } = options.address;
  const https = createServer({
    ...{ ca: options.tls.caPem, cert: options.tls.certPem, key: options.tls.keyPem, minVersion: 'TLSv1.3' },
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: handshakeTimeoutMs,
  });
  const server = new WebSocketServer({
    server: https,
    perMessageDeflate: false,
    maxPayload: options.messageBytesMax,
    skipUTF8Validation: true,
    clientTracking: true,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
  https.on('request', (_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain' });
    response.end(
      `this port speaks WebSocket (${subprotocol}) to kubelab's components; kubectl's port is another\n`,
    );
  });
  server.on('connection', (ws, request) => {
    const socket = request.socket;
    options.accept(new RealConnection(ws, asTls(socket)));
  });
  server.on('error', () => undefined); // The same errors come from https, below.
  await new Promise<void>((resolve, reject) => {
    https.once('error', (error) => reject(networkError(error, `cannot listen on ${host}:${port}`)));
    https.listen({ host, port, backlog: 511 }, resolve);
  });
  const bound = https.address();
  return {
    address: { host, port: isAddressInfo(bound) ? bound.port : port },
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close();
        https.close(() => resolve());
        https.closeAllConnections();
      }),
  };
}

function isAddressInfo(value: AddressInfo | string | null): value is AddressInfo {
  return typeof value === 'object' && value !== null;
}

function asTls(socket: Socket): TLSSocket {
  if (!isTls(socket)) throw new Error('a listener of wire connections accepted a socket without TLS');
  return socket;
}

function isTls(socket: Socket): socket is TLSSocket {
  return 'getPeerCertificate' in socket;
}

function connect(options: ConnectOptions): Promise<Connection> {
  const { host, port } = options.address;
  return new Promise((resolve, reject) => {
    // ws hands on to tls.connect() what it does not know.
    const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const known = sessionsOf(options.tls);
    const settings: ClientOptions & {
      readonly secureContext: SecureContext;
      readonly session: Buffer | undefined;
    } = {
      secureContext: secureContextOf(options.tls),
      session: known.get(authority),
      perMessageDeflate: false,
      maxPayload: options.messageBytesMax,
      handshakeTimeout: options.timeoutMs,
      skipUTF8Validation: true,
      // Masking protects proxies from browsers' scripts (RFC 6455, 10.3); here it would only cost. A zero key
      // leaves bytes as they are.
      generateMask: () => undefined,
    };
    const ws = new WebSocket(`wss://${authority}/`, subprotocol, settings);
    const abort = () => {
      ws.terminate();
      reject(new NetworkError('aborted', `connecting to ${host}:${port} was given up`));
    };
    if (options.signal?.aborted) return abort();
    options.signal?.addEventListener('abort', abort, { once: true });
    const settled = () => options.signal?.removeEventListener('abort', abort);
    let socket: Socket | undefined;
    ws.once('upgrade', (response) => {
      socket = response.socket;
    });
    ws.once('error', (error) => {
      settled();
      known.delete(authority);
      const timeout = /timed out/i.test(error.message);
      const failure = networkError(error, `cannot connect to ${host}:${port}`);
      reject(timeout ? new NetworkError('timeout', failure.message, { cause: error }) : failure);
    });
    ws.once('open', () => {
      settled();
      if (socket === undefined) return reject(new NetworkError('refused', `${host}:${port} did not upgrade`));
      const secure = asTls(socket);
      secure.on('session', (session: Buffer) => void known.set(authority, session));
      return resolve(new RealConnection(ws, secure));
    });
  });
}

export const realNetwork: Network = { listen, connect };

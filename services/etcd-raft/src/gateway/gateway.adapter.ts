import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { StoreError } from '@kubelab/store';
import { type GrpcStatus, toGrpcStatus } from '@kubelab/store/etcd';
import type { Telemetry } from '@kubelab/telemetry';
import type { Address, Identity, TlsMaterial, World } from '@kubelab/world';
import type { Caller, EtcdServer } from '../etcd-server.js';
import { callerOf } from './caller.js';
import type { Output, StreamCall, UnaryCall } from './calls.js';
import { gatewayCalls } from './index.js';

/** etcd's limit of a request, 1.5 MiB, and 512 KiB for what is around it. */
const requestBytesMax = 2 * 1024 * 1024;
/** Of one stream, accepted and not yet handed to the network; a watch waits above it. */
const outputBytesMax = 1024 * 1024;
const closeGraceMs = 1_000;

export interface GatewayOptions {
  readonly world: World;
  readonly telemetry: Telemetry;
  readonly address: Address;
  /** Clients must show a certificate of tls.caPem's. */
  readonly tls: TlsMaterial;
}

export interface Gateway {
  /** With the real port. */
  readonly address: Address;
  /** Ends all calls with `etcdserver: server stopped`, then all connections. */
  close(): Promise<void>;
}

/** Serves a member to clients of etcd (etcdctl, a kube-apiserver): etcd v3's gRPC over mutual TLS. */
export async function serveGateway(server: EtcdServer, options: GatewayOptions): Promise<Gateway> {
  const { address, tls, world } = options;
  const grpc = new Server({
    'grpc.max_receive_message_length': requestBytesMax,
    'grpc.max_send_message_length': -1,
  });
  const context: Context = { ...options, closing: new AbortController() };
  for (const call of gatewayCalls(server))
    if (call.type === 'unary') registerUnary(grpc, call, context);
    else registerStream(grpc, call, context);
  const port = await bind(grpc, address, tls);
  let closed: Promise<void> | undefined;
  return {
    address: { host: address.host, port },
    close: () => {
      closed ??= new Promise<void>((resolve) => {
        context.closing.abort();
        const force = world.timers.setTimeout(() => grpc.forceShutdown(), closeGraceMs);
        grpc.tryShutdown(() => {
          force.cancel();
          resolve();
        });
      });
      return closed;
    },
  };
}

interface Context extends GatewayOptions {
  readonly closing: AbortController;
}

function bind(grpc: Server, { host, port }: Address, tls: TlsMaterial): Promise<number> {
  const credentials = ServerCredentials.createSsl(
    Buffer.from(tls.caPem),
    [{ private_key: Buffer.from(tls.keyPem), cert_chain: Buffer.from(tls.certPem) }],
    true,
  );
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    grpc.bindAsync(target, credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else reject(new Error(`cannot serve etcd's gRPC at ${target}: ${error.message}`, { cause: error }));
    });
  });
}

type AnyCall = ServerUnaryCall<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

const asBuffer = (message: Buffer): Buffer => message;

function registerUnary(grpc: Server, call: UnaryCall, context: Context): void {
  const handle = (incoming: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) => {
    const { caller, over } = begin(call.path, incoming, context);
    note(call.path, incoming.request.byteLength, caller, context);
    call
      .answer(incoming.request, caller)
      .then(
        (answer) => reply(null, answer),
        (error: unknown) => reply(statusOf(call.path, error, caller, context)),
      )
      .finally(over);
  };
  grpc.register(call.path, handle, asBuffer, asBuffer, 'unary');
}

/** A call with one request and a stream of answers looks the same on the wire as one whose client half-closes after one. */
function registerStream(grpc: Server, call: StreamCall, context: Context): void {
  const handle = (incoming: ServerDuplexStream<Buffer, Buffer>) => {
    const { caller, over } = begin(call.path, incoming, context);
    note(call.path, 0, caller, context);
    const output = new CallOutput(incoming, caller.signal);
    const stopped = () => {
      if (context.closing.signal.aborted) incoming.emit('error', toGrpcStatus(serverStopped()));
    };
    caller.signal.addEventListener('abort', stopped, { once: true });
    call
      .serve(incoming, output, caller)
      .then(
        () => incoming.end(),
        (error: unknown) => {
          // A client that has gone away breaks off the reading: there is nobody to tell.
          if (!caller.signal.aborted) incoming.emit('error', statusOf(call.path, error, caller, context));
        },
      )
      .finally(over);
  };
  grpc.register(call.path, handle, asBuffer, asBuffer, 'bidi');
}

function begin(
  path: string,
  incoming: AnyCall,
  { closing, telemetry }: Context,
): { readonly caller: Caller; readonly over: () => void } {
  const ended = new AbortController();
  const stop = () => ended.abort();
  incoming.on('cancelled', stop);
  closing.signal.addEventListener('abort', stop, { once: true });
  if (closing.signal.aborted) stop();
  incoming.on('error', (error: unknown) => telemetry.log.debug({ error, path }, 'a gRPC call failed'));
  const identity = identityOf(incoming);
  const metadata = (key: string) => firstText(incoming.metadata, key);
  return {
    caller: callerOf({ metadata, identity, signal: ended.signal }),
    over: () => closing.signal.removeEventListener('abort', stop),
  };
}

function firstText(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return typeof value === 'string' ? value : undefined;
}

function identityOf(incoming: AnyCall): Identity | undefined {
  const subject = incoming.getAuthContext().sslPeerCertificate?.subject;
  if (subject === undefined) return undefined;
  // Several values of one kind come as a list, whatever the types of Node say.
  const values: Readonly<Record<string, string | readonly string[] | undefined>> = { ...subject };
  return { commonName: [values.CN ?? ''].flat()[0] ?? '', organizations: [values.O ?? []].flat() };
}

function note(path: string, bytes: number, caller: Caller, { telemetry, world }: Context): void {
  telemetry.messages.record({
    timeMs: world.clock.nowMs(),
    direction: 'receive',
    from: caller.identity?.commonName ?? '',
    to: telemetry.instance,
    kind: path.slice(1),
    key: '',
    bytes,
    trace: caller.trace,
  });
}

function serverStopped(): StoreError {
  return new StoreError('unavailable', 'etcdserver: server stopped');
}

/** Of an error that is not the store's own, the log has the rest. */
function statusOf(path: string, error: unknown, caller: Caller, { telemetry, closing }: Context): GrpcStatus {
  if (closing.signal.aborted && !(error instanceof StoreError)) return toGrpcStatus(serverStopped());
  if (!(error instanceof StoreError) && !caller.signal.aborted)
    telemetry.log.warn({ error, path, trace: caller.trace }, 'a gRPC call failed in an unforeseen way');
  return toGrpcStatus(error);
}

class CallOutput implements Output {
  readonly #call: ServerDuplexStream<Buffer, Buffer>;
  readonly #signal: AbortSignal;
  #waitingBytes = 0;
  #waiters: (() => void)[] = [];

  constructor(call: ServerDuplexStream<Buffer, Buffer>, signal: AbortSignal) {
    this.#call = call;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  get writable(): boolean {
    return this.#waitingBytes < outputBytesMax;
  }

  send(message: Buffer): void {
    if (this.#signal.aborted) return;
    this.#waitingBytes += message.byteLength;
    this.#call.write(message, () => {
      this.#waitingBytes -= message.byteLength;
      if (this.writable) this.#wake();
    });
  }

  drained(): Promise<void> {
    if (this.writable || this.#signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }
}

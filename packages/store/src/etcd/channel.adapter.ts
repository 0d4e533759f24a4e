import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import {
  Client,
  type ClientDuplexStream,
  connectivityState,
  credentials,
  Metadata,
  type StatusObject,
} from '@grpc/grpc-js';
import type { Address, TlsMaterial, World } from '@kubelab/world';
import type { Method } from './services.js';
import { type GrpcStatus, grpcCodes } from './status.js';

/** A gRPC call that failed, as its server (or grpc-js, where none was reached) put it. */
export class GrpcError extends Error implements GrpcStatus {
  override readonly name = 'GrpcError';
  readonly code: number;
  readonly details: string;
  constructor({ code, details }: GrpcStatus) {
    super(`${code}: ${details}`);
    this.code = code;
    this.details = details;
  }
}

export interface CallOptions {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** A member that knows no leader is to refuse, rather than let one wait or answer from what it has. */
  readonly requireLeader: boolean;
}

/** Both ways; reading pauses when nobody takes what came. */
export interface GrpcStream<RequestInput, Response> {
  send(request: RequestInput): void;
  /** Ends when the server ends the call well; throws GrpcError for anything else. */
  readonly responses: AsyncIterable<Response>;
  cancel(): void;
}

/**
 * One connection to one member of etcd, made when it is first needed, and again when it broke. While there is none, a call
 * fails after `connectTimeoutMs`, or at once when the last try failed: certainly not sent.
 */
export interface GrpcChannel {
  unary<Request, RequestInput, Response, ResponseInput>(
    method: Method<Request, RequestInput, Response, ResponseInput>,
    request: RequestInput,
    options: CallOptions,
  ): Promise<Response>;
  stream<Request, RequestInput, Response, ResponseInput>(
    method: Method<Request, RequestInput, Response, ResponseInput>,
  ): Promise<GrpcStream<RequestInput, Response>>;
  close(): void;
}

export type ChannelSecurity = { readonly tls: TlsMaterial } | { readonly plain: true };

const connectTimeoutMs = 1_000;
const reconnectDelayMsMax = 2_000;
/** A dead member is noticed within their sum even when its machine is gone and no packet says so. */
const keepAliveTimeMs = 10_000;
const keepAliveTimeoutMs = 5_000;

/** As etcd's own client says it. */
const leaderRequired = new Metadata();
leaderRequired.set('hasleader', 'true');

export function openChannel(
  world: Pick<World, 'clock'>,
  { host, port }: Address,
  security: ChannelSecurity,
): GrpcChannel {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const client = new Client(target, credentialsOf(host, security), {
    ...(isIP(host) === 0 ? {} : { 'grpc.ssl_target_name_override': nameOfAddress }),
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.min_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': reconnectDelayMsMax,
    'grpc.keepalive_time_ms': keepAliveTimeMs,
    'grpc.keepalive_timeout_ms': keepAliveTimeoutMs,
    // Whether a write is sent again is decided above, where it is known what it does.
    'grpc.enable_retries': 0,
    // Clients of the same address do not share a connection: one of them closing must not disturb the other.
    'grpc.use_local_subchannel_pool': 1,
  });
  const connected = (timeoutMs: number) =>
    connection(client, world.clock, Math.min(timeoutMs, connectTimeoutMs));
  return {
    unary: async (method, request, options) => {
      const untilMs = world.clock.nowMs() + options.deadlineMs;
      await connected(options.deadlineMs);
      return new Promise((resolve, reject) => {
        const call = client.makeUnaryRequest(
          method.path,
          (value: typeof request) => method.request.encode(value),
          (bytes: Buffer) => method.response.decode(bytes),
          request,
          options.requireLeader ? leaderRequired.clone() : new Metadata(),
          { deadline: untilMs },
          (error, response) => {
            options.signal?.removeEventListener('abort', cancel);
            if (error !== null) reject(new GrpcError(error));
            else if (response === undefined) reject(noAnswer());
            else resolve(response);
          },
        );
        const cancel = () => call.cancel();
        options.signal?.addEventListener('abort', cancel, { once: true });
        if (options.signal?.aborted === true) cancel();
      });
    },
    stream: async (method) => {
      await connected(connectTimeoutMs);
      return streamOf(
        client.makeBidiStreamRequest(
          method.path,
          (value) => method.request.encode(value),
          (bytes: Buffer) => method.response.decode(bytes),
          leaderRequired.clone(),
        ),
      );
    },
    close: () => client.close(),
  };
}

/** Resolves when it stands, or when trying failed: the call then says why. Rejects when neither is known in time. */
async function connection(client: Client, clock: World['clock'], timeoutMs: number): Promise<void> {
  const channel = client.getChannel();
  const untilMs = clock.nowMs() + timeoutMs;
  for (;;) {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.SHUTDOWN) throw closedChannel();
    if (state !== connectivityState.IDLE && state !== connectivityState.CONNECTING) return;
    await new Promise<void>((resolve, reject) => {
      channel.watchConnectivityState(state, untilMs, (error) => {
        if (error === undefined) resolve();
        else reject(notConnected(timeoutMs));
      });
    });
  }
}

function closedChannel(): GrpcError {
  return new GrpcError({ code: grpcCodes.unavailable, details: 'The channel has been closed' });
}

function notConnected(timeoutMs: number): GrpcError {
  return new GrpcError({
    code: grpcCodes.unavailable,
    details: `No connection established within ${timeoutMs} ms`,
  });
}

function noAnswer(): GrpcError {
  return new GrpcError({ code: grpcCodes.internal, details: 'the call ended well but without an answer' });
}

/** RFC 6066 wants a name, where only an address is known; whom the certificate names is checked against the address. */
const nameOfAddress = 'etcd.invalid';

function credentialsOf(host: string, security: ChannelSecurity) {
  if ('plain' in security) return credentials.createInsecure();
  const { caPem, keyPem, certPem } = security.tls;
  return credentials.createSsl(Buffer.from(caPem), Buffer.from(keyPem), Buffer.from(certPem), {
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  });
}

function streamOf<RequestInput, Response>(
  call: ClientDuplexStream<RequestInput, Response>,
): GrpcStream<RequestInput, Response> {
  const status = new Promise<StatusObject>((resolve) => call.on('status', resolve));
  // The status says it; an `error` event without a listener would end the process.
  call.on('error', () => undefined);
  return {
    send: (request) => {
      call.write(request);
    },
    responses: responsesOf(call, status),
    cancel: () => call.cancel(),
  };
}

async function* responsesOf<RequestInput, Response>(
  call: ClientDuplexStream<RequestInput, Response>,
  status: Promise<StatusObject>,
): AsyncGenerator<Response> {
  try {
    const responses: AsyncIterable<Response> = call;
    for await (const response of responses) yield response;
  } catch (error) {
    // The stream breaks when the call does: why, the status tells.
    if (!(error instanceof Error && 'code' in error)) throw error;
  } finally {
    call.cancel();
  }
  const { code, details } = await status;
  if (code !== grpcCodes.ok) throw new GrpcError({ code, details });
}

import type { MessageCollector, Telemetry, Traceparent } from '@kubelab/telemetry';
import type { Address, Identity, TlsMaterial, World } from '@kubelab/world';

/**
 * What travels: a small structured `head` (msgpack) and a raw `payload` (bytes, sent and received without a
 * copy).
 * Heads hold plain values only: null, booleans, numbers, strings, Uint8Array, arrays and objects of these.
 */
export interface Message {
  readonly head: unknown;
  readonly payload: Uint8Array;
}

export const noBytes: Uint8Array = new Uint8Array(0);

/** Names follow gRPC's status codes, whose meanings they have (https://grpc.io/docs/guides/status-codes/). */
export type WireErrorCode =
  | 'canceled'
  | 'invalidArgument'
  | 'deadlineExceeded'
  | 'notFound'
  | 'alreadyExists'
  | 'permissionDenied'
  | 'unauthenticated'
  | 'resourceExhausted'
  | 'failedPrecondition'
  | 'aborted'
  | 'outOfRange'
  | 'unimplemented'
  | 'internal'
  | 'unavailable'
  | 'dataLoss';

/**
 * The only error that crosses a connection. `retryable`: the request was certainly not executed, or is safe
 * to repeat.
 * A connection that breaks under a request gives `unavailable` with `retryable: false` and `mayHaveExecuted:
 * true`.
 */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: WireErrorCode;
  readonly retryable: boolean;
  readonly mayHaveExecuted: boolean;
  /**
   * Structured facts for the caller's program, for example `{ leader: 'etcd-raft-2', compactRevision: 17 }`.
   */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(
    code: WireErrorCode,
    message: string,
    options: {
      retryable?: boolean;
      mayHaveExecuted?: boolean;
      details?: Readonly<Record<string, unknown>>;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.mayHaveExecuted = options.mayHaveExecuted ?? false;
    this.details = options.details ?? {};
  }
}

/** What both ends need besides their options. One per component. */
export interface WireContext {
  readonly world: World;
  readonly telemetry: Telemetry;
  /** Faults on this component's outgoing links, switched at run time. */
  readonly links: Links;
}

/* ---------------------------------------------------------------- serving */

export interface RequestContext {
  readonly method: string;
  readonly peer: Identity;
  /** The caller's component name, as it introduced itself. Shown to people; never used to authorize. */
  readonly from: string;
  readonly trace: Traceparent | undefined;
  /** Aborted on cancel, deadline, or a broken connection. */
  readonly signal: AbortSignal;
}

export type UnaryHandler = (request: Message, context: RequestContext) => Promise<Message> | Message;
export type StreamHandler = (
  stream: WireStream,
  request: Message,
  context: RequestContext,
) => Promise<void> | void;
/** What it throws is logged: there is nobody to tell. */
export type DatagramHandler = (message: Message, context: Omit<RequestContext, 'signal'>) => void;

/**
 * Handlers by method. A rejected WireError goes to the caller as it is; anything else is logged and becomes
 * `internal`.
 * An unary handler that resolves, or a stream handler that returns, ends the exchange.
 */
export interface WireService {
  readonly unary?: Readonly<Record<string, UnaryHandler>>;
  readonly stream?: Readonly<Record<string, StreamHandler>>;
  readonly datagram?: Readonly<Record<string, DatagramHandler>>;
  /**
   * Called before each handler; throws a WireError (`permissionDenied`) to refuse. Absent: every identity
   * with a valid certificate may call.
   */
  readonly authorize?: (peer: Identity, method: string) => void;
  /** How a message of this service is shown in the trace. Absent: kind = method, key = ''. */
  readonly describe?: (method: string, message: Message) => { readonly kind: string; readonly key: string };
}

export interface ServeOptions {
  readonly address: Address;
  readonly tls: TlsMaterial;
  /** Several services on one listener; method names must not clash. */
  readonly services: readonly WireService[];
}

export interface WireServer {
  readonly address: Address;
  /**
   * Tells clients to go elsewhere, refuses new requests and ends streams with `unavailable` (retryable), waits up to
   * graceMs for running requests, closes.
   */
  close(graceMs?: number): Promise<void>;
}

/* ---------------------------------------------------------------- calling */

export interface DialOptions {
  /**
   * Tried in turn, from a random start, with exponential backoff and full jitter after a round of failures.
   */
  readonly addresses: readonly Address[];
  readonly tls: TlsMaterial;
  /** Name of the called component, for links and traces, until it introduces itself. */
  readonly to: string;
  /** As in WireService, for what this side sends. */
  readonly describe?: WireService['describe'];
  /** Called for each dial that was refused: the machine is there, and nobody listens. */
  readonly refused?: (() => void) | undefined;
}

export interface CallOptions {
  /** From now. Default 10,000. Waiting for a connection counts. Infinity is allowed for streams only. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly trace?: Traceparent | undefined;
}

export interface WireClient {
  /** To a server that introduced itself. */
  readonly connected: boolean;
  /** The name the connected server introduced itself by; undefined while not connected. */
  readonly server: string | undefined;
  /**
   * For how long nothing was heard on this connection, about: in steps of 500 ms, by turns of this side's own event loop. Below 1,500 the
   * other side is there; 0 while not connected.
   */
  readonly silentMs: number;
  /** Dials that failed since it was last connected: above 0, a caller that knows another server may turn there. */
  readonly dialFailures: number;
  /**
   * Rejects with WireError only. Waits for a connection within the deadline. Never retries by itself once
   * sent.
   */
  request(method: string, message: Message, options?: CallOptions): Promise<Message>;
  /** Never throws: failure comes out of the stream's reading side. */
  openStream(method: string, message: Message, options?: CallOptions): WireStream;
  /**
   * Best effort: dropped when not connected or when more than 4 MiB wait to be sent. Returns whether it was
   * handed to the connection.
   */
  datagram(method: string, message: Message, options?: { readonly trace?: Traceparent | undefined }): boolean;
  close(): Promise<void>;
}

/** As it came in, with the trace context that its sender gave it. */
export interface StreamMessage extends Message {
  readonly trace: Traceparent | undefined;
}

/**
 * One stream of messages each way. Reading is `for await (const message of stream)`: ends when the other side
 * ended, throws a WireError
 * when it failed (`resourceExhausted`: this side read too slowly and was cut off; `unavailable`: the
 * connection broke).
 *
 * Flow control: the receiver grants 1 MiB of unread payload (a message larger than that is allowed alone);
 * the sender queues at most `queueBytesMax`
 * (8 MiB) beyond it. A send() over that limit cuts the stream with `resourceExhausted`: memory is bounded,
 * and the reader knows to resume.
 */
export interface WireStream extends AsyncIterable<StreamMessage> {
  /** False once the stream is over. Never blocks; see writable() to pace oneself. */
  send(message: Message, options?: { readonly trace?: Traceparent | undefined }): boolean;
  /**
   * Resolves at once while the queue is empty, else when it drained; resolves too when the stream is over.
   */
  writable(): Promise<void>;
  /** Bytes waiting for the receiver's grant. */
  readonly queuedBytes: number;
  /** No more messages from this side. */
  end(): void;
  /** Both directions stop; the other side's reader throws this error. */
  fail(error: WireError): void;
  /** Aborted when the stream is over for whatever reason. */
  readonly signal: AbortSignal;
}

/* ---------------------------------------------------------------- faults on links */

/** What is wrong with a link. Absent fields are healthy. */
export interface LinkFault {
  /**
   * Nothing passes; connections stall and then break by keep-alive. With `kinds`, requests, answers and datagrams of those
   * kinds are lost and the rest passes; a lost message of a stream still breaks its connection.
   */
  readonly blocked?: boolean;
  readonly delayMs?: number;
  /** Added to delayMs, uniform in [0, jitterMs). */
  readonly jitterMs?: number;
  /** Of datagrams: probabilities in [0, 1]. */
  readonly lossRate?: number;
  readonly duplicateRate?: number;
  readonly reorderRate?: number;
  /** Only messages whose kind is in the list; absent: all. */
  readonly kinds?: readonly string[];
}

/** Outgoing links of one component by the name of the other end; `*` stands for every other end. */
export interface Links {
  set(to: string, fault: LinkFault): void;
  clear(to?: string): void;
  list(): Readonly<Record<string, LinkFault>>;
  fault(to: string): LinkFault | undefined;
}

export type { MessageCollector };

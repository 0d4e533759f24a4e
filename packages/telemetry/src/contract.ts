/**
 * W3C trace context header value, `00-<32 hex trace id>-<16 hex span id>-<2 hex flags>`
 * (https://www.w3.org/TR/trace-context/).
 */
export type Traceparent = string;

/**
 * One line of JSON per call: `{level, time, component, instance, traceId?, msg, ...fields}`. No secret may be
 * passed to it.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  child(fields: LogFields): Logger;
}

/** `trace` is logged as `traceId`; `error` (an Error) with its message, code and stack. */
export interface LogFields {
  readonly trace?: Traceparent | undefined;
  readonly error?: unknown;
  readonly [field: string]: unknown;
}

/** One message between two components, as `kubelab trace --follow` prints it. */
export interface MessageRecord {
  /** Wall time at the reporting component, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly direction: 'send' | 'receive';
  readonly from: string;
  readonly to: string;
  /**
   * What it is: a request's method, a stream's event, a Raft message's type: `AppendEntries`, `GET
   * /api/v1/pods`, `watch MODIFIED`.
   */
  readonly kind: string;
  /** What it is about: an object's key, a Raft index range; empty when nothing fits. */
  readonly key: string;
  readonly bytes: number;
  readonly trace: Traceparent | undefined;
}

/** A component's bounded memory of its latest messages, and live followers of them. */
export interface MessageCollector {
  /** Cheap when nobody follows: one ring-buffer slot. */
  record(message: MessageRecord): void;
  /** The latest records, oldest first (at most `messagesMax`, 4,096 by default). */
  recent(): MessageRecord[];
  /** Calls back per record until the returned function is called. A follower that throws is dropped. */
  follow(listener: (message: MessageRecord) => void): () => void;
}

export interface Telemetry {
  readonly component: string;
  readonly instance: string;
  readonly log: Logger;
  readonly messages: MessageCollector;
}

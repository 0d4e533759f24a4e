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

/** OpenTelemetry's span kinds. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';
export type AttributeValue = string | number | boolean;

/** A span that has ended. Attribute names follow OpenTelemetry's semantic conventions where they have one. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  /** '' for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly component: string;
  readonly instance: string;
  /** Wall time at the reporting component, milliseconds since the epoch, with a fraction. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Other causes: contexts of spans of this trace or of others. */
  readonly links: readonly Traceparent[];
  /** What went wrong; '' when nothing did. */
  readonly error: string;
}

/** A span under way. end() is idempotent; what is never ended is never recorded. */
export interface Span {
  /** The context that what follows from this span carries on. */
  readonly traceparent: Traceparent;
  rename(name: string): void;
  set(name: string, value: AttributeValue): void;
  /** At most `linksMax` (32) are kept. */
  link(cause: Traceparent): void;
  end(error?: unknown): void;
}

/**
 * A component's spans. Sampling is parent-based: with a parent that is not sampled every method gives undefined at once and
 * allocates nothing, so call sites pass constant names and set attributes on `span?.`. Roots are drawn by root().
 */
export interface Tracer {
  start(name: string, kind: SpanKind, parent: Traceparent | undefined): Span | undefined;
  /** A span whose context was given out already: `own`, below `parent` (undefined: a root). */
  adopt(name: string, kind: SpanKind, own: Traceparent, parent: Traceparent | undefined): Span | undefined;
  /** A span that began at `startMonotonicMs` and ends now; for many steps that take the same time. */
  record(
    name: string,
    parent: Traceparent,
    startMonotonicMs: number,
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void;
  /** A new trace's context, sampled with the component's ratio. */
  root(): Traceparent;
  /** Spans in the built-in collector (at most `spansMax`, 8,192 by default), oldest first; of one trace when it is named. */
  spans(traceId?: string): SpanRecord[];
  /** Called with each span that ends, for an exporter; one that throws is dropped. */
  onEnd(listener: (span: SpanRecord) => void): () => void;
}

export interface Telemetry {
  readonly component: string;
  readonly instance: string;
  readonly log: Logger;
  readonly messages: MessageCollector;
  readonly tracer: Tracer;
}

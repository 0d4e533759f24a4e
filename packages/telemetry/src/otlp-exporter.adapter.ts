import type { AttributeValue, Logger, SpanRecord, Tracer } from './contract.js';
import { parseTraceparent } from './trace-context.js';

const queueMax = 4_096;
const batchMax = 512;
const everyMs = 2_000;
const deadlineMs = 5_000;

const kinds: Readonly<Record<SpanRecord['kind'], number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};

export interface ExporterOptions {
  /** OTEL_EXPORTER_OTLP_ENDPOINT: the base address of a collector; spans go to its `/v1/traces`. */
  readonly endpoint: string;
  readonly tracer: Tracer;
  readonly log: Logger;
}

/**
 * Sends spans by OTLP/HTTP with JSON (https://opentelemetry.io/docs/specs/otlp/). What a collector does not take in time, or
 * what comes while 4,096 wait, is dropped and counted: tracing never holds up the traced.
 */
export function exportSpans(options: ExporterOptions): { readonly dropped: number; stop(): Promise<void> } {
  const { endpoint, tracer, log } = options;
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  let queue: SpanRecord[] = [];
  let dropped = 0;
  let failing = false;
  let sending: Promise<void> = Promise.resolve();
  const drop = (count: number) => {
    dropped += count;
  };
  const leave = tracer.onEnd((span) => {
    if (queue.length >= queueMax) drop(1);
    else queue.push(span);
  });
  const flush = async () => {
    while (queue.length > 0) {
      const batch = queue.slice(0, batchMax);
      queue = queue.slice(batchMax);
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(otlpOf(batch)),
          signal: AbortSignal.timeout(deadlineMs),
        });
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
        failing = false;
      } catch (error) {
        drop(batch.length);
        if (!failing) log.warn({ error, url }, 'spans were not taken; they are dropped until they are again');
        failing = true;
        return;
      }
    }
  };
  const timer = setInterval(() => {
    sending = sending.then(flush);
  }, everyMs);
  timer.unref();
  return {
    get dropped() {
      return dropped;
    },
    stop: async () => {
      clearInterval(timer);
      leave();
      sending = sending.then(flush);
      await sending;
    },
  };
}

/** One ExportTraceServiceRequest; all spans are of one component. */
function otlpOf(batch: readonly SpanRecord[]): object {
  const [first] = batch;
  const resource = {
    attributes: attributesOf({
      'service.namespace': 'kubelab',
      'service.name': first?.component ?? '',
      'service.instance.id': first?.instance ?? '',
    }),
  };
  return {
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'kubelab' }, spans: batch.map(spanOf) }] }],
  };
}

function spanOf(span: SpanRecord): object {
  const { traceId, spanId, parentSpanId, name, error } = span;
  return {
    ...{ traceId, spanId, name, kind: kinds[span.kind] },
    ...(parentSpanId === '' ? {} : { parentSpanId }),
    startTimeUnixNano: nanoseconds(span.startMs),
    endTimeUnixNano: nanoseconds(span.endMs),
    attributes: attributesOf(span.attributes),
    links: span.links.flatMap((link) => {
      const context = parseTraceparent(link);
      return context === undefined ? [] : [{ traceId: context.traceId, spanId: context.spanId }];
    }),
    status: error === '' ? {} : { code: 2, message: error },
  };
}

/** Beyond what a number holds: whole milliseconds and the rest apart. */
function nanoseconds(timeMs: number): string {
  const whole = Math.floor(timeMs);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((timeMs - whole) * 1e6)));
}

function attributesOf(attributes: Readonly<Record<string, AttributeValue>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) }));
}

function otlpValue(value: AttributeValue): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'string') return { stringValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

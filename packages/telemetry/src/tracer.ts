import type { World } from '@kubelab/world';
import type { AttributeValue, Span, SpanKind, SpanRecord, Traceparent, Tracer } from './contract.js';
import { childTraceparent, isSampled, rootTraceparent } from './trace-context.js';

const spansMaxDefault = 8_192;
const linksMax = 32;
const samplingRatioDefault = 0.01;
/** The wall clock was set when it differs by more from where the monotonic one has it. */
const clockSetMs = 5;
const textLengthMax = 512;

export interface TracerOptions {
  readonly component: string;
  readonly instance: string;
  readonly world: Pick<World, 'clock' | 'random'>;
  readonly samplingRatio?: number | undefined;
  readonly spansMax?: number | undefined;
}

/** The span core and the built-in collector, a ring of the latest spans. Ids are the world's: a simulated run repeats. */
export function createTracer(options: TracerOptions): Tracer {
  return new RingTracer(options);
}

class RingTracer implements Tracer {
  readonly #options: TracerOptions;
  readonly #ratio: number;
  readonly #spansMax: number;
  readonly #ring: SpanRecord[] = [];
  readonly #listeners = new Set<(span: SpanRecord) => void>();
  #next = 0;
  #offsetMs: number;

  constructor(options: TracerOptions) {
    const { clock } = options.world;
    this.#options = options;
    this.#ratio = options.samplingRatio ?? samplingRatioDefault;
    this.#spansMax = options.spansMax ?? spansMaxDefault;
    this.#offsetMs = clock.nowMs() - clock.monotonicMs();
  }

  start(name: string, kind: SpanKind, parent: Traceparent | undefined): Span | undefined {
    if (!isSampled(parent)) return undefined;
    return this.adopt(name, kind, childTraceparent(parent, this.#options.world.random), parent);
  }

  adopt(name: string, kind: SpanKind, own: Traceparent, parent: Traceparent | undefined): Span | undefined {
    if (!isSampled(own)) return undefined;
    const ended = (span: OpenSpan, error: string) => this.#keep(span, error);
    return new OpenSpan({ name, kind, own, parent, startMs: this.#wallMs(), ended });
  }

  record(
    name: string,
    parent: Traceparent,
    startMonotonicMs: number,
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    if (!isSampled(parent)) return;
    const own = childTraceparent(parent, this.#options.world.random);
    const endMs = this.#wallMs();
    const startMs = Math.min(endMs, startMonotonicMs + this.#offsetMs);
    const ended = (span: OpenSpan, error: string) => this.#keep(span, error);
    const span = new OpenSpan({ name, kind: 'internal', own, parent, startMs, ended });
    for (const [key, value] of Object.entries(attributes)) span.set(key, value);
    span.end();
  }

  root(): Traceparent {
    return rootTraceparent(this.#options.world.random, this.#ratio);
  }

  spans(traceId?: string): SpanRecord[] {
    const all = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    return traceId === undefined ? all : all.filter((span) => span.traceId === traceId);
  }

  onEnd(listener: (span: SpanRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Finer than the wall clock's milliseconds, and following it when it is set. */
  #wallMs(): number {
    const { clock } = this.#options.world;
    const monotonicMs = clock.monotonicMs();
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - monotonicMs - this.#offsetMs) > clockSetMs) this.#offsetMs = nowMs - monotonicMs;
    return monotonicMs + this.#offsetMs;
  }

  #keep(span: OpenSpan, error: string): void {
    const { component, instance } = this.#options;
    const { name, kind, own, parent, startMs } = span.facts;
    const record: SpanRecord = {
      traceId: own.slice(3, 35),
      spanId: own.slice(36, 52),
      parentSpanId: parent?.slice(36, 52) ?? '',
      name,
      kind,
      component,
      instance,
      startMs,
      endMs: Math.max(startMs, this.#wallMs()),
      attributes: span.attributes,
      links: span.links,
      error,
    };
    this.#ring[this.#next] = record;
    this.#next = (this.#next + 1) % this.#spansMax;
    for (const listener of this.#listeners) {
      try {
        listener(record);
      } catch {
        this.#listeners.delete(listener); // The contract: tracing never breaks the traced.
      }
    }
  }
}

interface SpanFacts {
  name: string;
  readonly kind: SpanKind;
  readonly own: Traceparent;
  readonly parent: Traceparent | undefined;
  readonly startMs: number;
  readonly ended: (span: OpenSpan, error: string) => void;
}

class OpenSpan implements Span {
  readonly facts: SpanFacts;
  readonly attributes: Record<string, AttributeValue> = {};
  readonly links: Traceparent[] = [];
  #ended = false;

  constructor(facts: SpanFacts) {
    this.facts = facts;
  }

  get traceparent(): Traceparent {
    return this.facts.own;
  }

  rename(name: string): void {
    this.facts.name = name;
  }

  set(name: string, value: AttributeValue): void {
    this.attributes[name] = typeof value === 'string' ? value.slice(0, textLengthMax) : value;
  }

  link(cause: Traceparent): void {
    if (this.links.length < linksMax) this.links.push(cause);
  }

  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const text = error === undefined ? '' : error instanceof Error ? error.message : String(error);
    this.facts.ended(this, text.slice(0, textLengthMax));
  }
}

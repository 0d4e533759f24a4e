import { isSampled, type Traceparent, type Tracer } from '@kubelab/telemetry';

/** Services whose first byte is waited for, and contexts of one sync; of more, the oldest is forgotten. */
const waitingMax = 256;

/** From the change of a Service or its endpoints to the rules, and to the first byte that passes by them. */
export class ProxySpans {
  readonly #tracer: Tracer;
  readonly #changed = new Map<string, Traceparent>();
  readonly #waiting = new Map<string, Traceparent>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** `service`: namespace/name of what the change is about. */
  note(service: string, trace: Traceparent | undefined): void {
    if (isSampled(trace)) keep(this.#changed, service, trace);
  }

  /** Around the change of the rules. */
  rules(apply: () => void): void {
    if (this.#changed.size === 0) {
      apply();
      return;
    }
    const spans = [...this.#changed].flatMap(([service, trace]) => {
      const span = this.#tracer.start('proxy rules', 'internal', trace);
      if (span === undefined) return [];
      span.set('kubelab.service', service);
      keep(this.#waiting, service, span.traceparent);
      return [span];
    });
    this.#changed.clear();
    apply();
    for (const span of spans) span.end();
  }

  /** A connection to `service` (namespace/name, perhaps `:port`) begins: what to call with its backend's first byte. */
  connection(service: string): ((backend: string) => void) | undefined {
    if (this.#waiting.size === 0) return undefined;
    const key = service.split(':')[0] ?? service;
    const span = this.#tracer.start('first proxied byte', 'server', this.#waiting.get(key));
    if (span === undefined) return undefined;
    return (backend) => {
      this.#waiting.delete(key);
      span.set('kubelab.service', service);
      span.set('server.address', backend);
      span.end();
    };
  }
}

function keep(map: Map<string, Traceparent>, key: string, trace: Traceparent): void {
  map.delete(key);
  map.set(key, trace);
  if (map.size <= waitingMax) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

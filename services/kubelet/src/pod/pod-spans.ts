import type { Pod } from '@kubelab/api';
import type { Span, Traceparent, Tracer } from '@kubelab/telemetry';

/** For so long after a write, what happens to a pod that is not ready is told as the write's doing. */
const followedMs = 600_000;

export interface PodTrace {
  /** Of the write that the latest reconcile answers: what follows from it carries it on. */
  trace?: Traceparent | undefined;
  traceUntilMs?: number;
}

/** The context of this reconcile: its event's; without one, the last event's as long as the pod is on its way to be ready. */
export function followTrace(memory: PodTrace, trace: Traceparent | undefined, pod: Pod, nowMs: number): void {
  if (trace !== undefined) {
    memory.trace = trace;
    memory.traceUntilMs = nowMs + followedMs;
    return;
  }
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (isReady === true || nowMs >= (memory.traceUntilMs ?? 0)) memory.trace = undefined;
}

export function podSpan(
  tracer: Tracer | undefined,
  name: string,
  { metadata }: Pod,
  container: string,
  trace: Traceparent | undefined,
): Span | undefined {
  const span = tracer?.start(name, 'internal', trace);
  if (span === undefined) return undefined;
  span.set('k8s.namespace.name', metadata.namespace ?? '');
  span.set('k8s.pod.name', metadata.name);
  span.set('k8s.container.name', container);
  return span;
}

import type { SpanRecord } from './contract.js';

export interface TraceNode {
  readonly span: SpanRecord;
  readonly children: readonly TraceNode[];
}

/**
 * Spans of one trace, from whoever reported them, as a tree in order of time. `roots` without a parent come first; then spans
 * whose parent nobody reported (`orphans`): its component was killed before it was asked, or forgot it.
 */
export function joinTrace(spans: readonly SpanRecord[]): {
  readonly roots: readonly TraceNode[];
  readonly orphans: readonly TraceNode[];
} {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const children = new Map<string, SpanRecord[]>();
  for (const span of byId.values()) {
    const siblings = children.get(span.parentSpanId) ?? [];
    siblings.push(span);
    children.set(span.parentSpanId, siblings);
  }
  const nodes = (list: readonly SpanRecord[]): TraceNode[] =>
    list
      .toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs)
      .map((span) => ({ span, children: nodes(children.get(span.spanId) ?? []) }));
  const all = [...byId.values()];
  return {
    roots: nodes(all.filter((span) => span.parentSpanId === '')),
    orphans: nodes(all.filter((span) => span.parentSpanId !== '' && !byId.has(span.parentSpanId))),
  };
}

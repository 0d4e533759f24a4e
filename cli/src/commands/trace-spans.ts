import { joinTrace, type SpanRecord, type TraceNode } from '@kubelab/telemetry';
import { dialWire, noBytes, WireError } from '@kubelab/wire';
import type { TlsMaterial } from '@kubelab/world';
import { isRecord } from '../cluster-file.js';
import type { CommandHost } from '../command-host.js';
import { styled, type Terminal } from '../output.js';
import { type ClusterOptions, components } from '../topology.js';

/** Of one component; one that does not answer in it is left out, and named. */
const deadlineMs = 3_000;
/** Of a tree, printed; of larger ones `-o json` has all. */
const linesMax = 2_000;

export interface Collected {
  readonly spans: readonly SpanRecord[];
  /** Components that did not answer. */
  readonly silent: readonly string[];
}

/** What every component remembers of a trace, and `own`: each span once. */
export async function collectSpans(
  host: CommandHost,
  { cluster, tls }: { readonly cluster: ClusterOptions; readonly tls: TlsMaterial },
  traceId: string,
  own: readonly SpanRecord[] = [],
): Promise<Collected> {
  const context = host.wireContext('kubelab-trace');
  const silent: string[] = [];
  const ask = async (spec: ReturnType<typeof components>[number]): Promise<SpanRecord[]> => {
    const client = dialWire(context, { addresses: [spec.listen], tls, to: spec.name });
    try {
      const { head } = await client.request(
        'debug.spans',
        { head: { traceId }, payload: noBytes },
        { deadlineMs },
      );
      return Array.isArray(head) ? head.filter(isSpan) : [];
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      silent.push(spec.name);
      return [];
    } finally {
      await client.close();
    }
  };
  const answers = await Promise.all(components(cluster).map(ask));
  const byId = new Map([...own, ...answers.flat()].map((span) => [span.spanId, span]));
  const spans = [...byId.values()].sort((a, b) => a.startMs - b.startMs);
  return { spans, silent };
}

function isSpan(value: unknown): value is SpanRecord {
  return isRecord(value) && typeof value.spanId === 'string' && typeof value.startMs === 'number';
}

/** Raft's part of a transaction in one line; what led to nothing further, admission and Events left out. */
function shortened(nodes: readonly TraceNode[]): TraceNode[] {
  return nodes.flatMap(({ span, children }) => {
    if (span.name.startsWith('raft ') || span.name.startsWith('admission ')) return [];
    const isEvent = /^(POST|PATCH) events$/.test(span.name);
    const rest = shortened(children);
    const isStep = span.name.startsWith('watch ') || span.name.startsWith('reconcile ');
    return isEvent || (isStep && rest.length === 0)
      ? []
      : [{ span: withRaft(span, children), children: rest }];
  });
}

function withRaft(span: SpanRecord, children: readonly TraceNode[]): SpanRecord {
  const raft = children.map((child) => child.span).filter(({ name }) => name.startsWith('raft '));
  if (raft.length === 0) return span;
  const fsyncs = raft.filter(({ name }) => name === 'raft append+fsync');
  const leader = raft.find(({ attributes }) => attributes['raft.role'] === 'leader')?.instance ?? '?';
  return { ...span, name: `${span.name} (${leader} leads, fsync on ${fsyncs.length} members)` };
}

/** The causal tree, in order of time below each cause: when it began, how long it took, who did it, what it was. */
export function treeLines(terminal: Terminal, { spans, silent }: Collected, all: boolean): string[] {
  const joined = joinTrace(spans);
  const roots = all ? joined.roots : shortened(joined.roots);
  const orphans = all ? joined.orphans : shortened(joined.orphans);
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const width = Math.max(8, ...spans.map(({ instance }) => instance.length));
  const lines: string[] = [];
  const visit = (node: TraceNode, lead: string, turn: string, below: string) => {
    lines.push(spanLine(terminal, node.span, { startMs, width, lead: `${lead}${turn}` }));
    node.children.forEach((child, at) => {
      const last = at === node.children.length - 1;
      visit(child, `${lead}${below}`, last ? '└ ' : '├ ', last ? '  ' : '│ ');
    });
  };
  for (const root of roots) visit(root, '', '', '');
  if (orphans.length > 0)
    lines.push('', `their cause no component remembers: a client's, or of one that was killed since`);
  for (const orphan of orphans) visit(orphan, '', '', '');
  const instances = new Set(spans.map(({ instance }) => instance));
  const tookMs = Math.max(...spans.map((span) => span.endMs)) - startMs;
  const shown = lines.slice(0, linesMax);
  const left = all ? '' : ' (--all prints each)';
  if (lines.length > linesMax) shown.push(`... ${lines.length - linesMax} more; -o json has all`);
  shown.push('', `${spans.length} spans of ${instances.size} components in ${tookMs.toFixed(1)} ms${left}`);
  if (silent.length > 0) shown.push(`no answer from ${silent.join(', ')}`);
  return shown;
}

function spanLine(
  terminal: Terminal,
  span: SpanRecord,
  { startMs, width, lead }: { readonly startMs: number; readonly width: number; readonly lead: string },
): string {
  const at = `${(span.startMs - startMs).toFixed(1)}`.padStart(8);
  const took = `${(span.endMs - span.startMs).toFixed(1)}`.padStart(8);
  const about = [
    'k8s.object',
    'k8s.pod.name',
    'kubelab.service',
    'kubelab.store.key',
    'url.path',
    'raft.role',
  ]
    .flatMap((name) => (span.attributes[name] === undefined ? [] : [String(span.attributes[name])]))
    .slice(0, 1)
    .join('');
  const links = span.links.length === 0 ? '' : ` (and ${span.links.length} more causes)`;
  const error = span.error === '' ? '' : ` ${styled(terminal, 'red', span.error)}`;
  const times = styled(terminal, 'dim', `${at} +${took} ms`);
  const name = styled(terminal, 'bold', span.name);
  return `${times}  ${span.instance.padEnd(width)}  ${lead}${name} ${styled(terminal, 'dim', about)}${links}${error}`.trimEnd();
}

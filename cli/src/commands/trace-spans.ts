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
      const { head } = await client.request('debug.spans', { head: { traceId }, payload: noBytes }, { deadlineMs });
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

/** The causal tree, in order of time below each cause: when it began, how long it took, who did it, what it was. */
export function treeLines(terminal: Terminal, { spans, silent }: Collected): string[] {
  const { roots, orphans } = joinTrace(spans);
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
  if (orphans.length > 0) lines.push('', 'whose cause no component remembers (it was killed, or has forgotten it):');
  for (const orphan of orphans) visit(orphan, '', '', '');
  const instances = new Set(spans.map(({ instance }) => instance));
  const tookMs = Math.max(...spans.map((span) => span.endMs)) - startMs;
  const shown = lines.slice(0, linesMax);
  if (lines.length > linesMax) shown.push(`... ${lines.length - linesMax} more; -o json has all`);
  shown.push('', `${spans.length} spans of ${instances.size} components in ${tookMs.toFixed(1)} ms`);
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
  const about = ['k8s.object', 'k8s.pod.name', 'kubelab.service', 'kubelab.store.key', 'url.path', 'raft.role']
    .flatMap((name) => (span.attributes[name] === undefined ? [] : [String(span.attributes[name])]))
    .slice(0, 1)
    .join('');
  const links = span.links.length === 0 ? '' : ` (and ${span.links.length} more causes)`;
  const error = span.error === '' ? '' : ` ${styled(terminal, 'red', span.error)}`;
  const times = styled(terminal, 'dim', `${at} +${took} ms`);
  const name = styled(terminal, 'bold', span.name);
  return `${times}  ${span.instance.padEnd(width)}  ${lead}${name} ${styled(terminal, 'dim', about)}${links}${error}`.trimEnd();
}

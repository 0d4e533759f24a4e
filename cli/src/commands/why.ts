import { ApiError, findKind, isObject, type KubeObject, objectPath, parseManifests } from '@kubelab/api';
import { type ApiTransport, connectApiserver } from '@kubelab/client';
import type { DecisionRecord } from '@kubelab/scheduler';
import { dialWire, noBytes, WireError } from '@kubelab/wire';
import type { TlsMaterial } from '@kubelab/world';
import { requireCluster } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';
import { columns, styled, type Terminal, UsageError } from '../output.js';
import { apiserverCount, type ClusterOptions, components, ports } from '../topology.js';

export interface WhyOptions {
  /** NAME or NAMESPACE/NAME. */
  readonly pod?: string | undefined;
  /** A manifest that is not applied; `-` is standard input. */
  readonly file?: string | undefined;
  readonly namespace: string;
  readonly output: 'text' | 'json';
  /** All remembered decisions, not only the latest. */
  readonly all: boolean;
}

type Cluster = { readonly cluster: ClusterOptions; readonly tls: TlsMaterial };

/** Why a pod is where it is, or nowhere: what each plugin said of each node, as the scheduler remembers it. */
export async function why(host: CommandHost, dataDirectory: string, options: WhyOptions): Promise<number> {
  if ((options.pod === undefined) === (options.file === undefined))
    throw new UsageError('name a pod, or a manifest with -f', 2);
  const cluster = await requireCluster(host.world, dataDirectory);
  const records =
    options.file === undefined
      ? await remembered(host, cluster, options)
      : [await asked(host, cluster, options.file, options.namespace)];
  if (options.output === 'json') host.terminal.print(JSON.stringify(records, null, 2));
  else
    records.forEach((record, at) => {
      if (at > 0) host.terminal.print('');
      for (const line of whyLines(host.terminal, record, options.file !== undefined))
        host.terminal.print(line);
    });
  return records[0]?.outcome === 'scheduled' ? 0 : 1;
}

async function remembered(
  host: CommandHost,
  cluster: Cluster,
  options: WhyOptions,
): Promise<DecisionRecord[]> {
  const given = options.pod ?? '';
  const pod = given.includes('/') ? given : `${options.namespace}/${given}`;
  const { decisions } = await ask<{ decisions: DecisionRecord[] }>(host, cluster, 'debug.decisions', { pod });
  if (decisions.length === 0)
    throw new UsageError(
      `the scheduler remembers no decision of pod ${pod}: it keeps the last 1000 since it leads`,
    );
  return options.all ? decisions : decisions.slice(0, 1);
}

async function asked(
  host: CommandHost,
  cluster: Cluster,
  file: string,
  namespace: string,
): Promise<DecisionRecord> {
  const bytes =
    file === '-' ? await host.readStdin() : await host.world.disk.readFile(host.resolvePath(file));
  const pod = podOf(parseManifests(bytes), namespace);
  const admitted = await dryRun(host, cluster, pod);
  return ask<DecisionRecord>(host, cluster, 'debug.whatIf', { pod: admitted });
}

/** A Pod, or the template of the first workload that has one. */
export function podOf(manifests: readonly KubeObject[], namespace: string): KubeObject {
  for (const manifest of manifests) {
    const own = manifest.metadata.namespace ?? namespace;
    if (manifest.kind === 'Pod') return { ...manifest, metadata: { ...manifest.metadata, namespace: own } };
    const spec = isObject(manifest.spec) ? manifest.spec : {};
    const jobSpec =
      isObject(spec.jobTemplate) && isObject(spec.jobTemplate.spec) ? spec.jobTemplate.spec : spec;
    const { template } = jobSpec;
    if (!isObject(template)) continue;
    const metadata = isObject(template.metadata) ? template.metadata : {};
    const name = `${manifest.metadata.name}-what-if`;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name, namespace: own },
      spec: template.spec,
    };
  }
  throw new UsageError('the manifest has neither a pod nor a workload with a template');
}

/** As admission makes it: with its priority, its tolerations, its defaults; and refused where it would be. */
async function dryRun(host: CommandHost, { cluster, tls }: Cluster, pod: KubeObject): Promise<unknown> {
  const at = ports(cluster.port);
  const addresses = Array.from({ length: apiserverCount }, (_, index) => at.apiserverWire(index));
  const transport: ApiTransport = connectApiserver(host.wireContext('kubelab'), { addresses, tls });
  const kind = findKind({ group: '', version: 'v1', kind: 'Pod' });
  if (kind === undefined) throw new Error('pods are not served');
  // A pod of this name may be there already: the question is of another one.
  const { name, ...metadata } = pod.metadata;
  const question = { ...pod, metadata: { ...metadata, generateName: `${name}-` } };
  try {
    const { code, body } = await transport.request({
      method: 'POST',
      path: objectPath(kind, pod.metadata.namespace),
      query: { dryRun: 'All' },
      body: new TextEncoder().encode(JSON.stringify(question)),
    });
    const answer: unknown = JSON.parse(new TextDecoder().decode(body));
    if (code < 400) return answer;
    const message = isObject(answer) && typeof answer.message === 'string' ? answer.message : `code ${code}`;
    throw new UsageError(`the pod would be refused: ${message}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new UsageError(`the apiserver did not answer: ${error.message}`);
  } finally {
    await transport.close();
  }
}

/** Asks each scheduler; the one that leads answers. */
async function ask<T>(
  host: CommandHost,
  { cluster, tls }: Cluster,
  method: string,
  head: unknown,
): Promise<T> {
  let reason = 'no scheduler is running';
  for (const spec of components(cluster).filter(({ kind }) => kind === 'scheduler')) {
    const options = { addresses: [spec.listen], tls, to: spec.name };
    const client = dialWire(host.wireContext('kubelab'), options);
    try {
      const answer = await client.request(method, { head, payload: noBytes }, { deadlineMs: 5_000 });
      return answer.head as T;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (error.code === 'invalidArgument') throw new UsageError(error.message);
      reason = `${spec.name}: ${error.message}`;
    } finally {
      await client.close();
    }
  }
  throw new UsageError(`no scheduler could tell: ${reason}`);
}

/** One decision for people: the outcome, then refused nodes by reason, then scores. */
export function whyLines(terminal: Terminal, record: DecisionRecord, isQuestion: boolean): string[] {
  const { pod, node, nominatedNode, attempt, nodes, looked, feasible } = record;
  const would = isQuestion ? 'would be' : 'was';
  const title =
    node === undefined
      ? styled(terminal, 'red', `${pod} ${would} not scheduled`)
      : styled(terminal, 'green', `${pod} ${would} scheduled to ${node}`);
  const when = isQuestion ? 'now' : `attempt ${attempt}, ${new Date(record.timeMs).toISOString()}`;
  const lines = [
    `${title} (${when}, profile ${record.profile}, ${record.tookMs.toFixed(2)} ms)`,
    `${feasible} of ${looked} nodes looked at were feasible; the cluster has ${nodes}`,
  ];
  if (record.message !== '') lines.push(record.message);
  if (nominatedNode !== undefined) lines.push(`pods on ${nominatedNode} are made to leave for it`);
  const refused = record.refused.map((one) => [
    one.plugin,
    one.reasons.join(', '),
    named(one.nodes, one.more),
  ]);
  if (refused.length > 0) lines.push('', ...columns([['REFUSED BY', 'WHY', 'NODES'], ...refused]));
  return [...lines, ...scoreLines(terminal, record)];
}

function named(nodes: readonly string[], more: number): string {
  if (nodes.length === 0) return `${more} nodes`;
  return more === 0 ? nodes.join(', ') : `${nodes.join(', ')} and ${more} more`;
}

/** A column for each plugin, its weight in the head; cells are weighted, so that a row adds up to its total. */
function scoreLines(terminal: Terminal, { scores, node }: DecisionRecord): string[] {
  const [first] = scores;
  if (first === undefined) return [];
  const heads = first.plugins.map(({ name, weight }) => (weight === 1 ? name : `${name} x${weight}`));
  const rows = scores.map((score) => [
    score.node,
    String(score.total),
    ...score.plugins.map(({ score: points, weight }) => String(points * weight)),
  ]);
  const [head = '', ...lines] = columns([['NODE', 'TOTAL', ...heads], ...rows]);
  const painted = lines.map((line, at) =>
    scores[at]?.node === node ? styled(terminal, 'green', line) : line,
  );
  return ['', styled(terminal, 'bold', head), ...painted];
}

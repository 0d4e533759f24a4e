import { findResourceByName, type KindInfo, type KubeObject } from '@kubelab/api';
import { connectStore, type KeyValue, type Store, StoreError } from '@kubelab/store';
import { isSampled, type Traceparent, traceIdOf } from '@kubelab/telemetry';
import { isRecord } from '../cluster-file.js';
import { requireCluster } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';
import { styled, type Terminal, UsageError } from '../output.js';
import { components } from '../topology.js';
import { type Collected, collectSpans, treeLines } from './trace-spans.js';

/** Revisions of an object that are walked back, the latest first. */
const revisionsMax = 50;
/** Of them, the sampled traces that are collected and printed. */
const tracesMax = 5;

export interface TraceObjectOptions {
  /** KIND/NAME */
  readonly object: string;
  readonly namespace: string;
  readonly all: boolean;
  readonly output: 'text' | 'json';
}

interface ObjectRevision {
  readonly revision: number;
  readonly version: number;
  /** Managers of fields whose entry is newest in this revision: who wrote it, as far as the object says. */
  readonly managers: readonly string[];
  readonly trace: Traceparent | undefined;
}

/** How an object came to be as it is: its revisions that the store retains, who wrote them, and the traces they belong to. */
export async function traceObject(
  host: CommandHost,
  dataDirectory: string,
  options: TraceObjectOptions,
): Promise<number> {
  const [word = '', name] = options.object.split('/');
  const kind = findResourceByName(word);
  if (kind === undefined || name === undefined || name === '')
    throw new UsageError(
      `name an object as KIND/NAME, for example deployment/web; not '${options.object}'`,
      2,
    );
  const cluster = await requireCluster(host.world, dataDirectory);
  const members = components(cluster.cluster).filter((spec) => spec.kind === 'etcd-raft');
  const store = connectStore(host.wireContext('kubelab-trace'), {
    addresses: members.map((spec) => spec.listen),
    tls: cluster.tls,
  });
  try {
    const revisions = await history(store, keyOf(kind, options.namespace, name));
    if (revisions.length === 0) throw new UsageError(`there is no ${kind.singular} "${name}"`);
    const ids = revisions.flatMap(({ trace }) => (isSampled(trace) ? [traceIdOf(trace) ?? ''] : []));
    const traces: Collected[] = [];
    for (const id of [...new Set(ids)].slice(0, tracesMax))
      traces.push(await collectSpans(host, cluster, id));
    const known = traces.filter(({ spans }) => spans.length > 0);
    if (options.output === 'json') {
      const spans = known.flatMap((one) => one.spans);
      host.terminal.print(JSON.stringify({ revisions, spans }, null, 2));
    } else for (const line of lines(host.terminal, revisions, known, options.all)) host.terminal.print(line);
    return 0;
  } finally {
    await store.close();
  }
}

function keyOf(kind: KindInfo, namespace: string, name: string): Uint8Array {
  // As the apiserver lays its keys out (services/apiserver/src/storage/keys.ts).
  const { group } = kind.storedAs ?? kind;
  const folder = `/registry/${group === '' ? 'core' : group}/${kind.resource}`;
  return Buffer.from(kind.namespaced ? `${folder}/${namespace}/${name}` : `${folder}/${name}`);
}

/** From the latest back, until it was made or the store remembers no more. */
async function history(store: Store, key: Uint8Array): Promise<ObjectRevision[]> {
  const found: ObjectRevision[] = [];
  let revision: number | undefined;
  while (found.length < revisionsMax) {
    let kv: KeyValue | undefined;
    try {
      [kv] = (await store.range({ key, ...(revision === undefined ? {} : { revision }) })).kvs;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'compacted') break;
      throw error;
    }
    if (kv === undefined) break;
    const { modRevision, version, trace } = kv;
    found.push({ revision: modRevision, version, managers: managersOf(kv.value), trace });
    if (version <= 1) break;
    revision = modRevision - 1;
  }
  return found;
}

function managersOf(value: Uint8Array): string[] {
  const parsed: unknown = JSON.parse(Buffer.from(value).toString());
  if (!isRecord(parsed) || !isRecord(parsed.metadata)) return [];
  const object: Partial<KubeObject> = parsed;
  const entries = object.metadata?.managedFields ?? [];
  const newest =
    entries
      .map(({ time }) => time ?? '')
      .sort()
      .at(-1) ?? '';
  const names = entries
    .filter(({ time }) => (time ?? '') === newest)
    .map(
      ({ manager, subresource }) => `${manager ?? ''}${subresource === undefined ? '' : ` (${subresource})`}`,
    );
  return [...new Set(names)];
}

function lines(
  terminal: Terminal,
  revisions: readonly ObjectRevision[],
  traces: readonly Collected[],
  all: boolean,
): string[] {
  const told = revisions.toReversed().map(({ revision, version, managers, trace }) => {
    const id = traceIdOf(trace)?.slice(0, 8) ?? '-';
    const mark = isSampled(trace) ? '' : styled(terminal, 'dim', ' (not sampled)');
    return `revision ${revision}  version ${version}  by ${managers.join(', ')}  trace ${id}${mark}`;
  });
  return [...told, ...traces.flatMap((one) => ['', ...treeLines(terminal, one, all)])];
}

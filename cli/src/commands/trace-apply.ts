import {
  ApiError,
  findKind,
  isObject,
  type KindInfo,
  type KubeObject,
  objectPath,
  parseManifests,
  type Service,
  serviceKind,
} from '@kubelab/api';
import { Client, connectApiserver } from '@kubelab/client';
import { rootTraceparent, type Traceparent, type Tracer } from '@kubelab/telemetry';
import { requireCluster } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';
import { UsageError } from '../output.js';
import { apiserverCount, ports } from '../topology.js';
import { firstByte } from './first-byte.adapter.js';
import { type Collected, collectSpans, treeLines } from './trace-spans.js';

const pollMs = 100;
const firstByteMs = 1_000;
/** Spans that end just after everything is ready: the last watch events, status writes, events. */
const settleMs = 1_000;

export interface TraceApplyOptions {
  readonly file: string;
  readonly namespace: string;
  readonly timeoutMs: number;
  /** Every span; else those that lead from cause to effect. */
  readonly all: boolean;
  readonly output: 'text' | 'json';
}

interface Applying {
  readonly host: CommandHost;
  readonly client: Client;
  readonly tracer: Tracer;
  readonly root: Traceparent;
  readonly untilMs: number;
}

/**
 * Applies manifests under one sampled trace, waits until they are ready and a byte has come through each Service, and prints
 * what all components did for it. Exit code 1 when they were not ready in time; the tree is printed all the same.
 */
export async function traceApply(
  host: CommandHost,
  dataDirectory: string,
  options: TraceApplyOptions,
): Promise<number> {
  const cluster = await requireCluster(host.world, dataDirectory);
  const bytes =
    options.file === '-'
      ? await host.readStdin()
      : await host.world.disk.readFile(host.resolvePath(options.file));
  const targets = parseManifests(bytes).map((object) => targetOf(object, options.namespace));
  const context = host.wireContext('kubelab-trace');
  const { tracer } = context.telemetry;
  const at = ports(cluster.cluster.port);
  const addresses = Array.from({ length: apiserverCount }, (_, index) => at.apiserverWire(index));
  const transport = connectApiserver(context, { addresses, tls: cluster.tls });
  const root = rootTraceparent(host.world.random, 1);
  const span = tracer.adopt('kubelab trace apply', 'internal', root, undefined);
  const untilMs = host.world.clock.monotonicMs() + options.timeoutMs;
  const applying: Applying = { host, client: new Client(transport), tracer, root, untilMs };
  let waiting: readonly string[] = [];
  try {
    for (const target of targets) await applyOne(applying, target);
    waiting = await untilServed(applying, targets);
    span?.end(waiting.length === 0 ? undefined : `not ready: ${waiting.join(', ')}`);
  } finally {
    span?.end('failed');
    await transport.close();
  }
  await host.world.timers.sleep(settleMs);
  const traceId = root.slice(3, 35);
  const collected = await collectSpans(host, cluster, traceId, tracer.spans(traceId));
  printTrace(host, collected, options);
  for (const what of waiting) host.terminal.progress(`${what} was not ready within ${options.timeoutMs} ms`);
  return waiting.length === 0 ? 0 : 1;
}

function printTrace(host: CommandHost, collected: Collected, { output, all }: TraceApplyOptions): void {
  if (output === 'json') host.terminal.print(JSON.stringify(collected.spans, null, 2));
  else for (const line of treeLines(host.terminal, collected, all)) host.terminal.print(line);
}

interface Target {
  readonly kind: KindInfo;
  readonly object: KubeObject;
  readonly namespace: string | undefined;
  readonly label: string;
}

function targetOf(object: KubeObject, fallback: string): Target {
  const [version = '', group = ''] = (object.apiVersion ?? '').split('/').reverse();
  const kind = findKind({ group, version, kind: object.kind ?? '' });
  if (kind === undefined) throw new UsageError(`no kind ${object.kind} of ${object.apiVersion} is known`);
  const namespace = kind.namespaced ? (object.metadata.namespace ?? fallback) : undefined;
  const label = `${kind.singular}/${object.metadata.name}`;
  return { kind, namespace, object: { ...object, metadata: { ...object.metadata, namespace } }, label };
}

/** Server-side apply; tried again where the apiserver, or the store's leader, is gone at this moment: applying is idempotent. */
async function applyOne({ host, client, tracer, root, untilMs }: Applying, target: Target): Promise<void> {
  const span = tracer.start('apply', 'client', root);
  span?.rename(`apply ${target.label}`);
  span?.set('url.path', objectPath(target.kind, target.namespace, target.object.metadata.name));
  const trace = span?.traceparent;
  const where = { namespace: target.namespace, name: target.object.metadata.name };
  for (;;) {
    try {
      const how = { trace, fieldManager: 'kubelab-trace', force: true };
      await client.for<KubeObject>(target.kind).patch(where, 'apply', target.object, how);
      span?.end();
      return;
    } catch (error) {
      const passing = error instanceof ApiError && error.code >= 500;
      if (!passing || host.world.clock.monotonicMs() >= untilMs) {
        span?.end(error);
        throw error instanceof ApiError ? new UsageError(`${target.label}: ${error.message}`) : error;
      }
    }
    await host.world.timers.sleep(pollMs);
  }
}

/** What is not ready when the time is over. */
async function untilServed(applying: Applying, targets: readonly Target[]): Promise<string[]> {
  const { host, untilMs } = applying;
  let left = [...targets];
  for (;;) {
    const still: Target[] = [];
    // Workloads first: a Service answers once there is something behind it.
    for (const target of left) if (!(await served(applying, target, left.length === 1))) still.push(target);
    left = still;
    if (left.length === 0 || host.world.clock.monotonicMs() >= untilMs) return left.map(({ label }) => label);
    await host.world.timers.sleep(pollMs);
  }
}

async function served(
  { client }: Applying,
  { kind, namespace, object }: Target,
  alone: boolean,
): Promise<boolean> {
  try {
    const now = await client.for<KubeObject>(kind).get(namespace, object.metadata.name);
    if (kind !== serviceKind) return isReady(now);
    const { spec } = await client.for<Service>(serviceKind).get(namespace, object.metadata.name);
    const [port] = (spec?.ports ?? []).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP');
    const ip = spec?.clusterIP ?? 'None';
    if (port === undefined || ip === 'None' || ip === '') return true;
    return firstByte({ host: ip, port: port.port }, alone ? firstByteMs : firstByteMs / 2);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return false; // The apiserver, or the leader behind it, changes at this moment: it is asked again.
  }
}

/** As `kubectl rollout status` and `kubectl wait` judge; what has no notion of it is ready once it is there. */
export function isReady({ kind, metadata, spec, status }: KubeObject): boolean {
  const wanted = isObject(spec) ? spec : {};
  const seen = isObject(status) ? status : {};
  const number = (value: unknown, fallback: number) => (typeof value === 'number' ? value : fallback);
  const observed = number(seen.observedGeneration, 0) >= (metadata.generation ?? 0);
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet': {
      const replicas = number(wanted.replicas, 1);
      return (
        observed && number(seen.readyReplicas, 0) >= replicas && number(seen.updatedReplicas, 0) >= replicas
      );
    }
    case 'ReplicaSet':
      return observed && number(seen.readyReplicas, 0) >= number(wanted.replicas, 1);
    case 'DaemonSet':
      return observed && number(seen.numberReady, 0) >= number(seen.desiredNumberScheduled, 0);
    case 'Pod': {
      const conditions = Array.isArray(seen.conditions) ? seen.conditions : [];
      return conditions.some((one) => isObject(one) && one.type === 'Ready' && one.status === 'True');
    }
    default:
      return true;
  }
}

import {
  apiError,
  isObject,
  type KindInfo,
  matchesAll,
  type Node,
  nodeKind,
  type Pod,
  parseLabelSelector,
  podKind,
  timestamp,
} from '@kubelab/api';
import { dialWire, noBytes, type WireContext, WireError } from '@kubelab/wire';
import type { Address, TlsMaterial } from '@kubelab/world';
import type { GroupVersion } from '../crd/custom-resources.js';
import type { Registry } from '../registry/registry.js';
import type { ApiCall, ApiReply } from './contract.js';
import { jsonForm, reply } from './negotiate.js';
import { kubeletAddress } from './pods.js';
import type { RequestInfo } from './request-info.js';

/*
 * metrics.k8s.io/v1beta1: what nodes and pods use at this moment, for `kubectl top` and the autoscaler. Nothing of it is stored. In
 * Kubernetes metrics-server serves it as an aggregated API; here every apiserver asks the kubelets itself (`kubelet.stats`), and
 * keeps their answers for a moment. A kubelet that does not answer is left out, as metrics-server leaves it out.
 */

const group = 'metrics.k8s.io';
const version = 'v1beta1';
/** Kubelets look every 10 s: an answer is news for half of that. */
const keepMs = 5_000;
const askMsMax = 3_000;
/** Kubelets asked at once. */
const asksMax = 32;

function kind(name: string, resource: string, namespaced: boolean): KindInfo {
  return {
    group,
    version,
    kind: name,
    listKind: `${name}List`,
    resource,
    singular: '',
    shortNames: [],
    categories: [],
    namespaced,
    verbs: ['get', 'list'],
    subresources: [],
    schema: `io.k8s.metrics.pkg.apis.metrics.${version}.${name}`,
    createOnUpdate: false,
    hasGeneration: false,
    hasStatus: false,
  };
}

/** For discovery. */
export const metricsGroupVersion: GroupVersion = {
  group,
  version,
  kinds: [kind('NodeMetrics', 'nodes', false), kind('PodMetrics', 'pods', true)],
};

interface Usage {
  readonly cpuNanoCores: number;
  readonly memoryBytes: number;
}

/** What one kubelet says; see its stats/snapshot.ts. */
interface Report {
  readonly timeMs: number;
  readonly windowMs: number;
  readonly nodes: ReadonlyMap<string, Usage>;
  /** By namespace/name; each with its containers. */
  readonly pods: ReadonlyMap<string, readonly (Usage & { readonly name: string })[]>;
}

export class MetricsApi {
  readonly #context: WireContext;
  readonly #tls: TlsMaterial;
  readonly #kept = new Map<string, { readonly atMs: number; readonly report: Promise<Report | undefined> }>();

  constructor(context: WireContext, tls: TlsMaterial) {
    this.#context = context;
    this.#tls = tls;
  }

  /** Undefined for what is not of this group. The caller has asked whether the user may. */
  async answer(
    registry: Registry,
    call: ApiCall,
    info: RequestInfo & { readonly resource: true },
  ): Promise<ApiReply | undefined> {
    if (info.group !== group || info.version !== version || info.subresource !== '') return undefined;
    const of = metricsGroupVersion.kinds.find(({ resource }) => resource === info.resourceName);
    if (of === undefined || !of.verbs.includes(info.verb)) return undefined;
    const isPods = of.kind === 'PodMetrics';
    const reports = await this.#reports(registry);
    const found = isPods ? podMetrics(registry, info, reports) : nodeMetrics(registry, reports);
    const labels = parseLabelSelector(call.query.labelSelector?.[0] ?? '');
    const items = found.filter(
      ({ metadata }) =>
        matchesAll(labels, metadata.labels) && (info.name === '' || metadata.name === info.name),
    );
    const apiVersion = `${group}/${version}`;
    if (info.verb === 'list')
      return reply(call, 200, { kind: of.listKind, apiVersion, metadata: {}, items }, jsonForm);
    const [item] = items;
    if (item !== undefined) return reply(call, 200, item, jsonForm);
    const resource = isPods ? 'podmetrics' : 'nodemetrics';
    const full = isPods ? `${info.namespace}/${info.name}` : info.name;
    throw apiError('NotFound', `${resource}.${group} "${full}" not found`);
  }

  /** Of every kubelet that answers: several nodes may have the same one. */
  async #reports(registry: Registry): Promise<Report[]> {
    const addresses = new Map<string, Address>();
    for (const { object } of registry.storage.cache(nodeKind).all()) {
      const node = object as Node;
      if (node.status?.daemonEndpoints === undefined) continue; // It has not said yet where its kubelet is.
      const address = kubeletAddress(node);
      addresses.set(`${address.host}:${address.port}`, address);
    }
    for (const key of this.#kept.keys()) if (!addresses.has(key)) this.#kept.delete(key);
    const all: (Report | undefined)[] = [];
    const waiting = [...addresses.values()];
    for (let some = waiting.splice(0, asksMax); some.length > 0; some = waiting.splice(0, asksMax))
      all.push(...(await Promise.all(some.map((address) => this.#ask(address)))));
    return all.filter((report) => report !== undefined);
  }

  #ask(address: Address): Promise<Report | undefined> {
    const nowMs = this.#context.world.clock.monotonicMs();
    const key = `${address.host}:${address.port}`;
    const known = this.#kept.get(key);
    if (known !== undefined && nowMs - known.atMs < keepMs) return known.report;
    const report = this.#request(address);
    this.#kept.set(key, { atMs: nowMs, report });
    return report;
  }

  async #request(address: Address): Promise<Report | undefined> {
    const to = `${address.host}:${address.port}`;
    const client = dialWire(this.#context, { addresses: [address], tls: this.#tls, to });
    try {
      const asked = { head: {}, payload: noBytes };
      const answer = await client.request('kubelet.stats', asked, { deadlineMs: askMsMax });
      return readReport(answer.head);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return undefined;
    } finally {
      await client.close();
    }
  }
}

function nodeMetrics(registry: Registry, reports: readonly Report[]) {
  return registry.storage
    .cache(nodeKind)
    .all()
    .flatMap(({ object }) => {
      const { name } = object.metadata;
      const report = reports.find(({ nodes }) => nodes.has(name));
      const usage = report?.nodes.get(name);
      if (report === undefined || usage === undefined) return [];
      const labels = object.metadata.labels ?? {};
      return [{ ...head('NodeMetrics', { name, labels }, report), usage: quantities(usage) }];
    });
}

function podMetrics(registry: Registry, info: { readonly namespace: string }, reports: readonly Report[]) {
  const used = new Map(
    reports.flatMap((report) => [...report.pods.keys()].map((key) => [key, report] as const)),
  );
  return registry.storage
    .cache(podKind)
    .all()
    .flatMap(({ object }) => {
      const { name, namespace = '', labels = {} } = object.metadata;
      if (info.namespace !== '' && namespace !== info.namespace) return [];
      const report = used.get(`${namespace}/${name}`);
      if (report === undefined || (object as Pod).status?.phase !== 'Running') return [];
      const containers = (report.pods.get(`${namespace}/${name}`) ?? []).map((one) => ({
        name: one.name,
        usage: quantities(one),
      }));
      return [{ ...head('PodMetrics', { name, namespace, labels }, report), containers }];
    });
}

function head(
  kindName: string,
  metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  },
  { timeMs, windowMs }: Report,
) {
  const at = timestamp(timeMs);
  return {
    kind: kindName,
    apiVersion: `${group}/${version}`,
    metadata: { ...metadata, creationTimestamp: at },
    timestamp: at,
    window: `${windowMs / 1000}s`,
  };
}

function quantities({ cpuNanoCores, memoryBytes }: Usage) {
  return { cpu: `${Math.round(cpuNanoCores)}n`, memory: `${Math.floor(memoryBytes / 1024)}Ki` };
}

/** What is not understood is left out: a kubelet of another version may say more, or less. */
function readReport(value: unknown): Report | undefined {
  if (!isObject(value) || typeof value.timeMs !== 'number' || typeof value.windowMs !== 'number')
    return undefined;
  const nodes = new Map<string, Usage>();
  for (const one of listOf(value.nodes)) {
    const usage = usageOf(one);
    if (usage !== undefined) nodes.set(usage.name, usage);
  }
  const pods = new Map<string, (Usage & { readonly name: string })[]>();
  for (const one of listOf(value.pods)) {
    const containers = listOf(one.containers).flatMap((container) => usageOf(container) ?? []);
    pods.set(`${String(one.namespace)}/${String(one.name)}`, containers);
  }
  return { timeMs: value.timeMs, windowMs: value.windowMs, nodes, pods };
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function usageOf(value: Record<string, unknown>): (Usage & { readonly name: string }) | undefined {
  const { name, cpuNanoCores, memoryBytes } = value;
  const understood =
    typeof name === 'string' && typeof cpuNanoCores === 'number' && typeof memoryBytes === 'number';
  return understood ? { name, cpuNanoCores, memoryBytes } : undefined;
}

import {
  ApiError,
  isObject,
  type MetricSpec,
  type MetricStatus,
  type Pod,
  quantityValue,
} from '@kubelab/api';
import { readyCondition } from '../pods.js';

/** Between these a ratio of usage to target is no reason to scale (Kubernetes' --horizontal-pod-autoscaler-tolerance). */
export const toleranceDefault = 0.1;
/** Figures of a pod that has just started say little about load. */
const cpuInitializationMs = 300_000;
const initialReadinessMs = 30_000;

/** Of one pod, by container, in cores or bytes. */
export interface PodUsage {
  readonly byContainer: Readonly<Record<string, number>>;
  readonly timestampMs: number;
  readonly windowMs: number;
}

/** What metrics.k8s.io says, for one resource. */
export function readPodMetrics(list: unknown, resource: string): Map<string, PodUsage> {
  const items: unknown = isObject(list) ? list.items : undefined;
  if (!Array.isArray(items)) throw new ApiError(unreadable);
  const found = new Map<string, PodUsage>();
  for (const item of items) {
    if (!isObject(item) || !isObject(item.metadata) || typeof item.metadata.name !== 'string') continue;
    const containers: unknown[] = Array.isArray(item.containers) ? item.containers : [];
    const byContainer: Record<string, number> = {};
    for (const container of containers) {
      if (!isObject(container) || typeof container.name !== 'string' || !isObject(container.usage)) continue;
      const usage = container.usage[resource];
      if (typeof usage === 'string') byContainer[container.name] = quantityValue(usage);
    }
    const timestampMs = Date.parse(String(item.timestamp));
    const window = /^(\d+(?:\.\d+)?)s$/.exec(String(item.window));
    found.set(item.metadata.name, { byContainer, timestampMs, windowMs: Number(window?.[1] ?? 0) * 1000 });
  }
  return found;
}

const unreadable = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'the metrics API answered with something else than a list',
  code: 500,
} as const;

export interface Proposal {
  readonly replicas: number;
  readonly status: MetricStatus;
  readonly what: string;
}

interface Question {
  readonly spec: MetricSpec;
  readonly pods: readonly Pod[];
  readonly usage: ReadonlyMap<string, PodUsage>;
  readonly currentReplicas: number;
  readonly nowMs: number;
  /** Tolerance by direction. */
  readonly tolerance: { readonly up: number; readonly down: number };
}

/** How many replicas a Resource or ContainerResource metric asks for (replica_calculator). A text says why none. */
export function proposeReplicas(question: Question): Proposal | string {
  const { spec, usage } = question;
  const source = spec.type === 'Resource' ? spec.resource : spec.containerResource;
  if (source === undefined) return `unknown metric source type ${JSON.stringify(spec.type)}`;
  const container = spec.containerResource?.container;
  const usageOf = (name: string): number | undefined => {
    const found = usage.get(name)?.byContainer;
    if (found === undefined) return undefined;
    return container === undefined
      ? Object.values(found).reduce((sum, value) => sum + value, 0)
      : found[container];
  };
  const groups = groupPods(question, source.name, usageOf);
  if (groups.measured.length === 0)
    return 'did not receive metrics for targeted pods (pods might be unready)';
  const { averageUtilization, averageValue } = source.target;
  const request = (pod: Pod): number => requestOf(pod, source.name, container);
  const used = groups.measured.reduce((sum, pod) => sum + (usageOf(pod.metadata.name) ?? 0), 0);
  const average = used / groups.measured.length;
  const named = { name: source.name, ...(container === undefined ? {} : { container }) };
  const wrap = (current: object): MetricStatus =>
    spec.type === 'Resource'
      ? { type: 'Resource', resource: { name: source.name, current } }
      : {
          type: 'ContainerResource',
          containerResource: { name: source.name, container: container ?? '', current },
        };
  const text = quantityText(average, source.name);
  if (averageUtilization === undefined) {
    const target = quantityValue(averageValue);
    const replicas = replicasFor(
      question,
      groups,
      (pod) => usageOf(pod.metadata.name) ?? 0,
      () => target,
    );
    return { replicas, status: wrap({ averageValue: text }), what: `${named.name} resource` };
  }
  const without = groups.measured.find((pod) => request(pod) === 0);
  if (without !== undefined)
    return `missing request for ${source.name} in container ${container ?? without.spec?.containers[0]?.name ?? ''} of Pod ${without.metadata.name}`;
  const requested = groups.measured.reduce((sum, pod) => sum + request(pod), 0);
  const utilization = Math.floor((used * 100) / requested);
  const replicas = replicasFor(
    question,
    groups,
    (pod) => usageOf(pod.metadata.name) ?? 0,
    (pod) => (request(pod) * averageUtilization) / 100,
  );
  const status = wrap({ averageUtilization: utilization, averageValue: text });
  return { replicas, status, what: `${named.name} resource utilization (percentage of request)` };
}

interface Groups {
  readonly measured: readonly Pod[];
  readonly unready: readonly Pod[];
  readonly missing: readonly Pod[];
}

/** Failed and going pods do not count; of young or unready ones CPU figures do not. */
function groupPods(
  { pods, usage, nowMs }: Question,
  resource: string,
  usageOf: (name: string) => number | undefined,
): Groups {
  const measured: Pod[] = [];
  const unready: Pod[] = [];
  const missing: Pod[] = [];
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined || pod.status?.phase === 'Failed') continue;
    if (pod.status?.phase === 'Pending') unready.push(pod);
    else if (usageOf(name) === undefined) missing.push(pod);
    else if (resource === 'cpu' && isUnsettled(pod, usage.get(name), nowMs)) unready.push(pod);
    else measured.push(pod);
  }
  return { measured, unready, missing };
}

function isUnsettled(pod: Pod, usage: PodUsage | undefined, nowMs: number): boolean {
  const condition = readyCondition(pod);
  const startMs = Date.parse(pod.status?.startTime ?? '');
  if (condition === undefined || Number.isNaN(startMs)) return true;
  const changedMs = Date.parse(condition.lastTransitionTime ?? '');
  if (startMs + cpuInitializationMs > nowMs)
    return condition.status !== 'True' || (usage?.timestampMs ?? 0) < changedMs + (usage?.windowMs ?? 0);
  return condition.status !== 'True' && startMs + initialReadinessMs > changedMs;
}

function requestOf(pod: Pod, resource: string, container: string | undefined): number {
  const containers = (pod.spec?.containers ?? []).filter(
    (one) => container === undefined || one.name === container,
  );
  return containers.reduce((sum, one) => sum + quantityValue(one.resources?.requests?.[resource]), 0);
}

/**
 * With pods whose figures are missing the answer is careful: going up they count as idle, going down as busy, and
 * where that turns the direction round, nothing is done.
 */
function replicasFor(
  question: Question,
  groups: Groups,
  used: (pod: Pod) => number,
  target: (pod: Pod) => number,
): number {
  const { currentReplicas, tolerance } = question;
  const ratioOf = (pods: readonly (readonly [value: number, target: number])[]): number => {
    const wanted = pods.reduce((sum, [, one]) => sum + one, 0);
    return wanted === 0 ? 1 : pods.reduce((sum, [value]) => sum + value, 0) / wanted;
  };
  const isWithin = (ratio: number) => ratio <= 1 + tolerance.up && ratio >= 1 - tolerance.down;
  const measured = groups.measured.map((pod) => [used(pod), target(pod)] as const);
  const ratio = ratioOf(measured);
  const withUnready = ratio > 1 && groups.unready.length > 0;
  if (!withUnready && groups.missing.length === 0)
    return isWithin(ratio) ? currentReplicas : Math.ceil(roundOff(ratio * groups.measured.length));
  const idle = (pods: readonly Pod[]) => pods.map((pod) => [0, target(pod)] as const);
  const busy = (pods: readonly Pod[]) => pods.map((pod) => [target(pod), target(pod)] as const);
  const all = [
    ...measured,
    ...(ratio < 1 ? busy(groups.missing) : idle(groups.missing)),
    ...(withUnready ? idle(groups.unready) : []),
  ];
  const careful = ratioOf(all);
  if (isWithin(careful) || (ratio < 1 && careful > 1) || (ratio > 1 && careful < 1)) return currentReplicas;
  const replicas = Math.ceil(roundOff(careful * all.length));
  const turnsRound =
    (careful < 1 && replicas > currentReplicas) || (careful > 1 && replicas < currentReplicas);
  return turnsRound ? currentReplicas : replicas;
}

/** 3.0000000000000004 pods are three. */
const roundOff = (value: number): number => Math.round(value * 1e9) / 1e9;

function quantityText(value: number, resource: string): string {
  return resource === 'cpu' ? `${Math.ceil(value * 1000)}m` : String(Math.ceil(value));
}

import type { CustomKind, KindInfo, KubeObject } from './contract.js';
import { isObject, type JsonObject } from './json.js';
import { groupVersionOf } from './kinds.js';
import { cpuMetric } from './rules/conditions.js';

/**
 * Objects of kinds that have two forms. One is stored, the other made of it whenever it is read; what one
 * form cannot say stays in annotations, so that a client of it gives back all that it was given.
 */
interface Conversion {
  toStored(object: KubeObject): KubeObject;
  fromStored(object: KubeObject): KubeObject;
}

/** As it is kept in the store. */
export function toStored(kind: KindInfo, object: KubeObject): KubeObject {
  if (kind.custom !== undefined) return { ...object, apiVersion: kind.custom.storedApiVersion };
  return kind.storedAs === undefined ? object : conversionOf(kind).toStored(object);
}

/** As a client of `kind` sees what is stored. */
export function fromStored(kind: KindInfo, object: KubeObject): KubeObject {
  if (kind.custom !== undefined) return customFromStored(kind, kind.custom, object);
  return kind.storedAs === undefined ? object : conversionOf(kind).fromStored(object);
}

/** Conversion strategy None: only apiVersion changes. What the schema says now holds for what was stored before. */
function customFromStored(kind: KindInfo, custom: CustomKind, object: KubeObject): KubeObject {
  const seen: KubeObject = { ...object, apiVersion: groupVersionOf(kind), kind: kind.kind };
  custom.prune(seen);
  custom.applyDefaults(seen);
  return seen;
}

function conversionOf(kind: KindInfo): Conversion {
  const found = conversions[`${kind.group}/${kind.version} ${kind.kind}`];
  if (found === undefined) throw new Error(`no conversion of ${kind.group}/${kind.version} ${kind.kind}`);
  return found;
}

/** Kubernetes' own annotations for what autoscaling/v1 has no field for. */
const annotationOf = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
} as const;

const autoscalerV1: Conversion = {
  fromStored: (object) => {
    const spec = isObject(object.spec) ? { ...object.spec } : {};
    const status = isObject(object.status) ? { ...object.status } : {};
    const annotations: Record<string, string> = { ...object.metadata.annotations };
    const metrics = Array.isArray(spec.metrics) ? spec.metrics : [];
    const cpu = metrics.find(isCpuUtilization);
    const others = metrics.filter((metric) => metric !== cpu);
    keep(annotations, annotationOf.metrics, others.length === 0 ? undefined : others);
    keep(annotations, annotationOf.behavior, spec.behavior);
    const current = Array.isArray(status.currentMetrics) ? status.currentMetrics : [];
    const currentCpu = current.find(isCpuUtilization);
    const currentOthers = current.filter((metric) => metric !== currentCpu);
    keep(annotations, annotationOf.currentMetrics, currentOthers.length === 0 ? undefined : currentOthers);
    keep(annotations, annotationOf.conditions, status.conditions);
    delete spec.metrics;
    delete spec.behavior;
    delete status.currentMetrics;
    delete status.conditions;
    const target = cpu?.resource.target?.averageUtilization;
    const now = currentCpu?.resource.current?.averageUtilization;
    return {
      ...object,
      apiVersion: 'autoscaling/v1',
      metadata: withAnnotations(object, annotations),
      spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
      status: { ...status, ...(now === undefined ? {} : { currentCPUUtilizationPercentage: now }) },
    };
  },
  toStored: (object) => {
    const { targetCPUUtilizationPercentage: target, ...spec } = isObject(object.spec) ? object.spec : {};
    const { currentCPUUtilizationPercentage: now, ...status } = isObject(object.status) ? object.status : {};
    const annotations: Record<string, string> = { ...object.metadata.annotations };
    const others = take(annotations, annotationOf.metrics);
    const behavior = take(annotations, annotationOf.behavior);
    const currentOthers = take(annotations, annotationOf.currentMetrics);
    const conditions = take(annotations, annotationOf.conditions);
    const currentCpu = { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: now } } };
    const cpu = typeof target === 'number' ? [cpuMetric(target)] : [];
    const given = [...cpu, ...(Array.isArray(others) ? others : [])];
    const metrics = given.length === 0 ? [cpuMetric()] : given;
    const current = [
      ...(now === undefined ? [] : [currentCpu]),
      ...(Array.isArray(currentOthers) ? currentOthers : []),
    ];
    return {
      ...object,
      apiVersion: 'autoscaling/v2',
      metadata: withAnnotations(object, annotations),
      spec: {
        ...spec,
        metrics,
        ...(behavior === undefined ? {} : { behavior }),
      },
      status: {
        ...status,
        ...(current.length === 0 ? {} : { currentMetrics: current }),
        ...(conditions === undefined ? {} : { conditions }),
      },
    };
  },
};

interface CpuMetric {
  readonly resource: {
    readonly target?: { readonly averageUtilization?: number };
    readonly current?: { readonly averageUtilization?: number };
  };
}

/** The only metric that autoscaling/v1 knows. */
function isCpuUtilization(metric: unknown): metric is CpuMetric {
  if (!isObject(metric) || metric.type !== 'Resource' || !isObject(metric.resource)) return false;
  const { name, target, current } = metric.resource;
  const value = isObject(target) ? target : current;
  return name === 'cpu' && isObject(value) && typeof value.averageUtilization === 'number';
}

function keep(annotations: Record<string, string>, key: string, value: unknown): void {
  if (value === undefined) delete annotations[key];
  else annotations[key] = JSON.stringify(value);
}

/** What does not parse is an annotation like any other, and nothing of ours. */
function take(annotations: Record<string, string>, key: string): unknown {
  const text = annotations[key];
  if (text === undefined) return undefined;
  const value = parsed(text);
  if (value !== undefined) delete annotations[key];
  return value;
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // Stays where it is, as text.
  }
}

function withAnnotations(object: KubeObject, annotations: Record<string, string>): KubeObject['metadata'] {
  const { annotations: _before, ...metadata } = object.metadata;
  return Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations };
}

/** Names of one field in core/v1 and in events.k8s.io/v1. */
const eventFields = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
] as const;

function renamed(object: KubeObject, from: 0 | 1, apiVersion: string): KubeObject {
  const names = new Map<string, string>(eventFields.map((pair) => [pair[from], pair[from === 0 ? 1 : 0]]));
  const fields: JsonObject = {};
  for (const [name, value] of Object.entries(object)) fields[names.get(name) ?? name] = value;
  return { ...fields, apiVersion, kind: object.kind, metadata: object.metadata };
}

const events: Conversion = {
  fromStored: (object) => renamed(object, 0, 'events.k8s.io/v1'),
  toStored: (object) => ({ involvedObject: {}, ...renamed(object, 1, 'v1') }),
};

const conversions: Readonly<Record<string, Conversion>> = {
  'autoscaling/v1 HorizontalPodAutoscaler': autoscalerV1,
  'events.k8s.io/v1 Event': events,
};

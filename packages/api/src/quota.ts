import type { KindInfo, KubeObject } from './contract.js';
import type {
  Container,
  PersistentVolumeClaim,
  Pod,
  PodAffinityTerm,
  PodSpec,
  ResourceQuota,
  ScopedResourceSelectorRequirement,
  Service,
} from './generated/types.js';
import { qualifiedResource } from './kinds.js';
import { addQuantities, compareQuantities, subtractQuantities } from './quantity.js';

/**
 * What a ResourceQuota counts (https://kubernetes.io/docs/concepts/policy/resource-quotas/), as functions of one
 * object: the apiserver charges by them, the controller counts anew by them, so both come to the same.
 */
export type Resources = Readonly<Record<string, string>>;

export function addResources(a: Resources, b: Resources): Resources {
  const sum: Record<string, string> = { ...a };
  for (const [name, value] of Object.entries(b)) sum[name] = addQuantities(sum[name] ?? '0', value);
  return sum;
}

export function subtractResources(a: Resources, b: Resources): Resources {
  const rest: Record<string, string> = { ...a };
  for (const [name, value] of Object.entries(b)) rest[name] = subtractQuantities(rest[name] ?? '0', value);
  return rest;
}

/** The name under which every kind can be counted: `count/deployments.apps`. */
function countName(kind: KindInfo): string {
  return `count/${qualifiedResource(kind)}`;
}

const countedByPlural = new Set(['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas']);
const storageClassSuffix = '.storageclass.storage.k8s.io/';

/** Whether a quota's resource is about objects of a kind. */
export function countedBy(resource: string, kind: KindInfo): boolean {
  if (resource === countName(kind)) return true;
  if (kind.group !== '') return false;
  switch (kind.resource) {
    case 'pods':
      return isPodResource(resource);
    case 'services':
      return ['services', 'services.nodeports', 'services.loadbalancers'].includes(resource);
    case 'persistentvolumeclaims':
      return (
        resource === 'persistentvolumeclaims' ||
        resource === 'requests.storage' ||
        resource.includes(storageClassSuffix)
      );
    default:
      return countedByPlural.has(kind.resource) && resource === kind.resource;
  }
}

function isPodResource(resource: string): boolean {
  if (['pods', 'cpu', 'memory', 'ephemeral-storage'].includes(resource)) return true;
  if (resource.startsWith('hugepages-') || resource.startsWith('limits.')) return true;
  return resource.startsWith('requests.') && resource !== 'requests.storage';
}

/** What one object takes of everything that a quota may limit. */
export function quotaUsage(kind: KindInfo, object: KubeObject): Resources {
  const count = { [countName(kind)]: '1' };
  if (kind.group !== '') return count;
  switch (kind.resource) {
    case 'pods':
      return { ...count, ...podUsage(object as Pod) };
    case 'services':
      return { ...count, ...serviceUsage(object as Service) };
    case 'persistentvolumeclaims':
      return { ...count, ...claimUsage(object as PersistentVolumeClaim) };
    default:
      return countedByPlural.has(kind.resource) ? { ...count, [kind.resource]: '1' } : count;
  }
}

/** A pod that has ended takes nothing but its name. */
function podUsage({ spec, status }: Pod): Resources {
  if (spec === undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed') return {};
  const used: Record<string, string> = { pods: '1' };
  for (const [name, value] of Object.entries(podAmount(spec, 'requests'))) {
    used[`requests.${name}`] = value;
    const plain = ['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-');
    if (plain) used[name] = value;
  }
  for (const [name, value] of Object.entries(podAmount(spec, 'limits'))) used[`limits.${name}`] = value;
  return used;
}

/**
 * Containers run together, init containers one after another before them; those that restart stay beside what follows
 * (KEP-753).
 */
function podAmount(spec: PodSpec, which: 'requests' | 'limits'): Resources {
  const of = (container: Container): Resources => container.resources?.[which] ?? {};
  let lasting: Resources = {};
  let peak: Resources = {};
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      lasting = addResources(lasting, of(container));
      peak = greater(peak, lasting);
    } else peak = greater(peak, addResources(lasting, of(container)));
  }
  const together = spec.containers.reduce((sum, one) => addResources(sum, of(one)), lasting);
  const most = greater(together, peak);
  return addResources(most, spec.overhead ?? {});
}

function greater(a: Resources, b: Resources): Resources {
  const most: Record<string, string> = { ...a };
  for (const [name, value] of Object.entries(b))
    if (compareQuantities(value, most[name] ?? '0') > 0 || most[name] === undefined) most[name] = value;
  return most;
}

function serviceUsage({ spec }: Service): Resources {
  const ports = spec?.ports ?? [];
  const given = ports.filter((port) => (port.nodePort ?? 0) !== 0).length;
  const balanced = spec?.allocateLoadBalancerNodePorts === false ? given : ports.length;
  const isBalancer = spec?.type === 'LoadBalancer';
  const nodePorts = spec?.type === 'NodePort' ? ports.length : isBalancer ? balanced : 0;
  return {
    services: '1',
    'services.nodeports': String(nodePorts),
    'services.loadbalancers': isBalancer ? '1' : '0',
  };
}

function claimUsage({ metadata, spec, status }: PersistentVolumeClaim): Resources {
  const asked = spec?.resources?.requests?.storage ?? '0';
  const given = status?.allocatedResources?.storage ?? '0';
  // What is being made smaller again still has what it was given (KEP-1790).
  const storage = compareQuantities(given, asked) > 0 ? given : asked;
  const named = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName;
  const plain = { persistentvolumeclaims: '1', 'requests.storage': storage };
  if ((named ?? '') === '') return plain;
  return {
    ...plain,
    [`${named}${storageClassSuffix}persistentvolumeclaims`]: '1',
    [`${named}${storageClassSuffix}requests.storage`]: storage,
  };
}

/** Whether a quota is about this object: all of its scopes hold. Scopes are of pods. */
export function matchesQuotaScopes(quota: ResourceQuota, kind: KindInfo, object: KubeObject): boolean {
  const { scopes = [], scopeSelector } = quota.spec ?? {};
  const wanted: ScopedResourceSelectorRequirement[] = [
    ...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(scopeSelector?.matchExpressions ?? []),
  ];
  if (wanted.length === 0) return true;
  if (kind.group !== '' || kind.resource !== 'pods') return false;
  const { spec } = object as Pod;
  return spec !== undefined && wanted.every((requirement) => podInScope(requirement, spec));
}

function podInScope(
  { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement,
  spec: PodSpec,
): boolean {
  switch (scopeName) {
    case 'Terminating':
      return (spec.activeDeadlineSeconds ?? -1) >= 0;
    case 'NotTerminating':
      return (spec.activeDeadlineSeconds ?? -1) < 0;
    case 'BestEffort':
      return isBestEffort(spec);
    case 'NotBestEffort':
      return !isBestEffort(spec);
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(spec);
    case 'PriorityClass': {
      const name = spec.priorityClassName ?? '';
      if (operator === 'Exists') return name !== '';
      if (operator === 'DoesNotExist') return name === '';
      return values.includes(name) === (operator === 'In');
    }
    default:
      return false;
  }
}

function isBestEffort(spec: PodSpec): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].every(({ resources }) =>
    [resources?.limits, resources?.requests].every(
      (list) => list?.cpu === undefined && list?.memory === undefined,
    ),
  );
}

function reachesOtherNamespaces({ affinity }: PodSpec): boolean {
  const terms: PodAffinityTerm[] = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((one) => [
    ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => term.podAffinityTerm),
  ]);
  return terms.some((term) => (term.namespaces ?? []).length > 0 || term.namespaceSelector !== undefined);
}

/** What every container must say once a quota limits it, apart from what it leaves to defaults. */
const mustBeSaid: Readonly<Record<string, readonly ['requests' | 'limits', string]>> = {
  cpu: ['requests', 'cpu'],
  memory: ['requests', 'memory'],
  'requests.cpu': ['requests', 'cpu'],
  'requests.memory': ['requests', 'memory'],
  'limits.cpu': ['limits', 'cpu'],
  'limits.memory': ['limits', 'memory'],
};

/** `must specify limits.cpu for: a,b; ...`, or nothing. */
export function missingOfQuota(names: readonly string[], pod: Pod): string | undefined {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const missing = [...names].sort().flatMap((name) => {
    const rule = mustBeSaid[name];
    if (rule === undefined) return [];
    const [list, resource] = rule;
    const silent = containers.filter((one) => one.resources?.[list]?.[resource] === undefined);
    if (silent.length === 0) return [];
    return [`${name} for: ${[...new Set(silent.map((one) => one.name))].sort().join(',')}`];
  });
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`;
}

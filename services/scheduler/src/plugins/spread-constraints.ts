import type { Pod, TopologySpreadConstraint } from '@kubelab/api';
import type { DomainQuery } from '../cache/domain-counts.js';
import type { Listers } from '../framework/contract.js';
import type { NodeInfo } from '../framework/node-info.js';
import type { PodInfo } from '../framework/pod-info.js';
import {
  compileSelector,
  type Labels,
  type Selector,
  selectorOf,
  selectorWithKeys,
} from '../framework/selector.js';
import { untoleratedTaint } from '../framework/tolerations.js';

export const hostname = 'kubernetes.io/hostname';

/** A TopologySpreadConstraint made ready. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: Selector;
  /** nodeAffinityPolicy Honor, nodeTaintsPolicy Honor (KEP-3094). */
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

export type DefaultConstraint = Pick<
  TopologySpreadConstraint,
  'maxSkew' | 'topologyKey' | 'whenUnsatisfiable'
>;

/** https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#internal-default-constraints */
export const systemDefaults: readonly DefaultConstraint[] = [
  { topologyKey: hostname, maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
];

export function ownConstraints(pod: Pod, when: string): SpreadConstraint[] {
  return (pod.spec?.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when)
    .map((constraint) => ({
      topologyKey: constraint.topologyKey,
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      selector: selectorWithKeys(constraint.labelSelector, pod.metadata.labels, {
        match: constraint.matchLabelKeys,
      }),
      honorAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
      honorTaints: constraint.nodeTaintsPolicy === 'Honor',
    }));
}

/** For pods that say nothing: spread with those that the same Services, ReplicaSet or StatefulSet select. */
export function defaultConstraints(
  pod: Pod,
  defaults: readonly DefaultConstraint[],
  when: string,
  listers: Listers,
): SpreadConstraint[] {
  const wanted = defaults.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when);
  if (wanted.length === 0) return [];
  const selector = ownersSelector(pod, listers);
  if (selector === undefined) return [];
  return wanted.map(({ topologyKey, maxSkew }) => ({
    topologyKey,
    maxSkew,
    minDomains: 1,
    selector,
    honorAffinity: true,
    honorTaints: false,
  }));
}

function ownersSelector({ metadata }: Pod, listers: Listers): Selector | undefined {
  const labels: Record<string, string> = {};
  for (const { spec } of listers.services.inNamespace(metadata.namespace)) {
    const selector = spec?.selector;
    if (selector === undefined || Object.keys(selector).length === 0) continue;
    if (Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value))
      Object.assign(labels, selector);
  }
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const key = `${metadata.namespace ?? ''}/${owner?.name ?? ''}`;
  if (owner?.kind === 'ReplicationController' && owner.apiVersion === 'v1')
    Object.assign(labels, listers.replicationControllers.get(key)?.spec?.selector);
  const sets: Readonly<Record<string, typeof listers.replicaSets | typeof listers.statefulSets>> = {
    ReplicaSet: listers.replicaSets,
    StatefulSet: listers.statefulSets,
  };
  const set = owner?.apiVersion.startsWith('apps/') === true ? sets[owner.kind]?.get(key) : undefined;
  const requirements = Object.entries(labels).map(([name, value]) => ({
    key: name,
    operator: 'In' as const,
    values: [value],
  }));
  if (set?.spec?.selector === undefined)
    return requirements.length === 0 ? undefined : selectorOf(requirements);
  if (requirements.length === 0) return compileSelector(set.spec.selector);
  const both = { ...set.spec.selector, matchLabels: { ...set.spec.selector.matchLabels, ...labels } };
  return compileSelector(both);
}

export function hasAllKeys(labels: Labels, constraints: readonly SpreadConstraint[]): boolean {
  for (const { topologyKey } of constraints) if (labels?.[topologyKey] === undefined) return false;
  return true;
}

/** Whether the node's pods count at all for this pod. */
export function includesNode(constraint: SpreadConstraint, info: PodInfo, { node }: NodeInfo): boolean {
  if (constraint.honorAffinity && info.requiredNodes !== undefined && !info.requiredNodes(node)) return false;
  return (
    !constraint.honorTaints ||
    untoleratedTaint(info.pod.spec?.tolerations ?? [], node.spec?.taints) === undefined
  );
}

/** Pods that are going count no more; neither does an empty selector. */
export function matchingPods(node: NodeInfo, namespace: string, selector: Selector): number {
  if (selector.isEmpty) return 0;
  let count = 0;
  for (const other of node.pods) {
    if (other.namespace === namespace && !other.terminating && selector.matches(other.labels)) count += 1;
  }
  return count;
}

/** Pods that the constraint selects, by domain. Pods of one template ask with one key. */
export function spreadQuery(
  constraint: SpreadConstraint,
  info: PodInfo,
  required: readonly SpreadConstraint[],
): DomainQuery {
  const { spec } = info.pod;
  const affinity = [
    spec?.nodeSelector,
    spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
  ];
  const key = [
    'spread',
    info.namespace,
    constraint.selector.text,
    constraint.topologyKey,
    required.map(({ topologyKey }) => topologyKey).join(','),
    constraint.honorAffinity && info.requiredNodes !== undefined ? JSON.stringify(affinity) : '',
    constraint.honorTaints ? JSON.stringify(spec?.tolerations) : '',
  ].join('|');
  const { selector } = constraint;
  return {
    key,
    topologyKey: constraint.topologyKey,
    includes: (node) => hasAllKeys(node.labels, required) && includesNode(constraint, info, node),
    count: (node) => matchingPods(node, info.namespace, selector),
  };
}

import { matchesSelector, type Pod, type SelectorLike, type TopologySpreadConstraint } from '@kubelab/api';
import {
  type Cycle,
  fits,
  type NodeInfo,
  type Plugin,
  type Snapshot,
  scoreMax,
} from '../framework/framework.js';
import { matchesNodeAffinity } from './node-selection.js';

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

interface Constraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly selector: SelectorLike | undefined;
}

function own(pod: Pod, when: TopologySpreadConstraint['whenUnsatisfiable']): Constraint[] {
  return (pod.spec?.topologySpreadConstraints ?? [])
    .filter((constraint) => constraint.whenUnsatisfiable === when)
    .map(({ topologyKey, maxSkew, labelSelector }) => ({ topologyKey, maxSkew, selector: labelSelector }));
}

/**
 * A pod that says nothing is spread softly over hosts and zones with those that the same Service or
 * ReplicaSet selects.
 */
function defaults(pod: Pod, snapshot: Snapshot): Constraint[] {
  if ((pod.spec?.topologySpreadConstraints ?? []).length > 0) return [];
  const { namespace, labels, ownerReferences } = pod.metadata;
  const service = snapshot.services.find(
    (one) =>
      one.metadata.namespace === namespace &&
      one.spec?.selector !== undefined &&
      matchesSelector({ matchLabels: one.spec.selector }, labels),
  );
  const owner = ownerReferences?.find((reference) => reference.controller === true);
  const replicaSet = snapshot.replicaSets.find((one) => one.metadata.uid === owner?.uid);
  const selector: SelectorLike | undefined =
    service === undefined ? replicaSet?.spec?.selector : { matchLabels: service.spec?.selector ?? {} };
  if (selector === undefined) return [];
  return [
    { topologyKey: hostname, maxSkew: 3, selector },
    { topologyKey: zone, maxSkew: 5, selector },
  ];
}

/** Matching pods by value of the topology key, over nodes that the pod may be on. */
function countByDomain(constraint: Constraint, pod: Pod, nodes: readonly NodeInfo[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { node, pods } of nodes) {
    const value = node.metadata.labels?.[constraint.topologyKey];
    if (value === undefined || !matchesNodeAffinity(pod, node)) continue;
    const matching = pods.filter(
      (other) =>
        other.metadata.namespace === pod.metadata.namespace &&
        other.metadata.deletionTimestamp === undefined &&
        matchesSelector(constraint.selector, other.metadata.labels),
    );
    counts.set(value, (counts.get(value) ?? 0) + matching.length);
  }
  return counts;
}

export const topologySpread: Plugin = {
  name: 'PodTopologySpread',
  weight: 2,
  begin: (pod, snapshot): Cycle => {
    const hard = own(pod, 'DoNotSchedule').map((constraint) => ({
      constraint,
      counts: countByDomain(constraint, pod, snapshot.nodes),
    }));
    const soft = [...own(pod, 'ScheduleAnyway'), ...defaults(pod, snapshot)].map((constraint) => ({
      constraint,
      counts: countByDomain(constraint, pod, snapshot.nodes),
    }));
    return {
      filter: ({ node }) => {
        for (const { constraint, counts } of hard) {
          const value = node.metadata.labels?.[constraint.topologyKey];
          if (value === undefined)
            return ["node(s) didn't match pod topology spread constraints (missing required label)"];
          const self = matchesSelector(constraint.selector, pod.metadata.labels) ? 1 : 0;
          const skew = (counts.get(value) ?? 0) + self - Math.min(...counts.values());
          if (skew > constraint.maxSkew) return ["node(s) didn't match pod topology spread constraints"];
        }
        return fits;
      },
      score: ({ node }) =>
        soft.reduce((sum, { constraint, counts }) => {
          const value = node.metadata.labels?.[constraint.topologyKey];
          // Rarer domains weigh more, as log(size + 2) does in Kubernetes.
          return value === undefined
            ? sum
            : sum + (counts.get(value) ?? 0) * Math.log(counts.size + 2) + (constraint.maxSkew - 1);
        }, 0),
      /** Fewer is better. */
      normalize: (scores) => {
        const max = Math.max(...scores);
        const min = Math.min(...scores);
        return scores.map((score) => (max === 0 ? scoreMax : (scoreMax * (max + min - score)) / max));
      },
    };
  },
};

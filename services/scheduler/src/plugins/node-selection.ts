import {
  matchesAll,
  type Node,
  type NodeSelectorTerm,
  type Pod,
  type Requirement,
  requirementsOf,
} from '@kubelab/api';
import { type Cycle, fits, normalizeToMax, type Plugin } from '../framework/framework.js';

const unschedulableTaint = 'node.kubernetes.io/unschedulable';

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  begin: (pod) => {
    const tolerated = (pod.spec?.tolerations ?? []).some(
      (one) => (one.key === unschedulableTaint || (one.key ?? '') === '') && one.operator === 'Exists',
    );
    return {
      filter: ({ node }) =>
        node.spec?.unschedulable === true && !tolerated ? ['node(s) were unschedulable'] : fits,
    };
  },
};

export const nodeName: Plugin = {
  name: 'NodeName',
  begin: (pod) => {
    const wanted = pod.spec?.nodeName ?? '';
    return {
      filter: ({ node }) =>
        wanted === '' || wanted === node.metadata.name
          ? fits
          : ["node(s) didn't match the requested node name"],
    };
  },
};

function expressions(term: NodeSelectorTerm): Requirement[] {
  return requirementsOf({ matchExpressions: term.matchExpressions ?? [] }) ?? [];
}

/** Terms are alternatives; in a term everything must hold. An empty term matches nothing. */
export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const labels = expressions(term);
  const fields = requirementsOf({ matchExpressions: term.matchFields ?? [] }) ?? [];
  if (labels.length + fields.length === 0) return false;
  return (
    matchesAll(labels, node.metadata.labels) && matchesAll(fields, { 'metadata.name': node.metadata.name })
  );
}

/** spec.nodeSelector and required node affinity. */
export function matchesNodeAffinity(pod: Pod, node: Node): boolean {
  const selector = Object.entries(pod.spec?.nodeSelector ?? {});
  if (!selector.every(([key, value]) => node.metadata.labels?.[key] === value)) return false;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  weight: 2,
  begin: (pod): Cycle => {
    const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return {
      filter: ({ node }) =>
        matchesNodeAffinity(pod, node) ? fits : ["node(s) didn't match Pod's node affinity/selector"],
      score: ({ node }) =>
        preferred
          .filter((one) => matchesTerm(one.preference, node))
          .reduce((sum, one) => sum + one.weight, 0),
      normalize: (scores) => normalizeToMax(scores),
    };
  },
};

import type { Node, NodeSelector, NodeSelectorTerm, Pod, Taint, Toleration } from '@kubelab/api';

type NodeRequirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

/** Whether a node's labels and name meet one of the terms; terms are alternatives, their parts are not. */
export function matchesNodeSelector(selector: NodeSelector | undefined, node: Node): boolean {
  if (selector === undefined) return true;
  const { labels = {}, name } = node.metadata;
  return selector.nodeSelectorTerms.some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false;
    return (
      matchExpressions.every((one) => meets(one, labels[one.key])) &&
      matchFields.every((one) => one.key === 'metadata.name' && meets(one, name))
    );
  });
}

function meets({ operator, values = [] }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** nodeName, nodeSelector and required node affinity of a pod. */
export function fitsNode(pod: Pod, node: Node): boolean {
  const { nodeName = '', nodeSelector = {}, affinity } = pod.spec ?? {};
  if (nodeName !== '' && nodeName !== node.metadata.name) return false;
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(nodeSelector).every(([key, value]) => labels[key] === value)) return false;
  return matchesNodeSelector(affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution, node);
}

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key = '', operator = 'Equal', value = '', effect = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''));
}

/** The taints, of those effects, that nothing in the list tolerates. */
export function untolerated(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly string[],
): Taint[] {
  return (taints ?? []).filter(
    (taint) => effects.includes(taint.effect) && !(tolerations ?? []).some((one) => tolerates(one, taint)),
  );
}

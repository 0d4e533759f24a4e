import {
  type Node,
  type Pod,
  requiredNodeAffinity,
  type Taint,
  type Toleration,
  tolerates,
} from '@kubelab/api';

/** nodeName, nodeSelector and required node affinity of a pod. */
export function fitsNode(pod: Pod, node: Node): boolean {
  const { nodeName = '' } = pod.spec ?? {};
  if (nodeName !== '' && nodeName !== node.metadata.name) return false;
  return requiredNodeAffinity(pod)?.(node) ?? true;
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

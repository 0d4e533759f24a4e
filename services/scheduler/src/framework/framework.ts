import type { Node, Pod, ReplicaSet, Service } from '@kubelab/api';

/** A node with the pods on it, bound or assumed; what a cycle decides on. */
export interface NodeInfo {
  readonly node: Node;
  readonly pods: readonly Pod[];
}

/** What every plugin may look at during one cycle. Never changes while it runs. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[];
  /** For default spreading: what selects the pod. */
  readonly services: readonly Service[];
  readonly replicaSets: readonly ReplicaSet[];
}

/** Why a pod does not fit a node, in Kubernetes' words; several reasons when one plugin finds several. */
export type FilterResult = readonly string[];
export const fits: FilterResult = [];

/** One plugin's state of one cycle, worked out once for all nodes. */
export interface Cycle {
  filter?(node: NodeInfo): FilterResult;
  /** Any number; normalize() brings it to 0..100. */
  score?(node: NodeInfo): number;
  normalize?(scores: number[]): number[];
}

/**
 * A scheduling plugin (https://kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework/):
 * preFilter and preScore are `begin`, which may say that the pod fits nowhere.
 */
export interface Plugin {
  readonly name: string;
  /** Times the score counts; absent: the plugin only filters. */
  readonly weight?: number;
  /** Before a pod is queued; a reason keeps it out. */
  preEnqueue?(pod: Pod): { readonly reason: string; readonly message: string } | undefined;
  begin?(pod: Pod, snapshot: Snapshot): Cycle;
}

export const scoreMax = 100;

/** Scores as shares of the highest, the best 100; `reverse`: the lowest is best. */
export function normalizeToMax(scores: readonly number[], reverse = false): number[] {
  const max = Math.max(...scores, 0);
  if (max === 0) return scores.map(() => (reverse ? scoreMax : 0));
  return scores.map((score) => {
    const share = (scoreMax * score) / max;
    return reverse ? scoreMax - share : share;
  });
}

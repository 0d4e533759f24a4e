import { matchesSelector, type Pod, type PodAffinityTerm } from '@kubelab/api';
import { type Cycle, fits, type NodeInfo, type Plugin, scoreMax } from '../framework/framework.js';

/** Whether a term of `owner` speaks of `other`: its namespaces and labels. */
function concerns(term: PodAffinityTerm, owner: Pod, other: Pod): boolean {
  const namespaces = term.namespaces ?? [];
  const inNamespace =
    namespaces.length === 0 && term.namespaceSelector === undefined
      ? other.metadata.namespace === owner.metadata.namespace
      : namespaces.includes(other.metadata.namespace ?? '') ||
        Object.keys(term.namespaceSelector ?? { none: 1 }).length === 0;
  return inNamespace && matchesSelector(term.labelSelector, other.metadata.labels);
}

function sameDomain(term: PodAffinityTerm, a: NodeInfo, b: NodeInfo): boolean {
  const value = a.node.metadata.labels?.[term.topologyKey];
  return value !== undefined && value === b.node.metadata.labels?.[term.topologyKey];
}

/** Whether a pod that the term speaks of is in the node's domain. */
function present(term: PodAffinityTerm, owner: Pod, at: NodeInfo, nodes: readonly NodeInfo[]): boolean {
  return nodes.some(
    (other) => sameDomain(term, at, other) && other.pods.some((pod) => concerns(term, owner, pod)),
  );
}

export const interPodAffinity: Plugin = {
  name: 'InterPodAffinity',
  weight: 2,
  begin: (pod, { nodes }): Cycle => {
    const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
    const wanted = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const unwanted = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const liked = podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const disliked = podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    // The pods that are there may not want this one beside them.
    const objections = nodes.flatMap((info) =>
      info.pods.flatMap((other) =>
        (other.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [])
          .filter((term) => concerns(term, other, pod))
          .map((term) => ({ term, info })),
      ),
    );
    // The first of a group that wants to be together finds nobody: it may begin anywhere.
    const nobodyYet = wanted.every(
      (term) =>
        concerns(term, pod, pod) &&
        !nodes.some((info) => info.pods.some((other) => concerns(term, pod, other))),
    );
    return {
      filter: (info) => {
        if (!nobodyYet && wanted.some((term) => !present(term, pod, info, nodes)))
          return ["node(s) didn't match pod affinity rules"];
        if (unwanted.some((term) => present(term, pod, info, nodes)))
          return ["node(s) didn't match pod anti-affinity rules"];
        if (objections.some(({ term, info: other }) => sameDomain(term, info, other)))
          return ["node(s) didn't satisfy existing pods anti-affinity rules"];
        return fits;
      },
      score: (info) => {
        const sum = (terms: typeof liked) =>
          terms
            .filter((one) => present(one.podAffinityTerm, pod, info, nodes))
            .reduce((total, one) => total + one.weight, 0);
        return sum(liked) - sum(disliked);
      },
      normalize: (scores) => {
        const max = Math.max(...scores);
        const min = Math.min(...scores);
        return scores.map((score) => (max === min ? 0 : (scoreMax * (score - min)) / (max - min)));
      },
    };
  },
};

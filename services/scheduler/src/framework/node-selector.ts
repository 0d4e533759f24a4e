import { matchesAll, type Node, type NodeSelectorTerm, type Pod, requirementsOf } from '@kubelab/api';

export type NodeMatcher = (node: Node) => boolean;

/** Terms are alternatives; in a term everything must hold. An empty term matches nothing. */
export function compileNodeTerm(term: NodeSelectorTerm): NodeMatcher {
  const labels = requirementsOf({ matchExpressions: term.matchExpressions ?? [] }) ?? [];
  const fields = requirementsOf({ matchExpressions: term.matchFields ?? [] }) ?? [];
  if (labels.length + fields.length === 0) return () => false;
  return ({ metadata }) =>
    matchesAll(labels, metadata.labels) &&
    (fields.length === 0 || matchesAll(fields, { 'metadata.name': metadata.name }));
}

export function compileNodeTerms(terms: readonly NodeSelectorTerm[]): NodeMatcher {
  const matchers = terms.map(compileNodeTerm);
  return (node) => matchers.some((matches) => matches(node));
}

/** spec.nodeSelector and required node affinity; undefined for a pod that names neither. */
export function requiredNodeAffinity(pod: Pod): NodeMatcher | undefined {
  const selector = Object.entries(pod.spec?.nodeSelector ?? {});
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (selector.length === 0 && required === undefined) return undefined;
  const terms = required === undefined ? undefined : compileNodeTerms(required.nodeSelectorTerms);
  return (node) =>
    selector.every(([key, value]) => node.metadata.labels?.[key] === value) &&
    (terms === undefined || terms(node));
}

/**
 * Names of the only nodes that required affinity leaves, where every alternative names some by
 * metadata.name, as a DaemonSet's pods do; undefined where any node may do.
 */
export function nodesNamed(pod: Pod): ReadonlySet<string> | undefined {
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined || required.nodeSelectorTerms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of required.nodeSelectorTerms) {
    const byName = (term.matchFields ?? []).filter(
      ({ key, operator }) => key === 'metadata.name' && operator === 'In',
    );
    const [first, ...rest] = byName.map(({ values }) => values ?? []);
    if (first === undefined) return undefined;
    for (const name of first) if (rest.every((values) => values.includes(name))) names.add(name);
  }
  return names;
}

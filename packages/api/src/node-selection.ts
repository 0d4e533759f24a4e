import type { Node, NodeSelectorTerm, Pod, Taint, Toleration } from './generated/types.js';
import { matchesAll, requirementsOf } from './selectors.js';

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
 * Whether a toleration covers a taint (corev1 ToleratesTaint): an empty key with Exists covers every key, an
 * empty effect every effect.
 */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if ((toleration.effect ?? '') !== '' && toleration.effect !== taint.effect) return false;
  if ((toleration.key ?? '') !== '' && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return (toleration.key ?? '') !== '' && (toleration.value ?? '') === (taint.value ?? '');
}

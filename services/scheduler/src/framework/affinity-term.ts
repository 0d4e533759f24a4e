import type { Pod, PodAffinityTerm } from '@kubelab/api';
import { compileSelector, type Labels, type Selector, selectorWithKeys } from './selector.js';

/** A PodAffinityTerm made ready. Equal terms of different pods have equal `text`, and are counted together. */
export interface AffinityTerm {
  readonly text: string;
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly namespaces: ReadonlySet<string>;
  /** Undefined where the term has none: then only `namespaces` count. */
  readonly namespaceSelector: Selector | undefined;
  /** 1 for required terms. */
  readonly weight: number;
}

export function compileTerm(pod: Pod, term: PodAffinityTerm, weight = 1): AffinityTerm {
  const own = pod.metadata.namespace ?? '';
  const named = term.namespaces ?? [];
  const namespaces = new Set(named.length === 0 && term.namespaceSelector === undefined ? [own] : named);
  const keys = { match: term.matchLabelKeys, mismatch: term.mismatchLabelKeys };
  const selector = selectorWithKeys(term.labelSelector, pod.metadata.labels, keys);
  const namespaceSelector =
    term.namespaceSelector === undefined ? undefined : compileSelector(term.namespaceSelector);
  const text = [
    term.topologyKey,
    selector.text,
    [...namespaces].sort().join(','),
    namespaceSelector?.text ?? '-',
    weight,
  ].join('|');
  return { text, topologyKey: term.topologyKey, selector, namespaces, namespaceSelector, weight };
}

export type NamespaceLabels = (namespace: string) => Labels;

export function coversNamespace(term: AffinityTerm, namespace: string, labelsOf: NamespaceLabels): boolean {
  if (term.namespaces.has(namespace)) return true;
  const { namespaceSelector } = term;
  if (namespaceSelector === undefined) return false;
  return namespaceSelector.isEmpty || namespaceSelector.matches(labelsOf(namespace));
}

/** Whether a term speaks of a pod: its namespace and its labels. */
export function termMatches(
  term: AffinityTerm,
  pod: { readonly namespace: string; readonly labels: Labels },
  labelsOf: NamespaceLabels,
): boolean {
  return term.selector.matches(pod.labels) && coversNamespace(term, pod.namespace, labelsOf);
}

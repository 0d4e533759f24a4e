import type { AffinityTerm } from '../framework/affinity-term.js';
import type { NodeInfo } from '../framework/node-info.js';
import type { PodAffinities, PodInfo } from '../framework/pod-info.js';

/** A term that pods on nodes have, and how many of them by the domain that they are in. */
export interface HeldTerm {
  readonly term: AffinityTerm;
  readonly domains: Map<string, number>;
}

type TermsByText = Map<string, HeldTerm>;
type TermKind = keyof PodAffinities;
const termKinds: readonly TermKind[] = ['required', 'requiredAnti', 'preferred', 'preferredAnti'];

/**
 * Terms of affinity of the pods that are there: ten thousand pods of a template are one entry, which a cycle
 * matches once. Kept up to date by the nodes that changed.
 */
export class TermIndex {
  readonly held: Readonly<Record<TermKind, TermsByText>> = {
    required: new Map(),
    requiredAnti: new Map(),
    preferred: new Map(),
    preferredAnti: new Map(),
  };

  replace(before: NodeInfo | undefined, after: NodeInfo | undefined): void {
    const had = before?.podsWithAffinity ?? 0;
    const has = after?.podsWithAffinity ?? 0;
    if (had === 0 && has === 0) return;
    const sameNode = before?.labels === after?.labels;
    const kept = sameNode ? commonStart(before?.pods ?? [], after?.pods ?? []) : 0;
    if (before !== undefined) this.#count(before, kept, -1);
    if (after !== undefined) this.#count(after, kept, 1);
  }

  #count(node: NodeInfo, from: number, sign: 1 | -1): void {
    for (let at = from; at < node.pods.length; at += 1) {
      const info = node.pods[at];
      if (info === undefined) continue;
      for (const kind of termKinds) {
        for (const term of info.affinities[kind]) this.#add(this.held[kind], term, node, sign);
      }
    }
  }

  #add(terms: TermsByText, term: AffinityTerm, { node }: NodeInfo, sign: 1 | -1): void {
    const value = node.metadata.labels?.[term.topologyKey];
    if (value === undefined) return;
    let entry = terms.get(term.text);
    if (entry === undefined) {
      entry = { term, domains: new Map() };
      terms.set(term.text, entry);
    }
    const count = (entry.domains.get(value) ?? 0) + sign;
    if (count !== 0) entry.domains.set(value, count);
    else entry.domains.delete(value);
    if (entry.domains.size === 0) terms.delete(term.text);
  }
}

function commonStart(a: readonly PodInfo[], b: readonly PodInfo[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  return at;
}

import type { DomainCounts } from '../cache/domain-counts.js';
import type { Snapshot } from '../cache/snapshot.js';
import { type AffinityTerm, type NamespaceLabels, termMatches } from '../framework/affinity-term.js';
import type { Handle, NodeFilter, NodeScorer, Plugin } from '../framework/contract.js';
import type { NodeInfo } from '../framework/node-info.js';
import { createPodInfo, type PodInfo } from '../framework/pod-info.js';
import { type Status, unresolvable, unschedulable } from '../framework/status.js';

const name = 'InterPodAffinity';
const noFriend = unresolvable(name, "node(s) didn't match pod affinity rules");
const foe = unschedulable(name, "node(s) didn't match pod anti-affinity rules");
const objection = unschedulable(name, "node(s) didn't satisfy existing pods anti-affinity rules");

export interface InterPodAffinityArgs {
  /** How much a required term of a pod that is there counts for the pods it asks for. */
  readonly hardPodAffinityWeight?: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

/**
 * Pods near to and far from pods, both ways: the terms of the pod, and the terms of those that are there. Counts
 * by domain are the snapshot's, so that a cycle costs as much as there are different terms, not pods.
 */
export function interPodAffinity(args: InterPodAffinityArgs, { listers }: Pick<Handle, 'listers'>): Plugin {
  const labelsOf: NamespaceLabels = (namespace) => listers.namespaces.get(namespace)?.metadata.labels;
  const counter: Counter = {
    labelsOf,
    namespaces: () => listers.namespaces.list().map(({ metadata }) => metadata.name),
  };
  return {
    name,
    preFilter: (info, snapshot) => {
      const filter = new AffinityFilter(info, snapshot, counter);
      return filter.isEmpty ? undefined : { filter };
    },
    preScore: (info, _nodes, snapshot) => affinityScorer(info, snapshot, counter, args),
    hints: [
      {
        on: ['AssignedPod/Add', 'AssignedPod/UpdateLabel', 'AssignedPod/Delete'],
        helps: (info, event) => {
          if (!('pod' in event)) return false;
          const { required, requiredAnti } = info.affinities;
          const { before, after } = event.pod;
          const is = (terms: readonly AffinityTerm[], other: PodInfo | undefined) =>
            other !== undefined && terms.some((term) => termMatches(term, other, labelsOf));
          const old = before === undefined ? undefined : createPodInfo(before);
          const now = after === undefined ? undefined : createPodInfo(after);
          // A friend came, a foe went, or one went that objected to this pod.
          if (is(required, now)) return true;
          if (is(requiredAnti, old) && !is(requiredAnti, now)) return true;
          return old !== undefined && is(old.affinities.requiredAnti, info);
        },
      },
      { on: ['TargetPod/UpdateLabel', 'Node/Add', 'Node/UpdateLabel'] },
    ],
  };
}

interface Counter {
  readonly labelsOf: NamespaceLabels;
  namespaces(): string[];
}

/** Pods that all of the terms speak of, by the domains of one topology key. */
function countMatching(
  terms: readonly AffinityTerm[],
  topologyKey: string,
  snapshot: Snapshot,
  counter: Counter,
): DomainCounts {
  const selectors = terms.map((term) => {
    const { namespaceSelector } = term;
    // Which namespaces a selector means may change between cycles: their names are part of the question.
    const chosen =
      namespaceSelector === undefined
        ? []
        : counter.namespaces().filter((one) => namespaceSelector.matches(counter.labelsOf(one)));
    return { term, namespaces: new Set([...term.namespaces, ...chosen]) };
  });
  const texts = selectors.map(
    ({ term, namespaces }) => `${term.selector.text}@${[...namespaces].sort().join(',')}`,
  );
  return snapshot.count({
    key: `affinity|${topologyKey}|${texts.join('&')}`,
    topologyKey,
    includes: () => true,
    count: ({ pods }) => {
      let count = 0;
      for (const other of pods) {
        if (
          selectors.every(
            ({ term, namespaces }) => namespaces.has(other.namespace) && term.selector.matches(other.labels),
          )
        )
          count += 1;
      }
      return count;
    },
  });
}

/** Counts in the domains of one key, and the what-if pods beside them. */
interface Watched {
  readonly topologyKey: string;
  in(value: string): number;
  readonly added: Map<string, number>;
  /** Whether a what-if pod counts here. */
  counts(other: PodInfo): boolean;
}

class AffinityFilter implements NodeFilter {
  readonly #friends: readonly Watched[];
  readonly #foes: readonly Watched[];
  readonly #objections: readonly Watched[];
  /** Matches its own terms: the first of a group may begin anywhere. */
  readonly #isFirst: () => boolean;

  constructor(info: PodInfo, snapshot: Snapshot, counter: Counter) {
    const { required, requiredAnti } = info.affinities;
    const { labelsOf } = counter;
    const keys = [...new Set(required.map(({ topologyKey }) => topologyKey))];
    const friends = keys.map((topologyKey) => ({
      topologyKey,
      counts: countMatching(required, topologyKey, snapshot, counter),
    }));
    const isFriend = (other: PodInfo) => required.every((term) => termMatches(term, other, labelsOf));
    this.#friends = friends.map(({ topologyKey, counts }) => ({
      topologyKey,
      in: (value) => counts.in(value),
      added: new Map(),
      counts: isFriend,
    }));
    this.#isFirst = () =>
      isFriend(info) &&
      friends.every(({ counts }) => counts.pods === 0) &&
      this.#friends.every(({ added }) => added.size === 0);
    this.#foes = requiredAnti.map((term) => {
      const counts = countMatching([term], term.topologyKey, snapshot, counter);
      const matches = (other: PodInfo) => termMatches(term, other, labelsOf);
      return {
        topologyKey: term.topologyKey,
        in: (value) => counts.in(value),
        added: new Map(),
        counts: matches,
      };
    });
    const objections: Watched[] = [];
    for (const { term, domains } of snapshot.terms.held.requiredAnti.values()) {
      if (!termMatches(term, info, labelsOf)) continue;
      const holds = (other: PodInfo) => other.affinities.requiredAnti.some(({ text }) => text === term.text);
      const { topologyKey } = term;
      objections.push({
        topologyKey,
        in: (value) => domains.get(value) ?? 0,
        added: new Map(),
        counts: holds,
      });
    }
    this.#objections = objections;
  }

  get isEmpty(): boolean {
    return this.#friends.length + this.#foes.length + this.#objections.length === 0;
  }

  filter({ labels }: NodeInfo): Status | undefined {
    if (this.#friends.length > 0) {
      let alone = false;
      for (const watched of this.#friends) {
        const value = labels?.[watched.topologyKey];
        if (value === undefined) return noFriend;
        if (present(watched, value) <= 0) alone = true;
      }
      if (alone && !this.#isFirst()) return noFriend;
    }
    for (const watched of this.#foes) {
      const value = labels?.[watched.topologyKey];
      if (value !== undefined && present(watched, value) > 0) return foe;
    }
    for (const watched of this.#objections) {
      const value = labels?.[watched.topologyKey];
      if (value !== undefined && present(watched, value) > 0) return objection;
    }
    return undefined;
  }

  addPod(added: PodInfo, node: NodeInfo): void {
    this.#count(added, node, 1);
  }

  removePod(removed: PodInfo, node: NodeInfo): void {
    this.#count(removed, node, -1);
  }

  #count(other: PodInfo, { labels }: NodeInfo, sign: 1 | -1): void {
    for (const list of [this.#friends, this.#foes, this.#objections]) {
      for (const watched of list) {
        const value = labels?.[watched.topologyKey];
        if (value === undefined || !watched.counts(other)) continue;
        const sum = (watched.added.get(value) ?? 0) + sign;
        if (sum === 0) watched.added.delete(value);
        else watched.added.set(value, sum);
      }
    }
  }
}

function present({ in: counted, added }: Watched, value: string): number {
  return counted(value) + (added.size === 0 ? 0 : (added.get(value) ?? 0));
}

/** Preferred terms of the pod, and what those that are there prefer or require of it. */
function affinityScorer(
  info: PodInfo,
  snapshot: Snapshot,
  counter: Counter,
  args: InterPodAffinityArgs,
): NodeScorer | undefined {
  const { preferred, preferredAnti } = info.affinities;
  const hardWeight = args.hardPodAffinityWeight ?? 1;
  const parts: { topologyKey: string; weight: number; in: (value: string) => number }[] = [];
  const own = (terms: readonly AffinityTerm[], sign: 1 | -1) => {
    for (const term of terms) {
      const counts = countMatching([term], term.topologyKey, snapshot, counter);
      if (counts.pods > 0)
        parts.push({
          topologyKey: term.topologyKey,
          weight: sign * term.weight,
          in: (value) => counts.in(value),
        });
    }
  };
  own(preferred, 1);
  own(preferredAnti, -1);
  const hasOwn = preferred.length + preferredAnti.length > 0;
  const { held } = snapshot.terms;
  const theirs = (kind: keyof typeof held, weightOf: (term: AffinityTerm) => number) => {
    for (const { term, domains } of held[kind].values()) {
      const weight = weightOf(term);
      if (weight !== 0 && termMatches(term, info, counter.labelsOf))
        parts.push({ topologyKey: term.topologyKey, weight, in: (value) => domains.get(value) ?? 0 });
    }
  };
  if (hasOwn || args.ignorePreferredTermsOfExistingPods !== true) {
    theirs('required', () => hardWeight);
    theirs('preferred', ({ weight }) => weight);
    theirs('preferredAnti', ({ weight }) => -weight);
  }
  if (parts.length === 0) return undefined;
  return {
    score: ({ labels }) => {
      let sum = 0;
      for (const part of parts) {
        const value = labels?.[part.topologyKey];
        if (value !== undefined) sum += part.weight * part.in(value);
      }
      return sum;
    },
    normalize: (scores) => {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (const score of scores) {
        if (score < min) min = score;
        if (score > max) max = score;
      }
      for (let at = 0; at < scores.length; at += 1)
        scores[at] = max > min ? Math.trunc((100 * ((scores[at] ?? 0) - min)) / (max - min)) : 0;
    },
  };
}

import {
  compileNodeTerm,
  compileNodeTerms,
  type Node,
  type NodeAffinity,
  type NodeMatcher,
  type Pod,
  type PreferredSchedulingTerm,
} from '@kubelab/api';
import type { NodeFilter, Plugin } from '../framework/contract.js';
import { nodesNamed } from '../framework/node-selector.js';
import type { PodInfo } from '../framework/pod-info.js';
import { normalizeToMax } from '../framework/score-nodes.js';
import { unresolvable } from '../framework/status.js';

const name = 'NodeAffinity';
const notOwn = unresolvable(name, "node(s) didn't match Pod's node affinity/selector");
const notAdded = unresolvable(name, "node(s) didn't match scheduler-enforced node affinity");

interface Preference {
  readonly weight: number;
  readonly matches: NodeMatcher;
}

function compilePreferences(terms: readonly PreferredSchedulingTerm[] | undefined): Preference[] {
  return (terms ?? [])
    .filter(({ weight }) => weight !== 0)
    .map(({ weight, preference }) => ({ weight, matches: compileNodeTerm(preference) }));
}

const preferredOf = (pod: Pod) =>
  pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;

/** nodeSelector and node affinity; `addedAffinity` of the profile is demanded of every pod besides. */
export function nodeAffinity(args: { readonly addedAffinity?: NodeAffinity } = {}): Plugin {
  const required = args.addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const added = required === undefined ? undefined : compileNodeTerms(required.nodeSelectorTerms);
  const addedPreferences = compilePreferences(
    args.addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution,
  );
  const fits = (info: PodInfo, node: Node) =>
    (added === undefined || added(node)) && (info.requiredNodes === undefined || info.requiredNodes(node));
  return {
    name,
    preFilter: (info) => {
      const own = info.requiredNodes;
      if (own === undefined && added === undefined) return undefined;
      const filter: NodeFilter = {
        filter: ({ node }) => {
          if (added !== undefined && !added(node)) return notAdded;
          return own !== undefined && !own(node) ? notOwn : undefined;
        },
      };
      const nodes = nodesNamed(info.pod);
      if (nodes?.size === 0) return { refused: unresolvable(name, 'pod affinity terms conflict') };
      return nodes === undefined ? { filter } : { filter, nodes };
    },
    preScore: ({ pod }) => {
      const preferences = [...addedPreferences, ...compilePreferences(preferredOf(pod))];
      if (preferences.length === 0) return undefined;
      return {
        score: ({ node }) => {
          let sum = 0;
          for (const { weight, matches } of preferences) if (matches(node)) sum += weight;
          return sum;
        },
        normalize: (scores) => normalizeToMax(scores),
      };
    },
    hints: [
      {
        on: ['Node/Add', 'Node/UpdateLabel'],
        helps: (info, event) => {
          if (!('node' in event) || event.node.after === undefined) return false;
          const { before, after } = event.node;
          return fits(info, after) && (before === undefined || !fits(info, before));
        },
      },
    ],
  };
}

import type { Pod } from '@kubelab/api';
import type { DomainCounts } from '../cache/domain-counts.js';
import type { Snapshot } from '../cache/snapshot.js';
import type { Handle, NodeFilter, NodeScorer, Plugin } from '../framework/contract.js';
import type { NodeInfo } from '../framework/node-info.js';
import type { PodInfo } from '../framework/pod-info.js';
import { type Status, unresolvable, unschedulable } from '../framework/status.js';
import {
  type DefaultConstraint,
  defaultConstraints,
  hasAllKeys,
  hostname,
  includesNode,
  ownConstraints,
  type SpreadConstraint,
  spreadQuery,
  systemDefaults,
} from './spread-constraints.js';

const name = 'PodTopologySpread';
const tooSkewed = unschedulable(name, "node(s) didn't match pod topology spread constraints");
const noLabel = unresolvable(
  name,
  "node(s) didn't match pod topology spread constraints (missing required label)",
);

export interface TopologySpreadArgs {
  readonly defaultingType?: 'System' | 'List';
  readonly defaultConstraints?: readonly DefaultConstraint[];
}

/** Even shares of domains: hard constraints filter, soft ones score. */
export function topologySpread(args: TopologySpreadArgs, { listers }: Pick<Handle, 'listers'>): Plugin {
  const isSystem = (args.defaultingType ?? 'System') === 'System';
  const defaults = isSystem ? systemDefaults : (args.defaultConstraints ?? []);
  const constraintsOf = (pod: Pod, when: string) =>
    (pod.spec?.topologySpreadConstraints ?? []).length > 0
      ? ownConstraints(pod, when)
      : defaultConstraints(pod, defaults, when, listers);
  return {
    name,
    preFilter: (info, snapshot) => {
      const constraints = constraintsOf(info.pod, 'DoNotSchedule');
      return constraints.length === 0 ? undefined : { filter: new SpreadFilter(info, constraints, snapshot) };
    },
    preScore: (info, nodes, snapshot) => {
      const constraints = constraintsOf(info.pod, 'ScheduleAnyway');
      if (constraints.length === 0) return undefined;
      // A cluster without zones is spread over hosts by the defaults nevertheless.
      const everyKey = !isSystem || (info.pod.spec?.topologySpreadConstraints ?? []).length > 0;
      return spreadScorer(info, constraints, { nodes, snapshot, everyKey });
    },
    hints: [
      {
        on: ['AssignedPod/Add', 'AssignedPod/Delete', 'AssignedPod/UpdateLabel'],
        helps: ({ pod, namespace }, event) => {
          if (!('pod' in event)) return false;
          const touched = [event.pod.before, event.pod.after].filter((one) => one !== undefined);
          const constraints = constraintsOf(pod, 'DoNotSchedule');
          return touched.some(
            ({ metadata }) =>
              metadata.namespace === namespace &&
              constraints.some(({ selector }) => selector.matches(metadata.labels)),
          );
        },
      },
      { on: ['TargetPod/UpdateLabel'] },
      {
        on: ['Node/Add', 'Node/Delete', 'Node/UpdateLabel', 'Node/UpdateTaint'],
        helps: ({ pod }, event) => {
          if (!('node' in event)) return false;
          const constraints = constraintsOf(pod, 'DoNotSchedule');
          return [event.node.before, event.node.after].some(
            (node) => node !== undefined && hasAllKeys(node.metadata.labels, constraints),
          );
        },
      },
    ],
  };
}

interface HardConstraint {
  readonly constraint: SpreadConstraint;
  readonly counts: DomainCounts;
  /** 1 when the pod counts itself. */
  readonly self: number;
  /** What-if pods of the node under test, by domain. */
  readonly added: Map<string, number>;
}

class SpreadFilter implements NodeFilter {
  readonly #info: PodInfo;
  readonly #hard: readonly HardConstraint[];
  readonly #constraints: readonly SpreadConstraint[];

  constructor(info: PodInfo, constraints: readonly SpreadConstraint[], snapshot: Snapshot) {
    this.#info = info;
    this.#constraints = constraints;
    this.#hard = constraints.map((constraint) => ({
      constraint,
      counts: snapshot.count(spreadQuery(constraint, info, constraints)),
      self: constraint.selector.matches(info.labels) ? 1 : 0,
      added: new Map(),
    }));
  }

  filter({ labels }: NodeInfo): Status | undefined {
    for (const { constraint, counts, self, added } of this.#hard) {
      const value = labels?.[constraint.topologyKey];
      if (value === undefined) return noLabel;
      const pods = counts.in(value) + (added.size === 0 ? 0 : (added.get(value) ?? 0));
      const enough = counts.domains >= constraint.minDomains;
      const lowest = enough ? (added.size === 0 ? counts.lowest() : counts.lowest(value, pods)) : 0;
      if (pods + self - lowest > constraint.maxSkew) return tooSkewed;
    }
    return undefined;
  }

  addPod(added: PodInfo, node: NodeInfo): void {
    this.#count(added, node, 1);
  }

  removePod(removed: PodInfo, node: NodeInfo): void {
    this.#count(removed, node, -1);
  }

  #count(other: PodInfo, node: NodeInfo, sign: 1 | -1): void {
    // One that is going was not counted before either.
    if (other.namespace !== this.#info.namespace || other.terminating) return;
    if (!hasAllKeys(node.labels, this.#constraints)) return;
    for (const { constraint, added } of this.#hard) {
      if (constraint.selector.isEmpty || !constraint.selector.matches(other.labels)) continue;
      if (!includesNode(constraint, this.#info, node)) continue;
      const value = node.labels?.[constraint.topologyKey] ?? '';
      const sum = (added.get(value) ?? 0) + sign;
      if (sum === 0) added.delete(value);
      else added.set(value, sum);
    }
  }
}

/**
 * Fewer is better: matching pods of each domain, times log(domains + 2) so that few large domains do not vanish
 * beside many small ones, plus what the constraint allows (KEP-895).
 */
function spreadScorer(
  info: PodInfo,
  constraints: readonly SpreadConstraint[],
  among: { readonly nodes: readonly NodeInfo[]; readonly snapshot: Snapshot; readonly everyKey: boolean },
): NodeScorer {
  const { nodes, snapshot, everyKey } = among;
  const required = everyKey ? constraints : [];
  const counted = everyKey ? nodes.filter(({ labels }) => hasAllKeys(labels, constraints)) : nodes;
  const soft = constraints.map((constraint) => {
    const isHost = constraint.topologyKey === hostname;
    const size = isHost ? counted.length : countValues(counted, constraint.topologyKey);
    const counts = snapshot.count(spreadQuery(constraint, info, required));
    return { constraint, counts, weight: Math.log(size + 2) };
  });
  const isIgnored = (node: NodeInfo) =>
    counted.length < nodes.length && !hasAllKeys(node.labels, constraints);
  return {
    score: (node) => {
      if (isIgnored(node)) return 0;
      let sum = 0;
      for (const { constraint, counts, weight } of soft) {
        const value = node.labels?.[constraint.topologyKey];
        if (value === undefined) continue;
        sum += counts.in(value) * weight + (constraint.maxSkew - 1);
      }
      return Math.round(sum);
    },
    normalize: (scores) => {
      let min = Number.POSITIVE_INFINITY;
      let max = 0;
      for (let at = 0; at < scores.length; at += 1) {
        const node = nodes[at];
        if (node === undefined || isIgnored(node)) continue;
        const score = scores[at] ?? 0;
        if (score < min) min = score;
        if (score > max) max = score;
      }
      for (let at = 0; at < scores.length; at += 1) {
        const node = nodes[at];
        if (node === undefined || isIgnored(node)) scores[at] = 0;
        else scores[at] = max === 0 ? 100 : Math.trunc((100 * (max + min - (scores[at] ?? 0))) / max);
      }
    },
  };
}

/** How many domains nodes are in; those without the label are one. */
function countValues(nodes: readonly NodeInfo[], topologyKey: string): number {
  const values = new Set<string>();
  for (const { labels } of nodes) values.add(labels?.[topologyKey] ?? '');
  return values.size;
}

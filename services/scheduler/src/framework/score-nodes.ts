import type { Snapshot } from '../cache/snapshot.js';
import type { NodeInfo } from './node-info.js';
import type { PodInfo } from './pod-info.js';
import type { Profile } from './profile.js';

/** What each plugin gave each node: lists are in the order of the nodes. */
export interface Scored {
  readonly plugins: readonly {
    readonly name: string;
    readonly weight: number;
    /** 0..100, before the weight. */
    readonly scores: readonly number[];
  }[];
  readonly totals: readonly number[];
}

/** preScore, score, normalize, weigh, add. */
export function scoreNodes(
  profile: Profile,
  pod: PodInfo,
  nodes: readonly NodeInfo[],
  snapshot: Snapshot,
): Scored {
  const totals: number[] = new Array(nodes.length).fill(0);
  const plugins: Scored['plugins'][number][] = [];
  for (const plugin of profile.plugins.preScore) {
    if (!profile.plugins.score.includes(plugin)) continue;
    const scorer = plugin.preScore?.(pod, nodes, snapshot);
    if (scorer === undefined) continue;
    const weight = profile.weights.get(plugin.name) ?? 1;
    const scores = nodes.map((node) => scorer.score(node));
    scorer.normalize?.(scores);
    for (let at = 0; at < scores.length; at += 1) totals[at] = (totals[at] ?? 0) + weight * (scores[at] ?? 0);
    plugins.push({ name: plugin.name, weight, scores });
  }
  return { plugins, totals };
}

/** Scores as whole shares of the highest, 100 the best; `reverse`: the lowest is best. */
export function normalizeToMax(scores: number[], reverse = false): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  for (let at = 0; at < scores.length; at += 1) {
    const share = max === 0 ? 0 : Math.trunc((100 * (scores[at] ?? 0)) / max);
    scores[at] = reverse ? 100 - share : share;
  }
}

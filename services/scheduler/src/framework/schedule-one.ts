import type { Pod } from '@kubelab/api';
import type { Cycle, NodeInfo, Plugin, Snapshot } from './framework.js';

export type Decision =
  | { readonly fits: true; readonly node: string }
  /** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {k: v}.` */
  | { readonly fits: false; readonly message: string };

/** The scheduling cycle: filter, score, choose. Pure but for `random`, which breaks ties. */
export function scheduleOne(
  plugins: readonly Plugin[],
  pod: Pod,
  snapshot: Snapshot,
  random: { int(maxExclusive: number): number },
): Decision {
  if (snapshot.nodes.length === 0) return { fits: false, message: 'no nodes available to schedule pods' };
  const cycles = plugins.map((plugin) => ({ plugin, cycle: plugin.begin?.(pod, snapshot) ?? {} }));
  const reasons = new Map<string, number>();
  const feasible = snapshot.nodes.filter((info) => {
    const refused = refusal(cycles, info);
    for (const reason of refused) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    return refused.length === 0;
  });
  const [only] = feasible;
  if (only === undefined) return { fits: false, message: unfitMessage(snapshot.nodes.length, reasons) };
  if (feasible.length === 1) return { fits: true, node: only.node.metadata.name };
  const totals = totalScores(cycles, feasible);
  const best = Math.max(...totals);
  const top = feasible.filter((_info, at) => (totals[at] ?? 0) >= best - 1e-9);
  return { fits: true, node: (top[random.int(top.length)] ?? only).node.metadata.name };
}

/** The first plugin that refuses a node has the word. */
function refusal(cycles: readonly { cycle: Cycle }[], info: NodeInfo): readonly string[] {
  for (const { cycle } of cycles) {
    const reasons = cycle.filter?.(info) ?? [];
    if (reasons.length > 0) return reasons;
  }
  return [];
}

function totalScores(
  cycles: readonly { plugin: Plugin; cycle: Cycle }[],
  nodes: readonly NodeInfo[],
): number[] {
  const totals = nodes.map(() => 0);
  for (const { plugin, cycle } of cycles) {
    if (cycle.score === undefined || plugin.weight === undefined) continue;
    const raw = nodes.map((info) => cycle.score?.(info) ?? 0);
    const scores = cycle.normalize?.(raw) ?? raw;
    scores.forEach((score, at) => {
      totals[at] = (totals[at] ?? 0) + score * (plugin.weight ?? 0);
    });
  }
  return totals;
}

function unfitMessage(nodes: number, reasons: ReadonlyMap<string, number>): string {
  const texts = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available: ${texts.join(', ')}.`;
}

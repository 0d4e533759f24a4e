import type { PodDisruptionBudget } from '@kubelab/api';
import type { NodeInfo } from '../framework/node-info.js';
import type { PodInfo } from '../framework/pod-info.js';
import { compileSelector, type Selector } from '../framework/selector.js';

/** Who would have to go, the most important first. */
export interface Victims {
  readonly victims: readonly PodInfo[];
  /** Victims whose disruption budget is exhausted. */
  readonly violations: number;
}

export interface Candidate extends Victims {
  readonly node: NodeInfo;
}

/** The more important first: by priority, then those that run longer. */
export function victimOrder(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  // Two that have not started are equal: infinity less infinity is no number.
  return a.startedMs === b.startedMs ? 0 : a.startedMs - b.startedMs;
}

/** A disruption budget made ready. */
export interface Budget {
  readonly namespace: string | undefined;
  readonly selector: Selector;
  /** Pods that the apiserver evicts already. */
  readonly disrupted: Readonly<Record<string, string>>;
  readonly allowed: number;
}

export function compileBudgets(budgets: readonly PodDisruptionBudget[]): Budget[] {
  return budgets.map(({ metadata, spec, status }) => ({
    namespace: metadata.namespace,
    selector: compileSelector(spec?.selector),
    disrupted: status?.disruptedPods ?? {},
    allowed: status?.disruptionsAllowed ?? 0,
  }));
}

/** Each pod uses one disruption of each budget that selects it; those beyond what is allowed are `violating`. */
export function splitByBudget(
  pods: readonly PodInfo[],
  budgets: readonly Budget[],
): { readonly violating: readonly PodInfo[]; readonly others: readonly PodInfo[] } {
  if (budgets.length === 0) return { violating: [], others: pods };
  const open = budgets.map((budget) => ({ ...budget }));
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const info of pods) {
    let isViolated = false;
    for (const budget of open) {
      if (budget.namespace !== info.namespace || budget.selector.isEmpty) continue;
      // One that the apiserver evicts already is not counted twice.
      if (!budget.selector.matches(info.labels) || info.pod.metadata.name in budget.disrupted) continue;
      budget.allowed -= 1;
      if (budget.allowed < 0) isViolated = true;
    }
    (isViolated ? violating : others).push(info);
  }
  return { violating, others };
}

/** Sums of priorities are of numbers that are not negative: two pods are never less than one. */
const priorityOffset = 2 ** 31;

/** Kubernetes' criteria in their order; the lower is better. */
const criteria: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => victims[0]?.priority ?? 0,
  ({ victims }) => victims.reduce((sum, { priority }) => sum + priority + priorityOffset, 0),
  ({ victims }) => victims.length,
  ({ victims }) => -earliestStartMs(victims),
];

/** Of the most important victims, when the first one started. */
function earliestStartMs(victims: readonly PodInfo[]): number {
  const highest = victims[0]?.priority;
  return Math.min(
    ...victims.filter(({ priority }) => priority === highest).map(({ startedMs }) => startedMs),
  );
}

export function pickCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let left = candidates;
  for (const criterion of criteria) {
    if (left.length <= 1) break;
    const values = left.map(criterion);
    let lowest = Number.POSITIVE_INFINITY;
    for (const value of values) if (value < lowest) lowest = value;
    left = left.filter((_candidate, at) => values[at] === lowest);
  }
  return left[0];
}

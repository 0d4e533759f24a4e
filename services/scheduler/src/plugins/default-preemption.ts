import { ApiError } from '@kubelab/api';
import type { FailedCycle, Handle, Plugin, PostFilterResult } from '../framework/contract.js';
import { fitMessage } from '../framework/fit-error.js';
import type { NodeInfo } from '../framework/node-info.js';
import type { PodInfo } from '../framework/pod-info.js';
import { type Refused, type Status, unresolvable } from '../framework/status.js';
import {
  type Budget,
  type Candidate,
  compileBudgets,
  pickCandidate,
  splitByBudget,
  type Victims,
  victimOrder,
} from './preemption-order.js';

const name = 'DefaultPreemption';
/** Victims of one preemption that are deleted at once. */
const deletionsMax = 16;
const noVictims = unresolvable(name, 'No preemption victims found for incoming pod');
const noHelp = unresolvable(name, 'Preemption is not helpful for scheduling');
const busy = unresolvable(name, 'waiting for the preemption for this pod to be finished');

export interface PreemptionArgs {
  /** Of the nodes where preemption may help, so many are tried at least, and no fewer than the absolute number. */
  readonly minCandidateNodesPercentage?: number;
  readonly minCandidateNodesAbsolute?: number;
}

/**
 * Room for a pod at the cost of less important ones
 * (https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/): on each node the fewest and
 * least important victims, then the best node. Victims are deleted beside the next cycles (KEP-4832); the pod is
 * nominated to the node and is not tried again before.
 */
export function defaultPreemption(args: PreemptionArgs, handle: Handle): Plugin {
  const running = new Set<string>();
  return {
    name,
    preEnqueue: ({ key }) => (running.has(key) ? busy : undefined),
    postFilter: (failed) => {
      const reason = notEligible(failed);
      if (reason !== undefined) return { nominatedNode: undefined, message: `preemption: ${reason}` };
      const { candidates, refusals } = findCandidates(failed, args, handle);
      const best = pickCandidate(candidates);
      if (best === undefined) return hopeless(failed, refusals);
      running.add(failed.pod.key);
      void evict(best, failed.pod, handle).finally(() => running.delete(failed.pod.key));
      return { nominatedNode: best.node.name, message: '' };
    },
    // Other plugins' hints bring the pod back once victims are gone; this one only has the gate.
    hints: [{ on: ['AssignedPod/Delete'], helps: ({ key }) => !running.has(key) }],
  };
}

function notEligible({ pod, snapshot, refusals }: FailedCycle): string | undefined {
  if (pod.pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.pod.status?.nominatedNodeName ?? '';
  if (nominated === '' || isFinal(refusals, nominated)) return undefined;
  const going = snapshot
    .node(nominated)
    ?.pods.some((other) => other.priority < pod.priority && isBeingPreempted(other));
  return going === true ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

function isFinal(refusals: readonly Refused[], nodeName: string): boolean {
  return refusals.some(({ node, status }) => node === nodeName && status.code === 'unresolvable');
}

function isBeingPreempted({ pod, terminating }: PodInfo): boolean {
  const target = pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return terminating && target?.status === 'True' && target.reason === 'PreemptionByScheduler';
}

/** The reasons of nodes that were tried, and one for all others. An earlier nomination is void. */
function hopeless({ snapshot }: FailedCycle, refusals: readonly Refused[]): PostFilterResult {
  const nodes = snapshot.nodes.length;
  const text = fitMessage({ nodes, refusals, absent: noHelp, refused: undefined });
  return { nominatedNode: '', message: `preemption: ${text}` };
}

function findCandidates(
  failed: FailedCycle,
  args: PreemptionArgs,
  handle: Handle,
): { candidates: Candidate[]; refusals: Refused[] } {
  const candidates: Candidate[] = [];
  const refusals: Refused[] = [];
  const names: string[] = [];
  for (const { node: name, status } of failed.refusals) {
    if (status.code === 'unschedulable') names.push(name);
  }
  if (names.length === 0) return { candidates, refusals };
  const { minCandidateNodesPercentage = 10, minCandidateNodesAbsolute = 100 } = args;
  const share = Math.floor((names.length * minCandidateNodesPercentage) / 100);
  const wanted = Math.min(names.length, Math.max(share, minCandidateNodesAbsolute));
  const offset = handle.random.int(names.length);
  const budgets = compileBudgets(handle.listers.disruptionBudgets.list());
  let harmless = 0;
  for (let at = 0; at < names.length; at += 1) {
    // Candidates that violate budgets count only when one that does not is there too.
    if (candidates.length >= wanted && harmless > 0) break;
    const node = failed.snapshot.node(names[(offset + at) % names.length] ?? '');
    if (node === undefined) continue;
    const victims = selectVictims(failed, node, budgets);
    if ('code' in victims) {
      refusals.push({ node: node.name, status: victims });
      continue;
    }
    candidates.push({ node, ...victims });
    if (victims.violations === 0) harmless += 1;
  }
  return { candidates, refusals };
}

/**
 * All less important pods are taken away; then, the most important first, those that may stay are put back:
 * first those whose budget would be violated.
 */
function selectVictims(
  failed: FailedCycle,
  original: NodeInfo,
  budgets: readonly Budget[],
): Victims | Status {
  const { pod } = failed;
  const potential = original.pods.filter(({ priority }) => priority < pod.priority);
  if (potential.length === 0) return noVictims;
  const node = original.clone();
  const away = new Set<PodInfo>();
  const remove = (victim: PodInfo) => {
    failed.removePod(victim, node);
    away.add(victim);
  };
  const putBack = (victim: PodInfo) => {
    failed.addPod(victim, node);
    away.delete(victim);
  };
  for (const victim of potential) remove(victim);
  try {
    const status = failed.filter(node);
    if (status !== undefined) return status;
    const { violating, others } = splitByBudget(potential.sort(victimOrder), budgets);
    const victims: PodInfo[] = [];
    let violations = 0;
    for (const victim of [...violating, ...others]) {
      putBack(victim);
      if (failed.filter(node) === undefined) continue;
      remove(victim);
      victims.push(victim);
      if (violating.includes(victim)) violations += 1;
    }
    return { victims: victims.sort(victimOrder), violations };
  } finally {
    // The cycle's counts are as they were.
    for (const victim of [...away]) putBack(victim);
  }
}

async function evict({ node, victims }: Candidate, preemptor: PodInfo, handle: Handle): Promise<void> {
  try {
    // Less important pods that were to come here look for another place at once.
    const outdone = handle.nominations
      .on(node.name)
      .filter(({ priority, key }) => priority < preemptor.priority && key !== preemptor.key);
    for (const other of outdone) await handle.actions.clearNomination(other);
    const waiting = victims.filter(({ terminating }) => !terminating);
    const deleteNext = async (): Promise<void> => {
      for (let victim = waiting.shift(); victim !== undefined; victim = waiting.shift())
        await handle.actions.preempt(victim, preemptor, node.name);
    };
    await Promise.all(Array.from({ length: Math.min(deletionsMax, waiting.length) }, deleteNext));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Nothing may ever happen on the node: the pod is tried again, and preempts anew.
    handle.activate(preemptor);
  }
}

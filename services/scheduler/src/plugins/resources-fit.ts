import { type Amounts, amountOf, asksForNothing, nodeAmounts } from '../framework/amounts.js';
import type { Plugin, PreFilterResult } from '../framework/contract.js';
import type { NodeInfo } from '../framework/node-info.js';
import { createPodInfo, type PodInfo } from '../framework/pod-info.js';
import type { Status } from '../framework/status.js';
import { defaultResources, type ResourceWeight, shares } from './resource-shares.js';

const name = 'NodeResourcesFit';

export interface ResourcesFitArgs {
  readonly ignoredResources?: readonly string[];
  /** Prefixes before the slash: `example.com`. */
  readonly ignoredResourceGroups?: readonly string[];
  readonly scoringStrategy?: ScoringStrategy;
}

export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources?: readonly ResourceWeight[];
  /** Utilization 0..100 with scores 0..10, ascending. */
  readonly shape?: readonly { readonly utilization: number; readonly score: number }[];
}

/** Made once for each combination of reasons: a cluster that is full refuses thousands of times. */
const statuses = new Map<string, Status>();
const statusesMax = 1_000;

/** The usual refusal is one reason: it is found without making a key of it. */
const single = new Map<string, Readonly<Record<'final' | 'open', Status>>>();

function refusal(reasons: readonly string[], isFinal: boolean): Status {
  const [only = ''] = reasons;
  if (reasons.length > 1) return combined(reasons, isFinal);
  let both = single.get(only);
  if (both === undefined) {
    both = { final: combined(reasons, true), open: combined(reasons, false) };
    if (single.size >= statusesMax) single.clear();
    single.set(only, both);
  }
  return isFinal ? both.final : both.open;
}

function combined(reasons: readonly string[], isFinal: boolean): Status {
  const key = `${isFinal}|${reasons.join('|')}`;
  const known = statuses.get(key);
  if (known !== undefined) return known;
  if (statuses.size >= statusesMax) statuses.clear();
  const status: Status = { code: isFinal ? 'unresolvable' : 'unschedulable', reasons, plugin: name };
  statuses.set(key, status);
  return status;
}

/** What does not fit. Beyond what the whole node has, no preemption helps: that is `unresolvable`. */
function check(wanted: Amounts, node: NodeInfo, ignored: (resource: string) => boolean): Status | undefined {
  const noPlace = node.podCount + 1 > node.podsMax;
  const noCpu = wanted.milliCpu > 0 && wanted.milliCpu > node.allocatableMilliCpu - node.milliCpu;
  const noMemory =
    wanted.memoryBytes > 0 && wanted.memoryBytes > node.allocatableMemoryBytes - node.memoryBytes;
  const noDisk =
    wanted.ephemeralBytes > 0 &&
    wanted.ephemeralBytes > node.allocatable.ephemeralBytes - node.ephemeralBytes;
  if (wanted.scalars === undefined && !noDisk && !noMemory && !noPlace) {
    if (!noCpu) return undefined;
    return wanted.milliCpu > node.allocatableMilliCpu ? neverCpu : tooLittleCpu;
  }
  const { allocatable } = node;
  const reasons: string[] = [];
  let isFinal = false;
  const short = (resource: string, amount: number, all: number) => {
    reasons.push(`Insufficient ${resource}`);
    isFinal ||= amount > all;
  };
  if (noPlace) reasons.push('Too many pods');
  if (noCpu) short('cpu', wanted.milliCpu, allocatable.milliCpu);
  if (noMemory) short('memory', wanted.memoryBytes, allocatable.memoryBytes);
  if (noDisk) short('ephemeral-storage', wanted.ephemeralBytes, allocatable.ephemeralBytes);
  for (const [resource, amount] of wanted.scalars ?? []) {
    if (amount === 0 || ignored(resource)) continue;
    const all = allocatable.scalars?.get(resource) ?? 0;
    if (amount > all - (node.scalars?.get(resource) ?? 0)) short(resource, amount, all);
  }
  return reasons.length === 0 ? undefined : refusal(reasons, isFinal);
}

/** Requests against what is left, and how full a node would be (KEP-2249 has the strategies). */
export function resourcesFit(args: ResourcesFitArgs = {}): Plugin {
  const resources = new Set(args.ignoredResources ?? []);
  const groups = new Set(args.ignoredResourceGroups ?? []);
  const ignored = (resource: string) =>
    resources.has(resource) || (groups.size > 0 && groups.has(resource.split('/', 1)[0] ?? ''));
  const strategy = args.scoringStrategy ?? { type: 'LeastAllocated' };
  const scored = strategy.resources ?? defaultResources;
  const rate = rater(strategy);
  return {
    name,
    preFilter: ({ requests }): PreFilterResult => {
      if (asksForNothing(requests)) return { filter: { filter: fullNode } };
      return { filter: { filter: (node) => check(requests, node, ignored) } };
    },
    preScore: (info) => ({ score: (node) => rate(shares(info, node, scored, 'withDefaults')) }),
    hints: [
      { on: ['AssignedPod/Delete'] },
      {
        on: ['AssignedPod/ScaleDown'],
        helps: (info, event) =>
          'pod' in event &&
          event.pod.before !== undefined &&
          event.pod.after !== undefined &&
          frees(info, createPodInfo(event.pod.before), createPodInfo(event.pod.after)),
      },
      { on: ['TargetPod/ScaleDown'] },
      {
        on: ['Node/Add', 'Node/UpdateAllocatable'],
        helps: ({ requests }, event) => {
          if (!('node' in event) || event.node.after === undefined) return false;
          const { amounts, podsMax } = nodeAmounts(event.node.after);
          const large = (resource: string, amount: number) =>
            ignored(resource) || amount <= amountOf(amounts, resource);
          return (
            podsMax > 0 &&
            requests.milliCpu <= amounts.milliCpu &&
            requests.memoryBytes <= amounts.memoryBytes &&
            requests.ephemeralBytes <= amounts.ephemeralBytes &&
            [...(requests.scalars ?? [])].every(([resource, amount]) => large(resource, amount))
          );
        },
      },
    ],
  };
}

const tooMany = refusal(['Too many pods'], false);
const tooLittleCpu = refusal(['Insufficient cpu'], false);
const neverCpu = refusal(['Insufficient cpu'], true);

function fullNode(node: NodeInfo): Status | undefined {
  return node.podCount + 1 > node.podsMax ? tooMany : undefined;
}

function frees({ requests }: PodInfo, before: PodInfo, after: PodInfo): boolean {
  const names = ['cpu', 'memory', 'ephemeral-storage', ...(requests.scalars?.keys() ?? [])];
  return names.some(
    (resource) =>
      amountOf(requests, resource) > 0 &&
      amountOf(after.requests, resource) < amountOf(before.requests, resource),
  );
}

type Shares = ReturnType<typeof shares>;

function rater({ type, shape }: ScoringStrategy): (all: Shares) => number {
  if (type === 'RequestedToCapacityRatio') return ratioRater(shape ?? []);
  const least = type === 'LeastAllocated';
  return (all) => {
    let sum = 0;
    let weights = 0;
    for (const { capacity, requested, weight } of all) {
      if (capacity === 0) continue;
      const used = Math.min(requested, capacity);
      const over = requested > capacity;
      const part = least ? (over ? 0 : capacity - used) : used;
      sum += Math.trunc((part * 100) / capacity) * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.trunc(sum / weights);
  };
}

/** A broken line through the points of the shape; scores of 0..10 become 0..100. */
function ratioRater(shape: readonly { utilization: number; score: number }[]): (all: Shares) => number {
  const points = shape.map(({ utilization, score }) => ({ utilization, score: score * 10 }));
  const last = points.at(-1)?.score ?? 0;
  const line = (utilization: number): number => {
    for (const [at, point] of points.entries()) {
      if (utilization > point.utilization) continue;
      const before = points[at - 1];
      if (before === undefined) return point.score;
      const slope = (point.score - before.score) * (utilization - before.utilization);
      return before.score + Math.trunc(slope / (point.utilization - before.utilization));
    }
    return last;
  };
  return (all) => {
    let sum = 0;
    let weights = 0;
    for (const { capacity, requested, weight } of all) {
      if (capacity === 0) continue;
      const utilization = requested > capacity ? 100 : Math.trunc((requested * 100) / capacity);
      const score = line(utilization);
      if (score <= 0) continue;
      sum += score * weight;
      weights += weight;
    }
    return weights === 0 ? 0 : Math.round(sum / weights);
  };
}

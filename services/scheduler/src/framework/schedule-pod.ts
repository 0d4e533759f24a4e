import type { Snapshot } from '../cache/snapshot.js';
import type { FailedCycle, NodeFilter, Nominations, Plugin } from './contract.js';
import { type Diagnosis, fitMessage } from './fit-error.js';
import type { NodeInfo } from './node-info.js';
import type { PodInfo } from './pod-info.js';
import type { Profile } from './profile.js';
import { type Scored, scoreNodes } from './score-nodes.js';
import { countStatuses, type Refused, type Status, unresolvable } from './status.js';

/** Of fewer nodes all are looked at (kube-scheduler minFeasibleNodesToFind). */
const feasibleMin = 100;
const percentageMin = 5;

export type Decision =
  | {
      readonly kind: 'fits';
      readonly node: NodeInfo;
      readonly feasible: readonly NodeInfo[];
      readonly refused: readonly Refused[];
      /** Undefined when one node only was left: nothing was scored. */
      readonly scored: Scored | undefined;
    }
  | {
      readonly kind: 'unfit';
      readonly message: string;
      readonly diagnosis: Diagnosis;
      /** Who refused: their hints tell when to try again. */
      readonly plugins: ReadonlySet<string>;
      readonly nominatedNode: string | undefined;
    }
  | { readonly kind: 'error'; readonly message: string; readonly plugin: string };

export interface CycleContext {
  readonly profile: Profile;
  readonly snapshot: Snapshot;
  readonly nominations: Nominations;
  readonly random: { int(maxExclusive: number): number };
  /** Where the search goes on: the next pod begins after the last node that this one looked at. */
  readonly start: { index: number };
  /** A question only: nothing is preempted. */
  readonly dryRun?: boolean;
}

/**
 * How many feasible nodes are enough (https://kubernetes.io/docs/concepts/scheduling-eviction/scheduler-perf-tuning/):
 * of 5,000 nodes 10 %, of more than 5,600 5 %.
 */
export function feasibleNodesWanted(nodes: number, percentage: number | undefined): number {
  if (nodes < feasibleMin) return nodes;
  const adaptive = Math.max(percentageMin, 50 - Math.floor(nodes / 125));
  const wanted = Math.floor((nodes * (percentage ?? adaptive)) / 100);
  return Math.min(nodes, Math.max(feasibleMin, wanted));
}

/**
 * The scheduling cycle: filter, score, choose. Synchronous; touches nothing but `start` and, through postFilter,
 * what preemption does.
 */
export function schedulePod(context: CycleContext, pod: PodInfo): Decision {
  const { profile, snapshot } = context;
  if (snapshot.nodes.length === 0) {
    const diagnosis = { nodes: 0, refusals: [], absent: undefined, refused: undefined };
    return {
      kind: 'unfit',
      message: 'no nodes available to schedule pods',
      diagnosis,
      plugins: new Set(),
      nominatedNode: undefined,
    };
  }
  const search = new Search(context, pod);
  const feasible = search.run();
  const refused = search.refusals;
  if (search.broken !== undefined) {
    const { reasons, plugin } = search.broken;
    return { kind: 'error', message: `running "${plugin}" plugin: ${reasons.join(', ')}`, plugin };
  }
  const [only] = feasible;
  if (only === undefined) return unfit(context, search);
  if (feasible.length === 1) return { kind: 'fits', node: only, feasible, refused, scored: undefined };
  const scored = scoreNodes(profile, pod, feasible, snapshot);
  return { kind: 'fits', node: best(feasible, scored.totals, context.random), feasible, refused, scored };
}

/** The highest total; of equals any, each as likely. */
function best(
  nodes: readonly NodeInfo[],
  totals: readonly number[],
  random: CycleContext['random'],
): NodeInfo {
  let highest = Number.NEGATIVE_INFINITY;
  let equals = 0;
  for (const total of totals) {
    if (total > highest) {
      highest = total;
      equals = 1;
    } else if (total === highest) equals += 1;
  }
  let left = equals > 1 ? random.int(equals) : 0;
  let found = totals.indexOf(highest);
  for (; left > 0; left -= 1) found = totals.indexOf(highest, found + 1);
  const node = nodes[found];
  if (node === undefined) throw new Error('a best node was asked of none');
  return node;
}

function unfit(context: CycleContext, search: Search): Decision {
  const { absent, refused, refusals } = search;
  const diagnosis = { nodes: context.snapshot.nodes.length, refusals, absent, refused };
  let message = fitMessage(diagnosis);
  let nominatedNode: string | undefined;
  const plugins = new Set([...countStatuses(refusals).keys()].map(({ plugin }) => plugin));
  for (const status of [absent, refused]) if (status !== undefined) plugins.add(status.plugin);
  if (context.dryRun !== true) {
    for (const plugin of context.profile.plugins.postFilter) {
      const result = plugin.postFilter?.(search.failed());
      if (result === undefined) continue;
      nominatedNode = result.nominatedNode;
      if (result.message !== '') message = `${message} ${result.message}`;
      if (nominatedNode !== undefined && nominatedNode !== '') break;
    }
  }
  return { kind: 'unfit', message, diagnosis, plugins, nominatedNode };
}

interface RunningFilter {
  readonly plugin: Plugin;
  readonly filter: NodeFilter;
}

/** preFilter and filter of one cycle. */
class Search {
  readonly #context: CycleContext;
  readonly #pod: PodInfo;
  readonly #filters: RunningFilter[] = [];
  #only: ReadonlySet<string> | undefined;
  readonly refusals: Refused[] = [];
  absent: Status | undefined;
  refused: Status | undefined;
  broken: Status | undefined;

  constructor(context: CycleContext, pod: PodInfo) {
    this.#context = context;
    this.#pod = pod;
  }

  /** The nodes that the pod fits. */
  run(): readonly NodeInfo[] {
    this.#preFilter();
    if (this.refused !== undefined || this.broken !== undefined) return [];
    const nominated = this.#nominated();
    return nominated === undefined ? this.#feasible() : [nominated];
  }

  #preFilter(): void {
    const { profile, snapshot } = this.#context;
    const limiting: string[] = [];
    for (const plugin of profile.plugins.preFilter) {
      const result = plugin.preFilter?.(this.#pod, snapshot);
      if (result === undefined) continue;
      if ('refused' in result) {
        if (result.refused.code === 'error') this.broken = result.refused;
        else this.refused = result.refused;
        return;
      }
      if (result.filter !== undefined && profile.plugins.filter.includes(plugin))
        this.#filters.push({ plugin, filter: result.filter });
      if (result.nodes === undefined) continue;
      limiting.push(plugin.name);
      const { nodes } = result;
      this.#only =
        this.#only === undefined ? nodes : new Set([...this.#only].filter((name) => nodes.has(name)));
    }
    const [first] = limiting;
    if (first !== undefined)
      this.absent = unresolvable(first, `node(s) didn't satisfy plugin(s) [${limiting.sort().join(' ')}]`);
  }

  /** A node that was made free for this pod is looked at first, and alone when it fits. */
  #nominated(): NodeInfo | undefined {
    const name = this.#context.nominations.nodeOf(this.#pod.key);
    const node = name === undefined ? undefined : this.#context.snapshot.node(name);
    if (node === undefined || this.#only?.has(node.name) === false) return undefined;
    return this.filter(node) === undefined ? node : undefined;
  }

  #feasible(): NodeInfo[] {
    const { snapshot, profile, start } = this.#context;
    const only = this.#only;
    const nodes =
      only === undefined
        ? snapshot.nodes
        : [...only].flatMap((name) => {
            const node = snapshot.node(name);
            return node === undefined ? [] : [node];
          });
    const wanted =
      profile.plugins.score.length === 0
        ? 1
        : feasibleNodesWanted(nodes.length, profile.percentageOfNodesToScore);
    const feasible: NodeInfo[] = [];
    const from = nodes.length === 0 ? 0 : start.index % nodes.length;
    let looked = 0;
    while (looked < nodes.length && feasible.length < wanted) {
      const node = nodes[(from + looked) % nodes.length];
      looked += 1;
      if (node === undefined) continue;
      const status = this.filter(node);
      if (status === undefined) feasible.push(node);
      else if (status.code === 'error') {
        this.broken = status;
        return [];
      } else this.refusals.push({ node: node.name, status });
    }
    if (only === undefined && nodes.length > 0) start.index = (from + looked) % nodes.length;
    return feasible;
  }

  /** With the pods that are nominated to the node and matter as much, then without: it must fit either way. */
  filter(node: NodeInfo): Status | undefined {
    const { nominations } = this.#context;
    if (nominations.size === 0) return this.#plain(node);
    const nominated = nominations.on(node.name);
    if (nominated.length === 0) return this.#plain(node);
    const others = nominated.filter((one) => one.key !== this.#pod.key && one.priority >= this.#pod.priority);
    if (others.length === 0) return this.#plain(node);
    const full = node.clone();
    for (const other of others) this.addPod(other, full);
    const status = this.#plain(full);
    for (const other of others) this.removePod(other, full);
    return status ?? this.#plain(node);
  }

  #plain(node: NodeInfo): Status | undefined {
    for (const { filter } of this.#filters) {
      const status = filter.filter(node);
      if (status !== undefined) return status;
    }
    return undefined;
  }

  addPod(added: PodInfo, node: NodeInfo): void {
    node.addPod(added);
    for (const { filter } of this.#filters) filter.addPod?.(added, node);
  }

  removePod(removed: PodInfo, node: NodeInfo): void {
    node.removePod(removed.key);
    for (const { filter } of this.#filters) filter.removePod?.(removed, node);
  }

  failed(): FailedCycle {
    return {
      pod: this.#pod,
      snapshot: this.#context.snapshot,
      refusals: this.refusals,
      filter: (node) => this.filter(node),
      addPod: (added, node) => this.addPod(added, node),
      removePod: (removed, node) => this.removePod(removed, node),
    };
  }
}

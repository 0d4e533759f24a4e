import type { NodeInfo } from '../framework/node-info.js';
import type { Decision } from '../framework/schedule-pod.js';
import type { Scored } from '../framework/score-nodes.js';
import type { Refused, Status } from '../framework/status.js';

/** Decisions that are remembered; the oldest goes. */
const decisionsMax = 1_000;
/** Up to so many nodes each is told with its scores; of more, the best few. */
const scoredMax = 100;
const scoredOfMany = 10;
/** Nodes named for one reason; of more, how many. */
const namedMax = 100;
const namedOfMany = 10;

/** What one scheduling cycle came to. Names, the plugins' texts and scores; nothing else of pods or nodes. */
export interface DecisionRecord {
  /** `default/web` */
  readonly pod: string;
  readonly timeMs: number;
  /** Of this cycle alone. */
  readonly tookMs: number;
  readonly attempt: number;
  readonly profile: string;
  readonly outcome: 'scheduled' | 'unschedulable' | 'error';
  /** The winner. */
  readonly node: string | undefined;
  /** Where others are made to leave for it. */
  readonly nominatedNode: string | undefined;
  readonly message: string;
  /** In the cluster; of them `looked` were looked at: a sample of a large cluster is enough. */
  readonly nodes: number;
  readonly looked: number;
  readonly feasible: number;
  readonly refused: readonly Refusal[];
  readonly scores: readonly NodeScore[];
}

export interface Refusal {
  readonly plugin: string;
  readonly reasons: readonly string[];
  readonly nodes: readonly string[];
  /** Further nodes with the same reasons. */
  readonly more: number;
}

export interface NodeScore {
  readonly node: string;
  readonly total: number;
  readonly plugins: readonly { readonly name: string; readonly score: number; readonly weight: number }[];
}

export interface DecisionHead {
  readonly pod: string;
  readonly timeMs: number;
  readonly tookMs: number;
  readonly attempt: number;
  readonly profile: string;
  readonly nodes: number;
}

export function describeDecision(head: DecisionHead, decision: Decision): DecisionRecord {
  switch (decision.kind) {
    case 'fits':
      return {
        ...head,
        outcome: 'scheduled',
        node: decision.node.name,
        nominatedNode: undefined,
        message: '',
        looked: decision.feasible.length + decision.refused.length,
        feasible: decision.feasible.length,
        refused: refusals(decision.refused),
        scores: bestScores(decision.feasible, decision.scored),
      };
    case 'unfit': {
      const { refusals: ofNodes, refused } = decision.diagnosis;
      const whole = refused === undefined ? [] : [{ ...wordsOf(refused), nodes: [], more: head.nodes }];
      return {
        ...head,
        outcome: 'unschedulable',
        node: undefined,
        nominatedNode: decision.nominatedNode === '' ? undefined : decision.nominatedNode,
        message: decision.message,
        looked: ofNodes.length,
        feasible: 0,
        refused: [...whole, ...refusals(ofNodes)],
        scores: [],
      };
    }
    case 'error':
      return {
        ...head,
        outcome: 'error',
        node: undefined,
        nominatedNode: undefined,
        message: decision.message,
        looked: 0,
        feasible: 0,
        refused: [],
        scores: [],
      };
    default:
      return decision satisfies never;
  }
}

/** A pod that was not tried at all: preEnqueue keeps it out of the queue. */
export function describeGate(head: DecisionHead, status: Status): DecisionRecord {
  return {
    ...head,
    outcome: 'unschedulable',
    node: undefined,
    nominatedNode: undefined,
    message: status.reasons.join(', '),
    looked: 0,
    feasible: 0,
    refused: [{ ...wordsOf(status), nodes: [], more: head.nodes }],
    scores: [],
  };
}

function wordsOf({ plugin, reasons }: Status): { plugin: string; reasons: readonly string[] } {
  return { plugin, reasons };
}

/** Nodes by what was said of them. */
function refusals(refused: readonly Refused[]): Refusal[] {
  const limit = refused.length <= namedMax ? namedMax : namedOfMany;
  const groups = new Map<Status, { nodes: string[]; more: number }>();
  let last: Status | undefined;
  let group = { nodes: [] as string[], more: 0 };
  for (const { node, status } of refused) {
    if (status !== last) {
      last = status;
      group = groups.get(status) ?? { nodes: [], more: 0 };
      groups.set(status, group);
    }
    if (group.nodes.length < limit) group.nodes.push(node);
    else group.more += 1;
  }
  return [...groups].map(([status, group]) => ({ ...wordsOf(status), ...group }));
}

/** The best first. */
function bestScores(nodes: readonly NodeInfo[], scored: Scored | undefined): NodeScore[] {
  if (scored === undefined) return [];
  const { totals, plugins } = scored;
  const limit = nodes.length <= scoredMax ? scoredMax : scoredOfMany;
  const best: number[] = [];
  for (let at = 0; at < nodes.length; at += 1) {
    const total = totals[at] ?? 0;
    if (best.length === limit && total <= (totals[best[limit - 1] ?? 0] ?? 0)) continue;
    let place = best.length;
    while (place > 0 && (totals[best[place - 1] ?? 0] ?? 0) < total) place -= 1;
    best.splice(place, 0, at);
    if (best.length > limit) best.pop();
  }
  return best.map((at) => ({
    node: nodes[at]?.name ?? '',
    total: totals[at] ?? 0,
    plugins: plugins.map(({ name, weight, scores }) => ({ name, score: scores[at] ?? 0, weight })),
  }));
}

/** The last decisions, one ring for all pods. */
export class DecisionLog {
  readonly #records: DecisionRecord[] = [];
  #next = 0;

  add(record: DecisionRecord): void {
    this.#records[this.#next] = record;
    this.#next = (this.#next + 1) % decisionsMax;
  }

  /** Of one pod, the latest first. */
  of(pod: string): DecisionRecord[] {
    return this.#records
      .filter((record) => record.pod === pod)
      .sort((a, b) => b.timeMs - a.timeMs || b.attempt - a.attempt);
  }
}

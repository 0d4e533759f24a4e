import { countStatuses, type Refused, type Status } from './status.js';

/** How many characters of a message an Event and a condition take (kube-scheduler's truncateMessage). */
const messageMax = 1_024;
const cut = ' ...';

export interface Diagnosis {
  readonly nodes: number;
  readonly refusals: readonly Refused[];
  /** Of nodes that were not looked at. */
  readonly absent: Status | undefined;
  /** preFilter said so of the pod itself. */
  readonly refused: Status | undefined;
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` */
export function fitMessage(diagnosis: Diagnosis): string {
  const head = `0/${diagnosis.nodes} nodes are available:`;
  if (diagnosis.refused !== undefined) return `${head} ${diagnosis.refused.reasons.join(', ')}.`;
  const counts = new Map<string, number>();
  const add = (status: Status, nodes: number) => {
    for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + nodes);
  };
  for (const [status, nodes] of countStatuses(diagnosis.refusals)) add(status, nodes);
  const absent = diagnosis.nodes - diagnosis.refusals.length;
  if (absent > 0 && diagnosis.absent !== undefined) add(diagnosis.absent, absent);
  // As text, as Kubernetes sorts them: `10 x` is before `2 y`.
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return reasons.length === 0 ? head : `${head} ${reasons.join(', ')}.`;
}

export function truncated(message: string): string {
  return message.length <= messageMax ? message : `${message.slice(0, messageMax - cut.length)}${cut}`;
}

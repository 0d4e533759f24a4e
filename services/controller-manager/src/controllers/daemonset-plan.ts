import type { DaemonSet, Node, Pod, Toleration } from '@kubelab/api';
import { fitsNode, untolerated } from '../common/node-match.js';
import { resolvePercent } from '../common/percent.js';
import { availability } from '../pods.js';

const tolerated: readonly (readonly [key: string, effect: string])[] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];

/** A daemon stays where it is when its node has trouble, and starts on nodes that are cordoned. */
export function withDaemonTolerations(pod: Pod): Toleration[] {
  const network =
    pod.spec?.hostNetwork === true ? [['node.kubernetes.io/network-unavailable', 'NoSchedule'] as const] : [];
  const own = pod.spec?.tolerations ?? [];
  const missing = [...tolerated, ...network].filter(
    ([key, effect]) =>
      !own.some((one) => one.key === key && one.effect === effect && one.operator === 'Exists'),
  );
  return [...own, ...missing.map(([key, effect]) => ({ key, operator: 'Exists', effect }))];
}

/** The pod bound to one node, whatever its own required affinity said: that was asked of the node already. */
export function pinned(pod: Pod, nodeName: string): Pod {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }];
  const terms =
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  // Kubernetes replaces matchFields in every term and keeps their expressions.
  const nodeSelectorTerms =
    terms === undefined || terms.length === 0
      ? [{ matchFields }]
      : terms.map((term) => ({ ...term, matchFields }));
  if (pod.spec === undefined) return pod;
  const nodeAffinity = {
    ...pod.spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
  };
  const affinity = { ...pod.spec.affinity, nodeAffinity };
  return { ...pod, spec: { ...pod.spec, affinity, tolerations: withDaemonTolerations(pod) } };
}

/** Whether a node is to have a daemon, and whether one that is there may stay. `pod`: the template as a pod. */
export function judgeNode(pod: Pod, node: Node): { shouldRun: boolean; mayStay: boolean } {
  if (!fitsNode(pod, node)) return { shouldRun: false, mayStay: false };
  const tolerations = withDaemonTolerations(pod);
  const refusals = untolerated(node.spec?.taints, tolerations, ['NoExecute', 'NoSchedule']);
  return {
    shouldRun: refusals.length === 0,
    mayStay: refusals.every((taint) => taint.effect !== 'NoExecute'),
  };
}

export interface DaemonPlan {
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
  /** Those of `remove` that ended by themselves. */
  readonly ended: readonly Pod[];
}

const byAge = (a: Pod, b: Pod): number =>
  (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1;
const isEnded = ({ status }: Pod): boolean => status?.phase === 'Failed' || status?.phase === 'Succeeded';
const isGoing = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

/** One daemon on each node that is to have one; of several the oldest stays (two during a surge). Pure. */
export function planDaemons(
  set: DaemonSet,
  template: Pod,
  nodes: readonly Node[],
  byNode: ReadonlyMap<string, readonly Pod[]>,
  isUpdated: (pod: Pod) => boolean,
  nowMs: number,
): DaemonPlan {
  const create: string[] = [];
  const remove: Pod[] = [];
  const ended: Pod[] = [];
  const known = new Set(nodes.map(({ metadata }) => metadata.name));
  for (const node of nodes) {
    const pods = byNode.get(node.metadata.name) ?? [];
    const { shouldRun, mayStay } = judgeNode(template, node);
    if (!mayStay) {
      remove.push(...pods.filter((pod) => !isGoing(pod)));
      continue;
    }
    const staying = pods.filter((pod) => !isGoing(pod));
    const failed = staying.filter(isEnded);
    ended.push(...failed);
    remove.push(...failed);
    const running = staying.filter((pod) => !isEnded(pod)).sort(byAge);
    // A daemon that is going holds its node: its successor comes when it is gone.
    if (pods.length === 0 && shouldRun) create.push(node.metadata.name);
    remove.push(...surplus(set, running, isUpdated, nowMs));
  }
  for (const [nodeName, pods] of byNode)
    if (nodeName !== '' && !known.has(nodeName)) remove.push(...pods.filter((pod) => !isGoing(pod)));
  return { create, remove, ended };
}

/** With a surge the old daemon stays until the new one is available; the oldest of each kind is kept. */
function surplus(
  set: DaemonSet,
  running: readonly Pod[],
  isUpdated: (pod: Pod) => boolean,
  nowMs: number,
): Pod[] {
  if (running.length < 2) return [];
  if (surgeMaxOf(set, 1) === 0) return running.slice(1);
  const [fresh, ...moreFresh] = running.filter(isUpdated);
  const [, ...moreOld] = running.filter((pod) => !isUpdated(pod));
  const old = running.find((pod) => !isUpdated(pod));
  const extra = [...moreFresh, ...moreOld];
  if (fresh === undefined || old === undefined) return extra;
  const isAvailable = availability(fresh, set.spec?.minReadySeconds ?? 0, nowMs).available;
  return isAvailable ? [...extra, old] : extra;
}

function surgeMaxOf(set: DaemonSet, desired: number): number {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return 0;
  return resolvePercent(rollingUpdate?.maxSurge ?? 0, desired, Math.ceil);
}

/** Next steps of a rolling update over the nodes that are to have a daemon. Pure. */
export function planDaemonUpdate(
  set: DaemonSet,
  wanted: ReadonlyMap<string, readonly Pod[]>,
  isUpdated: (pod: Pod) => boolean,
  nowMs: number,
): { readonly create: readonly string[]; readonly remove: readonly Pod[] } {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return { create: [], remove: [] };
  const desired = wanted.size;
  const surgeMax = surgeMaxOf(set, desired);
  const unavailableMax = resolvePercent(rollingUpdate?.maxUnavailable ?? 1, desired, Math.ceil);
  const minReady = set.spec?.minReadySeconds ?? 0;
  const isAvailable = (pod: Pod) => !isGoing(pod) && availability(pod, minReady, nowMs).available;
  const states = [...wanted].map(([node, pods]) => ({
    node,
    old: pods.find((pod) => !isUpdated(pod) && !isGoing(pod)),
    fresh: pods.find((pod) => isUpdated(pod) && !isGoing(pod)),
    isServed: pods.some(isAvailable),
  }));
  if (surgeMax > 0) {
    const surging = states.filter(({ old, fresh }) => old !== undefined && fresh !== undefined).length;
    const waiting = states.filter(({ old, fresh }) => old !== undefined && fresh === undefined);
    // A node whose old daemon does not serve loses nothing by losing it.
    const useless = waiting.filter(({ isServed }) => !isServed).map(({ node }) => node);
    const room = Math.max(0, surgeMax - surging);
    const others = waiting.filter(({ isServed }) => isServed).map(({ node }) => node);
    return { create: [...useless, ...others.slice(0, room)], remove: [] };
  }
  const outdated = states.flatMap(({ old, fresh }) =>
    old !== undefined && fresh === undefined ? [old] : [],
  );
  const useless = outdated.filter((pod) => !isAvailable(pod));
  const serving = outdated.filter(isAvailable);
  const away = states.filter(({ isServed }) => !isServed).length;
  return {
    create: [],
    remove: [...useless, ...serving.slice(0, Math.max(0, Math.max(1, unavailableMax) - away))],
  };
}

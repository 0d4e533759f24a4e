import type { Pod, StatefulSet } from '@kubelab/api';
import { resolvePercent } from '../common/percent.js';
import { revisionHashLabel } from '../common/revisions.js';
import { availability, isReady } from '../pods.js';

/** Which pod of a StatefulSet one is: the number at the end of its name. Undefined for a name that is none of its. */
export function ordinalOf(set: StatefulSet, podName: string): number | undefined {
  const prefix = `${set.metadata.name}-`;
  const rest = podName.startsWith(prefix) ? podName.slice(prefix.length) : '';
  return /^(0|[1-9]\d*)$/.test(rest) ? Number(rest) : undefined;
}

export interface Slot {
  readonly ordinal: number;
  readonly pod: Pod | undefined;
}

export interface Layout {
  /** From the start ordinal up, one for each replica that is wanted. */
  readonly slots: readonly Slot[];
  /** Pods beyond, the highest ordinal first: they go in this order. */
  readonly condemned: readonly (Slot & { readonly pod: Pod })[];
}

export function layOut(set: StatefulSet, pods: readonly Pod[]): Layout {
  const start = set.spec?.ordinals?.start ?? 0;
  const end = start + (set.spec?.replicas ?? 1);
  const byOrdinal = new Map<number, Pod>();
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod.metadata.name);
    if (ordinal !== undefined) byOrdinal.set(ordinal, pod);
  }
  const slots = Array.from({ length: end - start }, (_, at) => ({
    ordinal: start + at,
    pod: byOrdinal.get(start + at),
  }));
  const condemned = [...byOrdinal]
    .filter(([ordinal]) => ordinal < start || ordinal >= end)
    .sort(([a], [b]) => b - a)
    .map(([ordinal, pod]) => ({ ordinal, pod }));
  return { slots, condemned };
}

export type Step =
  | { readonly do: 'create'; readonly ordinal: number }
  /** It ended by itself: it is deleted so that it can be made anew. */
  | { readonly do: 'replace'; readonly pod: Pod }
  | { readonly do: 'delete'; readonly pod: Pod };

export const isTerminating = (pod: Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
const isEnded = (pod: Pod): boolean =>
  !isTerminating(pod) && (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded');
/** Running, ready and staying. */
const isHealthy = (pod: Pod): boolean =>
  pod.status?.phase === 'Running' && isReady(pod) && !isTerminating(pod);

/**
 * What to do now (Kubernetes' stateful_set_control). Ordered, one pod at a time is moved, upwards when they are
 * made, downwards when they go, and only past pods that are ready; Parallel moves them all. Pure.
 */
export function planStatefulSet(
  set: StatefulSet,
  layout: Layout,
  revisions: { readonly update: string },
  nowMs: number,
): Step[] {
  const ordered = set.spec?.podManagementPolicy !== 'Parallel';
  const minReady = set.spec?.minReadySeconds ?? 0;
  const steps: Step[] = [];
  for (const { ordinal, pod } of layout.slots) {
    if (pod === undefined) steps.push({ do: 'create', ordinal });
    else if (isEnded(pod)) steps.push({ do: 'replace', pod });
    else if (isHealthy(pod) && availability(pod, minReady, nowMs).available) continue;
    if (ordered) return steps;
  }
  const firstUnhealthy = [...layout.slots, ...[...layout.condemned].reverse()].find(
    ({ pod }) => pod !== undefined && !isHealthy(pod),
  )?.pod;
  for (const { pod } of layout.condemned) {
    if (isTerminating(pod)) {
      if (ordered) return steps;
      continue;
    }
    // Going down over an unhealthy pod would leave two of them away at once.
    if (ordered && !isHealthy(pod) && pod !== firstUnhealthy) return steps;
    steps.push({ do: 'delete', pod });
    if (ordered) return steps;
  }
  return [...steps, ...planUpdate(set, layout, revisions.update, nowMs)];
}

/** Pods of another revision, the highest ordinal first, as many at once as may be unavailable. */
function planUpdate(set: StatefulSet, layout: Layout, update: string, nowMs: number): Step[] {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  const start = set.spec?.ordinals?.start ?? 0;
  const partition = Math.max(start, rollingUpdate?.partition ?? 0);
  const total = set.spec?.replicas ?? 1;
  const most = Math.max(1, resolvePercent(rollingUpdate?.maxUnavailable ?? 1, total, Math.ceil));
  const minReady = set.spec?.minReadySeconds ?? 0;
  let away = 0;
  const steps: Step[] = [];
  for (const { ordinal, pod } of [...layout.slots].reverse()) {
    if (ordinal < partition || pod === undefined || away >= most) break;
    const current = pod.metadata.labels?.[revisionHashLabel] === update;
    if (!current && !isTerminating(pod)) {
      steps.push({ do: 'delete', pod });
      away += 1;
    } else if (!isHealthy(pod) || !availability(pod, minReady, nowMs).available) away += 1;
  }
  return steps;
}

/**
 * Whether a pod of this ordinal that is made now is of the current revision or already of the update: during a
 * rolling update those below the partition, or that the update has not come to, stay what they were.
 */
export function needsCurrentRevision(set: StatefulSet, ordinal: number, currentReplicas: number): boolean {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return false;
  const start = set.spec?.ordinals?.start ?? 0;
  const partition = rollingUpdate?.partition;
  return partition === undefined || partition === 0
    ? ordinal < start + currentReplicas
    : ordinal < start + partition;
}

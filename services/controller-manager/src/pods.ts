import type { Pod } from '@kubelab/api';

export function isActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return pod.metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed';
}

export function readyCondition(pod: Pod) {
  return pod.status?.conditions?.find((condition) => condition.type === 'Ready');
}

export function isReady(pod: Pod): boolean {
  return readyCondition(pod)?.status === 'True';
}

/** Ready for at least minReadySeconds. Gives the time until it is, when it is ready and not yet available. */
export function availability(
  pod: Pod,
  minReadySeconds: number,
  nowMs: number,
): { available: boolean; inMs?: number } {
  const condition = readyCondition(pod);
  if (condition?.status !== 'True') return { available: false };
  const sinceMs = nowMs - Date.parse(condition.lastTransitionTime ?? '');
  const neededMs = minReadySeconds * 1000;
  if (neededMs === 0 || sinceMs >= neededMs) return { available: true };
  return { available: false, inMs: neededMs - sinceMs };
}

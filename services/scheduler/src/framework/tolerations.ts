import type { Taint, Toleration } from '@kubelab/api';

/**
 * Whether a toleration covers a taint (corev1 ToleratesTaint): an empty key with Exists covers every key, an
 * empty effect every effect.
 */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if ((toleration.effect ?? '') !== '' && toleration.effect !== taint.effect) return false;
  if ((toleration.key ?? '') !== '' && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return (toleration.key ?? '') !== '' && (toleration.value ?? '') === (taint.value ?? '');
}

/** The first taint that keeps pods away and is not tolerated. */
export function untoleratedTaint(
  tolerations: readonly Toleration[],
  taints: readonly Taint[] | undefined,
): Taint | undefined {
  if (taints === undefined) return undefined;
  for (const taint of taints) {
    if (taint.effect !== 'NoSchedule' && taint.effect !== 'NoExecute') continue;
    if (!tolerations.some((one) => tolerates(one, taint))) return taint;
  }
  return undefined;
}

import { type Taint, type Toleration, tolerates } from '@kubelab/api';

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

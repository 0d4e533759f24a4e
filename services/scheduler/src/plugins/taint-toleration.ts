import type { Pod, Taint, Toleration } from '@kubelab/api';
import { type Cycle, fits, normalizeToMax, type Plugin } from '../framework/framework.js';

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

function untolerated(pod: Pod, taints: readonly Taint[] | undefined, effects: readonly string[]): Taint[] {
  const tolerations = pod.spec?.tolerations ?? [];
  return (taints ?? []).filter(
    (taint) => effects.includes(taint.effect) && !tolerations.some((one) => tolerates(one, taint)),
  );
}

export const taintToleration: Plugin = {
  name: 'TaintToleration',
  weight: 3,
  begin: (pod): Cycle => ({
    filter: ({ node }) => {
      const [taint] = untolerated(pod, node.spec?.taints, ['NoSchedule', 'NoExecute']);
      return taint === undefined
        ? fits
        : [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`];
    },
    score: ({ node }) => untolerated(pod, node.spec?.taints, ['PreferNoSchedule']).length,
    normalize: (scores) => normalizeToMax(scores, true),
  }),
};

import { type Pod, podKind, type Toleration } from '@kubelab/api';
import type { AdmissionPlugin, PluginParts } from '../contract.js';

/** On updates too: an applied list of tolerations replaces the one that has these in it. */
export function defaultTolerationSeconds({ defaultTolerationSeconds }: PluginParts): AdmissionPlugin {
  return {
    name: 'DefaultTolerationSeconds',
    admit: ({ kind, object, subresource }) => {
      if (kind !== podKind || subresource !== '') return;
      const { spec } = object as Pod;
      if (spec === undefined) return;
      const tolerations = spec.tolerations ?? [];
      for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
        if (tolerations.some((one) => toleratesEviction(one, key))) continue;
        const tolerationSeconds = defaultTolerationSeconds;
        tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds });
      }
      spec.tolerations = tolerations;
    },
  };
}

function toleratesEviction(toleration: Toleration, key: string): boolean {
  const keyFits = toleration.key === key || (toleration.key ?? '') === '';
  return keyFits && (toleration.effect === 'NoExecute' || (toleration.effect ?? '') === '');
}

import { type Toleration, tolerates } from '@kubelab/api';
import type { Plugin, PreFilterResult } from '../framework/contract.js';
import { unresolvable } from '../framework/status.js';

const name = 'NodeUnschedulable';
const cordoned = unresolvable(name, 'node(s) were unschedulable');
const cordonTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

const toleratesCordon = (tolerations: readonly Toleration[] | undefined) =>
  (tolerations ?? []).some((one) => tolerates(one, cordonTaint));

/** A cordoned node takes only pods that tolerate the taint that goes with it. */
export function nodeUnschedulable(): Plugin {
  return {
    name,
    preFilter: ({ pod }): PreFilterResult | undefined => {
      if (toleratesCordon(pod.spec?.tolerations)) return undefined;
      return { filter: { filter: ({ unschedulable }) => (unschedulable ? cordoned : undefined) } };
    },
    hints: [
      {
        on: ['Node/Add', 'Node/UpdateTaint'],
        helps: (_pod, event) => 'node' in event && event.node.after?.spec?.unschedulable !== true,
      },
      {
        on: ['TargetPod/UpdateToleration'],
        helps: (_info, event) => 'pod' in event && toleratesCordon(event.pod.after?.spec?.tolerations),
      },
    ],
  };
}

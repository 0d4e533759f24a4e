import { type Taint, type Toleration, tolerates } from '@kubelab/api';
import type { Plugin, PreFilterResult } from '../framework/contract.js';
import { normalizeToMax } from '../framework/score-nodes.js';
import { type Status, unresolvable } from '../framework/status.js';
import { untoleratedTaint } from '../framework/tolerations.js';

const name = 'TaintToleration';
/** One status per taint, made once: a thousand nodes may have it. When full it starts anew. */
const statusesMax = 1_000;
const statuses = new Map<string, Status>();

function refusal({ key, value = '' }: Taint): Status {
  const text = `node(s) had untolerated taint {${key}: ${value}}`;
  const known = statuses.get(text);
  if (known !== undefined) return known;
  if (statuses.size >= statusesMax) statuses.clear();
  const status = unresolvable(name, text);
  statuses.set(text, status);
  return status;
}

function disliked(tolerations: readonly Toleration[], taints: readonly Taint[] | undefined): number {
  if (taints === undefined) return 0;
  let count = 0;
  for (const taint of taints) {
    if (taint.effect === 'PreferNoSchedule' && !tolerations.some((one) => tolerates(one, taint))) count += 1;
  }
  return count;
}

export function taintToleration(): Plugin {
  return {
    name,
    preFilter: ({ pod }): PreFilterResult => {
      const tolerations = pod.spec?.tolerations ?? [];
      return {
        filter: {
          filter: ({ hardTaints }) => {
            if (hardTaints === undefined) return undefined;
            const taint = untoleratedTaint(tolerations, hardTaints);
            return taint === undefined ? undefined : refusal(taint);
          },
        },
      };
    },
    preScore: ({ pod }, nodes) => {
      // Without such taints all nodes are equally good.
      if (nodes.every(({ softTaints }) => softTaints === undefined)) return undefined;
      const tolerations = pod.spec?.tolerations ?? [];
      return {
        score: ({ softTaints }) => disliked(tolerations, softTaints),
        normalize: (scores) => normalizeToMax(scores, true),
      };
    },
    hints: [
      {
        on: ['Node/Add', 'Node/UpdateTaint'],
        helps: ({ pod }, event) =>
          'node' in event &&
          untoleratedTaint(pod.spec?.tolerations ?? [], event.node.after?.spec?.taints) === undefined,
      },
      { on: ['TargetPod/UpdateToleration'] },
    ],
  };
}

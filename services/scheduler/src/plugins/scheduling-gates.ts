import type { Plugin } from '../framework/contract.js';
import { unresolvable } from '../framework/status.js';

const name = 'SchedulingGates';
const gated = unresolvable(name, 'Scheduling is blocked due to non-empty scheduling gates');

/** KEP-3521: a pod with gates is not queued until the last of them is taken away. */
export function schedulingGates(): Plugin {
  return {
    name,
    preEnqueue: ({ pod }) => ((pod.spec?.schedulingGates ?? []).length === 0 ? undefined : gated),
    hints: [{ on: ['TargetPod/GatesEliminated'] }],
  };
}

import { type Pod, qosClass } from '@kubelab/api';
import type { Strategy } from '../strategy.js';

export const podStrategy: Strategy = {
  /** A pod begins Pending, whatever a client says of it. */
  prepareCreate: (object) => {
    const { spec } = object as Pod;
    object.status = { phase: 'Pending', ...(spec === undefined ? {} : { qosClass: qosClass(spec) }) };
  },
  decideDelete: (object, requested) => {
    const { spec, status } = object as Pod;
    const unscheduled = (spec?.nodeName ?? '') === '';
    const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
    const wanted = requested ?? spec?.terminationGracePeriodSeconds ?? 30;
    // Nobody runs it: there is nothing to wait for.
    return { graceSeconds: unscheduled || finished ? 0 : Math.max(0, wanted), held: false };
  },
};

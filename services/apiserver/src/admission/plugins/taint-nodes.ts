import { isObject, nodeKind } from '@kubelab/api';
import type { AdmissionPlugin } from '../contract.js';

const key = 'node.kubernetes.io/not-ready';

/** A node is not ready before its kubelet has said so: nothing is to be scheduled to it. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  admit: ({ operation, kind, object }) => {
    if (operation !== 'CREATE' || kind !== nodeKind) return;
    const spec = isObject(object.spec) ? object.spec : {};
    const taints = Array.isArray(spec.taints) ? spec.taints : [];
    if (!taints.some((taint) => isObject(taint) && taint.key === key))
      taints.push({ key, effect: 'NoSchedule' });
    object.spec = { ...spec, taints };
  },
};

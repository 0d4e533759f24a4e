import type { Plugin } from '../framework/framework.js';
import { interPodAffinity } from './inter-pod-affinity.js';
import { nodeAffinity, nodeName, nodeUnschedulable } from './node-selection.js';
import { balancedAllocation, nodePorts, resourcesFit } from './resources.js';
import { taintToleration } from './taint-toleration.js';
import { topologySpread } from './topology-spread.js';

const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue: (pod) =>
    (pod.spec?.schedulingGates ?? []).length === 0
      ? undefined
      : { reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' },
};

/** The default profile: plugins in the order in which they run, with Kubernetes' weights. */
export const defaultPlugins: readonly Plugin[] = [
  schedulingGates,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  resourcesFit,
  topologySpread,
  interPodAffinity,
  balancedAllocation,
];

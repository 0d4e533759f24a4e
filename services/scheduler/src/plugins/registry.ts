import type { Handle, Plugin } from '../framework/contract.js';
import { balancedAllocation } from './balanced-allocation.js';
import { defaultBinder } from './default-binder.js';
import { defaultPreemption } from './default-preemption.js';
import { imageLocality } from './image-locality.js';
import { interPodAffinity } from './inter-pod-affinity.js';
import { nodeAffinity } from './node-affinity.js';
import { nodeName } from './node-name.js';
import { nodePorts } from './node-ports.js';
import { nodeUnschedulable } from './node-unschedulable.js';
import * as args from './plugin-args.js';
import { prioritySort } from './priority-sort.js';
import { resourcesFit } from './resources-fit.js';
import { schedulingGates } from './scheduling-gates.js';
import { taintToleration } from './taint-toleration.js';
import { topologySpread } from './topology-spread.js';
import { volumeBinding } from './volume-binding.js';
import { volumeLimits } from './volume-limits.js';
import { volumeRestrictions } from './volume-restrictions.js';
import { volumeZone } from './volume-zone.js';

/** Makes a plugin of its args as they stand in a configuration; undefined where they say nothing of it. */
export type PluginFactory = (args: args.Args, handle: Handle) => Plugin;

/** Every plugin, in the order in which the default profile runs them, with Kubernetes' weights. */
export const registry: readonly {
  readonly name: string;
  readonly weight?: number;
  readonly create: PluginFactory;
}[] = [
  { name: 'SchedulingGates', create: schedulingGates },
  { name: 'PrioritySort', create: prioritySort },
  { name: 'NodeUnschedulable', create: nodeUnschedulable },
  { name: 'NodeName', create: nodeName },
  { name: 'TaintToleration', weight: 3, create: taintToleration },
  { name: 'NodeAffinity', weight: 2, create: (own) => nodeAffinity(args.nodeAffinityArgs(own)) },
  { name: 'NodePorts', create: nodePorts },
  { name: 'NodeResourcesFit', weight: 1, create: (own) => resourcesFit(args.resourcesFitArgs(own)) },
  { name: 'VolumeRestrictions', create: (_own, handle) => volumeRestrictions(handle) },
  { name: 'NodeVolumeLimits', create: (_own, handle) => volumeLimits(handle) },
  { name: 'VolumeBinding', create: (own, handle) => volumeBinding(args.volumeBindingArgs(own), handle) },
  { name: 'VolumeZone', create: (_own, handle) => volumeZone(handle) },
  {
    name: 'PodTopologySpread',
    weight: 2,
    create: (own, handle) => topologySpread(args.topologySpreadArgs(own), handle),
  },
  {
    name: 'InterPodAffinity',
    weight: 2,
    create: (own, handle) => interPodAffinity(args.interPodAffinityArgs(own), handle),
  },
  { name: 'DefaultPreemption', create: (own, handle) => defaultPreemption(args.preemptionArgs(own), handle) },
  {
    name: 'NodeResourcesBalancedAllocation',
    weight: 1,
    create: (own) => balancedAllocation(args.balancedAllocationArgs(own)),
  },
  { name: 'ImageLocality', weight: 1, create: imageLocality },
  { name: 'DefaultBinder', create: (_own, handle) => defaultBinder(handle) },
];

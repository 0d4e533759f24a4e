import { amountOf } from '../framework/amounts.js';
import type { NodeInfo } from '../framework/node-info.js';
import type { PodInfo } from '../framework/pod-info.js';

export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

export const defaultResources: readonly ResourceWeight[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

export interface Share {
  capacity: number;
  requested: number;
  weight: number;
}

/** Shares are overwritten by the next call: a score is worked out of them at once, nothing is allocated. */
const pool: Share[] = [];
const poolLists = new Map<number, Share[]>();

function pooled(length: number): Share[] {
  let list = poolLists.get(length);
  if (list === undefined) {
    while (pool.length < length) pool.push({ capacity: 0, requested: 0, weight: 0 });
    list = pool.slice(0, length);
    poolLists.set(length, list);
  }
  return list;
}

/**
 * With the pod on the node, how much of each resource would be taken. `withDefaults`: containers that ask for
 * nothing count as something, so that they do not pile up on one node. An extended resource counts only for pods
 * that ask for it: else its capacity is 0.
 */
export function shares(
  info: PodInfo,
  node: NodeInfo,
  resources: readonly ResourceWeight[],
  count: 'withDefaults' | 'asRequested',
): readonly Share[] {
  const list = pooled(resources.length);
  const own = count === 'withDefaults' ? info.scoredRequests : info.requests;
  for (let at = 0; at < resources.length; at += 1) {
    const resource = resources[at];
    const share = list[at];
    if (resource === undefined || share === undefined) continue;
    share.weight = resource.weight;
    if (resource.name === 'cpu') {
      share.capacity = node.allocatableMilliCpu;
      share.requested = (count === 'withDefaults' ? node.scoredMilliCpu : node.milliCpu) + own.milliCpu;
    } else if (resource.name === 'memory') {
      share.capacity = node.allocatableMemoryBytes;
      share.requested =
        (count === 'withDefaults' ? node.scoredMemoryBytes : node.memoryBytes) + own.memoryBytes;
    } else if (resource.name === 'ephemeral-storage') {
      share.capacity = node.allocatable.ephemeralBytes;
      share.requested = node.ephemeralBytes + own.ephemeralBytes;
    } else {
      const wanted = amountOf(own, resource.name);
      share.capacity = wanted === 0 ? 0 : amountOf(node.allocatable, resource.name);
      share.requested = (node.scalars?.get(resource.name) ?? 0) + wanted;
    }
  }
  return list;
}

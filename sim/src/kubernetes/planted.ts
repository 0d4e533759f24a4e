import type { ControllerBug } from '@kubelab/controller-manager';

export type ClusterBug = ControllerBug;

/** Every deliberate mistake of a controller, with what it does; docs/proof.md has which check notices it. */
export const clusterBugs: Readonly<Record<ClusterBug, string>> = {
  ignoreExpectations: 'a ReplicaSet counts its pods without waiting for those that it just made',
  unorderedStatefulSet: 'a StatefulSet makes the next pod before the former is ready',
  endpointsKeepDeleted: 'a slice keeps the endpoints of pods that went',
};

export function isClusterBug(name: string): name is ClusterBug {
  return Object.hasOwn(clusterBugs, name);
}

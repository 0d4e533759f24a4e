import type { ControllerBug } from '@kubelab/controller-manager';

export type ClusterBug = ControllerBug;

/** Every deliberate mistake of a controller, with what it does; docs/proof.md has which check notices it. */
export const clusterBugs: Readonly<Record<ClusterBug, string>> = {
  rolloutIgnoresSurge: 'a rollout makes all new pods at once, whatever maxSurge says',
  unorderedStatefulSet: 'a StatefulSet makes the next pod before the former is ready',
  endpointsKeepDeleted: 'a slice keeps the endpoints of pods that went',
};

export function isClusterBug(name: string): name is ClusterBug {
  return Object.hasOwn(clusterBugs, name);
}

import type { KubeObject, Node, Pod } from '@kubelab/api';

/** What changed, as exactly as plugins tell apart (Kubernetes' EventResource and ActionType). */
export type PodEventKind =
  | 'AssignedPod/Add'
  | 'AssignedPod/UpdateLabel'
  | 'AssignedPod/ScaleDown'
  | 'AssignedPod/Delete'
  | 'TargetPod/UpdateLabel'
  | 'TargetPod/UpdateToleration'
  | 'TargetPod/ScaleDown'
  | 'TargetPod/GatesEliminated';
export type NodeEventKind =
  | 'Node/Add'
  | 'Node/Delete'
  | 'Node/UpdateLabel'
  | 'Node/UpdateTaint'
  | 'Node/UpdateAllocatable';
export type OtherEventKind =
  | 'PersistentVolume/Change'
  | 'PersistentVolumeClaim/Change'
  | 'StorageClass/Change'
  | 'CSINode/Change';
export type EventKind = PodEventKind | NodeEventKind | OtherEventKind;

/** `before` is absent for what is new, `after` for what is gone. */
export type ClusterEvent =
  | { readonly kind: PodEventKind; readonly pod: { readonly before?: Pod; readonly after?: Pod } }
  | { readonly kind: NodeEventKind; readonly node: { readonly before?: Node; readonly after?: Node } }
  | { readonly kind: OtherEventKind; readonly object: KubeObject };

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** All that a changed node may mean to a pod that waits. */
export function nodeEvents(before: Node, after: Node): ClusterEvent[] {
  const kinds: NodeEventKind[] = [];
  if (!same(before.status?.allocatable, after.status?.allocatable)) kinds.push('Node/UpdateAllocatable');
  if (!same(before.metadata.labels, after.metadata.labels)) kinds.push('Node/UpdateLabel');
  if (
    !same(before.spec?.taints, after.spec?.taints) ||
    before.spec?.unschedulable !== after.spec?.unschedulable
  )
    kinds.push('Node/UpdateTaint');
  return kinds.map((kind) => ({ kind, node: { before, after } }));
}

const requestsOf = (pod: Pod) => [
  pod.spec?.containers.map(({ resources }) => resources),
  pod.status?.containerStatuses?.map(({ allocatedResources, resources }) => [allocatedResources, resources]),
];

export function assignedPodEvents(before: Pod, after: Pod): ClusterEvent[] {
  const kinds: PodEventKind[] = [];
  if (!same(before.metadata.labels, after.metadata.labels)) kinds.push('AssignedPod/UpdateLabel');
  if (!same(requestsOf(before), requestsOf(after))) kinds.push('AssignedPod/ScaleDown');
  return kinds.map((kind) => ({ kind, pod: { before, after } }));
}

export function targetPodEvents(before: Pod, after: Pod): ClusterEvent[] {
  const kinds: PodEventKind[] = [];
  if (!same(before.metadata.labels, after.metadata.labels)) kinds.push('TargetPod/UpdateLabel');
  if (!same(before.spec?.tolerations, after.spec?.tolerations)) kinds.push('TargetPod/UpdateToleration');
  if (!same(requestsOf(before)[0], requestsOf(after)[0])) kinds.push('TargetPod/ScaleDown');
  if ((before.spec?.schedulingGates ?? []).length > 0 && (after.spec?.schedulingGates ?? []).length === 0)
    kinds.push('TargetPod/GatesEliminated');
  return kinds.map((kind) => ({ kind, pod: { before, after } }));
}

import { findKind, type KindInfo } from '@kubelab/api';

/** Rows of the table of kinds that have no name of their own there. */
function kindNamed(group: string, version: string, kind: string): KindInfo {
  const found = findKind({ group, version, kind });
  if (found === undefined) throw new Error(`the table of kinds has no ${group}/${version} ${kind}`);
  return found;
}

export const replicationControllerKind = kindNamed('', 'v1', 'ReplicationController');
export const statefulSetKind = kindNamed('apps', 'v1', 'StatefulSet');
export const daemonSetKind = kindNamed('apps', 'v1', 'DaemonSet');
export const controllerRevisionKind = kindNamed('apps', 'v1', 'ControllerRevision');
export const jobKind = kindNamed('batch', 'v1', 'Job');
export const cronJobKind = kindNamed('batch', 'v1', 'CronJob');
export const persistentVolumeKind = kindNamed('', 'v1', 'PersistentVolume');
export const persistentVolumeClaimKind = kindNamed('', 'v1', 'PersistentVolumeClaim');
export const storageClassKind = kindNamed('storage.k8s.io', 'v1', 'StorageClass');
export const disruptionBudgetKind = kindNamed('policy', 'v1', 'PodDisruptionBudget');
export const autoscalerKind = kindNamed('autoscaling', 'v2', 'HorizontalPodAutoscaler');
export const certificateRequestKind = kindNamed('certificates.k8s.io', 'v1', 'CertificateSigningRequest');

import { findKind, type KindInfo } from '@kubelab/api';

function known(group: string, kind: string): KindInfo {
  const found = findKind({ group, version: 'v1', kind });
  if (found === undefined) throw new Error(`${kind} of ${group} is not in the table of kinds`);
  return found;
}

export const limitRangeKind = known('', 'LimitRange');
export const resourceQuotaKind = known('', 'ResourceQuota');
export const persistentVolumeKind = known('', 'PersistentVolume');
export const persistentVolumeClaimKind = known('', 'PersistentVolumeClaim');
export const ingressKind = known('networking.k8s.io', 'Ingress');
export const ingressClassKind = known('networking.k8s.io', 'IngressClass');
export const storageClassKind = known('storage.k8s.io', 'StorageClass');
export const priorityClassKind = known('scheduling.k8s.io', 'PriorityClass');
export const runtimeClassKind = known('node.k8s.io', 'RuntimeClass');
export const certificateKind = known('certificates.k8s.io', 'CertificateSigningRequest');
export const disruptionBudgetKind = known('policy', 'PodDisruptionBudget');
export const flowSchemaKind = known('flowcontrol.apiserver.k8s.io', 'FlowSchema');
export const priorityLevelKind = known('flowcontrol.apiserver.k8s.io', 'PriorityLevelConfiguration');

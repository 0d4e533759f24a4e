import {
  compileNodeTerms,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  quantityValue,
  type StorageClass,
} from '@kubelab/api';
import type { Listers } from '../framework/contract.js';
import { claimNames } from '../framework/pod-info.js';
import { compileSelector } from '../framework/selector.js';

export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node';
const bindCompletedAnnotation = 'pv.kubernetes.io/bind-completed';
const classAnnotation = 'volume.beta.kubernetes.io/storage-class';
const noProvisioner = 'kubernetes.io/no-provisioner';

export type VolumeListers = Pick<Listers, 'claims' | 'volumes' | 'storageClasses'>;

export function claimKey({ metadata }: PersistentVolumeClaim): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

export function classOf(claim: PersistentVolumeClaim): string {
  return claim.metadata.annotations?.[classAnnotation] ?? claim.spec?.storageClassName ?? '';
}

export function isBound(claim: PersistentVolumeClaim): boolean {
  if ((claim.spec?.volumeName ?? '') === '') return false;
  return (
    claim.metadata.annotations?.[bindCompletedAnnotation] !== undefined || claim.status?.phase === 'Bound'
  );
}

/** The claims of a pod's volumes, or why they cannot be had, in Kubernetes' words. */
export function claimsOf(pod: Pod, listers: Pick<Listers, 'claims'>): PersistentVolumeClaim[] | string {
  const found: PersistentVolumeClaim[] = [];
  for (const { name, ephemeral } of claimNames(pod)) {
    const claim = listers.claims.get(`${pod.metadata.namespace ?? ''}/${name}`);
    if (claim === undefined) {
      return ephemeral
        ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
        : `persistentvolumeclaim "${name}" not found`;
    }
    if (claim.status?.phase === 'Lost')
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`;
    if (claim.metadata.deletionTimestamp !== undefined)
      return `persistentvolumeclaim "${name}" is being deleted`;
    const isOwn = claim.metadata.ownerReferences?.some(
      ({ uid, controller }) => controller === true && uid === pod.metadata.uid,
    );
    if (ephemeral && isOwn !== true)
      return `PVC ${pod.metadata.namespace ?? ''}/${name} was not created for pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name} (pod is not owner)`;
    found.push(claim);
  }
  return found;
}

/** A claim that waits for its first pod before it gets a volume. */
export function isDelayed(claim: PersistentVolumeClaim, listers: VolumeListers): boolean {
  if ((claim.spec?.volumeName ?? '') !== '') return false;
  return listers.storageClasses.get(classOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer';
}

/** spec.nodeAffinity.required of a volume. */
export function volumeFitsNode({ spec }: PersistentVolume, node: Node): boolean {
  const required = spec?.nodeAffinity?.required;
  return required === undefined || compileNodeTerms(required.nodeSelectorTerms)(node);
}

/**
 * The smallest volume that serves the claim from this node; one that names the claim goes before all others.
 * `taken`: volumes promised to other claims meanwhile.
 */
export function findVolume(
  claim: PersistentVolumeClaim,
  node: Node,
  listers: VolumeListers,
  taken: (volume: string) => boolean,
): PersistentVolume | undefined {
  const wanted = quantityValue(claim.spec?.resources?.requests?.storage);
  const modes = claim.spec?.accessModes ?? [];
  const selector = claim.spec?.selector === undefined ? undefined : compileSelector(claim.spec.selector);
  let smallest: PersistentVolume | undefined;
  let smallestSize = Number.POSITIVE_INFINITY;
  for (const volume of listers.volumes.list()) {
    const { spec, metadata, status } = volume;
    if (taken(metadata.name) || metadata.deletionTimestamp !== undefined) continue;
    if ((spec?.storageClassName ?? '') !== classOf(claim)) continue;
    if ((spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) continue;
    const size = quantityValue(spec?.capacity?.storage);
    if (size < wanted || !volumeFitsNode(volume, node)) continue;
    const { claimRef } = spec ?? {};
    if (claimRef !== undefined) {
      const isOurs =
        claimRef.name === claim.metadata.name &&
        claimRef.namespace === claim.metadata.namespace &&
        (claimRef.uid === undefined || claimRef.uid === '' || claimRef.uid === claim.metadata.uid);
      if (isOurs) return volume;
      continue;
    }
    if (status?.phase !== 'Available' || size >= smallestSize) continue;
    if (selector !== undefined && !selector.matches(metadata.labels)) continue;
    if (!modes.every((mode) => spec?.accessModes?.includes(mode) === true)) continue;
    smallest = volume;
    smallestSize = size;
  }
  return smallest;
}

/** Whether a volume for the claim may be made for this node. */
export function canProvision(storageClass: StorageClass | undefined, node: Node): boolean {
  if (storageClass === undefined) return false;
  const { provisioner, allowedTopologies = [] } = storageClass;
  if (provisioner === '' || provisioner === noProvisioner) return false;
  return (
    allowedTopologies.length === 0 ||
    allowedTopologies.some(({ matchLabelExpressions = [] }) =>
      matchLabelExpressions.every(({ key, values }) => {
        const value = node.metadata.labels?.[key];
        return value !== undefined && values.includes(value);
      }),
    )
  );
}

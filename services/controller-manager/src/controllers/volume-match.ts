import {
  compileNodeTerms,
  matchesSelector,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  quantityValue,
  type StorageClass,
} from '@kubelab/api';

export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node';
const legacyClassAnnotation = 'volume.beta.kubernetes.io/storage-class';

/** '' for "no class, ever"; undefined for "the default one". */
export function classOf(claim: PersistentVolumeClaim): string | undefined {
  return claim.metadata.annotations?.[legacyClassAnnotation] ?? claim.spec?.storageClassName;
}

export function isDefaultClass({ metadata }: StorageClass): boolean {
  return metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
}

export function isFor(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const reference = volume.spec?.claimRef;
  const { namespace, name, uid } = claim.metadata;
  if (reference === undefined || reference.name !== name || reference.namespace !== namespace) return false;
  return reference.uid === undefined || reference.uid === '' || reference.uid === uid;
}

/** The smallest free volume that has what a claim asks for; one that was reserved for it comes first. Pure. */
export function findVolume(
  volumes: readonly PersistentVolume[],
  claim: PersistentVolumeClaim,
  node: Node | undefined,
): PersistentVolume | undefined {
  const wanted = quantityValue(claim.spec?.resources?.requests?.storage);
  const size = (volume: PersistentVolume) => quantityValue(volume.spec?.capacity?.storage);
  const usable = volumes.filter((volume) => {
    const { spec, metadata } = volume;
    if (spec === undefined || metadata.deletionTimestamp !== undefined || size(volume) < wanted) return false;
    if ((spec.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) return false;
    const modes = spec.accessModes ?? [];
    if (!(claim.spec?.accessModes ?? []).every((mode) => modes.includes(mode))) return false;
    const required = spec.nodeAffinity?.required;
    if (node !== undefined && required !== undefined && !compileNodeTerms(required.nodeSelectorTerms)(node))
      return false;
    return true;
  });
  const reserved = usable.find((volume) => isFor(volume, claim));
  if (reserved !== undefined) return reserved;
  const free = usable.filter(
    (volume) =>
      volume.spec?.claimRef === undefined &&
      (volume.spec?.storageClassName ?? '') === (classOf(claim) ?? '') &&
      (claim.spec?.selector === undefined || matchesSelector(claim.spec.selector, volume.metadata.labels)),
  );
  return free.sort((a, b) => size(a) - size(b) || (a.metadata.name < b.metadata.name ? -1 : 1))[0];
}

import { compareQuantities, type PersistentVolumeClaim, type StorageClass, statusErrors } from '@kubelab/api';
import type { AdmissionPlugin, PluginParts } from '../contract.js';
import { persistentVolumeClaimKind, storageClassKind } from '../kinds.js';
import { Lookup } from '../lookup.js';

/** A claim grows only where its class says that volumes can. */
export function persistentVolumeClaimResize({ storage }: PluginParts): AdmissionPlugin {
  const lookup = new Lookup(storage);
  return {
    name: 'PersistentVolumeClaimResize',
    validate: async ({ operation, kind, object, old, subresource }) => {
      if (operation !== 'UPDATE' || kind !== persistentVolumeClaimKind || subresource !== '') return;
      const { spec, metadata } = object as PersistentVolumeClaim;
      const before = (old as PersistentVolumeClaim | undefined)?.spec;
      const [size, oldSize] = [spec, before].map((one) => one?.resources?.requests?.storage ?? '0');
      if (compareQuantities(size ?? '0', oldSize ?? '0') <= 0) return;
      const refuse = (why: string) => statusErrors.forbidden(kind, metadata.name, why);
      if ((old as PersistentVolumeClaim).status?.phase !== 'Bound')
        throw refuse('Only bound persistent volume claims can be expanded');
      const name = spec?.storageClassName ?? '';
      const found = name === '' ? undefined : await lookup.one<StorageClass>(storageClassKind, '', name);
      if (found?.allowVolumeExpansion === true) return;
      throw refuse(
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      );
    },
  };
}

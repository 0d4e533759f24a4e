import type { AdmissionPlugin } from '../contract.js';
import { persistentVolumeClaimKind, persistentVolumeKind } from '../kinds.js';

const finalizers = new Map([
  [persistentVolumeClaimKind, 'kubernetes.io/pvc-protection'],
  [persistentVolumeKind, 'kubernetes.io/pv-protection'],
]);

/** Claims that pods use, and volumes that claims use, stay until they do not: controllers take these finalizers off. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  admit: ({ operation, kind, object, subresource }) => {
    const finalizer = finalizers.get(kind);
    if (operation !== 'CREATE' || finalizer === undefined || subresource !== '') return;
    const before = object.metadata.finalizers ?? [];
    if (!before.includes(finalizer)) object.metadata.finalizers = [...before, finalizer];
  },
};

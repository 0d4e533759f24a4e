import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from '@kubelab/api';
import { ageColumn, type Column, column, nameColumn, wide } from './column.js';

const unset = '<unset>';
const boolean = { type: 'boolean' } as const;

const modeNames: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** `RWO,RWX`, each once and in Kubernetes' order. */
function accessModes(modes: readonly string[] | undefined): string {
  return Object.entries(modeNames)
    .filter(([mode]) => modes?.includes(mode) === true)
    .map(([, short]) => short)
    .join(',');
}

const persistentVolume = [
  nameColumn,
  column<PersistentVolume>('Capacity', ({ spec }) => spec?.capacity?.storage ?? ''),
  column<PersistentVolume>('Access Modes', ({ spec }) => accessModes(spec?.accessModes)),
  column<PersistentVolume>('Reclaim Policy', ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? ''),
  column<PersistentVolume>('Status', ({ metadata, status }) =>
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
  ),
  column<PersistentVolume>('Claim', ({ spec }) =>
    spec?.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`,
  ),
  column<PersistentVolume>('StorageClass', ({ spec }) => spec?.storageClassName ?? ''),
  column<PersistentVolume>('VolumeAttributesClass', ({ spec }) => spec?.volumeAttributesClassName ?? unset),
  column<PersistentVolume>('Reason', ({ status }) => status?.reason ?? ''),
  ageColumn,
  column<PersistentVolume>('VolumeMode', ({ spec }) => spec?.volumeMode ?? unset, wide),
];

const isBound = ({ spec }: PersistentVolumeClaim) => (spec?.volumeName ?? '') !== '';

const persistentVolumeClaim = [
  nameColumn,
  column<PersistentVolumeClaim>('Status', ({ metadata, status }) =>
    metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
  ),
  column<PersistentVolumeClaim>('Volume', ({ spec }) => spec?.volumeName ?? ''),
  column<PersistentVolumeClaim>('Capacity', (object) =>
    isBound(object) ? (object.status?.capacity?.storage ?? '') : '',
  ),
  column<PersistentVolumeClaim>('Access Modes', (object) =>
    isBound(object) ? accessModes(object.status?.accessModes) : '',
  ),
  column<PersistentVolumeClaim>('StorageClass', ({ spec }) => spec?.storageClassName ?? ''),
  column<PersistentVolumeClaim>(
    'VolumeAttributesClass',
    ({ spec }) => spec?.volumeAttributesClassName ?? unset,
  ),
  ageColumn,
  column<PersistentVolumeClaim>('VolumeMode', ({ spec }) => spec?.volumeMode ?? unset, wide),
];

const isDefaultClass = ({ metadata }: StorageClass) =>
  ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'].some(
    (name) => metadata.annotations?.[name] === 'true',
  );

const storageClass = [
  column<StorageClass>('Name', (object) =>
    isDefaultClass(object) ? `${object.metadata.name} (default)` : object.metadata.name,
  ),
  column<StorageClass>('Provisioner', ({ provisioner }) => provisioner),
  column<StorageClass>('ReclaimPolicy', ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete'),
  column<StorageClass>('VolumeBindingMode', ({ volumeBindingMode }) => volumeBindingMode ?? unset),
  column<StorageClass>('AllowVolumeExpansion', ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false),
  ageColumn,
];

const csiDriver = [
  nameColumn,
  column<CSIDriver>('AttachRequired', ({ spec }) => spec?.attachRequired ?? true, boolean),
  column<CSIDriver>('PodInfoOnMount', ({ spec }) => spec?.podInfoOnMount ?? false, boolean),
  column<CSIDriver>('StorageCapacity', ({ spec }) => spec?.storageCapacity ?? false, boolean),
  column<CSIDriver>('TokenRequests', ({ spec }) => {
    const audiences = (spec?.tokenRequests ?? []).map(({ audience }) => audience);
    return audiences.length === 0 ? unset : audiences.join(',');
  }),
  column<CSIDriver>('RequiresRepublish', ({ spec }) => spec?.requiresRepublish ?? false, boolean),
  column<CSIDriver>('Modes', ({ spec }) => {
    const modes = spec?.volumeLifecycleModes ?? [];
    return modes.length === 0 ? '<none>' : modes.join(',');
  }),
  ageColumn,
];

/** Volumes and the classes, drivers and claims around them. */
export const storageColumns: Readonly<Record<string, readonly Column[]>> = {
  '/PersistentVolume': persistentVolume,
  '/PersistentVolumeClaim': persistentVolumeClaim,
  'storage.k8s.io/StorageClass': storageClass,
  'storage.k8s.io/CSIDriver': csiDriver,
  'storage.k8s.io/CSINode': [
    nameColumn,
    column<CSINode>('Drivers', ({ spec }) => (spec?.drivers ?? []).length, { type: 'integer' }),
    ageColumn,
  ],
  'storage.k8s.io/CSIStorageCapacity': [
    nameColumn,
    column<CSIStorageCapacity>('StorageClassName', ({ storageClassName }) => storageClassName),
    column<CSIStorageCapacity>('Capacity', ({ capacity }) => capacity ?? unset),
  ],
  'storage.k8s.io/VolumeAttachment': [
    nameColumn,
    column<VolumeAttachment>('Attacher', ({ spec }) => spec?.attacher ?? ''),
    column<VolumeAttachment>('PV', ({ spec }) => spec?.source?.persistentVolumeName ?? ''),
    column<VolumeAttachment>('Node', ({ spec }) => spec?.nodeName ?? ''),
    column<VolumeAttachment>('Attached', ({ status }) => status?.attached ?? false, boolean),
    ageColumn,
  ],
  'storage.k8s.io/VolumeAttributesClass': [
    nameColumn,
    column<VolumeAttributesClass>('DriverName', ({ driverName }) => driverName),
    ageColumn,
  ],
};

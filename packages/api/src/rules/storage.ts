import type { RuleTable } from './contract.js';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const volumeModes = ['Block', 'Filesystem'];
const reclaimPolicies = ['Delete', 'Recycle', 'Retain'];
const iscsi = { defaults: { iscsiInterface: 'default' }, required: ['iqn', 'targetPortal'] };
const rbd = {
  defaults: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  required: ['image', 'monitors'],
};
const scaleIo = { defaults: { storageMode: 'ThinProvisioned', fsType: 'xfs' } };

/** storage.k8s.io, and core's volumes. */
export const storageRules: RuleTable = {
  'core.v1.PersistentVolumeSpec': {
    defaults: { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
    required: ['capacity', 'accessModes'],
    enums: { accessModes, volumeMode: volumeModes, persistentVolumeReclaimPolicy: reclaimPolicies },
  },
  'core.v1.PersistentVolumeClaimSpec': {
    defaults: { volumeMode: 'Filesystem' },
    required: ['accessModes'],
    enums: { accessModes, volumeMode: volumeModes },
  },
  'core.v1.HostPathVolumeSource': {
    defaults: { type: '' },
    enums: {
      type: [
        '',
        'BlockDevice',
        'CharDevice',
        'Directory',
        'DirectoryOrCreate',
        'File',
        'FileOrCreate',
        'Socket',
      ],
    },
  },
  'core.v1.ISCSIPersistentVolumeSource': iscsi,
  'core.v1.ISCSIVolumeSource': iscsi,
  'core.v1.RBDPersistentVolumeSource': rbd,
  'core.v1.RBDVolumeSource': rbd,
  'core.v1.CephFSPersistentVolumeSource': { required: ['monitors'] },
  'core.v1.ScaleIOPersistentVolumeSource': scaleIo,
  'core.v1.ScaleIOVolumeSource': scaleIo,
  'core.v1.AzureDiskVolumeSource': {
    defaults: { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false },
    enums: { cachingMode: ['None', 'ReadOnly', 'ReadWrite'], kind: ['Dedicated', 'Managed', 'Shared'] },
  },
  'core.v1.NodeSelector': { required: ['nodeSelectorTerms'] },
  'core.v1.NodeSelectorRequirement': {
    enums: { operator: ['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn'] },
  },
  'core.v1.TopologySelectorLabelRequirement': { required: ['values'] },
  'storage.v1.StorageClass': {
    defaults: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
    enums: {
      reclaimPolicy: ['Delete', 'Retain'],
      volumeBindingMode: ['Immediate', 'WaitForFirstConsumer'],
    },
  },
  'storage.v1.CSIDriverSpec': {
    defaults: {
      attachRequired: true,
      podInfoOnMount: false,
      volumeLifecycleModes: ['Persistent'],
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      requiresRepublish: false,
      seLinuxMount: false,
    },
    enums: {
      fsGroupPolicy: ['File', 'None', 'ReadWriteOnceWithFSType'],
      volumeLifecycleModes: ['Ephemeral', 'Persistent'],
    },
  },
  'storage.v1.TokenRequest': { ranges: { expirationSeconds: [600, 2 ** 32] } },
  'storage.v1.VolumeNodeResources': { ranges: { count: [0] } },
};

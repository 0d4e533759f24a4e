/** Sources of volumes by single makers; all but CSI, FC, iSCSI are history. The form: texts.ts. */
module.exports = `
@ core.v1
AWSElasticBlockStoreVolumeSource: Which EBS volume, and how to mount it.
  partition: The partition to mount, from 1. Default 0: the whole device.
  volumeID: ID of the EBS volume.
AzureDiskVolumeSource: Which disk, and how to mount it.
  cachingMode: Caching on the host: None, ReadOnly or ReadWrite (default).
  diskName: Name of the disk.
  diskURI: URI of the disk.
  fsType: File system to mount. Default ext4.
  kind: Shared, Dedicated (blobs) or Managed; default Shared.
AzureFileVolumeSource, AzureFilePersistentVolumeSource:
  secretName: Secret with the name and key of the storage account.
  shareName: Name of the share.
AzureFileVolumeSource: Which share, and how to reach it.
AzureFilePersistentVolumeSource: Which share, and how to reach it.
  secretNamespace: Namespace of the Secret. Default: that of the claim.
CSIPersistentVolumeSource: Which volume of which driver, and what the driver needs for it.
  controllerExpandSecretRef: Secret passed to the driver to expand the volume.
  controllerPublishSecretRef: Secret passed to the driver to attach and detach the volume.
  driver: The driver's name, as its CSIDriver has it.
  nodeExpandSecretRef: Secret passed to the driver to expand the volume on the node.
  nodePublishSecretRef: Secret passed to the driver to mount the volume for a pod.
  nodeStageSecretRef: Secret passed to the driver to prepare the volume on the node.
  readOnly: True to attach and mount it read-only. Default false.
  volumeAttributes: Settings that the driver gave when it made the volume, and gets back.
  volumeHandle: ID of the volume at the driver. Cannot be changed.
CSIVolumeSource:
  driver: The driver's name. It must support the mode Ephemeral.
  nodePublishSecretRef: Secret of the pod's namespace passed to the driver to mount the volume.
  volumeAttributes: Settings for the driver.
CephFSVolumeSource, CephFSPersistentVolumeSource: Which directory, and how to reach it.
  monitors: Addresses of Ceph monitors.
  path: Directory to mount. Default /.
  secretFile: Path to the key ring of the user. Default /etc/ceph/user.secret.
  secretRef: Secret of the user; wins over secretFile.
  user: RADOS user. Default admin.
CinderVolumeSource, CinderPersistentVolumeSource: Which volume, and how to mount it.
  secretRef: Secret with access to OpenStack.
  volumeID: ID of the Cinder volume.
FCVolumeSource: A Fibre Channel disk: by targetWWNs and lun, or by wwids.
  lun: Number of the disk at the target.
  targetWWNs: World wide names of targets.
  wwids: World wide identifiers of the disk.
FlexVolumeSource, FlexPersistentVolumeSource: Which driver, and what it needs.
  driver: The driver's name.
  options: Settings for the driver.
  secretRef: Secret passed to the driver.
FlockerVolumeSource: Which dataset, by name or UUID.
  datasetName: Name of the dataset. Deprecated in favour of the UUID.
  datasetUUID: UUID of the dataset.
GCEPersistentDiskVolumeSource: Which disk, and how to mount it.
  partition: The partition to mount, from 1. Default 0: the whole device.
  pdName: Name of the disk.
GitRepoVolumeSource: What to clone, and where to.
  directory: The directory of the clone; . for the volume itself. Must not contain '..'.
  repository: URL to clone from.
  revision: Commit to check out.
GlusterfsVolumeSource, GlusterfsPersistentVolumeSource: Which volume, and its servers.
  endpoints: The Endpoints object with the servers.
  path: Name of the volume.
GlusterfsPersistentVolumeSource:
  endpointsNamespace: Namespace of that object. Default: that of the claim.
ISCSIVolumeSource, ISCSIPersistentVolumeSource: Which disk of which target, and how to log in.
  chapAuthDiscovery: True for CHAP authentication in discovery. Default false.
  chapAuthSession: True for CHAP authentication in sessions. Default false.
  initiatorName: Initiator to log in as. Default: the node's.
  iqn: Qualified name of the target.
  iscsiInterface: Interface (transport) of the initiator. Default: default (tcp).
  lun: Number of the disk at the target.
  portals: More portals of the target, for multipath, as address:port.
  secretRef: Secret with the CHAP credentials.
  targetPortal: Portal of the target, as address:port; default port 3260.
PhotonPersistentDiskVolumeSource: Which disk, and how to mount it.
  pdID: ID of the disk.
PortworxVolumeSource: Which volume, and how to mount it.
  volumeID: ID of the volume.
QuobyteVolumeSource: Which volume, and as whom.
  group: The group to access it as. Default: none.
  registry: Registries, as host:port, separated by commas.
  tenant: The tenant that owns the volume.
  user: The user to access it as. Default: the owner.
  volume: Name of the volume.
RBDVolumeSource, RBDPersistentVolumeSource: Which image of which pool, and how to reach it.
  image: Name of the image.
  keyring: Key ring of the user. Default /etc/ceph/keyring.
  monitors: Addresses of Ceph monitors.
  pool: The pool of the image. Default rbd.
  secretRef: Secret of the user; wins over the key ring.
  user: RADOS user. Default admin.
ScaleIOVolumeSource, ScaleIOPersistentVolumeSource: Which volume of which system, and how to reach it.
  gateway: Address of the gateway's API.
  protectionDomain: Protection domain of the storage.
  secretRef: Secret with user and password.
  sslEnabled: True to use TLS towards the gateway. Default false.
  storageMode: ThickProvisioned or ThinProvisioned (default).
  storagePool: Pool of the volume.
  system: Name of the storage system.
  volumeName: Name of the volume.
StorageOSVolumeSource, StorageOSPersistentVolumeSource: Which volume, and how to reach it.
  secretRef: Secret with access to the API.
  volumeName: Name of the volume, unique in its namespace.
  volumeNamespace: Namespace in StorageOS. Default: the pod's.
VsphereVirtualDiskVolumeSource: Which disk, and its storage policy.
  storagePolicyID: ID of its storage policy.
  storagePolicyName: Name of its storage policy.
  volumePath: Path of the disk (vmdk).
`;

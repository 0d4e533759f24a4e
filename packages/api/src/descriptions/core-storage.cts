/** Volumes, claims and what can be mounted. The form: texts.ts. */
module.exports = `
@ core.v1
PersistentVolume: A piece of storage of the cluster, which one claim may have.
PersistentVolumeSpec: What the volume is and who may use it. Its source cannot be changed.
  accessModes: How it can be mounted: ReadWriteOnce (by one node), ReadOnlyMany, ReadWriteMany (by many),
      ReadWriteOncePod (by one pod).
  capacity: How large it is; only storage is used.
  claimRef: The claim that has the volume, or for which it is kept if no uid is given.
  mountOptions: Options of mount, such as hard or nfsvers=4.1. Not checked beforehand: a wrong one makes
      mounts fail.
  nodeAffinity: Nodes that can reach it; pods are scheduled to these. Required for local volumes.
  persistentVolumeReclaimPolicy: What happens when the claim is gone: Retain (default for those made by hand),
      Delete (for those provisioned), Recycle (deprecated).
  storageClassName: Class of the volume; only claims of the same class get it. Empty: none.
  volumeAttributesClassName: The VolumeAttributesClass that its properties are from. Only for CSI volumes.
  volumeMode: Filesystem (default) or Block. Cannot be changed.
PersistentVolumeStatus: Where the volume is in its life.
  lastPhaseTransitionTime: When the phase last changed.
  phase: Pending, Available (free), Bound (to a claim), Released (claim gone, not yet reclaimed) or Failed (to
      be reclaimed).
PersistentVolumeClaim: What a user asks for in storage; bound to one volume that suffices, for both their
      lives.
PersistentVolumeClaimSpec: What is asked for. After creation only the requested size (upwards), the
      volumeAttributesClassName and an empty volumeName can change.
  accessModes: How it must be mountable: ReadWriteOnce, ReadOnlyMany, ReadWriteMany or ReadWriteOncePod. At
      least one; the volume must offer all.
  dataSource: What to fill the new volume from: a VolumeSnapshot or a PersistentVolumeClaim of the namespace.
      Kept equal to dataSourceRef.
  dataSourceRef: What to fill the new volume from; any kind that a populator knows, in other namespaces too
      where that is allowed.
  resources: How much; requests.storage is required.
  selector: Labels that the volume must have. Hinders dynamic provisioning.
  storageClassName: Class that provisions the volume. Unset: the default class, once there is one. Empty:
      none, only existing volumes without a class.
  volumeAttributesClassName: Properties such as IOPS that the driver gives the volume; may be changed while it
      is used.
  volumeMode: Filesystem (default) or Block.
  volumeName: The volume that it is bound to; set beforehand it asks for that one.
PersistentVolumeClaimStatus: What the claim has got.
  accessModes: Modes of the volume that is bound.
  allocatedResourceStatuses: How an expansion stands, by resource: ControllerResizeInProgress,
      ControllerResizeInfeasible, NodeResizePending, NodeResizeInProgress or NodeResizeInfeasible.
  allocatedResources: Size that an expansion in progress will give; quotas count the greater of it and the
      request.
  capacity: Size of the volume as it is.
  conditions: How expansions and changes of attributes stand.
  currentVolumeAttributesClassName: The class that is in force on the volume.
  modifyVolumeStatus: A change to another VolumeAttributesClass that is under way.
  phase: Pending (no volume yet), Bound, or Lost (the volume has gone, with its data).
ModifyVolumeStatus: A change of a volume's attributes.
  status: Pending (class missing), InProgress or Infeasible (the driver refuses it).
  targetVolumeAttributesClassName: The class that it changes to.
PersistentVolumeClaimTemplate: A claim to be made for a pod.
  metadata: Labels and annotations for the claim; other fields are refused.
  spec: What the claim asks for.
VolumeResourceRequirements:
  limits: The most that the volume may have, where that is supported.
  requests: The least that it must have; storage is the only resource.
VolumeNodeAffinity:
  required: What nodes must satisfy.
TypedLocalObjectReference, TypedObjectReference:
  apiGroup: API group of the object; empty only for the core group.
  kind: The kind of the object.
  name: The object's name.
TypedLocalObjectReference: An object of some kind in the same namespace.
TypedObjectReference: An object of some kind, perhaps in another namespace.
  namespace: The namespace of the object. Another than one's own needs a ReferenceGrant there.
SecretReference: A Secret in any namespace.
  name: The Secret.
  namespace: The namespace of the Secret.
TopologySelectorTerm: Requirements on topology that must all hold.
  matchLabelExpressions: Requirements on labels.
TopologySelectorLabelRequirement: Values that a label may have.
  key: The label.
  values: One of them must match.
Volume, PersistentVolumeSpec:
  awsElasticBlockStore: An EBS volume. Deprecated: goes to the driver ebs.csi.aws.com.
  azureDisk: A disk of Azure. Deprecated: goes to the driver disk.csi.azure.com.
  azureFile: A file share of Azure. Deprecated: goes to the driver file.csi.azure.com.
  cephfs: A CephFS directory. Removed: only CSI can mount it.
  cinder: A Cinder volume of OpenStack. Deprecated: goes to the driver cinder.csi.openstack.org.
  fc: A Fibre Channel disk that is attached to the node.
  flexVolume: A volume of an exec-based driver on the node. Deprecated: use a CSI driver.
  flocker: A dataset of Flocker. No longer supported.
  gcePersistentDisk: A persistent disk of Google. Deprecated: goes to the driver pd.csi.storage.gke.io.
  glusterfs: A Glusterfs volume. No longer supported.
  hostPath: A file or directory of the node. Sees whatever node the pod lands on, and gives access to the
      host: avoid it.
  iscsi: An iSCSI disk.
  nfs: A directory that an NFS server exports.
  photonPersistentDisk: A disk of Photon. No longer supported.
  portworxVolume: A volume of Portworx. Deprecated: goes to the driver pxd.portworx.com.
  quobyte: A volume of Quobyte. No longer supported.
  rbd: A Rados block device. No longer supported but by CSI.
  scaleIO: A volume of ScaleIO. No longer supported.
  storageos: A volume of StorageOS. No longer supported.
  vsphereVolume: A vSphere disk. Deprecated: goes to the driver csi.vsphere.vmware.com.
PersistentVolumeSpec:
  csi: A volume of a CSI driver.
  local: A disk or directory of one node, with the node affinity that says which.
Volume: A directory or device that containers of the pod may mount. Besides the name exactly one source is
      set.
  configMap: Keys of a ConfigMap as files.
  csi: A volume that a CSI driver makes for this pod and that goes away with it.
  downwardAPI: Fields of the pod as files.
  emptyDir: An empty directory that lives as long as the pod is on its node, over restarts of containers.
  ephemeral: A volume of any class, by a claim that is made for this pod and deleted with it.
  gitRepo: A clone of a Git repository. Disabled for safety: clone in an init container into an emptyDir.
  image: Contents of an OCI image or artifact, mounted read-only.
  name: A DNS label, unique in the pod; mounts refer to it.
  persistentVolumeClaim: The volume of a claim of the namespace.
  projected: Several sources as files of one directory.
  secret: Keys of a Secret as files, kept in memory.
VolumeMount: Where a volume appears in a container.
  mountPath: Path in the container; must not contain ':'.
  mountPropagation: Whether mounts made later pass: None (default), HostToContainer, or Bidirectional
      (privileged containers only).
  name: The volume.
  readOnly: True to forbid writes. Default false.
  recursiveReadOnly: Whether mounts below are read-only too: Disabled (default), IfPossible or Enabled. Needs
      readOnly.
  subPath: Path within the volume to mount instead of its root; no '..'. Such mounts do not see updates of
      ConfigMaps and Secrets.
  subPathExpr: As subPath, with $(NAME) replaced by environment variables. Not both.
VolumeDevice: A block volume that a container sees as a device.
  devicePath: Path of the device in the container.
  name: The volume, one of a claim.
EmptyDirVolumeSource:
  medium: Memory for a tmpfs, which counts as the containers' memory; empty (default) for the node's disk;
      HugePages for huge pages.
  sizeLimit: The most it may hold; a pod that exceeds it is evicted. Default: no limit of its own.
HostPathVolumeSource: A path of the node.
  path: Absolute path on the node; links are followed.
  type: What must be there: Directory, File, Socket, CharDevice, BlockDevice, or DirectoryOrCreate and
      FileOrCreate. Empty (default): no check.
LocalVolumeSource:
  path: Full path on the node: a directory, or a block device.
PersistentVolumeClaimVolumeSource:
  claimName: Claim of the pod's namespace. The pod stays Pending until it is bound.
  readOnly: True to mount it read-only in all containers. Default false.
EphemeralVolumeSource: A claim that lives as long as its pod.
  volumeClaimTemplate: The claim to make; it is named POD-VOLUME. A claim of that name that is not the pod's
      own keeps the pod from starting.
ConfigMapVolumeSource, SecretVolumeSource:
  defaultMode: Permissions of the files, 0 to 0777 in octal. Default 0644. JSON has only decimal numbers.
  items: Keys to take and where to put them. Unset: all keys, each as a file of its name. A listed key that is
      missing is an error unless optional.
ConfigMapVolumeSource: Keys of a ConfigMap as files. Changes appear within a minute or two.
  name: The ConfigMap.
SecretVolumeSource: Keys of a Secret as files. Changes appear within a minute or two.
  secretName: The Secret.
ConfigMapProjection, SecretProjection:
  items: Keys to take and where to put them. Unset: all keys, each as a file of its name.
  name: The object whose keys are taken.
ConfigMapProjection: Keys of a ConfigMap in a projected volume.
SecretProjection: Keys of a Secret in a projected volume.
KeyToPath: A key and the file for it.
  key: The key.
  mode: Permissions of the file, 0 to 0777 in octal. Default: the volume's defaultMode.
  path: The path relative to the mount; no '..'.
DownwardAPIVolumeSource: Which fields, and their files.
  defaultMode: Permissions of the files, 0 to 0777 in octal. Default 0644.
  items: The files.
DownwardAPIProjection: Fields of the pod in a projected volume.
  items: The files.
DownwardAPIVolumeFile: A file with a field of the pod. Labels and annotations are kept up to date.
  fieldRef: Field of the pod: annotations, labels, name, namespace or uid of its metadata.
  mode: Permissions of the file, 0 to 0777 in octal. Default: the volume's defaultMode.
  path: The path relative to the mount; no '..'.
  resourceFieldRef: A request or limit of a container.
ProjectedVolumeSource:
  defaultMode: Permissions of the files, 0 to 0777 in octal. Default 0644.
  sources: What is put in; each entry has one source. Of equal paths the last wins.
VolumeProjection: One source of a projected volume.
  clusterTrustBundle: Trust anchors as a PEM file, kept up to date.
  configMap: Keys of a ConfigMap.
  downwardAPI: Fields of the pod.
  podCertificate: A private key and a certificate that the kubelet obtains and renews.
  secret: Keys of a Secret.
  serviceAccountToken: A token of the pod's service account, renewed before it expires.
ServiceAccountTokenProjection: A token as a file.
  audience: Who is to accept the token. Default: the API server.
  expirationSeconds: How many seconds a token is valid, at least 600. Default 3600. It is replaced at 80% of
      that, or after a day.
  path: The path relative to the mount.
ClusterTrustBundleProjection: Trust anchors of one bundle, or of all of a signer.
  labelSelector: Bundles of the signer to take. Unset: none; empty: all. Only with signerName.
  name: A single bundle; not with signerName.
  optional: True to start the pod even if there is no such bundle. Default false.
  path: The path relative to the mount.
  signerName: All bundles of a signer; not with name.
PodCertificateProjection: A key and certificate chain for the pod.
  certificateChainPath: File for the certificate chain alone. Write it or the bundle; the bundle is replaced
      as one.
  credentialBundlePath: File for key and chain together, in PEM: the key first, then the leaf certificate.
  keyPath: File for the key alone.
  keyType: RSA3072, RSA4096, ECDSAP256, ECDSAP384, ECDSAP521 or ED25519.
  maxExpirationSeconds: The longest validity to ask for in seconds, 3600 to 7862400 (91 days). Default 86400.
  signerName: Who signs it.
  userAnnotations: Keys and values passed to the signer, which decides what they mean.
ImageVolumeSource:
  pullPolicy: Always, IfNotPresent or Never. Default: Always for the tag latest or none, else IfNotPresent.
  reference: The image or artifact, written as for containers. Required in pods.
NFSVolumeSource:
  path: Exported path.
  server: Name or address of the server.
`;

/** What all objects have, storage classes and drivers, priorities, runtime classes. The form: texts.ts. */
module.exports = `
@ meta.v1
ObjectMeta: What all objects have: names, labels, owners, history.
  annotations: Keys and values for tools and people, 256 KiB in all; nothing is selected by them. Keys are
      qualified names.
  creationTimestamp: When the object was made, to the second. Set by the server.
  deletionGracePeriodSeconds: Seconds that it had for its end when deletionTimestamp was set. Can only be
      shortened.
  deletionTimestamp: When the object is to be gone; set by deleting it. It goes when the finalizers are empty
      and cannot be kept any more.
  finalizers: Whoever must still do something before the object may go; each removes its own. None can be
      added once it is being deleted.
  generateName: The start of a name that the server completes with 5 random characters, if no name is given.
  generation: Counts changes of what is wanted (the spec), from 1. Set by the server.
  labels: Keys and values to select by. Keys are qualified names; values have at most 63 of letters, digits,
      '-', '_' and '.'.
  managedFields: Who wrote which field, for server-side apply. Left out by kubectl unless
      --show-managed-fields.
  name: What no other object of this kind and namespace is called; usually a DNS name of at most 253
      characters. Cannot be changed.
  namespace: Where the object lives; empty for objects of the cluster. A DNS label. Cannot be changed.
  ownerReferences: Objects that this one goes away with: the garbage collector deletes it when all of them are
      gone. Same namespace, or of the cluster.
  resourceVersion: State of the object, opaque. A write that names an older one is refused with 409; lists and
      watches start from it.
  selfLink: No longer set.
  uid: An identity that no other object ever has, not even one of the same name later. Set by the server.
OwnerReference: An owner of an object.
  apiVersion: Group and version of the owner.
  blockOwnerDeletion: True to keep the owner, in foreground deletion, until this object is gone. Default
      false.
  controller: True for the one owner that manages the object; at most one. Default false.
  kind: The kind of the owner.
  name: The owner's name.
  uid: Identity of the owner; one of the same name with another uid is not it.
ManagedFieldsEntry: Fields that one manager wrote last in one way.
  apiVersion: Version of the API that the fields are named in.
  fieldsType: Always FieldsV1.
  fieldsV1: The fields, as a tree of f:NAME, k:{KEYS} and v:VALUE.
  manager: Who wrote them, as --field-manager or the client's name.
  operation: Apply (server-side apply) or Update (any other write).
  subresource: Through which subresource, such as status. Empty: none.
  time: When the set of fields last changed.
ListMeta: About a list.
  continue: Token for the next page (limit and continue); empty on the last. Expires within minutes: then 410.
  remainingItemCount: How many more there are. Unset on the last page and if a selector is used.
  resourceVersion: State that the list shows; a watch can go on from here.
  selfLink: No longer set.
  shardInfo: Which part of the objects the list has, if a shard was asked for.
ShardInfo:
  selector: The shard that was asked for.
LabelSelector: Chooses objects by their labels; all that it says must hold.
  matchExpressions: Requirements, all of which must hold.
  matchLabels: Labels that must all be there with these values.
LabelSelectorRequirement: A requirement on one label.
  key: The label.
  operator: In, NotIn, Exists or DoesNotExist. NotIn and DoesNotExist also match objects without the label.
  values: At least one for In and NotIn, none for the others.
FieldSelectorRequirement: A requirement on one field.
  key: Path of the field, such as spec.nodeName.
  operator: In, NotIn, Exists or DoesNotExist.
  values: At least one for In and NotIn, none for the others.
Condition: Something that holds of an object, or does not, at the moment.
  status: True, False or Unknown.
  type: What it is about, in CamelCase or as domain/Name. At most one condition of each type.
Status: The answer to a request that has no object to return: an error, or a deletion.
  code: HTTP code.
  details: More about the error, for programs.
  message: What went wrong, for people.
  metadata: About the answer; usually empty.
  reason: What went wrong, as one word: NotFound, AlreadyExists, Conflict, Invalid, Forbidden, ...
  status: Success or Failure.
StatusDetails:
  causes: Single causes, such as each field that is wrong.
  group: API group of the object.
  kind: The kind (or resource) of the object.
  name: The object's name.
  retryAfterSeconds: Seconds after which to try again.
  uid: Identity of the object.
StatusCause: One cause of an error.
  field: Path of the field, such as spec.containers[0].image.
  message: What is wrong, for people.
  reason: What is wrong, as one word, such as FieldValueRequired.
DeleteOptions: How to delete.
  dryRun: All to check without doing it.
  gracePeriodSeconds: Seconds that the object has for its end; 0 deletes at once. Default: as the kind or
      object says.
  ignoreStoreReadErrorWithClusterBreakingPotential: True to remove an object that cannot be read from storage,
      without finalizers or checks. Default false. Dangerous; needs a feature gate and a right of its own.
  orphanDependents: Old form of propagationPolicy: true is Orphan. Not both.
  preconditions: What the object must be, or the deletion fails with 409.
  propagationPolicy: What becomes of objects that it owns: Background: deleted after it; Foreground: before
      it; Orphan: kept. Default: as the kind says, usually Background.
Preconditions:
  resourceVersion: State that it must have.
  uid: Identity that it must have.
WatchEvent: One line of a watch.
  object: The object as it is now, or as it was when DELETED; for BOOKMARK only its resourceVersion, for ERROR
      a Status.
  type: ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.
APIVersions: Versions of the core group.
  serverAddressByClientCIDRs: Where clients reach the server, by their own address.
  versions: The versions that are served.
APIGroup: An API group that is served.
  name: The name of the group.
  preferredVersion: Version that the server would use.
  serverAddressByClientCIDRs: Where clients reach the server, by their own address.
  versions: The versions that are served, the preferred one first.
APIGroupList: API groups that are served.
  groups: The groups.
APIResourceList: Resources of one group and version.
  groupVersion: The group and version.
  resources: The resources, subresources among them.
APIResource: A resource that is served.
  categories: Sets that it belongs to, such as all.
  group: The group of its objects, if not that of the list.
  kind: The kind of its objects.
  name: Plural name.
  namespaced: Whether its objects live in namespaces.
  shortNames: Short names for kubectl.
  singularName: Singular name.
  storageVersionHash: Hash of the version it is stored in; opaque.
  verbs: What can be done with it.
  version: The version of its objects, if not that of the list.
GroupVersionForDiscovery: A version of a group.
  groupVersion: As group/version.
  version: The version alone.
GroupResource: A resource of a group.
  group: API group.
  resource: Plural name.
ServerAddressByClientCIDR:
  clientCIDR: Clients whose address is in this range.
  serverAddress: Reach it here, as host or host:port.

@ pkg.version
Info: What the server is.
  buildDate: When it was built.
  compiler: The compiler it was built with.
  emulationMajor: Major version that it behaves as.
  emulationMinor: Minor version that it behaves as.
  gitCommit: Commit it was built from.
  gitTreeState: Whether the tree was clean or dirty.
  gitVersion: Full version, such as v1.33.0.
  goVersion: Version of Go, where that applies.
  major: The first part of the version.
  minCompatibilityMajor: Major version of the oldest release that it works beside.
  minCompatibilityMinor: Minor version of the oldest release that it works beside.
  minor: The second part of the version.
  platform: System and processor, such as linux/amd64.

@ storage.v1
StorageClass: A sort of storage and who makes volumes of it. Changes affect later volumes only.
  allowVolumeExpansion: Whether claims of the class may grow. Default false.
  allowedTopologies: Where volumes may be made, by topology; one term is enough. Empty: anywhere.
  mountOptions: Options of mount for volumes of the class, such as hard. Not checked beforehand.
  parameters: Settings for the provisioner, at most 512 and 256 KiB. Cannot be changed.
  provisioner: Who makes the volumes, such as the name of a CSI driver. Cannot be changed.
  reclaimPolicy: What becomes of volumes when their claim is gone: Delete (default) or Retain. Cannot be
      changed.
  volumeBindingMode: Immediate (default): a claim gets a volume at once; WaitForFirstConsumer: when a pod uses
      it, near that. Cannot be changed.
CSIDriver: What a storage driver of the cluster can do and wants to be told. Its name is the driver's.
CSIDriverSpec: Abilities of the driver.
  attachRequired: Whether volumes must be attached (VolumeAttachment) before they are mounted. Default true.
      Cannot be changed.
  fsGroupPolicy: Whether fsGroup changes the owner of files: ReadWriteOnceWithFSType (default): for such
      volumes; File: always; None: never.
  nodeAllocatableUpdatePeriodSeconds: How often the count of volumes a node takes is asked for again, at least
      10 seconds. Unset: never.
  podInfoOnMount: Whether the driver is told name, namespace, uid and account of the pod at mount. Default
      false.
  preventPodSchedulingIfMissing: True to keep pods that use the driver off nodes where it is not installed.
      Default false.
  requiresRepublish: Whether the driver is called again and again for mounted volumes, to renew their
      contents. Default false.
  seLinuxMount: Whether it can mount with an SELinux label (-o context). Default false.
  serviceAccountTokenInSecrets: True to pass tokens among the secrets of the call and not in the volume's
      attributes. Default false; needs tokenRequests.
  storageCapacity: Whether the scheduler should heed CSIStorageCapacity objects of the driver. Default false.
  tokenRequests: Tokens of the pod's account that the driver gets at mount. Audiences must differ.
  volumeLifecycleModes: Persistent (default), Ephemeral (volumes in pods), or both. Cannot be changed.
TokenRequest: A token that a driver wants.
  audience: Who is to accept it. Empty: the API server.
  expirationSeconds: How many seconds it is valid, 600 to 4294967296 (2^32). Default 3600.
CSINode: Storage drivers of a node, written by its kubelet. Its name is the node's.
CSINodeSpec: The drivers.
  drivers: One entry per driver; empty if there is none.
CSINodeDriver: A driver on a node.
  allocatable: How many volumes the node takes.
  name: The driver's name.
  nodeID: What the driver calls the node.
  topologyKeys: Labels of the node that tell its topology to the driver.
VolumeNodeResources:
  count: How many at a time. Unset: no bound.
CSIStorageCapacity: How much a storage class has left somewhere in the cluster.
  capacity: What is left in all. Unset: unknown, and counts as none.
  maximumVolumeSize: The largest volume that can be made. Unset: the capacity counts.
  nodeTopology: Nodes that can reach it, by labels. Unset: none; empty: all. Cannot be changed.
  storageClassName: The class. Cannot be changed.
VolumeAttachment: Asks a driver to attach a volume to a node, and tells whether it is.
VolumeAttachmentSpec: Which volume, to which node, by whom. Cannot be changed.
  attacher: The CSI driver.
  nodeName: The node.
  source: The volume.
VolumeAttachmentSource: A volume; exactly one is set.
  inlineVolumeSpec: A volume in place, for those migrated from pods.
  persistentVolumeName: A PersistentVolume.
VolumeAttachmentStatus: How the attachment is doing.
  attachError: Why the last attempt to attach failed; removed when one succeeds.
  attached: Whether it is attached.
  attachmentMetadata: What the driver needs to mount it on the node.
  detachError: Why the last attempt to detach failed.
VolumeError: An attempt that failed.
  errorCode: The driver's gRPC code.
  message: What went wrong. Must not hold secrets.
  time: When it happened.
VolumeAttributesClass: Properties of volumes that may be changed while they are in use.
  driverName: The CSI driver. Cannot be changed.
  parameters: Settings for the driver, 1 to 512 and 256 KiB. Cannot be changed: make another class.

@ scheduling.v1
PriorityClass: A name for a priority: who is scheduled first, and who gives way.
  description: When to use it, for people.
  globalDefault: True for the class of pods that name none; one class at most. Default false.
  preemptionPolicy: PreemptLowerPriority (default): its pods may evict others; Never: they wait. Cannot be
      changed.
  value: The priority, higher first; at most 1000000000, above that only system- classes. Cannot be changed.

@ node.v1
RuntimeClass: A way of running containers that pods may ask for by name.
  handler: Name of the configuration in the container runtime; a DNS label. Cannot be changed.
  overhead: What running such a pod costs besides its containers.
  scheduling: Nodes that offer it. Default: all.
Overhead: Resources beside those of the containers.
  podFixed: Amounts per pod, by resource; put into its spec.overhead.
Scheduling: Nodes that offer a runtime class.
  nodeSelector: Labels of these nodes; added to the pod's. A clash refuses the pod.
  tolerations: The tolerations added to the pod's.
`;

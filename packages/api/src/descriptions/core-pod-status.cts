/** What is found out about pods and containers; events and references. The form: texts.ts. */
module.exports = `
@ core.v1
PodStatus: How the pod is doing, mostly as its node's kubelet reports it; it may lag behind.
  allocatedResources: Resources that the node has set aside for the pod as a whole.
  conditions: Among them PodScheduled, Initialized, ContainersReady, Ready and DisruptionTarget.
  containerStatuses: One entry for each of the containers, in the order of the spec.
  ephemeralContainerStatuses: One entry for each ephemeral container.
  extendedResourceClaimStatus: The ResourceClaim made for extended resources that devices back (DRA).
  hostIP: Address of the node; empty until the pod has started there.
  hostIPs: Addresses of the node, at most one per IP family; the first equals hostIP.
  initContainerStatuses: One entry for each init container, in the order of the spec.
  message: Why the pod is in its phase, for people.
  nodeAllocatableResourceClaimStatuses: CPU, memory and the like that claims of the pod (DRA) take from the
      node.
  nominatedNodeName: Node on which the scheduler has made room by preemption, or plans to place it. It may
      still go elsewhere.
  phase: Pending (not all containers have started), Running, Succeeded (all ended with 0), Failed (one did
      not, and none restarts) or Unknown. Readiness is a condition, not a phase.
  podIP: The pod's address, reachable in the whole cluster; empty until it has one.
  podIPs: Addresses of the pod, at most one per IP family; the first equals podIP.
  qosClass: Guaranteed (each container has CPU and memory limits, equal to its requests), BestEffort (none has
      any) or Burstable: who is killed first when memory is short. Never changes.
  reason: Why the pod is in its phase, as one word, such as Evicted or DeadlineExceeded.
  resize: Old report of a resize: Proposed, InProgress, Deferred or Infeasible. The conditions
      PodResizePending and PodResizeInProgress have taken its place.
  resourceClaimStatuses: Names of the claims that were made from templates.
  resources: Pod-level requests and limits that are in force on the node.
  startTime: When the kubelet accepted the pod, before it pulled any image.
PodCondition, NodeCondition, PersistentVolumeClaimCondition, ReplicationControllerCondition,
      NamespaceCondition: Something that holds, or not, at the moment.
  status: True, False or Unknown.
PodCondition:
  lastProbeTime: When it was last checked; usually unset.
  observedGeneration: The pod's metadata.generation that the condition was found for.
  type: Such as PodScheduled, Initialized, ContainersReady, Ready, PodReadyToStartContainers,
      DisruptionTarget, or one of a readiness gate.
NodeCondition:
  lastHeartbeatTime: When the kubelet last reported it.
  type: Ready, MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable; others may be added.
ReplicationControllerCondition:
  type: ReplicaFailure: pods could not be made or deleted.
NamespaceCondition:
  type: What still holds up the deletion, such as NamespaceContentRemaining or NamespaceFinalizersRemaining.
PersistentVolumeClaimCondition:
  lastProbeTime: When it was last checked; usually unset.
  type: Such as Resizing, FileSystemResizePending, ControllerResizeError, NodeResizeError, ModifyingVolume or
      ModifyVolumeError.
ContainerStatus: How one container is doing.
  allocatedResources: Requests that the node has set aside for the container; they lag behind the spec during
      a resize.
  allocatedResourcesStatus: Health of devices that the container got.
  containerID: The runtime's identity of the container, as type://id.
  image: The image that runs; may be written differently from the spec's.
  imageID: Digest of the image that runs.
  lastState: The last time it ended before its present state, if it ever did.
  name: The container. Cannot be changed.
  ready: Whether its readiness probe passes; without one, whether it has started.
  resources: Requests and limits in force on the running container.
  restartCount: How often it was restarted. May start over when the node removes dead containers.
  started: True once the startup probe has passed and postStart has ended; false again at each restart.
  state: Waiting, running or terminated.
  stopSignal: Signal that stops it.
  user: Identity of its first process.
  volumeMounts: Volumes as they are mounted.
ContainerState: One of running, terminated and waiting; with none set, it is waiting.
  running: Set while it runs.
  terminated: Set once it has ended.
  waiting: Set before it runs, as during the pull of its image.
ContainerStateRunning: A container that runs.
  startedAt: When it was started or restarted last.
ContainerStateTerminated: A container that has ended.
  containerID: Identity of the container that ended, as type://id.
  exitCode: Exit code of its first process; 128 plus the signal's number after a signal, as 137 for SIGKILL.
  finishedAt: When it ended.
  message: What it left in terminationMessagePath, or why it was ended.
  reason: Such as Completed, Error, OOMKilled or ContainerCannotRun.
  signal: The signal that ended it, where the runtime tells.
  startedAt: When that run had started.
ContainerStateWaiting: A container that does not run yet.
  reason: Such as ContainerCreating, PodInitializing, CrashLoopBackOff, ImagePullBackOff, ErrImagePull or
      CreateContainerConfigError.
ContainerUser: Who a container's first process runs as.
  linux: User and groups on Linux.
LinuxContainerUser: User and groups of a process on Linux. It may change them later if it has the right.
  gid: Primary group ID.
  supplementalGroups: Other group IDs.
  uid: User ID.
ResourceStatus: Health of devices of one resource.
  name: The resource, or claim:NAME/REQUEST for devices of a claim.
  resources: Each device with its health; at most one entry per device.
ResourceHealth:
  health: Healthy, Unhealthy (may recover) or Unknown.
  resourceID: The device, as its driver names it.
VolumeMountStatus: A volume as it is mounted.
  mountPath: Where it is mounted.
  name: The volume.
  readOnly: Whether writes are forbidden.
  recursiveReadOnly: Disabled or Enabled: whether mounts below it are read-only too. IfPossible never occurs
      here.
  volumeStatus: More about volumes of certain types.
VolumeStatus: More about a mounted volume; at most one is set.
  image: About an image volume.
ImageVolumeStatus: About a mounted image.
  imageRef: Digest of the image that is mounted.
HostIP: An address of a node.
  ip: The address, IPv4 or IPv6.
PodIP: An address of a pod.
  ip: The address, IPv4 or IPv6.
PodExtendedResourceClaimStatus: The claim behind extended resources of a pod.
  requestMappings: Which request of the claim stands for which resource of which container.
  resourceClaimName: The claim that the scheduler made.
ContainerExtendedResourceRequest: A container's extended resource and the request that stands for it.
  containerName: The container.
  requestName: Request in the claim.
  resourceName: The extended resource.
PodResourceClaimStatus: The claim behind an entry of the pod's resourceClaims.
  name: The entry.
  resourceClaimName: Claim that was made. Unset when none was needed.
NodeAllocatableResourceClaimStatus: Resources of the node that a claim takes for a pod.
  containers: The containers that use the claim.
  resourceClaimName: The claim.
  resources: Amounts by resource, such as cpu and memory.
PortStatus: A port of a load balancer and how it is doing.
  error: Why the port cannot be served, as a CamelCase word or domain/word.
  port: The port's number.
  protocol: TCP, UDP or SCTP.
Binding: Binds a pod to a node: what the scheduler posts to the binding subresource.
  target: The node to bind to, by name. A pod that has a node is refused (409).
Event: Something that happened to an object, told by a component. Kept for an hour by default, and no proof of
      anything.
  action: What was done or failed, as one word.
  count: How often it has happened.
  eventTime: When it was first seen, by components that write the newer form.
  firstTimestamp: When it first happened.
  involvedObject: The object it is about.
  lastTimestamp: When it last happened.
  message: What happened, for people.
  reason: Why, as a short CamelCase word, such as Scheduled or BackOff.
  related: A second object that plays a part.
  reportingComponent: Who reports it, such as kubernetes.io/kubelet.
  reportingInstance: Which instance of that component.
  series: Set when it goes on happening: how often and since when.
  source: Who reports it, in the older form.
  type: Normal or Warning.
EventSeries: Repetitions of an event.
  count: How often up to the last time.
  lastObservedTime: When it last happened.
EventSource: Who reports an event.
  component: The component, such as kubelet.
  host: Node that it runs on.
ObjectReference: Points to an object; which fields count depends on who reads it.
  fieldPath: A part of the object, such as spec.containers{NAME}.
  name: The object's name.
  namespace: The namespace of the object; empty for one of the cluster.
  resourceVersion: State of the object that was meant.
  uid: Identity of the object that was meant; an other object of the same name is then not.
ComponentStatus: Whether an old control plane component is healthy. Deprecated: ask /readyz and /livez
      instead.
  conditions: Its health, as one condition.
ComponentCondition: Health of a component.
  error: Why it is not healthy.
  message: What the component answered.
  status: True, False or Unknown.
  type: Always Healthy.
`;

/** Nodes, namespaces, configuration, limits, Services, and replication controllers. The form: texts.ts. */
module.exports = `
@ core.v1
Node: A machine that runs pods, as its kubelet registers and reports it.
NodeSpec: What the cluster decides about a node.
  configSource: Without effect: kubelets no longer take their configuration from here.
  externalID: Old identity of the machine; no longer set.
  podCIDR: Range of addresses for pods of the node, such as 10.1.2.0/24. Cannot be changed once set.
  podCIDRs: The same, at most one range per IP family; the first equals podCIDR.
  providerID: The cloud's name of the machine, as provider://id. Cannot be changed once set.
  taints: What keeps pods off unless they tolerate it. One entry per key and effect.
  unschedulable: True to let no new pods be scheduled here (kubectl cordon); running ones stay. Default false.
NodeStatus: What the kubelet reports of its machine.
  addresses: The addresses and names of the machine.
  allocatable: What pods may request, by resource: the capacity without what is kept for the system.
  capacity: All that the machine has, by resource: cpu, memory, pods, ephemeral-storage and devices.
  conditions: Ready, MemoryPressure, DiskPressure, PIDPressure. Ready becomes Unknown when the kubelet has
      been silent for the grace period of the node controller (50s in Kubernetes).
  config: Without effect: reports on configSource.
  daemonEndpoints: Ports of the node's daemons.
  declaredFeatures: Features that the kubelet says it has and the scheduler may need to know.
  features: Abilities of the container runtime as a whole.
  images: The images that are stored on the node, the largest first, at most 50 by default. The scheduler
      prefers nodes that have a pod's image.
  nodeInfo: Versions and identities of the machine and its software.
  phase: Never set any more.
  runtimeHandlers: Ways of running containers that the runtime offers, for RuntimeClasses.
  volumesAttached: Volumes that are attached to the machine, as the attach-detach controller has it.
  volumesInUse: Attachable volumes that are mounted or about to be: they are not detached while listed.
NodeAddress: An address of a node.
  address: The address or name.
  type: Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.
NodeDaemonEndpoints: Where daemons of a node listen.
  kubeletEndpoint: The kubelet's API, for logs, exec and port-forward.
DaemonEndpoint: Where a daemon listens.
  Port: The port's number; 0 if it does not listen.
NodeFeatures: Abilities of the container runtime that no handler changes.
  supplementalGroupsPolicy: Whether it can carry out supplementalGroupsPolicy and report a container's user.
NodeRuntimeHandler: A way of running containers.
  features: What it can do.
  name: What RuntimeClass.handler calls it; empty for the default one.
NodeRuntimeHandlerFeatures: What a runtime handler can do.
  recursiveReadOnlyMounts: Whether recursiveReadOnly of mounts works.
  userNamespaces: Whether hostUsers false works.
NodeSystemInfo:
  architecture: Processor architecture, such as amd64 or arm64.
  bootID: Changes with each boot.
  containerRuntimeVersion: The container runtime, as name://version.
  kernelVersion: What uname -r prints.
  kubeProxyVersion: Empty: the kubelet does not know it.
  kubeletVersion: The kubelet's version.
  machineID: Identity of the installation, from /etc/machine-id.
  operatingSystem: Either linux or windows.
  osImage: The distribution, as /etc/os-release names it.
  swap: About swap space.
  systemUUID: Identity of the hardware or virtual machine.
NodeSwapStatus: Swap space of a machine.
  capacity: How much there is, in bytes.
ContainerImage:
  names: Its names, by tag and by digest.
  sizeBytes: How much room it takes, in bytes.
AttachedVolume:
  devicePath: Device that it appears as.
  name: The volume, as plugin/id.
NodeConfigSource: Where a kubelet would take its configuration from. Without effect.
  configMap: A ConfigMap with the configuration.
NodeConfigStatus: Which configuration a kubelet uses. Without effect.
  active: The one in use.
  assigned: The one it should use.
  error: Why the assigned one is not in use.
  lastKnownGood: The one it falls back to.
ConfigMapNodeConfigSource: A ConfigMap with a kubelet's configuration. Without effect.
  kubeletConfigKey: Key with the configuration.
  name: The ConfigMap.
  namespace: Its namespace.
  resourceVersion: The state in use; only in the status.
  uid: Its identity; only in the status.
Taint:
  effect: NoSchedule: no new pods; PreferNoSchedule: rather none; NoExecute: running ones are evicted too.
  key: A qualified name, such as node.kubernetes.io/unreachable.
  timeAdded: When it was added; tolerationSeconds counts from here.
  value: Text that a toleration may have to match. May be empty.
Namespace: A scope for names, rights and quotas. Deleting it deletes all that is in it.
NamespaceSpec: What must happen before a namespace is gone.
  finalizers: Whoever must still clean up; kubernetes, for the contents, is always put in. Removed through the
      finalize subresource.
NamespaceStatus: How a namespace is doing.
  conditions: What holds up its deletion, if anything does.
  phase: Active, or Terminating: being deleted; nothing new can be made in it.
ConfigMap: Configuration as keys and texts (or bytes), at most 1 MiB, for pods to read as files or variables.
  binaryData: Bytes by key, in base64. Keys must not occur in data as well.
  data: Texts by key; a key consists of letters, digits, '-', '_' and '.'.
  immutable: True to forbid any change of the contents from now on; only deletion undoes it. Kubelets then
      need not watch it. Default false.
Secret: As a ConfigMap, at most 1 MiB, for what is not everybody's to see: who may read it is told by RBAC.
      Base64 is no encryption.
  data: Bytes by key, in base64.
  immutable: True to forbid any change of the contents from now on; only deletion undoes it. Default false.
  stringData: Texts by key, written into data (and over equal keys) by the server. Never returned.
  type: What keys it must have, as kubernetes.io/tls or kubernetes.io/dockerconfigjson. Default Opaque: any.
      Cannot be changed.
ServiceAccount: Who a pod is to the API server, as system:serviceaccount:NAMESPACE:NAME.
  automountServiceAccountToken: Whether pods get its token mounted, unless they say it themselves. Unset means
      yes.
  imagePullSecrets: Registry credentials for pods that name none.
  secrets: The secrets that its pods may use, if the annotation kubernetes.io/enforce-mountable-secrets says
      so; else only information.
LimitRange: Least, greatest and default resources of each pod, container or claim of a namespace. Checked when
      they are made.
LimitRangeSpec: The limits of a namespace.
  limits: One entry for each type that is limited.
LimitRangeItem: Limits for one type of object, by resource.
  default: Limits for containers that set none; if missing, max. Only for type Container.
  defaultRequest: Requests for containers that set none; if missing, the default limit, else min.
  max: The most that may be asked for or allowed.
  maxLimitRequestRatio: By what factor a limit may exceed its request.
  min: The least that may be asked for.
  type: Container, Pod (the sum of its containers) or PersistentVolumeClaim.
ResourceQuota: Bounds of what all objects of a namespace may use together. A request that would exceed one is
      refused with 403.
ResourceQuotaSpec: The bounds, and which pods they are for.
  hard: Bounds by resource, such as requests.cpu, limits.memory, pods, services.nodeports or
      count/deployments.apps. A bound on cpu or memory makes pods state it.
  scopeSelector: Which pods count, by scopes with values. All must match. Cannot be changed.
  scopes: Which pods count: Terminating, NotTerminating, BestEffort, NotBestEffort, PriorityClass,
      VolumeAttributesClass, CrossNamespacePodAffinity. All must match. Cannot be changed.
ResourceQuotaStatus: Bounds in force and what is used.
  hard: Bounds that are in force.
  used: What is used now, by resource.
ScopeSelector: Requirements on scopes.
  matchExpressions: All must hold.
ScopedResourceSelectorRequirement: A requirement on one scope.
  operator: Exists for most scopes; PriorityClass also takes In, NotIn and DoesNotExist.
  scopeName: Such as PriorityClass.
  values: At least one for In and NotIn, none otherwise.
Service: A stable name and address for a changing set of pods.
ServiceSpec: Which pods are behind the Service and how they are reached.
  allocateLoadBalancerNodePorts: False to get no node ports with type LoadBalancer, when the balancer reaches
      pods without. Default true.
  clusterIP: The address, taken from the cluster's range unless given. None makes it headless: DNS then
      answers with the pods' addresses. Cannot be changed except with the type to or from ExternalName.
  clusterIPs: The addresses, at most one per IP family; the first equals clusterIP.
  externalIPs: More addresses on which nodes take traffic for the Service; someone else must route them to
      nodes.
  externalName: DNS name that the Service's name is an alias (CNAME) of. Only and always with type
      ExternalName.
  externalTrafficPolicy: Where traffic from outside goes: Cluster (default): any pod; Local: only pods of the
      node that took it, which keeps the client's address.
  healthCheckNodePort: Port of each node that tells a balancer whether it has ready pods. Only with
      LoadBalancer and externalTrafficPolicy Local; allocated unless given. Cannot be changed.
  internalTrafficPolicy: Where traffic from inside goes: Cluster (default): any pod; Local: only pods of the
      client's own node, or nowhere.
  ipFamilies: IPv4, IPv6 or both, in order of preference. Filled in by the server; a second may be added or
      removed, the first stays.
  ipFamilyPolicy: SingleStack (default), PreferDualStack or RequireDualStack: how many IP families it gets.
  loadBalancerClass: Which implementation makes the load balancer. Default: the cloud's own. Only with type
      LoadBalancer; cannot be changed while it has that type.
  loadBalancerIP: Address to ask the balancer for; ignored by many. Deprecated: use annotations of the
      provider.
  loadBalancerSourceRanges: CIDRs that clients of the load balancer must come from, where it supports that.
      Default: all.
  ports: The ports of the Service. At least one unless it is headless or an ExternalName; names are needed
      from the second on.
  publishNotReadyAddresses: True to list pods whether they are ready or not, as peers of a StatefulSet need to
      find each other. Default false.
  selector: Labels that its pods all have. Empty: nobody makes endpoints for it, except you. Ignored for
      ExternalName.
  sessionAffinity: ClientIP to send one client's connections to one pod, or None (default).
  sessionAffinityConfig: How long ClientIP affinity lasts.
  trafficDistribution: A wish for endpoints that are near: PreferSameZone (or its old name PreferClose) or
      PreferSameNode. Unset: all alike.
  type: ClusterIP (default): inside only; NodePort: also on a port of each node; LoadBalancer: also by an
      outside balancer; ExternalName: only an alias in DNS.
ServicePort: A port of a Service.
  appProtocol: What is spoken on it, as an IANA name or domain/name such as kubernetes.io/h2c. A hint for
      others.
  name: A DNS label, unique in the Service. May be left out if there is one port.
  nodePort: Port of each node, from the cluster's range (30000 to 32767 by default); allocated unless given.
      Only with types NodePort and LoadBalancer.
  port: What clients of the Service connect to, 1 to 65535.
  protocol: TCP (default), UDP or SCTP.
  targetPort: Number or name of the pods' port. Default: the same as port. Ignored for headless Services
      without a selector.
SessionAffinityConfig: Settings of session affinity.
  clientIP: Those of ClientIP.
ClientIPConfig: Settings of ClientIP affinity.
  timeoutSeconds: Seconds that a client stays with its pod after its last connection, 1 to 86400. Default
      10800 (3 hours).
ServiceStatus: How a Service is doing.
  conditions: Reports by controllers, such as LoadBalancerPortsError.
  loadBalancer: Where the load balancer is reached, once there is one.
LoadBalancerStatus:
  ingress: Its addresses. Traffic to them is meant for the Service.
LoadBalancerIngress: An address of a load balancer: by IP or by name.
  hostname: Name, for balancers that are reached by DNS.
  ip: Address, for balancers that are reached by IP.
  ipMode: VIP (default with an ip): packets arrive with the balancer's address; Proxy: with that of a node or
      pod, so nodes must not short-cut it.
  ports: Its ports and their errors.
Endpoints: Addresses behind a Service, all in one object, at most 1000. Deprecated: EndpointSlice has taken
      its place.
  subsets: Addresses with the ports that they all have.
EndpointSubset: Each address with each port.
  addresses: The addresses that are ready.
  notReadyAddresses: Addresses that are not ready (yet).
  ports: The ports at these addresses.
EndpointAddress: An address behind a Service.
  hostname: Name of the address in DNS, for headless Services.
  ip: The address; not a loopback or link-local one.
  nodeName: Node that it is on.
  targetRef: The pod (or other object) that has it.
EndpointPort: A port behind a Service.
  appProtocol: What is spoken on it.
  name: As the Service names the port.
  port: The number of the pods' port.
  protocol: TCP (default), UDP or SCTP.
ReplicationController: Keeps a number of equal pods running. Deployment has taken its place.
ReplicationControllerSpec: How many pods, and which.
  minReadySeconds: Seconds that a pod must be ready without a break to count as available. Default 0.
  replicas: How many pods are wanted. Default 1.
  selector: Labels of its pods. Default: the template's labels.
  template: The pods to make; its labels must match the selector.
ReplicationControllerStatus: How many pods there are.
  availableReplicas: Pods that have been ready for minReadySeconds.
  conditions: ReplicaFailure, if pods cannot be made.
  fullyLabeledReplicas: Pods that have all labels of the template.
  readyReplicas: Pods that are ready.
  replicas: Pods that exist.
`;

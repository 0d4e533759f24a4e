/** Pods and what is in them. The form: texts.ts. */
module.exports = `
@ core.v1
Pod: Containers that are placed on one node together and share its network, volumes and lifetime. A pod is
      never moved: a new one takes its place.
PodSpec: What runs in a pod, where it may run and what happens when it ends. After creation only images,
      tolerations (additions), activeDeadlineSeconds and a few more fields may change.
  activeDeadlineSeconds: Seconds, from the pod's start, after which the node stops it and marks it Failed with
      reason DeadlineExceeded. Positive; may be set or lowered later, never raised.
  affinity: Rules that draw the pod to nodes, or towards and away from other pods.
  automountServiceAccountToken: Whether a token of the service account is mounted under
      /var/run/secrets/kubernetes.io/serviceaccount. Unset, the service account decides; if that says nothing
      either, it is mounted.
  containers: Programs that run side by side for as long as the pod lives. At least one; none can be added or
      removed later.
  dnsConfig: DNS servers, search domains and options, added to what dnsPolicy gives.
  dnsPolicy: Where the pod's resolv.conf comes from. ClusterFirst (default): the cluster's DNS;
      ClusterFirstWithHostNet: the same with hostNetwork; Default: the node's; None: dnsConfig alone.
  enableServiceLinks: Whether containers get environment variables such as FOO_SERVICE_HOST for each Service
      of the namespace. Default true.
  ephemeralContainers: Containers that were added to the running pod, for debugging. Set only through the
      ephemeralcontainers subresource (kubectl debug); they are never restarted or removed.
  hostAliases: Lines that are added to /etc/hosts of each container.
  hostIPC: True to use the node's IPC namespace. Default false.
  hostNetwork: True to use the node's network instead of an own one: each containerPort is then taken on the
      node too. Default false.
  hostPID: True to see the node's processes. Default false; cannot go with shareProcessNamespace.
  hostUsers: False to run in an own user namespace, where root inside is nobody on the node. Default true;
      must be true with hostNetwork, hostPID or hostIPC.
  hostname: What the pod calls itself, a DNS label. Default: its name.
  hostnameOverride: A full hostname to use as it is, at most 64 characters, instead of one made of hostname
      and subdomain; it makes no DNS record. Cannot go with hostNetwork or setHostnameAsFQDN.
  imagePullSecrets: Secrets of the namespace with registry credentials, tried when images are pulled. When
      empty, those of the service account are filled in.
  initContainers: Programs that run to their end before the containers start, one after another; a failure is
      retried as restartPolicy says. One with restartPolicy Always is a sidecar: it goes on running beside the
      containers.
  nodeName: The node that the pod is bound to; its kubelet runs it. Empty until the scheduler has bound it;
      set at creation it goes around the scheduler. Never changes once set.
  nodeSelector: Labels that the node must all have. No match leaves the pod Pending.
  os: The operating system the containers are made for; fields that mean nothing there are then refused.
  overhead: Resources that running the pod itself costs besides its containers. Filled in from the
      RuntimeClass; counted by the scheduler and in quotas.
  preemptionPolicy: Whether the pod may evict others of lower priority to find room: PreemptLowerPriority
      (default) or Never. Filled in from the PriorityClass.
  priority: Importance as a number, higher first: in the scheduling queue, in preemption, in eviction by the
      node. Filled in from the priorityClassName; do not set it.
  priorityClassName: The PriorityClass that gives the priority. Default: the class marked globalDefault, else
      priority 0.
  readinessGates: Conditions that must be True, besides ready containers, before the pod counts as ready.
      Someone else sets them in the status.
  resourceClaims: Claims for devices (DRA) that must be allocated before the pod can run; containers refer to
      them by name.
  resources: CPU, memory and huge pages for the pod as a whole, shared by its containers. Other resources are
      set per container.
  restartPolicy: Which containers are started again when they end: Always (default), OnFailure (exit code not
      0) or Never. Jobs allow only the last two. Restarts wait 10s, 20s, ... up to 5m.
  runtimeClassName: The RuntimeClass that tells how to run the containers. Default: the node's usual way. The
      pod is refused when the class does not exist.
  schedulerName: Which scheduler places the pod. Default default-scheduler; with a name that nobody serves the
      pod stays Pending.
  schedulingGates: While any is left, the scheduler leaves the pod alone. May only be given at creation, and
      removed later.
  schedulingGroup: The group of pods that this one is scheduled together with.
  securityContext: Users, groups, profiles and kernel settings for all containers; a container's own values
      win.
  serviceAccount: Old name of serviceAccountName, kept equal to it.
  serviceAccountName: The ServiceAccount that the pod acts as towards the API server. Default: default. It
      must exist when the pod is created.
  setHostnameAsFQDN: True to make the kernel's hostname the fully qualified one (at most 64 characters).
      Default false.
  shareProcessNamespace: True to let the containers see and signal each other's processes; process 1 is then
      the pod's own. Default false.
  subdomain: With it the pod's DNS name is hostname.subdomain.namespace.svc and the cluster's domain, if a
      headless Service of that name selects it.
  terminationGracePeriodSeconds: Seconds between SIGTERM (or the start of preStop) and SIGKILL when the pod is
      deleted. Default 30; 0 kills at once.
  tolerations: Taints of nodes that the pod puts up with. The server adds 300s for nodes that are not ready or
      unreachable. More may be added later.
  topologySpreadConstraints: How evenly matching pods must be spread over zones, nodes or other domains. All
      must hold.
  volumes: Directories and devices that containers may mount by name. Each must be ready before a container
      starts.
PodTemplateSpec: Metadata and spec of pods that a controller makes.
  metadata: Labels and annotations for each pod. The labels must match the owner's selector; names are given
      by the controller.
  spec: What each pod is to run.
Container, EphemeralContainer:
  args: Arguments of the command; without one, of the image's entrypoint. Default: the image's CMD. $(NAME) is
      replaced by an environment variable, $$(NAME) stands for itself.
  command: What to run, not in a shell, instead of the image's ENTRYPOINT; its CMD is then ignored too.
      $(NAME) is replaced by an environment variable, $$(NAME) stands for itself.
  env: Environment variables. They win over those of envFrom; a later entry may use an earlier one as $(NAME).
  envFrom: ConfigMaps and Secrets whose keys all become environment variables; of equal keys the last wins.
      Changes reach the container only when it is restarted.
  imagePullPolicy: When to pull: Always (asks the registry at each start), IfNotPresent, or Never. Default:
      Always for the tag latest or none, else IfNotPresent.
  name: A DNS label that no other container of the pod has. Cannot be changed.
  securityContext: User, rights and profiles of the container; they win over the pod's.
  stdin: True to keep standard input open, so that kubectl attach -i can write to it; otherwise reads give end
      of file. Default false.
  stdinOnce: True to close standard input when the first client that attached is gone. Default false; needs
      stdin.
  terminationMessagePath: File in the container whose text becomes the message of its terminated state, at
      most 4096 bytes. Default /dev/termination-log. Cannot be changed.
  terminationMessagePolicy: Where that message comes from: File (default), or FallbackToLogsOnError: the end
      of the log (2048 bytes or 80 lines) if the file is empty and the container failed.
  tty: True to give the container a terminal; needs stdin. Default false.
  volumeDevices: Volumes of mode Block that the container sees as devices.
  volumeMounts: Where volumes of the pod appear in the container's file system.
  workingDir: Directory that the command starts in. Default: the image's.
Container: A program to run from an image, in an own file system.
  image: The image to run, as registry/path:tag or @digest; no registry means docker.io, no tag means latest.
      May be changed in a running pod: the container is restarted.
  lifecycle: What to do just after the container has started and before it is stopped.
  livenessProbe: When it fails failureThreshold times in a row, the container is killed and restarted as
      restartPolicy says. Without one it counts as alive while it runs.
  ports: The ports that the container listens on. They inform people and give names to refer to; an undeclared
      port is reachable as well.
  readinessProbe: While it fails, the pod gets no traffic from Services. Never restarts anything. Without one
      the container is ready once it has started.
  resizePolicy: For each resource, whether a change of its amount in the running pod restarts the container.
  resources: CPU, memory and more that the container needs and may use at most.
  restartPolicy: Overrides the pod's policy: Always, OnFailure or Never. In an init container, Always makes a
      sidecar, which starts before the containers and runs beside them.
  restartPolicyRules: What to do when the container ends with certain exit codes; the first rule that fits
      wins, else restartPolicy holds. At most 20.
  startupProbe: Until it has succeeded once, the other probes do not run; failing failureThreshold times
      restarts the container. For programs that start slowly.
EphemeralContainer: A container added to a running pod for debugging. It has no ports, probes, lifecycle or
      guaranteed resources, and stays listed when it ends.
  image: The image to run, usually one with tools for debugging. Cannot be changed.
  lifecycle: Not allowed in ephemeral containers.
  livenessProbe: Not allowed in ephemeral containers.
  ports: Not allowed in ephemeral containers.
  readinessProbe: Not allowed in ephemeral containers.
  resizePolicy: Not allowed in ephemeral containers.
  resources: Not allowed in ephemeral containers. They use what the pod has left.
  restartPolicy: Must be unset: ephemeral containers are not restarted.
  restartPolicyRules: Not allowed in ephemeral containers.
  startupProbe: Not allowed in ephemeral containers.
  targetContainerName: The container whose processes this one can see. Unset, it has its own process namespace
      (or the pod's, if that is shared).
ContainerPort:
  containerPort: Port number in the pod, 1 to 65535.
  hostIP: Address of the node that hostPort is bound to. Default: all of them.
  hostPort: The same port on the node, 1 to 65535. Two pods that want it cannot share a node. With hostNetwork
      it equals containerPort.
  name: An IANA_SVC_NAME: at most 15 of a-z, 0-9 and -, with a letter; unique in the pod. Services and probes
      may use it instead of the number.
  protocol: TCP (default), UDP or SCTP.
ContainerResizePolicy: How a container takes a change of one resource.
  resourceName: Either cpu or memory.
  restartPolicy: NotRequired (default) changes it in place, RestartContainer restarts the container with the
      new amount.
ContainerRestartRule:
  action: Restart starts this container again; RestartAllContainers, where the node supports it, all of the
      pod.
  exitCodes: Exit codes that the rule is for.
ContainerRestartRuleOnExitCodes: Exit codes, listed or excluded.
  operator: In: the code is in the list; NotIn: it is not.
  values: Exit codes, 0 to 255; at most 255 of them.
EnvVar: An environment variable of a container.
  name: The variable's name: any printable ASCII except =. A later entry of the same name wins.
  value: Its text. $(OTHER) is replaced by a variable defined earlier, $$(OTHER) stands for itself. Default
      empty.
  valueFrom: Where the text comes from instead; cannot go with a value.
EnvVarSource: Where an environment variable gets its text; exactly one is set. Read when the container starts
      and not again.
  configMapKeyRef: A key of a ConfigMap of the namespace.
  fieldRef: A field of the pod itself, such as metadata.name, metadata.labels['KEY'], spec.nodeName or
      status.podIP.
  fileKeyRef: A variable in a file on an emptyDir volume, usually written by an init container.
  resourceFieldRef: An amount from the container's requests or limits.
  secretKeyRef: A key of a Secret of the namespace.
ConfigMapKeySelector, SecretKeySelector: One key of an object in the pod's namespace.
  key: The key to take; a missing one stops the container from starting unless optional.
  name: The object that has the key.
FileKeySelector: One variable in a file of NAME=value lines.
  key: The variable's name in the file, at most 128 characters.
  path: The file, relative to the volume; it must not contain '..'.
  volumeName: The emptyDir volume of the pod that has the file. The container need not mount it.
EnvFromSource: All keys of a ConfigMap or Secret as environment variables.
  configMapRef: The ConfigMap.
  prefix: Text put before each key to make the variable's name.
  secretRef: The Secret.
ConfigMapEnvSource, SecretEnvSource: An object of the namespace whose keys become variables. Keys that cannot
      name a variable are left out.
  name: The object.
ObjectFieldSelector:
  apiVersion: Version of the API that the path is written for. Default v1.
  fieldPath: Path of the field, such as metadata.name, metadata.annotations['KEY'] or status.hostIP.
ResourceFieldSelector:
  containerName: The container it is read from. Needed in volumes; for variables the container itself is the
      default.
  divisor: Unit of the result, such as 1m, 1Mi or 1 (default); it is rounded up.
  resource: Such as limits.cpu, limits.memory or requests.ephemeral-storage. A missing limit reads as what the
      node can give.
Lifecycle: Hooks around a container's life.
  postStart: Runs right after the container is started, beside its command; the container is not Running
      before it ends. A failure kills the container.
  preStop: Runs before SIGTERM when the container is to be stopped, within the grace period; not when it ends
      by itself.
  stopSignal: Signal to stop the container with, such as SIGQUIT, instead of the image's or SIGTERM. Needs
      spec.os.name.
LifecycleHandler: What a hook does; exactly one is set.
  exec: Runs a command in the container; an exit code other than 0 is a failure.
  httpGet: Sends a GET; a code outside 200 to 399 is a failure.
  sleep: Waits, and does nothing else.
  tcpSocket: Kept for old objects; does nothing as a hook.
SleepAction: A wait.
  seconds: How long to wait, at most the grace period.
ExecAction:
  command: Program and arguments, run from / and not in a shell. Exit code 0 is success.
HTTPGetAction: A GET to the pod. Codes 200 to 399 are success; redirects to the same host are followed.
  host: Name or address to connect to. Default: the pod's IP. To set only the Host header use httpHeaders.
  httpHeaders: Headers to send; a name may occur several times.
  path: The path to ask for. Default /.
  port: Number (1 to 65535) or name of a port of the container.
  scheme: HTTP (default) or HTTPS; certificates are not checked.
HTTPHeader: A header of a request.
  name: The header's name, such as X-Custom; case does not matter.
  value: The header's text.
TCPSocketAction: A TCP connection; success once it opens.
  host: Name or address to connect to. Default: the pod's IP.
  port: Number (1 to 65535) or name of a port of the container.
GRPCAction: A call of the gRPC health checking protocol; SERVING is success.
  port: The port's number, 1 to 65535. Names are not allowed here.
  service: Which service to ask about in the HealthCheckRequest. Default empty: the server as a whole.
Probe: A check that the node repeats while the container runs. One of exec, grpc, httpGet and tcpSocket is
      set.
  exec: Runs a command in the container; exit code 0 is success.
  failureThreshold: Failures in a row that count as failed. Default 3, at least 1.
  grpc: Asks the gRPC health service.
  httpGet: Sends a GET; 200 to 399 is success.
  initialDelaySeconds: Seconds after the container's start before the first check. Default 0.
  periodSeconds: Seconds from one check to the next. Default 10, at least 1.
  successThreshold: Successes in a row that count as passed after a failure. Default 1; must be 1 for liveness
      and startup.
  tcpSocket: Opens a TCP connection.
  terminationGracePeriodSeconds: Grace period in seconds when this probe's failure kills the container. At
      least 1; not for readiness. Default: the pod's.
  timeoutSeconds: Seconds after which a check without an answer has failed. Default 1, at least 1.
ResourceRequirements: What is set aside and what is the most that may be used.
  claims: Entries of the pod's resourceClaims whose devices the container gets.
  limits: The most that may be used, by resource. Above it CPU is throttled; above it in memory the container
      is killed (OOMKilled).
  requests: What the scheduler sets aside on a node, by resource. Default: the limit, where one is set.
      Extended resources cannot be overcommitted.
ResourceClaim: Devices of a claim for one container.
  name: Entry of the pod's resourceClaims.
  request: One request of that claim. Unset, all that the claim got.
Affinity: Rules about where a pod is placed.
  nodeAffinity: Which nodes, by their labels.
  podAffinity: Near which pods: in the same zone, node or other domain.
  podAntiAffinity: Away from which pods.
NodeAffinity: Rules about nodes, judged when the pod is scheduled; later changes of labels do not move it.
  preferredDuringSchedulingIgnoredDuringExecution: Wishes: a node gets the weight of each that it satisfies,
      and the greatest sum is preferred.
  requiredDuringSchedulingIgnoredDuringExecution: What the node must satisfy, otherwise the pod stays Pending.
PreferredSchedulingTerm: A wish about nodes.
  preference: Which nodes get the weight. An empty term matches none.
  weight: What it counts among the wishes, 1 to 100.
NodeSelector: Terms of which a node has to satisfy at least one.
  nodeSelectorTerms: Alternatives (OR); at least one.
NodeSelectorTerm: Requirements that must all hold (AND). An empty term matches no node.
  matchExpressions: Requirements on labels.
  matchFields: Requirements on fields; only metadata.name is known, with In or NotIn and one value.
NodeSelectorRequirement: A requirement on one label or field.
  key: Which label (or field), as a qualified name.
  operator: In, NotIn, Exists, DoesNotExist, Gt or Lt. NotIn and DoesNotExist also match nodes without the
      label.
  values: At least one for In and NotIn, none for Exists and DoesNotExist, exactly one integer for Gt and Lt.
PodAffinity, PodAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution: Wishes: nodes whose domain satisfies more weight are
      preferred.
PodAffinity: Rules that bring pods together.
  requiredDuringSchedulingIgnoredDuringExecution: All must hold: in the node's domain runs a pod that the term
      selects. Judged at scheduling only.
PodAntiAffinity: Rules that keep pods apart.
  requiredDuringSchedulingIgnoredDuringExecution: All must hold: in the node's domain runs no pod that the
      term selects. Pods already there with such a rule against this one count too.
WeightedPodAffinityTerm: A wish about other pods.
  podAffinityTerm: Which pods, and how near.
  weight: What it counts among the wishes, 1 to 100.
PodAffinityTerm: Other pods and the domain in which they are looked for.
  labelSelector: Pods that count, by labels. Unset, none do.
  matchLabelKeys: Labels of this pod whose values are added to the selector as In, for instance
      pod-template-hash. Fixed at creation; needs labelSelector.
  mismatchLabelKeys: As matchLabelKeys, added as NotIn.
  namespaceSelector: Namespaces to look in, by labels, besides those listed. Unset, none; empty, all.
  namespaces: The namespaces to look in by name. With no list and no selector: the pod's own.
  topologyKey: Node label whose equal values make one domain, such as kubernetes.io/hostname or
      topology.kubernetes.io/zone. Required.
Toleration: Matches taints by key, value and effect; what is left out matches any.
  effect: The effect to put up with: NoSchedule, PreferNoSchedule or NoExecute. Empty: all.
  key: The taint's key. Empty, with operator Exists, matches every taint.
  operator: Equal (default): key and value must match; Exists: the key alone. Gt and Lt compare integers where
      the feature is on.
  tolerationSeconds: Seconds that the pod stays once a NoExecute taint is there. Unset: forever; 0 or less: it
      is evicted at once.
  value: The taint's value; must be empty with Exists.
TopologySpreadConstraint: Counts pods that match in each domain (nodes with the same value of a label) and
      bounds the difference.
  labelSelector: Pods that are counted, in the pod's own namespace.
  matchLabelKeys: Labels of this pod whose values are added to the selector, for instance pod-template-hash to
      count only one rollout.
  maxSkew: By how many pods a domain may exceed the emptiest one. At least 1.
  minDomains: With fewer domains than this, the emptiest counts as having 0 pods. At least 1, default 1; only
      with DoNotSchedule.
  nodeAffinityPolicy: Honor (default): only nodes that match the pod's nodeSelector and affinity count;
      Ignore: all do.
  nodeTaintsPolicy: Ignore (default): tainted nodes count; Honor: only those whose taints are tolerated.
  topologyKey: Node label whose equal values make one domain. Nodes without it get no such pod.
  whenUnsatisfiable: DoNotSchedule leaves the pod Pending; ScheduleAnyway only prefers the better spread.
PodSecurityContext: Identity and confinement for all containers of the pod, and owner of its volumes.
  appArmorProfile: AppArmor profile of the containers; not on Windows.
  fsGroup: Group that owns the files of volumes which support it, and a group of every process. New files get
      it; the setgid bit is set.
  fsGroupChangePolicy: When the owner of files is set: Always (default) at each mount, or OnRootMismatch: only
      if the top directory is not right yet.
  runAsGroup: Primary group ID of the processes. Default: the image's.
  runAsNonRoot: True to refuse to start a container that would run as user 0. Default false.
  runAsUser: User ID of the processes. Default: the image's.
  seLinuxChangePolicy: How volumes get their SELinux label: MountOption (default where supported) mounts with
      it, Recursive relabels each file.
  seLinuxOptions: SELinux label of the containers. Default: a random one per container.
  seccompProfile: Which system calls are allowed.
  supplementalGroups: More groups of each process, added to the primary one and fsGroup.
  supplementalGroupsPolicy: Merge (default) also takes groups from the image's /etc/group; Strict does not.
  sysctls: Kernel settings of the pod's namespaces. Unsafe ones must be allowed by the node, or the pod fails
      to start.
  windowsOptions: Settings for Windows; only with os.name windows.
SecurityContext: Identity and confinement of one container. What is set here wins over the pod.
  allowPrivilegeEscalation: Whether a process can get more rights than its parent; false sets no_new_privs.
      Always true for privileged containers and with CAP_SYS_ADMIN.
  appArmorProfile: AppArmor profile of the container.
  capabilities: Linux capabilities to add to or take from the runtime's default set.
  privileged: True gives nearly all rights of root on the node. Default false.
  procMount: Default hides parts of /proc and makes others read-only; Unmasked does not and needs hostUsers
      false.
  readOnlyRootFilesystem: True to forbid writes to the container's own file system; volumes stay writable.
      Default false.
  runAsGroup: Primary group ID of the process. Default: the pod's, else the image's.
  runAsNonRoot: True to refuse to start as user 0. Default: as the pod says.
  runAsUser: User ID of the process. Default: the pod's, else the image's.
  seLinuxOptions: SELinux label of the container.
  seccompProfile: Which system calls are allowed; wins over the pod's profile.
  windowsOptions: Settings for Windows.
Capabilities: Changes of a container's Linux capabilities.
  add: Names without CAP_, such as NET_BIND_SERVICE; ALL for every one.
  drop: Names to take away; ALL for every one, before any is added.
AppArmorProfile: Which AppArmor profile confines a process.
  localhostProfile: Name of a profile that is loaded on the node; only and always with type Localhost.
  type: RuntimeDefault: the container runtime's; Localhost: one of the node; Unconfined: none.
SeccompProfile: Which seccomp profile filters system calls.
  localhostProfile: File below the node's seccomp directory; only and always with type Localhost.
  type: RuntimeDefault: the container runtime's; Localhost: a file on the node; Unconfined: none.
SELinuxOptions: Parts of an SELinux label.
  level: The level part of the label, such as s0:c123,c456.
  role: The role part of the label.
  type: The type part of the label, such as container_t.
  user: The user part of the label.
WindowsSecurityContextOptions: Identity of a process on Windows.
  gmsaCredentialSpec: Text of the group managed service account's credential spec; filled in by a webhook from
      the name.
  gmsaCredentialSpecName: Name of the GMSA credential spec to use.
  hostProcess: True to run as a process of the host; then all containers of the pod must, and hostNetwork must
      be true. Default false.
  runAsUserName: Windows user that runs the entrypoint. Default: the image's.
Sysctl: A kernel setting.
  name: Such as net.ipv4.ip_local_port_range.
  value: What to set it to.
PodDNSConfig: Contents of resolv.conf, added to those of dnsPolicy.
  nameservers: Addresses of DNS servers, put after the policy's; at most 3 in all. Required with dnsPolicy
      None.
  options: Resolver options; they win over the policy's of the same name.
  searches: Search domains, put after the policy's; at most 32 and 2048 characters in all.
PodDNSConfigOption: A resolver option.
  name: Such as ndots. Required.
  value: Its value, where it takes one.
HostAlias: A line of /etc/hosts.
  hostnames: Names that resolve to the address.
  ip: The address.
PodOS:
  name: Either linux or windows. Cannot be changed.
PodReadinessGate:
  conditionType: Type of the condition in the pod's status. Missing counts as False.
PodResourceClaim: Devices for a pod: either an existing claim or a template for one.
  name: How containers refer to it; a DNS label, unique in the pod.
  resourceClaimName: An existing ResourceClaim of the namespace.
  resourceClaimTemplateName: A ResourceClaimTemplate of the namespace; a claim is made for this pod and
      deleted with it.
PodSchedulingGate: Something that holds back the scheduling of a pod.
  name: The name of the gate, a qualified name such as example.com/quota. Unique in the pod.
PodSchedulingGroup:
  podGroupName: The PodGroup of the namespace. Cannot be changed.
LocalObjectReference: An object of the same namespace.
  name: The object's name. Empty is accepted for old objects and refers to nothing.
PodTemplate: A pod to be made later, by whoever reads the template.
  template: Labels and spec of the pod.
`;

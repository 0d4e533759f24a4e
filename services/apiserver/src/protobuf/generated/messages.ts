// Field numbers of Kubernetes' protobuf messages (k8s.io/api and apimachinery v0.33, generated.proto). Facts of the API; not to be edited.
// `1name:string 2^:Embedded 3list:[]T 4map:{T} 5pointer:*T`
export const messages: Readonly<Record<string, string>> = {
  'meta/v1.TypeMeta':
    '1kind:string 2apiVersion:string',
  'meta/v1.ListMeta':
    '1selfLink:string 2resourceVersion:string 3continue:string 4remainingItemCount:*int64',
  'meta/v1.ObjectMeta':
    '1name:string 2generateName:string 3namespace:string 4selfLink:string 5uid:string 6resourceVersion:string 7generation:int64 8creationTimestamp:Time 9deletionTimestamp:*Time 10deletionGracePeriodSeconds:*int64 11labels:{string} 12annotations:{string} 13ownerReferences:[]OwnerReference 14finalizers:[]string 17managedFields:[]ManagedFieldsEntry',
  'meta/v1.OwnerReference':
    '1kind:string 3name:string 4uid:string 5apiVersion:string 6controller:*bool 7blockOwnerDeletion:*bool',
  'meta/v1.ListOptions':
    '1labelSelector:string 2fieldSelector:string 3watch:bool 4resourceVersion:string 5timeoutSeconds:*int64 7limit:int64 8continue:string 9allowWatchBookmarks:bool 10resourceVersionMatch:string 11sendInitialEvents:*bool',
  'meta/v1.GetOptions':
    '1resourceVersion:string',
  'meta/v1.DeleteOptions':
    '1gracePeriodSeconds:*int64 2preconditions:*Preconditions 3orphanDependents:*bool 4propagationPolicy:*string 5dryRun:[]string 6ignoreStoreReadErrorWithClusterBreakingPotential:*bool',
  'meta/v1.CreateOptions':
    '1dryRun:[]string 3fieldManager:string 4fieldValidation:string',
  'meta/v1.PatchOptions':
    '1dryRun:[]string 2force:*bool 3fieldManager:string 4fieldValidation:string',
  'meta/v1.ApplyOptions':
    '1dryRun:[]string 2force:bool 3fieldManager:string',
  'meta/v1.UpdateOptions':
    '1dryRun:[]string 2fieldManager:string 3fieldValidation:string',
  'meta/v1.Preconditions':
    '1uid:*string 2resourceVersion:*string',
  'meta/v1.Status':
    '1metadata:ListMeta 2status:string 3message:string 4reason:string 5details:*StatusDetails 6code:int32',
  'meta/v1.StatusDetails':
    '1name:string 2group:string 3kind:string 4causes:[]StatusCause 5retryAfterSeconds:int32 6uid:string',
  'meta/v1.StatusCause':
    '1reason:string 2message:string 3field:string',
  'meta/v1.APIVersions':
    '1versions:[]string 2serverAddressByClientCIDRs:[]ServerAddressByClientCIDR',
  'meta/v1.APIGroupList':
    '1groups:[]APIGroup',
  'meta/v1.APIGroup':
    '1name:string 2versions:[]GroupVersionForDiscovery 3preferredVersion:GroupVersionForDiscovery 4serverAddressByClientCIDRs:[]ServerAddressByClientCIDR',
  'meta/v1.ServerAddressByClientCIDR':
    '1clientCIDR:string 2serverAddress:string',
  'meta/v1.GroupVersionForDiscovery':
    '1groupVersion:string 2version:string',
  'meta/v1.APIResource':
    '1name:string 2namespaced:bool 3kind:string 4verbs:Verbs 5shortNames:[]string 6singularName:string 7categories:[]string 8group:string 9version:string 10storageVersionHash:string',
  'meta/v1.APIResourceList':
    '1groupVersion:string 2resources:[]APIResource',
  'meta/v1.RootPaths':
    '1paths:[]string',
  'meta/v1.LabelSelector':
    '1matchLabels:{string} 2matchExpressions:[]LabelSelectorRequirement',
  'meta/v1.LabelSelectorRequirement':
    '1key:string 2operator:string 3values:[]string',
  'meta/v1.FieldSelectorRequirement':
    '1key:string 2operator:string 3values:[]string',
  'meta/v1.ManagedFieldsEntry':
    '1manager:string 2operation:string 3apiVersion:string 4time:*Time 6fieldsType:string 7fieldsV1:*FieldsV1 8subresource:string',
  'meta/v1.FieldsV1':
    '1-:[]byte',
  'meta/v1.TableOptions':
    '1includeObject:string',
  'meta/v1.PartialObjectMetadata':
    '1metadata:ObjectMeta',
  'meta/v1.Condition':
    '1type:string 2status:string 3observedGeneration:int64 4lastTransitionTime:Time 5reason:string 6message:string',
  'core/v1.Volume':
    '1name:string 2^:VolumeSource',
  'core/v1.VolumeSource':
    '1hostPath:*HostPathVolumeSource 2emptyDir:*EmptyDirVolumeSource 3gcePersistentDisk:*GCEPersistentDiskVolumeSource 4awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource 5gitRepo:*GitRepoVolumeSource 6secret:*SecretVolumeSource 7nfs:*NFSVolumeSource 8iscsi:*ISCSIVolumeSource 9glusterfs:*GlusterfsVolumeSource 10persistentVolumeClaim:*PersistentVolumeClaimVolumeSource 11rbd:*RBDVolumeSource 12flexVolume:*FlexVolumeSource 13cinder:*CinderVolumeSource 14cephfs:*CephFSVolumeSource 15flocker:*FlockerVolumeSource 16downwardAPI:*DownwardAPIVolumeSource 17fc:*FCVolumeSource 18azureFile:*AzureFileVolumeSource 19configMap:*ConfigMapVolumeSource 20vsphereVolume:*VsphereVirtualDiskVolumeSource 21quobyte:*QuobyteVolumeSource 22azureDisk:*AzureDiskVolumeSource 23photonPersistentDisk:*PhotonPersistentDiskVolumeSource 24portworxVolume:*PortworxVolumeSource 25scaleIO:*ScaleIOVolumeSource 26projected:*ProjectedVolumeSource 27storageos:*StorageOSVolumeSource 28csi:*CSIVolumeSource 29ephemeral:*EphemeralVolumeSource 30image:*ImageVolumeSource',
  'core/v1.PersistentVolumeClaimVolumeSource':
    '1claimName:string 2readOnly:bool',
  'core/v1.PersistentVolumeSource':
    '1gcePersistentDisk:*GCEPersistentDiskVolumeSource 2awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource 3hostPath:*HostPathVolumeSource 4glusterfs:*GlusterfsPersistentVolumeSource 5nfs:*NFSVolumeSource 6rbd:*RBDPersistentVolumeSource 7iscsi:*ISCSIPersistentVolumeSource 8cinder:*CinderPersistentVolumeSource 9cephfs:*CephFSPersistentVolumeSource 10fc:*FCVolumeSource 11flocker:*FlockerVolumeSource 12flexVolume:*FlexPersistentVolumeSource 13azureFile:*AzureFilePersistentVolumeSource 14vsphereVolume:*VsphereVirtualDiskVolumeSource 15quobyte:*QuobyteVolumeSource 16azureDisk:*AzureDiskVolumeSource 17photonPersistentDisk:*PhotonPersistentDiskVolumeSource 18portworxVolume:*PortworxVolumeSource 19scaleIO:*ScaleIOPersistentVolumeSource 20local:*LocalVolumeSource 21storageos:*StorageOSPersistentVolumeSource 22csi:*CSIPersistentVolumeSource',
  'core/v1.PersistentVolume':
    '1metadata:ObjectMeta 2spec:PersistentVolumeSpec 3status:PersistentVolumeStatus',
  'core/v1.PersistentVolumeSpec':
    '1capacity:{Quantity} 2^:PersistentVolumeSource 3accessModes:[]string 4claimRef:*ObjectReference 5persistentVolumeReclaimPolicy:string 6storageClassName:string 7mountOptions:[]string 8volumeMode:*string 9nodeAffinity:*VolumeNodeAffinity 10volumeAttributesClassName:*string',
  'core/v1.VolumeNodeAffinity':
    '1required:*NodeSelector',
  'core/v1.PersistentVolumeStatus':
    '1phase:string 2message:string 3reason:string 4lastPhaseTransitionTime:*Time',
  'core/v1.PersistentVolumeClaim':
    '1metadata:ObjectMeta 2spec:PersistentVolumeClaimSpec 3status:PersistentVolumeClaimStatus',
  'core/v1.PersistentVolumeClaimSpec':
    '1accessModes:[]string 2resources:VolumeResourceRequirements 3volumeName:string 4selector:*LabelSelector 5storageClassName:*string 6volumeMode:*string 7dataSource:*TypedLocalObjectReference 8dataSourceRef:*TypedObjectReference 9volumeAttributesClassName:*string',
  'core/v1.TypedObjectReference':
    '1apiGroup:*string 2kind:string 3name:string 4namespace:*string',
  'core/v1.ModifyVolumeStatus':
    '1targetVolumeAttributesClassName:string 2status:string',
  'core/v1.PersistentVolumeClaimCondition':
    '1type:string 2status:string 3lastProbeTime:Time 4lastTransitionTime:Time 5reason:string 6message:string',
  'core/v1.PersistentVolumeClaimStatus':
    '1phase:string 2accessModes:[]string 3capacity:{Quantity} 4conditions:[]PersistentVolumeClaimCondition 5allocatedResources:{Quantity} 7allocatedResourceStatuses:{string} 8currentVolumeAttributesClassName:*string 9modifyVolumeStatus:*ModifyVolumeStatus',
  'core/v1.HostPathVolumeSource':
    '1path:string 2type:*string',
  'core/v1.EmptyDirVolumeSource':
    '1medium:string 2sizeLimit:*Quantity',
  'core/v1.GlusterfsVolumeSource':
    '1endpoints:string 2path:string 3readOnly:bool',
  'core/v1.GlusterfsPersistentVolumeSource':
    '1endpoints:string 2path:string 3readOnly:bool 4endpointsNamespace:*string',
  'core/v1.RBDVolumeSource':
    '1monitors:[]string 2image:string 3fsType:string 4pool:string 5user:string 6keyring:string 7secretRef:*LocalObjectReference 8readOnly:bool',
  'core/v1.RBDPersistentVolumeSource':
    '1monitors:[]string 2image:string 3fsType:string 4pool:string 5user:string 6keyring:string 7secretRef:*SecretReference 8readOnly:bool',
  'core/v1.CinderVolumeSource':
    '1volumeID:string 2fsType:string 3readOnly:bool 4secretRef:*LocalObjectReference',
  'core/v1.CinderPersistentVolumeSource':
    '1volumeID:string 2fsType:string 3readOnly:bool 4secretRef:*SecretReference',
  'core/v1.CephFSVolumeSource':
    '1monitors:[]string 2path:string 3user:string 4secretFile:string 5secretRef:*LocalObjectReference 6readOnly:bool',
  'core/v1.SecretReference':
    '1name:string 2namespace:string',
  'core/v1.CephFSPersistentVolumeSource':
    '1monitors:[]string 2path:string 3user:string 4secretFile:string 5secretRef:*SecretReference 6readOnly:bool',
  'core/v1.FlockerVolumeSource':
    '1datasetName:string 2datasetUUID:string',
  'core/v1.GCEPersistentDiskVolumeSource':
    '1pdName:string 2fsType:string 3partition:int32 4readOnly:bool',
  'core/v1.QuobyteVolumeSource':
    '1registry:string 2volume:string 3readOnly:bool 4user:string 5group:string 6tenant:string',
  'core/v1.FlexPersistentVolumeSource':
    '1driver:string 2fsType:string 3secretRef:*SecretReference 4readOnly:bool 5options:{string}',
  'core/v1.FlexVolumeSource':
    '1driver:string 2fsType:string 3secretRef:*LocalObjectReference 4readOnly:bool 5options:{string}',
  'core/v1.AWSElasticBlockStoreVolumeSource':
    '1volumeID:string 2fsType:string 3partition:int32 4readOnly:bool',
  'core/v1.GitRepoVolumeSource':
    '1repository:string 2revision:string 3directory:string',
  'core/v1.SecretVolumeSource':
    '1secretName:string 2items:[]KeyToPath 3defaultMode:*int32 4optional:*bool',
  'core/v1.SecretProjection':
    '1^:LocalObjectReference 2items:[]KeyToPath 4optional:*bool',
  'core/v1.NFSVolumeSource':
    '1server:string 2path:string 3readOnly:bool',
  'core/v1.ISCSIVolumeSource':
    '1targetPortal:string 2iqn:string 3lun:int32 4iscsiInterface:string 5fsType:string 6readOnly:bool 7portals:[]string 8chapAuthDiscovery:bool 10secretRef:*LocalObjectReference 11chapAuthSession:bool 12initiatorName:*string',
  'core/v1.ISCSIPersistentVolumeSource':
    '1targetPortal:string 2iqn:string 3lun:int32 4iscsiInterface:string 5fsType:string 6readOnly:bool 7portals:[]string 8chapAuthDiscovery:bool 10secretRef:*SecretReference 11chapAuthSession:bool 12initiatorName:*string',
  'core/v1.FCVolumeSource':
    '1targetWWNs:[]string 2lun:*int32 3fsType:string 4readOnly:bool 5wwids:[]string',
  'core/v1.AzureFileVolumeSource':
    '1secretName:string 2shareName:string 3readOnly:bool',
  'core/v1.AzureFilePersistentVolumeSource':
    '1secretName:string 2shareName:string 3readOnly:bool 4secretNamespace:*string',
  'core/v1.VsphereVirtualDiskVolumeSource':
    '1volumePath:string 2fsType:string 3storagePolicyName:string 4storagePolicyID:string',
  'core/v1.PhotonPersistentDiskVolumeSource':
    '1pdID:string 2fsType:string',
  'core/v1.AzureDiskVolumeSource':
    '1diskName:string 2diskURI:string 3cachingMode:*string 4fsType:*string 5readOnly:*bool 6kind:*string',
  'core/v1.PortworxVolumeSource':
    '1volumeID:string 2fsType:string 3readOnly:bool',
  'core/v1.ScaleIOVolumeSource':
    '1gateway:string 2system:string 3secretRef:*LocalObjectReference 4sslEnabled:bool 5protectionDomain:string 6storagePool:string 7storageMode:string 8volumeName:string 9fsType:string 10readOnly:bool',
  'core/v1.ScaleIOPersistentVolumeSource':
    '1gateway:string 2system:string 3secretRef:*SecretReference 4sslEnabled:bool 5protectionDomain:string 6storagePool:string 7storageMode:string 8volumeName:string 9fsType:string 10readOnly:bool',
  'core/v1.StorageOSVolumeSource':
    '1volumeName:string 2volumeNamespace:string 3fsType:string 4readOnly:bool 5secretRef:*LocalObjectReference',
  'core/v1.StorageOSPersistentVolumeSource':
    '1volumeName:string 2volumeNamespace:string 3fsType:string 4readOnly:bool 5secretRef:*ObjectReference',
  'core/v1.ConfigMapVolumeSource':
    '1^:LocalObjectReference 2items:[]KeyToPath 3defaultMode:*int32 4optional:*bool',
  'core/v1.ConfigMapProjection':
    '1^:LocalObjectReference 2items:[]KeyToPath 4optional:*bool',
  'core/v1.ServiceAccountTokenProjection':
    '1audience:string 2expirationSeconds:*int64 3path:string',
  'core/v1.ClusterTrustBundleProjection':
    '1name:*string 2signerName:*string 3labelSelector:*LabelSelector 4path:string 5optional:*bool',
  'core/v1.ProjectedVolumeSource':
    '1sources:[]VolumeProjection 2defaultMode:*int32',
  'core/v1.VolumeProjection':
    '1secret:*SecretProjection 2downwardAPI:*DownwardAPIProjection 3configMap:*ConfigMapProjection 4serviceAccountToken:*ServiceAccountTokenProjection 5clusterTrustBundle:*ClusterTrustBundleProjection',
  'core/v1.KeyToPath':
    '1key:string 2path:string 3mode:*int32',
  'core/v1.LocalVolumeSource':
    '1path:string 2fsType:*string',
  'core/v1.CSIPersistentVolumeSource':
    '1driver:string 2volumeHandle:string 3readOnly:bool 4fsType:string 5volumeAttributes:{string} 6controllerPublishSecretRef:*SecretReference 7nodeStageSecretRef:*SecretReference 8nodePublishSecretRef:*SecretReference 9controllerExpandSecretRef:*SecretReference 10nodeExpandSecretRef:*SecretReference',
  'core/v1.CSIVolumeSource':
    '1driver:string 2readOnly:*bool 3fsType:*string 4volumeAttributes:{string} 5nodePublishSecretRef:*LocalObjectReference',
  'core/v1.EphemeralVolumeSource':
    '1volumeClaimTemplate:*PersistentVolumeClaimTemplate',
  'core/v1.PersistentVolumeClaimTemplate':
    '1metadata:ObjectMeta 2spec:PersistentVolumeClaimSpec',
  'core/v1.ContainerPort':
    '1name:string 2hostPort:int32 3containerPort:int32 4protocol:string 5hostIP:string',
  'core/v1.VolumeMount':
    '1name:string 2readOnly:bool 3mountPath:string 4subPath:string 5mountPropagation:*string 6subPathExpr:string 7recursiveReadOnly:*string',
  'core/v1.VolumeDevice':
    '1name:string 2devicePath:string',
  'core/v1.EnvVar':
    '1name:string 2value:string 3valueFrom:*EnvVarSource',
  'core/v1.EnvVarSource':
    '1fieldRef:*ObjectFieldSelector 2resourceFieldRef:*ResourceFieldSelector 3configMapKeyRef:*ConfigMapKeySelector 4secretKeyRef:*SecretKeySelector',
  'core/v1.ObjectFieldSelector':
    '1apiVersion:string 2fieldPath:string',
  'core/v1.ResourceFieldSelector':
    '1containerName:string 2resource:string 3divisor:Quantity',
  'core/v1.ConfigMapKeySelector':
    '1^:LocalObjectReference 2key:string 3optional:*bool',
  'core/v1.SecretKeySelector':
    '1^:LocalObjectReference 2key:string 3optional:*bool',
  'core/v1.EnvFromSource':
    '1prefix:string 2configMapRef:*ConfigMapEnvSource 3secretRef:*SecretEnvSource',
  'core/v1.ConfigMapEnvSource':
    '1^:LocalObjectReference 2optional:*bool',
  'core/v1.SecretEnvSource':
    '1^:LocalObjectReference 2optional:*bool',
  'core/v1.HTTPHeader':
    '1name:string 2value:string',
  'core/v1.HTTPGetAction':
    '1path:string 2port:IntOrString 3host:string 4scheme:string 5httpHeaders:[]HTTPHeader',
  'core/v1.TCPSocketAction':
    '1port:IntOrString 2host:string',
  'core/v1.GRPCAction':
    '1port:int32 2service:*string',
  'core/v1.ExecAction':
    '1command:[]string',
  'core/v1.SleepAction':
    '1seconds:int64',
  'core/v1.Probe':
    '1^:ProbeHandler 2initialDelaySeconds:int32 3timeoutSeconds:int32 4periodSeconds:int32 5successThreshold:int32 6failureThreshold:int32 7terminationGracePeriodSeconds:*int64',
  'core/v1.ContainerResizePolicy':
    '1resourceName:string 2restartPolicy:string',
  'core/v1.Capabilities':
    '1add:[]string 2drop:[]string',
  'core/v1.ResourceRequirements':
    '1limits:{Quantity} 2requests:{Quantity} 3claims:[]ResourceClaim',
  'core/v1.VolumeResourceRequirements':
    '1limits:{Quantity} 2requests:{Quantity}',
  'core/v1.ResourceClaim':
    '1name:string 2request:string',
  'core/v1.Container':
    '1name:string 2image:string 3command:[]string 4args:[]string 5workingDir:string 6ports:[]ContainerPort 7env:[]EnvVar 8resources:ResourceRequirements 9volumeMounts:[]VolumeMount 10livenessProbe:*Probe 11readinessProbe:*Probe 12lifecycle:*Lifecycle 13terminationMessagePath:string 14imagePullPolicy:string 15securityContext:*SecurityContext 16stdin:bool 17stdinOnce:bool 18tty:bool 19envFrom:[]EnvFromSource 20terminationMessagePolicy:string 21volumeDevices:[]VolumeDevice 22startupProbe:*Probe 23resizePolicy:[]ContainerResizePolicy 24restartPolicy:*string',
  'core/v1.ProbeHandler':
    '1exec:*ExecAction 2httpGet:*HTTPGetAction 3tcpSocket:*TCPSocketAction 4grpc:*GRPCAction',
  'core/v1.LifecycleHandler':
    '1exec:*ExecAction 2httpGet:*HTTPGetAction 3tcpSocket:*TCPSocketAction 4sleep:*SleepAction',
  'core/v1.Lifecycle':
    '1postStart:*LifecycleHandler 2preStop:*LifecycleHandler 3stopSignal:*string',
  'core/v1.ContainerStateWaiting':
    '1reason:string 2message:string',
  'core/v1.ContainerStateRunning':
    '1startedAt:Time',
  'core/v1.ContainerStateTerminated':
    '1exitCode:int32 2signal:int32 3reason:string 4message:string 5startedAt:Time 6finishedAt:Time 7containerID:string',
  'core/v1.ContainerState':
    '1waiting:*ContainerStateWaiting 2running:*ContainerStateRunning 3terminated:*ContainerStateTerminated',
  'core/v1.ContainerStatus':
    '1name:string 2state:ContainerState 3lastState:ContainerState 4ready:bool 5restartCount:int32 6image:string 7imageID:string 8containerID:string 9started:*bool 10allocatedResources:{Quantity} 11resources:*ResourceRequirements 12volumeMounts:[]VolumeMountStatus 13user:*ContainerUser 14allocatedResourcesStatus:[]ResourceStatus 15stopSignal:*string',
  'core/v1.ResourceStatus':
    '1name:string 2resources:[]ResourceHealth',
  'core/v1.ResourceHealth':
    '1resourceID:string 2health:string',
  'core/v1.ContainerUser':
    '1linux:*LinuxContainerUser',
  'core/v1.LinuxContainerUser':
    '1uid:int64 2gid:int64 3supplementalGroups:[]int64',
  'core/v1.PodCondition':
    '1type:string 2status:string 3lastProbeTime:Time 4lastTransitionTime:Time 5reason:string 6message:string 7observedGeneration:int64',
  'core/v1.VolumeMountStatus':
    '1name:string 2mountPath:string 3readOnly:bool 4recursiveReadOnly:*string',
  'core/v1.NodeSelector':
    '1nodeSelectorTerms:[]NodeSelectorTerm',
  'core/v1.NodeSelectorTerm':
    '1matchExpressions:[]NodeSelectorRequirement 2matchFields:[]NodeSelectorRequirement',
  'core/v1.NodeSelectorRequirement':
    '1key:string 2operator:string 3values:[]string',
  'core/v1.TopologySelectorTerm':
    '1matchLabelExpressions:[]TopologySelectorLabelRequirement',
  'core/v1.TopologySelectorLabelRequirement':
    '1key:string 2values:[]string',
  'core/v1.Affinity':
    '1nodeAffinity:*NodeAffinity 2podAffinity:*PodAffinity 3podAntiAffinity:*PodAntiAffinity',
  'core/v1.PodAffinity':
    '1requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm 2preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm',
  'core/v1.PodAntiAffinity':
    '1requiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm 2preferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm',
  'core/v1.WeightedPodAffinityTerm':
    '1weight:int32 2podAffinityTerm:PodAffinityTerm',
  'core/v1.PodAffinityTerm':
    '1labelSelector:*LabelSelector 2namespaces:[]string 3topologyKey:string 4namespaceSelector:*LabelSelector 5matchLabelKeys:[]string 6mismatchLabelKeys:[]string',
  'core/v1.NodeAffinity':
    '1requiredDuringSchedulingIgnoredDuringExecution:*NodeSelector 2preferredDuringSchedulingIgnoredDuringExecution:[]PreferredSchedulingTerm',
  'core/v1.PreferredSchedulingTerm':
    '1weight:int32 2preference:NodeSelectorTerm',
  'core/v1.Taint':
    '1key:string 2value:string 3effect:string 4timeAdded:*Time',
  'core/v1.Toleration':
    '1key:string 2operator:string 3value:string 4effect:string 5tolerationSeconds:*int64',
  'core/v1.PodReadinessGate':
    '1conditionType:string',
  'core/v1.PodSpec':
    '1volumes:[]Volume 2containers:[]Container 3restartPolicy:string 4terminationGracePeriodSeconds:*int64 5activeDeadlineSeconds:*int64 6dnsPolicy:string 7nodeSelector:{string} 8serviceAccountName:string 9serviceAccount:string 10nodeName:string 11hostNetwork:bool 12hostPID:bool 13hostIPC:bool 14securityContext:*PodSecurityContext 15imagePullSecrets:[]LocalObjectReference 16hostname:string 17subdomain:string 18affinity:*Affinity 19schedulerName:string 20initContainers:[]Container 21automountServiceAccountToken:*bool 22tolerations:[]Toleration 23hostAliases:[]HostAlias 24priorityClassName:string 25priority:*int32 26dnsConfig:*PodDNSConfig 27shareProcessNamespace:*bool 28readinessGates:[]PodReadinessGate 29runtimeClassName:*string 30enableServiceLinks:*bool 31preemptionPolicy:*string 32overhead:{Quantity} 33topologySpreadConstraints:[]TopologySpreadConstraint 34ephemeralContainers:[]EphemeralContainer 35setHostnameAsFQDN:*bool 36os:*PodOS 37hostUsers:*bool 38schedulingGates:[]PodSchedulingGate 39resourceClaims:[]PodResourceClaim 40resources:*ResourceRequirements',
  'core/v1.PodResourceClaim':
    '1name:string 3resourceClaimName:*string 4resourceClaimTemplateName:*string',
  'core/v1.PodResourceClaimStatus':
    '1name:string 2resourceClaimName:*string',
  'core/v1.PodOS':
    '1name:string',
  'core/v1.PodSchedulingGate':
    '1name:string',
  'core/v1.TopologySpreadConstraint':
    '1maxSkew:int32 2topologyKey:string 3whenUnsatisfiable:string 4labelSelector:*LabelSelector 5minDomains:*int32 6nodeAffinityPolicy:*string 7nodeTaintsPolicy:*string 8matchLabelKeys:[]string',
  'core/v1.HostAlias':
    '1ip:string 2hostnames:[]string',
  'core/v1.PodSecurityContext':
    '1seLinuxOptions:*SELinuxOptions 2runAsUser:*int64 3runAsNonRoot:*bool 4supplementalGroups:[]int64 5fsGroup:*int64 6runAsGroup:*int64 7sysctls:[]Sysctl 8windowsOptions:*WindowsSecurityContextOptions 9fsGroupChangePolicy:*string 10seccompProfile:*SeccompProfile 11appArmorProfile:*AppArmorProfile 12supplementalGroupsPolicy:*string 13seLinuxChangePolicy:*string',
  'core/v1.SeccompProfile':
    '1type:string 2localhostProfile:*string',
  'core/v1.AppArmorProfile':
    '1type:string 2localhostProfile:*string',
  'core/v1.PodDNSConfig':
    '1nameservers:[]string 2searches:[]string 3options:[]PodDNSConfigOption',
  'core/v1.PodDNSConfigOption':
    '1name:string 2value:*string',
  'core/v1.PodIP':
    '1ip:string',
  'core/v1.HostIP':
    '1ip:string',
  'core/v1.EphemeralContainerCommon':
    '1name:string 2image:string 3command:[]string 4args:[]string 5workingDir:string 6ports:[]ContainerPort 7env:[]EnvVar 8resources:ResourceRequirements 9volumeMounts:[]VolumeMount 10livenessProbe:*Probe 11readinessProbe:*Probe 12lifecycle:*Lifecycle 13terminationMessagePath:string 14imagePullPolicy:string 15securityContext:*SecurityContext 16stdin:bool 17stdinOnce:bool 18tty:bool 19envFrom:[]EnvFromSource 20terminationMessagePolicy:string 21volumeDevices:[]VolumeDevice 22startupProbe:*Probe 23resizePolicy:[]ContainerResizePolicy 24restartPolicy:*string',
  'core/v1.EphemeralContainer':
    '1^:EphemeralContainerCommon 2targetContainerName:string',
  'core/v1.PodStatus':
    '1phase:string 2conditions:[]PodCondition 3message:string 4reason:string 5hostIP:string 6podIP:string 7startTime:*Time 8containerStatuses:[]ContainerStatus 9qosClass:string 10initContainerStatuses:[]ContainerStatus 11nominatedNodeName:string 12podIPs:[]PodIP 13ephemeralContainerStatuses:[]ContainerStatus 14resize:string 15resourceClaimStatuses:[]PodResourceClaimStatus 16hostIPs:[]HostIP 17observedGeneration:int64',
  'core/v1.PodStatusResult':
    '1metadata:ObjectMeta 2status:PodStatus',
  'core/v1.Pod':
    '1metadata:ObjectMeta 2spec:PodSpec 3status:PodStatus',
  'core/v1.PodTemplateSpec':
    '1metadata:ObjectMeta 2spec:PodSpec',
  'core/v1.PodTemplate':
    '1metadata:ObjectMeta 2template:PodTemplateSpec',
  'core/v1.ReplicationControllerSpec':
    '1replicas:*int32 2selector:{string} 3template:*PodTemplateSpec 4minReadySeconds:int32',
  'core/v1.ReplicationControllerStatus':
    '1replicas:int32 2fullyLabeledReplicas:int32 3observedGeneration:int64 4readyReplicas:int32 5availableReplicas:int32 6conditions:[]ReplicationControllerCondition',
  'core/v1.ReplicationControllerCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string',
  'core/v1.ReplicationController':
    '1metadata:ObjectMeta 2spec:ReplicationControllerSpec 3status:ReplicationControllerStatus',
  'core/v1.SessionAffinityConfig':
    '1clientIP:*ClientIPConfig',
  'core/v1.ClientIPConfig':
    '1timeoutSeconds:*int32',
  'core/v1.ServiceStatus':
    '1loadBalancer:LoadBalancerStatus 2conditions:[]Condition',
  'core/v1.LoadBalancerStatus':
    '1ingress:[]LoadBalancerIngress',
  'core/v1.LoadBalancerIngress':
    '1ip:string 2hostname:string 3ipMode:*string 4ports:[]PortStatus',
  'core/v1.ServiceSpec':
    '1ports:[]ServicePort 2selector:{string} 3clusterIP:string 4type:string 5externalIPs:[]string 7sessionAffinity:string 8loadBalancerIP:string 9loadBalancerSourceRanges:[]string 10externalName:string 11externalTrafficPolicy:string 12healthCheckNodePort:int32 13publishNotReadyAddresses:bool 14sessionAffinityConfig:*SessionAffinityConfig 17ipFamilyPolicy:*string 18clusterIPs:[]string 19ipFamilies:[]string 20allocateLoadBalancerNodePorts:*bool 21loadBalancerClass:*string 22internalTrafficPolicy:*string 23trafficDistribution:*string',
  'core/v1.ServicePort':
    '1name:string 2protocol:string 3port:int32 4targetPort:IntOrString 5nodePort:int32 6appProtocol:*string',
  'core/v1.Service':
    '1metadata:ObjectMeta 2spec:ServiceSpec 3status:ServiceStatus',
  'core/v1.ServiceAccount':
    '1metadata:ObjectMeta 2secrets:[]ObjectReference 3imagePullSecrets:[]LocalObjectReference 4automountServiceAccountToken:*bool',
  'core/v1.Endpoints':
    '1metadata:ObjectMeta 2subsets:[]EndpointSubset',
  'core/v1.EndpointSubset':
    '1addresses:[]EndpointAddress 2notReadyAddresses:[]EndpointAddress 3ports:[]EndpointPort',
  'core/v1.EndpointAddress':
    '1ip:string 2targetRef:*ObjectReference 3hostname:string 4nodeName:*string',
  'core/v1.EndpointPort':
    '1name:string 2port:int32 3protocol:string 4appProtocol:*string',
  'core/v1.NodeSpec':
    '1podCIDR:string 2externalID:string 3providerID:string 4unschedulable:bool 5taints:[]Taint 6configSource:*NodeConfigSource 7podCIDRs:[]string',
  'core/v1.NodeConfigSource':
    '2configMap:*ConfigMapNodeConfigSource',
  'core/v1.ConfigMapNodeConfigSource':
    '1namespace:string 2name:string 3uid:string 4resourceVersion:string 5kubeletConfigKey:string',
  'core/v1.DaemonEndpoint':
    '1Port:int32',
  'core/v1.NodeDaemonEndpoints':
    '1kubeletEndpoint:DaemonEndpoint',
  'core/v1.NodeRuntimeHandlerFeatures':
    '1recursiveReadOnlyMounts:*bool 2userNamespaces:*bool',
  'core/v1.NodeRuntimeHandler':
    '1name:string 2features:*NodeRuntimeHandlerFeatures',
  'core/v1.NodeFeatures':
    '1supplementalGroupsPolicy:*bool',
  'core/v1.NodeSystemInfo':
    '1machineID:string 2systemUUID:string 3bootID:string 4kernelVersion:string 5osImage:string 6containerRuntimeVersion:string 7kubeletVersion:string 8kubeProxyVersion:string 9operatingSystem:string 10architecture:string 11swap:*NodeSwapStatus',
  'core/v1.NodeSwapStatus':
    '1capacity:*int64',
  'core/v1.NodeConfigStatus':
    '1assigned:*NodeConfigSource 2active:*NodeConfigSource 3lastKnownGood:*NodeConfigSource 4error:string',
  'core/v1.NodeStatus':
    '1capacity:{Quantity} 2allocatable:{Quantity} 3phase:string 4conditions:[]NodeCondition 5addresses:[]NodeAddress 6daemonEndpoints:NodeDaemonEndpoints 7nodeInfo:NodeSystemInfo 8images:[]ContainerImage 9volumesInUse:[]string 10volumesAttached:[]AttachedVolume 11config:*NodeConfigStatus 12runtimeHandlers:[]NodeRuntimeHandler 13features:*NodeFeatures',
  'core/v1.AttachedVolume':
    '1name:string 2devicePath:string',
  'core/v1.AvoidPods':
    '1preferAvoidPods:[]PreferAvoidPodsEntry',
  'core/v1.PreferAvoidPodsEntry':
    '1podSignature:PodSignature 2evictionTime:Time 3reason:string 4message:string',
  'core/v1.PodSignature':
    '1podController:*OwnerReference',
  'core/v1.ContainerImage':
    '1names:[]string 2sizeBytes:int64',
  'core/v1.NodeCondition':
    '1type:string 2status:string 3lastHeartbeatTime:Time 4lastTransitionTime:Time 5reason:string 6message:string',
  'core/v1.NodeAddress':
    '1type:string 2address:string',
  'core/v1.Node':
    '1metadata:ObjectMeta 2spec:NodeSpec 3status:NodeStatus',
  'core/v1.NamespaceSpec':
    '1finalizers:[]string',
  'core/v1.NamespaceStatus':
    '1phase:string 2conditions:[]NamespaceCondition',
  'core/v1.NamespaceCondition':
    '1type:string 2status:string 4lastTransitionTime:Time 5reason:string 6message:string',
  'core/v1.Namespace':
    '1metadata:ObjectMeta 2spec:NamespaceSpec 3status:NamespaceStatus',
  'core/v1.Binding':
    '1metadata:ObjectMeta 2target:ObjectReference',
  'core/v1.Preconditions':
    '1uid:*string',
  'core/v1.PodLogOptions':
    '1container:string 2follow:bool 3previous:bool 4sinceSeconds:*int64 5sinceTime:*Time 6timestamps:bool 7tailLines:*int64 8limitBytes:*int64 9insecureSkipTLSVerifyBackend:bool 10stream:*string',
  'core/v1.PodAttachOptions':
    '1stdin:bool 2stdout:bool 3stderr:bool 4tty:bool 5container:string',
  'core/v1.PodExecOptions':
    '1stdin:bool 2stdout:bool 3stderr:bool 4tty:bool 5container:string 6command:[]string',
  'core/v1.PodPortForwardOptions':
    '1ports:[]int32',
  'core/v1.PodProxyOptions':
    '1path:string',
  'core/v1.NodeProxyOptions':
    '1path:string',
  'core/v1.ServiceProxyOptions':
    '1path:string',
  'core/v1.ObjectReference':
    '1kind:string 2namespace:string 3name:string 4uid:string 5apiVersion:string 6resourceVersion:string 7fieldPath:string',
  'core/v1.LocalObjectReference':
    '1name:string',
  'core/v1.TypedLocalObjectReference':
    '1apiGroup:*string 2kind:string 3name:string',
  'core/v1.SerializedReference':
    '1reference:ObjectReference',
  'core/v1.EventSource':
    '1component:string 2host:string',
  'core/v1.Event':
    '1metadata:ObjectMeta 2involvedObject:ObjectReference 3reason:string 4message:string 5source:EventSource 6firstTimestamp:Time 7lastTimestamp:Time 8count:int32 9type:string 10eventTime:MicroTime 11series:*EventSeries 12action:string 13related:*ObjectReference 14reportingComponent:string 15reportingInstance:string',
  'core/v1.EventSeries':
    '1count:int32 2lastObservedTime:MicroTime',
  'core/v1.LimitRangeItem':
    '1type:string 2max:{Quantity} 3min:{Quantity} 4default:{Quantity} 5defaultRequest:{Quantity} 6maxLimitRequestRatio:{Quantity}',
  'core/v1.LimitRangeSpec':
    '1limits:[]LimitRangeItem',
  'core/v1.LimitRange':
    '1metadata:ObjectMeta 2spec:LimitRangeSpec',
  'core/v1.ResourceQuotaSpec':
    '1hard:{Quantity} 2scopes:[]string 3scopeSelector:*ScopeSelector',
  'core/v1.ScopeSelector':
    '1matchExpressions:[]ScopedResourceSelectorRequirement',
  'core/v1.ScopedResourceSelectorRequirement':
    '1scopeName:string 2operator:string 3values:[]string',
  'core/v1.ResourceQuotaStatus':
    '1hard:{Quantity} 2used:{Quantity}',
  'core/v1.ResourceQuota':
    '1metadata:ObjectMeta 2spec:ResourceQuotaSpec 3status:ResourceQuotaStatus',
  'core/v1.Secret':
    '1metadata:ObjectMeta 2data:{[]byte} 3type:string 4stringData:{string} 5immutable:*bool',
  'core/v1.ConfigMap':
    '1metadata:ObjectMeta 2data:{string} 3binaryData:{[]byte} 4immutable:*bool',
  'core/v1.ComponentCondition':
    '1type:string 2status:string 3message:string 4error:string',
  'core/v1.ComponentStatus':
    '1metadata:ObjectMeta 2conditions:[]ComponentCondition',
  'core/v1.DownwardAPIVolumeSource':
    '1items:[]DownwardAPIVolumeFile 2defaultMode:*int32',
  'core/v1.DownwardAPIVolumeFile':
    '1path:string 2fieldRef:*ObjectFieldSelector 3resourceFieldRef:*ResourceFieldSelector 4mode:*int32',
  'core/v1.DownwardAPIProjection':
    '1items:[]DownwardAPIVolumeFile',
  'core/v1.SecurityContext':
    '1capabilities:*Capabilities 2privileged:*bool 3seLinuxOptions:*SELinuxOptions 4runAsUser:*int64 5runAsNonRoot:*bool 6readOnlyRootFilesystem:*bool 7allowPrivilegeEscalation:*bool 8runAsGroup:*int64 9procMount:*string 10windowsOptions:*WindowsSecurityContextOptions 11seccompProfile:*SeccompProfile 12appArmorProfile:*AppArmorProfile',
  'core/v1.SELinuxOptions':
    '1user:string 2role:string 3type:string 4level:string',
  'core/v1.WindowsSecurityContextOptions':
    '1gmsaCredentialSpecName:*string 2gmsaCredentialSpec:*string 3runAsUserName:*string 4hostProcess:*bool',
  'core/v1.RangeAllocation':
    '1metadata:ObjectMeta 2range:string 3data:[]byte',
  'core/v1.Sysctl':
    '1name:string 2value:string',
  'core/v1.PortStatus':
    '1port:int32 2protocol:string 3error:*string',
  'core/v1.ImageVolumeSource':
    '1reference:string 2pullPolicy:string',
  'apps/v1.StatefulSet':
    '1metadata:ObjectMeta 2spec:StatefulSetSpec 3status:StatefulSetStatus',
  'apps/v1.StatefulSetUpdateStrategy':
    '1type:string 2rollingUpdate:*RollingUpdateStatefulSetStrategy',
  'apps/v1.RollingUpdateStatefulSetStrategy':
    '1partition:*int32 2maxUnavailable:*IntOrString',
  'apps/v1.StatefulSetPersistentVolumeClaimRetentionPolicy':
    '1whenDeleted:string 2whenScaled:string',
  'apps/v1.StatefulSetOrdinals':
    '1start:int32',
  'apps/v1.StatefulSetSpec':
    '1replicas:*int32 2selector:*LabelSelector 3template:PodTemplateSpec 4volumeClaimTemplates:[]PersistentVolumeClaim 5serviceName:string 6podManagementPolicy:string 7updateStrategy:StatefulSetUpdateStrategy 8revisionHistoryLimit:*int32 9minReadySeconds:int32 10persistentVolumeClaimRetentionPolicy:*StatefulSetPersistentVolumeClaimRetentionPolicy 11ordinals:*StatefulSetOrdinals',
  'apps/v1.StatefulSetStatus':
    '1observedGeneration:int64 2replicas:int32 3readyReplicas:int32 4currentReplicas:int32 5updatedReplicas:int32 6currentRevision:string 7updateRevision:string 9collisionCount:*int32 10conditions:[]StatefulSetCondition 11availableReplicas:int32',
  'apps/v1.StatefulSetCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string',
  'apps/v1.Deployment':
    '1metadata:ObjectMeta 2spec:DeploymentSpec 3status:DeploymentStatus',
  'apps/v1.DeploymentSpec':
    '1replicas:*int32 2selector:*LabelSelector 3template:PodTemplateSpec 4strategy:DeploymentStrategy 5minReadySeconds:int32 6revisionHistoryLimit:*int32 7paused:bool 9progressDeadlineSeconds:*int32',
  'apps/v1.DeploymentStrategy':
    '1type:string 2rollingUpdate:*RollingUpdateDeployment',
  'apps/v1.RollingUpdateDeployment':
    '1maxUnavailable:*IntOrString 2maxSurge:*IntOrString',
  'apps/v1.DeploymentStatus':
    '1observedGeneration:int64 2replicas:int32 3updatedReplicas:int32 4availableReplicas:int32 5unavailableReplicas:int32 6conditions:[]DeploymentCondition 7readyReplicas:int32 8collisionCount:*int32 9terminatingReplicas:*int32',
  'apps/v1.DeploymentCondition':
    '1type:string 2status:string 4reason:string 5message:string 6lastUpdateTime:Time 7lastTransitionTime:Time',
  'apps/v1.DaemonSetUpdateStrategy':
    '1type:string 2rollingUpdate:*RollingUpdateDaemonSet',
  'apps/v1.RollingUpdateDaemonSet':
    '1maxUnavailable:*IntOrString 2maxSurge:*IntOrString',
  'apps/v1.DaemonSetSpec':
    '1selector:*LabelSelector 2template:PodTemplateSpec 3updateStrategy:DaemonSetUpdateStrategy 4minReadySeconds:int32 6revisionHistoryLimit:*int32',
  'apps/v1.DaemonSetStatus':
    '1currentNumberScheduled:int32 2numberMisscheduled:int32 3desiredNumberScheduled:int32 4numberReady:int32 5observedGeneration:int64 6updatedNumberScheduled:int32 7numberAvailable:int32 8numberUnavailable:int32 9collisionCount:*int32 10conditions:[]DaemonSetCondition',
  'apps/v1.DaemonSetCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string',
  'apps/v1.DaemonSet':
    '1metadata:ObjectMeta 2spec:DaemonSetSpec 3status:DaemonSetStatus',
  'apps/v1.ReplicaSet':
    '1metadata:ObjectMeta 2spec:ReplicaSetSpec 3status:ReplicaSetStatus',
  'apps/v1.ReplicaSetSpec':
    '1replicas:*int32 2selector:*LabelSelector 3template:PodTemplateSpec 4minReadySeconds:int32',
  'apps/v1.ReplicaSetStatus':
    '1replicas:int32 2fullyLabeledReplicas:int32 3observedGeneration:int64 4readyReplicas:int32 5availableReplicas:int32 6conditions:[]ReplicaSetCondition 7terminatingReplicas:*int32',
  'apps/v1.ReplicaSetCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string',
  'apps/v1.ControllerRevision':
    '1metadata:ObjectMeta 2data:RawExtension 3revision:int64',
  'rbac/v1.PolicyRule':
    '1verbs:[]string 2apiGroups:[]string 3resources:[]string 4resourceNames:[]string 5nonResourceURLs:[]string',
  'rbac/v1.Subject':
    '1kind:string 2apiGroup:string 3name:string 4namespace:string',
  'rbac/v1.RoleRef':
    '1apiGroup:string 2kind:string 3name:string',
  'rbac/v1.Role':
    '1metadata:ObjectMeta 2rules:[]PolicyRule',
  'rbac/v1.RoleBinding':
    '1metadata:ObjectMeta 2subjects:[]Subject 3roleRef:RoleRef',
  'rbac/v1.ClusterRole':
    '1metadata:ObjectMeta 2rules:[]PolicyRule 3aggregationRule:*AggregationRule',
  'rbac/v1.AggregationRule':
    '1clusterRoleSelectors:[]LabelSelector',
  'rbac/v1.ClusterRoleBinding':
    '1metadata:ObjectMeta 2subjects:[]Subject 3roleRef:RoleRef',
  'policy/v1.PodDisruptionBudgetSpec':
    '1minAvailable:*IntOrString 2selector:*LabelSelector 3maxUnavailable:*IntOrString 4unhealthyPodEvictionPolicy:*string',
  'policy/v1.PodDisruptionBudgetStatus':
    '1observedGeneration:int64 2disruptedPods:{Time} 3disruptionsAllowed:int32 4currentHealthy:int32 5desiredHealthy:int32 6expectedPods:int32 7conditions:[]Condition',
  'policy/v1.PodDisruptionBudget':
    '1metadata:ObjectMeta 2spec:PodDisruptionBudgetSpec 3status:PodDisruptionBudgetStatus',
  'policy/v1.Eviction':
    '1metadata:ObjectMeta 2deleteOptions:*DeleteOptions',
  'autoscaling/v1.CrossVersionObjectReference':
    '1kind:string 2name:string 3apiVersion:string',
  'autoscaling/v1.HorizontalPodAutoscalerSpec':
    '1scaleTargetRef:CrossVersionObjectReference 2minReplicas:*int32 3maxReplicas:int32 4targetCPUUtilizationPercentage:*int32',
  'autoscaling/v1.HorizontalPodAutoscalerStatus':
    '1observedGeneration:*int64 2lastScaleTime:*Time 3currentReplicas:int32 4desiredReplicas:int32 5currentCPUUtilizationPercentage:*int32',
  'autoscaling/v1.HorizontalPodAutoscaler':
    '1metadata:ObjectMeta 2spec:HorizontalPodAutoscalerSpec 3status:HorizontalPodAutoscalerStatus',
  'autoscaling/v1.Scale':
    '1metadata:ObjectMeta 2spec:ScaleSpec 3status:ScaleStatus',
  'autoscaling/v1.ScaleSpec':
    '1replicas:int32',
  'autoscaling/v1.ScaleStatus':
    '1replicas:int32 2selector:string',
  'autoscaling/v1.MetricSpec':
    '1type:string 2object:*ObjectMetricSource 3pods:*PodsMetricSource 4resource:*ResourceMetricSource 5external:*ExternalMetricSource 7containerResource:*ContainerResourceMetricSource',
  'autoscaling/v1.ObjectMetricSource':
    '1target:CrossVersionObjectReference 2metricName:string 3targetValue:Quantity 4selector:*LabelSelector 5averageValue:*Quantity',
  'autoscaling/v1.PodsMetricSource':
    '1metricName:string 2targetAverageValue:Quantity 3selector:*LabelSelector',
  'autoscaling/v1.ResourceMetricSource':
    '1name:string 2targetAverageUtilization:*int32 3targetAverageValue:*Quantity',
  'autoscaling/v1.ContainerResourceMetricSource':
    '1name:string 2targetAverageUtilization:*int32 3targetAverageValue:*Quantity 5container:string',
  'autoscaling/v1.ExternalMetricSource':
    '1metricName:string 2metricSelector:*LabelSelector 3targetValue:*Quantity 4targetAverageValue:*Quantity',
  'autoscaling/v1.MetricStatus':
    '1type:string 2object:*ObjectMetricStatus 3pods:*PodsMetricStatus 4resource:*ResourceMetricStatus 5external:*ExternalMetricStatus 7containerResource:*ContainerResourceMetricStatus',
  'autoscaling/v1.HorizontalPodAutoscalerCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string',
  'autoscaling/v1.ObjectMetricStatus':
    '1target:CrossVersionObjectReference 2metricName:string 3currentValue:Quantity 4selector:*LabelSelector 5averageValue:*Quantity',
  'autoscaling/v1.PodsMetricStatus':
    '1metricName:string 2currentAverageValue:Quantity 3selector:*LabelSelector',
  'autoscaling/v1.ResourceMetricStatus':
    '1name:string 2currentAverageUtilization:*int32 3currentAverageValue:Quantity',
  'autoscaling/v1.ContainerResourceMetricStatus':
    '1name:string 2currentAverageUtilization:*int32 3currentAverageValue:Quantity 4container:string',
  'autoscaling/v1.ExternalMetricStatus':
    '1metricName:string 2metricSelector:*LabelSelector 3currentValue:Quantity 4currentAverageValue:*Quantity',
  'coordination/v1.Lease':
    '1metadata:ObjectMeta 2spec:LeaseSpec',
  'coordination/v1.LeaseSpec':
    '1holderIdentity:*string 2leaseDurationSeconds:*int32 3acquireTime:*MicroTime 4renewTime:*MicroTime 5leaseTransitions:*int32 6strategy:*string 7preferredHolder:*string',
  'discovery/v1.EndpointSlice':
    '1metadata:ObjectMeta 2endpoints:[]Endpoint 3ports:[]EndpointPort 4addressType:string',
  'discovery/v1.Endpoint':
    '1addresses:[]string 2conditions:EndpointConditions 3hostname:*string 4targetRef:*ObjectReference 5deprecatedTopology:{string} 6nodeName:*string 7zone:*string 8hints:*EndpointHints',
  'discovery/v1.EndpointConditions':
    '1ready:*bool 2serving:*bool 3terminating:*bool',
  'discovery/v1.EndpointHints':
    '1forZones:[]ForZone 2forNodes:[]ForNode',
  'discovery/v1.ForZone':
    '1name:string',
  'discovery/v1.ForNode':
    '1name:string',
  'discovery/v1.EndpointPort':
    '1name:*string 2protocol:*string 3port:*int32 4appProtocol:*string',
  'events/v1.Event':
    '1metadata:ObjectMeta 2eventTime:MicroTime 3series:*EventSeries 4reportingController:string 5reportingInstance:string 6action:string 7reason:string 8regarding:ObjectReference 9related:*ObjectReference 10note:string 11type:string 12deprecatedSource:EventSource 13deprecatedFirstTimestamp:Time 14deprecatedLastTimestamp:Time 15deprecatedCount:int32',
  'events/v1.EventSeries':
    '1count:int32 2lastObservedTime:MicroTime',
  'authentication/v1.TokenReview':
    '1metadata:ObjectMeta 2spec:TokenReviewSpec 3status:TokenReviewStatus',
  'authentication/v1.TokenReviewSpec':
    '1token:string 2audiences:[]string',
  'authentication/v1.TokenReviewStatus':
    '1authenticated:bool 2user:UserInfo 3error:string 4audiences:[]string',
  'authentication/v1.UserInfo':
    '1username:string 2uid:string 3groups:[]string 4extra:{ExtraValue}',
  'authentication/v1.TokenRequest':
    '1metadata:ObjectMeta 2spec:TokenRequestSpec 3status:TokenRequestStatus',
  'authentication/v1.TokenRequestSpec':
    '1audiences:[]string 3boundObjectRef:*BoundObjectReference 4expirationSeconds:*int64',
  'authentication/v1.TokenRequestStatus':
    '1token:string 2expirationTimestamp:Time',
  'authentication/v1.BoundObjectReference':
    '1kind:string 2apiVersion:string 3name:string 4uid:string',
  'authentication/v1.SelfSubjectReview':
    '1metadata:ObjectMeta 2status:SelfSubjectReviewStatus',
  'authentication/v1.SelfSubjectReviewStatus':
    '1userInfo:UserInfo',
  'authorization/v1.SubjectAccessReview':
    '1metadata:ObjectMeta 2spec:SubjectAccessReviewSpec 3status:SubjectAccessReviewStatus',
  'authorization/v1.SelfSubjectAccessReview':
    '1metadata:ObjectMeta 2spec:SelfSubjectAccessReviewSpec 3status:SubjectAccessReviewStatus',
  'authorization/v1.LocalSubjectAccessReview':
    '1metadata:ObjectMeta 2spec:SubjectAccessReviewSpec 3status:SubjectAccessReviewStatus',
  'authorization/v1.ResourceAttributes':
    '1namespace:string 2verb:string 3group:string 4version:string 5resource:string 6subresource:string 7name:string 8fieldSelector:*FieldSelectorAttributes 9labelSelector:*LabelSelectorAttributes',
  'authorization/v1.LabelSelectorAttributes':
    '1rawSelector:string 2requirements:[]LabelSelectorRequirement',
  'authorization/v1.FieldSelectorAttributes':
    '1rawSelector:string 2requirements:[]FieldSelectorRequirement',
  'authorization/v1.NonResourceAttributes':
    '1path:string 2verb:string',
  'authorization/v1.SubjectAccessReviewSpec':
    '1resourceAttributes:*ResourceAttributes 2nonResourceAttributes:*NonResourceAttributes 3user:string 4groups:[]string 5extra:{ExtraValue} 6uid:string',
  'authorization/v1.SelfSubjectAccessReviewSpec':
    '1resourceAttributes:*ResourceAttributes 2nonResourceAttributes:*NonResourceAttributes',
  'authorization/v1.SubjectAccessReviewStatus':
    '1allowed:bool 2reason:string 3evaluationError:string 4denied:bool',
  'authorization/v1.SelfSubjectRulesReview':
    '1metadata:ObjectMeta 2spec:SelfSubjectRulesReviewSpec 3status:SubjectRulesReviewStatus',
  'authorization/v1.SelfSubjectRulesReviewSpec':
    '1namespace:string',
  'authorization/v1.SubjectRulesReviewStatus':
    '1resourceRules:[]ResourceRule 2nonResourceRules:[]NonResourceRule 3incomplete:bool 4evaluationError:string',
  'authorization/v1.ResourceRule':
    '1verbs:[]string 2apiGroups:[]string 3resources:[]string 4resourceNames:[]string',
  'authorization/v1.NonResourceRule':
    '1verbs:[]string 2nonResourceURLs:[]string',
};

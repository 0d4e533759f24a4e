// Made by scripts/import-protobuf.mjs from the Go types of Kubernetes' stable groups. Not to be edited.
// `1name:string 2^:Embedded 3list:[]T 4map:{T} 5pointer:*T`
export const messages: Readonly<Record<string, string>> = {
  'admission/v1.AdmissionReview':
    '1request:*AdmissionRequest 2response:*AdmissionResponse',
  'admission/v1.AdmissionRequest':
    '1uid:string 2kind:GroupVersionKind 3resource:GroupVersionResource 4subResource:string 13requestKind:*GroupVersionKind 14requestResource:*GroupVersionResource 15requestSubResource:string 5name:string 6namespace:string 7operation:string 8userInfo:UserInfo 9object:RawExtension 10oldObject:RawExtension 11dryRun:*bool 12options:RawExtension',
  'admission/v1.AdmissionResponse':
    '1uid:string 2allowed:bool 3status:*Status 4patch:[]byte 5patchType:*string 6auditAnnotations:{string} 7warnings:[]string',
  'admissionregistration/v1.Rule':
    '1apiGroups:[]string 2apiVersions:[]string 3resources:[]string 4scope:*string',
  'admissionregistration/v1.ValidatingAdmissionPolicy':
    '1metadata:ObjectMeta 2spec:ValidatingAdmissionPolicySpec 3status:ValidatingAdmissionPolicyStatus',
  'admissionregistration/v1.ValidatingAdmissionPolicyStatus':
    '1observedGeneration:int64 2typeChecking:*TypeChecking 3conditions:[]Condition',
  'admissionregistration/v1.TypeChecking':
    '1expressionWarnings:[]ExpressionWarning',
  'admissionregistration/v1.ExpressionWarning':
    '2fieldRef:string 3warning:string',
  'admissionregistration/v1.ValidatingAdmissionPolicySpec':
    '1paramKind:*ParamKind 2matchConstraints:*MatchResources 3validations:[]Validation 4failurePolicy:*string 5auditAnnotations:[]AuditAnnotation 6matchConditions:[]MatchCondition 7variables:[]Variable',
  'admissionregistration/v1.ParamKind':
    '1apiVersion:string 2kind:string',
  'admissionregistration/v1.Validation':
    '1expression:string 2message:string 3reason:*string 4messageExpression:string',
  'admissionregistration/v1.Variable':
    '1name:string 2expression:string',
  'admissionregistration/v1.AuditAnnotation':
    '1key:string 2valueExpression:string',
  'admissionregistration/v1.ValidatingAdmissionPolicyBinding':
    '1metadata:ObjectMeta 2spec:ValidatingAdmissionPolicyBindingSpec',
  'admissionregistration/v1.ValidatingAdmissionPolicyBindingSpec':
    '1policyName:string 2paramRef:*ParamRef 3matchResources:*MatchResources 4validationActions:[]string',
  'admissionregistration/v1.ParamRef':
    '1name:string 2namespace:string 3selector:*LabelSelector 4parameterNotFoundAction:*string',
  'admissionregistration/v1.MatchResources':
    '1namespaceSelector:*LabelSelector 2objectSelector:*LabelSelector 3resourceRules:[]NamedRuleWithOperations 4excludeResourceRules:[]NamedRuleWithOperations 7matchPolicy:*string',
  'admissionregistration/v1.NamedRuleWithOperations':
    '1resourceNames:[]string 2^:RuleWithOperations',
  'admissionregistration/v1.ValidatingWebhookConfiguration':
    '1metadata:ObjectMeta 2webhooks:[]ValidatingWebhook',
  'admissionregistration/v1.MutatingWebhookConfiguration':
    '1metadata:ObjectMeta 2webhooks:[]MutatingWebhook',
  'admissionregistration/v1.ValidatingWebhook':
    '1name:string 2clientConfig:WebhookClientConfig 3rules:[]RuleWithOperations 4failurePolicy:*string 9matchPolicy:*string 5namespaceSelector:*LabelSelector 10objectSelector:*LabelSelector 6sideEffects:*string 7timeoutSeconds:*int32 8admissionReviewVersions:[]string 11matchConditions:[]MatchCondition',
  'admissionregistration/v1.MutatingWebhook':
    '1name:string 2clientConfig:WebhookClientConfig 3rules:[]RuleWithOperations 4failurePolicy:*string 9matchPolicy:*string 5namespaceSelector:*LabelSelector 11objectSelector:*LabelSelector 6sideEffects:*string 7timeoutSeconds:*int32 8admissionReviewVersions:[]string 10reinvocationPolicy:*string 12matchConditions:[]MatchCondition',
  'admissionregistration/v1.MutatingAdmissionPolicy':
    '1metadata:ObjectMeta 2spec:MutatingAdmissionPolicySpec',
  'admissionregistration/v1.MutatingAdmissionPolicySpec':
    '1paramKind:*ParamKind 2matchConstraints:*MatchResources 3variables:[]Variable 4mutations:[]Mutation 5failurePolicy:*string 6matchConditions:[]MatchCondition 7reinvocationPolicy:string',
  'admissionregistration/v1.Mutation':
    '2patchType:string 3applyConfiguration:*ApplyConfiguration 4jsonPatch:*JSONPatch',
  'admissionregistration/v1.ApplyConfiguration':
    '1expression:string',
  'admissionregistration/v1.JSONPatch':
    '1expression:string',
  'admissionregistration/v1.MutatingAdmissionPolicyBinding':
    '1metadata:ObjectMeta 2spec:MutatingAdmissionPolicyBindingSpec',
  'admissionregistration/v1.MutatingAdmissionPolicyBindingSpec':
    '1policyName:string 2paramRef:*ParamRef 3matchResources:*MatchResources',
  'admissionregistration/v1.RuleWithOperations':
    '1operations:[]string 2^:Rule',
  'admissionregistration/v1.WebhookClientConfig':
    '3url:*string 1service:*ServiceReference 2caBundle:[]byte',
  'admissionregistration/v1.ServiceReference':
    '1namespace:string 2name:string 3path:*string 4port:*int32',
  'admissionregistration/v1.MatchCondition':
    '1name:string 2expression:string',
  'apidiscovery/v2.APIGroupDiscovery':
    '1metadata:ObjectMeta 2versions:[]APIVersionDiscovery',
  'apidiscovery/v2.APIVersionDiscovery':
    '1version:string 2resources:[]APIResourceDiscovery 3freshness:string',
  'apidiscovery/v2.APIResourceDiscovery':
    '1resource:string 2responseKind:*GroupVersionKind 3scope:string 4singularResource:string 5verbs:[]string 6shortNames:[]string 7categories:[]string 8subresources:[]APISubresourceDiscovery',
  'apidiscovery/v2.APISubresourceDiscovery':
    '1subresource:string 2responseKind:*GroupVersionKind 3acceptedTypes:[]GroupVersionKind 4verbs:[]string',
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
    '1observedGeneration:int64 2replicas:int32 3updatedReplicas:int32 7readyReplicas:int32 4availableReplicas:int32 5unavailableReplicas:int32 9terminatingReplicas:*int32 6conditions:[]DeploymentCondition 8collisionCount:*int32',
  'apps/v1.DeploymentCondition':
    '1type:string 2status:string 6lastUpdateTime:Time 7lastTransitionTime:Time 4reason:string 5message:string',
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
    '1replicas:*int32 4minReadySeconds:int32 2selector:*LabelSelector 3template:PodTemplateSpec',
  'apps/v1.ReplicaSetStatus':
    '1replicas:int32 2fullyLabeledReplicas:int32 4readyReplicas:int32 5availableReplicas:int32 7terminatingReplicas:*int32 3observedGeneration:int64 6conditions:[]ReplicaSetCondition',
  'apps/v1.ReplicaSetCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string',
  'apps/v1.ControllerRevision':
    '1metadata:ObjectMeta 2data:RawExtension 3revision:int64',
  'authentication/v1.TokenReview':
    '1metadata:ObjectMeta 2spec:TokenReviewSpec 3status:TokenReviewStatus',
  'authentication/v1.TokenReviewSpec':
    '1token:string 2audiences:[]string',
  'authentication/v1.TokenReviewStatus':
    '1authenticated:bool 2user:UserInfo 4audiences:[]string 3error:string',
  'authentication/v1.UserInfo':
    '1username:string 2uid:string 3groups:[]string 4extra:{ExtraValue}',
  'authentication/v1.TokenRequest':
    '1metadata:ObjectMeta 2spec:TokenRequestSpec 3status:TokenRequestStatus',
  'authentication/v1.TokenRequestSpec':
    '1audiences:[]string 4expirationSeconds:*int64 3boundObjectRef:*BoundObjectReference',
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
    '1allowed:bool 4denied:bool 2reason:string 3evaluationError:string',
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
    '1type:string 2object:*ObjectMetricSource 3pods:*PodsMetricSource 4resource:*ResourceMetricSource 7containerResource:*ContainerResourceMetricSource 5external:*ExternalMetricSource',
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
    '1type:string 2object:*ObjectMetricStatus 3pods:*PodsMetricStatus 4resource:*ResourceMetricStatus 7containerResource:*ContainerResourceMetricStatus 5external:*ExternalMetricStatus',
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
  'autoscaling/v2.HorizontalPodAutoscaler':
    '1metadata:ObjectMeta 2spec:HorizontalPodAutoscalerSpec 3status:HorizontalPodAutoscalerStatus',
  'autoscaling/v2.HorizontalPodAutoscalerSpec':
    '1scaleTargetRef:CrossVersionObjectReference 2minReplicas:*int32 3maxReplicas:int32 4metrics:[]MetricSpec 5behavior:*HorizontalPodAutoscalerBehavior',
  'autoscaling/v2.CrossVersionObjectReference':
    '1kind:string 2name:string 3apiVersion:string',
  'autoscaling/v2.MetricSpec':
    '1type:string 2object:*ObjectMetricSource 3pods:*PodsMetricSource 4resource:*ResourceMetricSource 7containerResource:*ContainerResourceMetricSource 5external:*ExternalMetricSource',
  'autoscaling/v2.HorizontalPodAutoscalerBehavior':
    '1scaleUp:*HPAScalingRules 2scaleDown:*HPAScalingRules',
  'autoscaling/v2.HPAScalingRules':
    '3stabilizationWindowSeconds:*int32 1selectPolicy:*string 2policies:[]HPAScalingPolicy 4tolerance:*Quantity',
  'autoscaling/v2.HPAScalingPolicy':
    '1type:string 2value:int32 3periodSeconds:int32',
  'autoscaling/v2.ObjectMetricSource':
    '1describedObject:CrossVersionObjectReference 2target:MetricTarget 3metric:MetricIdentifier',
  'autoscaling/v2.PodsMetricSource':
    '1metric:MetricIdentifier 2target:MetricTarget',
  'autoscaling/v2.ResourceMetricSource':
    '1name:string 2target:MetricTarget',
  'autoscaling/v2.ContainerResourceMetricSource':
    '1name:string 2target:MetricTarget 3container:string',
  'autoscaling/v2.ExternalMetricSource':
    '1metric:MetricIdentifier 2target:MetricTarget',
  'autoscaling/v2.MetricIdentifier':
    '1name:string 2selector:*LabelSelector',
  'autoscaling/v2.MetricTarget':
    '1type:string 2value:*Quantity 3averageValue:*Quantity 4averageUtilization:*int32',
  'autoscaling/v2.HorizontalPodAutoscalerStatus':
    '1observedGeneration:*int64 2lastScaleTime:*Time 3currentReplicas:int32 4desiredReplicas:int32 5currentMetrics:[]MetricStatus 6conditions:[]HorizontalPodAutoscalerCondition',
  'autoscaling/v2.HorizontalPodAutoscalerCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string',
  'autoscaling/v2.MetricStatus':
    '1type:string 2object:*ObjectMetricStatus 3pods:*PodsMetricStatus 4resource:*ResourceMetricStatus 7containerResource:*ContainerResourceMetricStatus 5external:*ExternalMetricStatus',
  'autoscaling/v2.ObjectMetricStatus':
    '1metric:MetricIdentifier 2current:MetricValueStatus 3describedObject:CrossVersionObjectReference',
  'autoscaling/v2.PodsMetricStatus':
    '1metric:MetricIdentifier 2current:MetricValueStatus',
  'autoscaling/v2.ResourceMetricStatus':
    '1name:string 2current:MetricValueStatus',
  'autoscaling/v2.ContainerResourceMetricStatus':
    '1name:string 2current:MetricValueStatus 3container:string',
  'autoscaling/v2.ExternalMetricStatus':
    '1metric:MetricIdentifier 2current:MetricValueStatus',
  'autoscaling/v2.MetricValueStatus':
    '1value:*Quantity 2averageValue:*Quantity 3averageUtilization:*int32',
  'batch/v1.Job':
    '1metadata:ObjectMeta 2spec:JobSpec 3status:JobStatus',
  'batch/v1.PodFailurePolicyOnExitCodesRequirement':
    '1containerName:*string 2operator:string 3values:[]int32',
  'batch/v1.PodFailurePolicyOnPodConditionsPattern':
    '1type:string 2status:string',
  'batch/v1.PodFailurePolicyRule':
    '1action:string 2onExitCodes:*PodFailurePolicyOnExitCodesRequirement 3onPodConditions:[]PodFailurePolicyOnPodConditionsPattern',
  'batch/v1.PodFailurePolicy':
    '1rules:[]PodFailurePolicyRule',
  'batch/v1.SuccessPolicy':
    '1rules:[]SuccessPolicyRule',
  'batch/v1.SuccessPolicyRule':
    '1succeededIndexes:*string 2succeededCount:*int32',
  'batch/v1.JobSpec':
    '1parallelism:*int32 2completions:*int32 3activeDeadlineSeconds:*int64 11podFailurePolicy:*PodFailurePolicy 16successPolicy:*SuccessPolicy 7backoffLimit:*int32 12backoffLimitPerIndex:*int32 13maxFailedIndexes:*int32 4selector:*LabelSelector 5manualSelector:*bool 6template:PodTemplateSpec 8ttlSecondsAfterFinished:*int32 9completionMode:*string 10suspend:*bool 14podReplacementPolicy:*string 15managedBy:*string',
  'batch/v1.JobStatus':
    '1conditions:[]JobCondition 2startTime:*Time 3completionTime:*Time 4active:int32 5succeeded:int32 6failed:int32 11terminating:*int32 7completedIndexes:string 10failedIndexes:*string 8uncountedTerminatedPods:*UncountedTerminatedPods 9ready:*int32',
  'batch/v1.UncountedTerminatedPods':
    '1succeeded:[]string 2failed:[]string',
  'batch/v1.JobCondition':
    '1type:string 2status:string 3lastProbeTime:Time 4lastTransitionTime:Time 5reason:string 6message:string',
  'batch/v1.JobTemplateSpec':
    '1metadata:ObjectMeta 2spec:JobSpec',
  'batch/v1.CronJob':
    '1metadata:ObjectMeta 2spec:CronJobSpec 3status:CronJobStatus',
  'batch/v1.CronJobSpec':
    '1schedule:string 8timeZone:*string 2startingDeadlineSeconds:*int64 3concurrencyPolicy:string 4suspend:*bool 5jobTemplate:JobTemplateSpec 6successfulJobsHistoryLimit:*int32 7failedJobsHistoryLimit:*int32',
  'batch/v1.CronJobStatus':
    '1active:[]ObjectReference 4lastScheduleTime:*Time 5lastSuccessfulTime:*Time',
  'certificates/v1.CertificateSigningRequest':
    '1metadata:ObjectMeta 2spec:CertificateSigningRequestSpec 3status:CertificateSigningRequestStatus',
  'certificates/v1.CertificateSigningRequestSpec':
    '1request:[]byte 7signerName:string 8expirationSeconds:*int32 5usages:[]string 2username:string 3uid:string 4groups:[]string 6extra:{ExtraValue}',
  'certificates/v1.CertificateSigningRequestStatus':
    '1conditions:[]CertificateSigningRequestCondition 2certificate:[]byte',
  'certificates/v1.CertificateSigningRequestCondition':
    '1type:string 6status:string 2reason:string 3message:string 4lastUpdateTime:Time 5lastTransitionTime:Time',
  'coordination/v1.Lease':
    '1metadata:ObjectMeta 2spec:LeaseSpec',
  'coordination/v1.LeaseSpec':
    '1holderIdentity:*string 2leaseDurationSeconds:*int32 3acquireTime:*MicroTime 4renewTime:*MicroTime 5leaseTransitions:*int32 6strategy:*string 7preferredHolder:*string',
  'core/v1.Volume':
    '1name:string 2^:VolumeSource',
  'core/v1.VolumeSource':
    '1hostPath:*HostPathVolumeSource 2emptyDir:*EmptyDirVolumeSource 3gcePersistentDisk:*GCEPersistentDiskVolumeSource 4awsElasticBlockStore:*AWSElasticBlockStoreVolumeSource 5gitRepo:*GitRepoVolumeSource 6secret:*SecretVolumeSource 7nfs:*NFSVolumeSource 8iscsi:*ISCSIVolumeSource 9glusterfs:*GlusterfsVolumeSource 10persistentVolumeClaim:*PersistentVolumeClaimVolumeSource 11rbd:*RBDVolumeSource 12flexVolume:*FlexVolumeSource 13cinder:*CinderVolumeSource 14cephfs:*CephFSVolumeSource 15flocker:*FlockerVolumeSource 16downwardAPI:*DownwardAPIVolumeSource 17fc:*FCVolumeSource 18azureFile:*AzureFileVolumeSource 19configMap:*ConfigMapVolumeSource 20vsphereVolume:*VsphereVirtualDiskVolumeSource 21quobyte:*QuobyteVolumeSource 22azureDisk:*AzureDiskVolumeSource 23photonPersistentDisk:*PhotonPersistentDiskVolumeSource 26projected:*ProjectedVolumeSource 24portworxVolume:*PortworxVolumeSource 25scaleIO:*ScaleIOVolumeSource 27storageos:*StorageOSVolumeSource 28csi:*CSIVolumeSource 29ephemeral:*EphemeralVolumeSource 30image:*ImageVolumeSource',
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
    '1accessModes:[]string 4selector:*LabelSelector 2resources:VolumeResourceRequirements 3volumeName:string 5storageClassName:*string 6volumeMode:*string 7dataSource:*TypedLocalObjectReference 8dataSourceRef:*TypedObjectReference 9volumeAttributesClassName:*string',
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
    '1targetPortal:string 2iqn:string 3lun:int32 4iscsiInterface:string 5fsType:string 6readOnly:bool 7portals:[]string 8chapAuthDiscovery:bool 11chapAuthSession:bool 10secretRef:*LocalObjectReference 12initiatorName:*string',
  'core/v1.ISCSIPersistentVolumeSource':
    '1targetPortal:string 2iqn:string 3lun:int32 4iscsiInterface:string 5fsType:string 6readOnly:bool 7portals:[]string 8chapAuthDiscovery:bool 11chapAuthSession:bool 10secretRef:*SecretReference 12initiatorName:*string',
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
    '1name:*string 2signerName:*string 3labelSelector:*LabelSelector 5optional:*bool 4path:string',
  'core/v1.PodCertificateProjection':
    '1signerName:string 2keyType:string 3maxExpirationSeconds:*int32 4credentialBundlePath:string 5keyPath:string 6certificateChainPath:string 7userAnnotations:{string}',
  'core/v1.ProjectedVolumeSource':
    '1sources:[]VolumeProjection 2defaultMode:*int32',
  'core/v1.VolumeProjection':
    '1secret:*SecretProjection 2downwardAPI:*DownwardAPIProjection 3configMap:*ConfigMapProjection 4serviceAccountToken:*ServiceAccountTokenProjection 5clusterTrustBundle:*ClusterTrustBundleProjection 6podCertificate:*PodCertificateProjection',
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
    '1name:string 2readOnly:bool 7recursiveReadOnly:*string 3mountPath:string 4subPath:string 5mountPropagation:*string 6subPathExpr:string',
  'core/v1.VolumeDevice':
    '1name:string 2devicePath:string',
  'core/v1.EnvVar':
    '1name:string 2value:string 3valueFrom:*EnvVarSource',
  'core/v1.EnvVarSource':
    '1fieldRef:*ObjectFieldSelector 2resourceFieldRef:*ResourceFieldSelector 3configMapKeyRef:*ConfigMapKeySelector 4secretKeyRef:*SecretKeySelector 5fileKeyRef:*FileKeySelector',
  'core/v1.FileKeySelector':
    '1volumeName:string 2path:string 3key:string 4optional:*bool',
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
    '1name:string 2image:string 3command:[]string 4args:[]string 5workingDir:string 6ports:[]ContainerPort 19envFrom:[]EnvFromSource 7env:[]EnvVar 8resources:ResourceRequirements 23resizePolicy:[]ContainerResizePolicy 24restartPolicy:*string 25restartPolicyRules:[]ContainerRestartRule 9volumeMounts:[]VolumeMount 21volumeDevices:[]VolumeDevice 10livenessProbe:*Probe 11readinessProbe:*Probe 22startupProbe:*Probe 12lifecycle:*Lifecycle 13terminationMessagePath:string 20terminationMessagePolicy:string 14imagePullPolicy:string 15securityContext:*SecurityContext 16stdin:bool 17stdinOnce:bool 18tty:bool',
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
    '1resourceID:string 2health:string 6message:*string',
  'core/v1.ContainerUser':
    '1linux:*LinuxContainerUser',
  'core/v1.LinuxContainerUser':
    '1uid:int64 2gid:int64 3supplementalGroups:[]int64',
  'core/v1.PodCondition':
    '1type:string 7observedGeneration:int64 2status:string 3lastProbeTime:Time 4lastTransitionTime:Time 5reason:string 6message:string',
  'core/v1.VolumeMountStatus':
    '1name:string 2mountPath:string 3readOnly:bool 4recursiveReadOnly:*string 5volumeStatus:*VolumeStatus',
  'core/v1.VolumeStatus':
    '1image:*ImageVolumeStatus',
  'core/v1.ImageVolumeStatus':
    '1imageRef:string',
  'core/v1.ContainerRestartRule':
    '1action:string 2exitCodes:*ContainerRestartRuleOnExitCodes',
  'core/v1.ContainerRestartRuleOnExitCodes':
    '1operator:string 2values:[]int32',
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
    '1volumes:[]Volume 20initContainers:[]Container 2containers:[]Container 34ephemeralContainers:[]EphemeralContainer 3restartPolicy:string 4terminationGracePeriodSeconds:*int64 5activeDeadlineSeconds:*int64 6dnsPolicy:string 7nodeSelector:{string} 8serviceAccountName:string 9serviceAccount:string 21automountServiceAccountToken:*bool 10nodeName:string 11hostNetwork:bool 12hostPID:bool 13hostIPC:bool 27shareProcessNamespace:*bool 14securityContext:*PodSecurityContext 15imagePullSecrets:[]LocalObjectReference 16hostname:string 17subdomain:string 18affinity:*Affinity 19schedulerName:string 22tolerations:[]Toleration 23hostAliases:[]HostAlias 24priorityClassName:string 25priority:*int32 26dnsConfig:*PodDNSConfig 28readinessGates:[]PodReadinessGate 29runtimeClassName:*string 30enableServiceLinks:*bool 31preemptionPolicy:*string 32overhead:{Quantity} 33topologySpreadConstraints:[]TopologySpreadConstraint 35setHostnameAsFQDN:*bool 36os:*PodOS 37hostUsers:*bool 38schedulingGates:[]PodSchedulingGate 39resourceClaims:[]PodResourceClaim 40resources:*ResourceRequirements 41hostnameOverride:*string 43schedulingGroup:*PodSchedulingGroup',
  'core/v1.PodResourceClaim':
    '1name:string 3resourceClaimName:*string 4resourceClaimTemplateName:*string',
  'core/v1.PodResourceClaimStatus':
    '1name:string 2resourceClaimName:*string',
  'core/v1.PodExtendedResourceClaimStatus':
    '1requestMappings:[]ContainerExtendedResourceRequest 2resourceClaimName:string',
  'core/v1.ContainerExtendedResourceRequest':
    '1containerName:string 2resourceName:string 3requestName:string',
  'core/v1.PodOS':
    '1name:string',
  'core/v1.PodSchedulingGate':
    '1name:string',
  'core/v1.PodSchedulingGroup':
    '1podGroupName:*string',
  'core/v1.TopologySpreadConstraint':
    '1maxSkew:int32 2topologyKey:string 3whenUnsatisfiable:string 4labelSelector:*LabelSelector 5minDomains:*int32 6nodeAffinityPolicy:*string 7nodeTaintsPolicy:*string 8matchLabelKeys:[]string',
  'core/v1.HostAlias':
    '1ip:string 2hostnames:[]string',
  'core/v1.PodSecurityContext':
    '1seLinuxOptions:*SELinuxOptions 8windowsOptions:*WindowsSecurityContextOptions 2runAsUser:*int64 6runAsGroup:*int64 3runAsNonRoot:*bool 4supplementalGroups:[]int64 12supplementalGroupsPolicy:*string 5fsGroup:*int64 7sysctls:[]Sysctl 9fsGroupChangePolicy:*string 10seccompProfile:*SeccompProfile 11appArmorProfile:*AppArmorProfile 13seLinuxChangePolicy:*string',
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
    '1name:string 2image:string 3command:[]string 4args:[]string 5workingDir:string 6ports:[]ContainerPort 19envFrom:[]EnvFromSource 7env:[]EnvVar 8resources:ResourceRequirements 23resizePolicy:[]ContainerResizePolicy 24restartPolicy:*string 25restartPolicyRules:[]ContainerRestartRule 9volumeMounts:[]VolumeMount 21volumeDevices:[]VolumeDevice 10livenessProbe:*Probe 11readinessProbe:*Probe 22startupProbe:*Probe 12lifecycle:*Lifecycle 13terminationMessagePath:string 20terminationMessagePolicy:string 14imagePullPolicy:string 15securityContext:*SecurityContext 16stdin:bool 17stdinOnce:bool 18tty:bool',
  'core/v1.EphemeralContainer':
    '1^:EphemeralContainerCommon 2targetContainerName:string',
  'core/v1.PodStatus':
    '17observedGeneration:int64 1phase:string 2conditions:[]PodCondition 3message:string 4reason:string 11nominatedNodeName:string 5hostIP:string 16hostIPs:[]HostIP 6podIP:string 12podIPs:[]PodIP 7startTime:*Time 10initContainerStatuses:[]ContainerStatus 8containerStatuses:[]ContainerStatus 9qosClass:string 13ephemeralContainerStatuses:[]ContainerStatus 14resize:string 15resourceClaimStatuses:[]PodResourceClaimStatus 18extendedResourceClaimStatus:*PodExtendedResourceClaimStatus 19allocatedResources:{Quantity} 20resources:*ResourceRequirements 21nodeAllocatableResourceClaimStatuses:[]NodeAllocatableResourceClaimStatus',
  'core/v1.PodStatusResult':
    '1metadata:ObjectMeta 2status:PodStatus',
  'core/v1.Pod':
    '1metadata:ObjectMeta 2spec:PodSpec 3status:PodStatus',
  'core/v1.PodTemplateSpec':
    '1metadata:ObjectMeta 2spec:PodSpec',
  'core/v1.PodTemplate':
    '1metadata:ObjectMeta 2template:PodTemplateSpec',
  'core/v1.ReplicationControllerSpec':
    '1replicas:*int32 4minReadySeconds:int32 2selector:{string} 3template:*PodTemplateSpec',
  'core/v1.ReplicationControllerStatus':
    '1replicas:int32 2fullyLabeledReplicas:int32 4readyReplicas:int32 5availableReplicas:int32 3observedGeneration:int64 6conditions:[]ReplicationControllerCondition',
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
    '1ports:[]ServicePort 2selector:{string} 3clusterIP:string 18clusterIPs:[]string 4type:string 5externalIPs:[]string 7sessionAffinity:string 8loadBalancerIP:string 9loadBalancerSourceRanges:[]string 10externalName:string 11externalTrafficPolicy:string 12healthCheckNodePort:int32 13publishNotReadyAddresses:bool 14sessionAffinityConfig:*SessionAffinityConfig 19ipFamilies:[]string 17ipFamilyPolicy:*string 20allocateLoadBalancerNodePorts:*bool 21loadBalancerClass:*string 22internalTrafficPolicy:*string 23trafficDistribution:*string',
  'core/v1.ServicePort':
    '1name:string 2protocol:string 6appProtocol:*string 3port:int32 4targetPort:IntOrString 5nodePort:int32',
  'core/v1.Service':
    '1metadata:ObjectMeta 2spec:ServiceSpec 3status:ServiceStatus',
  'core/v1.ServiceAccount':
    '1metadata:ObjectMeta 2secrets:[]ObjectReference 3imagePullSecrets:[]LocalObjectReference 4automountServiceAccountToken:*bool',
  'core/v1.Endpoints':
    '1metadata:ObjectMeta 2subsets:[]EndpointSubset',
  'core/v1.EndpointSubset':
    '1addresses:[]EndpointAddress 2notReadyAddresses:[]EndpointAddress 3ports:[]EndpointPort',
  'core/v1.EndpointAddress':
    '1ip:string 3hostname:string 4nodeName:*string 2targetRef:*ObjectReference',
  'core/v1.EndpointPort':
    '1name:string 2port:int32 3protocol:string 4appProtocol:*string',
  'core/v1.NodeSpec':
    '1podCIDR:string 7podCIDRs:[]string 3providerID:string 4unschedulable:bool 5taints:[]Taint 6configSource:*NodeConfigSource 2externalID:string',
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
    '1capacity:{Quantity} 2allocatable:{Quantity} 3phase:string 4conditions:[]NodeCondition 5addresses:[]NodeAddress 6daemonEndpoints:NodeDaemonEndpoints 7nodeInfo:NodeSystemInfo 8images:[]ContainerImage 9volumesInUse:[]string 10volumesAttached:[]AttachedVolume 11config:*NodeConfigStatus 12runtimeHandlers:[]NodeRuntimeHandler 13features:*NodeFeatures 14declaredFeatures:[]string',
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
    '1metadata:ObjectMeta 5immutable:*bool 2data:{[]byte} 4stringData:{string} 3type:string',
  'core/v1.ConfigMap':
    '1metadata:ObjectMeta 4immutable:*bool 2data:{string} 3binaryData:{[]byte}',
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
    '1capabilities:*Capabilities 2privileged:*bool 3seLinuxOptions:*SELinuxOptions 10windowsOptions:*WindowsSecurityContextOptions 4runAsUser:*int64 8runAsGroup:*int64 5runAsNonRoot:*bool 6readOnlyRootFilesystem:*bool 7allowPrivilegeEscalation:*bool 9procMount:*string 11seccompProfile:*SeccompProfile 12appArmorProfile:*AppArmorProfile',
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
  'core/v1.NodeAllocatableResourceClaimStatus':
    '1resourceClaimName:string 2containers:[]string 3resources:{Quantity}',
  'discovery/v1.EndpointSlice':
    '1metadata:ObjectMeta 4addressType:string 2endpoints:[]Endpoint 3ports:[]EndpointPort',
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
  'flowcontrol/v1.FlowSchema':
    '1metadata:ObjectMeta 2spec:FlowSchemaSpec 3status:FlowSchemaStatus',
  'flowcontrol/v1.FlowSchemaSpec':
    '1priorityLevelConfiguration:PriorityLevelConfigurationReference 2matchingPrecedence:int32 3distinguisherMethod:*FlowDistinguisherMethod 4rules:[]PolicyRulesWithSubjects',
  'flowcontrol/v1.FlowDistinguisherMethod':
    '1type:string',
  'flowcontrol/v1.PriorityLevelConfigurationReference':
    '1name:string',
  'flowcontrol/v1.PolicyRulesWithSubjects':
    '1subjects:[]Subject 2resourceRules:[]ResourcePolicyRule 3nonResourceRules:[]NonResourcePolicyRule',
  'flowcontrol/v1.Subject':
    '1kind:string 2user:*UserSubject 3group:*GroupSubject 4serviceAccount:*ServiceAccountSubject',
  'flowcontrol/v1.UserSubject':
    '1name:string',
  'flowcontrol/v1.GroupSubject':
    '1name:string',
  'flowcontrol/v1.ServiceAccountSubject':
    '1namespace:string 2name:string',
  'flowcontrol/v1.ResourcePolicyRule':
    '1verbs:[]string 2apiGroups:[]string 3resources:[]string 4clusterScope:bool 5namespaces:[]string',
  'flowcontrol/v1.NonResourcePolicyRule':
    '1verbs:[]string 6nonResourceURLs:[]string',
  'flowcontrol/v1.FlowSchemaStatus':
    '1conditions:[]FlowSchemaCondition',
  'flowcontrol/v1.FlowSchemaCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string',
  'flowcontrol/v1.PriorityLevelConfiguration':
    '1metadata:ObjectMeta 2spec:PriorityLevelConfigurationSpec 3status:PriorityLevelConfigurationStatus',
  'flowcontrol/v1.PriorityLevelConfigurationSpec':
    '1type:string 2limited:*LimitedPriorityLevelConfiguration 3exempt:*ExemptPriorityLevelConfiguration',
  'flowcontrol/v1.LimitedPriorityLevelConfiguration':
    '1nominalConcurrencyShares:*int32 2limitResponse:LimitResponse 3lendablePercent:*int32 4borrowingLimitPercent:*int32',
  'flowcontrol/v1.ExemptPriorityLevelConfiguration':
    '1nominalConcurrencyShares:*int32 2lendablePercent:*int32',
  'flowcontrol/v1.LimitResponse':
    '1type:string 2queuing:*QueuingConfiguration',
  'flowcontrol/v1.QueuingConfiguration':
    '1queues:int32 2handSize:int32 3queueLengthLimit:int32',
  'flowcontrol/v1.PriorityLevelConfigurationStatus':
    '1conditions:[]PriorityLevelConfigurationCondition',
  'flowcontrol/v1.PriorityLevelConfigurationCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string',
  'networking/v1.NetworkPolicy':
    '1metadata:ObjectMeta 2spec:NetworkPolicySpec',
  'networking/v1.NetworkPolicySpec':
    '1podSelector:LabelSelector 2ingress:[]NetworkPolicyIngressRule 3egress:[]NetworkPolicyEgressRule 4policyTypes:[]string',
  'networking/v1.NetworkPolicyIngressRule':
    '1ports:[]NetworkPolicyPort 2from:[]NetworkPolicyPeer',
  'networking/v1.NetworkPolicyEgressRule':
    '1ports:[]NetworkPolicyPort 2to:[]NetworkPolicyPeer',
  'networking/v1.NetworkPolicyPort':
    '1protocol:*string 2port:*IntOrString 3endPort:*int32',
  'networking/v1.IPBlock':
    '1cidr:string 2except:[]string',
  'networking/v1.NetworkPolicyPeer':
    '1podSelector:*LabelSelector 2namespaceSelector:*LabelSelector 3ipBlock:*IPBlock',
  'networking/v1.Ingress':
    '1metadata:ObjectMeta 2spec:IngressSpec 3status:IngressStatus',
  'networking/v1.IngressSpec':
    '4ingressClassName:*string 1defaultBackend:*IngressBackend 2tls:[]IngressTLS 3rules:[]IngressRule',
  'networking/v1.IngressTLS':
    '1hosts:[]string 2secretName:string',
  'networking/v1.IngressStatus':
    '1loadBalancer:IngressLoadBalancerStatus',
  'networking/v1.IngressLoadBalancerStatus':
    '1ingress:[]IngressLoadBalancerIngress',
  'networking/v1.IngressLoadBalancerIngress':
    '1ip:string 2hostname:string 4ports:[]IngressPortStatus',
  'networking/v1.IngressPortStatus':
    '1port:int32 2protocol:string 3error:*string',
  'networking/v1.IngressRule':
    '1host:string 2^:IngressRuleValue',
  'networking/v1.IngressRuleValue':
    '1http:*HTTPIngressRuleValue',
  'networking/v1.HTTPIngressRuleValue':
    '1paths:[]HTTPIngressPath',
  'networking/v1.HTTPIngressPath':
    '1path:string 3pathType:*string 2backend:IngressBackend',
  'networking/v1.IngressBackend':
    '4service:*IngressServiceBackend 3resource:*TypedLocalObjectReference',
  'networking/v1.IngressServiceBackend':
    '1name:string 2port:ServiceBackendPort',
  'networking/v1.ServiceBackendPort':
    '1name:string 2number:int32',
  'networking/v1.IngressClass':
    '1metadata:ObjectMeta 2spec:IngressClassSpec',
  'networking/v1.IngressClassSpec':
    '1controller:string 2parameters:*IngressClassParametersReference',
  'networking/v1.IngressClassParametersReference':
    '1apiGroup:*string 2kind:string 3name:string 4scope:*string 5namespace:*string',
  'networking/v1.IPAddress':
    '1metadata:ObjectMeta 2spec:IPAddressSpec',
  'networking/v1.IPAddressSpec':
    '1parentRef:*ParentReference',
  'networking/v1.ParentReference':
    '1group:string 2resource:string 3namespace:string 4name:string',
  'networking/v1.ServiceCIDR':
    '1metadata:ObjectMeta 2spec:ServiceCIDRSpec 3status:ServiceCIDRStatus',
  'networking/v1.ServiceCIDRSpec':
    '1cidrs:[]string',
  'networking/v1.ServiceCIDRStatus':
    '1conditions:[]Condition',
  'node/v1.RuntimeClass':
    '1metadata:ObjectMeta 2handler:string 3overhead:*Overhead 4scheduling:*Scheduling',
  'node/v1.Overhead':
    '1podFixed:{Quantity}',
  'node/v1.Scheduling':
    '1nodeSelector:{string} 2tolerations:[]Toleration',
  'policy/v1.PodDisruptionBudgetSpec':
    '1minAvailable:*IntOrString 2selector:*LabelSelector 3maxUnavailable:*IntOrString 4unhealthyPodEvictionPolicy:*string',
  'policy/v1.PodDisruptionBudgetStatus':
    '1observedGeneration:int64 2disruptedPods:{Time} 3disruptionsAllowed:int32 4currentHealthy:int32 5desiredHealthy:int32 6expectedPods:int32 7conditions:[]Condition',
  'policy/v1.PodDisruptionBudget':
    '1metadata:ObjectMeta 2spec:PodDisruptionBudgetSpec 3status:PodDisruptionBudgetStatus',
  'policy/v1.Eviction':
    '1metadata:ObjectMeta 2deleteOptions:*DeleteOptions',
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
  'resource/v1.ResourceSlice':
    '1metadata:ObjectMeta 2spec:ResourceSliceSpec',
  'resource/v1.ResourceSliceSpec':
    '1driver:string 2pool:ResourcePool 3nodeName:*string 4nodeSelector:*NodeSelector 5allNodes:*bool 6devices:[]Device 7perDeviceNodeSelection:*bool 8sharedCounters:[]CounterSet',
  'resource/v1.CounterSet':
    '1name:string 2counters:{Counter}',
  'resource/v1.ResourcePool':
    '1name:string 2generation:int64 3resourceSliceCount:int64',
  'resource/v1.Device':
    '1name:string 2attributes:{DeviceAttribute} 3capacity:{DeviceCapacity} 4consumesCounters:[]DeviceCounterConsumption 5nodeName:*string 6nodeSelector:*NodeSelector 7allNodes:*bool 8taints:[]DeviceTaint 9bindsToNode:*bool 10bindingConditions:[]string 11bindingFailureConditions:[]string 12allowMultipleAllocations:*bool 13nodeAllocatableResourceMappings:{NodeAllocatableResourceMapping}',
  'resource/v1.NodeAllocatableResourceMapping':
    '1capacityKey:*string 2allocationMultiplier:*Quantity',
  'resource/v1.DeviceCounterConsumption':
    '1counterSet:string 2counters:{Counter}',
  'resource/v1.DeviceCapacity':
    '1value:Quantity 2requestPolicy:*CapacityRequestPolicy',
  'resource/v1.Counter':
    '1value:Quantity',
  'resource/v1.CapacityRequestPolicy':
    '1default:*Quantity 3validValues:[]Quantity 4validRange:*CapacityRequestPolicyRange',
  'resource/v1.CapacityRequestPolicyRange':
    '1min:*Quantity 2max:*Quantity 3step:*Quantity',
  'resource/v1.DeviceAttribute':
    '2int:*int64 3bool:*bool 4string:*string 5version:*string 6ints:[]int64 7bools:[]bool 8strings:[]string 9versions:[]string',
  'resource/v1.DeviceTaint':
    '1key:string 2value:string 3effect:string 4timeAdded:*Time',
  'resource/v1.ResourceClaim':
    '1metadata:ObjectMeta 2spec:ResourceClaimSpec 3status:ResourceClaimStatus',
  'resource/v1.ResourceClaimSpec':
    '1devices:DeviceClaim',
  'resource/v1.DeviceClaim':
    '1requests:[]DeviceRequest 2constraints:[]DeviceConstraint 3config:[]DeviceClaimConfiguration',
  'resource/v1.DeviceRequest':
    '1name:string 2exactly:*ExactDeviceRequest 3firstAvailable:[]DeviceSubRequest',
  'resource/v1.ExactDeviceRequest':
    '1deviceClassName:string 2selectors:[]DeviceSelector 3allocationMode:string 4count:int64 5adminAccess:*bool 6tolerations:[]DeviceToleration 7capacity:*CapacityRequirements',
  'resource/v1.DeviceSubRequest':
    '1name:string 2deviceClassName:string 3selectors:[]DeviceSelector 4allocationMode:string 5count:int64 6tolerations:[]DeviceToleration 7capacity:*CapacityRequirements',
  'resource/v1.CapacityRequirements':
    '1requests:{Quantity}',
  'resource/v1.DeviceSelector':
    '1cel:*CELDeviceSelector',
  'resource/v1.CELDeviceSelector':
    '1expression:string',
  'resource/v1.DeviceConstraint':
    '1requests:[]string 2matchAttribute:*string 3distinctAttribute:*string',
  'resource/v1.DeviceClaimConfiguration':
    '1requests:[]string 2^:DeviceConfiguration',
  'resource/v1.DeviceConfiguration':
    '1opaque:*OpaqueDeviceConfiguration',
  'resource/v1.OpaqueDeviceConfiguration':
    '1driver:string 2parameters:RawExtension',
  'resource/v1.DeviceToleration':
    '1key:string 2operator:string 3value:string 4effect:string 5tolerationSeconds:*int64',
  'resource/v1.ResourceClaimStatus':
    '1allocation:*AllocationResult 2reservedFor:[]ResourceClaimConsumerReference 4devices:[]AllocatedDeviceStatus',
  'resource/v1.ResourceClaimConsumerReference':
    '1apiGroup:string 3resource:string 4name:string 5uid:string',
  'resource/v1.AllocationResult':
    '1devices:DeviceAllocationResult 3nodeSelector:*NodeSelector 5allocationTimestamp:*Time',
  'resource/v1.DeviceAllocationResult':
    '1results:[]DeviceRequestAllocationResult 2config:[]DeviceAllocationConfiguration',
  'resource/v1.DeviceRequestAllocationResult':
    '1request:string 2driver:string 3pool:string 4device:string 5adminAccess:*bool 6tolerations:[]DeviceToleration 7bindingConditions:[]string 8bindingFailureConditions:[]string 9shareID:*string 10consumedCapacity:{Quantity}',
  'resource/v1.DeviceAllocationConfiguration':
    '1source:string 2requests:[]string 3^:DeviceConfiguration',
  'resource/v1.DeviceClass':
    '1metadata:ObjectMeta 2spec:DeviceClassSpec',
  'resource/v1.DeviceClassSpec':
    '1selectors:[]DeviceSelector 2config:[]DeviceClassConfiguration 4extendedResourceName:*string',
  'resource/v1.DeviceClassConfiguration':
    '1^:DeviceConfiguration',
  'resource/v1.ResourceClaimTemplate':
    '1metadata:ObjectMeta 2spec:ResourceClaimTemplateSpec',
  'resource/v1.ResourceClaimTemplateSpec':
    '1metadata:ObjectMeta 2spec:ResourceClaimSpec',
  'resource/v1.AllocatedDeviceStatus':
    '1driver:string 2pool:string 3device:string 7shareID:*string 4conditions:[]Condition 5data:*RawExtension 6networkData:*NetworkDeviceData',
  'resource/v1.NetworkDeviceData':
    '1interfaceName:string 2ips:[]string 3hardwareAddress:string',
  'scheduling/v1.PriorityClass':
    '1metadata:ObjectMeta 2value:int32 3globalDefault:bool 4description:string 5preemptionPolicy:*string',
  'storage/v1.StorageClass':
    '1metadata:ObjectMeta 2provisioner:string 3parameters:{string} 4reclaimPolicy:*string 5mountOptions:[]string 6allowVolumeExpansion:*bool 7volumeBindingMode:*string 8allowedTopologies:[]TopologySelectorTerm',
  'storage/v1.VolumeAttachment':
    '1metadata:ObjectMeta 2spec:VolumeAttachmentSpec 3status:VolumeAttachmentStatus',
  'storage/v1.VolumeAttachmentSpec':
    '1attacher:string 2source:VolumeAttachmentSource 3nodeName:string',
  'storage/v1.VolumeAttachmentSource':
    '1persistentVolumeName:*string 2inlineVolumeSpec:*PersistentVolumeSpec',
  'storage/v1.VolumeAttachmentStatus':
    '1attached:bool 2attachmentMetadata:{string} 3attachError:*VolumeError 4detachError:*VolumeError',
  'storage/v1.VolumeError':
    '1time:Time 2message:string 3errorCode:*int32',
  'storage/v1.CSIDriver':
    '1metadata:ObjectMeta 2spec:CSIDriverSpec',
  'storage/v1.CSIDriverSpec':
    '1attachRequired:*bool 2podInfoOnMount:*bool 3volumeLifecycleModes:[]string 4storageCapacity:*bool 5fsGroupPolicy:*string 6tokenRequests:[]TokenRequest 7requiresRepublish:*bool 8seLinuxMount:*bool 9nodeAllocatableUpdatePeriodSeconds:*int64 10serviceAccountTokenInSecrets:*bool 11preventPodSchedulingIfMissing:*bool',
  'storage/v1.TokenRequest':
    '1audience:string 2expirationSeconds:*int64',
  'storage/v1.CSINode':
    '1metadata:ObjectMeta 2spec:CSINodeSpec',
  'storage/v1.CSINodeSpec':
    '1drivers:[]CSINodeDriver',
  'storage/v1.CSINodeDriver':
    '1name:string 2nodeID:string 3topologyKeys:[]string 4allocatable:*VolumeNodeResources',
  'storage/v1.VolumeNodeResources':
    '1count:*int32',
  'storage/v1.CSIStorageCapacity':
    '1metadata:ObjectMeta 2nodeTopology:*LabelSelector 3storageClassName:string 4capacity:*Quantity 5maximumVolumeSize:*Quantity',
  'storage/v1.VolumeAttributesClass':
    '1metadata:ObjectMeta 2driverName:string 3parameters:{string}',
  'meta/v1.GroupResource':
    '1group:string 2resource:string',
  'meta/v1.GroupVersionResource':
    '1group:string 2version:string 3resource:string',
  'meta/v1.GroupKind':
    '1group:string 2kind:string',
  'meta/v1.GroupVersionKind':
    '1group:string 2version:string 3kind:string',
  'meta/v1.GroupVersion':
    '1group:string 2version:string',
  'meta/v1.TypeMeta':
    '1kind:string 2apiVersion:string',
  'meta/v1.ListMeta':
    '1selfLink:string 2resourceVersion:string 3continue:string 4remainingItemCount:*int64 5shardInfo:*ShardInfo',
  'meta/v1.ShardInfo':
    '1selector:string',
  'meta/v1.ObjectMeta':
    '1name:string 2generateName:string 3namespace:string 4selfLink:string 5uid:string 6resourceVersion:string 7generation:int64 8creationTimestamp:Time 9deletionTimestamp:*Time 10deletionGracePeriodSeconds:*int64 11labels:{string} 12annotations:{string} 13ownerReferences:[]OwnerReference 14finalizers:[]string 17managedFields:[]ManagedFieldsEntry',
  'meta/v1.OwnerReference':
    '5apiVersion:string 1kind:string 3name:string 4uid:string 6controller:*bool 7blockOwnerDeletion:*bool',
  'meta/v1.ListOptions':
    '1labelSelector:string 2fieldSelector:string 3watch:bool 9allowWatchBookmarks:bool 4resourceVersion:string 10resourceVersionMatch:string 5timeoutSeconds:*int64 7limit:int64 8continue:string 11sendInitialEvents:*bool 15shardSelector:string',
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
    '1name:string 2group:string 3kind:string 6uid:string 4causes:[]StatusCause 5retryAfterSeconds:int32',
  'meta/v1.StatusCause':
    '1reason:string 2message:string 3field:string',
  'meta/v1.List':
    '1metadata:ListMeta 2items:[]RawExtension',
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
    '1name:string 6singularName:string 2namespaced:bool 8group:string 9version:string 3kind:string 4verbs:Verbs 5shortNames:[]string 7categories:[]string 10storageVersionHash:string',
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
  'meta/v1.TableOptions':
    '1includeObject:string',
  'meta/v1.PartialObjectMetadata':
    '1metadata:ObjectMeta',
  'meta/v1.Condition':
    '1type:string 2status:string 3observedGeneration:int64 4lastTransitionTime:Time 5reason:string 6message:string',
  'meta/v1.Patch':
    '',
  'apiextensions/v1.CustomResourceDefinitionSpec':
    '1group:string 3names:CustomResourceDefinitionNames 4scope:string 7versions:[]CustomResourceDefinitionVersion 9conversion:*CustomResourceConversion 10preserveUnknownFields:bool',
  'apiextensions/v1.CustomResourceConversion':
    '1strategy:string 2webhook:*WebhookConversion',
  'apiextensions/v1.WebhookConversion':
    '2clientConfig:*WebhookClientConfig 3conversionReviewVersions:[]string',
  'apiextensions/v1.WebhookClientConfig':
    '3url:*string 1service:*ServiceReference 2caBundle:[]byte',
  'apiextensions/v1.ServiceReference':
    '1namespace:string 2name:string 3path:*string 4port:*int32',
  'apiextensions/v1.CustomResourceDefinitionVersion':
    '1name:string 2served:bool 3storage:bool 7deprecated:bool 8deprecationWarning:*string 4schema:*CustomResourceValidation 5subresources:*CustomResourceSubresources 6additionalPrinterColumns:[]CustomResourceColumnDefinition 9selectableFields:[]SelectableField',
  'apiextensions/v1.SelectableField':
    '1jsonPath:string',
  'apiextensions/v1.CustomResourceColumnDefinition':
    '1name:string 2type:string 3format:string 4description:string 5priority:int32 6jsonPath:string',
  'apiextensions/v1.CustomResourceDefinitionNames':
    '1plural:string 2singular:string 3shortNames:[]string 4kind:string 5listKind:string 6categories:[]string',
  'apiextensions/v1.CustomResourceDefinitionCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string 6observedGeneration:int64',
  'apiextensions/v1.CustomResourceDefinitionStatus':
    '1conditions:[]CustomResourceDefinitionCondition 2acceptedNames:CustomResourceDefinitionNames 3storedVersions:[]string 4observedGeneration:int64',
  'apiextensions/v1.CustomResourceDefinition':
    '1metadata:ObjectMeta 2spec:CustomResourceDefinitionSpec 3status:CustomResourceDefinitionStatus',
  'apiextensions/v1.CustomResourceValidation':
    '1openAPIV3Schema:*JSONSchemaProps',
  'apiextensions/v1.CustomResourceSubresources':
    '1status:*CustomResourceSubresourceStatus 2scale:*CustomResourceSubresourceScale',
  'apiextensions/v1.CustomResourceSubresourceScale':
    '1specReplicasPath:string 2statusReplicasPath:string 3labelSelectorPath:*string',
  'apiextensions/v1.ConversionReview':
    '1request:*ConversionRequest 2response:*ConversionResponse',
  'apiextensions/v1.ConversionRequest':
    '1uid:string 2desiredAPIVersion:string 3objects:[]RawExtension',
  'apiextensions/v1.ConversionResponse':
    '1uid:string 2convertedObjects:[]RawExtension 3result:Status',
  'apiextensions/v1.JSONSchemaProps':
    '1id:string 2$schema:string 3$ref:*string 4description:string 5type:string 6format:string 7title:string 8default:*JSON 9maximum:*float64 10exclusiveMaximum:bool 11minimum:*float64 12exclusiveMinimum:bool 13maxLength:*int64 14minLength:*int64 15pattern:string 16maxItems:*int64 17minItems:*int64 18uniqueItems:bool 19multipleOf:*float64 20enum:[]JSON 21maxProperties:*int64 22minProperties:*int64 23required:[]string 24items:*JSONSchemaPropsOrArray 25allOf:[]JSONSchemaProps 26oneOf:[]JSONSchemaProps 27anyOf:[]JSONSchemaProps 28not:*JSONSchemaProps 29properties:{JSONSchemaProps} 30additionalProperties:*JSONSchemaPropsOrBool 31patternProperties:{JSONSchemaProps} 32dependencies:{JSONSchemaPropsOrStringArray} 33additionalItems:*JSONSchemaPropsOrBool 34definitions:{JSONSchemaProps} 35externalDocs:*ExternalDocumentation 36example:*JSON 37nullable:bool 38x-kubernetes-preserve-unknown-fields:*bool 39x-kubernetes-embedded-resource:bool 40x-kubernetes-int-or-string:bool 41x-kubernetes-list-map-keys:[]string 42x-kubernetes-list-type:*string 43x-kubernetes-map-type:*string 44x-kubernetes-validations:[]ValidationRule',
  'apiextensions/v1.ValidationRule':
    '1rule:string 2message:string 3messageExpression:string 4reason:*string 5fieldPath:string 6optionalOldSelf:*bool',
  'apiextensions/v1.JSON':
    '1-:[]byte',
  'apiextensions/v1.JSONSchemaPropsOrArray':
    '1schema:*JSONSchemaProps 2jSONSchemas:[]JSONSchemaProps',
  'apiextensions/v1.JSONSchemaPropsOrBool':
    '1allows:bool 2schema:*JSONSchemaProps',
  'apiextensions/v1.JSONSchemaPropsOrStringArray':
    '1schema:*JSONSchemaProps 2property:[]string',
  'apiextensions/v1.ExternalDocumentation':
    '1description:string 2url:string',
  'apiextensions/v1.CustomResourceSubresourceStatus':
    '',
  'apiregistration/v1.ServiceReference':
    '1namespace:string 2name:string 3port:*int32',
  'apiregistration/v1.APIServiceSpec':
    '1service:*ServiceReference 2group:string 3version:string 4insecureSkipTLSVerify:bool 5caBundle:[]byte 7groupPriorityMinimum:int32 8versionPriority:int32',
  'apiregistration/v1.APIServiceCondition':
    '1type:string 2status:string 3lastTransitionTime:Time 4reason:string 5message:string',
  'apiregistration/v1.APIServiceStatus':
    '1conditions:[]APIServiceCondition',
  'apiregistration/v1.APIService':
    '1metadata:ObjectMeta 2spec:APIServiceSpec 3status:APIServiceStatus',
};

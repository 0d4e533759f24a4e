// Made by scripts/import-openapi.mjs from Kubernetes' published OpenAPI. Not to be edited.
export const schema: Readonly<Record<string, string>> = {
  'io.k8s.api.admissionregistration.v1.ApplyConfiguration':
    'expression string',
  'io.k8s.api.admissionregistration.v1.AuditAnnotation':
    'key string required;valueExpression string required',
  'io.k8s.api.admissionregistration.v1.ExpressionWarning':
    'fieldRef string required;warning string required',
  'io.k8s.api.admissionregistration.v1.JSONPatch':
    'expression string',
  'io.k8s.api.admissionregistration.v1.MatchCondition':
    'expression string required;name string required',
  'io.k8s.api.admissionregistration.v1.MatchResources':
    'excludeResourceRules []@io.k8s.api.admissionregistration.v1.NamedRuleWithOperations atomic;matchPolicy string;namespaceSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;objectSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;resourceRules []@io.k8s.api.admissionregistration.v1.NamedRuleWithOperations atomic',
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicySpec',
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec',
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBindingList':
    'apiVersion string;items []@io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBinding required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyBindingSpec':
    'matchResources @io.k8s.api.admissionregistration.v1.MatchResources atomic;paramRef @io.k8s.api.admissionregistration.v1.ParamRef atomic;policyName string',
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicyList':
    'apiVersion string;items []@io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicy required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.admissionregistration.v1.MutatingAdmissionPolicySpec':
    'failurePolicy string;matchConditions []@io.k8s.api.admissionregistration.v1.MatchCondition map=name merge=name strategy=merge;matchConstraints @io.k8s.api.admissionregistration.v1.MatchResources atomic;mutations []@io.k8s.api.admissionregistration.v1.Mutation atomic;paramKind @io.k8s.api.admissionregistration.v1.ParamKind atomic;reinvocationPolicy string;variables []@io.k8s.api.admissionregistration.v1.Variable atomic',
  'io.k8s.api.admissionregistration.v1.MutatingWebhook':
    'admissionReviewVersions []string required atomic;clientConfig @io.k8s.api.admissionregistration.v1.WebhookClientConfig required;failurePolicy string;matchConditions []@io.k8s.api.admissionregistration.v1.MatchCondition map=name merge=name strategy=merge;matchPolicy string;name string required;namespaceSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;objectSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;reinvocationPolicy string;rules []@io.k8s.api.admissionregistration.v1.RuleWithOperations atomic;sideEffects string required;timeoutSeconds int32',
  'io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;webhooks []@io.k8s.api.admissionregistration.v1.MutatingWebhook map=name merge=name strategy=merge',
  'io.k8s.api.admissionregistration.v1.MutatingWebhookConfigurationList':
    'apiVersion string;items []@io.k8s.api.admissionregistration.v1.MutatingWebhookConfiguration required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.admissionregistration.v1.Mutation':
    'applyConfiguration @io.k8s.api.admissionregistration.v1.ApplyConfiguration;jsonPatch @io.k8s.api.admissionregistration.v1.JSONPatch;patchType string required',
  'io.k8s.api.admissionregistration.v1.NamedRuleWithOperations':
    'apiGroups []string atomic;apiVersions []string atomic;operations []string atomic;resourceNames []string atomic;resources []string atomic;scope string',
  'io.k8s.api.admissionregistration.v1.ParamKind':
    'apiVersion string;kind string',
  'io.k8s.api.admissionregistration.v1.ParamRef':
    'name string;namespace string;parameterNotFoundAction string;selector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic',
  'io.k8s.api.admissionregistration.v1.RuleWithOperations':
    'apiGroups []string atomic;apiVersions []string atomic;operations []string atomic;resources []string atomic;scope string',
  'io.k8s.api.admissionregistration.v1.ServiceReference':
    'name string required;namespace string required;path string;port int32',
  'io.k8s.api.admissionregistration.v1.TypeChecking':
    'expressionWarnings []@io.k8s.api.admissionregistration.v1.ExpressionWarning atomic',
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;status @io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyStatus',
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec required',
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingList':
    'apiVersion string;items []@io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec':
    'matchResources @io.k8s.api.admissionregistration.v1.MatchResources atomic;paramRef @io.k8s.api.admissionregistration.v1.ParamRef atomic;policyName string required;validationActions []string required set',
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyList':
    'apiVersion string;items []@io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec':
    'auditAnnotations []@io.k8s.api.admissionregistration.v1.AuditAnnotation atomic;failurePolicy string;matchConditions []@io.k8s.api.admissionregistration.v1.MatchCondition map=name merge=name strategy=merge;matchConstraints @io.k8s.api.admissionregistration.v1.MatchResources atomic;paramKind @io.k8s.api.admissionregistration.v1.ParamKind atomic;validations []@io.k8s.api.admissionregistration.v1.Validation atomic;variables []@io.k8s.api.admissionregistration.v1.Variable map=name merge=name strategy=merge',
  'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyStatus':
    'conditions []@io.k8s.apimachinery.pkg.apis.meta.v1.Condition map=type;observedGeneration int64;typeChecking @io.k8s.api.admissionregistration.v1.TypeChecking',
  'io.k8s.api.admissionregistration.v1.ValidatingWebhook':
    'admissionReviewVersions []string required atomic;clientConfig @io.k8s.api.admissionregistration.v1.WebhookClientConfig required;failurePolicy string;matchConditions []@io.k8s.api.admissionregistration.v1.MatchCondition map=name merge=name strategy=merge;matchPolicy string;name string required;namespaceSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;objectSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;rules []@io.k8s.api.admissionregistration.v1.RuleWithOperations atomic;sideEffects string required;timeoutSeconds int32',
  'io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;webhooks []@io.k8s.api.admissionregistration.v1.ValidatingWebhook map=name merge=name strategy=merge',
  'io.k8s.api.admissionregistration.v1.ValidatingWebhookConfigurationList':
    'apiVersion string;items []@io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.admissionregistration.v1.Validation':
    'expression string required;message string;messageExpression string;reason string',
  'io.k8s.api.admissionregistration.v1.Variable':
    'expression string required;name string required',
  'io.k8s.api.admissionregistration.v1.WebhookClientConfig':
    'caBundle bytes;service @io.k8s.api.admissionregistration.v1.ServiceReference;url string',
  'io.k8s.api.apps.v1.ControllerRevision':
    'apiVersion string;data any;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;revision int64 required',
  'io.k8s.api.apps.v1.ControllerRevisionList':
    'apiVersion string;items []@io.k8s.api.apps.v1.ControllerRevision required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.apps.v1.DaemonSet':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.apps.v1.DaemonSetSpec;status @io.k8s.api.apps.v1.DaemonSetStatus',
  'io.k8s.api.apps.v1.DaemonSetCondition':
    'lastTransitionTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.apps.v1.DaemonSetList':
    'apiVersion string;items []@io.k8s.api.apps.v1.DaemonSet required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.apps.v1.DaemonSetSpec':
    'minReadySeconds int32;revisionHistoryLimit int32;selector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector required atomic;template @io.k8s.api.core.v1.PodTemplateSpec required;updateStrategy @io.k8s.api.apps.v1.DaemonSetUpdateStrategy',
  'io.k8s.api.apps.v1.DaemonSetStatus':
    'collisionCount int32;conditions []@io.k8s.api.apps.v1.DaemonSetCondition map=type merge=type strategy=merge;currentNumberScheduled int32 required;desiredNumberScheduled int32 required;numberAvailable int32;numberMisscheduled int32 required;numberReady int32 required;numberUnavailable int32;observedGeneration int64;updatedNumberScheduled int32',
  'io.k8s.api.apps.v1.DaemonSetUpdateStrategy':
    'rollingUpdate @io.k8s.api.apps.v1.RollingUpdateDaemonSet;type string',
  'io.k8s.api.apps.v1.Deployment':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.apps.v1.DeploymentSpec;status @io.k8s.api.apps.v1.DeploymentStatus',
  'io.k8s.api.apps.v1.DeploymentCondition':
    'lastTransitionTime time;lastUpdateTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.apps.v1.DeploymentList':
    'apiVersion string;items []@io.k8s.api.apps.v1.Deployment required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.apps.v1.DeploymentSpec':
    'minReadySeconds int32;paused boolean;progressDeadlineSeconds int32;replicas int32;revisionHistoryLimit int32;selector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector required atomic;strategy @io.k8s.api.apps.v1.DeploymentStrategy strategy=retainKeys;template @io.k8s.api.core.v1.PodTemplateSpec required',
  'io.k8s.api.apps.v1.DeploymentStatus':
    'availableReplicas int32;collisionCount int32;conditions []@io.k8s.api.apps.v1.DeploymentCondition map=type merge=type strategy=merge;observedGeneration int64;readyReplicas int32;replicas int32;terminatingReplicas int32;unavailableReplicas int32;updatedReplicas int32',
  'io.k8s.api.apps.v1.DeploymentStrategy':
    'rollingUpdate @io.k8s.api.apps.v1.RollingUpdateDeployment;type string',
  'io.k8s.api.apps.v1.ReplicaSet':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.apps.v1.ReplicaSetSpec;status @io.k8s.api.apps.v1.ReplicaSetStatus',
  'io.k8s.api.apps.v1.ReplicaSetCondition':
    'lastTransitionTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.apps.v1.ReplicaSetList':
    'apiVersion string;items []@io.k8s.api.apps.v1.ReplicaSet required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.apps.v1.ReplicaSetSpec':
    'minReadySeconds int32;replicas int32;selector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector required atomic;template @io.k8s.api.core.v1.PodTemplateSpec',
  'io.k8s.api.apps.v1.ReplicaSetStatus':
    'availableReplicas int32;conditions []@io.k8s.api.apps.v1.ReplicaSetCondition map=type merge=type strategy=merge;fullyLabeledReplicas int32;observedGeneration int64;readyReplicas int32;replicas int32 required;terminatingReplicas int32',
  'io.k8s.api.apps.v1.RollingUpdateDaemonSet':
    'maxSurge intOrString;maxUnavailable intOrString',
  'io.k8s.api.apps.v1.RollingUpdateDeployment':
    'maxSurge intOrString;maxUnavailable intOrString',
  'io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy':
    'maxUnavailable intOrString;partition int32',
  'io.k8s.api.apps.v1.StatefulSet':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.apps.v1.StatefulSetSpec;status @io.k8s.api.apps.v1.StatefulSetStatus',
  'io.k8s.api.apps.v1.StatefulSetCondition':
    'lastTransitionTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.apps.v1.StatefulSetList':
    'apiVersion string;items []@io.k8s.api.apps.v1.StatefulSet required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.apps.v1.StatefulSetOrdinals':
    'start int32',
  'io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy':
    'whenDeleted string;whenScaled string',
  'io.k8s.api.apps.v1.StatefulSetSpec':
    'minReadySeconds int32;ordinals @io.k8s.api.apps.v1.StatefulSetOrdinals;persistentVolumeClaimRetentionPolicy @io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy;podManagementPolicy string;replicas int32;revisionHistoryLimit int32;selector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector required atomic;serviceName string;template @io.k8s.api.core.v1.PodTemplateSpec required;updateStrategy @io.k8s.api.apps.v1.StatefulSetUpdateStrategy;volumeClaimTemplates []@io.k8s.api.core.v1.PersistentVolumeClaim atomic',
  'io.k8s.api.apps.v1.StatefulSetStatus':
    'availableReplicas int32;collisionCount int32;conditions []@io.k8s.api.apps.v1.StatefulSetCondition map=type merge=type strategy=merge;currentReplicas int32;currentRevision string;observedGeneration int64;readyReplicas int32;replicas int32 required;updateRevision string;updatedReplicas int32',
  'io.k8s.api.apps.v1.StatefulSetUpdateStrategy':
    'rollingUpdate @io.k8s.api.apps.v1.RollingUpdateStatefulSetStrategy;type string',
  'io.k8s.api.authentication.v1.BoundObjectReference':
    'apiVersion string;kind string;name string;uid string',
  'io.k8s.api.authentication.v1.SelfSubjectReview':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;status @io.k8s.api.authentication.v1.SelfSubjectReviewStatus',
  'io.k8s.api.authentication.v1.SelfSubjectReviewStatus':
    'userInfo @io.k8s.api.authentication.v1.UserInfo',
  'io.k8s.api.authentication.v1.TokenRequest':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.authentication.v1.TokenRequestSpec;status @io.k8s.api.authentication.v1.TokenRequestStatus',
  'io.k8s.api.authentication.v1.TokenRequestSpec':
    'audiences []string atomic;boundObjectRef @io.k8s.api.authentication.v1.BoundObjectReference;expirationSeconds int64',
  'io.k8s.api.authentication.v1.TokenRequestStatus':
    'expirationTimestamp time;token string',
  'io.k8s.api.authentication.v1.TokenReview':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.authentication.v1.TokenReviewSpec required;status @io.k8s.api.authentication.v1.TokenReviewStatus',
  'io.k8s.api.authentication.v1.TokenReviewSpec':
    'audiences []string atomic;token string required',
  'io.k8s.api.authentication.v1.TokenReviewStatus':
    'audiences []string atomic;authenticated boolean;error string;user @io.k8s.api.authentication.v1.UserInfo',
  'io.k8s.api.authentication.v1.UserInfo':
    'extra {}[]string;groups []string atomic;uid string;username string',
  'io.k8s.api.authorization.v1.FieldSelectorAttributes':
    'rawSelector string;requirements []@io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement atomic',
  'io.k8s.api.authorization.v1.LabelSelectorAttributes':
    'rawSelector string;requirements []@io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement atomic',
  'io.k8s.api.authorization.v1.LocalSubjectAccessReview':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.authorization.v1.SubjectAccessReviewSpec required;status @io.k8s.api.authorization.v1.SubjectAccessReviewStatus',
  'io.k8s.api.authorization.v1.NonResourceAttributes':
    'path string;verb string',
  'io.k8s.api.authorization.v1.NonResourceRule':
    'nonResourceURLs []string atomic;verbs []string required atomic',
  'io.k8s.api.authorization.v1.ResourceAttributes':
    'fieldSelector @io.k8s.api.authorization.v1.FieldSelectorAttributes;group string;labelSelector @io.k8s.api.authorization.v1.LabelSelectorAttributes;name string;namespace string;resource string;subresource string;verb string;version string',
  'io.k8s.api.authorization.v1.ResourceRule':
    'apiGroups []string atomic;resourceNames []string atomic;resources []string atomic;verbs []string required atomic',
  'io.k8s.api.authorization.v1.SelfSubjectAccessReview':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec required;status @io.k8s.api.authorization.v1.SubjectAccessReviewStatus',
  'io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec':
    'nonResourceAttributes @io.k8s.api.authorization.v1.NonResourceAttributes;resourceAttributes @io.k8s.api.authorization.v1.ResourceAttributes',
  'io.k8s.api.authorization.v1.SelfSubjectRulesReview':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec required;status @io.k8s.api.authorization.v1.SubjectRulesReviewStatus',
  'io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec':
    'namespace string',
  'io.k8s.api.authorization.v1.SubjectAccessReview':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.authorization.v1.SubjectAccessReviewSpec required;status @io.k8s.api.authorization.v1.SubjectAccessReviewStatus',
  'io.k8s.api.authorization.v1.SubjectAccessReviewSpec':
    'extra {}[]string;groups []string atomic;nonResourceAttributes @io.k8s.api.authorization.v1.NonResourceAttributes;resourceAttributes @io.k8s.api.authorization.v1.ResourceAttributes;uid string;user string',
  'io.k8s.api.authorization.v1.SubjectAccessReviewStatus':
    'allowed boolean required;denied boolean;evaluationError string;reason string',
  'io.k8s.api.authorization.v1.SubjectRulesReviewStatus':
    'evaluationError string;incomplete boolean required;nonResourceRules []@io.k8s.api.authorization.v1.NonResourceRule required atomic;resourceRules []@io.k8s.api.authorization.v1.ResourceRule required atomic',
  'io.k8s.api.autoscaling.v1.CrossVersionObjectReference':
    'apiVersion string;kind string required;name string required',
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec required;status @io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerStatus',
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerList':
    'apiVersion string;items []@io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerSpec':
    'maxReplicas int32 required;minReplicas int32;scaleTargetRef @io.k8s.api.autoscaling.v1.CrossVersionObjectReference required atomic;targetCPUUtilizationPercentage int32',
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscalerStatus':
    'currentCPUUtilizationPercentage int32;currentReplicas int32 required;desiredReplicas int32 required;lastScaleTime time;observedGeneration int64',
  'io.k8s.api.autoscaling.v1.Scale':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.autoscaling.v1.ScaleSpec;status @io.k8s.api.autoscaling.v1.ScaleStatus',
  'io.k8s.api.autoscaling.v1.ScaleSpec':
    'replicas int32',
  'io.k8s.api.autoscaling.v1.ScaleStatus':
    'replicas int32 required;selector string',
  'io.k8s.api.autoscaling.v2.ContainerResourceMetricSource':
    'container string required;name string required;target @io.k8s.api.autoscaling.v2.MetricTarget required',
  'io.k8s.api.autoscaling.v2.ContainerResourceMetricStatus':
    'container string required;current @io.k8s.api.autoscaling.v2.MetricValueStatus required;name string required',
  'io.k8s.api.autoscaling.v2.CrossVersionObjectReference':
    'apiVersion string;kind string required;name string required',
  'io.k8s.api.autoscaling.v2.ExternalMetricSource':
    'metric @io.k8s.api.autoscaling.v2.MetricIdentifier required;target @io.k8s.api.autoscaling.v2.MetricTarget required',
  'io.k8s.api.autoscaling.v2.ExternalMetricStatus':
    'current @io.k8s.api.autoscaling.v2.MetricValueStatus required;metric @io.k8s.api.autoscaling.v2.MetricIdentifier required',
  'io.k8s.api.autoscaling.v2.HPAScalingPolicy':
    'periodSeconds int32 required;type string required;value int32 required',
  'io.k8s.api.autoscaling.v2.HPAScalingRules':
    'policies []@io.k8s.api.autoscaling.v2.HPAScalingPolicy atomic;selectPolicy string;stabilizationWindowSeconds int32;tolerance quantity',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec required;status @io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior':
    'scaleDown @io.k8s.api.autoscaling.v2.HPAScalingRules;scaleUp @io.k8s.api.autoscaling.v2.HPAScalingRules',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerCondition':
    'lastTransitionTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerList':
    'apiVersion string;items []@io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerSpec':
    'behavior @io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerBehavior;maxReplicas int32 required;metrics []@io.k8s.api.autoscaling.v2.MetricSpec atomic;minReplicas int32;scaleTargetRef @io.k8s.api.autoscaling.v2.CrossVersionObjectReference required',
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerStatus':
    'conditions []@io.k8s.api.autoscaling.v2.HorizontalPodAutoscalerCondition map=type merge=type strategy=merge;currentMetrics []@io.k8s.api.autoscaling.v2.MetricStatus atomic;currentReplicas int32;desiredReplicas int32 required;lastScaleTime time;observedGeneration int64',
  'io.k8s.api.autoscaling.v2.MetricIdentifier':
    'name string required;selector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic',
  'io.k8s.api.autoscaling.v2.MetricSpec':
    'containerResource @io.k8s.api.autoscaling.v2.ContainerResourceMetricSource;external @io.k8s.api.autoscaling.v2.ExternalMetricSource;object @io.k8s.api.autoscaling.v2.ObjectMetricSource;pods @io.k8s.api.autoscaling.v2.PodsMetricSource;resource @io.k8s.api.autoscaling.v2.ResourceMetricSource;type string required',
  'io.k8s.api.autoscaling.v2.MetricStatus':
    'containerResource @io.k8s.api.autoscaling.v2.ContainerResourceMetricStatus;external @io.k8s.api.autoscaling.v2.ExternalMetricStatus;object @io.k8s.api.autoscaling.v2.ObjectMetricStatus;pods @io.k8s.api.autoscaling.v2.PodsMetricStatus;resource @io.k8s.api.autoscaling.v2.ResourceMetricStatus;type string required',
  'io.k8s.api.autoscaling.v2.MetricTarget':
    'averageUtilization int32;averageValue quantity;type string required;value quantity',
  'io.k8s.api.autoscaling.v2.MetricValueStatus':
    'averageUtilization int32;averageValue quantity;value quantity',
  'io.k8s.api.autoscaling.v2.ObjectMetricSource':
    'describedObject @io.k8s.api.autoscaling.v2.CrossVersionObjectReference required;metric @io.k8s.api.autoscaling.v2.MetricIdentifier required;target @io.k8s.api.autoscaling.v2.MetricTarget required',
  'io.k8s.api.autoscaling.v2.ObjectMetricStatus':
    'current @io.k8s.api.autoscaling.v2.MetricValueStatus required;describedObject @io.k8s.api.autoscaling.v2.CrossVersionObjectReference required;metric @io.k8s.api.autoscaling.v2.MetricIdentifier required',
  'io.k8s.api.autoscaling.v2.PodsMetricSource':
    'metric @io.k8s.api.autoscaling.v2.MetricIdentifier required;target @io.k8s.api.autoscaling.v2.MetricTarget required',
  'io.k8s.api.autoscaling.v2.PodsMetricStatus':
    'current @io.k8s.api.autoscaling.v2.MetricValueStatus required;metric @io.k8s.api.autoscaling.v2.MetricIdentifier required',
  'io.k8s.api.autoscaling.v2.ResourceMetricSource':
    'name string required;target @io.k8s.api.autoscaling.v2.MetricTarget required',
  'io.k8s.api.autoscaling.v2.ResourceMetricStatus':
    'current @io.k8s.api.autoscaling.v2.MetricValueStatus required;name string required',
  'io.k8s.api.batch.v1.CronJob':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.batch.v1.CronJobSpec required;status @io.k8s.api.batch.v1.CronJobStatus',
  'io.k8s.api.batch.v1.CronJobList':
    'apiVersion string;items []@io.k8s.api.batch.v1.CronJob required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.batch.v1.CronJobSpec':
    'concurrencyPolicy string;failedJobsHistoryLimit int32;jobTemplate @io.k8s.api.batch.v1.JobTemplateSpec required;schedule string required;startingDeadlineSeconds int64;successfulJobsHistoryLimit int32;suspend boolean;timeZone string',
  'io.k8s.api.batch.v1.CronJobStatus':
    'active []@io.k8s.api.core.v1.ObjectReference atomic;lastScheduleTime time;lastSuccessfulTime time',
  'io.k8s.api.batch.v1.Job':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.batch.v1.JobSpec;status @io.k8s.api.batch.v1.JobStatus',
  'io.k8s.api.batch.v1.JobCondition':
    'lastProbeTime time;lastTransitionTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.batch.v1.JobList':
    'apiVersion string;items []@io.k8s.api.batch.v1.Job required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.batch.v1.JobSpec':
    'activeDeadlineSeconds int64;backoffLimit int32;backoffLimitPerIndex int32;completionMode string;completions int32;managedBy string;manualSelector boolean;maxFailedIndexes int32;parallelism int32;podFailurePolicy @io.k8s.api.batch.v1.PodFailurePolicy;podReplacementPolicy string;selector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;successPolicy @io.k8s.api.batch.v1.SuccessPolicy;suspend boolean;template @io.k8s.api.core.v1.PodTemplateSpec required;ttlSecondsAfterFinished int32',
  'io.k8s.api.batch.v1.JobStatus':
    'active int32;completedIndexes string;completionTime time;conditions []@io.k8s.api.batch.v1.JobCondition atomic merge=type strategy=merge;failed int32;failedIndexes string;ready int32;startTime time;succeeded int32;terminating int32;uncountedTerminatedPods @io.k8s.api.batch.v1.UncountedTerminatedPods',
  'io.k8s.api.batch.v1.JobTemplateSpec':
    'metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.batch.v1.JobSpec',
  'io.k8s.api.batch.v1.PodFailurePolicy':
    'rules []@io.k8s.api.batch.v1.PodFailurePolicyRule required atomic',
  'io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement':
    'containerName string;operator string required;values []int32 required set',
  'io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern':
    'status string;type string required',
  'io.k8s.api.batch.v1.PodFailurePolicyRule':
    'action string required;onExitCodes @io.k8s.api.batch.v1.PodFailurePolicyOnExitCodesRequirement;onPodConditions []@io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern atomic',
  'io.k8s.api.batch.v1.SuccessPolicy':
    'rules []@io.k8s.api.batch.v1.SuccessPolicyRule required atomic',
  'io.k8s.api.batch.v1.SuccessPolicyRule':
    'succeededCount int32;succeededIndexes string',
  'io.k8s.api.batch.v1.UncountedTerminatedPods':
    'failed []string set;succeeded []string set',
  'io.k8s.api.certificates.v1.CertificateSigningRequest':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.certificates.v1.CertificateSigningRequestSpec required;status @io.k8s.api.certificates.v1.CertificateSigningRequestStatus',
  'io.k8s.api.certificates.v1.CertificateSigningRequestCondition':
    'lastTransitionTime time;lastUpdateTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.certificates.v1.CertificateSigningRequestList':
    'apiVersion string;items []@io.k8s.api.certificates.v1.CertificateSigningRequest required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.certificates.v1.CertificateSigningRequestSpec':
    'expirationSeconds int32;extra {}[]string;groups []string atomic;request bytes required;signerName string required;uid string;usages []string atomic;username string',
  'io.k8s.api.certificates.v1.CertificateSigningRequestStatus':
    'certificate bytes;conditions []@io.k8s.api.certificates.v1.CertificateSigningRequestCondition map=type',
  'io.k8s.api.coordination.v1.Lease':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.coordination.v1.LeaseSpec',
  'io.k8s.api.coordination.v1.LeaseList':
    'apiVersion string;items []@io.k8s.api.coordination.v1.Lease required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.coordination.v1.LeaseSpec':
    'acquireTime microTime;holderIdentity string;leaseDurationSeconds int32;leaseTransitions int32;preferredHolder string;renewTime microTime;strategy string',
  'io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource':
    'fsType string;partition int32;readOnly boolean;volumeID string required',
  'io.k8s.api.core.v1.Affinity':
    'nodeAffinity @io.k8s.api.core.v1.NodeAffinity;podAffinity @io.k8s.api.core.v1.PodAffinity;podAntiAffinity @io.k8s.api.core.v1.PodAntiAffinity',
  'io.k8s.api.core.v1.AppArmorProfile':
    'localhostProfile string;type string required',
  'io.k8s.api.core.v1.AttachedVolume':
    'devicePath string required;name string required',
  'io.k8s.api.core.v1.AzureDiskVolumeSource':
    'cachingMode string;diskName string required;diskURI string required;fsType string;kind string;readOnly boolean',
  'io.k8s.api.core.v1.AzureFilePersistentVolumeSource':
    'readOnly boolean;secretName string required;secretNamespace string;shareName string required',
  'io.k8s.api.core.v1.AzureFileVolumeSource':
    'readOnly boolean;secretName string required;shareName string required',
  'io.k8s.api.core.v1.Binding':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;target @io.k8s.api.core.v1.ObjectReference required atomic',
  'io.k8s.api.core.v1.CSIPersistentVolumeSource':
    'controllerExpandSecretRef @io.k8s.api.core.v1.SecretReference atomic;controllerPublishSecretRef @io.k8s.api.core.v1.SecretReference atomic;driver string required;fsType string;nodeExpandSecretRef @io.k8s.api.core.v1.SecretReference atomic;nodePublishSecretRef @io.k8s.api.core.v1.SecretReference atomic;nodeStageSecretRef @io.k8s.api.core.v1.SecretReference atomic;readOnly boolean;volumeAttributes {}string;volumeHandle string required',
  'io.k8s.api.core.v1.CSIVolumeSource':
    'driver string required;fsType string;nodePublishSecretRef @io.k8s.api.core.v1.LocalObjectReference atomic;readOnly boolean;volumeAttributes {}string',
  'io.k8s.api.core.v1.Capabilities':
    'add []string atomic;drop []string atomic',
  'io.k8s.api.core.v1.CephFSPersistentVolumeSource':
    'monitors []string required atomic;path string;readOnly boolean;secretFile string;secretRef @io.k8s.api.core.v1.SecretReference atomic;user string',
  'io.k8s.api.core.v1.CephFSVolumeSource':
    'monitors []string required atomic;path string;readOnly boolean;secretFile string;secretRef @io.k8s.api.core.v1.LocalObjectReference atomic;user string',
  'io.k8s.api.core.v1.CinderPersistentVolumeSource':
    'fsType string;readOnly boolean;secretRef @io.k8s.api.core.v1.SecretReference atomic;volumeID string required',
  'io.k8s.api.core.v1.CinderVolumeSource':
    'fsType string;readOnly boolean;secretRef @io.k8s.api.core.v1.LocalObjectReference atomic;volumeID string required',
  'io.k8s.api.core.v1.ClientIPConfig':
    'timeoutSeconds int32',
  'io.k8s.api.core.v1.ClusterTrustBundleProjection':
    'labelSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;name string;optional boolean;path string required;signerName string',
  'io.k8s.api.core.v1.ComponentCondition':
    'error string;message string;status string required;type string required',
  'io.k8s.api.core.v1.ComponentStatus':
    'apiVersion string;conditions []@io.k8s.api.core.v1.ComponentCondition map=type merge=type strategy=merge;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  'io.k8s.api.core.v1.ComponentStatusList':
    'apiVersion string;items []@io.k8s.api.core.v1.ComponentStatus required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.ConfigMap':
    'apiVersion string;binaryData {}bytes;data {}string;immutable boolean;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  'io.k8s.api.core.v1.ConfigMapEnvSource':
    'name string;optional boolean',
  'io.k8s.api.core.v1.ConfigMapKeySelector':
    'key string required;name string;optional boolean',
  'io.k8s.api.core.v1.ConfigMapList':
    'apiVersion string;items []@io.k8s.api.core.v1.ConfigMap required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.ConfigMapNodeConfigSource':
    'kubeletConfigKey string required;name string required;namespace string required;resourceVersion string;uid string',
  'io.k8s.api.core.v1.ConfigMapProjection':
    'items []@io.k8s.api.core.v1.KeyToPath atomic;name string;optional boolean',
  'io.k8s.api.core.v1.ConfigMapVolumeSource':
    'defaultMode int32;items []@io.k8s.api.core.v1.KeyToPath atomic;name string;optional boolean',
  'io.k8s.api.core.v1.Container':
    'args []string atomic;command []string atomic;env []@io.k8s.api.core.v1.EnvVar map=name merge=name strategy=merge;envFrom []@io.k8s.api.core.v1.EnvFromSource atomic;image string;imagePullPolicy string;lifecycle @io.k8s.api.core.v1.Lifecycle;livenessProbe @io.k8s.api.core.v1.Probe;name string required;ports []@io.k8s.api.core.v1.ContainerPort map=containerPort,protocol merge=containerPort strategy=merge;readinessProbe @io.k8s.api.core.v1.Probe;resizePolicy []@io.k8s.api.core.v1.ContainerResizePolicy atomic;resources @io.k8s.api.core.v1.ResourceRequirements;restartPolicy string;restartPolicyRules []@io.k8s.api.core.v1.ContainerRestartRule atomic;securityContext @io.k8s.api.core.v1.SecurityContext;startupProbe @io.k8s.api.core.v1.Probe;stdin boolean;stdinOnce boolean;terminationMessagePath string;terminationMessagePolicy string;tty boolean;volumeDevices []@io.k8s.api.core.v1.VolumeDevice map=devicePath merge=devicePath strategy=merge;volumeMounts []@io.k8s.api.core.v1.VolumeMount map=mountPath merge=mountPath strategy=merge;workingDir string',
  'io.k8s.api.core.v1.ContainerExtendedResourceRequest':
    'containerName string required;requestName string required;resourceName string required',
  'io.k8s.api.core.v1.ContainerImage':
    'names []string atomic;sizeBytes int64',
  'io.k8s.api.core.v1.ContainerPort':
    'containerPort int32 required;hostIP string;hostPort int32;name string;protocol string',
  'io.k8s.api.core.v1.ContainerResizePolicy':
    'resourceName string required;restartPolicy string required',
  'io.k8s.api.core.v1.ContainerRestartRule':
    'action string required;exitCodes @io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes',
  'io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes':
    'operator string required;values []int32 set',
  'io.k8s.api.core.v1.ContainerState':
    'running @io.k8s.api.core.v1.ContainerStateRunning;terminated @io.k8s.api.core.v1.ContainerStateTerminated;waiting @io.k8s.api.core.v1.ContainerStateWaiting',
  'io.k8s.api.core.v1.ContainerStateRunning':
    'startedAt time',
  'io.k8s.api.core.v1.ContainerStateTerminated':
    'containerID string;exitCode int32 required;finishedAt time;message string;reason string;signal int32;startedAt time',
  'io.k8s.api.core.v1.ContainerStateWaiting':
    'message string;reason string',
  'io.k8s.api.core.v1.ContainerStatus':
    'allocatedResources {}quantity;allocatedResourcesStatus []@io.k8s.api.core.v1.ResourceStatus map=name merge=name strategy=merge;containerID string;image string required;imageID string required;lastState @io.k8s.api.core.v1.ContainerState;name string required;ready boolean required;resources @io.k8s.api.core.v1.ResourceRequirements;restartCount int32 required;started boolean;state @io.k8s.api.core.v1.ContainerState;stopSignal string;user @io.k8s.api.core.v1.ContainerUser;volumeMounts []@io.k8s.api.core.v1.VolumeMountStatus map=mountPath merge=mountPath strategy=merge',
  'io.k8s.api.core.v1.ContainerUser':
    'linux @io.k8s.api.core.v1.LinuxContainerUser',
  'io.k8s.api.core.v1.DaemonEndpoint':
    'Port int32 required',
  'io.k8s.api.core.v1.DownwardAPIProjection':
    'items []@io.k8s.api.core.v1.DownwardAPIVolumeFile atomic',
  'io.k8s.api.core.v1.DownwardAPIVolumeFile':
    'fieldRef @io.k8s.api.core.v1.ObjectFieldSelector atomic;mode int32;path string required;resourceFieldRef @io.k8s.api.core.v1.ResourceFieldSelector atomic',
  'io.k8s.api.core.v1.DownwardAPIVolumeSource':
    'defaultMode int32;items []@io.k8s.api.core.v1.DownwardAPIVolumeFile atomic',
  'io.k8s.api.core.v1.EmptyDirVolumeSource':
    'medium string;sizeLimit quantity',
  'io.k8s.api.core.v1.EndpointAddress':
    'hostname string;ip string required;nodeName string;targetRef @io.k8s.api.core.v1.ObjectReference atomic',
  'io.k8s.api.core.v1.EndpointPort':
    'appProtocol string;name string;port int32 required;protocol string',
  'io.k8s.api.core.v1.EndpointSubset':
    'addresses []@io.k8s.api.core.v1.EndpointAddress atomic;notReadyAddresses []@io.k8s.api.core.v1.EndpointAddress atomic;ports []@io.k8s.api.core.v1.EndpointPort atomic',
  'io.k8s.api.core.v1.Endpoints':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;subsets []@io.k8s.api.core.v1.EndpointSubset atomic',
  'io.k8s.api.core.v1.EndpointsList':
    'apiVersion string;items []@io.k8s.api.core.v1.Endpoints required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.EnvFromSource':
    'configMapRef @io.k8s.api.core.v1.ConfigMapEnvSource;prefix string;secretRef @io.k8s.api.core.v1.SecretEnvSource',
  'io.k8s.api.core.v1.EnvVar':
    'name string required;value string;valueFrom @io.k8s.api.core.v1.EnvVarSource',
  'io.k8s.api.core.v1.EnvVarSource':
    'configMapKeyRef @io.k8s.api.core.v1.ConfigMapKeySelector atomic;fieldRef @io.k8s.api.core.v1.ObjectFieldSelector atomic;fileKeyRef @io.k8s.api.core.v1.FileKeySelector atomic;resourceFieldRef @io.k8s.api.core.v1.ResourceFieldSelector atomic;secretKeyRef @io.k8s.api.core.v1.SecretKeySelector atomic',
  'io.k8s.api.core.v1.EphemeralContainer':
    'args []string atomic;command []string atomic;env []@io.k8s.api.core.v1.EnvVar map=name merge=name strategy=merge;envFrom []@io.k8s.api.core.v1.EnvFromSource atomic;image string;imagePullPolicy string;lifecycle @io.k8s.api.core.v1.Lifecycle;livenessProbe @io.k8s.api.core.v1.Probe;name string required;ports []@io.k8s.api.core.v1.ContainerPort map=containerPort,protocol merge=containerPort strategy=merge;readinessProbe @io.k8s.api.core.v1.Probe;resizePolicy []@io.k8s.api.core.v1.ContainerResizePolicy atomic;resources @io.k8s.api.core.v1.ResourceRequirements;restartPolicy string;restartPolicyRules []@io.k8s.api.core.v1.ContainerRestartRule atomic;securityContext @io.k8s.api.core.v1.SecurityContext;startupProbe @io.k8s.api.core.v1.Probe;stdin boolean;stdinOnce boolean;targetContainerName string;terminationMessagePath string;terminationMessagePolicy string;tty boolean;volumeDevices []@io.k8s.api.core.v1.VolumeDevice map=devicePath merge=devicePath strategy=merge;volumeMounts []@io.k8s.api.core.v1.VolumeMount map=mountPath merge=mountPath strategy=merge;workingDir string',
  'io.k8s.api.core.v1.EphemeralVolumeSource':
    'volumeClaimTemplate @io.k8s.api.core.v1.PersistentVolumeClaimTemplate',
  'io.k8s.api.core.v1.Event':
    'action string;apiVersion string;count int32;eventTime microTime;firstTimestamp time;involvedObject @io.k8s.api.core.v1.ObjectReference required atomic;kind string;lastTimestamp time;message string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta required;reason string;related @io.k8s.api.core.v1.ObjectReference atomic;reportingComponent string;reportingInstance string;series @io.k8s.api.core.v1.EventSeries;source @io.k8s.api.core.v1.EventSource;type string',
  'io.k8s.api.core.v1.EventList':
    'apiVersion string;items []@io.k8s.api.core.v1.Event required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.EventSeries':
    'count int32;lastObservedTime microTime',
  'io.k8s.api.core.v1.EventSource':
    'component string;host string',
  'io.k8s.api.core.v1.ExecAction':
    'command []string atomic',
  'io.k8s.api.core.v1.FCVolumeSource':
    'fsType string;lun int32;readOnly boolean;targetWWNs []string atomic;wwids []string atomic',
  'io.k8s.api.core.v1.FileKeySelector':
    'key string required;optional boolean;path string required;volumeName string required',
  'io.k8s.api.core.v1.FlexPersistentVolumeSource':
    'driver string required;fsType string;options {}string;readOnly boolean;secretRef @io.k8s.api.core.v1.SecretReference atomic',
  'io.k8s.api.core.v1.FlexVolumeSource':
    'driver string required;fsType string;options {}string;readOnly boolean;secretRef @io.k8s.api.core.v1.LocalObjectReference atomic',
  'io.k8s.api.core.v1.FlockerVolumeSource':
    'datasetName string;datasetUUID string',
  'io.k8s.api.core.v1.GCEPersistentDiskVolumeSource':
    'fsType string;partition int32;pdName string required;readOnly boolean',
  'io.k8s.api.core.v1.GRPCAction':
    'port int32 required;service string',
  'io.k8s.api.core.v1.GitRepoVolumeSource':
    'directory string;repository string required;revision string',
  'io.k8s.api.core.v1.GlusterfsPersistentVolumeSource':
    'endpoints string required;endpointsNamespace string;path string required;readOnly boolean',
  'io.k8s.api.core.v1.GlusterfsVolumeSource':
    'endpoints string required;path string required;readOnly boolean',
  'io.k8s.api.core.v1.HTTPGetAction':
    'host string;httpHeaders []@io.k8s.api.core.v1.HTTPHeader atomic;path string;port intOrString required;scheme string',
  'io.k8s.api.core.v1.HTTPHeader':
    'name string required;value string required',
  'io.k8s.api.core.v1.HostAlias':
    'hostnames []string atomic;ip string required',
  'io.k8s.api.core.v1.HostIP':
    'ip string required',
  'io.k8s.api.core.v1.HostPathVolumeSource':
    'path string required;type string',
  'io.k8s.api.core.v1.ISCSIPersistentVolumeSource':
    'chapAuthDiscovery boolean;chapAuthSession boolean;fsType string;initiatorName string;iqn string required;iscsiInterface string;lun int32 required;portals []string atomic;readOnly boolean;secretRef @io.k8s.api.core.v1.SecretReference atomic;targetPortal string required',
  'io.k8s.api.core.v1.ISCSIVolumeSource':
    'chapAuthDiscovery boolean;chapAuthSession boolean;fsType string;initiatorName string;iqn string required;iscsiInterface string;lun int32 required;portals []string atomic;readOnly boolean;secretRef @io.k8s.api.core.v1.LocalObjectReference atomic;targetPortal string required',
  'io.k8s.api.core.v1.ImageVolumeSource':
    'pullPolicy string;reference string',
  'io.k8s.api.core.v1.ImageVolumeStatus':
    'imageRef string required',
  'io.k8s.api.core.v1.KeyToPath':
    'key string required;mode int32;path string required',
  'io.k8s.api.core.v1.Lifecycle':
    'postStart @io.k8s.api.core.v1.LifecycleHandler;preStop @io.k8s.api.core.v1.LifecycleHandler;stopSignal string',
  'io.k8s.api.core.v1.LifecycleHandler':
    'exec @io.k8s.api.core.v1.ExecAction;httpGet @io.k8s.api.core.v1.HTTPGetAction;sleep @io.k8s.api.core.v1.SleepAction;tcpSocket @io.k8s.api.core.v1.TCPSocketAction',
  'io.k8s.api.core.v1.LimitRange':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.LimitRangeSpec',
  'io.k8s.api.core.v1.LimitRangeItem':
    'default {}quantity;defaultRequest {}quantity;max {}quantity;maxLimitRequestRatio {}quantity;min {}quantity;type string required',
  'io.k8s.api.core.v1.LimitRangeList':
    'apiVersion string;items []@io.k8s.api.core.v1.LimitRange required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.LimitRangeSpec':
    'limits []@io.k8s.api.core.v1.LimitRangeItem required atomic',
  'io.k8s.api.core.v1.LinuxContainerUser':
    'gid int64 required;supplementalGroups []int64 atomic;uid int64 required',
  'io.k8s.api.core.v1.LoadBalancerIngress':
    'hostname string;ip string;ipMode string;ports []@io.k8s.api.core.v1.PortStatus atomic',
  'io.k8s.api.core.v1.LoadBalancerStatus':
    'ingress []@io.k8s.api.core.v1.LoadBalancerIngress atomic',
  'io.k8s.api.core.v1.LocalObjectReference':
    'name string',
  'io.k8s.api.core.v1.LocalVolumeSource':
    'fsType string;path string required',
  'io.k8s.api.core.v1.ModifyVolumeStatus':
    'status string required;targetVolumeAttributesClassName string',
  'io.k8s.api.core.v1.NFSVolumeSource':
    'path string required;readOnly boolean;server string required',
  'io.k8s.api.core.v1.Namespace':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.NamespaceSpec;status @io.k8s.api.core.v1.NamespaceStatus',
  'io.k8s.api.core.v1.NamespaceCondition':
    'lastTransitionTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.core.v1.NamespaceList':
    'apiVersion string;items []@io.k8s.api.core.v1.Namespace required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.NamespaceSpec':
    'finalizers []string atomic',
  'io.k8s.api.core.v1.NamespaceStatus':
    'conditions []@io.k8s.api.core.v1.NamespaceCondition map=type merge=type strategy=merge;phase string',
  'io.k8s.api.core.v1.Node':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.NodeSpec;status @io.k8s.api.core.v1.NodeStatus',
  'io.k8s.api.core.v1.NodeAddress':
    'address string required;type string required',
  'io.k8s.api.core.v1.NodeAffinity':
    'preferredDuringSchedulingIgnoredDuringExecution []@io.k8s.api.core.v1.PreferredSchedulingTerm atomic;requiredDuringSchedulingIgnoredDuringExecution @io.k8s.api.core.v1.NodeSelector atomic',
  'io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus':
    'containers []string set;resourceClaimName string required;resources {}quantity required',
  'io.k8s.api.core.v1.NodeCondition':
    'lastHeartbeatTime time;lastTransitionTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.core.v1.NodeConfigSource':
    'configMap @io.k8s.api.core.v1.ConfigMapNodeConfigSource',
  'io.k8s.api.core.v1.NodeConfigStatus':
    'active @io.k8s.api.core.v1.NodeConfigSource;assigned @io.k8s.api.core.v1.NodeConfigSource;error string;lastKnownGood @io.k8s.api.core.v1.NodeConfigSource',
  'io.k8s.api.core.v1.NodeDaemonEndpoints':
    'kubeletEndpoint @io.k8s.api.core.v1.DaemonEndpoint',
  'io.k8s.api.core.v1.NodeFeatures':
    'supplementalGroupsPolicy boolean',
  'io.k8s.api.core.v1.NodeList':
    'apiVersion string;items []@io.k8s.api.core.v1.Node required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.NodeRuntimeHandler':
    'features @io.k8s.api.core.v1.NodeRuntimeHandlerFeatures;name string',
  'io.k8s.api.core.v1.NodeRuntimeHandlerFeatures':
    'recursiveReadOnlyMounts boolean;userNamespaces boolean',
  'io.k8s.api.core.v1.NodeSelector':
    'nodeSelectorTerms []@io.k8s.api.core.v1.NodeSelectorTerm required atomic',
  'io.k8s.api.core.v1.NodeSelectorRequirement':
    'key string required;operator string required;values []string atomic',
  'io.k8s.api.core.v1.NodeSelectorTerm':
    'matchExpressions []@io.k8s.api.core.v1.NodeSelectorRequirement atomic;matchFields []@io.k8s.api.core.v1.NodeSelectorRequirement atomic',
  'io.k8s.api.core.v1.NodeSpec':
    'configSource @io.k8s.api.core.v1.NodeConfigSource;externalID string;podCIDR string;podCIDRs []string set strategy=merge;providerID string;taints []@io.k8s.api.core.v1.Taint atomic;unschedulable boolean',
  'io.k8s.api.core.v1.NodeStatus':
    'addresses []@io.k8s.api.core.v1.NodeAddress map=type merge=type strategy=merge;allocatable {}quantity;capacity {}quantity;conditions []@io.k8s.api.core.v1.NodeCondition map=type merge=type strategy=merge;config @io.k8s.api.core.v1.NodeConfigStatus;daemonEndpoints @io.k8s.api.core.v1.NodeDaemonEndpoints;declaredFeatures []string atomic;features @io.k8s.api.core.v1.NodeFeatures;images []@io.k8s.api.core.v1.ContainerImage atomic;nodeInfo @io.k8s.api.core.v1.NodeSystemInfo;phase string;runtimeHandlers []@io.k8s.api.core.v1.NodeRuntimeHandler atomic;volumesAttached []@io.k8s.api.core.v1.AttachedVolume atomic;volumesInUse []string atomic',
  'io.k8s.api.core.v1.NodeSwapStatus':
    'capacity int64',
  'io.k8s.api.core.v1.NodeSystemInfo':
    'architecture string required;bootID string required;containerRuntimeVersion string required;kernelVersion string required;kubeProxyVersion string required;kubeletVersion string required;machineID string required;operatingSystem string required;osImage string required;swap @io.k8s.api.core.v1.NodeSwapStatus;systemUUID string required',
  'io.k8s.api.core.v1.ObjectFieldSelector':
    'apiVersion string;fieldPath string required',
  'io.k8s.api.core.v1.ObjectReference':
    'apiVersion string;fieldPath string;kind string;name string;namespace string;resourceVersion string;uid string',
  'io.k8s.api.core.v1.PersistentVolume':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.PersistentVolumeSpec;status @io.k8s.api.core.v1.PersistentVolumeStatus',
  'io.k8s.api.core.v1.PersistentVolumeClaim':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.PersistentVolumeClaimSpec;status @io.k8s.api.core.v1.PersistentVolumeClaimStatus',
  'io.k8s.api.core.v1.PersistentVolumeClaimCondition':
    'lastProbeTime time;lastTransitionTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.core.v1.PersistentVolumeClaimList':
    'apiVersion string;items []@io.k8s.api.core.v1.PersistentVolumeClaim required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.PersistentVolumeClaimSpec':
    'accessModes []string atomic;dataSource @io.k8s.api.core.v1.TypedLocalObjectReference atomic;dataSourceRef @io.k8s.api.core.v1.TypedObjectReference;resources @io.k8s.api.core.v1.VolumeResourceRequirements;selector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;storageClassName string;volumeAttributesClassName string;volumeMode string;volumeName string',
  'io.k8s.api.core.v1.PersistentVolumeClaimStatus':
    'accessModes []string atomic;allocatedResourceStatuses {}string;allocatedResources {}quantity;capacity {}quantity;conditions []@io.k8s.api.core.v1.PersistentVolumeClaimCondition map=type merge=type strategy=merge;currentVolumeAttributesClassName string;modifyVolumeStatus @io.k8s.api.core.v1.ModifyVolumeStatus;phase string',
  'io.k8s.api.core.v1.PersistentVolumeClaimTemplate':
    'metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.PersistentVolumeClaimSpec required',
  'io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource':
    'claimName string required;readOnly boolean',
  'io.k8s.api.core.v1.PersistentVolumeList':
    'apiVersion string;items []@io.k8s.api.core.v1.PersistentVolume required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.PersistentVolumeSpec':
    'accessModes []string atomic;awsElasticBlockStore @io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource;azureDisk @io.k8s.api.core.v1.AzureDiskVolumeSource;azureFile @io.k8s.api.core.v1.AzureFilePersistentVolumeSource;capacity {}quantity;cephfs @io.k8s.api.core.v1.CephFSPersistentVolumeSource;cinder @io.k8s.api.core.v1.CinderPersistentVolumeSource;claimRef @io.k8s.api.core.v1.ObjectReference atomic;csi @io.k8s.api.core.v1.CSIPersistentVolumeSource;fc @io.k8s.api.core.v1.FCVolumeSource;flexVolume @io.k8s.api.core.v1.FlexPersistentVolumeSource;flocker @io.k8s.api.core.v1.FlockerVolumeSource;gcePersistentDisk @io.k8s.api.core.v1.GCEPersistentDiskVolumeSource;glusterfs @io.k8s.api.core.v1.GlusterfsPersistentVolumeSource;hostPath @io.k8s.api.core.v1.HostPathVolumeSource;iscsi @io.k8s.api.core.v1.ISCSIPersistentVolumeSource;local @io.k8s.api.core.v1.LocalVolumeSource;mountOptions []string atomic;nfs @io.k8s.api.core.v1.NFSVolumeSource;nodeAffinity @io.k8s.api.core.v1.VolumeNodeAffinity;persistentVolumeReclaimPolicy string;photonPersistentDisk @io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource;portworxVolume @io.k8s.api.core.v1.PortworxVolumeSource;quobyte @io.k8s.api.core.v1.QuobyteVolumeSource;rbd @io.k8s.api.core.v1.RBDPersistentVolumeSource;scaleIO @io.k8s.api.core.v1.ScaleIOPersistentVolumeSource;storageClassName string;storageos @io.k8s.api.core.v1.StorageOSPersistentVolumeSource;volumeAttributesClassName string;volumeMode string;vsphereVolume @io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource',
  'io.k8s.api.core.v1.PersistentVolumeStatus':
    'lastPhaseTransitionTime time;message string;phase string;reason string',
  'io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource':
    'fsType string;pdID string required',
  'io.k8s.api.core.v1.Pod':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.PodSpec;status @io.k8s.api.core.v1.PodStatus',
  'io.k8s.api.core.v1.PodAffinity':
    'preferredDuringSchedulingIgnoredDuringExecution []@io.k8s.api.core.v1.WeightedPodAffinityTerm atomic;requiredDuringSchedulingIgnoredDuringExecution []@io.k8s.api.core.v1.PodAffinityTerm atomic',
  'io.k8s.api.core.v1.PodAffinityTerm':
    'labelSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;matchLabelKeys []string atomic;mismatchLabelKeys []string atomic;namespaceSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;namespaces []string atomic;topologyKey string required',
  'io.k8s.api.core.v1.PodAntiAffinity':
    'preferredDuringSchedulingIgnoredDuringExecution []@io.k8s.api.core.v1.WeightedPodAffinityTerm atomic;requiredDuringSchedulingIgnoredDuringExecution []@io.k8s.api.core.v1.PodAffinityTerm atomic',
  'io.k8s.api.core.v1.PodCertificateProjection':
    'certificateChainPath string;credentialBundlePath string;keyPath string;keyType string required;maxExpirationSeconds int32;signerName string required;userAnnotations {}string',
  'io.k8s.api.core.v1.PodCondition':
    'lastProbeTime time;lastTransitionTime time;message string;observedGeneration int64;reason string;status string required;type string required',
  'io.k8s.api.core.v1.PodDNSConfig':
    'nameservers []string atomic;options []@io.k8s.api.core.v1.PodDNSConfigOption atomic;searches []string atomic',
  'io.k8s.api.core.v1.PodDNSConfigOption':
    'name string;value string',
  'io.k8s.api.core.v1.PodExtendedResourceClaimStatus':
    'requestMappings []@io.k8s.api.core.v1.ContainerExtendedResourceRequest required atomic;resourceClaimName string required',
  'io.k8s.api.core.v1.PodIP':
    'ip string required',
  'io.k8s.api.core.v1.PodList':
    'apiVersion string;items []@io.k8s.api.core.v1.Pod required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.PodOS':
    'name string required',
  'io.k8s.api.core.v1.PodReadinessGate':
    'conditionType string required',
  'io.k8s.api.core.v1.PodResourceClaim':
    'name string required;resourceClaimName string;resourceClaimTemplateName string',
  'io.k8s.api.core.v1.PodResourceClaimStatus':
    'name string required;resourceClaimName string',
  'io.k8s.api.core.v1.PodSchedulingGate':
    'name string required',
  'io.k8s.api.core.v1.PodSchedulingGroup':
    'podGroupName string',
  'io.k8s.api.core.v1.PodSecurityContext':
    'appArmorProfile @io.k8s.api.core.v1.AppArmorProfile;fsGroup int64;fsGroupChangePolicy string;runAsGroup int64;runAsNonRoot boolean;runAsUser int64;seLinuxChangePolicy string;seLinuxOptions @io.k8s.api.core.v1.SELinuxOptions;seccompProfile @io.k8s.api.core.v1.SeccompProfile;supplementalGroups []int64 atomic;supplementalGroupsPolicy string;sysctls []@io.k8s.api.core.v1.Sysctl atomic;windowsOptions @io.k8s.api.core.v1.WindowsSecurityContextOptions',
  'io.k8s.api.core.v1.PodSpec':
    'activeDeadlineSeconds int64;affinity @io.k8s.api.core.v1.Affinity;automountServiceAccountToken boolean;containers []@io.k8s.api.core.v1.Container required map=name merge=name strategy=merge;dnsConfig @io.k8s.api.core.v1.PodDNSConfig;dnsPolicy string;enableServiceLinks boolean;ephemeralContainers []@io.k8s.api.core.v1.EphemeralContainer map=name merge=name strategy=merge;hostAliases []@io.k8s.api.core.v1.HostAlias map=ip merge=ip strategy=merge;hostIPC boolean;hostNetwork boolean;hostPID boolean;hostUsers boolean;hostname string;hostnameOverride string;imagePullSecrets []@io.k8s.api.core.v1.LocalObjectReference map=name merge=name strategy=merge;initContainers []@io.k8s.api.core.v1.Container map=name merge=name strategy=merge;nodeName string;nodeSelector {}string atomic;os @io.k8s.api.core.v1.PodOS;overhead {}quantity;preemptionPolicy string;priority int32;priorityClassName string;readinessGates []@io.k8s.api.core.v1.PodReadinessGate atomic;resourceClaims []@io.k8s.api.core.v1.PodResourceClaim map=name merge=name strategy=merge,retainKeys;resources @io.k8s.api.core.v1.ResourceRequirements;restartPolicy string;runtimeClassName string;schedulerName string;schedulingGates []@io.k8s.api.core.v1.PodSchedulingGate map=name merge=name strategy=merge;schedulingGroup @io.k8s.api.core.v1.PodSchedulingGroup;securityContext @io.k8s.api.core.v1.PodSecurityContext;serviceAccount string;serviceAccountName string;setHostnameAsFQDN boolean;shareProcessNamespace boolean;subdomain string;terminationGracePeriodSeconds int64;tolerations []@io.k8s.api.core.v1.Toleration atomic;topologySpreadConstraints []@io.k8s.api.core.v1.TopologySpreadConstraint map=topologyKey,whenUnsatisfiable merge=topologyKey strategy=merge;volumes []@io.k8s.api.core.v1.Volume map=name merge=name strategy=merge,retainKeys',
  'io.k8s.api.core.v1.PodStatus':
    'allocatedResources {}quantity;conditions []@io.k8s.api.core.v1.PodCondition map=type merge=type strategy=merge;containerStatuses []@io.k8s.api.core.v1.ContainerStatus atomic;ephemeralContainerStatuses []@io.k8s.api.core.v1.ContainerStatus atomic;extendedResourceClaimStatus @io.k8s.api.core.v1.PodExtendedResourceClaimStatus;hostIP string;hostIPs []@io.k8s.api.core.v1.HostIP atomic merge=ip strategy=merge;initContainerStatuses []@io.k8s.api.core.v1.ContainerStatus atomic;message string;nodeAllocatableResourceClaimStatuses []@io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus atomic;nominatedNodeName string;observedGeneration int64;phase string;podIP string;podIPs []@io.k8s.api.core.v1.PodIP map=ip merge=ip strategy=merge;qosClass string;reason string;resize string;resourceClaimStatuses []@io.k8s.api.core.v1.PodResourceClaimStatus map=name merge=name strategy=merge,retainKeys;resources @io.k8s.api.core.v1.ResourceRequirements;startTime time',
  'io.k8s.api.core.v1.PodTemplate':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;template @io.k8s.api.core.v1.PodTemplateSpec',
  'io.k8s.api.core.v1.PodTemplateList':
    'apiVersion string;items []@io.k8s.api.core.v1.PodTemplate required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.PodTemplateSpec':
    'metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.PodSpec',
  'io.k8s.api.core.v1.PortStatus':
    'error string;port int32 required;protocol string required',
  'io.k8s.api.core.v1.PortworxVolumeSource':
    'fsType string;readOnly boolean;volumeID string required',
  'io.k8s.api.core.v1.PreferredSchedulingTerm':
    'preference @io.k8s.api.core.v1.NodeSelectorTerm required atomic;weight int32 required',
  'io.k8s.api.core.v1.Probe':
    'exec @io.k8s.api.core.v1.ExecAction;failureThreshold int32;grpc @io.k8s.api.core.v1.GRPCAction;httpGet @io.k8s.api.core.v1.HTTPGetAction;initialDelaySeconds int32;periodSeconds int32;successThreshold int32;tcpSocket @io.k8s.api.core.v1.TCPSocketAction;terminationGracePeriodSeconds int64;timeoutSeconds int32',
  'io.k8s.api.core.v1.ProjectedVolumeSource':
    'defaultMode int32;sources []@io.k8s.api.core.v1.VolumeProjection atomic',
  'io.k8s.api.core.v1.QuobyteVolumeSource':
    'group string;readOnly boolean;registry string required;tenant string;user string;volume string required',
  'io.k8s.api.core.v1.RBDPersistentVolumeSource':
    'fsType string;image string required;keyring string;monitors []string required atomic;pool string;readOnly boolean;secretRef @io.k8s.api.core.v1.SecretReference atomic;user string',
  'io.k8s.api.core.v1.RBDVolumeSource':
    'fsType string;image string required;keyring string;monitors []string required atomic;pool string;readOnly boolean;secretRef @io.k8s.api.core.v1.LocalObjectReference atomic;user string',
  'io.k8s.api.core.v1.ReplicationController':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.ReplicationControllerSpec;status @io.k8s.api.core.v1.ReplicationControllerStatus',
  'io.k8s.api.core.v1.ReplicationControllerCondition':
    'lastTransitionTime time;message string;reason string;status string required;type string required',
  'io.k8s.api.core.v1.ReplicationControllerList':
    'apiVersion string;items []@io.k8s.api.core.v1.ReplicationController required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.ReplicationControllerSpec':
    'minReadySeconds int32;replicas int32;selector {}string atomic;template @io.k8s.api.core.v1.PodTemplateSpec',
  'io.k8s.api.core.v1.ReplicationControllerStatus':
    'availableReplicas int32;conditions []@io.k8s.api.core.v1.ReplicationControllerCondition map=type merge=type strategy=merge;fullyLabeledReplicas int32;observedGeneration int64;readyReplicas int32;replicas int32 required',
  'io.k8s.api.core.v1.ResourceClaim':
    'name string required;request string',
  'io.k8s.api.core.v1.ResourceFieldSelector':
    'containerName string;divisor quantity;resource string required',
  'io.k8s.api.core.v1.ResourceHealth':
    'health string;message string;resourceID string required',
  'io.k8s.api.core.v1.ResourceQuota':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.ResourceQuotaSpec;status @io.k8s.api.core.v1.ResourceQuotaStatus',
  'io.k8s.api.core.v1.ResourceQuotaList':
    'apiVersion string;items []@io.k8s.api.core.v1.ResourceQuota required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.ResourceQuotaSpec':
    'hard {}quantity;scopeSelector @io.k8s.api.core.v1.ScopeSelector atomic;scopes []string atomic',
  'io.k8s.api.core.v1.ResourceQuotaStatus':
    'hard {}quantity;used {}quantity',
  'io.k8s.api.core.v1.ResourceRequirements':
    'claims []@io.k8s.api.core.v1.ResourceClaim map=name;limits {}quantity;requests {}quantity',
  'io.k8s.api.core.v1.ResourceStatus':
    'name string required;resources []@io.k8s.api.core.v1.ResourceHealth map=resourceID',
  'io.k8s.api.core.v1.SELinuxOptions':
    'level string;role string;type string;user string',
  'io.k8s.api.core.v1.ScaleIOPersistentVolumeSource':
    'fsType string;gateway string required;protectionDomain string;readOnly boolean;secretRef @io.k8s.api.core.v1.SecretReference required atomic;sslEnabled boolean;storageMode string;storagePool string;system string required;volumeName string',
  'io.k8s.api.core.v1.ScaleIOVolumeSource':
    'fsType string;gateway string required;protectionDomain string;readOnly boolean;secretRef @io.k8s.api.core.v1.LocalObjectReference required atomic;sslEnabled boolean;storageMode string;storagePool string;system string required;volumeName string',
  'io.k8s.api.core.v1.ScopeSelector':
    'matchExpressions []@io.k8s.api.core.v1.ScopedResourceSelectorRequirement atomic',
  'io.k8s.api.core.v1.ScopedResourceSelectorRequirement':
    'operator string required;scopeName string required;values []string atomic',
  'io.k8s.api.core.v1.SeccompProfile':
    'localhostProfile string;type string required',
  'io.k8s.api.core.v1.Secret':
    'apiVersion string;data {}bytes;immutable boolean;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;stringData {}string;type string',
  'io.k8s.api.core.v1.SecretEnvSource':
    'name string;optional boolean',
  'io.k8s.api.core.v1.SecretKeySelector':
    'key string required;name string;optional boolean',
  'io.k8s.api.core.v1.SecretList':
    'apiVersion string;items []@io.k8s.api.core.v1.Secret required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.SecretProjection':
    'items []@io.k8s.api.core.v1.KeyToPath atomic;name string;optional boolean',
  'io.k8s.api.core.v1.SecretReference':
    'name string;namespace string',
  'io.k8s.api.core.v1.SecretVolumeSource':
    'defaultMode int32;items []@io.k8s.api.core.v1.KeyToPath atomic;optional boolean;secretName string',
  'io.k8s.api.core.v1.SecurityContext':
    'allowPrivilegeEscalation boolean;appArmorProfile @io.k8s.api.core.v1.AppArmorProfile;capabilities @io.k8s.api.core.v1.Capabilities;privileged boolean;procMount string;readOnlyRootFilesystem boolean;runAsGroup int64;runAsNonRoot boolean;runAsUser int64;seLinuxOptions @io.k8s.api.core.v1.SELinuxOptions;seccompProfile @io.k8s.api.core.v1.SeccompProfile;windowsOptions @io.k8s.api.core.v1.WindowsSecurityContextOptions',
  'io.k8s.api.core.v1.Service':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.core.v1.ServiceSpec;status @io.k8s.api.core.v1.ServiceStatus',
  'io.k8s.api.core.v1.ServiceAccount':
    'apiVersion string;automountServiceAccountToken boolean;imagePullSecrets []@io.k8s.api.core.v1.LocalObjectReference atomic;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;secrets []@io.k8s.api.core.v1.ObjectReference map=name merge=name strategy=merge',
  'io.k8s.api.core.v1.ServiceAccountList':
    'apiVersion string;items []@io.k8s.api.core.v1.ServiceAccount required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.ServiceAccountTokenProjection':
    'audience string;expirationSeconds int64;path string required',
  'io.k8s.api.core.v1.ServiceList':
    'apiVersion string;items []@io.k8s.api.core.v1.Service required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.core.v1.ServicePort':
    'appProtocol string;name string;nodePort int32;port int32 required;protocol string;targetPort intOrString',
  'io.k8s.api.core.v1.ServiceSpec':
    'allocateLoadBalancerNodePorts boolean;clusterIP string;clusterIPs []string atomic;externalIPs []string atomic;externalName string;externalTrafficPolicy string;healthCheckNodePort int32;internalTrafficPolicy string;ipFamilies []string atomic;ipFamilyPolicy string;loadBalancerClass string;loadBalancerIP string;loadBalancerSourceRanges []string atomic;ports []@io.k8s.api.core.v1.ServicePort map=port,protocol merge=port strategy=merge;publishNotReadyAddresses boolean;selector {}string atomic;sessionAffinity string;sessionAffinityConfig @io.k8s.api.core.v1.SessionAffinityConfig;trafficDistribution string;type string',
  'io.k8s.api.core.v1.ServiceStatus':
    'conditions []@io.k8s.apimachinery.pkg.apis.meta.v1.Condition map=type merge=type strategy=merge;loadBalancer @io.k8s.api.core.v1.LoadBalancerStatus',
  'io.k8s.api.core.v1.SessionAffinityConfig':
    'clientIP @io.k8s.api.core.v1.ClientIPConfig',
  'io.k8s.api.core.v1.SleepAction':
    'seconds int64 required',
  'io.k8s.api.core.v1.StorageOSPersistentVolumeSource':
    'fsType string;readOnly boolean;secretRef @io.k8s.api.core.v1.ObjectReference atomic;volumeName string;volumeNamespace string',
  'io.k8s.api.core.v1.StorageOSVolumeSource':
    'fsType string;readOnly boolean;secretRef @io.k8s.api.core.v1.LocalObjectReference atomic;volumeName string;volumeNamespace string',
  'io.k8s.api.core.v1.Sysctl':
    'name string required;value string required',
  'io.k8s.api.core.v1.TCPSocketAction':
    'host string;port intOrString required',
  'io.k8s.api.core.v1.Taint':
    'effect string required;key string required;timeAdded time;value string',
  'io.k8s.api.core.v1.Toleration':
    'effect string;key string;operator string;tolerationSeconds int64;value string',
  'io.k8s.api.core.v1.TopologySelectorLabelRequirement':
    'key string required;values []string required atomic',
  'io.k8s.api.core.v1.TopologySelectorTerm':
    'matchLabelExpressions []@io.k8s.api.core.v1.TopologySelectorLabelRequirement atomic',
  'io.k8s.api.core.v1.TopologySpreadConstraint':
    'labelSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;matchLabelKeys []string atomic;maxSkew int32 required;minDomains int32;nodeAffinityPolicy string;nodeTaintsPolicy string;topologyKey string required;whenUnsatisfiable string required',
  'io.k8s.api.core.v1.TypedLocalObjectReference':
    'apiGroup string;kind string required;name string required',
  'io.k8s.api.core.v1.TypedObjectReference':
    'apiGroup string;kind string required;name string required;namespace string',
  'io.k8s.api.core.v1.Volume':
    'awsElasticBlockStore @io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource;azureDisk @io.k8s.api.core.v1.AzureDiskVolumeSource;azureFile @io.k8s.api.core.v1.AzureFileVolumeSource;cephfs @io.k8s.api.core.v1.CephFSVolumeSource;cinder @io.k8s.api.core.v1.CinderVolumeSource;configMap @io.k8s.api.core.v1.ConfigMapVolumeSource;csi @io.k8s.api.core.v1.CSIVolumeSource;downwardAPI @io.k8s.api.core.v1.DownwardAPIVolumeSource;emptyDir @io.k8s.api.core.v1.EmptyDirVolumeSource;ephemeral @io.k8s.api.core.v1.EphemeralVolumeSource;fc @io.k8s.api.core.v1.FCVolumeSource;flexVolume @io.k8s.api.core.v1.FlexVolumeSource;flocker @io.k8s.api.core.v1.FlockerVolumeSource;gcePersistentDisk @io.k8s.api.core.v1.GCEPersistentDiskVolumeSource;gitRepo @io.k8s.api.core.v1.GitRepoVolumeSource;glusterfs @io.k8s.api.core.v1.GlusterfsVolumeSource;hostPath @io.k8s.api.core.v1.HostPathVolumeSource;image @io.k8s.api.core.v1.ImageVolumeSource;iscsi @io.k8s.api.core.v1.ISCSIVolumeSource;name string required;nfs @io.k8s.api.core.v1.NFSVolumeSource;persistentVolumeClaim @io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource;photonPersistentDisk @io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource;portworxVolume @io.k8s.api.core.v1.PortworxVolumeSource;projected @io.k8s.api.core.v1.ProjectedVolumeSource;quobyte @io.k8s.api.core.v1.QuobyteVolumeSource;rbd @io.k8s.api.core.v1.RBDVolumeSource;scaleIO @io.k8s.api.core.v1.ScaleIOVolumeSource;secret @io.k8s.api.core.v1.SecretVolumeSource;storageos @io.k8s.api.core.v1.StorageOSVolumeSource;vsphereVolume @io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource',
  'io.k8s.api.core.v1.VolumeDevice':
    'devicePath string required;name string required',
  'io.k8s.api.core.v1.VolumeMount':
    'mountPath string required;mountPropagation string;name string required;readOnly boolean;recursiveReadOnly string;subPath string;subPathExpr string',
  'io.k8s.api.core.v1.VolumeMountStatus':
    'mountPath string required;name string required;readOnly boolean;recursiveReadOnly string;volumeStatus @io.k8s.api.core.v1.VolumeStatus',
  'io.k8s.api.core.v1.VolumeNodeAffinity':
    'required @io.k8s.api.core.v1.NodeSelector atomic',
  'io.k8s.api.core.v1.VolumeProjection':
    'clusterTrustBundle @io.k8s.api.core.v1.ClusterTrustBundleProjection;configMap @io.k8s.api.core.v1.ConfigMapProjection;downwardAPI @io.k8s.api.core.v1.DownwardAPIProjection;podCertificate @io.k8s.api.core.v1.PodCertificateProjection;secret @io.k8s.api.core.v1.SecretProjection;serviceAccountToken @io.k8s.api.core.v1.ServiceAccountTokenProjection',
  'io.k8s.api.core.v1.VolumeResourceRequirements':
    'limits {}quantity;requests {}quantity',
  'io.k8s.api.core.v1.VolumeStatus':
    'image @io.k8s.api.core.v1.ImageVolumeStatus',
  'io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource':
    'fsType string;storagePolicyID string;storagePolicyName string;volumePath string required',
  'io.k8s.api.core.v1.WeightedPodAffinityTerm':
    'podAffinityTerm @io.k8s.api.core.v1.PodAffinityTerm required;weight int32 required',
  'io.k8s.api.core.v1.WindowsSecurityContextOptions':
    'gmsaCredentialSpec string;gmsaCredentialSpecName string;hostProcess boolean;runAsUserName string',
  'io.k8s.api.discovery.v1.Endpoint':
    'addresses []string required set;conditions @io.k8s.api.discovery.v1.EndpointConditions;deprecatedTopology {}string;hints @io.k8s.api.discovery.v1.EndpointHints;hostname string;nodeName string;targetRef @io.k8s.api.core.v1.ObjectReference atomic;zone string',
  'io.k8s.api.discovery.v1.EndpointConditions':
    'ready boolean;serving boolean;terminating boolean',
  'io.k8s.api.discovery.v1.EndpointHints':
    'forNodes []@io.k8s.api.discovery.v1.ForNode atomic;forZones []@io.k8s.api.discovery.v1.ForZone atomic',
  'io.k8s.api.discovery.v1.EndpointPort':
    'appProtocol string;name string;port int32;protocol string',
  'io.k8s.api.discovery.v1.EndpointSlice':
    'addressType string required;apiVersion string;endpoints []@io.k8s.api.discovery.v1.Endpoint atomic;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;ports []@io.k8s.api.discovery.v1.EndpointPort atomic',
  'io.k8s.api.discovery.v1.EndpointSliceList':
    'apiVersion string;items []@io.k8s.api.discovery.v1.EndpointSlice required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.discovery.v1.ForNode':
    'name string required',
  'io.k8s.api.discovery.v1.ForZone':
    'name string required',
  'io.k8s.api.events.v1.Event':
    'action string;apiVersion string;deprecatedCount int32;deprecatedFirstTimestamp time;deprecatedLastTimestamp time;deprecatedSource @io.k8s.api.core.v1.EventSource;eventTime microTime required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;note string;reason string;regarding @io.k8s.api.core.v1.ObjectReference atomic;related @io.k8s.api.core.v1.ObjectReference atomic;reportingController string;reportingInstance string;series @io.k8s.api.events.v1.EventSeries;type string',
  'io.k8s.api.events.v1.EventList':
    'apiVersion string;items []@io.k8s.api.events.v1.Event required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.events.v1.EventSeries':
    'count int32 required;lastObservedTime microTime required',
  'io.k8s.api.flowcontrol.v1.ExemptPriorityLevelConfiguration':
    'lendablePercent int32;nominalConcurrencyShares int32',
  'io.k8s.api.flowcontrol.v1.FlowDistinguisherMethod':
    'type string required',
  'io.k8s.api.flowcontrol.v1.FlowSchema':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.flowcontrol.v1.FlowSchemaSpec;status @io.k8s.api.flowcontrol.v1.FlowSchemaStatus',
  'io.k8s.api.flowcontrol.v1.FlowSchemaCondition':
    'lastTransitionTime time;message string;reason string;status string;type string',
  'io.k8s.api.flowcontrol.v1.FlowSchemaList':
    'apiVersion string;items []@io.k8s.api.flowcontrol.v1.FlowSchema required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.flowcontrol.v1.FlowSchemaSpec':
    'distinguisherMethod @io.k8s.api.flowcontrol.v1.FlowDistinguisherMethod;matchingPrecedence int32;priorityLevelConfiguration @io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationReference required;rules []@io.k8s.api.flowcontrol.v1.PolicyRulesWithSubjects atomic',
  'io.k8s.api.flowcontrol.v1.FlowSchemaStatus':
    'conditions []@io.k8s.api.flowcontrol.v1.FlowSchemaCondition map=type merge=type strategy=merge',
  'io.k8s.api.flowcontrol.v1.GroupSubject':
    'name string required',
  'io.k8s.api.flowcontrol.v1.LimitResponse':
    'queuing @io.k8s.api.flowcontrol.v1.QueuingConfiguration;type string required',
  'io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration':
    'borrowingLimitPercent int32;lendablePercent int32;limitResponse @io.k8s.api.flowcontrol.v1.LimitResponse;nominalConcurrencyShares int32',
  'io.k8s.api.flowcontrol.v1.NonResourcePolicyRule':
    'nonResourceURLs []string required set;verbs []string required set',
  'io.k8s.api.flowcontrol.v1.PolicyRulesWithSubjects':
    'nonResourceRules []@io.k8s.api.flowcontrol.v1.NonResourcePolicyRule atomic;resourceRules []@io.k8s.api.flowcontrol.v1.ResourcePolicyRule atomic;subjects []@io.k8s.api.flowcontrol.v1.Subject required atomic',
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec;status @io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationStatus',
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationCondition':
    'lastTransitionTime time;message string;reason string;status string;type string',
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationList':
    'apiVersion string;items []@io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationReference':
    'name string required',
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec':
    'exempt @io.k8s.api.flowcontrol.v1.ExemptPriorityLevelConfiguration;limited @io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration;type string required',
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationStatus':
    'conditions []@io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationCondition map=type merge=type strategy=merge',
  'io.k8s.api.flowcontrol.v1.QueuingConfiguration':
    'handSize int32;queueLengthLimit int32;queues int32',
  'io.k8s.api.flowcontrol.v1.ResourcePolicyRule':
    'apiGroups []string required set;clusterScope boolean;namespaces []string set;resources []string required set;verbs []string required set',
  'io.k8s.api.flowcontrol.v1.ServiceAccountSubject':
    'name string required;namespace string required',
  'io.k8s.api.flowcontrol.v1.Subject':
    'group @io.k8s.api.flowcontrol.v1.GroupSubject;kind string required;serviceAccount @io.k8s.api.flowcontrol.v1.ServiceAccountSubject;user @io.k8s.api.flowcontrol.v1.UserSubject',
  'io.k8s.api.flowcontrol.v1.UserSubject':
    'name string required',
  'io.k8s.api.networking.v1.HTTPIngressPath':
    'backend @io.k8s.api.networking.v1.IngressBackend required;path string;pathType string required',
  'io.k8s.api.networking.v1.HTTPIngressRuleValue':
    'paths []@io.k8s.api.networking.v1.HTTPIngressPath required atomic',
  'io.k8s.api.networking.v1.IPAddress':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.networking.v1.IPAddressSpec required',
  'io.k8s.api.networking.v1.IPAddressList':
    'apiVersion string;items []@io.k8s.api.networking.v1.IPAddress required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.networking.v1.IPAddressSpec':
    'parentRef @io.k8s.api.networking.v1.ParentReference required',
  'io.k8s.api.networking.v1.IPBlock':
    'cidr string required;except []string atomic',
  'io.k8s.api.networking.v1.Ingress':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.networking.v1.IngressSpec;status @io.k8s.api.networking.v1.IngressStatus',
  'io.k8s.api.networking.v1.IngressBackend':
    'resource @io.k8s.api.core.v1.TypedLocalObjectReference atomic;service @io.k8s.api.networking.v1.IngressServiceBackend',
  'io.k8s.api.networking.v1.IngressClass':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.networking.v1.IngressClassSpec',
  'io.k8s.api.networking.v1.IngressClassList':
    'apiVersion string;items []@io.k8s.api.networking.v1.IngressClass required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.networking.v1.IngressClassParametersReference':
    'apiGroup string;kind string required;name string required;namespace string;scope string',
  'io.k8s.api.networking.v1.IngressClassSpec':
    'controller string;parameters @io.k8s.api.networking.v1.IngressClassParametersReference',
  'io.k8s.api.networking.v1.IngressList':
    'apiVersion string;items []@io.k8s.api.networking.v1.Ingress required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.networking.v1.IngressLoadBalancerIngress':
    'hostname string;ip string;ports []@io.k8s.api.networking.v1.IngressPortStatus atomic',
  'io.k8s.api.networking.v1.IngressLoadBalancerStatus':
    'ingress []@io.k8s.api.networking.v1.IngressLoadBalancerIngress atomic',
  'io.k8s.api.networking.v1.IngressPortStatus':
    'error string;port int32 required;protocol string required',
  'io.k8s.api.networking.v1.IngressRule':
    'host string;http @io.k8s.api.networking.v1.HTTPIngressRuleValue',
  'io.k8s.api.networking.v1.IngressServiceBackend':
    'name string required;port @io.k8s.api.networking.v1.ServiceBackendPort atomic',
  'io.k8s.api.networking.v1.IngressSpec':
    'defaultBackend @io.k8s.api.networking.v1.IngressBackend;ingressClassName string;rules []@io.k8s.api.networking.v1.IngressRule atomic;tls []@io.k8s.api.networking.v1.IngressTLS atomic',
  'io.k8s.api.networking.v1.IngressStatus':
    'loadBalancer @io.k8s.api.networking.v1.IngressLoadBalancerStatus',
  'io.k8s.api.networking.v1.IngressTLS':
    'hosts []string atomic;secretName string',
  'io.k8s.api.networking.v1.NetworkPolicy':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.networking.v1.NetworkPolicySpec',
  'io.k8s.api.networking.v1.NetworkPolicyEgressRule':
    'ports []@io.k8s.api.networking.v1.NetworkPolicyPort atomic;to []@io.k8s.api.networking.v1.NetworkPolicyPeer atomic',
  'io.k8s.api.networking.v1.NetworkPolicyIngressRule':
    'from []@io.k8s.api.networking.v1.NetworkPolicyPeer atomic;ports []@io.k8s.api.networking.v1.NetworkPolicyPort atomic',
  'io.k8s.api.networking.v1.NetworkPolicyList':
    'apiVersion string;items []@io.k8s.api.networking.v1.NetworkPolicy required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.networking.v1.NetworkPolicyPeer':
    'ipBlock @io.k8s.api.networking.v1.IPBlock;namespaceSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;podSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic',
  'io.k8s.api.networking.v1.NetworkPolicyPort':
    'endPort int32;port intOrString;protocol string',
  'io.k8s.api.networking.v1.NetworkPolicySpec':
    'egress []@io.k8s.api.networking.v1.NetworkPolicyEgressRule atomic;ingress []@io.k8s.api.networking.v1.NetworkPolicyIngressRule atomic;podSelector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;policyTypes []string atomic',
  'io.k8s.api.networking.v1.ParentReference':
    'group string;name string required;namespace string;resource string required',
  'io.k8s.api.networking.v1.ServiceBackendPort':
    'name string;number int32',
  'io.k8s.api.networking.v1.ServiceCIDR':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.networking.v1.ServiceCIDRSpec;status @io.k8s.api.networking.v1.ServiceCIDRStatus',
  'io.k8s.api.networking.v1.ServiceCIDRList':
    'apiVersion string;items []@io.k8s.api.networking.v1.ServiceCIDR required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.networking.v1.ServiceCIDRSpec':
    'cidrs []string atomic',
  'io.k8s.api.networking.v1.ServiceCIDRStatus':
    'conditions []@io.k8s.apimachinery.pkg.apis.meta.v1.Condition map=type merge=type strategy=merge',
  'io.k8s.api.node.v1.Overhead':
    'podFixed {}quantity',
  'io.k8s.api.node.v1.RuntimeClass':
    'apiVersion string;handler string required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;overhead @io.k8s.api.node.v1.Overhead;scheduling @io.k8s.api.node.v1.Scheduling',
  'io.k8s.api.node.v1.RuntimeClassList':
    'apiVersion string;items []@io.k8s.api.node.v1.RuntimeClass required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.node.v1.Scheduling':
    'nodeSelector {}string atomic;tolerations []@io.k8s.api.core.v1.Toleration atomic',
  'io.k8s.api.policy.v1.Eviction':
    'apiVersion string;deleteOptions @io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
  'io.k8s.api.policy.v1.PodDisruptionBudget':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.policy.v1.PodDisruptionBudgetSpec;status @io.k8s.api.policy.v1.PodDisruptionBudgetStatus',
  'io.k8s.api.policy.v1.PodDisruptionBudgetList':
    'apiVersion string;items []@io.k8s.api.policy.v1.PodDisruptionBudget required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.policy.v1.PodDisruptionBudgetSpec':
    'maxUnavailable intOrString;minAvailable intOrString;selector @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic strategy=replace;unhealthyPodEvictionPolicy string',
  'io.k8s.api.policy.v1.PodDisruptionBudgetStatus':
    'conditions []@io.k8s.apimachinery.pkg.apis.meta.v1.Condition map=type merge=type strategy=merge;currentHealthy int32;desiredHealthy int32;disruptedPods {}time;disruptionsAllowed int32;expectedPods int32;observedGeneration int64',
  'io.k8s.api.rbac.v1.AggregationRule':
    'clusterRoleSelectors []@io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic',
  'io.k8s.api.rbac.v1.ClusterRole':
    'aggregationRule @io.k8s.api.rbac.v1.AggregationRule;apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;rules []@io.k8s.api.rbac.v1.PolicyRule atomic',
  'io.k8s.api.rbac.v1.ClusterRoleBinding':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;roleRef @io.k8s.api.rbac.v1.RoleRef required atomic;subjects []@io.k8s.api.rbac.v1.Subject atomic',
  'io.k8s.api.rbac.v1.ClusterRoleBindingList':
    'apiVersion string;items []@io.k8s.api.rbac.v1.ClusterRoleBinding required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.rbac.v1.ClusterRoleList':
    'apiVersion string;items []@io.k8s.api.rbac.v1.ClusterRole required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.rbac.v1.PolicyRule':
    'apiGroups []string atomic;nonResourceURLs []string atomic;resourceNames []string atomic;resources []string atomic;verbs []string required atomic',
  'io.k8s.api.rbac.v1.Role':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;rules []@io.k8s.api.rbac.v1.PolicyRule atomic',
  'io.k8s.api.rbac.v1.RoleBinding':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;roleRef @io.k8s.api.rbac.v1.RoleRef required atomic;subjects []@io.k8s.api.rbac.v1.Subject atomic',
  'io.k8s.api.rbac.v1.RoleBindingList':
    'apiVersion string;items []@io.k8s.api.rbac.v1.RoleBinding required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.rbac.v1.RoleList':
    'apiVersion string;items []@io.k8s.api.rbac.v1.Role required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.rbac.v1.RoleRef':
    'apiGroup string;kind string required;name string required',
  'io.k8s.api.rbac.v1.Subject':
    'apiGroup string;kind string required;name string required;namespace string',
  'io.k8s.api.resource.v1.AllocatedDeviceStatus':
    'conditions []@io.k8s.apimachinery.pkg.apis.meta.v1.Condition map=type;data any;device string required;driver string required;networkData @io.k8s.api.resource.v1.NetworkDeviceData;pool string required;shareID string',
  'io.k8s.api.resource.v1.AllocationResult':
    'allocationTimestamp time;devices @io.k8s.api.resource.v1.DeviceAllocationResult;nodeSelector @io.k8s.api.core.v1.NodeSelector atomic',
  'io.k8s.api.resource.v1.CELDeviceSelector':
    'expression string required',
  'io.k8s.api.resource.v1.CapacityRequestPolicy':
    'default quantity;validRange @io.k8s.api.resource.v1.CapacityRequestPolicyRange;validValues []quantity atomic',
  'io.k8s.api.resource.v1.CapacityRequestPolicyRange':
    'max quantity;min quantity required;step quantity',
  'io.k8s.api.resource.v1.CapacityRequirements':
    'requests {}quantity',
  'io.k8s.api.resource.v1.Counter':
    'value quantity required',
  'io.k8s.api.resource.v1.CounterSet':
    'counters {}@io.k8s.api.resource.v1.Counter required;name string required',
  'io.k8s.api.resource.v1.Device':
    'allNodes boolean;allowMultipleAllocations boolean;attributes {}@io.k8s.api.resource.v1.DeviceAttribute;bindingConditions []string atomic;bindingFailureConditions []string atomic;bindsToNode boolean;capacity {}@io.k8s.api.resource.v1.DeviceCapacity;consumesCounters []@io.k8s.api.resource.v1.DeviceCounterConsumption atomic;name string required;nodeAllocatableResourceMappings {}@io.k8s.api.resource.v1.NodeAllocatableResourceMapping;nodeName string;nodeSelector @io.k8s.api.core.v1.NodeSelector atomic;taints []@io.k8s.api.resource.v1.DeviceTaint atomic',
  'io.k8s.api.resource.v1.DeviceAllocationConfiguration':
    'opaque @io.k8s.api.resource.v1.OpaqueDeviceConfiguration;requests []string atomic;source string required',
  'io.k8s.api.resource.v1.DeviceAllocationResult':
    'config []@io.k8s.api.resource.v1.DeviceAllocationConfiguration atomic;results []@io.k8s.api.resource.v1.DeviceRequestAllocationResult atomic',
  'io.k8s.api.resource.v1.DeviceAttribute':
    'bool boolean;bools []boolean atomic;int int64;ints []int64 atomic;string string;strings []string atomic;version string;versions []string atomic',
  'io.k8s.api.resource.v1.DeviceCapacity':
    'requestPolicy @io.k8s.api.resource.v1.CapacityRequestPolicy;value quantity required',
  'io.k8s.api.resource.v1.DeviceClaim':
    'config []@io.k8s.api.resource.v1.DeviceClaimConfiguration atomic;constraints []@io.k8s.api.resource.v1.DeviceConstraint atomic;requests []@io.k8s.api.resource.v1.DeviceRequest atomic',
  'io.k8s.api.resource.v1.DeviceClaimConfiguration':
    'opaque @io.k8s.api.resource.v1.OpaqueDeviceConfiguration;requests []string atomic',
  'io.k8s.api.resource.v1.DeviceClass':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.resource.v1.DeviceClassSpec required',
  'io.k8s.api.resource.v1.DeviceClassConfiguration':
    'opaque @io.k8s.api.resource.v1.OpaqueDeviceConfiguration',
  'io.k8s.api.resource.v1.DeviceClassList':
    'apiVersion string;items []@io.k8s.api.resource.v1.DeviceClass required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.resource.v1.DeviceClassSpec':
    'config []@io.k8s.api.resource.v1.DeviceClassConfiguration atomic;extendedResourceName string;selectors []@io.k8s.api.resource.v1.DeviceSelector atomic',
  'io.k8s.api.resource.v1.DeviceConstraint':
    'distinctAttribute string;matchAttribute string;requests []string atomic',
  'io.k8s.api.resource.v1.DeviceCounterConsumption':
    'counterSet string required;counters {}@io.k8s.api.resource.v1.Counter required',
  'io.k8s.api.resource.v1.DeviceRequest':
    'exactly @io.k8s.api.resource.v1.ExactDeviceRequest;firstAvailable []@io.k8s.api.resource.v1.DeviceSubRequest atomic;name string required',
  'io.k8s.api.resource.v1.DeviceRequestAllocationResult':
    'adminAccess boolean;bindingConditions []string atomic;bindingFailureConditions []string atomic;consumedCapacity {}quantity;device string required;driver string required;pool string required;request string required;shareID string;tolerations []@io.k8s.api.resource.v1.DeviceToleration atomic',
  'io.k8s.api.resource.v1.DeviceSelector':
    'cel @io.k8s.api.resource.v1.CELDeviceSelector',
  'io.k8s.api.resource.v1.DeviceSubRequest':
    'allocationMode string;capacity @io.k8s.api.resource.v1.CapacityRequirements;count int64;deviceClassName string required;name string required;selectors []@io.k8s.api.resource.v1.DeviceSelector atomic;tolerations []@io.k8s.api.resource.v1.DeviceToleration atomic',
  'io.k8s.api.resource.v1.DeviceTaint':
    'effect string required;key string required;timeAdded time;value string',
  'io.k8s.api.resource.v1.DeviceToleration':
    'effect string;key string;operator string;tolerationSeconds int64;value string',
  'io.k8s.api.resource.v1.ExactDeviceRequest':
    'adminAccess boolean;allocationMode string;capacity @io.k8s.api.resource.v1.CapacityRequirements;count int64;deviceClassName string required;selectors []@io.k8s.api.resource.v1.DeviceSelector atomic;tolerations []@io.k8s.api.resource.v1.DeviceToleration atomic',
  'io.k8s.api.resource.v1.NetworkDeviceData':
    'hardwareAddress string;interfaceName string;ips []string atomic',
  'io.k8s.api.resource.v1.NodeAllocatableResourceMapping':
    'allocationMultiplier quantity;capacityKey string',
  'io.k8s.api.resource.v1.OpaqueDeviceConfiguration':
    'driver string required;parameters any required',
  'io.k8s.api.resource.v1.ResourceClaim':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.resource.v1.ResourceClaimSpec required;status @io.k8s.api.resource.v1.ResourceClaimStatus',
  'io.k8s.api.resource.v1.ResourceClaimConsumerReference':
    'apiGroup string;name string required;resource string required;uid string required',
  'io.k8s.api.resource.v1.ResourceClaimList':
    'apiVersion string;items []@io.k8s.api.resource.v1.ResourceClaim required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.resource.v1.ResourceClaimSpec':
    'devices @io.k8s.api.resource.v1.DeviceClaim',
  'io.k8s.api.resource.v1.ResourceClaimStatus':
    'allocation @io.k8s.api.resource.v1.AllocationResult;devices []@io.k8s.api.resource.v1.AllocatedDeviceStatus map=driver,device,pool,shareID;reservedFor []@io.k8s.api.resource.v1.ResourceClaimConsumerReference map=uid merge=uid strategy=merge',
  'io.k8s.api.resource.v1.ResourceClaimTemplate':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.resource.v1.ResourceClaimTemplateSpec required',
  'io.k8s.api.resource.v1.ResourceClaimTemplateList':
    'apiVersion string;items []@io.k8s.api.resource.v1.ResourceClaimTemplate required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.resource.v1.ResourceClaimTemplateSpec':
    'metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.resource.v1.ResourceClaimSpec required',
  'io.k8s.api.resource.v1.ResourcePool':
    'generation int64 required;name string required;resourceSliceCount int64 required',
  'io.k8s.api.resource.v1.ResourceSlice':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.resource.v1.ResourceSliceSpec required',
  'io.k8s.api.resource.v1.ResourceSliceList':
    'apiVersion string;items []@io.k8s.api.resource.v1.ResourceSlice required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.resource.v1.ResourceSliceSpec':
    'allNodes boolean;devices []@io.k8s.api.resource.v1.Device atomic;driver string required;nodeName string;nodeSelector @io.k8s.api.core.v1.NodeSelector atomic;perDeviceNodeSelection boolean;pool @io.k8s.api.resource.v1.ResourcePool required;sharedCounters []@io.k8s.api.resource.v1.CounterSet atomic',
  'io.k8s.api.scheduling.v1.PriorityClass':
    'apiVersion string;description string;globalDefault boolean;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;preemptionPolicy string;value int32',
  'io.k8s.api.scheduling.v1.PriorityClassList':
    'apiVersion string;items []@io.k8s.api.scheduling.v1.PriorityClass required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.storage.v1.CSIDriver':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.storage.v1.CSIDriverSpec required',
  'io.k8s.api.storage.v1.CSIDriverList':
    'apiVersion string;items []@io.k8s.api.storage.v1.CSIDriver required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.storage.v1.CSIDriverSpec':
    'attachRequired boolean;fsGroupPolicy string;nodeAllocatableUpdatePeriodSeconds int64;podInfoOnMount boolean;preventPodSchedulingIfMissing boolean;requiresRepublish boolean;seLinuxMount boolean;serviceAccountTokenInSecrets boolean;storageCapacity boolean;tokenRequests []@io.k8s.api.storage.v1.TokenRequest atomic;volumeLifecycleModes []string set',
  'io.k8s.api.storage.v1.CSINode':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.storage.v1.CSINodeSpec required',
  'io.k8s.api.storage.v1.CSINodeDriver':
    'allocatable @io.k8s.api.storage.v1.VolumeNodeResources;name string required;nodeID string required;topologyKeys []string atomic',
  'io.k8s.api.storage.v1.CSINodeList':
    'apiVersion string;items []@io.k8s.api.storage.v1.CSINode required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.storage.v1.CSINodeSpec':
    'drivers []@io.k8s.api.storage.v1.CSINodeDriver required map=name merge=name strategy=merge',
  'io.k8s.api.storage.v1.CSIStorageCapacity':
    'apiVersion string;capacity quantity;kind string;maximumVolumeSize quantity;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;nodeTopology @io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector atomic;storageClassName string required',
  'io.k8s.api.storage.v1.CSIStorageCapacityList':
    'apiVersion string;items []@io.k8s.api.storage.v1.CSIStorageCapacity required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.storage.v1.StorageClass':
    'allowVolumeExpansion boolean;allowedTopologies []@io.k8s.api.core.v1.TopologySelectorTerm atomic;apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;mountOptions []string atomic;parameters {}string;provisioner string required;reclaimPolicy string;volumeBindingMode string',
  'io.k8s.api.storage.v1.StorageClassList':
    'apiVersion string;items []@io.k8s.api.storage.v1.StorageClass required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.storage.v1.TokenRequest':
    'audience string required;expirationSeconds int64',
  'io.k8s.api.storage.v1.VolumeAttachment':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.api.storage.v1.VolumeAttachmentSpec required;status @io.k8s.api.storage.v1.VolumeAttachmentStatus',
  'io.k8s.api.storage.v1.VolumeAttachmentList':
    'apiVersion string;items []@io.k8s.api.storage.v1.VolumeAttachment required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.storage.v1.VolumeAttachmentSource':
    'inlineVolumeSpec @io.k8s.api.core.v1.PersistentVolumeSpec;persistentVolumeName string',
  'io.k8s.api.storage.v1.VolumeAttachmentSpec':
    'attacher string required;nodeName string required;source @io.k8s.api.storage.v1.VolumeAttachmentSource required',
  'io.k8s.api.storage.v1.VolumeAttachmentStatus':
    'attachError @io.k8s.api.storage.v1.VolumeError;attached boolean required;attachmentMetadata {}string;detachError @io.k8s.api.storage.v1.VolumeError',
  'io.k8s.api.storage.v1.VolumeAttributesClass':
    'apiVersion string;driverName string required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;parameters {}string',
  'io.k8s.api.storage.v1.VolumeAttributesClassList':
    'apiVersion string;items []@io.k8s.api.storage.v1.VolumeAttributesClass required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.api.storage.v1.VolumeError':
    'errorCode int32;message string;time time',
  'io.k8s.api.storage.v1.VolumeNodeResources':
    'count int32',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceColumnDefinition':
    'description string;format string;jsonPath string required;name string required;priority int32;type string required',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceConversion':
    'strategy string required;webhook @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookConversion',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec required;status @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition':
    'lastTransitionTime time;message string;observedGeneration int64;reason string;status string required;type string required',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionList':
    'apiVersion string;items []@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames':
    'categories []string atomic;kind string required;listKind string;plural string required;shortNames []string atomic;singular string',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec':
    'conversion @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceConversion;group string required;names @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames required;preserveUnknownFields boolean;scope string required;versions []@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion required atomic',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus':
    'acceptedNames @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames;conditions []@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition map=type;observedGeneration int64;storedVersions []string atomic',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion':
    'additionalPrinterColumns []@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceColumnDefinition atomic;deprecated boolean;deprecationWarning string;name string required;schema @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation;selectableFields []@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.SelectableField atomic;served boolean required;storage boolean required;subresources @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceScale':
    'labelSelectorPath string;specReplicasPath string required;statusReplicasPath string required',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus':
    '',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources':
    'scale @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceScale;status @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation':
    'openAPIV3Schema @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ExternalDocumentation':
    'description string;url string',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON':
    '',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps':
    '$ref string;$schema string;additionalItems any;additionalProperties any;allOf []@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps atomic;anyOf []@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps atomic;default any;definitions {}@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps;dependencies {}any;description string;enum []any atomic;example any;exclusiveMaximum boolean;exclusiveMinimum boolean;externalDocs @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ExternalDocumentation;format string;id string;items any;maxItems int64;maxLength int64;maxProperties int64;maximum number;minItems int64;minLength int64;minProperties int64;minimum number;multipleOf number;not @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps;nullable boolean;oneOf []@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps atomic;pattern string;patternProperties {}@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps;properties {}@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps;required []string atomic;title string;type string;uniqueItems boolean;x-kubernetes-embedded-resource boolean;x-kubernetes-int-or-string boolean;x-kubernetes-list-map-keys []string atomic;x-kubernetes-list-type string;x-kubernetes-map-type string;x-kubernetes-preserve-unknown-fields boolean;x-kubernetes-validations []@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ValidationRule map=rule merge=rule strategy=merge',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray':
    '',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool':
    '',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray':
    '',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.SelectableField':
    'jsonPath string required',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference':
    'name string required;namespace string required;path string;port int32',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ValidationRule':
    'fieldPath string;message string;messageExpression string;optionalOldSelf boolean;reason string;rule string required',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookClientConfig':
    'caBundle bytes;service @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ServiceReference;url string',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookConversion':
    'clientConfig @io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.WebhookClientConfig;conversionReviewVersions []string required atomic',
  'io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup':
    'apiVersion string;kind string;name string required;preferredVersion @io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery;serverAddressByClientCIDRs []@io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR atomic;versions []@io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery required atomic',
  'io.k8s.apimachinery.pkg.apis.meta.v1.APIGroupList':
    'apiVersion string;groups []@io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup required atomic;kind string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.APIResource':
    'categories []string atomic;group string;kind string required;name string required;namespaced boolean required;shortNames []string atomic;singularName string required;storageVersionHash string;verbs []string required;version string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList':
    'apiVersion string;groupVersion string required;kind string;resources []@io.k8s.apimachinery.pkg.apis.meta.v1.APIResource required atomic',
  'io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions':
    'apiVersion string;kind string;serverAddressByClientCIDRs []@io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR required atomic;versions []string required atomic',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Condition':
    'lastTransitionTime time required;message string required;observedGeneration int64;reason string required;status string required;type string required',
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions':
    'apiVersion string;dryRun []string atomic;gracePeriodSeconds int64;ignoreStoreReadErrorWithClusterBreakingPotential boolean;kind string;orphanDependents boolean;preconditions @io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions;propagationPolicy string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement':
    'key string required;operator string required;values []string atomic',
  'io.k8s.apimachinery.pkg.apis.meta.v1.GroupResource':
    'group string required;resource string required',
  'io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery':
    'groupVersion string required;version string required',
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector':
    'matchExpressions []@io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement atomic;matchLabels {}string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement':
    'key string required;operator string required;values []string atomic',
  'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta':
    'continue string;remainingItemCount int64;resourceVersion string;selfLink string;shardInfo @io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo',
  'io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry':
    'apiVersion string;fieldsType string;fieldsV1 any;manager string;operation string;subresource string;time time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta':
    'annotations {}string;creationTimestamp time;deletionGracePeriodSeconds int64;deletionTimestamp time;finalizers []string set strategy=merge;generateName string;generation int64;labels {}string;managedFields []@io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry atomic;name string;namespace string;ownerReferences []@io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference map=uid merge=uid strategy=merge;resourceVersion string;selfLink string;uid string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference':
    'apiVersion string required;blockOwnerDeletion boolean;controller boolean;kind string required;name string required;uid string required',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions':
    'resourceVersion string;uid string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR':
    'clientCIDR string required;serverAddress string required',
  'io.k8s.apimachinery.pkg.apis.meta.v1.ShardInfo':
    'selector string required',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Status':
    'apiVersion string;code int32;details @io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails;kind string;message string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta;reason string;status string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause':
    'field string;message string;reason string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.StatusDetails':
    'causes []@io.k8s.apimachinery.pkg.apis.meta.v1.StatusCause atomic;group string;kind string;name string;retryAfterSeconds int32;uid string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent':
    'object any required;type string required',
  'io.k8s.apimachinery.pkg.version.Info':
    'buildDate string required;compiler string required;emulationMajor string;emulationMinor string;gitCommit string required;gitTreeState string required;gitVersion string required;goVersion string required;major string required;minCompatibilityMajor string;minCompatibilityMinor string;minor string required;platform string required',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService':
    'apiVersion string;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta;spec @io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec;status @io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceStatus',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceCondition':
    'lastTransitionTime time;message string;reason string;status string required;type string required',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceList':
    'apiVersion string;items []@io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService required;kind string;metadata @io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec':
    'caBundle bytes atomic;group string;groupPriorityMinimum int32 required;insecureSkipTLSVerify boolean;service @io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference;version string;versionPriority int32 required',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceStatus':
    'conditions []@io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceCondition map=type merge=type strategy=merge',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference':
    'name string;namespace string;port int32',
};

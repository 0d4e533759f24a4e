/**
 * What Kubernetes' documents say of some texts: their values (the Go types marked `+enum`), and the two that have
 * a name of their own, by which `kubectl explain` calls them. Values that validation knows are in its tables.
 */
const protocols = ['SCTP', 'TCP', 'UDP'];
const clusterOrLocal = ['Cluster', 'Local'];
const honorOrIgnore = ['Honor', 'Ignore'];
const taintEffects = ['NoExecute', 'NoSchedule', 'PreferNoSchedule'];
const container = {
  imagePullPolicy: ['Always', 'IfNotPresent', 'Never'],
  terminationMessagePolicy: ['FallbackToLogsOnError', 'File'],
};

const enums: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'apps.v1.DeploymentStrategy': { type: ['Recreate', 'RollingUpdate'] },
  'autoscaling.v2.MetricSpec': { type: ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'] },
  'batch.v1.JobSpec': {
    completionMode: ['Indexed', 'NonIndexed'],
    podReplacementPolicy: ['Failed', 'TerminatingOrFailed'],
  },
  'core.v1.AppArmorProfile': { type: ['Localhost', 'RuntimeDefault', 'Unconfined'] },
  'core.v1.Container': container,
  'core.v1.ContainerPort': { protocol: protocols },
  'core.v1.EndpointPort': { protocol: protocols },
  'core.v1.EphemeralContainer': container,
  'core.v1.HTTPGetAction': { scheme: ['HTTP', 'HTTPS'] },
  'core.v1.HostPathVolumeSource': {
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
  'core.v1.NamespaceStatus': { phase: ['Active', 'Terminating'] },
  'core.v1.NodeSelectorRequirement': { operator: ['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn'] },
  'core.v1.PodSecurityContext': {
    fsGroupChangePolicy: ['Always', 'OnRootMismatch'],
    supplementalGroupsPolicy: ['Merge', 'Strict'],
  },
  'core.v1.PodSpec': {
    dnsPolicy: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
    preemptionPolicy: ['Never', 'PreemptLowerPriority'],
    restartPolicy: ['Always', 'Never', 'OnFailure'],
  },
  'core.v1.PodStatus': { phase: ['Failed', 'Pending', 'Running', 'Succeeded', 'Unknown'] },
  'core.v1.SeccompProfile': { type: ['Localhost', 'RuntimeDefault', 'Unconfined'] },
  'core.v1.SecurityContext': { procMount: ['Default', 'Unmasked'] },
  'core.v1.ServicePort': { protocol: protocols },
  'core.v1.ServiceSpec': {
    externalTrafficPolicy: clusterOrLocal,
    internalTrafficPolicy: clusterOrLocal,
    ipFamilyPolicy: ['PreferDualStack', 'RequireDualStack', 'SingleStack'],
    sessionAffinity: ['ClientIP', 'None'],
    type: ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'],
  },
  'core.v1.Taint': { effect: taintEffects },
  'core.v1.Toleration': { effect: taintEffects, operator: ['Equal', 'Exists'] },
  'core.v1.TopologySpreadConstraint': {
    nodeAffinityPolicy: honorOrIgnore,
    nodeTaintsPolicy: honorOrIgnore,
    whenUnsatisfiable: ['DoNotSchedule', 'ScheduleAnyway'],
  },
};

/** The values of a type's fields that Kubernetes publishes, by field. */
export function publishedEnums(typeName: string): Readonly<Record<string, readonly string[]>> {
  return enums[typeName.replace('io.k8s.api.', '')] ?? {};
}

/** Scalars that the documents refer to by a name. */
export const namedScalars: Readonly<Record<string, string>> = {
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
};

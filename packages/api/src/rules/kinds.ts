/** What Kubernetes does to a whole kind that no type's rules can say. By group and kind. */
export interface KindRules {
  /** The status of a new object: counters that its type has no way to leave out. */
  readonly status?: Readonly<Record<string, unknown>>;
  /** Fields that are set once. With a text where Kubernetes has one of its own (Forbidden). */
  readonly immutable?: readonly (string | readonly [field: string, forbidden: string])[];
}

const forbidden = (name: string): readonly [string, string] => [name, `updates to ${name} are forbidden.`];

export const kindRules: Readonly<Record<string, KindRules>> = {
  '/ReplicationController': { status: { replicas: 0 } },
  '/PersistentVolume': { status: { phase: 'Pending' }, immutable: ['spec.volumeMode'] },
  '/PersistentVolumeClaim': { status: { phase: 'Pending' } },
  '/ResourceQuota': { status: {}, immutable: ['spec.scopes', 'spec.scopeSelector'] },
  'apps/DaemonSet': {
    status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
    immutable: ['spec.selector'],
  },
  'apps/StatefulSet': { status: { replicas: 0, availableReplicas: 0 } },
  'apps/ControllerRevision': { immutable: ['data'] },
  'batch/Job': {
    status: {},
    immutable: ['spec.completionMode', 'spec.selector', 'spec.podFailurePolicy', 'spec.backoffLimitPerIndex'],
  },
  'batch/CronJob': { status: {} },
  'autoscaling/HorizontalPodAutoscaler': { status: { desiredReplicas: 0 } },
  'policy/PodDisruptionBudget': {
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  },
  'networking.k8s.io/Ingress': { status: { loadBalancer: {} } },
  'networking.k8s.io/IngressClass': { immutable: ['spec.controller'] },
  'networking.k8s.io/IPAddress': { immutable: ['spec.parentRef'] },
  'networking.k8s.io/ServiceCIDR': { status: {} },
  'storage.k8s.io/StorageClass': {
    immutable: [
      forbidden('parameters'),
      forbidden('provisioner'),
      forbidden('reclaimPolicy'),
      'volumeBindingMode',
    ],
  },
  'storage.k8s.io/CSIDriver': { immutable: ['spec.attachRequired', 'spec.volumeLifecycleModes'] },
  'storage.k8s.io/CSIStorageCapacity': { immutable: ['nodeTopology', 'storageClassName'] },
  'storage.k8s.io/VolumeAttachment': { status: { attached: false }, immutable: ['spec'] },
  'storage.k8s.io/VolumeAttributesClass': {
    immutable: [forbidden('driverName'), forbidden('parameters')],
  },
  'scheduling.k8s.io/PriorityClass': {
    immutable: [['value', 'may not be changed in an update.'], 'preemptionPolicy'],
  },
  'node.k8s.io/RuntimeClass': { immutable: ['handler'] },
  'certificates.k8s.io/CertificateSigningRequest': { status: {} },
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': { status: {} },
  'apiextensions.k8s.io/CustomResourceDefinition': {
    status: {},
    immutable: ['spec.group', 'spec.names.plural'],
  },
  'apiregistration.k8s.io/APIService': { status: {} },
  'resource.k8s.io/ResourceClaim': { status: {}, immutable: ['spec'] },
  'resource.k8s.io/ResourceClaimTemplate': { immutable: ['spec'] },
  'flowcontrol.apiserver.k8s.io/FlowSchema': { status: {} },
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': { status: {} },
};

import type { FieldError, KindInfo, KubeObject } from '../contract.js';
import type {
  APIService,
  CertificateSigningRequest,
  ClusterRole,
  ConfigMap,
  CronJob,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Endpoints,
  HorizontalPodAutoscaler,
  Ingress,
  IPAddress,
  Job,
  Lease,
  LimitRange,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PriorityClass,
  PriorityLevelConfiguration,
  ReplicaSet,
  ReplicationController,
  ResourceQuota,
  RoleBinding,
  Secret,
  Service,
  ServiceCIDR,
  StatefulSet,
  ValidatingWebhookConfiguration,
  VolumeAttachment,
} from '../generated/types.js';
import { definitionErrors } from '../schema-structural/definition.js';
import {
  autoscalerErrors,
  cronJobErrors,
  daemonSetErrors,
  disruptionBudgetErrors,
  jobErrors,
  replicationControllerErrors,
  statefulSetErrors,
} from './batch.js';
import { leaseErrors, nodeErrors } from './cluster.js';
import { metadataErrors, type NameRule } from './common.js';
import { configMapErrors, secretErrors } from './config.js';
import { endpointSliceErrors, endpointsErrors } from './endpoints.js';
import {
  apiServiceErrors,
  certificateErrors,
  eventErrors,
  priorityClassErrors,
  priorityLevelErrors,
  webhookErrors,
} from './extension.js';
import { jobPolicyErrors } from './job-policies.js';
import { limitRangeErrors, resourceQuotaErrors } from './limits.js';
import { ingressErrors, ipAddressErrors, networkPolicyErrors, serviceCidrErrors } from './network.js';
import { podErrors } from './pod.js';
import { bindingErrors, roleErrors } from './rbac.js';
import { serviceErrors } from './service.js';
import { persistentVolumeClaimErrors, persistentVolumeErrors, volumeAttachmentErrors } from './storage.js';
import { structureErrors } from './structure.js';
import { deploymentErrors, replicaSetErrors } from './workload.js';

/**
 * What is wrong with an object, in Kubernetes' words; empty when nothing is. `old` is what an update
 * replaces.
 */
export function validate(kind: KindInfo, object: KubeObject, old?: KubeObject): FieldError[] {
  const key = `${kind.group}/${kind.kind}`;
  const errors = metadataErrors(object.metadata, nameRules[key] ?? 'subdomain');
  if (kind.custom !== undefined) return [...errors, ...kind.custom.validate(object, old)];
  const own = validators[key];
  if (own !== undefined && kind.storedAs === undefined) return [...errors, ...own(object, old)];
  const across = further[`${kind.group}/${kind.version} ${kind.kind}`] ?? further[key];
  return [...errors, ...structureErrors(kind, object, old), ...(across?.(object, old) ?? [])];
}

/** Names that are checked with what they are made of. */
const namedByContent: NameRule = 'path';

const nameRules: Readonly<Record<string, NameRule>> = {
  '/Namespace': 'label',
  '/Service': 'dns1035',
  'networking.k8s.io/IPAddress': namedByContent,
  'apiregistration.k8s.io/APIService': namedByContent,
  'rbac.authorization.k8s.io/Role': 'path',
  'rbac.authorization.k8s.io/RoleBinding': 'path',
  'rbac.authorization.k8s.io/ClusterRole': 'path',
  'rbac.authorization.k8s.io/ClusterRoleBinding': 'path',
};

const rbac = 'rbac.authorization.k8s.io';
const inNamespace = { namespaced: true };
const inCluster = { namespaced: false };

/** Whole kinds by code. Objects reach these after decodeObject: the schema has checked their types. */
const validators: Readonly<
  Record<string, (object: KubeObject, old: KubeObject | undefined) => FieldError[]>
> = {
  '/Pod': (object, old) => podErrors(object as Pod, old as Pod | undefined),
  '/Node': (object, old) => nodeErrors(object as Node, old as Node | undefined),
  '/Service': (object, old) => serviceErrors(object as Service, old as Service | undefined),
  '/Endpoints': (object, old) => endpointsErrors(object as Endpoints, old as Endpoints | undefined),
  '/ConfigMap': (object, old) => configMapErrors(object as ConfigMap, old as ConfigMap | undefined),
  '/Secret': (object, old) => secretErrors(object as Secret, old as Secret | undefined),
  'apps/Deployment': (object, old) => deploymentErrors(object as Deployment, old as Deployment | undefined),
  'apps/ReplicaSet': (object, old) => replicaSetErrors(object as ReplicaSet, old as ReplicaSet | undefined),
  'coordination.k8s.io/Lease': (object) => leaseErrors(object as Lease),
  'discovery.k8s.io/EndpointSlice': (object, old) =>
    endpointSliceErrors(object as EndpointSlice, old as EndpointSlice | undefined),
  [`${rbac}/Role`]: (object) => roleErrors(object as ClusterRole, inNamespace),
  [`${rbac}/ClusterRole`]: (object) => roleErrors(object as ClusterRole, inCluster),
  [`${rbac}/RoleBinding`]: (object, old) =>
    bindingErrors(object as RoleBinding, old as RoleBinding | undefined, inNamespace),
  [`${rbac}/ClusterRoleBinding`]: (object, old) =>
    bindingErrors(object as RoleBinding, old as RoleBinding | undefined, inCluster),
};

/** What is between the fields of the kinds that `rules/` describes. */
const further: Readonly<Record<string, (object: KubeObject, old: KubeObject | undefined) => FieldError[]>> = {
  '/ReplicationController': (object) => replicationControllerErrors(object as ReplicationController),
  '/LimitRange': (object) => limitRangeErrors(object as LimitRange),
  '/ResourceQuota': (object) => resourceQuotaErrors(object as ResourceQuota),
  '/PersistentVolume': (object, old) =>
    persistentVolumeErrors(object as PersistentVolume, old as PersistentVolume | undefined),
  '/PersistentVolumeClaim': (object, old) =>
    persistentVolumeClaimErrors(object as PersistentVolumeClaim, old as PersistentVolumeClaim | undefined),
  'apps/DaemonSet': (object) => daemonSetErrors(object as DaemonSet),
  'apps/StatefulSet': (object, old) =>
    statefulSetErrors(object as StatefulSet, old as StatefulSet | undefined),
  'batch/Job': (object, old) => [
    ...jobErrors(object as Job, old as Job | undefined),
    ...jobPolicyErrors((object as Job).spec, 'spec'),
  ],
  'batch/CronJob': (object) => [
    ...cronJobErrors(object as CronJob),
    ...jobPolicyErrors((object as CronJob).spec?.jobTemplate?.spec, 'spec.jobTemplate.spec'),
  ],
  'autoscaling/HorizontalPodAutoscaler': (object) => autoscalerErrors(object as HorizontalPodAutoscaler),
  'policy/PodDisruptionBudget': (object) => disruptionBudgetErrors(object as PodDisruptionBudget),
  'networking.k8s.io/Ingress': (object) => ingressErrors(object as Ingress),
  'networking.k8s.io/NetworkPolicy': (object) => networkPolicyErrors(object as NetworkPolicy),
  'networking.k8s.io/IPAddress': (object) => ipAddressErrors(object as IPAddress),
  'networking.k8s.io/ServiceCIDR': (object, old) =>
    serviceCidrErrors(object as ServiceCIDR, old as ServiceCIDR | undefined),
  'storage.k8s.io/VolumeAttachment': (object) => volumeAttachmentErrors(object as VolumeAttachment),
  'scheduling.k8s.io/PriorityClass': (object) => priorityClassErrors(object as PriorityClass),
  'certificates.k8s.io/CertificateSigningRequest': (object) =>
    certificateErrors(object as CertificateSigningRequest),
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': (object) =>
    webhookErrors(object as ValidatingWebhookConfiguration),
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': (object) =>
    webhookErrors(object as ValidatingWebhookConfiguration),
  'apiextensions.k8s.io/CustomResourceDefinition': (object, old) =>
    definitionErrors(object as CustomResourceDefinition, old as CustomResourceDefinition | undefined),
  'apiregistration.k8s.io/APIService': (object) => apiServiceErrors(object as APIService),
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': (object) =>
    priorityLevelErrors(object as PriorityLevelConfiguration),
  'events.k8s.io/v1 Event': eventErrors,
};

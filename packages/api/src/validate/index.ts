import type { FieldError, KindInfo, KubeObject } from '../contract.js';
import type {
  ClusterRole,
  ConfigMap,
  Deployment,
  EndpointSlice,
  Endpoints,
  Lease,
  Node,
  Pod,
  ReplicaSet,
  RoleBinding,
  Secret,
  Service,
} from '../generated/types.js';
import { leaseErrors, nodeErrors } from './cluster.js';
import { metadataErrors, type NameRule } from './common.js';
import { configMapErrors, secretErrors } from './config.js';
import { endpointSliceErrors, endpointsErrors } from './endpoints.js';
import { podErrors } from './pod.js';
import { bindingErrors, roleErrors } from './rbac.js';
import { serviceErrors } from './service.js';
import { deploymentErrors, replicaSetErrors } from './workload.js';

/**
 * What is wrong with an object, in Kubernetes' words; empty when nothing is. `old` is what an update
 * replaces.
 */
export function validate(kind: KindInfo, object: KubeObject, old?: KubeObject): FieldError[] {
  const key = `${kind.group}/${kind.kind}`;
  const errors = metadataErrors(object.metadata, nameRules[key] ?? 'subdomain');
  return [...errors, ...(validators[key]?.(object, old) ?? [])];
}

const nameRules: Readonly<Record<string, NameRule>> = {
  '/Namespace': 'label',
  '/Service': 'dns1035',
  'rbac.authorization.k8s.io/Role': 'path',
  'rbac.authorization.k8s.io/RoleBinding': 'path',
  'rbac.authorization.k8s.io/ClusterRole': 'path',
  'rbac.authorization.k8s.io/ClusterRoleBinding': 'path',
};

const rbac = 'rbac.authorization.k8s.io';
const inNamespace = { namespaced: true };
const inCluster = { namespaced: false };

/** Objects reach these after decodeObject: the schema has checked their types. */
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

import type {
  ClusterRoleBinding,
  ConfigMap,
  Deployment,
  EndpointSlice,
  Endpoints,
  Event,
  Lease,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
  Secret,
  Service,
  ServiceAccount,
} from '@kubelab/api';
import {
  age,
  ageColumn,
  type Column,
  column,
  containers,
  integer,
  nameColumn,
  none,
  selectorText,
  wide,
} from './column.js';
import { extensionColumns } from './extension-columns.js';
import { readyText, restartsText, statusText } from './pod-status.js';
import { storageColumns } from './storage-columns.js';
import { workloadColumns } from './workload-columns.js';

const pod = [
  nameColumn,
  column<Pod>('Ready', readyText),
  column<Pod>('Status', statusText),
  column<Pod>('Restarts', restartsText),
  ageColumn,
  column<Pod>('IP', (object) => object.status?.podIP ?? none, wide),
  column<Pod>('Node', (object) => object.spec?.nodeName ?? none, wide),
  column<Pod>('Nominated Node', (object) => object.status?.nominatedNodeName ?? none, wide),
  column<Pod>(
    'Readiness Gates',
    (object) =>
      (object.spec?.readinessGates ?? []).length === 0 ? none : `${object.spec?.readinessGates?.length}`,
    wide,
  ),
];

function nodeAddress(object: Node, type: string): string {
  return object.status?.addresses?.find((address) => address.type === type)?.address ?? none;
}

function nodeStatus(object: Node): string {
  const ready = object.status?.conditions?.find((condition) => condition.type === 'Ready');
  const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return object.spec?.unschedulable === true ? `${state},SchedulingDisabled` : state;
}

function nodeRoles(object: Node): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(object.metadata.labels ?? {})
    .filter((label) => label.startsWith(prefix))
    .map((label) => label.slice(prefix.length));
  return roles.length === 0 ? none : roles.sort().join(',');
}

const node = [
  nameColumn,
  column<Node>('Status', nodeStatus),
  column<Node>('Roles', nodeRoles),
  ageColumn,
  column<Node>('Version', (object) => object.status?.nodeInfo?.kubeletVersion ?? ''),
  column<Node>('Internal-IP', (object) => nodeAddress(object, 'InternalIP'), wide),
  column<Node>('External-IP', (object) => nodeAddress(object, 'ExternalIP'), wide),
  column<Node>('OS-Image', (object) => object.status?.nodeInfo?.osImage ?? '<unknown>', wide),
  column<Node>('Kernel-Version', (object) => object.status?.nodeInfo?.kernelVersion ?? '<unknown>', wide),
  column<Node>(
    'Container-Runtime',
    (object) => object.status?.nodeInfo?.containerRuntimeVersion ?? '<unknown>',
    wide,
  ),
];

const deployment = [
  nameColumn,
  column<Deployment>('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
  column<Deployment>('Up-to-date', ({ status }) => status?.updatedReplicas ?? 0),
  column<Deployment>('Available', ({ status }) => status?.availableReplicas ?? 0),
  ageColumn,
  column<Deployment>('Containers', ({ spec }) => containers(spec?.template.spec, 'name'), wide),
  column<Deployment>('Images', ({ spec }) => containers(spec?.template.spec, 'image'), wide),
  column<Deployment>('Selector', ({ spec }) => selectorText(spec?.selector), wide),
];

const replicaSet = [
  nameColumn,
  column<ReplicaSet>('Desired', ({ spec }) => spec?.replicas ?? 0, integer),
  column<ReplicaSet>('Current', ({ status }) => status?.replicas ?? 0, integer),
  column<ReplicaSet>('Ready', ({ status }) => status?.readyReplicas ?? 0, integer),
  ageColumn,
  column<ReplicaSet>('Containers', ({ spec }) => containers(spec?.template?.spec, 'name'), wide),
  column<ReplicaSet>('Images', ({ spec }) => containers(spec?.template?.spec, 'image'), wide),
  column<ReplicaSet>('Selector', ({ spec }) => selectorText(spec?.selector), wide),
];

function externalIp({ spec, status }: Service): string {
  if (spec?.type === 'ExternalName') return spec.externalName ?? none;
  const ingress = (status?.loadBalancer?.ingress ?? []).map((one) => one.ip ?? one.hostname ?? '');
  const all = [...ingress, ...(spec?.externalIPs ?? [])];
  if (all.length > 0) return all.join(',');
  return spec?.type === 'LoadBalancer' ? '<pending>' : none;
}

function servicePorts({ spec }: Service): string {
  const ports = (spec?.ports ?? []).map(
    ({ port, nodePort, protocol }) =>
      `${port}${nodePort === undefined ? '' : `:${nodePort}`}/${protocol ?? 'TCP'}`,
  );
  return ports.length === 0 ? none : ports.join(',');
}

const service = [
  nameColumn,
  column<Service>('Type', ({ spec }) => spec?.type ?? 'ClusterIP'),
  column<Service>('Cluster-IP', ({ spec }) => spec?.clusterIP ?? none),
  column<Service>('External-IP', externalIp),
  column<Service>('Port(s)', servicePorts),
  ageColumn,
  column<Service>('Selector', ({ spec }) => selectorText({ matchLabels: spec?.selector ?? {} }), wide),
];

function endpointsText({ subsets = [] }: Endpoints): string {
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    addresses.flatMap(({ ip }) => (ports.length === 0 ? [ip] : ports.map(({ port }) => `${ip}:${port}`))),
  );
  const shown = all.slice(0, 3).join(',');
  if (all.length > 3) return `${shown} + ${all.length - 3} more...`;
  return all.length === 0 ? none : shown;
}

function sliceEndpoints({ endpoints }: EndpointSlice): string {
  const all = (endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
  const shown = all.slice(0, 3).join(',');
  if (all.length > 3) return `${shown} + ${all.length - 3} more...`;
  return all.length === 0 ? '<unset>' : shown;
}

function slicePorts({ ports }: EndpointSlice): string {
  const all = (ports ?? []).map(({ port }) => String(port ?? '*'));
  return all.length === 0 ? '<unset>' : all.join(',');
}

const event = [
  column<Event>('Last Seen', (object, nowMs) =>
    age(
      object.lastTimestamp ?? object.series?.lastObservedTime ?? object.eventTime ?? object.firstTimestamp,
      nowMs,
    ),
  ),
  column<Event>('Type', ({ type }) => type ?? ''),
  column<Event>('Reason', ({ reason }) => reason ?? ''),
  column<Event>(
    'Object',
    ({ involvedObject }) => `${(involvedObject.kind ?? '').toLowerCase()}/${involvedObject.name ?? ''}`,
  ),
  column<Event>('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? '', wide),
  column<Event>(
    'Source',
    (object) =>
      [object.source?.component ?? object.reportingComponent ?? '', object.source?.host]
        .filter(Boolean)
        .join(', '),
    wide,
  ),
  column<Event>('Message', ({ message }) => message ?? ''),
  column<Event>('First Seen', (object, nowMs) => age(object.firstTimestamp ?? object.eventTime, nowMs), wide),
  column<Event>('Count', ({ count, series }) => series?.count ?? count ?? 1, { ...wide, ...integer }),
  { ...nameColumn, priority: 1 },
];

function subjectNames(kind: string) {
  return ({ subjects }: ClusterRoleBinding) => {
    const fitting = (subjects ?? []).filter((subject) => subject.kind === kind);
    return fitting
      .map((subject) =>
        kind === 'ServiceAccount' ? `${subject.namespace ?? ''}/${subject.name}` : subject.name,
      )
      .join(', ');
  };
}

const roleBinding = [
  nameColumn,
  column<ClusterRoleBinding>('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  column<ClusterRoleBinding>('Users', subjectNames('User'), wide),
  column<ClusterRoleBinding>('Groups', subjectNames('Group'), wide),
  column<ClusterRoleBinding>('ServiceAccounts', subjectNames('ServiceAccount'), wide),
];

const count = (value: object | undefined) => Object.keys(value ?? {}).length;

/** kubectl's own columns, kind by kind. */
export const columnsByKind: Readonly<Record<string, readonly Column[]>> = {
  '/Pod': pod,
  '/Node': node,
  'apps/Deployment': deployment,
  'apps/ReplicaSet': replicaSet,
  '/Service': service,
  '/Endpoints': [nameColumn, column<Endpoints>('Endpoints', endpointsText), ageColumn],
  'discovery.k8s.io/EndpointSlice': [
    nameColumn,
    column<EndpointSlice>('AddressType', ({ addressType }) => addressType),
    column<EndpointSlice>('Ports', slicePorts),
    column<EndpointSlice>('Endpoints', sliceEndpoints),
    ageColumn,
  ],
  '/Event': event,
  '/Namespace': [nameColumn, column<Namespace>('Status', ({ status }) => status?.phase ?? ''), ageColumn],
  '/ConfigMap': [
    nameColumn,
    column<ConfigMap>('Data', (object) => count(object.data) + count(object.binaryData), integer),
    ageColumn,
  ],
  '/Secret': [
    nameColumn,
    column<Secret>('Type', ({ type }) => type ?? ''),
    column<Secret>('Data', (object) => count(object.data), integer),
    ageColumn,
  ],
  '/ServiceAccount': [
    nameColumn,
    column<ServiceAccount>('Secrets', ({ secrets }) => (secrets ?? []).length, integer),
    ageColumn,
  ],
  'coordination.k8s.io/Lease': [
    nameColumn,
    column<Lease>('Holder', ({ spec }) => spec?.holderIdentity ?? ''),
    ageColumn,
  ],
  'rbac.authorization.k8s.io/RoleBinding': roleBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleBinding,
  ...workloadColumns,
  ...storageColumns,
  ...extensionColumns,
};

import type { KindInfo, SubresourceInfo } from './contract.js';
import { kindRows } from './kind-rows.js';

const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;
const readWrite = ['get', 'patch', 'update'] as const;
const status: SubresourceInfo = { name: 'status', verbs: readWrite };
const scale: SubresourceInfo = {
  name: 'scale',
  verbs: readWrite,
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
};

type Row = Pick<KindInfo, 'group' | 'version' | 'kind' | 'resource'> & Partial<KindInfo>;

/** Fills a row with what holds for most kinds. */
function row(fields: Row): KindInfo {
  const { group, version, kind } = fields;
  const subresources = fields.subresources ?? [];
  const schemaGroup = group === '' ? 'core' : (group.split('.')[0] ?? group);
  return {
    listKind: `${kind}List`,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: allVerbs,
    schema: `io.k8s.api.${schemaGroup}.${version}.${kind}`,
    createOnUpdate: false,
    hasGeneration: false,
    hasStatus: subresources.some((subresource) => subresource.name === 'status'),
    ...fields,
    subresources,
  };
}

const core = (kind: string, resource: string, more: Partial<KindInfo> = {}) =>
  row({ group: '', version: 'v1', kind, resource, ...more });
const apps = (kind: string, resource: string, more: Partial<KindInfo> = {}) =>
  row({ group: 'apps', version: 'v1', kind, resource, ...more });
const rbac = (kind: string, resource: string, more: Partial<KindInfo> = {}) =>
  row({
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    kind,
    resource,
    createOnUpdate: true,
    schema: `io.k8s.api.rbac.v1.${kind}`,
    ...more,
  });
const review = (group: string, kind: string, resource: string, namespaced = false) =>
  row({ group, version: 'v1', kind, resource, namespaced, verbs: ['create'] });

const proxyVerbs = ['create', 'delete', 'get', 'patch', 'update'];

export const namespaceKind = core('Namespace', 'namespaces', {
  shortNames: ['ns'],
  namespaced: false,
  verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
  subresources: [status, { name: 'finalize', verbs: ['update'] }],
});
export const nodeKind = core('Node', 'nodes', {
  shortNames: ['no'],
  namespaced: false,
  subresources: [status, { name: 'proxy', verbs: proxyVerbs, kind: 'NodeProxyOptions', version: 'v1' }],
});
export const podKind = core('Pod', 'pods', {
  shortNames: ['po'],
  categories: ['all'],
  subresources: [
    status,
    { name: 'binding', verbs: ['create'], kind: 'Binding', version: 'v1' },
    { name: 'eviction', verbs: ['create'], group: 'policy', version: 'v1', kind: 'Eviction' },
    { name: 'ephemeralcontainers', verbs: ['get', 'patch', 'update'] },
    { name: 'resize', verbs: ['get', 'patch', 'update'] },
    { name: 'log', verbs: ['get'] },
    { name: 'exec', verbs: ['create', 'get'], kind: 'PodExecOptions', version: 'v1' },
    { name: 'attach', verbs: ['create', 'get'], kind: 'PodAttachOptions', version: 'v1' },
    { name: 'portforward', verbs: ['create', 'get'], kind: 'PodPortForwardOptions', version: 'v1' },
    { name: 'proxy', verbs: proxyVerbs, kind: 'PodProxyOptions', version: 'v1' },
  ],
});
export const serviceKind = core('Service', 'services', {
  shortNames: ['svc'],
  categories: ['all'],
  createOnUpdate: true,
  subresources: [status, { name: 'proxy', verbs: proxyVerbs, kind: 'ServiceProxyOptions', version: 'v1' }],
});
export const endpointsKind = core('Endpoints', 'endpoints', {
  shortNames: ['ep'],
  singular: 'endpoints',
  createOnUpdate: true,
});
export const configMapKind = core('ConfigMap', 'configmaps', { shortNames: ['cm'] });
export const secretKind = core('Secret', 'secrets');
export const serviceAccountKind = core('ServiceAccount', 'serviceaccounts', {
  shortNames: ['sa'],
  subresources: [
    { name: 'token', verbs: ['create'], group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  ],
});
export const eventKind = core('Event', 'events', { shortNames: ['ev'], createOnUpdate: true });
export const deploymentKind = apps('Deployment', 'deployments', {
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: [scale, status],
  hasGeneration: true,
});
export const replicaSetKind = apps('ReplicaSet', 'replicasets', {
  shortNames: ['rs'],
  categories: ['all'],
  subresources: [scale, status],
  hasGeneration: true,
});
export const endpointSliceKind = row({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  hasGeneration: true,
});
export const leaseKind = row({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  resource: 'leases',
  createOnUpdate: true,
});
export const roleKind = rbac('Role', 'roles');
export const roleBindingKind = rbac('RoleBinding', 'rolebindings');
export const clusterRoleKind = rbac('ClusterRole', 'clusterroles', { namespaced: false });
export const clusterRoleBindingKind = rbac('ClusterRoleBinding', 'clusterrolebindings', {
  namespaced: false,
});

const further = kindRows().map((found) => row(found));

/** Every kind that is stored. */
export const kinds: readonly KindInfo[] = [
  configMapKind,
  endpointsKind,
  eventKind,
  namespaceKind,
  nodeKind,
  podKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
  deploymentKind,
  replicaSetKind,
  leaseKind,
  endpointSliceKind,
  clusterRoleKind,
  clusterRoleBindingKind,
  roleKind,
  roleBindingKind,
  ...further.filter((kind) => kind.storedAs === undefined),
];

export const definitionKind = storedKind('CustomResourceDefinition');

function storedKind(name: string): KindInfo {
  const found = kinds.find(({ kind }) => kind === name);
  if (found === undefined) throw new Error(`${name} is not in the table of kinds`);
  return found;
}

/** Other forms of stored kinds: autoscaling/v1 of autoscaling/v2, events.k8s.io's events of core's. */
export const viewKinds: readonly KindInfo[] = further.filter((kind) => kind.storedAs !== undefined);

/** Questions to the apiserver in the form of objects: answered, never stored. */
export const reviewKinds: readonly KindInfo[] = [
  review('authentication.k8s.io', 'SelfSubjectReview', 'selfsubjectreviews'),
  review('authentication.k8s.io', 'TokenReview', 'tokenreviews'),
  review('authorization.k8s.io', 'LocalSubjectAccessReview', 'localsubjectaccessreviews', true),
  review('authorization.k8s.io', 'SelfSubjectAccessReview', 'selfsubjectaccessreviews'),
  review('authorization.k8s.io', 'SelfSubjectRulesReview', 'selfsubjectrulesreviews'),
  review('authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews'),
];

/** Kinds of bodies that are neither stored nor listed: subresources' own. */
export const bindingSchema = 'io.k8s.api.core.v1.Binding';
export const scaleSchema = 'io.k8s.api.autoscaling.v1.Scale';
export const evictionSchema = 'io.k8s.api.policy.v1.Eviction';

/** Kubernetes' order of groups: what a name means that several have, and how discovery lists them. */
const groupOrder = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

const everyKind = [...kinds, ...viewKinds, ...reviewKinds].sort(
  (a, b) => groupOrder.indexOf(a.group) - groupOrder.indexOf(b.group),
);
const byKind = new Map(everyKind.map((kind) => [`${kind.group}/${kind.version}/${kind.kind}`, kind]));
const byResource = new Map(everyKind.map((kind) => [`${kind.group}/${kind.version}/${kind.resource}`, kind]));

export function findKind(wanted: { group: string; version: string; kind: string }): KindInfo | undefined {
  return byKind.get(`${wanted.group}/${wanted.version}/${wanted.kind}`);
}

export function findResource(group: string, version: string, resource: string): KindInfo | undefined {
  return byResource.get(`${group}/${version}/${resource}`);
}

/**
 * By what a person types: plural, singular, short name or kind, perhaps with its group: `deploy`,
 * `deployments.apps`.
 */
export function findResourceByName(word: string): KindInfo | undefined {
  const [name = '', ...group] = word.toLowerCase().split('.');
  return [...kinds, ...viewKinds].find((kind) => {
    if (group.length > 0 && kind.group !== group.join('.')) return false;
    return [kind.resource, kind.singular, kind.kind.toLowerCase(), ...kind.shortNames].includes(name);
  });
}

/** `v1`, `apps/v1`: what stands in apiVersion. */
export function groupVersionOf(kind: Pick<KindInfo, 'group' | 'version'>): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** Every group and version that is served, with its kinds, in the order of discovery: a group's preferred first. */
export function groupVersions(): { group: string; version: string; kinds: KindInfo[] }[] {
  const found = new Map<string, { group: string; version: string; kinds: KindInfo[] }>();
  for (const kind of everyKind) {
    const key = groupVersionOf(kind);
    const entry = found.get(key) ?? { group: kind.group, version: kind.version, kinds: [] };
    entry.kinds.push(kind);
    found.set(key, entry);
  }
  return [...found.values()];
}

/** `deployments.apps`, as error texts name a resource. */
export function qualifiedResource(kind: Pick<KindInfo, 'group' | 'resource'>): string {
  return kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`;
}

/** The URL path of an object, or of a collection without a name, or of all namespaces without a namespace. */
export function objectPath(kind: KindInfo, namespace?: string, name?: string): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope =
    kind.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const rest = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${scope}/${kind.resource}${rest}`;
}

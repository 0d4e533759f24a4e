import { type ClusterRole, type ClusterRoleBinding, kinds, type PolicyRule } from '@kubelab/api';
import { controllerRules } from './controller-roles.js';

/**
 * Default roles and bindings, reconciled at start as Kubernetes does (label
 * kubernetes.io/bootstrapping=rbac-defaults). Least rights: no component is cluster-admin.
 */
const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const rule = (
  groups: readonly string[],
  resources: readonly string[],
  verbs: readonly string[],
  resourceNames?: readonly string[],
): PolicyRule => ({
  apiGroups: [...groups],
  resources: [...resources],
  verbs: [...verbs],
  ...(resourceNames === undefined ? {} : { resourceNames: [...resourceNames] }),
});
const urls = (nonResourceURLs: readonly string[]): PolicyRule => ({
  nonResourceURLs: [...nonResourceURLs],
  verbs: ['get'],
});

const rbac = 'rbac.authorization.k8s.io';
const discovery = 'discovery.k8s.io';
const coordination = 'coordination.k8s.io';
const events = rule(['', 'events.k8s.io'], ['events'], ['create', 'patch', 'update']);
const election = (name: string) => [
  rule([coordination], ['leases'], ['create']),
  rule([coordination], ['leases'], ['get', 'update', 'patch'], [name]),
];
const viewed = [
  'configmaps',
  'endpoints',
  'events',
  'namespaces',
  'pods',
  'pods/log',
  'pods/status',
  'serviceaccounts',
  'services',
  'services/status',
];
const workloads = [
  'deployments',
  'deployments/scale',
  'deployments/status',
  'replicasets',
  'replicasets/scale',
  'replicasets/status',
];
const view = [
  rule([''], viewed, read),
  rule(['apps'], workloads, read),
  rule([discovery], ['endpointslices'], read),
];
const streams = ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'];
const edit = [
  ...view,
  rule([''], ['secrets', ...streams, 'services/proxy'], read),
  rule([''], [...streams, 'services/proxy'], write),
  rule(
    [''],
    ['configmaps', 'endpoints', 'events', 'pods', 'pods/eviction', 'secrets', 'serviceaccounts', 'services'],
    write,
  ),
  rule(['apps'], ['deployments', 'deployments/scale', 'replicasets', 'replicasets/scale'], write),
];

const roles: Readonly<Record<string, readonly PolicyRule[]>> = {
  'cluster-admin': [rule(['*'], ['*'], ['*']), { nonResourceURLs: ['*'], verbs: ['*'] }],
  admin: [...edit, rule([rbac], ['roles', 'rolebindings'], [...read, ...write])],
  edit,
  view,
  'system:discovery': [
    urls([
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/healthz',
      '/livez',
      '/openapi',
      '/openapi/*',
      '/readyz',
      '/version',
      '/version/',
    ]),
  ],
  'system:public-info-viewer': [urls(['/healthz', '/livez', '/readyz', '/version', '/version/'])],
  'system:basic-user': [
    rule(['authorization.k8s.io'], ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
    rule(['authentication.k8s.io'], ['selfsubjectreviews'], ['create']),
  ],
  'system:monitoring': [
    urls(['/healthz', '/healthz/*', '/livez', '/livez/*', '/metrics', '/readyz', '/readyz/*']),
  ],
  'system:kube-scheduler': [
    events,
    ...election('kube-scheduler'),
    rule([''], ['nodes', 'namespaces', 'services'], read),
    rule(['apps'], ['replicasets'], read),
    rule([''], ['pods'], [...read, 'delete']),
    rule([''], ['pods/binding', 'bindings'], ['create']),
    rule([''], ['pods/status'], ['patch', 'update']),
  ],
  'system:kube-controller-manager': [
    events,
    ...election('kube-controller-manager'),
    // The garbage collector and the namespace controller read and delete objects of every stored kind;
    // finalizers and ownerReferences are removed by patch. Their subresources are named below.
    ...[...new Set(kinds.map(({ group }) => group))].map((group) =>
      rule(
        [group],
        kinds.filter((kind) => kind.group === group).map(({ resource }) => resource),
        [...read, 'delete', 'patch'],
      ),
    ),
    rule(['apps'], ['replicasets'], ['create']),
    rule(['apps'], ['deployments/status', 'replicasets/status'], ['update']),
    rule([''], ['pods', 'serviceaccounts'], ['create']),
    rule([''], ['configmaps', 'endpoints'], ['create', 'update']),
    rule([discovery], ['endpointslices'], ['create', 'update']),
    rule([''], ['pods/status'], ['patch']),
    rule([''], ['nodes/status', 'namespaces/finalize'], ['update']),
    ...controllerRules,
  ],
  'system:node-proxier': [
    events,
    rule([''], ['services', 'endpoints', 'nodes'], read),
    rule([discovery], ['endpointslices'], read),
  ],
};

const bindings: Readonly<
  Record<
    string,
    { readonly role: string; readonly users?: readonly string[]; readonly groups?: readonly string[] }
  >
> = {
  'cluster-admin': { role: 'cluster-admin', groups: ['system:masters'] },
  'system:discovery': { role: 'system:discovery', groups: ['system:authenticated'] },
  'system:basic-user': { role: 'system:basic-user', groups: ['system:authenticated'] },
  'system:public-info-viewer': {
    role: 'system:public-info-viewer',
    groups: ['system:authenticated', 'system:unauthenticated'],
  },
  'system:monitoring': { role: 'system:monitoring', groups: ['system:monitoring'] },
  'system:kube-scheduler': { role: 'system:kube-scheduler', users: ['system:kube-scheduler'] },
  'system:kube-controller-manager': {
    role: 'system:kube-controller-manager',
    users: ['system:kube-controller-manager'],
  },
  'system:node-proxier': { role: 'system:node-proxier', users: ['system:kube-proxy'] },
};

const metadataOf = (name: string) => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
});

export const bootstrapRoles: readonly ClusterRole[] = Object.entries(roles).map(([name, rules]) => ({
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRole',
  metadata: metadataOf(name),
  rules: [...rules],
}));

export const bootstrapBindings: readonly ClusterRoleBinding[] = Object.entries(bindings).map(
  ([name, { role, users = [], groups = [] }]) => ({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: metadataOf(name),
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [
      ...users.map((user) => ({ kind: 'User', name: user, apiGroup: rbac })),
      ...groups.map((group) => ({ kind: 'Group', name: group, apiGroup: rbac })),
    ],
  }),
);

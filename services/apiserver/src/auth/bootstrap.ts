import {
  aggregatedRules,
  type ClusterRole,
  type ClusterRoleBinding,
  deepEqual,
  type PolicyRule,
  type Role,
  type RoleBinding,
  type Subject,
} from '@kubelab/api';
import { aggregatedRoles, clusterRoles } from './roles/cluster-roles.js';
import { controllerRoles } from './roles/controller-roles.js';
import { namespaceRoleBindings, namespaceRoles } from './roles/namespace-roles.js';
import { type RoleTable, ruleOf, writesEvents } from './roles/rules.js';

/*
 * Every role and binding that a cluster begins with, from the tables below `roles`. They are reconciled at start: what is missing
 * is added, what somebody added stays (registry/reconcile-rbac.ts). No component of ours is cluster-admin.
 */

const rbac = 'rbac.authorization.k8s.io';
const aggregateTo = (role: string) => ({ [`${rbac}/aggregate-to-${role}`]: 'true' });

function metadataOf(name: string, labels: Readonly<Record<string, string>> = {}) {
  return {
    name,
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  };
}

function clusterRole(
  name: string,
  rules: readonly PolicyRule[],
  labels: Readonly<Record<string, string>> = {},
): ClusterRole {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: metadataOf(name, labels),
    rules: [...rules],
  };
}

const partLabels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'system:aggregate-to-admin': aggregateTo('admin'),
  'system:aggregate-to-edit': aggregateTo('edit'),
  'system:aggregate-to-view': aggregateTo('view'),
};

const written: readonly ClusterRole[] = [
  ...Object.entries(clusterRoles).map(([name, lines]) => clusterRole(name, lines.map(ruleOf))),
  ...Object.entries(aggregatedRoles).map(([name, lines]) =>
    clusterRole(name, lines.map(ruleOf), partLabels[name]),
  ),
  ...Object.entries(controllerRoles).map(([name, lines]) =>
    clusterRole(`system:controller:${name}`, lines.map(ruleOf)),
  ),
  // metrics-server brings this role elsewhere: whoever may look may look at what is used.
  clusterRole('system:aggregated-metrics-reader', [ruleOf('read | metrics.k8s.io | nodes pods')], {
    ...aggregateTo('admin'),
    ...aggregateTo('edit'),
    ...aggregateTo('view'),
  }),
];

/**
 * Where our controllers need less than Kubernetes': whoever may update every object, or may `escalate`, is close to cluster-admin.
 * Ours removes owners and finalizers by patch, and to fill in an aggregated role is no escalation here (escalation.ts).
 */
const narrowed: RoleTable = {
  'clusterrole-aggregation-controller': ['read update | rbac.authorization.k8s.io | clusterroles'],
  'generic-garbage-collector': ['delete patch read | * | *'],
};

/**
 * kubelab's own, beside Kubernetes'. Our controller-manager runs every controller under its one identity, so that one is bound to
 * what all of them need (as Kubernetes' documentation wants it without `--use-service-account-credentials`). A kubelet on a network
 * of containers sets the routes that a CNI sets elsewhere: it reads the nodes' podCIDRs. A hollow kubelet is many nodes at once, so
 * that the Node authorizer, which goes by one name, is not for it: it may do to any node what a kubelet does to its own.
 */
const ours: readonly ClusterRole[] = [
  clusterRole('kubelab:controllers', [
    ...withoutRepeats(
      Object.entries(controllerRoles).flatMap(([name, lines]) => (narrowed[name] ?? lines).map(ruleOf)),
    ),
    ruleOf('delete read | - | secrets'),
  ]),
  clusterRole('kubelab:node-routes', [ruleOf('read | - | nodes')]),
  clusterRole(
    'kubelab:hollow-nodes',
    [
      'create read | - | nodes',
      'patch | - | nodes/status pods/status',
      'delete read | - | pods',
      'create get patch | coordination.k8s.io | leases',
      writesEvents,
    ].map(ruleOf),
  ),
];

/** admin ⊃ edit ⊃ view: their rules are there from the start, and kept by the clusterrole-aggregation controller. */
function aggregated(): ClusterRole[] {
  const roles = [...written];
  const [view, edit, admin] = ['view', 'edit', 'admin'].map((name) => {
    const labels = { view: aggregateTo('edit'), edit: aggregateTo('admin') };
    const role: ClusterRole = {
      ...clusterRole(name, [], name === 'view' || name === 'edit' ? labels[name] : {}),
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregateTo(name) }] },
    };
    const filled = { ...role, rules: [...(aggregatedRules(role, roles) ?? [])] };
    roles.push(filled);
    return filled;
  });
  return [view, edit, admin].filter((role) => role !== undefined);
}

function withoutRepeats(rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.filter((rule, index) => rules.findIndex((other) => deepEqual(rule, other)) === index);
}

export const bootstrapRoles: readonly ClusterRole[] = [...written, ...ours, ...aggregated()];

/** Binding of the ClusterRole of its own name to subjects: `User:NAME`, `Group:NAME`, `ServiceAccount:NAME` of kube-system. */
const bindings: Readonly<Record<string, readonly string[]>> = {
  'cluster-admin': ['Group:system:masters'],
  'system:discovery': ['Group:system:authenticated'],
  'system:basic-user': ['Group:system:authenticated'],
  'system:public-info-viewer': ['Group:system:authenticated', 'Group:system:unauthenticated'],
  'system:monitoring': ['Group:system:monitoring'],
  'system:node': [],
  'system:node-proxier': ['User:system:kube-proxy'],
  'system:kube-controller-manager': ['User:system:kube-controller-manager'],
  'system:kube-dns': ['ServiceAccount:kube-dns'],
  'system:kube-scheduler': ['User:system:kube-scheduler'],
  'system:volume-scheduler': ['User:system:kube-scheduler'],
  'system:service-account-issuer-discovery': ['Group:system:serviceaccounts'],
  'kubelab:controllers': ['User:system:kube-controller-manager'],
  'kubelab:node-routes': ['Group:system:nodes'],
  'kubelab:hollow-nodes': ['Group:kubelab:hollow-nodes'],
  ...Object.fromEntries(
    Object.keys(controllerRoles).map((name) => [`system:controller:${name}`, [`ServiceAccount:${name}`]]),
  ),
};

function subjectOf(text: string): Subject {
  const kind = text.slice(0, text.indexOf(':'));
  const name = text.slice(kind.length + 1);
  return kind === 'ServiceAccount'
    ? { kind, name, namespace: 'kube-system' }
    : { kind, name, apiGroup: rbac };
}

export const bootstrapBindings: readonly ClusterRoleBinding[] = Object.entries(bindings).map(
  ([name, subjects]) => ({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: metadataOf(name),
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
    ...(subjects.length === 0 ? {} : { subjects: subjects.map(subjectOf) }),
  }),
);

export const bootstrapNamespaceRoles: readonly Role[] = Object.entries(namespaceRoles).flatMap(
  ([namespace, table]) =>
    Object.entries(table).map(([name, lines]) => ({
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: { ...metadataOf(name), namespace },
      rules: lines.map(ruleOf),
    })),
);

export const bootstrapNamespaceBindings: readonly RoleBinding[] = Object.entries(
  namespaceRoleBindings,
).flatMap(([namespace, rows]) =>
  rows.map(([name, role, subjects]) => ({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { ...metadataOf(name), namespace },
    roleRef: { apiGroup: rbac, kind: 'Role', name: role },
    subjects: subjects.map(subjectOf),
  })),
);

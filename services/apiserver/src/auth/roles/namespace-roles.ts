import type { RoleTable } from './rules.js';

/** Roles that hold in one namespace, by namespace. */
export const namespaceRoles: Readonly<Record<string, RoleTable>> = {
  'kube-system': {
    'extension-apiserver-authentication-reader': [
      'read | - | configmaps | extension-apiserver-authentication',
    ],
    'system:controller:bootstrap-signer': ['read | - | secrets'],
    'system:controller:cloud-provider': ['create read | - | configmaps'],
    'system:controller:token-cleaner': [
      'delete read | - | secrets',
      'create patch update | - events.k8s.io | events',
    ],
    'system::leader-locking-kube-controller-manager': [
      'watch | - | configmaps',
      'get update | - | configmaps | kube-controller-manager',
    ],
    'system::leader-locking-kube-scheduler': [
      'watch | - | configmaps',
      'get update | - | configmaps | kube-scheduler',
    ],
  },
  'kube-public': {
    'system:controller:bootstrap-signer': [
      'read | - | configmaps',
      'get update | - | configmaps | cluster-info',
      'create patch update | - events.k8s.io | events',
    ],
  },
};

/** Whom they are bound to: binding, role, subjects as `User:NAME` or `ServiceAccount:NAME` (of kube-system). */
export const namespaceRoleBindings: Readonly<
  Record<string, readonly (readonly [name: string, role: string, subjects: readonly string[]])[]>
> = {
  'kube-system': [
    [
      'system::extension-apiserver-authentication-reader',
      'extension-apiserver-authentication-reader',
      ['User:system:kube-controller-manager', 'User:system:kube-scheduler'],
    ],
    [
      'system::leader-locking-kube-controller-manager',
      'system::leader-locking-kube-controller-manager',
      ['User:system:kube-controller-manager', 'ServiceAccount:kube-controller-manager'],
    ],
    [
      'system::leader-locking-kube-scheduler',
      'system::leader-locking-kube-scheduler',
      ['User:system:kube-scheduler', 'ServiceAccount:kube-scheduler'],
    ],
    [
      'system:controller:bootstrap-signer',
      'system:controller:bootstrap-signer',
      ['ServiceAccount:bootstrap-signer'],
    ],
    [
      'system:controller:cloud-provider',
      'system:controller:cloud-provider',
      ['ServiceAccount:cloud-provider'],
    ],
    ['system:controller:token-cleaner', 'system:controller:token-cleaner', ['ServiceAccount:token-cleaner']],
  ],
  'kube-public': [
    [
      'system:controller:bootstrap-signer',
      'system:controller:bootstrap-signer',
      ['ServiceAccount:bootstrap-signer'],
    ],
  ],
};

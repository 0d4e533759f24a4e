import {
  type ClusterRole,
  type ClusterRoleBinding,
  clusterRoleBindingKind,
  clusterRoleKind,
  type Pod,
  type PolicyRule,
  podKind,
  roleBindingKind,
  roleKind,
  type Subject,
} from '@kubelab/api';
import type { UserInfo } from '../registry/context.js';
import type { Storage } from '../storage/storage.js';

/** What is asked for: a resource, or a path that is none. */
export type Attributes =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource: string;
      readonly namespace: string;
      readonly name: string;
    }
  | { readonly verb: string; readonly path: string };

/** Node, then RBAC: the first that says yes decides; nobody says no. */
export class Authorizer {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  allows(user: UserInfo, attributes: Attributes): boolean {
    if (user.groups.includes('system:masters')) return true;
    return this.#node(user, attributes) || this.#rbac(user, attributes);
  }

  /** Every rule that holds for a user in a namespace: for SelfSubjectRulesReview. */
  rulesFor(user: UserInfo, namespace: string): PolicyRule[] {
    const cluster = this.#bound(clusterRoleBindingKind).filter((binding) =>
      concerns(binding.subjects, user, ''),
    );
    const local = this.#bound(roleBindingKind).filter(
      (binding) => binding.metadata.namespace === namespace && concerns(binding.subjects, user, namespace),
    );
    const everything = user.groups.includes('system:masters')
      ? [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]
      : [];
    return [
      ...everything,
      ...[...cluster, ...local].flatMap((binding) =>
        this.rulesOf(binding.roleRef, binding.metadata.namespace ?? ''),
      ),
    ];
  }

  #rbac(user: UserInfo, attributes: Attributes): boolean {
    const namespace = 'path' in attributes ? '' : attributes.namespace;
    return this.rulesFor(user, namespace).some((rule) => ruleAllows(rule, attributes));
  }

  #bound(kind: typeof clusterRoleBindingKind): ClusterRoleBinding[] {
    return this.#storage
      .cache(kind)
      .all()
      .map((stored) => stored.object as ClusterRoleBinding);
  }

  /** What a role holds; nothing when it does not exist. `namespace` is a Role's. */
  rulesOf(ref: { readonly kind: string; readonly name: string }, namespace: string): PolicyRule[] {
    const key = ref.kind === 'ClusterRole' ? ref.name : `${namespace}/${ref.name}`;
    const kind = ref.kind === 'ClusterRole' ? clusterRoleKind : roleKind;
    const role = this.#storage.cache(kind).get(`/registry/${kind.group}/${kind.resource}/${key}`)?.object as
      | ClusterRole
      | undefined;
    return role?.rules ?? [];
  }

  /**
   * What a kubelet needs: its node and lease, its pods and what they refer to
   * (https://kubernetes.io/docs/reference/access-authn-authz/node/).
   */
  #node(user: UserInfo, attributes: Attributes): boolean {
    const prefix = 'system:node:';
    if ('path' in attributes || !user.groups.includes('system:nodes') || !user.name.startsWith(prefix))
      return false;
    const node = user.name.slice(prefix.length);
    const { verb, resource, subresource, name, namespace } = attributes;
    const reads = ['get', 'list', 'watch'].includes(verb);
    const writes = verb === 'patch' || verb === 'update';
    switch (`${attributes.group}/${resource}`) {
      case '/nodes':
        return reads || verb === 'create' || (writes && name === node);
      case 'coordination.k8s.io/leases':
        return namespace === 'kube-node-lease' && (name === node || verb === 'create');
      case '/pods':
        return reads || (verb === 'delete' && subresource === '') || (writes && subresource === 'status');
      case '/services':
        return reads;
      case '/events':
        return ['create', 'patch', 'update'].includes(verb);
      case '/secrets':
      case '/configmaps':
        return verb === 'get' && this.#refersTo(node, namespace, resource, name);
      default:
        return false;
    }
  }

  /** Whether a pod bound to the node names this ConfigMap or Secret. */
  #refersTo(node: string, namespace: string, resource: string, name: string): boolean {
    return this.#storage
      .cache(podKind)
      .all()
      .some(({ object }) => {
        const { spec, metadata } = object as Pod;
        return (
          spec?.nodeName === node && metadata.namespace === namespace && references(spec, resource).has(name)
        );
      });
  }
}

function references(spec: NonNullable<Pod['spec']>, resource: string): Set<string> {
  const isSecret = resource === 'secrets';
  const found = new Set<string | undefined>();
  for (const volume of spec.volumes ?? []) {
    found.add(isSecret ? volume.secret?.secretName : volume.configMap?.name);
    for (const source of volume.projected?.sources ?? [])
      found.add(isSecret ? source.secret?.name : source.configMap?.name);
  }
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    for (const env of container.env ?? [])
      found.add(isSecret ? env.valueFrom?.secretKeyRef?.name : env.valueFrom?.configMapKeyRef?.name);
    for (const source of container.envFrom ?? [])
      found.add(isSecret ? source.secretRef?.name : source.configMapRef?.name);
  }
  for (const secret of isSecret ? (spec.imagePullSecrets ?? []) : []) found.add(secret.name);
  return new Set([...found].filter((name) => name !== undefined));
}

function concerns(subjects: readonly Subject[] | undefined, user: UserInfo, namespace: string): boolean {
  return (subjects ?? []).some((subject) => {
    if (subject.kind === 'User') return subject.name === user.name;
    if (subject.kind === 'Group') return user.groups.includes(subject.name);
    return user.name === `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}`;
  });
}

export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  const has = (list: readonly string[] | undefined, value: string) =>
    list?.includes('*') === true || list?.includes(value) === true;
  if (!has(rule.verbs, attributes.verb)) return false;
  if ('path' in attributes) {
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith('*') ? attributes.path.startsWith(url.slice(0, -1)) : url === attributes.path,
    );
  }
  const { group, resource, subresource, name } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const resourceFits =
    has(rule.resources, full) ||
    (subresource !== '' && rule.resources?.includes(`*/${subresource}`) === true);
  const nameFits = (rule.resourceNames ?? []).length === 0 || rule.resourceNames?.includes(name) === true;
  return has(rule.apiGroups, group) && resourceFits && nameFits;
}

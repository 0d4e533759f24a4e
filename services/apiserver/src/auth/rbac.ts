import {
  aggregatedRules,
  type ClusterRole,
  type ClusterRoleBinding,
  clusterRoleBindingKind,
  clusterRoleKind,
  type KindInfo,
  type PolicyRule,
  roleBindingKind,
  roleKind,
  type Subject,
} from '@kubelab/api';
import type { UserInfo } from '../registry/context.js';
import { objectKey, textOf } from '../storage/keys.js';
import type { Storage } from '../storage/storage.js';
import type { Attributes, Decision } from './attributes.js';

/** A binding that concerns somebody, and by which subject. */
interface Bound {
  readonly binding: ClusterRoleBinding;
  readonly subject: Subject;
}

/** Bindings of one scope by whom they name: `User/ann`, `Group/devs`. */
type Index = ReadonlyMap<string, readonly Bound[]>;

/**
 * RBAC: what a binding's role has in its rules is allowed, all else is left to others
 * (https://kubernetes.io/docs/reference/access-authn-authz/rbac/). A request costs the rules of the bindings that name its user or
 * one of their groups, not those of the cluster: bindings are indexed by subject, anew when one of them changed.
 */
export class Rbac {
  readonly #storage: Storage;
  #cluster: { readonly from: unknown; readonly index: Index } | undefined;
  #local: { readonly from: unknown; readonly byNamespace: ReadonlyMap<string, Index> } | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  authorize(user: UserInfo, attributes: Attributes): Decision {
    const errors: string[] = [];
    const namespace = 'path' in attributes ? '' : attributes.namespace;
    for (const bound of this.#boundTo(user, namespace)) {
      const rules = this.#rulesOf(bound.binding, errors);
      if (!rules.some((rule) => ruleAllows(rule, attributes))) continue;
      return { allowed: true, reason: `RBAC: allowed by ${describe(bound)}` };
    }
    if (errors.length === 0) return { allowed: false, reason: '' };
    const all = errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`;
    return { allowed: false, reason: `RBAC: ${all}`, error: all };
  }

  /** Every rule that holds for a user in a namespace, and what roles are bound but do not exist. */
  rulesFor(user: UserInfo, namespace: string): { rules: PolicyRule[]; errors: string[] } {
    const errors: string[] = [];
    const rules = this.#boundTo(user, namespace).flatMap(({ binding }) => this.#rulesOf(binding, errors));
    return { rules, errors };
  }

  /** What a role holds; undefined when it does not exist. `namespace` is a Role's. */
  role(
    ref: { readonly kind: string; readonly name: string },
    namespace: string,
  ): readonly PolicyRule[] | undefined {
    const isCluster = ref.kind === 'ClusterRole';
    const kind = isCluster ? clusterRoleKind : roleKind;
    const key = textOf(objectKey(kind, isCluster ? '' : namespace, ref.name));
    const found = this.#storage.cache(kind).get(key);
    if (found === undefined) return undefined;
    const { rules } = found.object as ClusterRole;
    return rules ?? [];
  }

  /** What an aggregated role is to hold; undefined for one that is not. */
  aggregated(role: ClusterRole): readonly PolicyRule[] | undefined {
    const all = this.#storage.cache(clusterRoleKind).all();
    return aggregatedRules(
      role,
      all.map(({ object }) => object as ClusterRole),
    );
  }

  #rulesOf({ roleRef, metadata }: ClusterRoleBinding, errors: string[]): readonly PolicyRule[] {
    const rules = this.role(roleRef, metadata.namespace ?? '');
    if (rules !== undefined) return rules;
    const kind = roleRef.kind === 'ClusterRole' ? 'clusterrole' : 'role';
    errors.push(`${kind}.rbac.authorization.k8s.io "${roleRef.name}" not found`);
    return [];
  }

  /** Cluster-wide first, as Kubernetes looks. */
  #boundTo(user: UserInfo, namespace: string): Bound[] {
    const indexes = [this.#clusterIndex(), ...(namespace === '' ? [] : [this.#localIndex(namespace)])];
    const names = [`User/${user.name}`, ...new Set(user.groups.map((group) => `Group/${group}`))];
    return indexes.flatMap((index) => {
      const found = names.flatMap((name) => index?.get(name) ?? []);
      // A binding may name a user and several of their groups: once is enough.
      return found.filter(({ binding }, at) => found.findIndex((other) => other.binding === binding) === at);
    });
  }

  #clusterIndex(): Index {
    const all = this.#storage.cache(clusterRoleBindingKind).all();
    if (this.#cluster?.from !== all) this.#cluster = { from: all, index: indexed(bindingsOf(all)) };
    return this.#cluster.index;
  }

  #localIndex(namespace: string): Index | undefined {
    const all = this.#storage.cache(roleBindingKind).all();
    if (this.#local?.from !== all) {
      const groups = new Map<string, ClusterRoleBinding[]>();
      for (const binding of bindingsOf(all)) {
        const inside = binding.metadata.namespace ?? '';
        groups.set(inside, [...(groups.get(inside) ?? []), binding]);
      }
      const byNamespace = new Map([...groups].map(([name, bindings]) => [name, indexed(bindings)]));
      this.#local = { from: all, byNamespace };
    }
    return this.#local.byNamespace.get(namespace);
  }
}

function bindingsOf(stored: readonly { readonly object: unknown }[]): ClusterRoleBinding[] {
  return stored.map(({ object }) => object as ClusterRoleBinding);
}

function indexed(bindings: readonly ClusterRoleBinding[]): Index {
  const index = new Map<string, Bound[]>();
  for (const binding of bindings)
    for (const subject of binding.subjects ?? []) {
      const key = subjectKey(subject, binding.metadata.namespace ?? '');
      if (key !== undefined) index.set(key, [...(index.get(key) ?? []), { binding, subject }]);
    }
  return index;
}

function subjectKey(subject: Subject, namespace: string): string | undefined {
  if (subject.kind === 'User' || subject.kind === 'Group') return `${subject.kind}/${subject.name}`;
  const inside = subject.namespace ?? namespace;
  // One without a namespace in a ClusterRoleBinding names nobody.
  return inside === '' ? undefined : `User/system:serviceaccount:${inside}:${subject.name}`;
}

function describe({ binding, subject }: Bound): string {
  const { name, namespace } = binding.metadata;
  const { kind, name: role } = binding.roleRef;
  const which =
    namespace === undefined ? `ClusterRoleBinding "${name}"` : `RoleBinding "${name}/${namespace}"`;
  const inside = subject.namespace ?? namespace ?? '';
  const whom =
    subject.kind === 'ServiceAccount'
      ? `ServiceAccount "${subject.name}/${inside}"`
      : `${subject.kind} "${subject.name}"`;
  return `${which} of ${kind} "${role}" to ${whom}`;
}

export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if ('path' in attributes)
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith('*') ? attributes.path.startsWith(url.slice(0, -1)) : url === attributes.path,
    );
  const { group, resource, subresource, name } = attributes;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const resourceFits =
    has(rule.resources, full) ||
    (subresource !== '' && rule.resources?.includes(`*/${subresource}`) === true);
  const nameFits = (rule.resourceNames ?? []).length === 0 || rule.resourceNames?.includes(name) === true;
  return has(rule.apiGroups, group) && resourceFits && nameFits;
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list?.includes('*') === true || list?.includes(value) === true;
}

/** Which kinds grant rights: whoever writes them is checked for escalation. */
export function grants(kind: KindInfo): boolean {
  return [roleKind, clusterRoleKind, roleBindingKind, clusterRoleBindingKind].includes(kind);
}

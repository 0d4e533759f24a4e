import {
  type ClusterRole,
  type ClusterRoleBinding,
  deepEqual,
  type KindInfo,
  type KubeObject,
  type PolicyRule,
  roleBindingKind,
  statusErrors,
} from '@kubelab/api';
import type { UserInfo } from '../registry/context.js';
import type { Authorizer } from './authorize.js';

const rbacGroup = 'rbac.authorization.k8s.io';

/**
 * Nobody gives what they do not have: who writes a role must hold all of its rules (or the verb
 * `escalate`), who binds one too (or `bind`)
 * (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping).
 */
export function checkEscalation(
  authorizer: Authorizer,
  user: UserInfo,
  kind: KindInfo,
  object: KubeObject,
  old: KubeObject | undefined,
): void {
  if (kind.group !== rbacGroup || user.groups.includes('system:masters')) return;
  const { name, namespace = '' } = object.metadata;
  const isBinding = kind.kind.endsWith('Binding');
  if (old !== undefined && deepEqual(granting(object), granting(old))) return;
  const { roleRef } = object as ClusterRoleBinding;
  const asked = isBinding
    ? { verb: 'bind', resource: roleRef.kind === 'Role' ? 'roles' : 'clusterroles', name: roleRef.name }
    : { verb: 'escalate', resource: kind.resource, name };
  if (authorizer.allows(user, { ...asked, group: rbacGroup, subresource: '', namespace })) return;
  const wanted = isBinding
    ? authorizer.rulesOf(roleRef, kind === roleBindingKind ? namespace : '')
    : ((object as ClusterRole).rules ?? []);
  const missing = uncovered(authorizer.rulesFor(user, namespace), wanted);
  if (missing.length === 0) return;
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
  const why = `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n`;
  throw statusErrors.forbidden(kind, name, `${why}${missing.map(ruleText).join('\n')}`);
}

/** What of an object gives rights. */
function granting({ rules, aggregationRule, roleRef, subjects }: KubeObject): unknown {
  return { rules, aggregationRule, roleRef, subjects };
}

/** The wanted rules, taken apart, that no single held rule covers. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(apart).filter((one) => !held.some((rule) => covers(rule, one)));
}

/** One verb, group, resource and name (or path) each. */
function apart(rule: PolicyRule): PolicyRule[] {
  const paths = (rule.nonResourceURLs ?? []).flatMap((url) =>
    rule.verbs.map((verb): PolicyRule => ({ nonResourceURLs: [url], verbs: [verb] })),
  );
  const names = (rule.resourceNames ?? []).length === 0 ? [undefined] : (rule.resourceNames ?? []);
  const resources = (rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        names.map((name): PolicyRule => {
          const one: PolicyRule = { apiGroups: [group], resources: [resource], verbs: [verb] };
          return name === undefined ? one : { ...one, resourceNames: [name] };
        }),
      ),
    ),
  );
  return [...paths, ...resources];
}

function covers(held: PolicyRule, one: PolicyRule): boolean {
  const within = (list: readonly string[] | undefined, wanted: readonly string[] | undefined) =>
    (wanted ?? []).every((value) => list?.includes('*') === true || list?.includes(value) === true);
  if (!within(held.verbs, one.verbs)) return false;
  const [url] = one.nonResourceURLs ?? [];
  if (url !== undefined) {
    return (held.nonResourceURLs ?? []).some((known) =>
      known.endsWith('*') ? url.startsWith(known.slice(0, -1)) : known === url,
    );
  }
  const names = held.resourceNames ?? [];
  const namesFit = names.length === 0 || one.resourceNames?.every((name) => names.includes(name)) === true;
  const [resource = ''] = one.resources ?? [];
  const subresource = resource.split('/')[1];
  const resourceFits =
    within(held.resources, one.resources) ||
    (subresource !== undefined && held.resources?.includes(`*/${subresource}`) === true);
  return namesFit && resourceFits && within(held.apiGroups, one.apiGroups);
}

function ruleText(rule: PolicyRule): string {
  const list = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
  const parts = [
    ['NonResourceURLs', rule.nonResourceURLs],
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ] as const;
  const shown = parts.flatMap(([name, values]) => (values === undefined ? [] : [`${name}:${list(values)}`]));
  return `{${shown.join(', ')}}`;
}

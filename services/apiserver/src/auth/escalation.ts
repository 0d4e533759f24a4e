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
import { type Authorizer, masters } from './authorize.js';
import { grants } from './rbac.js';

const rbacGroup = 'rbac.authorization.k8s.io';
const everything: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

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
  if (!grants(kind) || user.groups.includes(masters)) return;
  if (old !== undefined && deepEqual(granting(object), granting(old))) return;
  if (kind.kind.endsWith('Binding')) checkBinding(authorizer, user, kind, object as ClusterRoleBinding);
  else checkRole(authorizer, user, kind, object as ClusterRole, old as ClusterRole | undefined);
}

function checkRole(
  authorizer: Authorizer,
  user: UserInfo,
  kind: KindInfo,
  role: ClusterRole,
  old: ClusterRole | undefined,
): void {
  const { name, namespace = '' } = role.metadata;
  // What a role gathers was judged where it was written: to fill in just that grants nothing new.
  const isFilledIn = deepEqual(role.aggregationRule, old?.aggregationRule) && authorizer.gathers(role);
  if (isFilledIn) return;
  const asked = { verb: 'escalate', group: rbacGroup, resource: kind.resource, subresource: '' };
  if (authorizer.allows(user, { ...asked, namespace, name })) return;
  const held = authorizer.rulesFor(user, namespace);
  // What it will hold is for its labels to say, today and later: only who may everything may write such a role.
  if (role.aggregationRule !== undefined && uncovered(held, everything).length > 0)
    throw statusErrors.forbidden(kind, name, 'must have cluster-admin privileges to use the aggregationRule');
  assertHeld(held, role.rules ?? [], { user, kind, name });
}

function checkBinding(
  authorizer: Authorizer,
  user: UserInfo,
  kind: KindInfo,
  binding: ClusterRoleBinding,
): void {
  const { name, namespace = '' } = binding.metadata;
  const { roleRef } = binding;
  const resource = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  const asked = { verb: 'bind', group: rbacGroup, resource, subresource: '', namespace, name: roleRef.name };
  if (authorizer.allows(user, asked)) return;
  const wanted = authorizer.rulesOf(roleRef, kind === roleBindingKind ? namespace : '');
  if (wanted === undefined)
    throw statusErrors.notFound({ group: rbacGroup, resource: resource.slice(0, -1) }, roleRef.name);
  assertHeld(authorizer.rulesFor(user, namespace), wanted, { user, kind, name });
}

function assertHeld(
  held: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
  { user, kind, name }: { readonly user: UserInfo; readonly kind: KindInfo; readonly name: string },
): void {
  const missing = uncovered(held, wanted);
  if (missing.length === 0) return;
  const who = `user ${JSON.stringify(user.name)} (groups=${quoted(user.groups)})`;
  const lines = [...new Set(compacted(missing).map(ruleText))].sort();
  throw statusErrors.forbidden(
    kind,
    name,
    `${who} is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`,
  );
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

/** Rules taken apart, of which those that differ by their verb alone are one again. */
function compacted(rules: readonly PolicyRule[]): PolicyRule[] {
  const found = new Map<string, PolicyRule>();
  for (const { verbs, ...rest } of rules) {
    const key = JSON.stringify([rest.apiGroups, rest.resources, rest.resourceNames, rest.nonResourceURLs]);
    const known = found.get(key)?.verbs ?? [];
    // Paths are told one by one, as Kubernetes tells them.
    const own = rest.nonResourceURLs === undefined ? key : `${key}${verbs.join()}`;
    found.set(own, { ...rest, verbs: [...new Set([...known, ...verbs])] });
  }
  return [...found.values()];
}

function ruleText(rule: PolicyRule): string {
  const parts = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ] as const;
  const shown = parts.flatMap(([name, values]) =>
    values === undefined ? [] : [`${name}:${quoted(values)}`],
  );
  return `{${shown.join(', ')}}`;
}

/** `["" "apps"]`: a list as Go prints it. */
function quoted(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}

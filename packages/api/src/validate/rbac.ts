import type { FieldError } from '../contract.js';
import type { ClusterRole, PolicyRule, RoleBinding, Subject } from '../generated/types.js';
import { deepEqual } from '../json.js';
import { fieldErrors } from '../status-errors.js';
import { nameErrors, oneOf, selectorErrors } from './common.js';

const group = 'rbac.authorization.k8s.io';

export interface RbacScope {
  readonly namespaced: boolean;
}

export function roleErrors(role: ClusterRole, scope: RbacScope): FieldError[] {
  const { rules = [], aggregationRule } = role;
  const errors = rules.flatMap((rule, index) => ruleErrors(rule, scope, `rules[${index}]`));
  if (aggregationRule === undefined || scope.namespaced) return errors;
  const { clusterRoleSelectors: selectors = [] } = aggregationRule;
  const field = 'aggregationRule.clusterRoleSelectors';
  if (selectors.length === 0) {
    const detail = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
    errors.push(fieldErrors.required(field, detail));
  }
  return [
    ...errors,
    ...selectors.flatMap((selector, index) => selectorErrors(selector, `${field}[${index}]`)),
  ];
}

function ruleErrors(rule: PolicyRule, scope: RbacScope, field: string): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs: urls = [] } = rule;
  const errors =
    verbs.length === 0
      ? [fieldErrors.required(`${field}.verbs`, 'verbs must contain at least one value')]
      : [];
  if (urls.length > 0) {
    const wrong = (detail: string) => fieldErrors.invalid(`${field}.nonResourceURLs`, urls, detail);
    if (scope.namespaced) errors.push(wrong('namespaced rules cannot apply to non-resource URLs'));
    if (apiGroups.length + resources.length + resourceNames.length > 0)
      errors.push(wrong('rules cannot apply to both regular resources and non-resource URLs'));
    return errors;
  }
  if (apiGroups.length === 0) {
    const detail = 'resource rules must supply at least one api group';
    errors.push(fieldErrors.required(`${field}.apiGroups`, detail));
  }
  if (resources.length === 0) {
    const detail = 'resource rules must supply at least one resource';
    errors.push(fieldErrors.required(`${field}.resources`, detail));
  }
  return errors;
}

export function bindingErrors(
  binding: RoleBinding,
  old: RoleBinding | undefined,
  scope: RbacScope,
): FieldError[] {
  const { kind = '', name = '', apiGroup = '' } = binding.roleRef ?? {};
  return [
    ...oneOf('roleRef.apiGroup', apiGroup, [group]),
    ...oneOf('roleRef.kind', kind, scope.namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']),
    ...nameErrors('path', 'roleRef.name', name),
    ...(binding.subjects ?? []).flatMap((subject, index) =>
      subjectErrors(subject, scope, `subjects[${index}]`),
    ),
    ...(old !== undefined && !deepEqual(binding.roleRef, old.roleRef)
      ? [fieldErrors.invalid('roleRef', binding.roleRef, 'cannot change roleRef')]
      : []),
  ];
}

function subjectErrors(subject: Subject, scope: RbacScope, field: string): FieldError[] {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject;
  const errors = name === '' ? [fieldErrors.required(`${field}.name`)] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...nameErrors('subdomain', `${field}.name`, name));
      errors.push(...oneOf(`${field}.apiGroup`, apiGroup, ['']));
      if (!scope.namespaced && namespace === '') errors.push(fieldErrors.required(`${field}.namespace`));
      return errors;
    case 'User':
    case 'Group':
      return [...errors, ...oneOf(`${field}.apiGroup`, apiGroup, [group])];
    default:
      return [...errors, ...oneOf(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
  }
}

import { fieldErrors, isObject, type KindInfo, statusErrors } from '@kubelab/api';
import type { Authorizer } from '../auth/authorize.js';
import type { ApiCall, ApiReply } from './contract.js';
import { type AcceptedForm, parseBody, reply } from './negotiate.js';

/** Questions in the form of objects: who am I, may I, what may I. Answered, never stored. */
export function review(authorizer: Authorizer, kind: KindInfo, call: ApiCall, form: AcceptedForm): ApiReply {
  const { value } = parseBody(call);
  const spec = isObject(value) && isObject(value.spec) ? value.spec : {};
  const status = answers[kind.kind]?.(authorizer, call, spec) ?? {};
  const head = {
    kind: kind.kind,
    apiVersion: `${kind.group}/${kind.version}`,
    metadata: { creationTimestamp: null },
  };
  return reply(call, 201, { ...head, ...(kind.kind === 'SelfSubjectReview' ? {} : { spec }), status }, form);
}

const answers: Readonly<
  Record<string, (authorizer: Authorizer, call: ApiCall, spec: Record<string, unknown>) => object>
> = {
  SelfSubjectReview: (_authorizer, { user: { name, groups, uid, extra } }) => ({
    userInfo: {
      username: name,
      ...(uid === undefined ? {} : { uid }),
      groups,
      ...(extra === undefined ? {} : { extra }),
    },
  }),
  SelfSubjectAccessReview: (authorizer, { user }, spec) => {
    const allowed = authorizer.allows(user, attributesOf(spec));
    return { allowed, ...(allowed ? { reason: "allowed by the cluster's roles" } : {}) };
  },
  SubjectAccessReview: (authorizer, _call, spec) => accessOf(authorizer, spec),
  LocalSubjectAccessReview: (authorizer, call, spec) => {
    const asked = isObject(spec.resourceAttributes) ? spec.resourceAttributes.namespace : undefined;
    const [, inside = ''] = /\/namespaces\/([^/]+)\//.exec(call.path) ?? [];
    if (asked === decodeURIComponent(inside)) return accessOf(authorizer, spec);
    const message = 'must match metadata.namespace';
    throw statusErrors.invalid({ group: 'authorization.k8s.io', kind: 'LocalSubjectAccessReview' }, '', [
      fieldErrors.invalid('spec.resourceAttributes.namespace', asked ?? '', message),
    ]);
  },
  SelfSubjectRulesReview: (authorizer, { user }, spec) => {
    const rules = authorizer.rulesFor(user, typeof spec.namespace === 'string' ? spec.namespace : '');
    const resourceRules = rules.filter((rule) => rule.resources !== undefined);
    const nonResourceRules = rules.filter((rule) => rule.nonResourceURLs !== undefined);
    return { resourceRules, nonResourceRules, incomplete: false };
  },
};

/** Whether somebody else may. */
function accessOf(authorizer: Authorizer, spec: Record<string, unknown>): object {
  const groups = Array.isArray(spec.groups) ? spec.groups.map(String) : [];
  const name = typeof spec.user === 'string' ? spec.user : '';
  if (name === '' && groups.length === 0)
    throw statusErrors.invalid({ group: 'authorization.k8s.io', kind: 'SubjectAccessReview' }, '', [
      fieldErrors.invalid('spec.user', name, 'at least one of user or group must be specified'),
    ]);
  const allowed = authorizer.allows({ name, groups }, attributesOf(spec));
  return { allowed, ...(allowed ? { reason: "allowed by the cluster's roles" } : {}) };
}

function attributesOf(spec: Record<string, unknown>) {
  const resource = isObject(spec.resourceAttributes) ? spec.resourceAttributes : undefined;
  const path = isObject(spec.nonResourceAttributes) ? spec.nonResourceAttributes : {};
  const text = (from: Record<string, unknown>, field: string) => {
    const value = from[field];
    return typeof value === 'string' ? value : '';
  };
  if (resource === undefined) return { verb: text(path, 'verb'), path: text(path, 'path') };
  const fields = ['verb', 'group', 'resource', 'subresource', 'namespace', 'name'] as const;
  const [verb = '', group = '', name = '', subresource = '', namespace = '', object = ''] = fields.map(
    (field) => text(resource, field),
  );
  return { verb, group, resource: name, subresource, namespace, name: object };
}

import { isObject, type KindInfo } from '@kubelab/api';
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
  SelfSubjectRulesReview: (authorizer, { user }, spec) => {
    const rules = authorizer.rulesFor(user, typeof spec.namespace === 'string' ? spec.namespace : '');
    const resourceRules = rules.filter((rule) => rule.resources !== undefined);
    const nonResourceRules = rules.filter((rule) => rule.nonResourceURLs !== undefined);
    return { resourceRules, nonResourceRules, incomplete: false };
  },
};

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

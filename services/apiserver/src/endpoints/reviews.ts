import { type FieldError, fieldErrors, isObject, type KindInfo, statusErrors } from '@kubelab/api';
import type { Attributes } from '../auth/attributes.js';
import type { Authorizer } from '../auth/authorize.js';
import type { Tokens } from '../auth/tokens/index.js';
import type { UserInfo } from '../registry/context.js';
import type { ApiCall, ApiReply } from './contract.js';
import { type AcceptedForm, parseBody, reply } from './negotiate.js';

interface ReviewParts {
  readonly authorizer: Authorizer;
  readonly tokens: Tokens;
}

type Spec = Record<string, unknown>;

const authorization = 'authorization.k8s.io';

/** Questions in the form of objects: who am I, may I, what may I, whose is this token. Answered, never stored. */
export async function review(
  parts: ReviewParts,
  kind: KindInfo,
  call: ApiCall,
  form: AcceptedForm,
): Promise<ApiReply> {
  const { value } = parseBody(call);
  const spec = isObject(value) && isObject(value.spec) ? value.spec : {};
  const status = (await answers[kind.kind]?.(parts, call, spec)) ?? {};
  const head = {
    kind: kind.kind,
    apiVersion: `${kind.group}/${kind.version}`,
    metadata: { creationTimestamp: null },
  };
  return reply(call, 201, { ...head, ...(kind.kind === 'SelfSubjectReview' ? {} : { spec }), status }, form);
}

const answers: Readonly<
  Record<string, (parts: ReviewParts, call: ApiCall, spec: Spec) => object | Promise<object>>
> = {
  SelfSubjectReview: (_parts, { user }) => ({ userInfo: userStatus(user) }),
  TokenReview: ({ tokens }, _call, spec) => reviewToken(tokens, spec),
  SelfSubjectAccessReview: ({ authorizer }, { user }, spec) => {
    assertValid('SelfSubjectAccessReview', attributeErrors(spec));
    return accessOf(authorizer, user, spec);
  },
  SubjectAccessReview: ({ authorizer }, _call, spec) => {
    assertValid('SubjectAccessReview', [...attributeErrors(spec), ...subjectErrors(spec)]);
    return accessOf(authorizer, subjectOf(spec), spec);
  },
  LocalSubjectAccessReview: ({ authorizer }, call, spec) => {
    const [, inside = ''] = /\/namespaces\/([^/]+)\//.exec(call.path) ?? [];
    assertValid('LocalSubjectAccessReview', [
      ...attributeErrors(spec),
      ...subjectErrors(spec),
      ...localErrors(spec, decodeURIComponent(inside)),
    ]);
    return accessOf(authorizer, subjectOf(spec), spec);
  },
  SelfSubjectRulesReview: ({ authorizer }, { user }, spec) => {
    const { namespace } = spec;
    if (typeof namespace !== 'string' || namespace === '')
      throw statusErrors.badRequest('no namespace on request');
    const rules = authorizer.rulesFor(user, namespace);
    const errors = authorizer.ruleErrors(user, namespace);
    const resourceRules = rules.filter((rule) => (rule.resources ?? []).length > 0);
    const nonResourceRules = rules.filter((rule) => (rule.nonResourceURLs ?? []).length > 0);
    return {
      resourceRules: resourceRules.map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames === undefined ? {} : { resourceNames }),
      })),
      nonResourceRules: nonResourceRules.map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: errors.length > 0,
      ...(errors.length === 0 ? {} : { evaluationError: errors.join(', ') }),
    };
  },
};

function userStatus({ name, groups, uid, extra }: UserInfo): object {
  return {
    username: name,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(extra === undefined ? {} : { extra }),
  };
}

/** Whose token it is, for the API's own audiences or for those that are asked for. */
async function reviewToken(tokens: Tokens, spec: Spec): Promise<object> {
  const { token } = spec;
  if (typeof token !== 'string' || token === '')
    throw statusErrors.badRequest('token is required for TokenReview in authentication');
  const asked = Array.isArray(spec.audiences) ? spec.audiences.map(String) : [];
  const verdict = await tokens.authenticate(token, asked.length === 0 ? undefined : asked);
  if (!verdict.holds)
    return {
      user: {},
      error: verdict.why === 'invalid bearer token' ? verdict.why : `[invalid bearer token, ${verdict.why}]`,
    };
  return {
    authenticated: true,
    user: userStatus(verdict.user),
    ...(asked.length === 0 ? { audiences: tokens.config.audiences } : { audiences: verdict.audiences }),
  };
}

function accessOf(authorizer: Authorizer, user: UserInfo, spec: Spec): object {
  const { allowed, reason, error } = authorizer.authorize(user, attributesOf(spec));
  return {
    allowed,
    ...(reason === '' ? {} : { reason }),
    ...(error === undefined ? {} : { evaluationError: error }),
  };
}

/** Whom a review is about. A user without groups is judged without: nothing is added, as in Kubernetes. */
function subjectOf(spec: Spec): UserInfo {
  const groups = Array.isArray(spec.groups) ? spec.groups.map(String) : [];
  return { name: textIn(spec, 'user'), groups };
}

function assertValid(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw statusErrors.invalid({ group: authorization, kind }, '', errors);
}

function attributeErrors(spec: Spec): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (isObject(resource) && isObject(path))
    return [
      fieldErrors.invalid(
        'spec.nonResourceAttributes',
        'nonResourceAttributes',
        'cannot be specified in combination with resourceAttributes',
      ),
    ];
  if (isObject(resource) || isObject(path)) return [];
  return [
    fieldErrors.invalid(
      'spec.resourceAttributes',
      null,
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    ),
  ];
}

function subjectErrors(spec: Spec): FieldError[] {
  const groups = Array.isArray(spec.groups) ? spec.groups : [];
  const name = textIn(spec, 'user');
  if (name !== '' || groups.length > 0) return [];
  return [fieldErrors.invalid('spec.user', name, 'at least one of user or group must be specified')];
}

function localErrors(spec: Spec, namespace: string): FieldError[] {
  const resource = isObject(spec.resourceAttributes) ? spec.resourceAttributes : undefined;
  if (resource === undefined)
    return [fieldErrors.invalid('spec.nonResourceAttributes', null, 'disallowed on this kind of request')];
  const asked = textIn(resource, 'namespace');
  const field = 'spec.resourceAttributes.namespace';
  return asked === namespace ? [] : [fieldErrors.invalid(field, asked, 'must match metadata.namespace')];
}

function attributesOf(spec: Spec): Attributes {
  const resource = isObject(spec.resourceAttributes) ? spec.resourceAttributes : undefined;
  const path = isObject(spec.nonResourceAttributes) ? spec.nonResourceAttributes : {};
  if (resource === undefined) return { verb: textIn(path, 'verb'), path: textIn(path, 'path') };
  return {
    verb: textIn(resource, 'verb'),
    group: textIn(resource, 'group'),
    resource: textIn(resource, 'resource'),
    subresource: textIn(resource, 'subresource'),
    namespace: textIn(resource, 'namespace'),
    name: textIn(resource, 'name'),
    fieldSelector: fieldRequirements(resource.fieldSelector),
  };
}

/** `{ requirements: [{ key, operator: In, values: [one] }] }`: what equals one value. */
function fieldRequirements(selector: unknown) {
  const requirements =
    isObject(selector) && Array.isArray(selector.requirements) ? selector.requirements : [];
  return requirements.filter(isObject).flatMap(({ key, operator, values }) => {
    const [value, ...more] = Array.isArray(values) ? values : [];
    const isOne = typeof key === 'string' && typeof value === 'string' && more.length === 0;
    return isOne && (operator === 'In' || operator === 'NotIn')
      ? [{ field: key, equal: operator === 'In', value }]
      : [];
  });
}

function textIn(from: Spec, field: string): string {
  const value = from[field];
  return typeof value === 'string' ? value : '';
}

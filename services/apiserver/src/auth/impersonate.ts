import { statusErrors } from '@kubelab/api';
import type { ApiCall } from '../endpoints/contract.js';
import type { UserInfo } from '../registry/context.js';
import { anonymous } from './authenticate.js';
import type { Authorizer } from './authorize.js';

const extraPrefix = 'impersonate-extra-';

/**
 * The call as the user that its Impersonate-* headers name; the one who calls must be allowed to `impersonate`
 * each part of it (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation).
 * Throws Forbidden (403).
 */
export function asImpersonated(authorizer: Authorizer, call: ApiCall): ApiCall {
  const { headers, user } = call;
  const name = headers['impersonate-user'] ?? '';
  const groups = listed(headers['impersonate-group']);
  const uid = headers['impersonate-uid'] ?? '';
  const extra = extraOf(headers);
  if (name === '') {
    if (groups.length > 0 || uid !== '' || Object.keys(extra).length > 0)
      throw statusErrors.badRequest('impersonation of groups, uid or extra without impersonating a user');
    return call;
  }
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const [, namespace = '', accountName = ''] = account ?? [];
  const ask = (what: Wanted) => assertMay(authorizer, user, what);
  if (account === null) ask({ resource: 'users', name });
  else ask({ resource: 'serviceaccounts', namespace, name: accountName });
  for (const group of groups) ask({ resource: 'groups', name: group });
  const group = 'authentication.k8s.io';
  if (uid !== '') ask({ group, resource: 'uids', name: uid });
  for (const [key, values] of Object.entries(extra))
    for (const value of values) ask({ group, resource: 'userextras', subresource: key, name: value });
  const implied =
    account !== null && groups.length === 0
      ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
      : groups;
  const as: UserInfo = {
    name,
    groups: withAuthentication(name, implied),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
  return { ...call, user: as };
}

interface Wanted {
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name: string;
}

function assertMay(authorizer: Authorizer, user: UserInfo, wanted: Wanted): void {
  const { group = '', resource, subresource = '', namespace = '', name } = wanted;
  const asked = { verb: 'impersonate', group, resource, subresource, namespace, name };
  const { allowed, reason } = authorizer.authorize(user, asked);
  if (allowed) return;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${user.name}" cannot impersonate resource "${full}" in API group "${group}" ${where}`;
  throw statusErrors.forbidden({ group, resource }, name, `${why}${reason === '' ? '' : `: ${reason}`}`);
}

/** Every user but the anonymous one is authenticated, unless the groups say otherwise. */
function withAuthentication(name: string, groups: readonly string[]): string[] {
  const own = name === anonymous.name ? 'system:unauthenticated' : 'system:authenticated';
  const said = groups.includes('system:authenticated') || groups.includes('system:unauthenticated');
  return said ? [...groups] : [...groups, own];
}

/** Headers that are there several times come joined with commas; each part is judged by itself. */
function listed(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Keys are percent-encoded, since header names know no capitals and few characters. */
function extraOf(headers: ApiCall['headers']): Record<string, string[]> {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(extraPrefix));
  return Object.fromEntries(
    found.map(([name, value]) => [decoded(name.slice(extraPrefix.length)), listed(value)]),
  );
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    throw statusErrors.badRequest(`the impersonated extra key "${key}" is not percent-encoded`);
  }
}

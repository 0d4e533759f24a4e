import { createHash, timingSafeEqual } from 'node:crypto';
import { type Secret, secretKind } from '@kubelab/api';
import type { World } from '@kubelab/world';
import type { LookUp } from './service-account.js';
import { refused, type TokenKind } from './verdict.js';

const form = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const defaultGroup = 'system:bootstrappers';
const groupForm = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/**
 * `ID.SECRET`, kept in the Secret bootstrap-token-ID of kube-system: what a new node joins with
 * (https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/).
 */
export function bootstrapTokens(parts: {
  readonly world: Pick<World, 'clock'>;
  readonly lookUp: LookUp;
}): TokenKind {
  return async (token, audiences) => {
    const [, id = '', secret = ''] = form.exec(token) ?? [];
    if (id === '') return undefined;
    const found = (await parts.lookUp(secretKind, 'kube-system', `bootstrap-token-${id}`)) as
      | Secret
      | undefined;
    const data = (key: string) => Buffer.from(found?.data?.[key] ?? '', 'base64').toString();
    if (
      found === undefined ||
      found.metadata.deletionTimestamp !== undefined ||
      found.type !== 'bootstrap.kubernetes.io/token' ||
      data('token-id') !== id ||
      !sameText(data('token-secret'), secret)
    )
      return refused('there is no such bootstrap token');
    const expires = data('expiration');
    // A time that cannot be read is one that has passed.
    if (expires !== '' && !(Date.parse(expires) > parts.world.clock.nowMs()))
      return refused('the bootstrap token has expired');
    if (data('usage-bootstrap-authentication') !== 'true')
      return refused('the bootstrap token is not for authentication');
    const more = data('auth-extra-groups')
      .split(',')
      .filter((group) => group !== '');
    if (more.some((group) => !groupForm.test(group)))
      return refused('the bootstrap token names groups that are not of bootstrappers');
    const groups = [...new Set([defaultGroup, ...more, 'system:authenticated'])];
    return { holds: true, user: { name: `system:bootstrap:${id}`, groups }, audiences };
  };
}

/** In a time that does not tell how much of it was right. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

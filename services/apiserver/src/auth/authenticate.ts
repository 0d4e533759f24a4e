import type { Identity } from '@kubelab/world';
import type { UserInfo } from '../registry/context.js';

export const anonymous: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The user that a verified client certificate names. */
export function userOf(identity: Identity): UserInfo {
  return { name: identity.commonName, groups: [...identity.organizations, 'system:authenticated'] };
}

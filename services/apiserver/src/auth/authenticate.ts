import type { Identity } from '@kubelab/world';
import type { UserInfo } from '../registry/context.js';
import type { Verdict } from './tokens/verdict.js';

export const anonymous: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The user that a verified client certificate names. */
export function userOf(identity: Identity, fingerprint?: string): UserInfo {
  return {
    name: identity.commonName,
    groups: [...identity.organizations, 'system:authenticated'],
    ...(fingerprint === undefined
      ? {}
      : { extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] } }),
  };
}

/** What a connection and a request's headers say of who asks. */
export interface Credentials {
  /** Of a verified client certificate; 'invalid' when one was shown that this cluster did not issue. */
  readonly certificate: UserInfo | 'invalid' | undefined;
  /** The header, or '' without one. */
  readonly authorization: string;
  /** Sec-WebSocket-Protocol, where browsers put a token: `base64url.bearer.authorization.k8s.io.TOKEN`. */
  readonly webSocketProtocols?: string | undefined;
}

export interface TokenAuthenticator {
  /** `audiences`: whom the token must be meant for, one of them; those of this API when absent. */
  authenticate(token: string, audiences?: readonly string[]): Promise<Verdict>;
}

const webSocketPrefix = 'base64url.bearer.authorization.k8s.io.';

/**
 * Certificate, then token, then anonymous (https://kubernetes.io/docs/reference/access-authn-authz/authentication/). undefined is
 * 401: something was shown, and nothing of it holds. Who shows nothing is anonymous, and may what RBAC gives to everybody.
 */
export async function authenticate(
  tokens: TokenAuthenticator,
  credentials: Credentials,
): Promise<UserInfo | undefined> {
  const { certificate } = credentials;
  if (certificate !== undefined && certificate !== 'invalid') return certificate;
  const token = bearerToken(credentials);
  if (token !== undefined) {
    const verdict = await tokens.authenticate(token);
    return verdict.holds ? verdict.user : undefined;
  }
  return certificate === 'invalid' ? undefined : anonymous;
}

/** undefined when there is none: another scheme than Bearer is nobody's here, as in Kubernetes. */
export function bearerToken({ authorization, webSocketProtocols }: Credentials): string | undefined {
  const [scheme = '', token = ''] = authorization.trim().split(' ');
  if (scheme.toLowerCase() === 'bearer' && token !== '') return token;
  const protocol = (webSocketProtocols ?? '')
    .split(',')
    .map((one) => one.trim())
    .find((one) => one.startsWith(webSocketPrefix));
  if (protocol === undefined) return undefined;
  const decoded = Buffer.from(protocol.slice(webSocketPrefix.length), 'base64url').toString();
  return decoded === '' ? undefined : decoded;
}

import { type JwtClaims, type SigningKey, signJwt } from './jwt.js';

/** An object that a token is bound to: it is valid only while that very object exists. */
export interface BoundObject {
  readonly name: string;
  readonly uid: string;
}

/**
 * What tokens of service accounts claim, in Kubernetes' names
 * (https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens).
 */
export interface TokenClaims {
  readonly namespace: string;
  readonly serviceAccount: BoundObject;
  readonly pod?: BoundObject | undefined;
  readonly secret?: BoundObject | undefined;
  /** Its uid is absent when the pod's node had no object. */
  readonly node?: { readonly name: string; readonly uid?: string | undefined } | undefined;
  readonly audiences: readonly string[];
  /** Seconds since the epoch, as all times of a token. */
  readonly issuedAt: number;
  readonly expires: number;
  /** Whoever still uses it after this is told to renew it: the expiry was put off for old clients. */
  readonly warnAfter?: number | undefined;
  readonly id: string;
}

/** Issuer of tokens that are kept in Secrets: they never expire, and carry their claims flat. */
export const legacyIssuer = 'kubernetes/serviceaccount';
const legacyPrefix = 'kubernetes.io/serviceaccount';

export function subjectOf(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

export function signToken(key: SigningKey, issuer: string, claims: TokenClaims): string {
  const { namespace, serviceAccount, pod, secret, node, warnAfter } = claims;
  const optional = { pod, secret, node, warnafter: warnAfter };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return signJwt(key, {
    aud: claims.audiences,
    exp: claims.expires,
    iat: claims.issuedAt,
    iss: issuer,
    jti: claims.id,
    'kubernetes.io': { namespace, serviceaccount: serviceAccount, ...given },
    nbf: claims.issuedAt,
    sub: subjectOf(namespace, serviceAccount.name),
  });
}

/** What stands in `data.token` of a Secret of type kubernetes.io/service-account-token. */
export interface LegacyClaims {
  readonly namespace: string;
  readonly secretName: string;
  readonly serviceAccount: BoundObject;
}

export function signLegacyToken(key: SigningKey, claims: LegacyClaims): string {
  const { namespace, secretName, serviceAccount } = claims;
  return signJwt(key, {
    iss: legacyIssuer,
    [`${legacyPrefix}/namespace`]: namespace,
    [`${legacyPrefix}/secret.name`]: secretName,
    [`${legacyPrefix}/service-account.name`]: serviceAccount.name,
    [`${legacyPrefix}/service-account.uid`]: serviceAccount.uid,
    sub: subjectOf(namespace, serviceAccount.name),
  });
}

/** undefined when the claims are not those of such a token. */
export function readLegacyClaims(claims: JwtClaims): LegacyClaims | undefined {
  const text = (name: string) => {
    const value = claims[`${legacyPrefix}/${name}`];
    return typeof value === 'string' ? value : '';
  };
  const [namespace, secretName] = [text('namespace'), text('secret.name')];
  const serviceAccount = { name: text('service-account.name'), uid: text('service-account.uid') };
  const complete = namespace !== '' && secretName !== '' && serviceAccount.name !== '';
  if (!complete || claims.sub !== subjectOf(namespace, serviceAccount.name)) return undefined;
  return { namespace, secretName, serviceAccount };
}

/** undefined when the claims are not those of a bound token, whole and consistent. */
export function readTokenClaims(claims: JwtClaims): TokenClaims | undefined {
  const inner = recordOf(claims['kubernetes.io']);
  const serviceAccount = boundOf(inner?.serviceaccount);
  const { namespace } = inner ?? {};
  const audiences = typeof claims.aud === 'string' ? [claims.aud] : claims.aud;
  const { iat, exp, jti, nbf } = claims;
  if (typeof namespace !== 'string' || serviceAccount === undefined || !isTexts(audiences)) return undefined;
  if (typeof exp !== 'number' || typeof iat !== 'number') return undefined;
  if (claims.sub !== subjectOf(namespace, serviceAccount.name)) return undefined;
  const node = recordOf(inner?.node);
  return {
    namespace,
    serviceAccount,
    pod: boundOf(inner?.pod),
    secret: boundOf(inner?.secret),
    node:
      typeof node?.name === 'string'
        ? { name: node.name, ...(typeof node.uid === 'string' ? { uid: node.uid } : {}) }
        : undefined,
    audiences,
    issuedAt: typeof nbf === 'number' ? nbf : iat,
    expires: exp,
    warnAfter: typeof inner?.warnafter === 'number' ? inner.warnafter : undefined,
    id: typeof jti === 'string' ? jti : '',
  };
}

function boundOf(value: unknown): BoundObject | undefined {
  const found = recordOf(value);
  return typeof found?.name === 'string' && typeof found.uid === 'string'
    ? { name: found.name, uid: found.uid }
    : undefined;
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

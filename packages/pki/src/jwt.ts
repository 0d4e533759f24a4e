import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/**
 * JSON Web Signatures in their compact form (RFC 7515), with the two algorithms that Kubernetes' own keys lead to: RS256 for
 * RSA, ES256 for P-256. Pure: no clock, no I/O; what the claims mean is service-account-token.ts'.
 *
 * The algorithm follows from the key, never from the token's header (RFC 8725, 3.1): `none`, or HMAC over a public key, verify
 * with no key at all.
 */
export type JwtAlgorithm = 'RS256' | 'ES256';

export interface VerifyingKey {
  /** As Kubernetes names keys: SHA-256 over the public key's SPKI bytes, base64url. */
  readonly kid: string;
  readonly algorithm: JwtAlgorithm;
  readonly publicKey: KeyObject;
}

export interface SigningKey extends VerifyingKey {
  readonly privateKey: KeyObject;
}

/** What a token says of itself once its signature holds. Nothing of it was judged yet. */
export type JwtClaims = Readonly<Record<string, unknown>>;

/** Longer tokens are refused unread: a header of the request is no longer anyway. */
const tokenBytesMax = 16_384;
const rsaBitsMin = 2_048;

/** PKCS#8, PKCS#1 or SEC1. Throws when it is no private key, or of a kind that is not served. */
export function readSigningKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  return { ...verifyingKey(createPublicKey(privateKey)), privateKey };
}

/** Every key of a PEM text: public keys, certificates, or private ones of which the public half is taken. */
export function readVerifyingKeys(pem: string): VerifyingKey[] {
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? [];
  return blocks.map((block) => verifyingKey(createPublicKey(block)));
}

export function publicKeyPem({ publicKey }: VerifyingKey): string {
  return String(publicKey.export({ type: 'spki', format: 'pem' }));
}

/** As /openid/v1/jwks lists it (RFC 7517). */
export function jsonWebKey({ kid, algorithm, publicKey }: VerifyingKey): Record<string, unknown> {
  return { use: 'sig', ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm };
}

export function signJwt(key: SigningKey, claims: JwtClaims): string {
  const head = { alg: key.algorithm, kid: key.kid };
  const signed = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify(claims))}`;
  const signature = sign('sha256', Buffer.from(signed), {
    key: key.privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${signed}.${signature.toString('base64url')}`;
}

/** The claims of a token that one of the keys signed; undefined for every other text. */
export function verifyJwt(keys: readonly VerifyingKey[], token: string): JwtClaims | undefined {
  if (token.length > tokenBytesMax) return undefined;
  const parts = token.split('.');
  const [head = '', body = '', signature = ''] = parts;
  if (parts.length !== 3 || signature === '') return undefined;
  const header = jsonOf(head);
  if (header === undefined) return undefined;
  const { alg, kid } = header;
  const candidates = keys.filter((key) => key.algorithm === alg && (kid === undefined || kid === key.kid));
  const data = Buffer.from(`${head}.${body}`);
  const given = Buffer.from(signature, 'base64url');
  const holds = candidates.some(({ publicKey }) =>
    verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, given),
  );
  return holds ? jsonOf(body) : undefined;
}

/** Claims as the token has them, whoever signed it: to tell whose it says to be, never to be trusted. */
export function unverifiedClaims(token: string): JwtClaims | undefined {
  const parts = token.split('.');
  return parts.length === 3 && token.length <= tokenBytesMax ? jsonOf(parts[1] ?? '') : undefined;
}

function verifyingKey(publicKey: KeyObject): VerifyingKey {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const kid = createHash('sha256').update(spki).digest('base64url');
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= rsaBitsMin)
    return { kid, algorithm: 'RS256', publicKey };
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return { kid, algorithm: 'ES256', publicKey };
  throw new Error(
    `a key for service-account tokens is RSA of ${rsaBitsMin} bits or more, or P-256; this one is ${type}`,
  );
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

function jsonOf(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined; // No JSON: no token.
  }
}

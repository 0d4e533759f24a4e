import { generateKeyPairSync } from 'node:crypto';
import {
  publicKeyPem,
  readSigningKey,
  readVerifyingKeys,
  type SigningKey,
  type VerifyingKey,
} from './jwt.js';

/** The keys of a cluster's service-account tokens: one signs, each of several is accepted. */
export interface ServiceAccountKeys {
  readonly signingKey: SigningKey;
  /** The signing key's public half first, then those of former ones: their tokens are valid until they expire. */
  readonly publicKeys: readonly VerifyingKey[];
}

/** A new P-256 key as PEM (PKCS#8). */
export function generateSigningKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

/** Reads what the files hold; the signing key is accepted also when the other text does not name it. */
export function serviceAccountKeys(signingKeyPem: string, publicKeysPem: string): ServiceAccountKeys {
  const signingKey = readSigningKey(signingKeyPem);
  const others = readVerifyingKeys(publicKeysPem).filter(({ kid }) => kid !== signingKey.kid);
  return { signingKey, publicKeys: [signingKey, ...others] };
}

/** The text of `sa.pub`: the signing key's public half, then every other that was accepted before. */
export function acceptedKeysPem(keys: ServiceAccountKeys): string {
  return keys.publicKeys.map(publicKeyPem).join('');
}

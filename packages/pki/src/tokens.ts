export {
  type JwtClaims,
  jsonWebKey,
  readSigningKey,
  type SigningKey,
  signJwt,
  unverifiedClaims,
  type VerifyingKey,
  verifyJwt,
} from './jwt.js';
export {
  generateSigningKeyPem,
  type ServiceAccountKeys,
  serviceAccountKeys,
} from './service-account-keys.js';
export {
  type BoundObject,
  type LegacyClaims,
  legacyIssuer,
  readLegacyClaims,
  readTokenClaims,
  signLegacyToken,
  signToken,
  subjectOf,
  type TokenClaims,
} from './service-account-token.js';

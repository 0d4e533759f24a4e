import {
  generateSigningKeyPem,
  jsonWebKey,
  type ServiceAccountKeys,
  serviceAccountKeys,
} from '@kubelab/pki/tokens';
import type { World } from '@kubelab/world';
import { objectKey, textOf } from '../../storage/keys.js';
import type { Storage } from '../../storage/storage.js';
import type { TokenAuthenticator } from '../authenticate.js';
import { bootstrapTokens } from './bootstrap-token.js';
import { type LookUp, serviceAccountTokens } from './service-account.js';
import { type StaticTokens, staticTokens } from './static-tokens.js';
import { refused } from './verdict.js';

/** kubeadm's default, and the one that clients in pods expect. */
export const defaultIssuer = 'https://kubernetes.default.svc.cluster.local';

export interface TokenConfig {
  readonly keys: ServiceAccountKeys;
  /** `iss` of tokens: `--service-account-issuer`. */
  readonly issuer: string;
  /** Whom a token for this API is meant for: `--api-audiences`; the issuer unless given. */
  readonly audiences: readonly string[];
  readonly staticTokens: StaticTokens;
}

/**
 * For an apiserver that is told no keys: its own, made at its start. Tokens end with it, and no other instance takes them; several
 * instances share the keys of their cluster's pki.
 */
export function ownTokenConfig(keys = serviceAccountKeys(generateSigningKeyPem(), '')): TokenConfig {
  return { keys, issuer: defaultIssuer, audiences: [defaultIssuer], staticTokens: new Map() };
}

/** Every kind of bearer token that this API takes, in Kubernetes' order: static, service accounts, bootstrap. */
export class Tokens implements TokenAuthenticator {
  readonly config: TokenConfig;
  readonly lookUp: LookUp;
  readonly #kinds;

  constructor(world: Pick<World, 'clock'>, storage: Storage, config: TokenConfig) {
    this.config = config;
    this.lookUp = lookUpIn(storage);
    const { lookUp } = this;
    this.#kinds = [
      staticTokens(config.staticTokens),
      serviceAccountTokens({ world, issuer: config.issuer, keys: config.keys, lookUp }),
      bootstrapTokens({ world, lookUp }),
    ];
  }

  async authenticate(token: string, audiences = this.config.audiences) {
    for (const kind of this.#kinds) {
      const verdict = await kind(token, audiences);
      if (verdict !== undefined) return verdict;
    }
    return refused('invalid bearer token');
  }

  /** `/.well-known/openid-configuration`: how others verify these tokens (OpenID Connect Discovery 1.0). */
  openIdConfiguration(host: string): object {
    const { issuer, keys } = this.config;
    return {
      issuer,
      jwks_uri: `https://${host}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [
        ...new Set(keys.publicKeys.map(({ algorithm }) => algorithm)),
      ].sort(),
    };
  }

  jsonWebKeySet(): object {
    return { keys: this.config.keys.publicKeys.map(jsonWebKey) };
  }
}

/** From the cache, and from the store what the cache has not (yet). */
function lookUpIn(storage: Storage): LookUp {
  return async (kind, namespace, name) => {
    const cache = storage.cache(kind);
    const known = cache.loaded ? cache.get(textOf(objectKey(kind, namespace, name)))?.object : undefined;
    return known ?? (await storage.get(kind, namespace, name));
  };
}

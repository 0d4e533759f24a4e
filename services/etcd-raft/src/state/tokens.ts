import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AuthStore } from './auth.js';

/** As etcd's simple tokens have it (--auth-token-ttl), though here use does not prolong it: clients fetch another. */
export const tokenTtlMs = 300_000;
/** Of tokens whose signature was found right; all are forgotten beyond it. */
const verifiedMax = 1_000;

interface Token {
  readonly user: string;
  readonly passwordRevision: number;
  /** Wall time: members' clocks differ by seconds, tokens last minutes. */
  readonly expiresAtMs: number;
}

/**
 * Signed tokens: `user.passwordRevision.expiresAtMs.HMAC-SHA256`, the user in base64url. The key is replicated (the entry that
 * enables auth brings a new one), so that each member accepts what another gave, also after a restart, and nothing has to
 * go through the log for a login. A new password, the user's removal or enabling auth anew make them invalid.
 */
export class Tokens {
  readonly #auth: AuthStore;
  readonly #verified = new Map<string, Token>();
  #key: Uint8Array | undefined;

  constructor(auth: AuthStore) {
    this.#auth = auth;
  }

  issue(user: string, nowMs: number): string {
    const passwordRevision = this.#auth.user(user)?.passwordRevision ?? 0;
    const expiresAtMs = Math.floor(nowMs) + tokenTtlMs;
    const signed = `${Buffer.from(user).toString('base64url')}.${passwordRevision}.${expiresAtMs}`;
    return `${signed}.${this.#sign(signed).toString('base64url')}`;
  }

  /** Whose it is; undefined for what is forged, over, or was taken back. */
  verify(token: string, nowMs: number): string | undefined {
    if (this.#key !== this.#auth.tokenKey) {
      this.#verified.clear();
      this.#key = this.#auth.tokenKey;
    }
    const known = this.#verified.get(token) ?? this.#read(token);
    if (known === undefined || known.expiresAtMs <= nowMs) return undefined;
    const user = this.#auth.user(known.user);
    if (user === undefined || user.passwordRevision !== known.passwordRevision) return undefined;
    if (this.#verified.size >= verifiedMax) this.#verified.clear();
    this.#verified.set(token, known);
    return known.user;
  }

  #read(token: string): Token | undefined {
    const [user, passwordRevision, expiresAtMs, signature, ...more] = token.split('.');
    if (user === undefined || signature === undefined || more.length > 0) return undefined;
    const signed = `${user}.${passwordRevision}.${expiresAtMs}`;
    const given = Buffer.from(signature, 'base64url');
    const wanted = this.#sign(signed);
    if (given.byteLength !== wanted.byteLength || !timingSafeEqual(given, wanted)) return undefined;
    return {
      user: Buffer.from(user, 'base64url').toString(),
      passwordRevision: Number(passwordRevision),
      expiresAtMs: Number(expiresAtMs),
    };
  }

  #sign(text: string): Buffer {
    return createHmac('sha256', this.#auth.tokenKey).update(text).digest();
  }
}

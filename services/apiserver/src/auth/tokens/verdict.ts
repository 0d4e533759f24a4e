import type { UserInfo } from '../../registry/context.js';

/** What became of a token: whose it is and whom it is meant for, or what is wrong with it (never the token itself). */
export type Verdict =
  | { readonly holds: true; readonly user: UserInfo; readonly audiences: readonly string[] }
  | { readonly holds: false; readonly why: string };

/** undefined: not a token of this kind; the next is asked. */
export type TokenKind = (token: string, audiences: readonly string[]) => Promise<Verdict | undefined>;

export const refused = (why: string): Verdict => ({ holds: false, why });

export function audiencesText(audiences: readonly string[]): string {
  return `[${audiences.map((one) => JSON.stringify(one)).join(' ')}]`;
}

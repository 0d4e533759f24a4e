import { createHash } from 'node:crypto';
import type { UserInfo } from '../../registry/context.js';
import type { TokenKind } from './verdict.js';

/** Users by the SHA-256 of their token: the tokens themselves are not kept. */
export type StaticTokens = ReadonlyMap<string, UserInfo>;

/**
 * `--token-auth-file`: lines of `token,user,uid,"group1,group2"`, groups optional
 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file). Throws for a line of fewer
 * fields, naming it by its number: its text may be a token.
 */
export function readStaticTokens(text: string): StaticTokens {
  const found = new Map<string, UserInfo>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [token = '', name = '', uid = '', groups = ''] = fieldsOf(line);
    if (token === '' || name === '')
      throw new Error(`the token file's line ${index + 1} needs a token, a user and a uid`);
    const own = groups.split(',').flatMap((group) => (group.trim() === '' ? [] : [group.trim()]));
    found.set(digestOf(token), {
      name,
      ...(uid === '' ? {} : { uid }),
      groups: [...own, 'system:authenticated'],
    });
  }
  return found;
}

export function staticTokens(tokens: StaticTokens): TokenKind {
  return async (token, audiences) => {
    const user = tokens.get(digestOf(token));
    return user === undefined ? undefined : { holds: true, user, audiences };
  };
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** CSV (RFC 4180): a field in quotes may hold commas, and quotes twice. */
function fieldsOf(line: string): string[] {
  const fields = line.trim().match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  return fields.map((field) => {
    const text = field.replace(/,$/, '').trim();
    return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
  });
}

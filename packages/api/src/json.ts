import { statusErrors } from './status-errors.js';

export type JsonObject = Record<string, unknown>;

export const bodyBytesMax = 3 * 2 ** 20;
/** Levels of nesting of a body, and of what a patch makes. */
export const depthMax = 100;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a body. Throws ApiError 400 with where it went wrong. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    const value: unknown = JSON.parse(text);
    if (isDeeperThan(value, depthMax))
      throw statusErrors.badRequest(`error decoding JSON: nested deeper than ${depthMax} levels`);
    return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw statusErrors.badRequest(`error decoding JSON: ${error.message}`);
  }
}

export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels <= 0 || Object.values(value).some((item) => isDeeperThan(item, levels - 1));
}

/**
 * Paths of keys that stand twice in one object, which JSON.parse lets pass. `text` is valid JSON. One walk
 * over the text: strings are skipped whole.
 */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  const scopes: {
    readonly seen: Set<string> | undefined;
    readonly path: string;
    index: number;
    key: string;
  }[] = [];
  const string = /"(?:[^"\\]|\\.)*"/y;
  for (let at = 0; at < text.length; at += 1) {
    const scope = scopes.at(-1);
    const inner = () =>
      scope === undefined
        ? ''
        : scope.seen === undefined
          ? `${scope.path}[${scope.index}]`
          : join(scope.path, scope.key);
    switch (text[at]) {
      case '{':
        scopes.push({ seen: new Set(), path: inner(), index: 0, key: '' });
        break;
      case '[':
        scopes.push({ seen: undefined, path: inner(), index: 0, key: '' });
        break;
      case '}':
      case ']':
        scopes.pop();
        break;
      case ',':
        if (scope !== undefined) scope.index += 1;
        break;
      case '"': {
        string.lastIndex = at;
        const raw = string.exec(text)?.[0] ?? '""';
        at += raw.length - 1;
        if (scope?.seen === undefined || !/^\s*:/.test(text.slice(at + 1, at + 20))) break;
        const key: unknown = JSON.parse(raw);
        scope.key = String(key);
        if (scope.seen.has(scope.key)) found.push(join(scope.path, scope.key));
        scope.seen.add(scope.key);
        break;
      }
      default:
    }
  }
  return found;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** Same JSON value, whatever the order of keys; an absent field and an undefined one are the same. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, at) => deepEqual(item, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) if (!deepEqual(a[key], b[key])) return false;
  return true;
}

export function deepClone<T>(value: T): T {
  return structuredClone(value);
}

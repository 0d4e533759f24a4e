import { bodyBytesMax, deepClone, deepEqual, depthMax, isDeeperThan, isObject } from '../json.js';
import { apiError, statusErrors } from '../status-errors.js';

const operationsMax = 10_000;
/** What all copies of one patch may add: copying the whole into itself doubles it each time. */
const copiedBytesMax = bodyBytesMax;

interface Operation {
  readonly op: string;
  readonly path: readonly string[];
  readonly from: readonly string[] | undefined;
  readonly value: unknown;
}

/**
 * RFC 6902. A patch that is malformed answers 400, one that does not apply 422. The target is not changed.
 */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw statusErrors.badRequest('error decoding patch: a JSON patch is a list of operations');
  if (patch.length > operationsMax) {
    throw apiError(
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${operationsMax}, got ${patch.length}`,
    );
  }
  const budget = { copiedBytes: 0 };
  const result = patch
    .map(parseOperation)
    .reduce<unknown>((document, operation) => applyOperation(document, operation, budget), deepClone(target));
  // Operations can pile up what each is shallow in itself; whoever walks the result recurses.
  if (isDeeperThan(result, depthMax)) throw tooDeep();
  return result;
}

function parseOperation(raw: unknown): Operation {
  if (!isObject(raw) || typeof raw.op !== 'string' || typeof raw.path !== 'string') {
    throw statusErrors.badRequest('error decoding patch: each operation wants op and path');
  }
  if ((raw.op === 'move' || raw.op === 'copy') && typeof raw.from !== 'string') {
    throw statusErrors.badRequest(`error decoding patch: ${raw.op} wants from`);
  }
  if ((raw.op === 'add' || raw.op === 'replace' || raw.op === 'test') && !Object.hasOwn(raw, 'value')) {
    throw statusErrors.badRequest(`error decoding patch: ${raw.op} wants value`);
  }
  return {
    op: raw.op,
    path: pointer(raw.path),
    from: typeof raw.from === 'string' ? pointer(raw.from) : undefined,
    value: raw.value,
  };
}

/** RFC 6901: `/a~1b/0` -> [`a/b`, `0`] */
function pointer(text: string): string[] {
  if (text === '') return [];
  if (!text.startsWith('/'))
    throw statusErrors.badRequest(`error decoding patch: path "${text}" must begin with /`);
  if (/~(?![01])/.test(text))
    throw statusErrors.badRequest(`error decoding patch: path "${text}" has a ~ that is neither ~0 nor ~1`);
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Kubernetes tells no more than this of an operation that cannot be carried out. */
function rejected() {
  return apiError('Invalid', 'the server rejected our request due to an error in our request');
}

/** A limit of our own. */
function tooDeep() {
  return apiError('Invalid', `a patched document may not be nested deeper than ${depthMax} levels`);
}

function applyOperation(document: unknown, operation: Operation, budget: { copiedBytes: number }): unknown {
  const { op, path, from, value } = operation;
  switch (op) {
    case 'add':
      return add(document, path, deepClone(value));
    case 'remove':
      return remove(document, path);
    case 'replace':
      lookUp(document, path);
      return path.length === 0 ? deepClone(value) : add(remove(document, path), path, deepClone(value));
    case 'test':
      if (!deepEqual(lookUp(document, path), value)) throw rejected();
      return document;
    case 'copy': {
      const copied = lookUp(document, from ?? []);
      if (isDeeperThan(copied, depthMax)) throw tooDeep();
      budget.copiedBytes += JSON.stringify(copied).length;
      if (budget.copiedBytes > copiedBytesMax) throw tooMuchCopied(budget.copiedBytes);
      return add(document, path, deepClone(copied));
    }
    case 'move': {
      if (isInside(path, from ?? [])) throw rejected();
      const moved = lookUp(document, from ?? []);
      return add(remove(document, from ?? []), path, moved);
    }
    default:
      throw statusErrors.badRequest(`error decoding patch: unknown operation "${op}"`);
  }
}

function tooMuchCopied(bytes: number) {
  return apiError(
    'RequestEntityTooLarge',
    `Unable to complete the copy, the accumulated size increase of copy is ${bytes}, exceeding the limit ${copiedBytesMax}`,
  );
}

function isInside(path: readonly string[], from: readonly string[]): boolean {
  return path.length > from.length && from.every((key, at) => path[at] === key);
}

function child(parent: unknown, key: string): unknown {
  if (Array.isArray(parent)) return parent[listIndex(key, parent.length - 1)];
  if (isObject(parent) && Object.hasOwn(parent, key)) return parent[key];
  throw rejected();
}

function lookUp(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(child, document);
}

function listIndex(key: string, max: number): number {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1;
  if (index < 0 || index > max) throw rejected();
  return index;
}

function add(document: unknown, path: readonly string[], value: unknown): unknown {
  const key = path.at(-1);
  if (key === undefined) return value;
  const parent = lookUp(document, path.slice(0, -1));
  if (Array.isArray(parent))
    parent.splice(key === '-' ? parent.length : listIndex(key, parent.length), 0, value);
  else if (isObject(parent) && key !== '__proto__') parent[key] = value;
  else throw rejected();
  return document;
}

function remove(document: unknown, path: readonly string[]): unknown {
  const key = path.at(-1);
  if (key === undefined) throw rejected();
  const parent = lookUp(document, path.slice(0, -1));
  child(parent, key);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (isObject(parent)) delete parent[key];
  return document;
}

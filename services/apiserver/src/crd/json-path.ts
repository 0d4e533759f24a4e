import { isObject } from '@kubelab/api';

type Step =
  | { readonly is: 'field'; readonly name: string }
  | { readonly is: 'index'; readonly at: number }
  | { readonly is: 'all' }
  | { readonly is: 'deep'; readonly name: string }
  | {
      readonly is: 'filter';
      readonly path: readonly string[];
      readonly operator: string;
      readonly value: unknown;
    };

/** Evaluates to everything that the path leads to; throws nothing. */
export type JsonPath = (value: unknown) => unknown[];

const token =
  /\.\.([\w-]+)|\.([\w$-]+|\*)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[(-?\d+|\*)\]|\[\?\(@((?:\.[\w-]+)*)\s*(==|!=|<=|>=|<|>)?\s*((?:"[^"]*"|'[^']*'|[^)]*)?)\)\]/y;

/**
 * The paths that printer columns use (https://kubernetes.io/docs/reference/kubectl/jsonpath/): fields, indices,
 * `*`, `..name` and filters of one comparison. Undefined for what is none of them.
 */
export function parseJsonPath(text: string): JsonPath | undefined {
  const steps: Step[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null) return undefined;
    steps.push(stepOf(match));
  }
  return (value) =>
    steps.reduce<unknown[]>((found, step) => found.flatMap((one) => take(step, one)), [value]);
}

function stepOf(match: RegExpExecArray): Step {
  const [, deep, field, single, double, index, filter, operator, value = ''] = match;
  if (deep !== undefined) return { is: 'deep', name: deep };
  if (field !== undefined) return field === '*' ? { is: 'all' } : { is: 'field', name: field };
  const quoted = single ?? double;
  if (quoted !== undefined) return { is: 'field', name: quoted.replace(/\\(.)/g, '$1') };
  if (index !== undefined) return index === '*' ? { is: 'all' } : { is: 'index', at: Number(index) };
  const path = (filter ?? '').split('.').filter((name) => name !== '');
  return { is: 'filter', path, operator: operator ?? '', value: literal(value.trim()) };
}

function literal(text: string): unknown {
  const quoted = /^(["'])(.*)\1$/.exec(text);
  if (quoted !== null) return quoted[2];
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
}

function take(step: Step, value: unknown): unknown[] {
  switch (step.is) {
    case 'field':
      return isObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case 'index': {
      if (!Array.isArray(value)) return [];
      const item: unknown = value.at(step.at);
      return item === undefined ? [] : [item];
    }
    case 'all':
      return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    case 'deep':
      return descendants(value).flatMap((one) => take({ is: 'field', name: step.name }, one));
    case 'filter':
      return (Array.isArray(value) ? value : []).filter((item) => holds(step, item));
    default:
      return step satisfies never;
  }
}

function descendants(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(descendants)];
}

function holds({ path, operator, value }: Step & { is: 'filter' }, item: unknown): boolean {
  const found = path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), item);
  switch (operator) {
    case '':
      return found !== undefined;
    case '==':
      return found === value;
    case '!=':
      return found !== undefined && found !== value;
    default:
      return ordered(operator, found, value);
  }
}

function ordered(operator: string, a: unknown, b: unknown): boolean {
  const comparable =
    (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  if (!comparable) return false;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

import type { FieldError, KindInfo, KubeObject } from '../contract.js';
import type { PodTemplateSpec } from '../generated/types.js';
import { isObject, type JsonObject } from '../json.js';
import { rulesOf, shortType } from '../rules/index.js';
import { kindRules } from '../rules/kinds.js';
import { type FieldType, objectType } from '../schema.js';
import type { SelectorLike } from '../selectors.js';
import { fieldErrors } from '../status-errors.js';
import { immutableErrors, selectorErrors } from './common.js';
import { podSpecErrors } from './pod.js';

/** Not of the desired state, or checked elsewhere. */
const outside = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * Required fields, enums and ranges of a whole object, by the rules of its types. Types were checked when it
 * was decoded.
 */
export function structureErrors(kind: KindInfo, object: KubeObject, old?: KubeObject): FieldError[] {
  const errors = objectErrors(kind.schema, object, '');
  if (old === undefined) return errors;
  for (const rule of kindRules[`${kind.group}/${kind.kind}`]?.immutable ?? []) {
    const [field, forbidden] = typeof rule === 'string' ? [rule] : rule;
    const wrong = immutableErrors(field, valueAt(object, field), valueAt(old, field));
    errors.push(
      ...(wrong.length > 0 && forbidden !== undefined ? [fieldErrors.forbidden(field, forbidden)] : wrong),
    );
  }
  return errors;
}

export function valueAt(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), object);
}

/** Of one value of a type, wherever it stands. */
export function typeErrors(typeName: string, object: JsonObject, path: string): FieldError[] {
  return objectErrors(typeName, object, path);
}

function objectErrors(typeName: string, object: JsonObject, path: string): FieldError[] {
  const { required, enums, ranges } = rulesOf(typeName);
  const errors: FieldError[] = [];
  for (const [name, field] of objectType(typeName)) {
    if (outside.has(name) && (path === '' || name === 'status' || name === 'metadata')) continue;
    const here = path === '' ? name : `${path}.${name}`;
    const value = object[name];
    if (required.includes(name) && isEmpty(value)) {
      errors.push(fieldErrors.required(here));
      continue;
    }
    // An object that must be there is checked as if it were empty: what it lacks is named, as Kubernetes does.
    const must = field.required || name === 'spec';
    if (value === undefined && must && field.type.is === 'object')
      errors.push(...valueErrors(field.type, {}, here));
    errors.push(...enumErrors(enums[name], value, here));
    errors.push(...rangeErrors(ranges[name], value, here));
    if (value !== undefined) errors.push(...valueErrors(field.type, value, here));
  }
  return errors;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function valueErrors(type: FieldType, value: unknown, path: string): FieldError[] {
  switch (type.is) {
    case 'scalar':
      return [];
    case 'list':
      return (Array.isArray(value) ? value : []).flatMap((item, at) =>
        valueErrors(type.of, item, `${path}[${at}]`),
      );
    case 'map':
      return Object.entries(isObject(value) ? value : {}).flatMap(([key, item]) =>
        valueErrors(type.of, item, `${path}[${key}]`),
      );
    case 'object': {
      if (!isObject(value)) return [];
      const special = specialTypes[shortType(type.name)];
      return special === undefined ? objectErrors(type.name, value, path) : special(value, path);
    }
    default:
      return type satisfies never;
  }
}

/** Types that have functions of their own. */
const specialTypes: Readonly<Record<string, (value: JsonObject, path: string) => FieldError[]>> = {
  'meta.v1.LabelSelector': (value, path) => selectorErrors(value as SelectorLike, path),
  'core.v1.PodTemplateSpec': (value, path) => {
    const { spec } = value as PodTemplateSpec;
    return spec === undefined
      ? [fieldErrors.required(`${path}.spec.containers`)]
      : podSpecErrors(spec, `${path}.spec`);
  },
};

function enumErrors(values: readonly string[] | undefined, value: unknown, path: string): FieldError[] {
  if (values === undefined || value === undefined) return [];
  if (!Array.isArray(value))
    return typeof value !== 'string' || values.includes(value)
      ? []
      : [fieldErrors.notSupported(path, value, values)];
  return value.flatMap((item, at) =>
    values.includes(String(item)) ? [] : [fieldErrors.notSupported(`${path}[${at}]`, item, values)],
  );
}

function rangeErrors(
  range: readonly [min: number, max?: number] | undefined,
  value: unknown,
  path: string,
): FieldError[] {
  if (range === undefined || typeof value !== 'number') return [];
  const [min, max] = range;
  if (value >= min && (max === undefined || value <= max)) return [];
  const text =
    max !== undefined
      ? `must be between ${min} and ${max}, inclusive`
      : min === 1
        ? 'must be greater than 0'
        : `must be greater than or equal to ${min}`;
  return [fieldErrors.invalid(path, value, text)];
}

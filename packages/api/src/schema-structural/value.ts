import type { FieldError } from '../contract.js';
import { deepEqual, isObject, type JsonObject } from '../json.js';
import { compilePattern } from '../regex.js';
import { fieldErrors } from '../status-errors.js';
import { isOfFormat } from './formats.js';
import {
  additionalOf,
  isIntOrString,
  itemsOf,
  oldItem,
  preservesUnknown,
  propertiesOf,
  propertyOf,
  type Schema,
} from './model.js';

/** Findings, and how much of a schema held: of several alternatives the nearest miss is told. */
interface Result {
  readonly errors: FieldError[];
  matches: number;
}

/**
 * What of a value a schema does not allow, in the words and the order of Kubernetes' validator (kube-openapi,
 * pkg/validation/validate). `old` is what was there before an update: what did not change is not held against
 * anybody (KEP-4008, ratcheting).
 */
export function schemaValueErrors(schema: Schema, value: unknown, old?: unknown): FieldError[] {
  return check(schema, value, '', old).errors;
}

function check(schema: Schema, value: unknown, path: string, old: unknown): Result {
  if (old !== undefined && path !== '' && deepEqual(value, old)) return { errors: [], matches: 1 };
  const result: Result = { errors: [], matches: 0 };
  checkType(schema, value, path, result);
  if (value !== null) checkAlternatives(schema, value, path, result);
  if (typeof value === 'string') checkString(schema, value, path, result);
  if (typeof value === 'number') checkNumber(schema, value, path, result);
  if (Array.isArray(value)) checkList(schema, value, path, old, result);
  checkEnum(schema, value, path, result);
  if (isObject(value)) checkObject(schema, value, path, old, result);
  result.matches += 1;
  return result;
}

function typesOf(schema: Schema): readonly string[] {
  if (isIntOrString(schema)) return ['integer', 'string'];
  return schema.type === undefined || schema.type === '' ? [] : [schema.type];
}

export function jsonTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkType(schema: Schema, value: unknown, path: string, { errors }: Result): void {
  const types = typesOf(schema);
  const given = jsonTypeOf(value);
  if (types.length > 0) {
    if (value === null && schema.nullable === true) return;
    const fits = types.includes(given) || (given === 'integer' && types.includes('number'));
    if (!fits) errors.push(typeInvalid(path, types.join(','), given));
  }
  const { format } = schema;
  if (
    typeof value === 'string' &&
    format !== undefined &&
    types.includes('string') &&
    !isOfFormat(format, value)
  )
    errors.push(typeInvalid(path, format, value));
}

function typeInvalid(path: string, wanted: string, given: string): FieldError {
  const told = JSON.stringify(given);
  return {
    reason: 'FieldValueTypeInvalid',
    field: shown(path),
    message: `Invalid value: ${told}: ${path} in body must be of type ${wanted}: ${told}`,
  };
}

function invalid(path: string, value: unknown, what: string): FieldError {
  return fieldErrors.invalid(shown(path), value, `${path} in body ${what}`);
}

/** Kubernetes prints a path that is not there so. */
const noPath = '<nil>';

function shown(path: string): string {
  return path === '' ? noPath : path;
}

/** Composite findings have no field of their own in Kubernetes: the text names it. */
function composite(path: string, what: string): FieldError {
  return { reason: 'FieldValueInvalid', field: noPath, message: `Invalid value: "": "${path}" ${what}` };
}

function add(result: Result, inner: Result): void {
  result.errors.push(...inner.errors);
  result.matches += inner.matches;
}

/** anyOf, oneOf, allOf and not. What did not change in them is checked all the same, as in Kubernetes. */
function checkAlternatives(schema: Schema, value: unknown, path: string, result: Result): void {
  const { errors } = result;
  const { allOf = [], not } = schema;
  const oneOf = schema.oneOf ?? [];
  // With x-kubernetes-int-or-string the type says it already.
  const anyOf = schema.anyOf ?? [];
  if (anyOf.length > 0) {
    const tried = anyOf.map((one) => check(one, value, path, undefined));
    const first = tried.find((one) => one.errors.length === 0);
    if (first === undefined) errors.push(composite(path, 'must validate at least one schema (anyOf)'));
    add(result, first ?? nearest(tried));
  }
  if (oneOf.length > 0) {
    const tried = oneOf.map((one) => check(one, value, path, undefined));
    const valid = tried.filter((one) => one.errors.length === 0);
    const [first] = valid;
    if (valid.length !== 1) {
      const many = valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`;
      errors.push(composite(path, `must validate one and only one schema (oneOf). ${many}`));
    }
    if (first === undefined) add(result, nearest(tried));
    else if (valid.length === 1) add(result, first);
  }
  if (allOf.length > 0) {
    const tried = allOf.map((one) => check(one, value, path, undefined));
    for (const one of tried) add(result, one);
    const wrong = tried.filter((one) => one.errors.length > 0).length;
    const none = wrong === tried.length ? '. None validated' : '';
    if (wrong > 0) errors.push(composite(path, `must validate all the schemas (allOf)${none}`));
  }
  if (not !== undefined && check(not, value, path, undefined).errors.length === 0)
    errors.push(composite(path, 'must not validate the schema (not)'));
}

function nearest(tried: readonly Result[]): Result {
  return tried.reduce(
    (best, one) => (one.matches > best.matches ? one : best),
    tried[0] ?? { errors: [], matches: 0 },
  );
}

function checkString(schema: Schema, text: string, path: string, { errors }: Result): void {
  const { maxLength, minLength, pattern } = schema;
  const length = maxLength === undefined && minLength === undefined ? 0 : [...text].length;
  if (maxLength !== undefined && length > maxLength) errors.push(fieldErrors.tooLong(shown(path), maxLength));
  else if (minLength !== undefined && length < minLength)
    errors.push(invalid(path, text, `should be at least ${minLength} chars long`));
  else if (pattern !== undefined && pattern !== '' && !compilePattern(pattern).test(text))
    errors.push(invalid(path, text, `should match '${pattern}'`));
}

function checkNumber(schema: Schema, value: number, path: string, { errors }: Result): void {
  const { multipleOf, maximum, minimum, exclusiveMaximum = false, exclusiveMinimum = false } = schema;
  if (multipleOf !== undefined && !isMultiple(value, multipleOf))
    errors.push(invalid(path, value, `should be a multiple of ${multipleOf}`));
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    errors.push(
      invalid(path, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`),
    );
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    errors.push(
      invalid(path, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`),
    );
}

/** 0.3 is a multiple of 0.1, whatever binary fractions make of it. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) <= 1e-9 * Math.max(1, Math.abs(times));
}

function checkList(
  schema: Schema,
  list: readonly unknown[],
  path: string,
  old: unknown,
  result: Result,
): void {
  const items = itemsOf(schema);
  if (items !== undefined)
    for (const [at, item] of list.entries())
      add(result, check(items, item, `${path}[${at}]`, oldItem(schema, old, item)));
  const { minItems, maxItems } = schema;
  if (minItems !== undefined && list.length < minItems)
    result.errors.push(invalid(path, list.length, `should have at least ${minItems} items`));
  if (maxItems !== undefined && list.length > maxItems)
    result.errors.push(fieldErrors.tooMany(shown(path), list.length, maxItems));
}

function checkEnum(schema: Schema, value: unknown, path: string, { errors }: Result): void {
  const values = schema.enum ?? [];
  if (values.length === 0 || values.some((one) => deepEqual(one, value))) return;
  const told = values.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  errors.push(fieldErrors.notSupported(shown(path), value ?? 'null', told));
}

function checkObject(schema: Schema, object: JsonObject, path: string, old: unknown, result: Result): void {
  const { errors } = result;
  const { minProperties, maxProperties, required = [] } = schema;
  const count = Object.keys(object).length;
  if (minProperties !== undefined && count < minProperties) {
    errors.push(invalid(path, count, `should have at least ${minProperties} properties`));
    return;
  }
  if (maxProperties !== undefined && count > maxProperties) {
    errors.push(fieldErrors.tooMany(shown(path), count, maxProperties));
    return;
  }
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const additional = additionalOf(schema);
  const before = isObject(old) ? old : {};
  if (schema.additionalProperties === false && !preservesUnknown(schema))
    for (const name of Object.keys(object))
      if (propertyOf(schema, name) === undefined)
        errors.push(invalid(at(name), '', 'is a forbidden property'));
  for (const name of required)
    if (!Object.hasOwn(object, name) && propertyOf(schema, name)?.default === undefined)
      errors.push(fieldErrors.required(at(name)));
  for (const [name, property] of propertiesOf(schema))
    if (Object.hasOwn(object, name)) add(result, check(property, object[name], at(name), before[name]));
  if (additional !== undefined)
    for (const [name, value] of Object.entries(object))
      if (propertyOf(schema, name) === undefined)
        add(result, check(additional, value, at(name), before[name]));
}

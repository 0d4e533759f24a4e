import type { FieldError } from '../contract.js';
import { isObject } from '../json.js';
import { fieldErrors } from '../status-errors.js';
import { additionalOf, isEmbedded, itemsOf, propertyOf, type Schema } from './model.js';

/** Whole objects inside of an object (x-kubernetes-embedded-resource) say what they are. */
export function embeddedErrors(schema: Schema, value: unknown, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return items === undefined
      ? []
      : value.flatMap((item, at) => embeddedErrors(items, item, `${path}[${at}]`));
  }
  if (!isObject(value)) return [];
  const additional = additionalOf(schema);
  const inner = Object.entries(value).flatMap(([name, item]) => {
    const property = propertyOf(schema, name) ?? additional;
    return property === undefined
      ? []
      : embeddedErrors(property, item, path === '' ? name : `${path}.${name}`);
  });
  if (!isEmbedded(schema)) return inner;
  const missing = ['apiVersion', 'kind'].filter(
    (name) => typeof value[name] !== 'string' || value[name] === '',
  );
  return [...missing.map((name) => fieldErrors.required(`${path}.${name}`, 'must not be empty')), ...inner];
}

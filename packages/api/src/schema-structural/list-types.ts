import type { FieldError } from '../contract.js';
import { isObject } from '../json.js';
import { fieldErrors } from '../status-errors.js';
import { additionalOf, itemsOf, listKeyOf, propertyOf, type Schema } from './model.js';

/** Items that stand twice in a list of type set, or whose keys do in one of type map. */
export function listTypeErrors(schema: Schema, value: unknown, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    const inner =
      items === undefined ? [] : value.flatMap((item, at) => listTypeErrors(items, item, `${path}[${at}]`));
    return [...duplicates(schema, value, path), ...inner];
  }
  if (!isObject(value)) return [];
  const additional = additionalOf(schema);
  return Object.entries(value).flatMap(([name, item]) => {
    const property = propertyOf(schema, name);
    if (property !== undefined) return listTypeErrors(property, item, path === '' ? name : `${path}.${name}`);
    return additional === undefined ? [] : listTypeErrors(additional, item, `${path}[${name}]`);
  });
}

function duplicates(schema: Schema, list: readonly unknown[], path: string): FieldError[] {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return [];
  const seen = new Set<string>();
  return list.flatMap((item, at) => {
    const key = type === 'map' ? (isObject(item) ? listKeyOf(schema, item) : undefined) : item;
    if (key === undefined) return [];
    const text = canonical(key);
    if (seen.has(text)) return [fieldErrors.duplicate(`${path}[${at}]`, key)];
    seen.add(text);
    return [];
  });
}

/** Equal for equal values, whatever the order of their keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

import { isObject, type JsonObject } from '../json.js';
import { type Field, type FieldType, objectType } from '../schema.js';
import { itemKey, pathText } from './field-set.js';

/** Where an object has a field that its type does not declare, each as `.spec.containers[name="a"].bogus`. */
export function undeclaredFields(typeName: string, object: JsonObject): string[] {
  return ofObject(typeName, object, '');
}

function ofObject(typeName: string, object: JsonObject, path: string): string[] {
  const fields = objectType(typeName);
  return Object.entries(object).flatMap(([name, value]) => {
    const here = `${path}.${name}`;
    const field = fields.get(name);
    return field === undefined ? [here] : ofValue(field.type, field, value, here);
  });
}

function ofValue(type: FieldType, field: Field | undefined, value: unknown, path: string): string[] {
  if (type.is === 'object') return isObject(value) ? ofObject(type.name, value, path) : [];
  if (type.is === 'map' && isObject(value))
    return Object.entries(value).flatMap(([key, item]) =>
      ofValue(type.of, undefined, item, `${path}.${key}`),
    );
  if (type.is !== 'list' || !Array.isArray(value)) return [];
  return value.flatMap((item, at) => {
    const isKeyed = field?.listType === 'map' && isObject(item);
    const element = isKeyed ? pathText([itemKey(field, item)]) : `[${at}]`;
    return ofValue(type.of, undefined, item, `${path}${element}`);
  });
}

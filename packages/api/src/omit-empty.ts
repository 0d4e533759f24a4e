import { isObject, type JsonObject } from './json.js';
import { type FieldType, objectType } from './schema.js';

/**
 * Takes out of an object of a type, in place, what Go's `omitempty` leaves out when Kubernetes stores it: optional
 * lists and maps that hold nothing. Defaulting and validation come before: they may tell an empty list from none.
 */
export function omitEmpty(typeName: string, object: JsonObject): void {
  for (const [name, field] of objectType(typeName)) {
    const value = object[name];
    // An empty managedFields asks for a clean slate.
    if (value === undefined || name === 'managedFields') continue;
    omitInside(field.type, value);
    if (!field.required && isEmptyContainer(field.type, value)) delete object[name];
  }
}

function omitInside(type: FieldType, value: unknown): void {
  if (type.is === 'object' && isObject(value)) omitEmpty(type.name, value);
  if (type.is !== 'list' && type.is !== 'map') return;
  if (type.of.is === 'scalar' || typeof value !== 'object' || value === null) return;
  for (const item of Object.values(value)) omitInside(type.of, item);
}

function isEmptyContainer(type: FieldType, value: unknown): boolean {
  if (type.is === 'list') return Array.isArray(value) && value.length === 0;
  return type.is === 'map' && isObject(value) && Object.keys(value).length === 0;
}

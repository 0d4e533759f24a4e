import { deepClone, isObject } from '../json.js';
import { additionalOf, itemsOf, propertiesOf, propertyOf, type Schema } from './model.js';

/**
 * Fills in a schema's defaults, in place. null stands for "not given" where it is not allowed: the default takes its
 * place, and without one the field goes; items of lists keep theirs, and validation refuses them
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable).
 */
export function applySchemaDefaults(schema: Schema, value: unknown): void {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    if (items === undefined) return;
    for (const [at, item] of value.entries()) {
      if (item === null && items.nullable !== true && items.default !== undefined)
        value[at] = deepClone(items.default);
      applySchemaDefaults(items, value[at]);
    }
    return;
  }
  if (!isObject(value)) return;
  for (const [name, property] of propertiesOf(schema)) {
    if (property.default === undefined) continue;
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === undefined || (given === null && property.nullable !== true))
      value[name] = deepClone(property.default);
  }
  const additional = additionalOf(schema);
  for (const name of Object.keys(value)) {
    const inner = propertyOf(schema, name) ?? additional;
    if (inner === undefined) continue;
    if (value[name] === null && inner.nullable !== true) {
      if (inner.default === undefined) delete value[name];
      else value[name] = deepClone(inner.default);
    }
    applySchemaDefaults(inner, value[name]);
  }
}

import { isObject, type JsonObject } from '../json.js';
import { additionalOf, isEmbedded, itemsOf, preservesUnknown, propertyOf, type Schema } from './model.js';

const ofEveryResource = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Drops what a schema does not name, in place, and gives the paths of what was dropped
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning).
 * Below x-kubernetes-preserve-unknown-fields only what the schema names is looked into. `isResource`: apiVersion, kind
 * and metadata are another's business.
 */
export function prune(schema: Schema, value: unknown, isResource: boolean): string[] {
  const dropped: string[] = [];
  pruneValue(schema, value, '', isResource, dropped);
  return dropped;
}

function pruneValue(schema: Schema, value: unknown, path: string, isResource: boolean, dropped: string[]) {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    for (const [at, item] of value.entries())
      if (items !== undefined) pruneValue(items, item, `${path}[${at}]`, isEmbedded(items), dropped);
      else if (!preservesUnknown(schema)) pruneValue({}, item, `${path}[${at}]`, false, dropped);
  } else if (isObject(value)) pruneObject(schema, value, path, isResource, dropped);
}

function pruneObject(
  schema: Schema,
  object: JsonObject,
  path: string,
  isResource: boolean,
  dropped: string[],
) {
  const additional = additionalOf(schema);
  for (const [name, value] of Object.entries(object)) {
    if (isResource && ofEveryResource.has(name)) continue;
    const here = path === '' ? name : `${path}.${name}`;
    const inner = propertyOf(schema, name) ?? additional;
    if (inner !== undefined) pruneValue(inner, value, here, isEmbedded(inner), dropped);
    else if (!preservesUnknown(schema) && schema.additionalProperties !== true) {
      delete object[name];
      dropped.push(here);
    }
  }
}

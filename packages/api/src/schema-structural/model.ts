import type { JSONSchemaProps } from '../generated/types.js';
import { isObject, type JsonObject } from '../json.js';

/**
 * The part of a CustomResourceDefinition's schema that says how objects are built. Definitions have passed
 * the decoder, which knows the fields of JSONSchemaProps, but not of those that may be a schema or something else.
 */
export type Schema = JSONSchemaProps;

function isSchema(value: unknown): value is Schema {
  return isObject(value);
}

/** Of an array's items. A list of schemas is refused by the definition's validation. */
export function itemsOf(schema: Schema): Schema | undefined {
  return isSchema(schema.items) ? schema.items : undefined;
}

/** Of the values of a map; `undefined` too where it is only allowed or forbidden. */
export function additionalOf(schema: Schema): Schema | undefined {
  return isSchema(schema.additionalProperties) ? schema.additionalProperties : undefined;
}

/** Own fields only: `constructor` is a name like any other. */
export function propertyOf(schema: Schema, name: string): Schema | undefined {
  const { properties } = schema;
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

export function propertiesOf(schema: Schema): [string, Schema][] {
  return Object.entries(schema.properties ?? {});
}

export function isIntOrString(schema: Schema): boolean {
  return schema['x-kubernetes-int-or-string'] === true;
}

export function preservesUnknown(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true;
}

export function isEmbedded(schema: Schema): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

/** Values of the keys that name an item of a map list: defaults stand for absent ones. */
export function listKeyOf(schema: Schema, item: JsonObject): JsonObject {
  const items = itemsOf(schema);
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = item[key] ?? (items === undefined ? undefined : propertyOf(items, key)?.default);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** What an item was before, for lists whose items have names; else unknown. */
export function oldItem(schema: Schema, old: unknown, item: unknown): unknown {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old) || !isObject(item)) return undefined;
  const key = keyText(schema, item);
  return old.find((one) => isObject(one) && keyText(schema, one) === key);
}

function keyText(schema: Schema, item: JsonObject): string {
  return JSON.stringify(Object.entries(listKeyOf(schema, item)));
}

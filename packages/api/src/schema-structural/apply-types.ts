import { defineType, type Field, type FieldType, forgetTypes, type ObjectType } from '../schema.js';
import {
  additionalOf,
  isEmbedded,
  isIntOrString,
  itemsOf,
  preservesUnknown,
  propertiesOf,
  type Schema,
} from './model.js';

const metadataType = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const untyped: FieldType = { is: 'scalar', scalar: 'any' };

/** What no schema describes: objects merge field by field, lists are atomic (structured-merge-diff's deduced type). */
const deduced: FieldType = deducedType();

function deducedType(): FieldType {
  const type: { is: 'map'; of: FieldType } = { is: 'map', of: untyped };
  type.of = type;
  return type;
}

/**
 * Enters a schema into the table of types, under names that begin with `name`: from it managed fields are kept and
 * applied objects merged (x-kubernetes-list-type, -list-map-keys, -map-type). Gives what takes it out again.
 */
export function defineSchemaTypes(name: string, schema: Schema): () => void {
  const defined: string[] = [];
  const define = (typeName: string, fields: ObjectType) => {
    defineType(typeName, fields);
    defined.push(typeName);
  };
  const typeOf = (inner: Schema, typeName: string): FieldType => {
    if (isIntOrString(inner)) return untyped;
    const items = itemsOf(inner);
    const additional = additionalOf(inner);
    if (items !== undefined) return { is: 'list', of: typeOf(items, `${typeName}[]`) };
    if (additional !== undefined) return { is: 'map', of: typeOf(additional, `${typeName}{}`) };
    if (inner.properties === undefined && (preservesUnknown(inner) || inner.additionalProperties === true))
      return deduced;
    if (inner.type !== 'object') return inner.type === undefined ? deduced : untyped;
    defineObject(inner, typeName, isEmbedded(inner));
    return { is: 'object', name: typeName };
  };
  const defineObject = (inner: Schema, typeName: string, isResource: boolean) => {
    const fields = propertiesOf(inner).map(([field, property]) =>
      fieldOf(field, property, typeOf(property, `${typeName}.${field}`)),
    );
    const ofResource = isResource ? resourceFields : [];
    define(typeName, new Map([...fields, ...ofResource].map((field) => [field.name, field])));
  };
  defineObject(schema, name, true);
  return () => forgetTypes(defined);
}

function fieldOf(name: string, schema: Schema, type: FieldType): Field {
  const listType = schema['x-kubernetes-list-type'];
  const atomic = schema['x-kubernetes-map-type'] === 'atomic' || listType === 'atomic';
  return {
    name,
    type,
    required: false,
    listType: listType === 'map' || listType === 'set' ? listType : atomic ? 'atomic' : undefined,
    mapKeys: schema['x-kubernetes-list-map-keys'] ?? [],
    mergeKey: undefined,
    strategies: [],
    values: [],
    fallback: schema.default,
  };
}

const resourceFields: readonly Field[] = [
  fieldOf('apiVersion', { type: 'string' }, untyped),
  fieldOf('kind', { type: 'string' }, untyped),
  fieldOf('metadata', { type: 'object' }, { is: 'object', name: metadataType }),
];

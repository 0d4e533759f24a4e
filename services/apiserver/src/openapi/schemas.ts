import {
  type Field,
  type FieldType,
  fieldDescription,
  hasType,
  type KindInfo,
  objectType,
  rulesOf,
  typeDescription,
} from '@kubelab/api';
import { namedScalars, publishedEnums } from './named-scalars.js';

/** The two dialects differ in how a type is referred to, and in what a value may be said to be. */
export type Dialect = 'v2' | 'v3';
export type Schemas = Record<string, unknown>;

export function reference(dialect: Dialect, name: string): { readonly $ref: string } {
  return { $ref: dialect === 'v2' ? `#/definitions/${name}` : `#/components/schemas/${name}` };
}

export function gvk({ group, version, kind }: Pick<KindInfo, 'group' | 'version' | 'kind'>) {
  return { group, version, kind };
}

/** A type's schema and those of all that it is made of. */
export function collect(
  dialect: Dialect,
  name: string,
  schemas: Schemas,
  kinds: readonly object[] = [],
): void {
  if (schemas[name] !== undefined || !hasType(name)) return;
  const fields = [...objectType(name).values()];
  const required = fields.filter((field) => field.required).map((field) => field.name);
  const enums = { ...publishedEnums(name), ...rulesOf(name).enums };
  schemas[name] = {
    ...described(typeDescription(name)),
    type: 'object',
    properties: Object.fromEntries(
      fields.map((field) => [
        field.name,
        {
          ...described(fieldDescription(name, field.name)),
          ...property(dialect, field, enums[field.name]),
        },
      ]),
    ),
    ...(required.length === 0 ? {} : { required }),
    ...(kinds.length === 0 ? {} : { 'x-kubernetes-group-version-kind': kinds }),
  };
  for (const field of fields) for (const inner of namesIn(field.type)) collect(dialect, inner, schemas);
  for (const field of fields) collectScalar(dialect, field.type, schemas);
}

function collectScalar(dialect: Dialect, type: FieldType, schemas: Schemas): void {
  if (type.is === 'list' || type.is === 'map') collectScalar(dialect, type.of, schemas);
  if (type.is !== 'scalar') return;
  const name = namedScalars[type.scalar];
  if (name !== undefined) schemas[name] ??= tableOf(dialect)[type.scalar];
}

function namesIn(type: FieldType): string[] {
  if (type.is === 'object') return [type.name];
  return type.is === 'scalar' ? [] : namesIn(type.of);
}

function described(description: string | undefined): object {
  return description === undefined ? {} : { description };
}

function property(dialect: Dialect, field: Field, values: readonly string[] | undefined): object {
  return {
    ...schemaOf(dialect, field.type),
    ...(values === undefined || field.type.is !== 'scalar' ? {} : { enum: values }),
    ...(field.listType === undefined || field.type.is !== 'list'
      ? {}
      : { 'x-kubernetes-list-type': field.listType }),
    ...(field.listType === 'atomic' && field.type.is !== 'list' ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(field.mapKeys.length === 0 ? {} : { 'x-kubernetes-list-map-keys': field.mapKeys }),
    ...(field.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.mergeKey }),
    ...(field.strategies.length === 0 ? {} : { 'x-kubernetes-patch-strategy': field.strategies.join(',') }),
  };
}

const scalarSchemas: Readonly<Record<string, object>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  number: { type: 'number' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  time: { type: 'string', format: 'date-time' },
  microTime: { type: 'string', format: 'date-time' },
  bytes: { type: 'string', format: 'byte' },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  any: { type: 'object' },
};
/** OpenAPI 2.0 has no alternatives. */
const scalarSchemasV2: Readonly<Record<string, object>> = {
  ...scalarSchemas,
  quantity: { type: 'string' },
  intOrString: { type: 'string', format: 'int-or-string' },
};

const tableOf = (dialect: Dialect) => (dialect === 'v2' ? scalarSchemasV2 : scalarSchemas);

function schemaOf(dialect: Dialect, type: FieldType): object {
  switch (type.is) {
    case 'scalar': {
      const name = namedScalars[type.scalar];
      if (name === undefined) return tableOf(dialect)[type.scalar] ?? { type: 'object' };
      return dialect === 'v2' ? reference(dialect, name) : { allOf: [reference(dialect, name)] };
    }
    case 'list':
      return { type: 'array', items: wrapped(dialect, type.of) };
    case 'map':
      return { type: 'object', additionalProperties: wrapped(dialect, type.of) };
    case 'object':
      return wrapped(dialect, type);
    default:
      return type satisfies never;
  }
}

/** A reference with siblings stands in an allOf (OpenAPI 3.0 lets a $ref have none). */
function wrapped(dialect: Dialect, type: FieldType): object {
  if (type.is !== 'object') return schemaOf(dialect, type);
  const target = reference(dialect, type.name);
  return dialect === 'v2' ? target : { default: {}, allOf: [target] };
}

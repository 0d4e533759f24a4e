import {
  additionalOf,
  deepEqual,
  isEmbedded,
  isIntOrString,
  isObject,
  itemsOf,
  preservesUnknown,
  propertiesOf,
  type Schema,
} from '@kubelab/api';
import { Environment } from '@marcbachmann/cel-js';

/** How a schema's values look to a rule: their CEL type, and the value itself from JSON. */
export interface CelType {
  /** As the library writes it: `int`, `list<string>`, the name of an object's type. */
  readonly name: string;
  toCel(value: unknown): unknown;
}

/** The JSON that objects of rules were made of. */
const sources = new WeakMap<object, unknown>();

const dyn: CelType = { name: 'dyn', toCel: dynamic };
const keep = (value: unknown) => value;
const scalars: Readonly<Record<string, CelType>> = {
  string: { name: 'string', toCel: keep },
  boolean: { name: 'bool', toCel: keep },
  number: { name: 'double', toCel: keep },
  integer: {
    name: 'int',
    toCel: (value) => (typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value),
  },
};
const formats: Readonly<Record<string, CelType>> = {
  'date-time': { name: 'google.protobuf.Timestamp', toCel: (value) => new Date(String(value)) },
  date: { name: 'google.protobuf.Timestamp', toCel: (value) => new Date(`${String(value)}T00:00:00Z`) },
  duration: { name: 'google.protobuf.Duration', toCel: (value) => toDuration(String(value)) },
  byte: { name: 'bytes', toCel: (value) => new Uint8Array(Buffer.from(String(value), 'base64')) },
};
const durations = new Environment().registerVariable('text', 'string').parse('duration(text)');

function toDuration(text: string): unknown {
  return durations({ text });
}

/** What no schema describes, and int-or-string: by its JSON type. */
function dynamic(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(dynamic);
  if (isObject(value)) return new Map(Object.entries(value).map(([key, item]) => [key, dynamic(item)]));
  return value;
}

/** Names that CEL keeps to itself (cel-spec, langdef). */
const reserved = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]);

/**
 * How a field is written in a rule, undefined for one that no rule can name
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-path-for-validation-rules).
 */
export function escapeName(name: string): string | undefined {
  // The evaluator tells types by their constructors.
  if (name === 'constructor' || name === '__proto__') return undefined;
  if (reserved.has(name)) return `__${name}__`;
  const escaped = name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
  return /^[A-Za-z_]\w*$/.test(escaped) ? escaped : undefined;
}

/** Types of one definition's schema, entered into an environment under names of their own. */
export class CelTypes {
  readonly #environment: Environment;
  #count = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  of(schema: Schema, isResource: boolean): CelType {
    if (isIntOrString(schema)) return dyn;
    const { type = '', format = '' } = schema;
    const own = this.#ofType(schema, type, format, isResource);
    return schema.nullable === true ? { name: `dyn<${own.name}>`, toCel: orNull(own) } : own;
  }

  #ofType(schema: Schema, type: string, format: string, isResource: boolean): CelType {
    if (type === 'string' && Object.hasOwn(formats, format)) return formats[format] ?? dyn;
    const scalar = Object.hasOwn(scalars, type) ? scalars[type] : undefined;
    if (scalar !== undefined) return scalar;
    if (type === 'array') {
      const items = itemsOf(schema);
      const of = items === undefined ? dyn : this.of(items, isEmbedded(items));
      return {
        name: `list<${of.name}>`,
        toCel: (value) =>
          Array.isArray(value) ? value.map((item) => (item === null ? null : of.toCel(item))) : value,
      };
    }
    if (type !== 'object') return dyn;
    const additional = additionalOf(schema);
    if (additional !== undefined) {
      const of = this.of(additional, isEmbedded(additional));
      return {
        name: `map<string, ${of.name}>`,
        toCel: (value) =>
          isObject(value)
            ? new Map(Object.entries(value).map(([key, item]) => [key, of.toCel(item)]))
            : value,
      };
    }
    if (schema.properties === undefined && preservesUnknown(schema) && !isResource) return dyn;
    return this.#object(schema, isResource);
  }

  #object(schema: Schema, isResource: boolean): CelType {
    this.#count += 1;
    const name = `object${this.#count}`;
    const fields: Record<string, string> = {};
    const makers = new Map<string, { readonly escaped: string; readonly type: CelType }>();
    const shown = isResource ? withResourceFields(schema) : schema;
    for (const [property, inner] of propertiesOf(shown)) {
      const escaped = escapeName(property);
      // Without a type a rule cannot reach it.
      if (escaped === undefined || ((inner.type ?? '') === '' && !isIntOrString(inner))) continue;
      const type = this.of(inner, isEmbedded(inner));
      fields[escaped] = type.name;
      makers.set(property, { escaped, type });
    }
    class Value {}
    this.#environment.registerType(name, { ctor: Value, fields });
    this.#environment.registerOperator(`${name} == ${name}`, (a: Value, b: Value) =>
      deepEqual(sources.get(a), sources.get(b)),
    );
    return {
      name,
      toCel: (value) => {
        if (!isObject(value)) return value;
        const made = new Value();
        sources.set(made, value);
        for (const [property, item] of Object.entries(value)) {
          const maker = makers.get(property);
          if (maker === undefined || item === undefined) continue;
          Reflect.set(made, maker.escaped, item === null ? null : maker.type.toCel(item));
        }
        return made;
      },
    };
  }
}

function orNull(type: CelType): (value: unknown) => unknown {
  return (value) => (value === null ? null : type.toCel(value));
}

/** A resource's kind and name are there for every rule, whatever the schema says. */
function withResourceFields(schema: Schema): Schema {
  const text: Schema = { type: 'string' };
  const metadata: Schema = { type: 'object', properties: { name: text, generateName: text } };
  return { ...schema, properties: { ...schema.properties, apiVersion: text, kind: text, metadata } };
}

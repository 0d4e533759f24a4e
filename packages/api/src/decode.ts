import type { CustomKind, KindInfo, KubeObject } from './contract.js';
import { deepClone, isObject, type JsonObject } from './json.js';
import { groupVersionOf } from './kinds.js';
import { canonicalTime } from './names.js';
import { parseQuantity } from './quantity.js';
import { type FieldType, hasType, objectType, type ScalarType } from './schema.js';
import { statusErrors } from './status-errors.js';

export interface Decoded<T> {
  readonly object: T;
  /** Paths that the schema does not know: dropped from the object. */
  readonly unknownFields: readonly string[];
}

/**
 * Checks a value against a type: wrong types throw (400), unknown fields are dropped and reported, nulls of
 * optional fields too.
 */
export function decodeAs(typeName: string, value: unknown, label: string): Decoded<JsonObject> {
  const walk = new Walk(label);
  const object = walk.object(typeName, value, '');
  return { object, unknownFields: walk.unknownFields };
}

/** A whole object of a kind. apiVersion and kind are filled in when absent, and must fit when present. */
export function decodeObject(kind: KindInfo, value: unknown): Decoded<KubeObject> {
  const version = groupVersionOf(kind);
  const label = `${kind.kind} in version "${kind.version}"`;
  if (!isObject(value))
    throw statusErrors.badRequest(`${label} cannot be handled as a ${kind.kind}: expected an object`);
  const given = { apiVersion: value.apiVersion ?? version, kind: value.kind ?? kind.kind };
  if (given.apiVersion !== version || given.kind !== kind.kind) {
    const [, givenVersion = String(given.apiVersion)] = String(given.apiVersion).split('/');
    throw statusErrors.badRequest(
      `${String(given.kind)} in version "${givenVersion}" cannot be handled as a ${kind.kind}`,
    );
  }
  if (kind.custom !== undefined) return decodeCustom(kind.custom, { ...value, ...given }, version, kind.kind);
  if (!hasType(kind.schema)) throw new Error(`no schema for ${kind.schema}`);
  const { object, unknownFields } = decodeAs(
    kind.schema,
    { ...value, ...given },
    `${label} cannot be handled as a ${kind.kind}`,
  );
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  return {
    object: { ...object, apiVersion: version, kind: kind.kind, metadata: { ...metadata, name } },
    unknownFields,
  };
}

/** A custom resource: its metadata is checked as everyone's, the rest is what its definition's schema leaves. */
function decodeCustom(
  custom: CustomKind,
  value: JsonObject,
  apiVersion: string,
  kind: string,
): Decoded<KubeObject> {
  const sent = isObject(value.metadata) ? value.metadata : {};
  const { object, unknownFields } = decodeAs(metadataSchema, sent, `${kind} cannot be handled`);
  const name = typeof object.name === 'string' ? object.name : '';
  const decoded: KubeObject = { ...deepClone(value), apiVersion, kind, metadata: { ...object, name } };
  const dropped = custom.prune(decoded);
  return {
    object: decoded,
    unknownFields: [...unknownFields.map((field) => `metadata.${field}`), ...dropped],
  };
}

const metadataSchema = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

class Walk {
  readonly unknownFields: string[] = [];
  readonly #label: string;

  constructor(label: string) {
    this.#label = label;
  }

  object(typeName: string, value: unknown, path: string): JsonObject {
    if (!isObject(value)) throw this.#wrong(value, typeName.split('.').at(-1) ?? typeName, path);
    const fields = objectType(typeName);
    const result: JsonObject = {};
    for (const [name, given] of Object.entries(value)) {
      const here = path === '' ? name : `${path}.${name}`;
      const field = fields.get(name);
      if (field === undefined) this.unknownFields.push(here);
      else if (given !== null && given !== undefined) result[name] = this.#value(field.type, given, here);
    }
    return result;
  }

  #value(type: FieldType, value: unknown, path: string): unknown {
    switch (type.is) {
      case 'scalar':
        return this.#scalar(type.scalar, value, path);
      case 'list':
        if (!Array.isArray(value)) throw this.#wrong(value, 'list', path);
        return value.map((item, at) => this.#value(type.of, item, `${path}[${at}]`));
      case 'map':
        if (!isObject(value)) throw this.#wrong(value, 'map', path);
        return Object.fromEntries(
          Object.entries(value)
            .filter(([, item]) => item !== null)
            .map(([key, item]) => [key, this.#value(type.of, item, `${path}.${key}`)]),
        );
      case 'object':
        return this.object(type.name, value, path);
      default:
        return type satisfies never;
    }
  }

  #scalar(type: ScalarType, value: unknown, path: string): unknown {
    switch (type) {
      case 'any':
        return value;
      case 'string':
        if (typeof value !== 'string') throw this.#wrong(value, 'string', path);
        return value;
      case 'bytes': {
        if (typeof value !== 'string') throw this.#wrong(value, 'string', path);
        const bytes = canonicalBase64(value);
        if (bytes === undefined) throw this.#bad(path, 'illegal base64 data');
        return bytes;
      }
      case 'time':
      case 'microTime': {
        if (typeof value !== 'string') throw this.#wrong(value, 'string', path);
        const time = canonicalTime(value, type === 'microTime');
        if (time === undefined) throw this.#bad(path, `parsing time "${value}"`);
        return time;
      }
      case 'boolean':
        if (typeof value !== 'boolean') throw this.#wrong(value, 'bool', path);
        return value;
      case 'number':
        if (typeof value !== 'number') throw this.#wrong(value, 'float64', path);
        return value;
      case 'int32':
      case 'int64': {
        const limit = type === 'int32' ? 2 ** 31 : 2 ** 63;
        if (typeof value !== 'number' || !Number.isInteger(value) || value >= limit || value < -limit)
          throw this.#wrong(value, type, path);
        return value;
      }
      case 'quantity':
        return this.#quantity(value, path);
      case 'intOrString':
        if (typeof value !== 'string' && !Number.isInteger(value))
          throw this.#wrong(value, 'int32 or string', path);
        return value;
      default:
        return type satisfies never;
    }
  }

  #quantity(value: unknown, path: string): string {
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text !== 'string') throw this.#wrong(value, 'resource.Quantity', path);
    const quantity = parseQuantity(text);
    if (quantity === undefined) {
      throw this.#bad(
        path,
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
      );
    }
    return quantity.text;
  }

  #wrong(value: unknown, wanted: string, path: string) {
    const given = Array.isArray(value)
      ? 'array'
      : value === null
        ? 'null'
        : typeof value === 'boolean'
          ? 'bool'
          : typeof value;
    return statusErrors.badRequest(
      `${this.#label}: json: cannot unmarshal ${given} into Go struct field ${path || 'object'} of type ${wanted}`,
    );
  }

  #bad(path: string, what: string) {
    return statusErrors.badRequest(`${this.#label}: ${path}: ${what}`);
  }
}

/** As the bytes are written again; undefined: no base64 as Go's decoder takes it (padded, line breaks allowed). */
function canonicalBase64(text: string): string | undefined {
  const whole = text.replace(/[\r\n]/g, '');
  if (whole.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(whole)) return undefined;
  return whole.endsWith('=') ? Buffer.from(whole, 'base64').toString('base64') : whole;
}

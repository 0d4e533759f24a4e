import { ProtobufError, type RawField, rawFields } from './reader.js';
import { type FieldSpec, lookUp, type MessageSpec, messageOf } from './tables.js';

const depthMax = 64;
const magic = [0x6b, 0x38, 0x73, 0x00] as const; // "k8s\0"
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * A Kubernetes protobuf body as the object that its JSON would be: `k8s\0`, then runtime.Unknown { 1
 * typeMeta { 1 apiVersion, 2 kind }, 2 raw }.
 * kubectl 1.32 and later send such bodies from its generators (`create deployment`, `auth can-i`), and do
 * not fall back to JSON.
 */
export function decodeProtobuf(body: Uint8Array): Record<string, unknown> {
  if (magic.some((byte, at) => body[at] !== byte))
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix k8s');
  const unknown = [...rawFields(body.subarray(magic.length))];
  const typeMeta = [...rawFields(bytesOf(unknown, 1))];
  const [apiVersion, kind] = [textOf(bytesOf(typeMeta, 1)), textOf(bytesOf(typeMeta, 2))];
  const message = messageOf(apiVersion, kind);
  if (message === undefined) throw new ProtobufError(`no kind "${kind}" is registered for "${apiVersion}"`);
  return { apiVersion, kind, ...decodeMessage(message, bytesOf(unknown, 2), 0) };
}

function decodeMessage(spec: MessageSpec, bytes: Uint8Array, depth: number): Record<string, unknown> {
  if (depth > depthMax) throw new ProtobufError(`messages are nested deeper than ${depthMax}`);
  const object: Record<string, unknown> = {};
  const lists = new Map<string, unknown[]>();
  const maps = new Map<string, Map<string, unknown>>();
  for (const raw of rawFields(bytes)) {
    const field = spec.fields.get(raw.number);
    if (field === undefined) continue; // Of a later version: protobuf's rule is to pass it by.
    if (field.shape === 'map') {
      const entries = maps.get(field.name) ?? new Map<string, unknown>();
      maps.set(field.name, entries.set(...mapEntry(field, spec.scope, raw, depth)));
      continue;
    }
    const value = decodeValue(field.type, spec.scope, raw, depth);
    if (field.shape === 'list') {
      const items = lists.get(field.name) ?? [];
      items.push(value);
      lists.set(field.name, items);
    } else if (field.embedded) Object.assign(object, isRecord(value) ? value : {});
    else if (field.pointer || !isZero(value)) object[field.name] = value;
  }
  for (const [name, items] of lists) object[name] = items;
  for (const [name, entries] of maps) object[name] = Object.fromEntries(entries);
  return object;
}

/** A map is a list of messages { 1 key, 2 value }. */
function mapEntry(field: FieldSpec, scope: string, raw: RawField, depth: number): [string, unknown] {
  const entry = [...rawFields(asBytes(raw))];
  const value = entry.find((one) => one.number === 2) ?? { number: 2, value: new Uint8Array(0) };
  return [textOf(bytesOf(entry, 1)), decodeValue(field.type, scope, value, depth + 1)];
}

function decodeValue(type: string, scope: string, raw: RawField, depth: number): unknown {
  const special = scalars[type];
  if (special !== undefined) return special(raw);
  const message = lookUp(type, scope);
  if (message === undefined) throw new ProtobufError(`the type ${type} is not known`);
  const value = decodeMessage(message, asBytes(raw), depth + 1);
  return unions[type]?.(value) ?? value;
}

/** Messages that are one of several things in JSON: the parts of a custom resource's schema. */
const unions: Readonly<Record<string, (value: Record<string, unknown>) => unknown>> = {
  JSONSchemaPropsOrArray: ({ schema, jSONSchemas }) => schema ?? jSONSchemas,
  JSONSchemaPropsOrBool: ({ schema, allows }) => schema ?? allows === true,
  JSONSchemaPropsOrStringArray: ({ schema, property }) => schema ?? property,
};

const scalars: Readonly<Record<string, (raw: RawField) => unknown>> = {
  string: (raw) => textOf(asBytes(raw)),
  bool: (raw) => raw.value !== 0n,
  int32: integer,
  int64: integer,
  float64: (raw) => {
    const bytes = asBytes(raw);
    if (bytes.byteLength !== 8) throw new ProtobufError('a number of eight bytes was expected');
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  },
  JSON: (raw) => json(bytesOf([...rawFields(asBytes(raw))], 1)),
  '[]byte': (raw) => Buffer.from(asBytes(raw)).toString('base64'),
  Time: (raw) => time(asBytes(raw), 0),
  MicroTime: (raw) => time(asBytes(raw), 6),
  Duration: (raw) => `${Number(numberOf([...rawFields(asBytes(raw))], 1)) / 1e9}s`,
  Quantity: (raw) => textOf(bytesOf([...rawFields(asBytes(raw))], 1)),
  IntOrString: (raw) => {
    const fields = [...rawFields(asBytes(raw))];
    return numberOf(fields, 1) === 0n ? Number(numberOf(fields, 2)) : textOf(bytesOf(fields, 3));
  },
  FieldsV1: (raw) => json(bytesOf([...rawFields(asBytes(raw))], 1)),
  RawExtension: (raw) => json(bytesOf([...rawFields(asBytes(raw))], 1)),
  ExtraValue: (raw) => [...rawFields(asBytes(raw))].map((one) => textOf(asBytes(one))),
};

function integer(raw: RawField): number {
  if (typeof raw.value !== 'bigint') throw new ProtobufError('a number was expected');
  return Number(BigInt.asIntN(64, raw.value));
}

/** Years 1 to 9999: what RFC 3339 can say. */
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;

/** RFC 3339. An empty message is Go's zero time: absent. */
function time(bytes: Uint8Array, decimals: 0 | 6): string | undefined {
  const fields = [...rawFields(bytes)];
  if (fields.length === 0) return undefined;
  const seconds = Number(numberOf(fields, 1));
  if (seconds < firstSecond || seconds > lastSecond) throw new ProtobufError('a time is out of range');
  const iso = new Date(seconds * 1000).toISOString().slice(0, 19);
  if (decimals === 0) return `${iso}Z`;
  const micros = Math.floor(Number(numberOf(fields, 2)) / 1000);
  return `${iso}.${String(micros).padStart(6, '0')}Z`;
}

function json(bytes: Uint8Array): unknown {
  try {
    return bytes.byteLength === 0 ? undefined : JSON.parse(textOf(bytes));
  } catch (error) {
    throw new ProtobufError('embedded JSON does not parse', { cause: error });
  }
}

function isZero(value: unknown): boolean {
  return value === undefined || value === '' || value === 0 || value === false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asBytes(raw: RawField): Uint8Array {
  if (raw.value instanceof Uint8Array) return raw.value;
  throw new ProtobufError(`field ${raw.number} is a number where bytes were expected`);
}

function bytesOf(fields: readonly RawField[], number: number): Uint8Array {
  const found = fields.find((field) => field.number === number);
  return found === undefined ? new Uint8Array(0) : asBytes(found);
}

function numberOf(fields: readonly RawField[], number: number): bigint {
  const found = fields.find((field) => field.number === number)?.value ?? 0n;
  if (typeof found !== 'bigint') throw new ProtobufError('a number was expected');
  return BigInt.asIntN(64, found);
}

function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new ProtobufError('a string is not UTF-8', { cause: error });
  }
}

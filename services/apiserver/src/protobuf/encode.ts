import { isObject } from '@kubelab/api';
import { ProtobufError } from './reader.js';
import { ReverseWriter } from './reverse-writer.js';
import { type FieldSpec, lookUp, type MessageSpec, messageOf } from './tables.js';

const magic = new TextEncoder().encode('k8s\0');
const depthMax = 64;

/**
 * Objects as Kubernetes' Go types marshal them (k8s.io/apimachinery pkg/runtime/serializer/protobuf), from the tables that the
 * decoder reads: fields by number, maps by key; what is no pointer, list or map in Go is written even where JSON leaves it
 * out, as its zero. Throws ProtobufError where a value is not of its field's type.
 *
 * Encoding never yields to other work, so the one writer is nobody else's meanwhile.
 */
const writer = new ReverseWriter();

/** A whole body: `k8s\0`, then runtime.Unknown. A kind that ends with List and has no table is a list of what has. */
export function encodeProtobuf(object: object): Uint8Array {
  const { apiVersion, kind } = typeOf(object);
  return fresh(() => writeEnvelope(apiVersion, kind, () => writeObject(apiVersion, kind, object)));
}

/** The message of an object alone, as it stands in a list's items. */
export function encodeMessage(object: object): Uint8Array {
  const { apiVersion, kind } = typeOf(object);
  return fresh(() => writeObject(apiVersion, kind, object));
}

/** A body around a message that is encoded already. */
export function enveloped(apiVersion: string, kind: string, message: Uint8Array): Uint8Array {
  return fresh(() => writeEnvelope(apiVersion, kind, () => writer.bytes(message)));
}

/**
 * One frame of a watch: its length in 32 bits, big endian, then WatchEvent { 1 type, 2 object RawExtension { 1 raw } },
 * without a prefix of its own; the object in it is a whole body.
 */
export function watchFrame(type: string, body: Uint8Array): Uint8Array {
  return fresh(() => {
    writer.bytes(body);
    writer.prefix(1, body.byteLength);
    writer.prefix(2, writer.size);
    writeText(1, type);
    const { size } = writer;
    for (let shift = 0; shift < 32; shift += 8) writer.byte((size >>> shift) & 0xff);
  });
}

/** What stands around a list's items, for lists that are not encoded in one go; `items`: messages with their prefixes. */
export function listFrame(
  list: { readonly kind: string; readonly apiVersion: string; readonly metadata: object },
  itemsBytes: number,
): { readonly head: Uint8Array; readonly tail: Uint8Array } {
  const { kind, apiVersion, metadata } = list;
  // meta.k8s.io/v1beta1 has the two the other way round.
  const metadataLast = listNumbers(apiVersion).items === 1;
  const first = fresh(() => writeListMeta(apiVersion, metadata));
  const raw = first.byteLength + itemsBytes;
  const head = fresh(() => {
    if (!metadataLast) writer.bytes(first);
    writer.varint(raw);
    writer.varint(2 * 8 + 2);
    writeTypeMeta(apiVersion, kind);
    writer.bytes(magic);
  });
  const tail = Buffer.concat([metadataLast ? first : new Uint8Array(0), unknownEnd]);
  return { head, tail: new Uint8Array(tail) };
}

/** What stands before an item's message in a list of `apiVersion`: tag and length. */
export function itemPrefix(apiVersion: string, messageBytes: number): Uint8Array {
  return fresh(() => writer.prefix(listNumbers(apiVersion).items, messageBytes));
}

/** contentEncoding and contentType: empty, and written. */
const unknownEnd = Uint8Array.from([0x1a, 0, 0x22, 0]);

function fresh(write: () => void): Uint8Array {
  try {
    write();
  } catch (error) {
    writer.take();
    throw error;
  }
  return writer.take();
}

function typeOf(object: object): { apiVersion: string; kind: string } {
  const { apiVersion, kind } = isObject(object) ? object : {};
  if (typeof apiVersion === 'string' && typeof kind === 'string') return { apiVersion, kind };
  throw new ProtobufError('the object has no apiVersion and kind');
}

function writeEnvelope(apiVersion: string, kind: string, message: () => void): void {
  writer.bytes(unknownEnd);
  const before = writer.size;
  message();
  writer.prefix(2, writer.size - before);
  writeTypeMeta(apiVersion, kind);
  writer.bytes(magic);
}

function writeTypeMeta(apiVersion: string, kind: string): void {
  const before = writer.size;
  writeText(2, kind);
  writeText(1, apiVersion);
  writer.prefix(1, writer.size - before);
}

function writeObject(apiVersion: string, kind: string, object: object): void {
  const spec = messageOf(apiVersion, kind);
  const values: Record<string, unknown> = isObject(object) ? object : {};
  if (spec === undefined) writeWholeList(apiVersion, kind, values);
  else writeMessage(compiled(spec), values, 0);
}

function writeWholeList(apiVersion: string, kind: string, values: Readonly<Record<string, unknown>>): void {
  const item = itemKindOf(apiVersion, kind);
  if (item === undefined) throw new ProtobufError(`no kind "${kind}" is registered for "${apiVersion}"`);
  const { items, metadata } = listNumbers(apiVersion);
  if (metadata > items) writeListMeta(apiVersion, values.metadata);
  const all = Array.isArray(values.items) ? values.items : [];
  for (let at = all.length - 1; at >= 0; at -= 1) {
    const before = writer.size;
    writeMessage(compiled(item), recordAt(all[at], 'items'), 0);
    writer.prefix(items, writer.size - before);
  }
  if (metadata < items) writeListMeta(apiVersion, values.metadata);
}

function itemKindOf(apiVersion: string, kind: string): MessageSpec | undefined {
  return kind.endsWith('List') ? messageOf(apiVersion, kind.slice(0, -'List'.length)) : undefined;
}

/** PartialObjectMetadataList of meta.k8s.io/v1beta1 is the one list whose items come first. */
function listNumbers(apiVersion: string): { readonly metadata: number; readonly items: number } {
  return apiVersion === 'meta.k8s.io/v1beta1' ? { metadata: 2, items: 1 } : { metadata: 1, items: 2 };
}

function writeListMeta(apiVersion: string, metadata: unknown): void {
  const spec = lookUp('ListMeta', 'meta/v1');
  if (spec === undefined) throw new ProtobufError('the type ListMeta is not known');
  const before = writer.size;
  writeMessage(compiled(spec), isObject(metadata) ? metadata : {}, 0);
  writer.prefix(listNumbers(apiVersion).metadata, writer.size - before);
}

/* ---------------------------------------------------------------- messages */

/** How a value is written without its tag. `undefined`: Go's zero. */
type WriteValue = (value: unknown, name: string, depth: number) => void;

interface Encoding {
  /** 0: a number of its own length; 1: eight bytes; 2: bytes with their length. */
  readonly wireType: 0 | 1 | 2;
  readonly write: WriteValue;
}

interface FieldEncoding extends FieldSpec, Encoding {}

/** Fields of a message from the last to the first, which is how they are written. */
type Compiled = readonly FieldEncoding[];

const compiledSpecs = new Map<MessageSpec, Compiled>();

function compiled(spec: MessageSpec): Compiled {
  const known = compiledSpecs.get(spec);
  if (known !== undefined) return known;
  const fields = [...spec.fields.values()].sort((a, b) => b.number - a.number);
  const made = fields.map((field) => ({ ...field, ...encodingOf(field.type, spec.scope) }));
  compiledSpecs.set(spec, made);
  return made;
}

function encodingOf(type: string, scope: string): Encoding {
  const special = scalars[type];
  if (special !== undefined) return special;
  const message = lookUp(type, scope);
  if (message === undefined) throw new ProtobufError(`the type ${type} is not known`);
  const union = unions[type];
  const write: WriteValue = (value, name, depth) =>
    writeMessage(
      compiled(message),
      union === undefined ? recordAt(value ?? {}, name) : union(value),
      depth + 1,
    );
  return { wireType: 2, write };
}

function writeMessage(fields: Compiled, object: Readonly<Record<string, unknown>>, depth: number): void {
  if (depth > depthMax) throw new ProtobufError(`messages are nested deeper than ${depthMax}`);
  for (const field of fields) {
    if (field.embedded) {
      writeField(field, object, depth);
      continue;
    }
    const value = Object.hasOwn(object, field.name) ? (object[field.name] ?? undefined) : undefined;
    if (field.shape === 'list') writeList(field, value, depth);
    else if (field.shape === 'map') writeMap(field, value, depth);
    else if (value !== undefined || !(field.pointer || field.type === '[]byte'))
      writeField(field, value, depth);
  }
}

function writeField(field: FieldEncoding, value: unknown, depth: number, number = field.number): void {
  const before = writer.size;
  field.write(value, field.name, depth);
  if (field.wireType === 2) writer.varint(writer.size - before);
  writer.varint(number * 8 + field.wireType);
}

/** Numbers, too, one by one: Kubernetes does not pack. */
function writeList(field: FieldEncoding, value: unknown, depth: number): void {
  if (value === undefined) return;
  if (!Array.isArray(value)) throw mismatch(field.name, 'a list');
  for (let at = value.length - 1; at >= 0; at -= 1) writeField(field, value[at] ?? undefined, depth);
}

/** Messages { 1 key, 2 value }, sorted by key as Go writes them. */
function writeMap(field: FieldEncoding, value: unknown, depth: number): void {
  if (value === undefined) return;
  const entries = recordAt(value, field.name);
  for (const key of Object.keys(entries).sort().reverse()) {
    const entry = entries[key] ?? undefined;
    const before = writer.size;
    if (entry !== undefined || field.type !== '[]byte') writeField(field, entry, depth, 2);
    writeText(1, key);
    writer.prefix(field.number, writer.size - before);
  }
}

function writeText(number: number, text: string): void {
  const before = writer.size;
  writer.text(text);
  writer.prefix(number, writer.size - before);
}

function writeNumber(number: number, value: number): void {
  writer.varint(value);
  writer.varint(number * 8);
}

/* ---------------------------------------------------------------- values */

const integer: Encoding = {
  wireType: 0,
  write: (value = 0, name) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) throw mismatch(name, 'an integer');
    writer.varint(value);
  },
};

/** `{ 1 raw }`, its JSON. */
const embeddedJson: Encoding = {
  wireType: 2,
  write: (value) => value === undefined || writeText(1, JSON.stringify(value)),
};

const items: Encoding = {
  wireType: 2,
  write: (value = [], name) => {
    if (!Array.isArray(value)) throw mismatch(name, 'a list');
    for (let at = value.length - 1; at >= 0; at -= 1) writeText(1, textAt(value[at], name));
  },
};

const scalars: Readonly<Record<string, Encoding>> = {
  string: { wireType: 2, write: (value = '', name) => writer.text(textAt(value, name)) },
  bool: {
    wireType: 0,
    write: (value = false, name) => {
      if (typeof value !== 'boolean') throw mismatch(name, 'a boolean');
      writer.byte(value ? 1 : 0);
    },
  },
  int32: integer,
  int64: integer,
  float64: {
    wireType: 1,
    write: (value = 0, name) => {
      if (typeof value !== 'number') throw mismatch(name, 'a number');
      writer.double(value);
    },
  },
  '[]byte': {
    wireType: 2,
    write: (value = '', name) => writer.bytes(Buffer.from(textAt(value, name), 'base64')),
  },
  Time: { wireType: 2, write: (value, name) => writeTime(value, name, 'seconds') },
  MicroTime: { wireType: 2, write: (value, name) => writeTime(value, name, 'microseconds') },
  // Go's zero quantity is "0"; in JSON a number is as good as its text.
  Quantity: {
    wireType: 2,
    write: (value = '0', name) =>
      writeText(1, typeof value === 'number' ? String(value) : textAt(value, name)),
  },
  IntOrString: {
    wireType: 2,
    write: (value = 0, name) => {
      if (typeof value !== 'number' && typeof value !== 'string')
        throw mismatch(name, 'a number or a string');
      writeText(3, typeof value === 'string' ? value : '');
      writeNumber(2, typeof value === 'number' ? value : 0);
      writeNumber(1, typeof value === 'number' ? 0 : 1);
    },
  },
  JSON: embeddedJson,
  FieldsV1: embeddedJson,
  RawExtension: embeddedJson,
  ExtraValue: items,
  Verbs: items,
};

/** Messages that are one of several things in JSON: the parts of a custom resource's schema. */
const unions: Readonly<Record<string, (value: unknown) => Readonly<Record<string, unknown>>>> = {
  JSONSchemaPropsOrArray: (value) => (Array.isArray(value) ? { jSONSchemas: value } : { schema: value }),
  JSONSchemaPropsOrBool: (value) =>
    typeof value === 'boolean' ? { allows: value } : { allows: true, schema: value },
  JSONSchemaPropsOrStringArray: (value) => (Array.isArray(value) ? { property: value } : { schema: value }),
};

/** Timestamp { 1 seconds, 2 nanos }; Go's zero time is an empty message. Time has no fractions, whatever was sent. */
function writeTime(value: unknown, name: string, precision: 'seconds' | 'microseconds'): void {
  if (value === undefined) return;
  const text = textAt(value, name);
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw mismatch(name, 'a time');
  const fraction = /\.(\d{1,6})/.exec(text)?.[1] ?? '';
  writeNumber(2, precision === 'seconds' ? 0 : Number(fraction.padEnd(6, '0')) * 1000);
  writeNumber(1, Math.floor(ms / 1000));
}

function textAt(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw mismatch(name, 'a string');
}

function recordAt(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value;
  throw mismatch(name, 'an object');
}

function mismatch(name: string, wanted: string): ProtobufError {
  return new ProtobufError(`the field ${name} is not ${wanted}`);
}

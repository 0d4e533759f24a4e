/**
 * Protocol buffers, version 3, by table: a message is a list of named fields, and its TypeScript type follows from the list
 * (https://protobuf.dev/programming-guides/encoding/). What Go's gogo/protobuf writes for etcd is written byte for byte: fields in
 * the order of their numbers, zero values left out, messages that are there but empty kept.
 */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** Messages in messages: hostile input must not exhaust the stack. etcd's own depth is 4, and 2 more for each nested txn. */
const depthMax = 64;

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

/** Writes from the end to the front: so a message's length is known when its turn comes, in one pass and without copies. */
export class ProtobufWriter {
  #buffer = Buffer.allocUnsafe(256);
  #at = 256;

  get length(): number {
    return this.#buffer.length - this.#at;
  }

  /** Whole number from -2^53 to 2^53; a negative one takes 10 bytes (two's complement of 64 bits). */
  int(value: number): void {
    if (value < 0 || value > 0xffff_ffff) {
      this.uint64(BigInt.asUintN(64, BigInt(value)));
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
    let at = this.#reserve(size);
    let rest = value >>> 0;
    for (; rest >= 0x80; rest >>>= 7) {
      this.#buffer[at] = (rest & 0x7f) | 0x80;
      at += 1;
    }
    this.#buffer[at] = rest;
  }

  uint64(value: bigint): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    // The buffer may be another one after #reserve().
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
  }

  raw(value: Uint8Array): void {
    const at = this.#reserve(value.byteLength);
    this.#buffer.set(value, at);
  }

  tag(id: number, wire: number): void {
    this.int(id * 8 + wire);
  }

  finish(): Buffer {
    return this.#buffer.subarray(this.#at);
  }

  /** Moves the front by `size` bytes and gives where it is then. */
  #reserve(size: number): number {
    if (size > this.#at) {
      const used = this.length;
      const grown = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, used + size));
      this.#buffer.copy(grown, grown.length - used, this.#at);
      this.#at = grown.length - used;
      this.#buffer = grown;
    }
    this.#at -= size;
    return this.#at;
  }
}

/** Byte fields are views. Throws ProtobufError for what is no message. */
export class ProtobufReader {
  readonly #buffer: Uint8Array;
  readonly #end: number;
  readonly depth: number;
  #at: number;

  constructor(buffer: Uint8Array, options: { at?: number; end?: number; depth?: number } = {}) {
    this.#buffer = buffer;
    this.#at = options.at ?? 0;
    this.#end = options.end ?? buffer.byteLength;
    this.depth = options.depth ?? 0;
    if (this.depth > depthMax) throw new ProtobufError(`messages nested deeper than ${depthMax}`);
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  byte(): number {
    const value = this.#at < this.#end ? this.#buffer[this.#at] : undefined;
    if (value === undefined) throw new ProtobufError('unexpected end of message');
    this.#at += 1;
    return value;
  }

  /** An int64 or uint64 as a number. */
  int(): number {
    let value = 0;
    for (let scale = 1, start = this.#at; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      if (scale >= 2 ** 42) {
        this.#at = start;
        return exact(BigInt.asIntN(64, this.uint64()));
      }
    }
    return value;
  }

  uint64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('a number of more than 64 bits');
  }

  bytes(): Uint8Array {
    const end = this.#lengthEnd();
    const value = this.#buffer.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  text(): string {
    const { buffer, byteOffset, byteLength } = this.bytes();
    return Buffer.from(buffer, byteOffset, byteLength).toString();
  }

  /** A reader of what is inside the length-delimited field; this one goes on behind it. */
  inner(): ProtobufReader {
    const end = this.#lengthEnd();
    const inner = new ProtobufReader(this.#buffer, { at: this.#at, end, depth: this.depth + 1 });
    this.#at = end;
    return inner;
  }

  /** Over a field that the table has no name for. */
  pass(wire: number): void {
    if (wire === varint) this.uint64();
    else if (wire === lengthDelimited) this.bytes();
    else if (wire === fixed64 || wire === fixed32) {
      for (let left = wire === fixed64 ? 8 : 4; left > 0; left -= 1) this.byte();
    } else throw new ProtobufError(`no such wire type: ${wire}`);
  }

  #lengthEnd(): number {
    const end = this.int() + this.#at;
    if (!(end >= this.#at && end <= this.#end)) throw new ProtobufError('a field longer than its message');
    return end;
  }
}

function exact(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new ProtobufError(`a number beyond 2^53: ${value}`);
  return number;
}

/** How one value of a field stands on the wire, without its tag. */
interface Kind<Out, In = Out> {
  readonly wire: number;
  /** What an absent field means; undefined for messages, which can be absent. */
  readonly zero: Out | undefined;
  isZero(value: In): boolean;
  read(reader: ProtobufReader): Out;
  write(writer: ProtobufWriter, value: In): void;
}

export interface Field<Out, In = Out, Optional extends boolean = boolean> {
  readonly id: number;
  readonly optional: Optional;
  readonly wire: number;
  /** The value before anything was read. */
  initial(): Out | undefined;
  /** `before`: what the same message's earlier bytes gave. */
  read(reader: ProtobufReader, wire: number, before: Out | undefined): Out;
  /** With its tag; nothing for a zero value. */
  write(writer: ProtobufWriter, value: In): void;
}

type Fields = Readonly<Record<string, Field<unknown>>>;
type Simplify<T> = { [K in keyof T]: T[K] };
type OutOf<F> = F extends Field<infer Out, infer _In> ? Out : never;
type InOf<F> = F extends Field<infer _Out, infer In> ? In : never;
type Decoded<F extends Fields> = Simplify<
  { readonly [K in keyof F as F[K]['optional'] extends true ? never : K]: OutOf<F[K]> } & {
    readonly [K in keyof F as F[K]['optional'] extends true ? K : never]?: OutOf<F[K]> | undefined;
  }
>;
type Encodable<F extends Fields> = { readonly [K in keyof F]?: InOf<F[K]> | undefined };

/** `Out` is what decode() gives: every field, absent ones zero. `In` is what encode() takes: fields left out are zero. */
export interface MessageType<Out, In = Out> {
  decode(bytes: Uint8Array): Out;
  encode(value: In): Buffer;
  read(reader: ProtobufReader): Out;
  write(writer: ProtobufWriter, value: In): void;
}

export type Message<T> = T extends MessageType<infer Out, infer _In> ? Out : never;
export type MessageInput<T> = T extends MessageType<infer _Out, infer In> ? In : never;

export function message<F extends Fields>(fields: F): MessageType<Decoded<F>, Encodable<F>>;
export function message(fields: Fields): MessageType<Record<string, unknown>> {
  const entries = Object.entries(fields).sort(([, a], [, b]) => a.id - b.id);
  const backwards = entries.toReversed();
  const byId = new Map(entries.map((entry) => [entry[1].id, entry]));
  const read = (reader: ProtobufReader): Record<string, unknown> => {
    const value: Record<string, unknown> = {};
    for (const [name, field] of entries) value[name] = field.initial();
    while (!reader.done) {
      const tag = reader.int();
      const wire = tag % 8;
      const entry = byId.get(Math.floor(tag / 8));
      if (entry === undefined) reader.pass(wire);
      else value[entry[0]] = entry[1].read(reader, wire, value[entry[0]]);
    }
    return value;
  };
  const write = (writer: ProtobufWriter, value: Record<string, unknown>): void => {
    for (const [name, field] of backwards) {
      const given = value[name];
      if (given !== undefined) field.write(writer, given);
    }
  };
  return {
    read,
    write,
    decode: (bytes) => read(new ProtobufReader(bytes)),
    encode: (value) => {
      const writer = new ProtobufWriter();
      write(writer, value);
      return writer.finish();
    },
  };
}

function one<Out, In>(id: number, kind: Kind<Out, In>): Field<Out, In, false> {
  return { ...single(id, kind), optional: false };
}

function single<Out, In>(id: number, kind: Kind<Out, In>): Omit<Field<Out, In>, 'optional'> {
  const { wire } = kind;
  return {
    id,
    wire,
    initial: () => kind.zero,
    read: (reader, given) => {
      expectWire(id, given, wire);
      return kind.read(reader);
    },
    write: (writer, value) => {
      if (kind.isZero(value)) return;
      kind.write(writer, value);
      writer.tag(id, wire);
    },
  };
}

function expectWire(id: number, given: number, wanted: number): void {
  if (given !== wanted) throw new ProtobufError(`field ${id} has wire type ${given}, not ${wanted}`);
}

const bytesKind: Kind<Uint8Array> = {
  wire: lengthDelimited,
  zero: new Uint8Array(),
  isZero: (value) => value.byteLength === 0,
  read: (reader) => reader.bytes(),
  write: (writer, value) => {
    writer.raw(value);
    writer.int(value.byteLength);
  },
};

const textKind: Kind<string> = {
  wire: lengthDelimited,
  zero: '',
  isZero: (value) => value === '',
  read: (reader) => reader.text(),
  write: (writer, value) => bytesKind.write(writer, Buffer.from(value)),
};

const intKind: Kind<number> = {
  wire: varint,
  zero: 0,
  isZero: (value) => value === 0,
  read: (reader) => reader.int(),
  write: (writer, value) => writer.int(value),
};

const boolKind: Kind<boolean> = {
  wire: varint,
  zero: false,
  isZero: (value) => !value,
  read: (reader) => reader.uint64() !== 0n,
  write: (writer) => writer.int(1),
};

const int64Kind: Kind<bigint> = {
  wire: varint,
  zero: 0n,
  isZero: (value) => value === 0n,
  read: (reader) => BigInt.asIntN(64, reader.uint64()),
  write: (writer, value) => writer.uint64(BigInt.asUintN(64, value)),
};

const hexZero = '0'.repeat(16);
const hexKind: Kind<string> = {
  wire: varint,
  zero: hexZero,
  isZero: (value) => value === '' || value === hexZero,
  read: (reader) => reader.uint64().toString(16).padStart(16, '0'),
  write: (writer, value) => {
    if (!/^[0-9a-f]{1,16}$/.test(value)) throw new ProtobufError(`not 16 hex digits: ${value}`);
    writer.uint64(BigInt(`0x${value}`));
  },
};

function choiceKind<const Names extends readonly string[]>(names: Names): Kind<Names[number]> {
  const zero: Names[number] | undefined = names[0];
  return {
    wire: varint,
    zero,
    isZero: (value) => value === zero,
    read: (reader) => {
      const index = reader.int();
      const name: Names[number] | undefined = names[index];
      if (name === undefined) throw new ProtobufError(`no such choice: ${index} of ${names.join(', ')}`);
      return name;
    },
    write: (writer, value) => {
      const index = names.indexOf(value);
      if (index < 0) throw new ProtobufError(`no such choice: ${value} of ${names.join(', ')}`);
      writer.int(index);
    },
  };
}

/** `type` is asked for when it is first needed: messages may hold each other. */
function messageKind<Out, In>(type: () => MessageType<Out, In>): Kind<Out, In> {
  return {
    wire: lengthDelimited,
    zero: undefined,
    isZero: () => false,
    read: (reader) => type().read(reader.inner()),
    write: (writer, value) => {
      const before = writer.length;
      type().write(writer, value);
      writer.int(writer.length - before);
    },
  };
}

function repeated<Out, In>(id: number, kind: Kind<Out, In>): Field<Out[], readonly In[], false> {
  const { wire } = kind;
  const packed = wire === varint;
  return {
    id,
    optional: false,
    wire,
    initial: () => [],
    // Numbers may come packed or one by one, whatever the writer's schema said.
    read: (reader, given, before = []) => {
      if (!(packed && given === lengthDelimited)) {
        expectWire(id, given, wire);
        before.push(kind.read(reader));
      } else for (const inner = reader.inner(); !inner.done; ) before.push(kind.read(inner));
      return before;
    },
    write: (writer, values) => {
      if (values.length === 0) return;
      const start = writer.length;
      for (const value of values.toReversed()) {
        kind.write(writer, value);
        if (!packed) writer.tag(id, wire);
      }
      if (!packed) return;
      writer.int(writer.length - start);
      writer.tag(id, lengthDelimited);
    },
  };
}

export const bytes = (id: number) => one(id, bytesKind);
/** Undefined where the field is empty. */
export function optionalBytes(id: number): Field<Uint8Array, Uint8Array, true> {
  return { ...single(id, bytesKind), optional: true, initial: () => undefined };
}
export const text = (id: number) => one(id, textKind);
export const bool = (id: number) => one(id, boolKind);
/** Any of protobuf's varint numbers whose values stay within 2^53. */
export const int = (id: number) => one(id, intKind);
export const int64 = (id: number) => one(id, int64Kind);
/** A uint64 that is an identity: 16 hex digits. */
export const hex = (id: number) => one(id, hexKind);
/** An enum: names in the order of their numbers, from 0. */
export const choice = <const Names extends readonly string[]>(id: number, names: Names) =>
  one(id, choiceKind(names));
export function inner<Out, In>(id: number, type: () => MessageType<Out, In>): Field<Out, In, true> {
  return { ...single(id, messageKind(type)), optional: true };
}
export const many = <Out, In>(id: number, type: () => MessageType<Out, In>) =>
  repeated(id, messageKind(type));
export const manyBytes = (id: number) => repeated(id, bytesKind);
export const manyTexts = (id: number) => repeated(id, textKind);
export const manyChoices = <const Names extends readonly string[]>(id: number, names: Names) =>
  repeated(id, choiceKind(names));

import { isObject } from '@kubelab/api';
import { messages } from '../src/protobuf/generated/messages.js';

/** The opposite of src/protobuf/decode.ts, by the same tables, as Kubernetes' Go clients write bodies: for tests. */
export function encodeProtobuf(object: Readonly<Record<string, unknown>>): Uint8Array {
  const { apiVersion, kind, ...rest } = object;
  const [group, version] = String(apiVersion).includes('/')
    ? String(apiVersion).split('/')
    : ['core', apiVersion];
  const scope = `${group?.split('.')[0]}/${version}`;
  const raw = message(String(kind), scope, rest);
  const typeMeta = Buffer.concat([
    bytes(1, Buffer.from(String(apiVersion))),
    bytes(2, Buffer.from(String(kind))),
  ]);
  return new Uint8Array(Buffer.concat([Buffer.from('k8s\0'), bytes(1, typeMeta), bytes(2, raw)]));
}

function varint(value: bigint): Buffer {
  const out: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...out, Number(rest)]);
    out.push(Number(rest & 127n) | 128);
  }
}

function bytes(number: number, value: Uint8Array): Buffer {
  return Buffer.concat([varint(BigInt(number * 8 + 2)), varint(BigInt(value.byteLength)), value]);
}

function integer(number: number, value: number): Buffer {
  return Buffer.concat([varint(BigInt(number * 8)), varint(BigInt(value))]);
}

function find(type: string, scope: string): { readonly key: string; readonly scope: string } {
  const scopes = scope === 'meta/v1' ? [scope] : [scope, 'meta/v1', 'core/v1'];
  const found = scopes.find((one) => messages[`${one}.${type}`] !== undefined);
  if (found === undefined) throw new Error(`no message ${type} of ${scope}`);
  return { key: `${found}.${type}`, scope: found };
}

function message(type: string, inScope: string, object: Readonly<Record<string, unknown>>): Buffer {
  const { key, scope } = find(type, inScope);
  const parts: Buffer[] = [];
  for (const [, number = '', name = '', full = ''] of (messages[key] ?? '').matchAll(
    /(\d+)([^\s:]+):(\S+)/g,
  )) {
    const plain = full.replace(/^\*/, '');
    const value = name === '^' ? object : object[name];
    if (value === undefined || value === null) continue;
    if (name === '^') parts.push(bytes(Number(number), message(plain, scope, object)));
    else if (plain.startsWith('[]') && plain !== '[]byte') {
      for (const item of Array.isArray(value) ? value : [])
        parts.push(one(Number(number), plain.slice(2), scope, item));
    } else if (plain.startsWith('{')) {
      for (const [entry, item] of Object.entries(isObject(value) ? value : {})) {
        const inner = [bytes(1, Buffer.from(entry)), one(2, plain.slice(1, -1), scope, item)];
        parts.push(bytes(Number(number), Buffer.concat(inner)));
      }
    } else parts.push(one(Number(number), plain, scope, value));
  }
  return Buffer.concat(parts);
}

function one(number: number, type: string, scope: string, value: unknown): Buffer {
  const text = () => Buffer.from(String(value));
  switch (type) {
    case 'string':
      return bytes(number, text());
    case 'bool':
      return integer(number, value === true ? 1 : 0);
    case 'int32':
    case 'int64':
      return integer(number, Number(value));
    case 'float64': {
      const out = Buffer.alloc(8);
      out.writeDoubleLE(Number(value));
      return Buffer.concat([varint(BigInt(number * 8 + 1)), out]);
    }
    case '[]byte':
      return bytes(number, Buffer.from(String(value), 'base64'));
    case 'Time':
    case 'MicroTime': {
      const ms = Date.parse(String(value));
      const nanos = Number(/\.(\d+)Z$/.exec(String(value))?.[1]?.padEnd(9, '0') ?? 0);
      return bytes(number, Buffer.concat([integer(1, Math.floor(ms / 1000)), integer(2, nanos)]));
    }
    case 'Duration':
      return bytes(number, integer(1, Math.round(Number.parseFloat(String(value)) * 1e9)));
    case 'Quantity':
      return bytes(number, bytes(1, text()));
    case 'IntOrString':
      return bytes(
        number,
        typeof value === 'number'
          ? Buffer.concat([integer(1, 0), integer(2, value)])
          : Buffer.concat([integer(1, 1), bytes(3, text())]),
      );
    case 'JSON':
    case 'FieldsV1':
    case 'RawExtension':
      return bytes(number, bytes(1, Buffer.from(JSON.stringify(value))));
    case 'ExtraValue':
      return bytes(
        number,
        Buffer.concat((Array.isArray(value) ? value : []).map((item) => bytes(1, Buffer.from(String(item))))),
      );
    case 'JSONSchemaPropsOrArray':
      return bytes(
        number,
        Array.isArray(value) ? Buffer.alloc(0) : bytes(1, message('JSONSchemaProps', scope, Object(value))),
      );
    default:
      return bytes(number, message(type, scope, isObject(value) ? value : {}));
  }
}

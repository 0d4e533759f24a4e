import { type FieldType, groupVersionOf, kinds, objectType, viewKinds } from '@kubelab/api';
import t from 'tap';
import { decodeProtobuf } from '../src/protobuf/decode.js';
import { messages } from '../src/protobuf/generated/messages.js';
import { ProtobufError } from '../src/protobuf/reader.js';

const tag = (number: number, wireType: number) => {
  const value = number * 8 + wireType;
  return value < 128 ? [value] : [(value & 127) | 128, value >> 7];
};
const field = (number: number, value: string | Buffer | number): Buffer => {
  if (typeof value === 'number') return Buffer.from([...tag(number, 0), value]);
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([...tag(number, 2), ...length]), bytes]);
};
const message = (...fields: Buffer[]) => Buffer.concat(fields);
const body = (apiVersion: string, kind: string, raw: Buffer) =>
  message(Buffer.from('k8s\0'), field(1, message(field(1, apiVersion), field(2, kind))), field(2, raw));

t.test('a body becomes the object that its JSON would be', async (t) => {
  const metadata = field(
    1,
    message(field(1, 'web'), field(2, ''), field(8, ''), field(11, message(field(1, 'a'), field(2, 'b')))),
  );
  const data = message(field(1, 'key'), field(2, Buffer.from([1, 2, 3])));
  t.same(decodeProtobuf(body('v1', 'Secret', message(metadata, field(2, data), field(3, 'Opaque')))), {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'web', labels: { a: 'b' } },
    data: { key: 'AQID' },
    type: 'Opaque',
  });
});

t.test('pointers keep their zero, embedded messages lie in their parent', async (t) => {
  const volume = message(field(1, 'v'), field(2, field(2, '')));
  const spec = field(2, field(1, volume));
  const pod = decodeProtobuf(body('v1', 'Pod', spec));
  t.same(pod.spec, { volumes: [{ name: 'v', emptyDir: {} }] });
  const deployment = decodeProtobuf(body('apps/v1', 'Deployment', field(2, field(1, 0))));
  t.same(deployment.spec, { replicas: 0 });
});

t.test('what is no such message is refused', async (t) => {
  t.throws(() => decodeProtobuf(Buffer.from('{}')), ProtobufError);
  t.throws(() => decodeProtobuf(body('v1', 'Nothing', Buffer.alloc(0))), ProtobufError);
  t.throws(() => decodeProtobuf(body('v1', 'Pod', Buffer.from([0x0a, 0xff, 0x01]))), ProtobufError);
});

t.test('every kind that is served has its message, with metadata as its first field', async (t) => {
  const metadata = field(1, field(1, 'x'));
  for (const kind of [...kinds, ...viewKinds]) {
    const decoded = decodeProtobuf(body(groupVersionOf(kind), kind.kind, metadata));
    t.same(decoded, { apiVersion: groupVersionOf(kind), kind: kind.kind, metadata: { name: 'x' } });
  }
});

t.test('a schema that may be one thing or another is what it is in JSON', async (t) => {
  const schema = message(
    field(5, 'object'),
    field(30, field(1, 1)),
    field(24, field(1, field(5, 'string'))),
    field(20, field(1, '"a"')),
    field(20, field(1, '1')),
    Buffer.concat([Buffer.from([9 * 8 + 1]), Buffer.from(new Float64Array([2.5]).buffer)]),
  );
  const version = message(field(1, 'v1'), field(4, field(1, schema)));
  const definition = decodeProtobuf(
    body('apiextensions.k8s.io/v1', 'CustomResourceDefinition', field(2, field(7, version))),
  );
  const openAPIV3Schema = {
    type: 'object',
    additionalProperties: true,
    items: { type: 'string' },
    enum: ['a', 1],
    maximum: 2.5,
  };
  t.same(definition.spec, { versions: [{ name: 'v1', schema: { openAPIV3Schema } }] });
});

/** A message's fields with those of what is embedded in it: name to type. */
function fieldsOf(key: string): Map<string, string> {
  const [scope = ''] = key.split('.');
  const fields = [...(messages[key] ?? '').matchAll(/\d+([^\s:]+):(\S+)/g)];
  return new Map(
    fields.flatMap(([, name = '', type = '']) => {
      const plain = type.replace(/[*[\]{}]/g, '');
      return name === '^' ? [...fieldsOf(find(plain, scope) ?? '')] : [[name, plain] as const];
    }),
  );
}

function find(type: string, scope: string): string | undefined {
  return [scope, 'meta/v1', 'core/v1']
    .map((one) => `${one}.${type}`)
    .find((key) => messages[key] !== undefined);
}

function objectIn(type: FieldType): string | undefined {
  if (type.is === 'object') return type.name;
  return type.is === 'scalar' ? undefined : objectIn(type.of);
}

t.test('messages have the fields that their JSON has, all the way down', async (t) => {
  const seen = new Set<string>();
  const wrong: string[] = [];
  const walk = (schema: string, key: string) => {
    if (seen.has(schema)) return;
    seen.add(schema);
    const fields = fieldsOf(key);
    for (const [name, { type }] of objectType(schema)) {
      const found = fields.get(name);
      const isTypeMeta = found === undefined && ['apiVersion', 'kind'].includes(name);
      const inner = objectIn(type);
      if (found === undefined && !isTypeMeta) wrong.push(`${schema} has ${name}, ${key} has not`);
      if (found !== undefined && inner !== undefined)
        walk(inner, find(found, key.split('.')[0] ?? '') ?? `no message ${found}`);
    }
    for (const name of fields.keys())
      if (!objectType(schema).has(name)) wrong.push(`${key} has ${name}, ${schema} has not`);
  };
  for (const kind of [...kinds, ...viewKinds]) {
    const group = kind.group === '' ? 'core' : kind.group.split('.')[0];
    walk(kind.schema, `${group}/${kind.version}.${kind.kind}`);
  }
  t.same(wrong, []);
  t.ok(seen.size > 400, `${seen.size} types`);
});

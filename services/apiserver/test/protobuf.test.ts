import t from 'tap';
import { decodeProtobuf } from '../src/protobuf/decode.js';
import { ProtobufError } from '../src/protobuf/reader.js';

const field = (number: number, value: string | Buffer | number): Buffer => {
  if (typeof value === 'number') return Buffer.from([number * 8, value]);
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
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

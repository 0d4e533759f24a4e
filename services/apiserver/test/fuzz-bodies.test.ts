import { request } from 'node:https';
import { kinds, objectPath } from '@kubelab/api';
import fc from 'fast-check';
import t from 'tap';
import { stringify } from 'yaml';
import { decodeProtobuf } from '../src/protobuf/decode.js';
import { encodeProtobuf } from '../src/protobuf/encode.js';
import { ProtobufError } from '../src/protobuf/reader.js';
import { holds, send } from './fuzz-support.js';
import { readyServer } from './harness.js';
import { samples } from './samples.js';

const runs = 200;
const server = await readyServer();
t.teardown(() => server.stop());

const encoder = new TextEncoder();
const time = '2026-01-02T03:04:05Z';
const metadata = {
  labels: { a: 'b' },
  creationTimestamp: time,
  deletionGracePeriodSeconds: 30,
  ownerReferences: [{ apiVersion: 'v1', kind: 'K', name: 'n', uid: 'u', controller: true }],
  managedFields: [
    {
      manager: 'm',
      operation: 'Update',
      apiVersion: 'v1',
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': {} },
    },
  ],
};

/** An object of each kind with a sample, as its three encodings; dry runs leave nothing behind. */
const seeds = kinds.flatMap((kind) => {
  const { name = 'sample', status: _status, cells: _cells, ...fields } = samples[kind.kind] ?? {};
  const apiVersion = kind.group === '' ? 'v1' : `${kind.group}/${kind.version}`;
  const body = { apiVersion, kind: kind.kind, metadata: { name, ...metadata }, ...fields };
  const path = objectPath(kind, kind.namespaced ? 'default' : undefined);
  return [
    { path, type: 'application/json', bytes: encoder.encode(JSON.stringify(body)) },
    { path, type: 'application/yaml', bytes: encoder.encode(stringify(body)) },
    { path, type: 'application/vnd.kubernetes.protobuf', bytes: encodeProtobuf(body) },
  ];
});

/** Flips, cuts, doubles and inserts, as transfers and wrong writers do. */
const change = fc.record({
  what: fc.constantFrom('flip', 'cut', 'double', 'insert', 'zero', 'end'),
  at: fc.nat(),
  length: fc.nat({ max: 24 }),
  by: fc.uint8Array({ maxLength: 12 }),
  bit: fc.nat({ max: 7 }),
});

function mutated(
  bytes: Uint8Array,
  changes: readonly { what: string; at: number; length: number; by: Uint8Array; bit: number }[],
): Uint8Array {
  let out = Buffer.from(bytes);
  for (const { what, at, length, by, bit } of changes) {
    const place = out.length === 0 ? 0 : at % out.length;
    const piece = out.subarray(place, place + length);
    if (what === 'flip' && out.length > 0) out.writeUInt8((out[place] ?? 0) ^ (1 << bit), place);
    if (what === 'zero') out.fill(0, place, Math.min(place + length, out.length));
    if (what === 'end') out = Buffer.from(out.subarray(0, place));
    if (what === 'cut') out = Buffer.concat([out.subarray(0, place), out.subarray(place + length)]);
    if (what === 'double') out = Buffer.concat([out.subarray(0, place), piece, out.subarray(place)]);
    if (what === 'insert') out = Buffer.concat([out.subarray(0, place), by, out.subarray(place)]);
  }
  return new Uint8Array(out);
}

t.test('bodies that were changed on the way', async (t) => {
  const property = fc.asyncProperty(
    fc.constantFrom(...seeds),
    fc.array(change, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('Strict', 'Warn', 'Ignore'),
    async ({ path, type, bytes }, changes, fieldValidation) => {
      const body = mutated(bytes, changes);
      await send(server, {
        method: 'POST',
        path,
        body,
        headers: { 'content-type': type },
        query: { dryRun: 'All', fieldValidation },
      });
    },
  );
  await holds(t, 'a body', property, runs * 2);
});

t.test('protobuf bytes give an object or a ProtobufError', async (t) => {
  const ours = seeds.filter(({ type }) => type.includes('protobuf'));
  const property = fc.asyncProperty(
    fc.constantFrom(...ours),
    fc.array(change, { minLength: 1, maxLength: 6 }),
    async ({ bytes }, changes) => {
      try {
        decodeProtobuf(mutated(bytes, changes));
      } catch (error) {
        if (!(error instanceof ProtobufError)) throw error;
      }
    },
  );
  await holds(t, 'bytes', property, runs * 20);
});

t.test('bytes of whatever kind as whatever type', async (t) => {
  const property = fc.asyncProperty(
    fc.constantFrom(...seeds),
    fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.json({ maxDepth: 8 }).map((one) => encoder.encode(one)),
    ),
    async ({ path, type }, body) => {
      await send(server, {
        method: 'POST',
        path,
        body,
        headers: { 'content-type': type },
        query: { dryRun: 'All' },
      });
    },
  );
  await holds(t, 'a body', property, runs);
});

/** Small bodies that cost much where they are read without care. */
const bombs: readonly (readonly [name: string, type: string, body: string])[] = [
  ['deep JSON lists', 'application/json', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['deep JSON objects', 'application/json', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['deep JSON without an end', 'application/json', '['.repeat(1_000_000)],
  ['deep YAML flow lists', 'application/yaml', `a: ${'['.repeat(50_000)}`],
  [
    'deep YAML',
    'application/yaml',
    Array.from({ length: 2_000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
  ],
  [
    'YAML aliases that double',
    'application/yaml',
    [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 40 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`),
    ].join('\n'),
  ],
  ['a YAML alias of itself', 'application/yaml', 'metadata: &a\n  name: x\n  labels: *a\n'],
  ['many YAML documents', 'application/yaml', '---\na: 1\n'.repeat(20_000)],
  ['YAML tags', 'application/yaml', 'metadata: !!js/function "x"\nspec: !!binary "%%%"\n'],
  [
    'many keys',
    'application/json',
    `{"metadata":{"labels":{${Array.from({ length: 50_000 }, (_, at) => `"k${at}":"v"`).join(',')}}}}`,
  ],
  [
    'one key very often',
    'application/json',
    `{"metadata":{"labels":{${'"k":"v",'.repeat(100_000)}"k":"v"}}}`,
  ],
  [
    'many unknown fields',
    'application/json',
    `{${Array.from({ length: 50_000 }, (_, at) => `"k${at}":1`).join(',')}}`,
  ],
  ['a long number', 'application/json', `{"metadata":{"generation":${'9'.repeat(100_000)}}}`],
  ['a long name', 'application/json', `{"metadata":{"name":"${'a'.repeat(1_000_000)}"}}`],
  [
    'a name of a pattern that backtracks',
    'application/json',
    `{"metadata":{"name":"${'a-'.repeat(50_000)}!"}}`,
  ],
  [
    'a long quantity',
    'application/json',
    `{"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"${'1'.repeat(100_000)}e999999"}}}]}}`,
  ],
  [
    'many containers',
    'application/json',
    `{"metadata":{"name":"p"},"spec":{"containers":[${Array.from({ length: 10_000 }, (_, at) => `{"name":"c${at}","image":"i"}`).join(',')}]}}`,
  ],
  ['a lone surrogate', 'application/json', '{"metadata":{"name":"a","labels":{"a":"\\ud800"}}}'],
  ['NUL in a key', 'application/json', '{"metadata":{"name":"a","annotations":{"a\\u0000":"b"}}}'],
];

for (const [name, type, body] of bombs) {
  for (const path of ['/api/v1/namespaces/default/pods', '/api/v1/namespaces/default/configmaps']) {
    t.test(`${name} to ${path.split('/').at(-1)}`, async (t) => {
      const headers = { 'content-type': type };
      const query = { dryRun: 'All', fieldValidation: 'Strict' };
      const { code } = await send(server, {
        method: 'POST',
        path,
        body: encoder.encode(body),
        headers,
        query,
      });
      t.ok(code >= 200 && code < 500, String(code));
    });
  }
}

/** By the real transport: what is cut off, and what is too long. */
function raw(bytes: Buffer, headers: Record<string, string>, cutAt?: number): Promise<number | 'cut'> {
  const tls = server.identities.admin;
  return new Promise((resolve) => {
    const sent = request(
      `https://127.0.0.1:${server.apiserver.secureAddress.port}/api/v1/namespaces/default/configmaps`,
      {
        method: 'POST',
        ca: server.caPem,
        cert: tls?.certPem,
        key: tls?.keyPem,
        agent: false,
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.on('error', () => resolve('cut'));
    if (cutAt === undefined) sent.end(bytes);
    else sent.write(bytes.subarray(0, cutAt), () => sent.destroy());
  });
}

t.test('bodies that are too long, too short or never come', async (t) => {
  const whole = Buffer.from(JSON.stringify({ metadata: { name: 'cut' }, data: { a: 'x'.repeat(10_000) } }));
  for (const cutAt of [0, 1, 17, 5_000, whole.length - 1])
    t.equal(await raw(whole, { 'content-length': String(whole.length) }, cutAt), 'cut');
  t.equal(
    await raw(
      Buffer.from(JSON.stringify({ metadata: { name: 'big' }, data: { a: 'x'.repeat(4 * 2 ** 20) } })),
      {},
    ),
    413,
  );
  t.match(await raw(Buffer.alloc(40 * 2 ** 20, 0x20), {}), /^(413|cut)$/);
  t.equal(await raw(Buffer.from('{"metadata":{"name":"cut"}'), {}), 400);
  const { text } = await send(server, { method: 'GET', path: '/api/v1/namespaces/default/configmaps' });
  t.notMatch(text, /"name":"(cut|big)"/, 'nothing of them is stored');
  t.equal(await raw(Buffer.from('{"metadata":{"name":"fine"}}'), {}), 201, 'and it still works');
});

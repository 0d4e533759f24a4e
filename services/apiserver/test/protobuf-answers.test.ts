import {
  decodeObject,
  definitionKind,
  groupVersionOf,
  isObject,
  type KindInfo,
  kinds,
  objectPath,
} from '@kubelab/api';
import t from 'tap';
import { createInProcessTransport } from '../src/index.js';
import { decodeProtobuf } from '../src/protobuf/decode.js';
import { encodeMessage, encodeProtobuf } from '../src/protobuf/encode.js';
import { ProtobufError, rawFields } from '../src/protobuf/reader.js';
import { admin, eventually, pick, readyServer } from './harness.js';
import { samples } from './samples.js';

const type = 'application/vnd.kubernetes.protobuf';
/** As client-go's clients of built-in kinds ask. */
const accept = `${type},application/json`;
const asMetadata = 'as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const text = (value: string) => Buffer.from(value).toString('hex');

/** What a JSON without them means as well: Go's zero values, and what holds nothing else. */
function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutZeros(item) ?? {});
  if (!isObject(value)) return value === '' || value === 0 || value === false ? undefined : value;
  const kept = Object.entries(value)
    .map(
      ([key, inner]) => [key, key === 'divisor' && inner === '0' ? undefined : withoutZeros(inner)] as const,
    )
    .filter(
      ([, inner]) => inner !== undefined && inner !== null && !(Array.isArray(inner) && inner.length === 0),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function sampleOf(kind: KindInfo): Record<string, unknown> {
  const known = samples[`${groupVersionOf(kind)} ${kind.kind}`] ?? samples[kind.kind] ?? {};
  const { name = 'sample', cells: _cells, ...fields } = known;
  return { apiVersion: groupVersionOf(kind), kind: kind.kind, metadata: { name }, ...fields };
}

/** ObjectMeta's fields that are no pointers, lists or maps, by hand: name to resourceVersion, generation, creationTimestamp. */
const emptyMetadata = '0a10 0a00 1200 1a00 2200 2a00 3200 3800 4200';

const rows: readonly { readonly what: string; readonly object: object; readonly wanted: string }[] = [
  {
    what: 'what is no pointer is there, as its zero; maps are sorted',
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { b: '', a: 'é' } },
    wanted:
      '0a11 0a01 78 1200 1a00 2200 2a00 3200 3800 4200 ' + '1207 0a01 61 1202 c3a9 ' + '1205 0a01 62 1200',
  },
  {
    what: 'times have seconds and nanoseconds, and only micros are kept; a pointer to zero is written, no pointer is not',
    object: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
      spec: { leaseDurationSeconds: 0, renewTime: '2026-01-01T00:00:00.000002Z' },
    },
    wanted:
      '0a18 0a00 1200 1a00 2200 2a00 3200 3800 4208 08 80f2d6ca06 10 00 ' +
      '120d 10 00 2209 08 80f2d6ca06 10 d00f',
  },
  {
    what: 'negative numbers take ten bytes',
    object: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: {}, value: -1 },
    wanted: `${emptyMetadata} 10 ffffffffffffffffff01 18 00 2200`,
  },
  {
    what: 'quantities are messages',
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIStorageCapacity',
      metadata: {},
      storageClassName: 's',
      capacity: '1Gi',
    },
    wanted: `${emptyMetadata} 1a01 73 2205 0a03 314769`,
  },
];

t.test('objects are written as Go writes them', async (t) => {
  for (const { what, object, wanted } of rows)
    t.equal(hex(encodeMessage(object)), wanted.replaceAll(' ', ''), what);
});

t.test('a body is a prefix and an Unknown with empty encoding and type', async (t) => {
  const bytes = encodeProtobuf({
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Success',
    code: 200,
  });
  const raw = `0a060a0012001a001207${text('Success')}1a00220030c801`;
  const typeMeta = `0a02${text('v1')}1206${text('Status')}`;
  t.equal(hex(bytes), `6b3873000a0c${typeMeta}12${(raw.length / 2).toString(16)}${raw}1a002200`);
});

t.test('values of special types', async (t) => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: {
      ports: [
        { port: 80, targetPort: 'http' },
        { port: 81, targetPort: 8080 },
      ],
    },
  };
  const through = decodeProtobuf(encodeProtobuf(service));
  t.same(pick(through, 'spec.ports'), service.spec.ports);
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: { empty: '', full: 'AQID' } };
  t.same(decodeProtobuf(encodeProtobuf(secret)).data, secret.data);
  const nothing = { apiVersion: 'v1', kind: 'Secret', metadata: { labels: null }, data: null };
  t.same(pick(decodeProtobuf(encodeProtobuf(nothing)), 'data'), undefined);
  const revision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {},
    data: { spec: { a: [1, { b: null }] } },
    revision: 3,
  };
  t.same(decodeProtobuf(encodeProtobuf(revision)).data, revision.data);
  const own = { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: JSON.parse('{"__proto__":"x"}') };
  t.same(Object.keys(Object(decodeProtobuf(encodeProtobuf(own)).data)), ['__proto__']);
});

t.test('what is not of its type is refused by name, and the next object is whole', async (t) => {
  const wrong = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: {}, spec: { replicas: 'x' } };
  t.throws(() => encodeProtobuf(wrong), new ProtobufError('the field replicas is not an integer'));
  t.throws(() => encodeProtobuf({ apiVersion: 'v1', kind: 'Nothing' }), ProtobufError);
  const right = { ...wrong, spec: { replicas: 2 } };
  t.same(pick(decodeProtobuf(encodeProtobuf(right)), 'spec.replicas'), 2);
});

t.test('the sample of every kind comes back with every field', async (t) => {
  for (const kind of kinds) {
    const { object } = decodeObject(kind, sampleOf(kind));
    const bytes = encodeProtobuf(object);
    const through = decodeProtobuf(bytes);
    t.same(withoutZeros(through), withoutZeros(object), `${groupVersionOf(kind)} ${kind.kind}`);
    t.equal(hex(encodeProtobuf(through)), hex(bytes), `${kind.kind} again`);
  }
});

/** Events of a stream of frames, however it is cut. */
async function* frames(stream: AsyncIterable<{ readonly bytes: Uint8Array }>) {
  let rest = Buffer.alloc(0);
  for await (const { bytes } of stream) {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
      const size = rest.readUInt32BE(0);
      const fields = new Map(
        [...rawFields(rest.subarray(4, 4 + size))].map((one) => [one.number, one.value]),
      );
      const object = new Map([...rawFields(bytesIn(fields.get(2)))].map((one) => [one.number, one.value]));
      yield {
        type: Buffer.from(bytesIn(fields.get(1))).toString(),
        object: decodeProtobuf(bytesIn(object.get(1))),
      };
      rest = rest.subarray(4 + size);
    }
  }
}

function bytesIn(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Error('no bytes');
}

t.test('a server answers in protobuf', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;
  const maps = '/api/v1/namespaces/default/configmaps';
  const body = (name: string, data = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data,
  });
  const headers = { accept };

  await t.test('get, create, update, patch, delete and lists say what JSON says', async (t) => {
    const sent = encodeProtobuf(body('a', { x: '1' }));
    const made = await call('POST', maps, { body: sent, headers: { accept, 'content-type': type } });
    t.equal(made.code, 201);
    t.equal(made.headers['content-type'], type);
    const json = await call('GET', `${maps}/a`);
    t.same(withoutZeros(decodeProtobuf(made.bytes)), withoutZeros(json.json));
    const got = await call('GET', `${maps}/a`, { headers });
    t.same(withoutZeros(decodeProtobuf(got.bytes)), withoutZeros(json.json));
    const put = await call('PUT', `${maps}/a`, { body: body('a', { x: '2' }), headers });
    t.same(decodeProtobuf(put.bytes).data, { x: '2' });
    const patch = { accept, 'content-type': 'application/merge-patch+json' };
    const patched = await call('PATCH', `${maps}/a`, { body: { data: { y: '3' } }, headers: patch });
    t.same(decodeProtobuf(patched.bytes).data, { x: '2', y: '3' });
    const list = await call('GET', maps, { headers });
    t.equal(list.headers['content-type'], type);
    const items = listed(list.bytes);
    const inJson = await call('GET', maps);
    t.same([items.typeMeta.apiVersion, items.typeMeta.kind], ['v1', 'ConfigMapList']);
    t.equal(items.resourceVersion, inJson.at('metadata.resourceVersion'));
    t.same(items.messages, [...new Set(items.messages)]);
    t.equal(items.messages.length, Object(inJson.at('items')).length);
    const gone = await call('DELETE', `${maps}/a`, { headers });
    const status = decodeProtobuf(gone.bytes);
    t.same([status.kind, status.status, pick(status, 'details.name')], ['Status', 'Success', 'a']);
  });

  await t.test('errors are a Status in protobuf, too', async (t) => {
    const missing = await call('GET', `${maps}/none`, { headers });
    t.same([missing.code, missing.headers['content-type']], [404, type]);
    const json = await call('GET', `${maps}/none`);
    t.same(withoutZeros(decodeProtobuf(missing.bytes)), withoutZeros(json.json));
  });

  await t.test('the form is what the client prefers of what there is', async (t) => {
    const rows: readonly (readonly [string, number, string])[] = [
      [accept, 200, type],
      [`application/json,${type}`, 200, 'application/json'],
      [`${type};q=0.5,application/json;q=0.9`, 200, 'application/json'],
      [`${type};q=0,application/json`, 200, 'application/json'],
      [`${type};stream=watch`, 200, type],
      [`${type};${asMetadata}`, 200, type],
      [`${type};as=Table;g=meta.k8s.io;v=v1,application/json`, 200, 'application/json'],
      [`${type};as=Table;g=meta.k8s.io;v=v1`, 406, 'application/json'],
      ['application/cbor', 406, 'application/json'],
    ];
    for (const [wanted, code, found] of rows) {
      const answer = await call('GET', maps, { headers: { accept: wanted } });
      t.same([answer.code, answer.headers['content-type']], [code, found], wanted);
    }
  });

  await t.test('metadata alone', async (t) => {
    await call('POST', maps, { body: body('meta', { big: 'x'.repeat(100) }) });
    const one = await call('GET', `${maps}/meta`, { headers: { accept: `${type};${asMetadata}` } });
    const object = decodeProtobuf(one.bytes);
    t.same([object.kind, object.apiVersion], ['PartialObjectMetadata', 'meta.k8s.io/v1']);
    t.equal(pick(object, 'metadata.name'), 'meta');
    t.notOk('data' in object);
    for (const version of ['v1', 'v1beta1']) {
      const wanted = `${type};as=PartialObjectMetadataList;g=meta.k8s.io;v=${version}`;
      const list = listed(
        (await call('GET', maps, { headers: { accept: wanted } })).bytes,
        version === 'v1' ? 2 : 1,
      );
      t.same(list.typeMeta, { apiVersion: `meta.k8s.io/${version}`, kind: 'PartialObjectMetadataList' });
      t.ok(list.messages.length >= 1);
    }
  });

  await t.test('a watch is frames of events', async (t) => {
    const pods = '/api/v1/namespaces/default/configmaps';
    const transport = createInProcessTransport(server.world, server.apiserver.handler, admin);
    const stop = new AbortController();
    const query = {
      watch: 'true',
      fieldSelector: 'metadata.name=w',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '5',
    };
    const from = await call('GET', pods);
    const resourceVersion = String(from.at('metadata.resourceVersion'));
    const head = await server.apiserver.handler({
      method: 'GET',
      path: pods,
      query: { watch: ['true'], timeoutSeconds: ['1'] },
      headers,
      body: new Uint8Array(0),
      user: admin,
      trace: '00-00000000000000000000000000000001-0000000000000001-01',
      signal: AbortSignal.abort(),
    });
    t.equal(head.headers['content-type'], `${type};stream=watch`);
    const stream = await transport.stream({
      method: 'GET',
      path: pods,
      query: { ...query, resourceVersion },
      headers,
      signal: stop.signal,
    });
    await call('POST', pods, { body: body('w', { x: '1' }) });
    await call('PUT', `${pods}/w`, { body: body('w', { x: '2' }) });
    await call('DELETE', `${pods}/w`);
    const seen: unknown[][] = [];
    for await (const { type: event, object } of frames(stream)) {
      seen.push([event, object.kind, pick(object, 'data.x')]);
      if (event === 'DELETED') stop.abort();
    }
    t.same(seen, [
      ['ADDED', 'ConfigMap', '1'],
      ['MODIFIED', 'ConfigMap', '2'],
      ['DELETED', 'ConfigMap', '2'],
    ]);
    const late = await transport.stream({
      method: 'GET',
      path: pods,
      query: {
        watch: 'true',
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        allowWatchBookmarks: 'true',
        timeoutSeconds: '1',
      },
      headers: { accept: `${type};${asMetadata}` },
      signal: new AbortController().signal,
    });
    for await (const { type: event, object } of frames(late)) {
      t.equal(object.kind, 'PartialObjectMetadata');
      if (event !== 'BOOKMARK') continue;
      t.same(pick(object, 'metadata.annotations'), { 'k8s.io/initial-events-end': 'true' });
      break;
    }
  });

  await t.test('a long list is streamed and is the same', async (t) => {
    const namespaced = '/api/v1/namespaces/kube-public/configmaps';
    for (let at = 0; at < 30; at += 1)
      await call('POST', namespaced, { body: body(`long-${at}`, { big: 'y'.repeat(10_000) }) });
    const answer = await call('GET', namespaced, { headers });
    const json = await call('GET', namespaced);
    t.ok(answer.bytes.byteLength > 300_000);
    t.equal(listed(answer.bytes).messages.length, Object(json.at('items')).length);
  });

  await t.test('custom resources are JSON; their metadata may be protobuf', async (t) => {
    const path = objectPath(definitionKind);
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'deployments.apps.example.com' },
      spec: {
        group: 'apps.example.com',
        scope: 'Namespaced',
        names: {
          plural: 'deployments',
          singular: 'deployment',
          kind: 'Deployment',
          listKind: 'DeploymentList',
        },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    };
    t.equal((await call('POST', path, { body: definition })).code, 201);
    const mine = '/apis/apps.example.com/v1/namespaces/default/deployments';
    await eventually('served', async () => (await call('GET', mine)).code === 200);
    const object = {
      apiVersion: 'apps.example.com/v1',
      kind: 'Deployment',
      metadata: { name: 'x' },
      anything: 1,
    };
    const made = await call('POST', mine, { body: object, headers });
    t.same([made.code, made.headers['content-type']], [201, 'application/json']);
    t.equal((await call('GET', mine, { headers: { accept: type } })).code, 406);
    const sent = { 'content-type': type };
    t.equal((await call('POST', mine, { body: encodeProtobuf(object), headers: sent })).code, 415);
    const metadata = await call('GET', `${mine}/x`, { headers: { accept: `${type};${asMetadata}` } });
    t.equal(pick(decodeProtobuf(metadata.bytes), 'metadata.name'), 'x');
  });
});

/** A list's parts, read from the wire. */
function listed(body: Uint8Array, itemsAt = 2) {
  const unknown = new Map([...rawFields(body.subarray(4))].map((one) => [one.number, one.value]));
  const typeMeta = [...rawFields(bytesIn(unknown.get(1)))].map((one) =>
    Buffer.from(bytesIn(one.value)).toString(),
  );
  const fields = [...rawFields(bytesIn(unknown.get(2)))];
  const metadata = fields.find((one) => one.number === 3 - itemsAt)?.value;
  const version = [...rawFields(bytesIn(metadata))].find((one) => one.number === 2)?.value;
  return {
    typeMeta: { apiVersion: typeMeta[0], kind: typeMeta[1] },
    resourceVersion: Buffer.from(bytesIn(version)).toString(),
    messages: fields.filter((one) => one.number === itemsAt).map((one) => hex(bytesIn(one.value))),
  };
}

import fc from 'fast-check';
import t from 'tap';
import { holds, type Sent, send } from './fuzz-support.js';
import { readyServer } from './harness.js';

const runs = 250;

const server = await readyServer();
t.teardown(() => server.stop());
for (let at = 0; at < 12; at += 1)
  await server.call('POST', '/api/v1/namespaces/default/configmaps', {
    body: { metadata: { name: `c${at}`, labels: { n: String(at), a: 'b' } }, data: { k: 'v'.repeat(at) } },
  });
const firstPage = await server.call('GET', '/api/v1/configmaps', { query: { limit: '3' } });
const token = String(firstPage.at('metadata.continue'));

/** Texts that mean something somewhere, texts that nearly do, and anything. */
const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('', '0', '1', '-1', 'true', 'false', 'a', 'NaN', '1e3', '9007199254740993'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '\u0000',
      '../..',
      '%',
      '%2',
      'é',
      '\ud800',
      'a'.repeat(5_000),
      '18446744073709551616',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 40 }) },
);
const key = fc.constantFrom(
  'a',
  'n',
  'example.com/a',
  'kubernetes.io/metadata.name',
  'metadata.name',
  'spec.nodeName',
  'x',
);
const value = fc.oneof(fc.constantFrom('b', '1', 'c3', ''), text);

const labelSelector = fc.oneof(
  fc
    .array(
      fc.oneof(
        fc
          .tuple(key, fc.constantFrom('=', '==', '!=', '>', '<', '=!', '!'), value)
          .map((parts) => parts.join('')),
        fc
          .tuple(key, fc.constantFrom(' in ', ' notin ', ' IN '), fc.array(value, { maxLength: 3 }))
          .map(([name, op, values]) => `${name}${op}(${values.join(',')})`),
        fc.tuple(fc.constantFrom('', '!', '!!', ' '), key).map((parts) => parts.join('')),
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.join(',')),
  fc
    .array(fc.constantFrom('a', 'in', 'notin', '(', ')', ',', '=', '!', ' ', '\\', '<'), { maxLength: 12 })
    .map((parts) => parts.join('')),
  text,
);
const fieldSelector = fc.oneof(
  fc
    .array(
      fc.tuple(key, fc.constantFrom('=', '==', '!=', ''), value).map((parts) => parts.join('')),
      { maxLength: 3 },
    )
    .map((parts) => parts.join(',')),
  text,
);
const continueToken = fc.oneof(
  fc.constant(token),
  fc
    .tuple(fc.nat({ max: token.length }), fc.constantFrom('', 'A', '=', '%'))
    .map(([at, by]) => token.slice(0, at) + by + token.slice(at + 1)),
  fc
    .record({ v: text, rv: fc.oneof(fc.integer(), text), start: text })
    .map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url')),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  text,
);

const query = fc.record(
  {
    labelSelector,
    fieldSelector,
    continue: continueToken,
    limit: text,
    resourceVersion: text,
    resourceVersionMatch: fc.oneof(fc.constantFrom('Exact', 'NotOlderThan'), text),
    timeoutSeconds: text,
    allowWatchBookmarks: text,
    sendInitialEvents: text,
    pretty: text,
    includeObject: fc.oneof(fc.constantFrom('None', 'Object', 'Metadata'), text),
    fieldManager: text,
    fieldValidation: fc.oneof(fc.constantFrom('Strict', 'Warn', 'Ignore'), text),
    dryRun: fc.oneof(fc.constant('All'), text),
    force: text,
    propagationPolicy: fc.oneof(fc.constantFrom('Foreground', 'Background', 'Orphan'), text),
    gracePeriodSeconds: text,
    orphanDependents: text,
    container: text,
    tailLines: text,
    unknown: text,
  },
  { requiredKeys: [] },
);

const accept = fc.oneof(
  fc.constantFrom(
    'application/json',
    'application/yaml',
    'application/vnd.kubernetes.protobuf',
    'application/json;as=Table;v=v1;g=meta.k8s.io',
    'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
    'application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io',
    '*/*;q=0.1',
    ';;=,',
  ),
  text,
);
const headers = fc.record(
  {
    accept,
    'content-type': fc.oneof(
      fc.constantFrom(
        'application/json',
        'application/yaml',
        'application/vnd.kubernetes.protobuf',
        'application/merge-patch+json',
      ),
      text,
    ),
    'user-agent': text,
    'impersonate-user': fc.oneof(fc.constantFrom('jane', 'system:serviceaccount:default:default'), text),
    'impersonate-group': text,
    'impersonate-uid': text,
    'impersonate-extra-a': text,
    'if-none-match': text,
    'accept-encoding': text,
    traceparent: text,
    origin: text,
  },
  { requiredKeys: [] },
);

const segment = fc.oneof(
  fc.constantFrom(
    'api',
    'apis',
    'v1',
    'apps',
    'namespaces',
    'default',
    'pods',
    'configmaps',
    'c1',
    'status',
    'scale',
    'log',
    'exec',
    'watch',
    'nodes',
    'proxy',
    'deployments',
    'finalize',
    'binding',
    'eviction',
    'token',
    '',
  ),
  fc.constantFrom('%2f', '%', '%zz', '..', '.', '%00', 'é', 'x'.repeat(300)),
  text.map((one) => one.replaceAll('/', '')),
);
const known = fc.constantFrom(
  '/api/v1/configmaps',
  '/api/v1/namespaces/default/configmaps',
  '/api/v1/namespaces/default/configmaps/c1',
  '/api/v1/namespaces/default',
  '/api/v1/watch/configmaps',
  '/api/v1/pods',
  '/api/v1/namespaces/default/pods/none/log',
  '/api/v1/nodes/none/proxy/healthz',
  '/api/v1/events',
  '/apis/apps/v1/deployments',
  '/apis/autoscaling/v1/horizontalpodautoscalers',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/api',
  '/apis',
  '/api/v1',
  '/apis/apps/v1',
  '/openapi/v2',
  '/openapi/v3',
  '/version',
  '/healthz',
  '/readyz',
  '/livez/ping',
  '/metrics',
);
const path = fc.oneof(
  { weight: 4, arbitrary: known },
  { weight: 1, arbitrary: fc.array(segment, { maxLength: 8 }).map((parts) => `/${parts.join('/')}`) },
);
const method = fc.constantFrom('GET', 'GET', 'GET', 'GET', 'POST', 'PUT', 'PATCH') satisfies fc.Arbitrary<
  Sent['method']
>;

t.test('reads with any parameters and headers', async (t) => {
  const property = fc.asyncProperty(path, query, headers, async (asked, parameters, sent) => {
    await send(server, { method: 'GET', path: asked, query: parameters, headers: sent });
  });
  await holds(t, 'a read', property, runs);
});

t.test('watches with any parameters', async (t) => {
  const watched = fc.constantFrom(
    '/api/v1/configmaps',
    '/api/v1/namespaces/default/configmaps/c1',
    '/api/v1/pods',
    '/apis/apps/v1/deployments',
  );
  const property = fc.asyncProperty(watched, query, accept, async (asked, parameters, form) => {
    const timed = { timeoutSeconds: '1', ...parameters, watch: 'true' };
    await send(server, { method: 'GET', path: asked, query: timed, headers: { accept: form } });
  });
  await holds(t, 'a watch', property, runs / 2);
});

t.test('any method on any path with any body', async (t) => {
  const body = fc.oneof(
    fc.constant(new Uint8Array(0)),
    fc.uint8Array({ maxLength: 60 }),
    fc.json().map((one) => new TextEncoder().encode(one)),
  );
  const property = fc.asyncProperty(
    method,
    path,
    query,
    headers,
    body,
    async (verb, asked, parameters, sent, bytes) => {
      await send(server, {
        method: verb,
        path: asked,
        query: { ...parameters, dryRun: 'All' },
        headers: sent,
        body: bytes,
      });
    },
  );
  await holds(t, 'a request', property, runs);
});

t.test('deletions with any options delete nothing but what they name', async (t) => {
  const body = fc.oneof(
    fc.record(
      {
        kind: fc.constantFrom('DeleteOptions', 'Pod'),
        apiVersion: fc.constantFrom('v1', 'x/y'),
        gracePeriodSeconds: fc.oneof(fc.integer(), text),
        propagationPolicy: text,
        preconditions: fc.oneof(fc.record({ uid: text, resourceVersion: text }, { requiredKeys: [] }), text),
        dryRun: fc.oneof(fc.constant(['All']), text),
        orphanDependents: fc.oneof(fc.boolean(), text),
      },
      { requiredKeys: [] },
    ),
    fc.uint8Array({ maxLength: 40 }),
  );
  const count = async () => {
    const answer = await send(server, { method: 'GET', path: '/api/v1/configmaps' });
    return (answer.text.match(/"name":"c\d+"/g) ?? []).length;
  };
  const property = fc.asyncProperty(body, query, async (options, parameters) => {
    await send(server, {
      method: 'DELETE',
      path: '/api/v1/namespaces/default/configmaps/not-there',
      query: parameters,
      body: options,
    });
  });
  await holds(t, 'a deletion', property, runs / 2);
  t.equal(await count(), 12);
});

t.test('it still works', async (t) => {
  t.equal((await server.call('GET', '/api/v1/namespaces/default/configmaps/c1')).code, 200);
  t.equal((await server.call('GET', '/readyz')).code, 200);
});

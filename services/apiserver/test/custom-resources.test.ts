import t from 'tap';
import { createInProcessTransport } from '../src/index.js';
import { type Answer, admin, eventually, pick, readyServer, type TestServer } from './harness.js';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const merge = { 'content-type': 'application/merge-patch+json' };
const apply = { 'content-type': 'application/apply-patch+yaml' };
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const text = { type: 'string' };
const whole = { type: 'integer' };

interface Names {
  readonly plural: string;
  readonly kind: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

const cronSpec = { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' };
const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['cronSpec'],
      properties: {
        cronSpec,
        image: text,
        color: { type: 'string', enum: ['red', 'blue'] },
        replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', required: ['name'], properties: { name: text, port: whole } },
        },
        tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
        extra: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
      'x-kubernetes-validations': [
        { rule: 'self.replicas < 9 || has(self.image)', message: 'many replicas need an image' },
        { rule: '!has(oldSelf.image) || self.image == oldSelf.image', message: 'image is immutable' },
      ],
    },
    status: { type: 'object', properties: { replicas: whole, labelSelector: text } },
  },
};
const version = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: schema },
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.labelSelector',
    },
  },
  selectableFields: [{ jsonPath: '.spec.color' }],
  additionalPrinterColumns: [
    { name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec', description: 'when' },
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas', priority: 1 },
    { name: 'First', type: 'string', jsonPath: '.spec.ports[?(@.name=="a")].port' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
};
const cronTabs: Names = { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'], categories: ['all'] };

function definition(names: Names, versions: readonly object[] = [version], group = 'stable.example.com') {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}` },
    spec: { group, scope: 'Namespaced', names, versions },
  };
}

const collection = '/apis/stable.example.com/v1/namespaces/default/crontabs';

function cronTab(name: string, spec: object, apiVersion = 'stable.example.com/v1') {
  return { apiVersion, kind: 'CronTab', metadata: { name }, spec };
}

async function establish(server: TestServer, made: ReturnType<typeof definition>): Promise<void> {
  const answer = await server.call('POST', definitions, { body: made });
  if (answer.code !== 201) throw new Error(answer.text);
  const path = `${definitions}/${made.metadata.name}`;
  await eventually('established', async () => {
    const { json } = await server.call('GET', path);
    return JSON.stringify(json).includes('"type":"Established","status":"True"');
  });
}

async function twoServers(test: {
  teardown(work: () => Promise<void>): void;
}): Promise<readonly [TestServer, TestServer]> {
  const one = await readyServer();
  const other = await readyServer(one.store, 'apiserver-1');
  test.teardown(async () => {
    await other.stop();
    await one.stop();
  });
  return [one, other];
}

const said = (answer: Answer) => `${answer.code} ${String(answer.at('message') ?? '')}`;

t.test('objects of a definition are served at once, by every apiserver', async (t) => {
  const [one, other] = await twoServers(t);
  t.equal((await one.call('GET', collection)).code, 404);
  await establish(one, definition(cronTabs));

  const made = await other.call('POST', collection, {
    body: cronTab('a', { cronSpec: '* * * * */5', unknown: 1, extra: { any: { thing: [1] } } }),
  });
  t.match(made, { code: 201, json: { metadata: { generation: 1 } } });
  t.equal(made.headers.warning, '299 - "unknown field \\"spec.unknown\\""');
  t.same(made.at('spec'), { cronSpec: '* * * * */5', extra: { any: { thing: [1] } }, replicas: 1 });
  t.same((await one.call('GET', `${collection}/a`)).json, made.json);

  const strict = { fieldValidation: 'Strict' };
  t.equal(
    said(
      await one.call('POST', collection, {
        body: cronTab('b', { cronSpec: '* * * * *', nope: 1 }),
        query: strict,
      }),
    ),
    '400 CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.nope"',
  );
  const ignored = await one.call('POST', collection, {
    body: cronTab('b', { cronSpec: '* * * * *', nope: 1, color: 'red' }),
    query: { fieldValidation: 'Ignore' },
  });
  t.match(ignored, { code: 201, headers: { warning: undefined } });

  for (const server of [one, other]) {
    const plain = await server.call('GET', '/apis/stable.example.com/v1');
    t.match(plain.at('resources'), [
      {
        name: 'crontabs',
        singularName: 'crontab',
        namespaced: true,
        kind: 'CronTab',
        shortNames: ['ct'],
        categories: ['all'],
      },
      { name: 'crontabs/status' },
      { name: 'crontabs/scale', group: 'autoscaling', version: 'v1', kind: 'Scale' },
    ]);
    const groups = await server.call('GET', '/apis');
    t.match(groups.text, '"preferredVersion":{"groupVersion":"stable.example.com/v1","version":"v1"}');
    const aggregated = await server.call('GET', '/apis', {
      headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
    });
    t.match(aggregated.text, '"responseKind":{"group":"stable.example.com","version":"v1","kind":"CronTab"}');
    t.match((await server.call('GET', '/openapi/v3')).text, '"apis/stable.example.com/v1"');
    const document = await server.call('GET', '/openapi/v3/apis/stable.example.com/v1');
    t.match(document.text, '"com.example.stable.v1.CronTab":');
  }
});

t.test('what is wrong is told in the words of Kubernetes', async (t) => {
  const [server] = await twoServers(t);
  await establish(server, definition(cronTabs));
  const notAsked =
    '<nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
  const cases: readonly (readonly [object, string])[] = [
    [
      { cronSpec: '* * * * *', replicas: '5' },
      `[spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string", ${notAsked}]`,
    ],
    [{}, `[spec.cronSpec: Required value, ${notAsked}]`],
    [
      { cronSpec: 'x' },
      'spec.cronSpec: Invalid value: "x": spec.cronSpec in body should match \'^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$\'',
    ],
    [
      { cronSpec: '* * * * *', replicas: 11 },
      '[spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10, spec: Invalid value: "object": many replicas need an image]',
    ],
    [{ cronSpec: '* * * * *', replicas: 9 }, 'spec: Invalid value: "object": many replicas need an image'],
    [
      { cronSpec: '* * * * *', color: 'green' },
      `[spec.color: Unsupported value: "green": supported values: "red", "blue", ${notAsked}]`,
    ],
    [{ cronSpec: '* * * * *', tags: ['a', 'a'] }, 'spec.tags[1]: Duplicate value: "a"'],
    [
      { cronSpec: '* * * * *', ports: [{ name: 'a' }, { name: 'a' }] },
      'spec.ports[1]: Duplicate value: {"name":"a"}',
    ],
  ];
  for (const [spec, message] of cases)
    t.equal(
      said(await server.call('POST', collection, { body: cronTab('x', spec) })),
      `422 CronTab.stable.example.com "x" is invalid: ${message}`,
    );
  t.equal(
    (await server.call('POST', collection, { body: cronTab('x', { cronSpec: '* * * * *', image: 'i' }) }))
      .code,
    201,
  );
  t.equal(
    said(await server.call('PATCH', `${collection}/x`, { body: { spec: { image: 'j' } }, headers: merge })),
    '422 CronTab.stable.example.com "x" is invalid: spec: Invalid value: "object": image is immutable',
  );
});

t.test('status, scale and generation', async (t) => {
  const [server] = await twoServers(t);
  await establish(server, definition(cronTabs));
  const path = `${collection}/x`;
  const body = { ...cronTab('x', { cronSpec: '* * * * *' }), status: { replicas: 7 } };
  t.equal(
    (await server.call('POST', collection, { body })).at('status'),
    undefined,
    'status is written through /status alone',
  );
  const status = { replicas: 3, labelSelector: 'a=b' };
  const put = await server.call('PUT', `${path}/status`, { body: { ...cronTab('x', {}), status } });
  t.match(put.json, { status, spec: { cronSpec: '* * * * *' }, metadata: { generation: 1 } });
  t.match((await server.call('GET', `${path}/scale`)).json, {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    spec: { replicas: 1 },
    status: { replicas: 3, selector: 'a=b' },
  });
  const scaled = await server.call('PATCH', `${path}/scale`, {
    body: { spec: { replicas: 4 } },
    headers: merge,
  });
  t.match(scaled.json, { spec: { replicas: 4 } });
  t.match((await server.call('GET', path)).json, { spec: { replicas: 4 }, metadata: { generation: 2 } });
  t.equal(
    (await server.call('PATCH', `${path}/scale`, { body: { spec: { replicas: 40 } }, headers: merge })).code,
    422,
  );
  const labelled = await server.call('PATCH', path, {
    body: { metadata: { labels: { a: 'b' } } },
    headers: merge,
  });
  t.match(labelled.json, { metadata: { generation: 2 } }, 'labels are no new generation');
});

t.test('patches, server-side apply and lists', async (t) => {
  const [server, other] = await twoServers(t);
  await establish(server, definition(cronTabs));
  const path = `${collection}/x`;
  const as = (fieldManager: string, spec: object, force = 'false') =>
    server.call('PATCH', path, { body: cronTab('x', spec), headers: apply, query: { fieldManager, force } });
  t.equal(
    (await as('one', { cronSpec: '* * * * *', color: 'red', ports: [{ name: 'a', port: 1 }] })).code,
    201,
  );
  const both = await as('two', { ports: [{ name: 'b', port: 2 }] });
  t.same(both.at('spec.ports'), [
    { name: 'a', port: 1 },
    { name: 'b', port: 2 },
  ]);
  t.equal(
    said(await as('two', { color: 'blue', ports: [{ name: 'b', port: 2 }] })),
    '409 Apply failed with 1 conflict: conflict with "one": .spec.color',
  );
  t.same((await as('two', {})).at('spec.ports'), [{ name: 'a', port: 1 }], 'what is left out goes');
  t.notMatch(both.text, '"f:replicas"', 'a default is nobody’s');
  const strategic = { 'content-type': 'application/strategic-merge-patch+json' };
  t.equal((await server.call('PATCH', path, { body: {}, headers: strategic })).code, 415);

  await other.call('POST', collection, { body: cronTab('y', { cronSpec: '1 * * * *', color: 'blue' }) });
  const selected = (await server.call('GET', collection, { query: { fieldSelector: 'spec.color=blue' } }))
    .json;
  t.match(selected, { kind: 'CronTabList', items: [{ metadata: { name: 'y' } }] });
  t.equal((await server.call('GET', collection, { query: { fieldSelector: 'spec.image=x' } })).code, 400);
  const printed = await server.call('GET', collection, { headers: table });
  t.match(printed.at('columnDefinitions'), [
    { name: 'Name', format: 'name' },
    { name: 'Spec', description: 'when' },
    { name: 'Replicas', type: 'integer', priority: 1 },
    { name: 'First' },
    { name: 'Age', type: 'date' },
  ]);
  t.match(printed.at('rows.0.cells'), ['x', '* * * * *', 1, '1', /s$/]);
  t.match(printed.at('rows.1.cells'), ['y', '1 * * * *', 1, '', /s$/]);
});

t.test('a schema that changes holds for what is stored, too, and watchers begin anew', async (t) => {
  const [server, other] = await twoServers(t);
  const simple = (name: string, more: object, properties: object) => ({
    name,
    served: true,
    storage: false,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } },
    ...more,
  });
  const names = { plural: 'crontabs', kind: 'CronTab' };
  await establish(server, definition(names, [simple('v1', { storage: true }, { a: text, b: text })]));
  await server.call('POST', collection, { body: cronTab('x', { a: 'a', b: 'b' }) });
  const path = `${definitions}/crontabs.stable.example.com`;
  const versions = [
    simple('v1', {}, { a: text, c: { type: 'string', default: 'd' } }),
    simple('v2', { storage: true }, { a: text }),
    simple('v1beta1', { deprecated: true }, { a: text }),
  ];
  t.equal((await server.call('PATCH', path, { body: { spec: { versions } }, headers: merge })).code, 200);
  await eventually(
    'served anew',
    async () => (await other.call('GET', '/apis/stable.example.com/v2')).code === 200,
  );
  t.match((await other.call('GET', `${collection}/x`)).json, {
    apiVersion: 'stable.example.com/v1',
    spec: { a: 'a', b: undefined, c: 'd' },
  });
  const second = await other.call('GET', `${collection.replace('/v1/', '/v2/')}/x`);
  t.match(second.json, { apiVersion: 'stable.example.com/v2', spec: { a: 'a', c: undefined } });
  const beta = await other.call('GET', `${collection.replace('/v1/', '/v1beta1/')}/x`);
  t.equal(beta.headers.warning, '299 - "stable.example.com/v1beta1 CronTab is deprecated"');
  t.same((await server.call('GET', path)).at('status.storedVersions'), ['v1', 'v2']);
  const groups = (await other.call('GET', '/apis/stable.example.com')).json;
  t.match(groups, { versions: [{ version: 'v2' }, { version: 'v1' }, { version: 'v1beta1' }] });
});

t.test('names that another has are not given', async (t) => {
  const [server] = await twoServers(t);
  await establish(server, definition(cronTabs));
  const made = definition({ plural: 'others', kind: 'CronTab', shortNames: ['ct'] });
  t.equal((await server.call('POST', definitions, { body: made })).code, 201);
  const path = `${definitions}/others.stable.example.com`;
  await eventually('decided', async () => (await server.call('GET', path)).text.includes('NamesAccepted'));
  t.match((await server.call('GET', path)).at('status.conditions'), [
    {
      type: 'NamesAccepted',
      status: 'False',
      reason: 'ListKindConflict',
      message: '"CronTabList" is already in use',
    },
    { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
  ]);
  t.equal((await server.call('GET', '/apis/stable.example.com/v1/others')).code, 404);
  await server.call('DELETE', `${definitions}/crontabs.stable.example.com`);
  await eventually(
    'served when the names are free',
    async () => (await server.call('GET', '/apis/stable.example.com/v1/others')).code === 200,
  );
});

/** Types of events until the watch ends by itself. */
async function watchToEnd(server: TestServer): Promise<string[]> {
  const transport = createInProcessTransport(server.world, server.apiserver.handler, admin);
  const stream = await transport.stream({
    method: 'GET',
    path: collection,
    query: { watch: 'true' },
    signal: new AbortController().signal,
  });
  const types: string[] = [];
  for await (const { bytes } of stream)
    for (const line of Buffer.from(bytes).toString().split('\n').filter(Boolean))
      types.push(String(pick(JSON.parse(line), 'type')));
  return types;
}

t.test('objects go before their definition', async (t) => {
  const [server, other] = await twoServers(t);
  await establish(server, definition(cronTabs));
  await server.call('POST', collection, { body: cronTab('x', { cronSpec: '* * * * *' }) });
  const held = {
    ...cronTab('held', { cronSpec: '* * * * *' }),
    metadata: { name: 'held', finalizers: ['e.com/f'] },
  };
  await server.call('POST', collection, { body: held });
  const path = `${definitions}/crontabs.stable.example.com`;
  const watched = [watchToEnd(server), watchToEnd(other)];
  const gone = await other.call('DELETE', path);
  t.match(gone.json, {
    metadata: { finalizers: ['customresourcecleanup.apiextensions.k8s.io'] },
    status: { conditions: [{}, {}, { type: 'Terminating', status: 'True' }] },
  });
  await eventually('emptied', async () => (await server.call('GET', `${collection}/x`)).code === 404);
  t.equal(
    (await server.call('GET', path)).code,
    200,
    'a finalizer holds the object, and that the definition',
  );
  t.equal(
    said(await server.call('POST', collection, { body: cronTab('new', { cronSpec: '* * * * *' }) })),
    '405 create not allowed while custom resource definition is terminating',
  );
  await server.call('PATCH', `${collection}/held`, {
    body: { metadata: { finalizers: null } },
    headers: merge,
  });
  await eventually('gone', async () => (await server.call('GET', path)).code === 404);
  for (const types of await Promise.all(watched))
    t.equal(types.filter((type) => type === 'DELETED').length, 2, 'watches tell of it, and end');
  for (const one of [server, other]) {
    await eventually('not served', async () => (await one.call('GET', collection)).code === 404);
    await eventually(
      'not in discovery',
      async () => !(await one.call('GET', '/apis')).text.includes('stable.example.com'),
    );
  }
});

t.test('kinds that are named as built-in ones are not taken for them', async (t) => {
  const [server] = await twoServers(t);
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const any = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: open } } },
  };
  for (const kind of ['Node', 'Namespace']) {
    const plural = `${kind.toLowerCase()}s`;
    await establish(server, definition({ plural, kind }, [any]));
    const path = `/apis/stable.example.com/v1/namespaces/default/${plural}`;
    const body = { metadata: { name: 'x' }, spec: { finalizers: ['f'] } };
    const made = await server.call('POST', path, { body });
    t.same(made.at('spec'), body.spec, kind);
    t.match((await server.call('DELETE', `${path}/x`)).json, { kind: 'Status', status: 'Success' });
    t.equal((await server.call('GET', `${path}/x`)).code, 404);
  }
});

t.test('a definition whose rules do not compile is refused', async (t) => {
  const [server] = await twoServers(t);
  const rules = [{ rule: 'self.nothing > 1' }];
  const broken = {
    ...version,
    schema: { openAPIV3Schema: { ...schema, 'x-kubernetes-validations': rules } },
  };
  t.equal(
    said(await server.call('POST', definitions, { body: definition(cronTabs, [broken]) })),
    '422 CustomResourceDefinition.apiextensions.k8s.io "crontabs.stable.example.com" is invalid: spec.validation.openAPIV3Schema.x-kubernetes-validations[0].rule: Invalid value: "self.nothing > 1": compilation failed: undefined field \'nothing\'',
  );
});

import t from 'tap';
import { createInProcessTransport } from '../src/index.js';
import { type Answer, admin, pick, readyServer, type TestServer } from './harness.js';

const path = '/api/v1/namespaces/reading/configmaps';
const tableOf = (version: string) => `application/json;as=Table;v=${version};g=meta.k8s.io`;
const partialOf = (as: string) => `application/json;as=${as};v=v1;g=meta.k8s.io`;

/** Revisions that a row can name: of the list before `c3` was made, after it, and one that nobody has seen. */
interface Revisions {
  readonly old: string;
  readonly now: string;
  readonly future: string;
  readonly continue: string;
}

type Query = Readonly<Record<string, string>>;
type Filled = (revisions: Revisions) => Query;
/** Names that are listed, or code and text. */
type Expected = readonly string[] | readonly [number, RegExp];

const all = ['c1', 'c2', 'c3'];
const match = (resourceVersionMatch: string, resourceVersion?: string): Query => ({
  resourceVersionMatch,
  ...(resourceVersion === undefined ? {} : { resourceVersion }),
});
const invalid = (text: string): [number, RegExp] => [
  422,
  new RegExp(`^ListOptions.meta.k8s.io "" is invalid: .*${text}`),
];

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list */
const lists: readonly (readonly [string, Filled, Expected])[] = [
  ['unset', () => ({}), all],
  ['unset, empty', () => ({ resourceVersion: '' }), all],
  ['0', () => ({ resourceVersion: '0' }), all],
  ['n', ({ old }) => ({ resourceVersion: old }), all],
  ['now', ({ now }) => ({ resourceVersion: now }), all],
  ['limit', () => ({ limit: '2' }), ['c1', 'c2']],
  ['limit 0', () => ({ limit: '0' }), all],
  ['limit below 0', () => ({ limit: '-1' }), all],
  ['limit as large as the list', () => ({ limit: '3' }), all],
  ['limit at 0 is not heeded', () => ({ limit: '2', resourceVersion: '0' }), all],
  ['limit at n is exactly n', ({ old }) => ({ limit: '5', resourceVersion: old }), ['c1', 'c2']],
  ['limit, NotOlderThan', ({ old }) => ({ limit: '5', ...match('NotOlderThan', old) }), all],
  ['limit 1, NotOlderThan', ({ old }) => ({ limit: '1', ...match('NotOlderThan', old) }), ['c1']],
  ['Exact', ({ old }) => match('Exact', old), ['c1', 'c2']],
  ['Exact now', ({ now }) => match('Exact', now), all],
  ['Exact, limit', ({ old }) => ({ limit: '1', ...match('Exact', old) }), ['c1']],
  ['NotOlderThan', ({ old }) => match('NotOlderThan', old), all],
  ['NotOlderThan 0', () => match('NotOlderThan', '0'), all],
  [
    'Exact 0',
    () => match('Exact', '0'),
    invalid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
  ],
  [
    'Exact, unset',
    () => match('Exact'),
    invalid('resourceVersionMatch is forbidden unless resourceVersion is provided'),
  ],
  [
    'NotOlderThan, unset',
    () => match('NotOlderThan'),
    invalid('forbidden unless resourceVersion is provided'),
  ],
  [
    'an unknown match',
    ({ old }) => match('Newest', old),
    invalid(
      'resourceVersionMatch: Unsupported value: "Newest": supported values: "Exact", "NotOlderThan", ""',
    ),
  ],
  [
    'an unknown match, unset',
    () => match('Newest'),
    invalid('\\[resourceVersionMatch: Forbidden: .*, resourceVersionMatch: Unsupported value'),
  ],
  [
    'Exact in the future',
    ({ future }) => match('Exact', future),
    [504, /^Timeout: Too large resource version: \d+, current: \d+$/],
  ],
  [
    'no number',
    () => ({ resourceVersion: 'x' }),
    [
      400,
      /^invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax$/,
    ],
  ],
  ['a negative number', () => ({ resourceVersion: '-1' }), [400, /invalid syntax/]],
  ['a number too large', () => ({ resourceVersion: '99999999999999999999' }), [400, /value out of range/]],
  [
    'a limit that is no number',
    () => ({ limit: 'many' }),
    [400, /^strconv.ParseInt: parsing "many": invalid syntax$/],
  ],
  [
    'sendInitialEvents',
    () => ({ sendInitialEvents: 'true' }),
    invalid('sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list'),
  ],
  ['continue', (r) => ({ continue: r.continue }), ['c2', 'c3']],
  ['continue, limit', (r) => ({ continue: r.continue, limit: '1' }), ['c2']],
  ['continue at 0', (r) => ({ continue: r.continue, resourceVersion: '0' }), ['c2', 'c3']],
  [
    'continue at n',
    (r) => ({ continue: r.continue, resourceVersion: r.now }),
    [400, /^specifying resource version is not allowed when using continue$/],
  ],
  [
    'continue, match',
    (r) => ({ continue: r.continue, ...match('Exact', r.now) }),
    invalid('resourceVersionMatch is forbidden when continue is provided'),
  ],
  [
    'continue of nobody',
    () => ({ continue: 'abc' }),
    [400, /^invalid continue token: continue key is not valid$/],
  ],
  [
    'continue of another version',
    () => ({ continue: token({ v: 'v0', rv: 1, start: 'a' }) }),
    [400, /server does not recognize this encoded version$/],
  ],
  [
    'continue at no revision',
    () => ({ continue: token({ v: 'meta.k8s.io/v1', rv: 0, start: 'a' }) }),
    [400, /incorrect encoded start resourceVersion/],
  ],
  [
    'continue from nowhere',
    () => ({ continue: token({ v: 'meta.k8s.io/v1', rv: 5, start: '' }) }),
    [400, /encoded start key empty/],
  ],
  [
    'continue as it is now',
    () => ({ continue: token({ v: 'meta.k8s.io/v1', rv: -1, start: 'c1' }) }),
    ['c2', 'c3'],
  ],
  ['labels', () => ({ labelSelector: 'odd' }), ['c1', 'c3']],
  ['labels, limit', () => ({ labelSelector: 'odd', limit: '1' }), ['c1']],
  [
    'labels, Exact, limit',
    ({ now }) => ({ labelSelector: 'odd', limit: '2', ...match('Exact', now) }),
    ['c1', 'c3'],
  ],
  ['labels, continue', (r) => ({ labelSelector: 'odd', continue: r.continue }), ['c3']],
  ['name', () => ({ fieldSelector: 'metadata.name=c2' }), ['c2']],
  ['not a name', () => ({ fieldSelector: 'metadata.name!=c2' }), ['c1', 'c3']],
  ['namespace', () => ({ fieldSelector: 'metadata.namespace==reading,metadata.name=c1' }), ['c1']],
  ['another namespace', () => ({ fieldSelector: 'metadata.namespace=default' }), []],
];

/** GET of one object. */
const gets: readonly (readonly [string, Filled, number | readonly [number, RegExp]])[] = [
  ['unset', () => ({}), 200],
  ['0', () => ({ resourceVersion: '0' }), 200],
  ['n', ({ old }) => ({ resourceVersion: old }), 200],
  ['no number', () => ({ resourceVersion: 'x' }), [400, /invalid syntax/]],
  ['in the future', ({ future }) => ({ resourceVersion: future }), [504, /Too large resource version/]],
];

/** Watches that end by themselves at once: what they bring, or code and text. */
const watches: readonly (readonly [string, Filled, Expected])[] = [
  ['unset', () => ({}), ['ADDED c1', 'ADDED c2', 'ADDED c3']],
  ['0', () => ({ resourceVersion: '0' }), ['ADDED c1', 'ADDED c2', 'ADDED c3']],
  ['n', ({ old }) => ({ resourceVersion: old }), ['ADDED c3']],
  ['now', ({ now }) => ({ resourceVersion: now }), []],
  ['in the future: what comes later', ({ future }) => ({ resourceVersion: future }), []],
  ['too old', () => ({ resourceVersion: '1' }), ['ERROR 410 Expired']],
  [
    'bookmarks',
    ({ old }) => ({ resourceVersion: old, allowWatchBookmarks: 'true' }),
    ['ADDED c3', 'BOOKMARK'],
  ],
  [
    'bookmarks by a bare name',
    ({ now }) => ({ resourceVersion: now, allowWatchBookmarks: '' }),
    ['BOOKMARK'],
  ],
  [
    'initial events',
    () => ({ sendInitialEvents: 'true', allowWatchBookmarks: 'true', ...match('NotOlderThan') }),
    ['ADDED c1', 'ADDED c2', 'ADDED c3', 'BOOKMARK end', 'BOOKMARK'],
  ],
  [
    'initial events not older than n',
    ({ old }) => ({ sendInitialEvents: 'true', allowWatchBookmarks: 'true', ...match('NotOlderThan', old) }),
    ['ADDED c1', 'ADDED c2', 'ADDED c3', 'BOOKMARK end', 'BOOKMARK'],
  ],
  [
    'initial events without bookmarks',
    () => ({ sendInitialEvents: 'true', ...match('NotOlderThan') }),
    ['ADDED c1', 'ADDED c2', 'ADDED c3'],
  ],
  ['no initial events', () => ({ sendInitialEvents: 'false', ...match('NotOlderThan') }), []],
  [
    'no initial events, n',
    ({ old }) => ({ sendInitialEvents: 'false', ...match('NotOlderThan', old) }),
    ['ADDED c3'],
  ],
  [
    'initial events in the future',
    ({ future }) => ({ sendInitialEvents: 'true', ...match('NotOlderThan', future) }),
    ['ERROR 504 Timeout'],
  ],
  [
    'initial events, no match',
    () => ({ sendInitialEvents: 'true' }),
    invalid(
      'resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    ),
  ],
  [
    'a match alone',
    ({ old }) => match('NotOlderThan', old),
    invalid('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
  ],
  [
    'Exact',
    ({ old }) => ({ sendInitialEvents: 'true', ...match('Exact', old) }),
    invalid('Unsupported value: "Exact": supported values: "NotOlderThan"'),
  ],
  ['no number', () => ({ resourceVersion: 'x' }), [400, /invalid syntax/]],
  ['labels', () => ({ labelSelector: 'odd' }), ['ADDED c1', 'ADDED c3']],
];

function token(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function isFailure(expected: Expected | number): expected is readonly [number, RegExp] {
  return typeof expected !== 'number' && expected[1] instanceof RegExp;
}

function items(answer: Answer, key = 'items'): readonly unknown[] {
  const found = answer.at(key);
  return Array.isArray(found) ? found : [];
}

/** What a watch brings in its second. */
async function watched(
  server: TestServer,
  query: Query,
): Promise<{ code: number; lines: string[]; text: string }> {
  const transport = createInProcessTransport(server.world, server.apiserver.handler, admin);
  const stream = await transport.stream({
    method: 'GET',
    path,
    query: { watch: '1', timeoutSeconds: '1', ...query },
  });
  let text = '';
  for await (const { bytes } of stream) text += Buffer.from(bytes).toString();
  if (stream.code !== 200) return { code: stream.code, lines: [], text };
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const event: unknown = JSON.parse(line);
      const type = String(pick(event, 'type'));
      if (type === 'ERROR') return `ERROR ${pick(event, 'object.code')} ${pick(event, 'object.reason')}`;
      if (type !== 'BOOKMARK') return `${type} ${pick(event, 'object.metadata.name')}`;
      return pick(event, 'object.metadata.annotations') === undefined ? 'BOOKMARK' : 'BOOKMARK end';
    });
  return { code: 200, lines, text };
}

t.test('reading', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;
  const create = (name: string, labels: object) =>
    call('POST', path, { body: { metadata: { name, labels }, data: { a: 'b' } } });
  await call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'reading' } } });
  await call('GET', path); // Events are kept from the first use of a kind on.
  await create('c1', { odd: 'yes' });
  await create('c2', {});
  const old = String((await call('GET', path)).at('metadata.resourceVersion'));
  await create('c3', { odd: 'yes' });
  const first = await call('GET', path, { query: { limit: '1' } });
  const now = String(first.at('metadata.resourceVersion'));
  const revisions = {
    old,
    now,
    future: String(Number(now) + 1e6),
    continue: String(first.at('metadata.continue')),
  };

  for (const [name, query, expected] of lists) {
    t.test(`list: ${name}`, async (t) => {
      const answer = await call('GET', path, { query: query(revisions) });
      if (isFailure(expected)) {
        t.equal(answer.code, expected[0]);
        t.match(answer.at('message'), expected[1]);
      } else
        t.same(
          items(answer).map((item) => pick(item, 'metadata.name')),
          expected,
        );
    });
  }

  for (const [name, query, expected] of gets) {
    t.test(`get: ${name}`, async (t) => {
      const answer = await call('GET', `${path}/c1`, { query: query(revisions) });
      t.equal(answer.code, typeof expected === 'number' ? expected : expected[0]);
      if (typeof expected !== 'number') t.match(answer.at('message'), expected[1]);
    });
  }

  t.test('watches', async (t) => {
    await Promise.all(
      watches.map(async ([name, query, expected]) => {
        const { code, lines, text } = await watched(server, query(revisions));
        if (!isFailure(expected)) return t.same(lines, expected, name);
        t.equal(code, expected[0], name);
        return t.match(String(pick(JSON.parse(text), 'message')), expected[1], name);
      }),
    );
  });

  t.test('what a client is told of a revision too large lets it try again', async (t) => {
    const answer = await call('GET', `${path}/c1`, { query: { resourceVersion: revisions.future } });
    t.match(answer.json, {
      reason: 'Timeout',
      details: {
        retryAfterSeconds: 1,
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      },
    });
  });

  t.test('what is left is counted, unless selectors hide it', async (t) => {
    t.equal((await call('GET', path, { query: { limit: '1' } })).at('metadata.remainingItemCount'), 2);
    const selected = await call('GET', path, { query: { limit: '1', labelSelector: 'odd' } });
    t.equal(selected.at('metadata.remainingItemCount'), undefined);
    t.type(selected.at('metadata.continue'), 'string');
    const second = await call('GET', path, { query: { limit: '1', continue: revisions.continue } });
    t.equal(second.at('metadata.remainingItemCount'), 1);
    t.equal(second.at('metadata.resourceVersion'), now);
  });

  t.test('a token does not reach beyond its list', async (t) => {
    const secrets = '/api/v1/namespaces/reading/secrets';
    await call('POST', secrets, { body: { metadata: { name: 's' } } });
    const start = '../../secrets/reading/';
    for (const rv of [-1, Number(revisions.now)]) {
      const answer = await call('GET', path, {
        query: { continue: token({ v: 'meta.k8s.io/v1', rv, start }) },
      });
      t.notMatch(answer.text, '"Secret"');
    }
  });

  t.test('forms: tables with what is asked of their objects, metadata alone, YAML, indented', async (t) => {
    const kindsOf = async (includeObject: string, accept = tableOf('v1')) =>
      items(await call('GET', path, { headers: { accept }, query: { includeObject } }), 'rows').map((row) =>
        pick(row, 'object.kind'),
      );
    t.same(await kindsOf('None'), [undefined, undefined, undefined]);
    t.same(await kindsOf(''), Array(3).fill('PartialObjectMetadata'));
    t.same(await kindsOf('Metadata'), Array(3).fill('PartialObjectMetadata'));
    t.same(await kindsOf('Object'), Array(3).fill('ConfigMap'));
    const wrong = await call('GET', path, {
      headers: { accept: tableOf('v1') },
      query: { includeObject: 'All' },
    });
    t.match([wrong.code, wrong.at('message')], [400, /must be 'Metadata', 'Object', 'None', or empty/]);
    const beta = await call('GET', path, { headers: { accept: tableOf('v1beta1') } });
    t.equal(beta.at('apiVersion'), 'meta.k8s.io/v1beta1');
    t.equal((await call('GET', path, { headers: { accept: tableOf('v9') } })).code, 406);
    const partial = await call('GET', path, { headers: { accept: partialOf('PartialObjectMetadataList') } });
    t.match(partial.json, {
      kind: 'PartialObjectMetadataList',
      items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'c1' } }],
    });
    t.notMatch(partial.text, '"data"');
    const one = await call('GET', `${path}/c1`, { headers: { accept: partialOf('PartialObjectMetadata') } });
    t.match(one.json, { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' });
    const preferred = await call('GET', path, {
      headers: { accept: 'application/json;q=0.5, application/yaml' },
    });
    t.match(
      preferred.text,
      /^apiVersion: v1\nitems:\n- apiVersion: v1\n[\s\S]*\nkind: ConfigMapList\nmetadata:\n {2}resourceVersion: "\d+"\n$/,
    );
    const none = await call('GET', path, {
      headers: { accept: 'application/yaml' },
      query: { labelSelector: 'none' },
    });
    t.match(none.text, /^apiVersion: v1\nitems: \[\]\nkind: ConfigMapList\n/);
    const both: readonly Query[] = [{}, { labelSelector: 'none' }];
    for (const query of both) {
      const plain = await call('GET', path, { query });
      const curl = await call('GET', path, { query, headers: { 'user-agent': 'curl/8.0' } });
      t.same(curl.json, plain.json);
      t.equal(curl.text.trimEnd(), JSON.stringify(curl.json, null, 2), 'as JSON is indented');
      t.equal(
        (
          await call('GET', path, {
            query: { ...query, pretty: 'false' },
            headers: { 'user-agent': 'curl/8.0' },
          })
        ).text,
        plain.text,
      );
    }
  });

  t.test('a long list comes in pieces, the same as a short one', async (t) => {
    const big = 'x'.repeat(100_000);
    for (const name of ['l1', 'l2', 'l3', 'l4'])
      await call('POST', '/api/v1/namespaces/default/secrets', {
        body: { metadata: { name }, stringData: { big } },
      });
    const listed = await call('GET', '/api/v1/namespaces/default/secrets');
    t.same(
      items(listed).map((item) => pick(item, 'metadata.name')),
      ['l1', 'l2', 'l3', 'l4'],
    );
    const forms: readonly Query[] = [
      { accept: tableOf('v1') },
      { accept: 'application/yaml' },
      { 'user-agent': 'curl/8' },
    ];
    for (const headers of forms) {
      const answer = await call('GET', '/api/v1/namespaces/default/secrets', { headers });
      t.equal(answer.code, 200);
      t.ok(['l1', 'l2', 'l3', 'l4'].every((name) => answer.text.includes(name)));
    }
  });
});

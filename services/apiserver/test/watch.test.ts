import t from 'tap';
import { createInProcessTransport } from '../src/index.js';
import { admin, eventually, pick, readyServer, type TestServer } from './harness.js';

const configMaps = '/api/v1/namespaces/default/configmaps';
const merge = { 'content-type': 'application/merge-patch+json' };

interface Seen {
  readonly type: string;
  readonly name: string;
  readonly object: unknown;
}

/** A watch whose events gather in `events` until it is stopped or ends. */
async function watching(server: TestServer, query: Record<string, string>, accept = 'application/json') {
  const transport = createInProcessTransport(server.world, server.apiserver.handler, admin);
  const stop = new AbortController();
  const stream = await transport.stream({
    method: 'GET',
    path: configMaps,
    query: { watch: 'true', ...query },
    headers: { accept },
    signal: stop.signal,
  });
  const events: Seen[] = [];
  const traces: (string | undefined)[] = [];
  const ended = (async () => {
    for await (const { bytes, trace } of stream) {
      for (const line of Buffer.from(bytes).toString().split('\n').filter(Boolean)) {
        const value: unknown = JSON.parse(line);
        const object = pick(value, 'object');
        events.push({
          type: String(pick(value, 'type')),
          name: String(pick(object, 'metadata.name')),
          object,
        });
        traces.push(trace);
      }
    }
  })();
  const text = () => events.map((event) => `${event.type} ${event.name}`);
  return { code: stream.code, events, traces, text, ended, stop: () => stop.abort() };
}

t.test('lists and watches', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call, store } = server;
  const create = (name: string, labels: object = {}) =>
    call('POST', configMaps, { body: { metadata: { name, labels } } });
  const label = (name: string, labels: object) =>
    call('PATCH', `${configMaps}/${name}`, { body: { metadata: { labels } }, headers: merge });
  const revisionOf = async () => String((await call('GET', configMaps)).at('metadata.resourceVersion'));

  t.test('pages are of one revision, whatever is written in between', async (t) => {
    for (const name of ['a', 'b', 'c']) await create(name);
    const first = await call('GET', configMaps, { query: { limit: '2' } });
    t.match(first.json, { kind: 'ConfigMapList', metadata: { remainingItemCount: 1 } });
    await create('d');
    await call('DELETE', `${configMaps}/c`);
    const token = String(first.at('metadata.continue'));
    const second = await call('GET', configMaps, { query: { limit: '2', continue: token } });
    t.equal(second.at('items.0.metadata.name'), 'c');
    t.equal(second.at('items.1'), undefined);
    t.equal(second.at('metadata.resourceVersion'), first.at('metadata.resourceVersion'));
    await store.compact(await store.revision());
    const late = await call('GET', configMaps, { query: { limit: '2', continue: token } });
    t.match(late.json, {
      code: 410,
      reason: 'Expired',
      message: /^The provided continue parameter is too old/,
    });
    const fresh = String(late.at('metadata.continue'));
    const rest = await call('GET', configMaps, { query: { limit: '2', continue: fresh } });
    t.equal(rest.code, 200, 'the token of the answer goes on, in the state as it is now');
    t.equal(rest.at('items.0.metadata.name'), 'd');
    t.ok(Number(rest.at('metadata.resourceVersion')) > Number(first.at('metadata.resourceVersion')));
  });

  t.test('resourceVersion of a list: exact, not older than, too large', async (t) => {
    const revision = await revisionOf();
    await create('e');
    const exact = { resourceVersion: revision, resourceVersionMatch: 'Exact' };
    const old = await call('GET', configMaps, { query: exact });
    t.equal(old.at('metadata.resourceVersion'), revision);
    t.notMatch(old.text, '"name":"e"');
    t.match((await call('GET', configMaps, { query: { resourceVersion: revision } })).text, '"name":"e"');
    const wrong = await call('GET', configMaps, { query: { resourceVersionMatch: 'Exact' } });
    t.equal(wrong.code, 422);
    t.equal((await call('GET', configMaps, { query: { resourceVersion: 'x' } })).code, 400);
  });

  t.test('a list after a write always has it, from the other instance too', async (t) => {
    const second = await readyServer(store, 'apiserver-1');
    t.teardown(() => second.stop());
    await create('fresh');
    const listed = await second.call('GET', configMaps);
    t.match(listed.text, '"name":"fresh"');
  });

  t.test('a watch goes on from a list without a gap, with the trace of each write', async (t) => {
    const resourceVersion = await revisionOf();
    const made = await create('w1');
    const watch = await watching(server, { resourceVersion });
    await label('w1', { x: 'y' });
    await call('DELETE', `${configMaps}/w1`);
    await eventually('three events', () => watch.events.length >= 3);
    t.same(watch.text(), ['ADDED w1', 'MODIFIED w1', 'DELETED w1']);
    t.equal(watch.traces[0], store.keepsTraces ? made.headers.traceparent : undefined);
    watch.stop();
    await watch.ended;
  });

  t.test('objects come into a selector and go out of it', async (t) => {
    await create('s1', { tier: 'x' });
    const resourceVersion = await revisionOf();
    const watch = await watching(server, { resourceVersion, labelSelector: 'tier=x' });
    await create('unseen');
    await label('s1', { tier: 'y' });
    await label('s1', { tier: 'x' });
    await call('DELETE', `${configMaps}/s1`);
    await eventually('three events', () => watch.events.length >= 3);
    t.same(watch.text(), ['DELETED s1', 'ADDED s1', 'DELETED s1']);
    watch.stop();
  });

  t.test('a Table watch tells its columns once', async (t) => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    const watch = await watching(server, { resourceVersion: await revisionOf() }, accept);
    await create('t1');
    await create('t2');
    await eventually('two events', () => watch.events.length >= 2);
    t.match(pick(watch.events[0]?.object, 'columnDefinitions.0.name'), 'Name');
    t.same(pick(watch.events[1]?.object, 'columnDefinitions'), []);
    watch.stop();
  });

  t.test('initial events end with a bookmark; a watch ends when its time is up', async (t) => {
    const query = {
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '1',
      fieldSelector: 'metadata.name=t1',
    };
    const watch = await watching(server, query);
    await watch.ended;
    t.same(
      watch.events.map((event) => event.type),
      ['ADDED', 'BOOKMARK', 'BOOKMARK'],
    );
    const annotations = pick(watch.events[1]?.object, 'metadata.annotations');
    t.same(annotations, { 'k8s.io/initial-events-end': 'true' });
  });

  t.test('a cache that lost its place tells its watchers to begin anew, and recovers', async (t) => {
    const watch = await watching(server, { resourceVersion: await revisionOf() });
    store.breakWatches();
    await watch.ended;
    t.match(watch.events.at(-1), { type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    await create('after');
    t.match((await call('GET', configMaps)).text, '"name":"after"');
    const old = await watching(server, { resourceVersion: '2' });
    await old.ended;
    t.match(old.events, [{ type: 'ERROR', object: { code: 410, message: /^too old resource version: 2 / } }]);
  });

  t.test('without its store it answers 503 and says that it is not ready, then goes on', async (t) => {
    store.away = true;
    t.match((await call('GET', `${configMaps}/a`)).json, { code: 503, reason: 'ServiceUnavailable' });
    t.match((await call('POST', configMaps, { body: { metadata: { name: 'z' } } })).json, { code: 503 });
    await eventually('not ready', async () => (await call('GET', '/readyz')).code === 500);
    t.match((await call('GET', '/readyz')).text, /\[-\]etcd failed: reason withheld/);
    t.equal((await call('GET', '/livez')).code, 200);
    store.away = false;
    await eventually('ready', async () => (await call('GET', '/readyz')).code === 200);
    t.equal((await call('GET', `${configMaps}/a`)).code, 200);
  });
});

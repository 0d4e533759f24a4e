import type { Store } from '@kubelab/store';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { eventually, pick, readyServer } from './harness.js';
import { openTestStore } from './test-store.js';

const maps = '/api/v1/namespaces/default/configmaps';
const bytes = (text: string) => new TextEncoder().encode(text);
const put = (store: Store, key: string, value: string) =>
  store.txn({ compare: [], success: [{ type: 'put', key: bytes(key), value: bytes(value) }], failure: [] });
const keyOf = (name: string) => `/registry/core/configmaps/default/${name}`;

t.test('a value that is no object is named, and the others are served', async (t) => {
  const store = await openTestStore(createRealWorld({ host: 'test' }));
  await put(store, '/registry/core/configmaps/default/before', '{"half":');
  await put(store, '/registry/rbac.authorization.k8s.io/clusterroles/view', 'not json');
  await put(store, '/kubelab/apiservers/ghost', 'not json either');
  const server = await readyServer(store);
  t.teardown(() => server.stop());
  const { call } = server;
  for (const name of ['one', 'two']) await call('POST', maps, { body: { metadata: { name } } });
  await put(store, keyOf('two'), 'spoiled');
  const warning = async () => (await call('GET', maps)).headers.warning ?? '';
  await eventually('both are known', async () => (await warning()).includes('default/two'));
  t.match(await warning(), `299 - "left out, since the store holds no object there: ${keyOf('before')}, `);
  const names = async () => {
    const items = (await call('GET', maps)).at('items');
    return Array.isArray(items) ? items.map((item) => pick(item, 'metadata.name')) : [];
  };
  t.same(await names(), ['one']);
  const spoiled = await call('GET', `${maps}/two`);
  t.equal(spoiled.code, 500);
  t.match(spoiled.at('message'), keyOf('two'));
  const page = await call('GET', maps, { query: { limit: '1', resourceVersion: '0' } });
  t.match(page.headers.warning, 'left out', 'a page too');
  t.equal((await call('GET', '/api/v1/namespaces')).headers.warning, undefined, 'other kinds are whole');

  await put(
    store,
    keyOf('two'),
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"two","namespace":"default"}}',
  );
  await eventually('mended', async () => (await names()).join() === 'one,two');
  t.notMatch(await warning(), 'default/two');
});

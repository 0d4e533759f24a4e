import { ensurePki } from '@kubelab/pki';
import { loadTls } from '@kubelab/pki/load';
import { connectEtcd } from '@kubelab/store/etcd';
import { startEtcd } from '@kubelab/store/etcd-process';
import { silentTelemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import { createRealWorld, identityOf, type TlsMaterial } from '@kubelab/world';
import t from 'tap';
import { startApiserver } from '../src/start.js';
import { readStoreFlags, type StoreFlags } from '../src/store-config.js';
import { eventually } from './harness.js';

const world = createRealWorld({ host: 'apiserver-0' });
const none = { store: 'kubelab', servers: ['a:1'], caFile: '', certFile: '', keyFile: '' };

async function certificate(directory: string, name: string) {
  const hosts = ['127.0.0.1'];
  await ensurePki(world, directory, [
    { name, commonName: name, organizations: ['kubelab:apiservers'], hosts },
  ]);
  const at = (file: string) => `${directory}/${file}`;
  return { caFile: at('ca.crt'), certFile: at(`${name}.crt`), keyFile: at(`${name}.key`) };
}

t.test('flags of the store', async (t) => {
  const own = await loadTls(world, await certificate(t.testdir(), 'apiserver-0'));
  const read = (flags: Partial<StoreFlags>) => readStoreFlags(world, { ...none, ...flags }, own);
  const a = { host: 'a', port: 1 };

  t.test("an own store, with this component's certificate", async (t) => {
    t.same(await read({}), { type: 'kubelab', servers: [a], tls: own });
  });

  t.test('an etcd by URL, with certificates of its own', async (t) => {
    const files = await certificate(t.testdir(), 'etcd-client');
    const servers = ['https://a:1', '[::1]:2379', 'https://127.0.0.1:2379/'];
    const tls: TlsMaterial = await loadTls(world, files);
    t.same(await read({ store: 'etcd', servers, ...files }), {
      type: 'etcd',
      servers: [a, { host: '::1', port: 2379 }, { host: '127.0.0.1', port: 2379 }],
      tls,
    });
    t.equal(tls.identity.commonName, identityOf(tls.certPem).commonName);
    const { caFile } = files;
    const other = await read({ store: 'etcd', caFile });
    t.match(other, { tls: { caPem: tls.caPem, certPem: own.certPem } });
  });

  t.test('an etcd without TLS', async (t) => {
    const config = await read({ store: 'etcd', servers: ['http://a:1'] });
    t.same(config, { type: 'etcd', servers: [a], plain: true });
  });

  t.test('what makes no sense is refused', async (t) => {
    const wrong: [Partial<StoreFlags>, RegExp][] = [
      [{ store: 'mysql' }, /--store is kubelab or etcd, not 'mysql'/],
      [{ servers: [] }, /names no server/],
      [{ servers: ['a'] }, /wants HOST:PORT or https:\/\/HOST:PORT, not 'a'/],
      [{ servers: ['ftp://a:1'] }, /not 'ftp:\/\/a:1'/],
      [{ servers: ['a:70000'] }, /not 'a:70000'/],
      [{ servers: ['http://a:1'] }, /mutual TLS only/],
      [{ store: 'etcd', servers: ['http://a:1', 'https://a:1'] }, /all http/],
      [{ certFile: 'x' }, /go together/],
    ];
    for (const [flags, message] of wrong) await t.rejects(read(flags), { name: 'FlagError', message });
    await t.rejects(read({ caFile: '/absent' }), { code: 'notFound' });
  });
});

t.test('an apiserver keeps its objects in an etcd that wants certificates of another CA', async (t) => {
  const directory = t.testdir();
  const client = await certificate(`${directory}/etcd`, 'client');
  const etcd = await startEtcd({ tls: await certificate(`${directory}/etcd`, 'server') });
  t.teardown(() => etcd.stop());
  const tls = await loadTls(world, await certificate(`${directory}/kubelab`, 'apiserver-0'));
  const servers = etcd.endpoints.map(({ host, port }) => `https://${host}:${port}`);
  const store = await readStoreFlags(world, { store: 'etcd', servers, ...client }, tls);
  const free = { host: '127.0.0.1', port: 0 };
  const apiserver = await startApiserver(world, {
    name: 'apiserver-0',
    listen: free,
    secureListen: free,
    advertise: { host: '127.0.0.1', port: 6443 },
    tls,
    telemetry: silentTelemetry(world, 'apiserver', 'apiserver-0'),
    links: createLinks(),
    debug: {},
    serviceCidr: '127.96.0.0/16',
    defaultTolerationSeconds: 5,
    store,
  });
  await eventually('ready', () => apiserver.ready());
  const reader = connectEtcd({ world }, { endpoints: etcd.endpoints, tls: await loadTls(world, client) });
  const { kvs } = await reader.range({ key: Buffer.from('/registry/core/namespaces/kube-system') });
  t.match(Buffer.from(kvs[0]?.value ?? []).toString(), /"kind":"Namespace"/);
  await reader.close();
  await apiserver.stop();
});

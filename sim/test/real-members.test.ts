import { debugService } from '@kubelab/component';
import { startEtcdRaft } from '@kubelab/etcd-raft';
import { ensurePki, loadTls } from '@kubelab/pki';
import { connectStore, StoreError } from '@kubelab/store';
import { silentTelemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

t.test('three members elect, commit, outlive their leader, and a watch goes on', async (t) => {
  const directory = t.testdir();
  const world = createRealWorld({ host: 'test' });
  const names = ['etcd-raft-0', 'etcd-raft-1', 'etcd-raft-2'];
  const hosts = ['localhost', '127.0.0.1'];
  await ensurePki(world, directory, [
    ...names.map((name) => ({ name, commonName: name, organizations: ['kubelab:etcd-members'], hosts })),
    { name: 'api', commonName: 'apiserver-0', organizations: ['kubelab:apiservers'], hosts },
  ]);
  const tlsOf = (name: string) =>
    loadTls(world, {
      caFile: `${directory}/ca.crt`,
      certFile: `${directory}/${name}.crt`,
      keyFile: `${directory}/${name}.key`,
    });
  const port = 20_000 + world.random.int(10_000);
  const addresses = names.map((_, at) => ({ host: '127.0.0.1', port: port + at }));
  const initialCluster = Object.fromEntries(
    names.map((name, at) => [name, { host: '127.0.0.1', port: port + at }]),
  );
  const telemetry = silentTelemetry(world, 'apiserver', 'apiserver-0');
  const members = await Promise.all(
    names.map(async (name, at) => {
      const telemetry = silentTelemetry(world, 'etcd-raft', name);
      const links = createLinks();
      const processInfo = () => ({ pid: 0, memoryBytes: 0 });
      const debug = debugService({
        world,
        name,
        component: 'etcd-raft',
        telemetry,
        links,
        running: () => undefined,
        processInfo,
      });
      const listen = { host: '127.0.0.1', port: port + at };
      const dataDirectory = `${directory}/${name}`;
      return startEtcdRaft(world, {
        name,
        listen,
        tls: await tlsOf(name),
        telemetry,
        links,
        debug,
        dataDirectory,
        initialCluster,
      });
    }),
  );
  const store = connectStore(
    { world, telemetry, links: createLinks() },
    { addresses, tls: await tlsOf('api') },
  );
  t.teardown(async () => {
    await store.close();
    await Promise.all(members.map((member) => member.stop()));
  });
  const put = (value: string) =>
    store.txn({ compare: [], success: [{ type: 'put', key: bytes('k'), value: bytes(value) }], failure: [] });
  const watch = store.watch({ key: bytes('k'), startRevision: 2 });
  t.equal((await put('1')).header.revision, 2);
  await members.find((member) => member.role() === 'leader')?.stop();
  // Its connection may break under the write: whether that was executed is then unknown, and a caller's to
  // settle.
  await put('2').catch((error: unknown) => {
    if (error instanceof StoreError && error.mayHaveExecuted) return put('2');
    throw error;
  });
  const { kvs } = await store.range({ key: bytes('k') });
  t.equal(Buffer.from(kvs[0]?.value ?? []).toString(), '2');
  const seen: string[] = [];
  for await (const { events } of watch) {
    seen.push(...events.map((event) => Buffer.from(event.kv.value).toString()));
    if (seen.length >= 2) break;
  }
  t.same(seen.slice(0, 2), ['1', '2']);
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as compose from 'docker-compose';
import t from 'tap';
import { root } from '../src/cluster.js';
import { curl } from '../src/http.js';
import { createKubectl, findKubectls } from '../src/kubectl.js';
import { curlLoad, namesOf, outageMs, writeLoad } from '../src/load.js';
import { mustRun, run, sleep, until } from '../src/run.js';

const project = 'kubelab-e2e';
const net = '172.31.77';
const port = 17_443;
const patienceMs = 90_000;
const nodePortUrl = `http://${net}.101:30080/`;
const env = {
  ...process.env,
  COMPOSE_PROJECT_NAME: project,
  KUBELAB_PORT: String(port),
  KUBELAB_NET: net,
  BASE_IMAGE: process.env.BASE_IMAGE ?? 'kubelab/base',
};
const kubectlPath = findKubectls().at(-1) ?? 'kubectl';
const kubectl = createKubectl(kubectlPath, {
  kubeconfig: join(root, '.kubelab/kubeconfig'),
  cacheDirectory: mkdtempSync(join(tmpdir(), 'kubelab-kubectl-')),
});

/** Where there is no plugin `docker compose`, the program docker-compose does the same. */
async function composeOptions(): Promise<compose.IDockerComposeOptions> {
  const plugin = (await run('docker', ['compose', 'version'])).code === 0;
  return plugin ? { cwd: root, env } : { cwd: root, env, executable: { standalone: true } };
}

const options = await composeOptions();
const container = (service: string) =>
  mustRun('docker', [
    'ps',
    '-aq',
    '--filter',
    `label=com.docker.compose.project=${project}`,
    '--filter',
    `label=com.docker.compose.service=${service}`,
  ]);

async function untilPods(count: number) {
  await until(
    `${count} pods are ready`,
    async () => {
      const list = await kubectl.json('get', 'pods', '-l', 'app=echo');
      const ready = list
        .items()
        .filter(
          (pod) =>
            pod.at('status.containerStatuses.0.ready') === true &&
            pod.at('metadata.deletionTimestamp') === undefined,
        );
      return ready.length === count;
    },
    { timeoutMs: patienceMs, everyMs: 300 },
  );
}

t.teardown(async () => {
  await compose.downAll({ ...options, commandOptions: ['--volumes', '--remove-orphans'] });
});

t.test('docker compose up brings the cluster, and its kubeconfig out', async (t) => {
  await compose.downAll({ ...options, commandOptions: ['--volumes', '--remove-orphans'] });
  await compose.upAll({ ...options, commandOptions: ['--build'] });
  await until('the API answers', async () => (await kubectl.result(['get', '--raw', '/readyz'])).code === 0, {
    timeoutMs: patienceMs,
  });
  await until(
    'both nodes are Ready',
    async () => ((await kubectl('get', 'nodes')).match(/\sReady\s/g) ?? []).length === 2,
    { timeoutMs: patienceMs },
  );
  t.pass('ready');
});

t.test('pods run on both nodes and answer at the NodePort and at the ClusterIP, across nodes', async (t) => {
  await kubectl('apply', '-f', join(root, 'examples/echo.yaml'));
  await untilPods(3);
  const list = await kubectl.json('get', 'pods', '-l', 'app=echo');
  t.equal(new Set(list.items().map((pod) => pod.at('spec.nodeName'))).size, 2);
  const seen = new Set<string>();
  await until(
    'all three pods answered at the NodePort',
    async () => {
      const parsed: { pod: string } = JSON.parse((await curl(nodePortUrl)).body);
      return seen.add(parsed.pod).size === 3;
    },
    { timeoutMs: patienceMs },
  );
  const service = await kubectl.json('get', 'service', 'echo');
  const inside = `fetch('http://${String(service.at('spec.clusterIP'))}/').then((r) => r.text()).then((text) => console.log(text))`;
  const id = (await container('node-2')).trim();
  t.match(await mustRun('docker', ['exec', id, 'node', '-e', inside]), /"pod":"echo-/);
});

/** Writes and requests go on while a container is hurt; afterwards every acknowledged write is there. */
async function underLoad(prefix: string, harm: () => Promise<void>, mend: () => Promise<void>) {
  const create = async (name: string) => {
    const manifest = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { name },
    });
    const { code, stderr } = await kubectl.result(['create', '--request-timeout=5s', '-f', '-'], manifest);
    if (code !== 0 && !stderr.includes('AlreadyExists')) throw new Error(stderr);
  };
  const writes = writeLoad(create, prefix);
  const requests = curlLoad(nodePortUrl);
  await sleep(500);
  await harm();
  const atMs = performance.now();
  await until('writes go on', async () => outageMs(writes, atMs) < patienceMs, { timeoutMs: patienceMs });
  const writeOutageMs = outageMs(writes, atMs);
  await mend();
  await until('requests go on', async () => outageMs(requests, atMs) < patienceMs, { timeoutMs: patienceMs });
  await Promise.all([writes.stop(), requests.stop()]);
  const stored = await until('the list is answered', () => namesOf(kubectl, 'configmaps'), {
    timeoutMs: patienceMs,
  });
  return {
    lost: writes.attempts
      .filter((attempt) => attempt.ok && !stored.has(attempt.what))
      .map((attempt) => attempt.what),
    writeOutageMs,
  };
}

async function serviceWith(kind: string, holder: RegExp): Promise<string> {
  const lease = await kubectl.json('get', 'lease', kind, '-n', 'kube-system');
  const name = String(lease.at('spec.holderIdentity'));
  if (!holder.test(name)) throw new Error(`the lease ${kind} is held by '${name}'`);
  return name;
}

const services: readonly { readonly title: string; readonly find: () => Promise<string> }[] = [
  { title: 'etcd-raft-0', find: async () => 'etcd-raft-0' },
  { title: 'etcd-raft-1', find: async () => 'etcd-raft-1' },
  { title: 'etcd-raft-2', find: async () => 'etcd-raft-2' },
  { title: 'apiserver-0', find: async () => 'apiserver-0' },
  { title: 'the active scheduler', find: () => serviceWith('kube-scheduler', /^scheduler-\d$/) },
  {
    title: 'the active controller-manager',
    find: () => serviceWith('kube-controller-manager', /^controller-manager-\d$/),
  },
];

for (const [index, { title, find }] of services.entries()) {
  t.test(`${title}: killed, paused and disconnected, each in turn, under load`, async (t) => {
    const service = await find();
    const killed = await underLoad(
      `k${index}`,
      async () => void (await compose.kill({ ...options, commandOptions: [service] })),
      async () => void (await compose.upOne(service, options)),
    );
    t.same(killed.lost, [], 'killed');
    const paused = await underLoad(
      `p${index}`,
      async () => void (await compose.pauseOne(service, options)),
      async () => void (await compose.unpauseOne(service, options)),
    );
    t.same(paused.lost, [], 'paused');
    const id = (await container(service)).trim();
    const network = `${project}_cluster`;
    const inspected: { NetworkSettings: { Networks: Record<string, { IPAddress: string }> } }[] = JSON.parse(
      await mustRun('docker', ['inspect', id]),
    );
    const address = inspected[0]?.NetworkSettings.Networks[network]?.IPAddress ?? '';
    const cut = await underLoad(
      `d${index}`,
      async () => void (await mustRun('docker', ['network', 'disconnect', network, id])),
      async () =>
        void (await mustRun('docker', [
          'network',
          'connect',
          '--ip',
          address,
          '--alias',
          service,
          network,
          id,
        ])),
    );
    t.same(cut.lost, [], 'disconnected');
    t.comment(
      `${service}: writes back after ${[killed, paused, cut].map((one) => Math.round(one.writeOutageMs)).join(', ')} ms`,
    );
  });
}

t.test('a killed kube-proxy is back, a killed node gets its pods again', async (t) => {
  await compose.restartOne('kube-proxy-1', options);
  await until('the NodePort answers', async () => (await curl(nodePortUrl)).code === 200, {
    timeoutMs: patienceMs,
  });
  await compose.kill({ ...options, commandOptions: ['node-1'] });
  await until(
    'three pods run on node-2',
    async () => {
      const list = await kubectl.json(
        'get',
        'pods',
        '-l',
        'app=echo',
        '--field-selector',
        'spec.nodeName=node-2',
      );
      return list.items().filter((pod) => pod.at('status.containerStatuses.0.ready') === true).length === 3;
    },
    { timeoutMs: 180_000, everyMs: 500 },
  );
  await compose.upOne('node-1', options);
  await until(
    'both nodes are Ready',
    async () => ((await kubectl('get', 'nodes')).match(/\sReady\s/g) ?? []).length === 2,
    { timeoutMs: patienceMs },
  );
  t.pass('moved and back');
});

t.test('the whole stack down and up: everything is as it was', async (t) => {
  const before = await namesOf(kubectl, 'configmaps');
  await compose.downAll(options);
  await compose.upAll(options);
  await until('the API answers', async () => (await kubectl.result(['get', '--raw', '/readyz'])).code === 0, {
    timeoutMs: patienceMs,
  });
  t.same(
    await until('the list is answered', () => namesOf(kubectl, 'configmaps'), { timeoutMs: patienceMs }),
    before,
  );
  await untilPods(3);
  await until('the NodePort answers', async () => (await curl(nodePortUrl)).code === 200, {
    timeoutMs: patienceMs,
  });
});

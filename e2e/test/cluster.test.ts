import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { root, testCluster } from '../src/cluster.js';
import { curl, podsBehind } from '../src/http.js';
import { findKubectls, type Kubectl } from '../src/kubectl.js';
import { curlLoad, namesOf, outageMs, writeLoad } from '../src/load.js';
import { sleep, until } from '../src/run.js';

const example = join(root, 'examples/echo.yaml');
const nodePortUrl = 'http://127.0.0.1:30080/';
const cluster = testCluster({ port: 16_443 });
/** On a busy machine; what a person sees is in bench/. */
const patienceMs = 60_000;

t.teardown(() => cluster.remove());

async function readyPods(
  kubectl: Kubectl,
): Promise<{ name: string; node: string; ip: string; uid: string }[]> {
  const list = await kubectl.json('get', 'pods', '-l', 'app=echo');
  return list
    .items()
    .filter(
      (pod) =>
        pod.at('metadata.deletionTimestamp') === undefined &&
        pod.at('status.containerStatuses.0.ready') === true,
    )
    .map((pod) => ({
      name: String(pod.at('metadata.name')),
      node: String(pod.at('spec.nodeName')),
      ip: String(pod.at('status.podIP')),
      uid: String(pod.at('metadata.uid')),
    }));
}

async function untilPods(kubectl: Kubectl, count: number) {
  return until(
    `${count} pods are ready`,
    async () => {
      const pods = await readyPods(kubectl);
      return pods.length === count && pods;
    },
    { timeoutMs: patienceMs },
  );
}

t.test('up brings every component to ready and says where the API is', async (t) => {
  const output = await cluster.up();
  t.match(output, /ready at https:\/\/127\.0\.0\.1:16443/);
  t.match(output, /export KUBECONFIG=/);
  const components = await cluster.components();
  t.ok(components.every((component) => component.ready));
  t.equal(components.filter((component) => component.role === 'leader').length, 1);
});

t.test('every kubectl on this machine, unmodified, takes the example through its life', async (t) => {
  for (const path of findKubectls()) {
    await t.test(path.split('/').at(-1) ?? path, async (t) => {
      const kubectl = cluster.kubectl(path);
      t.match(await kubectl('apply', '-f', example), /deployment\.apps\/echo created/);
      t.match(
        await kubectl('rollout', 'status', 'deployment/echo', '--timeout=60s'),
        /successfully rolled out/,
      );
      const pods = await untilPods(kubectl, 3);
      t.equal(new Set(pods.map((pod) => pod.node)).size, 2, 'the pods are on two nodes');
      t.match(
        await kubectl('get', 'pods', '-o', 'wide'),
        /NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE/,
      );
      t.match(await kubectl('get', 'deployment', 'echo'), /echo\s+3\/3\s+3\s+3/);
      t.match(await kubectl('describe', 'deployment', 'echo'), /ScalingReplicaSet/);
      t.match(await kubectl('describe', 'pod', pods[0]?.name ?? ''), /Successfully assigned default\/echo-/);
      t.match(await kubectl('logs', pods[0]?.name ?? ''), /listens/);
      const watch = kubectl.background('get', 'pods', '-w');
      await kubectl('scale', 'deployment/echo', '--replicas=4');
      await untilPods(kubectl, 4);
      await until(
        'the watch shows a fourth pod',
        async () => (watch.output().stdout.match(/^echo-\S+\s+1\/1/gm) ?? []).length >= 4,
        {
          timeoutMs: patienceMs,
        },
      );
      await watch.stop();
      await kubectl('delete', '-f', example);
      await until('the pods are gone', async () => (await readyPods(kubectl)).length === 0, {
        timeoutMs: patienceMs,
      });
    });
  }
});

t.test('a Service spreads over its pods, at its ClusterIP and at its NodePort', async (t) => {
  const kubectl = cluster.kubectl();
  await kubectl('apply', '-f', example);
  const pods = await untilPods(kubectl, 3);
  const names = new Set(pods.map((pod) => pod.name));
  const service = await kubectl.json('get', 'service', 'echo');
  const clusterIp = `http://${String(service.at('spec.clusterIP'))}/`;
  await until('the Service answers', async () => (await curl(clusterIp)).code === 200, {
    timeoutMs: patienceMs,
  });
  t.same(await podsBehind(clusterIp, 12), names, 'ClusterIP');
  await until('the NodePort answers', async () => (await curl(nodePortUrl)).code === 200, {
    timeoutMs: patienceMs,
  });
  t.same(await podsBehind(nodePortUrl, 12), names, 'NodePort');
});

/** Writes and requests go on while `harm` is done; afterwards every acknowledged write is there. */
async function underLoad(prefix: string, harm: () => Promise<number>) {
  const kubectl = cluster.kubectl();
  const create = async (name: string) => {
    const manifest = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { name },
    });
    const { code, stderr } = await kubectl.result(['create', '-f', '-'], manifest);
    // A write whose answer was lost may have happened: kubectl says so, and the next try finds it.
    if (code !== 0 && !stderr.includes('AlreadyExists')) throw new Error(stderr);
  };
  const writes = writeLoad(create, prefix);
  const requests = curlLoad(nodePortUrl);
  await sleep(500);
  const atMs = await harm();
  await until('writes go on', async () => outageMs(writes, atMs) < patienceMs, { timeoutMs: patienceMs });
  await until('requests go on', async () => outageMs(requests, atMs) < patienceMs, { timeoutMs: patienceMs });
  await sleep(500);
  await Promise.all([writes.stop(), requests.stop()]);
  const stored = await until('the list is answered', () => namesOf(kubectl, 'configmaps'), {
    timeoutMs: patienceMs,
  });
  const lost = writes.attempts
    .filter((attempt) => attempt.ok && !stored.has(attempt.what))
    .map((attempt) => attempt.what);
  return { writeOutageMs: outageMs(writes, atMs), requestOutageMs: outageMs(requests, atMs), lost };
}

async function kill(name: string): Promise<number> {
  await cluster.kubelab('kill', name);
  // From when it was surely dead: what succeeded while the command ran says nothing.
  return performance.now();
}

const victims: readonly { title: string; find: () => Promise<string> }[] = [
  { title: 'the Raft leader', find: async () => (await cluster.withRole('etcd-raft', 'leader')).name },
  { title: 'a follower', find: async () => (await cluster.withRole('etcd-raft', 'follower')).name },
  { title: 'an apiserver', find: async () => 'apiserver-0' },
  { title: 'the other apiserver', find: async () => 'apiserver-1' },
  { title: 'the active scheduler', find: async () => (await cluster.withRole('scheduler', 'active')).name },
  {
    title: 'the active controller-manager',
    find: async () => (await cluster.withRole('controller-manager', 'active')).name,
  },
  { title: 'a kube-proxy', find: async () => 'kube-proxy-1' },
  { title: 'the endpoint', find: async () => 'endpoint-0' },
];

for (const [index, { title, find }] of victims.entries()) {
  t.test(`kill -9 of ${title}: writes and requests go on, nothing acknowledged is lost`, async (t) => {
    const name = await find();
    const outcome = await underLoad(`victim-${index}`, () => kill(name));
    t.same(outcome.lost, []);
    t.comment(
      `${name}: writes back after ${Math.round(outcome.writeOutageMs)} ms, requests after ${Math.round(outcome.requestOutageMs)} ms`,
    );
    await cluster.untilReady();
  });
}

t.test(
  'a killed scheduler and controller-manager are replaced by those that waited: a scale-up is carried out',
  async (t) => {
    const kubectl = cluster.kubectl();
    await Promise.all([
      kill((await cluster.withRole('scheduler', 'active')).name),
      kill((await cluster.withRole('controller-manager', 'active')).name),
    ]);
    await kubectl('scale', 'deployment/echo', '--replicas=5');
    t.equal((await untilPods(kubectl, 5)).length, 5);
    await kubectl('scale', 'deployment/echo', '--replicas=3');
    await untilPods(kubectl, 3);
    await cluster.untilReady();
  },
);

t.test('a watch goes on over the kill of an apiserver', async (t) => {
  const kubectl = cluster.kubectl();
  const watch = kubectl.background('get', 'configmaps', '-w', '-o', 'name');
  await sleep(1_000);
  await kill('apiserver-0');
  await cluster.untilReady();
  await kubectl('create', 'configmap', 'after-the-kill');
  await kill('apiserver-1');
  await cluster.untilReady();
  // kubectl ends a watch whose connection broke; a client with an informer resumes. Both are seen: one
  // instance stays throughout.
  const again = kubectl.background('get', 'configmaps', '-w', '-o', 'name');
  await kubectl('create', 'configmap', 'after-both-kills');
  await until('the watch shows it', async () => again.output().stdout.includes('after-both-kills'), {
    timeoutMs: patienceMs,
  });
  await watch.stop();
  await again.stop();
  t.pass('seen');
});

t.test('a killed kubelet leaves its pods running and takes them up again', async (t) => {
  const kubectl = cluster.kubectl();
  const before = await untilPods(kubectl, 3);
  const node = before[0]?.node ?? 'node-1';
  await kill(node);
  t.ok((await podsBehind(nodePortUrl, 9)).size === 3, 'all pods answer while their kubelet is gone');
  await cluster.untilReady();
  await sleep(2_000);
  const after = await kubectl.json('get', 'pods', '-l', 'app=echo');
  const restarts = after.items().map((pod) => Number(pod.at('status.containerStatuses.0.restartCount')));
  t.same(
    restarts,
    restarts.map(() => 0),
    'no container was started again',
  );
  t.same(new Set((await readyPods(kubectl)).map((pod) => pod.uid)), new Set(before.map((pod) => pod.uid)));
});

t.test("a killed pod's process is started again", async (t) => {
  const kubectl = cluster.kubectl();
  const [pod] = await untilPods(kubectl, 3);
  const { body } = await curl(`http://${pod?.ip}:8080/`);
  const parsed: { pid: number } = JSON.parse(body);
  process.kill(parsed.pid, 'SIGKILL');
  await until(
    'the container was restarted',
    async () =>
      Number(
        (await kubectl.json('get', 'pod', pod?.name ?? '')).at('status.containerStatuses.0.restartCount'),
      ) === 1,
    { timeoutMs: patienceMs },
  );
  t.equal((await untilPods(kubectl, 3)).length, 3);
});

t.test('a node that goes down: its pods move to the other', async (t) => {
  const kubectl = cluster.kubectl();
  const pods = await untilPods(kubectl, 3);
  const node = pods[0]?.node ?? 'node-1';
  await cluster.kubelab('kill', node, '--whole-node');
  await until(
    'three pods run on the other node',
    async () => (await readyPods(kubectl)).filter((pod) => pod.node !== node).length === 3,
    { timeoutMs: 120_000 },
  );
  await until('the Service answers', async () => (await curl(nodePortUrl)).code === 200, {
    timeoutMs: patienceMs,
  });
  await cluster.kubelab('start', node, '--whole-node');
  await cluster.untilReady();
  await until('the node is Ready again', async () => /\sReady\s/.test(await kubectl('get', 'node', node)), {
    timeoutMs: patienceMs,
  });
  t.pass('moved');
});

t.test('trace shows what components say to each other', async (t) => {
  const output = await cluster.kubelab(
    'trace',
    '--from',
    'apiserver',
    '--to',
    'etcd-raft',
    '--limit',
    '5',
    '-o',
    'json',
  );
  const records = output
    .trim()
    .split('\n')
    .map((line): { from: string; to: string; kind: string } => JSON.parse(line));
  t.equal(records.length, 5);
  t.ok(records.every((record) => record.from.startsWith('apiserver-') && record.to.startsWith('etcd-raft-')));
  const raft = await cluster.kubelab('trace', '--kind', 'AppendEntries', '--limit', '1');
  t.match(raft, /etcd-raft-\d > etcd-raft-\d\s+AppendEntries/);
});

t.test('down and up: everything is as it was', async (t) => {
  const kubectl = cluster.kubectl();
  const digest = async () => {
    const text = await kubectl(
      'get',
      'configmaps',
      '-o',
      'jsonpath={range .items[*]}{.metadata.uid}{"\\n"}{end}',
    );
    return createHash('sha256').update(text).digest('hex');
  };
  const before = await digest();
  const uids = new Set((await untilPods(kubectl, 3)).map((pod) => pod.uid));
  const pids = (await cluster.components()).map((component) => component.pid);
  await cluster.down();
  for (const pid of pids) t.throws(() => process.kill(pid ?? 0, 0), 'no process is left');
  await cluster.up();
  t.equal(await digest(), before);
  t.same(new Set((await untilPods(kubectl, 3)).map((pod) => pod.uid)), uids);
  await until('the Service answers', async () => (await curl(nodePortUrl)).code === 200, {
    timeoutMs: patienceMs,
  });
});

t.test('no key and no token is in a log', async (t) => {
  const key = readFileSync(join(cluster.dataDirectory, 'pki/admin.key'), 'utf8').split('\n')[1] ?? '';
  for (const component of await cluster.components()) {
    const text = readFileSync(join(cluster.dataDirectory, `logs/${component.name}.log`), 'utf8');
    t.notMatch(text, /PRIVATE KEY/, component.name);
    t.notOk(text.includes(key), component.name);
  }
});

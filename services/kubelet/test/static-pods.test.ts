import { type Pod, podKind } from '@kubelab/api';
import { Client, Informer } from '@kubelab/client';
import { silentTelemetry } from '@kubelab/telemetry';
import { createSimulation } from '@kubelab/world';
import t from 'tap';
import { StaticPods } from '../src/pod/static-pods.js';
import { MemoryApi } from './memory-api.js';

const manifest = (image: string) => `apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec:
  containers: [{ name: main, image: ${image} }]
`;
const key = 'default/web-node-1';
const path = '/api/v1/namespaces/default/pods/web-node-1';

async function setUp() {
  const simulation = createSimulation({ seed: 1 });
  const world = simulation.world('node-1');
  const api = new MemoryApi(() => new Date(world.clock.nowMs()).toISOString());
  api.put('/api/v1/nodes/node-1', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', uid: 'node-uid' },
  });
  const { log } = silentTelemetry(world, 'kubelet', 'node-1');
  const client = new Client(api);
  const pods = new Informer<Pod>(client, podKind, { world, log });
  const changes: string[] = [];
  const changed = (of: string) => void changes.push(of);
  const options = { world, log, client, nodeName: 'node-1', directory: '/manifests', pods, changed };
  const statics = new StaticPods(options);
  const pass = async (ms: number) => {
    simulation.schedule(ms, () => {});
    await simulation.run({ untilMs: simulation.nowMs + ms });
  };
  /** The disk, too, takes virtual time. */
  const during = async (work: Promise<unknown>) => {
    await pass(100);
    await work;
  };
  await during(world.disk.makeDirectory('/manifests'));
  const write = (name: string, text: string) =>
    during(world.disk.writeFileAtomic(`/manifests/${name}`, text));
  const remove = (name: string) => during(world.disk.remove(`/manifests/${name}`));
  return { api, pods, statics, changes, pass, write, remove };
}

t.test('a file is a pod of the node, with and without an API; the API has its mirror', async (t) => {
  const { api, pods, statics, changes, pass, write } = await setUp();
  api.down = true;
  pods.start();
  await write('web.yaml', manifest('one'));
  await write('notes.txt', 'not for us');
  statics.start();
  await pass(3_000);
  t.same(changes, [key]);
  const pod = statics.get(key);
  t.match(pod, {
    metadata: { name: 'web-node-1', namespace: 'default', labels: { app: 'web' } },
    spec: {
      nodeName: 'node-1',
      restartPolicy: 'Always',
      tolerations: [{ effect: 'NoExecute', operator: 'Exists' }],
    },
  });
  api.down = false;
  await pass(10_000);
  t.match(api.get<Pod>(path)?.metadata, {
    annotations: { 'kubernetes.io/config.mirror': pod?.metadata.uid, 'kubernetes.io/config.source': 'file' },
    ownerReferences: [{ kind: 'Node', name: 'node-1', uid: 'node-uid', controller: true }],
  });
  statics.stop();
  pods.stop();
});

t.test("a deleted mirror comes again and ends nothing; its status is the pod's", async (t) => {
  const { api, pods, statics, changes, pass, write } = await setUp();
  pods.start();
  await write('web.yaml', manifest('one'));
  statics.start();
  await pass(5_000);
  const mirror = api.get<Pod>(path);
  api.put(path, { ...mirror, status: { phase: 'Running' } });
  await pass(100);
  t.equal(statics.get(key)?.status?.phase, 'Running');
  api.remove(path);
  await pass(100);
  t.equal(statics.get(key)?.metadata.deletionTimestamp, undefined);
  await pass(5_000);
  t.ok(api.get<Pod>(path));
  t.equal(api.get<Pod>(path)?.metadata.deletionTimestamp, undefined);
  t.same(changes, [key], 'the file is as it was');
  statics.stop();
  pods.stop();
});

t.test('a changed file is another pod; without its file a mirror goes and is not run', async (t) => {
  const { api, pods, statics, changes, pass, write, remove } = await setUp();
  pods.start();
  await write('web.yaml', manifest('one'));
  statics.start();
  await pass(5_000);
  const first = statics.get(key)?.metadata.uid;
  await write('web.yaml', manifest('two'));
  await pass(5_000);
  const second = statics.get(key);
  t.not(second?.metadata.uid, first);
  t.equal(api.get<Pod>(path)?.spec?.containers[0]?.image, 'two');
  await write('web.yaml', 'kind: [broken');
  await pass(5_000);
  t.equal(statics.get(key), undefined, 'what cannot be read is no pod');
  await write('web.yaml', manifest('two'));
  await pass(5_000);
  t.equal(statics.get(key)?.metadata.uid, second?.metadata.uid, 'the same file is the same pod');
  await remove('web.yaml');
  await pass(2_000);
  t.equal(statics.get(key), undefined);
  await pass(3_000);
  t.equal(api.get<Pod>(path), undefined);
  t.equal(changes.length, 5);
  statics.stop();
  pods.stop();
});

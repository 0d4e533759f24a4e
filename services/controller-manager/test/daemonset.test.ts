import { type ControllerRevision, type DaemonSet, nodeKind, type Pod, podKind } from '@kubelab/api';
import t from 'tap';
import { controllerRevisionKind, daemonSetKind } from '../src/kinds.js';
import { type PodScript, TestCluster, template } from './harness.js';

const labels = { app: 'agent' };
const set = (more: object = {}, spec: Record<string, unknown> = {}): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default' },
  spec: { selector: { matchLabels: labels }, template: template(labels, spec), ...more },
});
const nodes = ['node-1', 'node-2', 'node-3'];
const start = (
  t: Parameters<typeof TestCluster.start>[0],
  script: (pod: Pod) => PodScript = () => ({ readyAfterMs: 1_000 }),
) => TestCluster.start(t, { controllers: ['daemonset', 'garbage-collector'], nodes, script });
const status = async (cluster: TestCluster) => (await cluster.get<DaemonSet>(daemonSetKind, 'agent')).status;
const image = (pod: Pod) => pod.spec?.containers[0]?.image;
const withImage = (name: string) => ({
  spec: { template: { spec: { containers: [{ name: 'main', image: name }] } } },
});
const places = async (cluster: TestCluster) => (await cluster.pods()).map((pod) => pod.spec?.nodeName).sort();

t.test('one pod on each node, bound by affinity, and tolerant of the node’s troubles', async (t) => {
  const cluster = await start(t);
  await cluster.create(daemonSetKind, set());
  await cluster.until('3 ready', async () => (await status(cluster))?.numberReady === 3);
  t.same(await places(cluster), nodes);
  t.match(await status(cluster), {
    desiredNumberScheduled: 3,
    currentNumberScheduled: 3,
    updatedNumberScheduled: 3,
    numberAvailable: 3,
    numberMisscheduled: 0,
  });
  const tolerations = (await cluster.pods())[0]?.spec?.tolerations ?? [];
  for (const key of [
    'not-ready',
    'unreachable',
    'disk-pressure',
    'memory-pressure',
    'pid-pressure',
    'unschedulable',
  ])
    t.ok(
      tolerations.some((one) => one.key === `node.kubernetes.io/${key}` && one.operator === 'Exists'),
      key,
    );
  await cluster.addNode('node-4');
  await cluster.until('a fourth', async () => (await places(cluster)).includes('node-4'));
  t.same(cluster.errors, []);
});

t.test('taints and selectors decide where; NoExecute drives out, NoSchedule only keeps out', async (t) => {
  const cluster = await start(t);
  const taint = (effect: string) => ({ spec: { taints: [{ key: 'dedicated', value: 'gpu', effect }] } });
  await cluster.patch(nodeKind, 'node-1', taint('NoSchedule'));
  await cluster.patch(nodeKind, 'node-2', { spec: { unschedulable: true } });
  await cluster.create(daemonSetKind, set());
  await cluster.until('2 ready', async () => (await status(cluster))?.numberReady === 2);
  t.same(await places(cluster), ['node-2', 'node-3'], 'a cordoned node has its daemon');
  await cluster.patch(nodeKind, 'node-2', taint('NoSchedule'));
  await cluster.until('misscheduled', async () => (await status(cluster))?.numberMisscheduled === 1);
  t.same(await places(cluster), ['node-2', 'node-3']);
  await cluster.patch(nodeKind, 'node-2', taint('NoExecute'));
  await cluster.until('driven out', async () => (await places(cluster)).join() === 'node-3');
  await cluster.patch(nodeKind, 'node-3', { metadata: { labels: { disk: 'ssd' } } });
  await cluster.patch(daemonSetKind, 'agent', {
    spec: { template: { spec: { nodeSelector: { disk: 'hdd' } } } },
  });
  await cluster.until('none fits', async () => (await places(cluster)).length === 0);
  t.equal((await status(cluster))?.desiredNumberScheduled, 0);
});

t.test('a rolling update never has more away than maxUnavailable', async (t) => {
  const cluster = await start(t);
  await cluster.create(daemonSetKind, set());
  await cluster.until('3 ready', async () => (await status(cluster))?.numberReady === 3);
  await cluster.patch(daemonSetKind, 'agent', withImage('node:2'));
  let least = 3;
  await cluster.until('all new', async () => {
    const now = await status(cluster);
    if (now?.observedGeneration === 2) least = Math.min(least, now.numberReady);
    return now?.updatedNumberScheduled === 3 && now.numberAvailable === 3;
  });
  t.equal(least, 2, 'one at a time');
  t.same((await cluster.pods()).map(image), ['node:2', 'node:2', 'node:2']);
  const revisions = await cluster.list<ControllerRevision>(controllerRevisionKind);
  t.same(revisions.map(({ revision }) => revision).sort(), [1, 2]);
});

t.test('a surge starts the new daemon beside the old one, which goes when the new one serves', async (t) => {
  const cluster = await start(t);
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  await cluster.create(daemonSetKind, set({ updateStrategy }));
  await cluster.until('3 ready', async () => (await status(cluster))?.numberReady === 3);
  await cluster.patch(daemonSetKind, 'agent', withImage('node:2'));
  let least = 3;
  let most = 0;
  await cluster.until('all new', async () => {
    const now = await status(cluster);
    least = Math.min(least, now?.numberAvailable ?? 0);
    const pods = await cluster.pods();
    most = Math.max(most, pods.length);
    return pods.length === 3 && pods.every((pod) => image(pod) === 'node:2');
  });
  t.equal(least, 3, 'never one less');
  t.ok(most >= 4 && most <= 5, `${most} at once`);
});

t.test('OnDelete waits for a hand; a bad update stops at maxUnavailable', async (t) => {
  const cluster = await start(t, (pod) => (image(pod) === 'bad' ? {} : { readyAfterMs: 500 }));
  await cluster.create(daemonSetKind, set({ updateStrategy: { type: 'OnDelete' } }));
  await cluster.until('3 ready', async () => (await status(cluster))?.numberReady === 3);
  await cluster.patch(daemonSetKind, 'agent', withImage('bad'));
  await cluster.advance(10_000);
  t.same((await cluster.pods()).map(image), ['node:1', 'node:1', 'node:1']);
  await cluster.patch(daemonSetKind, 'agent', { spec: { updateStrategy: { type: 'RollingUpdate' } } });
  await cluster.advance(30_000);
  t.equal((await cluster.pods()).filter((pod) => image(pod) === 'bad').length, 1);
  t.equal((await status(cluster))?.numberReady, 2);
});

t.test('a daemon that ends is made anew, ever later', async (t) => {
  const cluster = await start(t, () => ({ readyAfterMs: 100, exitAfterMs: 200, exitCode: 1 }));
  await cluster.create(daemonSetKind, set());
  await cluster.advance(60_000);
  const made = new Set(cluster.podHistory.map((pod) => pod.metadata.uid)).size;
  t.ok(made >= 9 && made <= 24, `${made} pods in a minute on three nodes`);
  t.match(
    (await cluster.events('FailedDaemonPod'))[0],
    /Found failed daemon pod default\/agent-.* on node node-\d, will try to kill it/,
  );
});

t.test('two on a node: the younger goes', async (t) => {
  const cluster = await start(t);
  await cluster.create(daemonSetKind, set());
  await cluster.until('3 ready', async () => (await status(cluster))?.numberReady === 3);
  await cluster.advance(2_000);
  const spec = { containers: [{ name: 'main', image: 'node:1' }], nodeName: 'node-1' };
  await cluster.create(podKind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'second', namespace: 'default', labels },
    spec,
  });
  await cluster.until(
    'it goes',
    async () => !(await cluster.pods()).some(({ metadata }) => metadata.name === 'second'),
  );
  t.equal((await cluster.pods()).length, 3);
});

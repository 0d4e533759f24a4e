import { type Deployment, deploymentKind, type Pod, type ReplicaSet, replicaSetKind } from '@kubelab/api';
import t from 'tap';
import { type PodScript, TestCluster, template } from './harness.js';

const labels = { app: 'web' };
const deployment = (replicas: number, more: object = {}): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas, selector: { matchLabels: labels }, template: template(labels), ...more },
});
const image = (pod: Pod) => pod.spec?.containers[0]?.image;
const withImage = (name: string) => ({
  spec: { template: { spec: { containers: [{ name: 'main', image: name }] } } },
});
const start = (
  t: Parameters<typeof TestCluster.start>[0],
  script: (pod: Pod) => PodScript = (pod) => (image(pod) === 'bad' ? {} : { readyAfterMs: 1_000 }),
) =>
  TestCluster.start(t, {
    controllers: ['deployment', 'replicaset', 'garbage-collector'],
    nodes: ['node-1', 'node-2'],
    script,
  });
const get = (cluster: TestCluster) => cluster.get<Deployment>(deploymentKind, 'web');
const status = async (cluster: TestCluster) => (await get(cluster)).status;
const progressing = async (cluster: TestCluster) =>
  (await status(cluster))?.conditions?.find((one) => one.type === 'Progressing');
const sets = (cluster: TestCluster) => cluster.list<ReplicaSet>(replicaSetKind);
const isDone = async (cluster: TestCluster) => {
  const { metadata, spec, status: now } = await get(cluster);
  const wanted = spec?.replicas ?? 1;
  return (
    now?.observedGeneration === metadata.generation &&
    now?.updatedReplicas === wanted &&
    now.replicas === wanted &&
    now.availableReplicas === wanted
  );
};

t.test('a rollout keeps within maxSurge and maxUnavailable, and says what it does', async (t) => {
  const cluster = await start(t);
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } };
  await cluster.create(deploymentKind, deployment(5, { strategy }));
  await cluster.until('5 available', () => isDone(cluster));
  t.match(await progressing(cluster), {
    status: 'True',
    reason: 'NewReplicaSetAvailable',
    message: /^ReplicaSet "web-\w+" has successfully progressed\.$/,
  });
  await cluster.patch(deploymentKind, 'web', withImage('node:2'));
  let [least, most] = [5, 5];
  await cluster.until('rolled', async () => {
    const now = await status(cluster);
    least = Math.min(least, now?.availableReplicas ?? 0);
    const running = (await cluster.pods()).filter(
      (pod) => pod.metadata.deletionTimestamp === undefined,
    ).length;
    most = Math.max(most, running);
    return isDone(cluster);
  });
  t.ok(least >= 4 && most <= 6, `between ${least} available and ${most} pods`);
  t.ok((await cluster.pods()).every((pod) => image(pod) === 'node:2'));
  t.match((await cluster.events('ScalingReplicaSet'))[0], /Scaled up replica set web-\w+ from 0 to 5/);
  t.equal((await get(cluster)).metadata.annotations?.['deployment.kubernetes.io/revision'], '2');
  t.same(cluster.errors, []);
});

t.test('a bad image: the rollout stops, the deadline is said, and undo restores', async (t) => {
  const cluster = await start(t);
  await cluster.create(deploymentKind, deployment(4, { progressDeadlineSeconds: 20 }));
  await cluster.until('4 available', () => isDone(cluster));
  await cluster.patch(deploymentKind, 'web', withImage('bad'));
  await cluster.advance(10_000);
  t.ok(((await status(cluster))?.availableReplicas ?? 0) >= 3, 'those that work go on');
  t.equal((await progressing(cluster))?.status, 'True');
  await cluster.until(
    'late',
    async () => (await progressing(cluster))?.reason === 'ProgressDeadlineExceeded',
    120_000,
  );
  t.match(await progressing(cluster), { status: 'False', message: /has timed out progressing\.$/ });
  await cluster.patch(deploymentKind, 'web', withImage('node:1'));
  await cluster.until('restored', () => isDone(cluster));
  t.equal((await sets(cluster)).length, 2, 'the old set is taken up again');
  const old = (await sets(cluster)).find((set) => set.spec?.replicas === 4);
  t.match(old?.metadata.annotations, {
    'deployment.kubernetes.io/revision': '3',
    'deployment.kubernetes.io/revision-history': '1',
  });
  t.match(await progressing(cluster), { status: 'True', reason: 'NewReplicaSetAvailable' });
});

t.test('Recreate has none of both at once', async (t) => {
  const cluster = await start(t, () => ({ readyAfterMs: 500, stopAfterMs: 3_000 }));
  await cluster.create(deploymentKind, deployment(3, { strategy: { type: 'Recreate' } }));
  await cluster.until('3', () => isDone(cluster));
  await cluster.patch(deploymentKind, 'web', withImage('node:2'));
  await cluster.until('new', async () => {
    const images = new Set((await cluster.pods()).map(image));
    t.ok(images.size <= 1, 'one version');
    return images.has('node:2') && isDone(cluster);
  });
});

t.test('paused: the template may change, nothing rolls, scaling works; resumed it rolls once', async (t) => {
  const cluster = await start(t);
  await cluster.create(deploymentKind, deployment(2));
  await cluster.until('2', () => isDone(cluster));
  await cluster.patch(deploymentKind, 'web', { spec: { paused: true } });
  await cluster.patch(deploymentKind, 'web', withImage('node:2'));
  await cluster.patch(deploymentKind, 'web', { spec: { replicas: 3 } });
  await cluster.advance(20_000);
  t.same((await cluster.pods()).map(image), ['node:1', 'node:1', 'node:1']);
  t.match(await progressing(cluster), {
    status: 'Unknown',
    reason: 'DeploymentPaused',
    message: 'Deployment is paused',
  });
  await cluster.patch(deploymentKind, 'web', { spec: { paused: false } });
  await cluster.until('rolled', () => isDone(cluster));
  t.equal((await sets(cluster)).length, 2);
});

t.test('revisionHistoryLimit keeps that many old sets', async (t) => {
  const cluster = await start(t);
  await cluster.create(deploymentKind, deployment(1, { revisionHistoryLimit: 1 }));
  await cluster.until('1', () => isDone(cluster));
  for (const name of ['node:2', 'node:3', 'node:4']) {
    await cluster.patch(deploymentKind, 'web', withImage(name));
    await cluster.until(name, () => isDone(cluster));
  }
  await cluster.advance(2_000);
  t.equal((await sets(cluster)).length, 2);
});

t.test('scaled in the middle of a rollout that is stuck, both sets take their share', async (t) => {
  const cluster = await start(t);
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 2, maxUnavailable: 2 } };
  await cluster.create(deploymentKind, deployment(10, { strategy }));
  await cluster.until('10', () => isDone(cluster));
  await cluster.patch(deploymentKind, 'web', withImage('bad'));
  await cluster.advance(20_000);
  const sizes = async () => (await sets(cluster)).map((set) => set.spec?.replicas ?? 0).sort((a, b) => b - a);
  t.same(await sizes(), [8, 4]);
  await cluster.patch(deploymentKind, 'web', { spec: { replicas: 20 } });
  await cluster.advance(20_000);
  const after = await sizes();
  // (20 + 2) shared 8 : 4, then the rollout goes on as far as availability allows.
  t.equal(after.reduce((sum, one) => sum + one, 0) <= 22, true, String(after));
  t.ok((after[0] ?? 0) >= 14 && (after[1] ?? 0) >= 4, String(after));
});

t.test('sets without an owner that it selects are adopted', async (t) => {
  const cluster = await start(t);
  const orphan: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-manual', namespace: 'default', labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: { ...labels, x: 'y' } },
      template: template({ ...labels, x: 'y' }),
    },
  };
  await cluster.create(replicaSetKind, orphan);
  await cluster.create(deploymentKind, deployment(2));
  await cluster.until('2', () => isDone(cluster));
  const adopted = await cluster.get<ReplicaSet>(replicaSetKind, 'web-manual');
  t.match(adopted.metadata.ownerReferences, [{ kind: 'Deployment', name: 'web', controller: true }]);
  t.equal(adopted.spec?.replicas, 0, 'it is an old set now');
});

t.test('a name that is taken: the hash is drawn anew (collisionCount)', async (t) => {
  const cluster = await start(t);
  await cluster.create(deploymentKind, deployment(1));
  await cluster.until('1', () => isDone(cluster));
  const [first] = await sets(cluster);
  await cluster.delete(deploymentKind, 'web', { propagationPolicy: 'Foreground' });
  await cluster.until('gone', async () => (await sets(cluster)).length === 0);
  const other = { 'not-web': 'x' };
  await cluster.create(replicaSetKind, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: first?.metadata.name ?? '', namespace: 'default' },
    spec: { replicas: 0, selector: { matchLabels: other }, template: template(other) },
  });
  await cluster.create(deploymentKind, deployment(1));
  await cluster.until('1 again', () => isDone(cluster));
  t.equal((await status(cluster))?.collisionCount, 1);
});

t.test('minReadySeconds slows a rollout down, and is brought to the set that is there', async (t) => {
  const cluster = await start(t);
  await cluster.create(deploymentKind, deployment(2));
  await cluster.until('2', () => isDone(cluster));
  await cluster.patch(deploymentKind, 'web', { spec: { minReadySeconds: 10 } });
  await cluster.until('known to the set', async () => (await sets(cluster))[0]?.spec?.minReadySeconds === 10);
  t.equal((await sets(cluster)).length, 1);
});

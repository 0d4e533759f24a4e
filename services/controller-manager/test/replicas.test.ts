import { type Pod, podKind, type ReplicaSet, type ReplicationController, replicaSetKind } from '@kubelab/api';
import t from 'tap';
import { replicationControllerKind } from '../src/kinds.js';
import { TestCluster, template } from './harness.js';

const labels = { app: 'web' };
const set = (name: string, replicas: number, more: object = {}): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name, namespace: 'default' },
  spec: { replicas, selector: { matchLabels: labels }, template: template(labels), ...more },
});
const bare = (name: string, more: Partial<Pod['metadata']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels, ...more },
  spec: { containers: [{ name: 'main', image: 'node:1' }] },
});
const start = (t: Parameters<typeof TestCluster.start>[0]) =>
  TestCluster.start(t, {
    controllers: ['replicaset', 'replicationcontroller'],
    script: () => ({ readyAfterMs: 500 }),
  });

t.test('a ReplicaSet makes its pods once, counts them, and says so', async (t) => {
  const cluster = await start(t);
  await cluster.create(replicaSetKind, set('web', 3));
  await cluster.until('3 available', async () => {
    const { status } = await cluster.get<ReplicaSet>(replicaSetKind, 'web');
    return status?.availableReplicas === 3;
  });
  const { status } = await cluster.get<ReplicaSet>(replicaSetKind, 'web');
  t.match(status, { replicas: 3, readyReplicas: 3, fullyLabeledReplicas: 3, observedGeneration: 1 });
  const uids = new Set(cluster.podHistory.map((pod) => pod.metadata.uid));
  t.equal(uids.size, 3, 'nothing was made twice');
  const [pod] = await cluster.pods();
  t.match(pod?.metadata.ownerReferences, [
    { kind: 'ReplicaSet', name: 'web', controller: true, blockOwnerDeletion: true },
  ]);
  t.match((await cluster.events('SuccessfulCreate'))[0], /^SuccessfulCreate: Created pod: web-/);
  await cluster.patch(replicaSetKind, 'web', { spec: { replicas: 1 } });
  await cluster.until('1 left', async () => (await cluster.pods()).length === 1);
  t.match((await cluster.events('SuccessfulDelete'))[0], /^SuccessfulDelete: Deleted pod: web-/);
  t.same(cluster.errors, []);
});

t.test(
  'pods that it selects are adopted, those that it no longer selects are let go and replaced',
  async (t) => {
    const cluster = await start(t);
    await cluster.create(podKind, bare('orphan'));
    await cluster.create(replicaSetKind, set('web', 2));
    await cluster.until('2 pods', async () => (await cluster.pods()).length === 2);
    const adopted = await cluster.get<Pod>(podKind, 'orphan');
    t.match(adopted.metadata.ownerReferences, [{ kind: 'ReplicaSet', name: 'web', controller: true }]);
    await cluster.patch(podKind, 'orphan', { metadata: { labels: { app: 'debug' } } });
    await cluster.until('a third pod', async () => (await cluster.pods()).length === 3);
    await cluster.advance(1_000);
    t.same((await cluster.get<Pod>(podKind, 'orphan')).metadata.ownerReferences ?? [], []);
    t.equal((await cluster.pods()).length, 3);
  },
);

t.test('a pod that failed is replaced, and one that another owns is left alone', async (t) => {
  const cluster = await start(t);
  const other = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'd', uid: 'u', controller: true };
  await cluster.create(podKind, bare('theirs', { ownerReferences: [other] }));
  await cluster.create(replicaSetKind, set('web', 1));
  await cluster.until('made', async () => (await cluster.pods()).length === 2);
  const mine = (await cluster.pods()).find(({ metadata }) => metadata.name !== 'theirs');
  await cluster.patch(podKind, mine?.metadata.name ?? '', { status: { phase: 'Failed' } }, 'status');
  await cluster.until('replaced', async () => (await cluster.pods()).length === 3);
  t.match((await cluster.get<Pod>(podKind, 'theirs')).metadata.ownerReferences, [{ uid: 'u' }]);
});

t.test('pods that cannot be made: ReplicaFailure, an event, and few attempts', async (t) => {
  let attempts = 0;
  let full = true;
  const refuse = ({ method, path }: { method: string; path: string }) => {
    if (method !== 'POST' || !path.endsWith('/pods')) return undefined;
    attempts += 1;
    return full ? 'exceeded quota' : undefined;
  };
  const cluster = await TestCluster.start(t, { controllers: ['replicaset'], refuse });
  await cluster.create(replicaSetKind, set('web', 100));
  const conditions = async () => (await cluster.get<ReplicaSet>(replicaSetKind, 'web')).status?.conditions;
  await cluster.until('it says so', async () => (await conditions()) !== undefined);
  t.match(await conditions(), [
    { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'exceeded quota' },
  ]);
  await cluster.advance(10_000);
  t.ok(attempts < 30, `${attempts} attempts, not 100 each time`);
  t.match((await cluster.events('FailedCreate'))[0], 'FailedCreate: Error creating: exceeded quota');
  full = false;
  await cluster.until('all made', async () => (await cluster.pods()).length === 100);
  await cluster.until('the condition is gone', async () => (await conditions()) === undefined);
});

t.test('minReadySeconds: ready is not yet available', async (t) => {
  const cluster = await start(t);
  await cluster.create(replicaSetKind, set('web', 1, { minReadySeconds: 30 }));
  const counts = async () => (await cluster.get<ReplicaSet>(replicaSetKind, 'web')).status;
  await cluster.until('ready', async () => (await counts())?.readyReplicas === 1);
  t.not((await counts())?.availableReplicas, 1);
  await cluster.advance(29_000);
  t.not((await counts())?.availableReplicas, 1);
  await cluster.advance(3_000);
  t.equal((await counts())?.availableReplicas, 1);
});

t.test('a ReplicationController does the same with a plain selector', async (t) => {
  const cluster = await start(t);
  const rc: ReplicationController = {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'old', namespace: 'default' },
    spec: { replicas: 2, selector: labels, template: template(labels) },
  };
  await cluster.create(replicationControllerKind, rc);
  await cluster.until('2 ready', async () => {
    const { status } = await cluster.get<ReplicationController>(replicationControllerKind, 'old');
    return status?.readyReplicas === 2;
  });
  t.match(
    (await cluster.pods()).map(({ metadata }) => metadata.ownerReferences?.[0]?.kind),
    ['ReplicationController', 'ReplicationController'],
  );
  t.same(cluster.errors, []);
});

import {
  type ControllerRevision,
  type PersistentVolumeClaim,
  type Pod,
  podKind,
  type StatefulSet,
} from '@kubelab/api';
import t from 'tap';
import { layOut, planStatefulSet } from '../src/controllers/statefulset-plan.js';
import { controllerRevisionKind, persistentVolumeClaimKind, statefulSetKind } from '../src/kinds.js';
import { type PodScript, TestCluster, template } from './harness.js';

const labels = { app: 'db' };
const set = (replicas: number, more: object = {}): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'default' },
  spec: {
    replicas,
    serviceName: 'db',
    selector: { matchLabels: labels },
    template: template(labels),
    ...more,
  },
});
const claimTemplate = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};
const image = (pod: Pod) => pod.spec?.containers[0]?.image;
const withImage = (name: string) => ({
  spec: { template: { spec: { containers: [{ name: 'main', image: name }] } } },
});
const start = (
  t: Parameters<typeof TestCluster.start>[0],
  script: (pod: Pod) => PodScript = () => ({ readyAfterMs: 1_000 }),
) =>
  TestCluster.start(t, {
    controllers: ['statefulset', 'garbage-collector', 'persistentvolumeclaim-protection'],
    nodes: ['node-1', 'node-2'],
    script,
  });
const status = async (cluster: TestCluster) => (await cluster.get<StatefulSet>(statefulSetKind, 'db')).status;
const names = async (cluster: TestCluster) => (await cluster.pods()).map((pod) => pod.metadata.name);

t.test('OrderedReady: each pod waits for the one before it, and they go from the last', async (t) => {
  const cluster = await start(t);
  await cluster.create(statefulSetKind, set(3));
  await cluster.advance(900);
  t.same(await names(cluster), ['db-0'], 'db-0 is not ready yet');
  await cluster.until('3 ready', async () => (await status(cluster))?.readyReplicas === 3);
  const firsts = [...new Set(cluster.podHistory.map((pod) => pod.metadata.name))];
  t.same(firsts, ['db-0', 'db-1', 'db-2']);
  const [first] = await cluster.pods();
  t.match(first?.spec, { hostname: 'db-0', subdomain: 'db' });
  t.match(first?.metadata.labels, {
    'statefulset.kubernetes.io/pod-name': 'db-0',
    'apps.kubernetes.io/pod-index': '0',
    'controller-revision-hash': /^db-/,
  });
  t.match(await status(cluster), {
    replicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    availableReplicas: 3,
  });
  t.match(await cluster.events('SuccessfulCreate'), [
    'SuccessfulCreate: create Pod db-0 in StatefulSet db successful',
  ]);
  await cluster.patch(statefulSetKind, 'db', { spec: { replicas: 1 } });
  await cluster.until('one left', async () => (await names(cluster)).length === 1);
  t.same(await cluster.events('SuccessfulDelete'), [
    'SuccessfulDelete: delete Pod db-2 in StatefulSet db successful',
    'SuccessfulDelete: delete Pod db-1 in StatefulSet db successful',
  ]);
  t.same(cluster.errors, []);
});

t.test('Parallel moves all at once; a start ordinal shifts the names', async (t) => {
  const cluster = await start(t);
  await cluster.create(statefulSetKind, set(3, { podManagementPolicy: 'Parallel', ordinals: { start: 5 } }));
  await cluster.advance(500);
  t.same(await names(cluster), ['db-5', 'db-6', 'db-7']);
  await cluster.patch(statefulSetKind, 'db', { spec: { ordinals: { start: 6 } } });
  await cluster.until('moved', async () => (await names(cluster)).join() === 'db-6,db-7,db-8');
});

t.test('a pod that failed, or was deleted, comes again under its name, and never twice', async (t) => {
  const cluster = await start(t);
  await cluster.create(statefulSetKind, set(2));
  await cluster.until('2 ready', async () => (await status(cluster))?.readyReplicas === 2);
  const before = await cluster.get<Pod>(podKind, 'db-0');
  await cluster.patch(podKind, 'db-0', { status: { phase: 'Failed', conditions: [] } }, 'status');
  await cluster.until('another db-0', async () => {
    const now = (await cluster.pods())[0];
    return now?.metadata.uid !== before.metadata.uid && now?.metadata.name === 'db-0';
  });
  t.match(await cluster.events('RecreatingFailedPod'), [
    'RecreatingFailedPod: StatefulSet default/db is recreating failed Pod db-0',
  ]);
  await cluster.delete(podKind, 'db-1');
  await cluster.until('2 ready again', async () => (await status(cluster))?.readyReplicas === 2);
});

t.test('a rolling update goes from the highest ordinal to the partition', async (t) => {
  const cluster = await start(t);
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
  await cluster.create(statefulSetKind, set(3, { updateStrategy }));
  await cluster.until('3 ready', async () => (await status(cluster))?.readyReplicas === 3);
  await cluster.patch(statefulSetKind, 'db', withImage('node:2'));
  await cluster.until('db-2 is new', async () => (await status(cluster))?.updatedReplicas === 1);
  await cluster.advance(20_000);
  t.same((await cluster.pods()).map(image), ['node:1', 'node:1', 'node:2']);
  const held = await status(cluster);
  t.not(held?.currentRevision, held?.updateRevision);
  // A pod below the partition that goes comes back as it was.
  await cluster.delete(podKind, 'db-0');
  await cluster.until('db-0 again', async () => (await status(cluster))?.readyReplicas === 3);
  t.same((await cluster.pods()).map(image), ['node:1', 'node:1', 'node:2']);
  await cluster.patch(statefulSetKind, 'db', {
    spec: { updateStrategy: { rollingUpdate: { partition: 0 } } },
  });
  await cluster.until('all new', async () => (await status(cluster))?.updatedReplicas === 3);
  await cluster.until('the update is current', async () => {
    const now = await status(cluster);
    return now?.currentRevision === now?.updateRevision;
  });
  const revisions = await cluster.list<ControllerRevision>(controllerRevisionKind);
  t.same(revisions.map(({ revision }) => revision).sort(), [1, 2]);
  t.match(
    revisions[0]?.data,
    { spec: { template: { $patch: 'replace', metadata: { labels } } } },
    'what kubectl rollout undo applies',
  );
});

t.test('going back to an old template takes up its revision with a new number', async (t) => {
  const cluster = await start(t);
  await cluster.create(statefulSetKind, set(1, { revisionHistoryLimit: 1 }));
  await cluster.until('ready', async () => (await status(cluster))?.readyReplicas === 1);
  for (const name of ['node:2', 'node:3', 'node:4', 'node:3']) {
    await cluster.patch(statefulSetKind, 'db', withImage(name));
    await cluster.until(`${name} runs`, async () => {
      const now = await status(cluster);
      return (
        image((await cluster.pods())[0] ?? { apiVersion: '', kind: '', metadata: { name: '' } }) === name &&
        now?.currentRevision === now?.updateRevision
      );
    });
  }
  await cluster.advance(2_000);
  const revisions = await cluster.list<ControllerRevision>(controllerRevisionKind);
  t.same(
    revisions.map(({ revision }) => revision).sort(),
    [4, 5],
    'the limit keeps one besides the live one',
  );
});

t.test('an update that does not get ready stops where it is', async (t) => {
  const cluster = await start(t, (pod) => (image(pod) === 'bad' ? {} : { readyAfterMs: 500 }));
  await cluster.create(statefulSetKind, set(3));
  await cluster.until('3 ready', async () => (await status(cluster))?.readyReplicas === 3);
  await cluster.patch(statefulSetKind, 'db', withImage('bad'));
  await cluster.advance(60_000);
  t.same((await cluster.pods()).map(image), ['node:1', 'node:1', 'bad']);
});

t.test('OnDelete updates only what is deleted by hand', async (t) => {
  const cluster = await start(t);
  await cluster.create(statefulSetKind, set(2, { updateStrategy: { type: 'OnDelete' } }));
  await cluster.until('2 ready', async () => (await status(cluster))?.readyReplicas === 2);
  await cluster.patch(statefulSetKind, 'db', withImage('node:2'));
  await cluster.advance(10_000);
  t.same((await cluster.pods()).map(image), ['node:1', 'node:1']);
  await cluster.delete(podKind, 'db-0');
  await cluster.until('db-0 again', async () => (await status(cluster))?.updatedReplicas === 1);
  t.same((await cluster.pods()).map(image), ['node:2', 'node:1']);
});

t.test('volume claims: one for each pod, kept or gone as the policy says', async (t) => {
  const cluster = await start(t);
  const policy = { whenScaled: 'Delete', whenDeleted: 'Retain' };
  await cluster.create(
    statefulSetKind,
    set(2, { volumeClaimTemplates: [claimTemplate], persistentVolumeClaimRetentionPolicy: policy }),
  );
  await cluster.until('2 ready', async () => (await status(cluster))?.readyReplicas === 2);
  const claims = async () =>
    (await cluster.list<PersistentVolumeClaim>(persistentVolumeClaimKind))
      .map((one) => one.metadata.name)
      .sort();
  t.same(await claims(), ['data-db-0', 'data-db-1']);
  t.match((await cluster.pods())[0]?.spec?.volumes, [
    { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
  ]);
  t.match(
    (await cluster.events('SuccessfulCreate'))[0],
    'create Claim data-db-0 Pod db-0 in StatefulSet db success',
  );
  await cluster.patch(statefulSetKind, 'db', { spec: { replicas: 1 } });
  await cluster.until('its claim goes with the pod', async () => (await claims()).length === 1);
  await cluster.delete(statefulSetKind, 'db', { propagationPolicy: 'Foreground' });
  await cluster.until('the set is gone', async () => (await cluster.pods()).length === 0);
  await cluster.advance(10_000);
  t.same(await claims(), ['data-db-0'], 'whenDeleted: Retain');
  t.same(cluster.errors, []);
});

t.test('minReadySeconds holds the next pod back', async (t) => {
  const cluster = await start(t);
  await cluster.create(statefulSetKind, set(2, { minReadySeconds: 20 }));
  await cluster.advance(15_000);
  t.same(await names(cluster), ['db-0']);
  t.match(await status(cluster), { readyReplicas: 1, availableReplicas: 0 });
  await cluster.until('both', async () => (await status(cluster))?.availableReplicas === 2);
});

t.test('maxUnavailable: so many are replaced at once', async (t) => {
  const pod = (ordinal: number, revision: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `db-${ordinal}`, labels: { 'controller-revision-hash': revision } },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  });
  const wanted = set(4, {
    podManagementPolicy: 'Parallel',
    updateStrategy: { rollingUpdate: { maxUnavailable: '50%' } },
  });
  const steps = planStatefulSet(
    wanted,
    layOut(
      wanted,
      [0, 1, 2, 3].map((at) => pod(at, 'old')),
    ),
    { update: 'new' },
    Date.UTC(2026, 1, 1),
  );
  t.match(steps, [
    { do: 'delete', pod: { metadata: { name: 'db-3' } } },
    { do: 'delete', pod: { metadata: { name: 'db-2' } } },
  ]);
  t.equal(steps.length, 2);
});

import {
  type ConfigMap,
  configMapKind,
  type Deployment,
  deploymentKind,
  type Namespace,
  namespaceKind,
  type ReplicaSet,
  replicaSetKind,
} from '@kubelab/api';
import t from 'tap';
import { chooseControllers } from '../src/start.js';
import { TestCluster, template } from './harness.js';

const labels = { app: 'web' };
const deployment = (): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas: 2, selector: { matchLabels: labels }, template: template(labels) },
});
const start = (t: Parameters<typeof TestCluster.start>[0]) =>
  TestCluster.start(t, {
    controllers: [
      'deployment',
      'replicaset',
      'garbage-collector',
      'namespace',
      'root-ca-publisher',
      'serviceaccount',
    ],
    script: () => ({ readyAfterMs: 200, stopAfterMs: 1_000 }),
  });
const running = async (t: Parameters<typeof TestCluster.start>[0]) => {
  const cluster = await start(t);
  await cluster.create(deploymentKind, deployment());
  await cluster.until(
    '2',
    async () => (await cluster.get<Deployment>(deploymentKind, 'web')).status?.availableReplicas === 2,
  );
  return cluster;
};
const counts = async (cluster: TestCluster) => [
  (await cluster.list(deploymentKind)).length,
  (await cluster.list(replicaSetKind)).length,
  (await cluster.pods()).length,
];

t.test('background: the owner goes at once, its dependents after it', async (t) => {
  const cluster = await running(t);
  await cluster.delete(deploymentKind, 'web', { propagationPolicy: 'Background' });
  t.equal((await counts(cluster))[0], 0);
  await cluster.until('all gone', async () => (await counts(cluster)).join() === '0,0,0');
  t.same(cluster.errors, []);
});

t.test('foreground: the owner goes last', async (t) => {
  const cluster = await running(t);
  await cluster.delete(deploymentKind, 'web', { propagationPolicy: 'Foreground' });
  let wasFirst = false;
  await cluster.until('all gone', async () => {
    const [owners = 0, sets = 0, pods = 0] = await counts(cluster);
    if (owners === 0 && sets + pods > 0) wasFirst = true;
    return owners + sets + pods === 0;
  });
  t.notOk(wasFirst);
});

t.test('orphan: the dependents stay, without their owner', async (t) => {
  const cluster = await running(t);
  await cluster.delete(deploymentKind, 'web', { propagationPolicy: 'Orphan' });
  await cluster.until('the owner is gone', async () => (await counts(cluster)).join() === '0,1,2');
  const [set] = await cluster.list<ReplicaSet>(replicaSetKind);
  t.same(set?.metadata.ownerReferences ?? [], []);
  await cluster.create(deploymentKind, deployment());
  await cluster.until('adopted', async () => {
    const [now] = await cluster.list<ReplicaSet>(replicaSetKind);
    return now?.metadata.ownerReferences?.[0]?.kind === 'Deployment';
  });
  await cluster.advance(3_000);
  t.same(await counts(cluster), [1, 1, 2], 'the same template: nothing new');
});

t.test('an owner of another uid is none; one of two owners gone is struck off', async (t) => {
  const cluster = await start(t);
  const map = (name: string, owners: string[], uids: string[]): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: 'default',
      ownerReferences: owners.map((owner, at) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: owner,
        uid: uids[at] ?? '',
      })),
    },
  });
  const owner = await cluster.create<ConfigMap>(configMapKind, map('owner', [], []));
  await cluster.create(configMapKind, map('wrong', ['owner'], ['another-uid']));
  await cluster.create(configMapKind, map('both', ['owner', 'gone'], [owner.metadata.uid ?? '', 'gone-uid']));
  await cluster.until('collected', async () => (await cluster.find(configMapKind, 'wrong')) === undefined);
  await cluster.until(
    'struck off',
    async () =>
      (await cluster.find<ConfigMap>(configMapKind, 'both'))?.metadata.ownerReferences?.length === 1,
  );
  t.pass('done');
});

t.test('a namespace is emptied and goes; the root CA is in every one', async (t) => {
  const cluster = await start(t);
  await cluster.create<Namespace>(namespaceKind, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'team' },
  });
  await cluster.until('published', async () => {
    const maps = await cluster.list<ConfigMap>(configMapKind);
    return maps.some(
      ({ metadata, data }) =>
        metadata.namespace === 'team' &&
        metadata.name === 'kube-root-ca.crt' &&
        data?.['ca.crt']?.startsWith('-----BEGIN') === true,
    );
  });
  const spec = deployment();
  await cluster.create<Deployment>(deploymentKind, { ...spec, metadata: { name: 'web', namespace: 'team' } });
  await cluster.until('pods', async () => (await cluster.pods()).length === 2);
  await cluster.delete(namespaceKind, 'team');
  await cluster.until('gone', async () => (await cluster.find(namespaceKind, 'team')) === undefined);
  t.same(await counts(cluster), [0, 0, 0]);
});

t.test('--controllers: all, some, all but some; unknown names are refused', async (t) => {
  const names = (words: string[]) => chooseControllers(words).map(({ name }) => name);
  t.ok(names(['*']).length > 20);
  t.same(names(['job', 'cronjob']).sort(), ['cronjob', 'job']);
  t.notOk(names(['*', '-job']).includes('job'));
  t.ok(names(['*', '-job']).includes('cronjob'));
  t.throws(() => names(['jobs']), /unknown names \(jobs\); there are: deployment/);
  t.throws(() => names(['-job']), /leaves none/);
});

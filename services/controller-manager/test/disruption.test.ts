import { type Deployment, deploymentKind, type PodDisruptionBudget, podKind } from '@kubelab/api';
import t from 'tap';
import { disruptionBudgetKind } from '../src/kinds.js';
import { TestCluster, template } from './harness.js';

const labels = { app: 'web' };
const deployment = (replicas: number): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas, selector: { matchLabels: labels }, template: template(labels) },
});
const budget = (spec: object): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { matchLabels: labels }, ...spec },
});
const table: readonly (readonly [spec: object, allowed: number, desired: number])[] = [
  [{ maxUnavailable: 1 }, 1, 3],
  [{ maxUnavailable: '50%' }, 2, 2],
  [{ minAvailable: 3 }, 1, 3],
  [{ minAvailable: '60%' }, 1, 3],
  [{ minAvailable: '100%' }, 0, 4],
  [{ maxUnavailable: 0 }, 0, 4],
];
const status = async (cluster: TestCluster) =>
  (await cluster.get<PodDisruptionBudget>(disruptionBudgetKind, 'web')).status;

t.test('disruptions allowed, by scale', async (t) => {
  const cluster = await TestCluster.start(t, {
    controllers: ['deployment', 'replicaset', 'disruption'],
    script: () => ({ readyAfterMs: 500 }),
  });
  await cluster.create(deploymentKind, deployment(4));
  await cluster.until(
    '4',
    async () => (await cluster.get<Deployment>(deploymentKind, 'web')).status?.availableReplicas === 4,
  );
  for (const [spec, disruptionsAllowed, desiredHealthy] of table) {
    await cluster.create(disruptionBudgetKind, budget(spec));
    await cluster.advance(2_000);
    t.match(
      await status(cluster),
      { disruptionsAllowed, desiredHealthy, currentHealthy: 4, expectedPods: 4 },
      JSON.stringify(spec),
    );
    const reason = disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods';
    t.match((await status(cluster))?.conditions, [{ type: 'DisruptionAllowed', reason }]);
    await cluster.delete(disruptionBudgetKind, 'web');
  }
  t.same(cluster.errors, []);
});

t.test('an unready pod uses the budget up; pods without a controller have no scale', async (t) => {
  const cluster = await TestCluster.start(t, {
    controllers: ['deployment', 'replicaset', 'disruption'],
    script: () => ({ readyAfterMs: 500 }),
  });
  await cluster.create(deploymentKind, deployment(3));
  await cluster.create(disruptionBudgetKind, budget({ maxUnavailable: 1 }));
  await cluster.until('allowed', async () => (await status(cluster))?.disruptionsAllowed === 1);
  const [first] = await cluster.pods();
  const now = new Date(cluster.world.clock.nowMs()).toISOString().replace(/\.\d+/, '');
  const unready = { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: now }] } };
  await cluster.patch(podKind, first?.metadata.name ?? '', unready, 'status');
  await cluster.until('used up', async () => (await status(cluster))?.disruptionsAllowed === 0);
  const spec = { containers: [{ name: 'main', image: 'node:1' }] };
  await cluster.create(podKind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bare', namespace: 'default', labels },
    spec,
  });
  await cluster.until(
    'cannot tell',
    async () => (await status(cluster))?.conditions?.[0]?.reason === 'SyncFailed',
  );
  t.match((await status(cluster))?.conditions?.[0]?.message, 'found no controller ref for pod "bare"');
});

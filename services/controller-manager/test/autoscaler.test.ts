import {
  type Deployment,
  deploymentKind,
  type HorizontalPodAutoscaler,
  type MetricSpec,
  type Pod,
} from '@kubelab/api';
import t from 'tap';
import { decideReplicas, newHistory, noteScaling } from '../src/controllers/autoscaler-behavior.js';
import { proposeReplicas } from '../src/controllers/autoscaler-metrics.js';
import { autoscalerKind } from '../src/kinds.js';
import { TestCluster, template } from './harness.js';

const startMs = Date.UTC(2026, 0, 1);
const cpuMetric = (averageUtilization: number): MetricSpec => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});
const pod = (name: string, phase = 'Running', ready = true): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1' } } }] },
  status: {
    phase,
    startTime: new Date(startMs - 3_600_000).toISOString(),
    conditions: [
      {
        type: 'Ready',
        status: ready ? 'True' : 'False',
        lastTransitionTime: new Date(startMs - 3_500_000).toISOString(),
      },
    ],
  },
});

/** Usage of each pod in millicores (undefined: no figures), target 50 % of one core. */
const cases: readonly (readonly [
  what: string,
  usages: readonly (number | undefined)[],
  replicas: number | string,
])[] = [
  ['above the target: in proportion', [1000, 1000], 4],
  ['below: in proportion', [250, 250, 250, 250], 2],
  ['within a tenth: nothing', [540, 540], 2],
  ['missing figures count as idle going up', [1000, undefined], 2],
  ['missing figures count as busy going down', [100, undefined, undefined], 3],
  ['no figures at all', [undefined], 'did not receive metrics for targeted pods (pods might be unready)'],
];
t.test('replicas by utilization (replica_calculator)', async (t) => {
  for (const [what, usages, replicas] of cases) {
    const pods = usages.map((_, at) => pod(`p${at}`));
    const usage = new Map(
      usages.flatMap((value, at) =>
        value === undefined
          ? []
          : [
              [
                `p${at}`,
                { byContainer: { main: value / 1000 }, timestampMs: startMs, windowMs: 15_000 },
              ] as const,
            ],
      ),
    );
    const question = {
      spec: cpuMetric(50),
      pods,
      usage,
      currentReplicas: pods.length,
      nowMs: startMs,
      tolerance: { up: 0.1, down: 0.1 },
    };
    const proposal = proposeReplicas(question);
    t.equal(typeof proposal === 'string' ? proposal : proposal.replicas, replicas, what);
  }
});

t.test('behaviour: stabilization, policies and bounds', async (t) => {
  const spec = { maxReplicas: 20, minReplicas: 1, scaleTargetRef: { kind: 'Deployment', name: 'd' } };
  const at = (seconds: number) => startMs + seconds * 1000;
  const history = newHistory();
  t.match(
    decideReplicas(spec, history, { current: 2, desired: 18, nowMs: at(0) }),
    { replicas: 6, limited: ['ScaleUpLimit'] },
    'four pods or twice as many in 15 s',
  );
  noteScaling(history, 2, 6, at(0));
  t.match(
    decideReplicas(spec, history, { current: 6, desired: 18, nowMs: at(5) }),
    { replicas: 6 },
    'the period is used up',
  );
  t.match(decideReplicas(spec, history, { current: 6, desired: 18, nowMs: at(16) }), { replicas: 12 });
  t.match(
    decideReplicas(spec, history, { current: 12, desired: 3, nowMs: at(60) }),
    { replicas: 12, stabilized: ['ScaleDownStabilized'] },
    'five minutes of the highest',
  );
  t.match(decideReplicas(spec, history, { current: 12, desired: 3, nowMs: at(400) }), { replicas: 3 });
  t.match(decideReplicas(spec, newHistory(), { current: 19, desired: 50, nowMs: at(0) }), {
    replicas: 20,
    limited: ['TooManyReplicas'],
  });
  const slow = {
    ...spec,
    behavior: {
      scaleDown: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
    },
  };
  t.match(decideReplicas(slow, newHistory(), { current: 5, desired: 1, nowMs: at(0) }), {
    replicas: 4,
    limited: ['ScaleDownLimit'],
  });
  const never = {
    ...spec,
    behavior: { scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Disabled' } },
  };
  t.match(decideReplicas(never, newHistory(), { current: 5, desired: 1, nowMs: at(0) }), { replicas: 5 });
});

const deployment = (): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: template(
      { app: 'web' },
      { containers: [{ name: 'main', image: 'node:1', resources: { requests: { cpu: '100m' } } }] },
    ),
  },
});
const autoscaler = (): HorizontalPodAutoscaler => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas: 1,
    maxReplicas: 5,
    metrics: [cpuMetric(50)],
  },
});

t.test('up under load and down after, with events and conditions', async (t) => {
  let perPod = 200;
  let cluster: TestCluster | undefined;
  const answer = ({ path }: { path: string }) => {
    if (!path.startsWith('/apis/metrics.k8s.io/')) return undefined;
    const timestamp = new Date(cluster?.world.clock.nowMs() ?? 0).toISOString();
    const names = new Set(cluster?.podHistory.map(({ metadata }) => metadata.name));
    return {
      items: [...names].map((name) => ({
        metadata: { name },
        timestamp,
        window: '15s',
        containers: [{ name: 'main', usage: { cpu: `${perPod}m` } }],
      })),
    };
  };
  cluster = await TestCluster.start(t, {
    controllers: ['deployment', 'replicaset', 'horizontalpodautoscaling'],
    script: () => ({ readyAfterMs: 500 }),
    answer,
  });
  const lab = cluster;
  await lab.create(deploymentKind, deployment());
  await lab.advance(60_000);
  await lab.create(autoscalerKind, autoscaler());
  const replicas = async () => (await lab.get<Deployment>(deploymentKind, 'web')).spec?.replicas;
  await lab.until('five', async () => (await replicas()) === 5, 120_000);
  t.match(
    (await lab.events('SuccessfulRescale'))[0],
    /New size: \d; reason: cpu resource utilization \(percentage of request\) above target/,
  );
  const status = async () => (await lab.get<HorizontalPodAutoscaler>(autoscalerKind, 'web')).status;
  await lab.advance(20_000);
  t.match(
    (await status())?.conditions?.find((one) => one.type === 'ScalingLimited'),
    { status: 'True', reason: 'TooManyReplicas' },
  );
  perPod = 5;
  await lab.advance(200_000);
  t.equal(await replicas(), 5, 'stabilized');
  await lab.until('one', async () => (await replicas()) === 1, 400_000);
  t.match(
    (await status())?.conditions?.find((one) => one.type === 'ScalingActive'),
    { status: 'True', reason: 'ValidMetricFound' },
  );
  t.match((await status())?.currentMetrics, [
    { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 5 } } },
  ]);
  t.same(lab.errors, []);
});

t.test('without a metrics API it says so and leaves the size alone', async (t) => {
  const cluster = await TestCluster.start(t, {
    controllers: ['deployment', 'replicaset', 'horizontalpodautoscaling'],
    script: () => ({ readyAfterMs: 500 }),
  });
  await cluster.create(deploymentKind, deployment());
  await cluster.create(autoscalerKind, autoscaler());
  await cluster.advance(40_000);
  t.equal((await cluster.get<Deployment>(deploymentKind, 'web')).spec?.replicas, 2);
  const { status } = await cluster.get<HorizontalPodAutoscaler>(autoscalerKind, 'web');
  t.match(
    status?.conditions?.find((one) => one.type === 'ScalingActive'),
    { status: 'False', reason: 'FailedGetResourceMetric' },
  );
});

import type { Node, Pod, PodDisruptionBudget } from '@kubelab/api';
import t from 'tap';
import { createPodInfo } from '../src/framework/pod-info.js';
import { asks, type ClusterShape, cluster, listerOf, node, pod } from './support.js';

const high = (more: Parameters<typeof pod>[1] = {}) => pod('high', { priority: 100, ...asks('3'), ...more });
const low = (name: string, on: string, more: Parameters<typeof pod>[1] = {}) =>
  pod(name, { on, priority: 0, ...asks('2'), ...more });
const budget = (
  app: string,
  disruptionsAllowed: number,
  disruptedPods: Record<string, string> = {},
): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: app, namespace: 'default' },
  spec: { selector: { matchLabels: { app } } },
  status: { disruptionsAllowed, disruptedPods },
});
const budgets = (...all: PodDisruptionBudget[]) => ({ listers: { disruptionBudgets: listerOf(all) } });
const [a, b] = [node('a'), node('b')];
const all = (count: number, why: string) => `0/${count} nodes are available: ${count} ${why}.`;
const noHelp = (count: number) => ` preemption: ${all(count, 'Preemption is not helpful for scheduling')}`;

interface Case extends Partial<ClusterShape> {
  readonly title: string;
  readonly nodes: readonly Node[];
  readonly wanted?: Pod;
  readonly node?: string;
  readonly victims?: readonly string[];
  readonly message?: string;
}

const cases: readonly Case[] = [
  {
    title: 'a less important pod goes',
    nodes: [a],
    pods: [low('x', 'a')],
    node: 'a',
    victims: ['x'],
    message: all(1, 'Insufficient cpu'),
  },
  {
    title: 'only as many as needed, the least important',
    nodes: [a],
    pods: [low('x', 'a', { priority: 5 }), low('y', 'a', { priority: 1 })],
    wanted: high({ ...asks('2') }),
    node: 'a',
    victims: ['y'],
  },
  {
    title: 'all that are needed',
    nodes: [a],
    pods: [low('x', 'a'), low('y', 'a')],
    node: 'a',
    victims: ['x', 'y'],
  },
  {
    title: 'of equals the one that runs shorter',
    nodes: [a],
    pods: [
      low('old', 'a', { started: '2026-01-01T00:00:00Z' }),
      low('new', 'a', { started: '2026-02-01T00:00:00Z' }),
    ],
    wanted: high({ ...asks('2') }),
    node: 'a',
    victims: ['new'],
  },
  {
    title: 'pods as important stay',
    nodes: [a],
    pods: [low('x', 'a', { priority: 100 })],
    message: `${all(1, 'Insufficient cpu')} preemption: ${all(1, 'No preemption victims found for incoming pod')}`,
  },
  {
    title: 'a node that is too small for the pod in any case',
    nodes: [a],
    pods: [low('x', 'a')],
    wanted: high({ ...asks('5') }),
    message: `${all(1, 'Insufficient cpu')}${noHelp(1)}`,
  },
  {
    title: 'a taint is not helped by preemption',
    nodes: [node('a', { taints: [{ key: 'k', effect: 'NoSchedule' }] })],
    pods: [low('x', 'a')],
    message: `${all(1, 'node(s) had untolerated taint {k: }')}${noHelp(1)}`,
  },
  {
    title: 'reasons of several nodes',
    nodes: [a, node('b', { unschedulable: true })],
    pods: [low('x', 'a', { priority: 100 })],
    message:
      '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
  },
  {
    title: 'not enough even without them',
    nodes: [a],
    pods: [low('x', 'a', { ...asks('1') }), low('y', 'a', { priority: 100, ...asks('3') })],
    message: `${all(1, 'Insufficient cpu')} preemption: ${all(1, 'Insufficient cpu')}`,
  },
  {
    title: 'preemptionPolicy Never',
    nodes: [a],
    pods: [low('x', 'a')],
    wanted: high({ preemptionPolicy: 'Never' }),
    message: `${all(1, 'Insufficient cpu')} preemption: not eligible due to preemptionPolicy=Never.`,
  },
  {
    title: 'the node without a violated budget',
    nodes: [a, b],
    pods: [low('x', 'a', { labels: { app: 'x' } }), low('y', 'b', { priority: 5 })],
    ...budgets(budget('x', 0)),
    node: 'b',
    victims: ['y'],
  },
  {
    title: 'a budget that allows it',
    nodes: [a, b],
    pods: [low('x', 'a', { labels: { app: 'x' } }), low('y', 'b', { priority: 5 })],
    ...budgets(budget('x', 1)),
    node: 'a',
    victims: ['x'],
  },
  {
    title: 'a budget holds only as long as there is another way',
    nodes: [a],
    pods: [low('x', 'a', { labels: { app: 'x' } })],
    ...budgets(budget('x', 0)),
    node: 'a',
    victims: ['x'],
  },
  {
    title: 'a pod that is evicted already violates nothing',
    nodes: [a, b],
    pods: [low('x', 'a', { labels: { app: 'x' } }), low('y', 'b', { priority: 5 })],
    ...budgets(budget('x', 0, { x: 'now' })),
    node: 'a',
    victims: ['x'],
  },
  {
    title: 'those with a violated budget are spared first',
    nodes: [a],
    pods: [low('x', 'a', { labels: { app: 'x' } }), low('y', 'a', { priority: 5 })],
    ...budgets(budget('x', 0)),
    wanted: high({ ...asks('2') }),
    node: 'a',
    victims: ['y'],
  },
  {
    title: 'the lowest highest priority',
    nodes: [a, b],
    pods: [low('x', 'a', { priority: 5 }), low('y', 'b', { priority: 3 })],
    node: 'b',
    victims: ['y'],
  },
  {
    title: 'the smallest sum of priorities',
    nodes: [a, b],
    pods: [
      low('x1', 'a', { priority: 5, ...asks('2') }),
      low('x2', 'a', { priority: 5, ...asks('2') }),
      low('y1', 'b', { priority: 5, ...asks('2') }),
      low('y2', 'b', { priority: 1, ...asks('2') }),
    ],
    wanted: high({ ...asks('4') }),
    node: 'b',
    victims: ['y1', 'y2'],
  },
  {
    title: 'the fewest victims',
    nodes: [a, b],
    pods: [
      low('x1', 'a', { ...asks('2') }),
      low('x2', 'a', { ...asks('2') }),
      low('y', 'b', { ...asks('4') }),
    ],
    wanted: high({ ...asks('4') }),
    node: 'b',
    victims: ['y'],
  },
  {
    title: 'the latest start',
    nodes: [a, b],
    pods: [
      low('x', 'a', { started: '2026-01-01T00:00:00Z' }),
      low('y', 'b', { started: '2026-02-01T00:00:00Z' }),
    ],
    node: 'b',
    victims: ['y'],
  },
  {
    title: 'a host port is made free',
    nodes: [a],
    pods: [pod('x', { on: 'a', containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }] })],
    wanted: pod('high', {
      priority: 1,
      containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 80 }] }],
    }),
    node: 'a',
    victims: ['x'],
  },
  {
    title: 'anti-affinity of a victim no longer objects',
    nodes: [a],
    pods: [
      pod('x', {
        on: 'a',
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'high' } } },
            ],
          },
        },
      }),
    ],
    wanted: pod('high', { priority: 1, labels: { app: 'high' } }),
    node: 'a',
    victims: ['x'],
  },
  {
    title: 'spreading counts without the victims',
    nodes: [a, node('b', { unschedulable: true })],
    pods: [pod('x', { on: 'a', labels: { app: 's' } })],
    wanted: pod('high', {
      priority: 1,
      labels: { app: 's' },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 's' } },
        },
      ],
    }),
    node: 'a',
    victims: ['x'],
  },
];

for (const { title, wanted = high(), node: wantedNode, victims = [], message, ...shape } of cases) {
  t.test(title, async (t) => {
    const world = cluster(shape);
    const decision = world.decide(wanted);
    t.equal(decision.kind, 'unfit');
    if (decision.kind !== 'unfit') return;
    t.equal(decision.nominatedNode === '' ? undefined : decision.nominatedNode, wantedNode);
    await new Promise((resolve) => setImmediate(resolve));
    t.same(world.preempted.sort(), victims.map((name) => `${name} for high on ${wantedNode}`).sort());
    if (message !== undefined) t.equal(decision.message, message);
  });
}

t.test('while victims are going the pod preempts nobody else', async (t) => {
  const going = low('x', 'a', { deleting: true });
  going.status = {
    conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' }],
  };
  const wanted = high();
  wanted.status = { nominatedNodeName: 'a' };
  const { decide, preempted } = cluster({ nodes: [a, b], pods: [going, low('y', 'b')] });
  const decision = decide(wanted);
  t.match(decision, {
    message: /preemption: not eligible due to a terminating pod on the nominated node\.$/,
  });
  t.same(preempted, []);
});

t.test('the place that is kept for a nominated pod is not for less important ones', async (t) => {
  const world = cluster({ nodes: [a, b], pods: [low('y', 'b', { priority: 100, ...asks('3') })] });
  world.nominator.set(createPodInfo(high()), 'a');
  t.match(world.decide(pod('less', { priority: 1, ...asks('2') })), { kind: 'unfit' });
  t.match(world.decide(pod('more', { priority: 200, ...asks('2') })), { kind: 'fits' });
  t.match(world.decide(high()), { kind: 'fits', node: { name: 'a' } }, 'its own place is its own');
});

t.test('a question preempts nobody', async (t) => {
  const { decide, preempted } = cluster({ nodes: [a], pods: [low('x', 'a')] });
  t.match(decide(high(), { dryRun: true }), { kind: 'unfit', nominatedNode: undefined });
  t.same(preempted, []);
});

t.test('a cycle that tried victims leaves the counts as they were', async (t) => {
  const spread = {
    labels: { app: 's' },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: 's' } },
      },
    ],
  };
  const { decide } = cluster({
    nodes: [a, node('b', { unschedulable: true })],
    pods: [pod('x', { on: 'a', labels: { app: 's' } })],
  });
  decide(pod('high', { priority: 1, ...spread }));
  t.match(decide(pod('low', { priority: 0, ...spread })), {
    kind: 'unfit',
    message: /topology spread constraints/,
  });
});

import type { Pod } from '@kubelab/api';
import t from 'tap';
import { feasibleNodesWanted } from '../src/framework/schedule-pod.js';
import { asks, type ClusterShape, cluster, container, node, pod, scoresOf } from './support.js';

interface Case extends ClusterShape {
  readonly title: string;
  readonly plugin: string;
  readonly wanted: Pod;
  /** Undefined: the plugin has nothing to say. */
  readonly want: Record<string, number> | undefined;
}

const fit = 'NodeResourcesFit';
const balanced = 'NodeResourcesBalancedAllocation';
const strategy = (text: string) => `
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles: [{ pluginConfig: [{ name: NodeResourcesFit, args: { scoringStrategy: ${text} } }] }]`;
const two = [node('a'), node('b')];
const half = pod('x', { on: 'a', ...asks('2', '4Gi') });
const preferring = (weight: number, key: string) => ({
  weight,
  preference: { matchExpressions: [{ key, operator: 'Exists' }] },
});
const prefers = (...terms: ReturnType<typeof preferring>[]) =>
  pod('p', { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: terms } } });
const soft = (...keys: string[]) => keys.map((key) => ({ key, effect: 'PreferNoSchedule' }));
const image = (sizeMi: number, name = 'web:latest') => ({
  images: [{ names: [name], sizeBytes: sizeMi * 1024 * 1024 }],
});

const cases: readonly Case[] = [
  // (4000-1000)/4000 and (8-2)/8: 75 each.
  {
    title: 'LeastAllocated: the mean of what is left',
    plugin: fit,
    wanted: pod('p', asks('1', '2Gi')),
    nodes: two,
    want: { a: 75, b: 75 },
  },
  {
    title: 'LeastAllocated: bound pods count',
    plugin: fit,
    wanted: pod('p', asks('1', '2Gi')),
    nodes: two,
    pods: [half],
    want: { a: 25, b: 75 },
  },
  // 100m of 4000m leaves 97, 200 MiB of 8 GiB leaves 97.
  {
    title: 'LeastAllocated: a pod that asks for nothing counts as 100m and 200 MiB',
    plugin: fit,
    wanted: pod('p'),
    nodes: two,
    want: { a: 97, b: 97 },
  },
  {
    title: 'MostAllocated packs',
    plugin: fit,
    wanted: pod('p', asks('1', '2Gi')),
    nodes: two,
    pods: [half],
    want: { a: 75, b: 25 },
    config: strategy('{ type: MostAllocated }'),
  },
  {
    title: 'MostAllocated with weights',
    plugin: fit,
    wanted: pod('p', asks('1', '4Gi')),
    nodes: two,
    want: { a: 31, b: 31 },
    config: strategy(
      '{ type: MostAllocated, resources: [{ name: cpu, weight: 3 }, { name: memory, weight: 1 }] }',
    ),
  },
  {
    title: 'RequestedToCapacityRatio follows its shape',
    plugin: fit,
    wanted: pod('p', asks('1', '2Gi')),
    nodes: two,
    pods: [half],
    want: { a: 75, b: 25 },
    config: strategy(
      '{ type: RequestedToCapacityRatio, requestedToCapacityRatio: { shape: [{ utilization: 0, score: 0 }, { utilization: 100, score: 10 }] } }',
    ),
  },
  {
    title: 'RequestedToCapacityRatio with a falling shape',
    plugin: fit,
    wanted: pod('p', asks('1', '2Gi')),
    nodes: two,
    pods: [half],
    want: { a: 25, b: 75 },
    config: strategy(
      '{ type: RequestedToCapacityRatio, requestedToCapacityRatio: { shape: [{ utilization: 0, score: 10 }, { utilization: 100, score: 0 }] } }',
    ),
  },
  {
    title: 'an extended resource counts for pods that ask for it',
    plugin: fit,
    wanted: pod('p', { containers: [container({ 'example.com/gpu': '1' })] }),
    nodes: [node('a', { more: { 'example.com/gpu': '2' } }), node('b', { more: { 'example.com/gpu': '4' } })],
    want: { a: 50, b: 25 },
    config: strategy('{ type: MostAllocated, resources: [{ name: example.com/gpu, weight: 1 }] }'),
  },
  {
    title: 'an extended resource does not count for others',
    plugin: fit,
    wanted: pod('p'),
    nodes: [node('a', { more: { 'example.com/gpu': '2' } }), node('b')],
    want: { a: 0, b: 0 },
    config: strategy('{ type: MostAllocated, resources: [{ name: example.com/gpu, weight: 1 }] }'),
  },
  {
    title: 'balance: equal shares',
    plugin: balanced,
    wanted: pod('p', asks('2', '4Gi')),
    nodes: two,
    want: { a: 100, b: 100 },
  },
  // 3/4 and 1/4: half the distance is 0.25.
  {
    title: 'balance: unequal shares',
    plugin: balanced,
    wanted: pod('p', asks('3', '2Gi')),
    nodes: two,
    want: { a: 75, b: 75 },
  },
  {
    title: 'balance: a pod that evens out',
    plugin: balanced,
    wanted: pod('p', asks('1', '4Gi')),
    nodes: two,
    pods: [pod('x', { on: 'a', ...asks('1') })],
    want: { a: 100, b: 87 },
  },
  {
    title: 'balance: nothing to say of a pod that asks for nothing',
    plugin: balanced,
    wanted: pod('p'),
    nodes: two,
    want: undefined,
  },
  {
    title: 'preferred nodes by weight',
    plugin: 'NodeAffinity',
    wanted: prefers(preferring(2, 'x'), preferring(6, 'y')),
    nodes: [node('a', { labels: { x: '' } }), node('b', { labels: { x: '', y: '' } }), node('c')],
    want: { a: 25, b: 100, c: 0 },
  },
  { title: 'nothing preferred', plugin: 'NodeAffinity', wanted: pod('p'), nodes: two, want: undefined },
  {
    title: 'PreferNoSchedule taints count against a node',
    plugin: 'TaintToleration',
    wanted: pod('p'),
    nodes: [node('a', { taints: soft('k', 'l') }), node('b', { taints: soft('k') }), node('c')],
    want: { a: 0, b: 50, c: 100 },
  },
  {
    title: 'tolerated ones do not',
    plugin: 'TaintToleration',
    wanted: pod('p', { tolerations: [{ key: 'k', operator: 'Exists' }] }),
    nodes: [node('a', { taints: soft('k') }), node('b', { taints: soft('l') })],
    want: { a: 100, b: 0 },
  },
  // 511.5 MiB on half of the nodes: (255.75 - 23) / (1000 - 23) of 100.
  {
    title: 'images that are there, damped by how few nodes have them',
    plugin: 'ImageLocality',
    wanted: pod('p'),
    nodes: [node('a', image(512)), node('b')],
    want: { a: 23, b: 0 },
  },
  {
    title: 'an image that every node has',
    plugin: 'ImageLocality',
    wanted: pod('p'),
    nodes: [node('a', image(1000)), node('b', image(1000))],
    want: { a: 100, b: 100 },
  },
  {
    title: 'small images do not matter',
    plugin: 'ImageLocality',
    wanted: pod('p'),
    nodes: [node('a', image(20)), node('b', image(20))],
    want: { a: 0, b: 0 },
  },
  {
    title: 'an image that no node has',
    plugin: 'ImageLocality',
    wanted: pod('p'),
    nodes: [node('a', image(500, 'other:1')), node('b')],
    want: undefined,
  },
];

for (const { title, plugin, wanted, want, ...shape } of cases) {
  t.test(`${plugin}: ${title}`, async (t) => {
    t.same(scoresOf(cluster(shape).decide(wanted), plugin), want);
  });
}

t.test('weights are Kubernetes', async (t) => {
  const { weights } = cluster({ nodes: [] }).profile;
  const names = [
    'TaintToleration',
    'NodeAffinity',
    fit,
    'PodTopologySpread',
    'InterPodAffinity',
    balanced,
    'ImageLocality',
  ];
  t.same(
    names.map((name) => weights.get(name)),
    [3, 2, 1, 2, 2, 1, 1],
  );
});

for (const [nodes, percentage, want] of [
  [50, undefined, 50],
  [100, undefined, 100],
  [1_000, undefined, 420],
  [5_000, undefined, 500],
  [6_000, undefined, 300],
  [10_000, undefined, 500],
  [1_000, 30, 300],
  [200, 10, 100],
] as const) {
  t.test(
    `of ${nodes} nodes ${want} feasible ones are enough at ${percentage ?? 'the default'} percent`,
    async (t) => {
      t.equal(feasibleNodesWanted(nodes, percentage), want);
    },
  );
}

t.test('the next search begins where the last one ended', async (t) => {
  const nodes = Array.from({ length: 300 }, (_, at) => node(`n${at}`));
  const { decide } = cluster({ nodes });
  const seen = new Set<string>();
  for (let round = 0; round < 3; round += 1) {
    const decision = decide(pod(`p${round}`));
    if (decision.kind === 'fits') for (const { name } of decision.feasible) seen.add(name);
  }
  t.equal(seen.size, 300, 'three searches of 144 nodes each have seen all');
});

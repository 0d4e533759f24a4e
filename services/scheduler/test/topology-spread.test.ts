import type { Pod, ReplicaSet, Service, TopologySpreadConstraint } from '@kubelab/api';
import t from 'tap';
import {
  type ClusterShape,
  cluster,
  hostname,
  listerOf,
  node,
  outcome,
  pod,
  scoresOf,
  zone,
} from './support.js';

const nodes = [
  node('a1', { labels: { [zone]: 'a' } }),
  node('a2', { labels: { [zone]: 'a' } }),
  node('b1', { labels: { [zone]: 'b' } }),
];
const constraint = (more: Partial<TopologySpreadConstraint> = {}): TopologySpreadConstraint => ({
  maxSkew: 1,
  topologyKey: zone,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: { app: 'a' } },
  ...more,
});
const spread = (...topologySpreadConstraints: TopologySpreadConstraint[]) =>
  pod('p', { labels: { app: 'a' }, topologySpreadConstraints });
let counter = 0;
const there = (
  on: string,
  labels: Record<string, string> = { app: 'a' },
  more: Parameters<typeof pod>[1] = {},
) => {
  counter += 1;
  return pod(`x${counter}`, { on, labels, ...more });
};
const skewed = (count: number, all = 3) =>
  `0/${all} nodes are available: ${count} node(s) didn't match pod topology spread constraints.`;
const inA = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: ['a'] }] }],
      },
    },
  },
};
const taintedC = node('c1', { labels: { [zone]: 'c' }, taints: [{ key: 'k', effect: 'NoSchedule' }] });

const filters: readonly (Partial<ClusterShape> & { title: string; wanted: Pod; want: string })[] = [
  { title: 'the emptier zone', wanted: spread(constraint()), pods: [there('a1')], want: 'b1' },
  {
    title: 'even zones, either of them',
    wanted: spread(constraint()),
    pods: [there('a1'), there('b1')],
    want: 'a2',
  },
  {
    title: 'a larger skew is allowed',
    wanted: spread(constraint({ maxSkew: 2, topologyKey: zone }), constraint({ topologyKey: hostname })),
    pods: [there('a1'), there('b1')],
    want: 'a2',
  },
  {
    title: 'by host',
    wanted: spread(constraint({ topologyKey: hostname })),
    pods: [there('a1'), there('b1')],
    want: 'a2',
  },
  {
    title: 'no place keeps the skew',
    wanted: spread(constraint()),
    pods: [there('a1')],
    nodes: [nodes[0] ?? node('x'), node('b1', { labels: { [zone]: 'b' }, cpu: '0', pods: '0' })],
    want: "0/2 nodes are available: 1 Too many pods, 1 node(s) didn't match pod topology spread constraints.",
  },
  {
    title: 'a node without the label',
    wanted: spread(constraint({ topologyKey: 'rack' })),
    want: "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints (missing required label).",
  },
  {
    title: 'nodes without the label are no domain',
    wanted: spread(constraint()),
    nodes: [...nodes, node('c')],
    pods: [there('a1'), there('b1')],
    want: 'a2',
  },
  {
    title: 'pods of other namespaces do not count',
    wanted: spread(constraint()),
    pods: [there('b1', { app: 'a' }, { namespace: 'other' })],
    want: 'a1',
  },
  {
    title: 'pods that are going do not count',
    wanted: spread(constraint()),
    pods: [there('a1'), there('b1', { app: 'a' }, { deleting: true })],
    want: 'b1',
  },
  {
    title: 'other pods do not count',
    wanted: spread(constraint()),
    pods: [there('a1', { app: 'b' }), there('b1')],
    want: 'a2',
  },
  {
    title: 'a pod that does not select itself',
    wanted: { ...spread(constraint()), metadata: { name: 'p', namespace: 'default', labels: {} } },
    pods: [there('a1')],
    want: 'b1',
  },
  {
    title: 'minDomains: too few domains count as an empty one',
    wanted: spread(constraint({ minDomains: 3 })),
    pods: [there('a1'), there('b1')],
    want: skewed(3),
  },
  {
    title: 'minDomains: enough domains',
    wanted: spread(constraint({ minDomains: 2 })),
    pods: [there('a1'), there('b1')],
    want: 'a2',
  },
  {
    title: 'nodeAffinityPolicy Honor: domains it may not use do not count',
    wanted: { ...spread(constraint()), spec: { ...spread(constraint()).spec, containers: [], ...inA } },
    pods: [there('a1')],
    want: 'a2',
  },
  {
    title: 'nodeAffinityPolicy Ignore: they do',
    wanted: {
      ...spread(constraint()),
      spec: { ...spread(constraint({ nodeAffinityPolicy: 'Ignore' })).spec, containers: [], ...inA },
    },
    pods: [there('a1')],
    want: "0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 2 node(s) didn't match pod topology spread constraints.",
  },
  {
    title: 'nodeTaintsPolicy Ignore: a tainted domain counts',
    wanted: spread(constraint()),
    nodes: [...nodes, taintedC],
    pods: [there('a1'), there('b1')],
    want: "0/4 nodes are available: 1 node(s) had untolerated taint {k: }, 3 node(s) didn't match pod topology spread constraints.",
  },
  {
    title: 'nodeTaintsPolicy Honor: it does not',
    wanted: spread(constraint({ nodeTaintsPolicy: 'Honor' })),
    nodes: [...nodes, taintedC],
    pods: [there('a1'), there('b1')],
    want: 'a2',
  },
  {
    title: 'matchLabelKeys: only the same revision counts',
    wanted: {
      ...spread(constraint({ matchLabelKeys: ['rev'] })),
      metadata: { name: 'p', namespace: 'default', labels: { app: 'a', rev: '2' } },
    },
    pods: [there('b1', { app: 'a', rev: '1' }), there('a1', { app: 'a', rev: '2' })],
    want: 'b1',
  },
  {
    title: 'two constraints must both hold',
    wanted: spread(constraint(), constraint({ topologyKey: hostname })),
    pods: [there('b1')],
    want: 'a1',
  },
];

for (const { title, wanted, want, ...shape } of filters) {
  t.test(title, async (t) => t.equal(outcome(cluster({ nodes, ...shape }).decide(wanted)), want));
}

const soft = (more: Partial<TopologySpreadConstraint> = {}) =>
  constraint({ whenUnsatisfiable: 'ScheduleAnyway', ...more });
const services = listerOf<Service>([
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'default' },
    spec: { selector: { app: 'a' } },
  },
]);
const replicaSets = listerOf<ReplicaSet>([
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'rs', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'a' } } },
  },
]);
const args = (text: string) => `
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles: [{ pluginConfig: [{ name: PodTopologySpread, args: ${text} }] }]`;
const plain = pod('p', { labels: { app: 'a' } });

const scores: readonly (Partial<ClusterShape> & {
  title: string;
  wanted: Pod;
  want: Record<string, number> | undefined;
})[] = [
  { title: 'nothing there: all alike', wanted: spread(soft()), want: { a1: 100, a2: 100, b1: 100 } },
  // Two of zone a weigh 2 ln 4 = 3, none 0.
  {
    title: 'fewer is better',
    wanted: spread(soft()),
    pods: [there('a1'), there('a2')],
    want: { a1: 0, a2: 0, b1: 100 },
  },
  {
    title: 'by host',
    wanted: spread(soft({ topologyKey: hostname })),
    pods: [there('a1'), there('a1'), there('a2')],
    want: { a1: 0, a2: 33, b1: 100 },
  },
  {
    title: 'a larger maxSkew waters it down',
    wanted: spread(soft({ maxSkew: 5 })),
    pods: [there('a1')],
    want: { a1: 80, a2: 80, b1: 100 },
  },
  {
    title: 'a node without the label gets nothing',
    wanted: spread(soft()),
    nodes: [...nodes, node('c')],
    pods: [there('a1')],
    want: { a1: 0, a2: 0, b1: 100, c: 0 },
  },
  {
    title: 'defaults: pods of a Service',
    wanted: plain,
    listers: { services },
    pods: [there('a1')],
    want: { a1: 66, a2: 88, b1: 100 },
  },
  {
    title: 'defaults: pods of a ReplicaSet',
    wanted: pod('p', { labels: { app: 'a' }, owner: { kind: 'ReplicaSet', name: 'rs' } }),
    listers: { replicaSets },
    pods: [there('a1')],
    want: { a1: 66, a2: 88, b1: 100 },
  },
  {
    title: 'defaults: a cluster without zones is spread over hosts',
    wanted: plain,
    listers: { services },
    nodes: [node('x'), node('y')],
    pods: [there('x')],
    want: { x: 66, y: 100 },
  },
  { title: 'defaults: a pod of nobody', wanted: plain, pods: [there('a1')], want: undefined },
  {
    title: 'defaults: none when the pod has its own',
    wanted: spread(constraint({ maxSkew: 9 })),
    listers: { services },
    want: undefined,
  },
  {
    title: 'defaults of the profile',
    wanted: plain,
    listers: { services },
    pods: [there('a1')],
    want: { a1: 0, a2: 0, b1: 100 },
    config: args(
      `{ defaultingType: List, defaultConstraints: [{ maxSkew: 1, topologyKey: ${zone}, whenUnsatisfiable: ScheduleAnyway }] }`,
    ),
  },
  {
    title: 'an empty list of the profile',
    wanted: plain,
    listers: { services },
    pods: [there('a1')],
    want: undefined,
    config: args('{ defaultingType: List }'),
  },
];

for (const { title, wanted, want, ...shape } of scores) {
  t.test(`score: ${title}`, async (t) =>
    t.same(scoresOf(cluster({ nodes, ...shape }).decide(wanted), 'PodTopologySpread'), want),
  );
}

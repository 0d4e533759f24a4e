import type { Node, Pod } from '@kubelab/api';
import t from 'tap';
import type { NodeInfo, Snapshot } from '../src/framework/framework.js';
import { scheduleOne } from '../src/framework/schedule-one.js';
import { defaultPlugins } from '../src/plugins/index.js';

const random = { int: () => 0 };

function node(
  name: string,
  more: { spec?: Node['spec']; labels?: Record<string, string>; cpu?: string; pods?: Pod[] } = {},
): NodeInfo {
  const labels = { 'kubernetes.io/hostname': name, ...more.labels };
  const allocatable = { cpu: more.cpu ?? '4', memory: '8Gi', pods: '110' };
  const object: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels },
    spec: more.spec ?? {},
    status: { allocatable },
  };
  return { node: object, pods: more.pods ?? [] };
}

function pod(spec: Partial<NonNullable<Pod['spec']>> = {}, labels: Record<string, string> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', labels },
    spec: { containers: [{ name: 'c', image: 'x' }], ...spec },
  };
}

const cpu = (amount: string) => ({
  containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: amount } } }],
});
const snapshot = (...nodes: NodeInfo[]): Snapshot => ({ nodes, services: [], replicaSets: [] });
const spread = (when: string) => ({
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: when,
      labelSelector: { matchLabels: { app: 'a' } },
    },
  ],
});
const mine = () => pod({}, { app: 'a' });

const cases: readonly {
  readonly title: string;
  readonly pod: Pod;
  readonly nodes: readonly NodeInfo[];
  readonly want: string;
}[] = [
  { title: 'no nodes', pod: pod(), nodes: [], want: 'no nodes available to schedule pods' },
  {
    title: 'too little cpu',
    pod: pod(cpu('5')),
    nodes: [node('a'), node('b')],
    want: '0/2 nodes are available: 2 Insufficient cpu.',
  },
  {
    title: 'the emptier node',
    pod: pod(),
    nodes: [node('a', { pods: [pod(cpu('3'))] }), node('b')],
    want: 'b',
  },
  {
    title: 'a node selector',
    pod: pod({ nodeSelector: { disk: 'ssd' } }),
    nodes: [node('a'), node('b', { labels: { disk: 'ssd' } })],
    want: 'b',
  },
  {
    title: 'nothing fits a node selector',
    pod: pod({ nodeSelector: { disk: 'ssd' } }),
    nodes: [node('a')],
    want: "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
  },
  {
    title: 'a taint',
    pod: pod(),
    nodes: [node('a', { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] } })],
    want: '0/1 nodes are available: 1 node(s) had untolerated taint {k: v}.',
  },
  {
    title: 'a tolerated taint',
    pod: pod({ tolerations: [{ key: 'k', operator: 'Exists' }] }),
    nodes: [node('a', { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] } })],
    want: 'a',
  },
  {
    title: 'a cordoned node',
    pod: pod(),
    nodes: [node('a', { spec: { unschedulable: true } }), node('b')],
    want: 'b',
  },
  {
    title: 'reasons are counted and sorted',
    pod: pod(cpu('5')),
    nodes: [node('a'), node('b', { spec: { unschedulable: true } }), node('c')],
    want: '0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.',
  },
  {
    title: 'soft spreading',
    pod: { ...mine(), spec: { ...mine().spec, containers: [], ...spread('ScheduleAnyway') } },
    nodes: [node('a', { pods: [mine(), mine()] }), node('b', { pods: [mine()] })],
    want: 'b',
  },
  {
    title: 'hard spreading refuses the fuller node',
    pod: { ...mine(), spec: { ...mine().spec, containers: [], ...spread('DoNotSchedule') } },
    nodes: [node('a', { pods: [mine()] }), node('b', { cpu: '0', pods: [] })],
    want: 'b',
  },
  {
    title: 'anti-affinity',
    pod: pod({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'a' } } },
          ],
        },
      },
    }),
    nodes: [node('a', { pods: [mine()] })],
    want: "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.",
  },
  {
    title: 'affinity to pods that are there',
    pod: pod({
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'a' } } },
          ],
        },
      },
    }),
    nodes: [node('a'), node('b', { pods: [mine()] })],
    want: 'b',
  },
  {
    title: 'host ports',
    pod: pod({ containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
    nodes: [
      node('a', {
        pods: [
          pod({ containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80, hostPort: 80 }] }] }),
        ],
      }),
    ],
    want: "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
  },
];

for (const { title, pod: wanted, nodes, want } of cases) {
  t.test(title, async (t) => {
    const decision = scheduleOne(defaultPlugins, wanted, snapshot(...nodes), random);
    t.equal(decision.fits ? decision.node : decision.message, want);
  });
}

import type { Node, Pod, Toleration } from '@kubelab/api';
import t from 'tap';
import { asks, cluster, container, node, outcome, pod } from './support.js';

interface Case {
  readonly title: string;
  readonly wanted: Pod;
  readonly nodes: readonly Node[];
  readonly there?: readonly Pod[];
  readonly want: string;
  readonly config?: string;
}

const none = (nodes: number, why: string) => `0/${nodes} nodes are available: ${why}.`;
const tainted = (effect: string, value = 'v') => node('a', { taints: [{ key: 'k', value, effect }] });
const tolerating = (...tolerations: Toleration[]) => pod('p', { tolerations });
const affinity = (
  key: string,
  operator: string,
  values?: string[],
  field: 'matchExpressions' | 'matchFields' = 'matchExpressions',
) =>
  pod('p', {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ [field]: [{ key, operator, ...(values === undefined ? {} : { values }) }] }],
        },
      },
    },
  });
const ports = (
  name: string,
  hostPort: number,
  more: { hostIP?: string; protocol?: string; on?: string } = {},
) => {
  const { on, ...port } = more;
  return pod(name, {
    ...(on === undefined ? {} : { on }),
    containers: [container({}, { ports: [{ containerPort: 80, hostPort, ...port }] })],
  });
};
const noAffinity = none(1, "1 node(s) didn't match Pod's node affinity/selector");
const noPort = none(1, "1 node(s) didn't have free ports for the requested pod ports");
const noTaint = none(1, '1 node(s) had untolerated taint {k: v}');
const ssd = node('a', { labels: { disk: 'ssd', size: '5' } });
const gpu = (amount: string) => ({ containers: [container({ 'example.com/gpu': amount })] });
const fitConfig = (args: string) => `
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles: [{ pluginConfig: [{ name: NodeResourcesFit, args: ${args} }] }]`;

const resources: readonly Case[] = [
  { title: 'cpu that is exactly there', wanted: pod('p', asks('4')), nodes: [node('a')], want: 'a' },
  {
    title: 'cpu of a thousandth too much',
    wanted: pod('p', asks('4001m')),
    nodes: [node('a')],
    want: none(1, '1 Insufficient cpu'),
  },
  {
    title: 'memory',
    wanted: pod('p', asks('1', '9Gi')),
    nodes: [node('a')],
    want: none(1, '1 Insufficient memory'),
  },
  {
    title: 'both, each counted',
    wanted: pod('p', asks('5', '9Gi')),
    nodes: [node('a'), node('b')],
    want: none(2, '2 Insufficient cpu, 2 Insufficient memory'),
  },
  {
    title: 'what bound pods ask for is gone',
    wanted: pod('p', asks('2')),
    nodes: [node('a')],
    there: [pod('x', { on: 'a', ...asks('2500m') })],
    want: none(1, '1 Insufficient cpu'),
  },
  {
    title: 'a pod that asks for nothing fits a full node',
    wanted: pod('p'),
    nodes: [node('a')],
    there: [pod('x', { on: 'a', ...asks('4') })],
    want: 'a',
  },
  {
    title: 'one pod too many',
    wanted: pod('p'),
    nodes: [node('a', { pods: '1' })],
    there: [pod('x', { on: 'a' })],
    want: none(1, '1 Too many pods'),
  },
  {
    title: 'too many pods and too little cpu',
    wanted: pod('p', asks('5')),
    nodes: [node('a', { pods: '0' })],
    want: none(1, '1 Insufficient cpu, 1 Too many pods'),
  },
  {
    title: 'an extended resource that no node has',
    wanted: pod('p', gpu('1')),
    nodes: [node('a')],
    want: none(1, '1 Insufficient example.com/gpu'),
  },
  {
    title: 'an extended resource',
    wanted: pod('p', gpu('2')),
    nodes: [node('a', { more: { 'example.com/gpu': '1' } }), node('b', { more: { 'example.com/gpu': '2' } })],
    want: 'b',
  },
  {
    title: 'an extended resource that is taken',
    wanted: pod('p', gpu('1')),
    nodes: [node('a', { more: { 'example.com/gpu': '1' } })],
    there: [pod('x', { on: 'a', ...gpu('1') })],
    want: none(1, '1 Insufficient example.com/gpu'),
  },
  {
    title: 'an ignored extended resource',
    wanted: pod('p', gpu('1')),
    nodes: [node('a')],
    want: 'a',
    config: fitConfig('{ ignoredResources: [example.com/gpu] }'),
  },
  {
    title: 'an ignored group of resources',
    wanted: pod('p', gpu('1')),
    nodes: [node('a')],
    want: 'a',
    config: fitConfig('{ ignoredResourceGroups: [example.com] }'),
  },
  {
    title: 'ephemeral storage',
    wanted: pod('p', { containers: [container({ 'ephemeral-storage': '2Gi' })] }),
    nodes: [node('a', { more: { 'ephemeral-storage': '1Gi' } })],
    want: none(1, '1 Insufficient ephemeral-storage'),
  },
  {
    title: 'the largest init container, not their sum',
    wanted: pod('p', { ...asks('1'), initContainers: [container({ cpu: '3' }), container({ cpu: '3' })] }),
    nodes: [node('a')],
    want: 'a',
  },
  {
    title: 'an init container larger than the node',
    wanted: pod('p', { ...asks('1'), initContainers: [container({ cpu: '5' })] }),
    nodes: [node('a')],
    want: none(1, '1 Insufficient cpu'),
  },
  {
    title: 'a sidecar runs beside the containers',
    wanted: pod('p', {
      ...asks('3'),
      initContainers: [container({ cpu: '2' }, { restartPolicy: 'Always' })],
    }),
    nodes: [node('a')],
    want: none(1, '1 Insufficient cpu'),
  },
  {
    title: 'a sidecar runs beside later init containers',
    wanted: pod('p', {
      ...asks('1'),
      initContainers: [container({ cpu: '2' }, { restartPolicy: 'Always' }), container({ cpu: '3' })],
    }),
    nodes: [node('a')],
    want: none(1, '1 Insufficient cpu'),
  },
  {
    title: 'overhead comes on top',
    wanted: pod('p', { ...asks('4'), overhead: { cpu: '1m' } }),
    nodes: [node('a')],
    want: none(1, '1 Insufficient cpu'),
  },
  {
    title: 'requests of the whole pod replace the sum',
    wanted: pod('p', { ...asks('5'), resources: { requests: { cpu: '2' } } }),
    nodes: [node('a')],
    want: 'a',
  },
];

const placement: readonly Case[] = [
  {
    title: 'a cordoned node',
    wanted: pod('p'),
    nodes: [node('a', { unschedulable: true })],
    want: none(1, '1 node(s) were unschedulable'),
  },
  {
    title: 'a cordoned node for a pod that tolerates it',
    wanted: tolerating({ key: 'node.kubernetes.io/unschedulable', operator: 'Exists' }),
    nodes: [node('a', { unschedulable: true })],
    want: 'a',
  },
  {
    title: 'a cordoned node for a pod that tolerates everything',
    wanted: tolerating({ operator: 'Exists' }),
    nodes: [node('a', { unschedulable: true })],
    want: 'a',
  },
  { title: 'the requested node', wanted: pod('p', { on: 'b' }), nodes: [node('a'), node('b')], want: 'b' },
  {
    title: 'a requested node that is not there',
    wanted: pod('p', { on: 'x' }),
    nodes: [node('a')],
    want: none(1, "1 node(s) didn't match the requested node name"),
  },
  { title: 'NoSchedule', wanted: pod('p'), nodes: [tainted('NoSchedule')], want: noTaint },
  { title: 'NoExecute', wanted: pod('p'), nodes: [tainted('NoExecute')], want: noTaint },
  {
    title: 'PreferNoSchedule keeps nobody away',
    wanted: pod('p'),
    nodes: [tainted('PreferNoSchedule')],
    want: 'a',
  },
  {
    title: 'a taint without a value',
    wanted: pod('p'),
    nodes: [tainted('NoSchedule', '')],
    want: none(1, '1 node(s) had untolerated taint {k: }'),
  },
  {
    title: 'tolerated by Exists',
    wanted: tolerating({ key: 'k', operator: 'Exists' }),
    nodes: [tainted('NoSchedule')],
    want: 'a',
  },
  {
    title: 'tolerated by Equal',
    wanted: tolerating({ key: 'k', operator: 'Equal', value: 'v' }),
    nodes: [tainted('NoSchedule')],
    want: 'a',
  },
  {
    title: 'Equal is what no operator means',
    wanted: tolerating({ key: 'k', value: 'v' }),
    nodes: [tainted('NoSchedule')],
    want: 'a',
  },
  {
    title: 'another value',
    wanted: tolerating({ key: 'k', operator: 'Equal', value: 'w' }),
    nodes: [tainted('NoSchedule')],
    want: noTaint,
  },
  {
    title: 'another effect',
    wanted: tolerating({ key: 'k', operator: 'Exists', effect: 'NoExecute' }),
    nodes: [tainted('NoSchedule')],
    want: noTaint,
  },
  {
    title: 'an empty key with Exists tolerates all',
    wanted: tolerating({ operator: 'Exists' }),
    nodes: [tainted('NoExecute')],
    want: 'a',
  },
  {
    title: 'an empty key with Equal tolerates nothing',
    wanted: tolerating({ operator: 'Equal', value: 'v' }),
    nodes: [tainted('NoSchedule')],
    want: noTaint,
  },
  {
    title: 'the first untolerated taint has the word',
    wanted: tolerating({ key: 'k', operator: 'Exists' }),
    nodes: [
      node('a', {
        taints: [
          { key: 'k', effect: 'NoSchedule' },
          { key: 'l', value: 'w', effect: 'NoExecute' },
        ],
      }),
    ],
    want: none(1, '1 node(s) had untolerated taint {l: w}'),
  },
  {
    title: 'nodeSelector',
    wanted: pod('p', { nodeSelector: { disk: 'ssd' } }),
    nodes: [node('b'), ssd],
    want: 'a',
  },
  {
    title: 'nodeSelector that nothing matches',
    wanted: pod('p', { nodeSelector: { disk: 'hdd' } }),
    nodes: [ssd],
    want: noAffinity,
  },
  {
    title: 'every label of nodeSelector counts',
    wanted: pod('p', { nodeSelector: { disk: 'ssd', x: 'y' } }),
    nodes: [ssd],
    want: noAffinity,
  },
  { title: 'In', wanted: affinity('disk', 'In', ['hdd', 'ssd']), nodes: [ssd], want: 'a' },
  { title: 'NotIn', wanted: affinity('disk', 'NotIn', ['ssd']), nodes: [ssd], want: noAffinity },
  { title: 'NotIn of an absent label', wanted: affinity('x', 'NotIn', ['ssd']), nodes: [ssd], want: 'a' },
  { title: 'Exists', wanted: affinity('disk', 'Exists'), nodes: [ssd], want: 'a' },
  { title: 'DoesNotExist', wanted: affinity('disk', 'DoesNotExist'), nodes: [ssd], want: noAffinity },
  { title: 'Gt', wanted: affinity('size', 'Gt', ['4']), nodes: [ssd], want: 'a' },
  { title: 'Gt of an equal number', wanted: affinity('size', 'Gt', ['5']), nodes: [ssd], want: noAffinity },
  { title: 'Lt', wanted: affinity('size', 'Lt', ['6']), nodes: [ssd], want: 'a' },
  { title: 'Lt of what is no number', wanted: affinity('disk', 'Lt', ['6']), nodes: [ssd], want: noAffinity },
  {
    title: 'matchFields by name',
    wanted: affinity('metadata.name', 'In', ['b'], 'matchFields'),
    nodes: [node('a'), node('b')],
    want: 'b',
  },
  {
    title: 'matchFields of a node that is not there',
    wanted: affinity('metadata.name', 'In', ['x'], 'matchFields'),
    nodes: [node('a'), node('b')],
    want: none(2, "2 node(s) didn't satisfy plugin(s) [NodeAffinity]"),
  },
  {
    title: 'matchFields of a node that is full: others are not looked at',
    wanted: {
      ...affinity('metadata.name', 'In', ['a'], 'matchFields'),
      spec: { ...affinity('metadata.name', 'In', ['a'], 'matchFields').spec, ...asks('5') },
    },
    nodes: [node('a'), node('b')],
    want: none(2, "1 Insufficient cpu, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]"),
  },
  {
    title: 'an empty term matches nothing',
    wanted: pod('p', {
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}] } },
      },
    }),
    nodes: [ssd],
    want: noAffinity,
  },
  {
    title: 'terms are alternatives',
    wanted: pod('p', {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'x', operator: 'Exists' }] },
              { matchExpressions: [{ key: 'disk', operator: 'Exists' }] },
            ],
          },
        },
      },
    }),
    nodes: [ssd],
    want: 'a',
  },
  {
    title: 'in a term everything must hold',
    wanted: pod('p', {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'x', operator: 'Exists' },
                  { key: 'disk', operator: 'Exists' },
                ],
              },
            ],
          },
        },
      },
    }),
    nodes: [ssd],
    want: noAffinity,
  },
  {
    title: 'nodeSelector and affinity must both hold',
    wanted: pod('p', { nodeSelector: { x: 'y' }, affinity: affinity('disk', 'Exists').spec?.affinity ?? {} }),
    nodes: [ssd],
    want: noAffinity,
  },
  {
    title: "the profile's added affinity",
    wanted: pod('p'),
    nodes: [node('b')],
    want: none(1, "1 node(s) didn't match scheduler-enforced node affinity"),
    config: `
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
  - pluginConfig:
      - name: NodeAffinity
        args:
          addedAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              nodeSelectorTerms: [{ matchExpressions: [{ key: disk, operator: Exists }] }]`,
  },
  {
    title: 'a free host port',
    wanted: ports('p', 80),
    nodes: [node('a')],
    there: [ports('x', 81, { on: 'a' })],
    want: 'a',
  },
  {
    title: 'a taken host port',
    wanted: ports('p', 80),
    nodes: [node('a')],
    there: [ports('x', 80, { on: 'a' })],
    want: noPort,
  },
  {
    title: 'another protocol',
    wanted: ports('p', 80),
    nodes: [node('a')],
    there: [ports('x', 80, { on: 'a', protocol: 'UDP' })],
    want: 'a',
  },
  {
    title: 'another address',
    wanted: ports('p', 80, { hostIP: '127.0.0.1' }),
    nodes: [node('a')],
    there: [ports('x', 80, { on: 'a', hostIP: '127.0.0.2' })],
    want: 'a',
  },
  {
    title: 'every address is any address',
    wanted: ports('p', 80, { hostIP: '127.0.0.1' }),
    nodes: [node('a')],
    there: [ports('x', 80, { on: 'a', hostIP: '0.0.0.0' })],
    want: noPort,
  },
];

const texts: readonly Case[] = [
  { title: 'no nodes', wanted: pod('p'), nodes: [], want: 'no nodes available to schedule pods' },
  {
    title: 'reasons are sorted as text',
    wanted: pod('p', asks('5')),
    nodes: [node('a'), node('b', { unschedulable: true }), tainted('NoSchedule')].map((one, at) => ({
      ...one,
      metadata: { ...one.metadata, name: `n${at}` },
    })),
    want: none(3, '1 Insufficient cpu, 1 node(s) had untolerated taint {k: v}, 1 node(s) were unschedulable'),
  },
  {
    title: 'ten is before two',
    wanted: pod('p', asks('5')),
    nodes: [
      ...Array.from({ length: 10 }, (_, at) => node(`n${at}`)),
      node('x', { unschedulable: true }),
      node('y', { unschedulable: true }),
    ],
    want: none(12, '10 Insufficient cpu, 2 node(s) were unschedulable'),
  },
];

for (const { title, wanted, nodes, there, want, config } of [...resources, ...placement, ...texts]) {
  t.test(title, async (t) => {
    const shape = {
      nodes,
      ...(there === undefined ? {} : { pods: there }),
      ...(config === undefined ? {} : { config }),
    };
    t.equal(outcome(cluster(shape).decide(wanted)), want);
  });
}

import type { CSINode, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '@kubelab/api';
import t from 'tap';
import type { Handle } from '../src/framework/contract.js';
import { createPodInfo } from '../src/framework/pod-info.js';
import { type ClusterShape, cluster, listerOf, node, outcome, pod, zone } from './support.js';

const meta = (name: string) => ({ name, namespace: 'default', uid: `uid-${name}` });
const claim = (
  name: string,
  more: NonNullable<PersistentVolumeClaim['spec']> = {},
  extra: Partial<PersistentVolumeClaim> = {},
): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: meta(name),
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'late',
    resources: { requests: { storage: '1Gi' } },
    ...more,
  },
  ...extra,
});
const boundTo = (name: string, volumeName: string, more: NonNullable<PersistentVolumeClaim['spec']> = {}) =>
  claim(name, { volumeName, ...more }, { status: { phase: 'Bound' } });
const volume = (
  name: string,
  more: NonNullable<PersistentVolume['spec']> = {},
  labels: Record<string, string> = {},
): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, labels },
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'late', ...more },
  status: { phase: 'Available' },
});
const onHost = (name: string) => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] },
      ],
    },
  },
});
const storageClass = (name: string, provisioner: string, more: Partial<StorageClass> = {}): StorageClass => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner,
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
});
const storageClasses = listerOf([
  storageClass('late', 'kubernetes.io/no-provisioner'),
  storageClass('made', 'kubelab.dev/local'),
  storageClass('zonal', 'kubelab.dev/local', {
    allowedTopologies: [{ matchLabelExpressions: [{ key: zone, values: ['b'] }] }],
  }),
  storageClass('now', 'kubelab.dev/local', { volumeBindingMode: 'Immediate' }),
]);
const nodes = [node('a', { labels: { [zone]: 'a' } }), node('b', { labels: { [zone]: 'b' } })];
const using = (...names: string[]) =>
  pod('p', {
    volumes: names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
  });
const user = (name: string, on: string, ...names: string[]): Pod => ({
  ...using(...names),
  metadata: meta(name),
  spec: { ...using(...names).spec, containers: [], nodeName: on },
});
const none = (why: string, head = '0/2 nodes are available:') => `${head} ${why}.`;
const csiNode = (name: string, count: number): CSINode => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSINode',
  metadata: { name },
  spec: { drivers: [{ name: 'd', nodeID: name, allocatable: { count } }] },
});
const csi = (volumeHandle: string) => ({ csi: { driver: 'd', volumeHandle } });

interface Case extends Partial<ClusterShape> {
  readonly title: string;
  readonly wanted: Pod;
  readonly want: string;
  readonly claims?: readonly PersistentVolumeClaim[];
  readonly volumes?: readonly PersistentVolume[];
  readonly csiNodes?: readonly CSINode[];
}

const cases: readonly Case[] = [
  {
    title: 'a claim that is not there',
    wanted: using('data'),
    want: none('persistentvolumeclaim "data" not found'),
  },
  {
    title: 'an ephemeral claim that is not made yet',
    wanted: pod('p', { volumes: [{ name: 'v', ephemeral: {} }] }),
    want: none('waiting for ephemeral volume controller to create the persistentvolumeclaim "p-v"'),
  },
  {
    title: 'a claim that is lost',
    wanted: using('data'),
    claims: [claim('data', { volumeName: 'v' }, { status: { phase: 'Lost' } })],
    want: none('persistentvolumeclaim "data" bound to non-existent persistentvolume "v"'),
  },
  {
    title: 'a claim that is going',
    wanted: using('data'),
    claims: [claim('data', {}, { metadata: { ...meta('data'), deletionTimestamp: 'now' } })],
    want: none('persistentvolumeclaim "data" is being deleted'),
  },
  {
    title: 'an unbound claim that does not wait for its pod',
    wanted: using('data'),
    claims: [claim('data', { storageClassName: 'now' })],
    want: none('pod has unbound immediate PersistentVolumeClaims'),
  },
  {
    title: 'an unbound claim of no class',
    wanted: using('data'),
    claims: [claim('data', { storageClassName: '' })],
    want: none('pod has unbound immediate PersistentVolumeClaims'),
  },
  {
    title: 'a bound volume says where',
    wanted: using('data'),
    claims: [boundTo('data', 'v')],
    volumes: [volume('v', onHost('b'))],
    want: 'b',
  },
  {
    title: 'a bound volume that no node reaches',
    wanted: using('data'),
    claims: [boundTo('data', 'v')],
    volumes: [volume('v', onHost('x'))],
    want: none('2 node(s) had volume node affinity conflict'),
  },
  {
    title: 'a bound volume that is not there',
    wanted: using('data'),
    claims: [boundTo('data', 'v')],
    want: none('2 node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'),
  },
  {
    title: 'WaitForFirstConsumer: the node with a volume',
    wanted: using('data'),
    claims: [claim('data')],
    volumes: [volume('v', onHost('b'))],
    want: 'b',
  },
  {
    title: 'WaitForFirstConsumer: no volume anywhere',
    wanted: using('data'),
    claims: [claim('data')],
    want: none("2 node(s) didn't find available persistent volumes to bind"),
  },
  {
    title: 'a volume that is too small',
    wanted: using('data'),
    claims: [claim('data', { resources: { requests: { storage: '2Gi' } } })],
    volumes: [volume('v')],
    want: none("2 node(s) didn't find available persistent volumes to bind"),
  },
  {
    title: 'a volume of another class',
    wanted: using('data'),
    claims: [claim('data')],
    volumes: [volume('v', { storageClassName: 'x' })],
    want: none("2 node(s) didn't find available persistent volumes to bind"),
  },
  {
    title: 'a volume without the access mode',
    wanted: using('data'),
    claims: [claim('data', { accessModes: ['ReadWriteMany'] })],
    volumes: [volume('v')],
    want: none("2 node(s) didn't find available persistent volumes to bind"),
  },
  {
    title: 'a volume that is promised to another claim',
    wanted: using('data'),
    claims: [claim('data')],
    volumes: [volume('v', { claimRef: { name: 'other', namespace: 'default' } })],
    want: none("2 node(s) didn't find available persistent volumes to bind"),
  },
  {
    title: 'a volume that names the claim',
    wanted: using('data'),
    claims: [claim('data')],
    volumes: [volume('v', { ...onHost('b'), claimRef: { name: 'data', namespace: 'default' } })],
    want: 'b',
  },
  {
    title: 'two claims want two volumes',
    wanted: using('x', 'y'),
    claims: [claim('x'), claim('y')],
    volumes: [volume('v1', onHost('a')), volume('v2', onHost('b')), volume('v3', onHost('b'))],
    want: 'b',
  },
  {
    title: 'a claim that is provisioned fits anywhere',
    wanted: using('data'),
    claims: [claim('data', { storageClassName: 'made' })],
    want: 'a',
  },
  {
    title: 'allowedTopologies',
    wanted: using('data'),
    claims: [claim('data', { storageClassName: 'zonal' })],
    want: 'b',
  },
  {
    title: 'a node was selected before',
    wanted: using('data'),
    claims: [
      claim(
        'data',
        { storageClassName: 'made' },
        { metadata: { ...meta('data'), annotations: { 'volume.kubernetes.io/selected-node': 'b' } } },
      ),
    ],
    want: 'b',
  },
  {
    title: 'zone labels of a bound volume',
    wanted: using('data'),
    claims: [boundTo('data', 'v')],
    volumes: [volume('v', {}, { [zone]: 'b' })],
    want: 'b',
  },
  {
    title: 'zone labels that no node has',
    wanted: using('data'),
    claims: [boundTo('data', 'v')],
    volumes: [volume('v', {}, { [zone]: 'c' })],
    want: none('2 node(s) had no available volume zone'),
  },
  {
    title: 'several zones in one label',
    wanted: using('data'),
    claims: [boundTo('data', 'v')],
    volumes: [volume('v', {}, { [zone]: 'b__c' })],
    want: 'b',
  },
  {
    title: 'ReadWriteOncePod in use',
    wanted: using('data'),
    claims: [boundTo('data', 'v', { accessModes: ['ReadWriteOncePod'] })],
    volumes: [volume('v')],
    pods: [user('x', 'a', 'data')],
    want: none(
      '2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
    ),
  },
  {
    title: 'ReadWriteOnce may be shared',
    wanted: using('data'),
    claims: [boundTo('data', 'v')],
    volumes: [volume('v', onHost('a'))],
    pods: [user('x', 'a', 'data')],
    want: 'a',
  },
  {
    title: 'a disk that cannot be shared',
    wanted: pod('p', { volumes: [{ name: 'v', gcePersistentDisk: { pdName: 'd' } }] }),
    pods: [pod('x', { on: 'a', volumes: [{ name: 'v', gcePersistentDisk: { pdName: 'd' } }] })],
    want: 'b',
  },
  {
    title: 'a disk that both only read',
    wanted: pod('p', { volumes: [{ name: 'v', gcePersistentDisk: { pdName: 'd', readOnly: true } }] }),
    nodes: nodes.slice(0, 1),
    pods: [
      pod('x', { on: 'a', volumes: [{ name: 'v', gcePersistentDisk: { pdName: 'd', readOnly: true } }] }),
    ],
    want: 'a',
  },
  {
    title: 'as many volumes as a node attaches',
    wanted: using('y'),
    claims: [boundTo('x', 'v1'), boundTo('y', 'v2')],
    volumes: [volume('v1', csi('1')), volume('v2', csi('2'))],
    csiNodes: [csiNode('a', 1), csiNode('b', 1)],
    pods: [user('x', 'a', 'x')],
    want: 'b',
  },
  {
    title: 'a volume attached already counts once',
    wanted: using('x'),
    nodes: nodes.slice(0, 1),
    claims: [boundTo('x', 'v1')],
    volumes: [volume('v1', csi('1'))],
    csiNodes: [csiNode('a', 1)],
    pods: [user('x', 'a', 'x')],
    want: 'a',
  },
  {
    title: 'no node attaches more',
    wanted: using('y'),
    claims: [boundTo('y', 'v2')],
    volumes: [volume('v2', csi('2'))],
    csiNodes: [csiNode('a', 0), csiNode('b', 0)],
    want: none('2 node(s) exceed max volume count'),
  },
];

const listers = ({
  claims = [],
  volumes = [],
  csiNodes = [],
}: Pick<Case, 'claims' | 'volumes' | 'csiNodes'>): Partial<Handle['listers']> => ({
  claims: listerOf(claims),
  volumes: listerOf(volumes),
  csiNodes: listerOf(csiNodes),
  storageClasses,
});

for (const { title, wanted, want, claims = [], volumes = [], csiNodes = [], ...shape } of cases) {
  t.test(title, async (t) => {
    const world = cluster({ nodes, ...shape, listers: listers({ claims, volumes, csiNodes }) });
    t.equal(outcome(world.decide(wanted)), want);
  });
}

t.test('a volume that is kept for one pod is not for the next', async (t) => {
  const world = cluster({
    nodes,
    listers: listers({ claims: [claim('x'), claim('y')], volumes: [volume('v', onHost('b'))] }),
  });
  const [plugin] = world.profile.plugins.reserve;
  const info = createPodInfo(using('x'));
  const where = world.snapshot.node('b') ?? world.cache.node('b');
  if (where === undefined) throw new Error('no node b');
  t.equal(plugin?.reserve?.(info, where), undefined);
  t.match(outcome(world.decide(using('y'))), /didn't find available persistent volumes/);
  plugin?.unreserve?.(info, 'b');
  t.equal(outcome(world.decide(using('y'))), 'b');
});

t.test('a pod is bound when its claims are', async (t) => {
  const data = claim('data', { storageClassName: 'made' });
  const told: string[] = [];
  const world = cluster({
    nodes,
    listers: listers({ claims: [data] }),
    actions: {
      selectNode: async (one, name) => {
        told.push(`${one.metadata.name} on ${name}`);
        // The provisioner answers.
        data.spec = { ...data.spec, volumeName: 'made' };
        data.status = { phase: 'Bound' };
      },
    },
  });
  const [plugin] = world.profile.plugins.reserve;
  const where = world.cache.node('a');
  if (where === undefined) throw new Error('no node a');
  const info = createPodInfo(using('data'));
  plugin?.reserve?.(info, where);
  t.equal(await plugin?.preBind?.(info, 'a'), undefined);
  t.same(told, ['data on a']);
});

import { type Lease, leaseKind, type Node, nodeKind, type Pod, podKind } from '@kubelab/api';
import t from 'tap';
import { evictionsPerSecond, zoneStates } from '../src/controllers/eviction-rates.js';
import { evictAtMs } from '../src/controllers/taint-eviction.js';
import { TestCluster } from './harness.js';

const heartbeatMs = 5_000;
/** Kubelets that renew their leases as long as they are in the set. */
function keepAlive(cluster: TestCluster, alive: Set<string>): void {
  const beat = async (name: string) => {
    const leases = cluster.client.for<Lease>(leaseKind);
    const lease: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: 'kube-node-lease' },
      spec: { holderIdentity: name },
    };
    const renewTime = new Date(cluster.world.clock.nowMs()).toISOString().replace('Z', '000Z');
    await leases.update({ ...lease, spec: { ...lease.spec, renewTime } });
  };
  cluster.world.timers.setInterval(() => {
    for (const name of alive) beat(name).catch((error: unknown) => cluster.errors.push(String(error)));
  }, heartbeatMs);
}
const pod = (name: string, nodeName: string, tolerations: object[] = []): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    nodeName,
    tolerations: tolerations.map((one) => ({ ...one })),
    containers: [{ name: 'main', image: 'node:1' }],
  },
});
const taints = async (cluster: TestCluster, name: string) =>
  ((await cluster.get<Node>(nodeKind, name)).spec?.taints ?? []).map((one) => `${one.key}:${one.effect}`);

t.test('a silent node: Unknown, tainted, and its pods go when their toleration is over', async (t) => {
  const nodes = ['node-1', 'node-2', 'node-3'];
  const cluster = await TestCluster.start(t, {
    controllers: ['node-lifecycle', 'taint-eviction'],
    nodes,
    script: () => ({ readyAfterMs: 200 }),
  });
  const alive = new Set(nodes);
  keepAlive(cluster, alive);
  await cluster.create(
    podKind,
    pod('patient', 'node-1', [
      {
        key: 'node.kubernetes.io/unreachable',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 60,
      },
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
    ]),
  );
  await cluster.create(podKind, pod('stays', 'node-1', [{ operator: 'Exists' }]));
  await cluster.advance(60_000);
  t.same(await taints(cluster, 'node-1'), []);
  alive.delete('node-1');
  await cluster.advance(38_000);
  t.same(await taints(cluster, 'node-1'), [], 'not before the grace period');
  await cluster.until('tainted', async () => (await taints(cluster, 'node-1')).length === 2);
  t.same(await taints(cluster, 'node-1'), [
    'node.kubernetes.io/unreachable:NoSchedule',
    'node.kubernetes.io/unreachable:NoExecute',
  ]);
  const { status } = await cluster.get<Node>(nodeKind, 'node-1');
  t.match(
    status?.conditions?.find((one) => one.type === 'Ready'),
    { status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' },
  );
  const patient = await cluster.get<Pod>(podKind, 'patient');
  t.match(
    patient.status?.conditions?.find((one) => one.type === 'Ready'),
    { status: 'False' },
  );
  t.equal(patient.metadata.deletionTimestamp, undefined);
  await cluster.advance(65_000);
  const left = (await cluster.pods()).map(({ metadata }) => metadata.name);
  t.same(left, ['stays']);
  t.match((await cluster.events('TaintManagerEviction'))[0], 'Marking for deletion Pod default/patient');
  t.same(cluster.errors, []);
});

t.test('conditions and cordons are taints that keep pods away', async (t) => {
  const cluster = await TestCluster.start(t, { controllers: ['node-lifecycle'], nodes: ['node-1'] });
  await cluster.patch(nodeKind, 'node-1', { spec: { unschedulable: true } });
  const now = new Date(cluster.world.clock.nowMs()).toISOString().replace(/\.\d+/, '');
  const condition = (type: string, status: string) => ({
    type,
    status,
    lastTransitionTime: now,
    lastHeartbeatTime: now,
  });
  await cluster.patch(
    nodeKind,
    'node-1',
    { status: { conditions: [condition('Ready', 'True'), condition('MemoryPressure', 'True')] } },
    'status',
  );
  await cluster.until('both', async () => (await taints(cluster, 'node-1')).length === 2);
  t.same(await taints(cluster, 'node-1'), [
    'node.kubernetes.io/memory-pressure:NoSchedule',
    'node.kubernetes.io/unschedulable:NoSchedule',
  ]);
  await cluster.patch(nodeKind, 'node-1', { spec: { unschedulable: false } });
  await cluster.until('uncordoned', async () => (await taints(cluster, 'node-1')).length === 1);
});

t.test('a taint that somebody sets evicts, too; tolerations are for so long', async (t) => {
  const cluster = await TestCluster.start(t, {
    controllers: ['taint-eviction'],
    nodes: ['node-1'],
    script: () => ({ readyAfterMs: 200 }),
  });
  await cluster.create(podKind, pod('plain', 'node-1'));
  await cluster.create(
    podKind,
    pod('short', 'node-1', [
      { key: 'broken', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 },
    ]),
  );
  await cluster.create(podKind, pod('friend', 'node-1', [{ key: 'broken', operator: 'Exists' }]));
  await cluster.patch(nodeKind, 'node-1', {
    spec: { taints: [{ key: 'broken', value: 'yes', effect: 'NoExecute' }] },
  });
  const names = async () => (await cluster.pods()).map(({ metadata }) => metadata.name);
  await cluster.until('plain goes', async () => !(await names()).includes('plain'), 10_000);
  t.same(await names(), ['friend', 'short']);
  await cluster.until('short goes', async () => (await names()).join() === 'friend', 40_000);
});

t.test('pods of a node that is gone are removed', async (t) => {
  const cluster = await TestCluster.start(t, {
    controllers: ['pod-garbage-collector'],
    nodes: ['node-1', 'node-2'],
  });
  await cluster.create(podKind, pod('a', 'node-1'));
  await cluster.create(podKind, pod('b', 'node-2'));
  await cluster.delete(nodeKind, 'node-1');
  await cluster.until(
    'gone',
    async () => (await cluster.pods()).map(({ metadata }) => metadata.name).join() === 'b',
  );
  t.same(cluster.errors, []);
});

const node = (name: string, zone: string, ready: boolean): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
});
const zone = (name: string, up: number, down: number) => [
  ...Array.from({ length: up }, (_, at) => node(`${name}-up-${at}`, name, true)),
  ...Array.from({ length: down }, (_, at) => node(`${name}-down-${at}`, name, false)),
];
t.test('zones decide how fast nodes are given up', async (t) => {
  const table: readonly (readonly [what: string, nodes: Node[], perSecond: number])[] = [
    ['one of three', zone('a', 2, 1), 0.1],
    ['most of a small zone', zone('a', 2, 3), 0],
    ['most of a large zone', zone('a', 20, 40), 0.01],
    ['a whole zone, another is well', [...zone('a', 0, 3), ...zone('b', 3, 0)], 0.1],
    ['everything: the control plane is cut off', [...zone('a', 0, 3), ...zone('b', 0, 3)], 0],
  ];
  for (const [what, nodes, perSecond] of table) t.equal(evictionsPerSecond('/a', nodes), perSecond, what);
  t.same([...zoneStates(zone('a', 2, 3))], [['/a', 'partial']]);
});

t.test('when a pod has to leave', async (t) => {
  const taint = { key: 'k', effect: 'NoExecute' };
  const at = (tolerations: object[]) => evictAtMs(pod('p', 'n', tolerations), [taint], () => 1_000);
  t.equal(at([]), 0);
  t.equal(at([{ key: 'k', operator: 'Exists' }]), undefined);
  t.equal(
    at([
      { key: 'k', operator: 'Exists', tolerationSeconds: 30 },
      { operator: 'Exists', tolerationSeconds: 10 },
    ]),
    11_000,
  );
});

import type { Pod } from '@kubelab/api';
import { createSimulation } from '@kubelab/world';
import t from 'tap';
import type { Plugin } from '../src/framework/contract.js';
import { createPodInfo } from '../src/framework/pod-info.js';
import type { ClusterEvent } from '../src/queue/cluster-event.js';
import { Heap } from '../src/queue/heap.js';
import { HintTable } from '../src/queue/hint-table.js';
import { SchedulingQueue } from '../src/queue/scheduling-queue.js';
import { asks, cluster, node, pod } from './support.js';

/** A queue of the default profile in virtual time. */
function setUp(more: readonly Plugin[] = []) {
  const simulation = createSimulation({ seed: 1 });
  const { profile } = cluster({ nodes: [] });
  const preEnqueue = [...profile.plugins.preEnqueue, ...more];
  const gated: string[] = [];
  const [sort] = profile.plugins.queueSort;
  const queue = new SchedulingQueue({
    world: simulation.world('scheduler'),
    compare: (x, y) => sort?.compare?.(x, y) ?? 0,
    profileOf: () => ({ preEnqueue, hints: new HintTable(profile) }),
    backoffInitialMs: 1_000,
    backoffMaxMs: 10_000,
    gated: ({ key }) => gated.push(key),
  });
  queue.start();
  const add = (one: Pod) => queue.add(createPodInfo(one));
  const refuse = (plugin?: string) => {
    const queued = queue.tryTake();
    if (queued === undefined) throw new Error('nothing to take');
    queue.unschedulable(queued, queued.info, new Set(plugin === undefined ? [] : [plugin]));
    return queued;
  };
  const at = (untilMs: number) => simulation.run({ untilMs });
  return { queue, add, refuse, at, gated };
}

const deleted: ClusterEvent = { kind: 'AssignedPod/Delete', pod: { before: pod('x', { on: 'a' }) } };
const added = (...shape: Parameters<typeof node>): ClusterEvent => ({
  kind: 'Node/Add',
  node: { after: node(...shape) },
});

t.test('the more important first, then the older', async (t) => {
  const { queue, add, at } = setUp();
  add(pod('a'));
  await at(1);
  add(pod('b', { priority: 10 }));
  add(pod('c', { priority: 10 }));
  const names = [1, 2, 3].map(() => queue.tryTake()?.info.pod.metadata.name);
  t.same(names, ['b', 'c', 'a']);
  t.equal(queue.tryTake(), undefined);
});

t.test('backoff is 1 s, 2 s, 4 s, 8 s, then 10 s', async (t) => {
  const { queue, add, refuse, at } = setUp();
  add(pod('p'));
  let nowMs = 0;
  for (const backoffMs of [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
    refuse();
    t.same(queue.sizes, { active: 0, backoff: 1, unschedulable: 0 });
    await at(nowMs + backoffMs - 1);
    t.equal(queue.sizes.active, 0, `not before ${backoffMs} ms`);
    nowMs += backoffMs;
    await at(nowMs);
    t.equal(queue.sizes.active, 1, `after ${backoffMs} ms`);
  }
});

t.test('an event within the backoff waits for its end, one after it does not', async (t) => {
  const { queue, add, refuse, at } = setUp();
  add(pod('p'));
  refuse('NodeResourcesFit');
  queue.event(deleted);
  t.same(queue.sizes, { active: 0, backoff: 1, unschedulable: 0 });
  await at(1_000);
  refuse('NodeResourcesFit');
  await at(5_000);
  queue.event(deleted);
  t.same(queue.sizes, { active: 1, backoff: 0, unschedulable: 0 });
});

t.test('what no event helps is tried again after five minutes', async (t) => {
  const { queue, add, refuse, at } = setUp();
  add(pod('p'));
  refuse('NodeResourcesFit');
  await at(299_000);
  t.equal(queue.sizes.unschedulable, 1);
  await at(330_000);
  t.equal(queue.sizes.active, 1);
});

t.test('events while a pod is being scheduled are not missed', async (t) => {
  const { queue, add } = setUp();
  add(pod('p'));
  const queued = queue.tryTake();
  if (queued === undefined) throw new Error('nothing to take');
  queue.event(deleted);
  queue.unschedulable(queued, queued.info, new Set(['NodeResourcesFit']));
  t.same(queue.sizes, { active: 0, backoff: 1, unschedulable: 0 });
});

t.test('a pod that is removed while it is scheduled does not come back', async (t) => {
  const { queue, add } = setUp();
  add(pod('p'));
  const queued = queue.tryTake();
  if (queued === undefined) throw new Error('nothing to take');
  queue.remove('default/p');
  queue.unschedulable(queued, queued.info, new Set());
  t.same(queue.sizes, { active: 0, backoff: 0, unschedulable: 0 });
});

t.test('gates keep a pod out until the last is gone', async (t) => {
  const { queue, add, gated } = setUp();
  const before = pod('p', { schedulingGates: [{ name: 'g' }] });
  add(before);
  t.same(gated, ['default/p']);
  t.equal(queue.tryTake(), undefined);
  queue.event(deleted);
  t.equal(queue.tryTake(), undefined);
  const after = pod('p');
  queue.update(createPodInfo(after), [{ kind: 'TargetPod/GatesEliminated', pod: { before, after } }]);
  t.equal(queue.tryTake()?.info.key, 'default/p');
});

t.test('activate goes around the backoff', async (t) => {
  const { queue, add, refuse } = setUp();
  add(pod('p'));
  refuse('NodeResourcesFit');
  queue.activate('default/p');
  t.equal(queue.sizes.active, 1);
});

t.test('take waits, and ends when the queue is closed', async (t) => {
  const { queue, add } = setUp();
  const first = queue.take();
  add(pod('p'));
  t.equal((await first)?.info.key, 'default/p');
  const second = queue.take();
  queue.close();
  t.equal(await second, undefined);
});

const update = (
  kind: 'Node/UpdateLabel' | 'Node/UpdateTaint' | 'Node/UpdateAllocatable',
  before: Parameters<typeof node>[1],
  after: Parameters<typeof node>[1],
): ClusterEvent => ({
  kind,
  node: { before: node('a', before), after: node('a', after) },
});
const antiWeb = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
      ],
    },
  },
};
const nearWeb = {
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'web' } } },
      ],
    },
  },
};
const spreadWeb = {
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'web' } },
    },
  ],
};
const web = (namespace = 'default') => pod('w', { on: 'a', labels: { app: 'web' }, namespace });
const taint = { taints: [{ key: 'k', effect: 'NoSchedule' }] };

const hints: readonly { plugin: string; wanted: Pod; event: ClusterEvent; title: string; helps: boolean }[] =
  [
    {
      plugin: 'NodeResourcesFit',
      wanted: pod('p', asks('2')),
      event: deleted,
      title: 'a pod goes',
      helps: true,
    },
    {
      plugin: 'NodeResourcesFit',
      wanted: pod('p', asks('2')),
      event: added('b'),
      title: 'a large node comes',
      helps: true,
    },
    {
      plugin: 'NodeResourcesFit',
      wanted: pod('p', asks('5')),
      event: added('b'),
      title: 'a small node comes',
      helps: false,
    },
    {
      plugin: 'NodeResourcesFit',
      wanted: pod('p', asks('2')),
      event: update('Node/UpdateAllocatable', { cpu: '1' }, { cpu: '3' }),
      title: 'a node grows',
      helps: true,
    },
    {
      plugin: 'NodeResourcesFit',
      wanted: pod('p', asks('2')),
      event: update('Node/UpdateLabel', {}, { labels: { x: '' } }),
      title: 'a label changes',
      helps: false,
    },
    {
      plugin: 'TaintToleration',
      wanted: pod('p'),
      event: update('Node/UpdateTaint', taint, {}),
      title: 'the taint goes',
      helps: true,
    },
    {
      plugin: 'TaintToleration',
      wanted: pod('p'),
      event: update('Node/UpdateTaint', {}, taint),
      title: 'a taint comes',
      helps: false,
    },
    { plugin: 'TaintToleration', wanted: pod('p'), event: deleted, title: 'a pod goes', helps: false },
    {
      plugin: 'NodeUnschedulable',
      wanted: pod('p'),
      event: update('Node/UpdateTaint', { unschedulable: true }, {}),
      title: 'uncordon',
      helps: true,
    },
    {
      plugin: 'NodeUnschedulable',
      wanted: pod('p'),
      event: added('b', { unschedulable: true }),
      title: 'a cordoned node comes',
      helps: false,
    },
    {
      plugin: 'NodeAffinity',
      wanted: pod('p', { nodeSelector: { x: 'y' } }),
      event: update('Node/UpdateLabel', {}, { labels: { x: 'y' } }),
      title: 'the label comes',
      helps: true,
    },
    {
      plugin: 'NodeAffinity',
      wanted: pod('p', { nodeSelector: { x: 'y' } }),
      event: update('Node/UpdateLabel', {}, { labels: { x: 'z' } }),
      title: 'another label comes',
      helps: false,
    },
    {
      plugin: 'NodeAffinity',
      wanted: pod('p', { nodeSelector: { x: 'y' } }),
      event: added('b'),
      title: 'a node without the label',
      helps: false,
    },
    {
      plugin: 'InterPodAffinity',
      wanted: pod('p', nearWeb),
      event: { kind: 'AssignedPod/Add', pod: { after: web() } },
      title: 'the friend comes',
      helps: true,
    },
    {
      plugin: 'InterPodAffinity',
      wanted: pod('p', nearWeb),
      event: { kind: 'AssignedPod/Add', pod: { after: web('other') } },
      title: 'one of another namespace comes',
      helps: false,
    },
    {
      plugin: 'InterPodAffinity',
      wanted: pod('p', antiWeb),
      event: { kind: 'AssignedPod/Delete', pod: { before: web() } },
      title: 'the foe goes',
      helps: true,
    },
    {
      plugin: 'InterPodAffinity',
      wanted: pod('p', antiWeb),
      event: deleted,
      title: 'somebody else goes',
      helps: false,
    },
    {
      plugin: 'InterPodAffinity',
      wanted: web(),
      event: { kind: 'AssignedPod/Delete', pod: { before: pod('x', { on: 'a', ...antiWeb }) } },
      title: 'one that objected goes',
      helps: true,
    },
    {
      plugin: 'PodTopologySpread',
      wanted: pod('p', spreadWeb),
      event: { kind: 'AssignedPod/Add', pod: { after: web() } },
      title: 'a pod it counts comes',
      helps: true,
    },
    {
      plugin: 'PodTopologySpread',
      wanted: pod('p', spreadWeb),
      event: deleted,
      title: 'a pod it does not count goes',
      helps: false,
    },
    {
      plugin: 'PodTopologySpread',
      wanted: pod('p', spreadWeb),
      event: added('b'),
      title: 'a domain comes',
      helps: true,
    },
    {
      plugin: 'NodePorts',
      wanted: pod('p', { containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort: 80 }] }] }),
      event: deleted,
      title: 'a pod without the port goes',
      helps: false,
    },
    {
      plugin: 'NodePorts',
      wanted: pod('p', { containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort: 80 }] }] }),
      event: {
        kind: 'AssignedPod/Delete',
        pod: {
          before: pod('x', {
            on: 'a',
            containers: [{ name: 'c', ports: [{ containerPort: 1, hostPort: 80 }] }],
          }),
        },
      },
      title: 'the pod with the port goes',
      helps: true,
    },
    {
      plugin: 'VolumeBinding',
      wanted: pod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }),
      event: {
        kind: 'PersistentVolumeClaim/Change',
        object: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data', namespace: 'default' },
        },
      },
      title: 'its claim changes',
      helps: true,
    },
    {
      plugin: 'VolumeBinding',
      wanted: pod('p', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] }),
      event: {
        kind: 'PersistentVolumeClaim/Change',
        object: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'other', namespace: 'default' },
        },
      },
      title: 'another claim changes',
      helps: false,
    },
  ];

for (const { plugin, wanted, event, title, helps } of hints) {
  t.test(`hint of ${plugin}: ${title}: ${helps ? 'try again' : 'wait on'}`, async (t) => {
    const { queue, add, refuse } = setUp();
    add(wanted);
    refuse(plugin);
    queue.event(event);
    t.equal(queue.sizes.backoff, helps ? 1 : 0);
  });
}

t.test('the heap gives the least, equals in their order, and lets go of any', async (t) => {
  const heap = new Heap<number>((x, y) => x - y);
  for (const [key, value] of [
    ['a', 3],
    ['b', 1],
    ['c', 2],
    ['d', 1],
    ['e', 0],
  ] as const)
    heap.put(key, value);
  t.equal(heap.remove('e'), 0);
  heap.put('a', 0);
  t.equal(heap.remove('nobody'), undefined);
  t.same([heap.take(), heap.take(), heap.take(), heap.take(), heap.take()], [0, 1, 1, 2, undefined]);
});

import type { Pod } from '@kubelab/api';
import { silentTelemetry } from '@kubelab/telemetry';
import { createSimulation } from '@kubelab/world';
import t from 'tap';
import {
  type Candidate,
  candidatesOf,
  EvictionManager,
  evictionMessage,
  parseThresholds,
  rankForMemory,
} from '../src/node/eviction.js';

const mebi = 2 ** 20;

function candidate(
  name: string,
  usedMebi: number,
  more: { readonly request?: string; readonly priority?: number; readonly isStatic?: boolean } = {},
): Candidate {
  const { request, priority, isStatic } = more;
  const annotations: Record<string, string> =
    isStatic === true ? { 'kubernetes.io/config.source': 'file' } : {};
  const resources = request === undefined ? {} : { resources: { requests: { memory: request } } };
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, annotations },
    spec: { containers: [{ name: 'main', ...resources }], ...(priority === undefined ? {} : { priority }) },
    status: { phase: 'Running' },
  };
  const container = { id: name, name: 'main', image: '', startedAtMs: 0, processes: 1 };
  const use = { ...container, cpuNanoSeconds: 0, cpuNanoCores: 0, memoryBytes: usedMebi * mebi };
  return { pod, use: { namespace: 'default', name, uid: name, startedAtMs: 0, containers: [use] } };
}

t.test('thresholds are read, and what is none is refused', async (t) => {
  t.same(parseThresholds('memory.available<100Mi,nodefs.available<1Gi'), [
    { signal: 'memory.available', bytes: 100 * mebi, text: '100Mi' },
    { signal: 'nodefs.available', bytes: 1024 * mebi, text: '1Gi' },
  ]);
  t.same(parseThresholds(''), []);
  for (const text of ['memory<1', 'memory.available', 'memory.available<10%', 'memory.available<x'])
    t.throws(() => parseThresholds(text), Error, text);
});

t.test('who goes first: above its request, then priority, then by how much', async (t) => {
  const all = [
    candidate('within', 500, { request: '1Gi' }),
    candidate('little-above', 20, { request: '10Mi' }),
    candidate('far-above', 200, { request: '10Mi' }),
    candidate('important', 300, { priority: 1_000 }),
    candidate('critical', 900, { priority: 2_000_000_000 }),
    candidate('static', 900, { isStatic: true }),
  ];
  t.same(
    rankForMemory(all).map(({ pod }) => pod.metadata.name),
    ['far-above', 'little-above', 'important', 'within'],
  );
});

t.test('why, in words', async (t) => {
  const [threshold] = parseThresholds('memory.available<100Mi');
  t.ok(threshold);
  if (threshold === undefined) return;
  t.equal(
    evictionMessage(threshold, 50 * mebi, candidate('web', 20, { request: '10Mi' })),
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 51200Ki. ' +
      'Container main was using 20480Ki, request is 10Mi, has larger consumption of memory. ',
  );
});

t.test('one pod at a look, until there is enough again', async (t) => {
  const simulation = createSimulation({ seed: 1 });
  const world = simulation.world('node-1');
  const { log } = silentTelemetry(world, 'kubelet', 'node-1');
  const running = [candidate('a', 10), candidate('b', 60), candidate('c', 30)];
  const evicted: string[] = [];
  const manager = new EvictionManager({
    world,
    log,
    thresholds: parseThresholds('nodefs.available<1Mi,memory.available<100Mi'),
    available: async (signal) =>
      signal === 'memory.available' ? (evicted.length < 2 ? 0 : 200 * mebi) : undefined,
    candidates: async () => running.filter(({ pod }) => !evicted.includes(pod.metadata.name)),
    evict: (pod) => void evicted.push(pod.metadata.name),
  });
  manager.start();
  await simulation.run({ untilMs: 15_000 });
  t.same(evicted, ['b']);
  await simulation.run({ untilMs: 60_000 });
  t.same(evicted, ['b', 'c']);
  manager.stop();
});

t.test('what is over or on its way out is no candidate', async (t) => {
  const one = candidate('a', 1);
  const of = (pod: Pod) => candidatesOf([pod], [one.use]).length;
  t.equal(of(one.pod), 1);
  t.equal(of({ ...one.pod, status: { phase: 'Succeeded' } }), 0);
  t.equal(
    of({ ...one.pod, metadata: { ...one.pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }),
    0,
  );
  t.equal(of({ ...one.pod, metadata: { ...one.pod.metadata, uid: 'other' } }), 0);
});

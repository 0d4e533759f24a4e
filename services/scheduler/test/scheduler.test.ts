import type { Pod } from '@kubelab/api';
import { Client } from '@kubelab/client';
import { silentTelemetry } from '@kubelab/telemetry';
import { createSimulation } from '@kubelab/world';
import t, { type Test } from 'tap';
import { parseConfiguration } from '../src/config/configuration.js';
import { MemoryApi } from '../src/memory-api.js';
import { Scheduler } from '../src/scheduler.js';
import { asks, node, pod } from './support.js';

const defaults = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';

/** A whole scheduler over an apiserver's stand-in, in virtual time. */
async function setUp(t: Test, config = defaults) {
  const simulation = createSimulation({ seed: 7 });
  const world = simulation.world('scheduler-0');
  const api = new MemoryApi();
  const { log } = silentTelemetry(world, 'scheduler', 'scheduler-0');
  const scheduler = new Scheduler({
    world,
    log,
    client: new Client(api),
    configuration: parseConfiguration(config),
  });
  const stop = new AbortController();
  let nowMs = 0;
  const run = async (forMs: number) => {
    nowMs += forMs;
    await simulation.run({ untilMs: nowMs });
  };
  scheduler.start();
  const leading = scheduler.lead(stop.signal);
  await run(100);
  t.teardown(async () => {
    stop.abort();
    scheduler.stop();
    await run(100);
    await leading;
  });
  const on = (name: string) => (api.get('pods', `default/${name}`) as Pod | undefined)?.spec?.nodeName;
  const condition = (name: string) =>
    (api.get('pods', `default/${name}`) as Pod | undefined)?.status?.conditions?.find(
      ({ type }) => type === 'PodScheduled',
    );
  const put = (one: Pod) => api.put('pods', one);
  return { api, scheduler, run, on, condition, put };
}

t.test('pods are spread over nodes, each told of by an event', async (t) => {
  const { api, run, on, put } = await setUp(t);
  for (const name of ['a', 'b']) api.put('nodes', node(name));
  for (const name of ['p', 'q']) put(pod(name, asks('1', '1Gi')));
  await run(1_000);
  t.same([on('p'), on('q')].sort(), ['a', 'b']);
  t.match(
    api.events.find(({ name }) => name === 'p'),
    { reason: 'Scheduled', message: `Successfully assigned default/p to ${on('p')}` },
  );
});

t.test('what fits nowhere waits with condition and event until a node comes', async (t) => {
  const { api, run, on, condition, put } = await setUp(t);
  put(pod('p', asks('2')));
  await run(500);
  t.match(condition('p'), {
    status: 'False',
    reason: 'Unschedulable',
    message: 'no nodes available to schedule pods',
  });
  api.put('nodes', node('small', { cpu: '1' }));
  await run(5_000);
  const message =
    '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
  t.match(condition('p'), { reason: 'Unschedulable', message });
  t.match(api.events.at(-1), { reason: 'FailedScheduling', message });
  api.put('nodes', node('large'));
  await run(5_000);
  t.equal(on('p'), 'large');
});

t.test('a burst never takes a node for more than it has, though the watch is behind', async (t) => {
  const { api, run, on, put } = await setUp(t);
  for (const name of ['a', 'b', 'c']) api.put('nodes', node(name));
  const names = Array.from({ length: 20 }, (_, at) => `p${at}`);
  for (const name of names) put(pod(name, asks('1')));
  await run(2_000);
  const used = new Map<string, number>();
  for (const name of names) {
    const where = on(name);
    if (where !== undefined) used.set(where, (used.get(where) ?? 0) + 1);
  }
  t.same([...used.values()], [4, 4, 4]);
});

t.test('a binding that is refused gives the place back, and is tried again', async (t) => {
  const { api, run, on, condition, put } = await setUp(t);
  api.put('nodes', node('a'));
  api.refuse = (_method, path) => (path.endsWith('/binding') ? 500 : undefined);
  put(pod('p', asks('4')));
  await run(500);
  t.equal(on('p'), undefined);
  t.match(condition('p'), { status: 'False', reason: 'SchedulerError', message: /refused/ });
  api.refuse = undefined;
  await run(3_000);
  t.equal(on('p'), 'a');
});

t.test('a pod that goes makes room', async (t) => {
  const { api, run, on, put } = await setUp(t);
  api.put('nodes', node('a'));
  put(pod('x', { on: 'a', ...asks('4') }));
  put(pod('p', asks('4')));
  await run(500);
  t.equal(on('p'), undefined);
  api.remove('pods', 'default/x');
  await run(2_000);
  t.equal(on('p'), 'a');
});

t.test('a pod that ends makes room too', async (t) => {
  const { api, run, on, put } = await setUp(t);
  api.put('nodes', node('a'));
  const job = pod('x', { on: 'a', ...asks('4') });
  put(job);
  put(pod('p', asks('4')));
  await run(500);
  put({ ...job, status: { phase: 'Succeeded' } });
  await run(2_000);
  t.equal(on('p'), 'a');
});

t.test('gates hold a pod back; without them it is scheduled', async (t) => {
  const { api, run, on, condition, put, scheduler } = await setUp(t);
  api.put('nodes', node('a'));
  put(pod('p', { schedulingGates: [{ name: 'g' }] }));
  await run(1_000);
  t.match(condition('p'), {
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  });
  t.match(scheduler.decisions('default/p'), [{ refused: [{ plugin: 'SchedulingGates' }] }]);
  put(pod('p'));
  await run(1_000);
  t.equal(on('p'), 'a');
});

t.test(
  'preemption: victims are marked, deleted and told; the pod takes the place it was promised',
  async (t) => {
    const { api, run, on, put } = await setUp(t);
    api.put('nodes', node('a'));
    put(pod('low', { on: 'a', priority: 0, ...asks('4') }));
    await run(100);
    put(pod('high', { priority: 10, ...asks('4') }));
    await run(50);
    t.equal(api.get('pods', 'default/low'), undefined);
    t.match(
      api.events.find(({ reason }) => reason === 'Preempted'),
      { name: 'low', message: 'Preempted by pod uid-default-high on node a' },
    );
    await run(3_000);
    t.equal(on('high'), 'a');
  },
);

t.test('profiles: each schedules its own pods by its own plugins', async (t) => {
  const config = `${defaults}profiles:
  - {}
  - schedulerName: packer
    pluginConfig: [{ name: NodeResourcesFit, args: { scoringStrategy: { type: MostAllocated } } }]
    plugins: { score: { disabled: [{ name: '*' }], enabled: [{ name: NodeResourcesFit }] } }`;
  const { api, run, on, put } = await setUp(t, config);
  for (const name of ['a', 'b']) api.put('nodes', node(name));
  put(pod('x', { on: 'a', ...asks('1') }));
  put(pod('spread', asks('1')));
  await run(500);
  t.equal(on('spread'), 'b');
  put(pod('packed', { schedulerName: 'packer', ...asks('1') }));
  put(pod('stranger', { schedulerName: 'somebody-else' }));
  api.remove('pods', 'default/spread');
  await run(500);
  t.equal(on('packed'), 'a');
  t.equal(on('stranger'), undefined);
});

t.test('decisions are remembered; a question changes nothing', async (t) => {
  const { api, run, scheduler, put } = await setUp(t);
  api.put('nodes', node('a'));
  api.put('nodes', node('b', { unschedulable: true }));
  await run(100);
  put(pod('p', asks('1')));
  await run(500);
  t.match(scheduler.decisions('default/p'), [
    {
      outcome: 'scheduled',
      node: 'a',
      feasible: 1,
      refused: [{ plugin: 'NodeUnschedulable', reasons: ['node(s) were unschedulable'], nodes: ['b'] }],
    },
  ]);
  const before = api.writes.size;
  t.match(scheduler.whatIf(pod('q', asks('9'))), {
    outcome: 'unschedulable',
    message: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.',
  });
  t.match(scheduler.whatIf(pod('q', asks('1'))), { outcome: 'scheduled', node: 'a' });
  await run(500);
  t.equal(api.writes.size, before);
  t.same(scheduler.decisions('default/q'), []);
});

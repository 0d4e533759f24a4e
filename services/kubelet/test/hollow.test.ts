import type { Node, Pod } from '@kubelab/api';
import { Client, EventRecorder } from '@kubelab/client';
import { silentTelemetry } from '@kubelab/telemetry';
import { createSimulation, type Simulation, type World } from '@kubelab/world';
import t from 'tap';
import { boundedTransport } from '../src/hollow/bounded-transport.js';
import { HollowNodes, hollowNodeSpecs } from '../src/hollow/hollow-nodes.js';
import { HollowPods } from '../src/hollow/hollow-pods.js';
import { TimingWheel } from '../src/hollow/timing-wheel.js';
import { Backoff } from '../src/pod/backoff.js';
import { lifeOf, parseDuration } from '../src/runtime/hollow/life.js';
import { MemoryApi } from './memory-api.js';

const minute = 60_000;
const podPath = (name: string) => `/api/v1/namespaces/default/pods/${name}`;

interface Fleet {
  readonly simulation: Simulation;
  readonly world: World;
  readonly api: MemoryApi;
  readonly nodes: HollowNodes;
  pod(name: string): Pod | undefined;
  add(name: string, more?: { annotations?: Record<string, string>; node?: number; spec?: object }): void;
  /** Lets so much time go by. */
  pass(ms: number): Promise<void>;
  stop(): void;
}

function fleet(count: number, options: { readonly on?: Fleet; readonly startDelayMs?: number } = {}): Fleet {
  const simulation = options.on?.simulation ?? createSimulation({ seed: 1 });
  const world = options.on?.world ?? simulation.world('hollow');
  const api = options.on?.api ?? new MemoryApi(() => new Date(world.clock.nowMs()).toISOString());
  const { log } = silentTelemetry(world, 'kubelet', 'hollow');
  const client = new Client(api);
  const wheel = new TimingWheel(world);
  const shared = { world, log, client, wheel, nodes: hollowNodeSpecs(count) };
  const events = new EventRecorder({ world, log, client, component: 'kubelet' });
  const pods = new HollowPods({
    ...shared,
    events,
    backoff: new Backoff(10_000),
    nodeIp: '127.0.0.1',
    startDelayMs: options.startDelayMs ?? 0,
  });
  const nodes = new HollowNodes({
    ...shared,
    address: { host: '127.0.0.1', port: 10_250 },
    capacity: { cpu: '32', memory: '256Gi', pods: '110' },
    tainted: false,
  });
  pods.start();
  nodes.start();
  return {
    simulation,
    world,
    api,
    nodes,
    pod: (name) => api.get<Pod>(podPath(name)),
    add: (name, { annotations = {}, node = 0, spec = {} } = {}) => {
      const creationTimestamp = new Date(world.clock.nowMs()).toISOString();
      const metadata = { name, namespace: 'default', uid: `uid-${name}`, annotations, creationTimestamp };
      const containers = [{ name: 'main', image: 'web', livenessProbe: { tcpSocket: { port: 80 } } }];
      const value = { apiVersion: 'v1', kind: 'Pod', metadata };
      api.put(podPath(name), { ...value, spec: { nodeName: `hollow-${node}`, containers, ...spec } });
    },
    pass: async (ms) => {
      simulation.schedule(ms, () => {}); // Time goes by also when nothing is to happen.
      await simulation.run({ untilMs: simulation.nowMs + ms });
    },
    stop: () => {
      pods.stop();
      nodes.stop();
      wheel.stop();
      events.stop();
    },
  };
}

const main = (pod: Pod | undefined) => pod?.status?.containerStatuses?.[0];
const readyOf = (pod: Pod | undefined) =>
  pod?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;

t.test('durations, and the life that annotations tell of', async (t) => {
  const durations = { '250ms': 250, '1m30s': 90_000, '1.5s': 1_500, '0': 0, '1h': 3_600_000 };
  for (const [text, ms] of Object.entries(durations)) t.equal(parseDuration(text), ms, text);
  for (const text of ['', '5', 's', '5s x', '-1s']) t.equal(parseDuration(text), undefined, text);
  const forever = { runMs: Number.POSITIVE_INFINITY, exitCode: 0, readyMs: 0, stopMs: 0 };
  t.match(lifeOf({}, 'main', 0), forever);
  const annotations = {
    'hollow.kubelab.dev/run-duration': '5s',
    'other.hollow.kubelab.dev/run-duration': '7s',
    'hollow.kubelab.dev/failures': '2',
  };
  t.match(lifeOf(annotations, 'main', 0), { runMs: 5_000, exitCode: 1 });
  t.match(lifeOf(annotations, 'other', 1), { runMs: 7_000, exitCode: 1 });
  t.match(lifeOf(annotations, 'main', 2), { runMs: 5_000, exitCode: 0 });
});

t.test('the wheel runs what is due in order, once, and has no timer when nothing is', async (t) => {
  const simulation = createSimulation({ seed: 1 });
  const wheel = new TimingWheel(simulation.world('wheel'));
  const ran: string[] = [];
  const note = (name: string) => () => void ran.push(`${name}@${simulation.nowMs}`);
  wheel.schedule(1_000, note('b'));
  wheel.schedule(250, note('a'));
  wheel.schedule(500, note('cancelled')).cancel();
  await simulation.run({ untilMs: 5_000 });
  t.same(ran, ['a@300', 'b@1000']);
  const { events } = simulation;
  await simulation.run({ untilMs: 100_000 });
  t.equal(simulation.events, events, 'an empty wheel does not turn');
  wheel.schedule(100, note('late'));
  await simulation.run({ untilMs: simulation.nowMs + 1_000 });
  t.equal(ran.length, 3);
});

t.test('nodes are registered, and their leases are spread over the period', async (t) => {
  const all = fleet(200);
  await all.pass(minute);
  t.ok(all.nodes.registered);
  t.equal(all.api.list('nodes').length, 200);
  const [first] = all.api.list('leases');
  t.ok(first);
  const before = all.api.writes.length;
  const perSecond: number[] = [];
  for (let second = 0; second < 20; second += 1) {
    const from = all.api.writes.length;
    await all.pass(1_000);
    perSecond.push(all.api.writes.length - from);
  }
  const total = all.api.writes.length - before;
  t.ok(total >= 390 && total <= 410, `one lease each 10 s: ${total} in 20 s`);
  t.ok(Math.max(...perSecond) < 60, `no second has many more than its 20: ${perSecond.join(' ')}`);
  all.stop();
});

t.test('a node that was told to fall silent does, and comes back', async (t) => {
  const all = fleet(2);
  await all.pass(minute);
  const path = '/api/v1/nodes/hollow-1';
  const leasesOf = (name: string) => all.api.writes.filter((line) => line.endsWith(`/leases/${name}`)).length;
  const node = all.api.get<Node>(path);
  t.ok(node);
  const annotate = (annotations: object) =>
    all.api.put(path, { ...all.api.get<Node>(path), metadata: { ...node?.metadata, annotations } });
  annotate({ 'hollow.kubelab.dev/heartbeat': 'stop' });
  await all.pass(20_000);
  const [silent, other] = [leasesOf('hollow-1'), leasesOf('hollow-0')];
  await all.pass(minute);
  t.equal(leasesOf('hollow-1'), silent);
  t.equal(leasesOf('hollow-0'), other + 6);
  const unknown = [{ type: 'Ready', status: 'Unknown' }];
  all.api.put(path, { ...all.api.get<Node>(path), status: { conditions: unknown } });
  annotate({});
  await all.pass(20_000);
  t.ok(leasesOf('hollow-1') > silent);
  const conditions = all.api.get<Node>(path)?.status?.conditions ?? [];
  t.match(
    conditions.find(({ type }) => type === 'Ready'),
    { status: 'True' },
  );
  all.stop();
});

t.test('a pod runs with an address of its node, in one write; deleted, it goes', async (t) => {
  const all = fleet(3);
  all.add('web', { node: 2 });
  await all.pass(1_000);
  t.match(all.pod('web')?.status, { phase: 'Running', podIP: /^10\.128\.2\.\d+$/, hostIP: '127.0.0.1' });
  t.equal(readyOf(all.pod('web')), 'True', 'probes of what has no process do not hold it up');
  t.equal(all.api.writes.filter((line) => line === `PATCH ${podPath('web')}/status`).length, 1);
  all.api.remove(podPath('web'));
  await all.pass(1_000);
  t.equal(all.pod('web'), undefined);
  all.stop();
});

t.test('delays: start, readiness, stop', async (t) => {
  const all = fleet(1, { startDelayMs: 2_000 });
  const hollow = (key: string, value: string) => ({ [`hollow.kubelab.dev/${key}`]: value });
  all.add('default');
  all.add('slow', { annotations: { ...hollow('start-delay', '10s'), ...hollow('ready-delay', '5s') } });
  all.add('lingers', { annotations: { ...hollow('start-delay', '0'), ...hollow('stop-delay', '8s') } });
  await all.pass(1_500);
  t.equal(all.pod('lingers')?.status?.phase, 'Running');
  t.equal(all.pod('default')?.status, undefined);
  await all.pass(1_000);
  t.equal(all.pod('default')?.status?.phase, 'Running');
  await all.pass(9_000);
  t.equal(all.pod('slow')?.status?.phase, 'Running');
  t.equal(readyOf(all.pod('slow')), 'False');
  await all.pass(7_000);
  t.equal(readyOf(all.pod('slow')), 'True');
  all.api.remove(podPath('lingers'));
  await all.pass(7_000);
  t.ok(all.pod('lingers'));
  await all.pass(2_000);
  t.notOk(all.pod('lingers'));
  all.stop();
});

t.test('what ends by itself: jobs, failures that end, back-off with its times', async (t) => {
  const all = fleet(1);
  all.add('job', { spec: { restartPolicy: 'Never' } });
  const failing = { 'hollow.kubelab.dev/exit-code': '3' };
  all.add('bad', { spec: { restartPolicy: 'Never' }, annotations: failing });
  all.add('twice', { annotations: { 'hollow.kubelab.dev/failures': '3' } });
  const init = [{ name: 'setup', image: 'busybox' }];
  all.add('initialized', { spec: { initContainers: init } });
  await all.pass(500);
  t.equal(all.pod('initialized')?.status?.phase, 'Pending');
  await all.pass(3_500);
  t.equal(all.pod('job')?.status?.phase, 'Succeeded');
  t.match(all.pod('bad')?.status, {
    phase: 'Failed',
    containerStatuses: [{ state: { terminated: { exitCode: 3, reason: 'Error' } } }],
  });
  t.equal(all.pod('initialized')?.status?.phase, 'Running');
  // First restart at once, then after 10 s and 20 s, as Kubernetes does.
  const restarts = () => main(all.pod('twice'))?.restartCount;
  t.equal(restarts(), 1);
  t.match(main(all.pod('twice'))?.state, { waiting: { reason: 'CrashLoopBackOff' } });
  await all.pass(9_000);
  t.equal(restarts(), 2);
  await all.pass(15_000);
  t.equal(restarts(), 2);
  await all.pass(8_000);
  t.equal(restarts(), 3);
  await all.pass(10 * minute);
  t.match(main(all.pod('twice')), { restartCount: 3, ready: true });
  all.stop();
});

t.test('an image of a registry that cannot be is not pulled', async (t) => {
  const all = fleet(1);
  all.add('bad', { spec: { containers: [{ name: 'main', image: 'registry.invalid/web:1' }] } });
  await all.pass(3_000);
  t.match(main(all.pod('bad'))?.state?.waiting?.reason, /^(ErrImagePull|ImagePullBackOff)$/);
  all.stop();
});

t.test('a hollow kubelet that starts anew takes up what ran: addresses, runs, restarts', async (t) => {
  const first = fleet(2);
  first.add('web');
  first.add('ends', { annotations: { 'hollow.kubelab.dev/run-duration': '60s' } });
  await first.pass(5_000);
  const before = first.pod('web')?.status;
  first.stop();
  await first.pass(10_000);
  const second = fleet(2, { on: first });
  second.add('new');
  await second.pass(5_000);
  t.same(second.pod('web')?.status, before);
  t.not(second.pod('new')?.status?.podIP, before?.podIP, 'a taken address is not given again');
  await second.pass(35_000);
  t.equal(main(second.pod('ends'))?.restartCount, 0);
  await second.pass(10_000);
  t.equal(main(second.pod('ends'))?.restartCount, 1, 'its minute counts from its own start');
  second.stop();
});

t.test('500 nodes and 2,000 pods: all run, and writes are few', async (t) => {
  const all = fleet(500);
  await all.pass(20_000);
  const before = all.api.writes.length;
  for (let index = 0; index < 2_000; index += 1) all.add(`pod-${index}`, { node: index % 500 });
  await all.pass(5_000);
  const pods = Array.from({ length: 2_000 }, (_, index) => all.pod(`pod-${index}`)?.status);
  t.equal(pods.filter((status) => status?.phase === 'Running').length, 2_000);
  const statuses = all.api.writes.slice(before).filter((line) => line.endsWith('/status')).length;
  t.equal(statuses, 2_000, 'one write each');
  t.equal(new Set(pods.map((status) => status?.podIP)).size, 2_000);
  all.stop();
});

t.test('a bounded transport lets so many through at a time, in order, also after failures', async (t) => {
  const open: (() => void)[] = [];
  const begun: string[] = [];
  let failing = false;
  const transport = boundedTransport(
    {
      request: async ({ path }) => {
        begun.push(path);
        await new Promise<void>((resolve) => open.push(resolve));
        if (failing) throw new Error('broke');
        return { code: 200, headers: {}, body: new Uint8Array() };
      },
      stream: () => Promise.reject(new Error('none')),
      close: async () => {},
    },
    2,
  );
  const calls = ['a', 'b', 'c', 'd'].map((path) =>
    transport.request({ method: 'GET', path }).catch(() => 'failed'),
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  t.same(begun, ['a', 'b']);
  failing = true;
  open[0]?.();
  await turn();
  t.same(begun, ['a', 'b', 'c']);
  failing = false;
  for (let index = 1; index < 4; index += 1) {
    open[index]?.();
    await turn();
  }
  t.equal(await calls[0], 'failed');
  await Promise.all(calls);
  t.same(begun, ['a', 'b', 'c', 'd']);
});

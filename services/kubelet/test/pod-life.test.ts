import type { Pod } from '@kubelab/api';
import t from 'tap';
import { healthRequest, healthStatus } from '../src/probes/grpc-message.js';
import { virtualKubelet } from './virtual-kubelet.js';

/** The kubelet's rules about one pod, in virtual time: what was started, ended and told, and when. */
const hollow = (key: string, value: string, container?: string) => ({
  [`${container === undefined ? '' : `${container}.`}hollow.kubelab.dev/${key}`]: value,
});
const bad = { exitCode: 1, output: 'no', timedOut: false };
const main = (pod: Pod | undefined) => pod?.status?.containerStatuses?.[0];
const conditionOf = (pod: Pod | undefined, type: string) =>
  pod?.status?.conditions?.find((one) => one.type === type);
const container = (more: object = {}) => ({ name: 'main', image: 'web', ...more });
const exec = (command: string) => ({ exec: { command: [command] } });

t.test('init containers one after another; sidecars between them stay; then the rest', async (t) => {
  const kubelet = virtualKubelet();
  const initContainers = [
    { name: 'one', image: 'x' },
    { name: 'side', image: 'x', restartPolicy: 'Always', startupProbe: { ...exec('up'), periodSeconds: 2 } },
    { name: 'two', image: 'x' },
  ];
  let ups = 0;
  kubelet.runtime.commands.set('up', () => {
    ups += 1;
    return ups > 1 ? { exitCode: 0, output: '', timedOut: false } : bad;
  });
  const ends = { ...hollow('run-duration', '2s', 'one'), ...hollow('run-duration', '3s', 'two') };
  kubelet.add('web', { initContainers }, ends);
  await kubelet.pass(1_000);
  t.match(conditionOf(kubelet.pod('web'), 'Initialized'), {
    status: 'False',
    message: 'containers with incomplete status: [one side two]',
  });
  await kubelet.pass(20_000);
  const starts = kubelet.runtime.calls.filter((line) => line.includes(' start '));
  t.same(
    starts.map((line) => line.split(' ')[2]),
    ['one_0', 'side_0', 'two_0', 'main_0'],
  );
  const at = (name: string) => Number(starts.find((line) => line.includes(name))?.split(' ')[0]);
  t.ok(at('side') - at('one') >= 2_000);
  t.ok(at('two') - at('side') >= 2_000, 'a sidecar is started by its startup probe');
  t.ok(at('main') - at('two') >= 3_000);
  t.equal(kubelet.pod('web')?.status?.phase, 'Running');
  kubelet.stop();
});

t.test('an init container that fails: again with back-off, or with Never the pod fails', async (t) => {
  const kubelet = virtualKubelet();
  const initContainers = [{ name: 'setup', image: 'x' }];
  const fails = { ...hollow('run-duration', '1s', 'setup'), ...hollow('exit-code', '1', 'setup') };
  kubelet.add('again', { initContainers }, fails);
  kubelet.add('never', { initContainers, restartPolicy: 'Never' }, fails);
  await kubelet.pass(20_000);
  t.equal(kubelet.pod('never')?.status?.phase, 'Failed');
  t.match(kubelet.pod('again')?.status, {
    phase: 'Pending',
    initContainerStatuses: [{ restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
  });
  t.notOk(kubelet.runtime.calls.some((line) => line.includes('start main')));
  kubelet.stop();
});

t.test('restart policies by how a container ended', async (t) => {
  const cases = [
    ['Always', '0', 'Running', 1],
    ['Always', '1', 'Running', 1],
    ['OnFailure', '0', 'Succeeded', 0],
    ['OnFailure', '1', 'Running', 1],
    ['Never', '0', 'Succeeded', 0],
    ['Never', '1', 'Failed', 0],
  ] as const;
  for (const [restartPolicy, code, phase, restartCount] of cases) {
    const kubelet = virtualKubelet();
    kubelet.add('p', { restartPolicy }, { ...hollow('run-duration', '2s'), ...hollow('exit-code', code) });
    await kubelet.pass(3_000);
    const name = `${restartPolicy}, exit code ${code}`;
    t.equal(kubelet.pod('p')?.status?.phase, phase, name);
    t.equal(main(kubelet.pod('p'))?.restartCount, restartCount, name);
    kubelet.stop();
  }
});

t.test('sidecars end after the containers, the last first; within one grace', async (t) => {
  const kubelet = virtualKubelet();
  const initContainers = ['a', 'b'].map((name) => ({ name, image: 'x', restartPolicy: 'Always' }));
  const slow = { ...hollow('stop-delay', '4s', 'main'), ...hollow('stop-delay', '3s', 'b') };
  kubelet.add('web', { initContainers }, slow);
  await kubelet.pass(2_000);
  kubelet.runtime.calls.length = 0;
  const fromMs = kubelet.simulation.nowMs;
  kubelet.remove('web', 10);
  await kubelet.pass(20_000);
  t.notOk(kubelet.pod('web'));
  const stops = kubelet.runtime.calls
    .filter((line) => line.includes(' stop '))
    .map((line) => line.split(' '))
    .map(([ms, , name, grace]) => [
      name,
      Math.round((Number(ms) - fromMs) / 1000),
      Math.round(Number(grace) / 1000),
    ]);
  t.same(stops, [
    ['main_0', 0, 10],
    ['b_0', 4, 6],
    ['a_0', 7, 3],
  ]);
  kubelet.stop();
});

t.test('a job with a sidecar is done when its container is', async (t) => {
  const kubelet = virtualKubelet();
  const initContainers = [{ name: 'side', image: 'x', restartPolicy: 'Always' }];
  kubelet.add('job', { initContainers, restartPolicy: 'Never' }, hollow('run-duration', '2s', 'main'));
  await kubelet.pass(5_000);
  t.equal(kubelet.pod('job')?.status?.phase, 'Succeeded');
  t.match(kubelet.pod('job')?.status?.initContainerStatuses, [
    { restartCount: 0, state: { terminated: {} } },
  ]);
  await kubelet.pass(30_000);
  t.equal(kubelet.runtime.calls.filter((line) => line.includes('start side')).length, 1);
  kubelet.stop();
});

t.test('probes: thresholds, one after the startup probe, an end with a grace of its own', async (t) => {
  const kubelet = virtualKubelet();
  let live = true;
  let ready = false;
  kubelet.runtime.commands.set('live', () => (live ? { ...bad, exitCode: 0 } : bad));
  kubelet.runtime.commands.set('ready', () => (ready ? { ...bad, exitCode: 0 } : bad));
  const livenessProbe = {
    ...exec('live'),
    periodSeconds: 5,
    failureThreshold: 2,
    terminationGracePeriodSeconds: 7,
  };
  const readinessProbe = { ...exec('ready'), periodSeconds: 2, successThreshold: 2 };
  kubelet.add('web', { containers: [container({ livenessProbe, readinessProbe })] });
  await kubelet.pass(10_000);
  t.match(conditionOf(kubelet.pod('web'), 'Ready'), { status: 'False', reason: 'ContainersNotReady' });
  ready = true;
  await kubelet.pass(6_000);
  t.equal(conditionOf(kubelet.pod('web'), 'Ready')?.status, 'True');
  live = false;
  await kubelet.pass(5_500);
  t.equal(main(kubelet.pod('web'))?.restartCount, 0, 'one failure is not two');
  await kubelet.pass(6_000);
  t.equal(main(kubelet.pod('web'))?.restartCount, 1);
  t.ok(kubelet.runtime.calls.some((line) => line.endsWith('stop main_0 7000')));
  const events = kubelet.events();
  t.ok(events.includes('Unhealthy: Liveness probe failed: no'));
  t.ok(events.includes('Killing: Container main failed liveness probe, will be restarted'));
  kubelet.stop();
});

t.test('a pod is Ready when its gates say so, too', async (t) => {
  const kubelet = virtualKubelet();
  kubelet.add('web', { readinessGates: [{ conditionType: 'example.com/lb' }] });
  await kubelet.pass(1_000);
  t.equal(conditionOf(kubelet.pod('web'), 'ContainersReady')?.status, 'True');
  t.match(conditionOf(kubelet.pod('web'), 'Ready'), {
    status: 'False',
    reason: 'ReadinessGatesNotReady',
    message: 'corresponding condition of pod readiness gate "example.com/lb" does not exist.',
  });
  const pod = kubelet.pod('web');
  const conditions = [...(pod?.status?.conditions ?? []), { type: 'example.com/lb', status: 'True' }];
  kubelet.api.put('/api/v1/namespaces/default/pods/web', { ...pod, status: { ...pod?.status, conditions } });
  await kubelet.pass(1_000);
  t.equal(conditionOf(kubelet.pod('web'), 'Ready')?.status, 'True');
  t.equal(conditionOf(kubelet.pod('web'), 'example.com/lb')?.status, 'True');
  kubelet.stop();
});

t.test('preStop takes its part of the grace; what is left is no less than two seconds', async (t) => {
  const kubelet = virtualKubelet();
  const sleeps = (seconds: number) => ({
    containers: [container({ lifecycle: { preStop: { sleep: { seconds } } } })],
  });
  kubelet.add('short', sleeps(3));
  kubelet.add('long', sleeps(60));
  await kubelet.pass(1_000);
  kubelet.remove('short', 10);
  kubelet.remove('long', 10);
  await kubelet.pass(15_000);
  const graces = kubelet.runtime.calls
    .filter((line) => line.includes(' stop '))
    .map((line) => line.split(' ')[3]);
  t.same(graces, ['7000', '2000']);
  kubelet.stop();
});

t.test('activeDeadlineSeconds ends a pod for good', async (t) => {
  const kubelet = virtualKubelet();
  kubelet.add('late', { activeDeadlineSeconds: 5 });
  await kubelet.pass(4_000);
  t.equal(kubelet.pod('late')?.status?.phase, 'Running');
  await kubelet.pass(2_000);
  t.match(kubelet.pod('late')?.status, { phase: 'Failed', reason: 'DeadlineExceeded' });
  await kubelet.pass(60_000);
  t.equal(kubelet.runtime.calls.filter((line) => line.includes(' start ')).length, 1);
  kubelet.stop();
});

t.test('an ephemeral container comes to a running pod, once', async (t) => {
  const kubelet = virtualKubelet();
  kubelet.add('web', {}, hollow('run-duration', '3s', 'debug'));
  await kubelet.pass(1_000);
  const pod = kubelet.pod('web');
  const ephemeralContainers = [{ name: 'debug', image: 'busybox' }];
  kubelet.api.put('/api/v1/namespaces/default/pods/web', {
    ...pod,
    spec: { ...pod?.spec, ephemeralContainers },
  });
  await kubelet.pass(1_000);
  t.match(kubelet.pod('web')?.status?.ephemeralContainerStatuses, [
    { name: 'debug', state: { running: {} } },
  ]);
  await kubelet.pass(30_000);
  t.match(kubelet.pod('web')?.status, {
    phase: 'Running',
    containerStatuses: [{ restartCount: 0, ready: true }],
    ephemeralContainerStatuses: [{ restartCount: 0, state: { terminated: { exitCode: 0 } } }],
  });
  kubelet.stop();
});

t.test('what is told of a start, in order', async (t) => {
  const kubelet = virtualKubelet();
  kubelet.add('web', {});
  await kubelet.pass(1_000);
  t.same(kubelet.events(), [
    'Pulled: Container image "web" already present on machine',
    'Created: Created container: main',
    'Started: Started container main',
  ]);
  kubelet.stop();
});

t.test("gRPC's health messages", async (t) => {
  t.same([...healthRequest('')], [0, 0, 0, 0, 0]);
  t.same([...healthRequest('db')], [0, 0, 0, 0, 4, 0x0a, 2, 100, 98]);
  t.equal(healthStatus(new Uint8Array([0, 0, 0, 0, 2, 8, 1])), 'SERVING');
  t.equal(healthStatus(new Uint8Array([0, 0, 0, 0, 2, 8, 2])), 'NOT_SERVING');
  t.equal(healthStatus(new Uint8Array([0, 0, 0, 0, 0])), 'UNKNOWN');
  t.equal(healthStatus(new Uint8Array([0, 0, 0, 0, 9, 8])), undefined);
});

t.test('an evicted pod ends at once, with why, and is not started again', async (t) => {
  const kubelet = virtualKubelet();
  kubelet.add('web', {}, hollow('stop-delay', '20s'));
  await kubelet.pass(1_000);
  kubelet.evict('web', 'The node was low on resource: memory.');
  await kubelet.pass(30_000);
  t.match(kubelet.pod('web')?.status, {
    phase: 'Failed',
    reason: 'Evicted',
    message: 'The node was low on resource: memory.',
    containerStatuses: [{ state: { terminated: { exitCode: 137 } }, restartCount: 0 }],
  });
  t.match(conditionOf(kubelet.pod('web'), 'DisruptionTarget'), {
    status: 'True',
    reason: 'TerminationByKubelet',
  });
  t.ok(kubelet.runtime.calls.some((line) => line.endsWith('stop main_0 0')));
  kubelet.stop();
});

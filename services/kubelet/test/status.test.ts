import type { Container, Pod, PodStatus } from '@kubelab/api';
import t from 'tap';
import { goDuration } from '../src/pod/spec.js';
import { type ContainerView, podStatus } from '../src/pod/status.js';
import type { ContainerStatus } from '../src/runtime/cri.js';

/** Golden statuses: what `kubectl get pod -o yaml` shows of a kubelet's work, state by state. */
const second = 1_000;
const at = (seconds: number) => `2026-01-02T03:04:${String(seconds).padStart(2, '0')}Z`;
const ms = (seconds: number) => Date.parse(at(seconds));

function pod(spec: { policy?: string; init?: readonly Container[]; names?: readonly string[] } = {}): Pod {
  const { policy = 'Always', init = [], names = ['c'] } = spec;
  const containers = names.map((name) => ({ name, image: 'busybox' }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', uid: 'u' },
    spec: { restartPolicy: policy, containers, initContainers: [...init] },
    status: { qosClass: 'BestEffort', startTime: at(0) },
  };
}

function run(name: string, attempt: number, exitCode?: number): ContainerStatus {
  return {
    id: `u_${name}_${attempt}`,
    podSandboxId: 'u',
    name,
    attempt,
    image: 'busybox',
    state: exitCode === undefined ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED',
    createdAtMs: ms(1),
    startedAtMs: ms(1 + attempt * 10),
    finishedAtMs: exitCode === undefined ? 0 : ms(2 + attempt * 10),
    exitCode: exitCode ?? 0,
    reason: exitCode === undefined ? '' : exitCode === 0 ? 'Completed' : 'Error',
    message: '',
    logPath: '/log',
  };
}

const up: Partial<ContainerView> = { started: true, ready: true };
function status(
  of: Pod,
  views: Readonly<Record<string, Partial<ContainerView>>>,
  more: object = {},
): PodStatus {
  const containers = new Map(
    Object.entries(views).map(([name, view]): [string, ContainerView] => [
      name,
      { runs: [], started: false, ready: false, ...view },
    ]),
  );
  return podStatus(of, { containers, podIp: '10.0.0.2', hostIp: '10.0.0.1', nowMs: ms(30), ...more });
}

/** `Ready=False ContainersNotReady: containers with unready status: [c]`, one line per condition. */
const lines = ({ conditions = [] }: PodStatus) =>
  conditions.map(({ type, status: value, reason, message }) =>
    [`${type}=${value}`, reason, message === undefined ? undefined : `(${message})`]
      .filter((part) => part !== undefined)
      .join(' '),
  );
const healthy = [
  'PodReadyToStartContainers=True',
  'Initialized=True',
  'Ready=True',
  'ContainersReady=True',
  'PodScheduled=True',
];
const unready = (...names: string[]) => {
  const why = `ContainersNotReady (containers with unready status: [${names.join(' ')}])`;
  return [...healthy.slice(0, 2), `Ready=False ${why}`, `ContainersReady=False ${why}`, 'PodScheduled=True'];
};
const over = (reason: string) => [
  'PodReadyToStartContainers=False',
  reason === 'PodCompleted' ? 'Initialized=True PodCompleted' : 'Initialized=True',
  `Ready=False ${reason}`,
  `ContainersReady=False ${reason}`,
  'PodScheduled=True',
];
const terminated = (name: string, attempt: number, exitCode: number) => ({
  terminated: {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: at(1 + attempt * 10),
    finishedAt: at(2 + attempt * 10),
    containerID: `kubelab://u_${name}_${attempt}`,
  },
});

t.test('before anything runs', async (t) => {
  const made = status(pod(), {});
  t.equal(made.phase, 'Pending');
  t.same(lines(made), unready('c'));
  t.same(made.containerStatuses, [
    {
      name: 'c',
      image: 'busybox',
      imageID: '',
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason: 'ContainerCreating' } },
      lastState: {},
    },
  ]);
});

t.test('running', async (t) => {
  const made = status(pod(), { c: { ...up, runs: [run('c', 0)] } });
  t.same(made, {
    qosClass: 'BestEffort',
    phase: 'Running',
    conditions: healthy.map((line) => {
      const [type = '', value = ''] = line.split('=');
      return { type, status: value, lastTransitionTime: at(30) };
    }),
    hostIP: '10.0.0.1',
    hostIPs: [{ ip: '10.0.0.1' }],
    podIP: '10.0.0.2',
    podIPs: [{ ip: '10.0.0.2' }],
    startTime: at(0),
    containerStatuses: [
      {
        name: 'c',
        image: 'busybox',
        imageID: 'kubelab://busybox',
        containerID: 'kubelab://u_c_0',
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: at(1) } },
        lastState: {},
      },
    ],
  });
});

t.test('restarted: the run before is lastState', async (t) => {
  const made = status(pod(), { c: { ...up, runs: [run('c', 1), run('c', 0, 1)] } });
  t.match(made.containerStatuses?.[0], {
    ready: true,
    restartCount: 1,
    state: { running: { startedAt: at(11) } },
    lastState: terminated('c', 0, 1),
  });
});

t.test('CrashLoopBackOff', async (t) => {
  const message = 'back-off 10s restarting failed container=c pod=p_default(u)';
  const waiting = { reason: 'CrashLoopBackOff', message };
  const made = status(pod(), { c: { runs: [run('c', 2, 1), run('c', 1, 1)], waiting } });
  t.equal(made.phase, 'Running');
  t.same(lines(made), unready('c'));
  t.match(made.containerStatuses?.[0], {
    ready: false,
    started: false,
    restartCount: 2,
    state: { waiting },
    lastState: terminated('c', 2, 1),
  });
});

t.test('an image that is not there', async (t) => {
  for (const reason of ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull']) {
    const waiting = { reason, message: 'why' };
    const made = status(pod(), { c: { waiting } });
    t.equal(made.phase, 'Pending', reason);
    t.same(lines(made), unready('c'));
    t.same(made.containerStatuses?.[0]?.state, { waiting });
    t.same(made.containerStatuses?.[0]?.lastState, {});
  }
});

t.test('an end by itself, by policy', async (t) => {
  const table = [
    ['Never', 0, 'Succeeded', over('PodCompleted')],
    ['OnFailure', 0, 'Succeeded', over('PodCompleted')],
    ['Never', 3, 'Failed', over('PodFailed')],
    // Killed from outside, perhaps for memory: the runtime cannot know, so it does not say OOMKilled.
    ['Never', 137, 'Failed', over('PodFailed')],
    ['OnFailure', 3, 'Running', unready('c')],
    ['Always', 0, 'Running', unready('c')],
  ] as const;
  for (const [policy, exitCode, phase, conditions] of table) {
    const made = status(pod({ policy }), { c: { runs: [run('c', 0, exitCode)] } });
    t.equal(made.phase, phase, `${policy} ${exitCode}`);
    t.same(lines(made), conditions, `${policy} ${exitCode}`);
    t.same(made.containerStatuses?.[0]?.state, terminated('c', 0, exitCode));
    t.equal(made.containerStatuses?.[0]?.ready, false);
  }
});

t.test('one of two has ended', async (t) => {
  const both = pod({ policy: 'Never', names: ['a', 'b'] });
  const made = status(both, { a: { runs: [run('a', 0, 1)] }, b: { ...up, runs: [run('b', 0)] } });
  t.equal(made.phase, 'Running');
  t.same(lines(made), unready('a'));
});

t.test('init containers come first', async (t) => {
  const init = [
    { name: 'i', image: 'busybox' },
    { name: 'j', image: 'busybox' },
  ];
  const made = status(pod({ init }), {
    i: { runs: [run('i', 0, 0)] },
    j: { runs: [run('j', 0)], started: true },
  });
  t.equal(made.phase, 'Pending');
  t.equal(
    lines(made)[1],
    'Initialized=False ContainersNotInitialized (containers with incomplete status: [j])',
  );
  t.match(made.initContainerStatuses?.[0], { ready: true, state: terminated('i', 0, 0) });
  t.same(made.containerStatuses?.[0]?.state, { waiting: { reason: 'PodInitializing' } });
  const failed = status(pod({ init, policy: 'Never' }), { i: { runs: [run('i', 0, 1)] } });
  t.equal(failed.phase, 'Failed');
});

t.test('a sidecar that ends after the start makes the pod unready, not uninitialized', async (t) => {
  const init = [{ name: 's', image: 'busybox', restartPolicy: 'Always' }];
  const c = { ...up, runs: [run('c', 0)] };
  t.same(lines(status(pod({ init }), { s: { ...up, runs: [run('s', 0)] }, c })), healthy);
  for (const policy of ['Always', 'Never']) {
    const made = status(pod({ init, policy }), { s: { runs: [run('s', 0, 1)] }, c });
    t.equal(made.phase, 'Running', policy);
    t.same(lines(made), unready('s'), policy);
  }
});

t.test('ended by its node', async (t) => {
  const failed = { reason: 'DeadlineExceeded', message: 'too long' };
  const made = status(pod(), { c: { runs: [run('c', 0, 143)] } }, { failed });
  t.match(made, { phase: 'Failed', reason: 'DeadlineExceeded', message: 'too long' });
  t.same(lines(made), over('PodFailed'));
});

t.test('a condition keeps its time while it stays as it is', async (t) => {
  const first = status(pod(), { c: { runs: [run('c', 0)], started: true } });
  const known = { ...pod(), status: first };
  const made = status(known, { c: { ...up, runs: [run('c', 0)] } }, { nowMs: ms(40) });
  const times = Object.fromEntries(
    (made.conditions ?? []).map(({ type, lastTransitionTime }) => [type, lastTransitionTime]),
  );
  t.match(times, { Initialized: at(30), PodScheduled: at(30), Ready: at(40), ContainersReady: at(40) });
});

t.test('durations are written as Go writes them', async (t) => {
  const table = { 10: '10s', 80: '1m20s', 160: '2m40s', 300: '5m0s', 3601: '1h0m1s' };
  for (const [seconds, text] of Object.entries(table)) t.equal(goDuration(Number(seconds) * second), text);
});

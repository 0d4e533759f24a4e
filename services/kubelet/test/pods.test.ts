import t from 'tap';
import { eventually, freshDirectory, main, PodApi, shellPod, startKubelet, world } from './cluster.js';

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

t.test('what a kubelet does about a pod carries the trace of the write that told it', async (t) => {
  const api = new PodApi();
  const kubelet = await startKubelet(freshDirectory(), api);
  t.teardown(() => kubelet.destroy());
  await eventually('synced', () => kubelet.loop.synced);
  api.put(shellPod('traced', 'sleep 30'), trace);
  await eventually('it runs', () => main(api.pod('traced'))?.state?.running !== undefined);
  const [status] = api.writes.filter(({ request }) => request.path.endsWith('/status'));
  t.equal(status?.request.trace?.split('-')[1], trace.split('-')[1]);
  const [event] = api.writes.filter(({ body }) => body.kind === 'Event');
  t.equal(event?.request.trace?.split('-')[1], trace.split('-')[1]);
});

t.test('a kubelet that starts anew takes up what runs, and tells how ended what ended', async (t) => {
  const directory = freshDirectory();
  const api = new PodApi();
  const first = await startKubelet(directory, api);
  const never = { restartPolicy: 'Never' };
  api.put(shellPod('lives', 'echo $$; sleep 30'));
  api.put(shellPod('ends', 'while [ ! -e end ]; do sleep 0.05; done; exit 3', never));
  const running = (name: string) => () => main(api.pod(name))?.state?.running;
  const started = await eventually('lives runs', running('lives'));
  await eventually('ends runs', running('ends'));
  const before = await first.runtime.ListContainers('uid-lives');
  await first.stop();

  const [sandbox] = (await first.runtime.ListPodSandbox()).filter(({ name }) => name === 'ends');
  t.ok(sandbox);
  await world.disk.writeFileAtomic(`${sandbox?.directory}/end`, '');
  const exit = `${sandbox?.directory}/containers/main_0/exit`;
  while (!(await world.disk.exists(exit))) await world.timers.sleep(25);

  const second = await startKubelet(directory, api);
  t.teardown(() => second.destroy());
  const ended = await eventually('told', () => main(api.pod('ends'))?.state?.terminated);
  t.match(ended, { exitCode: 3, reason: 'Error' });
  t.equal(api.pod('ends')?.status?.phase, 'Failed');
  t.equal(main(api.pod('ends'))?.restartCount, 0);
  const after = await second.runtime.ListContainers('uid-lives');
  t.same(after, before, 'the same run, not started again');
  t.equal(main(api.pod('lives'))?.restartCount, 0);
  t.same(main(api.pod('lives'))?.state?.running, started);
});

t.test('hooks, deadlines and pull policies', async (t) => {
  const api = new PodApi();
  const kubelet = await startKubelet(freshDirectory(), api);
  t.teardown(() => kubelet.destroy());
  const exec = (script: string) => ({ exec: { command: ['sh', '-c', script] } });

  t.test('postStart runs beside the container, preStop before it is told to end', async (t) => {
    const lifecycle = { postStart: exec('echo started > post'), preStop: exec('echo ending > pre') };
    const script = 'trap "cat post pre > both; exit 0" TERM; while :; do sleep 0.05; done';
    const pod = shellPod('hooked', script, { restartPolicy: 'Never' }, { lifecycle });
    api.put(pod);
    await eventually('it runs', () => main(api.pod('hooked'))?.ready);
    const [sandbox] = (await kubelet.runtime.ListPodSandbox()).filter(({ name }) => name === 'hooked');
    const [run] = await kubelet.runtime.ListContainers('uid-hooked');
    t.ok(sandbox && run);
    t.equal(new TextDecoder().decode(await world.disk.readFile(`${sandbox?.directory}/post`)), 'started\n');
    const current = api.pod('hooked') ?? pod;
    api.put({
      ...current,
      metadata: {
        ...current.metadata,
        deletionTimestamp: '2026-01-01T00:00:00Z',
        deletionGracePeriodSeconds: 3,
      },
    });
    await eventually('it is gone', () => api.pod('hooked') === undefined);
    const last = api.writes.filter(({ request }) => request.path.endsWith('hooked/status')).at(-1);
    t.match(last?.body, { status: { containerStatuses: [{ state: { terminated: { exitCode: 0 } } }] } });
  });

  t.test('a postStart that fails ends the container', async (t) => {
    const lifecycle = { postStart: exec('exit 7') };
    api.put(shellPod('unhooked', 'exec sleep 30', { restartPolicy: 'Never' }, { lifecycle }));
    await eventually('told', () => api.events().includes('FailedPostStartHook'));
    const waiting = () => main(api.pod('unhooked'))?.state?.waiting;
    t.match(await eventually('waits', waiting), { reason: 'PostStartHookError', message: /exited with 7/ });
  });

  t.test('a pod that is active for too long fails', async (t) => {
    api.put(shellPod('late', 'exec sleep 30', { activeDeadlineSeconds: 1 }));
    await eventually('it failed', () => api.pod('late')?.status?.phase === 'Failed');
    t.match(api.pod('late')?.status, {
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
    t.match(main(api.pod('late'))?.state, { terminated: { exitCode: 143 } });
  });

  t.test('an image that may not be pulled, and one that is not there', async (t) => {
    api.put(shellPod('never', 'true', {}, { image: 'absent', imagePullPolicy: 'Never' }));
    api.put(shellPod('absent', 'true', {}, { image: 'absent' }));
    const waiting = (name: string) => () => main(api.pod(name))?.state?.waiting;
    t.same(await eventually('never', waiting('never')), {
      reason: 'ErrImageNeverPull',
      message: 'Container image "absent" is not present with pull policy of Never',
    });
    const backoff = await eventually('backs off', () => {
      const state = waiting('absent')();
      return state?.reason === 'ImagePullBackOff' && state;
    });
    t.match(
      backoff.message,
      /^Back-off pulling image "absent": ErrImagePull: failed to pull and unpack image/,
    );
    t.equal(api.pod('absent')?.status?.phase, 'Pending');
    const writes = api.writes.length;
    await world.timers.sleep(700);
    t.equal(api.writes.length, writes, 'nothing is written while it backs off');
    const pulls = api.writes.filter(({ body }) => body.message === 'Pulling image "absent"');
    t.equal(pulls.length, 1, 'one pull until the back-off is over');
  });
});

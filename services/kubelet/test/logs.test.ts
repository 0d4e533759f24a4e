import { noBytes, WireError } from '@kubelab/wire';
import t from 'tap';
import { LineFilter, nanoTimestamp } from '../src/log-lines.js';
import { LogTimes, parseMarks, timesPathOf } from '../src/log-times.js';
import { containerLogs } from '../src/logs.js';
import {
  eventually,
  freshDirectory,
  main,
  PodApi,
  shellPod,
  startKubelet,
  type TestKubelet,
  world,
} from './cluster.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (pieces: readonly Uint8Array[]) =>
  pieces.map((piece) => new TextDecoder().decode(piece)).join('');
const second = Date.UTC(2026, 0, 2, 3, 4, 5);

t.test('each line gets its time once, however the log is cut into pieces', async (t) => {
  const log = 'one\ntwo\nthree';
  const timeAt = (offset: number) => second + (offset < 4 ? 0 : 1_000);
  for (const size of [1, 2, 5, 100]) {
    const filter = new LineFilter({ timestamps: true, sinceMs: undefined, timeAt });
    let out = '';
    for (let at = 0; at < log.length; at += size)
      out += text(filter.push(at, bytes(log.slice(at, at + size))));
    const [a, b] = ['2026-01-02T03:04:05.000000000Z', '2026-01-02T03:04:06.000000000Z'];
    t.equal(out, `${a} one\n${b} two\n${b} three`);
  }
  const since = new LineFilter({ timestamps: false, sinceMs: second + 500, timeAt });
  t.equal(text(since.push(0, bytes(log))), 'two\nthree');
  t.equal(nanoTimestamp(second + 7), '2026-01-02T03:04:05.007000000Z');
});

t.test('times are kept beside the log, over a restart and a rotation', async (t) => {
  const logPath = `${t.testdir()}/log`;
  const run = {
    id: 'c',
    podSandboxId: 'p',
    name: 'main',
    attempt: 0,
    image: 'busybox',
    state: 'CONTAINER_RUNNING' as const,
    createdAtMs: 0,
    startedAtMs: 0,
    finishedAtMs: 0,
    exitCode: 0,
    reason: '',
    message: '',
    logPath,
  };
  let nowMs = 1_000;
  const clock = { ...world.clock, nowMs: () => nowMs, monotonicMs: () => nowMs };
  const at = { ...world, clock };
  const marks = async () => parseMarks(await world.disk.readFile(timesPathOf(logPath))).marks;
  const first = new LogTimes(at);
  await world.disk.writeFileAtomic(logPath, '');
  const file = await world.disk.open(logPath);
  t.teardown(() => file.close());
  await file.write(0, [bytes('one\n')]);
  await first.observe([run]);
  await first.observe([run]);
  await first.close();
  nowMs = 2_000;
  await file.write(4, [bytes('two\n')]);
  const second = new LogTimes(at);
  t.teardown(() => second.close());
  await second.observe([run]);
  t.same(await marks(), [
    { upTo: 4, timeMs: 1_000 },
    { upTo: 8, timeMs: 2_000 },
  ]);
  await file.truncate(0);
  await second.rotated(run);
  await file.write(0, [bytes('three, longer than before\n')]);
  nowMs = 3_000;
  await second.observe([run]);
  t.same(await marks(), [{ upTo: 26, timeMs: 3_000 }]);
});

interface Reply {
  readonly text: string;
  readonly error: string | undefined;
}

async function ask(kubelet: TestKubelet, pod: string, options: object = {}): Promise<Reply> {
  const { runtime, times, loop } = kubelet;
  const handler = containerLogs({
    world,
    runtime,
    times,
    waitingOf: (uid, name) => loop.manager.waitingOf(uid, name),
  });
  let text = '';
  const controller = new AbortController();
  const stream = {
    send: ({ payload }: { readonly payload: Uint8Array }) => {
      text += new TextDecoder().decode(payload);
      return true;
    },
    queuedBytes: 0,
    signal: controller.signal,
    writable: async () => undefined,
    end: () => undefined,
    fail: () => undefined,
    close: () => undefined,
    [Symbol.asyncIterator]: async function* () {},
  };
  const head = { namespace: 'default', pod, uid: `uid-${pod}`, container: 'main', ...options };
  const { signal } = controller;
  const peer = { commonName: 'apiserver-0', organizations: ['kubelab:apiservers'] };
  const context = { signal, peer, from: 'test', method: 'kubelet.containerLogs', trace: undefined };
  try {
    await handler(stream, { head, payload: noBytes }, context);
    return { text, error: undefined };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { text, error: error.message };
  }
}

t.test('kubectl logs and its options', async (t) => {
  const api = new PodApi();
  const kubelet = await startKubelet(freshDirectory(), api);
  t.teardown(() => kubelet.destroy());
  const script = 'echo one; echo two; sleep 1.5; echo three; sleep 30';
  api.put(shellPod('talks', script));
  api.put(shellPod('crashes', 'echo first; exit 1'));
  api.put(shellPod('unpulled', 'true', {}, { image: 'absent' }));
  api.put(shellPod('calm', 'exec sleep 30'));
  const logs = (options: object = {}) => ask(kubelet, 'talks', options);
  while ((await logs()).text.length < 14) await world.timers.sleep(100);

  t.equal((await logs()).text, 'one\ntwo\nthree\n');
  t.equal((await logs({ tailLines: '2' })).text, 'two\nthree\n');
  t.equal((await logs({ limitBytes: '5' })).text, 'one\nt');
  const stamped = (await logs({ timestamps: 'true' })).text;
  t.match(stamped, /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (one|two|three)\n){3}$/);
  const at = stamped.split('\n').map((line) => Date.parse(line.split(' ')[0] ?? ''));
  const [one = 0, , three = 0] = at;
  t.ok(three - one >= 1_000, 'the third came later');
  t.equal((await logs({ sinceTime: new Date(one + 500).toISOString() })).text, 'three\n');
  t.equal((await logs({ sinceSeconds: '3600' })).text, 'one\ntwo\nthree\n');
  const tailed = { sinceTime: new Date(one + 500).toISOString(), tailLines: '2', timestamps: 'true' };
  t.match((await logs(tailed)).text, /^\S+Z three\n$/, 'the last lines first, of those the recent');
  t.match((await logs({ sinceTime: 'x' })).error, /is not a time/);
  t.match((await logs({ sinceSeconds: '1', sinceTime: tailed.sinceTime })).error, /at most one of/);

  await eventually(
    'it crashed',
    () => main(api.pod('crashes'))?.state?.waiting?.reason === 'CrashLoopBackOff',
  );
  const previous = await ask(kubelet, 'crashes', { previous: 'true' });
  t.same(previous, { text: 'first\n', error: undefined }, 'what ended is previous while it waits');
  t.equal(
    (await ask(kubelet, 'calm', { previous: 'true' })).error,
    'previous terminated container "main" in pod "calm" not found',
  );
  await eventually(
    'unpulled',
    () => main(api.pod('unpulled'))?.state?.waiting?.reason === 'ImagePullBackOff',
  );
  t.equal(
    (await ask(kubelet, 'unpulled')).error,
    'container "main" in pod "unpulled" is waiting to start: trying and failing to pull image',
  );
});

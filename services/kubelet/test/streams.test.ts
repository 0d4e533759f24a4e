import { createServer } from 'node:net';
import { channelHead, channels } from '@kubelab/api';
import { type Message, type StreamMessage, WireError, type WireStream } from '@kubelab/wire';
import t from 'tap';
import { execArgv } from '../src/runtime/process/exec.js';
import { streamingHandlers } from '../src/streaming/service.js';
import {
  eventually,
  freshDirectory,
  PodApi,
  shellPod,
  startKubelet,
  type TestKubelet,
  world,
} from './cluster.js';

const bytes = (text: string) => new TextEncoder().encode(text);

/** The apiserver's end of a stream. */
class Caller {
  readonly #over = new AbortController();
  readonly #incoming: Message[] = [];
  #ended = false;
  #wake: () => void = () => {};
  readonly sent: Message[] = [];
  readonly stream: WireStream = {
    send: (message) => !this.#over.signal.aborted && this.sent.push(message) > 0,
    writable: () => Promise.resolve(),
    queuedBytes: 0,
    end: () => undefined,
    fail: (error) => this.#over.abort(error),
    signal: this.#over.signal,
    [Symbol.asyncIterator]: () => ({ next: () => this.#next() }),
  };

  async #next(): Promise<IteratorResult<StreamMessage>> {
    for (;;) {
      const message = this.#incoming.shift();
      if (message !== undefined) return { done: false, value: { ...message, trace: undefined } };
      if (this.#over.signal.aborted) throw new WireError('canceled', 'gone');
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  say(channel: number, text: string, end = false): void {
    this.#incoming.push({ head: { channel, end }, payload: bytes(text) });
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  go(): void {
    this.#over.abort(new WireError('canceled', 'gone'));
    this.#wake();
  }

  heard(channel: number | undefined): string {
    return this.sent
      .filter(({ head }) => channelHead(head)?.channel === channel)
      .map(({ payload }) => new TextDecoder().decode(payload))
      .join('');
  }
}

function call(kubelet: TestKubelet, method: string, head: object) {
  const caller = new Caller();
  const handler = streamingHandlers({ world, runtime: kubelet.runtime })[method];
  if (handler === undefined) throw new Error(method);
  const peer = { commonName: 'apiserver-0', organizations: ['kubelab:apiservers'] };
  const context = { method, peer, from: 'apiserver-0', trace: undefined, signal: caller.stream.signal };
  const served = (async () => handler(caller.stream, { head, payload: bytes('') }, context))();
  served.catch(() => undefined);
  return { caller, served };
}

const exec = (name: string, command: readonly string[], more: object = {}) => ({
  uid: `uid-${name}`,
  container: 'main',
  command,
  stdout: true,
  stderr: true,
  ...more,
});

async function running(
  t: { teardown(end: () => unknown): unknown },
  name: string,
  script: string,
  more: object = {},
  container: object = {},
) {
  const api = new PodApi();
  const kubelet = await startKubelet(freshDirectory(), api);
  t.teardown(() => kubelet.destroy());
  api.put(shellPod(name, script, more, container));
  const isRunning = () => api.pod(name)?.status?.containerStatuses?.[0]?.state?.running !== undefined;
  await eventually(`${name} runs`, isRunning);
  return kubelet;
}

t.test('exec runs beside the container, in its environment', async (t) => {
  const env = [{ name: 'COLOUR', value: 'green' }];
  const more = { volumes: [{ name: 'data', emptyDir: {} }] };
  const volumeMounts = [{ name: 'data', mountPath: '/data' }];
  const kubelet = await running(t, 'box', 'sleep 60', more, { env, volumeMounts, workingDir: '/data' });

  const ends = call(
    kubelet,
    'kubelet.exec',
    exec('box', ['sh', '-c', 'echo $COLOUR $POD_IP; echo bad >&2; exit 7']),
  );
  await ends.served;
  t.same(ends.caller.sent[0]?.head, { code: 101 });
  t.match(ends.caller.heard(channels.stdout), /^green 127\.64\.77\.\d+\n$/);
  t.equal(ends.caller.heard(channels.stderr), 'bad\n');
  t.match(JSON.parse(ends.caller.heard(channels.error)), {
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '7' }] },
  });

  const cat = call(kubelet, 'kubelet.exec', exec('box', ['tee', '/data/file'], { stdin: true }));
  cat.caller.say(channels.stdin, 'one ');
  cat.caller.say(channels.stdin, 'two', true);
  await cat.served;
  t.equal(cat.caller.heard(channels.stdout), 'one two');
  t.match(cat.caller.heard(channels.error), /Success/);
  const packed = call(kubelet, 'kubelet.exec', exec('box', ['sh', '-c', 'cat file && ls -A']));
  await packed.served;
  t.equal(
    packed.caller.heard(channels.stdout),
    'one twofile\n',
    'the same mount, the same working directory',
  );

  const absent = call(kubelet, 'kubelet.exec', exec('box', ['nothing-of-this-name']));
  await absent.served;
  t.match(absent.caller.heard(channels.error), /executable file not found in \$PATH/);
  const nobody = call(kubelet, 'kubelet.exec', { ...exec('box', ['true']), container: 'other' });
  await t.rejects(nobody.served, { code: 'notFound', message: 'container not found ("other")' });
});

t.test('at a terminal: echoed, sized, one output', async (t) => {
  const kubelet = await running(t, 'tty', 'sleep 60');
  const { caller, served } = call(
    kubelet,
    'kubelet.exec',
    exec('tty', ['sh', '-c', 'read line; stty size; echo $TERM'], { stdin: true, stderr: false, tty: true }),
  );
  caller.say(channels.resize, '{"Width":91,"Height":27}\n');
  caller.say(channels.resize, 'no size');
  caller.say(channels.stdin, 'go\n');
  await served;
  t.match(caller.heard(channels.stdout), /go\r\n27 91\r\nxterm\r\n/);
});

t.test('what was started beside a container ends with it, and with its client', async (t) => {
  const kubelet = await running(t, 'ends', 'sleep 60', { restartPolicy: 'Never' });
  const pidOf = async (caller: Caller) => {
    const pid = Number(await eventually('it says its pid', () => caller.heard(channels.stdout) || undefined));
    const reference = await world.processes.reference(pid);
    if (reference === undefined) throw new Error(`${pid} does not run`);
    return reference;
  };
  const command = ['sh', '-c', 'echo $$; exec sleep 60'];
  const left = call(kubelet, 'kubelet.exec', exec('ends', command));
  const leftPid = await pidOf(left.caller);
  left.caller.go();
  await left.served;
  for (let n = 0; n < 100 && (await world.processes.isAlive(leftPid)); n += 1) await world.timers.sleep(20);
  t.notOk(await world.processes.isAlive(leftPid), 'its client went');

  const stays = call(kubelet, 'kubelet.exec', exec('ends', command));
  const pid = await pidOf(stays.caller);
  const [container] = await kubelet.runtime.ListContainers();
  await kubelet.runtime.StopContainer(container?.id ?? '', 0);
  await stays.served;
  t.notOk(await world.processes.isAlive(pid), 'its container was stopped');
  t.match(stays.caller.heard(channels.error), /"ExitCode","message":"137"/);
});

t.test('a kubelet that starts anew ends the commands of the one before', async (t) => {
  const directory = freshDirectory();
  const api = new PodApi();
  const first = await startKubelet(directory, api);
  api.put(shellPod('again', 'sleep 60'));
  await eventually('it runs', () => api.pod('again')?.status?.phase === 'Running');
  const { caller } = call(first, 'kubelet.exec', exec('again', ['sh', '-c', 'echo $$; exec sleep 60']));
  const pid = Number(await eventually('it says its pid', () => caller.heard(channels.stdout) || undefined));
  const reference = await world.processes.reference(pid);
  await first.stop();
  const second = await startKubelet(directory, api);
  t.teardown(() => second.destroy());
  if (reference === undefined) throw new Error('it did not run');
  for (let n = 0; n < 100 && (await world.processes.isAlive(reference)); n += 1) await world.timers.sleep(20);
  t.notOk(await world.processes.isAlive(reference));
  t.match(await second.runtime.ListContainers(), [{ state: 'CONTAINER_RUNNING' }], 'the pod goes on');
});

t.test('a process left behind does not hold the client up', async (t) => {
  const kubelet = await running(t, 'left', 'sleep 60');
  const { caller, served } = call(
    kubelet,
    'kubelet.exec',
    exec('left', ['sh', '-c', 'sleep 50 & echo done']),
  );
  await served;
  t.equal(caller.heard(channels.stdout), 'done\n');
  t.match(caller.heard(channels.error), /Success/);
});

t.test('attach: what the container says from now on, and what it is told', async (t) => {
  const script = 'echo before; while read line; do echo "got $line"; done; echo end of input; exit 3';
  const kubelet = await running(
    t,
    'ask',
    script,
    { restartPolicy: 'Never' },
    { stdin: true, stdinOnce: true },
  );
  const options = { uid: 'uid-ask', container: 'main', stdin: true, stdout: true };
  await world.timers.sleep(100);
  const { caller, served } = call(kubelet, 'kubelet.attach', options);
  caller.say(channels.stdin, 'hello\n');
  await eventually('it answers', () => caller.heard(channels.stdout).includes('got hello'));
  caller.say(channels.stdin, '', true);
  await served;
  t.equal(caller.heard(channels.stdout), 'got hello\nend of input\n');
  t.match(caller.heard(channels.error), /Success/, 'to attach succeeded; the exit code is in the status');
});

t.test('a container at a terminal is attached to as one', async (t) => {
  const kubelet = await running(t, 'term', 'read line; stty size; sleep 60', {}, { stdin: true, tty: true });
  const options = { uid: 'uid-term', container: 'main', stdin: true, stdout: true, tty: true };
  const first = call(kubelet, 'kubelet.attach', options);
  first.caller.go();
  await first.served;
  const { caller, served } = call(kubelet, 'kubelet.attach', options);
  caller.say(channels.resize, '{"Width":101,"Height":41}');
  caller.say(channels.stdin, 'x\n');
  await eventually('it has its size', () => caller.heard(channels.stdout).includes('41 101'));
  caller.go();
  await served;
  const [container] = await kubelet.runtime.ListContainers();
  t.equal(container?.state, 'CONTAINER_RUNNING', 'detaching leaves it as it is');
});

t.test('a command at a terminal is asked to end, and then ended, like all others', async (t) => {
  // A doubled dollar sign is one in a pod.
  const script = 'trap "" HUP; trap "echo asked" TERM; echo $$$$; while :; do sleep 0.1; done';
  const kubelet = await running(t, 'hold', script, { restartPolicy: 'Never' }, { tty: true });
  const [container] = await kubelet.runtime.ListContainers();
  const log = async () => Buffer.from(await world.disk.readFile(container?.logPath ?? '')).toString();
  while (!/^\d+/.test(await log())) await world.timers.sleep(20);
  const reference = await world.processes.reference(Number.parseInt(await log(), 10));
  await kubelet.runtime.StopContainer(container?.id ?? '', 1_000);
  t.match(await log(), /^\d+\r\nasked\r\n$/);
  for (let n = 0; n < 100 && reference && (await world.processes.isAlive(reference)); n += 1)
    await world.timers.sleep(20);
  t.notOk(reference === undefined || (await world.processes.isAlive(reference)));
});

t.test('a forwarded port is a connection to the pod', async (t) => {
  const kubelet = await running(t, 'web', 'sleep 60');
  const [sandbox] = await kubelet.runtime.ListPodSandbox();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (data) => socket.write(`you said ${data.toString()}`));
    socket.on('end', () => socket.end('; bye'));
  });
  await new Promise<void>((resolve) => server.listen(0, sandbox?.ip, resolve));
  t.teardown(() => server.close());
  const bound = server.address();
  const port = typeof bound === 'object' ? bound?.port : undefined;
  const { caller, served } = call(kubelet, 'kubelet.portForward', { uid: 'uid-web', port });
  caller.say(0, 'hello');
  await eventually('it answers', () => caller.heard(undefined).includes('hello'));
  caller.end();
  await served;
  t.equal(caller.heard(undefined), 'you said hello; bye', 'half a connection may end before the other');
  const refused = call(kubelet, 'kubelet.portForward', { uid: 'uid-web', port: 1 });
  await t.rejects(refused.served, { code: 'failedPrecondition', message: /connection refused/ });
});

t.test('tar names what it packs as in the container', (t) => {
  const mounts = [{ containerPath: '/data', hostPath: '/node/v.1/x' }];
  t.same(execArgv(['tar', 'cf', '-', '/data/a'], mounts), [
    'tar',
    'cf',
    '-',
    '/node/v.1/x/a',
    '--transform=flags=r;s|^/\\?node/v\\.1/x|data|',
  ]);
  t.same(execArgv(['tar', 'xf', '-', '-C', '/data'], mounts), ['tar', 'xf', '-', '-C', '/node/v.1/x']);
  t.same(execArgv(['echo', 'c', '/other'], mounts), ['echo', 'c', '/other']);
  t.end();
});

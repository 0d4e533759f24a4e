import t from 'tap';
import { createRealWorld, createSimulation, type InteractiveProcess } from '../src/index.js';

const world = createRealWorld({ host: 'test' });
const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const encoder = new TextEncoder();

function start(script: string, terminal = false): Promise<InteractiveProcess> {
  return world.processes.interactive({
    command: '/bin/sh',
    args: ['-c', script],
    env,
    workingDirectory: '/',
    terminal,
  });
}

async function all(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

t.test('a command is told its input and answers on two streams, with its exit code', async (t) => {
  const child = await start('cat; echo wrong >&2; exit 7');
  await child.write(encoder.encode('one '));
  await child.write(encoder.encode('two'));
  child.endInput();
  t.equal(await all(child.stdout), 'one two');
  t.equal(await all(child.stderr), 'wrong\n');
  t.same(await child.exited, { exitCode: 7, signal: null });
  await child.write(encoder.encode('nobody reads this'));
});

t.test('what a command printed is there after its end, too', async (t) => {
  const child = await start('echo out; echo wrong >&2');
  await child.exited;
  await world.timers.sleep(50);
  t.equal(await all(child.stdout), 'out\n');
  t.equal(await all(child.stderr), 'wrong\n');
});

t.test('its streams are pipes: they can be opened by name', async (t) => {
  const child = await start('cat /dev/stdin >/dev/stdout; echo wrong >/dev/stderr');
  await child.write(encoder.encode('through'));
  child.endInput();
  t.equal(await all(child.stdout), 'through');
  t.equal(await all(child.stderr), 'wrong\n');
});

t.test('a command that nobody reads waits', async (t) => {
  const child = await start('head -c 3000000 /dev/zero; echo done >&2');
  const stderr = child.stderr[Symbol.asyncIterator]();
  const early = await Promise.race([
    stderr.next().then(() => 'done'),
    world.timers.sleep(300).then(() => 'waits'),
  ]);
  t.equal(early, 'waits');
  t.equal((await all(child.stdout)).length, 3_000_000);
  t.equal((await child.exited).exitCode, 0);
});

t.test('kill reaches the children of the command', async (t) => {
  const child = await start('sleep 100 & wait');
  child.kill('SIGKILL');
  t.equal((await child.exited).signal, 'SIGKILL');
  t.equal(await all(child.stdout), '', 'the pipe is closed: the sleep is gone too');
});

t.test('a released child no longer holds its reader, whoever still has the pipe', async (t) => {
  const child = await start('setsid sleep 5 & echo $!; exit 0');
  await child.exited;
  const text = all(child.stdout);
  await world.timers.sleep(50);
  child.release();
  const reference = await world.processes.reference(Number(await text));
  t.ok(reference, 'what runs in a session of its own goes on');
  if (reference !== undefined) await world.processes.signal(reference, 'SIGKILL');
});

t.test('a command that is not there is refused', async (t) => {
  const options = { command: '/nowhere/at-all', args: [], env, workingDirectory: '/' };
  await t.rejects(world.processes.interactive(options), { code: 'ENOENT' });
});

t.test('at a terminal a command is echoed to, can be resized, and ends with its code', async (t) => {
  const child = await start(
    `test -t 0 && echo "terminal $SHELL"; read line; echo "got $line"; stty size; exit 3`,
    true,
  );
  await child.resize({ columns: 97, rows: 31 });
  await child.write(encoder.encode("it's\n"));
  const text = await all(child.stdout);
  t.match(text, /terminal \r\n/);
  t.match(text, /it's\r\ngot it's\r\n/, 'what is typed is echoed');
  t.match(text, /31 97\r\n/);
  t.equal((await child.exited).exitCode, 3);
});

t.test('a killed terminal leaves nothing behind', async (t) => {
  const child = await start('echo $$; exec sleep 100', true);
  let text = '';
  for await (const chunk of child.stdout) {
    text += Buffer.from(chunk).toString();
    if (text.includes('\n')) child.kill('SIGKILL');
  }
  await child.exited;
  // What the terminal held is killed with it, a moment later.
  const isAlive = async () => {
    const reference = await world.processes.reference(Number(text.trim()));
    return reference !== undefined && (await world.processes.isAlive(reference));
  };
  for (let turn = 0; turn < 500 && (await isAlive()); turn += 1) await world.timers.sleep(10);
  t.notOk(await isAlive());
});

t.test('simulated: one that answers what it is told, until its input ends', async (t) => {
  const simulation = createSimulation({ seed: 1 });
  const { processes } = simulation.world('a');
  simulation.processes('a').define('cat', { exitCode: 4, echoes: true });
  let seen: unknown;
  const talk = async () => {
    const child = await processes.interactive({ command: 'cat', args: [], env: {}, workingDirectory: '/' });
    await child.write(encoder.encode('hello'));
    child.endInput();
    seen = [await all(child.stdout), await child.exited];
  };
  void talk();
  t.ok(await simulation.run({ untilMs: 1_000, until: () => seen !== undefined }));
  t.same(seen, ['hello', { exitCode: 4, signal: null }]);
});

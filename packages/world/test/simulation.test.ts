import t from 'tap';
import { type Connection, createSimulation, type Simulation, type TlsMaterial } from '../src/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

function tls(commonName: string): TlsMaterial {
  return { caPem: '', certPem: '', keyPem: '', identity: { commonName, organizations: [] } };
}

/** Drives virtual time until the body is done. */
async function drive<T>(simulation: Simulation, body: () => Promise<T>): Promise<T> {
  let over = false;
  const done = body().finally(() => {
    over = true;
  });
  done.catch(() => undefined);
  const finished = await simulation.run({ untilMs: simulation.nowMs + 60_000, until: () => over });
  if (!finished) throw new Error('not done after a virtual minute');
  return done;
}

interface Pair {
  readonly client: Connection;
  readonly received: string[];
  readonly closed: string[];
}

async function connected(simulation: Simulation): Promise<Pair> {
  const received: string[] = [];
  const closed: string[] = [];
  const handlers = (who: string) => ({
    message: (data: Uint8Array) => void received.push(text(data)),
    drain: () => {},
    close: (code: number) => void closed.push(`${who} ${code}`),
  });
  const server = simulation.world('b');
  const listening = { address: { host: 'b', port: 1 }, tls: tls('b'), messageBytesMax: 1000 };
  const client = await drive(simulation, async () => {
    await server.network.listen({ ...listening, accept: (end) => end.start(handlers('server')) });
    return simulation.world('a').network.connect({ ...listening, tls: tls('a'), timeoutMs: 1000 });
  });
  client.start(handlers('client'));
  return { client, received, closed };
}

const soon = (simulation: Simulation, ms: number) => simulation.run({ untilMs: simulation.nowMs + ms });

async function faultyRun(seed: number): Promise<{ hash: string; received: string[] }> {
  const simulation = createSimulation({ seed });
  const { client, received } = await connected(simulation);
  simulation.network.setFaults('a', 'b', { lossRate: 0.3, duplicateRate: 0.3, reorderRate: 0.5 });
  for (let at = 0; at < 100; at += 1) client.send([bytes(String(at))], { datagram: true });
  await soon(simulation, 1000);
  return { hash: simulation.hash(), received };
}

t.test('a seed always takes the same way, another seed another', async (t) => {
  const first = await faultyRun(7);
  t.same(await faultyRun(7), first);
  t.not((await faultyRun(8)).hash, first.hash);
});

t.test('timers fire in the order of their time, then of their making', async (t) => {
  const simulation = createSimulation({ seed: 1 });
  const { timers, clock } = simulation.world('a');
  const fired: string[] = [];
  const note = (name: string) => () => void fired.push(`${name}@${clock.monotonicMs()}`);
  timers.setTimeout(note('late'), 20);
  timers.setTimeout(note('early'), 10);
  timers.setTimeout(note('early too'), 10);
  timers.setImmediate(note('now'));
  await soon(simulation, 100);
  t.same(fired, ['now@0', 'early@10', 'early too@10', 'late@20']);
  t.equal(simulation.nowMs <= 100, true);
});

t.test('a cancelled timer does not fire, also when a run ended before it was due', async (t) => {
  const simulation = createSimulation({ seed: 1 });
  const { timers } = simulation.world('a');
  const fired: string[] = [];
  const timer = timers.setTimeout(() => void fired.push('cancelled'), 50);
  timers.setTimeout(() => void fired.push('kept'), 50);
  await soon(simulation, 10);
  timer.cancel();
  timer.cancel();
  await soon(simulation, 100);
  t.same(fired, ['kept']);
});

t.test('an interval goes on until cancelled, and a paused host catches up in order', async (t) => {
  const simulation = createSimulation({ seed: 1 });
  const { timers, clock } = simulation.world('a');
  const fired: number[] = [];
  const interval = timers.setInterval(() => {
    fired.push(clock.monotonicMs());
    if (fired.length === 3) interval.cancel();
  }, 10);
  simulation.schedule(15, () => simulation.pause('a'));
  simulation.schedule(45, () => simulation.resume('a'));
  await soon(simulation, 200);
  t.same(fired, [10, 45, 55]);
});

t.test('datagrams are lost, doubled and overtaken', async (t) => {
  const simulation = createSimulation({ seed: 3 });
  const { client, received } = await connected(simulation);
  const send = async () => {
    received.length = 0;
    for (let at = 0; at < 50; at += 1) client.send([bytes(String(at))], { datagram: true });
    await soon(simulation, 1000);
    return received.length;
  };
  simulation.network.setFaults('a', 'b', { lossRate: 1 });
  t.equal(await send(), 0);
  simulation.network.setFaults('a', 'b', { duplicateRate: 1 });
  t.equal(await send(), 100);
  simulation.network.setFaults('a', 'b', { reorderRate: 0.5 });
  t.equal(await send(), 50);
  t.notSame(
    received,
    received.toSorted((a, b) => Number(a) - Number(b)),
  );
});

t.test('ordinary messages come late but in order', async (t) => {
  const simulation = createSimulation({ seed: 3 });
  const { client, received } = await connected(simulation);
  simulation.network.setFaults('a', 'b', { delayMs: 100, jitterMs: 50, lossRate: 0.5, reorderRate: 1 });
  const sent = Array.from({ length: 50 }, (_, at) => String(at));
  for (const one of sent) client.send([bytes(one)]);
  await soon(simulation, 99);
  t.same(received, []);
  await soon(simulation, 1000);
  t.same(received, sent);
});

t.test('a way blocked one way keeps the other; what waited arrives when it heals', async (t) => {
  const simulation = createSimulation({ seed: 3 });
  const { client, received, closed } = await connected(simulation);
  simulation.network.setFaults('b', 'a', { blocked: true });
  client.send([bytes('passes')]);
  await soon(simulation, 10);
  t.same(received, ['passes']);
  simulation.network.setFaults('a', 'b', { blocked: true });
  client.send([bytes('waits')]);
  client.send([bytes('is lost')], { datagram: true });
  await soon(simulation, 1000);
  simulation.network.heal();
  await soon(simulation, 1000);
  t.same(received, ['passes', 'waits']);
  t.same(closed, []);
});

t.test('a connection that stalls for long breaks at both ends, and nobody connects meanwhile', async (t) => {
  const simulation = createSimulation({ seed: 3 });
  const { client, closed } = await connected(simulation);
  simulation.network.setFaults('a', 'b', { blocked: true });
  client.send([bytes('never')]);
  await soon(simulation, 10_000);
  t.same(closed.toSorted(), ['client 1006', 'server 1006']);
  const again = { address: { host: 'b', port: 1 }, tls: tls('a'), messageBytesMax: 1000, timeoutMs: 500 };
  const connect = () => drive(simulation, () => simulation.world('a').network.connect(again));
  await t.rejects(connect(), { code: 'timeout' });
  simulation.network.heal();
  simulation.crash('b');
  await t.rejects(connect(), { code: 'refused' });
});

t.test('close is told to both ends once', async (t) => {
  const simulation = createSimulation({ seed: 3 });
  const { client, closed } = await connected(simulation);
  client.close(1000, 'done');
  client.close(1000, 'done');
  await soon(simulation, 100);
  t.same(closed.toSorted(), ['client 1000', 'server 1000']);
});

t.test('child processes end by signal or by themselves, and not after a power cut', async (t) => {
  const simulation = createSimulation({ seed: 3 });
  simulation.processes('a').define('serve', { exitCode: 0 });
  simulation.processes('a').define('work', { exitCode: 3, runMs: 20 });
  const spawn = (command: string) =>
    simulation.world('a').processes.spawn({ command, args: [], env: {}, workingDirectory: '/' });
  await drive(simulation, async () => {
    const { processes } = simulation.world('a');
    const child = await spawn('serve');
    const reference = await processes.reference(child.pid);
    if (reference === undefined) throw new Error('a running process has a reference');
    child.kill('SIGKILL');
    t.same(await child.exited, { exitCode: null, signal: 'SIGKILL' });
    t.notOk(await processes.isAlive(reference));
    t.same(await (await spawn('work')).exited, { exitCode: 3, signal: null });
    const later = await spawn('serve');
    t.not(later.pid, child.pid);
    simulation.schedule(1, () => simulation.crash('a'));
    t.ok(await processes.reference(later.pid));
    await new Promise<void>((resolve) => simulation.schedule(5, resolve));
    t.equal(await simulation.world('a').processes.reference(later.pid), undefined);
  });
});

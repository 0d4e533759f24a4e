import { connect, createServer, type Server, type Socket } from 'node:net';
import { createTelemetry } from '@kubelab/telemetry';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { TcpProxy } from '../src/proxy/tcp-proxy.adapter.js';
import type { Backend, DesiredListener } from '../src/rules/rules.js';

const world = createRealWorld({ host: 'kube-proxy-test' });
const host = '127.96.7.2';

interface Test {
  teardown(after: () => void): void;
}

/** Says its name, then echoes. */
async function backend(t: Test, name: string): Promise<Backend> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.write(`${name}\n`);
    socket.pipe(socket);
  });
  const port = await listen(server, '127.0.0.1', 0);
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { host: '127.0.0.1', port, name };
}

function listen(server: Server, at: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, at, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, host, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Client {
  readonly socket: Socket;
  /** The next line, or the error's code, or `end`. */
  line(): Promise<string>;
}

function dial(port: number): Client {
  const socket = connect({ host, port });
  const lines: string[] = [];
  let wake = () => {};
  const push = (line: string) => {
    lines.push(line);
    wake();
  };
  let rest = '';
  socket.on('data', (data) => {
    const parts = `${rest}${data.toString()}`.split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) push(part);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => push(error.code ?? 'error'));
  socket.on('end', () => push('end'));
  const line = async (): Promise<string> => {
    for (;;) {
      const next = lines.shift();
      if (next !== undefined) return next;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { socket, line };
}

async function who(port: number): Promise<string> {
  const client = dial(port);
  const line = await client.line();
  client.socket.destroy();
  return line;
}

function proxyWith(t: Test, drainMs?: number): { proxy: TcpProxy; logged: string[] } {
  const logged: string[] = [];
  const telemetry = createTelemetry({
    component: 'kube-proxy',
    instance: 'test',
    world,
    destination: { write: (line) => logged.push(line) },
  });
  const proxy = new TcpProxy({ world, telemetry, ...(drainMs === undefined ? {} : { drainMs }) });
  t.teardown(() => proxy.stop());
  return { proxy, logged };
}

const listener = (port: number, backends: readonly Backend[], affinityMs?: number): DesiredListener => ({
  key: `${host}:${port}`,
  host,
  port,
  service: 'default/test',
  backends,
  affinityMs,
});

t.test('connections go round', async (t) => {
  const backends = await Promise.all(['a', 'b', 'c'].map((name) => backend(t, name)));
  const { proxy } = proxyWith(t);
  const port = await freePort();
  proxy.apply([listener(port, backends)]);
  await proxy.settled();
  const seen: string[] = [];
  for (let index = 0; index < 9; index += 1) seen.push(await who(port));
  t.same(seen, ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c']);
});

t.test('a client with session affinity stays with its backend', async (t) => {
  const backends = await Promise.all(['a', 'b'].map((name) => backend(t, name)));
  const { proxy } = proxyWith(t);
  const port = await freePort();
  proxy.apply([listener(port, backends, 60_000)]);
  await proxy.settled();
  const first = await who(port);
  t.same([await who(port), await who(port)], [first, first]);
  proxy.apply([
    listener(
      port,
      backends.filter(({ name }) => name !== first),
      60_000,
    ),
  ]);
  t.not(await who(port), first, 'unless it is gone');
});

t.test('a backend that refuses costs nobody a connection, and is asked last for a while', async (t) => {
  const alive = await backend(t, 'alive');
  const dead = { host: '127.0.0.1', port: 1, name: 'dead' };
  const { proxy } = proxyWith(t);
  const port = await freePort();
  proxy.apply([listener(port, [dead, alive, { ...dead, port: 2 }])]);
  await proxy.settled();
  const seen = await Promise.all(Array.from({ length: 12 }, () => who(port)));
  t.same(new Set(seen), new Set(['alive']));
  proxy.apply([listener(port, [dead])]);
  t.equal(await who(port), 'ECONNRESET', 'when all refuse, the client sees it');
});

t.test('changed endpoints hold for new connections; the old ones go on', async (t) => {
  const [a, b] = await Promise.all([backend(t, 'a'), backend(t, 'b')]);
  const { proxy } = proxyWith(t);
  const port = await freePort();
  proxy.apply([listener(port, [a])]);
  await proxy.settled();
  const old = dial(port);
  t.equal(await old.line(), 'a');
  proxy.apply([listener(port, [b])]);
  t.same([await who(port), await who(port)], ['b', 'b']);
  old.socket.write('still here\n');
  t.equal(await old.line(), 'still here');
  old.socket.destroy();
});

t.test('a removed listener accepts no more, and its connections may end within the drain time', async (t) => {
  const a = await backend(t, 'a');
  const { proxy } = proxyWith(t, 400);
  const port = await freePort();
  proxy.apply([listener(port, [a])]);
  await proxy.settled();
  const old = dial(port);
  t.equal(await old.line(), 'a');
  proxy.apply([]);
  t.same(proxy.bound(), []);
  t.equal(await who(port), 'ECONNREFUSED');
  old.socket.write('to the end\n');
  t.equal(await old.line(), 'to the end');
  t.match(await old.line(), /^(end|ECONNRESET)$/, 'then it is cut');
});

t.test('a NodePort that another process holds is logged once, and taken when it is free', async (t) => {
  const a = await backend(t, 'a');
  const { proxy, logged } = proxyWith(t);
  const other = createServer((socket) => socket.end('other\n'));
  const port = await listen(other, host, 0);
  const free = await freePort();
  proxy.apply([listener(port, [a]), listener(free, [a])]);
  await proxy.settled();
  t.same(proxy.bound(), [`${host}:${free}`], 'the others are served');
  await world.timers.sleep(600);
  const told = logged.filter((line) => line.includes('in use'));
  t.equal(told.length, 1);
  t.match(told[0], `"address":"${host}:${port}"`);
  t.equal(await who(port), 'other');
  await new Promise((resolve) => other.close(resolve));
  while (!proxy.bound().includes(`${host}:${port}`)) await world.timers.sleep(20);
  t.equal(await who(port), 'a');
});

t.test('an address that is not of this machine is logged, and ends nothing', async (t) => {
  const a = await backend(t, 'a');
  const { proxy, logged } = proxyWith(t);
  const port = await freePort();
  const elsewhere = { ...listener(port, [a]), host: '192.0.2.1', key: `192.0.2.1:${port}` };
  proxy.apply([elsewhere, listener(port, [a])]);
  await proxy.settled();
  t.equal(await who(port), 'a');
  t.match(logged.join(''), /"level":"warn".*192\.0\.2\.1.*cannot be bound/);
});

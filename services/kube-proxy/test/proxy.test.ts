import { connect, createServer, type Server } from 'node:net';
import { silentTelemetry } from '@kubelab/telemetry';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { TcpProxy } from '../src/proxy/tcp-proxy.adapter.js';
import type { DesiredListener } from '../src/rules/rules.js';

const world = createRealWorld({ host: 'kube-proxy-test' });

function backend(host: string): Promise<Server> {
  const server = createServer((socket) => socket.end(host));
  return new Promise((resolve) => server.listen(0, host, () => resolve(server)));
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return address.port;
}

function ask(port: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: '127.96.7.1', port });
    socket.on('data', (data) => {
      text += data.toString();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    socket.on('end', () => resolve(text));
  });
}

t.test(
  'connections go to each backend in turn, past a dead one, and are reset when there is none',
  async (t) => {
    const servers = await Promise.all(['127.64.9.2', '127.64.9.3'].map(backend));
    const free = await backend('127.96.7.1');
    const port = portOf(free);
    await new Promise((resolve) => free.close(resolve));
    const backends = servers.map((server, index) => ({
      host: `127.64.9.${index + 2}`,
      port: portOf(server),
      name: 'b',
    }));
    const listener = (to: DesiredListener['backends']): DesiredListener => ({
      key: `127.96.7.1:${port}`,
      host: '127.96.7.1',
      port,
      service: 'default/test',
      backends: to,
      affinityMs: undefined,
    });
    const proxy = new TcpProxy({ world, telemetry: silentTelemetry(world, 'kube-proxy', 'test') });
    t.teardown(() => {
      proxy.stop();
      for (const server of servers) server.close();
    });
    proxy.apply([listener(backends)]);
    await proxy.settled();
    t.same(new Set([await ask(port), await ask(port)]), new Set(['127.64.9.2', '127.64.9.3']));
    const dead = { host: '127.64.9.9', port: 9, name: 'dead' };
    proxy.apply([listener([dead, ...backends.slice(0, 1)])]);
    t.same([await ask(port), await ask(port)], ['127.64.9.2', '127.64.9.2']);
    proxy.apply([listener([])]);
    t.equal(await ask(port), 'ECONNRESET');
  },
);

import type { Node } from '@kubelab/api';
import { Client } from '@kubelab/client';
import { silentTelemetry } from '@kubelab/telemetry';
import t from 'tap';
import { NodeRoutes } from '../src/node/routes.js';
import { eventually, world } from './cluster.js';

t.test("a route that is refused is set again, and only other nodes' are", async (t) => {
  const node = (name: string, number: number): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR: `10.244.${number}.0/24` },
    status: { addresses: [{ type: 'InternalIP', address: `10.0.0.${number}` }] },
  });
  const commands: string[] = [];
  const run: typeof world.processes.run = async ({ args }) => {
    commands.push(args.join(' '));
    const exitCode = commands.length < 3 ? 2 : 0;
    const stderr = new TextEncoder().encode('RTNETLINK answers: Network is unreachable');
    return { exitCode, signal: null, stdout: new Uint8Array(0), stderr, timedOut: false };
  };
  const { spawn, interactive, reference, isAlive, signal } = world.processes;
  const processes = { spawn, interactive, reference, isAlive, signal, run };
  const list = { metadata: { resourceVersion: '1' }, items: [node('node-1', 1), node('node-2', 2)] };
  const never = new Promise<never>(() => {});
  const client = new Client({
    request: async () => ({ code: 200, headers: {}, body: new TextEncoder().encode(JSON.stringify(list)) }),
    stream: () => never,
    close: async () => undefined,
  });
  const { log } = silentTelemetry(world, 'kubelet', 'test');
  const routes = new NodeRoutes({ world: { ...world, processes }, log, client, nodeName: 'node-1' });
  t.teardown(() => routes.stop());
  routes.start();
  await eventually('it is set', () => commands.length >= 3);
  await world.timers.sleep(100);
  t.same(commands, Array(3).fill('route replace 10.244.2.0/24 via 10.0.0.2'));
});

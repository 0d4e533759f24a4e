import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import { serveWire } from '@kubelab/wire';
import type { Address, World } from '@kubelab/world';
import { TcpProxy } from './proxy/tcp-proxy.adapter.js';
import type { DesiredListener } from './rules/rules.js';

export interface Forward {
  readonly from: Address;
  readonly to: readonly Address[];
}

export interface EndpointConfig extends ComponentConfig {
  readonly forwards: readonly Forward[];
}

/** `HOST:PORT=HOST:PORT,HOST:PORT`; throws an Error that says so. */
export function parseForward(text: string): Forward {
  const [from = '', to = ''] = text.split(/=(.*)/s);
  return { from: parseAddress(from), to: to.split(',').map(parseAddress) };
}

function parseAddress(text: string): Address {
  const match = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(text);
  const [, host, port] = match ?? [];
  if (host === undefined) throw new Error(`--forward wants HOST:PORT=HOST:PORT,..., not '${text}'`);
  return { host, port: Number(port) };
}

/**
 * A static TCP balancer: what kubectl talks to. It ends no TLS; a connection goes to an apiserver that
 * accepts it.
 */
export async function startEndpoint(world: World, config: EndpointConfig): Promise<RunningComponent> {
  const { telemetry, links, tls } = config;
  const proxy = new TcpProxy({ world, telemetry });
  const server = await serveWire(
    { world, telemetry, links },
    { address: config.listen, tls, services: [config.debug] },
  );
  proxy.apply(config.forwards.map(listenerOf));
  await proxy.settled();
  return {
    address: server.address,
    role: () => 'serving',
    ready: () => proxy.bound().length === config.forwards.length,
    stop: async () => {
      proxy.stop();
      await server.close();
    },
  };
}

function listenerOf({ from, to }: Forward): DesiredListener {
  return {
    key: `${from.host}:${from.port}`,
    ...from,
    service: 'apiserver',
    backends: to.map((address) => ({ ...address, name: `${address.host}:${address.port}` })),
    affinityMs: undefined,
  };
}

import { type EndpointSlice, endpointSliceKind, type Service, serviceKind } from '@kubelab/api';
import { Client, connectApiserver, Informer } from '@kubelab/client';
import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import { serveWire } from '@kubelab/wire';
import type { Address, Timer, World } from '@kubelab/world';
import { LocalAddresses } from './addresses.js';
import { TcpProxy } from './proxy/tcp-proxy.adapter.js';
import { ProxySpans } from './proxy-spans.js';
import { desiredListeners, serviceNameLabel } from './rules/rules.js';

/** Changes within so long are applied together. */
const syncDelayMs = 20;
/** Everything is looked at again so often, for what failed outside (an `ip` command). */
const resyncMs = 10_000;

export interface KubeProxyConfig extends ComponentConfig {
  readonly apiservers: readonly Address[];
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly network: 'loopback' | 'interface';
}

/** Serves the cluster's Services on this node. */
export async function startKubeProxy(world: World, config: KubeProxyConfig): Promise<RunningComponent> {
  const { telemetry, links, tls, network } = config;
  const { log } = telemetry;
  const context = { world, telemetry, links };
  const transport = connectApiserver(context, { addresses: config.apiservers, tls });
  const client = new Client(transport);
  const services = new Informer<Service>(client, serviceKind, { world, log });
  const slices = new Informer<EndpointSlice>(client, endpointSliceKind, { world, log });
  const spans = new ProxySpans(telemetry.tracer);
  const proxy = new TcpProxy({ world, telemetry, spans });
  const addresses = new LocalAddresses(world, log);
  const nodePortHosts = network === 'loopback' ? [config.nodeIp, '127.0.0.1'] : ['0.0.0.0'];
  let pending: Timer | undefined;
  let stopped = false;
  const sync = async () => {
    pending = undefined;
    // Half of the picture would take listeners down that are only not known yet.
    if (stopped || !services.synced || !slices.synced) return;
    const desired = desiredListeners({
      services: services.list(),
      slices: slices.list(),
      nodeName: config.nodeName,
      nodePortHosts,
    });
    const wanted = desired.map(({ host }) => host).filter((host) => !nodePortHosts.includes(host));
    if (network === 'interface') await addresses.sync(new Set(wanted));
    if (!stopped) spans.rules(() => proxy.apply(desired));
  };
  const soon = () => {
    pending ??= world.timers.setTimeout(() => void sync(), syncDelayMs);
  };
  const server = await serveWire(context, { address: config.listen, tls, services: [config.debug] });
  services.handle({
    changed: ({ metadata }, _old, trace) => spans.note(`${metadata.namespace}/${metadata.name}`, trace),
  });
  slices.handle({
    changed: ({ metadata }, _old, trace) =>
      spans.note(`${metadata.namespace}/${metadata.labels?.[serviceNameLabel] ?? ''}`, trace),
  });
  for (const informer of [services, slices]) {
    informer.handle({ changed: soon, deleted: soon });
    informer.start();
    void informer.whenSynced().then(soon);
  }
  const resync = world.timers.setInterval(soon, resyncMs);
  return {
    address: server.address,
    role: () => 'serving',
    ready: () => services.synced && slices.synced,
    stop: async () => {
      stopped = true;
      pending?.cancel();
      resync.cancel();
      services.stop();
      slices.stop();
      proxy.stop();
      await server.close();
      await transport.close();
    },
  };
}

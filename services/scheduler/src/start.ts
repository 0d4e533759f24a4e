import { Client, connectApiserver, LeaderElector } from '@kubelab/client';
import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import { serveWire } from '@kubelab/wire';
import type { Address, World } from '@kubelab/world';
import { defaultConfiguration, parseConfiguration } from './config/configuration.js';
import { whyService } from './record/why-service.js';
import { Scheduler } from './scheduler.js';

export interface SchedulerConfig extends ComponentConfig {
  readonly apiservers: readonly Address[];
  /** Text of a KubeSchedulerConfiguration; undefined: Kubernetes' defaults. */
  readonly configuration?: string | undefined;
}

/** Starts a scheduler; of several, the one that holds the Lease kube-scheduler works. */
export async function startScheduler(world: World, config: SchedulerConfig): Promise<RunningComponent> {
  const { telemetry, links, tls, name } = config;
  const { log } = telemetry;
  const context = { world, telemetry, links };
  const transport = connectApiserver(context, { addresses: config.apiservers, tls });
  const client = new Client(transport);
  const configuration =
    config.configuration === undefined ? defaultConfiguration : parseConfiguration(config.configuration);
  const scheduler = new Scheduler({ world, log, tracer: telemetry.tracer, client, configuration });
  const elector = new LeaderElector({
    world,
    log,
    client,
    name: 'kube-scheduler',
    identity: name,
    lead: (signal) => scheduler.lead(signal),
  });
  const server = await serveWire(context, {
    address: config.listen,
    tls,
    services: [config.debug, whyService(scheduler)],
  });
  scheduler.start();
  elector.start();
  return {
    address: server.address,
    role: () => (elector.isLeader ? 'active' : 'standby'),
    ready: () => scheduler.synced,
    stop: async () => {
      await elector.stop();
      scheduler.stop();
      await server.close();
      await transport.close();
    },
  };
}

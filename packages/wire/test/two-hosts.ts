import { silentTelemetry, type Telemetry } from '@kubelab/telemetry';
import { createSimulation, type Simulation, type TlsMaterial } from '@kubelab/world';
import {
  createLinks,
  type DialOptions,
  dialWire,
  serveWire,
  type WireContext,
  type WireService,
} from '../src/index.js';

export interface Host extends WireContext {
  readonly telemetry: Telemetry;
}

/** Hosts of a simulated network; `run` drives virtual time until the body is done. */
export class Hosts {
  readonly simulation: Simulation;

  constructor(seed = 1) {
    this.simulation = createSimulation({ seed });
  }

  host(name: string): Host {
    const world = this.simulation.world(name);
    return { world, telemetry: silentTelemetry(world, 'test', name), links: createLinks() };
  }

  serve(host: Host, services: readonly WireService[], port = 1) {
    return serveWire(host, {
      address: { host: host.world.host, port },
      tls: tlsOf(host.world.host),
      services,
    });
  }

  dial(host: Host, to: readonly string[], options: Partial<DialOptions> = {}) {
    const addresses = to.map((name) => ({ host: name, port: 1 }));
    return dialWire(host, { addresses, tls: tlsOf(host.world.host), to: 'server', ...options });
  }

  async run(body: () => Promise<void>, untilMs = 120_000): Promise<void> {
    let over = false;
    const done = body().finally(() => {
      over = true;
    });
    done.catch(() => undefined);
    const finished = await this.simulation.run({ untilMs, until: () => over });
    if (!finished) throw new Error(`not done after ${untilMs} virtual ms`);
    await done;
  }
}

export function tlsOf(commonName: string): TlsMaterial {
  return { caPem: '', certPem: '', keyPem: '', identity: { commonName, organizations: ['testers'] } };
}

import { Client, connectApiserver, EventRecorder } from '@kubelab/client';
import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import { noBytes, type StreamHandler, serveWire, WireError, type WireService } from '@kubelab/wire';
import type { Address, World } from '@kubelab/world';
import { Backoff } from '../pod/backoff.js';
import { noProcess } from '../runtime/hollow/runtime.js';
import { kubeletPage } from '../streaming/pages.js';
import { boundedTransport } from './bounded-transport.js';
import { HollowNodes, type HollowNodesOptions, hollowNodeSpecs } from './hollow-nodes.js';
import { HollowPods } from './hollow-pods.js';
import { TimingWheel } from './timing-wheel.js';

/** Writes of pods under way; leases have their own. An apiserver has 200 seats for writes of all. */
const podCallsMax = 48;

export interface HollowKubeletConfig extends ComponentConfig {
  readonly apiservers: readonly Address[];
  readonly nodes: number;
  readonly nodeIp: string;
  readonly capacity: HollowNodesOptions['capacity'];
  readonly tainted: boolean;
  readonly startDelayMs: number;
  readonly containerRestartBackoffMs: number;
  /** Whether pods' events are written: three for each container. */
  readonly withEvents: boolean;
}

/** The kubelet of many nodes at once, whose pods have no processes. */
export async function startHollowKubelet(
  world: World,
  config: HollowKubeletConfig,
): Promise<RunningComponent> {
  const { telemetry, links, tls, nodeIp } = config;
  const { log } = telemetry;
  const context = { world, telemetry, links };
  const transport = connectApiserver(context, { addresses: config.apiservers, tls });
  const client = new Client(transport);
  const wheel = new TimingWheel(world);
  const recorder = new EventRecorder({ world, log, client, component: 'kubelet' });
  const events = config.withEvents ? recorder : { record: () => {} };
  const nodes = hollowNodeSpecs(config.nodes);
  const shared = { world, log, client, wheel, nodes };
  const backoff = new Backoff(config.containerRestartBackoffMs);
  const { startDelayMs, capacity, tainted } = config;
  const podsClient = new Client(boundedTransport(transport, podCallsMax));
  const pods = new HollowPods({ ...shared, client: podsClient, events, backoff, nodeIp, startDelayMs });
  const service = hollowService(pods);
  const server = await serveWire(context, { address: config.listen, tls, services: [service, config.debug] });
  const address = { host: nodeIp, port: server.address.port };
  const heartbeats = new HollowNodes({ ...shared, address, capacity, tainted });
  pods.start();
  heartbeats.start();
  return {
    address: server.address,
    role: () => 'hollow',
    ready: () => pods.synced && heartbeats.registered,
    stop: async () => {
      heartbeats.stop();
      pods.stop();
      wheel.stop();
      recorder.stop();
      await server.close();
      await transport.close();
    },
  };
}

function hollowService(pods: HollowPods): WireService {
  const refuse: StreamHandler = async () => {
    throw new WireError('failedPrecondition', noProcess);
  };
  return {
    unary: {
      'kubelet.page': kubeletPage(() => pods.pods()),
      'kubelet.stats': () => ({ head: pods.usage(), payload: noBytes }),
    },
    stream: {
      'kubelet.containerLogs': refuse,
      'kubelet.exec': refuse,
      'kubelet.attach': refuse,
      'kubelet.portForward': refuse,
    },
    authorize: (peer) => {
      if (!peer.organizations.includes('kubelab:apiservers'))
        throw new WireError('permissionDenied', `${peer.commonName} is not an apiserver`);
    },
  };
}

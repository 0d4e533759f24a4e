import { fileURLToPath } from 'node:url';
import type { Pod } from '@kubelab/api';
import { Client, connectApiserver, EventRecorder } from '@kubelab/client';
import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import type { Logger } from '@kubelab/telemetry';
import { noBytes, serveWire, WireError, type WireService } from '@kubelab/wire';
import { type Address, DiskError, type World } from '@kubelab/world';
import { rotateLog } from './log-rotation.js';
import { LogTimes } from './log-times.js';
import { containerLogs, type LogParts } from './logs.js';
import { candidatesOf, EvictionManager, parseThresholds, type Threshold } from './node/eviction.js';
import { capacityOf, Heartbeat } from './node/heartbeat.js';
import { readMachine, readUse } from './node/machine.adapter.js';
import { freeDisk } from './node/pressure.js';
import { NodeRoutes } from './node/routes.js';
import { Backoff } from './pod/backoff.js';
import { PodSyncLoop } from './pod/sync-loop.js';
import type { NetworkMode } from './runtime/process/network.js';
import { ProcessRuntime } from './runtime/process/runtime.js';
import { lookEveryMs, StatsCollector } from './stats/collector.js';
import { usageReport } from './stats/snapshot.js';
import { kubeletPage } from './streaming/pages.js';
import { streamingHandlers } from './streaming/service.js';

/** Kubernetes' for memory; for the disk an amount instead of a share: what is free is all that is measured. */
export const evictionHardDefault = 'memory.available<100Mi,nodefs.available<512Mi';
const rotateEveryMs = 10_000;

export interface KubeletConfig extends ComponentConfig {
  readonly apiservers: readonly Address[];
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly podCidr: string;
  readonly network: NetworkMode;
  /** Absolute. */
  readonly dataDirectory: string;
  /** Absolute. */
  readonly imageDirectory: string;
  readonly containerRestartBackoffMs: number;
  /** When pods are evicted; what `--eviction-hard` says. */
  readonly evictionHard?: readonly Threshold[];
  /** Of static pods. Absolute. */
  readonly podManifestPath?: string | undefined;
}

/** Runs the pods of one node. stop() leaves them running: the next kubelet takes them up. */
export async function startKubelet(world: World, config: KubeletConfig): Promise<RunningComponent> {
  const { telemetry, links, tls, nodeName, nodeIp, podCidr } = config;
  const { log } = telemetry;
  const context = { world, telemetry, links };
  const machine = readMachine();
  const runtime = await ProcessRuntime.open({
    ...config,
    world,
    log,
    path: machine.path,
    nodePath: machine.nodePath,
    preloadPath: fileURLToPath(new URL('../../assets/bind-pod-address.cjs', import.meta.url)),
  });
  const times = new LogTimes(world);
  const transport = connectApiserver(context, { addresses: config.apiservers, tls });
  const client = new Client(transport);
  const events = new EventRecorder({ world, log, client, component: 'kubelet', host: nodeName });
  const shared = { world, log, client, nodeName, nodeIp };
  const backoff = new Backoff(config.containerRestartBackoffMs);
  const allocatable = capacityOf(machine);
  const pods = new PodSyncLoop({
    ...shared,
    runtime,
    events,
    backoff,
    times,
    allocatable,
    manifestDirectory: config.podManifestPath,
  });
  const waitingOf: LogParts['waitingOf'] = (uid, container) => pods.manager.waitingOf(uid, container);
  const { dataDirectory } = config;
  const { evictionHard: thresholds = parseThresholds(evictionHardDefault) } = config;
  const stats = new StatsCollector({ ...shared, runtime, machine, dataDirectory });
  const service = kubeletService({ world, runtime, times, waitingOf, pods: () => pods.pods(), stats });
  const server = await serveWire(context, { address: config.listen, tls, services: [service, config.debug] });
  // Apiservers find a kubelet by its node's InternalIP.
  const isElsewhere = config.listen.host !== nodeIp && config.listen.host !== '0.0.0.0';
  const second = isElsewhere
    ? await serveWire(context, {
        address: { host: nodeIp, port: server.address.port },
        tls,
        services: [service],
      })
    : undefined;
  const kubeletPort = server.address.port;
  const heartbeat = new Heartbeat({ ...shared, podCidr, kubeletPort, machine, dataDirectory, thresholds });
  // On the loopback network every pod address is this machine's own.
  const routes = config.network === 'interface' ? new NodeRoutes(shared) : undefined;
  const eviction = new EvictionManager({
    ...{ world, log, thresholds },
    available: async (signal) =>
      signal === 'memory.available' ? readUse().availableMemoryBytes : freeDisk(world, dataDirectory),
    candidates: async () => candidatesOf(pods.pods(), (await stats.snapshot()).pods),
    evict: (pod, message) => pods.manager.evict(pod, message),
  });
  eviction.start();
  pods.start();
  heartbeat.start();
  routes?.start();
  stats.start();
  const rotating = world.timers.setInterval(
    () => void rotateLogs({ world, runtime, times, log }),
    rotateEveryMs,
  );
  return {
    address: server.address,
    role: () => 'serving',
    ready: () => pods.synced && heartbeat.registered,
    stop: async () => {
      rotating.cancel();
      heartbeat.stop();
      routes?.stop();
      stats.stop();
      eviction.stop();
      pods.stop();
      events.stop();
      await second?.close();
      await server.close();
      await transport.close();
      await times.close();
    },
  };
}

/** What apiservers ask a kubelet for. */
function kubeletService(
  parts: LogParts & { readonly pods: () => readonly Pod[]; readonly stats: StatsCollector },
): WireService {
  const snapshot = () => parts.stats.snapshot();
  return {
    unary: {
      'kubelet.page': kubeletPage(parts.pods, snapshot),
      'kubelet.stats': async () => ({ head: usageReport(await snapshot(), lookEveryMs), payload: noBytes }),
    },
    stream: { 'kubelet.containerLogs': containerLogs(parts), ...streamingHandlers(parts) },
    authorize: (peer) => {
      if (!peer.organizations.includes('kubelab:apiservers'))
        throw new WireError('permissionDenied', `${peer.commonName} is not an apiserver`);
    },
  };
}

async function rotateLogs(parts: {
  readonly world: World;
  readonly runtime: ProcessRuntime;
  readonly times: LogTimes;
  readonly log: Logger;
}): Promise<void> {
  const { world, runtime, times, log } = parts;
  for (const container of await runtime.ListContainers()) {
    const { logPath } = container;
    try {
      if (await rotateLog(world, logPath)) await times.rotated(container);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      log.warn({ logPath, error }, 'a log was not rotated; it is tried again');
    }
  }
}

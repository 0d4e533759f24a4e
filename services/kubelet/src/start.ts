import { fileURLToPath } from 'node:url';
import { type Pod, podKind, type Service, serviceKind } from '@kubelab/api';
import {
  Client,
  connectApiserver,
  EventRecorder,
  Informer,
  keyOf,
  runWorkers,
  WorkQueue,
} from '@kubelab/client';
import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import type { Logger } from '@kubelab/telemetry';
import { serveWire, WireError, type WireService } from '@kubelab/wire';
import { type Address, DiskError, type World } from '@kubelab/world';
import { rotateLog } from './log-rotation.js';
import { containerLogs } from './logs.js';
import { Heartbeat } from './node/heartbeat.js';
import { readMachine } from './node/machine.adapter.js';
import { NodeRoutes } from './node/routes.js';
import { Backoff } from './pod/backoff.js';
import { PodManager } from './pod/manager.js';
import type { NetworkMode } from './runtime/process/network.js';
import { ProcessRuntime } from './runtime/process/runtime.js';

/** A pod that ends holds its worker for its grace; so many may at a time. Above capacity's 110 pods. */
const workers = 128;
const relistMs = 250;
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
  const logs = logService(world, runtime);
  const server = await serveWire(context, { address: config.listen, tls, services: [logs, config.debug] });
  // Apiservers find a kubelet by its node's InternalIP.
  const isElsewhere = config.listen.host !== nodeIp && config.listen.host !== '0.0.0.0';
  const second = isElsewhere
    ? await serveWire(context, {
        address: { host: nodeIp, port: server.address.port },
        tls,
        services: [logs],
      })
    : undefined;
  const transport = connectApiserver(context, { addresses: config.apiservers, tls });
  const client = new Client(transport);
  const pods = new Informer<Pod>(client, podKind, { world, log, fieldSelector: `spec.nodeName=${nodeName}` });
  const services = new Informer<Service>(client, serviceKind, { world, log });
  const events = new EventRecorder({ world, log, client, component: 'kubelet', host: nodeName });
  const queue = new WorkQueue(world);
  const backoff = new Backoff(config.containerRestartBackoffMs);
  const shared = { world, log, client, nodeIp };
  const manager = new PodManager({ ...shared, runtime, events, pods, services, queue, backoff });
  const kubeletPort = server.address.port;
  const { dataDirectory } = config;
  const heartbeat = new Heartbeat({ ...shared, nodeName, podCidr, kubeletPort, machine, dataDirectory });
  // On the loopback network every pod address is this machine's own.
  const routes =
    config.network === 'interface' ? new NodeRoutes({ world, log, client, nodeName }) : undefined;
  const enqueue = (pod: Pod) => queue.add(keyOf(pod));
  pods.handle({ changed: enqueue, deleted: enqueue });
  pods.start();
  services.start();
  heartbeat.start();
  routes?.start();
  // Nothing is taken down, and no environment made, before both pictures are whole.
  void Promise.all([pods.whenSynced(), services.whenSynced()]).then(async () => {
    for (const { namespace, name } of await runtime.ListPodSandbox()) queue.add(`${namespace}/${name}`);
    await runWorkers(queue, (key) => manager.reconcile(key), { workers, log, name: 'kubelet' });
  });
  const relist = relister(runtime, queue);
  const rotating = world.timers.setInterval(() => void rotateLogs(world, runtime, log), rotateEveryMs);
  const relisting = world.timers.setInterval(() => void relist(), relistMs);
  return {
    address: server.address,
    role: () => 'serving',
    ready: () => pods.synced && services.synced && heartbeat.registered,
    stop: async () => {
      relisting.cancel();
      rotating.cancel();
      queue.stop();
      heartbeat.stop();
      routes?.stop();
      pods.stop();
      services.stop();
      events.stop();
      await second?.close();
      await server.close();
      await transport.close();
    },
  };
}

/**
 * Looks at all containers (the pod lifecycle event generator's relist): a pod whose container changed is
 * reconciled.
 */
function relister(runtime: ProcessRuntime, queue: WorkQueue): () => Promise<void> {
  let states = new Map<string, string>();
  let running = false;
  return async () => {
    if (running) return;
    running = true;
    const pods = new Map(
      (await runtime.ListPodSandbox()).map((one) => [one.id, `${one.namespace}/${one.name}`]),
    );
    const next = new Map<string, string>();
    for (const { id, state, podSandboxId } of await runtime.ListContainers()) {
      next.set(id, state);
      const key = pods.get(podSandboxId);
      if (states.get(id) !== state && key !== undefined) queue.add(key);
    }
    states = next;
    running = false;
  };
}

/** What apiservers ask a kubelet for. */
function logService(world: World, runtime: ProcessRuntime): WireService {
  return {
    stream: { 'kubelet.containerLogs': containerLogs(world, runtime) },
    authorize: (peer) => {
      if (!peer.organizations.includes('kubelab:apiservers'))
        throw new WireError('permissionDenied', `${peer.commonName} may not read logs; apiservers may`);
    },
  };
}

async function rotateLogs(world: World, runtime: ProcessRuntime, log: Logger): Promise<void> {
  for (const { logPath } of await runtime.ListContainers()) {
    try {
      await rotateLog(world, logPath);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      log.warn({ logPath, error }, 'a log was not rotated; it is tried again');
    }
  }
}

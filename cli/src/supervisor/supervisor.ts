import { operatorsGroup } from '@kubelab/component';
import { stopAllPods } from '@kubelab/kubelet';
import { noBytes, serveWire, type WireContext, WireError, type WireService } from '@kubelab/wire';
import type { Address, TlsMaterial } from '@kubelab/world';
import { isRecord } from '../cluster-file.js';
import { type ClusterOptions, components, ports } from '../topology.js';
import { type ClusterStatus, type ControlAction, supervisorMethods } from './contract.js';
import { ManagedProcess, type ProcessHost } from './managed-process.js';
import { createProber, type Prober } from './prober.js';

/** What a component gets to end by itself before SIGKILL. */
const stopGraceMs = 4_000;
const controlActions: readonly ControlAction[] = ['kill', 'pause', 'resume', 'restart', 'stop', 'start'];

export interface SupervisorOptions {
  readonly cluster: ClusterOptions;
  readonly host: ProcessHost;
  readonly context: WireContext;
  readonly tls: TlsMaterial;
}

export interface Supervisor {
  readonly address: Address;
  status(): Promise<ClusterStatus>;
  /** Ends every component and every pod's processes. Idempotent. */
  shutdown(): Promise<void>;
  /** Resolves once shutdown() is over, whoever called it. */
  readonly done: Promise<void>;
}

/** Starts every component of the cluster at once (each waits for those it needs) and keeps them running. */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { cluster, host, context, tls } = options;
  const processes = new Map(
    components(cluster).map((spec) => [spec.name, new ManagedProcess(host, spec)] as const),
  );
  const prober = createProber(context, tls);
  let stopped: Promise<void> | undefined;
  let announceDone: () => void = () => {};
  const done = new Promise<void>((resolve) => {
    announceDone = resolve;
  });

  const status = () => clusterStatus(cluster, processes, prober);
  const shutdown = () => {
    stopped ??= stopEverything().finally(announceDone);
    return stopped;
  };
  const stopEverything = async () => {
    await Promise.all([...processes.values()].map((managed) => managed.stop(stopGraceMs)));
    await endPods(cluster, host);
    prober.close();
    await server.close(0);
  };
  const service = supervisorService({ processes, cluster, host, prober, status, shutdown });
  const server = await serveWire(context, {
    address: ports(cluster.port).supervisor,
    tls,
    services: [service],
  });
  await Promise.all([...processes.values()].map((managed) => managed.start()));
  return { address: server.address, status, shutdown, done };
}

/**
 * Kubelets leave their pods running when they stop, as in Kubernetes; when the cluster goes down the pods go
 * too.
 */
async function endPods(cluster: ClusterOptions, host: ProcessHost): Promise<void> {
  const directories = components(cluster)
    .filter((spec) => spec.kind === 'kubelet')
    .map((spec) => `${cluster.dataDirectory}/${spec.name}`);
  await Promise.all(directories.map((dataDirectory) => stopAllPods(host.world, { dataDirectory })));
}

interface ServiceParts {
  readonly processes: ReadonlyMap<string, ManagedProcess>;
  readonly cluster: ClusterOptions;
  readonly host: ProcessHost;
  readonly prober: Prober;
  readonly status: () => Promise<ClusterStatus>;
  readonly shutdown: () => Promise<void>;
}

function supervisorService(parts: ServiceParts): WireService {
  return {
    authorize: (peer, method) => {
      if (peer.organizations.includes(operatorsGroup)) return;
      throw new WireError('permissionDenied', `${method} is for members of ${operatorsGroup}`);
    },
    unary: {
      [supervisorMethods.status]: async () => ({ head: await parts.status(), payload: noBytes }),
      [supervisorMethods.control]: async (request) => {
        const { name, action, wholeNode } = controlRequest(request.head);
        const names = await affected(parts, name, wholeNode);
        await control(parts, names, action, wholeNode);
        return { head: { names: names.map((managed) => managed.spec.name) }, payload: noBytes };
      },
      [supervisorMethods.shutdown]: async () => {
        // Answered first: closing the server would cut the answer off.
        parts.host.world.timers.setTimeout(() => void parts.shutdown(), 50);
        return { head: {}, payload: noBytes };
      },
    },
  };
}

function controlRequest(head: unknown): { name: string; action: ControlAction; wholeNode: boolean } {
  if (!isRecord(head) || typeof head.name !== 'string') {
    throw new WireError('invalidArgument', 'a component name is needed');
  }
  const action = controlActions.find((known) => known === head.action);
  if (action === undefined) {
    throw new WireError('invalidArgument', `action must be one of ${controlActions.join(', ')}`);
  }
  return { name: head.name, action, wholeNode: head.wholeNode === true };
}

async function affected(parts: ServiceParts, name: string, wholeNode: boolean): Promise<ManagedProcess[]> {
  const resolved = name === 'leader' ? await leaderName(parts) : name;
  const managed = parts.processes.get(resolved);
  if (managed === undefined) {
    const known = [...parts.processes.keys(), 'leader'].join(', ');
    throw new WireError('notFound', `no component is called '${name}'; there are: ${known}`);
  }
  if (!wholeNode) return [managed];
  const proxy = parts.processes.get(resolved.replace(/^node-/, 'kube-proxy-'));
  if (managed.spec.kind !== 'kubelet' || proxy === undefined) {
    throw new WireError(
      'invalidArgument',
      `'${name}' is not a node; --whole-node goes with node-1, node-2, ...`,
    );
  }
  return [managed, proxy];
}

async function leaderName(parts: ServiceParts): Promise<string> {
  const { components: all } = await parts.status();
  const leader = all.find((component) => component.kind === 'etcd-raft' && component.role === 'leader');
  if (leader !== undefined) return leader.name;
  throw new WireError('unavailable', 'the store has no leader at this moment; try again', {
    retryable: true,
  });
}

async function control(
  parts: ServiceParts,
  targets: readonly ManagedProcess[],
  action: ControlAction,
  wholeNode: boolean,
): Promise<void> {
  for (const managed of targets) {
    switch (action) {
      case 'kill':
        managed.kill({ stayDown: wholeNode });
        break;
      case 'pause':
        managed.pause();
        break;
      case 'resume':
        managed.resume();
        break;
      case 'restart':
        await managed.stop(stopGraceMs);
        await managed.start();
        break;
      case 'stop':
        await managed.stop(stopGraceMs);
        break;
      case 'start':
        await managed.start();
        break;
      default:
        action satisfies never;
    }
  }
  // A machine that goes down takes its pods with it; a kubelet alone does not.
  const [kubelet] = targets;
  if (!wholeNode || kubelet === undefined || (action !== 'kill' && action !== 'stop')) return;
  await stopAllPods(parts.host.world, {
    dataDirectory: `${parts.cluster.dataDirectory}/${kubelet.spec.name}`,
  });
}

async function clusterStatus(
  cluster: ClusterOptions,
  processes: ReadonlyMap<string, ManagedProcess>,
  prober: Prober,
): Promise<ClusterStatus> {
  const all = await Promise.all([...processes.values()].map((managed) => prober.componentStatus(managed)));
  return {
    ready: all.every((component) => component.ready),
    api: `https://127.0.0.1:${cluster.port}`,
    components: all,
  };
}

import {
  ApiError,
  type Lease,
  leaseKind,
  microTimestamp,
  type Node,
  nodeKind,
  timestamp,
} from '@kubelab/api';
import { type Client, isNotFound } from '@kubelab/client';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { Threshold } from './eviction.js';
import { type Machine, readUse } from './machine.adapter.js';
import { pressures } from './pressure.js';

const leaseNamespace = 'kube-node-lease';

/** What pods may use of it: all. */
export function capacityOf(machine: Machine): Record<string, string> {
  return {
    cpu: String(machine.cpus),
    memory: `${Math.floor(machine.memoryBytes / 1024)}Ki`,
    pods: '110',
  };
}

export interface HeartbeatOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly podCidr: string;
  /** Whose disk is measured. */
  readonly dataDirectory: string;
  readonly kubeletPort: number;
  readonly machine: Machine;
  /** Below which there is pressure. */
  readonly thresholds: readonly Threshold[];
}

/**
 * Registers the Node, then keeps its Lease (10 s) and status (60 s, or at once while it is not Ready) fresh.
 */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #stopping = new AbortController();
  registered = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(): Promise<void> {
    const { world, log } = this.#options;
    let statusAtMs = Number.NEGATIVE_INFINITY;
    while (!this.#stopping.signal.aborted) {
      let delayMs = 2_000;
      try {
        const node = await this.#register();
        const nowMs = world.clock.monotonicMs();
        const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
        if (!ready || nowMs - statusAtMs >= 60_000) {
          await this.#reportStatus(node);
          statusAtMs = nowMs;
        }
        await this.#renew();
        this.registered = true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        log.debug({ error: error.message }, 'the heartbeat did not get through; it is tried again');
        delayMs = 500;
      }
      await Promise.race([world.timers.sleep(delayMs), aborted(this.#stopping.signal)]);
    }
  }

  async #register(): Promise<Node> {
    const { client, nodeName, podCidr, machine } = this.#options;
    const nodes = client.for<Node>(nodeKind);
    try {
      return await nodes.get(undefined, nodeName);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    const labels = {
      'kubernetes.io/hostname': nodeName,
      'kubernetes.io/os': machine.os,
      'kubernetes.io/arch': machine.architecture,
    };
    return nodes.create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: nodeName, labels },
      spec: { podCIDR: podCidr, podCIDRs: [podCidr] },
    });
  }

  async #reportStatus(node: Node): Promise<void> {
    const { world, client, nodeName, nodeIp, kubeletPort, machine } = this.#options;
    const now = timestamp(world.clock.nowMs());
    const { dataDirectory, thresholds } = this.#options;
    const measured = await pressures(world, { dataDirectory, use: readUse(), thresholds });
    const condition = (type: string, status: string, reason: string, message: string) => {
      const known = node.status?.conditions?.find((one) => one.type === type);
      const since = known?.status === status ? (known.lastTransitionTime ?? now) : now;
      return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: since };
    };
    const capacity = capacityOf(machine);
    const status = {
      addresses: [
        { type: 'InternalIP', address: nodeIp },
        { type: 'Hostname', address: nodeName },
      ],
      capacity,
      allocatable: capacity,
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      nodeInfo: {
        kubeletVersion: 'v1.33.0+kubelab',
        kubeProxyVersion: '',
        osImage: `${machine.os} (Node.js ${machine.nodeVersion})`,
        kernelVersion: machine.kernelVersion,
        containerRuntimeVersion: 'process://0.1.0',
        machineID: nodeName,
        systemUUID: nodeName,
        bootID: nodeName,
        architecture: machine.architecture,
        operatingSystem: machine.os,
      },
      conditions: [
        ...measured.map(({ type, status, reason, message }) => condition(type, status, reason, message)),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
    };
    await client.for<Node>(nodeKind).patch({ name: nodeName, subresource: 'status' }, 'merge', { status });
  }

  async #renew(): Promise<void> {
    const { world, client, nodeName } = this.#options;
    const leases = client.for<Lease>(leaseKind);
    const spec = {
      holderIdentity: nodeName,
      leaseDurationSeconds: 40,
      renewTime: microTimestamp(world.clock.nowMs()),
    };
    try {
      await leases.patch({ namespace: leaseNamespace, name: nodeName }, 'merge', { spec });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const metadata = { name: nodeName, namespace: leaseNamespace };
      await leases.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

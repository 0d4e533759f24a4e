import {
  ApiError,
  type Lease,
  leaseKind,
  microTimestamp,
  type Node,
  nodeKind,
  timestamp,
} from '@kubelab/api';
import { type Client, Informer, isNotFound } from '@kubelab/client';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { hollowDomain } from '../runtime/hollow/life.js';
import type { TimingWheel } from './timing-wheel.js';

/** Kubernetes' own: a lease of 40 s, renewed every 10 s; the status, when nothing changes, every 5 min. */
const leaseSeconds = 40;
const renewMs = 10_000;
const statusMs = 300_000;
const retryMs = 1_000;
/** Calls at once, of all nodes together; the others wait in line. */
const callsMax = 32;
export const hollowNodesMax = 10_000;
const leaseNamespace = 'kube-node-lease';

export interface HollowNodeSpec {
  readonly name: string;
  readonly podCidr: string;
}

/** `hollow-0` and so on; pods of the n-th get addresses of 10.(128 + n / 256).(n % 256).0/24, where nobody listens. */
export function hollowNodeSpecs(count: number): HollowNodeSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `hollow-${index}`,
    podCidr: `10.${128 + Math.floor(index / 256)}.${index % 256}.0/24`,
  }));
}

export interface HollowNodesOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly wheel: TimingWheel;
  readonly nodes: readonly HollowNodeSpec[];
  /** Where their kubelet is asked: this process. */
  readonly address: { readonly host: string; readonly port: number };
  readonly capacity: { readonly cpu: string; readonly memory: string; readonly pods: string };
  /** Keeps pods that do not tolerate `hollow.kubelab.dev/node` away. */
  readonly tainted: boolean;
}

/**
 * Registers the Nodes and keeps their leases and statuses fresh, each node at a time of its own within the period. A Node with the
 * annotation `hollow.kubelab.dev/heartbeat: stop` falls silent until it is taken away. One that was deleted stays away until the
 * next start, as with Kubernetes' kubelets.
 */
export class HollowNodes {
  readonly #options: HollowNodesOptions;
  readonly #informer: Informer<Node>;
  readonly #own: ReadonlySet<string>;
  readonly #gone = new Set<string>();
  readonly #waiting: (() => Promise<void>)[] = [];
  #calls = 0;
  #stopped = false;
  #registered = 0;

  constructor(options: HollowNodesOptions) {
    this.#options = options;
    const { client, world, log } = options;
    this.#own = new Set(options.nodes.map(({ name }) => name));
    this.#informer = new Informer<Node>(client, nodeKind, { world, log, labelSelector: 'type=hollow' });
    this.#informer.handle({
      changed: (node) => {
        if (this.#own.has(node.metadata.name) && !this.#isFresh(node) && !isSilent(node))
          this.#call(() => this.#reportStatus(node.metadata.name));
      },
      deleted: (node) => void this.#gone.add(node.metadata.name),
    });
  }

  /** Every node was registered once. */
  get registered(): boolean {
    return this.#registered === this.#options.nodes.length;
  }

  start(): void {
    this.#informer.start();
    for (const node of this.#options.nodes) this.#call(() => this.#register(node));
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
    this.#informer.stop();
  }

  /** The node lifecycle controller may have written that it is not Ready. */
  #isFresh(node: Node): boolean {
    const conditions = node.status?.conditions ?? [];
    // Without conditions it was just made, and its status is about to be written.
    return (
      conditions.length === 0 || conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
    );
  }

  #call(run: () => Promise<void>): void {
    if (this.#stopped) return;
    if (this.#calls >= callsMax) {
      this.#waiting.push(run); // At most three of a node: its lease, its status, a change seen.
      return;
    }
    this.#calls += 1;
    void run().finally(() => {
      this.#calls -= 1;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#call(next);
    });
  }

  /** Answers whether it went through; what did not is tried again by its caller. */
  async #try(name: string, run: () => Promise<unknown>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#options.log.debug(
        { node: name, error: error.message },
        'a call for a hollow node is tried again',
      );
      return false;
    }
  }

  async #register(spec: HollowNodeSpec): Promise<void> {
    const { wheel, world } = this.#options;
    const done = await this.#try(spec.name, async () => {
      await this.#create(spec);
      await this.#writeStatus(spec.name);
      await this.#writeLease(spec.name);
    });
    if (!done) {
      wheel.schedule(retryMs, () => this.#call(() => this.#register(spec)));
      return;
    }
    this.#registered += 1;
    // Each has its own moment within the period, so that the apiserver is asked evenly.
    wheel.schedule(world.random.next() * renewMs, () => this.#beat(spec.name));
    wheel.schedule(statusMs * (0.5 + world.random.next() / 2), () => this.#statusDue(spec.name));
  }

  #silent(name: string): boolean {
    return isSilent(this.#informer.get(name));
  }

  #beat(name: string): void {
    const { wheel } = this.#options;
    if (this.#gone.has(name)) return;
    if (this.#silent(name)) {
      wheel.schedule(renewMs, () => this.#beat(name));
      return;
    }
    this.#call(async () => {
      const done = await this.#try(name, () => this.#writeLease(name));
      wheel.schedule(done ? renewMs : retryMs, () => this.#beat(name));
    });
  }

  #statusDue(name: string): void {
    if (this.#gone.has(name)) return;
    if (!this.#silent(name)) this.#call(() => this.#reportStatus(name));
    this.#options.wheel.schedule(statusMs, () => this.#statusDue(name));
  }

  async #reportStatus(name: string): Promise<void> {
    const { wheel } = this.#options;
    const done = this.#gone.has(name) || (await this.#try(name, () => this.#writeStatus(name)));
    if (!done) wheel.schedule(retryMs, () => this.#call(() => this.#reportStatus(name)));
  }

  async #create({ name, podCidr }: HollowNodeSpec): Promise<void> {
    const { client, tainted } = this.#options;
    const labels = {
      type: 'hollow',
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
    };
    const taints = [{ key: `${hollowDomain}/node`, value: 'hollow', effect: 'NoSchedule' }];
    try {
      await client.for<Node>(nodeKind).create({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, labels },
        spec: { podCIDR: podCidr, podCIDRs: [podCidr], ...(tainted ? { taints } : {}) },
      });
    } catch (error) {
      const isThere = error instanceof ApiError && error.reason === 'AlreadyExists';
      if (!isThere) throw error;
    }
  }

  async #writeStatus(name: string): Promise<void> {
    const { client, world, address, capacity } = this.#options;
    const status = hollowNodeStatus(this.#informer.get(name), {
      name,
      ...address,
      capacity,
      now: timestamp(world.clock.nowMs()),
    });
    await client.for<Node>(nodeKind).patch({ name, subresource: 'status' }, 'merge', { status });
  }

  async #writeLease(name: string): Promise<void> {
    const { world, client } = this.#options;
    const leases = client.for<Lease>(leaseKind);
    const spec = {
      holderIdentity: name,
      leaseDurationSeconds: leaseSeconds,
      renewTime: microTimestamp(world.clock.nowMs()),
    };
    try {
      await leases.patch({ namespace: leaseNamespace, name }, 'merge', { spec });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const metadata = { name, namespace: leaseNamespace };
      await leases.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
    }
  }
}

function isSilent(node: Node | undefined): boolean {
  return node?.metadata.annotations?.[`${hollowDomain}/heartbeat`] === 'stop';
}

function hollowNodeStatus(
  node: Node | undefined,
  parts: {
    readonly name: string;
    readonly host: string;
    readonly port: number;
    readonly capacity: HollowNodesOptions['capacity'];
    readonly now: string;
  },
): NonNullable<Node['status']> {
  const { name, host, port, capacity, now } = parts;
  const condition = (type: string, status: string, reason: string, message: string) => {
    const known = node?.status?.conditions?.find((one) => one.type === type);
    const since = known?.status === status ? (known.lastTransitionTime ?? now) : now;
    return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: since };
  };
  const fine = (type: string, reason: string, message: string) => condition(type, 'False', reason, message);
  return {
    addresses: [
      { type: 'InternalIP', address: host },
      { type: 'Hostname', address: name },
    ],
    capacity: { ...capacity },
    allocatable: { ...capacity },
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
    nodeInfo: {
      kubeletVersion: 'v1.33.0+kubelab',
      kubeProxyVersion: '',
      osImage: 'hollow',
      kernelVersion: '',
      containerRuntimeVersion: 'hollow://0.1.0',
      machineID: name,
      systemUUID: name,
      bootID: name,
      architecture: 'amd64',
      operatingSystem: 'linux',
    },
    conditions: [
      fine('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      fine('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      fine('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
  };
}

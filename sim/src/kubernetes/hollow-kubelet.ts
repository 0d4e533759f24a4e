import {
  ApiError,
  type Lease,
  leaseKind,
  microTimestamp,
  type Node,
  nodeKind,
  type Pod,
  type PodStatus,
  podKind,
  timestamp,
} from '@kubelab/api';
import { type Client, Informer, isNotFound, keyOf, runWorkers, WorkQueue } from '@kubelab/client';
import type { RunningComponent } from '@kubelab/component';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';

const leaseNamespace = 'kube-node-lease';
const renewMs = 5_000;
const statusMs = 60_000;
const workers = 8;
const startMsMax = 1_500;
const stopMsMax = 2_000;
/** How long the work of a Job's pod takes. */
const workMsMax = 10_000;
/** A pod whose namesake still ends is looked at again. */
const waitMs = 200;

/** What runs on a machine: it goes on when its kubelet dies, and ends when the machine does. */
export interface Machine {
  readonly name: string;
  /** By the pod's uid. */
  readonly containers: Map<string, Container>;
  readonly started: () => void;
}

export interface Container {
  readonly key: string;
  readonly uid: string;
  readonly ip: string;
  readonly endsAtMs: number | undefined;
}

export interface HollowKubeletOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly machine: Machine;
}

/** A kubelet without processes: pods go through their life, and what would run is written down in the machine. */
export async function startHollowKubelet(options: HollowKubeletOptions): Promise<RunningComponent> {
  const kubelet = new HollowKubelet(options);
  kubelet.start();
  return {
    address: { host: options.world.host, port: 0 },
    role: () => 'ready',
    ready: () => kubelet.ready,
    stop: async () => kubelet.stop(),
  };
}

class HollowKubelet {
  readonly #options: HollowKubeletOptions;
  readonly #pods: Informer<Pod>;
  readonly #queue: WorkQueue;
  readonly #stopping = new AbortController();
  #registered = false;

  constructor(options: HollowKubeletOptions) {
    const { world, log, client, machine } = options;
    this.#options = options;
    this.#queue = new WorkQueue(world);
    const fieldSelector = `spec.nodeName=${machine.name}`;
    this.#pods = new Informer<Pod>(client, podKind, { world, log, fieldSelector });
  }

  get ready(): boolean {
    return this.#registered && this.#pods.synced;
  }

  start(): void {
    const { log } = this.#options;
    const add = (pod: Pod) => this.#queue.add(keyOf(pod));
    this.#pods.handle({ changed: add, deleted: add });
    this.#pods.start();
    void this.#beat();
    void this.#pods.whenSynced().then(() => {
      for (const { key } of this.#options.machine.containers.values()) this.#queue.add(key);
      return runWorkers(this.#queue, (key) => this.#sync(key), { workers, log, name: 'hollow-kubelet' });
    });
  }

  stop(): void {
    this.#stopping.abort();
    this.#pods.stop();
    this.#queue.stop();
  }

  /* ------------------------------------------------------------ pods */

  async #sync(key: string): Promise<{ requeueAfterMs: number } | undefined> {
    const pod = this.#pods.get(key);
    const { world, machine, client } = this.#options;
    const mine = [...machine.containers.values()].filter((one) => one.key === key);
    const others = mine.filter(({ uid }) => uid !== pod?.metadata.uid);
    if (others.length > 0) {
      await world.timers.sleep(world.random.int(stopMsMax));
      for (const { uid } of others) machine.containers.delete(uid);
    }
    if (pod === undefined) return undefined;
    const { uid = '', namespace, name, deletionTimestamp } = pod.metadata;
    if (deletionTimestamp !== undefined) {
      if (machine.containers.has(uid)) {
        await world.timers.sleep(world.random.int(stopMsMax));
        machine.containers.delete(uid);
      }
      if (!isOver(pod)) await this.#status(pod, this.#over(pod, 'Succeeded'));
      const options = { gracePeriodSeconds: 0, preconditions: { uid } };
      await client.for<Pod>(podKind).delete({ namespace, name }, options);
      return undefined;
    }
    if (isOver(pod)) {
      machine.containers.delete(uid);
      return undefined;
    }
    return this.#run(pod);
  }

  async #run(pod: Pod): Promise<{ requeueAfterMs: number } | undefined> {
    const { world, machine } = this.#options;
    const { uid = '' } = pod.metadata;
    let container = machine.containers.get(uid);
    if (container === undefined) {
      await world.timers.sleep(50 + world.random.int(startMsMax));
      const current = this.#pods.get(keyOf(pod));
      if (current?.metadata.uid !== uid || current.metadata.deletionTimestamp !== undefined)
        return { requeueAfterMs: waitMs };
      container = this.#container(pod);
      machine.containers.set(uid, container);
      machine.started();
    }
    const nowMs = world.clock.monotonicMs();
    if (container.endsAtMs !== undefined && nowMs >= container.endsAtMs) {
      await this.#status(pod, this.#over(pod, 'Succeeded'));
      return undefined;
    }
    if (pod.status?.podIP !== container.ip || !isReady(pod))
      await this.#status(pod, this.#running(pod, container));
    return container.endsAtMs === undefined ? undefined : { requeueAfterMs: container.endsAtMs - nowMs + 1 };
  }

  #container(pod: Pod): Container {
    const { world, machine } = this.#options;
    const [, node = '0'] = machine.name.split('-');
    const taken = new Set([...machine.containers.values()].map(({ ip }) => ip));
    let last = 2;
    while (taken.has(`10.244.${node}.${last}`)) last += 1;
    const ends = pod.spec?.restartPolicy === 'Never' || pod.spec?.restartPolicy === 'OnFailure';
    return {
      key: keyOf(pod),
      uid: pod.metadata.uid ?? '',
      ip: `10.244.${node}.${last}`,
      endsAtMs: ends ? world.clock.monotonicMs() + world.random.int(workMsMax) : undefined,
    };
  }

  #running(pod: Pod, { ip }: Container): PodStatus {
    const now = this.#now();
    const conditions = ['Initialized', 'Ready', 'ContainersReady'].map((type) => ({
      ...{ type, status: 'True', lastTransitionTime: now },
    }));
    const containerStatuses = (pod.spec?.containers ?? []).map(({ name, image = '' }) => ({
      ...{ name, image, imageID: '', ready: true, restartCount: 0, state: { running: { startedAt: now } } },
    }));
    const scheduled = (pod.status?.conditions ?? []).filter(({ type }) => type === 'PodScheduled');
    return {
      ...{ phase: 'Running', startTime: now, podIP: ip, podIPs: [{ ip }], containerStatuses },
      conditions: [...scheduled, ...conditions],
    };
  }

  #over(pod: Pod, phase: 'Succeeded'): PodStatus {
    const now = this.#now();
    const containerStatuses = (pod.spec?.containers ?? []).map(({ name, image = '' }) => ({
      ...{ name, image, imageID: '', ready: false, restartCount: 0 },
      state: { terminated: { exitCode: 0, startedAt: now, finishedAt: now } },
    }));
    const kept = (pod.status?.conditions ?? []).filter(({ type }) => !/Ready$/.test(type));
    const unready = ['Ready', 'ContainersReady'].map((type) => ({
      ...{ type, status: 'False', reason: 'PodCompleted', lastTransitionTime: now },
    }));
    return { ...pod.status, phase, conditions: [...kept, ...unready], containerStatuses };
  }

  /** Of that very pod: a later one of its name keeps its own. */
  async #status(pod: Pod, status: PodStatus): Promise<void> {
    const { namespace, name, uid } = pod.metadata;
    const target = { namespace, name, subresource: 'status' };
    await this.#options.client.for<Pod>(podKind).patch(target, 'merge', { metadata: { uid }, status });
  }

  /* ------------------------------------------------------------ the node */

  async #beat(): Promise<void> {
    const { world, log } = this.#options;
    let reportedMs = Number.NEGATIVE_INFINITY;
    while (!this.#stopping.signal.aborted) {
      let delayMs = renewMs;
      try {
        const node = await this.#register();
        const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
        const nowMs = world.clock.monotonicMs();
        if (!ready || nowMs - reportedMs >= statusMs) {
          await this.#report(node);
          reportedMs = nowMs;
        }
        await this.#renew();
        this.#registered = true;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        log.debug({ error: error.message }, 'the heartbeat did not get through');
        delayMs = 500;
      }
      await world.timers.sleep(delayMs);
    }
  }

  async #register(): Promise<Node> {
    const { client, machine } = this.#options;
    const nodes = client.for<Node>(nodeKind);
    const { name } = machine;
    try {
      return await nodes.get(undefined, name);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    const labels = { 'kubernetes.io/hostname': name };
    return nodes.create({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels } });
  }

  async #report(node: Node): Promise<void> {
    const now = this.#now();
    const known = node.status?.conditions?.find(({ type }) => type === 'Ready');
    const since = known?.status === 'True' ? (known.lastTransitionTime ?? now) : now;
    const capacity = { cpu: '8', memory: '16Gi', pods: '110' };
    const ready = {
      ...{
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
      },
      ...{ lastHeartbeatTime: now, lastTransitionTime: since },
    };
    const status = { capacity, allocatable: capacity, conditions: [ready] };
    const target = { name: node.metadata.name, subresource: 'status' };
    await this.#options.client.for<Node>(nodeKind).patch(target, 'merge', { status });
  }

  async #renew(): Promise<void> {
    const { world, client, machine } = this.#options;
    const leases = client.for<Lease>(leaseKind);
    const { name } = machine;
    const renewTime = microTimestamp(world.clock.nowMs());
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime };
    try {
      await leases.patch({ namespace: leaseNamespace, name }, 'merge', { spec });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const metadata = { name, namespace: leaseNamespace };
      await leases.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
    }
  }

  #now(): string {
    return timestamp(this.#options.world.clock.nowMs());
  }
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}

export function isOver(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

import { type Pod, podKind } from '@kubelab/api';
import { type Client, type EventRecorder, Informer, keyOf, runWorkers, WorkQueue } from '@kubelab/client';
import type { Logger, Traceparent } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { Backoff } from '../pod/backoff.js';
import { PodManager } from '../pod/manager.js';
import { hollowSetting, parseDuration } from '../runtime/hollow/life.js';
import { HollowRuntime } from '../runtime/hollow/runtime.js';
import { lookEveryMs } from '../stats/collector.js';
import type { UsageReport } from '../stats/snapshot.js';
import type { HollowNodeSpec } from './hollow-nodes.js';
import { hollowPod } from './hollow-pod.js';
import type { TimingWheel, WheelEntry } from './timing-wheel.js';

/** Of all nodes together. A pod whose containers take their time to stop (`stop-delay`) holds one for so long. */
const workers = 256;

export interface HollowPodsOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly backoff: Backoff;
  readonly wheel: TimingWheel;
  readonly nodes: readonly HollowNodeSpec[];
  readonly nodeIp: string;
  /** For pods that do not say. */
  readonly startDelayMs: number;
}

interface HollowNode {
  readonly manager: PodManager;
  readonly runtime: HollowRuntime;
}

/**
 * The pods of all hollow nodes: one informer, one queue, and for each node a kubelet's pod manager over a hollow runtime, so that
 * restarts, back-offs, init containers, deadlines and statuses are the real kubelet's.
 */
export class HollowPods {
  readonly #options: HollowPodsOptions;
  readonly #pods: Informer<Pod>;
  readonly #queue: WorkQueue;
  readonly #nodes: ReadonlyMap<string, HollowNode>;
  /** The node of each pod that was taken up: of one that is gone, too. */
  readonly #nodeOf = new Map<string, string>();
  readonly #due = new Map<string, { readonly atMs: number; readonly entry: WheelEntry }>();

  constructor(options: HollowPodsOptions) {
    this.#options = options;
    const { client, world, log, nodes } = options;
    this.#pods = new Informer<Pod>(client, podKind, { world, log });
    this.#queue = new WorkQueue(world);
    this.#nodes = new Map(nodes.map((node) => [node.name, this.#node(node)]));
    this.#pods.handle({
      changed: (pod, _old, trace) => this.#take(pod, trace),
      deleted: (pod, trace) => this.#take(pod, trace),
    });
  }

  get synced(): boolean {
    return this.#pods.synced;
  }

  pods(): readonly Pod[] {
    return this.#pods.list().filter((pod) => this.#nodes.has(pod.spec?.nodeName ?? ''));
  }

  /** What the annotations say is used; of a node the sum of its pods. */
  usage(): UsageReport {
    const byNode = [...this.#nodes].map(([name, { runtime }]) => ({ name, pods: runtime.usage() }));
    const nodes = byNode.map(({ name, pods }) => {
      const all = pods.flatMap(({ containers }) => containers);
      const sum = (key: 'cpuNanoCores' | 'memoryBytes') => all.reduce((total, one) => total + one[key], 0);
      return { name, cpuNanoCores: sum('cpuNanoCores'), memoryBytes: sum('memoryBytes') };
    });
    const timeMs = this.#options.world.clock.nowMs();
    return { timeMs, windowMs: lookEveryMs, nodes, pods: byNode.flatMap(({ pods }) => pods) };
  }

  start(): void {
    const { log } = this.#options;
    this.#pods.start();
    void this.#pods.whenSynced().then(() =>
      runWorkers(this.#queue, (key, { trace }) => this.#reconcile(key, trace), {
        workers,
        log,
        name: 'hollow-kubelet',
      }),
    );
  }

  stop(): void {
    this.#queue.stop();
    this.#pods.stop();
  }

  #node({ podCidr }: HollowNodeSpec): HollowNode {
    const { nodeIp, world, wheel } = this.#options;
    const runtime = new HollowRuntime({
      world,
      wheel,
      podCidr,
      nodeIp,
      changed: ({ namespace, name }) => this.#queue.add(`${namespace}/${name}`),
    });
    const pods = {
      get: (key: string) => {
        const pod = this.#pods.get(key);
        return pod === undefined ? undefined : hollowPod(pod);
      },
    };
    const services = { list: () => [] }; // Its environments are empty.
    const shared = { ...this.#options, pods, services, queue: this.#queue, allocatable: {} };
    const manager = new PodManager({ ...shared, runtime });
    return { manager, runtime };
  }

  #take(pod: Pod, trace: Traceparent | undefined): void {
    const { nodeName = '' } = pod.spec ?? {};
    if (!this.#nodes.has(nodeName)) return;
    const key = keyOf(pod);
    this.#nodeOf.set(key, nodeName);
    this.#queue.add(key, trace);
  }

  /** What is to be looked at later waits in the wheel, not with a timer of its own. */
  async #reconcile(key: string, trace: Traceparent | undefined): Promise<undefined> {
    const nodeName = this.#nodeOf.get(key);
    const node = this.#nodes.get(nodeName ?? '');
    if (node === undefined) return undefined;
    const pod = this.#pods.get(key);
    const waitMs = pod === undefined ? 0 : this.#delayMs(pod, node.runtime);
    const again = waitMs > 0 ? waitMs : (await node.manager.reconcile(key, { trace }))?.requeueAfterMs;
    const gone = this.#pods.get(key) === undefined;
    if (gone) this.#nodeOf.delete(key);
    this.#schedule(key, gone ? undefined : again);
    return undefined;
  }

  /** How long the pod still is to wait for its start; what was started before is taken up. */
  #delayMs(pod: Pod, runtime: HollowRuntime): number {
    const { uid = '', annotations = {}, deletionTimestamp } = pod.metadata;
    if (runtime.has(uid) || deletionTimestamp !== undefined) return 0;
    if (pod.status?.podIP !== undefined && pod.status.phase === 'Running') {
      runtime.adopt(hollowPod(pod));
      return 0;
    }
    const text = hollowSetting(annotations, 'start-delay') ?? '';
    const delayMs = parseDuration(text) ?? this.#options.startDelayMs;
    const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.lastTransitionTime;
    const sinceMs = Date.parse(scheduled ?? pod.metadata.creationTimestamp ?? '');
    return Number.isNaN(sinceMs) ? 0 : sinceMs + delayMs - this.#options.world.clock.nowMs();
  }

  /** The earlier of two times for one pod counts, until it was looked at. */
  #schedule(key: string, delayMs: number | undefined): void {
    const { wheel, world } = this.#options;
    const nowMs = world.clock.monotonicMs();
    const known = this.#due.get(key);
    if (delayMs === undefined) {
      known?.entry.cancel();
      this.#due.delete(key);
      return;
    }
    if (known !== undefined && known.atMs > nowMs && known.atMs <= nowMs + delayMs) return;
    known?.entry.cancel();
    const entry = wheel.schedule(delayMs, () => {
      this.#due.delete(key);
      this.#queue.add(key);
    });
    this.#due.set(key, { atMs: nowMs + delayMs, entry });
  }
}

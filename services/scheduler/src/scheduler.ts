import {
  ApiError,
  type Node,
  nodeKind,
  type Pod,
  podKind,
  type ReplicaSet,
  replicaSetKind,
  type Service,
  serviceKind,
  timestamp,
} from '@kubelab/api';
import { type Client, EventRecorder, Informer, isNotFound, keyOf } from '@kubelab/client';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { NodeInfo, Plugin, Snapshot } from './framework/framework.js';
import { scheduleOne } from './framework/schedule-one.js';
import { SchedulingQueue } from './queue/scheduling-queue.js';

/** A decision that the apiserver has not shown yet counts as taken for so long. */
const assumedMs = 30_000;
const bindingsMax = 32;

export interface SchedulerParts {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly plugins: readonly Plugin[];
  readonly schedulerName: string;
}

/** Finds a node for every pod that has none: one pod at a time decides, bindings go on beside. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #services: Informer<Service>;
  readonly #replicaSets: Informer<ReplicaSet>;
  readonly #events: EventRecorder;
  #queue: SchedulingQueue | undefined;
  /** Bound by this scheduler, not yet seen bound: by key. */
  readonly #assumed = new Map<string, { readonly pod: Pod; readonly node: string; readonly atMs: number }>();
  #binding = 0;

  constructor(parts: SchedulerParts) {
    const { world, log, client } = parts;
    this.#parts = parts;
    const options = { world, log };
    this.#pods = new Informer<Pod>(client, podKind, options);
    this.#nodes = new Informer<Node>(client, nodeKind, options);
    this.#services = new Informer<Service>(client, serviceKind, options);
    this.#replicaSets = new Informer<ReplicaSet>(client, replicaSetKind, options);
    this.#events = new EventRecorder({ world, log, client, component: 'default-scheduler' });
    this.#pods.handle({
      changed: (pod, old) => this.#podChanged(pod, old),
      deleted: (pod) => this.#podGone(pod),
    });
    this.#nodes.handle({ changed: (node, old) => this.#nodeChanged(node, old), deleted: () => undefined });
  }

  get #informers() {
    return [this.#pods, this.#nodes, this.#services, this.#replicaSets];
  }

  get synced(): boolean {
    return this.#informers.every((informer) => informer.synced);
  }

  start(): void {
    for (const informer of this.#informers) informer.start();
  }

  stop(): void {
    for (const informer of this.#informers) informer.stop();
    this.#events.stop();
  }

  /** Schedules until the signal aborts. */
  async lead(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.whenSynced()));
    const queue = new SchedulingQueue(this.#parts.world);
    this.#queue = queue;
    queue.start();
    signal.addEventListener('abort', () => queue.stop(), { once: true });
    if (signal.aborted) queue.stop();
    for (const pod of this.#pods.list()) if (this.#isMine(pod)) this.#enqueue(pod);
    for (let pod = await queue.take(); pod !== undefined; pod = await queue.take()) await this.#schedule(pod);
    this.#queue = undefined;
    this.#assumed.clear();
  }

  #isMine(pod: Pod): boolean {
    const { spec, metadata, status } = pod;
    const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
    return (
      (spec?.nodeName ?? '') === '' &&
      spec?.schedulerName === this.#parts.schedulerName &&
      metadata.deletionTimestamp === undefined &&
      !finished
    );
  }

  #enqueue(pod: Pod): void {
    const held = this.#parts.plugins
      .map((plugin) => plugin.preEnqueue?.(pod))
      .find((one) => one !== undefined);
    if (held === undefined) this.#queue?.add(pod);
    else void this.#mark(pod, held.reason, held.message);
  }

  #podChanged(pod: Pod, old: Pod | undefined): void {
    const key = keyOf(pod);
    if (this.#isMine(pod)) {
      // A change of status alone (the mark of this very scheduler) is no reason to look again.
      if (old === undefined || JSON.stringify(old.spec) !== JSON.stringify(pod.spec)) this.#enqueue(pod);
      return;
    }
    this.#queue?.remove(key);
    if ((pod.spec?.nodeName ?? '') !== '') this.#assumed.delete(key);
    const ended =
      pod.status?.phase !== old?.status?.phase &&
      (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed');
    if (ended || (old !== undefined && (old.spec?.nodeName ?? '') === '')) this.#queue?.clusterChanged();
  }

  #podGone(pod: Pod): void {
    const key = keyOf(pod);
    this.#queue?.remove(key);
    this.#assumed.delete(key);
    this.#queue?.clusterChanged();
  }

  #nodeChanged(node: Node, old: Node | undefined): void {
    const relevant = (one: Node | undefined) =>
      JSON.stringify([one?.spec, one?.metadata.labels, one?.status?.allocatable]);
    if (relevant(node) !== relevant(old)) this.#queue?.clusterChanged();
  }

  #snapshot(): Snapshot {
    const nowMs = this.#parts.world.clock.monotonicMs();
    const onNode = new Map<string, Pod[]>();
    const put = (node: string, pod: Pod) => void onNode.set(node, [...(onNode.get(node) ?? []), pod]);
    for (const pod of this.#pods.list()) {
      const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
      if ((pod.spec?.nodeName ?? '') !== '' && !finished) put(pod.spec?.nodeName ?? '', pod);
    }
    for (const [key, { pod, node, atMs }] of this.#assumed) {
      if (nowMs - atMs > assumedMs) this.#assumed.delete(key);
      else put(node, pod);
    }
    const nodes = this.#nodes
      .list()
      .map((node): NodeInfo => ({ node, pods: onNode.get(node.metadata.name) ?? [] }));
    return { nodes, services: this.#services.list(), replicaSets: this.#replicaSets.list() };
  }

  async #schedule(queued: Pod): Promise<void> {
    const { world, plugins } = this.#parts;
    const key = keyOf(queued);
    const pod = this.#pods.get(key);
    if (pod === undefined || !this.#isMine(pod) || this.#assumed.has(key)) return;
    const decision = scheduleOne(plugins, pod, this.#snapshot(), world.random);
    if (!decision.fits) {
      this.#queue?.unschedulable(pod);
      this.#events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message: decision.message });
      await this.#mark(pod, 'Unschedulable', decision.message);
      return;
    }
    this.#assumed.set(key, { pod, node: decision.node, atMs: world.clock.monotonicMs() });
    const bound = this.#bind(pod, decision.node);
    if (this.#binding >= bindingsMax) await bound;
  }

  async #bind(pod: Pod, node: string): Promise<void> {
    const { client, log } = this.#parts;
    const { namespace, name, uid } = pod.metadata;
    this.#binding += 1;
    try {
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { apiVersion: 'v1', kind: 'Node', name: node },
      };
      await client.for<Pod>(podKind).post({ namespace, name }, 'binding', binding);
      log.info({ pod: keyOf(pod), node }, 'bound');
      this.#events.record(pod, {
        type: 'Normal',
        reason: 'Scheduled',
        message: `Successfully assigned ${namespace}/${name} to ${node}`,
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#assumed.delete(keyOf(pod));
      log.warn({ pod: keyOf(pod), node, error: error.message }, 'binding failed');
      if (!isNotFound(error)) this.#queue?.retry(pod);
    } finally {
      this.#binding -= 1;
    }
  }

  /** The condition that tells people why a pod waits; written when it changes. */
  async #mark(pod: Pod, reason: string, message: string): Promise<void> {
    const { world, client, log } = this.#parts;
    const known = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
    if (known?.status === 'False' && known.reason === reason && known.message === message) return;
    const lastTransitionTime = timestamp(world.clock.nowMs());
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      lastProbeTime: null,
      lastTransitionTime,
    };
    const { namespace, name } = pod.metadata;
    try {
      await client.for<Pod>(podKind).patch({ namespace, name, subresource: 'status' }, 'strategic', {
        status: { conditions: [condition] },
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      log.debug({ pod: keyOf(pod), error: error.message }, 'the condition was not written');
    }
  }
}

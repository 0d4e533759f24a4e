import { type Pod, podKind, type Service, serviceKind } from '@kubelab/api';
import {
  type Client,
  type EventRecorder,
  Informer,
  keyOf,
  type Reconcile,
  runWorkers,
  WorkQueue,
} from '@kubelab/client';
import type { Logger } from '@kubelab/telemetry';
import type { Timer, World } from '@kubelab/world';
import type { LogTimes } from '../log-times.js';
import type { ContainerRuntime, ContainerStatus } from '../runtime/cri.js';
import type { Backoff } from './backoff.js';
import type { Allocatable } from './env.js';
import { PodManager } from './manager.js';
import { StaticPods } from './static-pods.js';

/** A pod that ends holds its worker for its grace; so many may at a time. Above capacity's 110 pods. */
const workers = 128;
const relistMs = 250;
const unsyncedRetryMs = 100;

export interface PodSyncLoopOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly runtime: ContainerRuntime;
  readonly events: EventRecorder;
  readonly backoff: Backoff;
  readonly times: LogTimes;
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly allocatable: Allocatable;
  /** Of static pods; undefined for none. */
  readonly manifestDirectory: string | undefined;
}

/** What brings pods to the manager: changes of the API's pods, changes of containers, and what is due. */
export class PodSyncLoop {
  readonly manager: PodManager;
  readonly #options: PodSyncLoopOptions;
  readonly #pods: Informer<Pod>;
  readonly #services: Informer<Service>;
  readonly #queue: WorkQueue;
  readonly #static: StaticPods;
  #states = new Map<string, string>();
  #relisting = false;
  #timer: Timer | undefined;

  constructor(options: PodSyncLoopOptions) {
    this.#options = options;
    const { world, log, client, nodeName } = options;
    this.#pods = new Informer<Pod>(client, podKind, {
      world,
      log,
      fieldSelector: `spec.nodeName=${nodeName}`,
    });
    this.#services = new Informer<Service>(client, serviceKind, { world, log });
    this.#queue = new WorkQueue(world);
    const [pods, services, queue] = [this.#pods, this.#services, this.#queue];
    const changed = (key: string) => queue.add(key);
    this.#static = new StaticPods({ ...options, directory: options.manifestDirectory, pods, changed });
    this.manager = new PodManager({ ...options, pods: this.#static, services, queue });
    // The trace of the write goes on to what the kubelet does about it.
    this.#pods.handle({
      changed: (pod, _old, trace) => queue.add(keyOf(pod), trace),
      deleted: (pod, trace) => queue.add(keyOf(pod), trace),
    });
  }

  get synced(): boolean {
    return this.#pods.synced && this.#services.synced;
  }

  /** As the API has them. */
  pods(): readonly Pod[] {
    return this.#pods.list();
  }

  start(): void {
    const { world, log, runtime } = this.#options;
    this.#pods.start();
    this.#services.start();
    this.#static.start();
    void Promise.all([this.#pods.whenSynced(), this.#services.whenSynced()]).then(async () => {
      for (const { namespace, name } of await runtime.ListPodSandbox())
        this.#queue.add(`${namespace}/${name}`);
    });
    // Nothing is taken down, and no environment made, before both pictures are whole; static pods do without.
    const reconcile: Reconcile = async (key, context) =>
      this.synced || this.#static.has(key)
        ? this.manager.reconcile(key, context)
        : { requeueAfterMs: unsyncedRetryMs };
    void runWorkers(this.#queue, reconcile, { workers, log, name: 'kubelet' });
    this.#timer = world.timers.setInterval(() => void this.#relist(), relistMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#queue.stop();
    this.#pods.stop();
    this.#services.stop();
    this.#static.stop();
  }

  /**
   * Looks at all containers (the pod lifecycle event generator's relist): a pod whose container changed is
   * reconciled.
   */
  async #relist(): Promise<void> {
    if (this.#relisting) return;
    this.#relisting = true;
    const { runtime, log } = this.#options;
    try {
      const pods = new Map(
        (await runtime.ListPodSandbox()).map((one) => [one.id, `${one.namespace}/${one.name}`]),
      );
      const containers = await runtime.ListContainers();
      await this.#noteTimes(containers);
      const next = new Map<string, string>();
      for (const { id, state, podSandboxId } of containers) {
        next.set(id, state);
        const key = pods.get(podSandboxId);
        if (this.#states.get(id) !== state && key !== undefined) this.#queue.add(key);
      }
      this.#states = next;
    } catch (error) {
      log.error({ error }, 'the look at the containers failed; it is tried again');
    } finally {
      this.#relisting = false;
    }
  }

  async #noteTimes(containers: readonly ContainerStatus[]): Promise<void> {
    try {
      await this.#options.times.observe(containers);
    } catch (error) {
      this.#options.log.warn({ error }, 'times of log lines were not kept; it is tried again');
    }
  }
}

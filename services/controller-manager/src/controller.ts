import type { KindInfo, KubeObject } from '@kubelab/api';
import {
  type Client,
  type EventRecorder,
  Informer,
  type Reconcile,
  runWorkers,
  WorkQueue,
} from '@kubelab/client';
import type { AuthorityPem } from '@kubelab/pki';
import type { SigningKey } from '@kubelab/pki/tokens';
import type { Logger, Tracer } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';

/** What every controller works with. Informers are shared: one watch per kind. */
export interface ControllerContext {
  readonly world: World;
  readonly log: Logger;
  readonly tracer?: Tracer;
  readonly client: Client;
  readonly events: EventRecorder;
  readonly options: ControllerOptions;
  informer<T extends KubeObject>(kind: KindInfo): Informer<T>;
  /** Stops a kind's informer: it is served no longer. */
  release(kind: KindInfo): void;
}

/** Deliberate mistakes: the simulation must notice each (docs/proof.md). Only tests set one. */
export type ControllerBug = 'rolloutIgnoresSurge' | 'unorderedStatefulSet' | 'endpointsKeepDeleted';

export interface ControllerOptions {
  /** A node whose lease is older is not reachable. Kubernetes: 40 s. */
  readonly nodeMonitorGraceMs: number;
  /** Where volumes of provisioner kubelab.dev/local are, on their node. Absolute. */
  readonly localVolumeDir: string;
  /** The CA that ConfigMap kube-root-ca.crt publishes. */
  readonly caPem: string;
  /** Signs certificate requests; absent: approved ones wait for another signer. */
  readonly signer?: AuthorityPem | undefined;
  /** Signs the tokens that are kept in Secrets; absent: none are made. */
  readonly tokenKey?: SigningKey | undefined;
  readonly plantedBug?: ControllerBug | undefined;
}

/** A controller: it puts keys into its queue as things change, and reconciles one key at a time. */
export interface Controller {
  readonly name: string;
  readonly workers: number;
  /** Who its events are from; NAME-controller unless told. */
  readonly eventSource?: string;
  /** Subscribes to informers, adding keys to the queue; gives what to do for a key. */
  start(context: ControllerContext, queue: WorkQueue): Reconcile;
}

/**
 * Informers by kind, started when first asked for. The key is the kind, and the kind is the type: that is
 * what lets one map hold them all.
 */
export class SharedInformers {
  readonly #world: World;
  readonly #log: Logger;
  readonly #client: Client;
  readonly #byKind = new Map<
    KindInfo,
    { readonly informer: object; whenSynced(): Promise<void>; stop(): void }
  >();

  constructor(world: World, log: Logger, client: Client) {
    this.#world = world;
    this.#log = log;
    this.#client = client;
  }

  get<T extends KubeObject>(kind: KindInfo): Informer<T> {
    const known = this.#byKind.get(kind);
    if (known !== undefined) return known.informer as Informer<T>;
    const informer = new Informer<T>(this.#client, kind, { world: this.#world, log: this.#log });
    informer.start();
    this.#byKind.set(kind, {
      informer,
      whenSynced: () => informer.whenSynced(),
      stop: () => informer.stop(),
    });
    return informer;
  }

  release(kind: KindInfo): void {
    this.#byKind.get(kind)?.stop();
    this.#byKind.delete(kind);
  }

  whenSynced(): Promise<unknown> {
    return Promise.all([...this.#byKind.values()].map((informer) => informer.whenSynced()));
  }

  stop(): void {
    for (const informer of this.#byKind.values()) informer.stop();
  }
}

/** Runs controllers until the signal aborts. */
export async function runControllers(
  controllers: readonly Controller[],
  base: Omit<ControllerContext, 'informer' | 'release'>,
  signal: AbortSignal,
): Promise<void> {
  const { world, log, client, tracer } = base;
  const traced = tracer === undefined ? {} : { tracer };
  const informers = new SharedInformers(world, log, client);
  const context: ControllerContext = {
    ...base,
    informer: (kind) => informers.get(kind),
    release: (kind) => informers.release(kind),
  };
  const started = controllers.map((controller) => {
    const queue = new WorkQueue(world);
    const events = base.events.as(controller.eventSource ?? `${controller.name}-controller`);
    return { controller, queue, reconcile: controller.start({ ...context, events }, queue) };
  });
  const stop = () => {
    for (const { queue } of started) queue.stop();
    informers.stop();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  else await Promise.race([informers.whenSynced(), aborted(signal)]);
  await Promise.all(
    started.map(({ controller, queue, reconcile }) =>
      runWorkers(queue, reconcile, { workers: controller.workers, log, name: controller.name, ...traced }),
    ),
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

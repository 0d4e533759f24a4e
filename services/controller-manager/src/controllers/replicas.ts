import {
  type ApiError,
  deepEqual,
  type KindInfo,
  type KubeObject,
  type Pod,
  type PodTemplateSpec,
  podKind,
  type ReplicaSetStatus,
  type SelectorLike,
  timestamp,
} from '@kubelab/api';
import { type CallContext, keyOf, type WorkQueue } from '@kubelab/client';
import { claimObjects } from '../common/claim.js';
import { withCondition } from '../common/conditions.js';
import { Expectations } from '../common/expectations.js';
import { followPods } from '../common/follow-pods.js';
import { burstMax, createPod, deletePod, podFromTemplate, slowStart } from '../common/pod-control.js';
import type { Controller, ControllerContext } from '../controller.js';
import { controllerOf } from '../owners.js';
import { availability, isActive, isReady, readyCondition } from '../pods.js';

/** What a ReplicaSet and a ReplicationController have in common. */
export interface Replicated extends KubeObject {
  spec?: { replicas?: number; minReadySeconds?: number; template?: PodTemplateSpec };
  status?: ReplicaSetStatus;
}

interface ReplicaKind<T extends Replicated> {
  readonly name: string;
  readonly kind: KindInfo;
  readonly selectorOf: (set: T) => SelectorLike;
}

/**
 * Who goes first when there are too many: not scheduled, not running, not ready, cheap, crowded, lately
 * ready, often restarted, young. `related`: pods that make a node crowded; those of the same Deployment.
 */
export function deletionOrder(pods: readonly Pod[], related: readonly Pod[] = pods): Pod[] {
  const crowd = new Map<string, number>();
  for (const pod of related)
    crowd.set(pod.spec?.nodeName ?? '', (crowd.get(pod.spec?.nodeName ?? '') ?? 0) + 1);
  const phases = ['Pending', 'Unknown', 'Running'];
  const rank = (pod: Pod): number[] => [
    (pod.spec?.nodeName ?? '') === '' ? 0 : 1,
    phases.indexOf(pod.status?.phase ?? 'Pending'),
    isReady(pod) ? 1 : 0,
    Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0),
    -(crowd.get(pod.spec?.nodeName ?? '') ?? 0),
    -Date.parse(readyCondition(pod)?.lastTransitionTime ?? '1970-01-01T00:00:00Z'),
    -(pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + status.restartCount, 0),
    -Date.parse(pod.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z'),
  ];
  return [...pods].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
  });
}

/** Keeps as many pods of a template as asked: the controller of ReplicaSets and ReplicationControllers. */
export function replicasController<T extends Replicated>(replicated: ReplicaKind<T>): Controller {
  return {
    name: replicated.name,
    workers: 4,
    start: (context, queue) => {
      const manager = new ReplicaManager(context, queue, replicated);
      manager.watch();
      return (key, call) => manager.reconcile(key, call);
    },
  };
}

class ReplicaManager<T extends Replicated> {
  readonly #context: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #replicated: ReplicaKind<T>;
  readonly #expectations = new Expectations();

  constructor(context: ControllerContext, queue: WorkQueue, replicated: ReplicaKind<T>) {
    this.#context = context;
    this.#queue = queue;
    this.#replicated = replicated;
  }

  watch(): void {
    const queue = this.#queue;
    const expectations = this.#expectations;
    this.#context.informer<T>(this.#replicated.kind).handle({
      changed: (set, _old, trace) => queue.add(keyOf(set), trace),
      deleted: (set) => queue.add(keyOf(set)),
    });
    followPods(this.#context, this.#replicated, queue, expectations);
  }

  async reconcile(key: string, call: CallContext): Promise<undefined> {
    const { world } = this.#context;
    const { kind, selectorOf } = this.#replicated;
    const set = this.#context.informer<T>(kind).get(key);
    if (set?.spec === undefined) {
      this.#expectations.forget(key);
      return undefined;
    }
    // Before the pods are read: an event that comes in between makes the answer too cautious, never too bold.
    const waitMs = this.#expectations.waitMs(key, world.clock.monotonicMs());
    const settled = waitMs === 0;
    if (!settled) this.#queue.addAfter(key, waitMs);
    const pods = await claimObjects<Pod>(
      this.#context,
      {
        owner: set,
        ownerKind: kind,
        selector: selectorOf(set),
        kind: podKind,
        candidates: this.#context.informer<Pod>(podKind).inNamespace(set.metadata.namespace),
        adoptable: isActive,
      },
      call,
    );
    const active = pods.filter(isActive);
    const adjusts = settled && set.metadata.deletionTimestamp === undefined;
    const failure = adjusts ? await this.#adjust(key, set, active, call) : undefined;
    const minReadySeconds = set.spec.minReadySeconds ?? 0;
    const nowMs = world.clock.nowMs();
    const states = active.map((pod) => availability(pod, minReadySeconds, nowMs));
    const available = states.filter((state) => state.available).length;
    await this.#writeStatus(set, { active, available, failure, adjusts }, call);
    const soon = states.flatMap((state) => state.inMs ?? []);
    if (soon.length > 0) this.#queue.addAfter(key, Math.min(...soon) + 50);
    if (failure !== undefined) throw failure;
    return undefined;
  }

  async #adjust(
    key: string,
    set: T,
    active: readonly Pod[],
    call: CallContext,
  ): Promise<ApiError | undefined> {
    const context = this.#context;
    const expectations = this.#expectations;
    const { kind } = this.#replicated;
    const diff = active.length - (set.spec?.replicas ?? 1);
    const nowMs = context.world.clock.monotonicMs();
    if (diff === 0) return undefined;
    if (diff < 0) {
      const count = Math.min(-diff, burstMax);
      expectations.expect(key, count, [], nowMs);
      const create = () => createPod(context, set, podFromTemplate(set, kind, set.spec?.template), call);
      return slowStart(count, create, () => expectations.created(key));
    }
    const doomed = deletionOrder(active, this.#related(set)).slice(0, Math.min(diff, burstMax));
    const uids = doomed.map((pod) => pod.metadata.uid ?? '');
    expectations.expect(key, 0, uids, nowMs);
    const failures = await Promise.all(
      doomed.map(async (pod) => {
        const failure = await deletePod(context, set, pod, call);
        if (failure !== undefined) expectations.deleted(key, pod.metadata.uid ?? '');
        return failure;
      }),
    );
    return failures.find((failure) => failure !== undefined);
  }

  /** Active pods of all sets of the same owner: a rollout takes from the crowded nodes first. */
  #related(set: T): Pod[] {
    const { namespace, uid } = set.metadata;
    const owner = controllerOf(set)?.uid;
    const siblings = this.#context
      .informer<T>(this.#replicated.kind)
      .inNamespace(namespace)
      .filter((one) => one.metadata.uid === uid || (owner !== undefined && controllerOf(one)?.uid === owner));
    const uids = new Set(siblings.map((one) => one.metadata.uid));
    const pods = this.#context.informer<Pod>(podKind).inNamespace(namespace);
    return pods.filter((pod) => isActive(pod) && uids.has(controllerOf(pod)?.uid));
  }

  async #writeStatus(
    set: T,
    seen: { active: readonly Pod[]; available: number; failure: ApiError | undefined; adjusts: boolean },
    call: CallContext,
  ): Promise<void> {
    const { active, available, failure, adjusts } = seen;
    const labels = Object.entries(set.spec?.template?.metadata?.labels ?? {});
    const hasAll = (pod: Pod) => labels.every(([key, value]) => pod.metadata.labels?.[key] === value);
    const conditions = this.#conditions(set, active.length, failure, adjusts);
    const status: ReplicaSetStatus = {
      replicas: active.length,
      fullyLabeledReplicas: active.filter(hasAll).length,
      readyReplicas: active.filter(isReady).length,
      availableReplicas: available,
      observedGeneration: set.metadata.generation ?? 0,
      ...(conditions.length === 0 ? {} : { conditions }),
    };
    if (deepEqual(status, set.status)) return;
    await this.#context.client.for<T>(this.#replicated.kind).updateStatus({ ...set, status }, call);
  }

  /** ReplicaFailure stands until a look that might have failed did not. */
  #conditions(set: T, count: number, failure: ApiError | undefined, adjusts: boolean) {
    const known = set.status?.conditions ?? [];
    if (failure === undefined)
      return adjusts ? known.filter((condition) => condition.type !== 'ReplicaFailure') : known;
    const reason = count < (set.spec?.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete';
    const wanted = { type: 'ReplicaFailure', status: 'True', reason, message: failure.message };
    const nowMs = this.#context.world.clock.nowMs();
    return withCondition(known, { ...wanted, lastTransitionTime: timestamp(nowMs) }, nowMs);
  }
}

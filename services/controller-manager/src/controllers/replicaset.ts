import {
  ApiError,
  deepEqual,
  matchesSelector,
  type Pod,
  podKind,
  type ReplicaSet,
  replicaSetKind,
  timestamp,
} from '@kubelab/api';
import { type CallContext, keyOf, type WorkQueue } from '@kubelab/client';
import type { Controller, ControllerContext } from '../controller.js';
import { controllerOf, controllerReference } from '../owners.js';
import { availability, isActive, isReady, readyCondition } from '../pods.js';

const burstMax = 500;
/** What was asked for and not seen by then is asked for again. */
const expectationMs = 30_000;

/**
 * Creations and deletions that were asked for and have not come by the watch yet (client-go's
 * ControllerExpectations): until they have, or their time is over, a ReplicaSet
 * is not looked at again, so that nothing is made twice.
 */
export class Expectations {
  readonly #byKey = new Map<
    string,
    { creations: number; readonly deletions: Set<string>; readonly atMs: number }
  >();

  expect(key: string, creations: number, deletions: readonly string[], nowMs: number): void {
    this.#byKey.set(key, { creations, deletions: new Set(deletions), atMs: nowMs });
  }

  created(key: string): void {
    const known = this.#byKey.get(key);
    if (known !== undefined) known.creations -= 1;
  }

  deleted(key: string, uid: string): void {
    this.#byKey.get(key)?.deletions.delete(uid);
  }

  fulfilled(key: string, nowMs: number): boolean {
    const known = this.#byKey.get(key);
    return (
      known === undefined ||
      (known.creations <= 0 && known.deletions.size === 0) ||
      nowMs - known.atMs > expectationMs
    );
  }

  forget(key: string): void {
    this.#byKey.delete(key);
  }
}

/**
 * Who goes first when there are too many: not scheduled, not running, not ready, cheap, crowded, lately
 * ready, often restarted, young.
 */
export function deletionOrder(pods: readonly Pod[]): Pod[] {
  const crowd = new Map<string, number>();
  for (const pod of pods) crowd.set(pod.spec?.nodeName ?? '', (crowd.get(pod.spec?.nodeName ?? '') ?? 0) + 1);
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

export const replicaSetController: Controller = {
  name: 'replicaset',
  workers: 4,
  start: (context, queue) => {
    const sets = context.informer<ReplicaSet>(replicaSetKind);
    const pods = context.informer<Pod>(podKind);
    const expectations = new Expectations();
    sets.handle({
      changed: (set, _old, trace) => queue.add(keyOf(set), trace),
      deleted: (set) => queue.add(keyOf(set)),
    });
    pods.handle({
      changed: (pod, old, trace) => {
        for (const key of concerned(context, pod)) {
          if (old === undefined) expectations.created(key);
          if (pod.metadata.deletionTimestamp !== undefined) expectations.deleted(key, pod.metadata.uid ?? '');
          queue.add(key, trace);
        }
      },
      deleted: (pod, trace) => {
        for (const key of concerned(context, pod)) {
          expectations.deleted(key, pod.metadata.uid ?? '');
          queue.add(key, trace);
        }
      },
    });
    return (key, call) => reconcile(context, queue, expectations, key, call);
  },
};

/** The ReplicaSet that owns a pod, or those that may adopt it. */
function concerned(context: ControllerContext, pod: Pod): string[] {
  const { namespace } = pod.metadata;
  const owner = controllerOf(pod);
  if (owner !== undefined) return owner.kind === 'ReplicaSet' ? [`${namespace}/${owner.name}`] : [];
  const sets = context.informer<ReplicaSet>(replicaSetKind).inNamespace(namespace);
  return sets.filter((set) => matchesSelector(set.spec?.selector, pod.metadata.labels)).map(keyOf);
}

async function reconcile(
  context: ControllerContext,
  queue: WorkQueue,
  expectations: Expectations,
  key: string,
  call: CallContext,
): Promise<undefined> {
  const set = context.informer<ReplicaSet>(replicaSetKind).get(key);
  if (set?.spec === undefined) {
    expectations.forget(key);
    return undefined;
  }
  const pods = await claim(context, set, call);
  const active = pods.filter(isActive);
  let failure: ApiError | undefined;
  const nowMs = context.world.clock.nowMs();
  if (
    expectations.fulfilled(key, context.world.clock.monotonicMs()) &&
    set.metadata.deletionTimestamp === undefined
  ) {
    failure = await adjust(context, expectations, key, set, active, call);
  }
  const min = set.spec.minReadySeconds ?? 0;
  const states = active.map((pod) => availability(pod, min, nowMs));
  await writeStatus(context, set, active, states.filter((state) => state.available).length, failure, call);
  const soon = states.flatMap((state) => state.inMs ?? []);
  if (soon.length > 0) queue.addAfter(key, Math.min(...soon) + 50);
  if (failure !== undefined) throw failure;
  return undefined;
}

/**
 * Pods that are its own; those without an owner that it selects are adopted, those that it no longer selects
 * are let go.
 */
async function claim(context: ControllerContext, set: ReplicaSet, call: CallContext): Promise<Pod[]> {
  const { namespace, uid } = set.metadata;
  const client = context.client.for<Pod>(podKind);
  const owned: Pod[] = [];
  for (const pod of context.informer<Pod>(podKind).inNamespace(namespace)) {
    const owner = controllerOf(pod);
    const selected = matchesSelector(set.spec?.selector, pod.metadata.labels);
    if (owner?.uid === uid && selected) owned.push(pod);
    else if (owner?.uid === uid && pod.metadata.deletionTimestamp === undefined) {
      const rest = (pod.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
      await client.patch(
        { namespace, name: pod.metadata.name },
        'merge',
        { metadata: { uid: pod.metadata.uid, ownerReferences: rest } },
        call,
      );
    } else if (
      owner === undefined &&
      selected &&
      isActive(pod) &&
      set.metadata.deletionTimestamp === undefined
    ) {
      const ownerReferences = [
        ...(pod.metadata.ownerReferences ?? []),
        controllerReference(replicaSetKind, set),
      ];
      const patch = {
        metadata: { uid: pod.metadata.uid, resourceVersion: pod.metadata.resourceVersion, ownerReferences },
      };
      owned.push(await client.patch({ namespace, name: pod.metadata.name }, 'merge', patch, call));
    }
  }
  return owned;
}

async function adjust(
  context: ControllerContext,
  expectations: Expectations,
  key: string,
  set: ReplicaSet,
  active: readonly Pod[],
  call: CallContext,
): Promise<ApiError | undefined> {
  const diff = active.length - (set.spec?.replicas ?? 1);
  const nowMs = context.world.clock.monotonicMs();
  if (diff < 0) {
    const count = Math.min(-diff, burstMax);
    expectations.expect(key, count, [], nowMs);
    return slowStart(
      count,
      () => createPod(context, set, call),
      () => expectations.created(key),
    );
  }
  if (diff === 0) return undefined;
  const doomed = deletionOrder(active).slice(0, Math.min(diff, burstMax));
  expectations.expect(
    key,
    0,
    doomed.map((pod) => pod.metadata.uid ?? ''),
    nowMs,
  );
  const failures = await Promise.all(
    doomed.map((pod) => deletePod(context, expectations, key, set, pod, call)),
  );
  return failures.find((failure) => failure !== undefined);
}

/** 1, 2, 4, ... at a time, so that what cannot succeed fails once and not five hundred times. */
async function slowStart(
  count: number,
  create: () => Promise<ApiError | undefined>,
  notMade: () => void,
): Promise<ApiError | undefined> {
  for (let done = 0, batch = 1; done < count; done += batch, batch = Math.min(2 * batch, count - done)) {
    const size = Math.min(batch, count - done);
    const failures = (await Promise.all(Array.from({ length: size }, create))).filter(
      (failure) => failure !== undefined,
    );
    const [first] = failures;
    if (first === undefined) continue;
    for (let missing = failures.length + count - done - size; missing > 0; missing -= 1) notMade();
    return first;
  }
  return undefined;
}

async function createPod(
  context: ControllerContext,
  set: ReplicaSet,
  call: CallContext,
): Promise<ApiError | undefined> {
  const { template } = set.spec ?? {};
  const { name, namespace } = set.metadata;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: '',
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(template?.metadata?.labels === undefined ? {} : { labels: template.metadata.labels }),
      ...(template?.metadata?.annotations === undefined
        ? {}
        : { annotations: template.metadata.annotations }),
      ownerReferences: [controllerReference(replicaSetKind, set)],
    },
    ...(template?.spec === undefined ? {} : { spec: template.spec }),
  };
  try {
    const created = await context.client.for<Pod>(podKind).create(pod, call);
    context.events.record(set, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${created.metadata.name}`,
      trace: call.trace,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    context.events.record(set, {
      type: 'Warning',
      reason: 'FailedCreate',
      message: `Error creating: ${error.message}`,
      trace: call.trace,
    });
    return error;
  }
}

async function deletePod(
  context: ControllerContext,
  expectations: Expectations,
  key: string,
  set: ReplicaSet,
  pod: Pod,
  call: CallContext,
): Promise<ApiError | undefined> {
  const { namespace, name, uid } = pod.metadata;
  try {
    await context.client.for<Pod>(podKind).delete({ namespace, name }, { preconditions: { uid } }, call);
    context.events.record(set, {
      type: 'Normal',
      reason: 'SuccessfulDelete',
      message: `Deleted pod: ${name}`,
      trace: call.trace,
    });
    return undefined;
  } catch (error) {
    expectations.deleted(key, uid ?? '');
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'NotFound') return undefined;
    context.events.record(set, {
      type: 'Warning',
      reason: 'FailedDelete',
      message: `Error deleting: ${error.message}`,
      trace: call.trace,
    });
    return error;
  }
}

async function writeStatus(
  context: ControllerContext,
  set: ReplicaSet,
  active: readonly Pod[],
  available: number,
  failure: ApiError | undefined,
  call: CallContext,
): Promise<void> {
  const labels = Object.entries(set.spec?.template?.metadata?.labels ?? {});
  const labelled = active.filter((pod) =>
    labels.every(([key, value]) => pod.metadata.labels?.[key] === value),
  ).length;
  const others = (set.status?.conditions ?? []).filter((condition) => condition.type !== 'ReplicaFailure');
  const known = set.status?.conditions?.find((condition) => condition.type === 'ReplicaFailure');
  const lastTransitionTime = known?.lastTransitionTime ?? timestamp(context.world.clock.nowMs());
  const failed =
    failure === undefined
      ? []
      : [
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: 'FailedCreate',
            message: failure.message,
            lastTransitionTime,
          },
        ];
  const conditions = [...others, ...failed];
  const status = {
    replicas: active.length,
    fullyLabeledReplicas: labelled,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: available,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
  if (deepEqual(status, set.status)) return;
  await context.client.for<ReplicaSet>(replicaSetKind).updateStatus({ ...set, status }, call);
}

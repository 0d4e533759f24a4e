import {
  type ControllerRevision,
  deepEqual,
  type PersistentVolumeClaim,
  type Pod,
  podKind,
  type StatefulSet,
  type StatefulSetStatus,
} from '@kubelab/api';
import { type CallContext, keyOf, type ReconcileResult, type WorkQueue } from '@kubelab/client';
import { claimObjects } from '../common/claim.js';
import { Expectations } from '../common/expectations.js';
import { followPods } from '../common/follow-pods.js';
import {
  type Revisions,
  revisionHashLabel,
  syncRevisions,
  templateOf,
  truncateHistory,
} from '../common/revisions.js';
import type { Controller, ControllerContext } from '../controller.js';
import { controllerRevisionKind, persistentVolumeClaimKind, statefulSetKind } from '../kinds.js';
import { availability, isReady } from '../pods.js';
import {
  isTerminating,
  type Layout,
  layOut,
  needsCurrentRevision,
  ordinalOf,
  planStatefulSet,
  type Step,
} from './statefulset-plan.js';
import {
  createStatefulPod,
  deleteStatefulPod,
  ensureClaims,
  podOfOrdinal,
  syncClaimOwners,
} from './statefulset-pods.js';

/** A claim of a pod's name is on its way out: how long until that is looked at again. */
const claimAgainMs = 1_000;

/** Pods with names, order and volumes of their own. At no time are there two pods of one name: the name is the API's key. */
export const statefulSetController: Controller = {
  name: 'statefulset',
  workers: 4,
  start: (context, queue) => {
    const sets = context.informer<StatefulSet>(statefulSetKind);
    context.informer<ControllerRevision>(controllerRevisionKind);
    context.informer<PersistentVolumeClaim>(persistentVolumeClaimKind);
    const expectations = new Expectations();
    sets.handle({
      changed: (set, _old, trace) => queue.add(keyOf(set), trace),
      deleted: (set) => queue.add(keyOf(set)),
    });
    followPods<StatefulSet>(
      context,
      { kind: statefulSetKind, selectorOf: ({ spec }) => spec?.selector },
      queue,
      expectations,
    );
    return (key, call) => reconcile({ context, queue, expectations }, key, call);
  },
};

interface Parts {
  readonly context: ControllerContext;
  readonly queue: WorkQueue;
  readonly expectations: Expectations;
}

async function reconcile(parts: Parts, key: string, call: CallContext): Promise<ReconcileResult | undefined> {
  const { context, queue, expectations } = parts;
  const set = context.informer<StatefulSet>(statefulSetKind).get(key);
  if (set?.spec === undefined) {
    expectations.forget(key);
    return undefined;
  }
  const waitMs = expectations.waitMs(key, context.world.clock.monotonicMs());
  if (waitMs > 0) return { requeueAfterMs: waitMs };
  const pods = await claimObjects<Pod>(
    context,
    {
      owner: set,
      ownerKind: statefulSetKind,
      selector: set.spec.selector,
      kind: podKind,
      candidates: context.informer<Pod>(podKind).inNamespace(set.metadata.namespace),
      adoptable: (pod) => ordinalOf(set, pod.metadata.name) !== undefined,
    },
    call,
  );
  if (set.metadata.deletionTimestamp !== undefined) return undefined;
  const revisions = await syncRevisions(context, set, statefulSetKind, call);
  const layout = layOut(set, pods);
  const unordered = context.options.plantedBug === 'unorderedStatefulSet';
  const planned = unordered ? { ...set, spec: { ...set.spec, podManagementPolicy: 'Parallel' } } : set;
  const nowMs = context.world.clock.nowMs();
  const current =
    revisions.all.find((one) => one.metadata.name === set.status?.currentRevision) ?? revisions.update;
  const update = revisions.update.metadata.name;
  let failure: unknown;
  try {
    await syncClaims(context, set, layout, call);
    for (const step of planStatefulSet(planned, layout, { update }, nowMs))
      await carryOut(parts, { key, set, current, update: revisions.update }, step, call);
  } catch (error) {
    failure = error;
  }
  await writeStatus(context, set, { pods, revisions, current }, call);
  await truncate(context, set, { pods, revisions, current }, call);
  const minReady = set.spec.minReadySeconds ?? 0;
  const soon = pods.flatMap((pod) => availability(pod, minReady, nowMs).inMs ?? []);
  if (soon.length > 0) queue.addAfter(key, Math.min(...soon) + 50);
  if (failure !== undefined) throw failure;
  return undefined;
}

async function syncClaims(
  context: ControllerContext,
  set: StatefulSet,
  layout: Layout,
  call: CallContext,
): Promise<void> {
  for (const { ordinal, pod } of layout.slots)
    if (pod !== undefined) await syncClaimOwners(context, set, { pod, ordinal }, false, call);
  for (const slot of layout.condemned) await syncClaimOwners(context, set, slot, true, call);
}

async function carryOut(
  { context, queue, expectations }: Parts,
  about: {
    readonly key: string;
    readonly set: StatefulSet;
    readonly current: ControllerRevision;
    readonly update: ControllerRevision;
  },
  step: Step,
  call: CallContext,
): Promise<void> {
  const { key, set, current, update } = about;
  const nowMs = context.world.clock.monotonicMs();
  if (step.do !== 'create') {
    const { pod } = step;
    if (step.do === 'replace') {
      const failed = pod.status?.phase === 'Failed';
      const reason = failed ? 'RecreatingFailedPod' : 'RecreatingTerminatedPod';
      const message = `StatefulSet ${key} is recreating ${failed ? 'failed' : 'terminated'} Pod ${pod.metadata.name}`;
      context.events.record(set, { type: failed ? 'Warning' : 'Normal', reason, message, trace: call.trace });
    }
    await deleteStatefulPod(context, set, pod, call);
    return;
  }
  if (!(await ensureClaims(context, set, step.ordinal, call))) {
    queue.addAfter(key, claimAgainMs);
    return;
  }
  const stays = needsCurrentRevision(set, step.ordinal, set.status?.currentReplicas ?? 0);
  const revision = stays ? current : update;
  const template = templateOf(revision) ?? set.spec?.template;
  const pod = podOfOrdinal(set, step.ordinal, { name: revision.metadata.name, template });
  expectations.expect(key, 1, [], nowMs);
  try {
    await createStatefulPod(context, set, pod, call);
  } catch (error) {
    expectations.created(key);
    throw error;
  }
}

async function writeStatus(
  context: ControllerContext,
  set: StatefulSet,
  seen: {
    readonly pods: readonly Pod[];
    readonly revisions: Revisions;
    readonly current: ControllerRevision;
  },
  call: CallContext,
): Promise<void> {
  const { revisions, current } = seen;
  const nowMs = context.world.clock.nowMs();
  const pods = seen.pods.filter((pod) => ordinalOf(set, pod.metadata.name) !== undefined);
  const currentName = current.metadata.name;
  const updateName = revisions.update.metadata.name;
  const of = (name: string) =>
    pods.filter((pod) => !isTerminating(pod) && pod.metadata.labels?.[revisionHashLabel] === name).length;
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isReady(pod));
  const minReady = set.spec?.minReadySeconds ?? 0;
  const available = ready.filter((pod) => availability(pod, minReady, nowMs).available).length;
  const updated = of(updateName);
  // The update is the current revision once every pod is of it, and ready.
  const isDone =
    set.spec?.updateStrategy?.type !== 'OnDelete' && updated === pods.length && ready.length === pods.length;
  const status: StatefulSetStatus = {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    readyReplicas: ready.length,
    availableReplicas: available,
    currentReplicas: isDone ? updated : of(currentName),
    updatedReplicas: updated,
    currentRevision: isDone ? updateName : currentName,
    updateRevision: updateName,
    collisionCount: revisions.collisionCount,
    ...(set.status?.conditions === undefined ? {} : { conditions: set.status.conditions }),
  };
  if (deepEqual(status, set.status)) return;
  await context.client.for<StatefulSet>(statefulSetKind).updateStatus({ ...set, status }, call);
}

async function truncate(
  context: ControllerContext,
  set: StatefulSet,
  seen: {
    readonly pods: readonly Pod[];
    readonly revisions: Revisions;
    readonly current: ControllerRevision;
  },
  call: CallContext,
): Promise<void> {
  const { pods, revisions, current } = seen;
  const live = new Set(pods.map((pod) => pod.metadata.labels?.[revisionHashLabel]));
  const isLive = ({ metadata: { name } }: ControllerRevision) =>
    live.has(name) || name === current.metadata.name || name === revisions.update.metadata.name;
  await truncateHistory(context, set, revisions.all, isLive, call);
}

import {
  deepEqual,
  matchesSelector,
  type Pod,
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
  podKind,
} from '@kubelab/api';
import { type CallContext, isNotFound, keyOf, type WorkQueue } from '@kubelab/client';
import { withCondition } from '../common/conditions.js';
import { resolvePercent } from '../common/percent.js';
import type { Controller, ControllerContext } from '../controller.js';
import { disruptionBudgetKind } from '../kinds.js';
import { controllerOf } from '../owners.js';
import { isReady } from '../pods.js';
import { getScale } from './scale-target.js';

/** An eviction that was granted counts for so long, unless its pod is seen going before. */
const deletionTimeoutMs = 120_000;
type Budget = PodDisruptionBudget;

/** How many pods of each PodDisruptionBudget may be evicted now: what the eviction API goes by. */
export const disruptionController: Controller = {
  name: 'disruption',
  eventSource: 'controllermanager',
  workers: 1,
  start: (context, queue) => {
    const budgets = context.informer<Budget>(disruptionBudgetKind);
    budgets.handle({ changed: (budget, _old, trace) => queue.add(keyOf(budget), trace) });
    const concerned = (pod: Pod, trace: CallContext['trace']) => {
      for (const budget of budgets.inNamespace(pod.metadata.namespace))
        if (selects(budget, pod)) queue.add(keyOf(budget), trace);
    };
    context.informer<Pod>(podKind).handle({
      changed: (pod, old, trace) => {
        concerned(pod, trace);
        if (old !== undefined && !deepEqual(old.metadata.labels, pod.metadata.labels)) concerned(old, trace);
      },
      deleted: concerned,
    });
    return (key, call) => reconcile(context, queue, key, call);
  },
};

/** An absent selector selects nothing, an empty one everything (policy/v1). */
function selects(budget: Budget, pod: Pod): boolean {
  const { selector } = budget.spec ?? {};
  return selector !== undefined && matchesSelector(selector, pod.metadata.labels);
}

async function reconcile(
  context: ControllerContext,
  queue: WorkQueue,
  key: string,
  call: CallContext,
): Promise<undefined> {
  const budget = context.informer<Budget>(disruptionBudgetKind).get(key);
  if (budget?.spec === undefined || budget.metadata.deletionTimestamp !== undefined) return undefined;
  const pods = context
    .informer<Pod>(podKind)
    .inNamespace(budget.metadata.namespace)
    .filter((pod) => selects(budget, pod));
  const nowMs = context.world.clock.nowMs();
  const expected = await expectedPods(context, budget, pods, call);
  const disrupted = stillDisrupted(budget, pods, nowMs);
  const status =
    typeof expected === 'string'
      ? failedStatus(budget, expected, nowMs)
      : budgetStatus(budget, { pods, disrupted, expected, nowMs });
  if (typeof expected === 'string')
    context.events.record(budget, {
      type: 'Warning',
      reason: 'CalculateExpectedPodCountFailed',
      message: `Failed to calculate the number of expected pods: ${expected}`,
      trace: call.trace,
    });
  else if (pods.length === 0)
    context.events.record(budget, {
      type: 'Normal',
      reason: 'NoPods',
      message: 'No matching pods found',
      trace: call.trace,
    });
  if (!deepEqual(status, budget.status))
    await context.client.for<Budget>(disruptionBudgetKind).updateStatus({ ...budget, status }, call);
  if (Object.keys(disrupted).length > 0) queue.addAfter(key, deletionTimeoutMs);
  return undefined;
}

/** Pods whose eviction was granted and that are still there. */
function stillDisrupted(budget: Budget, pods: readonly Pod[], nowMs: number): Record<string, string> {
  const names = new Set(
    pods.filter((pod) => pod.metadata.deletionTimestamp === undefined).map((pod) => pod.metadata.name),
  );
  return Object.fromEntries(
    Object.entries(budget.status?.disruptedPods ?? {}).filter(
      ([name, at]) => names.has(name) && nowMs - Date.parse(at) < deletionTimeoutMs,
    ),
  );
}

interface Expected {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/** By the scale of the pods' controllers where a share or a maximum is asked for; a text says why that cannot be told. */
async function expectedPods(
  context: ControllerContext,
  budget: Budget,
  pods: readonly Pod[],
  call: CallContext,
): Promise<Expected | string> {
  const { maxUnavailable, minAvailable } = budget.spec ?? {};
  if (maxUnavailable === undefined && typeof minAvailable === 'number')
    return { expectedPods: pods.length, desiredHealthy: minAvailable };
  const expected = await scaleOfOwners(context, pods, call);
  if (typeof expected === 'string') return expected;
  if (maxUnavailable !== undefined) {
    const most = resolvePercent(maxUnavailable, expected, Math.ceil);
    return { expectedPods: expected, desiredHealthy: Math.max(0, expected - most) };
  }
  if (minAvailable !== undefined)
    return { expectedPods: expected, desiredHealthy: resolvePercent(minAvailable, expected, Math.ceil) };
  return { expectedPods: expected, desiredHealthy: 0 };
}

async function scaleOfOwners(
  context: ControllerContext,
  pods: readonly Pod[],
  call: CallContext,
): Promise<number | string> {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const { namespace } = pod.metadata;
    if (owner === undefined) return `found no controller ref for pod ${JSON.stringify(pod.metadata.name)}`;
    if (counts.has(owner.uid)) continue;
    try {
      const found = await topOwner(context, { ...owner, namespace }, call);
      if (found === undefined) return `found no controllers for pod ${JSON.stringify(pod.metadata.name)}`;
      counts.set(owner.uid, 0);
      counts.set(found.uid, found.replicas);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** A ReplicaSet of a Deployment counts as that: during a rollout there are two of them. */
async function topOwner(
  context: ControllerContext,
  owner: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace: string | undefined;
  },
  call: CallContext,
): Promise<{ uid: string; replicas: number } | undefined> {
  const target = await getScale(context, owner, call);
  if (target === undefined) return undefined;
  const object = await context.client.for(target.kind).get(owner.namespace, owner.name, call);
  const above = controllerOf(object);
  if (owner.kind === 'ReplicaSet' && above?.kind === 'Deployment')
    return topOwner(context, { ...above, namespace: owner.namespace }, call);
  return { uid: object.metadata.uid ?? '', replicas: target.replicas };
}

function budgetStatus(
  budget: Budget,
  seen: { pods: readonly Pod[]; disrupted: Record<string, string>; expected: Expected; nowMs: number },
): PodDisruptionBudgetStatus {
  const { pods, disrupted, expected, nowMs } = seen;
  const healthy = pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      disrupted[pod.metadata.name] === undefined &&
      isReady(pod),
  ).length;
  const { expectedPods: count, desiredHealthy } = expected;
  const allowed = count <= 0 ? 0 : Math.max(0, healthy - desiredHealthy);
  const condition = {
    type: 'DisruptionAllowed',
    status: allowed > 0 ? 'True' : 'False',
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: budget.metadata.generation ?? 0,
    lastTransitionTime: '',
  };
  return {
    currentHealthy: healthy,
    desiredHealthy,
    disruptionsAllowed: allowed,
    expectedPods: count,
    observedGeneration: budget.metadata.generation ?? 0,
    ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
    conditions: withCondition(budget.status?.conditions, condition, nowMs),
  };
}

/** Nothing may be evicted while it cannot be told how many there are to be. */
function failedStatus(budget: Budget, message: string, nowMs: number): PodDisruptionBudgetStatus {
  const observedGeneration = budget.metadata.generation ?? 0;
  const condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'SyncFailed',
    message,
    observedGeneration,
    lastTransitionTime: '',
  };
  return {
    currentHealthy: 0,
    desiredHealthy: 0,
    expectedPods: 0,
    ...budget.status,
    disruptionsAllowed: 0,
    observedGeneration,
    conditions: withCondition(budget.status?.conditions, condition, nowMs),
  };
}

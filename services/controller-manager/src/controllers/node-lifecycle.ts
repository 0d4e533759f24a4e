import {
  deepEqual,
  type Lease,
  leaseKind,
  type Node,
  type NodeCondition,
  nodeKind,
  type Pod,
  podKind,
  type Taint,
  timestamp,
} from '@kubelab/api';
import { type CallContext, isNotFound } from '@kubelab/client';
import type { Controller, ControllerContext } from '../controller.js';
import { EvictionRates } from './eviction-rates.js';

const checkEveryMs = 1_000;
const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';
const conditionTypes = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/**
 * Nodes whose kubelet is silent: conditions become Unknown, and taints follow conditions. What the NoExecute ones
 * do to pods is taint-eviction's.
 */
export const nodeLifecycleController: Controller = {
  name: 'node-lifecycle',
  eventSource: 'node-controller',
  workers: 1,
  start: (context, queue) => {
    const seen = new Map<string, { readonly version: string; readonly atMs: number }>();
    const rates = new EvictionRates(context.world);
    const byNode = context.informer<Pod>(podKind).index((pod) => [pod.spec?.nodeName ?? '']);
    context.informer<Node>(nodeKind).handle({
      changed: (node, _old, trace) => queue.add(node.metadata.name, trace),
      deleted: (node) => queue.add(node.metadata.name),
    });
    context.informer<Lease>(leaseKind).handle({
      changed: (lease) => {
        if (lease.metadata.namespace !== 'kube-node-lease') return;
        seen.set(lease.metadata.name, {
          version: lease.metadata.resourceVersion ?? '',
          atMs: context.world.clock.monotonicMs(),
        });
      },
    });
    return async (name, call) => {
      const node = context.informer<Node>(nodeKind).get(name);
      if (node === undefined) {
        seen.delete(name);
        return undefined;
      }
      const nowMs = context.world.clock.monotonicMs();
      // By this controller's own clock, from when it saw the lease change last: clocks need not agree.
      const heard = seen.get(name) ?? { version: '', atMs: nowMs };
      seen.set(name, heard);
      const silent = nowMs - heard.atMs > context.options.nodeMonitorGraceMs;
      const updated = silent ? await markUnknown(context, node, byNode.get(name), call) : node;
      await syncTaints(context, updated, rates, call);
      return { requeueAfterMs: checkEveryMs };
    };
  },
};

async function markUnknown(
  context: ControllerContext,
  node: Node,
  pods: readonly Pod[],
  call: CallContext,
): Promise<Node> {
  const now = timestamp(context.world.clock.nowMs());
  const known = node.status?.conditions ?? [];
  if (known.find((condition) => condition.type === 'Ready')?.status === 'Unknown') return node;
  const conditions = conditionTypes.map((type): NodeCondition => {
    const before = known.find((condition) => condition.type === type);
    return {
      ...before,
      type,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: now,
    };
  });
  context.events.record(node, {
    type: 'Normal',
    reason: 'NodeNotReady',
    message: `Node ${node.metadata.name} status is now: NodeNotReady`,
  });
  await markPodsNotReady(context, pods, call);
  const others = known.filter((condition) => !conditionTypes.includes(condition.type));
  return context.client
    .for<Node>(nodeKind)
    .updateStatus({ ...node, status: { ...node.status, conditions: [...others, ...conditions] } }, call);
}

/** Nobody watches them any more: Services are not to count on them. */
async function markPodsNotReady(
  context: ControllerContext,
  pods: readonly Pod[],
  call: CallContext,
): Promise<void> {
  const lastTransitionTime = timestamp(context.world.clock.nowMs());
  for (const pod of pods) {
    const ready = pod.status?.conditions?.find((condition) => condition.type === 'Ready');
    if (ready?.status !== 'True') continue;
    const patch = { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime }] } };
    const target = { namespace: pod.metadata.namespace, name: pod.metadata.name, subresource: 'status' };
    try {
      await context.client.for<Pod>(podKind).patch(target, 'strategic', patch, call);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** Conditions that keep new pods away, and the taints that say so. */
const pressureTaints: readonly (readonly [condition: string, bad: string, key: string])[] = [
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
];
const unschedulable = 'node.kubernetes.io/unschedulable';
const managed = [notReady, unreachable, unschedulable, ...pressureTaints.map(([, , key]) => key)];

function statusOf(node: Node, type: string): string | undefined {
  return node.status?.conditions?.find((condition) => condition.type === type)?.status;
}

/** The taints that a node's conditions ask for (KEP-382). */
function wantedTaints(node: Node, mayEvict: boolean): { key: string; effect: string }[] {
  const status = statusOf(node, 'Ready') ?? 'False';
  const key = status === 'True' ? undefined : status === 'Unknown' ? unreachable : notReady;
  const has = (effect: string) =>
    node.spec?.taints?.some((one) => one.key === key && one.effect === effect) === true;
  const ready =
    key === undefined
      ? []
      : ['NoSchedule', ...(mayEvict || has('NoExecute') ? ['NoExecute'] : [])].map((effect) => ({
          key,
          effect,
        }));
  const pressure = pressureTaints
    .filter(([type, bad]) => statusOf(node, type) === bad)
    .map(([, , taint]) => ({ key: taint, effect: 'NoSchedule' }));
  const cordoned = node.spec?.unschedulable === true ? [{ key: unschedulable, effect: 'NoSchedule' }] : [];
  return [...ready, ...pressure, ...cordoned];
}

/** Brings the taints to what the conditions say. NoExecute, which drives pods out, only when its turn has come. */
async function syncTaints(
  context: ControllerContext,
  node: Node,
  rates: EvictionRates,
  call: CallContext,
): Promise<void> {
  const before = node.spec?.taints ?? [];
  const isBad = statusOf(node, 'Ready') !== 'True';
  const isOut = before.some(
    (one) => (one.key === notReady || one.key === unreachable) && one.effect === 'NoExecute',
  );
  const mayEvict = isBad && (isOut || rates.take(node, context.informer<Node>(nodeKind).list()));
  const timeAdded = timestamp(context.world.clock.nowMs());
  const mine = wantedTaints(node, mayEvict).map(
    ({ key, effect }): Taint =>
      before.find((taint) => taint.key === key && taint.effect === effect) ?? {
        key,
        effect,
        ...(effect === 'NoExecute' ? { timeAdded } : {}),
      },
  );
  const taints = [...before.filter((taint) => !managed.includes(taint.key)), ...mine];
  if (deepEqual(taints, before)) return;
  const patch = { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints } };
  await context.client.for<Node>(nodeKind).patch({ name: node.metadata.name }, 'merge', patch, call);
  if (!isBad && before.some((one) => one.key === notReady || one.key === unreachable))
    context.events.record(node, {
      type: 'Normal',
      reason: 'NodeReady',
      message: `Node ${node.metadata.name} status is now: NodeReady`,
    });
}

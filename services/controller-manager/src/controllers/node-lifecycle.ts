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
import { type CallContext, isNotFound, keyOf } from '@kubelab/client';
import type { Controller, ControllerContext } from '../controller.js';

const checkEveryMs = 1_000;
const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';
const conditionTypes = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/**
 * Nodes whose kubelet is silent: conditions become Unknown, taints follow conditions, and pods that do not
 * tolerate the taints are evicted when their time is over.
 */
export const nodeLifecycleController: Controller = {
  name: 'node-lifecycle',
  eventSource: 'node-controller',
  workers: 1,
  start: (context, queue) => {
    const seen = new Map<string, { readonly version: string; readonly atMs: number }>();
    const taintedSince = new Map<string, number>();
    context.informer<Pod>(podKind);
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
        taintedSince.delete(name);
        return undefined;
      }
      const nowMs = context.world.clock.monotonicMs();
      // By this controller's own clock, from when it saw the lease change last: clocks need not agree.
      const heard = seen.get(name) ?? { version: '', atMs: nowMs };
      seen.set(name, heard);
      const silent = nowMs - heard.atMs > context.options.nodeMonitorGraceMs;
      const updated = silent ? await markUnknown(context, node, call) : node;
      const taint = await syncTaints(context, updated, call);
      if (taint === undefined) taintedSince.delete(name);
      else {
        taintedSince.set(name, taintedSince.get(name) ?? nowMs);
        await evict(context, name, taint, nowMs - (taintedSince.get(name) ?? nowMs), call);
      }
      return { requeueAfterMs: checkEveryMs };
    };
  },
};

async function markUnknown(context: ControllerContext, node: Node, call: CallContext): Promise<Node> {
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
  await markPodsNotReady(context, node.metadata.name, call);
  const others = known.filter((condition) => !conditionTypes.includes(condition.type));
  return context.client
    .for<Node>(nodeKind)
    .updateStatus({ ...node, status: { ...node.status, conditions: [...others, ...conditions] } }, call);
}

/** Nobody watches them any more: Services are not to count on them. */
async function markPodsNotReady(context: ControllerContext, name: string, call: CallContext): Promise<void> {
  const lastTransitionTime = timestamp(context.world.clock.nowMs());
  for (const pod of context
    .informer<Pod>(podKind)
    .list()
    .filter((one) => one.spec?.nodeName === name)) {
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

/** Taints say what the Ready condition says; gives the NoExecute one that holds. */
async function syncTaints(
  context: ControllerContext,
  node: Node,
  call: CallContext,
): Promise<Taint | undefined> {
  const status = node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status ?? 'False';
  const key = status === 'True' ? undefined : status === 'Unknown' ? unreachable : notReady;
  const before = node.spec?.taints ?? [];
  const others = before.filter((taint) => taint.key !== notReady && taint.key !== unreachable);
  const effects = ['NoSchedule', 'NoExecute'];
  const mine =
    key === undefined
      ? []
      : effects.map(
          (effect): Taint =>
            before.find((taint) => taint.key === key && taint.effect === effect) ?? {
              key,
              effect,
              timeAdded: timestamp(context.world.clock.nowMs()),
            },
        );
  const taints = [...others, ...mine];
  if (!deepEqual(taints, before)) {
    const patch = { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints } };
    await context.client.for<Node>(nodeKind).patch({ name: node.metadata.name }, 'merge', patch, call);
    if (key === undefined)
      context.events.record(node, {
        type: 'Normal',
        reason: 'NodeReady',
        message: `Node ${node.metadata.name} status is now: NodeReady`,
      });
  }
  return mine.find((taint) => taint.effect === 'NoExecute');
}

async function evict(
  context: ControllerContext,
  name: string,
  taint: Taint,
  taintedMs: number,
  call: CallContext,
): Promise<void> {
  for (const pod of context.informer<Pod>(podKind).list()) {
    const { metadata, spec } = pod;
    if (spec?.nodeName !== name || metadata.deletionTimestamp !== undefined) continue;
    const toleration = (spec.tolerations ?? []).find(
      (one) =>
        (one.key === taint.key || (one.key ?? '') === '') &&
        (one.operator === 'Exists' || (one.value ?? '') === (taint.value ?? '')) &&
        (one.effect === 'NoExecute' || (one.effect ?? '') === ''),
    );
    if (
      toleration !== undefined &&
      (toleration.tolerationSeconds === undefined || taintedMs < toleration.tolerationSeconds * 1000)
    )
      continue;
    context.events.record(pod, {
      type: 'Normal',
      reason: 'TaintManagerEviction',
      message: `Marking for deletion Pod ${keyOf(pod)}`,
    });
    try {
      await context.client
        .for<Pod>(podKind)
        .delete(
          { namespace: metadata.namespace, name: metadata.name },
          { preconditions: { uid: metadata.uid } },
          call,
        );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

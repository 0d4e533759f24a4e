import { type Node, nodeKind, type Pod, podKind, type Taint, tolerates } from '@kubelab/api';
import { type CallContext, keyOf } from '@kubelab/client';
import { unlessGone } from '../common/claim.js';
import { withCondition } from '../common/conditions.js';
import type { Controller, ControllerContext } from '../controller.js';

/**
 * When a pod has to leave its node: at once (0) by a NoExecute taint that it does not tolerate, later by those that
 * it tolerates for so many seconds, never (undefined) else. Milliseconds since the epoch. Pure.
 */
export function evictAtMs(
  pod: Pod,
  taints: readonly Taint[],
  seenMs: (taint: Taint) => number,
): number | undefined {
  let atMs: number | undefined;
  for (const taint of taints) {
    const matching = (pod.spec?.tolerations ?? []).filter((one) => tolerates(one, taint));
    if (matching.length === 0) return 0;
    const seconds = matching.flatMap((one) =>
      one.tolerationSeconds === undefined ? [] : [Math.max(0, one.tolerationSeconds)],
    );
    if (seconds.length === 0) continue;
    const untilMs = seenMs(taint) + Math.min(...seconds) * 1000;
    atMs = Math.min(atMs ?? untilMs, untilMs);
  }
  return atMs;
}

/** Deletes pods from nodes with NoExecute taints when their toleration is over. */
export const taintEvictionController: Controller = {
  name: 'taint-eviction',
  workers: 4,
  start: (context, queue) => {
    const pods = context.informer<Pod>(podKind);
    const nodes = context.informer<Node>(nodeKind);
    const byNode = pods.index((pod) => [pod.spec?.nodeName ?? '']);
    const noExecute = (node: Node | undefined) =>
      (node?.spec?.taints ?? []).filter((taint) => taint.effect === 'NoExecute');
    /** When taints that say no time of their own were first seen, by node. */
    const firstSeen = new Map<string, Map<string, number>>();
    nodes.handle({
      changed: (node, old, trace) => {
        const known = firstSeen.get(node.metadata.name);
        const nowMs = context.world.clock.nowMs();
        const times = noExecute(node).map(({ key }) => [key, known?.get(key) ?? nowMs] as const);
        if (times.length === 0) firstSeen.delete(node.metadata.name);
        else firstSeen.set(node.metadata.name, new Map(times));
        if (noExecute(node).length === 0 || noExecute(node).length === noExecute(old).length) return;
        for (const pod of byNode.get(node.metadata.name)) queue.add(keyOf(pod), trace);
      },
      deleted: (node) => firstSeen.delete(node.metadata.name),
    });
    pods.handle({
      changed: (pod, old, trace) => {
        const isMoved = old?.spec?.nodeName !== pod.spec?.nodeName;
        const isNew =
          old === undefined || isMoved || old.spec?.tolerations?.length !== pod.spec?.tolerations?.length;
        if (isNew && noExecute(nodes.get(pod.spec?.nodeName ?? '')).length > 0) queue.add(keyOf(pod), trace);
      },
    });
    return async (key, call) => {
      const pod = pods.get(key);
      const taints = noExecute(nodes.get(pod?.spec?.nodeName ?? ''));
      if (pod === undefined || taints.length === 0 || pod.metadata.deletionTimestamp !== undefined)
        return undefined;
      const nowMs = context.world.clock.nowMs();
      const seen = firstSeen.get(pod.spec?.nodeName ?? '');
      const seenMs = ({ key: taintKey, timeAdded }: Taint) =>
        timeAdded === undefined ? (seen?.get(taintKey) ?? nowMs) : Date.parse(timeAdded);
      const atMs = evictAtMs(pod, taints, seenMs);
      if (atMs === undefined) return undefined;
      if (atMs > nowMs) return { requeueAfterMs: atMs - nowMs };
      await evict(context, pod, call);
      return undefined;
    };
  },
};

async function evict(context: ControllerContext, pod: Pod, call: CallContext): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  const client = context.client.for<Pod>(podKind);
  const message = `Marking for deletion Pod ${keyOf(pod)}`;
  context.events.record(pod, { type: 'Normal', reason: 'TaintManagerEviction', message, trace: call.trace });
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  };
  const conditions = withCondition(pod.status?.conditions, condition, context.world.clock.nowMs());
  const patch = { metadata: { uid }, status: { conditions } };
  const marked = await unlessGone(
    client.patch({ namespace, name, subresource: 'status' }, 'merge', patch, call),
  );
  if (marked !== undefined)
    await unlessGone(client.delete({ namespace, name }, { preconditions: { uid } }, call));
}

import {
  type ControllerRevision,
  type DaemonSet,
  type DaemonSetStatus,
  deepEqual,
  type Node,
  nodeKind,
  type Pod,
  podKind,
} from '@kubelab/api';
import { type CallContext, keyOf, type WorkQueue } from '@kubelab/client';
import { claimObjects } from '../common/claim.js';
import { Expectations } from '../common/expectations.js';
import { followPods } from '../common/follow-pods.js';
import { burstMax, createPod, deletePod, podFromTemplate, slowStart } from '../common/pod-control.js';
import {
  hashOf,
  type Revisions,
  revisionHashLabel,
  syncRevisions,
  truncateHistory,
} from '../common/revisions.js';
import type { Controller, ControllerContext } from '../controller.js';
import { controllerRevisionKind, daemonSetKind } from '../kinds.js';
import { availability, isReady } from '../pods.js';
import { judgeNode, pinned, planDaemons, planDaemonUpdate } from './daemonset-plan.js';

/** Daemons that end at once are made anew ever later: 1 s, 2 s, ... (Kubernetes' failedPodsBackoff). */
const failedBackoffMinMs = 1_000;
const failedBackoffMaxMs = 15 * 60_000;

/** One pod on every node that fits. */
export const daemonSetController: Controller = {
  name: 'daemonset',
  workers: 2,
  start: (context, queue) => {
    const sets = context.informer<DaemonSet>(daemonSetKind);
    context.informer<ControllerRevision>(controllerRevisionKind);
    const expectations = new Expectations();
    sets.handle({
      changed: (set, _old, trace) => queue.add(keyOf(set), trace),
      deleted: (set) => queue.add(keyOf(set)),
    });
    const everySet = () => {
      for (const set of sets.list()) queue.add(keyOf(set));
    };
    context.informer<Node>(nodeKind).handle({
      changed: (node, old) => (old === undefined || mattersTo(node, old)) && everySet(),
      deleted: everySet,
    });
    followPods<DaemonSet>(
      context,
      { kind: daemonSetKind, selectorOf: ({ spec }) => spec?.selector },
      queue,
      expectations,
    );
    const controller = new Daemons(context, queue, expectations);
    return (key, call) => controller.reconcile(key, call);
  },
};

/** Nodes say something every few seconds; only labels, taints and conditions decide about daemons. */
function mattersTo(node: Node, old: Node): boolean {
  return !deepEqual([node.metadata.labels, node.spec], [old.metadata.labels, old.spec]);
}

class Daemons {
  readonly #context: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #expectations: Expectations;
  /** By set and node: when a daemon that ended may be deleted, which brings the next one. */
  readonly #failures = new Map<string, { count: number; untilMs: number }>();

  constructor(context: ControllerContext, queue: WorkQueue, expectations: Expectations) {
    this.#context = context;
    this.#queue = queue;
    this.#expectations = expectations;
  }

  async reconcile(key: string, call: CallContext): Promise<undefined> {
    const context = this.#context;
    const set = context.informer<DaemonSet>(daemonSetKind).get(key);
    if (set?.spec === undefined) {
      this.#forget(key);
      return undefined;
    }
    if (set.metadata.deletionTimestamp !== undefined) return undefined;
    const waitMs = this.#expectations.waitMs(key, context.world.clock.monotonicMs());
    const settled = waitMs === 0;
    if (!settled) this.#queue.addAfter(key, waitMs);
    const pods = await claimObjects<Pod>(
      context,
      {
        owner: set,
        ownerKind: daemonSetKind,
        selector: set.spec.selector,
        kind: podKind,
        candidates: context.informer<Pod>(podKind).inNamespace(set.metadata.namespace),
      },
      call,
    );
    const revisions = await syncRevisions(context, set, daemonSetKind, call);
    const hash = hashOf(revisions.update);
    const byNode = groupByNode(pods);
    const failure = settled ? await this.#manage(key, set, { byNode, hash }, call) : undefined;
    await this.#writeStatus(set, { byNode, hash, revisions }, call);
    const live = new Set(pods.map((pod) => pod.metadata.labels?.[revisionHashLabel]));
    const isLive = (revision: ControllerRevision) => live.has(hashOf(revision)) || hashOf(revision) === hash;
    await truncateHistory(context, set, revisions.all, isLive, call);
    const minReady = set.spec.minReadySeconds ?? 0;
    const soon = pods.flatMap((pod) => availability(pod, minReady, context.world.clock.nowMs()).inMs ?? []);
    if (soon.length > 0) this.#queue.addAfter(key, Math.min(...soon) + 50);
    if (failure !== undefined) throw failure;
    return undefined;
  }

  async #manage(
    key: string,
    set: DaemonSet,
    { byNode, hash }: { readonly byNode: ReadonlyMap<string, Pod[]>; readonly hash: string },
    call: CallContext,
  ): Promise<Error | undefined> {
    const context = this.#context;
    const nowMs = context.world.clock.nowMs();
    const nodes = context.informer<Node>(nodeKind).list();
    const template = podFromTemplate(set, daemonSetKind, set.spec?.template);
    const isUpdated = (pod: Pod) => pod.metadata.labels?.[revisionHashLabel] === hash;
    const plan = planDaemons(set, template, nodes, byNode, isUpdated, nowMs);
    const held = new Set(plan.ended.filter((pod) => this.#holds(key, set, pod, call)));
    const wanted = new Map(
      nodes
        .filter((node) => judgeNode(template, node).shouldRun)
        .map(({ metadata }) => [metadata.name, byNode.get(metadata.name) ?? []]),
    );
    const update = planDaemonUpdate(set, wanted, isUpdated, nowMs);
    const doomed = [...new Set([...plan.remove, ...update.remove])]
      .filter((pod) => !held.has(pod))
      .slice(0, burstMax);
    const create = [...new Set([...plan.create, ...update.create])].slice(0, burstMax);
    if (doomed.length + create.length === 0) return undefined;
    const uids = doomed.map(({ metadata }) => metadata.uid ?? '');
    this.#expectations.expect(key, create.length, uids, context.world.clock.monotonicMs());
    const labels = { ...template.metadata.labels, [revisionHashLabel]: hash };
    const labelled = { ...template, metadata: { ...template.metadata, labels } };
    const failure = await slowStart(
      create.length,
      (at) => createPod(context, set, pinned(labelled, create[at] ?? ''), call),
      () => this.#expectations.created(key),
    );
    const failures = await Promise.all(
      doomed.map(async (pod) => {
        const failed = await deletePod(context, set, pod, call);
        if (failed !== undefined) this.#expectations.deleted(key, pod.metadata.uid ?? '');
        return failed;
      }),
    );
    return failure ?? failures.find((one) => one !== undefined);
  }

  /** Says that a daemon ended; whether its successor has to wait. */
  #holds(key: string, set: DaemonSet, pod: Pod, call: CallContext): boolean {
    const context = this.#context;
    const nodeName = pod.spec?.nodeName ?? '';
    const slot = `${key} ${nodeName}`;
    const nowMs = context.world.clock.monotonicMs();
    const known = this.#failures.get(slot) ?? { count: 0, untilMs: 0 };
    if (known.untilMs > nowMs) {
      this.#queue.addAfter(key, known.untilMs - nowMs);
      return true;
    }
    const delayMs = Math.min(failedBackoffMaxMs, failedBackoffMinMs * 2 ** Math.min(known.count, 20));
    const isLongAgo = known.untilMs > 0 && nowMs - known.untilMs > 2 * failedBackoffMaxMs;
    this.#failures.set(slot, { count: isLongAgo ? 0 : known.count + 1, untilMs: nowMs + delayMs });
    const failed = pod.status?.phase === 'Failed';
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
    context.events.record(set, {
      type: failed ? 'Warning' : 'Normal',
      reason: failed ? 'FailedDaemonPod' : 'SucceededDaemonPod',
      message: failed
        ? `Found failed daemon pod ${name} on node ${nodeName}, will try to kill it`
        : `Found succeeded daemon pod ${name} on node ${nodeName}, will try to delete it`,
      trace: call.trace,
    });
    return false;
  }

  #forget(key: string): void {
    this.#expectations.forget(key);
    for (const slot of [...this.#failures.keys()])
      if (slot.startsWith(`${key} `)) this.#failures.delete(slot);
  }

  async #writeStatus(
    set: DaemonSet,
    seen: {
      readonly byNode: ReadonlyMap<string, Pod[]>;
      readonly hash: string;
      readonly revisions: Revisions;
    },
    call: CallContext,
  ): Promise<void> {
    const context = this.#context;
    const nowMs = context.world.clock.nowMs();
    const template = podFromTemplate(set, daemonSetKind, set.spec?.template);
    const minReady = set.spec?.minReadySeconds ?? 0;
    const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };
    for (const node of context.informer<Node>(nodeKind).list()) {
      const pods = seen.byNode.get(node.metadata.name) ?? [];
      if (!judgeNode(template, node).shouldRun) {
        if (pods.length > 0) count.misscheduled += 1;
        continue;
      }
      count.desired += 1;
      if (pods.length === 0) continue;
      count.current += 1;
      const ready = pods.filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
      if (ready.length > 0) count.ready += 1;
      if (ready.some((pod) => availability(pod, minReady, nowMs).available)) count.available += 1;
      if (pods.some((pod) => pod.metadata.labels?.[revisionHashLabel] === seen.hash)) count.updated += 1;
    }
    const { collisionCount } = seen.revisions;
    const status: DaemonSetStatus = {
      currentNumberScheduled: count.current,
      desiredNumberScheduled: count.desired,
      numberMisscheduled: count.misscheduled,
      numberReady: count.ready,
      observedGeneration: set.metadata.generation ?? 0,
      ...(count.updated === 0 ? {} : { updatedNumberScheduled: count.updated }),
      ...(count.available === 0 ? {} : { numberAvailable: count.available }),
      ...(count.desired === count.available ? {} : { numberUnavailable: count.desired - count.available }),
      ...(collisionCount === 0 ? {} : { collisionCount }),
      ...(set.status?.conditions === undefined ? {} : { conditions: set.status.conditions }),
    };
    if (deepEqual(status, set.status)) return;
    await context.client.for<DaemonSet>(daemonSetKind).updateStatus({ ...set, status }, call);
  }
}

/** By the node a pod runs on, or is bound for: the scheduler may not have come to it yet. */
function groupByNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const node = targetOf(pod);
    groups.set(node, [...(groups.get(node) ?? []), pod]);
  }
  return groups;
}

function targetOf(pod: Pod): string {
  if ((pod.spec?.nodeName ?? '') !== '') return pod.spec?.nodeName ?? '';
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const fields = required?.nodeSelectorTerms.flatMap((term) => term.matchFields ?? []) ?? [];
  return fields.find((field) => field.key === 'metadata.name')?.values?.[0] ?? '';
}

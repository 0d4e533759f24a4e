import type { Pod } from '@kubelab/api';
import { type Client, EventRecorder } from '@kubelab/client';
import type { Logger, Tracer } from '@kubelab/telemetry';
import type { Timer, World } from '@kubelab/world';
import { ApiActions } from './actions.js';
import { awaitPermits, bindPod, permit, reserve, unreserve } from './binding-cycle.js';
import { SchedulerCache } from './cache/cache.js';
import { Snapshot } from './cache/snapshot.js';
import { type Configuration, createProfile } from './config/configuration.js';
import { connectEvents } from './event-handlers.js';
import type { Handle, PermitWait, QueuedPod } from './framework/contract.js';
import { truncated } from './framework/fit-error.js';
import type { NodeInfo } from './framework/node-info.js';
import { createPodInfo, type PodInfo } from './framework/pod-info.js';
import type { Profile } from './framework/profile.js';
import { type Decision, schedulePod } from './framework/schedule-pod.js';
import type { Status } from './framework/status.js';
import { Informers } from './informers.js';
import { PodTraces } from './pod-traces.js';
import { HintTable } from './queue/hint-table.js';
import { Nominator } from './queue/nominator.js';
import { SchedulingQueue } from './queue/scheduling-queue.js';
import {
  DecisionLog,
  type DecisionRecord,
  describeDecision,
  describeGate,
} from './record/decision-record.js';
import { type PodMark, StatusWriter } from './status-writer.js';

/** Bindings under way at once, beside the next cycles. */
const bindingsMax = 64;
/** Cycles go on without a pause for so long; then what came in is taken in. */
const turnMs = 5;
const expireEveryMs = 1_000;

export interface SchedulerParts {
  readonly world: World;
  readonly log: Logger;
  readonly tracer?: Tracer | undefined;
  readonly client: Client;
  readonly configuration: Configuration;
}

/** Finds a node for every pod that has none: one pod at a time is decided, bindings go on beside. */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #informers: Informers;
  readonly #events: EventRecorder;
  readonly #statuses: StatusWriter;
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #cache = new SchedulerCache();
  readonly #snapshot = new Snapshot();
  readonly #nominator = new Nominator();
  readonly #log = new DecisionLog();
  readonly #start = { index: 0 };
  readonly #traces: PodTraces;
  readonly #tables: ReadonlyMap<string, HintTable>;
  /** Told of every cycle, beside the record. */
  onDecision: ((record: DecisionRecord) => void) | undefined;
  #queue: SchedulingQueue | undefined;
  #binding = 0;
  #bindingDone: (() => void) | undefined;

  constructor(parts: SchedulerParts) {
    const { world, log, client, configuration } = parts;
    this.#parts = parts;
    this.#traces = new PodTraces(parts.tracer);
    this.#informers = new Informers(client, { world, log });
    this.#events = new EventRecorder({ world, log, client, component: 'default-scheduler' });
    this.#statuses = new StatusWriter({ world, log, client });
    const handle: Handle = {
      listers: this.#informers,
      nominations: this.#nominator,
      actions: new ApiActions({
        client,
        events: this.#events,
        world,
        traceOf: (pod) => this.#traces.of(pod),
      }),
      random: world.random,
      sleep: (delayMs) => world.timers.sleep(delayMs),
      activate: ({ key }) => this.#queue?.activate(key),
      now: () => world.clock.monotonicMs(),
    };
    const profiles = configuration.profiles.map((profile) => createProfile(profile, handle));
    this.#profiles = new Map(profiles.map((profile) => [profile.schedulerName, profile]));
    this.#tables = new Map(profiles.map((profile) => [profile.schedulerName, new HintTable(profile)]));
    connectEvents({
      informers: this.#informers,
      cache: this.#cache,
      nominator: this.#nominator,
      statuses: this.#statuses,
      traces: this.#traces,
      isMine: (pod) => this.#profiles.has(pod.spec?.schedulerName ?? ''),
      queue: () => this.#queue,
    });
  }

  get synced(): boolean {
    return this.#informers.synced;
  }

  get leads(): boolean {
    return this.#queue !== undefined;
  }

  /** For status lines. */
  get sizes() {
    return { ...this.#queue?.sizes, binding: this.#binding };
  }

  start(): void {
    this.#informers.start();
  }

  stop(): void {
    this.#informers.stop();
    this.#events.stop();
  }

  decisions(pod: string): DecisionRecord[] {
    return this.#log.of(pod);
  }

  /** What would become of the pod now. Every node is looked at; nothing is bound, nobody is preempted. */
  whatIf(pod: Pod): DecisionRecord {
    const schedulerName = pod.spec?.schedulerName ?? '';
    const profile = this.#profiles.get(schedulerName);
    const startedMs = this.#parts.world.clock.monotonicMs();
    const info = createPodInfo(pod);
    this.#snapshot.update(this.#cache);
    const decision: Decision =
      profile === undefined
        ? { kind: 'error', plugin: '', message: `no profile is called "${schedulerName}"` }
        : schedulePod(
            {
              profile: { ...profile, percentageOfNodesToScore: 100 },
              snapshot: this.#snapshot,
              nominations: this.#nominator,
              random: this.#parts.world.random,
              start: { index: 0 },
              dryRun: true,
            },
            info,
          );
    return describeDecision(this.#head({ info, attempts: 0 }, startedMs), decision);
  }

  /** Schedules until the signal aborts. */
  async lead(signal: AbortSignal): Promise<void> {
    await this.#informers.whenSynced();
    const { world, configuration } = this.#parts;
    const [first] = this.#profiles.values();
    const compare = first?.plugins.queueSort[0]?.compare;
    if (compare === undefined || signal.aborted) return;
    const queue = new SchedulingQueue({
      world,
      compare,
      profileOf: (info) => this.#queueProfile(info),
      backoffInitialMs: configuration.backoffInitialMs,
      backoffMaxMs: configuration.backoffMaxMs,
      gated: (info, status) => this.#gated(info, status),
    });
    this.#queue = queue;
    queue.start();
    const expiry = this.#expireAssumed(queue);
    signal.addEventListener('abort', () => queue.close(), { once: true });
    for (const pod of this.#informers.pods.list()) {
      const info = createPodInfo(pod);
      const wanted = this.#profiles.has(pod.spec?.schedulerName ?? '') && (pod.spec?.nodeName ?? '') === '';
      const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
      if (!wanted || ended || info.terminating) continue;
      this.#nominator.set(info, pod.status?.nominatedNodeName ?? '');
      queue.add(info);
    }
    await this.#run(queue);
    expiry.cancel();
    this.#queue = undefined;
    this.#cache.clear();
  }

  /** preEnqueue keeps it out. */
  #gated(info: PodInfo, status: Status): void {
    const message = status.reasons.join(', ');
    const head = this.#head({ info, attempts: 0 }, this.#parts.world.clock.monotonicMs());
    this.#log.add(describeGate(head, status));
    // A pod whose victims are going keeps the condition that it has.
    if (status.plugin === 'SchedulingGates')
      this.#statuses.mark(info.pod, { reason: 'SchedulingGated', message });
  }

  #queueProfile(info: PodInfo) {
    const name = info.pod.spec?.schedulerName ?? '';
    const profile = this.#profiles.get(name);
    const hints = this.#tables.get(name);
    return profile === undefined || hints === undefined
      ? undefined
      : { preEnqueue: profile.plugins.preEnqueue, hints };
  }

  #expireAssumed(queue: SchedulingQueue): Timer {
    const { world, log } = this.#parts;
    return world.timers.setInterval(() => {
      for (const { key, pod } of this.#cache.expire(world.clock.monotonicMs())) {
        log.warn({ pod: key }, 'a bound pod was never seen: its node counts as free again');
        queue.event({ kind: 'AssignedPod/Delete', pod: { before: pod } });
      }
    }, expireEveryMs);
  }

  async #run(queue: SchedulingQueue): Promise<void> {
    const { clock, timers } = this.#parts.world;
    let turnStartMs = clock.monotonicMs();
    for (;;) {
      const queued = queue.tryTake() ?? (await queue.take());
      if (queued === undefined) return;
      while (this.#binding >= bindingsMax)
        await new Promise<void>((resolve) => {
          this.#bindingDone = resolve;
        });
      this.#scheduleOne(queue, queued);
      if (clock.monotonicMs() - turnStartMs < turnMs) continue;
      await new Promise<void>((resolve) => {
        timers.setImmediate(resolve);
      });
      turnStartMs = clock.monotonicMs();
    }
  }

  #head({ info, attempts }: Pick<QueuedPod, 'info' | 'attempts'>, startedMs: number) {
    const { clock } = this.#parts.world;
    return {
      pod: info.key,
      timeMs: clock.nowMs(),
      tookMs: clock.monotonicMs() - startedMs,
      attempt: attempts,
      profile: info.pod.spec?.schedulerName ?? '',
      nodes: this.#snapshot.nodes.length,
    };
  }

  /** The scheduling cycle: synchronous up to the start of the binding. */
  #scheduleOne(queue: SchedulingQueue, queued: QueuedPod): void {
    const { info } = queued;
    const profile = this.#profiles.get(info.pod.spec?.schedulerName ?? '');
    const current = this.#informers.pods.get(info.key);
    const isMoot = current === undefined || !isWaiting(current, info) || this.#cache.isAssumed(info.key);
    if (profile === undefined || isMoot) {
      queue.done(info.key);
      return;
    }
    const { clock, random } = this.#parts.world;
    const startedMs = clock.monotonicMs();
    this.#snapshot.update(this.#cache);
    const cycle = {
      snapshot: this.#snapshot,
      nominations: this.#nominator,
      random,
      start: this.#start,
    };
    const now = () => clock.monotonicMs();
    const decision = this.#traces.cycle(info.key, profile, now, (used) =>
      schedulePod({ ...cycle, profile: used }, info),
    );
    const record = describeDecision(this.#head(queued, startedMs), decision);
    this.#log.add(record);
    this.onDecision?.(record);
    if (decision.kind !== 'fits') {
      this.#notScheduled(queue, queued, decision);
      return;
    }
    this.#commit(queue, queued, profile, decision.node);
  }

  /** Assume, reserve, permit; the rest goes on beside. */
  #commit(queue: SchedulingQueue, queued: QueuedPod, profile: Profile, node: NodeInfo): void {
    const { info } = queued;
    this.#cache.assume(info, node.name);
    const refused = reserve(profile, info, node) ?? permit(profile, info, node.name);
    if ('code' in refused) {
      this.#undo(queue, profile, info, node.name);
      this.#refused(queue, queued, refused);
      return;
    }
    void this.#bind({ queue, queued, profile, nodeName: node.name, waits: refused });
  }

  async #bind(job: BindingJob): Promise<void> {
    const { queue, queued, profile, nodeName, waits } = job;
    const { info } = queued;
    const { world, log } = this.#parts;
    this.#binding += 1;
    const span = this.#traces.begin('bind', info.key);
    try {
      const sleep = (delayMs: number, signal: AbortSignal) => world.timers.sleep(delayMs, signal);
      const status = (await awaitPermits(waits, sleep)) ?? (await bindPod(profile, info, nodeName));
      if (status === undefined) {
        this.#cache.finishBinding(info.key, world.clock.monotonicMs());
        queue.done(info.key);
        this.#nominator.remove(info.key);
        this.#statuses.drop(info.key);
        log.info({ pod: info.key, node: nodeName }, 'bound');
        const message = `Successfully assigned ${info.key} to ${nodeName}`;
        const trace = span?.traceparent;
        this.#events.record(info.pod, { type: 'Normal', reason: 'Scheduled', message, trace });
        this.#traces.forget(info.key);
        span?.end();
        return;
      }
      span?.end(status.reasons.join(', '));
      log.warn({ pod: info.key, node: nodeName, error: status.reasons.join(', ') }, 'binding failed');
      this.#undo(queue, profile, info, nodeName);
      this.#refused(queue, queued, status);
    } finally {
      this.#binding -= 1;
      this.#bindingDone?.();
    }
  }

  /** The node is free again: others may fit there now. */
  #undo(queue: SchedulingQueue, profile: Profile, info: PodInfo, nodeName: string): void {
    unreserve(profile, info, nodeName);
    this.#cache.forget(info.key);
    const { pod } = info;
    if (pod.spec !== undefined)
      queue.event({
        kind: 'AssignedPod/Delete',
        pod: { before: { ...pod, spec: { ...pod.spec, nodeName } } },
      });
  }

  /** reserve, permit, preBind or bind said no. */
  #refused(queue: SchedulingQueue, queued: QueuedPod, status: Status): void {
    const message = status.reasons.join(', ');
    if (status.code === 'error')
      this.#giveBack(queue, queued, new Set(), { reason: 'SchedulerError', message });
    else this.#giveBack(queue, queued, new Set([status.plugin]), { reason: 'Unschedulable', message });
  }

  #notScheduled(
    queue: SchedulingQueue,
    queued: QueuedPod,
    decision: Exclude<Decision, { kind: 'fits' }>,
  ): void {
    const { message } = decision;
    if (decision.kind === 'error') {
      this.#giveBack(queue, queued, new Set(), { reason: 'SchedulerError', message });
      return;
    }
    const { nominatedNode, plugins } = decision;
    // Without nodes nobody refused: the first node is what the pod waits for.
    const waitsFor = plugins.size === 0 ? new Set(['NodeName', 'NodeUnschedulable']) : plugins;
    this.#giveBack(queue, queued, waitsFor, { reason: 'Unschedulable', message, nominatedNode });
  }

  #giveBack(queue: SchedulingQueue, queued: QueuedPod, plugins: ReadonlySet<string>, mark: PodMark): void {
    const { key, uid } = queued.info;
    const pod = this.#informers.pods.get(key);
    // Gone, replaced, or bound by somebody else meanwhile: nothing is to be told of it.
    if (pod === undefined || pod.metadata.uid !== uid || (pod.spec?.nodeName ?? '') !== '') {
      queue.done(key);
      return;
    }
    const info = pod === queued.info.pod ? queued.info : createPodInfo(pod);
    if (mark.nominatedNode !== undefined) this.#nominator.set(info, mark.nominatedNode);
    queue.unschedulable(queued, info, plugins);
    this.#events.record(pod, {
      type: 'Warning',
      reason: 'FailedScheduling',
      message: truncated(mark.message),
    });
    this.#statuses.mark(pod, mark);
  }
}

interface BindingJob {
  readonly queue: SchedulingQueue;
  readonly queued: QueuedPod;
  readonly profile: Profile;
  readonly nodeName: string;
  readonly waits: readonly PermitWait[];
}

/** Still the pod that was queued, and still without a node. */
function isWaiting({ metadata, spec }: Pod, info: PodInfo): boolean {
  return (
    metadata.uid === info.pod.metadata.uid &&
    metadata.deletionTimestamp === undefined &&
    (spec?.nodeName ?? '') === ''
  );
}

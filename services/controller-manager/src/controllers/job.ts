import { deepEqual, type Job, type JobStatus, type Pod, podKind, timestamp } from '@kubelab/api';
import { type CallContext, keyOf, type WorkQueue } from '@kubelab/client';
import { claimObjects } from '../common/claim.js';
import { isTrue, withCondition } from '../common/conditions.js';
import { Expectations } from '../common/expectations.js';
import { followPods } from '../common/follow-pods.js';
import type { Controller, ControllerContext } from '../controller.js';
import { jobKind } from '../kinds.js';
import { controllerOf } from '../owners.js';
import { isReady } from '../pods.js';
import { type Counted, countPods, isTracked, releasePods } from './job-accounting.js';
import { parseIndexes } from './job-indexes.js';
import { type PodPlan, planPods, runPodPlan } from './job-pods.js';
import {
  finishedAtMs,
  isFailed,
  isIndexed,
  isSucceeded,
  meetsSuccessPolicy,
  restartsOf,
} from './job-policy.js';

const thisController = 'kubernetes.io/job-controller';
/** Pods that fail in a row are replaced ever later. */
const backoffMinMs = 10_000;
const backoffMaxMs = 600_000;

interface Backoff {
  failures: number;
  lastMs: number;
}

/** Pods to completion. Counting survives crashes; see job-accounting.ts. */
export const jobController: Controller = {
  name: 'job',
  workers: 4,
  start: (context, queue) => {
    const jobs = context.informer<Job>(jobKind);
    const expectations = new Expectations();
    jobs.handle({
      changed: (job, _old, trace) => queue.add(keyOf(job), trace),
      deleted: (job) => queue.add(keyOf(job)),
    });
    followPods<Job>(
      context,
      { kind: jobKind, selectorOf: ({ spec }) => spec?.selector },
      queue,
      expectations,
    );
    const controller = new Jobs(context, queue, expectations);
    return (key, call) => controller.reconcile(key, call);
  },
};

class Jobs {
  readonly #context: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #expectations: Expectations;
  readonly #backoffs = new Map<string, Backoff>();

  constructor(context: ControllerContext, queue: WorkQueue, expectations: Expectations) {
    this.#context = context;
    this.#queue = queue;
    this.#expectations = expectations;
  }

  async reconcile(key: string, call: CallContext): Promise<undefined> {
    const job = this.#context.informer<Job>(jobKind).get(key);
    if (job?.spec === undefined) {
      await this.#releaseOrphans(key, call);
      return undefined;
    }
    if ((job.spec.managedBy ?? thisController) !== thisController) return undefined;
    const waitMs = this.#expectations.waitMs(key, this.#context.world.clock.monotonicMs());
    const settled = waitMs === 0;
    if (!settled) this.#queue.addAfter(key, waitMs);
    const pods = await this.#claim(job, call);
    const finished = isTrue(job.status?.conditions, 'Complete') || isTrue(job.status?.conditions, 'Failed');
    if (finished || job.metadata.deletionTimestamp !== undefined) {
      await releasePods(this.#context, pods.filter(isTracked), call);
      return undefined;
    }
    const counted = countPods(job, pods);
    this.#noteBackoff(key, counted);
    const next = this.#advance(job, pods, counted, settled);
    // Uids are noted before finalizers go: only a written status may let a pod go.
    await this.#write(job, next.status, call);
    await releasePods(this.#context, counted.release, call);
    if (counted.release.length > 0) this.#queue.add(key, call.trace);
    if (next.checkInMs !== undefined) this.#queue.addAfter(key, next.checkInMs);
    if (!settled) return undefined;
    await runPodPlan(this.#context, this.#expectations, { key, job, plan: next.plan }, call);
    if (next.plan.againInMs !== undefined) this.#queue.addAfter(key, next.plan.againInMs);
    return undefined;
  }

  #claim(job: Job, call: CallContext): Promise<Pod[]> {
    const candidates = this.#context.informer<Pod>(podKind).inNamespace(job.metadata.namespace);
    const selector = job.spec?.selector;
    const claim = { owner: job, ownerKind: jobKind, selector, kind: podKind, candidates };
    return claimObjects<Pod>(this.#context, claim, call);
  }

  /** Pods of a job that is gone must not be held by a finalizer that nobody takes away. */
  async #releaseOrphans(key: string, call: CallContext): Promise<void> {
    this.#expectations.forget(key);
    this.#backoffs.delete(key);
    const [namespace = '', name] = key.split('/');
    const left = this.#context
      .informer<Pod>(podKind)
      .inNamespace(namespace)
      .filter(
        (pod) => isTracked(pod) && controllerOf(pod)?.kind === 'Job' && controllerOf(pod)?.name === name,
      );
    await releasePods(this.#context, left, call);
  }

  #noteBackoff(key: string, { failures, successes, release }: Counted): void {
    if (failures === 0 && successes === 0) return;
    const known = this.#backoffs.get(key) ?? { failures: 0, lastMs: 0 };
    const times = release.flatMap((pod) => finishedAtMs(pod) ?? []);
    const lastMs = Math.max(known.lastMs, ...times);
    this.#backoffs.set(key, { failures: (successes > 0 ? 0 : known.failures) + failures, lastMs });
  }

  /** The status that this look makes, and what is to become of the pods. */
  #advance(
    job: Job,
    pods: readonly Pod[],
    counted: Counted,
    settled: boolean,
  ): { status: JobStatus; plan: PodPlan; checkInMs: number | undefined } {
    const nowMs = this.#context.world.clock.nowMs();
    const active = pods.filter(
      (pod) =>
        !isSucceeded(pod) &&
        !isFailed(job, pod) &&
        pod.metadata.deletionTimestamp === undefined &&
        pod.status?.phase !== 'Failed',
    );
    const terminating = pods.filter(
      (pod) =>
        pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Failed' && !isSucceeded(pod),
    );
    let status = this.#suspension(job, counted.status, nowMs);
    const { deadlineInMs, ...verdict } = this.#verdict(job, { status, pods: active, counted, nowMs });
    status = this.#conclude(
      job,
      status,
      verdict,
      { active: active.length, terminating: terminating.length },
      nowMs,
    );
    const ending =
      isTrue(status.conditions, 'FailureTarget') || isTrue(status.conditions, 'SuccessCriteriaMet');
    const backoff = this.#backoffs.get(keyOf(job));
    const delayMs =
      backoff === undefined || backoff.failures === 0
        ? 0
        : Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.min(backoff.failures - 1, 20));
    const plan = planPods(job, {
      pods,
      active,
      terminating,
      status,
      ending,
      nowMs,
      notBeforeMs: delayMs === 0 ? 0 : (backoff?.lastMs ?? 0) + delayMs,
    });
    // What this look creates or deletes is in the numbers it writes: `active` never lags by a whole round.
    const activeNow = active.length + plan.create.length - plan.remove.length;
    const ready = active.filter((pod) => isReady(pod) && !plan.remove.includes(pod)).length;
    const terminatingNow = terminating.length + plan.remove.length;
    const { active: known, ...rest } = status;
    // What was asked for has not come yet: counting now would go down and up again.
    const shown = settled ? activeNow : (known ?? 0);
    return {
      status: { ...rest, ...(shown === 0 ? {} : { active: shown }), ready, terminating: terminatingNow },
      plan,
      checkInMs: deadlineInMs,
    };
  }

  /** startTime is when it began, or was last resumed. */
  #suspension(job: Job, status: JobStatus, nowMs: number): JobStatus {
    const known = status.conditions?.find((one) => one.type === 'Suspended');
    if (job.spec?.suspend === true) {
      if (known?.status === 'True') return status;
      const condition = {
        type: 'Suspended',
        status: 'True',
        reason: 'JobSuspended',
        message: 'Job suspended',
      };
      this.#say(job, 'Normal', 'Suspended', 'Job suspended');
      const { startTime: _startTime, ...rest } = status;
      return { ...rest, conditions: withCondition(status.conditions, condition, nowMs) };
    }
    const startTime = status.startTime ?? timestamp(nowMs);
    if (known?.status !== 'True') return { ...status, startTime };
    const condition = { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' };
    this.#say(job, 'Normal', 'Resumed', 'Job resumed');
    return {
      ...status,
      startTime: timestamp(nowMs),
      conditions: withCondition(status.conditions, condition, nowMs),
    };
  }

  /** Whether the job is to end, and how. */
  #verdict(
    job: Job,
    seen: { status: JobStatus; pods: readonly Pod[]; counted: Counted; nowMs: number },
  ): {
    failed?: readonly [reason: string, message: string];
    succeeded?: readonly [reason: string, message: string];
    deadlineInMs?: number | undefined;
  } {
    const { status, pods, counted, nowMs } = seen;
    const spec = job.spec;
    if (isTrue(status.conditions, 'FailureTarget') || isTrue(status.conditions, 'SuccessCriteriaMet'))
      return {};
    if (counted.failJob !== undefined) return { failed: ['PodFailurePolicy', counted.failJob] };
    const failures = (status.failed ?? 0) + (status.uncountedTerminatedPods?.failed?.length ?? 0);
    const limit = spec?.backoffLimit ?? 6;
    const restarts = spec?.template.spec?.restartPolicy === 'OnFailure' ? restartsOf(pods) : 0;
    const isPast = failures > limit || (restarts > 0 && (limit === 0 ? restarts > 0 : restarts >= limit));
    if (isPast) return { failed: ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] };
    const deadlineMs = (spec?.activeDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000;
    const startedMs = status.startTime === undefined ? nowMs : Date.parse(status.startTime);
    if (spec?.suspend !== true && nowMs - startedMs >= deadlineMs)
      return { failed: ['DeadlineExceeded', 'Job was active longer than specified deadline'] };
    const deadlineInMs =
      Number.isFinite(deadlineMs) && spec?.suspend !== true
        ? Math.max(1, startedMs + deadlineMs - nowMs)
        : undefined;
    const completions = spec?.completions;
    if (isIndexed(spec)) {
      const completed = parseIndexes(status.completedIndexes, completions ?? 0);
      const failedIndexes = parseIndexes(status.failedIndexes, completions ?? 0);
      if (spec?.maxFailedIndexes !== undefined && failedIndexes.size > spec.maxFailedIndexes)
        return {
          failed: [
            'MaxFailedIndexesExceeded',
            'Job has exceeded the specified maximal number of failed indexes',
          ],
        };
      const why = meetsSuccessPolicy(spec, completed);
      if (why !== undefined) return { succeeded: ['SuccessPolicy', why] };
      if (failedIndexes.size > 0 && completed.size + failedIndexes.size >= (completions ?? 0))
        return { failed: ['FailedIndexes', 'Job has failed indexes'] };
    }
    const succeeded = (status.succeeded ?? 0) + (status.uncountedTerminatedPods?.succeeded?.length ?? 0);
    const isDone = completions === undefined ? succeeded > 0 && pods.length === 0 : succeeded >= completions;
    if (isDone) return { succeeded: ['CompletionsReached', 'Reached expected number of succeeded pods'] };
    return { deadlineInMs };
  }

  /**
   * First FailureTarget or SuccessCriteriaMet, then, when no pod is left that runs or terminates and all are
   * counted, Failed or Complete: a finished job's numbers never change again.
   */
  #conclude(
    job: Job,
    before: JobStatus,
    verdict: { failed?: readonly [string, string]; succeeded?: readonly [string, string] },
    left: { active: number; terminating: number },
    nowMs: number,
  ): JobStatus {
    let status = before;
    const target = verdict.failed === undefined ? verdict.succeeded : verdict.failed;
    if (target !== undefined) {
      const [reason, message] = target;
      const type = verdict.failed === undefined ? 'SuccessCriteriaMet' : 'FailureTarget';
      status = {
        ...status,
        conditions: withCondition(status.conditions, { type, status: 'True', reason, message }, nowMs),
      };
    }
    const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {};
    if (left.active + left.terminating + succeeded.length + failed.length > 0) return status;
    const ending = status.conditions?.find(
      (one) => one.status === 'True' && (one.type === 'FailureTarget' || one.type === 'SuccessCriteriaMet'),
    );
    if (ending === undefined) return status;
    const { reason = '', message = '' } = ending;
    const isFailure = ending.type === 'FailureTarget';
    const final = { type: isFailure ? 'Failed' : 'Complete', status: 'True', reason, message };
    if (isFailure) this.#say(job, 'Warning', reason, message);
    else this.#say(job, 'Normal', 'Completed', 'Job completed');
    return {
      ...status,
      ...(isFailure ? {} : { completionTime: timestamp(nowMs) }),
      conditions: withCondition(status.conditions, final, nowMs),
    };
  }

  #say(job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.events.record(job, { type, reason, message });
  }

  async #write(job: Job, status: JobStatus, call: CallContext): Promise<void> {
    if (deepEqual(status, job.status)) return;
    await this.#context.client.for<Job>(jobKind).updateStatus({ ...job, status }, call);
  }
}

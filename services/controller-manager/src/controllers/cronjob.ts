import {
  ApiError,
  type CronJob,
  type CronJobStatus,
  deepEqual,
  type Job,
  type ObjectReference,
  timestamp,
} from '@kubelab/api';
import { type CallContext, isNotFound, keyOf, type WorkQueue } from '@kubelab/client';
import { isTrue } from '../common/conditions.js';
import type { Controller, ControllerContext } from '../controller.js';
import { cronJobKind, jobKind } from '../kinds.js';
import { controllerOf, controllerReference, isOwnedBy } from '../owners.js';
import { parseSchedule, type Schedule, ScheduleError } from './cron-schedule.js';

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** A clock that is a little ahead of the apiserver's must not look one run too early. */
const graceMs = 100;
/** More missed runs than these say that something is wrong: clock skew, or a long stop. */
const missedMax = 100;

/** Jobs by the clock (cronjob_controllerv2). A run is named by its time, so that it is never made twice. */
export const cronJobController: Controller = {
  name: 'cronjob',
  workers: 2,
  start: (context, queue) => {
    context.informer<CronJob>(cronJobKind).handle({
      changed: (one, _old, trace) => queue.add(keyOf(one), trace),
      deleted: (one) => queue.add(keyOf(one)),
    });
    const owner = (job: Job, trace: CallContext['trace']) => {
      const reference = controllerOf(job);
      if (reference?.kind === 'CronJob') queue.add(`${job.metadata.namespace}/${reference.name}`, trace);
    };
    context
      .informer<Job>(jobKind)
      .handle({ changed: (job, _old, trace) => owner(job, trace), deleted: owner });
    return (key, call) => reconcile(context, queue, key, call);
  },
};

const finishedType = (job: Job): 'Complete' | 'Failed' | undefined =>
  isTrue(job.status?.conditions, 'Complete')
    ? 'Complete'
    : isTrue(job.status?.conditions, 'Failed')
      ? 'Failed'
      : undefined;

async function reconcile(
  context: ControllerContext,
  queue: WorkQueue,
  key: string,
  call: CallContext,
): Promise<undefined> {
  const cronJob = context.informer<CronJob>(cronJobKind).get(key);
  if (cronJob?.spec === undefined) return undefined;
  const { namespace, deletionTimestamp } = cronJob.metadata;
  const jobs = context
    .informer<Job>(jobKind)
    .inNamespace(namespace)
    .filter((job) => isOwnedBy(job, cronJob));
  await cleanUp(context, cronJob, jobs, call);
  const status = observe(context, cronJob, jobs);
  const schedule = deletionTimestamp === undefined ? scheduleOf(context, cronJob) : undefined;
  const started =
    schedule === undefined ? undefined : await runDue(context, { cronJob, jobs, status, schedule }, call);
  const next = started ?? status;
  if (!deepEqual(next, cronJob.status ?? {}))
    await context.client.for<CronJob>(cronJobKind).updateStatus({ ...cronJob, status: next }, call);
  const nowMs = context.world.clock.nowMs();
  const at = cronJob.spec.suspend === true ? undefined : schedule?.next(nowMs);
  if (at !== undefined) queue.addAfter(key, at - nowMs + graceMs);
  return undefined;
}

function say(
  context: ControllerContext,
  cronJob: CronJob,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  context.events.record(cronJob, { type, reason, message });
}

function scheduleOf(context: ControllerContext, cronJob: CronJob): Schedule | undefined {
  const { schedule = '', timeZone } = cronJob.spec ?? {};
  try {
    return parseSchedule(schedule, timeZone);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    const isZone = error.message.startsWith('unknown time zone');
    if (isZone)
      say(
        context,
        cronJob,
        'Warning',
        'UnknownTimeZone',
        `invalid timeZone: ${JSON.stringify(timeZone)}: ${error.message}`,
      );
    else
      say(
        context,
        cronJob,
        'Warning',
        'UnparseableSchedule',
        `unparseable schedule: ${JSON.stringify(schedule)} : ${error.message}`,
      );
    return undefined;
  }
}

/** The status as its jobs make it: which run, when one last succeeded. Says which have ended. */
function observe(context: ControllerContext, cronJob: CronJob, jobs: readonly Job[]): CronJobStatus {
  const before = cronJob.status ?? {};
  const active: ObjectReference[] = [];
  let successMs = Date.parse(before.lastSuccessfulTime ?? '1970-01-01T00:00:00Z');
  for (const job of jobs) {
    const { name, uid } = job.metadata;
    const type = finishedType(job);
    const wasActive = before.active?.some((one) => one.uid === uid) === true;
    if (type === undefined) active.push(referenceTo(job));
    else if (wasActive) {
      const isComplete = type === 'Complete';
      say(context, cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${type}`);
      if (isComplete)
        successMs = Math.max(successMs, Date.parse(job.status?.completionTime ?? '1970-01-01T00:00:00Z'));
    }
  }
  for (const one of before.active ?? [])
    if (!jobs.some((job) => job.metadata.uid === one.uid))
      say(context, cronJob, 'Normal', 'MissingJob', `Active job went missing: ${one.name}`);
  const { active: _active, lastSuccessfulTime: _last, ...rest } = before;
  return {
    ...rest,
    ...(active.length === 0 ? {} : { active }),
    ...(successMs === 0 ? {} : { lastSuccessfulTime: timestamp(successMs) }),
  };
}

function referenceTo(job: Job): ObjectReference {
  const { name, namespace, uid, resourceVersion: _version } = job.metadata;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  };
}

interface Due {
  readonly cronJob: CronJob;
  readonly jobs: readonly Job[];
  readonly status: CronJobStatus;
  readonly schedule: Schedule;
}

/** The last run that should have begun, and how many were missed up to now. */
export function lastDue(
  cronJob: CronJob,
  schedule: Schedule,
  nowMs: number,
): { readonly atMs: number | undefined; readonly missed: number } {
  const { startingDeadlineSeconds } = cronJob.spec ?? {};
  const since = cronJob.status?.lastScheduleTime ?? cronJob.metadata.creationTimestamp ?? timestamp(nowMs);
  const deadlineMs = startingDeadlineSeconds === undefined ? 0 : nowMs - startingDeadlineSeconds * 1000;
  let atMs: number | undefined;
  let missed = 0;
  let cursorMs = Math.max(Date.parse(since), deadlineMs);
  for (
    let next = schedule.next(cursorMs);
    next !== undefined && next <= nowMs;
    next = schedule.next(cursorMs)
  ) {
    atMs = next;
    missed += 1;
    cursorMs = next;
    if (missed <= missedMax) continue;
    // Too many to go through one by one: from close to now.
    const skipTo = latestBefore(schedule, cursorMs, nowMs);
    return { atMs: skipTo, missed };
  }
  return { atMs, missed };
}

function latestBefore(schedule: Schedule, fromMs: number, nowMs: number): number {
  let found = fromMs;
  for (let windowMs = 60_000; windowMs <= 2 * (nowMs - fromMs); windowMs *= 2) {
    let cursor = Math.max(fromMs, nowMs - windowMs);
    let last: number | undefined;
    for (
      let next = schedule.next(cursor);
      next !== undefined && next <= nowMs;
      next = schedule.next(cursor)
    ) {
      last = next;
      cursor = next;
    }
    if (last !== undefined) {
      found = last;
      break;
    }
  }
  return found;
}

async function runDue(
  context: ControllerContext,
  due: Due,
  call: CallContext,
): Promise<CronJobStatus | undefined> {
  const { cronJob, jobs, schedule } = due;
  const { suspend, startingDeadlineSeconds, concurrencyPolicy } = cronJob.spec ?? {};
  if (suspend === true) return undefined;
  const nowMs = context.world.clock.nowMs();
  const { atMs, missed } = lastDue(cronJob, schedule, nowMs);
  if (missed > missedMax) {
    const hint = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    say(context, cronJob, 'Warning', 'TooManyMissedTimes', `too many missed start times. ${hint}`);
  }
  if (atMs === undefined) return undefined;
  if (startingDeadlineSeconds !== undefined && atMs + startingDeadlineSeconds * 1000 < nowMs) {
    say(
      context,
      cronJob,
      'Warning',
      'MissSchedule',
      `Missed scheduled time to start a job: ${timestamp(atMs)}`,
    );
    return undefined;
  }
  if (jobs.some((job) => job.metadata.name === nameOfRun(cronJob, atMs))) return scheduled(due, atMs);
  const running = jobs.filter((job) => finishedType(job) === undefined);
  if (concurrencyPolicy === 'Forbid' && running.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    say(context, cronJob, 'Normal', 'JobAlreadyActive', message);
    return undefined;
  }
  if (concurrencyPolicy === 'Replace') {
    for (const job of running) await removeJob(context, cronJob, job, call);
  }
  const created = await createRun(context, cronJob, atMs, call);
  if (created === undefined) return undefined;
  const kept = concurrencyPolicy === 'Replace' ? [] : (due.status.active ?? []);
  return { ...scheduled(due, atMs), active: [...kept, referenceTo(created)] };
}

function scheduled({ status }: Due, atMs: number): CronJobStatus {
  return { ...status, lastScheduleTime: timestamp(atMs) };
}

/** By the minute of its time: the same run has the same name whoever makes it. */
function nameOfRun(cronJob: CronJob, atMs: number): string {
  return `${cronJob.metadata.name}-${Math.floor(atMs / 60_000)}`;
}

async function createRun(
  context: ControllerContext,
  cronJob: CronJob,
  atMs: number,
  call: CallContext,
): Promise<Job | undefined> {
  const { namespace } = cronJob.metadata;
  const { jobTemplate, timeZone } = cronJob.spec ?? {};
  const name = nameOfRun(cronJob, atMs);
  const job: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(jobTemplate?.metadata?.labels === undefined ? {} : { labels: jobTemplate.metadata.labels }),
      annotations: { ...jobTemplate?.metadata?.annotations, [scheduledAnnotation]: inZone(atMs, timeZone) },
      ownerReferences: [controllerReference(cronJobKind, cronJob)],
    },
    ...(jobTemplate?.spec === undefined ? {} : { spec: jobTemplate.spec }),
  };
  const client = context.client.for<Job>(jobKind);
  try {
    const created = await client.create(job, call);
    say(context, cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
    return created;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'AlreadyExists') {
      const taken = await client.get(namespace, name, call);
      if (isOwnedBy(taken, cronJob)) return taken;
    }
    say(context, cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
    throw error;
  }
}

/** RFC 3339 with the zone's offset, as Kubernetes annotates a run. */
function inZone(atMs: number, timeZone: string | undefined): string {
  if (timeZone === undefined || timeZone === 'UTC' || timeZone === 'Etc/UTC') return timestamp(atMs);
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(
    atMs,
  );
  const offset = (parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT').slice(3);
  if (offset === '') return timestamp(atMs);
  const [hours = '0', minutes = '0'] = offset.slice(1).split(':');
  const shiftMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (offset.startsWith('-') ? -1 : 1);
  return `${timestamp(atMs + shiftMs).slice(0, -1)}${offset}`;
}

async function removeJob(
  context: ControllerContext,
  cronJob: CronJob,
  job: Job,
  call: CallContext,
): Promise<void> {
  const { namespace, name, uid } = job.metadata;
  try {
    const options = { propagationPolicy: 'Background', preconditions: { uid } };
    await context.client.for<Job>(jobKind).delete({ namespace, name }, options, call);
  } catch (error) {
    if (isNotFound(error)) return;
    const why = error instanceof Error ? error.message : String(error);
    say(context, cronJob, 'Warning', 'FailedDelete', `Deleted job: ${why}`);
    throw error;
  }
  say(context, cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
}

/** Finished jobs beyond the limits, the oldest first. */
async function cleanUp(
  context: ControllerContext,
  cronJob: CronJob,
  jobs: readonly Job[],
  call: CallContext,
): Promise<void> {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob.spec ?? {};
  const byStart = (a: Job, b: Job) =>
    (a.status?.startTime ?? '') < (b.status?.startTime ?? '')
      ? -1
      : (a.status?.startTime ?? '') > (b.status?.startTime ?? '')
        ? 1
        : a.metadata.name < b.metadata.name
          ? -1
          : 1;
  const excess = (type: 'Complete' | 'Failed', limit: number) => {
    const ended = jobs.filter(
      (job) => finishedType(job) === type && job.metadata.deletionTimestamp === undefined,
    );
    return ended.sort(byStart).slice(0, Math.max(0, ended.length - limit));
  };
  for (const job of [
    ...excess('Complete', successfulJobsHistoryLimit),
    ...excess('Failed', failedJobsHistoryLimit),
  ])
    await removeJob(context, cronJob, job, call);
}

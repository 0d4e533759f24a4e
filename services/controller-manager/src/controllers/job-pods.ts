import type { Container, Job, JobStatus, Pod } from '@kubelab/api';
import { generateName } from '@kubelab/api';
import type { CallContext } from '@kubelab/client';
import { isTrue } from '../common/conditions.js';
import type { Expectations } from '../common/expectations.js';
import { burstMax, createPod, deletePod, podFromTemplate, slowStart } from '../common/pod-control.js';
import type { ControllerContext } from '../controller.js';
import { jobKind } from '../kinds.js';
import { isReady } from '../pods.js';
import { failureCount, isTracked, releasePods, trackingFinalizer } from './job-accounting.js';
import { completionIndexKey, indexFailureKey, parseIndexes } from './job-indexes.js';
import { finishedAtMs, indexOf, isFailed, isIndexed, replacesOnlyFailed } from './job-policy.js';

/** An index that failed is tried again ever later, as a job is. */
const indexBackoffMinMs = 10_000;
const indexBackoffMaxMs = 600_000;

export interface PodPlan {
  /** Of an Indexed job the index of each with its failures so far; else empty marks. */
  readonly create: readonly { readonly index?: number; readonly failures?: number }[];
  readonly remove: readonly Pod[];
  /** Those that are removed are no failures: the job was suspended, made smaller or has succeeded. */
  readonly uncounted: boolean;
  /** More is to be created, later. */
  readonly againInMs?: number;
}

interface Seen {
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  readonly terminating: readonly Pod[];
  readonly status: JobStatus;
  /** The job is about to end: nothing may run any more. */
  readonly ending: boolean;
  readonly nowMs: number;
  readonly notBeforeMs: number;
}

/** Which pods a job makes and deletes now. Pure. */
export function planPods(job: Job, seen: Seen): PodPlan {
  const { active, status, nowMs } = seen;
  const { parallelism = 1, completions, suspend } = job.spec ?? {};
  const uncounted = !isTrue(status.conditions, 'FailureTarget');
  if (seen.ending || suspend === true) return { create: [], remove: active, uncounted };
  const succeeded = (status.succeeded ?? 0) + (status.uncountedTerminatedPods?.succeeded?.length ?? 0);
  const doomed = isIndexed(job.spec) ? uselessIndexes(job, active, status) : [];
  const useful = active.filter((pod) => !doomed.includes(pod));
  // Without a number of completions the first success says that there is no more work.
  const wanted =
    completions === undefined
      ? succeeded > 0
        ? Math.min(useful.length, parallelism)
        : parallelism
      : Math.min(parallelism, Math.max(0, completions - succeeded - failedIndexesOf(job, status).size));
  const surplus = [...useful].sort(leastUseful).slice(0, Math.max(0, useful.length - wanted));
  const remove = [...doomed, ...surplus].slice(0, burstMax);
  const busy = useful.length + (replacesOnlyFailed(job) ? seen.terminating.length : 0);
  const missing = Math.min(wanted - busy, burstMax);
  if (missing <= 0 || remove.length > 0) return { create: [], remove, uncounted };
  if (job.spec?.backoffLimitPerIndex === undefined && seen.notBeforeMs > nowMs)
    return { create: [], remove, uncounted, againInMs: seen.notBeforeMs - nowMs };
  if (!isIndexed(job.spec)) return { create: Array.from({ length: missing }, () => ({})), remove, uncounted };
  return { ...chooseIndexes(job, seen, missing), remove, uncounted };
}

function failedIndexesOf(job: Job, status: JobStatus): Set<number> {
  return parseIndexes(status.failedIndexes, job.spec?.completions ?? 0);
}

/** Pods of indexes that are done, that failed for good, that do not exist, or that another pod works on. */
function uselessIndexes(job: Job, active: readonly Pod[], status: JobStatus): Pod[] {
  const end = job.spec?.completions ?? 0;
  const done = parseIndexes(status.completedIndexes, end);
  const failed = failedIndexesOf(job, status);
  const taken = new Set<number>();
  return [...active]
    .sort((a, b) => -leastUseful(a, b))
    .filter((pod) => {
      const index = indexOf(pod);
      if (index === undefined || index >= end || done.has(index) || failed.has(index) || taken.has(index))
        return true;
      taken.add(index);
      return false;
    });
}

function chooseIndexes(job: Job, seen: Seen, count: number): Pick<PodPlan, 'create' | 'againInMs'> {
  const end = job.spec?.completions ?? 0;
  const holding = [...seen.active, ...(replacesOnlyFailed(job) ? seen.terminating : [])];
  const taken = new Set([
    ...parseIndexes(seen.status.completedIndexes, end),
    ...failedIndexesOf(job, seen.status),
    ...holding.flatMap((pod) => indexOf(pod) ?? []),
  ]);
  const create: { index: number; failures?: number }[] = [];
  const waits: number[] = [];
  for (let index = 0; index < end && create.length < count; index += 1) {
    if (taken.has(index)) continue;
    if (job.spec?.backoffLimitPerIndex === undefined) {
      create.push({ index });
      continue;
    }
    const last = lastFailure(job, seen.pods, index);
    const failures = last === undefined ? 0 : failureCount(last) + 1;
    const delayMs =
      failures === 0 ? 0 : Math.min(indexBackoffMaxMs, indexBackoffMinMs * 2 ** Math.min(failures - 1, 20));
    const waitMs = last === undefined ? 0 : (finishedAtMs(last) ?? seen.nowMs) + delayMs - seen.nowMs;
    if (waitMs > 0) waits.push(waitMs);
    else create.push({ index, failures });
  }
  return { create, ...(waits.length === 0 ? {} : { againInMs: Math.min(...waits) }) };
}

function lastFailure(job: Job, pods: readonly Pod[], index: number): Pod | undefined {
  return pods
    .filter((pod) => indexOf(pod) === index && isFailed(job, pod))
    .sort((a, b) => failureCount(b) - failureCount(a))[0];
}

/** Not scheduled, pending, not ready, young: what is lost with it is least. */
function leastUseful(a: Pod, b: Pod): number {
  const rank = (pod: Pod) => [
    (pod.spec?.nodeName ?? '') === '' ? 0 : 1,
    pod.status?.phase === 'Running' ? 1 : 0,
    isReady(pod) ? 1 : 0,
    -Date.parse(pod.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z'),
  ];
  const [left, right] = [rank(a), rank(b)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

export async function runPodPlan(
  context: ControllerContext,
  expectations: Expectations,
  { key, job, plan }: { readonly key: string; readonly job: Job; readonly plan: PodPlan },
  call: CallContext,
): Promise<void> {
  const { create, remove } = plan;
  if (create.length + remove.length === 0) return;
  const uids = remove.map((pod) => pod.metadata.uid ?? '');
  expectations.expect(key, create.length, uids, context.world.clock.monotonicMs());
  const results = await Promise.all(
    remove.map(async (pod) => {
      // Without its finalizer a pod is not counted any more, whatever becomes of it.
      if (plan.uncounted && isTracked(pod)) await releasePods(context, [pod], call);
      const failure = await deletePod(context, job, pod, call);
      if (failure !== undefined) expectations.deleted(key, pod.metadata.uid ?? '');
      return failure;
    }),
  );
  const failure = await slowStart(
    create.length,
    (at) => createPod(context, job, podOf(context, job, create[at] ?? {}), call),
    () => expectations.created(key),
  );
  const first = failure ?? results.find((one) => one !== undefined);
  if (first !== undefined) throw first;
}

function podOf(context: ControllerContext, job: Job, { index, failures }: PodPlan['create'][number]): Pod {
  const template = job.spec?.template;
  const base = podFromTemplate(job, jobKind, template);
  const finalizers = isTracked(base)
    ? base.metadata.finalizers
    : [...(base.metadata.finalizers ?? []), trackingFinalizer];
  const metadata = { ...base.metadata, ...(finalizers === undefined ? {} : { finalizers }) };
  if (index === undefined || base.spec === undefined) return { ...base, metadata };
  const name = `${job.metadata.name}-${index}`;
  const { generateName: _generateName, ...named } = metadata;
  const identity = { [completionIndexKey]: String(index) };
  return {
    ...base,
    metadata: {
      ...named,
      name: generateName(`${name}-`, context.world.random),
      labels: { ...metadata.labels, ...identity },
      annotations: {
        ...metadata.annotations,
        ...identity,
        ...(failures === undefined ? {} : { [indexFailureKey]: String(failures) }),
      },
    },
    spec: {
      ...base.spec,
      hostname: name,
      containers: base.spec.containers.map(withIndex),
      ...(base.spec.initContainers === undefined
        ? {}
        : { initContainers: base.spec.initContainers.map(withIndex) }),
    },
  };
}

function withIndex(container: Container): Container {
  if (container.env?.some((one) => one.name === 'JOB_COMPLETION_INDEX') === true) return container;
  const fieldPath = `metadata.labels['${completionIndexKey}']`;
  const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } };
  return { ...container, env: [...(container.env ?? []), variable] };
}

import { type Job, type JobStatus, type Pod, podKind } from '@kubelab/api';
import type { CallContext } from '@kubelab/client';
import { unlessGone } from '../common/claim.js';
import type { ControllerContext } from '../controller.js';
import { formatIndexes, indexFailureKey, parseIndexes } from './job-indexes.js';
import { indexOf, isFailed, isIndexed, isSucceeded, judgeFailure } from './job-policy.js';

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
/** At most so many uids wait in status.uncountedTerminatedPods (Kubernetes: 500). */
const uncountedMax = 500;
/** Ended pods whose finalizer goes at once. */
const atOnceMax = 20;

export interface Counted {
  readonly status: JobStatus;
  /** Pods whose finalizer may go once this status is written. */
  readonly release: readonly Pod[];
  /** A FailJob rule of the podFailurePolicy matched. */
  readonly failJob: string | undefined;
  readonly failures: number;
  readonly successes: number;
}

export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(trackingFinalizer) === true;

/**
 * The first half of accounting without losing or doubling a pod (KEP-2307): ended pods are noted by uid in
 * status.uncountedTerminatedPods, that is written, then their finalizers go, and only of those whose
 * finalizer is gone the uid becomes a number. A crash at any point leaves either the finalizer or the uid. Pure.
 */
export function countPods(job: Job, pods: readonly Pod[]): Counted {
  const before = job.status ?? {};
  const uncounted = {
    succeeded: [...(before.uncountedTerminatedPods?.succeeded ?? [])],
    failed: [...(before.uncountedTerminatedPods?.failed ?? [])],
  };
  const tracked = new Map(pods.filter(isTracked).map((pod) => [pod.metadata.uid ?? '', pod]));
  const settled = (uids: string[]) => uids.filter((uid) => !tracked.has(uid));
  let succeeded = (before.succeeded ?? 0) + settled(uncounted.succeeded).length;
  const failed = (before.failed ?? 0) + settled(uncounted.failed).length;
  uncounted.succeeded = uncounted.succeeded.filter((uid) => tracked.has(uid));
  uncounted.failed = uncounted.failed.filter((uid) => tracked.has(uid));
  const end = job.spec?.completions ?? 0;
  const completedIndexes = parseIndexes(before.completedIndexes, end);
  const failedIndexes = parseIndexes(before.failedIndexes, end);
  const release: Pod[] = [];
  const known = new Set([...uncounted.succeeded, ...uncounted.failed]);
  const fresh = { failures: 0, successes: 0 };
  let failJob: string | undefined;
  for (const [uid, pod] of tracked) {
    if (!isSucceeded(pod) && !isFailed(job, pod)) continue;
    if (release.length >= uncountedMax) break;
    release.push(pod);
    if (known.has(uid)) continue;
    const index = indexOf(pod);
    if (isSucceeded(pod)) {
      fresh.successes += 1;
      if (!isIndexed(job.spec)) uncounted.succeeded.push(uid);
      else if (index !== undefined && index < end) completedIndexes.add(index);
      continue;
    }
    const { action, message } = judgeFailure(job, pod);
    if (action === 'FailJob') failJob ??= message;
    if (action === 'Ignore') continue;
    fresh.failures += 1;
    uncounted.failed.push(uid);
    if (job.spec?.backoffLimitPerIndex === undefined || index === undefined) continue;
    const limit = job.spec.backoffLimitPerIndex;
    if (action === 'FailIndex' || failureCount(pod) >= limit) failedIndexes.add(index);
  }
  if (isIndexed(job.spec)) {
    succeeded = completedIndexes.size;
    for (const index of completedIndexes) failedIndexes.delete(index);
  }
  return {
    status: statusOf(job, { succeeded, failed, uncounted, completedIndexes, failedIndexes }),
    release,
    failJob,
    ...fresh,
  };
}

export function failureCount(pod: Pod): number {
  return Number(pod.metadata.annotations?.[indexFailureKey] ?? 0);
}

function statusOf(
  job: Job,
  seen: {
    succeeded: number;
    failed: number;
    uncounted: { succeeded: string[]; failed: string[] };
    completedIndexes: ReadonlySet<number>;
    failedIndexes: ReadonlySet<number>;
  },
): JobStatus {
  const { succeeded: _s, failed: _f, completedIndexes: _c, failedIndexes: _i, ...rest } = job.status ?? {};
  const { succeeded, failed } = seen.uncounted;
  return {
    ...rest,
    ...(seen.succeeded === 0 ? {} : { succeeded: seen.succeeded }),
    ...(seen.failed === 0 ? {} : { failed: seen.failed }),
    ...(seen.completedIndexes.size === 0 ? {} : { completedIndexes: formatIndexes(seen.completedIndexes) }),
    ...(job.spec?.backoffLimitPerIndex === undefined
      ? {}
      : { failedIndexes: formatIndexes(seen.failedIndexes) }),
    uncountedTerminatedPods: {
      ...(succeeded.length === 0 ? {} : { succeeded }),
      ...(failed.length === 0 ? {} : { failed }),
    },
  };
}

/** The second half: pods that are in the written status are let go. */
export async function releasePods(
  context: ControllerContext,
  pods: readonly Pod[],
  call: CallContext,
): Promise<void> {
  for (let at = 0; at < pods.length; at += atOnceMax)
    await Promise.all(pods.slice(at, at + atOnceMax).map((pod) => releasePod(context, pod, call)));
}

async function releasePod(context: ControllerContext, { metadata }: Pod, call: CallContext): Promise<void> {
  const { namespace, name, uid, resourceVersion } = metadata;
  const finalizers = (metadata.finalizers ?? []).filter((one) => one !== trackingFinalizer);
  const patch = { metadata: { uid, resourceVersion, finalizers } };
  await unlessGone(context.client.for<Pod>(podKind).patch({ namespace, name }, 'merge', patch, call));
}

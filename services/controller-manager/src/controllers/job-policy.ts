import type { Job, JobSpec, Pod, PodFailurePolicyRule } from '@kubelab/api';
import { completionIndexKey, parseIndexes } from './job-indexes.js';

export const isIndexed = (spec: JobSpec | undefined): boolean => spec?.completionMode === 'Indexed';

/** Only what has failed for good is replaced: not what is still on its way out (KEP-3939). */
export function replacesOnlyFailed(job: Job): boolean {
  return job.spec?.podReplacementPolicy === 'Failed' || job.spec?.podFailurePolicy !== undefined;
}

export const isSucceeded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded';

/** A pod that is deleted counts as failed at once, unless only failed pods are replaced: it may never reach Failed. */
export function isFailed(job: Job, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (replacesOnlyFailed(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && !isSucceeded(pod);
}

export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[completionIndexKey] ?? pod.metadata.labels?.[completionIndexKey];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

export interface FailureVerdict {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  readonly message: string;
}

/** What the podFailurePolicy says of a failed pod (KEP-3329): the first rule that matches. */
export function judgeFailure(job: Job, pod: Pod): FailureVerdict {
  const rules = pod.status?.phase === 'Failed' ? (job.spec?.podFailurePolicy?.rules ?? []) : [];
  for (const [at, rule] of rules.entries()) {
    const message = matchRule(rule, pod, at);
    if (message === undefined) continue;
    const { action } = rule;
    if (action === 'FailJob' || action === 'FailIndex' || action === 'Ignore') return { action, message };
    return { action: 'Count', message };
  }
  return { action: 'Count', message: '' };
}

function matchRule(rule: PodFailurePolicyRule, pod: Pod, at: number): string | undefined {
  const { namespace, name } = pod.metadata;
  const { onExitCodes, onPodConditions } = rule;
  const suffix = `matching ${rule.action} rule at index ${at}`;
  if (onExitCodes !== undefined) {
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    for (const status of statuses) {
      const code = status.state?.terminated?.exitCode;
      if (code === undefined || code === 0) continue;
      if (onExitCodes.containerName !== undefined && onExitCodes.containerName !== status.name) continue;
      if (onExitCodes.values.includes(code) === (onExitCodes.operator === 'In'))
        return `Container ${status.name} for pod ${namespace}/${name} failed with exit code ${code} ${suffix}`;
    }
    return undefined;
  }
  for (const pattern of onPodConditions ?? []) {
    const { type, status = 'True' } = pattern;
    const found = pod.status?.conditions?.find((one) => one.type === type && one.status === status);
    if (found !== undefined) return `Pod ${namespace}/${name} has condition ${type} ${suffix}`;
  }
  return undefined;
}

/** Why the successPolicy says that an Indexed job has succeeded (KEP-3998); undefined while it does not. */
export function meetsSuccessPolicy(
  spec: JobSpec | undefined,
  completed: ReadonlySet<number>,
): string | undefined {
  for (const [at, rule] of (spec?.successPolicy?.rules ?? []).entries()) {
    const wanted =
      rule.succeededIndexes === undefined
        ? undefined
        : parseIndexes(rule.succeededIndexes, spec?.completions ?? 0);
    const done =
      wanted === undefined ? completed.size : [...wanted].filter((index) => completed.has(index)).length;
    const needed = rule.succeededCount ?? wanted?.size ?? Number.POSITIVE_INFINITY;
    if (done >= needed) return `Matched rules at index ${at}`;
  }
  return undefined;
}

/** When a pod ended, by what its containers say. */
export function finishedAtMs(pod: Pod): number | undefined {
  const times = (pod.status?.containerStatuses ?? []).flatMap((status) => {
    const at = status.state?.terminated?.finishedAt;
    return at === undefined ? [] : [Date.parse(at)];
  });
  if (times.length > 0) return Math.max(...times);
  const at =
    pod.metadata.deletionTimestamp ??
    pod.status?.conditions?.find((one) => one.type === 'Ready')?.lastTransitionTime;
  return at === undefined ? undefined : Date.parse(at);
}

/** Restarts of containers in place, which a job whose pods restart by themselves counts against its limit. */
export function restartsOf(pods: readonly Pod[]): number {
  return pods
    .filter((pod) => pod.status?.phase === 'Running' || pod.status?.phase === 'Pending')
    .flatMap((pod) => [
      ...(pod.status?.initContainerStatuses ?? []),
      ...(pod.status?.containerStatuses ?? []),
    ])
    .reduce((sum, status) => sum + status.restartCount, 0);
}

import type { ContainerStatus, Pod } from '@kubelab/api';
import { age } from './column.js';

/** `1/2`: ready containers of all. */
export function readyText(pod: Pod): string {
  const ready = (pod.status?.containerStatuses ?? []).filter(
    (status) => status.ready && status.state?.running !== undefined,
  ).length;
  return `${ready}/${(pod.spec?.containers ?? []).length}`;
}

/** `3 (5m ago)` */
export function restartsText(pod: Pod, nowMs: number): string {
  const statuses = pod.status?.containerStatuses ?? [];
  const restarts = statuses.reduce((sum, status) => sum + status.restartCount, 0);
  const ends = statuses.flatMap((status) => status.lastState?.terminated?.finishedAt ?? []).sort();
  const last = ends.at(-1);
  return restarts === 0 || last === undefined ? String(restarts) : `${restarts} (${age(last, nowMs)} ago)`;
}

/** What kubectl shows as a pod's status: the most telling of phase, reasons and container states. */
export function statusText(pod: Pod): string {
  const { status, metadata } = pod;
  const gated =
    status?.conditions?.some(
      (condition) => condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated',
    ) === true;
  const base = gated ? 'SchedulingGated' : (status?.reason ?? status?.phase ?? 'Unknown');
  const text = initText(pod) ?? containersText(pod, base);
  if (metadata.deletionTimestamp === undefined) return text;
  return status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
}

/** The first init container that is not done. */
function initText(pod: Pod): string | undefined {
  const specs = pod.spec?.initContainers ?? [];
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [index, status] of statuses.entries()) {
    const { state, started } = status;
    const restartable = specs.find((spec) => spec.name === status.name)?.restartPolicy === 'Always';
    if (state?.terminated?.exitCode === 0 || (restartable && started === true)) continue;
    if (state?.terminated !== undefined) return `Init:${endText(state.terminated)}`;
    const reason = state?.waiting?.reason ?? '';
    if (reason !== '' && reason !== 'PodInitializing') return `Init:${reason}`;
    return `Init:${index}/${specs.length}`;
  }
  return undefined;
}

function containersText(pod: Pod, base: string): string {
  let text = base;
  let running = false;
  for (const { state, ready } of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    if ((state?.waiting?.reason ?? '') !== '') text = state?.waiting?.reason ?? text;
    else if (state?.terminated !== undefined) text = endText(state.terminated);
    else if (ready && state?.running !== undefined) running = true;
  }
  if (text !== 'Completed' || !running) return text;
  const ready =
    pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ===
    true;
  return ready ? 'Running' : 'NotReady';
}

function endText(terminated: NonNullable<NonNullable<ContainerStatus['state']>['terminated']>): string {
  if ((terminated.reason ?? '') !== '') return terminated.reason ?? '';
  return (terminated.signal ?? 0) !== 0 ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

import {
  type Container,
  type ContainerState,
  type Pod,
  type PodCondition,
  type PodStatus,
  timestamp,
} from '@kubelab/api';
import type { ContainerStatus as RuntimeStatus } from '../runtime/cri.js';

/** What the kubelet knows of one container besides what the runtime says. */
export interface ContainerView {
  /** Latest attempt first. */
  readonly runs: readonly RuntimeStatus[];
  /** Why there is no newer run: `CrashLoopBackOff`, `ErrImagePull`, ... */
  readonly waiting?: { readonly reason: string; readonly message?: string } | undefined;
  /** By its startup probe, or without one by running. */
  readonly started: boolean;
  /** By its readiness probe, or without one by being started. */
  readonly ready: boolean;
}

export interface PodView {
  readonly containers: ReadonlyMap<string, ContainerView>;
  readonly podIp: string | undefined;
  readonly hostIp: string;
  readonly nowMs: number;
  /** Set when the pod was ended by its node: reason and message. */
  readonly failed?: { readonly reason: string; readonly message: string };
}

/**
 * A pod's status of what runs of it. Pure; conditions keep their transition time while they stay as they are.
 */
export function podStatus(pod: Pod, view: PodView): PodStatus {
  const main = pod.spec?.containers ?? [];
  const init = pod.spec?.initContainers ?? [];
  const previous = pod.status ?? {};
  const initialized = hasInitialized(pod, view.containers);
  const phase = podPhase(pod, view, initialized);
  const over = phase === 'Succeeded' || phase === 'Failed';
  const waitingReason = initialized ? 'ContainerCreating' : 'PodInitializing';
  const statuses = main.map((one) => containerStatus(one, view.containers.get(one.name), waitingReason));
  const initStatuses = init.map((one) =>
    containerStatus(one, view.containers.get(one.name), 'PodInitializing'),
  );
  const ephemeral = (pod.spec?.ephemeralContainers ?? []).map((one) =>
    containerStatus(one, view.containers.get(one.name), 'ContainerCreating'),
  );
  const sidecars = initStatuses.filter((_, at) => init[at] !== undefined && isSidecar(init[at]));
  const unready = [...sidecars, ...statuses].filter((one) => !one.ready).map((one) => one.name);
  const incomplete = init
    .filter((one) => !isInitialized(one, view.containers.get(one.name)))
    .map((one) => one.name);
  const notReady =
    over && phase === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : over
        ? { reason: 'PodFailed' }
        : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const ready = unready.length === 0 && !over ? undefined : notReady;
  const gated = ready ?? gatesNotReady(pod);
  // Nothing is started any more in the sandbox of a pod that is over (KEP-3085).
  const hasSandbox = view.podIp !== undefined && !over;
  const conditions = [
    condition('PodReadyToStartContainers', hasSandbox ? undefined : {}),
    condition(
      'Initialized',
      initialized
        ? phase === 'Succeeded'
          ? { status: 'True', reason: 'PodCompleted' }
          : undefined
        : {
            reason: 'ContainersNotInitialized',
            message: `containers with incomplete status: [${incomplete.join(' ')}]`,
          },
    ),
    condition('Ready', gated),
    condition('ContainersReady', ready),
    condition('PodScheduled', undefined),
    ...(view.failed?.reason === 'Evicted'
      ? [
          condition('DisruptionTarget', {
            status: 'True',
            reason: 'TerminationByKubelet',
            message: view.failed.message,
          }),
        ]
      : []),
  ];
  return {
    ...(previous.qosClass === undefined ? {} : { qosClass: previous.qosClass }),
    ...(view.failed ?? {}),
    phase,
    conditions: withTimes(conditions, previous.conditions ?? [], view.nowMs),
    hostIP: view.hostIp,
    hostIPs: [{ ip: view.hostIp }],
    ...(view.podIp === undefined ? {} : { podIP: view.podIp, podIPs: [{ ip: view.podIp }] }),
    startTime: previous.startTime ?? timestamp(view.nowMs),
    ...(init.length === 0 ? {} : { initContainerStatuses: initStatuses }),
    containerStatuses: statuses,
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral }),
  };
}

/** Whoever owns a gate's condition writes it; the pod is Ready when all are True (KEP-580). */
function gatesNotReady(pod: Pod): { reason: string; message: string } | undefined {
  const conditions = pod.status?.conditions ?? [];
  const wrong = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = conditions.find(({ type }) => type === conditionType);
    if (found?.status === 'True') return [];
    if (found === undefined)
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return [
      `the status of pod readiness gate "${conditionType}" is not "True", but ${found.status ?? 'Unknown'}`,
    ];
  });
  return wrong.length === 0 ? undefined : { reason: 'ReadinessGatesNotReady', message: wrong.join(', ') };
}

function condition(
  type: string,
  bad: { status?: string; reason?: string; message?: string } | undefined,
): PodCondition {
  return { type, status: bad === undefined ? 'True' : 'False', ...bad };
}

function withTimes(
  conditions: readonly PodCondition[],
  previous: readonly PodCondition[],
  nowMs: number,
): PodCondition[] {
  const own = conditions.map((one) => {
    const known = previous.find(({ type }) => type === one.type);
    const since = known?.status === one.status ? known.lastTransitionTime : undefined;
    return { ...one, lastTransitionTime: since ?? timestamp(nowMs) };
  });
  return [...own, ...previous.filter(({ type }) => !own.some((one) => one.type === type))];
}

function podPhase(pod: Pod, view: PodView, initialized: boolean): string {
  if (view.failed !== undefined) return 'Failed';
  const policy = pod.spec?.restartPolicy ?? 'Always';
  const latest = (one: Container) => view.containers.get(one.name)?.runs[0];
  const failedInit = (pod.spec?.initContainers ?? []).some((one) => {
    const run = latest(one);
    return policy === 'Never' && !isSidecar(one) && run?.state === 'CONTAINER_EXITED' && run.exitCode !== 0;
  });
  if (failedInit) return 'Failed';
  if (!initialized) return 'Pending';
  const runs = (pod.spec?.containers ?? []).map(latest);
  if (runs.some((run) => run === undefined || run.state === 'CONTAINER_CREATED')) return 'Pending';
  const exited = runs.filter((run) => run?.state === 'CONTAINER_EXITED');
  if (exited.length < runs.length) return 'Running';
  const ending = pod.metadata.deletionTimestamp !== undefined;
  const allGood = exited.every((run) => run?.exitCode === 0);
  if (policy === 'Always' && !ending) return 'Running';
  if (allGood) return 'Succeeded';
  return policy === 'Never' || ending ? 'Failed' : 'Running';
}

/** Once a regular container ran, initialization is over for good: a sidecar that ends later changes nothing. */
export function hasInitialized(pod: Pod, views: ReadonlyMap<string, ContainerView>): boolean {
  const began = (pod.spec?.containers ?? []).some((one) => (views.get(one.name)?.runs.length ?? 0) > 0);
  return began || (pod.spec?.initContainers ?? []).every((one) => isInitialized(one, views.get(one.name)));
}

export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** A sidecar is done with initialization when it is started, another init container when it ended well. */
export function isInitialized(container: Container, view: ContainerView | undefined): boolean {
  const run = view?.runs[0];
  if (isSidecar(container)) return run?.state === 'CONTAINER_RUNNING' && view?.started === true;
  return run?.state === 'CONTAINER_EXITED' && run.exitCode === 0;
}

function containerStatus(container: Container, view: ContainerView | undefined, waitingReason: string) {
  const run = view?.runs[0];
  const before = view?.runs[1];
  const waits =
    view?.waiting ??
    (run === undefined || run.state === 'CONTAINER_CREATED' ? { reason: waitingReason } : undefined);
  const running = run?.state === 'CONTAINER_RUNNING' && view?.waiting === undefined;
  const last = waits !== undefined && run?.state === 'CONTAINER_EXITED' ? run : before;
  const ended = run?.state === 'CONTAINER_EXITED' && run.exitCode === 0;
  return {
    name: container.name,
    image: container.image ?? '',
    imageID: run === undefined ? '' : `kubelab://${run.image}`,
    ...(run === undefined ? {} : { containerID: `kubelab://${run.id}` }),
    ready: running
      ? view?.ready === true
      : ended && waits === undefined && waitingReason === 'PodInitializing',
    started: running && view?.started === true,
    restartCount: run?.attempt ?? 0,
    state: waits === undefined && run !== undefined ? stateOf(run) : { waiting: { ...waits } },
    lastState: last === undefined || last.state !== 'CONTAINER_EXITED' ? {} : stateOf(last),
  };
}

function stateOf(run: RuntimeStatus): ContainerState {
  const startedAt = timestamp(run.startedAtMs);
  if (run.state !== 'CONTAINER_EXITED') return { running: { startedAt } };
  return {
    terminated: {
      exitCode: run.exitCode,
      reason: run.reason,
      ...(run.message === '' ? {} : { message: run.message }),
      startedAt,
      finishedAt: timestamp(run.finishedAtMs),
      containerID: `kubelab://${run.id}`,
    },
  };
}

import type { Container, Pod, Probe } from '@kubelab/api';
import type { ContainerStatus, Mount } from '../runtime/cri.js';
import { ConfigError, expandVariables } from './env.js';
import { isSidecar } from './status.js';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';

/** Whether a run that ended is followed by another. */
export function restarts(pod: Pod, container: Container, run: ContainerStatus): boolean {
  if (pod.spec?.ephemeralContainers?.some(({ name }) => name === container.name)) return false;
  const policy = isSidecar(container) ? 'Always' : (pod.spec?.restartPolicy ?? 'Always');
  const isInit = (pod.spec?.initContainers ?? []).includes(container);
  return policy === 'Never'
    ? false
    : policy === 'OnFailure' || (isInit && !isSidecar(container))
      ? run.exitCode !== 0
      : true;
}

export function isFromFile(pod: Pod): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.source'] === 'file';
}

/** Of every sort: init, regular, ephemeral. */
export function containersOf(pod: Pod): Container[] {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? {};
  return [...initContainers, ...containers, ...ephemeralContainers];
}

export function graceMsOf(pod: Pod): number {
  return (pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
}

/** How long the pod may still be active (`activeDeadlineSeconds`, from its start); infinite without one. */
export function activeMsLeft(pod: Pod, nowMs: number): number {
  const seconds = pod.spec?.activeDeadlineSeconds;
  const { startTime } = pod.status ?? {};
  if (seconds === undefined) return Number.POSITIVE_INFINITY;
  return (startTime === undefined ? nowMs : Date.parse(startTime)) + seconds * 1000 - nowMs;
}

export function probesOf(container: Container): [ProbeKind, Probe][] {
  const all: [ProbeKind, Probe | undefined][] = [
    ['startup', container.startupProbe],
    ['liveness', container.livenessProbe],
    ['readiness', container.readinessProbe],
  ];
  return all.flatMap(([kind, probe]): [ProbeKind, Probe][] => (probe === undefined ? [] : [[kind, probe]]));
}

export function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
}

/** Where a container finds its volumes. Throws ConfigError for a subPath that leaves its volume. */
export function mountsOf(
  container: Container,
  directories: ReadonlyMap<string, string>,
  envs: Readonly<Record<string, string>>,
): Mount[] {
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath, subPathExpr }) => {
    const directory = directories.get(name);
    if (directory === undefined) return [];
    const below = subPathExpr === undefined ? (subPath ?? '') : expandVariables(subPathExpr, envs);
    if (below.startsWith('/') || below.split('/').includes('..'))
      throw new ConfigError(`subPath "${below}" of volume "${name}" leaves the volume`);
    return [{ containerPath: mountPath, hostPath: below === '' ? directory : `${directory}/${below}` }];
  });
}

/** `10s`, `1m20s`, `5m0s`: as Go writes a time.Duration of whole seconds. */
export function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const head = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : '';
  return `${head}${seconds % 60}s`;
}

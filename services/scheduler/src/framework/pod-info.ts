import { type NodeMatcher, type Pod, requiredNodeAffinity } from '@kubelab/api';
import { keyOf } from '@kubelab/client';
import { type AffinityTerm, compileTerm } from './affinity-term.js';
import { type Amounts, podRequests } from './amounts.js';
import type { Labels } from './selector.js';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

export interface PodAffinities {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferred: readonly AffinityTerm[];
  readonly preferredAnti: readonly AffinityTerm[];
}

/** A pod with all that cycles ask of it worked out once. Never changes: a changed pod gets a new one. */
export interface PodInfo {
  readonly pod: Pod;
  /** `default/web` */
  readonly key: string;
  readonly uid: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly priority: number;
  readonly requests: Amounts;
  /** With the amounts that containers without requests count as in scores. */
  readonly scoredRequests: Amounts;
  readonly hostPorts: readonly HostPort[];
  readonly affinities: PodAffinities;
  /** Undefined: any node. */
  readonly requiredNodes: NodeMatcher | undefined;
  /** `default/data`: claims of its volumes, also those that are made for it. */
  readonly claims: readonly string[];
  readonly terminating: boolean;
  /** Since the epoch; a pod that has not started counts as starting now. */
  readonly startedMs: number;
}

const none: readonly never[] = [];
const noAffinities: PodAffinities = {
  required: none,
  requiredAnti: none,
  preferred: none,
  preferredAnti: none,
};

function affinitiesOf(pod: Pod): PodAffinities {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return noAffinities;
  const required = (terms: typeof podAffinity) =>
    (terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => compileTerm(pod, term));
  const preferred = (terms: typeof podAffinity) =>
    (terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm, weight }) =>
      compileTerm(pod, podAffinityTerm, weight),
    );
  return {
    required: required(podAffinity),
    requiredAnti: required(podAntiAffinity),
    preferred: preferred(podAffinity),
    preferredAnti: preferred(podAntiAffinity),
  };
}

function hostPortsOf(pod: Pod): readonly HostPort[] {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  let found: HostPort[] | undefined;
  for (const container of [...containers, ...sidecars]) {
    for (const { hostPort = 0, hostIP = '', protocol = 'TCP' } of container.ports ?? []) {
      if (hostPort <= 0) continue;
      found ??= [];
      found.push({ ip: hostIP === '' || hostIP === '::' ? '0.0.0.0' : hostIP, protocol, port: hostPort });
    }
  }
  return found ?? none;
}

interface ClaimName {
  readonly name: string;
  readonly ephemeral: boolean;
}

/** The claim behind a volume; an ephemeral volume's is called after pod and volume. */
export function claimNames(pod: Pod): ClaimName[] {
  return (pod.spec?.volumes ?? []).flatMap((volume): ClaimName[] => {
    if (volume.persistentVolumeClaim !== undefined)
      return [{ name: volume.persistentVolumeClaim.claimName, ephemeral: false }];
    return volume.ephemeral === undefined
      ? []
      : [{ name: `${pod.metadata.name}-${volume.name}`, ephemeral: true }];
  });
}

export function createPodInfo(pod: Pod): PodInfo {
  const namespace = pod.metadata.namespace ?? '';
  const started = pod.status?.startTime;
  return {
    pod,
    key: keyOf(pod),
    uid: pod.metadata.uid ?? '',
    namespace,
    labels: pod.metadata.labels,
    priority: pod.spec?.priority ?? 0,
    requests: podRequests(pod, { withDefaults: false }),
    scoredRequests: podRequests(pod, { withDefaults: true }),
    hostPorts: hostPortsOf(pod),
    affinities: affinitiesOf(pod),
    requiredNodes: requiredNodeAffinity(pod),
    claims: claimNames(pod).map(({ name }) => `${namespace}/${name}`),
    terminating: pod.metadata.deletionTimestamp !== undefined,
    startedMs: started === undefined ? Number.POSITIVE_INFINITY : Date.parse(started),
  };
}

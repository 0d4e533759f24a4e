import type { Container, KubeObject, Node, Pod, Taint } from '@kubelab/api';
import { SchedulerCache } from '../src/cache/cache.js';
import { Snapshot } from '../src/cache/snapshot.js';
import { createProfile, defaultConfiguration, parseConfiguration } from '../src/config/configuration.js';
import type { Handle, Lister, SchedulerActions } from '../src/framework/contract.js';
import { createPodInfo, type PodInfo } from '../src/framework/pod-info.js';
import type { Profile } from '../src/framework/profile.js';
import { type Decision, schedulePod } from '../src/framework/schedule-pod.js';
import { Nominator } from '../src/queue/nominator.js';

export const hostname = 'kubernetes.io/hostname';
export const zone = 'topology.kubernetes.io/zone';

export interface NodeShape {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly labels?: Record<string, string>;
  readonly taints?: Taint[];
  readonly unschedulable?: boolean;
  readonly more?: Record<string, string>;
  readonly images?: { names: string[]; sizeBytes: number }[];
}

export function node(name: string, shape: NodeShape = {}): Node {
  const { cpu = '4', memory = '8Gi', pods = '110', labels = {}, taints, unschedulable, more, images } = shape;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [hostname]: name, ...labels } },
    spec: {
      ...(taints === undefined ? {} : { taints }),
      ...(unschedulable === undefined ? {} : { unschedulable }),
    },
    status: { allocatable: { cpu, memory, pods, ...more }, ...(images === undefined ? {} : { images }) },
  };
}

type Spec = Partial<NonNullable<Pod['spec']>>;
export interface PodShape extends Spec {
  readonly labels?: Record<string, string>;
  readonly namespace?: string;
  readonly on?: string;
  readonly started?: string;
  readonly owner?: { kind: string; name: string };
  readonly deleting?: boolean;
}

export function pod(name: string, shape: PodShape = {}): Pod {
  const { labels = {}, namespace = 'default', on, started, owner, deleting, ...spec } = shape;
  const ownerReferences =
    owner === undefined
      ? {}
      : {
          ownerReferences: [{ apiVersion: 'apps/v1', uid: `uid-${owner.name}`, controller: true, ...owner }],
        };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `uid-${namespace}-${name}`,
      labels,
      ...ownerReferences,
      ...(deleting === true ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: {
      containers: [container()],
      schedulerName: 'default-scheduler',
      ...(on === undefined ? {} : { nodeName: on }),
      ...spec,
    },
    status: { phase: 'Pending', ...(started === undefined ? {} : { startTime: started }) },
  };
}

export function container(requests: Record<string, string> = {}, more: Partial<Container> = {}): Container {
  return { name: 'c', image: 'web', resources: { requests }, ...more };
}

export const asks = (cpu: string, memory = '0'): { containers: Container[] } => ({
  containers: [container({ cpu, memory })],
});

export function listerOf<T extends KubeObject>(objects: readonly T[]): Lister<T> {
  const key = ({ metadata }: T) =>
    metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
  return {
    get: (wanted) => objects.find((one) => key(one) === wanted),
    list: () => objects,
    inNamespace: (namespace) => objects.filter(({ metadata }) => metadata.namespace === namespace),
  };
}

export interface ClusterShape {
  readonly nodes: readonly Node[];
  /** Bound ones: by spec.nodeName. */
  readonly pods?: readonly Pod[];
  readonly listers?: Partial<Handle['listers']>;
  /** A KubeSchedulerConfiguration. */
  readonly config?: string;
  readonly actions?: Partial<SchedulerActions>;
}

/** A cluster as one cycle sees it: pure, with the first of equal nodes chosen. */
export interface TestCluster {
  readonly profile: Profile;
  readonly nominator: Nominator;
  readonly snapshot: Snapshot;
  readonly cache: SchedulerCache;
  readonly handle: Handle;
  /** Of the preemptions asked for: `victim for preemptor on node`. */
  readonly preempted: string[];
  decide(wanted: Pod, options?: { readonly dryRun?: boolean }): Decision;
}

export function cluster(shape: ClusterShape): TestCluster {
  const { nodes, pods = [], listers = {}, config, actions = {} } = shape;
  const cache = new SchedulerCache();
  for (const one of nodes) cache.putNode(one);
  for (const one of pods) cache.putPod(createPodInfo(one), one.spec?.nodeName ?? '');
  const snapshot = new Snapshot();
  const nominator = new Nominator();
  const preempted: string[] = [];
  const nothing = async () => {};
  const handle: Handle = {
    listers: {
      namespaces: listerOf([]),
      services: listerOf([]),
      replicaSets: listerOf([]),
      replicationControllers: listerOf([]),
      statefulSets: listerOf([]),
      disruptionBudgets: listerOf([]),
      claims: listerOf([]),
      volumes: listerOf([]),
      storageClasses: listerOf([]),
      csiNodes: listerOf([]),
      ...listers,
    },
    nominations: nominator,
    actions: {
      bind: nothing,
      preempt: async (victim: PodInfo, preemptor: PodInfo, nodeName: string) => {
        preempted.push(`${victim.pod.metadata.name} for ${preemptor.pod.metadata.name} on ${nodeName}`);
      },
      clearNomination: nothing,
      selectNode: nothing,
      bindVolume: nothing,
      ...actions,
    },
    random: { int: () => 0 },
    sleep: nothing,
    activate: () => {},
    now: () => 0,
  };
  const [configuration] = (config === undefined ? defaultConfiguration : parseConfiguration(config)).profiles;
  if (configuration === undefined) throw new Error('no profile');
  const profile = createProfile(configuration, handle);
  const start = { index: 0 };
  return {
    profile,
    nominator,
    snapshot,
    cache,
    handle,
    preempted,
    decide: (wanted, options = {}) => {
      snapshot.update(cache);
      const context = { profile, snapshot, nominations: nominator, random: handle.random, start, ...options };
      return schedulePod(context, createPodInfo(wanted));
    },
  };
}

/** The node's name, or why none. Preemption's part of the text is left out. */
export function outcome(decision: Decision): string {
  if (decision.kind === 'fits') return decision.node.name;
  return decision.message.replace(/ preemption: .*$/, '');
}

/** What a plugin scored, by node. */
export function scoresOf(decision: Decision, plugin: string): Record<string, number> | undefined {
  if (decision.kind !== 'fits') return undefined;
  const scores = decision.scored?.plugins.find(({ name }) => name === plugin)?.scores;
  return scores === undefined
    ? undefined
    : Object.fromEntries(decision.feasible.map(({ name }, at) => [name, scores[at] ?? Number.NaN]));
}

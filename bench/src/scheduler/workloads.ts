import type { KubeObject, Node, Pod } from '@kubelab/api';

/** What a workload of the scheduler's benchmark is made of: kube-scheduler's own performance suite in small. */
export interface Workload {
  readonly name: string;
  /** Pods that are there before: bound, in the order of nodes. */
  readonly before: (nodes: number, pods: number) => readonly Pod[];
  readonly pods: (count: number) => readonly Pod[];
  readonly objects: readonly { readonly resource: string; readonly object: KubeObject }[];
}

const zone = 'topology.kubernetes.io/zone';
const host = 'kubernetes.io/hostname';

/** 4 cores, 32 GiB, 110 pods; ten zones. */
export function hollowNode(index: number): Node {
  const name = `hollow-${index}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [host]: name, [zone]: `zone-${index % 10}` } },
    spec: {},
    status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' } },
  };
}

type Spec = Partial<NonNullable<Pod['spec']>>;

function pod(name: string, labels: Record<string, string>, spec: Spec = {}, cpu = '100m'): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'bench', uid: 'uid-bench', controller: true },
      ],
    },
    spec: {
      containers: [
        { name: 'c', image: 'registry.k8s.io/pause:3.10', resources: { requests: { cpu, memory: '500Mi' } } },
      ],
      schedulerName: 'default-scheduler',
      priority: 0,
      restartPolicy: 'Always',
      tolerations: [
        {
          key: 'node.kubernetes.io/not-ready',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        },
        {
          key: 'node.kubernetes.io/unreachable',
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        },
      ],
      ...spec,
    },
    status: { phase: 'Pending' },
  };
}

const many = (count: number, make: (index: number) => Pod) =>
  Array.from({ length: count }, (_, at) => make(at));
const plain = (count: number) => many(count, (at) => pod(`pod-${at}`, { app: 'bench' }));
const replicaSet = {
  resource: 'replicasets',
  object: {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'bench', namespace: 'default', uid: 'uid-bench' },
    spec: { selector: { matchLabels: { app: 'bench' } } },
  },
};
const term = (topologyKey: string, group: string) => ({
  topologyKey,
  labelSelector: { matchLabels: { group } },
});

export const workloads: readonly Workload[] = [
  { name: 'basic', before: () => [], pods: plain, objects: [] },
  // What most pods are: of a ReplicaSet, spread softly by the internal defaults.
  { name: 'replicaset', before: () => [], pods: plain, objects: [replicaSet] },
  {
    name: 'affinity',
    before: () => [],
    // Ten groups, each together in a zone.
    pods: (count) =>
      many(count, (at) => {
        const group = `g${at % 10}`;
        const podAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [term(zone, group)] };
        return pod(`pod-${at}`, { group }, { affinity: { podAffinity } });
      }),
    objects: [],
  },
  {
    name: 'anti-affinity',
    before: () => [],
    // Four groups; of a group one pod on a host at most.
    pods: (count) =>
      many(count, (at) => {
        const group = `g${at % 4}`;
        const podAntiAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [term(host, group)] };
        return pod(`pod-${at}`, { group }, { affinity: { podAntiAffinity } });
      }),
    objects: [],
  },
  {
    name: 'spreading',
    before: () => [],
    pods: (count) =>
      many(count, (at) =>
        pod(
          `pod-${at}`,
          { app: 'bench' },
          {
            topologySpreadConstraints: [
              {
                maxSkew: 5,
                topologyKey: zone,
                whenUnsatisfiable: 'DoNotSchedule',
                labelSelector: { matchLabels: { app: 'bench' } },
              },
              {
                maxSkew: 5,
                topologyKey: host,
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: { app: 'bench' } },
              },
            ],
          },
        ),
      ),
    objects: [],
  },
  {
    name: 'preemption',
    // Every node is full of unimportant pods: each pod that comes needs one of them gone.
    before: (nodes) =>
      many(nodes * 4, (at) => {
        const victim = pod(
          `low-${at}`,
          { app: 'low' },
          { nodeName: `hollow-${at % nodes}`, priority: -10 },
          '900m',
        );
        return { ...victim, status: { phase: 'Running', startTime: '2026-01-01T00:00:00Z' } };
      }),
    pods: (count) => many(count, (at) => pod(`pod-${at}`, { app: 'high' }, { priority: 100 }, '900m')),
    objects: [],
  },
];

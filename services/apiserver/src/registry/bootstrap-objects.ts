import { type KindInfo, type KubeObject, serviceAccountKind } from '@kubelab/api';
import { flowSchemaKind, priorityClassKind, priorityLevelKind } from '../admission/kinds.js';
import { systemNamespaces } from '../admission/plugins/namespace-lifecycle.js';

/** Objects that a new cluster has. Made when absent; what people change of them stays. */
export type Wanted = readonly (readonly [KindInfo, KubeObject])[];

function priorityClass(name: string, value: number, description: string): readonly [KindInfo, KubeObject] {
  const metadata = { name };
  return [
    priorityClassKind,
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata, value, description },
  ];
}

/** What admission goes by: there before the server is ready. The accounts' controller would make them a moment later. */
export const admissionObjects: Wanted = [
  priorityClass('system-cluster-critical', 2_000_000_000, 'For what the cluster needs, on any of its nodes.'),
  priorityClass('system-node-critical', 2_000_001_000, 'For what each node needs, and cannot be moved.'),
  ...systemNamespaces.map((namespace): readonly [KindInfo, KubeObject] => [
    serviceAccountKind,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
  ]),
];

const flowcontrol = 'flowcontrol.apiserver.k8s.io';
const annotations = { 'apf.kubernetes.io/autoupdate-spec': 'true' };

function level(name: string, spec: object): readonly [KindInfo, KubeObject] {
  const kind = 'PriorityLevelConfiguration';
  return [
    priorityLevelKind,
    { apiVersion: `${flowcontrol}/v1`, kind, metadata: { name, annotations }, spec },
  ];
}

interface Queues {
  readonly queues: number;
  readonly handSize: number;
}

/** Shares of the concurrency, of which others may borrow a part. */
function limited(name: string, shares: number, lendable: number, queues?: Queues) {
  const limitResponse =
    queues === undefined
      ? { type: 'Reject' }
      : { type: 'Queue', queuing: { ...queues, queueLengthLimit: 50 } };
  const settings = { nominalConcurrencyShares: shares, lendablePercent: lendable, limitResponse };
  return level(name, { type: 'Limited', limited: settings });
}

const user = (name: string) => ({ kind: 'User', user: { name } });
const group = (name: string) => ({ kind: 'Group', group: { name } });
const accounts = { kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name: '*' } };
const everybody = [group('system:unauthenticated'), group('system:authenticated')];
const all = ['*'];
const everything = {
  resourceRules: [{ verbs: all, apiGroups: all, resources: all, clusterScope: true, namespaces: all }],
  nonResourceRules: [{ verbs: all, nonResourceURLs: all }],
};
const leases = {
  resourceRules: [
    {
      verbs: ['get', 'create', 'update'],
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      namespaces: all,
    },
  ],
};
const nodesOwn = {
  resourceRules: [
    {
      verbs: all,
      apiGroups: [''],
      resources: ['nodes', 'nodes/status'],
      clusterScope: true,
      namespaces: all,
    },
    { verbs: all, apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: all },
  ],
};
const endpoints = {
  resourceRules: [
    { verbs: ['get', 'create', 'update'], apiGroups: [''], resources: ['endpoints'], namespaces: all },
  ],
};

interface Flow {
  readonly name: string;
  readonly level: string;
  readonly precedence: number;
  readonly by?: 'ByUser' | 'ByNamespace';
  readonly subjects: readonly object[];
  readonly rules: object;
}

function flow({
  name,
  level: priority,
  precedence,
  by,
  subjects,
  rules,
}: Flow): readonly [KindInfo, KubeObject] {
  return [
    flowSchemaKind,
    {
      apiVersion: `${flowcontrol}/v1`,
      kind: 'FlowSchema',
      metadata: { name, annotations },
      spec: {
        priorityLevelConfiguration: { name: priority },
        matchingPrecedence: precedence,
        ...(by === undefined ? {} : { distinguisherMethod: { type: by } }),
        rules: [{ subjects, ...rules }],
      },
    },
  ];
}

const many: Queues = { queues: 128, handSize: 6 };
const controllerManager = user('system:kube-controller-manager');
const scheduler = user('system:kube-scheduler');
const health = { nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] };

/** Kubernetes' mandatory and suggested configuration of API priority and fairness, to be read: it is not acted upon. */
export const flowControlObjects: Wanted = [
  level('exempt', { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }),
  limited('catch-all', 5, 0),
  limited('system', 30, 33, { queues: 64, handSize: 6 }),
  limited('node-high', 40, 25, { queues: 64, handSize: 6 }),
  limited('leader-election', 10, 0, { queues: 16, handSize: 4 }),
  limited('workload-high', 40, 50, many),
  limited('workload-low', 100, 90, many),
  limited('global-default', 20, 50, many),
  flow({
    name: 'exempt',
    level: 'exempt',
    precedence: 1,
    subjects: [group('system:masters')],
    rules: everything,
  }),
  flow({ name: 'probes', level: 'exempt', precedence: 2, subjects: everybody, rules: health }),
  flow({
    name: 'system-leader-election',
    level: 'leader-election',
    precedence: 100,
    by: 'ByUser',
    subjects: [controllerManager, scheduler, accounts],
    rules: leases,
  }),
  flow({
    name: 'endpoint-controller',
    level: 'workload-high',
    precedence: 150,
    by: 'ByUser',
    subjects: [controllerManager],
    rules: endpoints,
  }),
  flow({
    name: 'workload-leader-election',
    level: 'leader-election',
    precedence: 200,
    by: 'ByUser',
    subjects: [accounts],
    rules: leases,
  }),
  flow({
    name: 'system-node-high',
    level: 'node-high',
    precedence: 400,
    by: 'ByUser',
    subjects: [group('system:nodes')],
    rules: nodesOwn,
  }),
  flow({
    name: 'system-nodes',
    level: 'system',
    precedence: 500,
    by: 'ByUser',
    subjects: [group('system:nodes')],
    rules: everything,
  }),
  flow({
    name: 'kube-controller-manager',
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    subjects: [controllerManager],
    rules: everything,
  }),
  flow({
    name: 'kube-scheduler',
    level: 'workload-high',
    precedence: 800,
    by: 'ByNamespace',
    subjects: [scheduler],
    rules: everything,
  }),
  flow({
    name: 'kube-system-service-accounts',
    level: 'workload-high',
    precedence: 900,
    by: 'ByNamespace',
    subjects: [accounts],
    rules: everything,
  }),
  flow({
    name: 'service-accounts',
    level: 'workload-low',
    precedence: 9_000,
    by: 'ByUser',
    subjects: [group('system:serviceaccounts')],
    rules: everything,
  }),
  flow({
    name: 'global-default',
    level: 'global-default',
    precedence: 9_900,
    by: 'ByUser',
    subjects: everybody,
    rules: everything,
  }),
  flow({
    name: 'catch-all',
    level: 'catch-all',
    precedence: 10_000,
    by: 'ByUser',
    subjects: everybody,
    rules: everything,
  }),
];

import type { CertificateRequest } from './store.js';

/** Groups that kubelab's own services authorize by (docs/architecture.md, "Identities"). */
export const groups = {
  etcdMembers: 'kubelab:etcd-members',
  apiservers: 'kubelab:apiservers',
  operators: 'kubelab:operators',
  masters: 'system:masters',
  nodes: 'system:nodes',
  hollowNodes: 'kubelab:hollow-nodes',
} as const;

/** File name of the person's certificate. */
export const adminName = 'admin';

/** How many of each a cluster has, and by which addresses each is called. */
export interface ClusterIdentities {
  readonly etcdMembers: number;
  readonly apiservers: number;
  readonly standbys: number;
  readonly nodes: number;
  /** Processes that are the kubelet of many nodes without being any of them. */
  readonly hollowKubelets?: number;
  /** Where an instance listens besides its own name and localhost: `node-1` -> [`127.32.0.1`]. */
  readonly addressesOf: (name: string) => readonly string[];
  /** First address of the service range: `kubernetes.default`. */
  readonly kubernetesServiceAddress: string;
}

const local = ['localhost', '127.0.0.1'];
const apiNames = [
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  'endpoint-0',
];

/** A certificate for each instance: who it is, and what it may be called. */
export function componentCertificates(cluster: ClusterIdentities): CertificateRequest[] {
  const request = (
    name: string,
    commonName: string,
    organizations: readonly string[] = [],
    hosts: readonly string[] = [],
  ) => ({
    name,
    commonName,
    organizations,
    hosts: [name, ...local, ...cluster.addressesOf(name), ...hosts],
  });
  const each = (count: number, kind: string, from = 0) =>
    Array.from({ length: count }, (_, index) => `${kind}-${index + from}`);
  return [
    ...each(cluster.etcdMembers, 'etcd-raft').map((name) => request(name, name, [groups.etcdMembers])),
    ...each(cluster.apiservers, 'apiserver').map((name) =>
      request(name, name, [groups.apiservers], [...apiNames, cluster.kubernetesServiceAddress]),
    ),
    ...each(cluster.standbys, 'controller-manager').map((name) =>
      request(name, 'system:kube-controller-manager'),
    ),
    ...each(cluster.standbys, 'scheduler').map((name) => request(name, 'system:kube-scheduler')),
    request('endpoint-0', 'endpoint-0'),
    ...each(cluster.nodes, 'node', 1).map((name) => request(name, `system:node:${name}`, [groups.nodes])),
    ...each(cluster.nodes, 'kube-proxy', 1).map((name) => request(name, 'system:kube-proxy')),
    ...each(cluster.hollowKubelets ?? 0, 'hollow-kubelet').map((name) =>
      request(name, `kubelab:${name}`, [groups.hollowNodes]),
    ),
    request(adminName, 'kubernetes-admin', [groups.masters, groups.operators]),
  ];
}

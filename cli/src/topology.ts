import type { Address } from '@kubelab/world';

/**
 * What `kubelab up` was asked for; kept in cluster.json so that later commands and restarts mean the same
 * cluster.
 */
export interface ClusterOptions {
  /** Of the one endpoint that kubectl talks to; every other port is derived from it. */
  readonly port: number;
  readonly nodes: number;
  /** Nodes without processes, all of one kubelet (services/kubelet/src/hollow); 0 for none. */
  readonly hollowNodes: number;
  /** Absolute path of the folder that holds all state. */
  readonly dataDirectory: string;
}

export type ComponentKind =
  | 'etcd-raft'
  | 'apiserver'
  | 'endpoint'
  | 'controller-manager'
  | 'scheduler'
  | 'kubelet'
  | 'hollow-kubelet'
  | 'kube-proxy';

/** One process of the cluster: what to run and where it listens. */
export interface ComponentSpec {
  readonly name: string;
  readonly kind: ComponentKind;
  /** Compiled entry point, relative to the project's root. */
  readonly entry: string;
  readonly args: readonly string[];
  /** Its wire server: its own API if it has one, and the debug service. */
  readonly listen: Address;
  /** Everything it binds on 127.0.0.1, checked before the start so that an occupied port is named. */
  readonly ports: readonly number[];
}

export const memberCount = 3;
export const apiserverCount = 2;
export const standbyCount = 2;
export const nodesMax = 20;
export const hollowNodesMax = 10_000;
/** Kubernetes' own time: thousands of nodes renew their leases every 10 s, not every 2. */
const hollowGraceMs = 40_000;
/**
 * Above the endpoint's port, for all that is derived from it (docs/architecture.md, "Ports and addresses").
 */
export const portSpan = 101 + 2 * nodesMax;
export const defaultPort = 6443;
/** Clusters whose ports lie apart have addresses apart, until there are so many. */
const subnets = 31;

const host = '127.0.0.1';
const local = (port: number): Address => ({ host, port });
const text = (address: Address): string => `${address.host}:${address.port}`;
const range = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

/** Ports by role; the one place that knows the offsets. */
export function ports(port: number) {
  return {
    endpoint: local(port),
    apiserverSecure: (index: number) => local(port + 1 + index),
    apiserverWire: (index: number) => local(port + 11 + index),
    etcdRaft: (index: number) => local(port + 21 + index),
    /** For etcdctl and other clients of etcd (gRPC). */
    etcdClient: (index: number) => local(port + 61 + index),
    controllerManager: (index: number) => local(port + 31 + index),
    scheduler: (index: number) => local(port + 41 + index),
    endpointDebug: local(port + 51),
    supervisor: local(port + 52),
    hollowKubelet: local(port + 53),
    kubelet: (node: number) => local(port + 100 + 2 * node),
    kubeProxy: (node: number) => local(port + 101 + 2 * node),
  };
}

/**
 * Addresses on the loopback network. They follow the port, so that clusters with ports of their own run side by side on one
 * machine; with the default port the second number is 32, 64 or 96 and the third a node's or 0.
 */
export function loopbackAddresses(port: number) {
  const spanOf = (first: number) => Math.floor(first / (portSpan + 1));
  const subnet = (((spanOf(port) - spanOf(defaultPort)) % subnets) + subnets) % subnets;
  return {
    node: (node: number) => `127.32.${subnet}.${node}`,
    podCidr: (node: number) => `127.${64 + subnet}.${node}.0/24`,
    serviceCidr: `127.${96 + subnet}.0.0/16`,
    kubernetesService: `127.${96 + subnet}.0.1`,
  };
}

/**
 * Every process of the cluster, in the order in which people think of them. Pure: the same options give the
 * same list.
 */
export function components(options: ClusterOptions): ComponentSpec[] {
  const at = ports(options.port);
  const wireServers = range(apiserverCount)
    .map((index) => text(at.apiserverWire(index)))
    .join(',');
  const secureServers = range(apiserverCount)
    .map((index) => text(at.apiserverSecure(index)))
    .join(',');
  const etcd = range(memberCount);
  const spec = (
    kind: ComponentKind,
    name: string,
    listen: Address,
    more: { args?: readonly string[]; ports?: readonly number[]; entry?: string } = {},
  ): ComponentSpec => ({
    name,
    kind,
    entry: more.entry ?? `services/${kind}/dist/src/main.js`,
    args: [...commonArgs(options, name, listen), ...(more.args ?? [])],
    listen,
    ports: [listen.port, ...(more.ports ?? [])],
  });
  const apiserver = ['--apiserver', wireServers];
  const signingKey = `${options.dataDirectory}/pki/sa.key`;
  return [
    ...etcd.map((index) =>
      spec('etcd-raft', `etcd-raft-${index}`, at.etcdRaft(index), {
        args: [
          '--data-dir',
          `${options.dataDirectory}/etcd-raft-${index}`,
          '--initial-cluster',
          etcd.map((member) => `etcd-raft-${member}=${text(at.etcdRaft(member))}`).join(','),
          '--listen-client',
          text(at.etcdClient(index)),
        ],
        ports: [at.etcdClient(index).port],
      }),
    ),
    ...range(apiserverCount).map((index) =>
      spec('apiserver', `apiserver-${index}`, at.apiserverWire(index), {
        args: [
          '--secure-listen',
          text(at.apiserverSecure(index)),
          '--etcd-servers',
          etcd.map((member) => text(at.etcdRaft(member))).join(','),
          '--service-cluster-ip-range',
          loopbackAddresses(options.port).serviceCidr,
          '--advertise-address',
          text(at.apiserverSecure(index)),
          ...['--service-account-signing-key-file', signingKey],
          ...['--service-account-key-file', `${options.dataDirectory}/pki/sa.pub`],
        ],
        ports: [at.apiserverSecure(index).port],
      }),
    ),
    spec('endpoint', 'endpoint-0', at.endpointDebug, {
      entry: 'services/kube-proxy/dist/src/endpoint-main.js',
      args: ['--forward', `${text(at.endpoint)}=${secureServers}`],
      ports: [options.port],
    }),
    ...range(standbyCount).map((index) =>
      spec('controller-manager', `controller-manager-${index}`, at.controllerManager(index), {
        args: [
          ...apiserver,
          ...['--service-account-private-key-file', signingKey],
          ...(options.hollowNodes > 0 ? ['--node-monitor-grace-period-ms', String(hollowGraceMs)] : []),
        ],
      }),
    ),
    ...range(standbyCount).map((index) =>
      spec('scheduler', `scheduler-${index}`, at.scheduler(index), { args: apiserver }),
    ),
    ...range(options.nodes, 1).flatMap((node) => nodeComponents(options, node, spec, apiserver)),
    ...(options.hollowNodes === 0
      ? []
      : [
          spec('hollow-kubelet', 'hollow-kubelet-0', at.hollowKubelet, {
            entry: 'services/kubelet/dist/src/hollow-main.js',
            args: [
              ...[...apiserver, '--nodes', String(options.hollowNodes)],
              // Beside nodes that run pods, only what asks for hollow ones comes to them.
              ...(options.nodes > 0 ? ['--taint'] : []),
            ],
          }),
        ]),
  ];
}

function commonArgs(options: ClusterOptions, name: string, listen: Address): string[] {
  const pki = `${options.dataDirectory}/pki`;
  return [
    ...['--name', name, '--listen', text(listen)],
    ...[
      '--ca-file',
      `${pki}/ca.crt`,
      '--cert-file',
      `${pki}/${name}.crt`,
      '--key-file',
      `${pki}/${name}.key`,
    ],
    ...['--log-file', `${options.dataDirectory}/logs/${name}.log`, '--exit-with-parent'],
  ];
}

function nodeComponents(
  options: ClusterOptions,
  node: number,
  spec: (
    kind: ComponentKind,
    name: string,
    listen: Address,
    more: { args: readonly string[] },
  ) => ComponentSpec,
  apiserver: readonly string[],
): ComponentSpec[] {
  const at = ports(options.port);
  const addresses = loopbackAddresses(options.port);
  const identity = [
    '--node-name',
    `node-${node}`,
    '--node-ip',
    addresses.node(node),
    '--network',
    'loopback',
  ];
  return [
    spec('kubelet', `node-${node}`, at.kubelet(node), {
      args: [
        ...apiserver,
        ...identity,
        ...['--pod-cidr', addresses.podCidr(node)],
        ...['--data-dir', `${options.dataDirectory}/node-${node}`, '--image-dir', 'images'],
        // A file that is put there is a pod of this node (services/kubelet/src/pod/static-pods.ts).
        ...['--pod-manifest-path', `${options.dataDirectory}/node-${node}/manifests`],
      ],
    }),
    spec('kube-proxy', `kube-proxy-${node}`, at.kubeProxy(node), {
      args: [...apiserver, ...identity],
    }),
  ];
}

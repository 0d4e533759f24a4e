import {
  adminName,
  type ClusterIdentities,
  componentCertificates,
  ensurePki,
  kubeconfig,
  loadTls,
} from '@kubelab/pki';
import type { TlsMaterial, World } from '@kubelab/world';
import { clusterPaths, readCluster } from './cluster-file.js';
import { UsageError } from './output.js';
import {
  apiserverCount,
  type ClusterOptions,
  loopbackAddresses,
  memberCount,
  ports,
  standbyCount,
} from './topology.js';

/** Nodes of docker-compose.yml. */
const containerNodes = 2;

/** Certificates and kubeconfig of a cluster of processes; gives the operator's own. */
export async function preparePki(world: World, cluster: ClusterOptions): Promise<TlsMaterial> {
  const paths = clusterPaths(cluster.dataDirectory);
  const addresses = loopbackAddresses(cluster.port);
  const requests = componentCertificates({
    etcdMembers: memberCount,
    apiservers: apiserverCount,
    standbys: standbyCount,
    nodes: cluster.nodes,
    hollowKubelets: cluster.hollowNodes > 0 ? 1 : 0,
    addressesOf: (name) =>
      /^node-\d+$/.test(name) ? [addresses.node(Number(name.slice('node-'.length)))] : [],
    kubernetesServiceAddress: addresses.kubernetesService,
  });
  await ensurePki(world, paths.pki, requests);
  const tls = await operatorTls(world, paths.pki);
  const { host, port } = ports(cluster.port).endpoint;
  const text = kubeconfig({
    ...tls,
    server: `https://${host}:${port}`,
    clusterName: 'kubelab',
    userName: 'kubernetes-admin',
  });
  await world.disk.writeFileAtomic(paths.kubeconfig, text, { mode: 0o600 });
  return tls;
}

/** As docker-compose.yml numbers its containers: `net` is the first three numbers of their network. */
export async function prepareContainerPki(
  world: World,
  dataDirectory: string,
  net: string,
): Promise<TlsMaterial> {
  if (!/^(\d{1,3}\.){2}\d{1,3}$/.test(net))
    throw new UsageError(`--net wants three numbers like 172.30.64, not '${net}'`, 2);
  const offsets: readonly (readonly [RegExp, number])[] = [
    [/^endpoint-/, 10],
    [/^etcd-raft-/, 20],
    [/^apiserver-/, 30],
    [/^controller-manager-/, 40],
    [/^scheduler-/, 50],
    [/^(node|kube-proxy)-/, 100],
  ];
  const addressesOf: ClusterIdentities['addressesOf'] = (name) => {
    const offset = offsets.find(([form]) => form.test(name))?.[1];
    return offset === undefined ? [] : [`${net}.${offset + Number(/\d+$/.exec(name)?.[0] ?? 0)}`];
  };
  const { pki } = clusterPaths(dataDirectory);
  const counts = {
    etcdMembers: memberCount,
    apiservers: apiserverCount,
    standbys: standbyCount,
    nodes: containerNodes,
  };
  await ensurePki(
    world,
    pki,
    componentCertificates({ ...counts, addressesOf, kubernetesServiceAddress: '10.96.0.1' }),
  );
  return operatorTls(world, pki);
}

function operatorTls(world: World, pki: string): Promise<TlsMaterial> {
  return loadTls(world, {
    caFile: `${pki}/ca.crt`,
    certFile: `${pki}/${adminName}.crt`,
    keyFile: `${pki}/${adminName}.key`,
  });
}

/** Undefined when no cluster was ever made here. */
export async function loadOperatorTls(world: World, dataDirectory: string): Promise<TlsMaterial | undefined> {
  const { pki } = clusterPaths(dataDirectory);
  return (await world.disk.exists(`${pki}/${adminName}.crt`)) ? operatorTls(world, pki) : undefined;
}

/** The cluster of a data directory and the operator's certificate, or a word on how to get one. */
export async function requireCluster(
  world: World,
  dataDirectory: string,
): Promise<{ cluster: ClusterOptions; tls: TlsMaterial }> {
  const cluster = await readCluster(world, dataDirectory);
  const tls = await loadOperatorTls(world, dataDirectory);
  if (cluster !== undefined && tls !== undefined) return { cluster, tls };
  throw new UsageError(
    `there is no cluster in ${dataDirectory}; start one with 'npm start' (or name another with --data)`,
  );
}

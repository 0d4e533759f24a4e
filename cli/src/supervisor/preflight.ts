import { DiskError, NetworkError, type TlsMaterial, type World } from '@kubelab/world';
import { clusterPaths } from '../cluster-file.js';
import { UsageError } from '../output.js';
import { type ClusterOptions, components, hollowNodesMax, nodesMax, portSpan, ports } from '../topology.js';

const spaceBytesMin = 64 * 2 ** 20;

/** Finds what would keep the cluster from starting, and says it in one line, before anything is started. */
export async function preflight(world: World, cluster: ClusterOptions): Promise<void> {
  const { port, nodes, hollowNodes } = cluster;
  if (!Number.isInteger(port) || port < 1 || port + portSpan > 65_535) {
    throw new UsageError(`--port must be a whole number from 1 to ${65_535 - portSpan}, not ${port}`, 2);
  }
  if (!Number.isInteger(hollowNodes) || hollowNodes < 0 || hollowNodes > hollowNodesMax) {
    const range = `from 0 to ${hollowNodesMax}`;
    throw new UsageError(`--hollow-nodes must be a whole number ${range}, not ${hollowNodes}`, 2);
  }
  // A cluster of hollow nodes alone is one, too.
  const nodesMin = hollowNodes > 0 ? 0 : 1;
  if (!Number.isInteger(nodes) || nodes < nodesMin || nodes > nodesMax) {
    throw new UsageError(`--nodes must be a whole number from ${nodesMin} to ${nodesMax}, not ${nodes}`, 2);
  }
  await requireWritable(world, cluster.dataDirectory);
}

async function requireWritable(world: World, directory: string): Promise<void> {
  try {
    await world.disk.makeDirectory(clusterPaths(directory).logs);
    const probe = `${directory}/.writable`;
    await world.disk.writeFileAtomic(probe, 'kubelab\n');
    await world.disk.remove(probe);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new UsageError(
      `the data directory ${directory} cannot be written (${error.message}); choose another with --data DIR`,
    );
  }
  const freeBytes = await world.disk.freeBytes(directory);
  if (freeBytes >= spaceBytesMin) return;
  const free = Math.floor(freeBytes / 2 ** 20);
  throw new UsageError(
    `only ${free} MiB are free for the data directory ${directory}; free some or choose another with --data DIR`,
  );
}

/** Binds and frees every port of the cluster. The certificate is only there because listening wants one. */
export async function requireFreePorts(
  world: World,
  cluster: ClusterOptions,
  tls: TlsMaterial,
): Promise<void> {
  const wanted = [
    ...components(cluster).flatMap((spec) => spec.ports.map((port) => ({ port, name: spec.name }))),
    { port: ports(cluster.port).supervisor.port, name: 'the supervisor' },
  ];
  await Promise.all(
    wanted.map(async ({ port, name }) => {
      try {
        const address = { host: '127.0.0.1', port };
        const listener = await world.network.listen({
          address,
          tls,
          messageBytesMax: 1024,
          accept: (c) => c.close(1001, ''),
        });
        await listener.close();
      } catch (error) {
        if (!(error instanceof NetworkError) || error.code !== 'addressInUse') throw error;
        throw new UsageError(
          `port ${port} on 127.0.0.1, wanted by ${name}, is in use. If a cluster already runs, 'kubelab down' ends it; ` +
            `else choose other ports with --port, for example --port ${cluster.port + 1000}`,
        );
      }
    }),
  );
}

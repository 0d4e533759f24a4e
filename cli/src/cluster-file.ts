import { DiskError, type World } from '@kubelab/world';
import type { ClusterOptions } from './topology.js';

const decoder = new TextDecoder();

/** Where a cluster keeps what; all below its data directory. */
export function clusterPaths(dataDirectory: string) {
  return {
    clusterFile: `${dataDirectory}/cluster.json`,
    kubeconfig: `${dataDirectory}/kubeconfig`,
    pki: `${dataDirectory}/pki`,
    logs: `${dataDirectory}/logs`,
    supervisorPid: `${dataDirectory}/supervisor.pid`,
    supervisorLog: `${dataDirectory}/logs/supervisor.log`,
  };
}

/** The cluster that was last brought up from this data directory; undefined when none was. */
export async function readCluster(world: World, dataDirectory: string): Promise<ClusterOptions | undefined> {
  const { clusterFile } = clusterPaths(dataDirectory);
  let bytes: Uint8Array;
  try {
    bytes = await world.disk.readFile(clusterFile);
  } catch (error) {
    if (error instanceof DiskError && (error.code === 'notFound' || error.code === 'notDirectory'))
      return undefined;
    throw error;
  }
  const parsed: unknown = JSON.parse(decoder.decode(bytes));
  if (!isRecord(parsed) || typeof parsed.port !== 'number' || typeof parsed.nodes !== 'number') {
    throw new Error(`${clusterFile} is not a cluster's description; 'kubelab down --wipe' clears it`);
  }
  const hollowNodes = typeof parsed.hollowNodes === 'number' ? parsed.hollowNodes : 0;
  return { port: parsed.port, nodes: parsed.nodes, hollowNodes, dataDirectory };
}

export async function writeCluster(world: World, cluster: ClusterOptions): Promise<void> {
  const { port, nodes, hollowNodes, dataDirectory } = cluster;
  const text = `${JSON.stringify({ port, nodes, hollowNodes }, null, 2)}\n`;
  await world.disk.writeFileAtomic(clusterPaths(dataDirectory).clusterFile, text);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

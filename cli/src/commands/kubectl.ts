import { clusterPaths } from '../cluster-file.js';
import { requireCluster } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';
import { builtInKubectl } from '../kubectl/built-in.js';

/**
 * Stock kubectl with this cluster's kubeconfig where one is installed; else the built-in client. Gives the
 * exit code.
 */
export async function kubectl(
  host: CommandHost,
  dataDirectory: string,
  args: readonly string[],
): Promise<number> {
  const { cluster, tls } = await requireCluster(host.world, dataDirectory);
  const stock = await findOnPath(host, 'kubectl');
  if (stock !== undefined) {
    const environment = Object.entries(host.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    return host.runForeground(stock, args, {
      ...Object.fromEntries(environment),
      KUBECONFIG: clusterPaths(dataDirectory).kubeconfig,
    });
  }
  return builtInKubectl(host, { cluster, tls }, args);
}

async function findOnPath(host: CommandHost, name: string): Promise<string | undefined> {
  for (const folder of (host.env.PATH ?? '').split(':')) {
    if (folder !== '' && (await host.world.disk.exists(`${folder}/${name}`))) return `${folder}/${name}`;
  }
  return undefined;
}

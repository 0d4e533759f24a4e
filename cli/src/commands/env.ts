import { clusterPaths } from '../cluster-file.js';
import { requireCluster } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';
import { memberCount, ports } from '../topology.js';

/** Prints shell exports, for `eval "$(kubelab env)"`. */
export async function env(
  host: CommandHost,
  dataDirectory: string,
  which: 'kubectl' | 'etcdctl',
): Promise<void> {
  const { cluster } = await requireCluster(host.world, dataDirectory);
  const paths = clusterPaths(dataDirectory);
  const variables =
    which === 'kubectl' ? { KUBECONFIG: paths.kubeconfig } : etcdctlVariables(cluster.port, paths.pki);
  for (const [name, value] of Object.entries(variables))
    host.terminal.print(`export ${name}=${shellQuote(value)}`);
}

function etcdctlVariables(port: number, pki: string): Record<string, string> {
  const members = Array.from({ length: memberCount }, (_, index) => ports(port).etcdClient(index));
  return {
    ETCDCTL_API: '3',
    ETCDCTL_ENDPOINTS: members.map((member) => `https://${member.host}:${member.port}`).join(','),
    ETCDCTL_CACERT: `${pki}/ca.crt`,
    ETCDCTL_CERT: `${pki}/admin.crt`,
    ETCDCTL_KEY: `${pki}/admin.key`,
  };
}

function shellQuote(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

import { kubeconfig } from '@kubelab/pki';
import { prepareContainerPki } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';

export interface ContainerOptions {
  /**
   * First three numbers of the containers' network; nodes' and apiservers' certificates name their addresses.
   */
  readonly net: string;
  /** Of the endpoint, as this machine publishes it. */
  readonly port: number;
  /** Where the kubeconfig goes. */
  readonly kubeconfigPath: string;
}

/**
 * The one-shot container of docker-compose.yml: certificates (each kept while it is valid) and the
 * kubeconfig.
 */
export async function setUpContainers(
  host: CommandHost,
  dataDirectory: string,
  options: ContainerOptions,
): Promise<void> {
  const admin = await prepareContainerPki(host.world, dataDirectory, options.net);
  const server = `https://127.0.0.1:${options.port}`;
  const { caPem, certPem, keyPem } = admin;
  const text = kubeconfig({
    server,
    caPem,
    certPem,
    keyPem,
    clusterName: 'kubelab',
    userName: 'kubernetes-admin',
  });
  await host.world.disk.writeFileAtomic(options.kubeconfigPath, text, { mode: 0o600 });
  host.terminal.print(
    `certificates in ${dataDirectory}/pki, kubeconfig in ${options.kubeconfigPath} (server ${server})`,
  );
}

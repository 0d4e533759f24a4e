import { stopAllPods } from '@kubelab/kubelet';
import { clusterPaths, readCluster } from '../cluster-file.js';
import { loadOperatorTls } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';
import { UsageError } from '../output.js';
import { connectSupervisor } from '../supervisor/control.js';
import { type ClusterOptions, components } from '../topology.js';

const endDeadlineMs = 20_000;
const pollMs = 50;

/**
 * Ends the cluster of a data directory, wherever it runs; with `wipe` its state goes too. An absent cluster
 * is no error.
 */
export async function down(
  host: CommandHost,
  dataDirectory: string,
  options: { wipe: boolean },
): Promise<void> {
  const { world, terminal } = host;
  const cluster = await readCluster(world, dataDirectory);
  if (cluster !== undefined) {
    const ended = await endSupervisor(host, cluster);
    // Also after a supervisor that was killed: components end by themselves then, pods do not.
    await endLeftPods(host, cluster);
    terminal.print(ended ? 'the cluster is down; its state is kept' : 'no cluster was running');
  } else {
    terminal.print(`there is no cluster in ${dataDirectory}`);
  }
  if (!options.wipe) return;
  await requireKubelabDirectory(host, dataDirectory);
  await world.disk.remove(dataDirectory);
  terminal.print(`${dataDirectory} is removed`);
}

/** Never removes a folder that merely was named by mistake. */
async function requireKubelabDirectory(host: CommandHost, dataDirectory: string): Promise<void> {
  const { disk } = host.world;
  if (!(await disk.exists(dataDirectory)) || (await disk.exists(clusterPaths(dataDirectory).clusterFile)))
    return;
  throw new UsageError(
    `${dataDirectory} does not look like a kubelab data directory (no cluster.json); it is left alone`,
  );
}

async function endSupervisor(host: CommandHost, cluster: ClusterOptions): Promise<boolean> {
  const { world } = host;
  const tls = await loadOperatorTls(world, cluster.dataDirectory);
  if (tls === undefined) return false;
  const pid = await supervisorPid(host, cluster.dataDirectory);
  const reference = pid === undefined ? undefined : await world.processes.reference(pid);
  const client = connectSupervisor(host.wireContext('kubelab'), cluster, tls);
  try {
    await client.shutdown();
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  } finally {
    await client.close();
  }
  const { supervisorPid: pidFile } = clusterPaths(cluster.dataDirectory);
  const startMs = world.clock.monotonicMs();
  while ((reference && (await world.processes.isAlive(reference))) || (await world.disk.exists(pidFile))) {
    if (world.clock.monotonicMs() - startMs > endDeadlineMs) {
      throw new UsageError(
        `the supervisor (pid ${pid ?? 'unknown'}) did not end within ${endDeadlineMs / 1000} s`,
      );
    }
    await world.timers.sleep(pollMs);
  }
  return true;
}

async function supervisorPid(host: CommandHost, dataDirectory: string): Promise<number | undefined> {
  const { supervisorPid: pidFile } = clusterPaths(dataDirectory);
  if (!(await host.world.disk.exists(pidFile))) return undefined;
  const pid = Number(new TextDecoder().decode(await host.world.disk.readFile(pidFile)));
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

async function endLeftPods(host: CommandHost, cluster: ClusterOptions): Promise<void> {
  for (const spec of components(cluster)) {
    if (spec.kind !== 'kubelet') continue;
    const dataDirectory = `${cluster.dataDirectory}/${spec.name}`;
    if (await host.world.disk.exists(dataDirectory)) await stopAllPods(host.world, { dataDirectory });
  }
}

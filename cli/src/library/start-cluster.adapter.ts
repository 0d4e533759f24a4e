import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInProcessNetwork, createRealWorld } from '@kubelab/world';
import { checkStartOptions, runCluster } from './cluster.js';
import { createClusterTimers } from './cluster-timers.js';
import type { Cluster } from './contract.js';
import { ClusterOptionError, type StartOptions } from './options.js';

const images = fileURLToPath(new URL('../../../../images', import.meta.url));

/**
 * Starts a Kubernetes control plane within this process: the real apiserver (HTTPS on 127.0.0.1), controllers and scheduler over a
 * store in memory. Resolves when it serves; clusters know nothing of each other.
 *
 * @example With node:test and @kubernetes/client-node
 * ```ts
 * import { KubeConfig, CoreV1Api } from '@kubernetes/client-node';
 * import { startCluster } from 'kubelab';
 *
 * const cluster = await startCluster();
 * after(() => cluster.stop());
 * const config = new KubeConfig();
 * config.loadFromString(cluster.kubeconfig.text);
 * const core = config.makeApiClient(CoreV1Api);
 * await core.createNamespace({ body: { metadata: { name: 'shop' } } });
 * ```
 *
 * @example With pods that run, and kubectl
 * ```ts
 * await using cluster = await startCluster({ nodes: 1 });
 * execFileSync('kubectl', ['get', 'nodes'], { env: { ...process.env, KUBECONFIG: cluster.kubeconfig.path } });
 * ```
 *
 * @throws {ClusterOptionError} before anything is started, when an option makes no sense or its folder cannot be used
 * @throws {NetworkError} `addressInUse` when `port` is taken
 */
export async function startCluster(options: StartOptions = {}): Promise<Cluster> {
  const checked = checkStartOptions(options);
  const real = createRealWorld({ host: checked.name });
  const parent = resolve(checked.directory ?? tmpdir());
  const directory = await mkdtemp(join(parent, `${checked.name}-`)).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new ClusterOptionError(`directory must be a folder that can be written to: ${why}`);
  });
  const { timers, cancelAll } = createClusterTimers(real.timers);
  return runCluster(
    {
      world: { ...real, timers, network: createInProcessNetwork(timers) },
      released: cancelAll,
      directory,
      imageDirectory: resolve(checked.imageDirectory ?? images),
      writeLog: (line) => void process.stderr.write(line),
    },
    checked,
  );
}

// One process that starts clusters: `driver-main.js cold|all`. Prints LibraryFigures as JSON.
import { request } from 'node:https';
import type { Cluster } from 'kubelab';
import type { LibraryFigures } from './figures.js';

const warmRounds = 10;
const sideBySide = 10;
const idleMs = 5_000;

const importedFromMs = performance.now();
const { startCluster } = await import('kubelab');
const importMs = performance.now() - importedFromMs;

/** As a client that has just been given the kubeconfig: a connection of its own. */
function answer(cluster: Cluster): Promise<void> {
  const [user] = cluster.kubeconfig.object.users;
  const decode = (data: string | undefined) => Buffer.from(data ?? '', 'base64');
  return new Promise((resolve, reject) => {
    request(
      `${cluster.url}/api/v1/namespaces/default`,
      { ca: cluster.caPem, cert: decode(user?.certData), key: decode(user?.keyData), agent: false },
      (response) => {
        response.resume();
        if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`));
        else response.on('end', resolve);
      },
    )
      .on('error', reject)
      .end();
  });
}

async function answered(): Promise<{ readonly cluster: Cluster; readonly ms: number }> {
  const startedMs = performance.now();
  const cluster = await startCluster();
  await answer(cluster);
  return { cluster, ms: performance.now() - startedMs };
}

async function warm() {
  const warmMs: number[] = [];
  const stopMs: number[] = [];
  for (let round = 0; round < warmRounds; round += 1) {
    const { cluster, ms } = await answered();
    warmMs.push(ms);
    const stoppingMs = performance.now();
    await cluster.stop();
    stopMs.push(performance.now() - stoppingMs);
  }
  return { warmMs, stopMs };
}

/** Resident memory does not tell: what earlier clusters took is used again. */
function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function many() {
  const before = heldBytes();
  const startedMs = performance.now();
  const all = await Promise.all(Array.from({ length: sideBySide }, () => answered()));
  const sideBySideMs = performance.now() - startedMs;
  const memoryBytes = (heldBytes() - before) / sideBySide;
  const cpu = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const { user, system } = process.cpuUsage(cpu);
  const idleCpuPercent = (user + system) / 1_000 / idleMs / sideBySide;
  await Promise.all(all.map(({ cluster }) => cluster.stop()));
  return { sideBySideMs, memoryBytes, idleCpuPercent: idleCpuPercent * 100 };
}

const { cluster, ms: coldMs } = await answered();
await cluster.stop();
const rest =
  process.argv[2] === 'all'
    ? { ...(await warm()), ...(await many()) }
    : { warmMs: [], stopMs: [], sideBySideMs: 0, memoryBytes: 0, idleCpuPercent: 0 };
const figures: LibraryFigures = { importMs, coldMs, ...rest };
process.stdout.write(JSON.stringify(figures));

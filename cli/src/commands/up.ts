import type { World } from '@kubelab/world';
import { clusterPaths, writeCluster } from '../cluster-file.js';
import { preparePki } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';
import { styled, type Terminal, UsageError } from '../output.js';
import type { ClusterStatus } from '../supervisor/contract.js';
import { connectSupervisor } from '../supervisor/control.js';
import { preflight, requireFreePorts } from '../supervisor/preflight.js';
import { type Supervisor, startSupervisor } from '../supervisor/supervisor.js';
import { type ClusterOptions, ports } from '../topology.js';

const readyDeadlineMs = 120_000;
const pollMs = 50;
/** A component that ended so often in a row cannot start; waiting longer would not help. */
const exitsMax = 3;

/** Starts the cluster in this process and returns once it is ready; it runs until shutdown() or a signal. */
export async function up(host: CommandHost, cluster: ClusterOptions): Promise<Supervisor> {
  const { world, terminal } = host;
  const startedMs = world.clock.monotonicMs();
  await preflight(world, cluster);
  const tls = await preparePki(world, cluster);
  await requireFreePorts(world, cluster, tls);
  await writeCluster(world, cluster);
  const paths = clusterPaths(cluster.dataDirectory);
  await world.disk.writeFileAtomic(paths.supervisorPid, `${host.pid}\n`);
  const supervisor = await startSupervisor({
    cluster,
    tls,
    context: host.wireContext('supervisor', paths.supervisorLog),
    host: {
      world,
      node: host.node,
      root: host.root,
      env: host.childEnv,
      logDirectory: paths.logs,
      log: host.wireContext('supervisor', paths.supervisorLog).telemetry.log,
    },
  });
  host.onInterrupt(async () => {
    terminal.progress('stopping ...');
    await supervisor.shutdown();
  });
  const done = supervisor.done.then(() => world.disk.remove(paths.supervisorPid));
  try {
    await untilReady(world, terminal, () => supervisor.status(), startedMs);
  } catch (error) {
    await supervisor.shutdown();
    throw error;
  }
  for (const line of welcome(terminal, cluster, paths.kubeconfig, world.clock.monotonicMs() - startedMs)) {
    terminal.print(line);
  }
  return { ...supervisor, done };
}

/** Starts the cluster in a process of its own that goes on when this command ends. */
export async function upDetached(host: CommandHost, cluster: ClusterOptions): Promise<void> {
  const { world, terminal } = host;
  const startedMs = world.clock.monotonicMs();
  await preflight(world, cluster);
  const tls = await preparePki(world, cluster);
  await requireFreePorts(world, cluster, tls);
  const paths = clusterPaths(cluster.dataDirectory);
  const outputPath = `${paths.logs}/up.out`;
  await world.disk.remove(outputPath);
  const { port, nodes, hollowNodes, dataDirectory } = cluster;
  const child = await world.processes.spawn({
    command: host.node,
    args: [
      ...[host.cliEntry, 'up', '--port', String(port), '--nodes', String(nodes), '--data', dataDirectory],
      ...['--hollow-nodes', String(hollowNodes)],
    ],
    env: host.childEnv,
    workingDirectory: host.root,
    outputPath,
    detached: true,
  });
  const ended = child.exited.then(async () => {
    const output = new TextDecoder().decode(await world.disk.readFile(outputPath));
    throw new UsageError(output.trim().split('\n').slice(-1)[0] ?? 'the cluster ended while starting');
  });
  const context = host.wireContext('kubelab');
  const client = connectSupervisor(context, cluster, tls);
  try {
    const status = async () => {
      try {
        return await client.status();
      } catch {
        return undefined; // Not there yet; `ended` says so if it never will be.
      }
    };
    await Promise.race([ended, untilReady(world, terminal, status, startedMs)]);
  } catch (error) {
    // It ends by itself when it cannot start; nothing may be left of it when this command returns.
    child.kill('SIGTERM');
    await child.exited;
    throw error;
  } finally {
    await client.close();
  }
  for (const line of welcome(
    terminal,
    cluster,
    paths.kubeconfig,
    world.clock.monotonicMs() - startedMs,
    true,
  )) {
    terminal.print(line);
  }
}

/** Shows each component as it becomes ready; fails with the reason of one that cannot start. */
async function untilReady(
  world: World,
  terminal: Terminal,
  status: () => Promise<ClusterStatus | undefined>,
  startedMs: number,
): Promise<void> {
  const shown = new Set<string>();
  const elapsed = () => world.clock.monotonicMs() - startedMs;
  for (;;) {
    const now = await status();
    for (const component of now?.components ?? []) {
      if (!component.ready || shown.has(component.name)) continue;
      shown.add(component.name);
      const seconds = (elapsed() / 1000).toFixed(1).padStart(5);
      const role = component.role === '' ? '' : styled(terminal, 'dim', ` (${component.role})`);
      terminal.progress(`${seconds} s  ${styled(terminal, 'green', 'ready')}  ${component.name}${role}`);
    }
    if (now?.ready === true) return;
    const broken = now?.components.find((component) => !component.ready && component.restarts >= exitsMax);
    if (broken !== undefined)
      throw new UsageError(`${broken.name} cannot start: ${broken.lastError ?? 'it ended without a word'}`);
    if (elapsed() > readyDeadlineMs) throw notReady(now);
    await world.timers.sleep(pollMs);
  }
}

function notReady(status: ClusterStatus | undefined): UsageError {
  const waiting = status?.components.filter((component) => !component.ready) ?? [];
  const names = waiting.map((component) => `${component.name} (${component.state})`).join(', ');
  return new UsageError(
    `not ready after ${readyDeadlineMs / 1000} s; still waiting for: ${names}. The logs say more`,
  );
}

function welcome(
  terminal: Terminal,
  cluster: ClusterOptions,
  kubeconfig: string,
  tookMs: number,
  detached = false,
): string[] {
  const { host, port } = ports(cluster.port).endpoint;
  const bold = (text: string) => styled(terminal, 'bold', text);
  return [
    '',
    `kubelab is ready at ${bold(`https://${host}:${port}`)} after ${(tookMs / 1000).toFixed(1)} s`,
    '',
    `  ${bold(`export KUBECONFIG=${kubeconfig}`)}`,
    '',
    'Try:',
    '  kubectl apply -f examples/echo.yaml      # three pods behind a Service (or: npx kubelab kubectl ...)',
    '  kubectl get pods -o wide',
    '  curl http://127.0.0.1:30080/             # answers from each pod in turn',
    '  npx kubelab kill leader                  # kill -9 the Raft leader; everything goes on',
    '  npx kubelab trace --follow               # what the components say to each other',
    '',
    detached
      ? "It runs in the background: 'npx kubelab status' looks, 'npx kubelab down' ends it."
      : 'Ctrl-C ends it; its state stays.',
  ];
}

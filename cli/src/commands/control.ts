import { requireCluster } from '../cluster-pki.js';
import type { CommandHost } from '../command-host.js';
import { statusTable } from '../output.js';
import type { ControlAction } from '../supervisor/contract.js';
import { connectSupervisor } from '../supervisor/control.js';

const past: Readonly<Record<ControlAction, string>> = {
  kill: 'killed',
  pause: 'paused',
  resume: 'resumed',
  restart: 'restarted',
  stop: 'stopped',
  start: 'started',
};

/**
 * kill, pause, resume, restart, stop, start: one component, the Raft leader, or with `wholeNode` a machine.
 */
export async function control(
  host: CommandHost,
  dataDirectory: string,
  request: { action: ControlAction; name: string; wholeNode: boolean },
): Promise<void> {
  const { cluster, tls } = await requireCluster(host.world, dataDirectory);
  const client = connectSupervisor(host.wireContext('kubelab'), cluster, tls);
  try {
    const names = await client.control(request);
    host.terminal.print(`${names.join(' and ')} ${past[request.action]}`);
  } finally {
    await client.close();
  }
}

/** Prints every component's state; exits with 1 while the cluster is not ready. */
export async function status(
  host: CommandHost,
  dataDirectory: string,
  output: 'table' | 'json',
): Promise<number> {
  const { cluster, tls } = await requireCluster(host.world, dataDirectory);
  const client = connectSupervisor(host.wireContext('kubelab'), cluster, tls);
  try {
    const now = await client.status();
    if (output === 'json') {
      host.terminal.print(JSON.stringify(now, null, 2));
    } else {
      for (const line of statusTable(host.terminal, now.components)) host.terminal.print(line);
      host.terminal.print('');
      host.terminal.print(`${now.api} is ${now.ready ? 'ready' : 'not ready'}`);
    }
    return now.ready ? 0 : 1;
  } finally {
    await client.close();
  }
}

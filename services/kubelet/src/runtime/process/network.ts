import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { RuntimeError } from '../cri.js';

export type NetworkMode = 'loopback' | 'interface';

/** The n-th address of a CIDR: 0 is the network, 1 the node's side. Undefined when it is no longer inside. */
export function addressAt(cidr: string, index: number): string | undefined {
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  if (index < 0 || index >= size) return undefined;
  const start = base.split('.').reduce((value, part) => value * 256 + Number(part), 0);
  const value = Math.floor(start / size) * size + index;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** The next free pod address after `last`, so that one is not given again at once. */
export function nextAddress(cidr: string, used: ReadonlySet<string>, lastIndex: number): number | undefined {
  const size = 2 ** (32 - Number(cidr.split('/')[1] ?? '32'));
  for (let step = 1; step < size; step += 1) {
    const index = (lastIndex + step) % size;
    if (index < 2 || index === size - 1) continue;
    const address = addressAt(cidr, index);
    if (address !== undefined && !used.has(address)) return index;
  }
  return undefined;
}

/** Runs iproute2; an error is worded with what it said. */
export async function runIp(world: World, args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await world.processes.run({
    command: 'ip',
    args,
    env: { PATH: '/usr/sbin:/sbin:/usr/bin:/bin' },
    workingDirectory: '/',
    timeoutMs: 5_000,
    outputBytesMax: 4_096,
  });
  if (exitCode !== 0)
    throw new RuntimeError(
      `ip ${args.join(' ')}: ${new TextDecoder().decode(stderr).trim() || `exit code ${exitCode}`}`,
    );
}

const device = 'eth0';

export async function addPodAddress(world: World, mode: NetworkMode, address: string): Promise<void> {
  if (mode === 'interface') await runIp(world, ['addr', 'replace', `${address}/32`, 'dev', device]);
}

export async function removePodAddress(
  world: World,
  mode: NetworkMode,
  address: string,
  log?: Logger,
): Promise<void> {
  if (mode !== 'interface') return;
  try {
    await runIp(world, ['addr', 'del', `${address}/32`, 'dev', device]);
  } catch (error) {
    log?.warn({ address, error }, 'a pod address was not removed; it may be gone already');
  }
}

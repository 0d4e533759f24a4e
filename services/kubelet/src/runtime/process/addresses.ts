import type { World } from '@kubelab/world';

/** How a pod's address comes to be on this machine. */
export interface PodNetwork {
  add(address: string): Promise<void>;
  remove(address: string): Promise<void>;
}

/** All of 127.0.0.0/8 is this machine's: nothing is to be done. */
export const loopbackNetwork: PodNetwork = { add: () => Promise.resolve(), remove: () => Promise.resolve() };

/** Adds each address to an interface of the node (needs NET_ADMIN). */
export function interfaceNetwork(world: World, device: string): PodNetwork {
  const ip = async (...args: string[]) => {
    const { exitCode, stderr } = await world.processes.run({
      command: 'ip',
      args,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      workingDirectory: '/',
      timeoutMs: 5_000,
      outputBytesMax: 4_096,
    });
    const text = new TextDecoder().decode(stderr).trim();
    // "File exists" and "Cannot assign": it is as it should be already.
    if (exitCode === 0 || /File exists|Cannot assign|Cannot find/.test(text)) return;
    throw new Error(
      `'ip ${args.join(' ')}' failed: ${text}; the interface network needs the capability NET_ADMIN`,
    );
  };
  return {
    add: (address) => ip('address', 'add', `${address}/32`, 'dev', device),
    remove: (address) => ip('address', 'del', `${address}/32`, 'dev', device),
  };
}

/** The lowest address of the CIDR that is not taken; the first is left for the node. */
export function freeAddress(cidr: string, taken: ReadonlySet<string>): string | undefined {
  const [base = '', bits = '24'] = cidr.split('/');
  const start = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  for (let offset = 2; offset < size - 1; offset += 1) {
    const value = start + offset;
    const address = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
    if (!taken.has(address)) return address;
  }
  return undefined;
}

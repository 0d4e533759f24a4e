import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';

const commandTimeoutMs = 5_000;

/**
 * ClusterIPs on the `lo` of this node (network `interface`). Level-triggered: sync() is told all that are
 * wanted.
 */
export class LocalAddresses {
  readonly #world: World;
  readonly #log: Logger;
  readonly #held = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(world: World, log: Logger) {
    this.#world = world;
    this.#log = log;
  }

  sync(wanted: ReadonlySet<string>): Promise<void> {
    this.#work = this.#work.then(() => this.#change(wanted));
    return this.#work;
  }

  async #change(wanted: ReadonlySet<string>): Promise<void> {
    for (const address of wanted)
      if (!this.#held.has(address) && (await this.#ip('replace', address))) this.#held.add(address);
    for (const address of [...this.#held])
      if (!wanted.has(address) && (await this.#ip('del', address))) this.#held.delete(address);
  }

  async #ip(action: 'replace' | 'del', address: string): Promise<boolean> {
    try {
      const { exitCode, stderr } = await this.#world.processes.run({
        command: 'ip',
        args: ['addr', action, `${address}/32`, 'dev', 'lo'],
        env: { PATH: '/usr/sbin:/sbin:/usr/bin:/bin' },
        workingDirectory: '/',
        timeoutMs: commandTimeoutMs,
        outputBytesMax: 4_096,
      });
      if (exitCode === 0) return true;
      this.#log.error({ address, action, output: new TextDecoder().decode(stderr) }, 'ip addr failed');
    } catch (error) {
      this.#log.error({ address, action, error }, 'ip cannot be run; --network interface needs iproute2');
    }
    return false;
  }
}

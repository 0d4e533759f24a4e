import type { Simulation } from '@kubelab/world';
import { type ClusterFault, describeClusterFault } from './faults.js';
import type { SimulatedCluster } from './hosts.js';

type Faults = Parameters<Simulation['network']['setFaults']>[2];

/** Does what a schedule says, and mends everything at the end. */
export class ClusterFaultRunner {
  readonly #simulation: Simulation;
  readonly #cluster: SimulatedCluster;
  readonly #others: readonly string[];
  readonly #note: (what: string) => void;
  #healed = false;

  /** `others`: hosts beside the cluster's. */
  constructor(
    simulation: Simulation,
    cluster: SimulatedCluster,
    others: readonly string[],
    note: (what: string) => void,
  ) {
    this.#simulation = simulation;
    this.#cluster = cluster;
    this.#others = others;
    this.#note = note;
  }

  start(faults: readonly ClusterFault[]): void {
    for (const fault of faults) this.#simulation.schedule(fault.atMs, () => this.#begin(fault));
  }

  heal(): void {
    this.#healed = true;
    this.#note('everything is mended');
    this.#simulation.network.heal();
    for (const host of this.#hosts()) this.#simulation.resume(host);
    for (const host of this.#cluster.hosts()) if (!this.#cluster.isUp(host)) this.#cluster.restart(host);
  }

  #hosts(): string[] {
    return [...this.#cluster.hosts(), ...this.#others];
  }

  #begin(fault: ClusterFault): void {
    if (this.#healed) return;
    this.#note(`[${fault.id}] ${describeClusterFault(fault)}`);
    const { host, kind, forMs } = fault;
    const after = (run: () => void) => this.#simulation.schedule(forMs, () => this.#healed || run());
    switch (kind.kind) {
      case 'crash':
      case 'reboot':
        this.#cluster.crash(host);
        if (kind.kind === 'reboot') this.#cluster.machines.get(host)?.containers.clear();
        after(() => this.#cluster.isUp(host) || this.#cluster.restart(host));
        break;
      case 'pause':
        this.#simulation.pause(host);
        after(() => this.#simulation.resume(host));
        break;
      case 'cutOff':
        this.#links(host, this.#hosts(), kind.direction, { blocked: true }, after);
        break;
      case 'link':
        this.#links(host, [kind.other], kind.direction, { blocked: true }, after);
        break;
      case 'slow':
        this.#links(host, this.#hosts(), 'both', { delayMs: kind.delayMs, jitterMs: kind.jitterMs }, after);
        break;
      default:
        kind satisfies never;
    }
  }

  #links(
    host: string,
    others: readonly string[],
    direction: 'both' | 'in' | 'out',
    faults: Faults,
    after: (run: () => void) => void,
  ): void {
    const { network } = this.#simulation;
    const set = (value: Faults) => {
      for (const other of others) {
        if (other === host) continue;
        if (direction !== 'in') network.setFaults(host, other, value);
        if (direction !== 'out') network.setFaults(other, host, value);
      }
    };
    set(faults);
    after(() => set(undefined));
  }
}

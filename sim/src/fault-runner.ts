import type { Simulation } from '@kubelab/world';
import type { SimulatedStore } from './cluster.js';
import { describeFault, type Fault, type Strike, type Target } from './faults.js';
import type { Operator } from './operator.js';

/** A hunted leader that does not appear is not waited for longer. */
const huntMsMax = 6_000;
const lookEveryMs = 5;
const rotDownMs = 120;

/** Does what a schedule says, and mends everything at the end. */
export class FaultRunner {
  readonly #simulation: Simulation;
  readonly #store: SimulatedStore;
  readonly #operator: Operator;
  /** When something was broken or mended: leases may live longer after that. */
  readonly disturbedAtMs: number[] = [];
  /** One hunt at a time. */
  #huntUntilMs = 0;

  constructor(simulation: Simulation, store: SimulatedStore, operator: Operator) {
    this.#simulation = simulation;
    this.#store = store;
    this.#operator = operator;
  }

  start(faults: readonly Fault[]): void {
    for (const fault of faults) this.#simulation.schedule(fault.atMs, () => this.#begin(fault));
  }

  heal(): void {
    this.#huntUntilMs = 0;
    this.#store.note('everything is mended');
    this.disturbedAtMs.push(this.#simulation.nowMs);
    this.#simulation.network.heal();
    for (const name of this.#store.members()) {
      const disk = this.#simulation.diskFaults(name);
      const hurt = disk.failing || disk.full;
      Object.assign(disk, { failing: false, full: false, syncMsMax: 2 });
      this.#simulation.resume(name);
      // A member whose disk failed has stopped for good: an operator starts it again.
      if (hurt || !this.#store.isServing(name)) this.#restart(name);
    }
    this.#restartStopped();
  }

  /** A disk fault may have ended since, and left its member stopped: all are started again once, one after the other. */
  #restartStopped(): void {
    this.#store.members().forEach((name, at) => {
      this.#simulation.schedule(1_500 + at * 1_500, () => this.#restart(name));
    });
  }

  #restart(name: string): void {
    if (!this.#store.members().includes(name)) return;
    this.#store.crash(name);
    this.#simulation.schedule(20, () => this.#store.restart(name));
  }

  #name(target: Target): string | undefined {
    return target === 'leader' ? this.#store.leader() : this.#store.members()[target];
  }

  #begin(fault: Fault): void {
    const name = 'target' in fault ? this.#name(fault.target) : '';
    if (name === undefined) return;
    this.#store.note(`[${fault.id}] ${describeFault(fault, name)}`);
    this.disturbedAtMs.push(this.#simulation.nowMs);
    const { schedule } = this.#after('forMs' in fault ? fault.forMs : 0);
    switch (fault.kind) {
      case 'crash':
        this.#crash(name, fault.downMs);
        break;
      case 'powerCut':
        for (const [at, member] of this.#store.members().entries())
          this.#crash(member, fault.downMs[at] ?? 100);
        break;
      case 'partition':
        this.#partition(name, fault.forMs, fault.direction);
        break;
      case 'noise':
        this.#links(this.#store.members(), fault);
        schedule(() => this.#links(this.#store.members(), undefined));
        break;
      case 'pause':
        this.#simulation.pause(name);
        schedule(() => this.#simulation.resume(name));
        break;
      case 'slowDisk':
        Object.assign(this.#simulation.diskFaults(name), { syncMsMax: fault.syncMsMax });
        schedule(() => void Object.assign(this.#simulation.diskFaults(name), { syncMsMax: 2 }));
        break;
      case 'failingDisk':
      case 'fullDisk':
        this.#disk(name, fault.kind === 'fullDisk' ? 'full' : 'failing', schedule);
        break;
      case 'hunt':
        this.#hunt([...fault.strikes]);
        break;
      case 'clock':
        this.#simulation.skewClock(name, fault.offsetMs);
        break;
      case 'rot':
        this.#rot(name, fault.at);
        break;
      case 'transfer':
        this.#operator.transfer(name);
        break;
      case 'grow':
        this.#operator.grow();
        break;
      case 'remove':
        this.#operator.remove(name);
        break;
      case 'replace':
        this.#operator.replace(name);
        break;
      default:
        fault satisfies never;
    }
  }

  #after(delayMs: number): { schedule: (run: () => void) => void } {
    return {
      schedule: (run) =>
        this.#simulation.schedule(delayMs, () => {
          this.disturbedAtMs.push(this.#simulation.nowMs);
          run();
        }),
    };
  }

  #crash(name: string, downMs: number): void {
    this.#store.crash(name);
    this.#simulation.schedule(downMs, () => {
      this.disturbedAtMs.push(this.#simulation.nowMs);
      if (!this.#simulation.isUp(name)) this.#store.restart(name);
    });
  }

  #partition(name: string, forMs: number, direction: 'both' | 'in' | 'out'): void {
    const { network } = this.#simulation;
    const others = this.#store.members().filter((other) => other !== name);
    for (const other of others) {
      if (direction !== 'in') network.setFaults(name, other, { blocked: true });
      if (direction !== 'out') network.setFaults(other, name, { blocked: true });
    }
    this.#after(forMs).schedule(() => {
      for (const other of others) {
        network.setFaults(name, other, undefined);
        network.setFaults(other, name, undefined);
      }
    });
  }

  #links(
    members: readonly string[],
    faults: { lossRate: number; duplicateRate: number; reorderRate: number; jitterMs: number } | undefined,
  ): void {
    for (const from of members)
      for (const to of members) {
        if (from === to) continue;
        if (faults === undefined) this.#simulation.network.setFaults(from, to, undefined);
        else {
          const { lossRate, duplicateRate, reorderRate, jitterMs } = faults;
          this.#simulation.network.setFaults(from, to, { lossRate, duplicateRate, reorderRate, jitterMs });
        }
      }
  }

  #disk(name: string, fault: 'full' | 'failing', schedule: (run: () => void) => void): void {
    Object.assign(this.#simulation.diskFaults(name), { [fault]: true });
    schedule(() => {
      Object.assign(this.#simulation.diskFaults(name), { [fault]: false });
      // A member that met the fault has stopped taking part; it is started again as a supervisor would.
      if (this.#simulation.isUp(name)) this.#restart(name);
    });
  }

  /**
   * Whoever leads is cut off for a moment, so that what is proposed to it stays on it alone, or is left to replicate; then it
   * crashes, and is soon back. Again and again: entries of several terms lie on some of the members (paper, figure 8).
   */
  #hunt(strikes: Strike[]): void {
    if (this.#simulation.nowMs < this.#huntUntilMs) return;
    this.#huntUntilMs = this.#simulation.nowMs + huntMsMax;
    const look = () => {
      if (this.#simulation.nowMs >= this.#huntUntilMs) return;
      const leader = this.#store.leader();
      if (leader === undefined) return this.#simulation.schedule(lookEveryMs, look);
      const strike = strikes.shift();
      if (strike === undefined) {
        this.#huntUntilMs = 0;
        return undefined;
      }
      if (strike.cut) this.#partition(leader, strike.aliveMs, 'both');
      return this.#simulation.schedule(strike.aliveMs, () => {
        if (this.#simulation.nowMs >= this.#huntUntilMs) return;
        this.#store.note(`the hunted ${leader} crashes`);
        this.#crash(leader, strike.downMs);
        this.#simulation.schedule(lookEveryMs, look);
      });
    };
    look();
  }

  /** The member must notice and refuse; the others go on without it. */
  #rot(name: string, at: number): void {
    if (this.#operator.busy || !this.#store.canSpare(name)) return;
    this.#store.condemn(name);
    this.#store.crash(name);
    this.#simulation.schedule(rotDownMs / 2, () => {
      const flipped = this.#store.rot(name, at);
      this.#store.note(flipped ?? 'its log is still too short for that');
    });
    this.#simulation.schedule(rotDownMs, () => this.#store.restart(name));
  }
}

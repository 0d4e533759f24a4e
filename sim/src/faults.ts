import type { Simulation } from '@kubelab/world';
import { memberNames, type SimulatedStore } from './cluster.js';

const faultEveryMsMax = 500;

/**
 * Draws faults from the simulation's seed until `untilMs`: each for a while, several at once. heal() mends
 * everything.
 */
export class FaultSchedule {
  readonly #simulation: Simulation;
  readonly #store: SimulatedStore;
  readonly #log: string[] = [];

  constructor(simulation: Simulation, store: SimulatedStore) {
    this.#simulation = simulation;
    this.#store = store;
  }

  /** What was done, with its virtual time: the story of a run. */
  get story(): readonly string[] {
    return this.#log;
  }

  start(untilMs: number): void {
    const { random } = this.#simulation;
    const turn = () => {
      if (this.#simulation.nowMs >= untilMs) return;
      this.#draw();
      this.#simulation.schedule(random.next() * faultEveryMsMax, turn);
    };
    this.#simulation.schedule(300 + random.next() * 400, turn);
  }

  heal(): void {
    this.#note('everything is mended');
    this.#simulation.network.heal();
    for (const name of memberNames) {
      const disk = this.#simulation.diskFaults(name);
      const hurt = disk.failing || disk.full;
      Object.assign(disk, { failing: false, full: false, syncMsMax: 2 });
      this.#simulation.resume(name);
      // A member whose disk failed has stopped for good: an operator starts it again.
      if (hurt || !this.#store.isServing(name)) this.#restart(name);
    }
    this.#restartStopped();
  }

  /**
   * A disk fault may have ended since, and left its member stopped: all are started again once, one after the
   * other.
   */
  #restartStopped(): void {
    memberNames.forEach((name, at) => {
      this.#simulation.schedule(1_500 + at * 1_500, () => this.#restart(name));
    });
  }

  #restart(name: string): void {
    this.#store.crash(name);
    this.#simulation.schedule(20, () => this.#store.restart(name));
  }

  #draw(): void {
    const { random } = this.#simulation;
    const pick = () => memberNames[random.int(memberNames.length)] ?? memberNames[0];
    const forMs = 50 + random.next() * 1_200;
    const kind = random.int(11);
    const name = pick();
    switch (kind) {
      case 0:
      case 1:
        this.#crash(name, forMs);
        break;
      case 2:
        this.#note('the power fails everywhere');
        for (const member of memberNames) this.#crash(member, random.next() * 200);
        break;
      case 3:
        this.#partition(name, forMs, random.next() < 0.4);
        break;
      case 4:
        this.#noise(forMs);
        break;
      case 5:
        this.#note(`${name} is paused for ${Math.round(forMs)} ms`);
        this.#simulation.pause(name);
        this.#simulation.schedule(forMs, () => this.#simulation.resume(name));
        break;
      case 6:
        this.#disk(name, { syncMsMax: 20 + random.next() * 300 }, { syncMsMax: 2 }, forMs, 'is slow');
        break;
      case 7:
        if (random.next() < 0.5) this.#disk(name, { failing: true }, { failing: false }, forMs, 'fails');
        else this.#disk(name, { full: true }, { full: false }, forMs, 'is full');
        break;
      case 8:
        this.#hunt(2_000 + random.next() * 4_000);
        break;
      case 9:
        this.#partition(this.#store.leader() ?? name, 400 + random.next() * 800, false);
        break;
      default:
        this.#note(`the clock of ${name} jumps`);
        this.#simulation.skewClock(name, (random.next() - 0.5) * 120_000);
    }
  }

  /**
   * Whoever leads is cut off for a moment, so that what is proposed to it stays on it alone, or is left to
   * replicate; then it crashes, and is soon back. Again and again: entries of several terms
   * lie on some of the members (paper, figure 8).
   */
  #hunt(forMs: number): void {
    this.#note(`leaders are cut off and crash one after the other for ${Math.round(forMs)} ms`);
    const { random, nowMs } = this.#simulation;
    const untilMs = nowMs + forMs;
    let hunted: string | undefined;
    const strike = (leader: string) => {
      hunted = undefined;
      this.#crash(leader, 20 + random.next() * 250);
    };
    const look = () => {
      if (this.#simulation.nowMs > untilMs) return;
      const leader = this.#store.leader();
      if (leader !== undefined && hunted === undefined) {
        hunted = leader;
        const aliveMs = 20 + random.next() * 130;
        if (random.next() < 0.6) this.#partition(leader, aliveMs, false);
        this.#simulation.schedule(aliveMs, () => strike(leader));
      }
      this.#simulation.schedule(5, look);
    };
    look();
  }

  #crash(name: string, downMs: number): void {
    this.#note(`${name} crashes, down for ${Math.round(downMs)} ms`);
    this.#store.crash(name);
    this.#simulation.schedule(downMs, () => {
      if (!this.#simulation.isUp(name)) this.#store.restart(name);
    });
  }

  #partition(name: string, forMs: number, oneWay: boolean): void {
    this.#note(`${name} is cut off${oneWay ? ' one way' : ''} for ${Math.round(forMs)} ms`);
    const { network } = this.#simulation;
    for (const other of memberNames) {
      if (other === name) continue;
      network.setFaults(name, other, { blocked: true });
      if (!oneWay) network.setFaults(other, name, { blocked: true });
    }
    this.#simulation.schedule(forMs, () => {
      for (const other of memberNames) {
        network.setFaults(name, other, undefined);
        network.setFaults(other, name, undefined);
      }
    });
  }

  #noise(forMs: number): void {
    this.#note(`messages are lost, doubled and overtaken for ${Math.round(forMs)} ms`);
    const { network, random } = this.#simulation;
    const faults = {
      lossRate: random.next() * 0.4,
      duplicateRate: random.next() * 0.3,
      reorderRate: random.next() * 0.5,
      jitterMs: random.next() * 40,
    };
    for (const from of memberNames)
      for (const to of memberNames) if (from !== to) network.setFaults(from, to, faults);
    this.#simulation.schedule(forMs, () => {
      for (const from of memberNames)
        for (const to of memberNames) if (from !== to) network.setFaults(from, to, undefined);
    });
  }

  #disk(name: string, fault: object, mended: object, forMs: number, what: string): void {
    this.#note(`the disk of ${name} ${what} for ${Math.round(forMs)} ms`);
    Object.assign(this.#simulation.diskFaults(name), fault);
    this.#simulation.schedule(forMs, () => {
      Object.assign(this.#simulation.diskFaults(name), mended);
      // A member that met the fault has stopped taking part; it is started again as a supervisor would.
      if (what !== 'is slow' && this.#simulation.isUp(name)) this.#restart(name);
    });
  }

  #note(what: string): void {
    this.#log.push(`${(this.#simulation.nowMs / 1000).toFixed(3).padStart(8)} s  ${what}`);
  }
}

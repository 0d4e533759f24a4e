import type { Random, Timer, Timers, World } from '../world.js';
import { type DiskFaults, SimulatedDisk } from './disk.js';
import { EventQueue, type SimEvent } from './event-queue.js';
import type { Kernel } from './kernel.js';
import { SimulatedNetwork } from './network.js';
import { SimulatedProcesses } from './processes.js';
import { SeededRandom } from './random.js';

/** A wall clock to begin with: any will do, the same is needed. */
const startMsDefault = Date.UTC(2026, 0, 1);

export interface SimulationOptions {
  readonly seed: number;
  readonly startMs?: number;
}

interface Host {
  readonly name: string;
  readonly random: Random;
  readonly disk: SimulatedDisk;
  readonly processes: SimulatedProcesses;
  incarnation: number;
  up: boolean;
  paused: boolean;
  /** Events that came due while it was paused, in order. */
  held: (() => void)[];
  wallOffsetMs: number;
}

/**
 * Hosts in virtual time. Everything that happens is an event of one queue; between two events all promise
 * work is done. With the same seed and the same calls
 * a run takes the same way to the last byte: hash() says whether it did.
 */
export class Simulation {
  readonly network: SimulatedNetwork;
  readonly random: Random;
  readonly #seed: number;
  readonly #startMs: number;
  readonly #queue = new EventQueue();
  readonly #hosts = new Map<string, Host>();
  #nowMs = 0;
  #events = 0;
  #hash = 0x811c9dc5;

  constructor(options: SimulationOptions) {
    this.#seed = options.seed;
    this.#startMs = options.startMs ?? startMsDefault;
    this.random = new SeededRandom(options.seed, 'schedule');
    this.network = new SimulatedNetwork(
      this.#kernelFor(undefined, new SeededRandom(options.seed, 'network')),
    );
  }

  /** Virtual milliseconds since the start. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get events(): number {
    return this.#events;
  }

  /** Of every event so far: its time, its host, its bytes. */
  hash(): string {
    return this.#hash.toString(16).padStart(8, '0');
  }

  /** The world of a host as it is now; after a crash the next call begins a new incarnation. */
  world(name: string): World {
    const host = this.#host(name);
    host.up = true;
    const { incarnation } = host;
    const on = (delayMs: number, run: () => void): SimEvent =>
      this.#scheduleOn(host, incarnation, delayMs, run);
    return {
      host: name,
      clock: { nowMs: () => this.#startMs + this.#nowMs + host.wallOffsetMs, monotonicMs: () => this.#nowMs },
      timers: timersOver(on),
      random: host.random,
      network: this.network.view(name),
      disk: host.disk.view(),
      processes: host.processes.view(),
    };
  }

  diskFaults(name: string): DiskFaults {
    return this.#host(name).disk.faults;
  }

  /** A bit flips on the host's disk: see SimulatedDisk.rot(). */
  rot(
    name: string,
    folder: string,
    at: number,
  ): { readonly path: string; readonly position: number } | undefined {
    return this.#host(name).disk.rot(folder, at);
  }

  processes(name: string): SimulatedProcesses {
    return this.#host(name).processes;
  }

  /** The power goes: nothing of this incarnation happens any more, and the disk keeps what it keeps. */
  crash(name: string): void {
    const host = this.#host(name);
    host.incarnation += 1;
    host.up = false;
    host.paused = false;
    host.held = [];
    this.network.crash(name);
    host.disk.crash();
    host.processes.crash();
  }

  /**
   * Stops and goes on, as a machine that swaps or a process that was stopped: what comes due meanwhile
   * happens afterwards.
   */
  pause(name: string): void {
    this.#host(name).paused = true;
  }

  resume(name: string): void {
    const host = this.#host(name);
    host.paused = false;
    for (const run of host.held.splice(0)) this.#queue.push(this.#nowMs, run);
  }

  isUp(name: string): boolean {
    return this.#host(name).up;
  }

  /** The wall clock jumps; nothing that matters may depend on it. */
  skewClock(name: string, offsetMs: number): void {
    this.#host(name).wallOffsetMs = offsetMs;
  }

  /** Something of the run's own: a fault of the schedule, an operation of a client. */
  schedule(delayMs: number, run: () => void): void {
    this.#queue.push(this.#nowMs + delayMs, run);
  }

  /** Runs until the condition holds (true) or the virtual time is over (false). */
  async run(options: { readonly untilMs: number; readonly until?: () => boolean }): Promise<boolean> {
    await drained();
    for (;;) {
      if (options.until?.() === true) return true;
      const event = this.#queue.peek();
      if (event === undefined) return false;
      if (event.atMs > options.untilMs) {
        // It stays the same event in its place: who holds it can still cancel it, and its order is kept.
        this.#nowMs = options.untilMs;
        return false;
      }
      this.#queue.pop();
      if (event.run === undefined) continue;
      this.#nowMs = Math.max(this.#nowMs, event.atMs);
      this.#events += 1;
      this.#fold(Math.round(this.#nowMs * 1000));
      event.run();
      await drained();
    }
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const random = new SeededRandom(this.#seed, name);
    const kernel = this.#kernelFor(name, new SeededRandom(this.#seed, `disk of ${name}`));
    const host: Host = {
      name,
      random,
      disk: new SimulatedDisk(kernel),
      processes: new SimulatedProcesses(kernel),
      incarnation: 0,
      up: false,
      paused: false,
      held: [],
      wallOffsetMs: 0,
    };
    this.#hosts.set(name, host);
    return host;
  }

  #scheduleOn(host: Host, incarnation: number, delayMs: number, run: () => void): SimEvent {
    const event = this.#queue.push(this.#nowMs + Math.max(0, delayMs), () => {
      if (host.incarnation !== incarnation) return;
      if (host.paused)
        host.held.push(() => event.run !== undefined && host.incarnation === incarnation && run());
      else run();
    });
    return event;
  }

  #kernelFor(owner: string | undefined, random: Random): Kernel {
    const scheduleOn = (name: string, delayMs: number, run: () => void, data?: Uint8Array) => {
      const host = this.#host(name);
      this.#scheduleOn(host, host.incarnation, delayMs, () => {
        if (data !== undefined) this.#foldBytes(name, data);
        run();
      });
    };
    const delayOn = (name: string, delayMs: number) =>
      new Promise<void>((resolve) => scheduleOn(name, delayMs, resolve));
    const now = () => this.#nowMs;
    return {
      get nowMs() {
        return now();
      },
      random,
      isUp: (name) => this.#host(name).up,
      schedule: (delayMs, run) => void this.#queue.push(this.#nowMs + delayMs, run),
      scheduleOn,
      delay: (delayMs) => (owner === undefined ? Promise.resolve() : delayOn(owner, delayMs)),
      delayOn,
    };
  }

  #fold(value: number): void {
    this.#hash = Math.imul(this.#hash ^ (value & 0xffff_ffff), 0x01000193) >>> 0;
  }

  #foldBytes(host: string, data: Uint8Array): void {
    for (let at = 0; at < host.length; at += 1) this.#fold(host.charCodeAt(at));
    this.#fold(data.byteLength);
    for (let at = 0; at < data.byteLength; at += 1) this.#fold(data[at] ?? 0);
  }
}

export function createSimulation(options: SimulationOptions): Simulation {
  return new Simulation(options);
}

/**
 * All promise work that can go on has gone on: microtasks are done before the next turn of the real event
 * loop.
 */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function timersOver(on: (delayMs: number, run: () => void) => SimEvent): Timers {
  const once = (delayMs: number, callback: () => void): Timer => {
    const event = on(delayMs, callback);
    return {
      cancel: () => {
        event.run = undefined;
      },
    };
  };
  return {
    setTimeout: (callback, delayMs) => once(delayMs, callback),
    setImmediate: (callback) => once(0, callback),
    setInterval: (callback, periodMs) => {
      let event: SimEvent | undefined;
      let cancelled = false;
      const turn = () => {
        if (cancelled) return;
        event = on(periodMs, turn);
        callback();
      };
      event = on(periodMs, turn);
      return {
        cancel: () => {
          cancelled = true;
          if (event !== undefined) event.run = undefined;
        },
      };
    },
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const aborted = () => {
          timer.cancel();
          reject(signal?.reason);
        };
        const timer = once(delayMs, () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        });
        return signal?.addEventListener('abort', aborted, { once: true });
      }),
  };
}

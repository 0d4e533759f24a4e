import type { Random } from '../world.js';

/** What the simulated disk and network ask of the simulation. Times are virtual milliseconds. */
export interface Kernel {
  readonly nowMs: number;
  readonly random: Random;
  isUp(host: string): boolean;
  /** Whatever hosts do. */
  schedule(delayMs: number, run: () => void): void;
  /**
   * On a host: does not happen when that host's incarnation ends before; waits while it is paused. `data`
   * goes into the hash of the run.
   */
  scheduleOn(host: string, delayMs: number, run: () => void, data?: Uint8Array): void;
  /** For the host that this kernel belongs to: never resolves once its incarnation has ended. */
  delay(delayMs: number): Promise<void>;
  delayOn(host: string, delayMs: number): Promise<void>;
}

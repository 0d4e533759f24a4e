import type { Timer, World } from '@kubelab/world';

/** So late may something come: what is hollow needs no better. */
const tickMs = 100;

export interface WheelEntry {
  /** Idempotent; what was cancelled does not run. */
  cancel(): void;
}

/**
 * Many things that come due, over one timer (Varghese and Lauck's hashed wheel, its spokes made as they are needed). Something
 * due in `delayMs` runs at the first tick at or after it, in the order of being scheduled. Without entries there is no timer.
 */
export class TimingWheel {
  readonly #world: World;
  readonly #spokes = new Map<number, Set<() => void>>();
  #timer: Timer | undefined;
  #reached: number;
  #stopped = false;

  constructor(world: World) {
    this.#world = world;
    this.#reached = this.#now();
  }

  schedule(delayMs: number, run: () => void): WheelEntry {
    if (this.#stopped) return { cancel: () => {} };
    if (this.#spokes.size === 0) this.#reached = this.#now();
    const dueMs = this.#world.clock.monotonicMs() + Math.max(0, delayMs);
    const tick = Math.max(this.#reached + 1, Math.ceil(dueMs / tickMs));
    const spoke = this.#spokes.get(tick) ?? new Set();
    this.#spokes.set(tick, spoke);
    const entry = () => run();
    spoke.add(entry);
    this.#timer ??= this.#world.timers.setInterval(() => this.#turn(), tickMs);
    return { cancel: () => void spoke.delete(entry) };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.schedule(delayMs, resolve));
  }

  /** Nothing comes due any more; who sleeps sleeps on. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#spokes.clear();
  }

  #now(): number {
    return Math.floor(this.#world.clock.monotonicMs() / tickMs);
  }

  #turn(): void {
    for (const now = this.#now(); this.#reached < now && this.#spokes.size > 0; ) {
      this.#reached += 1;
      const spoke = this.#spokes.get(this.#reached);
      this.#spokes.delete(this.#reached);
      for (const run of spoke ?? []) run();
    }
    if (this.#spokes.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

import type { Pod } from '@kubelab/api';
import { keyOf } from '@kubelab/client';
import type { Timer, World } from '@kubelab/world';

const backoffMinMs = 1_000;
const backoffMaxMs = 10_000;
/** What waits for an event that may have been missed is tried again after so long. */
const flushMs = 60_000;

interface Waiting {
  readonly pod: Pod;
  readonly addedMs: number;
  readonly attempts: number;
}

/**
 * Pods to be scheduled: `active` (by priority, then age), `backoff` (tried lately), `unschedulable` (wait for
 * the cluster to change). A pod is in one of them, or being scheduled.
 */
export class SchedulingQueue {
  readonly #world: World;
  readonly #active = new Map<string, Waiting>();
  readonly #backoff = new Map<string, { readonly waiting: Waiting; readonly timer: Timer }>();
  readonly #unschedulable = new Map<string, Waiting>();
  readonly #attempts = new Map<string, number>();
  #wake: (() => void) | undefined;
  #flush: Timer | undefined;
  #stopped = false;

  constructor(world: World) {
    this.#world = world;
  }

  start(): void {
    this.#flush = this.#world.timers.setInterval(() => this.clusterChanged(), flushMs);
  }

  get size(): number {
    return this.#active.size + this.#backoff.size + this.#unschedulable.size;
  }

  add(pod: Pod): void {
    const key = keyOf(pod);
    const known = this.#unschedulable.get(key);
    if (known !== undefined) {
      this.#unschedulable.set(key, { ...known, pod });
      return;
    }
    const delayed = this.#backoff.get(key);
    if (delayed !== undefined) {
      this.#backoff.set(key, { ...delayed, waiting: { ...delayed.waiting, pod } });
      return;
    }
    this.#active.set(key, {
      pod,
      addedMs: this.#active.get(key)?.addedMs ?? this.#world.clock.monotonicMs(),
      attempts: this.#attempts.get(key) ?? 0,
    });
    this.#wake?.();
  }

  remove(key: string): void {
    this.#active.delete(key);
    this.#backoff.get(key)?.timer.cancel();
    this.#backoff.delete(key);
    this.#unschedulable.delete(key);
    this.#attempts.delete(key);
  }

  /** It fits nowhere: it waits until something changes. */
  unschedulable(pod: Pod): void {
    this.#unschedulable.set(keyOf(pod), this.#tried(pod));
  }

  /** Something went wrong on the way: it is tried again after a while. */
  retry(pod: Pod): void {
    this.#toBackoff(keyOf(pod), this.#tried(pod));
  }

  /** A node came, a pod went: what waits may fit now. */
  clusterChanged(): void {
    for (const [key, waiting] of [...this.#unschedulable]) {
      this.#unschedulable.delete(key);
      this.#toBackoff(key, waiting);
    }
  }

  /** The pod to schedule next; undefined once stopped. */
  async take(): Promise<Pod | undefined> {
    for (;;) {
      if (this.#stopped) return undefined;
      const next = [...this.#active].sort(
        ([, a], [, b]) => (b.pod.spec?.priority ?? 0) - (a.pod.spec?.priority ?? 0) || a.addedMs - b.addedMs,
      )[0];
      if (next !== undefined) {
        this.#active.delete(next[0]);
        return next[1].pod;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#flush?.cancel();
    for (const { timer } of this.#backoff.values()) timer.cancel();
    this.#wake?.();
  }

  #tried(pod: Pod): Waiting {
    const attempts = (this.#attempts.get(keyOf(pod)) ?? 0) + 1;
    this.#attempts.set(keyOf(pod), attempts);
    return { pod, addedMs: this.#world.clock.monotonicMs(), attempts };
  }

  #toBackoff(key: string, waiting: Waiting): void {
    const ageMs = this.#world.clock.monotonicMs() - waiting.addedMs;
    const delayMs = Math.max(
      0,
      Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.max(0, waiting.attempts - 1)) - ageMs,
    );
    const timer = this.#world.timers.setTimeout(() => {
      const due = this.#backoff.get(key);
      this.#backoff.delete(key);
      if (due === undefined) return;
      this.#active.set(key, due.waiting);
      this.#wake?.();
    }, delayMs);
    this.#backoff.get(key)?.timer.cancel();
    this.#backoff.set(key, { waiting, timer });
  }
}

import type { Timer, World } from '@kubelab/world';
import type { Plugin, QueuedPod } from '../framework/contract.js';
import type { PodInfo } from '../framework/pod-info.js';
import type { Status } from '../framework/status.js';
import type { ClusterEvent } from './cluster-event.js';
import { Heap } from './heap.js';
import type { HintTable } from './hint-table.js';

/** What no event has helped is tried again after so long: an event may have been missed. */
const unschedulableMs = 5 * 60_000;
const flushEveryMs = 30_000;
/** Events remembered for pods that are being scheduled; beyond them such a pod is tried again anyway. */
const eventsMax = 10_000;

/** What the queue knows of a pod's profile. */
export interface QueueProfile {
  readonly preEnqueue: readonly Plugin[];
  readonly hints: HintTable;
}

export interface QueueOptions {
  readonly world: World;
  readonly compare: (a: QueuedPod, b: QueuedPod) => number;
  readonly profileOf: (info: PodInfo) => QueueProfile | undefined;
  readonly backoffInitialMs: number;
  readonly backoffMaxMs: number;
  /** preEnqueue keeps the pod out. */
  readonly gated: (info: PodInfo, status: Status) => void;
}

interface Waiting extends QueuedPod {
  /** When it was last tried, monotonic; backoff counts from there. */
  readonly triedMs: number;
  /** Who refused it. */
  readonly plugins: ReadonlySet<string>;
}

interface InFlight {
  readonly queued: QueuedPod;
  /** The number of the first event that came after the pod was taken. */
  readonly from: number;
}

/**
 * Pods to be scheduled. Each is in one place:
 * - `active`: may be tried now, in the order of the profile's queueSort;
 * - `backoff`: may be tried when its backoff is over (1 s, 2 s, ... 10 s by attempts);
 * - `unschedulable`: waits for an event that a plugin which refused it calls helpful, five minutes at most; also
 *   pods that preEnqueue keeps out;
 * - in flight: taken, until done() or unschedulable(). Events meanwhile are remembered: none is missed.
 */
export class SchedulingQueue {
  readonly #options: QueueOptions;
  readonly #active: Heap<Waiting>;
  readonly #backoff = new Heap<Waiting>((a, b) => this.#readyMs(a) - this.#readyMs(b));
  readonly #unschedulable = new Map<string, Waiting>();
  readonly #byPlugin = new Map<string, Set<string>>();
  readonly #inFlight = new Map<string, InFlight>();
  #events: ClusterEvent[] = [];
  #eventsStart = 0;
  #wake: (() => void) | undefined;
  #flushTimer: Timer | undefined;
  #backoffTimer: Timer | undefined;
  #closed = false;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#active = new Heap<Waiting>(options.compare);
  }

  start(): void {
    this.#flushTimer = this.#options.world.timers.setInterval(() => this.#flush(), flushEveryMs);
  }

  get sizes(): { readonly active: number; readonly backoff: number; readonly unschedulable: number } {
    return {
      active: this.#active.size,
      backoff: this.#backoff.size,
      unschedulable: this.#unschedulable.size,
    };
  }

  /** In flight ones too. */
  has(key: string): boolean {
    return (
      this.#inFlight.has(key) ||
      this.#active.get(key) !== undefined ||
      this.#backoff.get(key) !== undefined ||
      this.#unschedulable.has(key)
    );
  }

  add(info: PodInfo): void {
    const addedMs = this.#nowMs;
    this.#enqueue({ info, addedMs, triedMs: addedMs, attempts: 0, plugins: new Set() });
  }

  /** A pod that waits has changed; `events` are what its change may mean to those who refused it. */
  update(info: PodInfo, events: readonly ClusterEvent[]): void {
    const { key } = info;
    const active = this.#active.get(key);
    if (active !== undefined) this.#active.put(key, { ...active, info });
    const backoff = this.#backoff.get(key);
    if (backoff !== undefined) this.#backoff.put(key, { ...backoff, info });
    const flight = this.#inFlight.get(key);
    // Decided on what it was before: whatever comes of it, it is tried again.
    if (flight !== undefined && events.length > 0) this.#inFlight.set(key, { ...flight, from: -1 });
    const waiting = this.#unschedulable.get(key);
    if (waiting === undefined) return;
    const changed = { ...waiting, info };
    this.#unschedulable.set(key, changed);
    if (events.some((event) => this.#helps(changed, event))) this.#requeue(changed);
  }

  remove(key: string): void {
    this.#active.remove(key);
    this.#backoff.remove(key);
    this.#forget(key);
    this.#inFlight.delete(key);
  }

  /** Something changed in the cluster. */
  event(event: ClusterEvent): void {
    if (this.#inFlight.size > 0) this.#remember(event);
    const keys = new Set<string>();
    for (const [plugin, refused] of this.#byPlugin) {
      for (const key of refused) {
        const waiting = this.#unschedulable.get(key);
        if (waiting === undefined || keys.has(key)) continue;
        const hints = this.#options.profileOf(waiting.info)?.hints;
        if (hints?.listens(plugin, event.kind) !== true) continue;
        if (hints.helps(plugin, waiting.info, event)) keys.add(key);
      }
    }
    for (const key of keys) {
      const waiting = this.#unschedulable.get(key);
      if (waiting !== undefined) this.#requeue(waiting);
    }
  }

  /** At once, without backoff: what it waited for will not come. */
  activate(key: string): void {
    const waiting = this.#unschedulable.get(key) ?? this.#backoff.get(key);
    if (waiting === undefined) return;
    this.#forget(key);
    this.#backoff.remove(key);
    this.#enqueue(waiting);
  }

  /** The pod to try next; undefined when none may be tried now. */
  tryTake(): QueuedPod | undefined {
    const next = this.#closed ? undefined : this.#active.take();
    if (next === undefined) return undefined;
    const queued = { info: next.info, addedMs: next.addedMs, attempts: next.attempts + 1 };
    this.#inFlight.set(next.info.key, { queued, from: this.#eventsStart + this.#events.length });
    return queued;
  }

  /** Waits for one; undefined once closed. */
  async take(): Promise<QueuedPod | undefined> {
    for (;;) {
      const next = this.tryTake();
      if (next !== undefined || this.#closed) return next;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  /** It is bound, or gone. */
  done(key: string): void {
    this.#inFlight.delete(key);
    if (this.#inFlight.size === 0) this.#dropEvents(this.#events.length);
  }

  /**
   * It was not scheduled. `plugins` refused it: it waits for their events, also those that came meanwhile. None:
   * something went wrong on the way, it is tried again after its backoff.
   */
  unschedulable(queued: QueuedPod, info: PodInfo, plugins: ReadonlySet<string>): void {
    const flight = this.#inFlight.get(info.key);
    if (flight === undefined) return; // It was removed meanwhile.
    const waiting: Waiting = { ...queued, info, triedMs: this.#nowMs, plugins };
    const missed = flight.from < this.#eventsStart;
    const since = this.#events.slice(Math.max(0, flight.from - this.#eventsStart));
    this.done(info.key);
    this.#wait(waiting);
    if (plugins.size === 0 || missed || since.some((event) => this.#helps(waiting, event)))
      this.#requeue(waiting);
  }

  close(): void {
    this.#closed = true;
    this.#flushTimer?.cancel();
    this.#backoffTimer?.cancel();
    this.#wake?.();
  }

  get #nowMs(): number {
    return this.#options.world.clock.monotonicMs();
  }

  #readyMs({ triedMs, attempts }: Waiting): number {
    const { backoffInitialMs, backoffMaxMs } = this.#options;
    if (attempts === 0) return triedMs;
    return triedMs + Math.min(backoffMaxMs, backoffInitialMs * 2 ** (attempts - 1));
  }

  #helps({ info, plugins }: Waiting, event: ClusterEvent): boolean {
    const hints = this.#options.profileOf(info)?.hints;
    if (hints === undefined) return false;
    for (const plugin of plugins) {
      if (hints.listens(plugin, event.kind) && hints.helps(plugin, info, event)) return true;
    }
    return false;
  }

  /** Out of unschedulable: to backoff while it lasts, else to active. */
  #requeue(waiting: Waiting): void {
    this.#forget(waiting.info.key);
    if (this.#readyMs(waiting) > this.#nowMs) {
      this.#backoff.put(waiting.info.key, waiting);
      if (this.#backoff.peek() === waiting) this.#armBackoff();
    } else this.#enqueue(waiting);
  }

  #enqueue(waiting: Waiting): void {
    const { info } = waiting;
    for (const plugin of this.#options.profileOf(info)?.preEnqueue ?? []) {
      const status = plugin.preEnqueue?.(info);
      if (status === undefined) continue;
      this.#wait({ ...waiting, plugins: new Set([plugin.name]) });
      this.#options.gated(info, status);
      return;
    }
    this.#active.put(info.key, waiting);
    this.#wake?.();
  }

  #wait(waiting: Waiting): void {
    const { key } = waiting.info;
    this.#unschedulable.set(key, waiting);
    for (const plugin of waiting.plugins) {
      const keys = this.#byPlugin.get(plugin) ?? new Set();
      this.#byPlugin.set(plugin, keys.add(key));
    }
  }

  #forget(key: string): void {
    const waiting = this.#unschedulable.get(key);
    if (waiting === undefined) return;
    this.#unschedulable.delete(key);
    for (const plugin of waiting.plugins) {
      const keys = this.#byPlugin.get(plugin);
      keys?.delete(key);
      if (keys?.size === 0) this.#byPlugin.delete(plugin);
    }
  }

  #armBackoff(): void {
    this.#backoffTimer?.cancel();
    const next = this.#backoff.peek();
    if (next === undefined || this.#closed) return;
    const delayMs = Math.max(0, this.#readyMs(next) - this.#nowMs);
    this.#backoffTimer = this.#options.world.timers.setTimeout(() => this.#backoffOver(), delayMs);
  }

  #backoffOver(): void {
    for (let next = this.#backoff.peek(); next !== undefined; next = this.#backoff.peek()) {
      if (this.#readyMs(next) > this.#nowMs) break;
      this.#backoff.take();
      this.#enqueue(next);
    }
    this.#armBackoff();
  }

  #flush(): void {
    for (const waiting of [...this.#unschedulable.values()]) {
      if (this.#nowMs - waiting.triedMs >= unschedulableMs) this.#requeue(waiting);
    }
  }

  #remember(event: ClusterEvent): void {
    this.#events.push(event);
    if (this.#events.length % 1_000 !== 0) return;
    let oldest = this.#eventsStart + this.#events.length;
    for (const { from } of this.#inFlight.values()) if (from >= 0) oldest = Math.min(oldest, from);
    const forced = this.#events.length - eventsMax;
    this.#dropEvents(Math.max(oldest - this.#eventsStart, forced));
  }

  #dropEvents(count: number): void {
    if (count <= 0) return;
    this.#events = this.#events.slice(count);
    this.#eventsStart += count;
  }
}

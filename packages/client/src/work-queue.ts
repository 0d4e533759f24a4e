import { ApiError } from '@kubelab/api';
import { isSampled, type Logger, type Span, type Traceparent, type Tracer } from '@kubelab/telemetry';
import type { Timer, World } from '@kubelab/world';

const backoffMinMs = 5;
const backoffMaxMs = 30_000;

/** Sampled events that wait to be answered with one reconcile and are named in it; older ones are left out. */
const earlierMax = 16;
const noTraces: readonly Traceparent[] = [];

export interface Cause {
  readonly trace: Traceparent;
  readonly earlier: readonly Traceparent[];
}

/**
 * Keys to be worked on (client-go's workqueue). `dirty`: to be done; `processing`: being done. A key added
 * while it is being done is done once more afterwards; added
 * twice before it is begun, it is done once. So one key is never worked on by two workers, and no change is
 * missed.
 */
export class WorkQueue {
  readonly #world: World;
  #ready: string[] = [];
  readonly #dirty = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #delayed = new Map<string, { readonly atMs: number; readonly timer: Timer }>();
  readonly #traces = new Map<string, Cause>();
  #waiters: ((key: string | undefined) => void)[] = [];
  #stopped = false;

  constructor(world: World) {
    this.#world = world;
  }

  get length(): number {
    return this.#ready.length;
  }

  add(key: string, trace?: Traceparent): void {
    if (this.#stopped) return;
    if (trace !== undefined) this.#note(key, trace);
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#processing.has(key)) this.#enqueue(key);
  }

  /** The earlier of two times for one key counts. */
  addAfter(key: string, delayMs: number, trace?: Traceparent): void {
    if (this.#stopped) return;
    const atMs = this.#world.clock.monotonicMs() + delayMs;
    const known = this.#delayed.get(key);
    if (known !== undefined && known.atMs <= atMs) return;
    known?.timer.cancel();
    const due = () => {
      this.#delayed.delete(key);
      this.add(key, trace);
    };
    this.#delayed.set(key, { atMs, timer: this.#world.timers.setTimeout(due, delayMs) });
  }

  /** Again, later each time it fails in a row. */
  retry(key: string, trace?: Traceparent): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.addAfter(key, Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.min(failures, 20)), trace);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, to be given back by done(); undefined once the queue is stopped. */
  take(): Promise<string | undefined> {
    if (this.#stopped) return Promise.resolve(undefined);
    const key = this.#ready.shift();
    if (key === undefined) return new Promise((resolve) => this.#waiters.push(resolve));
    return Promise.resolve(this.#begin(key));
  }

  /** The events that put this key here: the latest one's trace (a sampled one before others), and sampled ones before it. */
  causeOf(key: string): Cause | undefined {
    const cause = this.#traces.get(key);
    if (cause !== undefined) this.#traces.delete(key);
    return cause;
  }

  #note(key: string, trace: Traceparent): void {
    const known = this.#traces.get(key);
    if (known === undefined || !isSampled(known.trace)) this.#traces.set(key, { trace, earlier: noTraces });
    else if (isSampled(trace) && trace !== known.trace)
      this.#traces.set(key, { trace, earlier: [...known.earlier.slice(1 - earlierMax), known.trace] });
  }

  done(key: string): void {
    this.#processing.delete(key);
    if (this.#dirty.has(key)) this.#enqueue(key);
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    for (const waiter of this.#waiters.splice(0)) waiter(undefined);
  }

  #begin(key: string): string {
    this.#dirty.delete(key);
    this.#processing.add(key);
    return key;
  }

  #enqueue(key: string): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#ready.push(key);
    else waiter(this.#begin(key));
  }
}

export interface ReconcileResult {
  /** Look again after so long, though nothing may have changed. */
  readonly requeueAfterMs?: number;
}

export type Reconcile = (
  key: string,
  context: { readonly trace: Traceparent | undefined },
) => Promise<ReconcileResult | undefined>;

/**
 * Works on keys until the queue is stopped. What fails is tried again; an error that is no API error is a
 * bug, and is logged as one.
 */
export async function runWorkers(
  queue: WorkQueue,
  reconcile: Reconcile,
  options: {
    readonly workers: number;
    readonly log: Logger;
    readonly name: string;
    readonly tracer?: Tracer;
  },
): Promise<void> {
  const worker = async () => {
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      await reconcileOne(queue, reconcile, key, options);
    }
  };
  await Promise.all(Array.from({ length: options.workers }, worker));
}

async function reconcileOne(
  queue: WorkQueue,
  reconcile: Reconcile,
  key: string,
  { log, name, tracer }: { readonly log: Logger; readonly name: string; readonly tracer?: Tracer },
): Promise<void> {
  const cause = queue.causeOf(key);
  const span = reconcileSpan(tracer, name, key, cause);
  const trace = span?.traceparent ?? cause?.trace;
  try {
    const result = await reconcile(key, { trace });
    span?.end();
    queue.forget(key);
    if (result?.requeueAfterMs !== undefined) queue.addAfter(key, result.requeueAfterMs);
  } catch (error) {
    span?.end(error);
    if (isNamespaceEnding(error)) {
      // What is to be made there goes with the namespace.
      log.debug({ controller: name, key, trace, error: error.message }, 'reconcile is given up');
      queue.forget(key);
      return;
    }
    const expected =
      error instanceof ApiError && (error.code === 409 || error.code === 404 || error.code >= 500);
    if (expected)
      log.debug({ controller: name, key, trace, error: error.message }, 'reconcile is tried again');
    else log.error({ controller: name, key, trace, error }, 'reconcile failed; it is tried again');
    queue.retry(key, trace);
  } finally {
    queue.done(key);
  }
}

/** A namespace that is being deleted takes nothing new, and never will. */
function isNamespaceEnding(error: unknown): error is ApiError {
  const causes = error instanceof ApiError ? (error.status.details?.causes ?? []) : [];
  return causes.some(({ reason }) => reason === 'NamespaceTerminating');
}

/** A child of the event that caused it, with links to those that came while the key waited. */
function reconcileSpan(
  tracer: Tracer | undefined,
  name: string,
  key: string,
  cause: Cause | undefined,
): Span | undefined {
  const span = tracer?.start('reconcile', 'consumer', cause?.trace);
  if (span === undefined) return undefined;
  span.rename(`reconcile ${name}`);
  span.set('k8s.object', key);
  for (const earlier of cause?.earlier ?? noTraces) span.link(earlier);
  return span;
}

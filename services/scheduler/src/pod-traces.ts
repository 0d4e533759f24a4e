import { isSampled, type Span, type Traceparent, type Tracer } from '@kubelab/telemetry';
import type { Profile } from './framework/profile.js';
import { type PluginTimes, timedProfile } from './framework/timed-profile.js';

/** Sampled pods that wait for a node; of more, the oldest is forgotten. */
const podsMax = 4_096;

/** By pod: the context of the latest write, then of the scheduling cycle, then of the binding. Only sampled ones are kept. */
export class PodTraces {
  readonly #tracer: Tracer | undefined;
  readonly #byKey = new Map<string, Traceparent>();

  constructor(tracer: Tracer | undefined) {
    this.#tracer = tracer;
  }

  note(key: string, trace: Traceparent | undefined): void {
    if (!isSampled(trace)) return;
    this.#byKey.set(key, trace);
    if (this.#byKey.size <= podsMax) return;
    const [oldest] = this.#byKey.keys();
    if (oldest !== undefined) this.#byKey.delete(oldest);
  }

  of(key: string): Traceparent | undefined {
    return this.#byKey.size === 0 ? undefined : this.#byKey.get(key);
  }

  forget(key: string): void {
    if (this.#byKey.size > 0) this.#byKey.delete(key);
  }

  /** A span below the pod's context, which becomes the pod's. */
  begin(name: string, key: string): Span | undefined {
    const span = this.#tracer?.start(name, 'internal', this.of(key));
    if (span === undefined) return undefined;
    span.set('k8s.object', key);
    this.#byKey.set(key, span.traceparent);
    return span;
  }

  /** A scheduling cycle, with the time of each plugin in its span. */
  cycle<T>(key: string, profile: Profile, now: () => number, run: (profile: Profile) => T): T {
    const span = this.begin('scheduling cycle', key);
    if (span === undefined) return run(profile);
    const times: PluginTimes = new Map();
    try {
      return run(timedProfile(profile, now, times));
    } finally {
      for (const [plugin, tookMs] of times) span.set(`scheduler.plugin.${plugin}_ms`, round(tookMs));
      span.end();
    }
  }
}

function round(tookMs: number): number {
  return Math.round(tookMs * 1_000) / 1_000;
}

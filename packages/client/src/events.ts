import { ApiError, type Event, eventKind, type KubeObject, timestamp } from '@kubelab/api';
import type { Logger, Traceparent } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { type Client, isNotFound, type KindClient } from './client.js';

/** Events that wait to be written; more are dropped, and counted in the log. */
const queueMax = 1_000;
/** Similar events are one object whose count goes up; so many of them are remembered. */
const rememberedMax = 2_000;

export interface EventInput {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `spec.containers{web}` */
  readonly fieldPath?: string;
  readonly trace?: Traceparent | undefined;
}

interface RecorderOptions {
  readonly world: World;
  readonly log: Logger;
  readonly client: Client;
  readonly component: string;
  readonly host?: string;
}

/**
 * Writes Events beside the work: in order, best effort, similar ones counted in one object (as client-go's
 * correlator).
 */
export class EventRecorder {
  readonly #world: World;
  readonly #log: Logger;
  readonly #events: KindClient<Event>;
  readonly #source: { readonly component: string; readonly host?: string };
  readonly #options: RecorderOptions;
  readonly #others = new Map<string, EventRecorder>();
  readonly #known = new Map<string, { readonly name: string; count: number }>();
  #queue: { readonly object: KubeObject; readonly input: EventInput }[] = [];
  #lastNanos = 0n;
  #writing = false;
  #dropped = 0;
  #stopped = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#world = options.world;
    this.#log = options.log;
    this.#events = options.client.for<Event>(eventKind);
    this.#source =
      options.host === undefined
        ? { component: options.component }
        : { component: options.component, host: options.host };
  }

  record(object: KubeObject, input: EventInput): void {
    if (this.#stopped) return;
    if (this.#queue.length >= queueMax) {
      this.#dropped += 1;
      return;
    }
    this.#queue.push({ object, input });
    if (!this.#writing) void this.#write();
  }

  /** The same under another name, which ends with this one: each controller signs its own events. */
  as(component: string): EventRecorder {
    const known = this.#others.get(component);
    if (known !== undefined) return known;
    const other = new EventRecorder({ ...this.#options, component });
    this.#others.set(component, other);
    return other;
  }

  stop(): void {
    for (const other of this.#others.values()) other.stop();
    this.#stopped = true;
    this.#queue = [];
  }

  async #write(): Promise<void> {
    this.#writing = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      try {
        await this.#writeOne(next.object, next.input);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.#log.debug({ reason: next.input.reason, error: error.message }, 'an event was not written');
      }
    }
    this.#writing = false;
    if (this.#dropped > 0)
      this.#log.warn({ dropped: this.#dropped }, 'too many events at once; some were dropped');
    this.#dropped = 0;
  }

  async #writeOne(object: KubeObject, input: EventInput): Promise<void> {
    const namespace = object.metadata.namespace ?? 'default';
    const key = [
      object.metadata.uid,
      object.metadata.name,
      input.type,
      input.reason,
      input.message,
      input.fieldPath,
    ].join('\0');
    const known = this.#known.get(key);
    const now = timestamp(this.#world.clock.nowMs());
    if (known !== undefined) {
      known.count += 1;
      try {
        await this.#events.patch(
          { namespace, name: known.name },
          'merge',
          { count: known.count, lastTimestamp: now },
          { trace: input.trace },
        );
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error; // Its hour is over: it is written anew.
      }
    }
    const name = `${object.metadata.name}.${this.#nextNanos().toString(16)}`;
    await this.#events.create(this.#event(object, input, { namespace, name }, now), { trace: input.trace });
    this.#remember(key, name);
  }

  /** Names of events are in the order of their making, so lists of them are too: client-go's are nanoseconds. */
  #nextNanos(): bigint {
    const now = BigInt(Math.floor(this.#world.clock.nowMs())) * 1_000_000n;
    // Chance keeps recorders apart that write of one object in one millisecond.
    const later = this.#lastNanos < now ? now : this.#lastNanos + 1n;
    this.#lastNanos = later + BigInt(this.#world.random.int(1_000));
    return this.#lastNanos;
  }

  #remember(key: string, name: string): void {
    this.#known.set(key, { name, count: 1 });
    const [oldest] = this.#known.keys();
    if (this.#known.size > rememberedMax && oldest !== undefined) this.#known.delete(oldest);
  }

  #event(
    object: KubeObject,
    input: EventInput,
    metadata: { namespace: string; name: string },
    now: string,
  ): Event {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata,
      involvedObject: {
        apiVersion: object.apiVersion,
        kind: object.kind,
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
        ...(input.fieldPath === undefined ? {} : { fieldPath: input.fieldPath }),
      },
      type: input.type,
      reason: input.reason,
      message: input.message,
      source: { ...this.#source },
      reportingComponent: this.#source.component,
      reportingInstance: this.#source.host ?? '',
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
  }
}

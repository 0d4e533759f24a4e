import type { Traceparent, Tracer } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { Entry } from '../raft/types.js';
import { sampledTraceOf } from '../state/entry-trace.js';

/** Entries that are followed from append to commit at a time; of more, only append and apply are told. */
const followedMax = 1_024;

/**
 * What one member does for a sampled write: append with fsync, the wait for the quorum, apply. Every span is a leaf below the
 * context in the entry, which is the apiserver's: a member that dies takes nothing along that others' spans hang on.
 */
export class RaftSpans {
  readonly #tracer: Tracer;
  readonly #clock: World['clock'];
  readonly #durableMs = new Map<number, number>();

  constructor(tracer: Tracer, world: Pick<World, 'clock'>) {
    this.#tracer = tracer;
    this.#clock = world.clock;
  }

  /** Before the write; to be called when it is durable. Undefined where nothing is sampled. */
  append(entries: readonly Entry[], role: string): (() => void) | undefined {
    const sampled = this.#sampled(entries);
    if (sampled === undefined) return undefined;
    const startMs = this.#clock.monotonicMs();
    return () => {
      for (const { trace, index, term } of sampled) {
        const facts = {
          'raft.index': index,
          'raft.term': term,
          'raft.role': role,
          'raft.entries': entries.length,
        };
        this.#tracer.record('raft append+fsync', trace, startMs, facts);
        if (this.#durableMs.size < followedMax) this.#durableMs.set(index, this.#clock.monotonicMs());
      }
    };
  }

  /** Before they are applied; to be called after. */
  apply(committed: readonly Entry[]): (() => void) | undefined {
    const sampled = this.#sampled(committed);
    if (sampled === undefined) {
      if (this.#durableMs.size >= followedMax) this.#durableMs.clear();
      return undefined;
    }
    const nowMs = this.#clock.monotonicMs();
    for (const { trace, index, term } of sampled) {
      const facts = { 'raft.index': index, 'raft.term': term };
      // Where the quorum had it before this member's own disk did, there was nothing to wait for.
      this.#tracer.record('raft commit', trace, this.#durableMs.get(index) ?? nowMs, facts);
      this.#durableMs.delete(index);
    }
    return () => {
      for (const { trace, index } of sampled)
        this.#tracer.record('raft apply', trace, nowMs, { 'raft.index': index });
    };
  }

  #sampled(entries: readonly Entry[]): SampledEntry[] | undefined {
    let found: SampledEntry[] | undefined;
    for (const { index, term, type, data } of entries) {
      const trace = type === 'normal' ? sampledTraceOf(data) : undefined;
      if (trace === undefined) continue;
      found ??= [];
      found.push({ trace, index, term });
    }
    return found;
  }
}

interface SampledEntry {
  readonly trace: Traceparent;
  readonly index: number;
  readonly term: number;
}

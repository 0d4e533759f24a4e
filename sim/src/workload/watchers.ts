import { prefixEnd, type Store, StoreError } from '@kubelab/store';
import type { World } from '@kubelab/world';
import { type WatchedEvent, WatchRecord } from '../checker/index.js';
import type { Recorder } from './recorder.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface WatcherParts {
  readonly name: string;
  readonly world: World;
  readonly store: Store;
  readonly recorder: Recorder;
  /** Of all keys that the workload touches; and of those this one watches. */
  readonly prefix: string;
  readonly watched: string;
  readonly startRevision: number;
  /** Leaves after a while of up to so long and comes back where it was; absent: stays. */
  readonly leaveAfterMsMax?: number;
  readonly stop: AbortSignal;
}

/** Watches until it is stopped; what it saw is in the recorder. */
export async function runWatcher(parts: WatcherParts): Promise<void> {
  const { name, world, recorder, stop } = parts;
  let record = begin(parts, name, parts.startRevision, parts.watched === parts.prefix);
  for (let turn = 1; !stop.aborted; turn += 1) {
    const outcome = await watchOnce(parts, record);
    if (outcome === 'left') {
      await world.timers.sleep(world.random.next() * 200);
      continue;
    }
    if (outcome === 'stopped') return;
    // Its history was compacted away: legal only when somebody asked for that.
    const next = record.complete + 1;
    if (outcome.compactRevision > recorder.compactedTo || outcome.compactRevision <= next - 1) {
      recorder.fail(
        'watch',
        `${name} wanted revision ${next} and was told that all before ${outcome.compactRevision} is compacted; asked for was ${recorder.compactedTo} at most`,
      );
      return;
    }
    record.compactRevision = outcome.compactRevision;
    record = begin(parts, `${name} (${turn})`, outcome.compactRevision, false);
  }
}

function begin(
  { recorder, watched }: WatcherParts,
  name: string,
  startRevision: number,
  ofEverything: boolean,
): WatchRecord {
  const matches = (key: string) => key.startsWith(watched);
  const record = new WatchRecord({ name, startRevision, ofEverything, matches });
  recorder.watches.push(record);
  return record;
}

type Outcome = 'left' | 'stopped' | { readonly compactRevision: number };

async function watchOnce(parts: WatcherParts, record: WatchRecord): Promise<Outcome> {
  const { world, store, watched, leaveAfterMsMax, stop, recorder, name } = parts;
  const key = encoder.encode(watched);
  const leave = new AbortController();
  const stopped = () => leave.abort();
  stop.addEventListener('abort', stopped, { once: true });
  const timer =
    leaveAfterMsMax === undefined
      ? undefined
      : world.timers.setTimeout(() => leave.abort(), world.random.next() * leaveAfterMsMax);
  try {
    const watch = store.watch(
      { key, rangeEnd: prefixEnd(key), startRevision: record.complete + 1 },
      { signal: leave.signal },
    );
    for await (const { events, header, fragment } of watch) {
      const seen = events.map(
        ({ type, kv }): WatchedEvent => ({
          type,
          key: decoder.decode(kv.key),
          value: type === 'put' ? decoder.decode(kv.value) : '',
          revision: kv.modRevision,
        }),
      );
      record.response(fragment === true ? header.revision - 1 : header.revision, seen);
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === 'compacted') return { compactRevision: error.compactRevision ?? 0 };
    if (!leave.signal.aborted) recorder.fail('watch', `${name} ended: ${error.message}`);
  } finally {
    timer?.cancel();
    stop.removeEventListener('abort', stopped);
  }
  return stop.aborted ? 'stopped' : 'left';
}

export interface CompactorParts {
  readonly name: string;
  readonly world: World;
  readonly store: Store;
  readonly recorder: Recorder;
  readonly prefix: string;
  readonly everyMs: number;
  /** Revisions that are left. */
  readonly keep: number;
  readonly stop: () => boolean;
}

/** Compacts now and then, and reads at the very revision that must still be there. */
export async function runCompactor(parts: CompactorParts): Promise<void> {
  const { name, world, store, recorder, prefix, everyMs, keep, stop } = parts;
  const key = encoder.encode(prefix);
  const range = { key, rangeEnd: prefixEnd(key) };
  while (!stop()) {
    await world.timers.sleep(everyMs * (0.5 + world.random.next()));
    if (stop()) return;
    try {
      const { header } = await store.range({ key, countOnly: true }, { deadlineMs: 3_000 });
      const revision = header.revision - keep;
      if (revision <= recorder.compactedTo) continue;
      recorder.compactedTo = revision;
      await store.compact(revision, { deadlineMs: 3_000 });
      const response = await store.range({ ...range, revision }, { deadlineMs: 3_000 });
      // Its header names the revision of now; what was asked for is the one that it shows.
      recorder.read(
        name,
        (other) => other.startsWith(prefix),
        { ...response, header: { ...response.header, revision } },
        undefined,
      );
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.code === 'compacted' && (error.compactRevision ?? 0) > recorder.compactedTo)
        recorder.fail(
          'compaction',
          `${name}: ${error.message}; asked for was ${recorder.compactedTo} at most`,
        );
    }
  }
}

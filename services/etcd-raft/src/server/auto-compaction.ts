import { StoreError } from '@kubelab/store';
import type { Timer } from '@kubelab/world';
import { proposeInternally, type ServerParts } from './parts.js';

/** As etcd's --auto-compaction-mode and --auto-compaction-retention. */
export type AutoCompaction =
  | { readonly mode: 'off' }
  /** History of this long is kept. */
  | { readonly mode: 'periodic'; readonly retentionMs: number }
  /** So many revisions are kept. */
  | { readonly mode: 'revision'; readonly retention: number };

/** A periodic compaction comes this often a retention, an hour apart at most. */
const samplesPerRetention = 10;
const periodMaxMs = 3_600_000;
const periodMinMs = 100;
const revisionCheckMs = 300_000;

/** The leader drops old history by itself. Each member notes what was current when, so that any of them can take over. */
export class AutoCompactor {
  readonly #parts: ServerParts;
  readonly #keep: AutoCompaction;
  readonly #ticker: Timer | undefined;
  #samples: { readonly atMs: number; readonly revision: number }[] = [];

  constructor(parts: ServerParts, keep: AutoCompaction) {
    this.#parts = parts;
    this.#keep = keep;
    const periodMs =
      keep.mode === 'periodic'
        ? Math.max(periodMinMs, Math.min(periodMaxMs, keep.retentionMs / samplesPerRetention))
        : revisionCheckMs;
    if (keep.mode !== 'off') this.#ticker = parts.world.timers.setInterval(() => this.#check(), periodMs);
  }

  close(): void {
    this.#ticker?.cancel();
  }

  #check(): void {
    const { node, state, telemetry } = this.#parts;
    const revision = this.#due();
    if (revision <= state.store.compactRevision || node.status().role !== 'leader') return;
    proposeInternally(this.#parts, { type: 'compact', revision }).then(
      () => telemetry.log.info({ revision }, 'history was compacted'),
      (error: unknown) => {
        const late = error instanceof StoreError && error.code === 'compacted';
        if (!late) telemetry.log.warn({ error, revision }, 'automatic compaction failed; it comes again');
      },
    );
  }

  /** Up to which revision history has had its time. */
  #due(): number {
    const { store } = this.#parts.state;
    if (this.#keep.mode === 'revision') return store.revision - this.#keep.retention;
    if (this.#keep.mode === 'off') return 0;
    const nowMs = this.#parts.world.clock.monotonicMs();
    const { retentionMs } = this.#keep;
    this.#samples.push({ atMs: nowMs, revision: store.revision });
    const old = this.#samples.findLastIndex(({ atMs }) => nowMs - atMs >= retentionMs);
    if (old < 0) return 0;
    this.#samples = this.#samples.slice(old);
    return this.#samples[0]?.revision ?? 0;
  }
}

/** `1h`, `30m`, `10s`, or a number, which is of hours (periodic) or revisions. Throws for anything else. */
export function readAutoCompaction(mode: string, retention: string): AutoCompaction {
  if (mode !== 'periodic' && mode !== 'revision')
    throw new Error(`--auto-compaction-mode is periodic or revision, not '${mode}'`);
  if (/^0*$/.test(retention)) return { mode: 'off' };
  if (mode === 'revision') {
    if (!/^\d+$/.test(retention))
      throw new Error(`--auto-compaction-retention is a number of revisions, not '${retention}'`);
    return { mode, retention: Number(retention) };
  }
  const retentionMs = /^\d+$/.test(retention) ? Number(retention) * periodMaxMs : readDuration(retention);
  if (retentionMs === undefined)
    throw new Error(`--auto-compaction-retention is a time such as 1h or 30m, not '${retention}'`);
  return retentionMs === 0 ? { mode: 'off' } : { mode, retentionMs };
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** As Go writes durations: `1h30m`, `500ms`. */
export function readDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
  let sumMs = 0;
  for (const [, number, unit] of parts) sumMs += Number(number) * (unitsMs[unit ?? ''] ?? 0);
  return sumMs;
}

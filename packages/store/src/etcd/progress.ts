import {
  type KeyRange,
  type RangeRequest,
  type RangeResponse,
  StoreError,
  type StoreEvent,
  type WatchRequest,
} from '../contract.js';
import { storeError } from '../errors.js';

/**
 * Whether a server of this version answers a request for progress in turn with its events. Older ones answer with the store's
 * revision at once, ahead of events that are still on their way (etcd issue 15220, mended in 3.4.25 and 3.5.8); of a server
 * that does not say what it is, nothing is assumed.
 */
export function answersProgressInTurn(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map(Number);
  if (major !== 3) return major > 3;
  if (minor === 4) return patch >= 25;
  if (minor === 5) return patch >= 8;
  return minor > 5;
}

export interface ProgressSource {
  /** Of the member that serves the watch. */
  version(): Promise<string>;
  range(request: RangeRequest): Promise<RangeResponse>;
}

/**
 * Checks what an old server says of a watch's progress against the keys themselves: all events up to a revision were delivered
 * if at that revision no key is newer than what was delivered, and there are as many keys as the delivered events left. What
 * this cannot see is a key that was made and removed in between: its two events may come after the progress that it confirms.
 * Of a watch that does not get all events it confirms nothing. One for each stream.
 */
export class ProgressCheck {
  readonly #source: ProgressSource;
  readonly #range: KeyRange;
  readonly #filtered: boolean;
  #exact: Promise<boolean> | undefined;
  /** Keys in the range after the last delivered event; undefined before the first check. */
  #keys: number | undefined;

  constructor(source: ProgressSource, { key, rangeEnd, filters = [] }: WatchRequest) {
    this.#source = source;
    this.#range = rangeEnd === undefined ? { key } : { key, rangeEnd };
    this.#filtered = filters.length > 0;
  }

  isExact(): Promise<boolean> {
    this.#exact ??= this.#source.version().then(answersProgressInTurn);
    return this.#exact;
  }

  delivered(events: readonly StoreEvent[]): void {
    if (this.#keys === undefined) return;
    for (const { type, kv } of events) {
      if (type === 'delete') this.#keys -= 1;
      else if (kv.version === 1) this.#keys += 1;
    }
  }

  /**
   * All events of revisions from `from` (the first that may not have been delivered) through `through` were. Rejects with
   * `compacted` when that can no longer be told.
   */
  async holds({ from, through }: { readonly from: number; readonly through: number }): Promise<boolean> {
    if (through < from) return true;
    if (this.#filtered) return false;
    this.#keys ??= await this.#keysAt(from - 1);
    try {
      const newer = { ...this.#range, minModRevision: from, keysOnly: true, limit: 1, revision: through };
      const { kvs, count } = await this.#source.range(newer);
      return kvs.length === 0 && count === this.#keys;
    } catch (error) {
      // The next answer will be of a newer revision.
      if (isCompacted(error)) return false;
      throw error;
    }
  }

  async #keysAt(revision: number): Promise<number> {
    if (revision === 0) return 0;
    try {
      return (await this.#source.range({ ...this.#range, countOnly: true, revision })).count;
    } catch (error) {
      // etcd does not say to where; at least it is this one.
      if (isCompacted(error)) throw storeError('compacted', { compactRevision: revision + 1, cause: error });
      throw error;
    }
  }
}

function isCompacted(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'compacted';
}

/** An answered operation, with the store's revision that its answer carried. */
export interface RevisionEntry {
  readonly client: string;
  readonly what: string;
  readonly calledAtMs: number;
  readonly returnedAtMs: number;
  readonly revision: number;
  /** It changed something: the revision is its own. */
  readonly changed: boolean;
}

/**
 * Revisions are one order of all writes over all keys (strict serializability): an operation that was called after another
 * was answered has seen its revision, and a write has a later one. Gives what is wrong, or undefined.
 */
export function checkRevisions(entries: readonly RevisionEntry[]): string | undefined {
  const owners = new Map<number, RevisionEntry>();
  for (const entry of entries) {
    if (!entry.changed) continue;
    const other = owners.get(entry.revision);
    if (other !== undefined)
      return `revision ${entry.revision} was given twice: ${tell(other)}; ${tell(entry)}`;
    owners.set(entry.revision, entry);
  }
  const byCall = [...entries].sort((a, b) => a.calledAtMs - b.calledAtMs);
  const byReturn = [...entries].sort((a, b) => a.returnedAtMs - b.returnedAtMs);
  let returned = 0;
  let highest: RevisionEntry | undefined;
  for (const entry of byCall) {
    for (
      let next = byReturn[returned];
      next !== undefined && next.returnedAtMs < entry.calledAtMs;
      next = byReturn[returned]
    ) {
      if (highest === undefined || next.revision > highest.revision) highest = next;
      returned += 1;
    }
    if (highest === undefined) continue;
    if (entry.revision < highest.revision || (entry.changed && entry.revision === highest.revision))
      return `${tell(entry)} was called after ${tell(highest)} was answered`;
  }
  return undefined;
}

function tell({ client, what, revision, calledAtMs, returnedAtMs }: RevisionEntry): string {
  return `${client} ${what} (revision ${revision}, ${calledAtMs.toFixed(1)} to ${returnedAtMs.toFixed(1)} ms)`;
}

/** Reads of one member's own state may be old; they never go back (monotonic reads). */
export class MonotonicReads {
  readonly #seen = new Map<string, number>();

  /** `reader`: one client's session with one incarnation of a member. Gives what is wrong, or undefined. */
  read(reader: string, revision: number): string | undefined {
    const before = this.#seen.get(reader) ?? 0;
    if (revision < before) return `${reader} read revision ${revision} after ${before}`;
    this.#seen.set(reader, revision);
    return undefined;
  }
}

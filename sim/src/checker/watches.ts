/** One event of a watch, as a client received it. */
export interface WatchedEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly value: string;
  readonly revision: number;
}

export interface WatchOptions {
  readonly name: string;
  readonly matches: (key: string) => boolean;
  /** Every key that the workload touches matches, and none was touched before its start. */
  readonly ofEverything: boolean;
  /** The first revision asked for. */
  readonly startRevision: number;
}

/**
 * What one watch delivered, over all of its reconnects: revisions in order, no key twice in one, nothing after it was said
 * to be complete. Whether something is missing only the history tells: checkWatches().
 */
export class WatchRecord {
  readonly options: WatchOptions;
  readonly events: WatchedEvent[] = [];
  /** Every event up to this revision was delivered, the watch says. */
  complete: number;
  /** The watch was told that its history is gone up to here. */
  compactRevision: number | undefined;
  violation: string | undefined;
  #last = 0;
  #keysOfLast = new Set<string>();

  constructor(options: WatchOptions) {
    this.options = options;
    this.complete = options.startRevision - 1;
  }

  response(headerRevision: number, events: readonly WatchedEvent[]): void {
    for (const event of events) this.#event(event, headerRevision);
    if (headerRevision > this.complete) this.complete = headerRevision;
  }

  #event(event: WatchedEvent, headerRevision: number): void {
    const { name, startRevision, matches } = this.options;
    const { revision, key } = event;
    const wrong = (what: string) => {
      this.violation ??= `${name}: ${event.type} ${key} of revision ${revision} ${what}`;
    };
    if (revision < startRevision) wrong(`came though the watch began at ${startRevision}`);
    if (!matches(key)) wrong('is not of its range');
    if (revision < this.#last) wrong(`came after revision ${this.#last}`);
    else if (revision === this.#last && this.#keysOfLast.has(key)) wrong('came twice');
    else if (revision <= this.complete && revision !== this.#last)
      wrong(`came after ${this.complete} was complete`);
    if (revision > headerRevision) wrong(`came in a response of revision ${headerRevision}`);
    if (revision !== this.#last) {
      this.#last = Math.max(revision, this.#last);
      this.#keysOfLast = new Set();
    }
    this.#keysOfLast.add(key);
    this.events.push(event);
  }
}

/** A write that was acknowledged, with the revision that its answer named. */
export interface AcknowledgedWrite {
  readonly key: string;
  /** undefined: deleted. */
  readonly value: string | undefined;
  readonly revision: number;
}

/**
 * Holds watches against each other and against the writers: what any watch or writer knows of a revision is the history.
 * Every watch must have had each event of its range, from its start to where it says it is complete, and nothing else.
 * Gives what is wrong, or undefined.
 */
export function checkWatches(
  watches: readonly WatchRecord[],
  writes: readonly AcknowledgedWrite[],
): string | undefined {
  const history = new Map<string, { readonly event: WatchedEvent; readonly source: string }>();
  const idOf = (event: WatchedEvent) => `${event.revision} ${event.key}`;
  for (const { key, value, revision } of writes) {
    const event: WatchedEvent = {
      type: value === undefined ? 'delete' : 'put',
      key,
      value: value ?? '',
      revision,
    };
    history.set(idOf(event), { event, source: 'its writer' });
  }
  for (const watch of watches) {
    if (watch.violation !== undefined) return watch.violation;
    for (const event of watch.events) {
      const known = history.get(idOf(event));
      if (known === undefined) history.set(idOf(event), { event, source: watch.options.name });
      else if (known.event.type !== event.type || known.event.value !== event.value)
        return `${watch.options.name} saw ${tell(event)}, ${known.source} ${tell(known.event)}`;
    }
  }
  const inOrder = [...history.values()].sort((a, b) => a.event.revision - b.event.revision);
  for (const watch of watches) {
    const missing = missingOf(watch, inOrder);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function missingOf(
  { options, events, complete }: WatchRecord,
  history: readonly { readonly event: WatchedEvent; readonly source: string }[],
): string | undefined {
  const seen = new Set(events.map((event) => `${event.revision} ${event.key}`));
  for (const { event, source } of history) {
    if (event.revision < options.startRevision || event.revision > complete || !options.matches(event.key))
      continue;
    if (!seen.has(`${event.revision} ${event.key}`))
      return `${options.name} says it is complete up to ${complete} and has not seen ${tell(event)}, which ${source} knows`;
  }
  return undefined;
}

function tell({ type, key, value, revision }: WatchedEvent): string {
  return `${type} ${key}${type === 'put' ? ` = ${value}` : ''} at revision ${revision}`;
}

import type { AcknowledgedWrite, WatchedEvent, WatchRecord } from './watches.js';

/** A read, linearizable or not, with the revision that it was answered at. */
export interface RevisionRead {
  readonly client: string;
  readonly matches: (key: string) => boolean;
  readonly revision: number;
  readonly found: readonly { readonly key: string; readonly value: string; readonly modRevision: number }[];
}

/**
 * Whatever was read at a revision, however old, is what stood there at that revision. Held against what the watches (and
 * writers) know, as far as a watch of everything reaches. Gives what is wrong, or undefined.
 */
export function checkReads(
  reads: readonly RevisionRead[],
  history: { readonly events: readonly WatchedEvent[]; readonly completeTo: number },
): string | undefined {
  const state = new Map<string, WatchedEvent>();
  const { events, completeTo } = history;
  let at = 0;
  for (const read of [...reads].sort((a, b) => a.revision - b.revision)) {
    if (read.revision > completeTo) return undefined;
    for (let event = events[at]; event !== undefined && event.revision <= read.revision; event = events[at]) {
      if (event.type === 'put') state.set(event.key, event);
      else state.delete(event.key);
      at += 1;
    }
    const wrong = differs(read, state);
    if (wrong !== undefined) return `${read.client} read at revision ${read.revision} ${wrong}`;
  }
  return undefined;
}

function differs(read: RevisionRead, state: ReadonlyMap<string, WatchedEvent>): string | undefined {
  const found = new Map(read.found.map((kv) => [kv.key, kv]));
  for (const { key, value, modRevision } of read.found) {
    const event = state.get(key);
    if (event === undefined) return `${key} = ${value}, which was not there`;
    if (event.value !== value || event.revision !== modRevision)
      return `${key} = ${value} of revision ${modRevision}; it was ${event.value} of revision ${event.revision}`;
  }
  for (const [key, event] of state)
    if (read.matches(key) && !found.has(key))
      return `no ${key}; it was ${event.value} of revision ${event.revision}`;
  return undefined;
}

/** All that is known, in order of revisions; `completeTo`: up to where a watch of everything from the beginning reaches. */
export function historyOf(
  watches: readonly WatchRecord[],
  writes: readonly AcknowledgedWrite[],
): { readonly events: readonly WatchedEvent[]; readonly completeTo: number } {
  const events = new Map<string, WatchedEvent>();
  for (const watch of watches)
    for (const event of watch.events) events.set(`${event.revision} ${event.key}`, event);
  for (const { key, value, revision } of writes)
    events.set(`${revision} ${key}`, {
      type: value === undefined ? 'delete' : 'put',
      key,
      value: value ?? '',
      revision,
    });
  const whole = watches.filter((watch) => watch.options.ofEverything);
  return {
    events: [...events.values()].sort((a, b) => a.revision - b.revision),
    completeTo: Math.max(0, ...whole.map((watch) => watch.complete)),
  };
}

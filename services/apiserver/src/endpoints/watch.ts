import { ApiError, type KindInfo, statusErrors } from '@kubelab/api';
import type { Timer, World } from '@kubelab/world';
import { ProtobufError } from '../protobuf/reader.js';
import type { Storage } from '../storage/storage.js';
import type { StoredObject } from '../storage/stored-object.js';
import type { CacheEvent, WatchCache } from '../storage/watch-cache.js';
import type { ApiCall, ApiReply, StreamChunk } from './contract.js';
import { EventEncoder, watchType } from './event-encoder.js';
import { EventQueue, queueMax } from './event-queue.js';
import { type Selects, selection } from './list.js';
import { type ListOptions, readListOptions } from './list-options.js';
import { type AcceptedForm, includeObjectOf } from './negotiate.js';

const bookmarkEveryMs = 60_000;
const timeoutSecondsDefault = 1_800;
const initialEventsEnd = 'k8s.io/initial-events-end';
/** Objects of the state that a watch begins with, encoded in one turn of the event loop. */
const initialPerTurn = 100;

export interface WatchParts {
  readonly world: World;
  readonly storage: Storage;
  /** Counts events for /metrics. */
  readonly sent: (kind: KindInfo) => void;
}

/**
 * GET with watch=true: a line of JSON, or a frame of protobuf, per event until the time is up, the caller goes, or the watcher
 * must begin anew.
 *
 * | resourceVersion | sendInitialEvents | begins with                               |
 * | --------------- | ----------------- | ----------------------------------------- |
 * | unset           | unset or true     | the state as new as the store             |
 * | 0               | unset or true     | the state as the cache has it             |
 * | n               | true              | the state, once it is as new as n         |
 * | n               | unset or false    | changes after n                           |
 * | unset, 0        | false             | changes from now on                       |
 *
 * What cannot be served from there is told by an ERROR event, as Kubernetes does: 410 when the changes are no longer kept, 504
 * when the state is not there yet.
 */
export async function watch(
  parts: WatchParts,
  kind: KindInfo,
  scope: { readonly namespace: string; readonly name: string },
  call: ApiCall,
  form: AcceptedForm,
): Promise<ApiReply> {
  const { world, storage } = parts;
  const { selects } = selection(kind, scope.namespace, scope.name, call);
  const options = readListOptions(call.query, 'watch');
  const encode = new EventEncoder(kind, form, includeObjectOf(call), () => world.clock.nowMs());
  const headers = { 'content-type': watchType(form), 'transfer-encoding': 'chunked' };
  try {
    const began = await begin(storage, kind, options, call.signal);
    const body = run(parts, call, options, { ...began, selects, encode });
    return { code: 200, headers, body };
  } catch (error) {
    if (!(error instanceof ApiError) || !['Expired', 'Timeout'].includes(error.reason)) throw error;
    const body = only({ bytes: encode.error(error), trace: undefined });
    return { code: 200, headers, body };
  }
}

interface Beginning {
  readonly cache: WatchCache;
  /** Changes after it are wanted. */
  readonly from: number;
  readonly initial: readonly StoredObject[];
}

async function begin(
  storage: Storage,
  kind: KindInfo,
  options: ListOptions,
  signal: AbortSignal,
): Promise<Beginning> {
  const { resourceVersion, sendInitialEvents } = options;
  const cache = storage.cache(kind);
  const state = sendInitialEvents ?? (resourceVersion === undefined || resourceVersion === 0);
  if (resourceVersion === undefined) await storage.fresh(kind, signal);
  // Changes after what this instance has not heard of yet come when it does.
  else await cache.waitFor(state ? resourceVersion : 0, signal);
  if (state) return { cache, from: cache.revision, initial: cache.all() };
  const from = resourceVersion === undefined || resourceVersion === 0 ? cache.revision : resourceVersion;
  cache.assertKept(from);
  return { cache, from, initial: [] };
}

interface Running extends Beginning {
  readonly selects: Selects;
  readonly encode: EventEncoder;
}

function run(
  { world, storage, sent }: WatchParts,
  call: ApiCall,
  options: ListOptions,
  running: Running,
): AsyncIterable<StreamChunk> {
  const { cache, from, initial, selects, encode } = running;
  const { allowWatchBookmarks: bookmarks, sendInitialEvents } = options;
  const { kind } = cache;
  const queue = new EventQueue();
  const seen = () => Math.max(from, cache.revision);
  const encoded = (event: CacheEvent) => {
    try {
      return change(event, selects, encode);
    } catch (error) {
      // Somebody put into the store what has no protobuf form: the other watchers go on.
      if (!(error instanceof ProtobufError)) throw error;
      queue.finish(encode.error(statusErrors.internal(error.message)));
      return undefined;
    }
  };
  const unsubscribe = cache.subscribe(from, {
    event: (event) => {
      if (event.revision <= from) return;
      const chunk = encoded(event);
      if (chunk === undefined) return;
      sent(kind);
      queue.push(chunk, event.trace);
    },
    ended: () => queue.finish(undefined),
    gone: () => queue.finish(encode.error(statusErrors.expired(`too old resource version: ${seen()}`))),
  });
  const seconds =
    (options.timeoutSeconds ?? 0) === 0
      ? timeoutSecondsDefault * (1 + world.random.next())
      : Math.max(0, options.timeoutSeconds ?? 0);
  const timers: Timer[] = [
    world.timers.setTimeout(
      () => queue.finish(bookmarks ? encode.bookmark(seen()) : undefined),
      seconds * 1000,
    ),
    world.timers.setInterval(
      () => bookmarks && queue.push(encode.bookmark(seen()), undefined),
      bookmarkEveryMs,
    ),
  ];
  const end = () => {
    for (const timer of timers) timer.cancel();
    unsubscribe();
    queue.finish(undefined);
  };
  call.signal.addEventListener('abort', end, { once: true });
  if (call.signal.aborted) end();
  queue.overflow = () => {
    const why = `the watcher is too slow: more than ${queueMax} events wait; begin anew`;
    queue.finish(encode.error(statusErrors.expired(why)));
  };
  const mark =
    sendInitialEvents === true && bookmarks
      ? encode.bookmark(from, { [initialEventsEnd]: 'true' })
      : undefined;
  const state = stateLines(initial, running, () => storage.turn());
  return chunks(state, mark, queue, end);
}

/** Encoded as they are taken: a large state waits as objects, not as bytes, and does not hold up the event loop. */
async function* stateLines(
  initial: readonly StoredObject[],
  { selects, encode }: Pick<Running, 'selects' | 'encode'>,
  turn: () => Promise<void>,
): AsyncGenerator<StreamChunk> {
  for (const [at, stored] of initial.entries()) {
    if ((at + 1) % initialPerTurn === 0) await turn();
    if (selects(stored)) yield { bytes: encode.event('ADDED', stored), trace: stored.trace };
  }
}

async function* chunks(
  state: AsyncIterable<StreamChunk>,
  mark: Uint8Array | undefined,
  queue: EventQueue,
  end: () => void,
): AsyncGenerator<StreamChunk> {
  try {
    yield* state;
    if (mark !== undefined) yield { bytes: mark, trace: undefined };
    yield* queue.drain();
  } finally {
    end();
  }
}

async function* only(chunk: StreamChunk): AsyncGenerator<StreamChunk> {
  yield chunk;
}

/** What an event is to a watcher with a selector: objects come into view and go out of it. */
function change(event: CacheEvent, selects: Selects, encode: EventEncoder): Uint8Array | undefined {
  const { current, previous, revision } = event;
  const was = previous !== undefined && selects(previous);
  const is = current !== undefined && selects(current);
  if (is) return encode.event(was ? 'MODIFIED' : 'ADDED', current);
  return was ? encode.deleted(previous, revision) : undefined;
}

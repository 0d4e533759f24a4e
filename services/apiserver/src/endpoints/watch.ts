import { type ApiError, groupVersionOf, type KindInfo, statusErrors } from '@kubelab/api';
import type { Timer, World } from '@kubelab/world';
import { partialMetadata } from '../printers/partial.js';
import { tableFor } from '../printers/table.js';
import type { Storage } from '../storage/storage.js';
import type { StoredObject } from '../storage/stored-object.js';
import type { CacheEvent } from '../storage/watch-cache.js';
import type { ApiCall, ApiReply, StreamChunk } from './contract.js';
import { type Selects, selection, wholeNumber } from './list.js';
import type { AcceptedForm } from './negotiate.js';

/**
 * Events that wait for one watcher; one that is slower is cut off with 410 and begins anew from where it was.
 */
const queueMax = 10_000;
const queueBytesMax = 64 * 2 ** 20;
const bookmarkEveryMs = 60_000;
const timeoutSecondsDefault = 1_800;
const initialEventsEnd = 'k8s.io/initial-events-end';
const encoder = new TextEncoder();

/**
 * GET with watch=true: a line of JSON per event until the time is up, the caller goes, or the watcher
 * must begin anew.
 */
export async function watch(
  parts: { readonly world: World; readonly storage: Storage },
  kind: KindInfo,
  scope: { readonly namespace: string; readonly name: string },
  call: ApiCall,
  form: AcceptedForm,
): Promise<ApiReply> {
  const { world, storage } = parts;
  const { selects } = selection(kind, scope.namespace, scope.name, call);
  const cache = storage.cache(kind);
  const wanted = wholeNumber('resourceVersion', call.query.resourceVersion?.[0]);
  const sendInitial = call.query.sendInitialEvents?.[0] === 'true';
  const bookmarks =
    call.query.allowWatchBookmarks?.[0] === 'true' || call.query.allowWatchBookmarks?.[0] === '1';
  const timeoutSeconds =
    wholeNumber('timeoutSeconds', call.query.timeoutSeconds?.[0]) ??
    timeoutSecondsDefault * (1 + world.random.next());
  await cache.waitFor(wanted === undefined ? await storage.currentRevision(kind) : wanted, call.signal);
  const encode = new Encoder(kind, form, call.query.includeObject?.[0] ?? 'Metadata', () =>
    world.clock.nowMs(),
  );
  const queue = new EventQueue();
  const state = sendInitial || wanted === undefined || wanted === 0;
  const from = state ? cache.revision : wanted;
  let seen = from;
  if (state)
    for (const stored of cache.all())
      if (selects(stored)) queue.seed(encode.event('ADDED', stored), stored.trace);
  if (sendInitial) queue.push(encode.bookmark(from, { [initialEventsEnd]: 'true' }), undefined);
  const unsubscribe = cache.subscribe(from, {
    event: (event) => {
      seen = event.revision;
      const chunk = change(event, selects, encode);
      if (chunk !== undefined) queue.push(chunk, event.trace);
    },
    progress: (revision) => {
      seen = revision;
    },
    ended: () => queue.finish(undefined),
    gone: () => queue.finish(encode.error(statusErrors.expired(`too old resource version: ${seen}`))),
  });
  const timers: Timer[] = [
    world.timers.setTimeout(
      () => queue.finish(bookmarks ? encode.bookmark(seen) : undefined),
      timeoutSeconds * 1000,
    ),
    world.timers.setInterval(
      () => bookmarks && queue.push(encode.bookmark(seen), undefined),
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
  queue.overflow = () =>
    queue.finish(
      encode.error(
        statusErrors.expired(
          `the watcher is too slow: more than ${queueMax} events wait; begin anew from ${seen}`,
        ),
      ),
    );
  return {
    code: 200,
    headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    body: queue.drain(end),
  };
}

/** What an event is to a watcher with a selector: objects come into view and go out of it. */
function change(event: CacheEvent, selects: Selects, encode: Encoder): Uint8Array | undefined {
  const { current, previous, revision } = event;
  const was = previous !== undefined && selects(previous);
  const is = current !== undefined && selects(current);
  if (is) return encode.event(was ? 'MODIFIED' : 'ADDED', current);
  return was ? encode.deleted(previous, revision) : undefined;
}

/** Events as lines, in the form that the watcher wants. */
class Encoder {
  readonly #kind: KindInfo;
  readonly #form: AcceptedForm;
  readonly #includeObject: string;
  readonly #nowMs: () => number;
  #first = true;

  constructor(kind: KindInfo, form: AcceptedForm, includeObject: string, nowMs: () => number) {
    this.#kind = kind;
    this.#form = form;
    this.#includeObject = includeObject;
    this.#nowMs = nowMs;
  }

  event(type: 'ADDED' | 'MODIFIED', stored: StoredObject): Uint8Array {
    const { form } = this.#form;
    if (form === 'object') {
      return stored.encoded(type, () => encoder.encode(`{"type":"${type}","object":${stored.json}}\n`));
    }
    if (form === 'partial')
      return stored.encoded(`${type} ${form}`, () => line(type, this.#shaped(stored.object)));
    // Rows tell ages as of now, and the first one of a watch tells the columns: not to be shared.
    return line(type, this.#shaped(stored.object));
  }

  /** The object as it was last, with the revision of its end. */
  deleted(previous: StoredObject, revision: number): Uint8Array {
    const { object } = previous;
    const encode = () =>
      line(
        'DELETED',
        this.#shaped({ ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }),
      );
    return this.#form.form === 'table' ? encode() : previous.encoded(`DELETED ${this.#form.form}`, encode);
  }

  bookmark(revision: number, annotations?: Record<string, string>): Uint8Array {
    const metadata = {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(annotations === undefined ? {} : { annotations }),
    };
    const object = { kind: this.#kind.kind, apiVersion: groupVersionOf(this.#kind), metadata };
    if (this.#form.form !== 'table') return line('BOOKMARK', object);
    return line('BOOKMARK', {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: String(revision) },
      columnDefinitions: [],
      rows: [],
    });
  }

  error(error: ApiError): Uint8Array {
    return line('ERROR', error.status);
  }

  #shaped(object: StoredObject['object']): unknown {
    if (this.#form.form === 'object') return object;
    if (this.#form.form === 'partial') return partialMetadata(object);
    const metadata = { resourceVersion: object.metadata.resourceVersion ?? '' };
    const table = tableFor(this.#kind, [object], {
      nowMs: this.#nowMs(),
      includeObject: this.#includeObject,
      metadata,
    });
    // Columns are told once; they do not change on the way.
    const result = this.#first ? table : { ...table, columnDefinitions: [] };
    this.#first = false;
    return result;
  }
}

function line(type: string, object: unknown): Uint8Array {
  return encoder.encode(`${JSON.stringify({ type, object })}\n`);
}

/** Between the cache and one slow reader: bounded. */
class EventQueue {
  #items: StreamChunk[] = [];
  #bytes = 0;
  #wake: (() => void) | undefined;
  #finished = false;
  #itemsMax = queueMax;
  #bytesMax = queueBytesMax;
  overflow: () => void = () => {};

  /** The state that a watch begins with: as large as it is, and on top of the limits. */
  seed(bytes: Uint8Array, trace: string | undefined): void {
    this.#itemsMax += 1;
    this.#bytesMax += bytes.byteLength;
    this.push(bytes, trace);
  }

  push(bytes: Uint8Array, trace: string | undefined): void {
    if (this.#finished) return;
    this.#items.push({ bytes, trace });
    this.#bytes += bytes.byteLength;
    this.#wake?.();
    if (this.#items.length <= this.#itemsMax && this.#bytes <= this.#bytesMax) return;
    this.#items = [];
    this.#bytes = 0;
    this.overflow();
  }

  /** After what waits, the last line (if any), and then the end. */
  finish(last: Uint8Array | undefined): void {
    if (this.#finished) return;
    this.#finished = true;
    if (last !== undefined) {
      this.#items.push({ bytes: last, trace: undefined });
      this.#bytes += last.byteLength;
    }
    this.#wake?.();
  }

  async *drain(end: () => void): AsyncGenerator<StreamChunk> {
    try {
      for (;;) {
        for (let next = this.#items.shift(); next !== undefined; next = this.#items.shift()) {
          this.#bytes -= next.bytes.byteLength;
          yield next;
        }
        if (this.#finished) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
    } finally {
      end();
    }
  }
}

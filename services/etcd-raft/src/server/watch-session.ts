import { encodeWatchResponse, type ResponseHeader, type StoreEvent, type WatchRequest } from '@kubelab/store';
import { noBytes, type WireStream } from '@kubelab/wire';
import type { MvccStore } from '../mvcc/mvcc-store.js';

/** Events read from history before the stream is asked whether it can take more. */
const catchUpEventsMax = 1_000;

interface WatchSession {
  readonly store: MvccStore;
  readonly header: (revision: number) => ResponseHeader;
  readonly stream: WireStream;
  readonly request: WatchRequest;
}

/**
 * One watch, until its stream is over: from history at the reader's pace until it is level with the store,
 * then as changes are applied. A
 * reader that falls behind then is cut off by the stream's queue limit, and resumes from history.
 * Invariant: `next` is the first revision not sent. Between the last look at the history and joining the hub
 * nothing else can run.
 */
export async function serveWatch({ store, header, stream, request }: WatchSession): Promise<void> {
  const prevKv = request.prevKv === true;
  const fromNow = (request.startRevision ?? 0) === 0;
  let next = fromNow ? store.revision + 1 : (request.startRevision ?? 0);
  const send = (events: readonly StoreEvent[], through: number) => {
    next = Math.max(next, through + 1);
    const payload = encodeWatchResponse({ header: header(Math.max(through, next - 1)), events });
    stream.send({ head: null, payload });
  };
  // A watch from now on is told where now is: there it resumes when it breaks before its first event.
  if (fromNow) send([], store.revision);
  // In the hub it has been told of every change: those of other keys move it on without a word.
  let level = false;
  const tellProgress = () => {
    if (level || next > store.revision) send([], store.revision);
  };
  const progress = answerProgress(stream, tellProgress);
  while (!stream.signal.aborted) {
    while (next <= store.revision && !stream.signal.aborted) {
      const batch = store.changes(request, { from: next, eventsMax: catchUpEventsMax, prevKv });
      if (batch.events.length > 0) send(batch.events, batch.through);
      next = Math.max(next, batch.through + 1);
      await stream.writable();
    }
    if (stream.signal.aborted) break;
    await new Promise<void>((resolve) => {
      level = true;
      const leave = () => {
        level = false;
        remove();
        stream.signal.removeEventListener('abort', leave);
        resolve();
      };
      const resync = (through: number) => {
        next = Math.max(next, through + 1);
        leave();
      };
      const remove = store.hub.add({ range: request, prevKv, from: next, deliver: send, resync });
      stream.signal.addEventListener('abort', leave, { once: true });
    });
  }
  await progress;
}

/**
 * What the reader sends are requests for progress. Ends with the stream; why it ended is the stream's own
 * matter.
 */
async function answerProgress(stream: WireStream, answer: () => void): Promise<void> {
  try {
    for await (const message of stream)
      if (message.payload === noBytes || message.payload.byteLength === 0) answer();
  } catch {
    // The reader is gone or was cut off: `stream.signal` says so to the session.
  }
}

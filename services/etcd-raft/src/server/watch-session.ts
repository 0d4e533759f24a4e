import { encodeWatchResponse, StoreError, storeError, toWireError, type WatchRequest } from '@kubelab/store';
import { noBytes, WireError, type WireStream } from '@kubelab/wire';
import type { Caller, EtcdServer, WatchSink } from '../etcd-server.js';

/** Waiting for the reader; above it a watch pauses, and goes on from history when this has drained. */
const queuedBytesMax = 1024 * 1024;

type Response = Parameters<WatchSink['deliver']>[0];

/** Watches that want the same are given the same response object: it is encoded once. */
const encoded = new WeakMap<Response, Uint8Array>();

function encodeOnce(response: Response): Uint8Array {
  const known = encoded.get(response);
  if (known !== undefined) return known;
  const { header, events, fragment } = response;
  const payload = encodeWatchResponse({ header, events, ...(fragment ? { fragment } : {}) });
  encoded.set(response, payload);
  return payload;
}

/** One watch, until its stream is over. What the reader sends asks for progress. */
export async function serveWatch(options: {
  readonly server: EtcdServer;
  readonly stream: WireStream;
  readonly request: WatchRequest;
  readonly caller: Caller;
}): Promise<void> {
  const { server, stream, request, caller } = options;
  const watch = server.watch(request, caller, {
    deliver: (response) => {
      if (stream.queuedBytes > queuedBytesMax) return false;
      stream.send({ head: null, payload: encodeOnce(response) });
      return true;
    },
    writable: () => stream.writable(),
    canceled: ({ compactRevision, message }) => {
      const error =
        compactRevision > 0
          ? storeError('compacted', { compactRevision })
          : new StoreError('unavailable', message, { retryable: true });
      stream.fail(toWireError(error));
    },
  });
  // A watch from now on is told where now is: there it resumes when it breaks before its first event.
  if ((request.startRevision ?? 0) === 0)
    stream.send({ head: null, payload: encodeWatchResponse({ header: watch.header, events: [] }) });
  try {
    for await (const message of stream)
      if (message.payload === noBytes || message.payload.byteLength === 0) watch.requestProgress();
    // The reader has nothing more to ask; it goes on reading.
    await over(stream);
  } catch (error) {
    // The reader is gone, or was cut off: the stream has said so itself.
    if (!(error instanceof WireError)) throw error;
  } finally {
    watch.cancel();
  }
}

function over(stream: WireStream): Promise<void> {
  if (stream.signal.aborted) return Promise.resolve();
  return new Promise((resolve) => stream.signal.addEventListener('abort', () => resolve(), { once: true }));
}

import type { Span } from '@kubelab/telemetry';
import type { StreamChunk } from './contract.js';

/**
 * Events that wait for one watcher; one that is slower is cut off with 410 and begins anew from where it was. Others do not
 * notice it.
 */
export const queueMax = 10_000;
const queueBytesMax = 64 * 2 ** 20;

interface Waiting extends StreamChunk {
  readonly span?: Span | undefined;
}

/** Between the cache and one slow reader: bounded. */
export class EventQueue {
  #items: Waiting[] = [];
  #bytes = 0;
  #wake: (() => void) | undefined;
  #finished = false;
  overflow: () => void = () => {};

  /** `span` lasts until the event is taken, and is what the chunk's trace then is. */
  push(bytes: Uint8Array, trace: string | undefined, span?: Span): void {
    if (this.#finished) return;
    this.#items.push({ bytes, trace: span?.traceparent ?? trace, span });
    this.#bytes += bytes.byteLength;
    this.#wake?.();
    if (this.#items.length <= queueMax && this.#bytes <= queueBytesMax) return;
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

  /** What came, in order, until it is finished. */
  async *drain(): AsyncGenerator<StreamChunk> {
    for (;;) {
      const batch = this.#items;
      this.#items = [];
      for (const next of batch) {
        this.#bytes -= next.bytes.byteLength;
        next.span?.end();
        yield next;
      }
      if (this.#items.length > 0) continue;
      if (this.#finished) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}

import type { ServerResponse } from 'node:http';

const framed = new WeakMap<Uint8Array, Uint8Array>();
const lineEnd = '\r\n';

/**
 * The response's chunks are framed here from now on, not by Node: one buffer for a chunk instead of four pieces, and the same
 * one for all watchers of an event. To be called after the head was sent.
 */
export function frameByHand(response: ServerResponse): void {
  response.chunkedEncoding = false;
}

/** A chunk of a chunked body (RFC 9112, section 7.1). */
export function chunkOf(bytes: Uint8Array): Uint8Array {
  const known = framed.get(bytes);
  if (known !== undefined) return known;
  const head = Buffer.from(`${bytes.byteLength.toString(16)}${lineEnd}`);
  const made = Buffer.concat([head, bytes, Buffer.from(lineEnd)]);
  framed.set(bytes, made);
  return made;
}

/** What a chunked body ends with. */
export const lastChunk = Buffer.from(`0${lineEnd}${lineEnd}`);

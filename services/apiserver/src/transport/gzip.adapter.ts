import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { StreamChunk } from '../endpoints/contract.js';

/** A streamed body, compressed as it comes: at no time is all of it here. */
export async function* gzipped(body: AsyncIterable<StreamChunk>, level: number): AsyncGenerator<StreamChunk> {
  const zip = createGzip({ level });
  // What goes wrong comes out of the iteration below.
  pipeline(Readable.from(bytesOf(body)), zip, () => {});
  for await (const bytes of zip) yield { bytes, trace: undefined };
}

async function* bytesOf(body: AsyncIterable<StreamChunk>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of body) yield bytes;
}

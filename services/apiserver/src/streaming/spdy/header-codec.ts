import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { headerDictionary } from './dictionary.js';
import { joined, SpdyError } from './frames.js';

/** Of one block, once inflated: a few short names; a block that grows beyond it is an attack. */
const blockBytesMax = 64 * 1024;

export type Headers = ReadonlyMap<string, string>;

/**
 * Header blocks of one connection: one compressed stream each way, flushed after each block (SPDY/3,
 * section 2.6.10). Calls must not overlap: each waits for the one before.
 */
export class HeaderCodec {
  readonly #inflate = createInflate({ dictionary: headerDictionary, finishFlush: constants.Z_SYNC_FLUSH });
  readonly #deflate = createDeflate({ dictionary: headerDictionary });

  constructor() {
    // Whoever waits for a block hears of its error; nobody waits any more after close().
    for (const stream of [this.#inflate, this.#deflate]) stream.on('error', () => undefined);
  }

  async decode(block: Uint8Array): Promise<Headers> {
    const data = await through(this.#inflate, block);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const headers = new Map<string, string>();
    let at = 4;
    const text = (): string => {
      const length = at + 4 <= data.length ? view.getUint32(at) : data.length;
      if (at + 4 + length > data.length) throw new SpdyError('a header block ends in a header');
      at += 4 + length;
      return Buffer.from(data.subarray(at - length, at)).toString('utf8');
    };
    const count = data.length >= 4 ? view.getUint32(0) : 0;
    for (let index = 0; index < count; index += 1) headers.set(text().toLowerCase(), text());
    return headers;
  }

  encode(headers: Headers): Promise<Uint8Array> {
    const number = (value: number) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    };
    const texts = [...headers].flat().map((text) => Buffer.from(text));
    const parts = texts.flatMap((bytes) => [number(bytes.length), bytes]);
    return through(this.#deflate, joined([number(headers.size), ...parts]));
  }

  close(): void {
    this.#inflate.close();
    this.#deflate.close();
  }
}

/** One block through a compressor that keeps its state. */
function through(stream: Inflate | Deflate, block: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const done = () => {
      stream.off('data', take);
      stream.off('error', fail);
    };
    const fail = (error: Error) => {
      done();
      reject(new SpdyError(`a header block: ${error.message}`));
    };
    const take = (part: Buffer) => {
      size += part.length;
      if (size > blockBytesMax) fail(new Error(`more than ${blockBytesMax} bytes`));
      else parts.push(part);
    };
    stream.on('data', take);
    stream.on('error', fail);
    stream.write(block);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      done();
      resolve(joined(parts));
    });
  });
}

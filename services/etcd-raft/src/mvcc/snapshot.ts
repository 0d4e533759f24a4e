import type { BackendState } from './backend.js';
import { crc32c } from './crc32c.js';
import { readRecord, recordBytes, type Version, writeRecord } from './version.js';

/**
 * The state as bytes: the text `kubelab-mvcc`, u8 format version; then frames, big-endian: u32 length of the payload, u32 CRC-32C
 * over kind and payload, u8 kind, payload. Kinds, in this order:
 *   1 state (once)     f64 revision, f64 compactRevision, f64 appliedIndex
 *   2 meta (each)      u32 length of the key, key (UTF-8), value
 *   3 versions (each)  records end to end (version.ts), each behind its u32 length; by (main, sub)
 *   4 end (once)       f64 number of metas, f64 number of versions, u32 CRC-32C over the CRCs of all frames before
 * Where one chunk ends and the next begins does not matter to the reader.
 */
const magic = Buffer.from('kubelab-mvcc');
const formatVersion = 1;
const chunkBytes = 256 * 1024;
const frameHeadBytes = 9;
/** A frame is a chunk, or one version that is larger: values are bounded by the request limit, meta by what its owners bound. */
const payloadBytesMax = 64 * 1024 * 1024;

const kinds = { state: 1, meta: 2, versions: 3, end: 4 } as const;

export interface SnapshotParts {
  readonly state: BackendState;
  readonly meta: readonly (readonly [string, Uint8Array])[];
  readonly pieces: readonly (readonly Version[])[];
}

export function* writeSnapshot(
  { state, meta, pieces }: SnapshotParts,
  body: (version: Version) => Uint8Array,
): Generator<Uint8Array, void, undefined> {
  let crc = 0;
  const frame = (kind: number, payload: Buffer): Buffer => {
    const framed = Buffer.allocUnsafe(frameHeadBytes + payload.byteLength);
    framed.writeUInt32BE(payload.byteLength, 0);
    framed[8] = kind;
    framed.set(payload, frameHeadBytes);
    framed.writeUInt32BE(crc32c(framed.subarray(8)), 4);
    crc = crc32c(framed.subarray(4, 8), crc);
    return framed;
  };
  const { revision, compactRevision, appliedIndex } = state;
  yield Buffer.concat([
    magic,
    Buffer.of(formatVersion),
    frame(kinds.state, doubles(revision, compactRevision, appliedIndex)),
  ]);
  for (const [key, value] of meta) yield frame(kinds.meta, metaPayload(key, value));
  let versions = 0;
  let payload = Buffer.allocUnsafe(chunkBytes);
  let used = 0;
  for (const piece of pieces)
    for (const version of piece) {
      if (version.compactedBy(compactRevision)) continue;
      const bytes = recordBytes(version);
      if (used > 0 && used + 4 + bytes > payload.byteLength) {
        yield frame(kinds.versions, payload.subarray(0, used));
        used = 0;
      }
      if (4 + bytes > payload.byteLength) payload = Buffer.allocUnsafe(4 + bytes);
      payload.writeUInt32BE(bytes, used);
      writeRecord(payload, used + 4, version, body(version));
      used += 4 + bytes;
      versions += 1;
    }
  if (used > 0) yield frame(kinds.versions, payload.subarray(0, used));
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc);
  yield frame(kinds.end, Buffer.concat([doubles(meta.length, versions), end]));
}

function doubles(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(8 * values.length);
  for (const [at, value] of values.entries()) bytes.writeDoubleBE(value, 8 * at);
  return bytes;
}

function metaPayload(key: string, value: Uint8Array): Buffer {
  const name = Buffer.from(key);
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(name.byteLength);
  return Buffer.concat([length, name, value]);
}

export interface SnapshotTarget {
  meta(key: string, value: Uint8Array): void;
  /** `body` is a view, the reader's own. */
  version(version: Version, body: Uint8Array): void;
  /** After some 256 KiB. */
  pieceEnds(): Promise<void>;
}

/** The bytes are not a whole snapshot, or not one of this format. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

/** Gives `target` what it reads as it reads it. Rejects with SnapshotError; what was given until then is worth nothing. */
export async function readSnapshot(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  target: SnapshotTarget,
): Promise<BackendState> {
  const reader = new SnapshotReader(target);
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const joined: Buffer = rest.byteLength === 0 ? bytes : Buffer.concat([rest, bytes]);
    rest = joined.subarray(await reader.read(joined));
  }
  if (rest.byteLength > 0) throw new SnapshotError('the snapshot ends within a frame');
  return reader.end();
}

class SnapshotReader {
  readonly #target: SnapshotTarget;
  #begun = false;
  #state: BackendState | undefined;
  #ended = false;
  #crc = 0;
  #metas = 0;
  #versions = 0;
  #last = { main: 0, sub: 0 };

  constructor(target: SnapshotTarget) {
    this.#target = target;
  }

  /** Reads whole frames; gives the number of bytes read. */
  async read(bytes: Buffer): Promise<number> {
    let at = 0;
    if (!this.#begun) {
      if (bytes.byteLength <= magic.byteLength) return 0;
      if (!bytes.subarray(0, magic.byteLength).equals(magic))
        throw new SnapshotError('not a kubelab snapshot');
      const format = bytes.readUInt8(magic.byteLength);
      if (format !== formatVersion)
        throw new SnapshotError(`the snapshot has format ${format}, this member reads ${formatVersion}`);
      at = magic.byteLength + 1;
      this.#begun = true;
    }
    while (bytes.byteLength - at >= frameHeadBytes) {
      const length = bytes.readUInt32BE(at);
      if (length > payloadBytesMax)
        throw new SnapshotError(`a frame of ${length} bytes: the snapshot is damaged`);
      const end = at + frameHeadBytes + length;
      if (end > bytes.byteLength) break;
      if (crc32c(bytes.subarray(at + 8, end)) !== bytes.readUInt32BE(at + 4))
        throw new SnapshotError('a checksum is wrong: the snapshot is damaged');
      this.#frame(bytes.readUInt8(at + 8), bytes.subarray(at + frameHeadBytes, end));
      this.#crc = crc32c(bytes.subarray(at + 4, at + 8), this.#crc);
      at = end;
      await this.#target.pieceEnds();
    }
    return at;
  }

  end(): BackendState {
    if (!this.#ended || this.#state === undefined) throw new SnapshotError('the snapshot has no end');
    return this.#state;
  }

  #frame(kind: number, payload: Buffer): void {
    if (this.#ended) throw new SnapshotError('the snapshot goes on behind its end');
    if ((kind === kinds.state) !== (this.#state === undefined))
      throw new SnapshotError('the snapshot has no single state frame');
    try {
      if (kind === kinds.state) this.#state = readState(payload);
      else if (kind === kinds.meta) this.#meta(payload);
      else if (kind === kinds.versions) this.#records(payload);
      else if (kind === kinds.end) this.#end(payload);
      else throw new SnapshotError(`a frame of unknown kind ${kind}`);
    } catch (error) {
      if (error instanceof RangeError) throw new SnapshotError('a frame is too short', { cause: error });
      throw error;
    }
  }

  #meta(payload: Buffer): void {
    const length = payload.readUInt32BE(0);
    if (4 + length > payload.byteLength) throw new SnapshotError('a meta frame is too short');
    this.#target.meta(payload.toString('utf8', 4, 4 + length), payload.subarray(4 + length));
    this.#metas += 1;
  }

  #records(payload: Buffer): void {
    for (let at = 0; at < payload.byteLength; ) {
      const end = at + 4 + payload.readUInt32BE(at);
      if (end > payload.byteLength) throw new SnapshotError('a version is too short');
      const record = payload.subarray(at + 4, end);
      const version = readRecord(record);
      const { main, sub } = version;
      if (main < this.#last.main || (main === this.#last.main && sub <= this.#last.sub))
        throw new SnapshotError(`version ${main}.${sub} is out of order`);
      this.#last = { main, sub };
      this.#target.version(version, record.subarray(record.byteLength - version.bodyLength));
      this.#versions += 1;
      at = end;
    }
  }

  #end(payload: Buffer): void {
    if (payload.readDoubleBE(0) !== this.#metas || payload.readDoubleBE(8) !== this.#versions)
      throw new SnapshotError('the snapshot lacks frames');
    if (payload.readUInt32BE(16) !== this.#crc)
      throw new SnapshotError('the snapshot mixes frames of others');
    this.#ended = true;
  }
}

function readState(payload: Buffer): BackendState {
  const [revision, compactRevision, appliedIndex] = [0, 8, 16].map((at) => payload.readDoubleBE(at));
  if (revision === undefined || compactRevision === undefined || appliedIndex === undefined)
    throw new SnapshotError('the state frame is too short');
  return { revision, compactRevision, appliedIndex };
}

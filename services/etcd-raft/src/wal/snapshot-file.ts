import { crc32 } from 'node:zlib';
import { ByteReader, BytesError, ByteWriter } from '@kubelab/store';
import type { Logger } from '@kubelab/telemetry';
import type { Disk, DiskFile } from '@kubelab/world';
import { readConfiguration, writeConfiguration } from '../raft/configuration.js';
import type { SnapshotMetadata } from '../raft/types.js';

/*
 * A snapshot as it stands on disk and travels: frames of [u32 length][u32 crc32 of the payload][payload], little endian. The
 * first is the head (magic, version, index, term, configuration), the others are the state machine's chunks in order. The end is
 * a frame without payload, whose second number is a CRC-32 over the checksums of all frames before: none is missing, and
 * their order is right. Written and read a frame at a time, so that no snapshot is ever in memory as a whole.
 */
const magic = 0x504e534b; // "KSNP"
const version = 2;
const frameHeadBytes = 8;
/** A frame that claims more is not one of ours. */
const frameBytesMax = 64 * 2 ** 20;
/** Older ones are kept for the case that the newest turns out damaged. */
const kept = 2;
const nameForm = /^[0-9a-f]{16}\.snap$/;
/** Of what travels: a piece of the file, whatever frames it cuts. */
const pieceBytes = 256 * 1024;

/** A whole, verified snapshot. */
export interface SnapshotFile {
  readonly path: string;
  readonly metadata: SnapshotMetadata;
  readonly bytes: number;
  /** Of all of it: equal only for equal files, for the purpose of going on with a transfer that broke off. */
  readonly checksum: number;
}

/** What a transfer begins with: enough to know the same file again. */
export interface SnapshotOffer {
  readonly index: number;
  readonly bytes: number;
  readonly checksum: number;
}

/** The snapshots of one member, newest last. */
export class SnapshotStore {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #log: Logger;

  constructor(disk: Disk, directory: string, log: Logger) {
    this.#disk = disk;
    this.#directory = directory;
    this.#log = log;
  }

  /** Durable when it resolves. Takes a chunk at a time: other work goes on in between. */
  async write(metadata: SnapshotMetadata, chunks: Iterable<Uint8Array>): Promise<SnapshotFile> {
    await this.#disk.makeDirectory(this.#directory);
    const path = this.#path(metadata.index);
    const temporary = `${path}.tmp`;
    const file = await this.#disk.open(temporary, { create: true, truncate: true });
    const writer = new FrameWriter(file);
    try {
      await writer.frame(encodeHead(metadata));
      for (const chunk of chunks) if (chunk.byteLength > 0) await writer.frame(chunk);
      await writer.end();
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#publish(temporary, path);
    return { path, metadata, bytes: writer.bytes, checksum: writer.checksum };
  }

  /** The newest whole one; a damaged one is reported and passed over. */
  async newest(): Promise<SnapshotFile | undefined> {
    for (const name of (await this.#names()).reverse()) {
      const path = `${this.#directory}/${name}`;
      const verified = await verify(this.#disk, path);
      if (verified.whole !== undefined) return verified.whole;
      this.#log.warn({ path }, 'a snapshot does not match its checksum; an older one is tried');
    }
    return undefined;
  }

  /** The state machine's chunks. Rejects with BytesError when the file was damaged since it was verified. */
  async *chunks({ path }: SnapshotFile): AsyncGenerator<Uint8Array, void, undefined> {
    const file = await this.#disk.open(path);
    try {
      let isHead = true;
      for await (const payload of frames(file, await file.size())) {
        if (payload === undefined) return;
        if (!isHead) yield payload;
        isHead = false;
      }
      throw new BytesError(`${path} ends early`);
    } finally {
      await file.close();
    }
  }

  /** The file's bytes from `offset` on, as they travel. */
  async *pieces({ path, bytes }: SnapshotFile, offset: number): AsyncGenerator<Uint8Array, void, undefined> {
    const file = await this.#disk.open(path);
    try {
      for (let at = offset; at < bytes; at += pieceBytes)
        yield await file.read(at, Math.min(pieceBytes, bytes - at));
    } finally {
      await file.close();
    }
  }

  /** Goes on where an earlier transfer of the same file broke off. */
  async receive(offer: SnapshotOffer): Promise<IncomingSnapshot> {
    await this.#disk.makeDirectory(this.#directory);
    const part = `${hexadecimal(offer.index)}-${offer.bytes}-${offer.checksum}.part`;
    for (const name of await this.#disk.list(this.#directory))
      if (name.endsWith('.part') && name !== part) await this.#disk.remove(`${this.#directory}/${name}`);
    const path = `${this.#directory}/${part}`;
    const offset = (await this.#disk.exists(path)) ? (await verify(this.#disk, path)).wholeBytes : 0;
    const file = await this.#disk.open(path, { create: true });
    await file.truncate(offset);
    return new IncomingSnapshot(file, offset, () => this.#accept(path, offer));
  }

  async #accept(part: string, offer: SnapshotOffer): Promise<SnapshotFile> {
    const { whole } = await verify(this.#disk, part);
    if (whole === undefined || whole.metadata.index !== offer.index || whole.checksum !== offer.checksum) {
      await this.#disk.remove(part);
      throw new BytesError('the snapshot that arrived does not match its checksum');
    }
    const path = this.#path(offer.index);
    await this.#publish(part, path);
    return { ...whole, path };
  }

  async #publish(from: string, to: string): Promise<void> {
    await this.#disk.rename(from, to);
    await this.#disk.syncDirectory(this.#directory);
    const names = await this.#names();
    for (const name of names.slice(0, -kept)) await this.#disk.remove(`${this.#directory}/${name}`);
  }

  #path(index: number): string {
    return `${this.#directory}/${hexadecimal(index)}.snap`;
  }

  async #names(): Promise<string[]> {
    await this.#disk.makeDirectory(this.#directory);
    return (await this.#disk.list(this.#directory)).filter((name) => nameForm.test(name));
  }
}

/** A snapshot on its way in; what has arrived outlives a broken connection. */
export class IncomingSnapshot {
  readonly #file: DiskFile;
  readonly #accept: () => Promise<SnapshotFile>;
  #offset: number;

  constructor(file: DiskFile, offset: number, accept: () => Promise<SnapshotFile>) {
    this.#file = file;
    this.#offset = offset;
    this.#accept = accept;
  }

  /** How much of the file is here. */
  get offset(): number {
    return this.#offset;
  }

  async write(piece: Uint8Array): Promise<void> {
    const at = this.#offset;
    this.#offset += piece.byteLength;
    await this.#file.write(at, [piece]);
  }

  /** Durable when it resolves. Rejects with BytesError when it is not what was offered. */
  async finish(): Promise<SnapshotFile> {
    await this.#file.sync();
    await this.#file.close();
    return this.#accept();
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

class FrameWriter {
  readonly #file: DiskFile;
  bytes = 0;
  checksum = 0;

  constructor(file: DiskFile) {
    this.#file = file;
  }

  async frame(payload: Uint8Array): Promise<void> {
    const crc = crc32(payload);
    this.checksum = crc32(fourBytes(crc), this.checksum);
    await this.#write([frameHead(payload.byteLength, crc), payload]);
  }

  end(): Promise<void> {
    return this.#write([frameHead(0, this.checksum)]);
  }

  async #write(parts: readonly Uint8Array[]): Promise<void> {
    await this.#file.write(this.bytes, parts);
    for (const part of parts) this.bytes += part.byteLength;
  }
}

/** The payloads of whole frames; `undefined` for a right end. Stops where something is wrong. */
async function* frames(
  file: DiskFile,
  size: number,
): AsyncGenerator<Uint8Array | undefined, number, undefined> {
  let at = 0;
  let checksum = 0;
  while (at + frameHeadBytes <= size) {
    const head = await file.read(at, frameHeadBytes);
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const length = view.getUint32(0, true);
    const crc = view.getUint32(4, true);
    if (length === 0) {
      if (crc === checksum && at + frameHeadBytes === size) yield undefined;
      return at;
    }
    if (length > frameBytesMax || at + frameHeadBytes + length > size) return at;
    const payload = await file.read(at + frameHeadBytes, length);
    if (crc32(payload) !== crc) return at;
    checksum = crc32(fourBytes(crc), checksum);
    yield payload;
    at += frameHeadBytes + length;
  }
  return at;
}

/** `wholeBytes`: how far its frames are whole. */
async function verify(
  disk: Disk,
  path: string,
): Promise<{ readonly whole: SnapshotFile | undefined; readonly wholeBytes: number }> {
  const file = await disk.open(path);
  try {
    const bytes = await file.size();
    let wholeBytes = 0;
    let checksum = 0;
    let metadata: SnapshotMetadata | undefined;
    for await (const payload of frames(file, bytes)) {
      if (payload === undefined)
        return { whole: metadata && { path, metadata, bytes, checksum }, wholeBytes: bytes };
      if (wholeBytes === 0) metadata = decodeHead(payload);
      if (metadata === undefined) break;
      checksum = crc32(fourBytes(crc32(payload)), checksum);
      wholeBytes += frameHeadBytes + payload.byteLength;
    }
    return { whole: undefined, wholeBytes };
  } finally {
    await file.close();
  }
}

function encodeHead({ index, term, configuration }: SnapshotMetadata): Uint8Array {
  return writeConfiguration(
    new ByteWriter().uint(magic).uint(version).uint(index).uint(term),
    configuration,
  ).finish();
}

function decodeHead(payload: Uint8Array): SnapshotMetadata | undefined {
  try {
    const reader = new ByteReader(payload);
    if (reader.uint() !== magic || reader.uint() !== version) return undefined;
    return { index: reader.uint(), term: reader.uint(), configuration: readConfiguration(reader) };
  } catch (error) {
    if (error instanceof BytesError) return undefined;
    throw error;
  }
}

function frameHead(length: number, crc: number): Uint8Array {
  const head = new Uint8Array(frameHeadBytes);
  const view = new DataView(head.buffer);
  view.setUint32(0, length, true);
  view.setUint32(4, crc, true);
  return head;
}

function fourBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function hexadecimal(index: number): string {
  return index.toString(16).padStart(16, '0');
}

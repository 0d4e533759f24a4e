import { crc32 } from 'node:zlib';
import { ByteReader, BytesError, ByteWriter } from '@kubelab/store';
import type { Logger } from '@kubelab/telemetry';
import type { Disk, DiskFile } from '@kubelab/world';
import { readConfiguration, writeConfiguration } from '../raft/configuration.js';
import { decodeEntries, encodedRuns } from '../raft/entries.js';
import type { Entry, HardState, SnapshotMetadata } from '../raft/types.js';

/**
 * The log on disk. A segment is a file of frames; a frame is what one group commit wrote and synced.
 * README.md has the format and the argument why a
 * torn tail and a damaged middle can be told apart.
 */
const magic = 0x4c41574b; // "KWAL"
const version = 2;
const headerBytes = 24;
const segmentBytesMax = 16 * 2 ** 20;
const nameForm = /^[0-9a-f]{16}\.wal$/;

export interface WalRecord {
  readonly hardState?: HardState | undefined;
  readonly entries: readonly Entry[];
  /** The log begins after this: written when a snapshot replaced it, a leader's or the one a cluster begins with. */
  readonly snapshot?: SnapshotMetadata | undefined;
}

/** Bits of a record's first byte. */
const bit = { hardState: 1, snapshot: 2, segmentHead: 4 } as const;

export interface WalContents {
  readonly hardState: HardState;
  /** The latest snapshot that the log was reset to, if any. */
  readonly snapshot: SnapshotMetadata | undefined;
  /** Without gap, the first at any index. */
  readonly entries: Entry[];
}

/**
 * The data on disk is not what was written, and not what a crash leaves behind: the member must not go on
 * with it.
 */
export class WalCorruptionError extends Error {
  override readonly name = 'WalCorruptionError';
  constructor(path: string, offset: number, what: string) {
    super(
      `${path} is damaged at byte ${offset}: ${what}. Acknowledged data is lost on this member; the other members have it. ` +
        'Stop this member, move its data directory away, and start it with an empty one: it will catch up from the leader',
    );
  }
}

/** Whole, and not in this version's format. */
export class WalFormatError extends Error {
  override readonly name = 'WalFormatError';
  constructor(path: string, offset: number, what: string) {
    super(
      `${path} cannot be read at byte ${offset}: ${what}. Start the version that wrote it, save a snapshot with it, and restore that`,
    );
  }
}

interface Segment {
  readonly sequence: number;
  readonly path: string;
  /** Index of the last entry in it; what a snapshot covers entirely may go. */
  lastIndex: number;
}

export class Wal {
  readonly #disk: Disk;
  readonly #directory: string;
  #segments: Segment[];
  #file: DiskFile;
  #position: number;
  #hardState: HardState;
  #failed: Error | undefined;

  private constructor(
    parts: { disk: Disk; directory: string; segments: Segment[]; file: DiskFile; position: number },
    hardState: HardState,
  ) {
    this.#disk = parts.disk;
    this.#directory = parts.directory;
    this.#segments = parts.segments;
    this.#file = parts.file;
    this.#position = parts.position;
    this.#hardState = hardState;
  }

  /**
   * Reads what is there (recovering from a torn tail) and opens it for appending. Rejects with
   * WalCorruptionError or DiskError.
   */
  static async open(
    disk: Disk,
    directory: string,
    log: Logger,
  ): Promise<{ wal: Wal; contents: WalContents }> {
    await disk.makeDirectory(directory);
    const names = (await disk.list(directory)).filter((name) => nameForm.test(name));
    const replay = new Replay();
    const segments: Segment[] = [];
    let position = 0;
    for (const [at, name] of names.entries()) {
      const path = `${directory}/${name}`;
      const isLast = at === names.length - 1;
      const bytes = await disk.readFile(path);
      position = readSegment(path, bytes, isLast, replay);
      segments.push({ sequence: Number.parseInt(name, 16), path, lastIndex: replay.lastIndex });
      if (position < bytes.byteLength) {
        log.warn(
          { path, position, bytes: bytes.byteLength },
          'the log ends in a write that a crash cut short; it is removed',
        );
        await truncate(disk, path, position);
      }
    }
    const { hardState, snapshot, entries } = replay;
    const last = segments.at(-1);
    const opened =
      last === undefined
        ? await createSegment(disk, directory, 1)
        : { segment: last, file: await disk.open(last.path) };
    if (last === undefined) segments.push(opened.segment);
    const wal = new Wal({ disk, directory, segments, file: opened.file, position }, hardState);
    // Also when a crash came between the making of a segment and its head.
    if (position === 0) await wal.#writeHead();
    return { wal, contents: { hardState, snapshot, entries } };
  }

  /**
   * Durable when it resolves. One call at a time. After a failure nothing more is accepted: what the disk
   * holds is then unknown, and only a restart,
   * which reads it, can tell.
   */
  async append(record: WalRecord): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    try {
      if (this.#position > segmentBytesMax) await this.#rotate();
      await this.#write(record);
    } catch (error) {
      this.#failed = error instanceof Error ? error : new Error(String(error));
      throw this.#failed;
    }
  }

  /** Removes segments whose entries all are at or before `index`. */
  async releaseTo(index: number): Promise<void> {
    while (this.#segments.length > 1) {
      const [oldest] = this.#segments;
      if (oldest === undefined || oldest.lastIndex > index) return;
      await this.#disk.remove(oldest.path);
      await this.#disk.syncDirectory(this.#directory);
      this.#segments = this.#segments.slice(1);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #write(record: WalRecord, head = false): Promise<void> {
    const parts = encodeRecord(record, head);
    const { header, size } = encodeHeader(this.#position, parts);
    await this.#file.write(this.#position, [header, ...parts]);
    await this.#file.sync();
    this.#position += headerBytes + size;
    if (record.hardState !== undefined) this.#hardState = record.hardState;
    const segment = this.#segments.at(-1);
    const lastIndex = record.entries.at(-1)?.index ?? record.snapshot?.index;
    if (segment !== undefined && lastIndex !== undefined) segment.lastIndex = lastIndex;
  }

  async #rotate(): Promise<void> {
    const previous = this.#segments.at(-1);
    const { segment, file } = await createSegment(this.#disk, this.#directory, (previous?.sequence ?? 0) + 1);
    await this.#file.close();
    this.#file = file;
    this.#position = 0;
    this.#segments.push({ ...segment, lastIndex: previous?.lastIndex ?? 0 });
    await this.#writeHead();
  }

  /** A segment begins with the format's version and the hard state, so that older ones hold nothing but entries. */
  #writeHead(): Promise<void> {
    return this.#write({ hardState: this.#hardState, entries: [] }, true);
  }
}

async function createSegment(
  disk: Disk,
  directory: string,
  sequence: number,
): Promise<{ segment: Segment; file: DiskFile }> {
  const path = `${directory}/${sequence.toString(16).padStart(16, '0')}.wal`;
  const file = await disk.open(path, { create: true, truncate: true });
  await file.sync();
  await disk.syncDirectory(directory);
  return { segment: { sequence, path, lastIndex: 0 }, file };
}

async function truncate(disk: Disk, path: string, size: number): Promise<void> {
  const file = await disk.open(path);
  await file.truncate(size);
  await file.sync();
  await file.close();
}

/* ---------------------------------------------------------------- frames */

/** [u8 bits][version, of a segment's head][hard state][snapshot][number of entries], then the entries as entries.ts encodes them. */
function encodeRecord(record: WalRecord, head: boolean): Uint8Array[] {
  const writer = new ByteWriter(128);
  const { hardState, snapshot, entries } = record;
  writer.u8(
    (hardState === undefined ? 0 : bit.hardState) |
      (snapshot === undefined ? 0 : bit.snapshot) |
      (head ? bit.segmentHead : 0),
  );
  if (head) writer.uint(version);
  if (hardState !== undefined)
    writer
      .uint(hardState.term)
      .text(hardState.votedFor ?? '')
      .uint(hardState.commit);
  if (snapshot !== undefined)
    writeConfiguration(writer.uint(snapshot.index).uint(snapshot.term), snapshot.configuration);
  writer.uint(entries.length);
  return [writer.finish(), ...encodedRuns(entries)];
}

/** Throws BytesError. */
function decodeRecord(bytes: Uint8Array, head: boolean): WalRecord {
  const reader = new ByteReader(bytes);
  const bits = reader.flags(bit.hardState | bit.snapshot | bit.segmentHead);
  if (head && (bits & bit.segmentHead) === 0)
    throw new BytesError('it is of format 1, which is no longer read');
  if ((bits & bit.segmentHead) !== 0) {
    const found = reader.uint();
    if (found !== version)
      throw new BytesError(`it is of format ${found}, and this version of kubelab reads format ${version}`);
  }
  const hardState = (bits & bit.hardState) === 0 ? undefined : readHardState(reader);
  const snapshot = (bits & bit.snapshot) === 0 ? undefined : readMetadata(reader);
  const count = reader.uint();
  return { hardState, snapshot, entries: decodeEntries(reader.rest(), count) };
}

function readMetadata(reader: ByteReader): SnapshotMetadata {
  return { index: reader.uint(), term: reader.uint(), configuration: readConfiguration(reader) };
}

function readHardState(reader: ByteReader): HardState {
  const term = reader.uint();
  const votedFor = reader.text();
  return { term, votedFor: votedFor === '' ? undefined : votedFor, commit: reader.uint() };
}

/**
 * [u32 magic][u32 length of payload][f64 own position in the file][u32 crc32 of payload][u32 crc32 of this
 * header before it], little endian.
 */
function encodeHeader(position: number, parts: readonly Uint8Array[]): { header: Uint8Array; size: number } {
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  let size = 0;
  let crc = 0;
  for (const part of parts) {
    size += part.byteLength;
    crc = crc32(part, crc);
  }
  view.setUint32(0, magic, true);
  view.setUint32(4, size, true);
  view.setFloat64(8, position, true);
  view.setUint32(16, crc, true);
  view.setUint32(20, crc32(header.subarray(0, 20)), true);
  return { header, size };
}

/** The payload of the frame at `position`, or undefined when no whole frame is there. */
function frameAt(bytes: Uint8Array, position: number): Uint8Array | undefined {
  const payload = headerAt(bytes, position);
  if (payload === undefined) return undefined;
  const body = bytes.subarray(position + headerBytes, position + headerBytes + payload.length);
  return body.byteLength === payload.length && crc32(body) === payload.crc ? body : undefined;
}

function headerAt(bytes: Uint8Array, position: number): { length: number; crc: number } | undefined {
  if (position + headerBytes > bytes.byteLength) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + position, headerBytes);
  if (view.getUint32(0, true) !== magic || view.getFloat64(8, true) !== position) return undefined;
  if (view.getUint32(20, true) !== crc32(bytes.subarray(position, position + 20))) return undefined;
  return { length: view.getUint32(4, true), crc: view.getUint32(16, true) };
}

/** Replays a segment's frames; gives where the whole ones end. */
function readSegment(path: string, bytes: Uint8Array, isLast: boolean, replay: Replay): number {
  let position = 0;
  while (position < bytes.byteLength) {
    const payload = frameAt(bytes, position);
    if (payload === undefined) {
      // The next frame is written only after this one was synced: a later header proves that this one was
      // whole once.
      if (!isLast || laterHeader(bytes, position + 1))
        throw new WalCorruptionError(path, position, 'a synced record does not match its checksum');
      return position;
    }
    // A copy: entries that are kept must not hold the whole segment.
    replay.add(decodeWhole(path, position, payload.slice()));
    position += headerBytes + payload.byteLength;
  }
  return position;
}

function decodeWhole(path: string, position: number, payload: Uint8Array): WalRecord {
  try {
    return decodeRecord(payload, position === 0);
  } catch (error) {
    if (error instanceof BytesError) throw new WalFormatError(path, position, error.message);
    throw error;
  }
}

/**
 * Whether a frame header that belongs where it stands is found at or after `from`: the end of the damaged
 * frame is not known.
 */
function laterHeader(bytes: Uint8Array, from: number): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pattern = Buffer.alloc(4);
  pattern.writeUInt32LE(magic);
  for (let at = buffer.indexOf(pattern, from); at >= 0; at = buffer.indexOf(pattern, at + 1)) {
    if (headerAt(bytes, at) !== undefined) return true;
  }
  return false;
}

/** The records in order, each over what was before. */
class Replay {
  hardState: HardState = { term: 0, votedFor: undefined, commit: 0 };
  snapshot: SnapshotMetadata | undefined;
  readonly entries: Entry[] = [];

  get lastIndex(): number {
    return this.entries.at(-1)?.index ?? this.snapshot?.index ?? 0;
  }

  add(record: WalRecord): void {
    if (record.hardState !== undefined) this.hardState = record.hardState;
    if (record.snapshot !== undefined) {
      this.snapshot = record.snapshot;
      this.entries.length = 0;
    }
    for (const entry of record.entries) this.#put(entry);
  }

  /** An entry takes the place of the one with its index, and of all behind it. */
  #put(entry: Entry): void {
    const first = this.entries[0];
    if (first !== undefined)
      this.entries.length = Math.min(this.entries.length, Math.max(0, entry.index - first.index));
    this.entries.push(entry);
  }
}

import { crc32 } from 'node:zlib';
import { ByteReader, BytesError, ByteWriter } from '@kubelab/store';
import type { Logger } from '@kubelab/telemetry';
import type { Disk } from '@kubelab/world';
import type { SnapshotMetadata } from '../raft/types.js';

/** Older ones are kept for the case that the newest turns out damaged. */
const kept = 2;
const version = 1;
const nameForm = /^[0-9a-f]{16}\.snap$/;

/**
 * A snapshot as one run of bytes, as it stands on disk and travels: version, index, term, chunks; then a
 * CRC-32 of all before.
 */
export function encodeSnapshot(metadata: SnapshotMetadata, chunks: Iterable<Uint8Array>): Uint8Array {
  const all = [...chunks];
  const writer = new ByteWriter(all.reduce((sum, chunk) => sum + chunk.byteLength + 8, 64));
  writer.uint(version).uint(metadata.index).uint(metadata.term).uint(all.length);
  for (const chunk of all) writer.bytes(chunk);
  const checksum = crc32(writer.finish());
  return writer
    .u8(checksum >>> 24)
    .u8(checksum >>> 16)
    .u8(checksum >>> 8)
    .u8(checksum)
    .finish();
}

/** Undefined when the bytes are not a whole snapshot. */
export function decodeSnapshot(
  bytes: Uint8Array,
): { metadata: SnapshotMetadata; chunks: Uint8Array[] } | undefined {
  if (bytes.byteLength < 4) return undefined;
  const body = bytes.subarray(0, bytes.byteLength - 4);
  const expected = new DataView(bytes.buffer, bytes.byteOffset + body.byteLength, 4).getUint32(0);
  if (crc32(body) !== expected) return undefined;
  try {
    const reader = new ByteReader(body);
    if (reader.uint() !== version) return undefined;
    const metadata = { index: reader.uint(), term: reader.uint() };
    return { metadata, chunks: Array.from({ length: reader.count() }, () => reader.bytes()) };
  } catch (error) {
    if (error instanceof BytesError) return undefined;
    throw error;
  }
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

  /** Durable when it resolves. */
  async write(metadata: SnapshotMetadata, bytes: Uint8Array): Promise<void> {
    await this.#disk.makeDirectory(this.#directory);
    await this.#disk.writeFileAtomic(this.#path(metadata.index), bytes);
    const names = await this.#names();
    for (const name of names.slice(0, -kept)) await this.#disk.remove(`${this.#directory}/${name}`);
  }

  /** The newest whole one; a damaged one is reported and passed over. */
  async newest(): Promise<{ metadata: SnapshotMetadata; chunks: Uint8Array[] } | undefined> {
    for (const name of (await this.#names()).reverse()) {
      const path = `${this.#directory}/${name}`;
      const decoded = decodeSnapshot(await this.#disk.readFile(path));
      if (decoded !== undefined) return decoded;
      this.#log.warn({ path }, 'a snapshot does not match its checksum; an older one is tried');
    }
    return undefined;
  }

  async read(index: number): Promise<Uint8Array> {
    return this.#disk.readFile(this.#path(index));
  }

  #path(index: number): string {
    return `${this.#directory}/${index.toString(16).padStart(16, '0')}.snap`;
  }

  async #names(): Promise<string[]> {
    await this.#disk.makeDirectory(this.#directory);
    return (await this.#disk.list(this.#directory)).filter((name) => nameForm.test(name));
  }
}

import { ByteReader, ByteWriter, readKeyValue, writeKeyValue } from '@kubelab/store';
import { keyName, type Version } from './key-index.js';

const formatVersion = 1;
const chunkBytes = 256 * 1024;

export interface SnapshotHeader {
  readonly revision: number;
  readonly compactRevision: number;
  readonly versions: number;
}

/**
 * Format, revision, compactRevision, number of versions; then the versions by key and revision: sub, deleted,
 * KeyValue.
 */
export function* encodeSnapshot(
  header: SnapshotHeader,
  versions: readonly Version[],
): Generator<Uint8Array, void, undefined> {
  yield new ByteWriter()
    .uint(formatVersion)
    .uint(header.revision)
    .uint(header.compactRevision)
    .uint(header.versions)
    .finish();
  let writer = new ByteWriter(chunkBytes);
  let bytes = 0;
  for (const version of versions) {
    writer.uint(version.sub).u8(version.deleted ? 1 : 0);
    writeKeyValue(writer, version.kv);
    bytes += version.kv.key.byteLength + version.kv.value.byteLength + 32;
    if (bytes < chunkBytes) continue;
    yield writer.finish();
    writer = new ByteWriter(chunkBytes);
    bytes = 0;
  }
  if (bytes > 0) yield writer.finish();
}

/** Throws when the chunks are not a whole snapshot. Where one ends and the next begins does not matter. */
export function decodeSnapshot(chunks: readonly Uint8Array[]): {
  readonly header: SnapshotHeader;
  readonly versions: readonly Version[];
} {
  const reader = new ByteReader(Buffer.concat(chunks));
  const format = reader.uint();
  if (format !== formatVersion) throw new Error(`snapshot has format ${format}, wanted ${formatVersion}`);
  const header = { revision: reader.uint(), compactRevision: reader.uint(), versions: reader.uint() };
  const versions: Version[] = [];
  while (!reader.done) versions.push(readVersion(reader));
  if (versions.length !== header.versions)
    throw new Error(`snapshot holds ${versions.length} versions, wanted ${header.versions}`);
  return { header, versions };
}

function readVersion(reader: ByteReader): Version {
  const sub = reader.uint();
  const deleted = reader.u8() === 1;
  const read = readKeyValue(reader);
  // Copied: a kept view would keep the whole snapshot.
  const kv = { ...read, key: new Uint8Array(read.key), value: new Uint8Array(read.value) };
  return { name: keyName(kv.key), sub, deleted, kv };
}

import { crc32c } from './crc32c.js';
import type { Version } from './version.js';

/**
 * etcd's HashKV: CRC-32C over the word "key", then for each version in order of revisions its key and its value in etcd's own
 * database: the key is u64 main, "_", u64 sub (big-endian) and "t" behind a delete; the value is the protobuf message
 * mvccpb.KeyValue, of a delete with the key alone.
 */
export interface HashedVersions {
  readonly pieces: readonly (readonly Version[])[];
  readonly kept: (version: Version) => boolean;
  readonly body: (version: Version) => Uint8Array;
}

/**
 * Which versions count at `revision`. Of those that a compaction has gone over, only what is still the state of a key at
 * `revision`; so it does not matter how far a member got with freeing them. Where no key lives at `revision`
 * etcd leaves out nothing that is there: here then, what the compaction kept.
 */
export function keptAt(options: {
  readonly revision: number;
  readonly compactRevision: number;
  readonly isEmpty: boolean;
}): (version: Version) => boolean {
  const { revision, compactRevision, isEmpty } = options;
  return (version) => {
    if (version.main > revision) return false;
    if (version.main > compactRevision) return true;
    if (isEmpty) return !version.compactedBy(compactRevision);
    return !version.deleted && !version.supersededBy(revision);
  };
}

/** A step a piece. */
export function* hashVersions({ pieces, kept, body }: HashedVersions): Generator<void, number, undefined> {
  let crc = crc32c(Buffer.from('key'));
  let scratch = Buffer.allocUnsafe(4096);
  for (const piece of pieces) {
    for (const version of piece) {
      if (!kept(version)) continue;
      const bytesMax = version.bodyLength + encodedOverheadMax;
      if (scratch.byteLength < bytesMax) scratch = Buffer.allocUnsafe(2 * bytesMax);
      crc = crc32c(scratch.subarray(0, encode(scratch, version, body(version))), crc);
    }
    yield;
  }
  return crc;
}

/** What others keep beside the versions (etcd: its other buckets); not etcd's bytes, for it is not etcd's state. */
export function hashMeta(seed: number, meta: readonly (readonly [string, Uint8Array])[]): number {
  let crc = seed;
  for (const [key, value] of meta) crc = crc32c(value, crc32c(Buffer.from(key), crc));
  return crc;
}

/** Key of 18 bytes, six fields with their tags and lengths. */
const encodedOverheadMax = 18 + 6 * 11;

function encode(target: Buffer, version: Version, body: Uint8Array): number {
  writeUint64(target, 0, version.main);
  target[8] = 0x5f;
  writeUint64(target, 9, version.sub);
  let at = 17;
  const { deleted } = version;
  if (deleted) {
    target[at] = 0x74;
    at += 1;
  }
  const keyLength = version.name.length;
  at = writeField(target, at, 1, body.subarray(0, keyLength));
  if (deleted) return at;
  at = writeNumber(target, at, 2, version.createRevision);
  at = writeNumber(target, at, 3, version.main);
  at = writeNumber(target, at, 4, version.version);
  if (version.valueLength > 0)
    at = writeField(target, at, 5, body.subarray(keyLength, keyLength + version.valueLength));
  return version.lease === 0n ? at : writeLease(target, at, version.lease);
}

function writeUint64(target: Buffer, at: number, value: number): void {
  target.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  target.writeUInt32BE(value % 2 ** 32, at + 4);
}

function writeField(target: Buffer, at: number, field: number, value: Uint8Array): number {
  target[at] = (field << 3) | 2;
  const valueAt = writeVarint(target, at + 1, value.byteLength);
  target.set(value, valueAt);
  return valueAt + value.byteLength;
}

/** Zero is not written, as proto3 wants it. */
function writeNumber(target: Buffer, at: number, field: number, value: number): number {
  if (value === 0) return at;
  target[at] = field << 3;
  return writeVarint(target, at + 1, value);
}

function writeVarint(target: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; at += 1) {
    target[at] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  target[at] = rest;
  return at + 1;
}

function writeLease(target: Buffer, start: number, lease: bigint): number {
  target[start] = 6 << 3;
  let at = start + 1;
  let rest = lease;
  for (; rest >= 0x80n; at += 1) {
    target[at] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  target[at] = Number(rest);
  return at + 1;
}

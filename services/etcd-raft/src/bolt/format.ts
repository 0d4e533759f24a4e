/**
 * The file of bbolt, the B+tree that etcd keeps its state in (go.etcd.io/bbolt), little-endian throughout. Pages are 4 KiB, or
 * several of them end to end ("overflow"); number n begins at byte n x page size. A page's head:
 *   u64 its number, u16 kind, u16 elements, u32 further pages that belong to it
 * Kinds: meta (pages 0 and 1, the newer whole one counts), freelist (u64 numbers of free pages), leaf, branch. Leaf and branch hold
 * fixed elements, then keys and values, to which elements point from where they begin themselves:
 *   leaf    u32 flags (1: the value is a bucket), u32 distance, u32 bytes of key, u32 of value
 *   branch  u32 distance, u32 bytes of key, u64 page; the key is the first one below that page
 * A bucket is u64 root page, u64 sequence; root 0: one leaf page follows in the value itself. The file's own root is a
 * bucket of buckets.
 */
export const pageBytes = 4096;
export const pageHeadBytes = 16;
export const elementBytes = 16;
export const bucketBytes = 16;
export const metaBytes = 64;
/** bbolt refuses longer keys. */
export const keyBytesMax = 32_768;
export const bucketFlag = 1;

export const pageKinds = { branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10 } as const;

const magic = 0xed0c_daed;
const formatVersion = 2;
const checksumAt = 56;

/** The file is no bbolt database, or damaged; or what should be put into one does not fit its format. */
export class BoltError extends Error {
  override readonly name = 'BoltError';
}

export interface Meta {
  readonly pageBytes: number;
  /** Of the bucket of buckets. */
  readonly root: number;
  readonly freelist: number;
  /** One more than the last page. */
  readonly pages: number;
  readonly transaction: number;
}

export interface PageHead {
  readonly page: number;
  readonly kind: number;
  readonly elements: number;
  readonly overflow: number;
}

export function writePageHead(target: Buffer, at: number, head: PageHead): void {
  writeUint64(target, at, head.page);
  target.writeUInt16LE(head.kind, at + 8);
  target.writeUInt16LE(head.elements, at + 10);
  target.writeUInt32LE(head.overflow, at + 12);
}

export function readPageHead(bytes: Buffer, at = 0): PageHead {
  return {
    page: readUint64(bytes, at),
    kind: bytes.readUInt16LE(at + 8),
    elements: bytes.readUInt16LE(at + 10),
    overflow: bytes.readUInt32LE(at + 12),
  };
}

export function writeMeta(target: Buffer, at: number, meta: Meta): void {
  target.writeUInt32LE(magic, at);
  target.writeUInt32LE(formatVersion, at + 4);
  target.writeUInt32LE(meta.pageBytes, at + 8);
  target.writeUInt32LE(0, at + 12);
  writeUint64(target, at + 16, meta.root);
  writeUint64(target, at + 24, 0);
  writeUint64(target, at + 32, meta.freelist);
  writeUint64(target, at + 40, meta.pages);
  writeUint64(target, at + 48, meta.transaction);
  target.writeBigUInt64LE(fnv64a(target.subarray(at, at + checksumAt)), at + checksumAt);
}

/** Undefined for what is no whole meta: the other one may be. */
export function readMeta(bytes: Buffer): Meta | undefined {
  if (bytes.byteLength < metaBytes || bytes.readUInt32LE(0) !== magic) return undefined;
  if (bytes.readUInt32LE(4) !== formatVersion) return undefined;
  if (bytes.readBigUInt64LE(checksumAt) !== fnv64a(bytes.subarray(0, checksumAt))) return undefined;
  return {
    pageBytes: bytes.readUInt32LE(8),
    root: readUint64(bytes, 16),
    // May be 2^64 - 1: not kept in the file, found anew when it is opened. Nobody here reads it.
    freelist: Number(bytes.readBigUInt64LE(32)),
    pages: readUint64(bytes, 40),
    transaction: readUint64(bytes, 48),
  };
}

export function writeUint64(target: Buffer, at: number, value: number): void {
  target.writeUInt32LE(value % 2 ** 32, at);
  target.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

export function readUint64(bytes: Buffer, at: number): number {
  const value = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;
  if (!Number.isSafeInteger(value)) throw new BoltError(`a number beyond 2^53 at byte ${at}: damaged`);
  return value;
}

/** http://www.isthe.com/chongo/tech/comp/fnv/ */
export function fnv64a(bytes: Uint8Array): bigint {
  let hash = 0xcbf2_9ce4_8422_2325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100_0000_01b3n);
  return hash;
}

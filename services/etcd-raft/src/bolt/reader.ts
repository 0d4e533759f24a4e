import type { DiskFile } from '@kubelab/world';
import {
  BoltError,
  bucketBytes,
  bucketFlag,
  elementBytes,
  type Meta,
  metaBytes,
  type PageHead,
  pageHeadBytes,
  pageKinds,
  readMeta,
  readPageHead,
  readUint64,
} from './format.js';

/** Deeper than any tree of 4 KiB pages: beyond it pages point in a circle. */
const depthMax = 40;
const pageBytesMin = 512;
const pageBytesMax = 64 * 1024;
/** Of a page with what overflows it: values are bounded by the request limit of who wrote them. */
const nodeBytesMax = 256 * 1024 * 1024;
/** Read at once: neighbouring pages mostly follow each other. */
const windowBytes = 256 * 1024;

export interface BoltEntry {
  /** Views of the page. */
  readonly key: Buffer;
  readonly value: Buffer;
}

/** `bytes`: how much of the file is the database. */
export async function openBolt(file: Pick<DiskFile, 'path' | 'read'>, bytes: number): Promise<BoltReader> {
  const first = await metaAt(file, 0, bytes);
  // The second page begins where the first one says; where that is damaged, at any size that pages have.
  const sizes: number[] = first === undefined ? [] : [first.pageBytes];
  if (first === undefined) for (let size = pageBytesMin; size <= pageBytesMax; size *= 2) sizes.push(size);
  let newest = first;
  for (const size of sizes) {
    const second = await metaAt(file, size, bytes);
    if (second?.pageBytes !== size) continue;
    if (newest === undefined || second.transaction > newest.transaction) newest = second;
  }
  if (newest === undefined)
    throw new BoltError(`${file.path} is no bbolt database, or its beginning is damaged`);
  if (newest.pages * newest.pageBytes > bytes)
    throw new BoltError(`${file.path} is cut off: ${bytes} bytes of ${newest.pages} pages`);
  return new BoltReader(file, newest);
}

async function metaAt(
  file: Pick<DiskFile, 'read'>,
  position: number,
  bytes: number,
): Promise<Meta | undefined> {
  if (position + pageHeadBytes + metaBytes > bytes) return undefined;
  const read = asBuffer(await file.read(position, pageHeadBytes + metaBytes));
  const meta = readMeta(read.subarray(pageHeadBytes));
  const size = meta?.pageBytes ?? 0;
  return size < pageBytesMin || size > pageBytesMax ? undefined : meta;
}

/** Reads a database that nobody writes. Everything it is told by the file is checked before it is believed. */
export class BoltReader {
  readonly #file: Pick<DiskFile, 'path' | 'read'>;
  readonly #meta: Meta;
  #window: { readonly position: number; readonly bytes: Buffer } = { position: 0, bytes: Buffer.alloc(0) };

  constructor(file: Pick<DiskFile, 'path' | 'read'>, meta: Meta) {
    this.#file = file;
    this.#meta = meta;
  }

  async bucketNames(): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const elements of this.#elements(this.#meta.root, 0))
      for (const { key, isBucket } of elements) if (isBucket) names.push(key.toString());
    return names;
  }

  /** In order of keys, a leaf at a time; none where there is no such bucket. Each array's views are the receiver's. */
  async *entries(bucket: string): AsyncGenerator<readonly BoltEntry[], void, undefined> {
    const value = await this.#bucket(bucket);
    if (value === undefined) return;
    if (value.byteLength < bucketBytes) throw this.#damaged(`bucket ${bucket} is too short`);
    const root = readUint64(value, 0);
    if (root === 0 && value.byteLength < bucketBytes + pageHeadBytes)
      throw this.#damaged(`bucket ${bucket} is too short`);
    const leaves =
      root === 0
        ? [this.#leafElements(value.subarray(bucketBytes), readPageHead(value, bucketBytes))]
        : this.#elements(root, 0);
    let last: Buffer | undefined;
    for await (const elements of leaves) {
      for (const { key, isBucket } of elements) {
        if (isBucket) throw this.#damaged(`bucket ${bucket} holds another bucket`);
        if (last !== undefined && Buffer.compare(last, key) >= 0)
          throw this.#damaged(`bucket ${bucket} is out of order`);
        last = key;
      }
      if (elements.length > 0) yield elements;
    }
  }

  async #bucket(name: string): Promise<Buffer | undefined> {
    const wanted = Buffer.from(name);
    for await (const elements of this.#elements(this.#meta.root, 0))
      for (const { key, value, isBucket } of elements) if (isBucket && key.equals(wanted)) return value;
    return undefined;
  }

  async *#elements(page: number, depth: number): AsyncGenerator<readonly LeafElement[], void, undefined> {
    if (depth > depthMax) throw this.#damaged(`page ${page} lies deeper than ${depthMax}`);
    const bytes = await this.#page(page);
    const head = readPageHead(bytes);
    if (head.kind === pageKinds.leaf) {
      yield this.#leafElements(bytes, head);
      return;
    }
    if (head.kind !== pageKinds.branch) throw this.#damaged(`page ${page} is of kind ${head.kind}`);
    this.#checkElements(bytes, head);
    for (let at = 0; at < head.elements; at += 1)
      yield* this.#elements(readUint64(bytes, pageHeadBytes + at * elementBytes + 8), depth + 1);
  }

  #leafElements(bytes: Buffer, head: PageHead): readonly LeafElement[] {
    if (head.kind !== pageKinds.leaf) throw this.#damaged(`page ${head.page} is of kind ${head.kind}`);
    this.#checkElements(bytes, head);
    const elements: LeafElement[] = [];
    for (let at = 0; at < head.elements; at += 1) {
      const element = pageHeadBytes + at * elementBytes;
      const key = element + bytes.readUInt32LE(element + 4);
      const value = key + bytes.readUInt32LE(element + 8);
      const end = value + bytes.readUInt32LE(element + 12);
      if (end > bytes.byteLength) throw this.#damaged(`an entry goes beyond page ${head.page}`);
      const isBucket = (bytes.readUInt32LE(element) & bucketFlag) !== 0;
      elements.push({ key: bytes.subarray(key, value), value: bytes.subarray(value, end), isBucket });
    }
    return elements;
  }

  #checkElements(bytes: Buffer, { page, elements }: PageHead): void {
    if (pageHeadBytes + elements * elementBytes > bytes.byteLength)
      throw this.#damaged(`page ${page} cannot hold ${elements} elements`);
  }

  /** With what overflows it. */
  async #page(page: number): Promise<Buffer> {
    const { pageBytes, pages } = this.#meta;
    if (page < 2 || page >= pages) throw this.#damaged(`there is no page ${page}`);
    const first = await this.#read(page * pageBytes, pageBytes);
    const head = readPageHead(first);
    const bytes = (head.overflow + 1) * pageBytes;
    if (head.page !== page || page + head.overflow >= pages || bytes > nodeBytesMax)
      throw this.#damaged(`page ${page} has the head of page ${head.page} and ${head.overflow} more`);
    return head.overflow === 0 ? first : this.#read(page * pageBytes, bytes);
  }

  /** What it gives is not overwritten later. */
  async #read(position: number, bytes: number): Promise<Buffer> {
    const { position: from, bytes: window } = this.#window;
    const at = position - from;
    if (at >= 0 && at + bytes <= window.byteLength) return window.subarray(at, at + bytes);
    const read = asBuffer(await this.#file.read(position, Math.max(bytes, windowBytes)));
    if (read.byteLength < bytes) throw this.#damaged(`cut off at byte ${position + read.byteLength}`);
    this.#window = { position, bytes: read };
    return read.subarray(0, bytes);
  }

  #damaged(how: string): BoltError {
    return new BoltError(`${this.#file.path} is damaged: ${how}`);
  }
}

interface LeafElement extends BoltEntry {
  readonly isBucket: boolean;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

import {
  bucketBytes,
  bucketFlag,
  elementBytes,
  pageBytes,
  pageHeadBytes,
  pageKinds,
  writeMeta,
  writePageHead,
  writeUint64,
} from './format.js';
import {
  type BoltBucket,
  type BucketLayout,
  BucketPlanner,
  type EntryPiece,
  LeafPacker,
  pagesFor,
} from './layout.js';

const chunkBytes = 64 * pageBytes;
/** Pages 0 and 1 are metas, 2 is the freelist. */
const pagesBefore = 3;

interface PlannedBucket extends BucketLayout {
  readonly name: string;
  readonly pieces: readonly EntryPiece[];
  readonly firstPage: number;
  readonly root: number;
}

export interface BoltPlan {
  readonly bytes: number;
  readonly pages: number;
  readonly root: number;
  readonly buckets: readonly PlannedBucket[];
}

/** Lays out the file, without reading a value. `nextTurn` after each piece. */
export async function planBolt(
  buckets: readonly BoltBucket[],
  nextTurn: () => Promise<void>,
): Promise<BoltPlan> {
  let page = pagesBefore;
  const planned: PlannedBucket[] = [];
  for (const { name, pieces } of buckets.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const planner = new BucketPlanner();
    for (const piece of pieces) {
      planner.add(piece);
      await nextTurn();
    }
    const layout = planner.finish();
    const firstPage = page;
    page += layout.pages;
    const top = layout.levels.length === 0 ? layout.pages : layout.branchPages;
    planned.push({ ...layout, name, pieces, firstPage, root: page - top });
  }
  const root = page;
  const rootPlanner = new BucketPlanner();
  rootPlanner.add(bucketsPiece(planned));
  const { pages } = rootPlanner.finish();
  page += pages;
  return { bytes: page * pageBytes, pages: page, root, buckets: planned };
}

/** The file in chunks of about 256 KiB, each the receiver's own. Memory beside them: a key for each page of the bucket at hand. */
export function* writeBolt(plan: BoltPlan): Generator<Uint8Array, void, undefined> {
  yield headPages(plan);
  for (const bucket of plan.buckets) yield* bucketPages(bucket);
  const root = bucketsPiece(plan.buckets);
  const leaf = new Leaf(bucketFlag);
  for (let at = 0; at < root.length; at += 1) leaf.add(root, at, root.keyBytes(at), root.valueBytes(at));
  const target = Buffer.alloc(leaf.bytes);
  leaf.write(target, 0, plan.root);
  yield target;
}

function headPages({ root, pages }: BoltPlan): Buffer {
  const target = Buffer.alloc(pagesBefore * pageBytes);
  for (const page of [0, 1]) {
    writePageHead(target, page * pageBytes, { page, kind: pageKinds.meta, elements: 0, overflow: 0 });
    const meta = { pageBytes, root, freelist: 2, pages, transaction: page };
    writeMeta(target, page * pageBytes + pageHeadBytes, meta);
  }
  writePageHead(target, 2 * pageBytes, { page: 2, kind: pageKinds.freelist, elements: 0, overflow: 0 });
  return target;
}

/** The entries of the bucket of buckets. */
function bucketsPiece(buckets: readonly PlannedBucket[]): EntryPiece {
  const names = buckets.map(({ name }) => Buffer.from(name));
  return {
    length: buckets.length,
    keyBytes: (at) => names[at]?.byteLength ?? 0,
    valueBytes: () => bucketBytes,
    write: (at, target, offset) => {
      const name = names[at] ?? Buffer.alloc(0);
      target.set(name, offset);
      writeUint64(target, offset + name.byteLength, buckets[at]?.root ?? 0);
      writeUint64(target, offset + name.byteLength + 8, 0);
    },
  };
}

function* bucketPages(bucket: PlannedBucket): Generator<Uint8Array, void, undefined> {
  const out = new Chunks();
  const leaf = new Leaf(0);
  let page = bucket.firstPage;
  let nodes = new Nodes();
  const end = (): Uint8Array | undefined => {
    const { bytes } = leaf;
    const full = out.reserve(bytes);
    const { target, at } = out;
    leaf.write(target, at, page);
    nodes.add(leaf.firstKey(target, at), page);
    out.advance(bytes);
    page += bytes / pageBytes;
    leaf.clear();
    return full;
  };
  for (const piece of bucket.pieces) {
    const { length } = piece;
    for (let at = 0; at < length; at += 1) {
      const keyBytes = piece.keyBytes(at);
      const valueBytes = piece.valueBytes(at);
      if (!leaf.fits(keyBytes + valueBytes)) {
        const full = end();
        if (full !== undefined) yield full;
      }
      leaf.add(piece, at, keyBytes, valueBytes);
    }
  }
  const last = end();
  if (last !== undefined) yield last;
  for (const branches of bucket.levels) {
    const above = new Nodes();
    for (let at = 0; at < branches; at += 1) {
      const from = Math.floor((at * nodes.length) / branches);
      const to = Math.floor(((at + 1) * nodes.length) / branches);
      const full = out.reserve(bucket.branchPages * pageBytes);
      if (full !== undefined) yield full;
      writeBranch(out, nodes, { from, to, page, pages: bucket.branchPages });
      out.advance(bucket.branchPages * pageBytes);
      above.add(nodes.key(from), page);
      page += bucket.branchPages;
    }
    nodes = above;
  }
  const rest = out.take();
  if (rest !== undefined) yield rest;
  if (page !== bucket.firstPage + bucket.pages)
    throw new Error(`bucket ${bucket.name} ends before page ${page}, not ${bucket.firstPage + bucket.pages}`);
}

interface Branch {
  /** Its children are nodes [from, to) of the level below. */
  readonly from: number;
  readonly to: number;
  readonly page: number;
  /** Of which the last are left empty where keys are short. */
  readonly pages: number;
}

function writeBranch(
  { target, at: start }: Pick<Chunks, 'target' | 'at'>,
  nodes: Nodes,
  { from, to, page, pages }: Branch,
): void {
  const elements = to - from;
  writePageHead(target, start, { page, kind: pageKinds.branch, elements, overflow: pages - 1 });
  let element = start + pageHeadBytes;
  let data = element + elements * elementBytes;
  for (let at = from; at < to; at += 1) {
    const key = nodes.key(at);
    target.writeUInt32LE(data - element, element);
    target.writeUInt32LE(key.byteLength, element + 4);
    writeUint64(target, element + 8, nodes.page(at));
    target.set(key, data);
    data += key.byteLength;
    element += elementBytes;
  }
  target.fill(0, data, start + pages * pageBytes);
}

/** The entries of the leaf that is being filled. */
class Leaf {
  readonly #flags: number;
  readonly #packer = new LeafPacker();
  readonly #pieces: EntryPiece[] = [];
  readonly #places: number[] = [];
  readonly #keyBytes: number[] = [];
  readonly #valueBytes: number[] = [];

  constructor(flags: number) {
    this.#flags = flags;
  }

  /** With the pages that overflow. */
  get bytes(): number {
    return pagesFor(this.#packer.used) * pageBytes;
  }

  fits(bytes: number): boolean {
    return this.#packer.fits(bytes);
  }

  add(piece: EntryPiece, at: number, keyBytes: number, valueBytes: number): void {
    this.#packer.add(keyBytes + valueBytes);
    this.#pieces.push(piece);
    this.#places.push(at);
    this.#keyBytes.push(keyBytes);
    this.#valueBytes.push(valueBytes);
  }

  clear(): void {
    this.#packer.clear();
    for (const list of [this.#pieces, this.#places, this.#keyBytes, this.#valueBytes]) list.length = 0;
  }

  write(target: Buffer, start: number, page: number): void {
    const { entries: elements } = this.#packer;
    const { bytes } = this;
    const overflow = bytes / pageBytes - 1;
    writePageHead(target, start, { page, kind: pageKinds.leaf, elements, overflow });
    let element = start + pageHeadBytes;
    let data = element + elements * elementBytes;
    for (let index = 0; index < elements; index += 1) {
      const keyBytes = this.#keyBytes[index] ?? 0;
      const valueBytes = this.#valueBytes[index] ?? 0;
      target.writeUInt32LE(this.#flags, element);
      target.writeUInt32LE(data - element, element + 4);
      target.writeUInt32LE(keyBytes, element + 8);
      target.writeUInt32LE(valueBytes, element + 12);
      this.#pieces[index]?.write(this.#places[index] ?? 0, target, data);
      data += keyBytes + valueBytes;
      element += elementBytes;
    }
    target.fill(0, data, start + bytes);
  }

  /** Of what was written there. */
  firstKey(target: Buffer, start: number): Buffer {
    const key = start + pageHeadBytes + this.#packer.entries * elementBytes;
    return target.subarray(key, key + (this.#keyBytes[0] ?? 0));
  }
}

/** First key and page of each node of a level: keys end to end in one buffer, for there may be half a million. */
class Nodes {
  readonly #pages: number[] = [];
  readonly #ends: number[] = [];
  #keys = Buffer.alloc(1024);

  get length(): number {
    return this.#pages.length;
  }

  add(key: Buffer, page: number): void {
    const start = this.#ends.at(-1) ?? 0;
    const end = start + key.byteLength;
    if (end > this.#keys.byteLength) {
      const grown = Buffer.alloc(2 * end);
      grown.set(this.#keys.subarray(0, start));
      this.#keys = grown;
    }
    this.#keys.set(key, start);
    this.#ends.push(end);
    this.#pages.push(page);
  }

  key(at: number): Buffer {
    return this.#keys.subarray(at === 0 ? 0 : this.#ends[at - 1], this.#ends[at]);
  }

  page(at: number): number {
    return this.#pages[at] ?? 0;
  }
}

/** Where pages are written to, end to end. A chunk that is given away is not written to again. */
class Chunks {
  #target = Buffer.alloc(0);
  #at = 0;

  get target(): Buffer {
    return this.#target;
  }

  get at(): number {
    return this.#at;
  }

  /** Makes room for so many bytes, with whatever in it; gives the chunk that became full by that. */
  reserve(bytes: number): Uint8Array | undefined {
    if (this.#at + bytes <= this.#target.byteLength) return undefined;
    const full = this.take();
    this.#target = Buffer.allocUnsafeSlow(Math.max(chunkBytes, bytes));
    return full;
  }

  advance(bytes: number): void {
    this.#at += bytes;
  }

  take(): Uint8Array | undefined {
    const taken = this.#at === 0 ? undefined : this.#target.subarray(0, this.#at);
    this.#target = Buffer.alloc(0);
    this.#at = 0;
    return taken;
  }
}

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
  for (let at = 0; at < root.length; at += 1) leaf.add(root, at);
  yield leaf.page(plan.root);
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
    const written = leaf.page(page);
    nodes.add(leaf.firstKey(written), page);
    page += written.byteLength / pageBytes;
    leaf.clear();
    return out.add(written);
  };
  for (const piece of bucket.pieces)
    for (let at = 0; at < piece.length; at += 1) {
      if (!leaf.fits(piece, at)) {
        const chunk = end();
        if (chunk !== undefined) yield chunk;
      }
      leaf.add(piece, at);
    }
  const last = end();
  if (last !== undefined) yield last;
  for (const branches of bucket.levels) {
    const above = new Nodes();
    for (let at = 0; at < branches; at += 1) {
      const from = Math.floor((at * nodes.length) / branches);
      const to = Math.floor(((at + 1) * nodes.length) / branches);
      const chunk = out.add(branchPage(nodes, { from, to }, { page, pages: bucket.branchPages }));
      above.add(nodes.key(from), page);
      page += bucket.branchPages;
      if (chunk !== undefined) yield chunk;
    }
    nodes = above;
  }
  yield* out.rest();
  if (page !== bucket.firstPage + bucket.pages)
    throw new Error(`bucket ${bucket.name} ends before page ${page}, not ${bucket.firstPage + bucket.pages}`);
}

/** `pages`: of which the last are left empty where keys are short. */
function branchPage(
  nodes: Nodes,
  { from, to }: { readonly from: number; readonly to: number },
  { page, pages }: { readonly page: number; readonly pages: number },
): Buffer {
  const target = Buffer.alloc(pages * pageBytes);
  const elements = to - from;
  writePageHead(target, 0, { page, kind: pageKinds.branch, elements, overflow: pages - 1 });
  let data = pageHeadBytes + elements * elementBytes;
  for (let at = from; at < to; at += 1) {
    const element = pageHeadBytes + (at - from) * elementBytes;
    const key = nodes.key(at);
    target.writeUInt32LE(data - element, element);
    target.writeUInt32LE(key.byteLength, element + 4);
    writeUint64(target, element + 8, nodes.page(at));
    target.set(key, data);
    data += key.byteLength;
  }
  return target;
}

/** The entries of the leaf that is being filled. */
class Leaf {
  readonly #flags: number;
  readonly #packer = new LeafPacker();
  readonly #pieces: EntryPiece[] = [];
  readonly #places: number[] = [];

  constructor(flags: number) {
    this.#flags = flags;
  }

  fits(piece: EntryPiece, at: number): boolean {
    return this.#packer.fits(piece.keyBytes(at) + piece.valueBytes(at));
  }

  add(piece: EntryPiece, at: number): void {
    this.#packer.add(piece.keyBytes(at) + piece.valueBytes(at));
    this.#pieces.push(piece);
    this.#places.push(at);
  }

  clear(): void {
    this.#packer.clear();
    this.#pieces.length = 0;
    this.#places.length = 0;
  }

  /** With the pages that overflow. */
  page(page: number): Buffer {
    const { entries: elements, used } = this.#packer;
    const pages = pagesFor(used);
    const target = Buffer.alloc(pages * pageBytes);
    writePageHead(target, 0, { page, kind: pageKinds.leaf, elements, overflow: pages - 1 });
    let data = pageHeadBytes + elements * elementBytes;
    for (const [index, piece] of this.#pieces.entries()) {
      const element = pageHeadBytes + index * elementBytes;
      const at = this.#places[index] ?? 0;
      const [keyBytes, valueBytes] = [piece.keyBytes(at), piece.valueBytes(at)];
      target.writeUInt32LE(this.#flags, element);
      target.writeUInt32LE(data - element, element + 4);
      target.writeUInt32LE(keyBytes, element + 8);
      target.writeUInt32LE(valueBytes, element + 12);
      piece.write(at, target, data);
      data += keyBytes + valueBytes;
    }
    return target;
  }

  firstKey(page: Buffer): Buffer {
    const start = pageHeadBytes + this.#packer.entries * elementBytes;
    return page.subarray(start, start + (this.#pieces[0]?.keyBytes(this.#places[0] ?? 0) ?? 0));
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

/** Gathers pages into chunks. */
class Chunks {
  #pages: Uint8Array[] = [];
  #bytes = 0;

  add(page: Uint8Array): Uint8Array | undefined {
    this.#pages.push(page);
    this.#bytes += page.byteLength;
    return this.#bytes < chunkBytes ? undefined : this.#take();
  }

  *rest(): Generator<Uint8Array, void, undefined> {
    if (this.#bytes > 0) yield this.#take();
  }

  #take(): Uint8Array {
    const chunk = Buffer.concat(this.#pages);
    this.#pages = [];
    this.#bytes = 0;
    return chunk;
  }
}

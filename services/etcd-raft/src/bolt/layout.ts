import { BoltError, elementBytes, keyBytesMax, pageBytes, pageHeadBytes } from './format.js';

/**
 * Some entries of a bucket, in order. Walked twice: by their sizes, so that the file's beginning can say where all ends; then
 * to be written. What is written must be as long as was said.
 */
export interface EntryPiece {
  readonly length: number;
  keyBytes(at: number): number;
  valueBytes(at: number): number;
  /** Key and value, end to end. */
  write(at: number, target: Buffer, offset: number): void;
}

/** Keys ascend in byte order, over all pieces. */
export interface BoltBucket {
  readonly name: string;
  readonly pieces: readonly EntryPiece[];
}

/** As many entries as one page holds; a longer one has pages of its own. Decides alike on both walks. */
export class LeafPacker {
  #used = pageHeadBytes;
  #entries = 0;

  get entries(): number {
    return this.#entries;
  }

  get used(): number {
    return this.#used;
  }

  fits(bytes: number): boolean {
    return this.#entries === 0 || this.#used + elementBytes + bytes <= pageBytes;
  }

  add(bytes: number): void {
    this.#used += elementBytes + bytes;
    this.#entries += 1;
  }

  clear(): void {
    this.#used = pageHeadBytes;
    this.#entries = 0;
  }
}

export function pagesFor(bytes: number): number {
  return Math.ceil(bytes / pageBytes);
}

/** Where the pages of a bucket are: leaves, then one level of branches after the other, the root last. */
export interface BucketLayout {
  readonly leaves: number;
  /** How many branches, level by level, upwards; empty where one leaf is all. */
  readonly levels: readonly number[];
  /** Of each branch. */
  readonly branchPages: number;
  readonly pages: number;
}

export class BucketPlanner {
  readonly #packer = new LeafPacker();
  #leaves = 0;
  #pages = 0;
  #keyBytes = 0;

  add(piece: EntryPiece): void {
    for (let at = 0; at < piece.length; at += 1) {
      const keyBytes = piece.keyBytes(at);
      if (keyBytes > keyBytesMax)
        throw new BoltError(`a key of ${keyBytes} bytes: snapshots hold keys of up to ${keyBytesMax}`);
      if (keyBytes > this.#keyBytes) this.#keyBytes = keyBytes;
      const bytes = keyBytes + piece.valueBytes(at);
      if (!this.#packer.fits(bytes)) this.#endLeaf();
      this.#packer.add(bytes);
    }
  }

  finish(): BucketLayout {
    this.#endLeaf();
    const elementMax = elementBytes + this.#keyBytes;
    const fanout = Math.max(fanoutMin, Math.floor((pageBytes - pageHeadBytes) / elementMax));
    const branchPages = pagesFor(pageHeadBytes + fanout * elementMax);
    const levels: number[] = [];
    for (let nodes = this.#leaves; nodes > 1; ) {
      nodes = Math.ceil(nodes / fanout);
      levels.push(nodes);
    }
    const branches = levels.reduce((sum, nodes) => sum + nodes, 0);
    return { leaves: this.#leaves, levels, branchPages, pages: this.#pages + branches * branchPages };
  }

  #endLeaf(): void {
    this.#leaves += 1;
    this.#pages += pagesFor(this.#packer.used);
    this.#packer.clear();
  }
}

/** Children are dealt out evenly, so that no branch has less than two: bbolt takes that for granted when it deletes. */
const fanoutMin = 4;

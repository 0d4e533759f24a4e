/** Slabs grow from the first to the second size: a small store (there are many in a simulation) stays small. */
const slabBytesMin = 4 * 1024;
const slabBytesMax = 1024 * 1024;
/** A larger body gets a slab of its own, so that at most a quarter of a slab is left unused. */
const sharedBodyBytesMax = slabBytesMax / 4;

/**
 * A block of memory that bodies of versions are copied into, end to end. Written once, never overwritten: a view into
 * it stays true for as long as somebody holds it, whatever is freed meanwhile. Why not one Uint8Array a value: each
 * costs some 300 bytes beside its content and is tracked one by one by the garbage collector.
 */
export interface Slab {
  readonly bytes: Uint8Array;
  used: number;
  /** Of `used`, what versions still refer to. */
  live: number;
}

export interface Placed {
  slab: Slab | undefined;
  at: number;
  readonly bodyLength: number;
}

/** Where bodies lie in memory. What is freed is given back a slab at a time: when empty, or by moving what is left. */
export class Arena {
  readonly #slabs = new Set<Slab>();
  #current: Slab | undefined;
  #bytes = 0;
  #live = 0;

  /** Of all slabs. */
  get bytes(): number {
    return this.#bytes;
  }

  get live(): number {
    return this.#live;
  }

  /** Copies the parts, end to end; `placed` then says where they are. */
  place(placed: Placed, parts: readonly Uint8Array[]): void {
    const { bodyLength } = placed;
    const slab = this.#room(bodyLength);
    placed.slab = slab;
    placed.at = slab.used;
    let at = slab.used;
    for (const part of parts) {
      slab.bytes.set(part, at);
      at += part.byteLength;
    }
    slab.used = at;
    slab.live += bodyLength;
    this.#live += bodyLength;
  }

  /** The memory of `slab` may go when nothing else lies in it. */
  free(slab: Slab, bytes: number): void {
    slab.live -= bytes;
    this.#live -= bytes;
    if (slab.live === 0 && slab !== this.#current) this.#drop(slab);
  }

  /** Less than half of it is live: worth moving what is left, which costs less than it gives back. */
  isSparse(slab: Slab): boolean {
    return slab !== this.#current && slab.live * 2 < slab.bytes.byteLength;
  }

  get hasSparse(): boolean {
    for (const slab of this.#slabs) if (this.isSparse(slab)) return true;
    return false;
  }

  /** Copies a body out of a sparse slab. */
  move(placed: Placed): void {
    const { slab, at, bodyLength } = placed;
    if (slab === undefined || !this.isSparse(slab)) return;
    this.place(placed, [slab.bytes.subarray(at, at + bodyLength)]);
    this.free(slab, bodyLength);
  }

  clear(): void {
    this.#slabs.clear();
    this.#current = undefined;
    this.#bytes = 0;
    this.#live = 0;
  }

  #room(bytes: number): Slab {
    const current = this.#current;
    if (current !== undefined && current.used + bytes <= current.bytes.byteLength) return current;
    if (bytes > sharedBodyBytesMax) return this.#make(bytes);
    const grown = Math.max(slabBytesMin, 2 * (current?.bytes.byteLength ?? 0), 2 * bytes);
    this.#current = this.#make(Math.min(slabBytesMax, grown));
    if (current !== undefined && current.live === 0) this.#drop(current);
    return this.#current;
  }

  #make(bytes: number): Slab {
    const slab = { bytes: Buffer.allocUnsafeSlow(bytes), used: 0, live: 0 };
    this.#slabs.add(slab);
    this.#bytes += bytes;
    return slab;
  }

  #drop(slab: Slab): void {
    if (this.#slabs.delete(slab)) this.#bytes -= slab.bytes.byteLength;
  }
}

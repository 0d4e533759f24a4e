const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);
const maxUint64 = 2n ** 64n - 1n;

/** Writes numbers (LEB128, exact below 2^53), bytes and text into a growing buffer. */
export class ByteWriter {
  #buffer: Uint8Array;
  #length = 0;

  constructor(sizeHint = 256) {
    // From Node's pool: a quarter of the cost of memory of its own, zeroed. Who keeps what was written for long copies it.
    this.#buffer = Buffer.allocUnsafe(sizeHint);
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#buffer[this.#length] = value;
    this.#length += 1;
    return this;
  }

  /** Whole, of either sign: what is not negative as uint() writes it, the rest as two's complement of 64 bits. */
  int(value: number): this {
    return value < 0 ? this.bigUint(BigInt.asUintN(64, BigInt(value))) : this.uint(value);
  }

  /** Unsigned whole number. Throws RangeError for others: they would be read as something else. */
  uint(value: number): this {
    if (!(value >= 0)) throw new RangeError(`${value} is not an unsigned whole number`);
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#length] = (rest % 0x80) | 0x80;
      this.#length += 1;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length] = rest;
    this.#length += 1;
    return this;
  }

  /** Unsigned, below 2^64; laid out as uint() does, so that a small one is read by either. */
  bigUint(value: bigint): this {
    if (value <= maxSafe) return this.uint(Number(value));
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80n) {
      this.#buffer[this.#length] = Number(rest & 0x7fn) | 0x80;
      this.#length += 1;
      rest >>= 7n;
    }
    this.#buffer[this.#length] = Number(rest);
    this.#length += 1;
    return this;
  }

  bytes(value: Uint8Array): this {
    this.uint(value.byteLength);
    this.#reserve(value.byteLength);
    this.#buffer.set(value, this.#length);
    this.#length += value.byteLength;
    return this;
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value));
  }

  /** What was written so far; the writer must not be used afterwards. */
  finish(): Uint8Array {
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.byteLength) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.byteLength));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

/** The bytes do not hold what was expected of them. */
export class BytesError extends Error {
  override readonly name = 'BytesError';
}

/** Reads what a ByteWriter wrote. Byte fields are views. Throws BytesError for anything else. */
export class ByteReader {
  readonly #buffer: Uint8Array;
  #at = 0;

  constructor(buffer: Uint8Array) {
    this.#buffer = buffer;
  }

  get done(): boolean {
    return this.#at >= this.#buffer.byteLength;
  }

  u8(): number {
    const value = this.#buffer[this.#at];
    if (value === undefined) throw new BytesError('unexpected end');
    this.#at += 1;
    return value;
  }

  uint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 0x80;
      if (scale > 2 ** 53) throw new BytesError('number too large');
    }
    if (!Number.isSafeInteger(value)) throw new BytesError('number too large');
    return value;
  }

  /** Exact below 2^53 in size. */
  int(): number {
    const start = this.#at;
    const first = this.u8();
    if (first < 0x80) return first;
    this.#at = start;
    const value = Number(BigInt.asIntN(64, this.bigUint()));
    if (!Number.isSafeInteger(value)) throw new BytesError('number too large');
    return value;
  }

  bigUint(): bigint {
    const first = this.u8();
    if (first < 0x80) return first === 0 ? 0n : BigInt(first);
    let value = BigInt(first & 0x7f);
    for (let shift = 7n; ; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (value > maxUint64) throw new BytesError('number too large');
      if (byte < 0x80) return value;
    }
  }

  /** Bits that mean nothing are refused: an encoder cannot have set them. */
  flags(known: number): number {
    const bits = this.u8();
    if ((bits & ~known) !== 0) throw new BytesError(`unknown flags: ${bits}`);
    return bits;
  }

  bytes(): Uint8Array {
    const length = this.uint();
    const end = this.#at + length;
    if (end > this.#buffer.byteLength) throw new BytesError('unexpected end');
    const value = this.#buffer.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  /** All that is left. */
  rest(): Uint8Array {
    const value = this.#buffer.subarray(this.#at);
    this.#at = this.#buffer.byteLength;
    return value;
  }

  text(): string {
    const { buffer, byteOffset, byteLength } = this.bytes();
    return Buffer.from(buffer, byteOffset, byteLength).toString();
  }

  /**
   * A count of items to follow, each of at least one byte: no count can make the reader allocate beyond its
   * input.
   */
  count(): number {
    const count = this.uint();
    if (count > this.#buffer.byteLength - this.#at) throw new BytesError('more items than bytes');
    return count;
  }
}

const bytesFirst = 1024;

/**
 * A buffer that is written from its end to its start: when a message's length has to be told its bytes are there already, so
 * that nothing is measured or copied twice. It grows by doubling and can be used again after `take`.
 */
export class ReverseWriter {
  #buffer: Buffer = Buffer.allocUnsafe(bytesFirst);
  #at = bytesFirst;

  /** Bytes written so far. */
  get size(): number {
    return this.#buffer.length - this.#at;
  }

  /** What was written, as a copy of its own; the writer is empty again. */
  take(): Uint8Array {
    const taken = new Uint8Array(this.#buffer.subarray(this.#at));
    if (this.#buffer.length > bytesKept) this.#buffer = Buffer.allocUnsafe(bytesFirst);
    this.#at = this.#buffer.length;
    return taken;
  }

  byte(value: number): void {
    this.#room(1);
    this.#at -= 1;
    this.#buffer[this.#at] = value;
  }

  bytes(value: Uint8Array): void {
    this.#room(value.byteLength);
    this.#at -= value.byteLength;
    this.#buffer.set(value, this.#at);
  }

  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.#room(length);
    this.#at -= length;
    this.#buffer.write(value, this.#at);
  }

  /** Of a safe integer; a negative one takes ten bytes, as int32 and int64 of protobuf do. */
  varint(value: number): void {
    if (value < 0) {
      this.#negative(value);
      return;
    }
    let length = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length += 1;
    this.#room(length);
    this.#at -= length;
    let rest = value;
    for (let at = this.#at; at < this.#at + length - 1; at += 1) {
      this.#buffer[at] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#at + length - 1] = rest;
  }

  double(value: number): void {
    this.#room(8);
    this.#at -= 8;
    this.#buffer.writeDoubleLE(value, this.#at);
  }

  /** Before `size` bytes that were just written: their length and the field's tag (wire type 2). */
  prefix(number: number, size: number): void {
    this.varint(size);
    this.varint(number * 8 + 2);
  }

  #negative(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    const bytes = new Uint8Array(10);
    for (let at = 0; at < 10; at += 1) {
      bytes[at] = Number(rest & 0x7fn) | (at < 9 ? 0x80 : 0);
      rest >>= 7n;
    }
    this.bytes(bytes);
  }

  #room(wanted: number): void {
    if (wanted <= this.#at) return;
    const { size } = this;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, size + wanted));
    this.#buffer.copy(larger, larger.length - size, this.#at);
    this.#buffer = larger;
    this.#at = larger.length - size;
  }
}

/** A buffer beyond this is let go after one large object. */
const bytesKept = 256 * 1024;

import type { Random } from '../world.js';

const letters = 'useandom26T198340PX75pxJACKVERYMINDBUSHWOLFGQZbfghjklqvwyzrict';

/** sfc32 (Chris Doty-Humphrey's PractRand): small, fast, and good enough to draw schedules from. */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `stream` splits one seed: what one host draws does not shift what another draws. */
  constructor(seed: number, stream: string) {
    let hash = 0x811c9dc5 ^ seed;
    for (const byte of new TextEncoder().encode(stream)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    this.#a = seed >>> 0;
    this.#b = hash;
    this.#c = (seed / 2 ** 32) >>> 0;
    for (let round = 0; round < 15; round += 1) this.#draw();
  }

  #draw(): number {
    const mixed = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) >>> 0;
    this.#c = (this.#c + mixed) >>> 0;
    return mixed;
  }

  next(): number {
    return this.#draw() / 2 ** 32;
  }

  int(maxExclusive: number): number {
    return Math.floor(this.next() * maxExclusive);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#draw() & 0xff);
  }

  uuid(): string {
    const bytes = this.bytes(16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    return Buffer.from(bytes)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  id(size = 21): string {
    return Array.from({ length: size }, () => letters[this.int(letters.length)] ?? 'x').join('');
  }
}

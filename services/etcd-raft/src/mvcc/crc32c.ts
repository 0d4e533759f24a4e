/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), eight bytes a step by tables; node:zlib has only CRC-32. */
const polynomialReflected = 0x82f63b78;

const tables = makeTables();

/** Eight tables of 256: table t at index 256 t is the CRC of a byte with t zero bytes behind it. */
function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 1) === 1 ? (crc >>> 1) ^ polynomialReflected : crc >>> 1;
    made[byte] = crc;
  }
  for (let at = 256; at < made.length; at += 1) {
    const before = made[at - 256] ?? 0;
    made[at] = (before >>> 8) ^ (made[before & 0xff] ?? 0);
  }
  return made;
}

/** Of `bytes` behind what gave `seed`; unsigned. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const t = tables;
  const end = bytes.byteLength;
  let crc = ~seed;
  let at = 0;
  for (const last = end - 8; at <= last; at += 8) {
    const low = crc ^ word(bytes, at);
    crc =
      entry(t, 1792 + (low & 0xff)) ^
      entry(t, 1536 + ((low >>> 8) & 0xff)) ^
      entry(t, 1280 + ((low >>> 16) & 0xff)) ^
      entry(t, 1024 + (low >>> 24)) ^
      entry(t, 768 + byteAt(bytes, at + 4)) ^
      entry(t, 512 + byteAt(bytes, at + 5)) ^
      entry(t, 256 + byteAt(bytes, at + 6)) ^
      entry(t, byteAt(bytes, at + 7));
  }
  for (; at < end; at += 1) crc = (crc >>> 8) ^ entry(t, (crc ^ byteAt(bytes, at)) & 0xff);
  return ~crc >>> 0;
}

function word(bytes: Uint8Array, at: number): number {
  return (
    byteAt(bytes, at) |
    (byteAt(bytes, at + 1) << 8) |
    (byteAt(bytes, at + 2) << 16) |
    (byteAt(bytes, at + 3) << 24)
  );
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function entry(table: Int32Array, at: number): number {
  return table[at] ?? 0;
}

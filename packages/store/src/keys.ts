import type { Key } from './contract.js';

/**
 * The end of the range of all keys that begin with `prefix`; [0] (everything from the key on) where no larger
 * key exists.
 */
export function prefixEnd(prefix: Key): Key {
  for (let at = prefix.byteLength - 1; at >= 0; at -= 1) {
    const byte = prefix[at] ?? 0xff;
    if (byte === 0xff) continue;
    const end = prefix.slice(0, at + 1);
    end[at] = byte + 1;
    return end;
  }
  return new Uint8Array([0]);
}

/** Byte order, as the store sorts. */
export function compareKeys(a: Key, b: Key): number {
  return Buffer.compare(a, b);
}

/** Whether a key lies in [key, rangeEnd) as the contract's KeyRange says. */
export function inRange(
  key: Key,
  range: { readonly key: Key; readonly rangeEnd?: Key | undefined },
): boolean {
  const { rangeEnd } = range;
  if (rangeEnd === undefined || rangeEnd.byteLength === 0) return compareKeys(key, range.key) === 0;
  if (compareKeys(key, range.key) < 0) return false;
  return isUnbounded(rangeEnd) || compareKeys(key, rangeEnd) < 0;
}

/** rangeEnd [0] means "to the last key". */
export function isUnbounded(rangeEnd: Key): boolean {
  return rangeEnd.byteLength === 1 && rangeEnd[0] === 0;
}

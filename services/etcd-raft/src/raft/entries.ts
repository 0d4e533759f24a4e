import { BytesError } from '@kubelab/store';
import type { Entry } from './types.js';

/*
 * An entry's encoded form: [u8 type][index][term][length of data][data], numbers as LEB128. It is made once, where the
 * entry is proposed; followers and logs pass the same bytes on. Entries proposed together lie end to end in one
 * buffer, so that a batch of them is one view, not many copies.
 */
const typeCodes = { normal: 0, configuration: 1 } as const;
const headBytesMax = 1 + 3 * 8;

function uintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

function putUint(buffer: Uint8Array, at: number, value: number): number {
  let position = at;
  let rest = value;
  while (rest >= 0x80) {
    buffer[position] = (rest % 0x80) | 0x80;
    position += 1;
    rest = Math.floor(rest / 0x80);
  }
  buffer[position] = rest;
  return position + 1;
}

/** Entries with consecutive indexes from `first` on. The data is copied: the caller's buffers are free again. */
export function makeEntries(
  first: number,
  term: number,
  data: readonly Uint8Array[],
  type: Entry['type'] = 'normal',
): Entry[] {
  let size = 0;
  for (const item of data) size += item.byteLength + headBytesMax;
  // Not Buffer.allocUnsafe: a log must not pin the pool's slabs.
  const buffer = new Uint8Array(new ArrayBuffer(size));
  let at = 0;
  return data.map((item, offset) => {
    const start = at;
    buffer[at] = typeCodes[type];
    at = putUint(buffer, at + 1, first + offset);
    at = putUint(buffer, at, term);
    at = putUint(buffer, at, item.byteLength);
    const headBytes = at - start;
    buffer.set(item, at);
    at += item.byteLength;
    const view = buffer.subarray(at - item.byteLength, at);
    return { index: first + offset, term, type, data: view, headBytes };
  });
}

/** The encoded form of entries, as few views as their buffers allow: one for entries that were made or came together. */
export function encodedRuns(entries: readonly Entry[]): Uint8Array[] {
  const runs: Uint8Array[] = [];
  let buffer: ArrayBufferLike | undefined;
  let start = 0;
  let end = 0;
  const close = () => {
    if (buffer !== undefined) runs.push(new Uint8Array(buffer, start, end - start));
  };
  for (const original of entries) {
    const entry = original.headBytes > 0 ? original : reencoded(original);
    const from = entry.data.byteOffset - entry.headBytes;
    if (entry.data.buffer !== buffer || from !== end) {
      close();
      buffer = entry.data.buffer;
      start = from;
    }
    end = entry.data.byteOffset + entry.data.byteLength;
  }
  close();
  return runs;
}

function reencoded({ index, term, data, type }: Entry): Entry {
  const [made] = makeEntries(index, term, [data], type);
  if (made === undefined) throw new Error('one entry makes one entry');
  return made;
}

/** Reads entries that lie end to end in `bytes`; they are views of it. Throws BytesError for anything else. */
export function decodeEntries(bytes: Uint8Array, count: number): Entry[] {
  const cursor = { bytes, at: 0 };
  const entries: Entry[] = [];
  if (count > bytes.byteLength) throw new BytesError('more entries than bytes');
  for (let number = 0; number < count; number += 1) {
    const code = bytes[cursor.at];
    if (code !== 0 && code !== 1) throw new BytesError('no such type of entry');
    cursor.at += 1;
    const index = takeUint(cursor);
    const term = takeUint(cursor);
    const length = takeUint(cursor);
    if (cursor.at + length > bytes.byteLength) throw new BytesError('unexpected end');
    const data = bytes.subarray(cursor.at, cursor.at + length);
    cursor.at += length;
    const headBytes = 1 + uintBytes(index) + uintBytes(term) + uintBytes(length);
    entries.push({ index, term, type: code === 0 ? 'normal' : 'configuration', data, headBytes });
  }
  if (cursor.at !== bytes.byteLength) throw new BytesError('bytes after the last entry');
  return entries;
}

function takeUint(cursor: { readonly bytes: Uint8Array; at: number }): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) throw new BytesError('unexpected end');
    cursor.at += 1;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      // Only the shortest form: headBytes is computed from the number.
      if (byte === 0 && scale > 1) throw new BytesError('number not in its shortest form');
      break;
    }
    scale *= 0x80;
    if (scale > 2 ** 53) throw new BytesError('number too large');
  }
  if (!Number.isSafeInteger(value)) throw new BytesError('number too large');
  return value;
}

export function sizeOf(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.data.byteLength;
  return bytes;
}

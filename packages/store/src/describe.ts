import type { Message } from '@kubelab/wire';
import { ByteReader, BytesError } from './bytes.js';

/** What a store message is about, for the trace: its first key. Cheap: nothing but that key is decoded. */
export function describeStoreMessage(method: string, message: Message): { kind: string; key: string } {
  return { kind: method, key: firstKey(method, message.payload) };
}

function firstKey(method: string, payload: Uint8Array): string {
  if (payload.byteLength === 0) return '';
  try {
    const reader = new ByteReader(payload);
    if (method === 'store.range' || method === 'store.watch') return reader.text();
    if (method !== 'store.txn') return '';
    const compares = reader.uint();
    if (compares > 0) return reader.text();
    if (reader.uint() === 0) return '';
    reader.u8();
    return reader.text();
  } catch (error) {
    if (error instanceof BytesError) return ''; // An answer, not a request: it begins otherwise.
    throw error;
  }
}

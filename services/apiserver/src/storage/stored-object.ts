import { fromStored, isKubeObject, type KindInfo, type KubeObject, toStored } from '@kubelab/api';
import type { KeyValue } from '@kubelab/store';
import { bytesOf, textOf } from './keys.js';
import type { Pace } from './pace.js';

/** The value at a key is no object: not JSON, or JSON of something else. The others are served without it. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError';
  readonly key: string;
  constructor(key: string, why: string) {
    super(`the store holds no object at ${key}: ${why}`);
    this.key = key;
  }
}

/** An object as it was at one revision. Shared by all readers: never to be changed. */
export class StoredObject {
  readonly key: string;
  readonly object: KubeObject;
  readonly revision: number;
  readonly trace: string | undefined;
  /** Size of its JSON in the store. */
  readonly bytes: number;
  #json: Uint8Array | undefined;
  readonly #lines = new Map<string, Uint8Array>();

  constructor(kind: KindInfo, kv: KeyValue) {
    this.key = textOf(kv.key);
    this.revision = kv.modRevision;
    this.trace = kv.trace;
    this.bytes = kv.value.byteLength;
    this.object = decodeStored(kind, kv);
  }

  /** Encoded once for all who want it: lists and watches of any number of clients. */
  get json(): Uint8Array {
    this.#json ??= bytesOf(JSON.stringify(this.object));
    return this.#json;
  }

  /** An encoded form of it, made for the first who wants it and kept for all others. */
  encoded(form: string, encode: () => Uint8Array): Uint8Array {
    const known = this.#lines.get(form);
    if (known !== undefined) return known;
    const made = encode();
    this.#lines.set(form, made);
    return made;
  }

  /** Once it was replaced and left the window nobody new will ask for its lines. */
  forgetEncoded(): void {
    this.#lines.clear();
    this.#json = undefined;
  }
}

/** The object with resourceVersion, which is not stored: it is the revision. In the form that `kind` is. */
export function decodeStored(kind: KindInfo, kv: KeyValue): KubeObject {
  const value = parsed(kv);
  if (!isKubeObject(value))
    throw new UndecodableError(textOf(kv.key), 'it has no apiVersion, kind or metadata');
  value.metadata.resourceVersion = String(kv.modRevision);
  return fromStored(kind, value);
}

function parsed(kv: KeyValue): unknown {
  try {
    return JSON.parse(textOf(kv.value));
  } catch (error) {
    throw new UndecodableError(textOf(kv.key), error instanceof Error ? error.message : String(error));
  }
}

/** Objects of a range, and the keys of values that are none. */
export async function decodeAll(
  kind: KindInfo,
  kvs: readonly KeyValue[],
  pace: Pace,
): Promise<{ objects: StoredObject[]; undecodable: UndecodableError[] }> {
  const objects: StoredObject[] = [];
  const undecodable: UndecodableError[] = [];
  for (const kv of kvs) {
    const decoded = tryDecode(kind, kv);
    if (decoded instanceof UndecodableError) undecodable.push(decoded);
    else objects.push(decoded);
    if (pace.due) await pace.rest();
  }
  return { objects, undecodable };
}

export function tryDecode(kind: KindInfo, kv: KeyValue): StoredObject | UndecodableError {
  try {
    return new StoredObject(kind, kv);
  } catch (error) {
    if (error instanceof UndecodableError) return error;
    throw error;
  }
}

export function encodeStored(kind: KindInfo, object: KubeObject): Uint8Array {
  const stored = toStored(kind, object);
  const { resourceVersion: _revision, ...metadata } = stored.metadata;
  return new TextEncoder().encode(JSON.stringify({ ...stored, metadata }));
}

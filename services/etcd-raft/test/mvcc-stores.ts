import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Key, LeaseId, Operation, ResponseHeader, TxnRequest } from '@kubelab/store';
import type { Backend } from '../src/mvcc/backend.js';
import { LmdbBackend } from '../src/mvcc/lmdb-backend.adapter.js';
import { MemoryBackend } from '../src/mvcc/memory-backend.js';
import { MvccStore } from '../src/mvcc/mvcc-store.js';
import type { Leases } from '../src/mvcc/writing.js';

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const text = (data: Uint8Array): string => Buffer.from(data).toString('latin1');
export const everything = { key: bytes('\0'), rangeEnd: bytes('\0') };

export const timers = {
  setImmediate(callback: () => void) {
    const immediate = setImmediate(callback);
    return { cancel: () => clearImmediate(immediate) };
  },
};

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const header = (revision: number): ResponseHeader => ({
  clusterId: '1'.padStart(16, '0'),
  memberId: '2'.padStart(16, '0'),
  raftTerm: 1,
  revision,
});

/** Leases 1 to 9 exist. */
export class TestLeases implements Leases {
  readonly keys = new Map<string, LeaseId>();

  exists(id: LeaseId): boolean {
    return id >= 1n && id <= 9n;
  }

  attach(key: Key, id: LeaseId): void {
    this.keys.set(text(key), id);
  }

  detach(key: Key, id: LeaseId): void {
    if (this.keys.get(text(key)) !== id) throw new Error(`${text(key)} does not hang on lease ${id}`);
    this.keys.delete(text(key));
  }
}

export interface Opened {
  readonly store: MvccStore;
  readonly leases: TestLeases;
  /** Closes it, and opens what it left behind; of a store in memory nothing is left. */
  reopen(): Promise<Opened>;
  /** Closes it and removes its files. */
  end(): Promise<void>;
}

export interface Kind {
  readonly name: string;
  readonly isDurable: boolean;
  open(): Opened;
}

function opened(backend: Backend, again: () => Opened, remove: () => void): Opened {
  const leases = new TestLeases();
  const store = new MvccStore({ backend, leases, timers, header });
  store.attachLeases();
  return {
    store,
    leases,
    reopen: async () => {
      await store.close('reopened');
      return again();
    },
    end: async () => {
      await store.close('ended');
      remove();
    },
  };
}

const memory: Kind = {
  name: 'memory',
  isDurable: false,
  open: () => opened(new MemoryBackend(), memory.open, () => undefined),
};

export function openLmdb(directory: string, remove: () => void): Opened {
  // Nothing is cached, so that bodies come from the file.
  const backend = new LmdbBackend({
    path: join(directory, 'state.mdb'),
    writeIntervalMs: 1,
    cacheBytesMax: 0,
  });
  return opened(backend, () => openLmdb(directory, remove), remove);
}

const lmdb: Kind = {
  name: 'lmdb',
  isDurable: true,
  open: () => {
    const directory = mkdtempSync(join(tmpdir(), 'mvcc-'));
    return openLmdb(directory, () => rmSync(directory, { recursive: true }));
  },
};

export const kinds: readonly Kind[] = [memory, lmdb];

export function request(...success: readonly Operation[]): TxnRequest {
  return { compare: [], success, failure: [] };
}

export function put(key: string, value: string, lease = 0n): Operation {
  return { type: 'put', key: bytes(key), value: bytes(value), lease };
}

export function remove(key: string, rangeEnd?: string): Operation {
  const range = { type: 'deleteRange', key: bytes(key) } as const;
  return rangeEnd === undefined ? range : { ...range, rangeEnd: bytes(rangeEnd) };
}

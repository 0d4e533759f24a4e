import { type Disk, DiskError, type DiskFile } from '../world.js';
import type { Kernel } from './kernel.js';

const sectorBytes = 512;
/** Rot strikes what later writes prove to have been whole. */
const rotBytesMin = 2_048;

/** What is wrong with a host's disk; each may be changed at any time. */
export interface DiskFaults {
  /** Every write and sync fails. */
  failing: boolean;
  /** Nothing more can be written. */
  full: boolean;
  /** A sync takes up to so long. */
  syncMsMax: number;
}

/** A file: what the machine sees, what is surely on the platter, and what was written in between. */
interface FileState {
  content: Uint8Array;
  synced: Uint8Array;
  /** Since the last sync, in order. */
  dirty: { readonly position: number; readonly data: Uint8Array }[];
}

/** What one call did to the names; a rename changes two, and a journal keeps both or none. */
type NameChange = readonly { readonly path: string; readonly file: FileState | undefined }[];

/**
 * A host's disk, in memory. It outlives crashes of its host: synced contents and names stay; of what was not
 * synced a random part does, in sectors, and names in the
 * order in which they were changed.
 */
export class SimulatedDisk {
  readonly faults: DiskFaults = { failing: false, full: false, syncMsMax: 2 };
  readonly #kernel: Kernel;
  #names = new Map<string, FileState>();
  #durableNames = new Map<string, FileState>();
  #nameChanges: NameChange[] = [];
  readonly #folders = new Set<string>(['/']);

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The power went: what is found after the restart is decided here. */
  crash(): void {
    const { random } = this.#kernel;
    const kept = this.#nameChanges.slice(0, random.int(this.#nameChanges.length + 1));
    for (const change of kept) this.#makeDurable(change);
    this.#nameChanges = [];
    this.#names = new Map(this.#durableNames);
    for (const file of new Set(this.#names.values())) this.#tear(file);
  }

  /**
   * A bit flips in a file of the folder that was synced long ago: in the first half of one that is not small. `at` in [0, 1)
   * chooses. Gives where, or undefined when there is no such file.
   */
  rot(folder: string, at: number): { readonly path: string; readonly position: number } | undefined {
    const files = [...this.#names]
      .filter(([path, file]) => path.startsWith(`${folder}/`) && file.synced.byteLength >= rotBytesMin)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const chosen = files[Math.floor(at * files.length)];
    if (chosen === undefined) return undefined;
    const [path, file] = chosen;
    const within = (at * files.length) % 1;
    const position = Math.floor((within * file.synced.byteLength) / 2);
    for (const bytes of new Set([file.content, file.synced]))
      bytes[position] = (bytes[position] ?? 0) ^ (1 << Math.floor(within * 8));
    return { path, position };
  }

  /** Writes reach the platter whole, not at all, or in some of their sectors. */
  #tear(file: FileState): void {
    const { random } = this.#kernel;
    let content: Uint8Array = file.synced.slice();
    for (const { position, data } of file.dirty) {
      const fate = random.next();
      if (fate < 0.4) continue;
      if (fate < 0.6) {
        content = overlay(content, position, data);
        continue;
      }
      const prefix = fate < 0.8;
      const stop = random.int(Math.ceil(data.byteLength / sectorBytes) + 1);
      for (let sector = 0; sector * sectorBytes < data.byteLength; sector += 1) {
        if (prefix ? sector >= stop : random.next() < 0.5) continue;
        const start = sector * sectorBytes;
        content = overlay(content, position + start, data.subarray(start, start + sectorBytes));
      }
    }
    file.content = content;
    file.synced = content.slice();
    file.dirty = [];
  }

  /** The disk as one incarnation of the host sees it. */
  view(): Disk {
    return {
      open: (path, options) =>
        this.#io(async () => this.#open(path, options?.create === true, options?.truncate === true)),
      readFile: (path) => this.#io(async () => this.#file(path).content.slice()),
      writeFileAtomic: (path, data) =>
        this.#io(async () => {
          this.#mayWrite(path);
          await this.#kernel.delay(this.#syncMs());
          this.#mayWrite(path);
          const content = typeof data === 'string' ? new TextEncoder().encode(data) : data.slice();
          const file = { content, synced: content.slice(), dirty: [] };
          this.#settle(path);
          this.#names.set(path, file);
          this.#durableNames.set(path, file);
        }),
      list: (path) => this.#io(async () => this.#list(path)),
      exists: (path) =>
        this.#io(async () => this.#names.has(path) || this.#folders.has(path) || this.#list(path).length > 0),
      makeDirectory: (path) => this.#io(async () => void this.#folders.add(path)),
      rename: (from, to) =>
        this.#io(async () => {
          const file = this.#file(from);
          if (from === to) return;
          this.#change([
            { path: to, file },
            { path: from, file: undefined },
          ]);
        }),
      remove: (path) =>
        this.#io(async () => {
          for (const name of [...this.#names.keys()])
            if (name === path || name.startsWith(`${path}/`)) this.#change([{ path: name, file: undefined }]);
          this.#folders.delete(path);
        }),
      syncDirectory: (path) =>
        this.#io(async () => {
          this.#mayWrite(path);
          await this.#kernel.delay(this.#syncMs());
          this.#mayWrite(path);
          const inside = (name: string) => name.startsWith(`${path}/`);
          const touches = (change: NameChange) => change.some(({ path: name }) => inside(name));
          for (const change of this.#nameChanges.filter(touches)) this.#makeDurable(change);
          this.#nameChanges = this.#nameChanges.filter((change) => !touches(change));
        }),
      freeBytes: () => Promise.resolve(this.faults.full ? 0 : 2 ** 40),
    };
  }

  async #io<T>(work: () => Promise<T>): Promise<T> {
    await this.#kernel.delay(0.02 + this.#kernel.random.next() * 0.1);
    return work();
  }

  #syncMs(): number {
    return 0.1 + this.#kernel.random.next() * this.faults.syncMsMax;
  }

  #mayWrite(path: string): void {
    if (this.faults.failing) throw new DiskError('io', path, `${path}: input/output error (simulated)`);
    if (this.faults.full)
      throw new DiskError('noSpace', path, `${path}: no space left on device (simulated)`);
  }

  #file(path: string): FileState {
    const file = this.#names.get(path);
    if (file === undefined) throw new DiskError('notFound', path, `${path}: no such file`);
    return file;
  }

  #list(path: string): string[] {
    const prefix = `${path}/`;
    const names = [...this.#names.keys(), ...this.#folders]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length).split('/')[0] ?? '');
    return [...new Set(names)].filter((name) => name !== '').sort();
  }

  #change(change: NameChange): void {
    applyTo(this.#names, change);
    this.#nameChanges.push(change);
  }

  #makeDurable(change: NameChange): void {
    applyTo(this.#durableNames, change);
  }

  /** Earlier changes of a name that is now durable are over. */
  #settle(path: string): void {
    this.#nameChanges = this.#nameChanges
      .map((change) => change.filter((one) => one.path !== path))
      .filter((change) => change.length > 0);
  }

  #open(path: string, create: boolean, truncate: boolean): DiskFile {
    if (!this.#names.has(path)) {
      if (!create) throw new DiskError('notFound', path, `${path}: no such file`);
      this.#mayWrite(path);
      this.#change([{ path, file: { content: new Uint8Array(0), synced: new Uint8Array(0), dirty: [] } }]);
    }
    const file = this.#file(path);
    if (truncate) {
      file.content = new Uint8Array(0);
      file.synced = new Uint8Array(0);
      file.dirty = [];
    }
    return {
      path,
      size: () => this.#io(async () => file.content.byteLength),
      read: (position, length) => this.#io(async () => file.content.slice(position, position + length)),
      write: (position, parts) =>
        this.#io(async () => {
          this.#mayWrite(path);
          const data = new Uint8Array(Buffer.concat(parts));
          file.content = overlay(file.content, position, data);
          file.dirty.push({ position, data });
        }),
      truncate: (size) =>
        this.#io(async () => {
          this.#mayWrite(path);
          file.content = resized(file.content, size);
          file.synced = file.synced.slice(0, size);
          // Cut, not removed: a sync under way counts them.
          file.dirty = file.dirty.map(({ position, data }) => ({
            position: Math.min(position, size),
            data: data.subarray(0, Math.max(0, size - position)),
          }));
        }),
      sync: () =>
        this.#io(async () => {
          const upTo = file.dirty.length;
          const content = file.content;
          await this.#kernel.delay(this.#syncMs());
          // A sync that fails leaves open what of it arrived (the next crash decides).
          this.#mayWrite(path);
          const written = file.dirty
            .slice(0, upTo)
            .reduce((all, write) => overlay(all, write.position, write.data), file.synced);
          // A file that was made longer by truncate() is longer than what was written.
          const lengthened = file.dirty.length === upTo && written.byteLength !== content.byteLength;
          file.synced = lengthened ? content.slice() : written;
          file.dirty = file.dirty.slice(upTo);
        }),
      close: () => Promise.resolve(),
    };
  }
}

function applyTo(names: Map<string, FileState>, change: NameChange): void {
  for (const { path, file } of change) {
    if (file === undefined) names.delete(path);
    else names.set(path, file);
  }
}

/** Cut, or lengthened by zeros, in a new array. */
function resized(content: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(size);
  result.set(content.subarray(0, size));
  return result;
}

/** `data` laid over `content` at a position, in its own memory where there is room: a log grows by a little, many times. */
function overlay(content: Uint8Array, position: number, data: Uint8Array): Uint8Array {
  const end = position + data.byteLength;
  const result = end > content.byteLength ? grown(content, end) : content;
  result.set(data, position);
  return result;
}

/** Memory behind the end of a file is its own, and was never written: what is grown into is zeros. */
function grown(content: Uint8Array, size: number): Uint8Array {
  const { buffer, byteOffset, byteLength } = content;
  if (byteOffset === 0 && buffer.byteLength >= size) return new Uint8Array(buffer, 0, size);
  const result = new Uint8Array(new ArrayBuffer(Math.max(size, 2 * byteLength)), 0, size);
  result.set(content);
  return result;
}

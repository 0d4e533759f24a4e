import { constants, fdatasync as fdatasyncCallback, writeSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Disk, DiskError, type DiskErrorCode, type DiskFile } from '../world.js';

const codes: Readonly<Record<string, DiskErrorCode>> = {
  ENOENT: 'notFound',
  ENOSPC: 'noSpace',
  EDQUOT: 'noSpace',
  EROFS: 'readOnly',
  EACCES: 'permission',
  EPERM: 'permission',
  ENOTDIR: 'notDirectory',
  EEXIST: 'notDirectory',
};

/** Runs a file-system call; what it rejects with becomes a DiskError that names the path. */
async function guarded<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const code = error instanceof Error ? String(Reflect.get(error, 'code')) : '';
    const message = error instanceof Error ? error.message : String(error);
    throw new DiskError(codes[code] ?? 'io', path, message, { cause: error });
  }
}

async function withHandle<T>(
  path: string,
  flags: number,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await open(path, flags);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

const syncDirectory = (path: string) => withHandle(path, constants.O_RDONLY, (handle) => handle.sync());

let temporaryFiles = 0;

async function writeFileAtomic(path: string, data: Uint8Array | string, mode: number): Promise<void> {
  temporaryFiles += 1;
  const temporary = `${path}.${process.pid}.${temporaryFiles}.tmp`;
  try {
    const handle = await open(temporary, 'w', mode);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

const writeAtOnceBytesMax = 64 * 1024;
const fdatasync = promisify(fdatasyncCallback);

class RealFile implements DiskFile {
  readonly path: string;
  readonly #handle: FileHandle;

  constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  size(): Promise<number> {
    return guarded(this.path, async () => (await this.#handle.stat()).size);
  }

  read(position: number, length: number): Promise<Uint8Array> {
    return guarded(this.path, async () => {
      const buffer = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await this.#handle.read(buffer, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    });
  }

  /**
   * A small write goes to the page cache at once, which takes microseconds; handing it to a thread and coming back takes
   * longer than the fdatasync that follows it on a good disk.
   */
  write(position: number, parts: readonly Uint8Array[]): Promise<void> {
    return guarded(this.path, async () => {
      const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
      const small = whole.byteLength <= writeAtOnceBytesMax;
      let written = 0;
      while (written < whole.byteLength) {
        const [left, at] = [whole.byteLength - written, position + written];
        written += small
          ? writeSync(this.#handle.fd, whole, written, left, at)
          : (await this.#handle.write(whole, written, left, at)).bytesWritten;
      }
    });
  }

  truncate(size: number): Promise<void> {
    return guarded(this.path, () => this.#handle.truncate(size));
  }

  sync(): Promise<void> {
    return guarded(this.path, () => fdatasync(this.#handle.fd));
  }

  close(): Promise<void> {
    return guarded(this.path, () => this.#handle.close());
  }
}

export const realDisk: Disk = {
  open: (path, options) =>
    guarded(path, async () => {
      const create = options?.create === true ? constants.O_CREAT : 0;
      const truncate = options?.truncate === true ? constants.O_TRUNC : 0;
      return new RealFile(path, await open(path, constants.O_RDWR | create | truncate, 0o600));
    }),
  readFile: (path) => guarded(path, async () => new Uint8Array(await readFile(path))),
  writeFileAtomic: (path, data, options) =>
    guarded(path, () => writeFileAtomic(path, data, options?.mode ?? 0o644)),
  list: (path) => guarded(path, async () => (await readdir(path)).sort()),
  exists: (path) =>
    stat(path).then(
      () => true,
      () => false,
    ),
  makeDirectory: (path) => guarded(path, async () => void (await mkdir(path, { recursive: true }))),
  rename: (from, to) => guarded(from, () => rename(from, to)),
  remove: (path) => guarded(path, () => rm(path, { recursive: true, force: true })),
  syncDirectory: (path) => guarded(path, () => syncDirectory(path)),
  freeBytes: (path) =>
    guarded(path, async () => {
      const { bavail, bsize } = await statfs(join(path, '.'));
      return bavail * bsize;
    }),
};

import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { VolumeFiles } from './volume-files.js';

/**
 * Puts the files there all at once, in the layout of Kubernetes' volumes, which programs watch for:
 *
 *     ..2026_01_02_03_04_05.x8Qz1k/color     the files
 *     ..data -> ..2026_01_02_03_04_05.x8Qz1k swapped by one rename
 *     color  -> ..data/color
 *
 * Answers whether anything was another than before; when nothing was, nothing is touched.
 */
export async function writePayload(directory: string, files: VolumeFiles, nowIso: string): Promise<boolean> {
  await mkdir(directory, { recursive: true });
  const data = join(directory, '..data');
  const before = await readlink(data).catch(absent);
  if (before !== undefined && (await isSame(join(directory, before), files))) return false;
  const stamp = nowIso.slice(0, 19).replace(/[-T:]/g, '_');
  const fresh = await mkdtemp(join(directory, `..${stamp}.`));
  await chmod(fresh, 0o755);
  for (const [path, { data: bytes, mode }] of files) {
    await mkdir(dirname(join(fresh, path)), { recursive: true });
    await writeFile(join(fresh, path), bytes, { mode });
    await chmod(join(fresh, path), mode); // The process's umask took its part.
  }
  const name = fresh.slice(fresh.lastIndexOf('/') + 1);
  await rm(join(directory, '..data_tmp'), { force: true });
  await symlink(name, join(directory, '..data_tmp'));
  await rename(join(directory, '..data_tmp'), data);
  await link(directory, files);
  if (before !== undefined) await rm(join(directory, before), { recursive: true, force: true });
  return true;
}

/** The names that people see: a link for each first part of a path; what is no more goes. */
async function link(directory: string, files: VolumeFiles): Promise<void> {
  const wanted = new Set([...files.keys()].map((path) => path.split('/')[0] ?? path));
  const there = (await readdir(directory)).filter((name) => !name.startsWith('..'));
  for (const name of there)
    if (!wanted.has(name)) await rm(join(directory, name), { recursive: true, force: true });
  for (const name of wanted) {
    const path = join(directory, name);
    const found = await lstat(path).catch(absent);
    if (found?.isSymbolicLink() === true) continue;
    if (found !== undefined) await rm(path, { recursive: true, force: true });
    await symlink(`..data/${name}`, path);
  }
}

async function isSame(directory: string, files: VolumeFiles): Promise<boolean> {
  const there = await readdir(directory, { recursive: true, withFileTypes: true }).catch(absent);
  if (there === undefined || there.filter((entry) => entry.isFile()).length !== files.size) return false;
  for (const [path, { data, mode }] of files) {
    const found = await readFile(join(directory, path)).catch(absent);
    if (found === undefined || !found.equals(data)) return false;
    if (((await stat(join(directory, path))).mode & 0o777) !== (mode & 0o777)) return false;
  }
  return true;
}

function absent(error: unknown): undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (code === 'ENOENT' || code === 'EINVAL' || code === 'ENOTDIR') return undefined;
  throw error;
}

/** What hostPath's `type` asks for. Answers what is wrong, in Kubernetes' words; makes what is to be made. */
export async function checkHostPath(path: string, type: string): Promise<string | undefined> {
  if (type === '') return undefined;
  if (type === 'DirectoryOrCreate') await mkdir(path, { recursive: true }).catch(exists);
  if (type === 'FileOrCreate') await writeFile(path, '', { flag: 'a', mode: 0o644 }).catch(exists);
  const found = await stat(path).catch(absent);
  const is: Readonly<Record<string, readonly [string, boolean | undefined]>> = {
    DirectoryOrCreate: ['a directory', found?.isDirectory()],
    Directory: ['a directory', found?.isDirectory()],
    FileOrCreate: ['a file', found?.isFile()],
    File: ['a file', found?.isFile()],
    Socket: ['a socket file', found?.isSocket()],
    CharDevice: ['a character device', found?.isCharacterDevice()],
    BlockDevice: ['a block device', found?.isBlockDevice()],
  };
  const [what, holds] = is[type] ?? ['of a known type', false];
  return holds === true ? undefined : `hostPath type check failed: ${path} is not ${what}`;
}

/** The check that follows says what is wrong with it. */
function exists(error: unknown): undefined {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (['EEXIST', 'EISDIR', 'ENOTDIR', 'ENOENT', 'EACCES'].includes(String(code))) return undefined;
  throw error;
}

import { DiskError, type World } from '@kubelab/world';

/** undefined: there is no such file. */
export async function readText(world: World, path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await world.disk.readFile(path));
  } catch (error) {
    if (error instanceof DiskError && error.code === 'notFound') return undefined;
    throw error;
  }
}

/** The kubelet's own files: what it wrote whole (writeFileAtomic) is what it reads. */
export async function readJson<T extends object>(world: World, path: string): Promise<T | undefined> {
  const text = await readText(world, path);
  return text === undefined ? undefined : JSON.parse(text);
}

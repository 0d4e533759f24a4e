import type { World } from '@kubelab/world';

/** A container's log: so much, and as much again of what went before. */
export const logBytesMax = 10 * 2 ** 20;

/**
 * Copy and truncate: the process goes on appending to the same file. What it writes between the copy and
 * the cut is lost, as with every rotation of this kind. Gives whether it was rotated.
 */
export async function rotateLog(world: Pick<World, 'disk'>, path: string): Promise<boolean> {
  if (!(await world.disk.exists(path))) return false;
  const file = await world.disk.open(path);
  try {
    const size = await file.size();
    if (size <= logBytesMax) return false;
    await world.disk.writeFileAtomic(`${path}.1`, await file.read(size - logBytesMax, logBytesMax));
    await file.truncate(0);
    return true;
  } finally {
    await file.close();
  }
}

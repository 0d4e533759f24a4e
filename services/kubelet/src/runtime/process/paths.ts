import type { ContainerConfig } from '../cri.js';

/**
 * There is no mount namespace: a text that begins with a mount's path is given the directory behind it. The
 * longest path wins.
 */
export function hostPathOf(text: string, mounts: ContainerConfig['mounts']): string {
  const mount = [...mounts]
    .sort((a, b) => b.containerPath.length - a.containerPath.length)
    .find(
      ({ containerPath }) =>
        text === containerPath || text.startsWith(`${containerPath.replace(/\/$/, '')}/`),
    );
  return mount === undefined
    ? text
    : mount.hostPath + text.slice(mount.containerPath.replace(/\/$/, '').length);
}

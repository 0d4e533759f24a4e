import { type ContainerConfig, terminationPathAnnotation } from '../cri.js';

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

/** The termination log's path is replaced wherever it stands: scripts write `> /dev/termination-log`. */
export function terminationLogIn(
  text: string,
  { annotations, mounts }: Pick<ContainerConfig, 'annotations' | 'mounts'>,
): string {
  // A container that an earlier version started has no annotations.
  const path = annotations?.[terminationPathAnnotation];
  const mount = mounts.find(({ containerPath }) => containerPath === path);
  return path === undefined || mount === undefined ? text : text.replaceAll(path, mount.hostPath);
}

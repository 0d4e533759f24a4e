import {
  kinds,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  timestamp,
  type Volume,
} from '@kubelab/api';
import type { World } from '@kubelab/world';
import type { PodSandbox } from '../runtime/cri.js';
import { checkHostPath, writePayload } from './atomic-writer.adapter.js';
import { ConfigError, type EnvSources } from './env.js';
import { volumeFiles } from './volume-files.js';

/** How long a running pod's files may be behind their ConfigMaps and Secrets, and what the pod says of itself. */
export const volumeSyncMs = 10_000;

export const claimKind = kindNamed('PersistentVolumeClaim');
export const persistentVolumeKind = kindNamed('PersistentVolume');

function kindNamed(name: string) {
  const found = kinds.find(({ kind }) => kind === name);
  if (found === undefined) throw new Error(`no kind is called ${name}`);
  return found;
}

/** Whether the kubelet writes files of the pod that change while it runs. */
export function hasLiveVolumes(pod: Pod): boolean {
  return (pod.spec?.volumes ?? []).some(
    ({ configMap, secret, downwardAPI, projected }) =>
      (configMap ?? secret ?? downwardAPI ?? projected) !== undefined,
  );
}

/**
 * The directory (or file) of each volume of a pod; files that the kubelet writes are brought up to date. Rejects with ConfigError
 * for what is absent or not supported.
 */
export async function setUpVolumes(
  world: World,
  pod: Pod,
  sandbox: PodSandbox,
  sources: EnvSources,
): Promise<ReadonlyMap<string, string>> {
  const directories = new Map<string, string>();
  for (const volume of pod.spec?.volumes ?? [])
    directories.set(volume.name, await setUpVolume(world, pod, volume, sandbox, sources));
  return directories;
}

async function setUpVolume(
  world: World,
  pod: Pod,
  volume: Volume,
  sandbox: PodSandbox,
  sources: EnvSources,
): Promise<string> {
  const directory = `${sandbox.directory}/volumes/${volume.name}`;
  const fail = (why: string) =>
    new ConfigError(`MountVolume.SetUp failed for volume "${volume.name}" : ${why}`);
  const { hostPath, emptyDir, persistentVolumeClaim, ephemeral } = volume;
  if (hostPath !== undefined) return onHost(hostPath.path, hostPath.type ?? '', fail);
  // A generic ephemeral volume is a claim of the pod's own (KEP-1698).
  const claimName = persistentVolumeClaim?.claimName ?? `${pod.metadata.name}-${volume.name}`;
  if (persistentVolumeClaim !== undefined || ephemeral !== undefined)
    return claimed(pod, claimName, sources, fail);
  if (emptyDir !== undefined) {
    await world.disk.makeDirectory(directory);
    return directory;
  }
  const files = await volumeFiles(volume, { pod, sources, fail });
  if (files === undefined) throw fail('this kind of volume is not supported by the process runtime');
  await writePayload(directory, files, timestamp(world.clock.nowMs()));
  return directory;
}

async function onHost(path: string, type: string, fail: (why: string) => ConfigError): Promise<string> {
  const wrong = await checkHostPath(path, type);
  if (wrong !== undefined) throw fail(wrong);
  return path;
}

/** The directory behind a claim: of a bound volume that is on this machine (`local` or `hostPath`). */
async function claimed(
  pod: Pod,
  claimName: string,
  sources: EnvSources,
  fail: (why: string) => ConfigError,
): Promise<string> {
  const { namespace = 'default' } = pod.metadata;
  const claim: PersistentVolumeClaim | undefined = await sources.claim(claimName);
  if (claim === undefined)
    throw new ConfigError(
      `error getting PVC ${namespace}/${claimName}: persistentvolumeclaim "${claimName}" not found`,
    );
  const { volumeName = '' } = claim.spec ?? {};
  if (volumeName === '' || claim.status?.phase !== 'Bound')
    throw new ConfigError(`error processing PVC ${namespace}/${claimName}: PVC is not bound`);
  const volume: PersistentVolume | undefined = await sources.persistentVolume(volumeName);
  const { local, hostPath } = volume?.spec ?? {};
  if (local !== undefined) return onHost(local.path, 'Directory', fail);
  if (hostPath !== undefined) return onHost(hostPath.path, hostPath.type ?? 'DirectoryOrCreate', fail);
  throw fail(`volume "${volumeName}" is neither local nor a hostPath`);
}

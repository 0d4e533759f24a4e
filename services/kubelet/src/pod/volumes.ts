import type { Pod } from '@kubelab/api';
import type { World } from '@kubelab/world';
import type { PodSandbox } from '../runtime/cri.js';
import { ConfigError, type EnvSources, fieldValue } from './env.js';

/** The directory of each volume of a pod. Rejects with ConfigError for what is absent or not supported. */
export async function setUpVolumes(
  world: World,
  pod: Pod,
  sandbox: PodSandbox,
  sources: EnvSources,
): Promise<ReadonlyMap<string, string>> {
  const directories = new Map<string, string>();
  for (const volume of pod.spec?.volumes ?? []) {
    const directory = `${sandbox.directory}/volumes/${volume.name}`;
    directories.set(volume.name, volume.hostPath?.path ?? directory);
    if (volume.hostPath !== undefined) continue;
    const fail = (why: string) =>
      new ConfigError(`MountVolume.SetUp failed for volume "${volume.name}" : ${why}`);
    await world.disk.makeDirectory(directory);
    if (volume.emptyDir !== undefined) continue;
    const files = new Map<string, string>();
    const { configMap, secret, downwardAPI } = volume;
    if (configMap !== undefined || secret !== undefined) {
      const name = configMap?.name ?? secret?.secretName ?? '';
      const data = await (configMap === undefined ? sources.secret(name) : sources.configMap(name));
      const optional = (configMap ?? secret)?.optional === true;
      if (data === undefined && !optional)
        throw fail(`${configMap === undefined ? 'secret' : 'configmap'} "${name}" not found`);
      const items =
        (configMap ?? secret)?.items ?? Object.keys(data ?? {}).map((key) => ({ key, path: key }));
      for (const { key, path } of items) {
        const value = data?.[key];
        if (value === undefined && !optional) throw fail(`references non-existent config key: ${key}`);
        if (value !== undefined) files.set(path, value);
      }
    } else if (downwardAPI !== undefined) {
      for (const { path, fieldRef } of downwardAPI.items ?? [])
        if (fieldRef !== undefined) files.set(path, fieldValue(pod, fieldRef.fieldPath, sources));
    } else throw fail('this kind of volume is not supported by the process runtime');
    for (const [path, value] of files) {
      if (path.split('/').includes('..')) throw fail(`path ${path} leaves the volume`);
      const folder = path.includes('/') ? `${directory}/${path.slice(0, path.lastIndexOf('/'))}` : directory;
      await world.disk.makeDirectory(folder);
      await world.disk.writeFileAtomic(`${directory}/${path}`, value);
    }
  }
  return directories;
}

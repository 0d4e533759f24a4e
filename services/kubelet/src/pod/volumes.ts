import { ApiError, type Pod, type Volume } from '@kubelab/api';
import type { World } from '@kubelab/world';
import type { PodSandbox } from '../runtime/cri.js';
import { ConfigError, type EnvSources, fieldValue } from './env.js';

/** Files of a volume by their path below it. */
type Files = Map<string, FileContent>;

interface FileContent {
  readonly text: string;
  /** A token: for its owner only. */
  readonly secret?: boolean;
}

interface SourceContext {
  readonly pod: Pod;
  readonly sources: EnvSources;
  readonly fail: (why: string) => ConfigError;
}

type Items = readonly { readonly key: string; readonly path: string }[] | undefined;

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
    const files = await filesOf(volume, { pod, sources, fail });
    for (const [path, { text, secret }] of files) {
      if (path.split('/').includes('..')) throw fail(`path ${path} leaves the volume`);
      const folder = path.includes('/') ? `${directory}/${path.slice(0, path.lastIndexOf('/'))}` : directory;
      await world.disk.makeDirectory(folder);
      await world.disk.writeFileAtomic(`${directory}/${path}`, text, secret === true ? { mode: 0o600 } : {});
    }
  }
  return directories;
}

async function filesOf(volume: Volume, context: SourceContext): Promise<Files> {
  const files: Files = new Map();
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap !== undefined) await addObject(files, { ...configMap, isMap: true }, context);
  else if (secret !== undefined)
    await addObject(files, { ...secret, name: secret.secretName, isMap: false }, context);
  else if (downwardAPI !== undefined) addFields(files, downwardAPI.items, context);
  else if (projected === undefined)
    throw context.fail('this kind of volume is not supported by the process runtime');
  for (const source of projected?.sources ?? []) {
    if (source.configMap !== undefined) await addObject(files, { ...source.configMap, isMap: true }, context);
    else if (source.secret !== undefined) await addObject(files, { ...source.secret, isMap: false }, context);
    else if (source.downwardAPI !== undefined) addFields(files, source.downwardAPI.items, context);
    else if (source.serviceAccountToken !== undefined)
      files.set(source.serviceAccountToken.path, await tokenFile(source.serviceAccountToken, context));
    else throw context.fail('this source of a projected volume is not supported');
  }
  return files;
}

async function addObject(
  files: Files,
  from: {
    readonly name?: string;
    readonly items?: Items;
    readonly optional?: boolean;
    readonly isMap: boolean;
  },
  { sources, fail }: SourceContext,
): Promise<void> {
  const { name = '', optional, isMap } = from;
  const data = await (isMap ? sources.configMap(name) : sources.secret(name));
  if (data === undefined && optional !== true)
    throw fail(`${isMap ? 'configmap' : 'secret'} "${name}" not found`);
  const items = from.items ?? Object.keys(data ?? {}).map((key) => ({ key, path: key }));
  for (const { key, path } of items) {
    const text = data?.[key];
    if (text === undefined && optional !== true) throw fail(`references non-existent config key: ${key}`);
    if (text !== undefined) files.set(path, { text });
  }
}

function addFields(
  files: Files,
  items: readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string } }[] | undefined,
  { pod, sources }: SourceContext,
): void {
  for (const { path, fieldRef } of items ?? [])
    if (fieldRef !== undefined) files.set(path, { text: fieldValue(pod, fieldRef.fieldPath, sources) });
}

async function tokenFile(
  source: { readonly audience?: string; readonly expirationSeconds?: number },
  { sources, fail }: SourceContext,
): Promise<FileContent> {
  try {
    return { text: await sources.serviceAccountToken(source), secret: true };
  } catch (error) {
    if (error instanceof ApiError) throw fail(`failed to fetch token: ${error.message}`);
    throw error;
  }
}

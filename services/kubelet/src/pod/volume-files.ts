import { ApiError, type Pod, type Volume } from '@kubelab/api';
import { type ConfigError, type EnvSources, fieldValue, resourceValue } from './env.js';

/** One file of a volume that the kubelet writes. */
export interface VolumeFile {
  readonly data: Uint8Array;
  readonly mode: number;
}

/** By their path below the volume. */
export type VolumeFiles = Map<string, VolumeFile>;

interface SourceContext {
  readonly pod: Pod;
  readonly sources: EnvSources;
  readonly defaultMode: number;
  readonly fail: (why: string) => ConfigError;
}

interface Item {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

const modeDefault = 0o644;
/** A token is for its owner only: there is no file system of its own around it. */
const tokenMode = 0o600;

/** What the kubelet writes into the volume; undefined for a volume of another sort. */
export async function volumeFiles(
  volume: Volume,
  parts: Omit<SourceContext, 'defaultMode'>,
): Promise<VolumeFiles | undefined> {
  const { configMap, secret, downwardAPI, projected } = volume;
  const files: VolumeFiles = new Map();
  const context = (defaultMode: number | undefined) => ({
    ...parts,
    defaultMode: defaultMode ?? modeDefault,
  });
  if (configMap !== undefined)
    await addObject(files, { ...configMap, kind: 'configmap' }, context(configMap.defaultMode));
  else if (secret !== undefined)
    await addObject(
      files,
      { ...secret, name: secret.secretName, kind: 'secret' },
      context(secret.defaultMode),
    );
  else if (downwardAPI !== undefined) addFields(files, downwardAPI.items, context(downwardAPI.defaultMode));
  else if (projected === undefined) return undefined;
  for (const source of projected?.sources ?? []) {
    const at = context(projected?.defaultMode);
    if (source.configMap !== undefined)
      await addObject(files, { ...source.configMap, kind: 'configmap' }, at);
    else if (source.secret !== undefined) await addObject(files, { ...source.secret, kind: 'secret' }, at);
    else if (source.downwardAPI !== undefined) addFields(files, source.downwardAPI.items, at);
    else if (source.serviceAccountToken !== undefined)
      files.set(source.serviceAccountToken.path, await tokenFile(source.serviceAccountToken, at));
    else throw parts.fail('this source of a projected volume is not supported');
  }
  for (const path of files.keys())
    if (path === '' || path.startsWith('/') || path.split('/').some((part) => part === '..' || part === ''))
      throw parts.fail(`invalid path: "${path}"`);
  return files;
}

async function addObject(
  files: VolumeFiles,
  from: {
    readonly name?: string | undefined;
    readonly items?: readonly Item[];
    readonly optional?: boolean;
    readonly kind: 'configmap' | 'secret';
  },
  { sources, fail, defaultMode }: SourceContext,
): Promise<void> {
  const { name = '', optional = false, kind } = from;
  const data = await sources.files(kind, name);
  if (data === undefined && !optional) throw fail(`${kind} "${name}" not found`);
  const items: readonly Item[] = from.items ?? Object.keys(data ?? {}).map((key) => ({ key, path: key }));
  for (const { key, path, mode } of items) {
    const bytes = data?.[key];
    if (bytes === undefined && !optional) throw fail(`references non-existent ${kind} key: ${key}`);
    if (bytes !== undefined) files.set(path, { data: bytes, mode: mode ?? defaultMode });
  }
}

function addFields(
  files: VolumeFiles,
  items: NonNullable<Volume['downwardAPI']>['items'],
  { pod, sources, fail, defaultMode }: SourceContext,
): void {
  for (const { path, fieldRef, resourceFieldRef, mode } of items ?? []) {
    const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
    const of = all.find(({ name }) => name === resourceFieldRef?.containerName);
    if (resourceFieldRef !== undefined && of === undefined)
      throw fail(`container "${resourceFieldRef.containerName}" not found`);
    const text =
      fieldRef !== undefined
        ? fieldValue(pod, fieldRef.fieldPath, sources)
        : resourceFieldRef !== undefined && of !== undefined
          ? resourceValue(of, resourceFieldRef.resource, resourceFieldRef.divisor, sources.allocatable)
          : '';
    files.set(path, { data: new TextEncoder().encode(text), mode: mode ?? defaultMode });
  }
}

async function tokenFile(
  source: { readonly audience?: string; readonly expirationSeconds?: number },
  { sources, fail }: SourceContext,
): Promise<VolumeFile> {
  try {
    const token = await sources.serviceAccountToken(source);
    return { data: new TextEncoder().encode(token), mode: tokenMode };
  } catch (error) {
    if (error instanceof ApiError) throw fail(`failed to fetch token: ${error.message}`);
    throw error;
  }
}

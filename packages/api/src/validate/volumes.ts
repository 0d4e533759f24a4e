import type { FieldError } from '../contract.js';
import type {
  Container,
  DownwardAPIVolumeFile,
  KeyToPath,
  PodSpec,
  Volume,
  VolumeProjection,
} from '../generated/types.js';
import { isObject } from '../json.js';
import { compareQuantities } from '../quantity.js';
import { objectType } from '../schema.js';
import { fieldErrors } from '../status-errors.js';
import { nameErrors, oneOf } from './common.js';
import { typeErrors } from './structure.js';

const modeMax = 0o777;
const modeText = 'must be a number between 0 and 0777 (octal), both inclusive';
const tokenSecondsMin = 600;
const tokenSecondsMax = 2 ** 32;
const oneTypeText = 'may not specify more than 1 volume type';
const volumeType = 'io.k8s.api.core.v1.Volume';

/** One source per volume, and of each source what it needs. */
export function volumeErrors(volume: Volume, field: string): FieldError[] {
  const { name, ...sources } = volume;
  const given = Object.entries(sources).filter(([, source]) => source !== undefined);
  const errors = nameErrors('label', `${field}.name`, name);
  for (const [kind] of given.slice(1)) errors.push(fieldErrors.forbidden(`${field}.${kind}`, oneTypeText));
  const [first] = given;
  if (first === undefined) return errors;
  const [kind, source] = first;
  const type = objectType(volumeType).get(kind)?.type;
  if (type?.is === 'object' && isObject(source))
    errors.push(...typeErrors(type.name, source, `${field}.${kind}`));
  return [...errors, ...sourceErrors(volume, field)];
}

function sourceErrors(volume: Volume, field: string): FieldError[] {
  const { emptyDir, hostPath, nfs, secret, configMap, downwardAPI, projected, ephemeral } = volume;
  const errors: FieldError[] = [];
  if (emptyDir?.sizeLimit !== undefined && compareQuantities(emptyDir.sizeLimit, '0') < 0)
    errors.push(
      fieldErrors.forbidden(
        `${field}.emptyDir.sizeLimit`,
        'SizeLimit field must be a valid resource quantity',
      ),
    );
  if (hostPath !== undefined) errors.push(...upwardsErrors(`${field}.hostPath.path`, hostPath.path ?? ''));
  if (nfs !== undefined && (nfs.path ?? '') !== '' && !nfs.path.startsWith('/'))
    errors.push(fieldErrors.invalid(`${field}.nfs.path`, nfs.path, 'must be an absolute path'));
  if (secret !== undefined) {
    if ((secret.secretName ?? '') === '') errors.push(fieldErrors.required(`${field}.secret.secretName`));
    errors.push(...modeErrors(`${field}.secret.defaultMode`, secret.defaultMode));
    errors.push(...itemErrors(secret.items, `${field}.secret.items`));
  }
  if (configMap !== undefined) {
    if ((configMap.name ?? '') === '') errors.push(fieldErrors.required(`${field}.configMap.name`));
    errors.push(...modeErrors(`${field}.configMap.defaultMode`, configMap.defaultMode));
    errors.push(...itemErrors(configMap.items, `${field}.configMap.items`));
  }
  if (downwardAPI !== undefined) {
    errors.push(...modeErrors(`${field}.downwardAPI.defaultMode`, downwardAPI.defaultMode));
    errors.push(...downwardErrors(downwardAPI.items, `${field}.downwardAPI`));
  }
  if (projected !== undefined) {
    errors.push(...modeErrors(`${field}.projected.defaultMode`, projected.defaultMode));
    for (const [at, source] of (projected.sources ?? []).entries())
      errors.push(...projectionErrors(source, `${field}.projected.sources[${at}]`));
  }
  if (ephemeral !== undefined && ephemeral.volumeClaimTemplate === undefined)
    errors.push(fieldErrors.required(`${field}.ephemeral.volumeClaimTemplate`));
  return errors;
}

function upwardsErrors(field: string, path: string): FieldError[] {
  return path.split('/').includes('..') ? [fieldErrors.invalid(field, path, "must not contain '..'")] : [];
}

/** Below the volume, and not where its own links are. */
function relativeErrors(field: string, path: string): FieldError[] {
  if (path.startsWith('/')) return [fieldErrors.invalid(field, path, 'must be a relative path')];
  const errors = upwardsErrors(field, path);
  return errors.length === 0 && path.startsWith('..')
    ? [fieldErrors.invalid(field, path, "must not start with '..'")]
    : errors;
}

function modeErrors(field: string, mode: number | undefined): FieldError[] {
  return mode === undefined || (mode >= 0 && mode <= modeMax)
    ? []
    : [fieldErrors.invalid(field, mode, modeText)];
}

function itemErrors(items: readonly KeyToPath[] | undefined, field: string): FieldError[] {
  return (items ?? []).flatMap(({ path = '', mode }, at) => [
    ...(path === '' ? [] : relativeErrors(`${field}[${at}].path`, path)),
    ...modeErrors(`${field}[${at}].mode`, mode),
  ]);
}

function downwardErrors(items: readonly DownwardAPIVolumeFile[] | undefined, field: string): FieldError[] {
  return (items ?? []).flatMap(({ path = '', fieldRef, resourceFieldRef, mode }) => {
    const errors: FieldError[] = [];
    if (path !== '') errors.push(...relativeErrors(`${field}.path`, path));
    if (fieldRef !== undefined && resourceFieldRef !== undefined)
      errors.push(
        fieldErrors.invalid(
          field,
          'resource',
          'fieldRef and resourceFieldRef can not be specified simultaneously',
        ),
      );
    if (fieldRef === undefined && resourceFieldRef === undefined)
      errors.push(fieldErrors.required(field, 'one of fieldRef and resourceFieldRef is required'));
    return [...errors, ...modeErrors(`${field}.mode`, mode)];
  });
}

function projectionErrors(source: VolumeProjection, field: string): FieldError[] {
  const kinds = Object.keys(source);
  const errors = kinds.slice(1).map((kind) => fieldErrors.forbidden(`${field}.${kind}`, oneTypeText));
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  if (secret !== undefined && (secret.name ?? '') === '')
    errors.push(fieldErrors.required(`${field}.secret.name`));
  if (configMap !== undefined && (configMap.name ?? '') === '')
    errors.push(fieldErrors.required(`${field}.configMap.name`));
  errors.push(...itemErrors(secret?.items, `${field}.secret.items`));
  errors.push(...itemErrors(configMap?.items, `${field}.configMap.items`));
  errors.push(...downwardErrors(downwardAPI?.items, `${field}.downwardAPI`));
  if (serviceAccountToken === undefined) return errors;
  const { expirationSeconds: seconds = 3600, path = '' } = serviceAccountToken;
  const here = `${field}.serviceAccountToken`;
  if (seconds < tokenSecondsMin)
    errors.push(
      fieldErrors.invalid(
        `${here}.expirationSeconds`,
        seconds,
        'may not specify a duration less than 10 minutes',
      ),
    );
  if (seconds > tokenSecondsMax)
    errors.push(
      fieldErrors.invalid(
        `${here}.expirationSeconds`,
        seconds,
        'may not specify a duration larger than 2^32 seconds',
      ),
    );
  if (path !== '') errors.push(...relativeErrors(`${here}.path`, path));
  return errors;
}

const propagations = ['Bidirectional', 'HostToContainer', 'None'];

/** Of the mounts and devices of one container; names and paths of mounts are checked in container.ts. */
export function mountRuleErrors(container: Container, field: string, spec: PodSpec): FieldError[] {
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]));
  const errors: FieldError[] = [];
  for (const [at, mount] of (container.volumeMounts ?? []).entries()) {
    const here = `${field}.volumeMounts[${at}]`;
    const { subPath = '', subPathExpr = '', mountPropagation } = mount;
    if (subPath !== '') errors.push(...relativeErrors(`${here}.subPath`, subPath));
    if (subPathExpr !== '' && subPath !== '')
      errors.push(
        fieldErrors.invalid(
          `${here}.subPathExpr`,
          subPathExpr,
          'subPathExpr and subPath are mutually exclusive',
        ),
      );
    else if (subPathExpr !== '') errors.push(...relativeErrors(`${here}.subPathExpr`, subPathExpr));
    errors.push(...oneOf(`${here}.mountPropagation`, mountPropagation, propagations));
    if (mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
      const text = 'Bidirectional mount propagation is available only to privileged containers';
      errors.push(fieldErrors.forbidden(`${here}.mountPropagation`, text));
    }
  }
  const paths = new Set((container.volumeMounts ?? []).map((mount) => mount.mountPath));
  const devices = new Set<string>();
  for (const [at, { name = '', devicePath = '' }] of (container.volumeDevices ?? []).entries()) {
    const here = `${field}.volumeDevices[${at}]`;
    const volume = volumes.get(name);
    if (name === '') errors.push(fieldErrors.required(`${here}.name`));
    else if (volume === undefined) errors.push(fieldErrors.notFound(`${here}.name`, name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const text = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(fieldErrors.invalid(`${here}.name`, name, text));
    }
    if (devicePath === '') errors.push(fieldErrors.required(`${here}.devicePath`));
    else if (devices.has(devicePath))
      errors.push(fieldErrors.invalid(`${here}.devicePath`, devicePath, 'must be unique'));
    else if (paths.has(devicePath))
      errors.push(
        fieldErrors.invalid(
          `${here}.devicePath`,
          devicePath,
          'must not already exist as a path in volumeMounts',
        ),
      );
    devices.add(devicePath);
  }
  return errors;
}

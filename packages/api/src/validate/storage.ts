import type { FieldError } from '../contract.js';
import type { PersistentVolume, PersistentVolumeClaim, VolumeAttachment } from '../generated/types.js';
import { deepEqual, isObject } from '../json.js';
import { compareQuantities, parseQuantity } from '../quantity.js';
import { objectType } from '../schema.js';
import { fieldErrors } from '../status-errors.js';
import { nodeSelectorErrors } from './affinity.js';
import { optionalNameErrors } from './common.js';

const volumeSpec = 'io.k8s.api.core.v1.PersistentVolumeSpec';

/** Fields of a volume's spec that say where it is, of which there is one: those whose type is a source. */
function sourcesOf(spec: object): string[] {
  return Object.keys(spec).filter((name) => {
    const type = objectType(volumeSpec).get(name)?.type;
    return type?.is === 'object' && /VolumeSource$/.test(type.name);
  });
}

export function persistentVolumeErrors(
  { metadata, spec = {} }: PersistentVolume,
  old: PersistentVolume | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  const sources = sourcesOf(spec);
  if (sources.length === 0) errors.push(fieldErrors.required('spec', 'must specify a volume type'));
  for (const name of sources.slice(1))
    errors.push(fieldErrors.forbidden(`spec.${name}`, 'may not specify more than 1 volume type'));
  for (const [name, value] of Object.entries(spec.capacity ?? {})) {
    if (name !== 'storage')
      errors.push(fieldErrors.notSupported('spec.capacity', Object.keys(spec.capacity ?? {}), ['storage']));
    else if (compareQuantities(value, '0') <= 0)
      errors.push(fieldErrors.invalid('spec.capacity[storage]', value, 'must be greater than zero'));
  }
  if (spec.local !== undefined && spec.nodeAffinity === undefined)
    errors.push(fieldErrors.required('spec.nodeAffinity', 'Local volume requires node affinity'));
  if (spec.hostPath?.path === '/' && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    const text = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(fieldErrors.forbidden('spec.persistentVolumeReclaimPolicy', text));
  }
  errors.push(...accessModeErrors(spec.accessModes, 'spec.accessModes'));
  errors.push(...optionalNameErrors('subdomain', 'spec.storageClassName', spec.storageClassName));
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
  if (spec.nodeAffinity !== undefined && spec.nodeAffinity.required === undefined)
    errors.push(fieldErrors.required('spec.nodeAffinity.required', 'must specify required node constraints'));
  if (terms !== undefined && terms.length > 0)
    errors.push(...nodeSelectorErrors(terms, 'spec.nodeAffinity.required.nodeSelectorTerms'));
  if (old?.spec === undefined || metadata.deletionTimestamp !== undefined) return errors;
  const source = (from: object) => sourcesOf(from).map((name) => [name, Reflect.get(from, name)]);
  if (!deepEqual(source(spec), source(old.spec))) {
    const text = 'spec.persistentvolumesource is immutable after creation';
    errors.push(fieldErrors.forbidden('spec.persistentvolumesource', text));
  }
  if (old.spec.nodeAffinity !== undefined && !deepEqual(spec.nodeAffinity, old.spec.nodeAffinity))
    errors.push(fieldErrors.invalid('spec.nodeAffinity', spec.nodeAffinity, 'field is immutable'));
  return errors;
}

/** To be the only pod is not to be one of several. */
function accessModeErrors(modes: readonly string[] | undefined, field: string): FieldError[] {
  if ((modes ?? []).length < 2 || modes?.includes('ReadWriteOncePod') !== true) return [];
  return [fieldErrors.forbidden(field, 'may not use ReadWriteOncePod with other access modes')];
}

const claimText =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

export function persistentVolumeClaimErrors(
  { spec, status }: PersistentVolumeClaim,
  old: PersistentVolumeClaim | undefined,
): FieldError[] {
  const field = 'spec.resources[storage]';
  const wanted = spec?.resources?.requests?.storage;
  const errors: FieldError[] = [];
  if (wanted === undefined) errors.push(fieldErrors.required(field));
  else if ((parseQuantity(wanted) === undefined ? 0 : compareQuantities(wanted, '0')) <= 0)
    errors.push(fieldErrors.invalid(field, wanted, 'must be greater than zero'));
  errors.push(...accessModeErrors(spec?.accessModes, 'spec.accessModes'));
  errors.push(...optionalNameErrors('subdomain', 'spec.storageClassName', spec?.storageClassName));
  if (old?.spec === undefined || spec === undefined) return errors;
  const bound = old.status?.phase === 'Bound';
  // A claim may be given its volume, and its class where none was asked for; a bound one may grow.
  const next = {
    ...spec,
    ...(old.spec.volumeName === undefined ? { volumeName: undefined } : {}),
    ...(old.spec.storageClassName === undefined ? { storageClassName: undefined } : {}),
    ...(bound
      ? { resources: old.spec.resources, volumeAttributesClassName: old.spec.volumeAttributesClassName }
      : {}),
  };
  if (!deepEqual(next, old.spec)) errors.push(fieldErrors.forbidden('spec', claimText));
  const before = old.spec.resources?.requests?.storage;
  const least = status?.capacity?.storage ?? before;
  if (bound && wanted !== undefined && before !== undefined && compareQuantities(wanted, before) < 0) {
    if (least === undefined || compareQuantities(wanted, least) < 0)
      errors.push(
        fieldErrors.forbidden(
          'spec.resources.requests.storage',
          'field can not be less than status.capacity',
        ),
      );
  }
  return errors;
}

export function volumeAttachmentErrors({ spec }: VolumeAttachment): FieldError[] {
  const source = isObject(spec?.source) ? spec.source : {};
  const { inlineVolumeSpec, persistentVolumeName } = source;
  const field = 'spec.source';
  if (inlineVolumeSpec === undefined && (persistentVolumeName ?? '') === '')
    return [
      fieldErrors.required(field, 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'),
    ];
  if (inlineVolumeSpec !== undefined && (persistentVolumeName ?? '') !== '') {
    const text = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
    return [fieldErrors.invalid(field, source, text)];
  }
  return [];
}

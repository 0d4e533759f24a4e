import type { FieldError } from '../contract.js';
import type { Container, Pod, PodSpec, PodTemplateSpec } from '../generated/types.js';
import { deepEqual } from '../json.js';
import { fieldErrors } from '../status-errors.js';
import { affinityErrors, spreadErrors } from './affinity.js';
import { duplicateErrors, labelErrors, nonNegative, oneOf, optionalNameErrors } from './common.js';
import { containerErrors } from './container.js';
import { podFieldErrors } from './pod-fields.js';
import { containerSecurityErrors, podSecurityErrors } from './security-context.js';
import { addedTolerationErrors, tolerationErrors } from './taints.js';
import { mountRuleErrors, volumeErrors } from './volumes.js';

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const deadlineSecondsMax = 2 ** 31 - 1;

export function podErrors(pod: Pod, old: Pod | undefined): FieldError[] {
  if (pod.spec === undefined) return [fieldErrors.required('spec.containers')];
  const errors = podSpecErrors(pod.spec, 'spec');
  if (pod.metadata.resourceVersion === undefined && (pod.spec.ephemeralContainers ?? []).length > 0)
    errors.push(fieldErrors.forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  return old?.spec === undefined ? errors : [...errors, ...updateErrors(pod.spec, old.spec)];
}

export function podTemplateErrors(template: PodTemplateSpec | undefined, field: string): FieldError[] {
  if (template?.spec === undefined) return [fieldErrors.required(`${field}.spec.containers`)];
  const labels = labelErrors(template.metadata?.labels, `${field}.labels`);
  const policy =
    template.spec.restartPolicy === 'Always'
      ? []
      : [fieldErrors.notSupported(`${field}.spec.restartPolicy`, template.spec.restartPolicy, ['Always'])];
  return [...labels, ...podSpecErrors(template.spec, `${field}.spec`), ...policy];
}

export function podSpecErrors(spec: PodSpec, field: string): FieldError[] {
  const { containers = [], initContainers = [], volumes = [], activeDeadlineSeconds: deadline } = spec;
  const volumeNames = new Set(volumes.map((volume) => volume.name));
  const deadlineField = `${field}.activeDeadlineSeconds`;
  const range = `must be between 1 and ${deadlineSecondsMax}, inclusive`;
  return [
    ...volumes.flatMap((volume, index) => volumeErrors(volume, `${field}.volumes[${index}]`)),
    ...duplicateErrors(
      volumes.map((volume) => volume.name),
      (index) => `${field}.volumes[${index}].name`,
    ),
    ...(containers.length === 0 ? [fieldErrors.required(`${field}.containers`)] : []),
    ...containers.flatMap((one, index) => containerErrors(one, `${field}.containers[${index}]`, volumeNames)),
    ...initContainers.flatMap((one, index) =>
      initContainerErrors(one, `${field}.initContainers[${index}]`, volumeNames),
    ),
    ...containerNameErrors(containers, initContainers, field),
    ...oneOf(`${field}.restartPolicy`, spec.restartPolicy, restartPolicies),
    ...oneOf(`${field}.dnsPolicy`, spec.dnsPolicy, [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...labelErrors(spec.nodeSelector, `${field}.nodeSelector`),
    ...optionalNameErrors('subdomain', `${field}.serviceAccountName`, spec.serviceAccountName),
    ...optionalNameErrors('subdomain', `${field}.nodeName`, spec.nodeName),
    ...(deadline !== undefined && (deadline < 1 || deadline > deadlineSecondsMax)
      ? [fieldErrors.invalid(deadlineField, deadline, range)]
      : []),
    ...nonNegative(`${field}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds),
    ...optionalNameErrors('label', `${field}.hostname`, spec.hostname),
    ...optionalNameErrors('label', `${field}.subdomain`, spec.subdomain),
    ...tolerationErrors(spec.tolerations, `${field}.tolerations`),
    ...affinityErrors(spec.affinity, `${field}.affinity`),
    ...spreadErrors(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`),
    ...podSecurityErrors(spec, `${field}.securityContext`),
    ...podFieldErrors(spec, field),
    ...(['containers', 'initContainers'] as const).flatMap((list) =>
      (spec[list] ?? []).flatMap((one, index) => [
        ...mountRuleErrors(one, `${field}.${list}[${index}]`, spec),
        ...containerSecurityErrors(one, `${field}.${list}[${index}].securityContext`, spec),
      ]),
    ),
  ];
}

/** Ordinary containers come first: of a name that stands in both lists, the init container is the second. */
function containerNameErrors(
  containers: readonly Container[],
  initContainers: readonly Container[],
  field: string,
): FieldError[] {
  const names = [...containers, ...initContainers].map((container) => container.name);
  return duplicateErrors(names, (index) =>
    index < containers.length
      ? `${field}.containers[${index}].name`
      : `${field}.initContainers[${index - containers.length}].name`,
  );
}

function initContainerErrors(
  container: Container,
  field: string,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const errors = containerErrors(container, field, volumes);
  if (container.restartPolicy === 'Always') return errors;
  const detail = 'may not be set for init containers without restartPolicy=Always';
  for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    if (container[key] !== undefined) errors.push(fieldErrors.forbidden(`${field}.${key}`, detail));
  return errors;
}

/** Images, deadlines, tolerations and gates may change; the rest of a pod is what it was created as. */
function updateErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const resized = (['containers', 'initContainers'] as const).filter(
    (list) => (spec[list] ?? []).length !== (old[list] ?? []).length,
  );
  if (resized.length > 0)
    return resized.map((list) =>
      fieldErrors.forbidden(`spec.${list}`, 'pod updates may not add or remove containers'),
    );
  const errors = [
    ...deadlineUpdateErrors(spec.activeDeadlineSeconds, old.activeDeadlineSeconds),
    ...addedTolerationErrors(spec.tolerations, old.tolerations, 'spec.tolerations'),
    ...gateErrors(spec, old),
  ];
  const images = (list: Container[] | undefined, oldList: Container[] | undefined) =>
    list?.map((container, index) => ({ ...container, image: oldList?.[index]?.image }));
  const isCutShort = (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  const frozen = {
    ...spec,
    containers: images(spec.containers, old.containers),
    initContainers: images(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
    ...(isCutShort ? { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds } : {}),
  };
  if (deepEqual(frozen, old)) return errors;
  const allowed =
    '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
  return [
    ...errors,
    fieldErrors.forbidden('spec', `pod updates may not change fields other than ${allowed}`),
  ];
}

/** A deadline may be set, and come nearer. */
function deadlineUpdateErrors(deadline: number | undefined, old: number | undefined): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (old === undefined) return [];
  if (deadline === undefined)
    return [fieldErrors.invalid(field, null, 'must not update from a positive integer to nil value')];
  if (deadline <= old) return [];
  return [fieldErrors.invalid(field, deadline, 'must be less than or equal to previous value')];
}

function gateErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const known = new Set((old.schedulingGates ?? []).map((gate) => gate.name));
  return (spec.schedulingGates ?? []).flatMap(({ name }, index) => {
    if (known.has(name)) return [];
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return [fieldErrors.forbidden(`spec.schedulingGates[${index}].name`, detail)];
  });
}

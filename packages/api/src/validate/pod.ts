import type { FieldError } from '../contract.js';
import type { Container, EnvVar, Pod, PodSpec, PodTemplateSpec, Probe } from '../generated/types.js';
import { deepEqual } from '../json.js';
import { compareQuantities } from '../quantity.js';
import { fieldErrors } from '../status-errors.js';
import { labelErrors, nameErrors, nonNegative, oneOf, portErrors } from './common.js';

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const portName = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

export function podErrors(pod: Pod, old: Pod | undefined): FieldError[] {
  if (pod.spec === undefined) return [fieldErrors.required('spec.containers')];
  const errors = podSpecErrors(pod.spec, 'spec');
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

function podSpecErrors(spec: PodSpec, field: string): FieldError[] {
  const volumes = new Set((spec.volumes ?? []).map((volume) => volume.name));
  const names = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(
    (container) => container.name,
  );
  const all = (list: readonly Container[] | undefined, at: string) =>
    (list ?? []).flatMap((container, index) => containerErrors(container, `${at}[${index}]`, volumes));
  return [
    ...((spec.containers ?? []).length === 0 ? [fieldErrors.required(`${field}.containers`)] : []),
    ...all(spec.initContainers, `${field}.initContainers`),
    ...all(spec.containers, `${field}.containers`),
    ...duplicates(names).map((name) =>
      fieldErrors.duplicate(`${field}.containers[${names.lastIndexOf(name)}].name`, name),
    ),
    ...(spec.volumes ?? []).flatMap((volume, index) =>
      nameErrors('label', `${field}.volumes[${index}].name`, volume.name),
    ),
    ...oneOf(`${field}.restartPolicy`, spec.restartPolicy, restartPolicies),
    ...oneOf(`${field}.dnsPolicy`, spec.dnsPolicy, [
      'ClusterFirstWithHostNet',
      'ClusterFirst',
      'Default',
      'None',
    ]),
    ...nonNegative(`${field}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds),
    ...(spec.nodeName === undefined ? [] : nameErrors('subdomain', `${field}.nodeName`, spec.nodeName)),
  ];
}

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function containerErrors(container: Container, field: string, volumes: ReadonlySet<string>): FieldError[] {
  const name =
    container.name === undefined
      ? [fieldErrors.required(`${field}.name`)]
      : nameErrors('label', `${field}.name`, container.name);
  const image =
    container.image === undefined || container.image.trim() === ''
      ? [fieldErrors.required(`${field}.image`)]
      : [];
  return [
    ...name,
    ...image,
    ...oneOf(`${field}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...(container.ports ?? []).flatMap((port, index) => {
      const at = `${field}.ports[${index}]`;
      const named =
        port.name === undefined || portName.test(port.name)
          ? []
          : [fieldErrors.invalid(`${at}.name`, port.name, 'must be no more than 15 characters')];
      return [
        ...(port.containerPort === undefined
          ? [fieldErrors.required(`${at}.containerPort`)]
          : portErrors(`${at}.containerPort`, port.containerPort)),
        ...named,
        ...oneOf(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']),
      ];
    }),
    ...(container.env ?? []).flatMap((env, index) => envErrors(env, `${field}.env[${index}]`)),
    ...(container.volumeMounts ?? []).flatMap((mount, index) => {
      const at = `${field}.volumeMounts[${index}]`;
      return [
        ...(volumes.has(mount.name) ? [] : [fieldErrors.notFound(`${at}.name`, mount.name)]),
        ...((mount.mountPath ?? '') === '' ? [fieldErrors.required(`${at}.mountPath`)] : []),
      ];
    }),
    ...resourceErrors(container, `${field}.resources`),
    ...probeErrors(container.livenessProbe, `${field}.livenessProbe`),
    ...probeErrors(container.readinessProbe, `${field}.readinessProbe`),
    ...probeErrors(container.startupProbe, `${field}.startupProbe`),
  ];
}

function envErrors(env: EnvVar, field: string): FieldError[] {
  if ((env.name ?? '') === '') return [fieldErrors.required(`${field}.name`)];
  if (env.valueFrom === undefined || env.value === undefined || env.value === '') return [];
  return [fieldErrors.invalid(`${field}.valueFrom`, '', 'may not be specified when `value` is not empty')];
}

function resourceErrors(container: Container, field: string): FieldError[] {
  const { limits = {}, requests = {} } = container.resources ?? {};
  const negative = [
    ...Object.entries(limits).map(([name, value]) => [`limits[${name}]`, value] as const),
    ...Object.entries(requests).map(([name, value]) => [`requests[${name}]`, value] as const),
  ]
    .filter(([, value]) => compareQuantities(value, '0') < 0)
    .map(([at, value]) => fieldErrors.invalid(`${field}.${at}`, value, 'must be greater than or equal to 0'));
  const over = Object.entries(requests)
    .filter(([name, value]) => limits[name] !== undefined && compareQuantities(value, limits[name]) > 0)
    .map(([name, value]) =>
      fieldErrors.invalid(
        `${field}.requests`,
        value,
        `must be less than or equal to ${name} limit of ${limits[name]}`,
      ),
    );
  return [...negative, ...over];
}

function probeErrors(probe: Probe | undefined, field: string): FieldError[] {
  if (probe === undefined) return [];
  const handlers = [probe.exec, probe.httpGet, probe.tcpSocket, probe.grpc].filter(
    (handler) => handler !== undefined,
  );
  const handler =
    handlers.length === 1
      ? []
      : [
          handlers.length === 0
            ? fieldErrors.required(field, 'must specify a handler type')
            : fieldErrors.forbidden(field, 'may not specify more than 1 handler type'),
        ];
  const numbers = [
    probe.initialDelaySeconds,
    probe.timeoutSeconds,
    probe.periodSeconds,
    probe.successThreshold,
    probe.failureThreshold,
  ];
  const names = [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ];
  return [...handler, ...numbers.flatMap((value, index) => nonNegative(`${field}.${names[index]}`, value))];
}

/** Images, deadlines, tolerations and gates may change; the rest of a pod is what it was created as. */
function updateErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  if (spec.containers.length !== old.containers.length)
    return [fieldErrors.forbidden('spec.containers', 'pod updates may not add or remove containers')];
  const images = (list: Container[] | undefined, oldList: Container[] | undefined) =>
    list?.map((container, index) => ({ ...container, image: oldList?.[index]?.image }));
  const frozen = {
    ...spec,
    containers: images(spec.containers, old.containers),
    initContainers: images(spec.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
    terminationGracePeriodSeconds: old.terminationGracePeriodSeconds,
  };
  if (deepEqual(frozen, old)) return [];
  const allowed =
    '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
  return [fieldErrors.forbidden('spec', `pod updates may not change fields other than ${allowed}`)];
}

import type { FieldError } from '../contract.js';
import type {
  Container,
  ContainerPort,
  EnvFromSource,
  EnvVar,
  HTTPGetAction,
  Lifecycle,
  Probe,
  VolumeMount,
} from '../generated/types.js';
import { fieldErrors } from '../status-errors.js';
import {
  duplicateErrors,
  nameErrors,
  nonNegative,
  oneOf,
  portErrors,
  portNameErrors,
  portOrNameErrors,
  protocolErrors,
} from './common.js';
import { resourceErrors } from './resources.js';

/** What is wrong with one container, apart from its name being another's too. */
export function containerErrors(
  container: Container,
  field: string,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const { ports = [], env = [], envFrom = [] } = container;
  return [
    ...nameErrors('label', `${field}.name`, container.name),
    ...imageErrors(container.image, `${field}.image`),
    ...oneOf(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, [
      'FallbackToLogsOnError',
      'File',
    ]),
    ...ports.flatMap((port, index) => containerPortErrors(port, `${field}.ports[${index}]`)),
    ...duplicateErrors(
      ports.map((port) => port.name),
      (index) => `${field}.ports[${index}].name`,
    ),
    ...env.flatMap((one, index) => envErrors(one, `${field}.env[${index}]`)),
    ...envFrom.flatMap((one, index) => envFromErrors(one, `${field}.envFrom[${index}]`)),
    ...mountErrors(container.volumeMounts ?? [], `${field}.volumeMounts`, volumes),
    ...lifecycleErrors(container.lifecycle, `${field}.lifecycle`),
    ...probeErrors(container.livenessProbe, `${field}.livenessProbe`, { succeedsOnce: true }),
    ...probeErrors(container.readinessProbe, `${field}.readinessProbe`, { succeedsOnce: false }),
    ...probeErrors(container.startupProbe, `${field}.startupProbe`, { succeedsOnce: true }),
    ...oneOf(`${field}.imagePullPolicy`, container.imagePullPolicy, ['Always', 'IfNotPresent', 'Never']),
    ...resourceErrors(container.resources, `${field}.resources`),
  ];
}

function imageErrors(image: string | undefined, field: string): FieldError[] {
  if (image === undefined || image.trim() === '') return [fieldErrors.required(field)];
  if (image === image.trim()) return [];
  return [fieldErrors.invalid(field, image, 'must not have leading or trailing whitespace')];
}

function containerPortErrors(port: ContainerPort, field: string): FieldError[] {
  const { name, containerPort, hostPort } = port;
  const number =
    containerPort === undefined || containerPort === 0
      ? [fieldErrors.required(`${field}.containerPort`)]
      : portErrors(`${field}.containerPort`, containerPort);
  return [
    ...(name === undefined || name === '' ? [] : portNameErrors(`${field}.name`, name)),
    ...number,
    ...(hostPort === 0 ? [] : portErrors(`${field}.hostPort`, hostPort)),
    ...protocolErrors(`${field}.protocol`, port.protocol),
  ];
}

const envName = /^[ -<>-~]+$/;
const envNameText =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

function envErrors(env: EnvVar, field: string): FieldError[] {
  const { name = '', value = '', valueFrom } = env;
  const errors =
    name === ''
      ? [fieldErrors.required(`${field}.name`)]
      : envName.test(name)
        ? []
        : [fieldErrors.invalid(`${field}.name`, name, envNameText)];
  if (valueFrom === undefined) return errors;
  return [...errors, ...envSourceErrors(valueFrom, value, `${field}.valueFrom`)];
}

function envSourceErrors(
  source: NonNullable<EnvVar['valueFrom']>,
  value: string,
  field: string,
): FieldError[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  const given = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(
    (one) => one !== undefined,
  );
  const errors: FieldError[] = [];
  if (fieldRef !== undefined && (fieldRef.fieldPath ?? '') === '')
    errors.push(fieldErrors.required(`${field}.fieldRef.fieldPath`));
  for (const [key, ref] of Object.entries({ configMapKeyRef, secretKeyRef })) {
    if (ref === undefined) continue;
    if ((ref.name ?? '') === '') errors.push(fieldErrors.required(`${field}.${key}.name`));
    if ((ref.key ?? '') === '') errors.push(fieldErrors.required(`${field}.${key}.key`));
  }
  if (given.length === 0) errors.push(fieldErrors.invalid(field, '', envSourceNoneText));
  else if (value !== '')
    errors.push(fieldErrors.invalid(field, '', 'may not be specified when `value` is not empty'));
  else if (given.length > 1)
    errors.push(fieldErrors.invalid(field, '', 'may not have more than one field specified at a time'));
  return errors;
}

const envSourceNoneText =
  'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';

function envFromErrors(source: EnvFromSource, field: string): FieldError[] {
  const { prefix = '', configMapRef, secretRef } = source;
  const errors =
    prefix === '' || envName.test(prefix)
      ? []
      : [fieldErrors.invalid(`${field}.prefix`, prefix, envNameText)];
  for (const [key, ref] of Object.entries({ configMapRef, secretRef }))
    if (ref !== undefined && (ref.name ?? '') === '')
      errors.push(fieldErrors.required(`${field}.${key}.name`));
  if (configMapRef === undefined && secretRef === undefined)
    errors.push(fieldErrors.invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
  if (configMapRef !== undefined && secretRef !== undefined)
    errors.push(fieldErrors.invalid(field, '', 'may not have more than one field specified at a time'));
  return errors;
}

function mountErrors(
  mounts: readonly VolumeMount[],
  field: string,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const paths = mounts.map((mount) => mount.mountPath);
  return mounts.flatMap(({ name = '', mountPath = '' }, index) => {
    const at = `${field}[${index}]`;
    const named =
      name === ''
        ? [fieldErrors.required(`${at}.name`)]
        : volumes.has(name)
          ? []
          : [fieldErrors.notFound(`${at}.name`, name)];
    if (mountPath === '') return [...named, fieldErrors.required(`${at}.mountPath`)];
    if (paths.indexOf(mountPath) === index) return named;
    return [...named, fieldErrors.invalid(`${at}.mountPath`, mountPath, 'must be unique')];
  });
}

interface Handler {
  readonly exec?: { command?: string[] };
  readonly httpGet?: HTTPGetAction;
  readonly tcpSocket?: { port?: number | string };
  readonly grpc?: { port?: number };
  readonly sleep?: { seconds?: number };
}

/** Exactly one way to act; each further one is refused at its own place. */
function handlerErrors(handler: Handler, field: string): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  const given = Object.entries({ exec, httpGet, tcpSocket, grpc, sleep }).filter(
    ([, one]) => one !== undefined,
  );
  if (given.length === 0) return [fieldErrors.required(field, 'must specify a handler type')];
  const errors = given
    .slice(1)
    .map(([key]) => fieldErrors.forbidden(`${field}.${key}`, 'may not specify more than 1 handler type'));
  if (errors.length > 0) return errors;
  if (exec !== undefined && (exec.command ?? []).length === 0)
    return [fieldErrors.required(`${field}.exec.command`)];
  if (httpGet !== undefined)
    return [
      ...((httpGet.path ?? '') === '' ? [fieldErrors.required(`${field}.httpGet.path`)] : []),
      ...portOrNameErrors(`${field}.httpGet.port`, httpGet.port),
      ...oneOf(`${field}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS']),
    ];
  if (tcpSocket !== undefined) return portOrNameErrors(`${field}.tcpSocket.port`, tcpSocket.port);
  return grpc === undefined ? [] : portOrNameErrors(`${field}.grpc.port`, grpc.port);
}

function lifecycleErrors(lifecycle: Lifecycle | undefined, field: string): FieldError[] {
  const { postStart, preStop } = lifecycle ?? {};
  return [
    ...(postStart === undefined ? [] : handlerErrors(postStart, `${field}.postStart`)),
    ...(preStop === undefined ? [] : handlerErrors(preStop, `${field}.preStop`)),
  ];
}

const probeNumbers = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

/** Liveness and start-up are proved by one success, and only they can end a container. */
function probeErrors(
  probe: Probe | undefined,
  field: string,
  { succeedsOnce }: { readonly succeedsOnce: boolean },
): FieldError[] {
  if (probe === undefined) return [];
  const errors = [
    ...handlerErrors(probe, field),
    ...probeNumbers.flatMap((name) => nonNegative(`${field}.${name}`, probe[name])),
  ];
  const grace = probe.terminationGracePeriodSeconds;
  const graceField = `${field}.terminationGracePeriodSeconds`;
  if (!succeedsOnce)
    return grace === undefined
      ? errors
      : [...errors, fieldErrors.invalid(graceField, grace, 'must not be set for readinessProbes')];
  if (grace !== undefined && grace <= 0)
    errors.push(fieldErrors.invalid(graceField, grace, 'must be greater than 0'));
  const { successThreshold = 1 } = probe;
  if (successThreshold !== 1)
    errors.push(fieldErrors.invalid(`${field}.successThreshold`, successThreshold, 'must be 1'));
  return errors;
}

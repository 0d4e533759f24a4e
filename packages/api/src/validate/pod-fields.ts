import type { FieldError } from '../contract.js';
import type { Container, EphemeralContainer, PodSpec } from '../generated/types.js';
import { fieldErrors } from '../status-errors.js';
import { isIp } from './addresses.js';
import { nameErrors, oneOf, optionalNameErrors, qualifiedNameErrors } from './common.js';

const nameserversMax = 3;
const searchesMax = 32;
export const ipText = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** Fields of a pod's spec that are about neither its containers nor where it runs. */
export function podFieldErrors(spec: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = [
    ...dnsErrors(spec, `${field}.dnsConfig`),
    ...optionalNameErrors('subdomain', `${field}.priorityClassName`, spec.priorityClassName),
    ...optionalNameErrors('subdomain', `${field}.runtimeClassName`, spec.runtimeClassName),
    ...oneOf(`${field}.preemptionPolicy`, spec.preemptionPolicy, ['Never', 'PreemptLowerPriority']),
  ];
  for (const [at, { ip = '', hostnames = [] }] of (spec.hostAliases ?? []).entries()) {
    const here = `${field}.hostAliases[${at}]`;
    if (!isIp(ip)) errors.push(fieldErrors.invalid(`${here}.ip`, ip, ipText));
    for (const [index, name] of hostnames.entries())
      errors.push(...nameErrors('subdomain', `${here}.hostnames[${index}]`, name));
  }
  for (const [at, { conditionType = '' }] of (spec.readinessGates ?? []).entries())
    errors.push(...qualifiedNameErrors(conditionType, `${field}.readinessGates[${at}].conditionType`));
  const gates = spec.schedulingGates ?? [];
  for (const [at, { name = '' }] of gates.entries()) {
    errors.push(...qualifiedNameErrors(name, `${field}.schedulingGates[${at}]`));
    if (gates.findIndex((gate) => gate.name === name) !== at)
      errors.push(fieldErrors.duplicate(`${field}.schedulingGates[${at}]`, name));
  }
  if (gates.length > 0 && (spec.nodeName ?? '') !== '')
    errors.push(
      fieldErrors.forbidden(`${field}.nodeName`, 'cannot be set until all schedulingGates have been cleared'),
    );
  if (spec.os !== undefined && (spec.os.name ?? '') === '')
    errors.push(fieldErrors.required(`${field}.os.name`, 'cannot be empty'));
  else errors.push(...oneOf(`${field}.os.name`, spec.os?.name, ['linux', 'windows']));
  return [...errors, ...hostPortErrors(spec, field), ...ephemeralErrors(spec, field)];
}

function dnsErrors({ dnsPolicy, dnsConfig }: PodSpec, field: string): FieldError[] {
  const none = dnsPolicy === 'None';
  if (dnsConfig === undefined)
    return none ? [fieldErrors.required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')] : [];
  const { nameservers = [], searches = [], options = [] } = dnsConfig;
  const errors: FieldError[] = [];
  if (none && nameservers.length === 0)
    errors.push(
      fieldErrors.required(
        `${field}.nameservers`,
        'must provide at least one DNS nameserver when `dnsPolicy` is None',
      ),
    );
  if (nameservers.length > nameserversMax)
    errors.push(
      fieldErrors.invalid(
        `${field}.nameservers`,
        nameservers,
        `must not have more than ${nameserversMax} nameservers`,
      ),
    );
  for (const [at, server] of nameservers.entries())
    if (!isIp(server)) errors.push(fieldErrors.invalid(`${field}.nameservers[${at}]`, server, ipText));
  if (searches.length > searchesMax)
    errors.push(
      fieldErrors.invalid(
        `${field}.searches`,
        searches,
        `must not have more than ${searchesMax} search paths`,
      ),
    );
  for (const [at, search] of searches.entries())
    if (search !== '.')
      errors.push(...nameErrors('subdomain', `${field}.searches[${at}]`, search.replace(/\.$/, '')));
  for (const [at, { name = '' }] of options.entries())
    if (name === '') errors.push(fieldErrors.required(`${field}.options[${at}]`, 'must not be empty'));
  return errors;
}

/** A port of the node is one container's only. On the node's own network both numbers are one. */
function hostPortErrors({ containers = [], hostNetwork }: PodSpec, field: string): FieldError[] {
  const seen = new Set<string>();
  return containers.flatMap(({ ports = [] }, at) =>
    ports.flatMap(({ containerPort, hostPort = 0, hostIP = '', protocol = '' }, index) => {
      const here = `${field}.containers[${at}].ports[${index}]`;
      const errors: FieldError[] = [];
      if (hostIP !== '' && !isIp(hostIP)) errors.push(fieldErrors.invalid(`${here}.hostIP`, hostIP, ipText));
      if (hostNetwork === true && hostPort !== containerPort)
        errors.push(
          fieldErrors.invalid(
            `${here}.containerPort`,
            containerPort,
            'must match `hostPort` when `hostNetwork` is true',
          ),
        );
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (hostPort !== 0 && seen.has(key)) errors.push(fieldErrors.duplicate(`${here}.hostPort`, key));
      seen.add(key);
      return errors;
    }),
  );
}

/** What a container that was added to a running pod cannot have (KEP-277). */
const notEphemeral = [
  'ports',
  'lifecycle',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'resources',
  'resizePolicy',
] as const;

function ephemeralErrors(spec: PodSpec, field: string): FieldError[] {
  const { ephemeralContainers = [], containers = [], initContainers = [] } = spec;
  const names = new Set([...containers, ...initContainers].map(({ name }: Container) => name));
  const targets = new Set(containers.map(({ name }) => name));
  return ephemeralContainers.flatMap((one: EphemeralContainer, at) => {
    const here = `${field}.ephemeralContainers[${at}]`;
    const { name = '', image = '', targetContainerName = '' } = one;
    const errors = nameErrors('label', `${here}.name`, name);
    if (name !== '' && names.has(name)) errors.push(fieldErrors.duplicate(`${here}.name`, name));
    names.add(name);
    if (image === '') errors.push(fieldErrors.required(`${here}.image`));
    if (targetContainerName !== '' && !targets.has(targetContainerName))
      errors.push(fieldErrors.notFound(`${here}.targetContainerName`, targetContainerName));
    for (const key of notEphemeral) {
      const value = one[key];
      const empty = value === undefined || Object.keys(value).length === 0;
      if (!empty)
        errors.push(fieldErrors.forbidden(`${here}.${key}`, 'cannot be set for an Ephemeral Container'));
    }
    for (const [index, mount] of (one.volumeMounts ?? []).entries())
      if ((mount.subPath ?? '') !== '')
        errors.push(
          fieldErrors.forbidden(
            `${here}.volumeMounts[${index}].subPath`,
            'cannot be set for an Ephemeral Container',
          ),
        );
    return errors;
  });
}

import type { FieldError } from '../contract.js';
import type { Ingress, IPAddress, NetworkPolicy, ServiceCIDR } from '../generated/types.js';
import { fieldErrors } from '../status-errors.js';
import { isCidr, isIp, isWithin } from './addresses.js';
import { nameErrors, optionalNameErrors, portOrNameErrors } from './common.js';

type Backend = NonNullable<NonNullable<Ingress['spec']>['defaultBackend']>;

export function ingressErrors({ spec }: Ingress): FieldError[] {
  const { rules = [], defaultBackend, ingressClassName } = spec ?? {};
  const errors: FieldError[] = [];
  if (rules.length === 0 && defaultBackend === undefined) {
    const text = 'either `defaultBackend` or `rules` must be specified';
    errors.push(fieldErrors.invalid('spec', rules, text));
  }
  if (defaultBackend !== undefined) errors.push(...backendErrors(defaultBackend, 'spec.defaultBackend'));
  for (const [at, { host = '', http }] of rules.entries()) {
    const field = `spec.rules[${at}]`;
    if (isIp(host))
      errors.push(fieldErrors.invalid(`${field}.host`, host, 'must be a DNS name, not an IP address'));
    else if (host.includes('*')) errors.push(...wildcardErrors(`${field}.host`, host));
    else errors.push(...optionalNameErrors('subdomain', `${field}.host`, host));
    for (const [index, { path = '', pathType, backend }] of (http?.paths ?? []).entries()) {
      const here = `${field}.http.paths[${index}]`;
      if (pathType !== 'ImplementationSpecific' || path !== '') {
        if (!path.startsWith('/')) {
          errors.push(fieldErrors.invalid(`${here}.path`, path, 'must be an absolute path'));
        }
        if (pathType !== 'ImplementationSpecific') errors.push(...pathErrors(`${here}.path`, path));
      }
      errors.push(...backendErrors(backend ?? {}, `${here}.backend`));
    }
  }
  for (const [at, { hosts = [] }] of (spec?.tls ?? []).entries())
    for (const [index, host] of hosts.entries()) {
      const field = `spec.tls[${at}].hosts[${index}]`;
      errors.push(
        ...(host.includes('*') ? wildcardErrors(field, host) : nameErrors('subdomain', field, host)),
      );
    }
  return [...errors, ...optionalNameErrors('subdomain', 'spec.ingressClassName', ingressClassName)];
}

const wildcard = /^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const wildcardText =
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function wildcardErrors(field: string, host: string): FieldError[] {
  return wildcard.test(host) ? [] : [fieldErrors.invalid(field, host, wildcardText)];
}

/** A path that is compared element by element has none that are empty or lead elsewhere. */
function pathErrors(field: string, path: string): FieldError[] {
  const within = ['//', '/./', '/../', '%2f', '%2F']
    .filter((part) => path.includes(part))
    .map((part) => fieldErrors.invalid(field, path, `must not contain '${part}'`));
  const atEnd = ['/..', '/.']
    .filter((part) => path.endsWith(part))
    .map((part) => fieldErrors.invalid(field, path, `cannot end with '${part}'`));
  return [...within, ...atEnd];
}

function backendErrors({ service, resource }: Backend, field: string): FieldError[] {
  if (service !== undefined && resource !== undefined)
    return [fieldErrors.invalid(field, '', 'cannot set both resource and service backends')];
  if (service === undefined && resource === undefined)
    return [fieldErrors.required(`${field}`, 'either a service or a resource backend must be specified')];
  if (service === undefined) return [];
  const { name = '', number } = service.port ?? {};
  const port = `${field}.service.port`;
  if (name !== '' && (number ?? 0) !== 0)
    return [fieldErrors.invalid(port, '', 'cannot set both port name & port number')];
  if (name === '' && (number ?? 0) === 0)
    return [fieldErrors.required(port, 'port name or number is required')];
  return name === '' ? [] : portOrNameErrors(`${port}.name`, name);
}

export function networkPolicyErrors({ spec }: NetworkPolicy): FieldError[] {
  const { ingress = [], egress = [], policyTypes = [] } = spec ?? {};
  const peers = [
    ...ingress.flatMap((rule, at) =>
      (rule.from ?? []).map((peer, index) => ({ peer, field: `spec.ingress[${at}].from[${index}]` })),
    ),
    ...egress.flatMap((rule, at) =>
      (rule.to ?? []).map((peer, index) => ({ peer, field: `spec.egress[${at}].to[${index}]` })),
    ),
  ];
  const ports = [
    ...ingress.flatMap((rule, at) =>
      (rule.ports ?? []).map((port, index) => ({ port, field: `spec.ingress[${at}].ports[${index}]` })),
    ),
    ...egress.flatMap((rule, at) =>
      (rule.ports ?? []).map((port, index) => ({ port, field: `spec.egress[${at}].ports[${index}]` })),
    ),
  ];
  const errors: FieldError[] = [];
  for (const { peer, field } of peers) {
    const { ipBlock, podSelector, namespaceSelector } = peer;
    const selectors = podSelector !== undefined || namespaceSelector !== undefined;
    if (ipBlock === undefined && !selectors) errors.push(fieldErrors.required(field, 'must specify a peer'));
    if (ipBlock === undefined) continue;
    if (selectors) errors.push(fieldErrors.forbidden(field, 'may not specify both ipBlock and another peer'));
    if ((ipBlock.cidr ?? '') !== '' && !isCidr(ipBlock.cidr))
      errors.push(fieldErrors.invalid(`${field}.ipBlock.cidr`, ipBlock.cidr, cidrText));
    for (const [at, except] of (ipBlock.except ?? []).entries()) {
      const here = `${field}.ipBlock.except[${at}]`;
      if (!isCidr(except)) errors.push(fieldErrors.invalid(here, except, cidrText));
      else if (isCidr(ipBlock.cidr ?? '') && !isWithin(except, ipBlock.cidr ?? ''))
        errors.push(fieldErrors.invalid(here, except, 'must be a strict subset of `cidr`'));
    }
  }
  for (const { port: one, field } of ports) {
    const { port, endPort } = one;
    if (port !== undefined) errors.push(...portOrNameErrors(`${field}.port`, port));
    if (endPort === undefined) continue;
    if (typeof port !== 'number')
      errors.push(
        fieldErrors.invalid(
          `${field}.endPort`,
          endPort,
          'may not be specified when `port` is not specified or non-numeric',
        ),
      );
    else if (endPort < port)
      errors.push(
        fieldErrors.invalid(`${field}.endPort`, endPort, 'must be greater than or equal to `port`'),
      );
  }
  if (policyTypes.length > 2) {
    errors.push(
      fieldErrors.invalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes'),
    );
  }
  return errors;
}

const cidrText = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export function ipAddressErrors({ metadata, spec }: IPAddress): FieldError[] {
  const errors: FieldError[] = [];
  if (!isIp(metadata.name))
    errors.push(fieldErrors.invalid('metadata.name', metadata.name, 'must be a valid IP address'));
  if (spec?.parentRef === undefined) errors.push(fieldErrors.required('spec.parentRef'));
  return errors;
}

export function serviceCidrErrors({ spec }: ServiceCIDR, old: ServiceCIDR | undefined): FieldError[] {
  const cidrs = spec?.cidrs ?? [];
  const errors = cidrs.flatMap((text, at) =>
    isCidr(text) ? [] : [fieldErrors.invalid(`spec.cidrs[${at}]`, text, cidrText)],
  );
  if (cidrs.length > 2) errors.push(fieldErrors.invalid('spec.cidrs', cidrs, 'may only hold up to 2 values'));
  const before = old?.spec?.cidrs;
  if (before?.some((text, at) => cidrs[at] !== text) === true)
    errors.push(fieldErrors.invalid('spec.cidrs', cidrs, 'field is immutable'));
  return errors;
}

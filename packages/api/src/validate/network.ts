import type { FieldError } from '../contract.js';
import type { Ingress, IPAddress, NetworkPolicy, ServiceCIDR } from '../generated/types.js';
import { fieldErrors } from '../status-errors.js';
import { isCidr, isIp } from './addresses.js';
import { optionalNameErrors, portOrNameErrors } from './common.js';

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
    else errors.push(...optionalNameErrors('subdomain', `${field}.host`, host.replace(/^\*\./, '')));
    for (const [index, { path = '', pathType, backend }] of (http?.paths ?? []).entries()) {
      const here = `${field}.http.paths[${index}]`;
      if (pathType !== 'ImplementationSpecific' || path !== '') {
        if (!path.startsWith('/')) {
          errors.push(fieldErrors.invalid(`${here}.path`, path, 'must be an absolute path'));
        }
      }
      errors.push(...backendErrors(backend ?? {}, `${here}.backend`));
    }
  }
  return [...errors, ...optionalNameErrors('subdomain', 'spec.ingressClassName', ingressClassName)];
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

import type { FieldError } from '../contract.js';
import type {
  DiscoveryEndpointPort,
  Endpoint,
  EndpointAddress,
  EndpointPort,
  EndpointSlice,
  EndpointSubset,
  Endpoints,
} from '../generated/types.js';
import { deepEqual } from '../json.js';
import { fieldErrors } from '../status-errors.js';
import { endpointAddressErrors, isIp, isIpv4, isIpv6 } from './addresses.js';
import {
  immutableErrors,
  nameErrors,
  oneOf,
  optionalNameErrors,
  portErrors,
  protocolErrors,
} from './common.js';

const addressText = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const sliceEndpointsMax = 1000;
const sliceAddressesMax = 100;
const slicePortsMax = 20_000;

export function endpointsErrors(endpoints: Endpoints, old: Endpoints | undefined): FieldError[] {
  if (old !== undefined && deepEqual(endpoints.subsets, old.subsets)) return [];
  return (endpoints.subsets ?? []).flatMap((subset, index) => subsetErrors(subset, `subsets[${index}]`));
}

function subsetErrors(subset: EndpointSubset, field: string): FieldError[] {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  return [
    ...(addresses.length + notReadyAddresses.length === 0
      ? [fieldErrors.required(field, 'must specify `addresses` or `notReadyAddresses`')]
      : []),
    ...addresses.flatMap((one, index) => addressErrors(one, `${field}.addresses[${index}]`)),
    ...notReadyAddresses.flatMap((one, index) => addressErrors(one, `${field}.notReadyAddresses[${index}]`)),
    ...ports.flatMap((one, index) =>
      endpointPortErrors(one, `${field}.ports[${index}]`, { isNamed: ports.length > 1 }),
    ),
  ];
}

function addressErrors(address: EndpointAddress, field: string): FieldError[] {
  const { ip = '', hostname, nodeName } = address;
  return [
    ...(isIp(ip)
      ? endpointAddressErrors(`${field}.ip`, ip)
      : [fieldErrors.invalid(`${field}.ip`, ip, addressText)]),
    ...optionalNameErrors('label', `${field}.hostname`, hostname),
    ...optionalNameErrors('subdomain', `${field}.nodeName`, nodeName),
  ];
}

function endpointPortErrors(
  port: EndpointPort,
  field: string,
  { isNamed }: { readonly isNamed: boolean },
): FieldError[] {
  const { name = '', protocol = '' } = port;
  return [
    ...(isNamed || name !== '' ? nameErrors('label', `${field}.name`, name) : []),
    ...portErrors(`${field}.port`, port.port ?? 0),
    ...(protocol === ''
      ? [fieldErrors.required(`${field}.protocol`)]
      : protocolErrors(`${field}.protocol`, protocol)),
  ];
}

export function endpointSliceErrors(slice: EndpointSlice, old: EndpointSlice | undefined): FieldError[] {
  const { addressType = '', endpoints = [], ports = [] } = slice;
  return [
    ...(addressType === ''
      ? [fieldErrors.required('addressType')]
      : oneOf('addressType', addressType, ['FQDN', 'IPv4', 'IPv6'])),
    ...(endpoints.length > sliceEndpointsMax
      ? [fieldErrors.tooMany('endpoints', endpoints.length, sliceEndpointsMax)]
      : endpoints.flatMap((one, index) => endpointErrors(one, addressType, `endpoints[${index}]`))),
    ...(ports.length > slicePortsMax
      ? [fieldErrors.tooMany('ports', ports.length, slicePortsMax)]
      : slicePortErrors(ports)),
    ...(old === undefined ? [] : immutableErrors('addressType', addressType, old.addressType)),
  ];
}

function endpointErrors(endpoint: Endpoint, addressType: string, field: string): FieldError[] {
  const { addresses = [], hostname, nodeName } = endpoint;
  const count =
    addresses.length === 0
      ? [fieldErrors.required(`${field}.addresses`, 'must contain at least 1 address')]
      : addresses.length > sliceAddressesMax
        ? [fieldErrors.tooMany(`${field}.addresses`, addresses.length, sliceAddressesMax)]
        : [];
  return [
    ...count,
    ...addresses.flatMap((one, index) =>
      sliceAddressErrors(one, addressType, `${field}.addresses[${index}]`),
    ),
    ...optionalNameErrors('subdomain', `${field}.nodeName`, nodeName),
    ...optionalNameErrors('label', `${field}.hostname`, hostname),
  ];
}

function sliceAddressErrors(address: string, addressType: string, field: string): FieldError[] {
  switch (addressType) {
    case 'IPv4':
      if (isIpv4(address)) return endpointAddressErrors(field, address);
      return [fieldErrors.invalid(field, address, 'must be an IPv4 address')];
    case 'IPv6':
      if (isIpv6(address)) return endpointAddressErrors(field, address);
      return [fieldErrors.invalid(field, address, 'must be an IPv6 address')];
    case 'FQDN':
      return nameErrors('subdomain', field, address);
    default:
      return [];
  }
}

/** Ports of a slice are told apart by name, and one may be without. */
function slicePortErrors(ports: readonly DiscoveryEndpointPort[]): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ name = '', port, protocol = '' }, index) => {
    const field = `ports[${index}]`;
    const isRepeated = seen.has(name);
    seen.add(name);
    return [
      ...optionalNameErrors('label', `${field}.name`, name),
      ...(isRepeated ? [fieldErrors.duplicate(`${field}.name`, name)] : []),
      ...portErrors(`${field}.port`, port),
      ...(protocol === ''
        ? [fieldErrors.required(`${field}.protocol`)]
        : protocolErrors(`${field}.protocol`, protocol)),
    ];
  });
}

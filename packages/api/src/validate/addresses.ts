import type { FieldError } from '../contract.js';
import { fieldErrors } from '../status-errors.js';

const byte = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`^${byte}(\\.${byte}){3}$`);

export function isIpv4(address: string): boolean {
  return ipv4.test(address);
}

export function isIpv6(address: string): boolean {
  return /^[\da-f:.]*:[\da-f:.]*$/i.test(address) && URL.canParse(`http://[${address}]/`);
}

export function isIp(address: string): boolean {
  return isIpv4(address) || isIpv6(address);
}

/** `127.64.1.0/24` */
export function isCidr(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return isIpv4(address) ? Number(bits) <= 32 : isIpv6(address) && Number(bits) <= 128;
}

/** Whether a range of IPv4 lies in another and is smaller. Of IPv6 only the size is compared. */
export function isWithin(inner: string, outer: string): boolean {
  const [address = '', bits = ''] = inner.split('/');
  const [base = '', outerBits = ''] = outer.split('/');
  if (isIpv4(address) !== isIpv4(base) || Number(bits) <= Number(outerBits)) return false;
  if (!isIpv4(address)) return true;
  const size = 2 ** (32 - Number(outerBits));
  const start = (text: string) => Math.floor(ipv4Number(text) / size);
  return start(address) === start(base);
}

function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/**
 * Where an endpoint may be. Loopback addresses, which Kubernetes refuses, are where this project's pods are
 * when they run as plain processes.
 */
export function endpointAddressErrors(field: string, address: string): FieldError[] {
  const special = specialRanges.find(([form]) => form.test(address.toLowerCase()));
  return special === undefined ? [] : [fieldErrors.invalid(field, address, special[1])];
}

const specialRanges: readonly (readonly [RegExp, string])[] = [
  [/^(0\.0\.0\.0|::)$/, 'may not be unspecified'],
  [/^(169\.254\.|fe[89ab])/, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [/^(224\.0\.0\.|ff02:)/, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
];

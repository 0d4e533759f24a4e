import type { FieldError } from '../contract.js';
import type { Lease, Node } from '../generated/types.js';
import { deepEqual } from '../json.js';
import { compareQuantities } from '../quantity.js';
import { fieldErrors } from '../status-errors.js';
import { isCidr } from './addresses.js';
import { nonNegative } from './common.js';
import { taintErrors } from './taints.js';

export function nodeErrors(node: Node, old: Node | undefined): FieldError[] {
  const { podCIDRs = [], taints } = node.spec ?? {};
  const { addresses = [], capacity = {}, allocatable = {} } = node.status ?? {};
  const isRepeated = (index: number) =>
    addresses.findIndex((one) => deepEqual(one, addresses[index])) !== index;
  const amounts = (field: string, list: Readonly<Record<string, string>>) =>
    Object.entries(list)
      .filter(([, value]) => compareQuantities(value, '0') < 0)
      .map(([name, value]) =>
        fieldErrors.invalid(`${field}.${name}`, value, 'must be greater than or equal to 0'),
      );
  return [
    ...taintErrors(taints, 'spec.taints'),
    ...podCIDRs.flatMap((text, index) =>
      isCidr(text) ? [] : [fieldErrors.invalid(`spec.podCIDRs[${index}]`, text, cidrText)],
    ),
    ...amounts('status.capacity', capacity),
    ...amounts('status.allocatable', allocatable),
    ...addresses.flatMap((address, index) =>
      isRepeated(index) ? [fieldErrors.duplicate(`status.addresses[${index}]`, address)] : [],
    ),
    ...(old === undefined ? [] : nodeUpdateErrors(node, old)),
  ];
}

const cidrText = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** Where a node's pods get their addresses, and what it is to its provider, is set once. */
function nodeUpdateErrors(node: Node, old: Node): FieldError[] {
  const { podCIDRs: oldRanges = [], providerID: oldProvider = '' } = old.spec ?? {};
  const { podCIDRs: ranges = [], providerID: provider = '' } = node.spec ?? {};
  const changed = (field: string, name: string) =>
    fieldErrors.forbidden(field, `node updates may not change ${name} except from "" to valid`);
  return [
    ...(oldRanges.length > 0 && !deepEqual(ranges, oldRanges) ? [changed('spec.podCIDRs', 'podCIDR')] : []),
    ...(oldProvider !== '' && provider !== oldProvider ? [changed('spec.providerID', 'providerID')] : []),
  ];
}

export function leaseErrors(lease: Lease): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions, preferredHolder = '', strategy = '' } = lease.spec ?? {};
  const errors: FieldError[] = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.push(
      fieldErrors.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'),
    );
  }
  errors.push(...nonNegative('spec.leaseTransitions', leaseTransitions));
  if (preferredHolder !== '' && strategy === '') {
    const detail = 'may only be specified if `strategy` is defined';
    errors.push(fieldErrors.forbidden('spec.preferredHolder', detail));
  }
  return errors;
}

import type { FieldError } from '../contract.js';
import type { ResourceRequirements } from '../generated/types.js';
import { compareQuantities, parseQuantity } from '../quantity.js';
import { fieldErrors } from '../status-errors.js';
import { qualifiedNameErrors } from './common.js';

const ofContainers = new Set(['cpu', 'memory', 'ephemeral-storage']);
const notNegative = 'must be greater than or equal to 0';
const whole = 1_000_000_000n;

function isHugePage(name: string): boolean {
  return name.startsWith('hugepages-');
}

/** What a device plugin offers: `example.com/gpu`. */
function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
}

/** Requests and limits of a container. */
export function resourceErrors(resources: ResourceRequirements | undefined, field: string): FieldError[] {
  const { limits = {}, requests = {} } = resources ?? {};
  const errors = [
    ...Object.entries(limits).flatMap(([name, value]) =>
      amountErrors(name, value, `${field}.limits[${name}]`),
    ),
    ...Object.entries(requests).flatMap(([name, value]) =>
      amountErrors(name, value, `${field}.requests[${name}]`),
    ),
  ];
  for (const [name, value] of Object.entries(requests)) {
    const limit = limits[name];
    const fixed = isExtended(name) || isHugePage(name);
    if (limit === undefined) {
      if (fixed)
        errors.push(
          fieldErrors.required(`${field}.limits`, 'Limit must be set for non overcommitable resources'),
        );
    } else if (fixed && compareQuantities(value, limit) !== 0)
      errors.push(
        fieldErrors.invalid(`${field}.requests`, value, `must be equal to ${name} limit of ${limit}`),
      );
    else if (compareQuantities(value, limit) > 0)
      errors.push(
        fieldErrors.invalid(
          `${field}.requests`,
          value,
          `must be less than or equal to ${name} limit of ${limit}`,
        ),
      );
  }
  const named = [...Object.keys(limits), ...Object.keys(requests)];
  if (named.some(isHugePage) && !named.includes('cpu') && !named.includes('memory'))
    errors.push(fieldErrors.forbidden(field, 'HugePages require cpu or memory'));
  return errors;
}

function amountErrors(name: string, value: string, field: string): FieldError[] {
  const errors = qualifiedNameErrors(name, field);
  if (!name.includes('/') && !ofContainers.has(name) && !isHugePage(name))
    errors.push(
      ...(standard.has(name) ? [] : [fieldErrors.invalid(field, name, standardText)]),
      fieldErrors.invalid(field, name, 'must be a standard resource for containers'),
    );
  if (compareQuantities(value, '0') < 0) errors.push(fieldErrors.invalid(field, value, notNegative));
  if (isExtended(name) && (parseQuantity(value)?.nanos ?? 0n) % whole !== 0n)
    errors.push(fieldErrors.invalid(field, value, 'must be an integer'));
  return errors;
}

export const standardText = 'must be a standard resource type or fully qualified';

/** Names without a domain that mean something somewhere: to containers, quotas or limit ranges. */
export const standard = new Set([
  ...ofContainers,
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
]);

import type { FieldError } from '../contract.js';
import type { LimitRange, LimitRangeItem, ResourceQuota } from '../generated/types.js';
import { compareQuantities } from '../quantity.js';
import { fieldErrors } from '../status-errors.js';
import { qualifiedNameErrors } from './common.js';
import { standard, standardText } from './resources.js';

const computed = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
];
/** What pods in these scopes can be limited in. */
const podScoped = new Set(['pods', 'count/pods', ...computed]);
const onlyPods = new Set(['pods', 'count/pods']);

export function resourceQuotaErrors({ spec }: ResourceQuota): FieldError[] {
  const { hard = {}, scopes = [], scopeSelector } = spec ?? {};
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(hard)) {
    const field = `spec.hard[${name}]`;
    errors.push(...qualifiedNameErrors(name, field));
    if (!name.includes('/') && !standard.has(name) && !/^(requests\.)?hugepages-/.test(name)) {
      errors.push(fieldErrors.invalid(field, name, standardText));
      errors.push(fieldErrors.invalid(field, name, 'must be a standard resource for quota'));
    }
    if (compareQuantities(value, '0') < 0)
      errors.push(fieldErrors.invalid(field, value, 'must be greater than or equal to 0'));
  }
  const names = Object.keys(hard);
  const pairs = [
    ['BestEffort', 'NotBestEffort'],
    ['Terminating', 'NotTerminating'],
  ] as const;
  for (const scope of scopes) {
    const allowed = scope === 'BestEffort' ? onlyPods : podScoped;
    if (
      names.some((name) => !allowed.has(name) && !/^(requests\.|limits\.)/.test(name)) ||
      (scope === 'BestEffort' && names.some((name) => !onlyPods.has(name)))
    )
      errors.push(fieldErrors.invalid('spec.scopes', scopes, 'unsupported scope applied to resource'));
  }
  if (pairs.some(([one, other]) => scopes.includes(one) && scopes.includes(other)))
    errors.push(fieldErrors.invalid('spec.scopes', scopes, 'conflicting scopes'));
  for (const { scopeName, operator, values = [] } of scopeSelector?.matchExpressions ?? []) {
    const field = 'spec.scopeSelector.matchExpressions';
    const valued = operator === 'In' || operator === 'NotIn';
    if (scopeName !== 'PriorityClass' && operator !== 'Exists') {
      const text =
        "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
      errors.push(fieldErrors.invalid(`${field}.operator`, operator, text));
    }
    if (valued && values.length === 0)
      errors.push(
        fieldErrors.required(
          `${field}.values`,
          "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        ),
      );
    if (!valued && values.length > 0)
      errors.push(
        fieldErrors.invalid(
          `${field}.values`,
          values,
          "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        ),
      );
  }
  return errors;
}

export function limitRangeErrors({ spec }: LimitRange): FieldError[] {
  const limits = spec?.limits ?? [];
  return limits.flatMap((item, at) => {
    const field = `spec.limits[${at}]`;
    const errors =
      limits.findIndex(({ type }) => type === item.type) < at
        ? [fieldErrors.duplicate(`${field}.type`, item.type)]
        : [];
    return [...errors, ...itemErrors(item, field)];
  });
}

function itemErrors(item: LimitRangeItem, field: string): FieldError[] {
  const { type = '', min = {}, max = {}, maxLimitRequestRatio: ratios = {} } = item;
  const errors: FieldError[] = [];
  if (type === 'Pod')
    for (const key of ['default', 'defaultRequest'] as const)
      if (Object.keys(item[key] ?? {}).length > 0)
        errors.push(fieldErrors.forbidden(`${field}.${key}`, "may not be specified when `type` is 'Pod'"));
  if (type === 'PersistentVolumeClaim' && min.storage === undefined && max.storage === undefined)
    errors.push(
      fieldErrors.required(
        `${field}.limits`,
        'either minimum or maximum storage value is required, but neither was provided',
      ),
    );
  const defaults = type === 'Pod' ? {} : (item.default ?? {});
  const requests = type === 'Pod' ? {} : (item.defaultRequest ?? {});
  const names = new Set([min, max, ratios, defaults, requests].flatMap((list) => Object.keys(list)));
  for (const name of [...names].sort()) {
    const shown = { min, defaultRequest: requests, default: defaults };
    const over = (list: keyof typeof shown, a: string | undefined, b: string | undefined, text: string) => {
      if (a !== undefined && b !== undefined && compareQuantities(a, b) > 0)
        errors.push(fieldErrors.invalid(`${field}.${list}[${name}]`, shown[list][name], text));
    };
    const [least, most, limit, request] = [min[name], max[name], defaults[name], requests[name]];
    over('min', least, most, `min value ${least} is greater than max value ${most}`);
    over(
      'defaultRequest',
      least,
      request,
      `min value ${least} is greater than default request value ${request}`,
    );
    over(
      'defaultRequest',
      request,
      most,
      `default request value ${request} is greater than max value ${most}`,
    );
    over(
      'defaultRequest',
      request,
      limit,
      `default request value ${request} is greater than default limit value ${limit}`,
    );
    over('default', least, limit, `min value ${least} is greater than default value ${limit}`);
    over('default', limit, most, `default value ${limit} is greater than max value ${most}`);
    const ratio = ratios[name];
    if (ratio !== undefined && compareQuantities(ratio, '1') < 0)
      errors.push(
        fieldErrors.invalid(`${field}.maxLimitRequestRatio[${name}]`, ratio, `ratio ${ratio} is less than 1`),
      );
  }
  return errors;
}

import type { FieldError } from '../contract.js';
import type { Taint, Toleration } from '../generated/types.js';
import { deepEqual } from '../json.js';
import { fieldErrors } from '../status-errors.js';
import { labelValueDetails, oneOf, qualifiedNameErrors } from './common.js';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function taintErrors(taints: readonly Taint[] | undefined, field: string): FieldError[] {
  const seen = new Set<string>();
  return (taints ?? []).flatMap((taint, index) => {
    const at = `${field}[${index}]`;
    const { key = '', value = '', effect = '' } = taint;
    const errors = [
      ...qualifiedNameErrors(key, `${at}.key`),
      ...valueErrors(value, `${at}.value`),
      ...(effect === '' ? [fieldErrors.required(`${at}.effect`)] : oneOf(`${at}.effect`, effect, effects)),
    ];
    const pair = `${key}:${effect}`;
    if (seen.has(pair))
      errors.push(fieldErrors.duplicate(at, taint, 'taints must be unique by key and effect pair'));
    seen.add(pair);
    return errors;
  });
}

function valueErrors(value: string, field: string): FieldError[] {
  const details = labelValueDetails(value);
  return details.length === 0 ? [] : [fieldErrors.invalid(field, value, details.join(';'))];
}

export function tolerationErrors(
  tolerations: readonly Toleration[] | undefined,
  field: string,
): FieldError[] {
  return (tolerations ?? []).flatMap((toleration, index) =>
    tolerationError(toleration, `${field}[${index}]`),
  );
}

function tolerationError(toleration: Toleration, field: string): FieldError[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const errors = key === '' ? [] : qualifiedNameErrors(key, `${field}.key`);
  if (key === '' && operator !== 'Exists') {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(fieldErrors.invalid(`${field}.operator`, operator, detail));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(fieldErrors.invalid(`${field}.effect`, effect, detail));
  }
  if (operator === 'Exists') {
    const detail = "value must be empty when `operator` is 'Exists'";
    if (value !== '') errors.push(fieldErrors.invalid(`${field}.operator`, toleration, detail));
  } else if (operator === 'Equal' || operator === '') {
    errors.push(...valueErrors(value, `${field}.operator`));
  } else errors.push(fieldErrors.notSupported(`${field}.operator`, operator, ['Equal', 'Exists']));
  if (effect !== '') errors.push(...oneOf(`${field}.effect`, effect, effects));
  return errors;
}

/** A pod keeps its tolerations; only for how long it tolerates may change. */
export function addedTolerationErrors(
  tolerations: readonly Toleration[] | undefined,
  old: readonly Toleration[] | undefined,
  field: string,
): FieldError[] {
  const timeless = (toleration: Toleration) => ({ ...toleration, tolerationSeconds: undefined });
  const now = (tolerations ?? []).map(timeless);
  const isKept = (toleration: Toleration) => now.some((one) => deepEqual(one, timeless(toleration)));
  if ((old ?? []).every(isKept)) return [];
  return [
    fieldErrors.forbidden(field, 'existing toleration can not be modified except its tolerationSeconds'),
  ];
}

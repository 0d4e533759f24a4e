import type { FieldError } from '../contract.js';
import type { Job } from '../generated/types.js';
import { fieldErrors } from '../status-errors.js';

const rulesMax = 20;
const exitCodesMax = 255;
const patternsMax = 20;

type Spec = NonNullable<Job['spec']>;
type FailureRule = NonNullable<Spec['podFailurePolicy']>['rules'][number];

/** Which failures of pods and which successes of indexes end a Job (KEP-3329, KEP-3998). */
export function jobPolicyErrors(spec: Spec | undefined, field: string): FieldError[] {
  if (spec === undefined) return [];
  const rules = spec.podFailurePolicy?.rules ?? [];
  const errors = tooMany(`${field}.podFailurePolicy.rules`, rules.length, rulesMax);
  for (const [at, rule] of rules.entries())
    errors.push(...failureErrors(rule, `${field}.podFailurePolicy.rules[${at}]`, spec));
  return [...errors, ...successErrors(spec, `${field}.successPolicy`)];
}

function tooMany(field: string, count: number, max: number): FieldError[] {
  return count > max ? [fieldErrors.tooMany(field, count, max)] : [];
}

/** Without the value that is wrong: it is long. */
function invalid(field: string, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${detail}` };
}

function failureErrors(rule: FailureRule, field: string, spec: Spec): FieldError[] {
  const { action, onExitCodes } = rule;
  // An empty list is what defaulting makes of none.
  const conditions = (rule.onPodConditions ?? []).length === 0 ? undefined : rule.onPodConditions;
  const errors: FieldError[] = [];
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    errors.push(
      fieldErrors.invalid(`${field}.action`, action, 'requires the backoffLimitPerIndex to be set'),
    );
  if (onExitCodes !== undefined && conditions !== undefined)
    errors.push(invalid(field, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (onExitCodes === undefined && conditions === undefined)
    errors.push(invalid(field, 'specifying one of OnExitCodes and OnPodConditions is required'));
  errors.push(...tooMany(`${field}.onPodConditions`, conditions?.length ?? 0, patternsMax));
  if (onExitCodes === undefined) return errors;
  const here = `${field}.onExitCodes`;
  const { containerName, operator, values = [] } = onExitCodes;
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {};
  if (
    containerName !== undefined &&
    ![...containers, ...initContainers].some(({ name }) => name === containerName)
  ) {
    const text = 'must be one of the container or initContainer names in the pod template';
    errors.push(fieldErrors.invalid(`${here}.containerName`, containerName, text));
  }
  errors.push(...tooMany(`${here}.values`, values.length, exitCodesMax));
  const seen = new Set<number>();
  for (const [at, value] of values.entries()) {
    if (value === 0 && operator === 'In')
      errors.push(fieldErrors.invalid(`${here}.values[${at}]`, 0, 'must not be 0 for the In operator'));
    if (seen.has(value)) errors.push(fieldErrors.duplicate(`${here}.values[${at}]`, value));
    seen.add(value);
  }
  if (values.some((value, at) => at > 0 && value < (values[at - 1] ?? value)))
    errors.push(fieldErrors.invalid(`${here}.values`, values, 'must be ordered'));
  return errors;
}

function successErrors(spec: Spec, field: string): FieldError[] {
  if (spec.successPolicy === undefined || spec.completionMode !== 'Indexed') return [];
  const rules = spec.successPolicy.rules ?? [];
  const errors = tooMany(`${field}.rules`, rules.length, rulesMax);
  const { completions = 0 } = spec;
  for (const [at, { succeededCount, succeededIndexes }] of rules.entries()) {
    const here = `${field}.rules[${at}]`;
    if (succeededCount === undefined && succeededIndexes === undefined)
      errors.push(
        fieldErrors.required(here, 'at least one of succeededCount or succeededIndexes must be specified'),
      );
    const indexes = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes, completions);
    if (typeof indexes === 'string')
      errors.push(
        fieldErrors.invalid(
          `${here}.succeededIndexes`,
          succeededIndexes,
          `error parsing succeededIndexes: ${indexes}`,
        ),
      );
    if (succeededCount === undefined) continue;
    const count = `${here}.succeededCount`;
    if (succeededCount < 0)
      errors.push(fieldErrors.invalid(count, succeededCount, 'must be greater than or equal to 0'));
    if (succeededCount > completions) {
      const text = `must be less than or equal to ${completions} (the number of specified completions)`;
      errors.push(fieldErrors.invalid(count, succeededCount, text));
    }
    if (typeof indexes === 'number' && succeededCount > indexes) {
      const text = `must be less than or equal to ${indexes} (the number of indexes in the specified succeededIndexes field)`;
      errors.push(fieldErrors.invalid(count, succeededCount, text));
    }
  }
  return errors;
}

/** How many indexes `1,3-5` names; or what is wrong with it. */
function parseIndexes(text: string, completions: number): number | string {
  let count = 0;
  let last = -1;
  for (const part of text.split(',')) {
    const [low = '', high, ...more] = part.split('-');
    if (more.length > 0)
      return `the fragment "${part}" violates the requirement that an index interval can have at most two parts separated by '-'`;
    for (const one of [low, ...(high === undefined ? [] : [high])])
      if (!/^\d+$/.test(one)) return `cannot convert string to integer for index: "${one}"`;
    const [from, to] = [Number(low), Number(high ?? low)];
    for (const one of [from, to]) if (one >= completions) return `too large index: "${one}"`;
    if (from <= last) return `non-increasing order, previous: ${last}, current: ${from}`;
    if (high !== undefined && to <= from) return `non-increasing order, previous: ${from}, current: ${to}`;
    count += to - from + 1;
    last = to;
  }
  return count;
}

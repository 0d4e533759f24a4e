import type { FieldError } from '../contract.js';
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from '../generated/types.js';
import { fieldErrors } from '../status-errors.js';
import { nameErrors, oneOf, qualifiedNameErrors, selectorErrors } from './common.js';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const notAnOperator = 'not a valid selector operator';

export function affinityErrors(affinity: Affinity | undefined, field: string): FieldError[] {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {};
  const errors: FieldError[] = [];
  const node = `${field}.nodeAffinity`;
  const must = nodeAffinity?.[required];
  if (must !== undefined)
    errors.push(...nodeSelectorErrors(must.nodeSelectorTerms ?? [], `${node}.${required}.nodeSelectorTerms`));
  for (const [at, { weight, preference }] of (nodeAffinity?.[preferred] ?? []).entries()) {
    const here = `${node}.${preferred}[${at}]`;
    errors.push(...weightErrors(weight, here), ...termErrors(preference ?? {}, `${here}.preference`));
  }
  for (const [name, one] of Object.entries({ podAffinity, podAntiAffinity })) {
    for (const [at, term] of (one?.[required] ?? []).entries())
      errors.push(...podTermErrors(term, `${field}.${name}.${required}[${at}]`));
    for (const [at, { weight, podAffinityTerm }] of (one?.[preferred] ?? []).entries()) {
      const here = `${field}.${name}.${preferred}[${at}]`;
      errors.push(...weightErrors(weight, here));
      errors.push(...podTermErrors(podAffinityTerm ?? { topologyKey: '' }, `${here}.podAffinityTerm`));
    }
  }
  return errors;
}

function weightErrors(weight: number | undefined, field: string): FieldError[] {
  const value = weight ?? 0;
  return value >= 1 && value <= 100
    ? []
    : [fieldErrors.invalid(`${field}.weight`, value, 'must be in the range 1-100')];
}

export function nodeSelectorErrors(terms: readonly NodeSelectorTerm[], field: string): FieldError[] {
  if (terms.length === 0) return [fieldErrors.required(field, 'must have at least one node selector term')];
  return terms.flatMap((term, at) => termErrors(term, `${field}[${at}]`));
}

function termErrors(
  { matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
  field: string,
): FieldError[] {
  return [
    ...matchExpressions.flatMap((one, at) => expressionErrors(one, `${field}.matchExpressions[${at}]`)),
    ...matchFields.flatMap((one, at) => matchFieldErrors(one, `${field}.matchFields[${at}]`)),
  ];
}

function expressionErrors(
  { key = '', operator, values = [] }: NodeSelectorRequirement,
  field: string,
): FieldError[] {
  const errors = qualifiedNameErrors(key, `${field}.key`);
  const here = `${field}.values`;
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0)
        errors.unshift(fieldErrors.required(here, "must be specified when `operator` is 'In' or 'NotIn'"));
      return errors;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        errors.unshift(
          fieldErrors.forbidden(here, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
      return errors;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1)
        errors.unshift(
          fieldErrors.required(here, "must be specified single value when `operator` is 'Lt' or 'Gt'"),
        );
      return errors;
    default:
      return [fieldErrors.invalid(`${field}.operator`, operator ?? '', notAnOperator), ...errors];
  }
}

/** A node is selected by its name only. */
function matchFieldErrors(
  { key = '', operator, values = [] }: NodeSelectorRequirement,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn')
    errors.push(fieldErrors.invalid(`${field}.operator`, operator ?? '', notAnOperator));
  else if (values.length !== 1)
    errors.push(
      fieldErrors.required(
        `${field}.values`,
        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
      ),
    );
  if (key !== 'metadata.name')
    errors.push(fieldErrors.invalid(`${field}.key`, key, 'not a valid field selector key'));
  else
    for (const [at, value] of values.entries())
      errors.push(...nameErrors('subdomain', `${field}.values[${at}]`, value));
  return errors;
}

function podTermErrors(term: PodAffinityTerm, field: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term;
  return [
    ...selectorErrors(labelSelector, `${field}.labelSelector`),
    ...selectorErrors(namespaceSelector, `${field}.namespaceSelector`),
    ...namespaces.flatMap((name, at) => nameErrors('label', `${field}.namespaces[${at}]`, name)),
    ...keyErrors(topologyKey, `${field}.topologyKey`),
    ...(topologyKey === '' ? qualifiedNameErrors(topologyKey, `${field}.topologyKey`) : []),
  ];
}

function keyErrors(key: string, field: string): FieldError[] {
  return key === '' ? [fieldErrors.required(field, 'can not be empty')] : qualifiedNameErrors(key, field);
}

const actions = ['DoNotSchedule', 'ScheduleAnyway'];
const notPositive = 'must be greater than zero';

export function spreadErrors(
  constraints: readonly TopologySpreadConstraint[] | undefined,
  field: string,
): FieldError[] {
  const seen = new Set<string>();
  return (constraints ?? []).flatMap((one, at) => {
    const here = `${field}[${at}]`;
    const { maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', minDomains, labelSelector } = one;
    const errors: FieldError[] = [];
    if (maxSkew <= 0) errors.push(fieldErrors.invalid(`${here}.maxSkew`, maxSkew, notPositive));
    errors.push(...keyErrors(topologyKey, `${here}.topologyKey`));
    errors.push(...oneOf(`${here}.whenUnsatisfiable`, whenUnsatisfiable, actions));
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`;
    if (seen.has(pair)) errors.push(fieldErrors.duplicate(`${here}.{topologyKey, whenUnsatisfiable}`, pair));
    seen.add(pair);
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.push(fieldErrors.invalid(`${here}.minDomains`, minDomains, notPositive));
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        errors.push(fieldErrors.invalid(`${here}.minDomains`, minDomains, text));
      }
    }
    errors.push(...oneOf(`${here}.nodeAffinityPolicy`, one.nodeAffinityPolicy, ['Honor', 'Ignore']));
    errors.push(...oneOf(`${here}.nodeTaintsPolicy`, one.nodeTaintsPolicy, ['Honor', 'Ignore']));
    if ((one.matchLabelKeys ?? []).length > 0 && labelSelector === undefined) {
      const text = 'must not be specified when labelSelector is not set';
      errors.push(fieldErrors.forbidden(`${here}.matchLabelKeys`, text));
    }
    return [...errors, ...selectorErrors(labelSelector, `${here}.labelSelector`)];
  });
}

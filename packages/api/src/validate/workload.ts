import type { FieldError } from '../contract.js';
import type { Deployment, DeploymentSpec, PodTemplateSpec, ReplicaSet } from '../generated/types.js';
import { matchesSelector, type SelectorLike } from '../selectors.js';
import { fieldErrors } from '../status-errors.js';
import { immutableErrors, nonNegative, oneOf, selectorErrors } from './common.js';
import { podTemplateErrors } from './pod.js';

export function workloadErrors(
  selector: SelectorLike | undefined,
  template: PodTemplateSpec | undefined,
  what: 'deployment' | 'daemonset' | 'statefulset' = 'deployment',
): FieldError[] {
  if (selector === undefined) return [fieldErrors.required('spec.selector')];
  const empty =
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
  if (empty) return [fieldErrors.invalid('spec.selector', selector, `empty selector is invalid for ${what}`)];
  const wrong = selectorErrors(selector, 'spec.selector');
  if (wrong.length > 0) return wrong;
  const labels = template?.metadata?.labels;
  if (matchesSelector(selector, labels)) return [];
  return [
    fieldErrors.invalid(
      'spec.template.metadata.labels',
      labels ?? {},
      '`selector` does not match template `labels`',
    ),
  ];
}

export function deploymentErrors(object: Deployment, old: Deployment | undefined): FieldError[] {
  const { spec } = object;
  if (spec === undefined)
    return [fieldErrors.required('spec.selector'), fieldErrors.required('spec.template.spec.containers')];
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...workloadErrors(spec.selector, spec.template),
    ...podTemplateErrors(spec.template, 'spec.template'),
    ...strategyErrors(spec.strategy),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...deadlineErrors(spec),
    ...(old === undefined ? [] : immutableErrors('spec.selector', spec.selector, old.spec?.selector)),
  ];
}

function deadlineErrors(spec: DeploymentSpec): FieldError[] {
  const { progressDeadlineSeconds: deadline, minReadySeconds = 0 } = spec;
  const field = 'spec.progressDeadlineSeconds';
  if (deadline === undefined) return [];
  if (deadline > minReadySeconds) return nonNegative(field, deadline);
  return [
    ...nonNegative(field, deadline),
    fieldErrors.invalid(field, deadline, 'must be greater than minReadySeconds'),
  ];
}

function strategyErrors(strategy: NonNullable<Deployment['spec']>['strategy']): FieldError[] {
  const errors = oneOf('spec.strategy.type', strategy?.type, ['Recreate', 'RollingUpdate']);
  if (strategy?.type === 'Recreate' && strategy.rollingUpdate !== undefined) {
    errors.push(
      fieldErrors.forbidden(
        'spec.strategy.rollingUpdate',
        "may not be specified when strategy `type` is 'Recreate'",
      ),
    );
  }
  const { maxSurge, maxUnavailable } = strategy?.rollingUpdate ?? {};
  const isZero = (value: number | string | undefined) => value === 0 || value === '0%' || value === '0';
  if (isZero(maxSurge) && isZero(maxUnavailable)) {
    errors.push(
      fieldErrors.invalid(
        'spec.strategy.rollingUpdate.maxUnavailable',
        maxUnavailable,
        'may not be 0 when `maxSurge` is 0',
      ),
    );
  }
  const field = 'spec.strategy.rollingUpdate';
  errors.push(...shareErrors(`${field}.maxUnavailable`, maxUnavailable));
  if (
    typeof maxUnavailable === 'string' &&
    /^\d+%$/.test(maxUnavailable) &&
    Number.parseInt(maxUnavailable, 10) > 100
  )
    errors.push(
      fieldErrors.invalid(`${field}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'),
    );
  errors.push(...shareErrors(`${field}.maxSurge`, maxSurge));
  return errors;
}

/** A count, or a percentage of the replicas. */
export function shareErrors(field: string, value: number | string | undefined): FieldError[] {
  if (typeof value === 'number') return nonNegative(field, value);
  if (value === undefined || /^\d+%$/.test(value)) return [];
  const detail =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return [fieldErrors.invalid(field, value, detail)];
}

export function replicaSetErrors(object: ReplicaSet, old: ReplicaSet | undefined): FieldError[] {
  const { spec } = object;
  if (spec === undefined) return [fieldErrors.required('spec.selector')];
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...workloadErrors(spec.selector, spec.template),
    ...podTemplateErrors(spec.template, 'spec.template'),
    ...(old === undefined ? [] : immutableErrors('spec.selector', spec.selector, old.spec?.selector)),
  ];
}

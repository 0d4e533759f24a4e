import type { FieldError } from '../contract.js';
import type { HorizontalPodAutoscaler } from '../generated/types.js';
import { compareQuantities } from '../quantity.js';
import { fieldErrors } from '../status-errors.js';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Metric = NonNullable<Spec['metrics']>[number];
type Target = NonNullable<Metric['resource']>['target'];
type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;

const positive = 'must be positive';

/** What each kind of metric must say; which source a metric has is checked before. */
export function metricErrors(metrics: readonly Metric[] | undefined, field: string): FieldError[] {
  return (metrics ?? []).flatMap(({ type, resource, containerResource, pods, object, external }, at) => {
    const here = `${field}[${at}]`;
    const errors: FieldError[] = [];
    if (type === 'Resource' && resource !== undefined)
      errors.push(
        ...named(`${here}.resource.name`, resource.name, 'must specify a resource name'),
        ...utilizationErrors(resource.target, `${here}.resource.target`),
      );
    if (type === 'ContainerResource' && containerResource !== undefined)
      errors.push(
        ...named(`${here}.containerResource.name`, containerResource.name, 'must specify a resource name'),
        ...named(
          `${here}.containerResource.container`,
          containerResource.container,
          'must specify a container',
        ),
        ...utilizationErrors(containerResource.target, `${here}.containerResource.target`),
      );
    if (type === 'Pods' && pods !== undefined) {
      errors.push(...named(`${here}.pods.metric.name`, pods.metric?.name, 'must specify a metric name'));
      errors.push(...amountErrors(pods.target, `${here}.pods.target`));
      if (!isPositive(pods.target?.averageValue))
        errors.push(
          fieldErrors.required(
            `${here}.pods.target.averageValue`,
            'must specify a positive target averageValue',
          ),
        );
    }
    for (const [name, source] of Object.entries({ object, external })) {
      if (source === undefined || type?.toLowerCase() !== name) continue;
      errors.push(...named(`${here}.${name}.metric.name`, source.metric?.name, 'must specify a metric name'));
      errors.push(...amountErrors(source.target, `${here}.${name}.target`));
      const { value, averageValue } = source.target ?? {};
      if (value === undefined && averageValue === undefined)
        errors.push(
          fieldErrors.required(
            `${here}.${name}.target.averageValue`,
            'must set either a target value for metric or a per-pod target',
          ),
        );
    }
    return errors;
  });
}

function named(field: string, name: string | undefined, text: string): FieldError[] {
  return (name ?? '') === '' ? [fieldErrors.required(field, text)] : [];
}

function isPositive(value: string | undefined): boolean {
  return value !== undefined && compareQuantities(value, '0') > 0;
}

function amountErrors(target: Target | undefined, field: string): FieldError[] {
  return (['value', 'averageValue'] as const).flatMap((name) => {
    const value = target?.[name];
    return value === undefined || isPositive(value)
      ? []
      : [fieldErrors.invalid(`${field}.${name}`, value, positive)];
  });
}

function utilizationErrors(target: Target | undefined, field: string): FieldError[] {
  const { averageUtilization, averageValue } = target ?? {};
  const errors = amountErrors(target, field);
  if (averageUtilization === undefined && averageValue === undefined)
    errors.push(
      fieldErrors.required(
        `${field}.averageUtilization`,
        'must set either a target raw value or a target utilization',
      ),
    );
  if (averageUtilization !== undefined && averageValue !== undefined)
    errors.push(
      fieldErrors.forbidden(
        `${field}.averageValue`,
        'may not set both a target raw value and a target utilization',
      ),
    );
  return errors;
}

const windowSecondsMax = 3_600;
const periodSecondsMax = 1_800;

export function behaviorErrors(spec: Spec | undefined, field: string): FieldError[] {
  const { scaleUp, scaleDown } = spec?.behavior ?? {};
  return Object.entries({ scaleUp, scaleDown }).flatMap(([name, rules]) =>
    rules === undefined ? [] : scalingErrors(rules, `${field}.${name}`),
  );
}

function scalingErrors({ stabilizationWindowSeconds: window, policies }: Rules, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const here = `${field}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0)
    errors.push(fieldErrors.invalid(here, window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > windowSecondsMax)
    errors.push(fieldErrors.invalid(here, window, `must be less than or equal to ${windowSecondsMax}`));
  if (policies?.length === 0)
    errors.push(fieldErrors.required(`${field}.policies`, 'must specify at least one Policy'));
  for (const [at, { value = 0, periodSeconds = 0 }] of (policies ?? []).entries()) {
    const policy = `${field}.policies[${at}]`;
    if (value <= 0) errors.push(fieldErrors.invalid(`${policy}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0)
      errors.push(fieldErrors.invalid(`${policy}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (periodSeconds > periodSecondsMax) {
      const text = `must be less than or equal to ${periodSecondsMax}`;
      errors.push(fieldErrors.invalid(`${policy}.periodSeconds`, periodSeconds, text));
    }
  }
  return errors;
}

import type { FieldError } from '../contract.js';
import type {
  CronJob,
  DaemonSet,
  HorizontalPodAutoscaler,
  Job,
  PodDisruptionBudget,
  PodTemplateSpec,
  ReplicationController,
  StatefulSet,
} from '../generated/types.js';
import { deepEqual, isObject } from '../json.js';
import { matchesSelector } from '../selectors.js';
import { fieldErrors } from '../status-errors.js';
import { immutableErrors, labelErrors } from './common.js';
import { shareErrors, workloadErrors } from './workload.js';

/** Names of a CronJob's Jobs are the CronJob's with 11 letters of time behind it, and may have 63. */
const cronJobNameMax = 52;

function restartErrors(template: PodTemplateSpec | undefined, allowed: readonly string[]): FieldError[] {
  const policy = template?.spec?.restartPolicy;
  if (template?.spec === undefined || (policy !== undefined && allowed.includes(policy))) return [];
  return [fieldErrors.notSupported('spec.template.spec.restartPolicy', policy, allowed)];
}

export function daemonSetErrors({ spec }: DaemonSet): FieldError[] {
  const { maxSurge, maxUnavailable } = spec?.updateStrategy?.rollingUpdate ?? {};
  const field = 'spec.updateStrategy.rollingUpdate';
  const isZero = (value: number | string | undefined) => value === 0 || value === '0%' || value === '0';
  const both = 'cannot be 0 when maxSurge is 0';
  return [
    ...workloadErrors(spec?.selector, spec?.template, 'daemonset'),
    ...restartErrors(spec?.template, ['Always']),
    ...shareErrors(`${field}.maxUnavailable`, maxUnavailable),
    ...shareErrors(`${field}.maxSurge`, maxSurge),
    ...(isZero(maxUnavailable) && isZero(maxSurge)
      ? [fieldErrors.invalid(`${field}.maxUnavailable`, maxUnavailable, both)]
      : []),
  ];
}

/** What may change of a StatefulSet's spec. */
const statefulSetMutable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

export function statefulSetErrors({ spec }: StatefulSet, old: StatefulSet | undefined): FieldError[] {
  const errors = [
    ...workloadErrors(spec?.selector, spec?.template, 'statefulset'),
    ...restartErrors(spec?.template, ['Always']),
  ];
  const fixed = (from: StatefulSet['spec']) =>
    Object.fromEntries(Object.entries(from ?? {}).filter(([name]) => !statefulSetMutable.includes(name)));
  if (old === undefined || deepEqual(fixed(spec), fixed(old.spec))) return errors;
  const names = statefulSetMutable.map((name) => `'${name}'`);
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const text = `updates to statefulset spec for fields other than ${list} are forbidden`;
  return [...errors, fieldErrors.forbidden('spec', text)];
}

export function replicationControllerErrors({ spec }: ReplicationController): FieldError[] {
  const { selector = {}, template } = spec ?? {};
  if (Object.keys(selector).length === 0) return [fieldErrors.required('spec.selector')];
  const errors = labelErrors(selector, 'spec.selector');
  if (template === undefined) return [...errors, fieldErrors.required('spec.template')];
  const labels = template.metadata?.labels;
  if (!matchesSelector({ matchLabels: selector }, labels)) {
    const text = '`selector` does not match template `labels`';
    errors.push(fieldErrors.invalid('spec.template.metadata.labels', labels ?? {}, text));
  }
  return [...errors, ...restartErrors(template, ['Always'])];
}

export function jobErrors({ spec }: Job, old: Job | undefined): FieldError[] {
  const errors = restartErrors(spec?.template, ['OnFailure', 'Never']);
  const { completionMode, completions, parallelism = 0, selector, template } = spec ?? {};
  if (completionMode === 'Indexed') {
    if (completions === undefined)
      errors.push(fieldErrors.required('spec.completions', 'when completion mode is Indexed'));
    else if (parallelism > 100_000) {
      const text = 'must be less than or equal to 100000 when completion mode is Indexed';
      errors.push(fieldErrors.invalid('spec.parallelism', parallelism, text));
    }
  }
  if (
    selector !== undefined &&
    template !== undefined &&
    !matchesSelector(selector, template.metadata?.labels)
  ) {
    const text = '`selector` does not match template `labels`';
    errors.push(fieldErrors.invalid('spec.template.metadata.labels', template.metadata?.labels ?? {}, text));
  }
  if (old?.spec === undefined) return errors;
  // A suspended job that has not begun may still be told where to run (KEP-2926).
  const startable = old.spec.suspend === true && old.status?.startTime === undefined;
  const before = startable ? placed(old.spec.template, spec?.template) : old.spec.template;
  errors.push(...immutableErrors('spec.template', template, before));
  // Indexed jobs may grow and shrink when both numbers change alike (KEP-3715).
  const elastic = completionMode === 'Indexed' && completions === parallelism;
  if (!elastic) errors.push(...immutableErrors('spec.completions', completions, old.spec.completions));
  return errors;
}

/** The old template with what may change of it in a suspended job, as it is now. */
function placed(old: PodTemplateSpec, now: PodTemplateSpec | undefined): PodTemplateSpec {
  const { spec, metadata } = now ?? {};
  if (spec === undefined || old.spec === undefined) return old;
  const { affinity, nodeSelector, schedulingGates, tolerations } = spec;
  const next = { ...old.spec, affinity, nodeSelector, schedulingGates, tolerations };
  const named =
    metadata === undefined && old.metadata === undefined
      ? {}
      : {
          metadata: Object.assign({}, old.metadata, {
            annotations: metadata?.annotations,
            labels: metadata?.labels,
          }),
        };
  return { ...old, ...named, spec: Object.assign({}, old.spec, next) };
}

const macros = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);
const months = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const weekDays = 'sun|mon|tue|wed|thu|fri|sat';
const cronFields: readonly (readonly [name: string, min: number, max: number, words: string])[] = [
  ['minute', 0, 59, ''],
  ['hour', 0, 23, ''],
  ['day of month', 1, 31, ''],
  ['month', 1, 12, months],
  ['day of week', 0, 6, weekDays],
];

/** What is wrong with a schedule of five fields, a macro or `@every DURATION`; undefined when nothing is. */
export function scheduleError(schedule: string): string | undefined {
  if (schedule.startsWith('@')) {
    if (macros.has(schedule) || /^@every (\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(schedule)) return undefined;
    return `unrecognized descriptor: ${schedule}`;
  }
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== cronFields.length)
    return `expected exactly ${cronFields.length} fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [at, [name, min, max, words]] of cronFields.entries()) {
    const wrong = (fields[at] ?? '').split(',').find((part) => !isCronPart(part, min, max, words));
    if (wrong !== undefined) return `failed to parse ${name}: ${wrong}`;
  }
  return undefined;
}

/** `*`, `?`, `5`, `1-5`, `x/15`, `mon-fri`. */
function isCronPart(part: string, min: number, max: number, words: string): boolean {
  const value = words === '' ? '\\d+' : `\\d+|${words}`;
  const match = new RegExp(`^(?:[*?]|(${value})(?:-(${value}))?)(?:/(\\d+))?$`, 'i').exec(part);
  if (match === null) return false;
  const number = (text: string | undefined) =>
    text === undefined
      ? undefined
      : /^\d+$/.test(text)
        ? Number(text)
        : words.split('|').indexOf(text.toLowerCase()) + min;
  const [from, to, step] = [number(match[1]), number(match[2]), number(match[3])];
  if (step === 0) return false;
  if (from !== undefined && (from < min || from > max)) return false;
  return to === undefined || (to <= max && to >= (from ?? min));
}

export function cronJobErrors({ metadata, spec }: CronJob): FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.name.length > cronJobNameMax) {
    const text = `must be no more than ${cronJobNameMax} characters`;
    errors.push(fieldErrors.invalid('metadata.name', metadata.name, text));
  }
  const { schedule = '', timeZone, jobTemplate } = spec ?? {};
  const wrong = schedule === '' ? undefined : scheduleError(schedule);
  if (wrong !== undefined) errors.push(fieldErrors.invalid('spec.schedule', schedule, wrong));
  if (/TZ=/.test(schedule))
    errors.push(
      fieldErrors.invalid(
        'spec.schedule',
        schedule,
        'cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ),
    );
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    const text =
      timeZone === '' ? 'timeZone must be nil or non-empty string' : `unknown time zone ${timeZone}`;
    errors.push(fieldErrors.invalid('spec.timeZone', timeZone, text));
  }
  const template = jobTemplate?.spec?.template;
  for (const error of restartErrors(template, ['OnFailure', 'Never']))
    errors.push({ ...error, field: error.field.replace('spec.', 'spec.jobTemplate.spec.') });
  if (jobTemplate?.spec?.manualSelector === true)
    errors.push(fieldErrors.notSupported('spec.jobTemplate.spec.manualSelector', true, ['false']));
  return errors;
}

function isTimeZone(name: string): boolean {
  if (name === '' || name.toLowerCase() === 'local') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // Not a zone of the IANA data base.
  }
}

export function autoscalerErrors({ spec }: HorizontalPodAutoscaler): FieldError[] {
  const { maxReplicas = 0, minReplicas = 1, metrics = [] } = spec ?? {};
  const errors: FieldError[] = [];
  if (minReplicas < 1) {
    errors.push(fieldErrors.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  }
  if (maxReplicas < 1)
    errors.push(fieldErrors.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (maxReplicas < minReplicas) {
    const text = 'must be greater than or equal to `minReplicas`';
    errors.push(fieldErrors.invalid('spec.maxReplicas', maxReplicas, text));
  }
  for (const [at, metric] of metrics.entries()) {
    const type: string | undefined = metric.type;
    if (type === undefined || type === '') continue; // Named by the rules.
    const source = type.charAt(0).toLowerCase() + type.slice(1);
    if (!isObject(Reflect.get(metric, source)))
      errors.push(
        fieldErrors.required(
          `spec.metrics[${at}].${source}`,
          `must populate information for the given metric source`,
        ),
      );
  }
  return errors;
}

export function disruptionBudgetErrors({ spec }: PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const text = 'minAvailable and maxUnavailable cannot be both set';
    return [fieldErrors.invalid('spec', spec, text)];
  }
  return [
    ...shareErrors('spec.minAvailable', minAvailable),
    ...shareErrors('spec.maxUnavailable', maxUnavailable),
  ];
}

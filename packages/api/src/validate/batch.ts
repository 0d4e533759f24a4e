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
import { behaviorErrors, metricErrors } from './autoscaler.js';
import { immutableErrors, labelErrors } from './common.js';
import { shareErrors, workloadErrors } from './workload.js';

/** Names of a CronJob's Jobs are the CronJob's with 11 letters of time behind it, and may have 63. */
const cronJobNameMax = 52;

/** Pods of DaemonSets, StatefulSets and ReplicationControllers run until they are deleted. */
function lastingErrors(template: PodTemplateSpec | undefined, what: string): FieldError[] {
  const { restartPolicy, activeDeadlineSeconds: deadline } = template?.spec ?? {};
  if (template?.spec === undefined) return [];
  const field = 'spec.template.spec';
  const errors =
    restartPolicy === 'Always'
      ? []
      : [fieldErrors.notSupported(`${field}.restartPolicy`, restartPolicy, ['Always'])];
  if (deadline === undefined) return errors;
  const text = `activeDeadlineSeconds in ${what} is not Supported`;
  return [...errors, fieldErrors.forbidden(`${field}.activeDeadlineSeconds`, text)];
}

/** Pods of a Job end. That they would not is most often what nobody said, so it is told as missing. */
function endingErrors(spec: Job['spec'], field: string): FieldError[] {
  const policy = spec?.template?.spec?.restartPolicy;
  const here = `${field}.template.spec.restartPolicy`;
  if (spec?.template?.spec === undefined) return [];
  if (policy === undefined || policy === 'Always')
    return [fieldErrors.required(here, 'valid values: "OnFailure", "Never"')];
  if (spec.podFailurePolicy !== undefined && policy !== 'Never')
    return [
      fieldErrors.invalid(here, policy, 'only "Never" is supported when podFailurePolicy is specified'),
    ];
  return [];
}

export function daemonSetErrors({ spec }: DaemonSet): FieldError[] {
  const { maxSurge, maxUnavailable } = spec?.updateStrategy?.rollingUpdate ?? {};
  const field = 'spec.updateStrategy.rollingUpdate';
  const isZero = (value: number | string | undefined) => value === 0 || value === '0%' || value === '0';
  const both = 'cannot be 0 when maxSurge is 0';
  return [
    ...(spec?.selector === undefined
      ? [mismatch(spec?.template)]
      : workloadErrors(spec.selector, spec.template, 'daemonset')),
    ...lastingErrors(spec?.template, 'DaemonSet'),
    ...shareErrors(`${field}.maxUnavailable`, maxUnavailable),
    ...shareErrors(`${field}.maxSurge`, maxSurge),
    ...(isZero(maxUnavailable) && isZero(maxSurge)
      ? [fieldErrors.invalid(`${field}.maxUnavailable`, maxUnavailable, both)]
      : []),
  ];
}

function mismatch(template: PodTemplateSpec | undefined): FieldError {
  const text = '`selector` does not match template `labels`';
  return fieldErrors.invalid('spec.template.metadata.labels', template?.metadata?.labels ?? {}, text);
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
    ...lastingErrors(spec?.template, 'StatefulSet'),
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
  if (!matchesSelector({ matchLabels: selector }, template.metadata?.labels)) errors.push(mismatch(template));
  return [...errors, ...lastingErrors(template, 'ReplicationController')];
}

/** Indexes of an indexed job that may be worked on at a time. */
const indexedParallelismMax = 100_000;

/** What completions by index allow and want (KEP-2214, KEP-3850, KEP-3998). */
function indexErrors(spec: NonNullable<Job['spec']>, field: string): FieldError[] {
  const { completionMode, completions, parallelism = 0, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const errors: FieldError[] = [];
  const wrong = (name: string, value: unknown, text: string) =>
    void errors.push(fieldErrors.invalid(`${field}.${name}`, value, text));
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined)
    errors.push(fieldErrors.required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  if (completionMode !== 'Indexed') {
    const text = 'requires indexed completion mode';
    if (backoffLimitPerIndex !== undefined) wrong('backoffLimitPerIndex', backoffLimitPerIndex, text);
    if (maxFailedIndexes !== undefined) wrong('maxFailedIndexes', maxFailedIndexes, text);
    if (spec.successPolicy !== undefined) wrong('successPolicy', spec.successPolicy, text);
    return errors;
  }
  if (completions === undefined)
    errors.push(fieldErrors.required(`${field}.completions`, 'when completion mode is Indexed'));
  if (parallelism > indexedParallelismMax) {
    const text = `must be less than or equal to ${indexedParallelismMax} when completion mode is Indexed`;
    wrong('parallelism', parallelism, text);
  }
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions)
    wrong('maxFailedIndexes', maxFailedIndexes, 'must be less than or equal to completions');
  return errors;
}

export function jobErrors({ spec }: Job, old: Job | undefined): FieldError[] {
  if (spec === undefined) return [];
  const { completionMode, completions, parallelism = 0, selector, template } = spec;
  const errors = [...indexErrors(spec, 'spec'), ...endingErrors(spec, 'spec')];
  if (selector !== undefined && !matchesSelector(selector, template?.metadata?.labels))
    errors.push(mismatch(template));
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
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekDays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** Minute, hour, day of month, month, day of week: least, greatest, and names from the least on. */
const cronFields: readonly (readonly [min: number, max: number, words: readonly string[]])[] = [
  [0, 59, []],
  [0, 23, []],
  [1, 31, []],
  [1, 12, months],
  [0, 6, weekDays],
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
  for (const [at, field] of cronFields.entries())
    for (const part of (fields[at] ?? '').split(',')) {
      const wrong = partError(part, field);
      if (wrong !== undefined) return wrong;
    }
  return undefined;
}

/** Of `*`, `?`, `5`, `1-5`, `x/15`, `mon-fri`; the texts are those of Kubernetes' parser. */
function partError(part: string, [min, max, words]: (typeof cronFields)[number]): string | undefined {
  const [range = '', step, ...moreSteps] = part.split('/');
  const [low = '', high, ...moreEnds] = range.split('-');
  if (moreSteps.length > 0) return `too many slashes: ${part}`;
  if (moreEnds.length > 0) return `too many hyphens: ${part}`;
  const every = range === '*' || range === '?';
  const number = (text: string) => {
    const word = words.indexOf(text.toLowerCase());
    return word >= 0 ? word + min : /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const texts = [
    ...(every ? [] : [low, ...(high === undefined ? [] : [high])]),
    ...(step === undefined ? [] : [step]),
  ];
  const unread = texts.find((text) => (text === step ? !/^\d+$/.test(text) : number(text) === undefined));
  if (unread !== undefined)
    return `failed to parse int from ${unread}: strconv.Atoi: parsing "${unread}": invalid syntax`;
  const from = every ? min : (number(low) ?? min);
  const to = every || (high === undefined && step !== undefined) ? max : (number(high ?? low) ?? from);
  if (from < min) return `beginning of range (${from}) below minimum (${min}): ${part}`;
  if (to > max) return `end of range (${to}) above maximum (${max}): ${part}`;
  if (from > to) return `beginning of range (${from}) beyond end of range (${to}): ${part}`;
  return step !== undefined && Number(step) === 0
    ? `step of range should be a positive number: ${part}`
    : undefined;
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
  const jobSpec = jobTemplate?.spec;
  if (jobSpec !== undefined)
    errors.push(
      ...indexErrors(jobSpec, 'spec.jobTemplate.spec'),
      ...endingErrors(jobSpec, 'spec.jobTemplate.spec'),
    );
  if (jobSpec?.manualSelector === true)
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
  return [...errors, ...metricErrors(metrics, 'spec.metrics'), ...behaviorErrors(spec, 'spec.behavior')];
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

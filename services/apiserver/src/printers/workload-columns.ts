import {
  type CronJob,
  type DaemonSet,
  formatAge,
  type HorizontalPodAutoscaler,
  isObject,
  type Job,
  type KubeObject,
  type PodDisruptionBudget,
  type PodTemplate,
  type ReplicationController,
  type ResourceQuota,
  type StatefulSet,
} from '@kubelab/api';
import {
  age,
  ageColumn,
  type Column,
  column,
  containers,
  integer,
  nameColumn,
  none,
  selectorText,
  wide,
} from './column.js';

/** Containers and images of a template, and how its pods are found. */
function templateColumns<T extends KubeObject>(
  template: (object: T) => Parameters<typeof containers>[0],
): Column[] {
  return [
    column<T>('Containers', (object) => containers(template(object), 'name'), wide),
    column<T>('Images', (object) => containers(template(object), 'image'), wide),
  ];
}

const replicationController = [
  nameColumn,
  column<ReplicationController>('Desired', ({ spec }) => spec?.replicas ?? 0, integer),
  column<ReplicationController>('Current', ({ status }) => status?.replicas ?? 0, integer),
  column<ReplicationController>('Ready', ({ status }) => status?.readyReplicas ?? 0, integer),
  ageColumn,
  ...templateColumns<ReplicationController>(({ spec }) => spec?.template?.spec),
  column<ReplicationController>(
    'Selector',
    ({ spec }) => selectorText({ matchLabels: spec?.selector ?? {} }),
    wide,
  ),
];

const daemonSet = [
  nameColumn,
  column<DaemonSet>('Desired', ({ status }) => status?.desiredNumberScheduled ?? 0, integer),
  column<DaemonSet>('Current', ({ status }) => status?.currentNumberScheduled ?? 0, integer),
  column<DaemonSet>('Ready', ({ status }) => status?.numberReady ?? 0, integer),
  column<DaemonSet>('Up-to-date', ({ status }) => status?.updatedNumberScheduled ?? 0, integer),
  column<DaemonSet>('Available', ({ status }) => status?.numberAvailable ?? 0, integer),
  column<DaemonSet>('Node Selector', ({ spec }) =>
    selectorText({ matchLabels: spec?.template.spec?.nodeSelector ?? {} }),
  ),
  ageColumn,
  ...templateColumns<DaemonSet>(({ spec }) => spec?.template.spec),
  column<DaemonSet>('Selector', ({ spec }) => selectorText(spec?.selector), wide),
];

const statefulSet = [
  nameColumn,
  column<StatefulSet>('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
  ageColumn,
  ...templateColumns<StatefulSet>(({ spec }) => spec?.template.spec),
];

function jobStatus({ metadata, status }: Job): string {
  const holds = (type: string) =>
    (status?.conditions ?? []).some((one) => one.type === type && one.status === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running';
}

/** `1/3`; without completions, whatever of its pods succeeds: `0/1 of 4`. */
function jobCompletions({ spec, status }: Job): string {
  const done = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${done}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

function jobDuration({ status }: Job, nowMs: number): string {
  const { startTime, completionTime } = status ?? {};
  if (startTime === undefined) return '';
  return formatAge(
    (completionTime === undefined ? nowMs : Date.parse(completionTime)) - Date.parse(startTime),
  );
}

const job = [
  nameColumn,
  column<Job>('Status', jobStatus),
  column<Job>('Completions', jobCompletions),
  column<Job>('Duration', jobDuration),
  ageColumn,
  ...templateColumns<Job>(({ spec }) => spec?.template.spec),
  column<Job>('Selector', ({ spec }) => selectorText(spec?.selector), wide),
];

const cronJob = [
  nameColumn,
  column<CronJob>('Schedule', ({ spec }) => spec?.schedule ?? ''),
  column<CronJob>('Timezone', ({ spec }) => spec?.timeZone ?? none),
  column<CronJob>('Suspend', ({ spec }) => (spec?.suspend === true ? 'True' : 'False')),
  column<CronJob>('Active', ({ status }) => (status?.active ?? []).length, integer),
  column<CronJob>('Last Schedule', ({ status }, nowMs) =>
    status?.lastScheduleTime === undefined ? none : age(status.lastScheduleTime, nowMs),
  ),
  ageColumn,
  ...templateColumns<CronJob>(({ spec }) => spec?.jobTemplate.spec?.template.spec),
  column<CronJob>('Selector', ({ spec }) => selectorText(spec?.jobTemplate.spec?.selector), wide),
];

/** Metrics shown of an autoscaler; the others are counted. */
const metricsShown = 2;

/** `cpu: <unknown>/80%, memory: 12Mi/50Mi + 1 more...` */
function autoscalerTargets({ spec, status }: HorizontalPodAutoscaler): string {
  const all = (spec?.metrics ?? []).map((metric, at) => {
    const field = metric.type.charAt(0).toLowerCase() + metric.type.slice(1);
    const source: unknown = Reflect.get(metric, field);
    const found = status?.currentMetrics?.[at];
    const now: unknown = found === undefined ? undefined : Reflect.get(found, field);
    const { name, target } = isObject(source) ? source : {};
    const current = isObject(now) ? now.current : undefined;
    const prefix = typeof name === 'string' ? `${name}: ` : '';
    return `${prefix}${amount(current, target)}/${amount(target, target)}${average(metric.type, target)}`;
  });
  if (all.length === 0) return none;
  const shown = all.slice(0, metricsShown).join(', ');
  return all.length > metricsShown ? `${shown} + ${all.length - metricsShown} more...` : shown;
}

/** The one of a metric's values that its target is in. */
function amount(value: unknown, target: unknown): string {
  const field =
    ['averageUtilization', 'averageValue', 'value'].find(
      (one) => isObject(target) && target[one] !== undefined,
    ) ?? 'value';
  const found = isObject(value) ? value[field] : undefined;
  if (found === undefined) return '<unknown>';
  return field === 'averageUtilization' ? `${String(found)}%` : String(found);
}

function average(type: string, target: unknown): string {
  const averaged = isObject(target) && target.averageValue !== undefined;
  return averaged && (type === 'External' || type === 'Object') ? ' (avg)' : '';
}

const autoscaler = [
  nameColumn,
  column<HorizontalPodAutoscaler>('Reference', ({ spec }) =>
    spec === undefined ? none : `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`,
  ),
  column<HorizontalPodAutoscaler>('Targets', autoscalerTargets),
  column<HorizontalPodAutoscaler>('MinPods', ({ spec }) => String(spec?.minReplicas ?? '<unset>')),
  column<HorizontalPodAutoscaler>('MaxPods', ({ spec }) => spec?.maxReplicas ?? 0),
  column<HorizontalPodAutoscaler>('Replicas', ({ status }) => status?.currentReplicas ?? 0),
  ageColumn,
];

const disruptionBudget = [
  nameColumn,
  column<PodDisruptionBudget>('Min Available', ({ spec }) => String(spec?.minAvailable ?? 'N/A')),
  column<PodDisruptionBudget>('Max Unavailable', ({ spec }) => String(spec?.maxUnavailable ?? 'N/A')),
  column<PodDisruptionBudget>(
    'Allowed Disruptions',
    ({ status }) => status?.disruptionsAllowed ?? 0,
    integer,
  ),
  ageColumn,
];

const podTemplate = [
  nameColumn,
  column<PodTemplate>('Containers', ({ template }) => containers(template?.spec, 'name')),
  column<PodTemplate>('Images', ({ template }) => containers(template?.spec, 'image')),
  column<PodTemplate>('Pod Labels', ({ template }) =>
    selectorText({ matchLabels: template?.metadata?.labels ?? {} }),
  ),
];

/** `cpu: 1/2, pods: 3/10`: of limits, or of all else. */
function quotaText(limits: boolean) {
  return ({ status }: ResourceQuota) =>
    Object.entries(status?.hard ?? {})
      .filter(([name]) => name.startsWith('limits.') === limits)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, hard]) => `${name}: ${status?.used?.[name] ?? '0'}/${hard}`)
      .join(', ');
}

const quota = [
  nameColumn,
  column<ResourceQuota>('Request', quotaText(false)),
  column<ResourceQuota>('Limit', quotaText(true)),
  ageColumn,
];

function controllerOf({ metadata }: KubeObject): string {
  const owner = (metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
  if (owner === undefined) return none;
  const [group] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : [''];
  return `${owner.kind.toLowerCase()}${group === '' ? '' : `.${group}`}/${owner.name}`;
}

/** Workloads and what bounds them. */
export const workloadColumns: Readonly<Record<string, readonly Column[]>> = {
  '/ReplicationController': replicationController,
  '/PodTemplate': podTemplate,
  '/ResourceQuota': quota,
  'apps/DaemonSet': daemonSet,
  'apps/StatefulSet': statefulSet,
  'apps/ControllerRevision': [
    nameColumn,
    column('Controller', controllerOf),
    column('Revision', ({ revision }) => Number(revision ?? 0)),
    ageColumn,
  ],
  'batch/Job': job,
  'batch/CronJob': cronJob,
  'autoscaling/HorizontalPodAutoscaler': autoscaler,
  'policy/PodDisruptionBudget': disruptionBudget,
};

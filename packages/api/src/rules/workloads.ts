import type { RuleTable } from './contract.js';

const count = [0] as const;
const metricTargetTypes = ['AverageValue', 'Utilization', 'Value'];

/** apps, batch, autoscaling, policy, scheduling, node, and what of core goes with them. */
export const workloadRules: RuleTable = {
  'apps.v1.DaemonSetSpec': {
    defaults: { revisionHistoryLimit: 10, updateStrategy: {} },
    ranges: { minReadySeconds: count, revisionHistoryLimit: count },
  },
  'apps.v1.DaemonSetUpdateStrategy': {
    defaults: { type: 'RollingUpdate' },
    enums: { type: ['OnDelete', 'RollingUpdate'] },
  },
  'apps.v1.RollingUpdateDaemonSet': { defaults: { maxUnavailable: 1, maxSurge: 0 } },
  'apps.v1.StatefulSetSpec': {
    defaults: {
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: {},
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: {},
    },
    enums: { podManagementPolicy: ['OrderedReady', 'Parallel'] },
    ranges: { replicas: count, minReadySeconds: count, revisionHistoryLimit: count },
  },
  'apps.v1.StatefulSetUpdateStrategy': {
    defaults: { type: 'RollingUpdate' },
    enums: { type: ['OnDelete', 'RollingUpdate'] },
  },
  'apps.v1.RollingUpdateStatefulSetStrategy': { defaults: { partition: 0 }, ranges: { partition: count } },
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': {
    defaults: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    enums: { whenDeleted: ['Delete', 'Retain'], whenScaled: ['Delete', 'Retain'] },
  },
  'apps.v1.StatefulSetOrdinals': { ranges: { start: count } },
  'apps.v1.ControllerRevision': { ranges: { revision: count } },
  'core.v1.ReplicationControllerSpec': {
    defaults: { replicas: 1 },
    ranges: { replicas: count, minReadySeconds: count },
  },
  'batch.v1.CronJobSpec': {
    defaults: {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    },
    enums: { concurrencyPolicy: ['Allow', 'Forbid', 'Replace'] },
    ranges: {
      startingDeadlineSeconds: count,
      successfulJobsHistoryLimit: count,
      failedJobsHistoryLimit: count,
    },
  },
  'batch.v1.JobSpec': {
    enums: {
      completionMode: ['Indexed', 'NonIndexed'],
      podReplacementPolicy: ['Failed', 'TerminatingOrFailed'],
    },
    ranges: {
      parallelism: count,
      completions: count,
      activeDeadlineSeconds: count,
      backoffLimit: count,
      backoffLimitPerIndex: count,
      maxFailedIndexes: count,
      ttlSecondsAfterFinished: count,
    },
  },
  'batch.v1.PodFailurePolicyRule': { enums: { action: ['Count', 'FailIndex', 'FailJob', 'Ignore'] } },
  'batch.v1.PodFailurePolicyOnExitCodesRequirement': {
    required: ['values'],
    enums: { operator: ['In', 'NotIn'] },
  },
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': {
    defaults: { status: 'True' },
    enums: { status: ['False', 'True', 'Unknown'] },
  },
  'batch.v1.SuccessPolicy': { required: ['rules'] },
  'autoscaling.v2.HorizontalPodAutoscalerSpec': { defaults: { minReplicas: 1 } },
  'autoscaling.v1.HorizontalPodAutoscalerSpec': {
    defaults: { minReplicas: 1 },
    ranges: { targetCPUUtilizationPercentage: [1] },
  },
  'autoscaling.v2.HPAScalingRules': {
    defaults: { selectPolicy: 'Max' },
    enums: { selectPolicy: ['Disabled', 'Max', 'Min'] },
  },
  'autoscaling.v2.HPAScalingPolicy': { enums: { type: ['Percent', 'Pods'] } },
  'autoscaling.v2.MetricSpec': {
    enums: { type: ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'] },
  },
  'autoscaling.v2.MetricTarget': { enums: { type: metricTargetTypes }, ranges: { averageUtilization: [1] } },
  'policy.v1.PodDisruptionBudgetSpec': {
    enums: { unhealthyPodEvictionPolicy: ['AlwaysAllow', 'IfHealthyBudget'] },
  },
  'scheduling.v1.PriorityClass': {
    defaults: { preemptionPolicy: 'PreemptLowerPriority' },
    enums: { preemptionPolicy: ['Never', 'PreemptLowerPriority'] },
  },
  'core.v1.ResourceQuotaSpec': {
    enums: {
      scopes: [
        'BestEffort',
        'CrossNamespacePodAffinity',
        'NotBestEffort',
        'NotTerminating',
        'PriorityClass',
        'Terminating',
        'VolumeAttributesClass',
      ],
    },
  },
  'core.v1.ScopedResourceSelectorRequirement': {
    enums: { operator: ['DoesNotExist', 'Exists', 'In', 'NotIn'] },
  },
};

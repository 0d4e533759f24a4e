/** apps, batch and autoscaling. The form: texts.ts. */
module.exports = `
@ apps.v1
Deployment: Keeps equal pods running and replaces them step by step when their template changes.
DeploymentSpec: How many pods, which, and how they are replaced.
  minReadySeconds: Seconds that a new pod must be ready without a break to count as available. Default 0. A
      rollout goes on only with available pods.
  paused: True to let changes of the template wait; scaling still happens. Default false.
  progressDeadlineSeconds: Seconds without progress after which the condition Progressing becomes False
      (ProgressDeadlineExceeded); nothing is rolled back. Default 600; greater than minReadySeconds.
  replicas: How many pods are wanted. Default 1. Leave it out if an autoscaler sets it.
  revisionHistoryLimit: How many old ReplicaSets without pods are kept for rollback. Default 10; 0 leaves
      nothing to return to.
  selector: Labels of its pods; they must be in the template. Cannot be changed; must not overlap with that of
      another owner.
  strategy: How old pods give way to new ones: step by step within bounds, or all at once.
  template: The pods to make. A change of anything in it starts a rollout. restartPolicy must be Always.
DeploymentStrategy:
  rollingUpdate: Bounds for the type RollingUpdate; must be unset for Recreate.
  type: RollingUpdate (default): step by step; Recreate: all old pods end before a new one is made.
RollingUpdateDeployment: Bounds of a rollout, as numbers or percentages of replicas. Not both may be 0.
  maxSurge: How many pods more than replicas there may be. A percentage is rounded up. Default 25%.
  maxUnavailable: How many pods fewer than replicas may be available. A percentage is rounded down. Default
      25%.
DeploymentStatus: How a Deployment is doing.
  availableReplicas: Pods that have been ready for minReadySeconds.
  collisionCount: How often the name of a new ReplicaSet was taken; goes into the hash of the next name.
  conditions: Available, Progressing and ReplicaFailure.
  readyReplicas: Pods that are ready.
  replicas: Pods that exist, old and new, without those that are being deleted.
  terminatingReplicas: Pods that are being deleted but have not gone yet.
  unavailableReplicas: How many available pods are missing.
  updatedReplicas: Pods of the present template.
DeploymentCondition, DaemonSetCondition, ReplicaSetCondition, StatefulSetCondition: Something that holds, or
      not, at the moment.
  status: True, False or Unknown.
DeploymentCondition:
  lastUpdateTime: When it was last written; for Progressing, when progress was last made.
  type: Available (enough pods), Progressing (a rollout goes on or is complete) or ReplicaFailure (pods cannot
      be made).
DaemonSetCondition:
  type: None is set by the controller at present.
ReplicaSetCondition:
  type: ReplicaFailure: pods cannot be made or deleted.
StatefulSetCondition:
  type: None is set by the controller at present.
ReplicaSet: Keeps a number of equal pods running; usually the work of a Deployment, which then owns it.
ReplicaSetSpec: How many pods, and which.
  minReadySeconds: Seconds that a pod must be ready without a break to count as available. Default 0.
  replicas: How many pods are wanted. Default 1.
  selector: Labels of its pods; they must be in the template. Cannot be changed. Pods that match and have no
      owner are adopted.
  template: The pods to make. A change affects new pods only: running ones stay as they are until they go.
ReplicaSetStatus: How many pods there are.
  availableReplicas: Pods that have been ready for minReadySeconds.
  conditions: ReplicaFailure, if pods cannot be made.
  fullyLabeledReplicas: Pods that have all labels of the template.
  readyReplicas: Pods that are ready.
  replicas: Pods that exist, without those that are being deleted.
  terminatingReplicas: Pods that are being deleted but have not gone yet.
DaemonSet: Runs one pod on every node, or on every node of a selection.
DaemonSetSpec: Which pods, and how they are replaced.
  minReadySeconds: Seconds that a pod must be ready without a break to count as available. Default 0.
  revisionHistoryLimit: How many old ControllerRevisions are kept for rollback. Default 10.
  selector: Labels of its pods; they must be in the template. Cannot be changed.
  template: The pods to make, on each node that its nodeSelector and affinity allow. Tolerations for unready,
      unreachable and cordoned nodes are added.
  updateStrategy: How old pods give way to new ones: by itself, node by node, or when you delete them.
DaemonSetUpdateStrategy:
  rollingUpdate: Bounds for the type RollingUpdate.
  type: RollingUpdate (default): node by node; OnDelete: a new one is made when you delete the old one.
RollingUpdateDaemonSet: Bounds of a rollout, as numbers or percentages of the nodes, rounded up. Not both may
      be 0.
  maxSurge: On how many nodes the new pod may run beside the old one, which goes when the new one is
      available. Default 0.
  maxUnavailable: On how many nodes the pod may be unavailable. Default 1; must be 0 if maxSurge is set.
DaemonSetStatus: On how many nodes the pods are.
  collisionCount: How often the name of a new ControllerRevision was taken.
  conditions: Reports about the DaemonSet; usually none.
  currentNumberScheduled: Nodes that have a pod and should.
  desiredNumberScheduled: Nodes that should have one.
  numberAvailable: Nodes that should have one and whose pod has been ready for minReadySeconds.
  numberMisscheduled: Nodes that have one and should not.
  numberReady: Nodes that should have one and whose pod is ready.
  numberUnavailable: Nodes that should have one but have none that is available.
  updatedNumberScheduled: Nodes whose pod is of the present template.
StatefulSet: Pods with lasting names (NAME-0, NAME-1, ...) and storage, started and replaced in order.
StatefulSetSpec: How many pods, which, with what storage. Only replicas, ordinals, template, updateStrategy,
      revisionHistoryLimit, persistentVolumeClaimRetentionPolicy and minReadySeconds may change.
  minReadySeconds: Seconds that a pod must be ready without a break to count as available. Default 0.
  ordinals: From which number pods are counted.
  persistentVolumeClaimRetentionPolicy: What becomes of the claims when pods or the set are no more.
  podManagementPolicy: OrderedReady (default): one pod after another, each waits for those before it;
      Parallel: all at once. Updates keep their order. Cannot be changed.
  replicas: How many pods are wanted. Default 1. Scaling down removes the highest number first.
  revisionHistoryLimit: How many old ControllerRevisions are kept for rollback. Default 10.
  selector: Labels of its pods; they must be in the template. Cannot be changed.
  serviceName: Headless Service that gives the pods DNS names, as NAME-0.SERVICE.NAMESPACE.svc. You have to
      make it. Cannot be changed.
  template: The pods to make. restartPolicy must be Always.
  updateStrategy: How old pods give way to new ones.
  volumeClaimTemplates: Claims made for each pod, named TEMPLATE-POD; a new pod of the same number gets the
      same claim. Cannot be changed.
StatefulSetOrdinals: Numbering of pods.
  start: Number of the first pod. Default 0.
StatefulSetPersistentVolumeClaimRetentionPolicy:
  whenDeleted: When the set is deleted: Retain (default) or Delete.
  whenScaled: When a pod is scaled away: Retain (default) or Delete.
StatefulSetUpdateStrategy:
  rollingUpdate: Settings for the type RollingUpdate.
  type: RollingUpdate (default): from the highest number down, each waits for the one before; OnDelete: a new
      one is made when you delete the old one.
RollingUpdateStatefulSetStrategy: Settings of a rollout.
  maxUnavailable: How many pods may be unavailable meanwhile, as a number or percentage, rounded up. Default
      1, at least 1. Needs a feature gate.
  partition: Only pods from this number up are updated. Default 0: all. For canaries.
StatefulSetStatus: How many pods there are, of which revision.
  availableReplicas: Pods that have been ready for minReadySeconds.
  collisionCount: How often the name of a new ControllerRevision was taken.
  conditions: Reports about the StatefulSet; usually none.
  currentReplicas: Pods of the currentRevision.
  currentRevision: The ControllerRevision of pods that are not updated yet.
  readyReplicas: Pods that are ready.
  replicas: Pods that exist, ready or not.
  updateRevision: The ControllerRevision of the present template. Equal to currentRevision once a rollout is
      complete.
  updatedReplicas: Pods of the updateRevision.
ControllerRevision: A past state of a DaemonSet or StatefulSet, kept to return to.
  data: The state, as a patch. Cannot be changed.
  revision: Its number; the greatest is the latest.

@ batch.v1
Job: Runs pods until enough of them have succeeded.
JobSpec: How many pods, how often they may fail, and what they run.
  activeDeadlineSeconds: Seconds after startTime when all pods are stopped and the job has failed
      (DeadlineExceeded). Default: none. Starts anew after a suspension.
  backoffLimit: How many failed pods (or container restarts) end the job as failed. Default 6; with
      backoffLimitPerIndex, no limit. Retries wait 10s, 20s, 40s, ... up to 6m.
  backoffLimitPerIndex: How many failures each index may have; the job goes on with the others. Only Indexed
      with restartPolicy Never. Cannot be changed.
  completionMode: NonIndexed (default): pods are all alike; Indexed: each has a number from 0 to
      completions-1, in JOB_COMPLETION_INDEX and in its hostname. Cannot be changed.
  completions: How many pods have to succeed. Default: 1; unset with parallelism set, one success is enough
      once all pods have ended. Only Indexed jobs may change it, along with parallelism.
  managedBy: Controller that is to run the job, as domain/name. Default: the built-in one. Cannot be changed.
  manualSelector: True if you set the selector and the pods' labels yourself. Default false: the server makes
      unique ones. Cannot be changed.
  maxFailedIndexes: How many failed indexes end the job as failed. Only with backoffLimitPerIndex. Unset: it
      goes on to the last index.
  parallelism: How many pods run at a time, at most. Default 1; 0 pauses the job. Indexed jobs: at most
      100000.
  podFailurePolicy: What to do with failed pods by exit code or condition, before backoffLimit counts them.
      Only with restartPolicy Never. Cannot be changed.
  podReplacementPolicy: When a pod is replaced: TerminatingOrFailed (default) as soon as it is being deleted,
      or Failed: when it has ended. The latter with podFailurePolicy.
  selector: Labels of its pods. Made by the server unless manualSelector. Cannot be changed.
  successPolicy: When an Indexed job has succeeded before all of its indexes have. Cannot be changed.
  suspend: True to stop: running pods are deleted, none is made, until it is false. Default false.
  template: The pods to make. restartPolicy must be OnFailure or Never. Cannot be changed, but for scheduling
      fields while the job is suspended.
  ttlSecondsAfterFinished: Seconds after its end when the job and its pods are deleted. Unset: never; 0: at
      once.
JobStatus: How a job is doing.
  active: Pods that are pending or running and not being deleted.
  completedIndexes: Indexes that have succeeded, as in 1,3-5,7. Only for Indexed jobs.
  completionTime: When the job had succeeded; unset if it failed.
  conditions: Complete, Failed, Suspended, SuccessCriteriaMet and FailureTarget.
  failed: Pods that have failed; restarts of containers do not count.
  failedIndexes: Indexes that have failed for good, as in 1,3-5,7. Only with backoffLimitPerIndex.
  ready: Active pods that are ready.
  startTime: When the controller took the job up, or took it up again after a suspension.
  succeeded: Pods that have succeeded.
  terminating: Pods that are being deleted but have not ended.
  uncountedTerminatedPods: Pods that have ended and are not in the counts yet.
JobCondition: Something that holds of a job.
  lastProbeTime: When it was last checked.
  status: True, False or Unknown.
  type: Complete or Failed (the job is over), Suspended, SuccessCriteriaMet or FailureTarget (about to be
      over: pods still end).
UncountedTerminatedPods: Ended pods that are still to be counted; each keeps its finalizer until it is.
  failed: Their uids, for those that failed.
  succeeded: Their uids, for those that succeeded.
PodFailurePolicy:
  rules: The first that fits decides; none: the failure counts for backoffLimit. At most 20.
PodFailurePolicyRule: A sort of failure and what it leads to. Either onExitCodes or onPodConditions.
  action: FailJob ends the job, FailIndex the index, Ignore does not count the failure, Count does.
  onExitCodes: Exit codes of containers.
  onPodConditions: Conditions of the pod, such as DisruptionTarget; one of them is enough. At most 20.
PodFailurePolicyOnExitCodesRequirement: Exit codes, listed or excluded.
  containerName: Container to look at. Unset: any.
  operator: In: a code is in the list; NotIn: a code other than 0 is not.
  values: Exit codes in ascending order, at most 255 of them; 0 is not allowed with In.
PodFailurePolicyOnPodConditionsPattern: A condition that a failed pod has.
  status: True (default), False or Unknown: the status that it has.
  type: Its type.
SuccessPolicy: When an Indexed job has succeeded early; its other pods are then ended.
  rules: One that is satisfied is enough. At most 20.
SuccessPolicyRule: Which indexes must succeed. At least one field is set; both: that many of those.
  succeededCount: How many, at least 1.
  succeededIndexes: Which, as in 0,2-4.
JobTemplateSpec: The job to make, over and over.
  metadata: Labels and annotations for each job.
  spec: What each job is to do.
CronJob: Makes Jobs at times of a schedule.
CronJobSpec: When, and which jobs.
  concurrencyPolicy: What to do if the job before still runs: Allow (default) both, Forbid: skip the new one,
      Replace: end the old one.
  failedJobsHistoryLimit: How many failed jobs are kept. Default 1.
  jobTemplate: The job to make. A change affects later jobs only.
  schedule: Minute, hour, day of month, month, day of week, as in */5 * * * *; or @hourly, @daily and the
      like. TZ= in it is refused: use timeZone.
  startingDeadlineSeconds: How many seconds late a job may still start, for instance after the controller was
      down. Later it counts as missed. Default: no limit. Below 10 jobs may never start.
  successfulJobsHistoryLimit: How many jobs that succeeded are kept. Default 3.
  suspend: True to make no further jobs; those that run go on. Default false.
  timeZone: Name from the tz database, such as Etc/UTC or Europe/Berlin. Default: that of the controller.
CronJobStatus: What a CronJob has done.
  active: Jobs that are running.
  lastScheduleTime: When it last made a job; the time of the schedule, not of the making.
  lastSuccessfulTime: When a job of it last succeeded.

@ autoscaling.v1
HorizontalPodAutoscaler: Scales a workload by the CPU that its pods use. Other metrics of the same object
      appear as annotations: use autoscaling/v2 for these.
HorizontalPodAutoscalerSpec: What to scale, within which bounds.
  maxReplicas: The most replicas it may ask for; not below minReplicas.
  minReplicas: The least replicas it may ask for. Default 1; 0 needs a feature gate and an Object or External
      metric.
  scaleTargetRef: What to scale: an object with the scale subresource.
  targetCPUUtilizationPercentage: Average CPU of the pods to aim at, in percent of their requests. Default 80
      if no metric is given.
HorizontalPodAutoscalerStatus: What it has found and done.
  currentCPUUtilizationPercentage: Average CPU of the pods, in percent of their requests.
  currentReplicas: Replicas at the last look.
  desiredReplicas: Replicas it has asked for.
  lastScaleTime: When it last changed the number.
CrossVersionObjectReference: An object of the namespace, whatever the API version.
  apiVersion: Group and version of the object.
  kind: The kind of the object.
  name: The object's name.
Scale: How many replicas something has: the form of the scale subresource, the same for all kinds.
ScaleSpec: How many are wanted.
  replicas: How many replicas are wanted. 0 if it is left out.
ScaleStatus: How many there are.
  replicas: How many replicas exist.
  selector: Labels of the pods, written as for kubectl -l.

@ autoscaling.v2
HorizontalPodAutoscaler: Scales a workload by what is measured of its pods or elsewhere: each metric asks for
      a number of replicas, and the greatest is taken.
HorizontalPodAutoscalerSpec: What to scale, by what, within which bounds.
  behavior: How fast it may scale up and down.
  maxReplicas: The most replicas it may ask for; not below minReplicas.
  metrics: What to measure and aim at. Default: CPU at 80% of the requests.
  minReplicas: The least replicas it may ask for. Default 1; 0 needs a feature gate and an Object or External
      metric.
  scaleTargetRef: What to scale: an object with the scale subresource.
HorizontalPodAutoscalerStatus: What it has found and done.
  conditions: AbleToScale, ScalingActive and ScalingLimited.
  currentMetrics: What was measured last.
  currentReplicas: Replicas at the last look.
  desiredReplicas: Replicas it has asked for.
  lastScaleTime: When it last changed the number.
HorizontalPodAutoscalerCondition: Something that holds of an autoscaler.
  status: True, False or Unknown.
  type: AbleToScale, ScalingActive (metrics are there) or ScalingLimited (a bound keeps it from more or less).
HorizontalPodAutoscalerBehavior: One set of rules for each direction.
  scaleDown: Downwards. Default: waits 300s, then any number.
  scaleUp: Upwards. Default: at once, by 4 pods or 100% each 15s, whichever is more.
HPAScalingRules: How fast it may scale in one direction.
  policies: Bounds on the change within a time. Unset: the defaults of the direction.
  selectPolicy: Which of several policies holds: Max (default): the one that allows most, Min: least,
      Disabled: no change at all.
  stabilizationWindowSeconds: Seconds of past wishes that are looked at, to be steady; 0 to 3600. Default 300
      down, 0 up.
  tolerance: How far the measure may be from the target, as a ratio, without scaling. Default 0.1 for the
      cluster.
HPAScalingPolicy:
  periodSeconds: Length of that time in seconds, 1 to 1800.
  type: What value counts: Pods or Percent of the present replicas.
  value: How many, greater than 0.
MetricSpec, MetricStatus:
  containerResource: CPU or memory of one container in each pod.
  external: Something outside the cluster, such as the length of a queue.
  object: Something of one other object, such as requests per second of an Ingress.
  pods: A custom metric of each pod, averaged.
  resource: CPU or memory of the pods.
  type: Which of the other fields is set: ContainerResource, External, Object, Pods or Resource.
MetricSpec: One metric of one of five sorts; the field that type names is set.
MetricStatus: Something that was measured.
MetricTarget: What to aim at; the field that the type names is set.
  averageUtilization: Average in percent of the pods' requests. Only for resources.
  averageValue: Average per pod, as a quantity.
  type: Utilization, Value or AverageValue.
  value: The measure as a whole, as a quantity.
MetricValueStatus: A measure.
  averageUtilization: Average in percent of the pods' requests.
  averageValue: Average per pod.
  value: The measure as a whole.
MetricIdentifier:
  name: The metric's name.
  selector: Labels of the metric, to tell series of one name apart. Passed to the metrics server.
ResourceMetricSource, ContainerResourceMetricSource, ResourceMetricStatus, ContainerResourceMetricStatus:
  name: The resource: cpu or memory.
ContainerResourceMetricSource, ContainerResourceMetricStatus:
  container: The container.
ResourceMetricSource, ContainerResourceMetricSource, PodsMetricSource, ObjectMetricSource,
      ExternalMetricSource:
  target: What to aim at.
ResourceMetricStatus, ContainerResourceMetricStatus, PodsMetricStatus, ObjectMetricStatus,
      ExternalMetricStatus: A metric and what was measured.
  current: What was measured.
PodsMetricSource, ObjectMetricSource, ExternalMetricSource, PodsMetricStatus, ObjectMetricStatus,
      ExternalMetricStatus:
  metric: Which metric, by name and labels.
ObjectMetricSource, ObjectMetricStatus:
  describedObject: The object that is measured.
ResourceMetricSource: CPU or memory of the pods and what to aim at. All containers must have requests for a
      utilization.
ContainerResourceMetricSource: CPU or memory of one container in each pod and what to aim at.
PodsMetricSource: A custom metric of each pod and the average to aim at.
ObjectMetricSource: A metric of one object and what to aim at.
ExternalMetricSource: A metric from outside the cluster and what to aim at.
CrossVersionObjectReference: An object of the namespace, whatever the API version.
  apiVersion: Group and version of the object.
  kind: The kind of the object.
  name: The object's name.
`;

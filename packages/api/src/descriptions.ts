import { shortType } from './rules/index.js';

/**
 * What `kubectl explain` says, in our own words: every kind, what all objects have, and fields that many
 * types share. A field without a text has none; its name and type are shown all the same.
 */
const kinds: Readonly<Record<string, string>> = {
  'core.v1.ConfigMap': 'Configuration as keys and texts (or bytes), for pods to read as files or variables.',
  'core.v1.Endpoints': 'Addresses behind a Service, all in one object. EndpointSlice has taken its place.',
  'core.v1.Event':
    'Something that happened to an object, told by a component; kept for a while, not forever.',
  'core.v1.LimitRange':
    'Least, greatest and default resources of each pod, container or claim of a namespace.',
  'core.v1.Namespace': 'A scope for names, rights and quotas. Deleting it deletes all that is in it.',
  'core.v1.Node': 'A machine that runs pods, as its kubelet reports it.',
  'core.v1.PersistentVolume': 'A piece of storage of the cluster, which one claim may have.',
  'core.v1.PersistentVolumeClaim': 'What a user asks for in storage; bound to a volume that suffices.',
  'core.v1.Pod': 'Containers that are placed on one node together and share network and volumes.',
  'core.v1.PodTemplate': 'A pod to be made later, by whoever reads the template.',
  'core.v1.ReplicationController': 'Keeps a number of equal pods running. Deployment has taken its place.',
  'core.v1.ResourceQuota': 'Bounds of what all objects of a namespace may use together.',
  'core.v1.Secret': "As a ConfigMap, for what is not everybody's to see.",
  'core.v1.Service': 'A stable name and address for a changing set of pods.',
  'core.v1.ServiceAccount': 'Who a pod is to the API server.',
  'apps.v1.ControllerRevision':
    'A past state of a DaemonSet or StatefulSet, kept to return to. Never changed.',
  'apps.v1.DaemonSet': 'Runs one pod on every node, or on every node of a selection.',
  'apps.v1.Deployment':
    'Keeps equal pods running and replaces them step by step when their template changes.',
  'apps.v1.ReplicaSet': 'Keeps a number of equal pods running; usually the work of a Deployment.',
  'apps.v1.StatefulSet': 'Pods with lasting names and storage, started and replaced in order.',
  'autoscaling.v1.HorizontalPodAutoscaler': 'Scales a workload by the CPU that its pods use.',
  'autoscaling.v2.HorizontalPodAutoscaler': 'Scales a workload by what is measured of its pods or elsewhere.',
  'batch.v1.CronJob': 'Makes Jobs at times of a schedule.',
  'batch.v1.Job': 'Runs pods until enough of them have succeeded.',
  'certificates.v1.CertificateSigningRequest': 'Asks a signer for a certificate; someone has to approve it.',
  'coordination.v1.Lease': 'Who holds something, renewed while they do: leaders, and nodes that are alive.',
  'discovery.v1.EndpointSlice': 'A part of the addresses behind a Service.',
  'events.v1.Event':
    'Something that happened to an object, told by a component; kept for a while, not forever.',
  'networking.v1.Ingress': 'Rules by which HTTP from outside reaches Services.',
  'networking.v1.IngressClass': 'Which controller carries out the Ingresses of a class.',
  'networking.v1.IPAddress': 'An address that is taken, and by what.',
  'networking.v1.NetworkPolicy': 'Which traffic may reach and leave the pods of a selection.',
  'networking.v1.ServiceCIDR': 'Ranges that addresses of Services come from.',
  'node.v1.RuntimeClass': 'A way of running containers that pods may ask for by name.',
  'policy.v1.PodDisruptionBudget': 'How many pods of a selection may be missing by evictions at one time.',
  'rbac.v1.ClusterRole': 'Rights, in the whole cluster or to be bound in a namespace.',
  'rbac.v1.ClusterRoleBinding': "Gives a ClusterRole's rights to users, groups and accounts everywhere.",
  'rbac.v1.Role': 'Rights within one namespace.',
  'rbac.v1.RoleBinding': "Gives a role's rights to users, groups and accounts within one namespace.",
  'resource.v1.DeviceClass': 'A sort of device, and how such devices are chosen and set up.',
  'resource.v1.ResourceClaim': 'Asks for devices; pods that name it run where these are.',
  'resource.v1.ResourceClaimTemplate': 'A claim to be made for each pod that names the template.',
  'resource.v1.ResourceSlice': 'Devices that a driver offers on a node or in a pool.',
  'scheduling.v1.PriorityClass': 'A name for a priority: who is scheduled first, and who gives way.',
  'storage.v1.CSIDriver': 'What a storage driver of the cluster can do and wants to be told.',
  'storage.v1.CSINode': 'Storage drivers of a node.',
  'storage.v1.CSIStorageCapacity': 'How much a storage class has left somewhere in the cluster.',
  'storage.v1.StorageClass': 'A sort of storage and who makes volumes of it.',
  'storage.v1.VolumeAttachment': 'Asks a driver to attach a volume to a node, and tells whether it is.',
  'storage.v1.VolumeAttributesClass': 'Properties of volumes that may be changed while they are in use.',
  'admissionregistration.v1.MutatingAdmissionPolicy': 'Expressions that change objects on their way in.',
  'admissionregistration.v1.MutatingAdmissionPolicyBinding': 'Where a mutating policy holds.',
  'admissionregistration.v1.MutatingWebhookConfiguration': 'Servers that may change objects on their way in.',
  'admissionregistration.v1.ValidatingAdmissionPolicy': 'Expressions that objects have to satisfy to get in.',
  'admissionregistration.v1.ValidatingAdmissionPolicyBinding': 'Where a validating policy holds.',
  'admissionregistration.v1.ValidatingWebhookConfiguration':
    'Servers that may refuse objects on their way in.',
  'apiextensions.v1.CustomResourceDefinition':
    'A further kind of object, with its names, versions and schema.',
  'apiregistration.v1.APIService': 'A group and version of the API and who serves it.',
  'flowcontrol.v1.FlowSchema': 'Which requests belong to which priority level.',
  'flowcontrol.v1.PriorityLevelConfiguration':
    'How many requests of a level are served at a time, and how others wait.',
  'meta.v1.ObjectMeta': 'What all objects have: names, labels, owners, history.',
  'meta.v1.LabelSelector': 'Chooses objects by their labels; all that it says must hold.',
  'core.v1.PodSpec': 'What runs in a pod, and where it may run.',
  'core.v1.Container': 'A program to run from an image.',
  'core.v1.PodTemplateSpec': 'The pods to make.',
};

/** Of every type that has them. */
const fields: Readonly<Record<string, string>> = {
  apiVersion: 'Group and version that the object is written in.',
  kind: 'What the object is.',
  metadata: 'What all objects have: names, labels, owners, history.',
  spec: 'What is wanted.',
  status: 'What is, as controllers have found it. Written through the status subresource.',
  replicas: 'How many pods.',
  selector: 'Which objects belong to this one, by labels.',
  template: 'What is made, over and over.',
  minReadySeconds: 'How long a pod must be ready before it counts as available.',
  revisionHistoryLimit: 'How many past states are kept to return to.',
  observedGeneration: 'The generation that the status is about.',
  conditions: 'What holds of the object at the moment, by type.',
  labels: 'Keys and values to select by.',
  annotations: 'Keys and values for tools and people; nothing is selected by them.',
  namespaceSelector: 'Which namespaces, by their labels.',
  podSelector: 'Which pods, by their labels.',
  nodeName: 'The node.',
  lastTransitionTime: 'When the condition last changed.',
  reason: 'Why, as one word for programs.',
  message: 'Why, as a text for people.',
};

/** Of one type. */
const ofType: Readonly<Record<string, string>> = {
  'meta.v1.ObjectMeta.name': 'The name, which no other object of this kind and namespace has. Never changes.',
  'meta.v1.ObjectMeta.generateName': 'The start of a name that the server completes.',
  'meta.v1.ObjectMeta.namespace': 'The namespace that the object lives in.',
  'meta.v1.ObjectMeta.uid': 'An identity that no other object ever has, not even one of the same name.',
  'meta.v1.ObjectMeta.resourceVersion': 'The state of the object: writes that name an older one are refused.',
  'meta.v1.ObjectMeta.generation': 'Counts changes of what is wanted.',
  'meta.v1.ObjectMeta.creationTimestamp': 'When the object was made.',
  'meta.v1.ObjectMeta.deletionTimestamp': 'When the object is to be gone; set by deleting it.',
  'meta.v1.ObjectMeta.deletionGracePeriodSeconds': 'How long it has until then.',
  'meta.v1.ObjectMeta.ownerReferences': 'Objects that this one goes away with.',
  'meta.v1.ObjectMeta.finalizers': 'Whoever must still do something before the object may go.',
  'meta.v1.ObjectMeta.managedFields': 'Who wrote which field.',
  'batch.v1.JobSpec.completions': 'How many pods have to succeed.',
  'batch.v1.JobSpec.parallelism': 'How many pods run at a time.',
  'batch.v1.JobSpec.backoffLimit': 'How many failures end the job.',
  'batch.v1.JobSpec.ttlSecondsAfterFinished': 'How long the finished job is kept.',
  'batch.v1.JobSpec.suspend': 'While true, no pods run.',
  'batch.v1.CronJobSpec.schedule': 'Minute, hour, day of month, month, day of week; or @hourly and the like.',
  'batch.v1.CronJobSpec.concurrencyPolicy': 'What happens when the one before still runs.',
  'core.v1.Container.image': 'The image to run.',
  'core.v1.Container.command': "What to run instead of the image's entrypoint.",
  'core.v1.Container.args': 'Arguments of the command.',
  'core.v1.Container.env': 'Environment variables.',
  'core.v1.Container.ports': 'Ports that the container listens on; for people and other objects to refer to.',
  'core.v1.PodSpec.containers': 'The programs that run side by side.',
  'core.v1.PodSpec.initContainers': 'Programs that run before them, one after another.',
  'core.v1.PodSpec.volumes': 'Directories that containers may mount.',
  'core.v1.PodSpec.restartPolicy': 'Which containers that end are started again.',
  'core.v1.PodSpec.nodeSelector': 'Labels that the node must have.',
  'core.v1.PodSpec.tolerations': 'Taints of nodes that the pod puts up with.',
};

/** Of a type, when there is one. */
export function typeDescription(typeName: string): string | undefined {
  return kinds[shortType(typeName)];
}

/** Of a field of a type. Fields of one name share a text unless the type has its own. */
export function fieldDescription(typeName: string, field: string): string | undefined {
  return ofType[`${shortType(typeName)}.${field}`] ?? fields[field];
}

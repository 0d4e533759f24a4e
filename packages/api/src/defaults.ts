import type { KindInfo, KubeObject } from './contract.js';
import type {
  Container,
  Deployment,
  DeploymentSpec,
  PodSpec,
  PodTemplateSpec,
  Probe,
  ReplicaSet,
  Secret,
  Service,
  Volume,
} from './generated/types.js';
import { deepClone, isObject, type JsonObject } from './json.js';
import { conditionalDefaults, templateLabels } from './rules/conditions.js';
import { rulesOf, shortType } from './rules/index.js';
import { kindRules } from './rules/kinds.js';
import { type FieldType, objectType } from './schema.js';

/**
 * Fills in what Kubernetes fills in (k8s.io/kubernetes pkg/apis/STAR/v1/defaults.go), in place: by code for
 * the kinds that every pod needs, by `rules/` for all others. Allocation (ClusterIP, NodePort) is not here.
 */
export function applyDefaults(kind: KindInfo, object: KubeObject): void {
  if (kind.custom !== undefined) {
    kind.custom.applyDefaults(object);
    return;
  }
  const key = `${kind.group}/${kind.kind}`;
  const own = defaulters[key];
  if (own !== undefined) {
    own(object);
    return;
  }
  before[key]?.(object);
  fill(kind.schema, object);
  const status = kindRules[key]?.status;
  if (status !== undefined)
    object.status = { ...deepClone(status), ...(isObject(object.status) ? object.status : {}) };
}

/* ---------------------------------------------------------------- by rules */

/** The rules of a type, then of everything in it. In place. */
function fill(typeName: string, object: JsonObject): void {
  const short = shortType(typeName);
  if (short === 'core.v1.PodSpec') {
    if (isPodSpec(object)) podSpec(object);
    return;
  }
  for (const [name, value] of Object.entries(rulesOf(typeName).defaults)) {
    const given = object[name];
    // A default list stands for an empty one as well: Go asks for its length.
    if (Array.isArray(value) && Array.isArray(given) && given.length === 0) delete object[name];
    object[name] ??= typeof value === 'object' ? deepClone(value) : value;
  }
  for (const name of structs(typeName)) object[name] ??= {};
  conditionalDefaults[short]?.(object);
  for (const { name, type } of filledFields(typeName)) fillValue(type, object[name]);
}

function fillValue(type: FieldType, value: unknown): void {
  if (type.is === 'object') {
    if (isObject(value)) fill(type.name, value);
  } else if (type.is === 'list') {
    for (const item of Array.isArray(value) ? value : []) fillValue(type.of, item);
  } else if (type.is === 'map') {
    for (const item of isObject(value) ? Object.values(value) : []) fillValue(type.of, item);
  }
}

const filled = new Map<string, readonly { name: string; type: FieldType }[]>();

/** The fields below which something may be filled in: the others are never walked through. */
function filledFields(typeName: string): readonly { name: string; type: FieldType }[] {
  const known = filled.get(typeName);
  if (known !== undefined) return known;
  filled.set(typeName, []); // A type that holds itself adds nothing by that.
  const fields = [...objectType(typeName).values()].filter(({ name, type }) => {
    const inner = innerType(type);
    if (inner === undefined || name === 'metadata' || name === 'status') return false;
    const own = shortType(inner);
    return (
      own === 'core.v1.PodSpec' ||
      conditionalDefaults[own] !== undefined ||
      Object.keys(rulesOf(inner).defaults).length > 0 ||
      structs(inner).length > 0 ||
      filledFields(inner).length > 0
    );
  });
  filled.set(typeName, fields);
  return fields;
}

/** Pointers in Kubernetes although they are required: absent, they are missing, not empty. */
const pointers = new Set(['LabelSelector', 'ParentReference', 'SecretReference']);
const structsOf = new Map<string, readonly string[]>();

/** Fields that hold an object in every object of the type, be it an empty one. */
function structs(typeName: string): readonly string[] {
  const known = structsOf.get(typeName);
  if (known !== undefined) return known;
  const found = [...objectType(typeName).values()].flatMap(({ name, type, required }) =>
    required &&
    name !== 'metadata' &&
    type.is === 'object' &&
    !pointers.has(type.name.split('.').at(-1) ?? '')
      ? [name]
      : [],
  );
  structsOf.set(typeName, found);
  return found;
}

function innerType(type: FieldType): string | undefined {
  if (type.is === 'object') return type.name;
  return type.is === 'scalar' ? undefined : innerType(type.of);
}

/** What a whole object of a kind gets before its types' rules. */
const before: Readonly<Record<string, Defaulter>> = {
  '/ReplicationController': (object) => copyTemplateLabels(object),
  'batch/Job': (object) => {
    copyTemplateLabels(object);
    if (isObject(object.spec)) job(object.spec);
  },
};

function copyTemplateLabels(object: KubeObject): void {
  const labels = isObject(object.spec) ? templateLabels(object.spec) : undefined;
  if (labels === undefined || Object.keys(object.metadata.labels ?? {}).length > 0) return;
  object.metadata.labels = Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [key, String(value)]),
  );
}

/** Not by type: the template of a CronJob stays as it was written. */
function job(spec: JsonObject): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
}

/* ---------------------------------------------------------------- by code */

/** Narrowed by the schema: objects reach this after decodeObject. */
type Defaulter = (object: KubeObject) => void;

const defaulters: Readonly<Record<string, Defaulter>> = {
  '/Pod': (object) => {
    const spec = object.spec;
    if (!isPodSpec(spec)) return;
    podSpec(spec);
    spec.enableServiceLinks ??= true;
    const status = isObject(object.status) ? object.status : {};
    object.status = { phase: 'Pending', ...status, qosClass: status.qosClass ?? qosClass(spec) };
  },
  '/Service': (object) => service(object as Service),
  '/Namespace': (object) => {
    const spec = isObject(object.spec) ? object.spec : {};
    object.spec = { ...spec, finalizers: spec.finalizers ?? ['kubernetes'] };
    object.status = { phase: 'Active', ...(isObject(object.status) ? object.status : {}) };
    object.metadata.labels = {
      ...object.metadata.labels,
      'kubernetes.io/metadata.name': object.metadata.name,
    };
  },
  '/Secret': (object) => secret(object as Secret),
  '/Node': (object) => {
    const status = isObject(object.status) ? object.status : undefined;
    if (status !== undefined && status.allocatable === undefined && status.capacity !== undefined)
      status.allocatable = status.capacity;
  },
  'apps/Deployment': (object) => deployment(object as Deployment),
  'apps/ReplicaSet': (object) => replicaSet(object as ReplicaSet),
  'rbac.authorization.k8s.io/RoleBinding': subjects,
  'rbac.authorization.k8s.io/ClusterRoleBinding': subjects,
  '/Endpoints': (object) => {
    for (const subset of Array.isArray(object.subsets) ? object.subsets.filter(isObject) : [])
      for (const port of Array.isArray(subset.ports) ? subset.ports.filter(isObject) : [])
        port.protocol ??= 'TCP';
  },
  'discovery.k8s.io/EndpointSlice': (object) => {
    const ports = Array.isArray(object.ports) ? object.ports.filter(isObject) : [];
    for (const port of ports) {
      port.protocol ??= 'TCP';
      port.name ??= '';
    }
  },
};

function isPodSpec(value: unknown): value is PodSpec {
  return isObject(value) && Array.isArray(value.containers);
}

function podTemplate(template: PodTemplateSpec | undefined): void {
  if (isPodSpec(template?.spec)) podSpec(template.spec);
}

function podSpec(spec: PodSpec): void {
  spec.restartPolicy ??= 'Always';
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.schedulerName ??= 'default-scheduler';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.securityContext ??= {};
  if (spec.serviceAccountName !== undefined) spec.serviceAccount ??= spec.serviceAccountName;
  else if (spec.serviceAccount !== undefined) spec.serviceAccountName = spec.serviceAccount;
  for (const item of [...(spec.initContainers ?? []), ...spec.containers])
    container(item, spec.hostNetwork === true);
  for (const item of spec.ephemeralContainers ?? []) container(item, false);
  for (const item of spec.volumes ?? []) volume(item);
}

function container(item: Container, hostNetwork: boolean): void {
  item.terminationMessagePath ??= '/dev/termination-log';
  item.terminationMessagePolicy ??= 'File';
  item.imagePullPolicy ??= hasFixedTag(item.image ?? '') ? 'IfNotPresent' : 'Always';
  item.resources ??= {};
  const { limits, requests } = item.resources;
  if (limits !== undefined) item.resources.requests = { ...limits, ...requests };
  for (const port of item.ports ?? []) {
    port.protocol ??= 'TCP';
    if (hostNetwork) port.hostPort ??= port.containerPort;
  }
  for (const env of item.env ?? []) {
    if (env.valueFrom?.fieldRef !== undefined) env.valueFrom.fieldRef.apiVersion ??= 'v1';
  }
  for (const one of [item.livenessProbe, item.readinessProbe, item.startupProbe])
    if (one !== undefined) probe(one);
  for (const handler of [item.lifecycle?.postStart, item.lifecycle?.preStop]) httpGet(handler?.httpGet);
}

function hasFixedTag(image: string): boolean {
  const name = image.slice(image.lastIndexOf('/') + 1);
  if (name.includes('@')) return true;
  const tag = name.includes(':') ? name.slice(name.lastIndexOf(':') + 1) : 'latest';
  return tag !== 'latest';
}

function probe(item: Probe): void {
  item.timeoutSeconds ??= 1;
  item.periodSeconds ??= 10;
  item.successThreshold ??= 1;
  item.failureThreshold ??= 3;
  httpGet(item.httpGet);
  if (item.grpc !== undefined) item.grpc.service ??= '';
}

function httpGet(action: { path?: string; scheme?: string } | undefined): void {
  if (action === undefined) return;
  action.path ??= '/';
  action.scheme ??= 'HTTP';
}

/** 0644 */
const fileMode = 420;

function volume(item: Volume): void {
  const sources = Object.keys(item).filter((key) => key !== 'name');
  if (sources.length === 0) item.emptyDir = {};
  for (const source of [item.secret, item.configMap, item.downwardAPI, item.projected])
    if (source !== undefined) source.defaultMode ??= fileMode;
  if (isObject(item)) fill('io.k8s.api.core.v1.Volume', item);
  for (const source of item.projected?.sources ?? []) {
    if (source.serviceAccountToken !== undefined) source.serviceAccountToken.expirationSeconds ??= 3600;
  }
}

/**
 * Guaranteed: every container has limits equal to requests of cpu and memory; BestEffort: none has any; else
 * Burstable.
 */
export function qosClass(spec: PodSpec): string {
  const { containers = [], initContainers = [] } = spec;
  const all = [...containers, ...initContainers].map((item) => item.resources ?? {});
  const named = (list: Record<string, string> | undefined) =>
    ['cpu', 'memory'].filter((name) => list?.[name] !== undefined);
  if (all.every(({ limits, requests }) => named(limits).length + named(requests).length === 0))
    return 'BestEffort';
  const guaranteed = all.every(({ limits, requests }) =>
    ['cpu', 'memory'].every(
      (name) => limits?.[name] !== undefined && (requests?.[name] ?? limits[name]) === limits[name],
    ),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function service(object: Service): void {
  object.spec ??= {};
  const { spec } = object;
  spec.type ??= 'ClusterIP';
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'ClientIP')
    spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } };
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    port.targetPort ??= port.port;
  }
  if (spec.type !== 'ExternalName') {
    spec.internalTrafficPolicy ??= 'Cluster';
    spec.ipFamilies ??= ['IPv4'];
    spec.ipFamilyPolicy ??= 'SingleStack';
  }
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') spec.externalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  object.status ??= { loadBalancer: {} };
}

/** stringData is a way in only: it ends up in data. */
function secret(object: Secret): void {
  object.type ??= 'Opaque';
  const { stringData } = object;
  if (stringData === undefined) return;
  const encoded = Object.entries(stringData).map(([key, text]) => [
    key,
    Buffer.from(text).toString('base64'),
  ]);
  object.data = { ...object.data, ...Object.fromEntries(encoded) };
  delete object.stringData;
}

function deployment(object: Deployment): void {
  const spec: Partial<DeploymentSpec> | undefined = object.spec;
  if (spec === undefined) return;
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  spec.strategy ??= {};
  spec.strategy.type ??= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate = { maxSurge: '25%', maxUnavailable: '25%', ...spec.strategy.rollingUpdate };
  }
  podTemplate(spec.template);
}

function replicaSet(object: ReplicaSet): void {
  if (object.spec === undefined) return;
  object.spec.replicas ??= 1;
  podTemplate(object.spec.template);
  object.status ??= { replicas: 0 };
}

function subjects(object: KubeObject): void {
  const list = Array.isArray(object.subjects) ? object.subjects.filter(isObject) : [];
  for (const subject of list)
    if (subject.kind !== 'ServiceAccount') subject.apiGroup ??= 'rbac.authorization.k8s.io';
  if (isObject(object.roleRef)) object.roleRef.apiGroup ??= 'rbac.authorization.k8s.io';
}

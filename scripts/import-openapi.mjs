// usage: node scripts/import-openapi.mjs FILE
// Reads Kubernetes' published OpenAPI v2 (a file, or what `kubectl get --raw /openapi/v2` prints as JSON) and
// writes our own compact tables:
//   packages/api/src/generated/schema.ts  every type's fields: name, type, list and map semantics, patch
// strategy
//   packages/api/src/generated/resources.ts  every stable resource: plural, scope, verbs, subresources, root type
//   packages/api/src/generated/types.ts   TypeScript interfaces of the kinds that kubelab's own components
// use
// Names, types, merge keys, enums and defaults are facts of the API; descriptions are not taken over. A document
// without enums or defaults is as good: src/rules/ has those that Kubernetes' code knows.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node scripts/import-openapi.mjs FILE');
  process.exit(2);
}
const out = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages/api/src/generated');
const { definitions, paths } = JSON.parse(readFileSync(file, 'utf8'));
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.';

/** Types that are one value, whatever the document says of them. */
const scalars = new Map([
  [`${meta}Time`, 'time'],
  [`${meta}MicroTime`, 'microTime'],
  [`${meta}FieldsV1`, 'any'],
  [`${meta}Patch`, 'any'],
  ['io.k8s.apimachinery.pkg.api.resource.Quantity', 'quantity'],
  ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', 'intOrString'],
  ['io.k8s.apimachinery.pkg.runtime.RawExtension', 'any'],
]);

/** Types whose versions are neither alpha nor beta, and all they are made of. */
const stable = Object.keys(definitions).filter((name) => !/\.v\d+(alpha|beta)\d+\./.test(name));
const schema = {};
for (const name of stable.sort()) if (!scalars.has(name)) schema[name] = fieldsOf(definitions[name]);

function typeOf(property) {
  if (property.$ref !== undefined) {
    const target = property.$ref.replace('#/definitions/', '');
    return scalars.get(target) ?? (isStruct(target) ? `@${target}` : simpleOf(definitions[target]));
  }
  return simpleOf(property);
}

/** Also one without any field. */
function isStruct(target) {
  const { type, properties, additionalProperties } = definitions[target] ?? {};
  return properties !== undefined || (type === 'object' && additionalProperties === undefined);
}

function simpleOf(property) {
  if (property.type === 'array') return `[]${typeOf(property.items)}`;
  if (property.additionalProperties !== undefined) return `{}${typeOf(property.additionalProperties)}`;
  if (property.format === 'int-or-string') return 'intOrString';
  if (property.format === 'byte') return 'bytes';
  if (property.format === 'date-time') return 'time';
  if (property.type === 'integer') return property.format === 'int64' ? 'int64' : 'int32';
  if (['string', 'boolean', 'number'].includes(property.type)) return property.type;
  return 'any';
}

/**
 * One line a field: `name type [options]`; options: required, map=KEYS, set, atomic, merge=KEY, strategy=S,
 * enum=A|B, default=JSON.
 */
function fieldsOf(definition) {
  const required = new Set(definition.required ?? []);
  return Object.entries(definition.properties ?? {}).map(([name, property]) => {
    const options = [];
    if (required.has(name)) options.push('required');
    const listType = property['x-kubernetes-list-type'];
    if (listType === 'map') options.push(`map=${property['x-kubernetes-list-map-keys'].join(',')}`);
    else if (listType !== undefined) options.push(listType);
    if (property['x-kubernetes-map-type'] === 'atomic') options.push('atomic');
    const target =
      property.$ref === undefined ? undefined : definitions[property.$ref.replace('#/definitions/', '')];
    if (target?.['x-kubernetes-map-type'] === 'atomic' && !options.includes('atomic')) options.push('atomic');
    if (property['x-kubernetes-patch-merge-key'] !== undefined)
      options.push(`merge=${property['x-kubernetes-patch-merge-key']}`);
    if (property['x-kubernetes-patch-strategy'] !== undefined)
      options.push(`strategy=${property['x-kubernetes-patch-strategy']}`);
    if (Array.isArray(property.enum) && property.enum.every((one) => /^[\w.:/-]+$/.test(String(one))))
      options.push(`enum=${property.enum.join('|')}`);
    if (isTellingDefault(property.default)) options.push(`default=${JSON.stringify(property.default)}`);
    return [name, typeOf(property), ...options].join(' ');
  });
}

/** Documents give every required field its type's zero as default: that is no default. */
function isTellingDefault(value) {
  if (typeof value === 'string') return /^[\w./-]+$/.test(value);
  return typeof value === 'boolean' || (typeof value === 'number' && value !== 0);
}

const header =
  "// Made by scripts/import-openapi.mjs from Kubernetes' published OpenAPI. Not to be edited.\n";
const rows = Object.entries(schema).map(([name, fields]) => `  '${name}':\n    '${fields.join(';')}',\n`);
writeFileSync(
  join(out, 'schema.ts'),
  `${header}export const schema: Readonly<Record<string, string>> = {\n${rows.join('')}};\n`,
);

/* ---------------------------------------------------------------- resources */

/** Kubernetes' names of what a client may do, by the document's. */
const verbs = {
  post: 'create',
  put: 'update',
  connect: 'connect',
  get: 'get',
  list: 'list',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'deletecollection',
  watch: 'watch',
  watchlist: 'watch',
};
const resourcePath =
  /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>v\d+)\/(?:watch\/)?(?<scope>namespaces\/\{namespace\}\/)?(?<resource>[a-z]+)(?:\/\{name\}(?:\/(?<sub>[a-z]+))?)?(?:\/\{path\})?$/;
const resources = new Map();
for (const [path, operations] of Object.entries(paths ?? {})) {
  const found = resourcePath.exec(path)?.groups;
  if (found === undefined) continue;
  const { group = '', version, scope, resource, sub } = found;
  for (const operation of Object.values(operations)) {
    const gvk = operation['x-kubernetes-group-version-kind'];
    const verb = verbs[operation['x-kubernetes-action']];
    if (gvk === undefined || verb === undefined) continue;
    const key = `${group}/${version}/${resource}`;
    const entry = resources.get(key) ?? { group, version, resource, subs: new Map(), verbs: new Set() };
    resources.set(key, entry);
    if (scope !== undefined) entry.namespaced = true;
    if (sub === undefined) entry.kind = gvk.kind;
    const target = sub === undefined ? entry : (entry.subs.get(sub) ?? { verbs: new Set(), gvk });
    if (sub !== undefined) entry.subs.set(sub, target);
    target.verbs.add(verb);
    // A watch of a collection is the list with `watch=true`; documents name its path only when it is asked for.
    if (sub === undefined && verb === 'list' && resource !== 'componentstatuses') target.verbs.add('watch');
  }
}

function schemaOf({ group, version, kind }) {
  return Object.keys(schema).find((name) =>
    definitions[name]['x-kubernetes-group-version-kind']?.some(
      (one) => one.group === group && one.version === version && one.kind === kind,
    ),
  );
}

/** `group/version kind plural namespaced|cluster root-type verbs [sub:verbs[:group/version/kind]]...`; `-` is core. */
function resourceRow(entry) {
  const { group, version, kind, resource } = entry;
  const list = (of) => [...of].sort().join(',');
  const subs = [...entry.subs].sort().map(([name, { verbs: its, gvk }]) => {
    const own = gvk.group === group && gvk.version === version && gvk.kind === kind;
    return `${name}:${list(its)}${own ? '' : `:${gvk.group || '-'}/${gvk.version}/${gvk.kind}`}`;
  });
  const scope = entry.namespaced === true ? 'namespaced' : 'cluster';
  return [
    `${group || '-'}/${version}`,
    kind,
    resource,
    scope,
    schemaOf(entry),
    list(entry.verbs),
    ...subs,
  ].join(' ');
}

const resourceRows = [...resources.values()].filter((entry) => entry.kind !== undefined).map(resourceRow);
if (resourceRows.length > 0) {
  writeFileSync(
    join(out, 'resources.ts'),
    `${header}export const resources: readonly string[] = [\n${resourceRows.map((row) => `  '${row}',\n`).join('')}];\n`,
  );
}

/* ---------------------------------------------------------------- TypeScript types */

const roots = [
  'api.core.v1.Namespace',
  'api.core.v1.Node',
  'api.core.v1.Pod',
  'api.core.v1.Service',
  'api.core.v1.Endpoints',
  'api.core.v1.ConfigMap',
  'api.core.v1.Secret',
  'api.core.v1.ServiceAccount',
  'api.core.v1.Event',
  'api.core.v1.Binding',
  'api.apps.v1.ReplicaSet',
  'api.apps.v1.Deployment',
  'api.discovery.v1.EndpointSlice',
  'api.coordination.v1.Lease',
  'api.rbac.v1.Role',
  'api.rbac.v1.RoleBinding',
  'api.rbac.v1.ClusterRole',
  'api.rbac.v1.ClusterRoleBinding',
  'api.autoscaling.v1.Scale',
  'api.authorization.v1.SelfSubjectAccessReview',
  'api.authentication.v1.SelfSubjectReview',
  'api.core.v1.PodTemplate',
  'api.core.v1.ReplicationController',
  'api.core.v1.PersistentVolume',
  'api.core.v1.PersistentVolumeClaim',
  'api.core.v1.ResourceQuota',
  'api.core.v1.LimitRange',
  'api.apps.v1.ControllerRevision',
  'api.apps.v1.DaemonSet',
  'api.apps.v1.StatefulSet',
  'api.batch.v1.Job',
  'api.batch.v1.CronJob',
  'api.autoscaling.v2.HorizontalPodAutoscaler',
  'api.policy.v1.PodDisruptionBudget',
  'api.networking.v1.Ingress',
  'api.networking.v1.IngressClass',
  'api.networking.v1.NetworkPolicy',
  'api.networking.v1.IPAddress',
  'api.networking.v1.ServiceCIDR',
  'api.storage.v1.StorageClass',
  'api.storage.v1.CSIDriver',
  'api.storage.v1.CSINode',
  'api.storage.v1.CSIStorageCapacity',
  'api.storage.v1.VolumeAttachment',
  'api.storage.v1.VolumeAttributesClass',
  'api.scheduling.v1.PriorityClass',
  'api.node.v1.RuntimeClass',
  'api.certificates.v1.CertificateSigningRequest',
  'api.admissionregistration.v1.MutatingWebhookConfiguration',
  'api.admissionregistration.v1.ValidatingWebhookConfiguration',
  'api.admissionregistration.v1.ValidatingAdmissionPolicy',
  'api.admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  'api.admissionregistration.v1.MutatingAdmissionPolicy',
  'api.admissionregistration.v1.MutatingAdmissionPolicyBinding',
  'api.flowcontrol.v1.FlowSchema',
  'api.flowcontrol.v1.PriorityLevelConfiguration',
  'apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  'kube-aggregator.pkg.apis.apiregistration.v1.APIService',
  'api.resource.v1.DeviceClass',
  'api.resource.v1.ResourceClaim',
  'api.resource.v1.ResourceClaimTemplate',
  'api.resource.v1.ResourceSlice',
];
const wanted = [];
const seen = new Set();
const visit = (name) => {
  if (seen.has(name) || schema[name] === undefined) return;
  seen.add(name);
  wanted.push(name);
  for (const field of schema[name]) for (const match of field.matchAll(/@([\w.-]+)/g)) visit(match[1]);
};
for (const root of roots) visit(`io.k8s.${root}`);
// ObjectMeta and its parts are written by hand in contract.ts: every object has them.
const byHand = new Set(
  ['ObjectMeta', 'OwnerReference', 'ManagedFieldsEntry'].map((name) => `${meta}${name}`),
);
const names = new Map();
for (const name of wanted) {
  const short = name.split('.').at(-1);
  const taken = [...names.values()].includes(short);
  names.set(name, taken ? `${capital(name.split('.').at(-3))}${short}` : short);
}

const scalarTypes = {
  string: 'string',
  boolean: 'boolean',
  number: 'number',
  int32: 'number',
  int64: 'number',
  time: 'string',
  microTime: 'string',
  bytes: 'string',
  quantity: 'string',
  intOrString: 'number | string',
  any: 'unknown',
};

function tsType(type) {
  if (type.startsWith('[]')) {
    const item = tsType(type.slice(2));
    return item.includes(' ') ? `(${item})[]` : `${item}[]`;
  }
  if (type.startsWith('{}')) return `Record<string, ${tsType(type.slice(2))}>`;
  if (type.startsWith('@')) return names.get(type.slice(1)) ?? 'unknown';
  return scalarTypes[type] ?? 'unknown';
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function interfaceOf(name) {
  const definition = definitions[name];
  const gvk = definition['x-kubernetes-group-version-kind']?.[0];
  const fields = schema[name].map((field) => field.split(' '));
  const isObject = gvk !== undefined && fields.some(([field]) => field === 'metadata');
  const lines = fields
    .filter(([field]) => !(isObject && ['apiVersion', 'kind', 'metadata'].includes(field)))
    .map(
      ([field, type, ...options]) =>
        `  ${/^[\w$]+$/.test(field) ? field : `'${field}'`}${options.includes('required') ? '' : '?'}: ${tsType(type)};`,
    );
  return `export interface ${names.get(name)}${isObject ? ' extends KubeObject' : ''} {\n${lines.join('\n')}\n}\n`;
}

const interfaces = wanted.filter((name) => !byHand.has(name)).map(interfaceOf);
writeFileSync(
  join(out, 'types.ts'),
  `${header}import type { KubeObject, ObjectMeta } from '../contract.js';\n\n${interfaces.join('\n')}`,
);
console.log(`${Object.keys(schema).length} types, ${interfaces.length} interfaces`);

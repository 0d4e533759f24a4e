// usage: node scripts/import-openapi.mjs FILE
// Reads Kubernetes' published OpenAPI v2 (a file, or what `kubectl get --raw /openapi/v2` prints as JSON) and
// writes our own compact tables:
//   packages/api/src/generated/schema.ts  every type's fields: name, type, list and map semantics, patch
// strategy
//   packages/api/src/generated/types.ts   TypeScript interfaces of the kinds that kubelab's own components
// use
// Names, types and merge keys are facts of the API; descriptions are not taken over.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node scripts/import-openapi.mjs FILE');
  process.exit(2);
}
const out = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages/api/src/generated');
const { definitions } = JSON.parse(readFileSync(file, 'utf8'));
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.';

/** Types that are one value, whatever the document says of them. */
const scalars = new Map([
  [`${meta}Time`, 'time'],
  [`${meta}MicroTime`, 'microTime'],
  [`${meta}FieldsV1`, 'any'],
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
    return (
      scalars.get(target) ??
      (definitions[target]?.properties === undefined ? simpleOf(definitions[target]) : `@${target}`)
    );
  }
  return simpleOf(property);
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
 * One line a field: `name type [options]`; options: required, map=KEYS, set, atomic, merge=KEY, strategy=S.
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
    return [name, typeOf(property), ...options].join(' ');
  });
}

const header =
  "// Made by scripts/import-openapi.mjs from Kubernetes' published OpenAPI. Not to be edited.\n";
const rows = Object.entries(schema).map(([name, fields]) => `  '${name}':\n    '${fields.join(';')}',\n`);
writeFileSync(
  join(out, 'schema.ts'),
  `${header}export const schema: Readonly<Record<string, string>> = {\n${rows.join('')}};\n`,
);

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

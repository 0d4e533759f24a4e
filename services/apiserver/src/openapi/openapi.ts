import { createHash } from 'node:crypto';
import {
  type Field,
  type FieldType,
  fieldDescription,
  groupVersions,
  hasType,
  type KindInfo,
  objectType,
  rulesOf,
  typeDescription,
} from '@kubelab/api';
import type { ApiCall, ApiReply } from '../endpoints/contract.js';

/**
 * /openapi/v2 and /openapi/v3 from the tables: what kubectl reads to validate, apply and explain. Undefined
 * for other paths.
 */
export function openApi(
  call: ApiCall,
  path: string,
  custom: ReadonlyMap<string, Document>,
): ApiReply | undefined {
  if (path === '/openapi/v2') return emptyV2();
  if (path === '/openapi/v3') return json(index(custom));
  const name = path.replace('/openapi/v3/', '');
  const document = documents().get(name) ?? custom.get(name);
  if (document === undefined) return undefined;
  const wanted = call.query.hash?.[0];
  if (wanted !== undefined && wanted !== document.hash) {
    const location = `${path}?hash=${document.hash}`;
    return { code: 301, headers: { location }, body: new Uint8Array(0) };
  }
  const cache: Record<string, string> =
    wanted === undefined
      ? {}
      : { 'cache-control': 'public, immutable', expires: 'Fri, 01 Jan 2100 00:00:00 GMT' };
  return {
    code: 200,
    headers: { 'content-type': 'application/json', etag: `"${document.hash}"`, ...cache },
    body: document.body,
  };
}

/**
 * The oldest kubectl asks for v2 as protobuf only. An empty document is a valid answer: kubectl then leaves
 * validation to the server
 * (fieldValidation=Strict).
 */
function emptyV2(): ApiReply {
  const type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
  return { code: 200, headers: { 'content-type': type }, body: new Uint8Array(0) };
}

export interface Document {
  readonly body: Uint8Array;
  readonly hash: string;
}

let made: ReadonlyMap<string, Document> | undefined;

/** Made at the first question and kept: the tables do not change. */
function documents(): ReadonlyMap<string, Document> {
  made ??= new Map(
    groupVersions().map(({ group, version, kinds }) => {
      const name = group === '' ? `api/${version}` : `apis/${group}/${version}`;
      return [name, makeDocument(documentFor(name, kinds))] as const;
    }),
  );
  return made;
}

export function makeDocument(value: object): Document {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { body, hash: createHash('sha256').update(body).digest('hex').toUpperCase() };
}

function index(custom: ReadonlyMap<string, Document>) {
  const paths = [...documents(), ...custom].map(
    ([name, { hash }]) => [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${hash}` }] as const,
  );
  return { paths: Object.fromEntries(paths) };
}

function json(value: unknown): ApiReply {
  return {
    code: 200,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}

function documentFor(name: string, kinds: readonly KindInfo[]) {
  const schemas: Record<string, unknown> = {};
  for (const kind of kinds) collect(kind.schema, schemas, gvk(kind));
  return documentOf(name, kinds, schemas);
}

/** Of schemas that are there already; kinds refer to theirs by `schema`. */
export function documentOf(name: string, kinds: readonly KindInfo[], schemas: object) {
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.33.0' },
    paths: Object.fromEntries(kinds.flatMap((kind) => pathsFor(name, kind))),
    components: { schemas },
  };
}

export function gvk({ group, version, kind }: KindInfo) {
  return { group, version, kind };
}

function pathsFor(name: string, kind: KindInfo): [string, unknown][] {
  const base = `/${name}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.resource}`;
  const query = (parameter: string) => ({
    name: parameter,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  });
  const content = (types: readonly string[]) =>
    Object.fromEntries(
      types.map((type) => [type, { schema: { $ref: `#/components/schemas/${kind.schema}` } }]),
    );
  const operation = (action: string, bodies: readonly string[]) => ({
    operationId: `${action}${kind.kind}`,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk(kind),
    parameters: ['dryRun', 'fieldManager', 'fieldValidation'].map(query),
    requestBody: { content: content(bodies) },
    responses: { 200: { description: 'OK', content: content(['application/json']) } },
  });
  const patches = [
    'application/apply-patch+yaml',
    'application/json-patch+json',
    'application/merge-patch+json',
    // kubectl reads from here whether a kind can be patched so.
    ...(kind.custom === undefined ? ['application/strategic-merge-patch+json'] : []),
  ];
  const post = { post: operation('post', ['application/json', 'application/yaml']) };
  if (!kind.verbs.includes('patch')) return [[base, post]];
  return [
    [base, post],
    [
      `${base}/{name}`,
      { put: operation('put', ['application/json', 'application/yaml']), patch: operation('patch', patches) },
    ],
  ];
}

export function collectType(name: string, schemas: Record<string, unknown>): void {
  collect(name, schemas);
}

/** A type's schema and those of all that it is made of. */
function collect(name: string, schemas: Record<string, unknown>, kind?: object): void {
  if (schemas[name] !== undefined || !hasType(name)) return;
  const fields = [...objectType(name).values()];
  const required = fields.filter((field) => field.required).map((field) => field.name);
  const { enums } = rulesOf(name);
  schemas[name] = {
    ...described(typeDescription(name)),
    type: 'object',
    properties: Object.fromEntries(
      fields.map((field) => [
        field.name,
        { ...described(fieldDescription(name, field.name)), ...property(field, enums[field.name]) },
      ]),
    ),
    ...(required.length === 0 ? {} : { required }),
    ...(kind === undefined ? {} : { 'x-kubernetes-group-version-kind': [kind] }),
  };
  for (const field of fields) for (const inner of namesIn(field.type)) collect(inner, schemas);
}

function namesIn(type: FieldType): string[] {
  if (type.is === 'object') return [type.name];
  return type.is === 'scalar' ? [] : namesIn(type.of);
}

function described(description: string | undefined): object {
  return description === undefined ? {} : { description };
}

function property(field: Field, values: readonly string[] | undefined): object {
  return {
    ...schemaOf(field.type),
    ...(values === undefined || field.type.is !== 'scalar' ? {} : { enum: values }),
    ...(field.listType === undefined || field.type.is !== 'list'
      ? {}
      : { 'x-kubernetes-list-type': field.listType }),
    ...(field.listType === 'atomic' && field.type.is !== 'list' ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(field.mapKeys.length === 0 ? {} : { 'x-kubernetes-list-map-keys': field.mapKeys }),
    ...(field.mergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.mergeKey }),
    ...(field.strategies.length === 0 ? {} : { 'x-kubernetes-patch-strategy': field.strategies.join(',') }),
  };
}

const scalarSchemas: Readonly<Record<string, object>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  number: { type: 'number' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  time: { type: 'string', format: 'date-time' },
  microTime: { type: 'string', format: 'date-time' },
  bytes: { type: 'string', format: 'byte' },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  any: { type: 'object' },
};

function schemaOf(type: FieldType): object {
  switch (type.is) {
    case 'scalar':
      return scalarSchemas[type.scalar] ?? { type: 'object' };
    case 'list':
      return { type: 'array', items: wrapped(type.of) };
    case 'map':
      return { type: 'object', additionalProperties: wrapped(type.of) };
    case 'object':
      return wrapped(type);
    default:
      return type satisfies never;
  }
}

/** A reference with siblings stands in an allOf (OpenAPI 3.0 lets a $ref have none). */
function wrapped(type: FieldType): object {
  return type.is === 'object'
    ? { default: {}, allOf: [{ $ref: `#/components/schemas/${type.name}` }] }
    : schemaOf(type);
}

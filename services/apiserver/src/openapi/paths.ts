import { groupVersionOf, hasType, type KindInfo, type SubresourceInfo } from '@kubelab/api';
import { type Dialect, gvk, reference } from './schemas.js';

type QueryType = 'string' | 'integer' | 'boolean';

const selecting: Readonly<Record<string, QueryType>> = {
  allowWatchBookmarks: 'boolean',
  continue: 'string',
  fieldSelector: 'string',
  labelSelector: 'string',
  limit: 'integer',
  resourceVersion: 'string',
  resourceVersionMatch: 'string',
  sendInitialEvents: 'boolean',
  timeoutSeconds: 'integer',
};
const writing: Readonly<Record<string, QueryType>> = {
  dryRun: 'string',
  fieldManager: 'string',
  fieldValidation: 'string',
};
const deleting: Readonly<Record<string, QueryType>> = {
  dryRun: 'string',
  gracePeriodSeconds: 'integer',
  orphanDependents: 'boolean',
  propagationPolicy: 'string',
};
/** By x-kubernetes-action. */
const queries: Readonly<Record<string, Readonly<Record<string, QueryType>>>> = {
  list: { ...selecting, watch: 'boolean' },
  post: writing,
  put: writing,
  patch: { ...writing, force: 'boolean' },
  delete: deleting,
  deletecollection: { ...selecting, ...deleting },
};

const objectTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const answerTypes = ['application/json', 'application/yaml'];
const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** What is done with a verb of discovery: method and x-kubernetes-action. */
const operations: Readonly<Record<string, readonly [method: string, action: string]>> = {
  list: ['get', 'list'],
  create: ['post', 'post'],
  deletecollection: ['delete', 'deletecollection'],
  get: ['get', 'get'],
  update: ['put', 'put'],
  patch: ['patch', 'patch'],
  delete: ['delete', 'delete'],
};
const ofCollection = ['list', 'create', 'deletecollection'];

/** Where a kind is reached, and by what methods. */
export function pathsFor(dialect: Dialect, kind: KindInfo): [string, object][] {
  const root = kind.group === '' ? '/api' : '/apis';
  const base = `${root}/${groupVersionOf(kind)}`;
  const collection = `${base}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.resource}`;
  const verbs = kind.verbs.filter((verb) => operations[verb] !== undefined);
  const here = { dialect, kind, named: false, schema: kind.schema, of: gvk(kind) };
  const all: [string, object][] = [
    [
      collection,
      operationsOf(
        here,
        verbs.filter((verb) => ofCollection.includes(verb)),
      ),
    ],
  ];
  const ofObject = verbs.filter((verb) => !ofCollection.includes(verb));
  if (ofObject.length > 0)
    all.push([`${collection}/{name}`, operationsOf({ ...here, named: true }, ofObject)]);
  if (kind.namespaced && verbs.includes('list'))
    all.push([`${base}/${kind.resource}`, operationsOf({ ...here, everywhere: true }, ['list'])]);
  for (const sub of kind.subresources)
    for (const { name: schema, of } of subresourceBody(kind, sub))
      all.push([
        `${collection}/{name}/${sub.name}`,
        operationsOf({ ...here, named: true, schema, of }, sub.verbs),
      ]);
  return all;
}

/** The type of a subresource's body; none for streams and proxies, whose bodies have no type. */
export function subresourceBody(
  kind: KindInfo,
  sub: SubresourceInfo,
): { name: string; of: ReturnType<typeof gvk> }[] {
  if (sub.kind === undefined) return [{ name: kind.schema, of: gvk(kind) }];
  const of = { group: sub.group ?? kind.group, version: sub.version ?? kind.version, kind: sub.kind };
  const name = subSchema(of);
  return name === undefined ? [] : [{ name, of }];
}

/** `io.k8s.api.core.v1.PodList`; not every document has it. */
export function listSchema({ schema, listKind }: KindInfo): string {
  return `${schema.slice(0, schema.lastIndexOf('.'))}.${listKind}`;
}

/** Streams and proxies have bodies of no type. */
function subSchema({ group, version, kind }: ReturnType<typeof gvk>): string | undefined {
  const name = `io.k8s.api.${group === '' ? 'core' : (group.split('.')[0] ?? group)}.${version}.${kind}`;
  return hasType(name) ? name : undefined;
}

interface PathParts {
  readonly dialect: Dialect;
  readonly kind: KindInfo;
  readonly named: boolean;
  readonly everywhere?: boolean;
  readonly schema: string;
  readonly of: ReturnType<typeof gvk>;
}

function operationsOf(parts: PathParts, verbs: readonly string[]): object {
  const { dialect, kind, named, everywhere } = parts;
  const inPath = [
    ...(named ? ['name'] : []),
    ...(kind.namespaced && everywhere !== true ? ['namespace'] : []),
  ];
  return {
    ...Object.fromEntries(
      verbs.flatMap((verb) => {
        const found = operations[verb];
        return found === undefined ? [] : [[found[0], operation(parts, found[1])]];
      }),
    ),
    parameters: [
      ...inPath.map((name) => parameter(dialect, name, 'path', 'string')),
      parameter(dialect, 'pretty', 'query', 'string'),
    ],
  };
}

function operation(parts: PathParts, action: string): object {
  const { dialect, kind, schema, of, everywhere } = parts;
  const scope = kind.namespaced && everywhere !== true ? 'Namespaced' : '';
  const body = bodyOf(action, schema, kind);
  const answer = answerOf(action, schema, kind);
  const parameters: object[] = Object.entries(queries[action] ?? {}).map(([name, type]) =>
    parameter(dialect, name, 'query', type),
  );
  const head = {
    tags: [tagOf(kind)],
    operationId: `${action}${tagOf(kind)}${scope}${of.kind}${everywhere === true ? 'ForAllNamespaces' : ''}`,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': of,
  };
  const refer = (name: string) => reference(dialect, name);
  if (dialect === 'v2') {
    if (body !== undefined)
      parameters.push({ in: 'body', name: 'body', required: body.required, schema: refer(body.schema) });
    return {
      ...head,
      consumes: body?.types ?? ['*/*'],
      produces: answerTypes,
      schemes: ['https'],
      parameters,
      responses: { 200: { description: 'OK', schema: refer(answer) } },
    };
  }
  const content = (types: readonly string[], name: string) =>
    Object.fromEntries(types.map((type) => [type, { schema: refer(name) }]));
  return {
    ...head,
    parameters,
    ...(body === undefined
      ? {}
      : { requestBody: { content: content(body.types, body.schema), required: body.required } }),
    responses: { 200: { description: 'OK', content: content(answerTypes, answer) } },
  };
}

function tagOf({ group, version }: KindInfo): string {
  return `${group === '' ? 'core' : group.replace('.k8s.io', '')}_${version}`;
}

function bodyOf(
  action: string,
  schema: string,
  kind: KindInfo,
): { schema: string; types: readonly string[]; required: boolean } | undefined {
  if (action === 'post' || action === 'put') return { schema, types: objectTypes, required: true };
  // kubectl reads from here whether a kind can be patched strategically.
  const patches =
    kind.custom === undefined ? patchTypes : patchTypes.filter((type) => !/strategic/.test(type));
  if (action === 'patch') return { schema: `${meta}.Patch`, types: patches, required: true };
  if (action === 'delete' || action === 'deletecollection')
    return { schema: `${meta}.DeleteOptions`, types: objectTypes, required: false };
  return undefined;
}

function answerOf(action: string, schema: string, kind: KindInfo): string {
  if (action === 'list') {
    const list = listSchema(kind);
    return hasType(list) ? list : schema;
  }
  return action === 'delete' || action === 'deletecollection' ? `${meta}.Status` : schema;
}

function parameter(dialect: Dialect, name: string, place: 'path' | 'query', type: QueryType): object {
  const required = place === 'path' ? { required: true } : {};
  const value = { type, uniqueItems: true };
  return dialect === 'v2'
    ? { name, in: place, ...required, ...value }
    : { name, in: place, ...required, schema: value };
}

/** Types that bodies and answers of any kind have. */
export const commonTypes: readonly string[] = [`${meta}.DeleteOptions`, `${meta}.Status`];
/** A patch is of any shape. */
export const patchSchema: readonly [string, object] = [`${meta}.Patch`, { type: 'object' }];

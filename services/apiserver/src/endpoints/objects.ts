import {
  decodeAs,
  decodeObject,
  isObject,
  type KindInfo,
  type KubeObject,
  type Scale,
  scaleSchema,
  statusErrors,
  undeclaredFields,
} from '@kubelab/api';
import type { World } from '@kubelab/world';
import { partialMetadata } from '../printers/partial.js';
import { scaleColumns } from '../printers/scale-columns.js';
import { tableFor, tableOf } from '../printers/table.js';
import type { RequestScope } from '../registry/context.js';
import {
  type Aspect,
  type DeleteOptions,
  mainAspect,
  type ObjectRef,
  type Patch,
  type Registry,
  statusAspect,
} from '../registry/registry.js';
import { objectKey, textOf } from '../storage/keys.js';
import type { ApiCall, ApiReply } from './contract.js';
import { patchStrictness, wholeStrictness } from './field-validation.js';
import { selection, turnsOf } from './list.js';
import { listReply } from './list-body.js';
import { readResourceVersion } from './list-options.js';
import {
  type AcceptedForm,
  assertBodyType,
  contentType,
  includeObjectOf,
  optionalBody,
  parseBody,
  patchTypes,
  reply,
} from './negotiate.js';
import { ephemeralAspect, resizeAspect } from './pod-aspects.js';

export interface ObjectParts {
  readonly world: World;
  readonly registry: Registry;
}

/** How a verb on one object (or a collection) is carried out; the table of verbs is in handler.ts. */
export interface ObjectCall extends ObjectParts {
  readonly call: ApiCall;
  readonly scope: RequestScope;
  readonly kind: KindInfo;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly form: AcceptedForm;
}

export async function getObject(request: ObjectCall): Promise<ApiReply> {
  const notOlderThan = readResourceVersion(request.call.query);
  if (notOlderThan !== undefined) return objectReply(request, 200, await cached(request, notOlderThan));
  return objectReply(request, 200, await request.registry.get(ref(request)));
}

/** Any state from `revision` on will do: no question to the store. */
async function cached(request: ObjectCall, revision: number): Promise<KubeObject> {
  const { kind, namespace, name, registry, call } = request;
  const cache = registry.storage.cache(kind);
  await cache.waitFor(revision, call.signal);
  const found = cache.get(textOf(objectKey(kind, namespace, name)));
  if (found === undefined) throw statusErrors.notFound(kind, name);
  return found.object;
}

export async function createObject(request: ObjectCall): Promise<ApiReply> {
  const { kind, namespace, scope, registry } = request;
  const sent = decodeBody(request);
  checkNamespace(kind, namespace, sent);
  return objectReply(request, 201, await registry.create(scope, kind, namespace, sent));
}

export async function updateObject(request: ObjectCall): Promise<ApiReply> {
  const { kind, namespace, name, scope, registry } = request;
  const sent = decodeBody(request);
  if (sent.metadata.name === '') sent.metadata.name = name;
  if (sent.metadata.name !== name) {
    throw statusErrors.badRequest(
      `the name of the object (${sent.metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  checkNamespace(kind, namespace, sent);
  const { object, created } = await registry.update(scope, ref(request), sent, aspectOf(request));
  return objectReply(request, created ? 201 : 200, object);
}

export async function patchObject(request: ObjectCall): Promise<ApiReply> {
  const { scope, registry } = request;
  const patch = readPatch(request);
  const { object, created } = await registry.patch(scope, ref(request), patch, aspectOf(request));
  return objectReply(request, created ? 201 : 200, object);
}

export async function deleteObject(request: ObjectCall): Promise<ApiReply> {
  const { kind, name, registry, call, form } = request;
  const scope = deletionScope(request);
  const { object, gone } = await registry.delete(scope, ref(request), readDeleteOptions(call));
  if (!gone || (kind.group === '' && kindsAnsweredWhole.has(kind.kind)))
    return objectReply(request, 200, object);
  const group = kind.group === '' ? {} : { group: kind.group };
  const details = { name, ...group, kind: kind.resource, uid: object.metadata.uid };
  return reply(
    call,
    200,
    { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
    form,
  );
}

/** Clients say in the body of a deletion, too, that it is a trial. */
function deletionScope({ scope, call }: ObjectCall): RequestScope {
  const { dryRun } = optionalBody(call);
  if (!Array.isArray(dryRun) || dryRun.length === 0) return scope;
  if (dryRun.every((value) => value === 'All')) return { ...scope, dryRun: true };
  const text = `dryRun: Unsupported value: "${dryRun.join(',')}": supported values: "All"`;
  throw statusErrors.badRequest(text);
}

/** Kinds whose deletion answers with the object, as in Kubernetes. */
const kindsAnsweredWhole = new Set(['Pod', 'Service', 'ServiceAccount', 'Namespace']);

export async function deleteCollection(request: ObjectCall): Promise<ApiReply> {
  const { kind, namespace, registry, call, form } = request;
  const scope = deletionScope(request);
  const { selects } = selection(kind, namespace, '', call);
  const cache = await registry.storage.fresh(kind, call.signal);
  const options = readDeleteOptions(call);
  const chosen = cache.all().filter(selects);
  for (const { object } of chosen) {
    const { namespace: inside = '', name } = object.metadata;
    try {
      await registry.delete(scope, { kind, namespace: inside, name }, options);
    } catch (error) {
      if (!isNotFound(error)) throw error; // Somebody else was quicker.
    }
  }
  const metadata = { resourceVersion: String(cache.revision) };
  return listReply({ call, kind, form, metadata, ...turnsOf(registry.storage) }, chosen);
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'reason') === 'NotFound';
}

/* ---------------------------------------------------------------- scale: a view of spec.replicas */

function scaleOf(object: KubeObject): Scale {
  const spec = isObject(object.spec) ? object.spec : {};
  const status = isObject(object.status) ? object.status : {};
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      namespace: namespace ?? '',
      uid: uid ?? '',
      resourceVersion: resourceVersion ?? '',
      creationTimestamp: creationTimestamp ?? '',
    },
    spec: { replicas: typeof spec.replicas === 'number' ? spec.replicas : 0 },
    status: {
      replicas: typeof status.replicas === 'number' ? status.replicas : 0,
      selector: selectorOf(spec.selector),
    },
  };
}

/** A selector as the text of a query: `a=b,c in (d,e),!f`. A ReplicationController's is a map of labels. */
function selectorOf(selector: unknown): string {
  if (!isObject(selector)) return '';
  const isSelector = 'matchLabels' in selector || 'matchExpressions' in selector;
  const labels = isSelector ? selector.matchLabels : selector;
  const equal = Object.entries(isObject(labels) ? labels : {}).map(
    ([key, value]) => `${key}=${String(value)}`,
  );
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions : [];
  const others = expressions.filter(isObject).map(({ key, operator, values }) => {
    if (operator === 'Exists') return String(key);
    if (operator === 'DoesNotExist') return `!${String(key)}`;
    const list = Array.isArray(values) ? values.map(String).sort() : [];
    return `${String(key)} ${operator === 'In' ? 'in' : 'notin'} (${list.join(',')})`;
  });
  return [...equal.sort(), ...others].join(',');
}

export async function getScale(request: ObjectCall): Promise<ApiReply> {
  return scaleReply(request, scaleOf(await request.registry.get(ref(request))));
}

export async function writeScale(request: ObjectCall): Promise<ApiReply> {
  const { call, registry, scope, kind, name } = request;
  const before = await registry.get(ref(request));
  const current = scaleOf(before);
  const sent: unknown =
    call.method === 'PUT' ? parseBody(call).value : mergeScale(current, parseBody(call).value);
  const { object } = decodeAs(scaleSchema, sent, 'Scale in version "v1" cannot be handled as a Scale');
  const replicas =
    isObject(object.spec) && typeof object.spec.replicas === 'number' ? object.spec.replicas : 0;
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    throw statusErrors.invalid({ group: 'autoscaling', kind: 'Scale' }, name, [
      { reason: 'FieldValueInvalid', field: 'spec.replicas', message },
    ]);
  }
  const wanted = isObject(object.metadata) ? object.metadata.resourceVersion : undefined;
  if (
    call.method === 'PUT' &&
    typeof wanted === 'string' &&
    wanted !== '' &&
    wanted !== before.metadata.resourceVersion
  )
    throw statusErrors.modified(kind, name);
  const after = await registry.mutate(scope, ref(request), 'scale', (target) => {
    target.spec = { ...(isObject(target.spec) ? target.spec : {}), replicas };
  });
  return scaleReply(request, scaleOf(after));
}

function scaleReply({ call, form, world }: ObjectCall, scale: Scale): ApiReply {
  if (form.form !== 'table') return reply(call, 200, scale, form);
  const includeObject = includeObjectOf(call);
  const metadata = { resourceVersion: scale.metadata.resourceVersion ?? '' };
  const options = { nowMs: world.clock.nowMs(), includeObject, metadata, version: form.version };
  return reply(call, 200, tableOf(scaleColumns, [scale], options), form);
}

function mergeScale(current: Scale, patch: unknown): unknown {
  const spec = isObject(patch) && isObject(patch.spec) ? patch.spec : {};
  return { ...current, spec: { ...current.spec, ...spec } };
}

/* ---------------------------------------------------------------- bodies */

function ref({ kind, namespace, name }: ObjectCall): ObjectRef {
  return { kind, namespace, name };
}

function aspectOf({ subresource }: ObjectCall): Aspect {
  if (subresource === 'status') return statusAspect;
  if (subresource === 'finalize') return finalizeAspect;
  if (subresource === 'approval') return approvalAspect;
  if (subresource === 'ephemeralcontainers') return ephemeralAspect;
  if (subresource === 'resize') return resizeAspect;
  return mainAspect;
}

/** PUT of a namespace's spec.finalizers. */
const finalizeAspect: Aspect = {
  subresource: 'finalize',
  merge: (_kind, old, sent) => ({ ...old, spec: sent.spec }),
};

/** Of a CertificateSigningRequest: who approves or denies writes these two conditions and nothing else. */
const approvalAspect: Aspect = {
  subresource: 'approval',
  merge: (_kind, old, sent) => {
    const before = isObject(old.status) ? old.status : {};
    const of = (status: unknown) =>
      isObject(status) && Array.isArray(status.conditions) ? status.conditions.filter(isObject) : [];
    const decides = ({ type }: Record<string, unknown>) => type === 'Approved' || type === 'Denied';
    const conditions = [...of(sent.status).filter(decides), ...of(before).filter((one) => !decides(one))];
    return {
      ...old,
      status: { ...before, ...(conditions.length === 0 ? {} : { conditions }) },
      metadata: { ...old.metadata, managedFields: sent.metadata.managedFields },
    };
  },
};

function decodeBody(request: ObjectCall): KubeObject {
  const { call, kind, scope } = request;
  assertBodyType(call, kind);
  const { value, duplicates } = parseBody(call);
  const { object, unknownFields } = decodeObject(kind, value);
  wholeStrictness(
    call,
    kind,
    [
      ...unknownFields.map((field) => `unknown field "${field}"`),
      ...duplicates.map((field) => `duplicate field "${field}"`),
    ],
    scope,
  );
  return object;
}

function readPatch(request: ObjectCall): Patch {
  const { call, kind, scope } = request;
  const type = Object.entries(patchTypes).find(([name]) => name === contentType(call))?.[1];
  // Strategies are of the built-in kinds' Go types only.
  const supported = Object.keys(patchTypes).filter(
    (name) => kind.custom === undefined || !name.includes('strategic'),
  );
  if (type === undefined || (type === 'strategic' && kind.custom !== undefined))
    throw statusErrors.unsupportedMediaType(supported);
  const { value, duplicates } = parseBody(call);
  const force = call.query.force?.[0] === 'true';
  if (type === 'apply') {
    assertDeclared(kind, value);
    return { type, intent: value, force };
  }
  const sentTwice = duplicates.map((field) => `duplicate field "${field}"`);
  const unknownFields = (fields: readonly string[], outcome: unknown) => {
    const findings = [...sentTwice, ...fields.map((field) => `unknown field "${field}"`)];
    patchStrictness(call, findings, scope, type === 'strategic' ? value : JSON.stringify(outcome));
  };
  return { type, patch: value, unknownFields };
}

/**
 * Whoever applies owns what he names, so that there must be such a field, whatever fieldValidation says.
 * (Kubernetes says the same with code 500, as if it were its fault.)
 */
function assertDeclared(kind: KindInfo, intent: unknown): void {
  const { object, unknownFields } = decodeObject(kind, intent);
  if (unknownFields.length === 0) return;
  const fields =
    kind.custom === undefined && isObject(intent)
      ? undeclaredFields(kind.schema, intent)
      : unknownFields.map((field) => `.${field}`);
  const said = fields.map((field) => `${field}: field not declared in schema`);
  const { namespace = '', name } = object.metadata;
  const { group, version } = kind;
  const label = `${namespace}/${name}; ${group}${group === '' ? '' : '/'}${version}, Kind=${kind.kind}`;
  const text = said.length === 1 ? said.join('') : `errors:\n${said.map((one) => `  ${one}`).join('\n')}`;
  throw statusErrors.badRequest(`failed to create typed patch object (${label}): ${text}`);
}

function readDeleteOptions(call: ApiCall): DeleteOptions {
  return deleteOptionsOf(optionalBody(call), call.query);
}

/** DeleteOptions of a body, or of the query where that is silent. */
export function deleteOptionsOf(body: Record<string, unknown>, query: ApiCall['query']): DeleteOptions {
  const grace =
    body.gracePeriodSeconds ??
    (query.gracePeriodSeconds === undefined ? undefined : Number(query.gracePeriodSeconds[0]));
  const policy = body.propagationPolicy ?? query.propagationPolicy?.[0];
  if (
    grace !== undefined &&
    grace !== null &&
    (typeof grace !== 'number' || !Number.isInteger(grace) || grace < 0)
  ) {
    throw statusErrors.badRequest('gracePeriodSeconds: must be greater than or equal to 0');
  }
  const propagationPolicy = (['Orphan', 'Background', 'Foreground'] as const).find(
    (known) => known === policy,
  );
  if (policy !== undefined && propagationPolicy === undefined) {
    throw statusErrors.badRequest(
      `propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Foreground", "Background", "Orphan"`,
    );
  }
  const conditions = isObject(body.preconditions) ? body.preconditions : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    gracePeriodSeconds: typeof grace === 'number' ? grace : undefined,
    propagationPolicy,
    preconditions: { uid: text(conditions.uid), resourceVersion: text(conditions.resourceVersion) },
  };
}

function checkNamespace(kind: KindInfo, namespace: string, sent: KubeObject): void {
  const given = sent.metadata.namespace ?? '';
  if (!kind.namespaced || given === '' || given === namespace) return;
  throw statusErrors.badRequest(
    `the namespace of the provided object does not match the namespace sent on the request`,
  );
}

function objectReply(request: ObjectCall, code: number, object: KubeObject): ApiReply {
  const { call, form, kind, world } = request;
  if (form.form === 'partial') return reply(call, code, partialMetadata(object, form.version), form);
  if (form.form !== 'table') return reply(call, code, object, form);
  const includeObject = includeObjectOf(call);
  const metadata = { resourceVersion: object.metadata.resourceVersion ?? '' };
  return reply(
    call,
    code,
    tableFor(kind, [object], { nowMs: world.clock.nowMs(), includeObject, metadata, version: form.version }),
    form,
  );
}

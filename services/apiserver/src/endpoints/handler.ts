import {
  ApiError,
  groupVersions,
  type KindInfo,
  parseFieldSelector,
  podKind,
  reviewKinds,
  statusErrors,
} from '@kubelab/api';
import { type Logger, type Metrics, newTraceparent, traceIdOf } from '@kubelab/telemetry';
import type { WireContext } from '@kubelab/wire';
import type { TlsMaterial } from '@kubelab/world';
import type { Authorizer } from '../auth/authorize.js';
import { asImpersonated } from '../auth/impersonate.js';
import type { Tokens } from '../auth/tokens/index.js';
import type { CustomResources } from '../crd/custom-resources.js';
import { customScale } from '../crd/scale.js';
import { documentsWith } from '../openapi/documents.js';
import { openApi } from '../openapi/openapi.js';
import type { RequestScope } from '../registry/context.js';
import type { Registry } from '../registry/registry.js';
import { asStatus } from '../storage/storage.js';
import type { ApiCall, ApiHandler, ApiReply, StreamChunk, Upgrade } from './contract.js';
import { discovery } from './discovery.js';
import { evictPod } from './eviction.js';
import { type FlowControl, isHealth, type Release } from './flow-control.js';
import { type HealthChecks, health } from './health.js';
import { list } from './list.js';
import type { ApiMetrics } from './metrics.js';
import { type MetricsApi, metricsGroupVersion } from './metrics-api.js';
import { acceptedForm, errorForm, jsonForm, reply, textReply } from './negotiate.js';
import {
  createObject,
  deleteCollection,
  deleteObject,
  getObject,
  getScale,
  type ObjectCall,
  patchObject,
  updateObject,
  writeScale,
} from './objects.js';
import { podCommand, podPortForward } from './pod-streams.js';
import { bindPod, podLog } from './pods.js';
import { proxy } from './proxy.js';
import { type RequestInfo, requestInfo } from './request-info.js';
import { requestTimeout, within } from './request-timeout.js';
import { review } from './reviews.js';
import { createToken } from './token-request.js';
import { watch } from './watch.js';
import { checkWriteOptions } from './write-options.js';

const streamed = ['log', 'exec', 'attach', 'portforward', 'proxy'];
const commandSubresources = ['exec', 'attach', 'portforward'];

export interface HandlerParts {
  readonly context: WireContext;
  readonly tls: TlsMaterial;
  readonly registry: Registry;
  readonly custom: CustomResources;
  readonly authorizer: Authorizer;
  readonly tokens: Tokens;
  /** How clients outside reach this API: `HOST:PORT`. */
  readonly externalHost: string;
  readonly health: HealthChecks;
  readonly flow: FlowControl;
  readonly metrics: Metrics;
  readonly apiMetrics: ApiMetrics;
  readonly usage: MetricsApi;
  readonly log: Logger;
  readonly version: object;
}

/**
 * The one handler behind HTTPS, WebSocket and in-process calls. A request goes: request info, flow
 * control, authorization, then the endpoint; whatever is thrown on the way is
 * answered as a Status.
 */
export function createHandler(parts: HandlerParts): ApiHandler {
  const { world } = parts.context;
  const { flow } = parts;
  return async (call) => {
    const startedMs = world.clock.monotonicMs();
    const info = requestInfo(call.method, call.path, call.query);
    const warnings: string[] = [];
    const long = info.verb === 'watch' || (info.resource && streamed.includes(info.subresource));
    const seen = { call, info, warnings, startedMs, long };
    let release: Release = () => {};
    try {
      release = flow.admit(call.user, info, long);
      const work = () =>
        route(parts, asImpersonated(parts.authorizer, call), info, (text) => warnings.push(text));
      const answer = long ? await work() : await within(world, requestTimeout(call.query), work());
      const { body, upgrade } = answer;
      const level = answer.finite === true ? 'readOnly' : 'longRunning';
      return finish(parts, seen, {
        ...answer,
        ...(body instanceof Uint8Array ? {} : { body: held(body, () => flow.hold(level)) }),
        ...(upgrade === undefined ? {} : { upgrade: heldUpgrade(upgrade, flow.hold(level)) }),
      });
    } catch (error) {
      return finish(parts, seen, failure(parts, call, error));
    } finally {
      release();
    }
  };
}

/** A stream takes a seat for as long as it is read. */
async function* held(body: AsyncIterable<StreamChunk>, hold: () => Release): AsyncGenerator<StreamChunk> {
  const release = hold();
  try {
    yield* body;
  } finally {
    release();
  }
}

function heldUpgrade(upgrade: Upgrade, release: Release): Upgrade {
  const close = () => {
    release();
    upgrade.close();
  };
  return { ...upgrade, close };
}

async function route(
  parts: HandlerParts,
  call: ApiCall,
  info: RequestInfo,
  warn: (text: string) => void,
): Promise<ApiReply> {
  if (!info.resource) return nonResource(parts, call, info.path);
  authorize(parts, call, info);
  // A WebSocket begins with GET, but to run a command is no reading: who may only `get` these may not.
  if (info.verb === 'get' && commandSubresources.includes(info.subresource))
    authorize(parts, call, { ...info, verb: 'create' });
  const used = await parts.usage.answer(parts.registry, call, info);
  if (used !== undefined) return used;
  const kind = info.kind ?? (await parts.custom.find(info.group, info.version, info.resourceName));
  // A cluster's object below a namespace would be judged by that namespace's roles.
  if (kind === undefined || (!kind.namespaced && info.namespace !== '')) return notServed(call);
  const deprecation = parts.custom.deprecation(kind);
  if (deprecation !== undefined) warn(deprecation);
  const form = streamed.includes(info.subresource) ? jsonForm : acceptedForm(call.headers.accept, kind);
  if (info.subresource === '') checkTarget(kind, info);
  if (reviewKinds.includes(kind)) return review(parts, kind, call, form);
  const { namespace, name, subresource } = info;
  const scope = requestScope(parts, call, warn);
  const { world } = parts.context;
  const request: ObjectCall = {
    world,
    registry: parts.registry,
    call,
    scope,
    kind,
    namespace,
    name,
    subresource,
    form,
  };
  if (subresource !== '') return subresourceCall(parts, request, info.verb);
  switch (info.verb) {
    case 'list':
      return list({ storage: parts.registry.storage, kind, namespace, call, form, warn });
    case 'watch': {
      const sent = (of: KindInfo) => parts.apiMetrics.watchEvent(of);
      const watching = { world, storage: parts.registry.storage, sent };
      return watch(watching, kind, { namespace, name }, call, form);
    }
    case 'get':
      return getObject(request);
    case 'create':
      if (kind.namespaced && namespace === '')
        throw statusErrors.badRequest('an empty namespace may not be set during creation');
      parts.custom.assertCreatable(kind);
      return createObject(request);
    case 'update':
      return updateObject(request);
    case 'patch':
      return patchObject(request);
    case 'delete':
      return deleteObject(request);
    case 'deletecollection':
      return deleteCollection(request);
    default:
      throw statusErrors.methodNotAllowed(kind, info.verb);
  }
}

/** Verbs of collections take no name, verbs of objects need one; several namespaces at once are only read. */
function checkTarget(kind: KindInfo, { verb, name, namespace }: RequestInfo & { resource: true }): void {
  const ofCollection = verb === 'create' || verb === 'deletecollection' || verb === 'list';
  const misplaced = verb !== 'watch' && ofCollection !== (name === '');
  const tooWide = verb === 'deletecollection' && kind.namespaced && namespace === '';
  if (misplaced || tooWide || !kind.verbs.includes(verb)) throw statusErrors.methodNotAllowed(kind, verb);
}

async function subresourceCall(parts: HandlerParts, request: ObjectCall, verb: string): Promise<ApiReply> {
  const { kind, subresource } = request;
  const known = kind.subresources.find((one) => one.name === subresource);
  if (known === undefined) return notServed(request.call);
  if (!known.verbs.includes(verb)) throw statusErrors.methodNotAllowed(kind, verb);
  switch (subresource) {
    case 'status':
    case 'finalize':
    case 'approval':
    case 'ephemeralcontainers':
    case 'resize':
      return verb === 'get'
        ? getObject(request)
        : verb === 'patch'
          ? patchObject(request)
          : updateObject(request);
    case 'scale': {
      const paths = parts.custom.scalePaths(kind);
      if (paths !== undefined) return customScale(request, paths);
      return verb === 'get' ? getScale(request) : writeScale(request);
    }
    case 'token':
      return createToken(request, parts.tokens, parts.authorizer);
    case 'binding':
      return bindPod(request);
    case 'eviction':
      return evictPod(request);
    case 'log':
      return kind === podKind ? podLog(request, parts.context, parts.tls) : notServed(request.call);
    case 'exec':
    case 'attach':
      return podCommand(request, parts.context, parts.tls);
    case 'proxy':
      return proxy(request, parts.context, parts.tls);
    case 'portforward':
      return podPortForward(request, parts.context, parts.tls);
    default:
      return notServed(request.call);
  }
}

async function nonResource(parts: HandlerParts, call: ApiCall, path: string): Promise<ApiReply> {
  const { user } = call;
  const verb = call.method.toLowerCase();
  const { allowed, reason } = parts.authorizer.authorize(user, { verb, path });
  // Health answers before the roles have been read.
  if (!allowed && !isHealth({ resource: false, verb, path })) {
    const why = `User "${user.name}" cannot ${verb} path "${path}"`;
    throw statusErrors403(`${why}${reason === '' ? '' : `: ${reason}`}`);
  }
  const { custom } = parts;
  const turn = () => parts.registry.storage.turn();
  const answer =
    health(parts.health, call, path) ??
    discovery(call, path, [...custom.groupVersions(), metricsGroupVersion]) ??
    (await openApi(call, path, turn, documentsWith(custom.documents())));
  if (answer !== undefined) return answer;
  const keys = tokenKeys(parts, path);
  if (keys !== undefined) return keys;
  if (path === '/version' || path === '/version/') return reply(call, 200, parts.version, jsonForm);
  if (path === '/metrics')
    return textReply(200, parts.metrics.text(), {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
  if (path === '/') return reply(call, 200, { paths: rootPaths(parts.health) }, jsonForm);
  return notServed(call);
}

/** What there is to ask, as `kubectl get --raw /` shows it. */
function rootPaths({ live, ready }: HealthChecks): string[] {
  const groups = groupVersions().flatMap(({ group, version }) =>
    group === '' ? ['/api', `/api/${version}`] : ['/apis', `/apis/${group}`, `/apis/${group}/${version}`],
  );
  const checks = [
    ...live.flatMap(({ name }) => [`/healthz/${name}`, `/livez/${name}`]),
    ...ready.map(({ name }) => `/readyz/${name}`),
  ];
  const others = [
    ...['/.well-known/openid-configuration', '/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3'],
    ...['/openid/v1/jwks', '/readyz', '/version'],
  ];
  return [...new Set([...groups, ...checks, ...others])].sort();
}

/** What others verify tokens of service accounts with (KEP-1393). */
function tokenKeys({ tokens, externalHost }: HandlerParts, path: string): ApiReply | undefined {
  const answer = (body: object, type: string): ApiReply => ({
    code: 200,
    headers: { 'content-type': type, 'cache-control': 'public, max-age=3600' },
    body: new TextEncoder().encode(JSON.stringify(body)),
  });
  if (path === '/.well-known/openid-configuration')
    return answer(tokens.openIdConfiguration(externalHost), 'application/json');
  if (path === '/openid/v1/jwks') return answer(tokens.jsonWebKeySet(), 'application/jwk-set+json');
  return undefined;
}

function statusErrors403(why: string): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `forbidden: ${why}`,
    reason: 'Forbidden',
    details: {},
    code: 403,
  });
}

function authorize(parts: HandlerParts, call: ApiCall, info: RequestInfo & { resource: true }): void {
  const { group, resourceName: resource, subresource, name, verb } = info;
  // What is selected by name is judged as an object of that name.
  const selected = ['list', 'watch', 'deletecollection'].includes(verb)
    ? parseFieldSelector(call.query.fieldSelector?.[0] ?? '')
    : [];
  const byName = selected.find((one) => one.field === 'metadata.name' && one.equal)?.value ?? '';
  const namespace = resource === 'namespaces' && name !== '' ? name : info.namespace;
  const object = name === '' ? byName : name;
  const attributes = { verb, group, resource, subresource, namespace, name: object, fieldSelector: selected };
  const { allowed, reason } = parts.authorizer.authorize(call.user, attributes);
  if (allowed) return;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const why = `User "${call.user.name}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`;
  throw statusErrors.forbidden({ group, resource }, object, `${why}${reason === '' ? '' : `: ${reason}`}`);
}

function notServed(call: ApiCall): ApiReply {
  const isResource = /^\/apis?\//.test(call.path);
  if (!isResource) return textReply(404, '404 page not found\n');
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server could not find the requested resource',
    reason: 'NotFound',
    details: {},
    code: 404,
  };
  return reply(call, 404, status, jsonForm);
}

function requestScope(parts: HandlerParts, call: ApiCall, warn: (text: string) => void): RequestScope {
  checkWriteOptions(call);
  const dryRun = call.query.dryRun ?? [];
  const agent = (call.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  const fieldManager = call.query.fieldManager?.[0] ?? agent;
  return {
    world: parts.context.world,
    user: call.user,
    trace: call.trace,
    fieldManager,
    dryRun: dryRun.length > 0,
    signal: call.signal,
    warn,
  };
}

function failure(parts: HandlerParts, call: ApiCall, thrown: unknown): ApiReply {
  const error = asStatus(thrown);
  if (!(error instanceof ApiError)) {
    parts.log.error({ error, method: call.method, path: call.path, trace: call.trace }, 'request failed');
    return failure(
      parts,
      call,
      statusErrors.internal(error instanceof Error ? error.message : String(error)),
    );
  }
  const seconds = error.status.details?.retryAfterSeconds;
  return reply(
    call,
    error.code,
    error.status,
    errorForm(call.headers.accept),
    seconds === undefined || error.code !== 429 ? {} : { 'retry-after': String(seconds) },
  );
}

interface Seen {
  readonly call: ApiCall;
  readonly info: RequestInfo;
  readonly warnings: readonly string[];
  readonly startedMs: number;
  readonly long: boolean;
}

function finish(parts: HandlerParts, seen: Seen, answer: ApiReply): ApiReply {
  const { call, info, warnings, startedMs, long } = seen;
  const { world } = parts.context;
  parts.apiMetrics.request(info, {
    code: answer.code,
    seconds: (world.clock.monotonicMs() - startedMs) / 1000,
    long,
    apply: call.headers['content-type']?.startsWith('application/apply-patch') === true,
    dryRun: call.query.dryRun !== undefined,
  });
  const headers: Record<string, string> = {
    'audit-id': traceIdOf(call.trace) ?? newTraceparent(world.random).slice(3, 35),
    'cache-control': 'no-cache, private',
    traceparent: call.trace,
    ...answer.headers,
  };
  if (warnings.length > 0)
    headers.warning = [...new Set(warnings)].map((text) => `299 - ${JSON.stringify(text)}`).join(', ');
  return { ...answer, headers };
}

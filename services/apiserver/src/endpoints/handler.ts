import {
  ApiError,
  type KindInfo,
  parseFieldSelector,
  podKind,
  reviewKinds,
  statusErrors,
} from '@kubelab/api';
import { type Logger, newTraceparent, traceIdOf } from '@kubelab/telemetry';
import type { WireContext } from '@kubelab/wire';
import type { TlsMaterial } from '@kubelab/world';
import type { Authorizer } from '../auth/authorize.js';
import { asImpersonated } from '../auth/impersonate.js';
import type { Tokens } from '../auth/tokens/index.js';
import type { CustomResources } from '../crd/custom-resources.js';
import { customScale } from '../crd/scale.js';
import { openApi } from '../openapi/openapi.js';
import type { RequestScope } from '../registry/context.js';
import type { Registry } from '../registry/registry.js';
import { asStatus } from '../storage/storage.js';
import type { ApiCall, ApiHandler, ApiReply, StreamChunk, Upgrade } from './contract.js';
import { discovery } from './discovery.js';
import { evictPod } from './eviction.js';
import { type HealthChecks, health } from './health.js';
import { list } from './list.js';
import type { Metrics } from './metrics.js';
import { type AcceptedForm, acceptedForm, jsonForm, reply, textReply } from './negotiate.js';
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
import { review } from './reviews.js';
import { createToken } from './token-request.js';
import { watch } from './watch.js';

/** Requests under way (streams apart); more are refused with 429. */
const inFlightMax = 800;
const streamed = ['log', 'exec', 'attach', 'portforward', 'proxy'];
const commandSubresources = ['exec', 'attach', 'portforward'];
/** Watches, followed logs, upgraded connections. */
const streamsMax = 20_000;
const requestTimeoutMs = 60_000;
const managerLengthMax = 128;

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
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly version: object;
}

/**
 * The one handler behind HTTPS, WebSocket and in-process calls. A request goes: request info, flow
 * control, authorization, then the endpoint; whatever is thrown on the way is
 * answered as a Status.
 */
export function createHandler(parts: HandlerParts): ApiHandler {
  let inFlight = 0;
  let streams = 0;
  const { world } = parts.context;
  const counted = async function* (body: AsyncIterable<StreamChunk>) {
    streams += 1;
    try {
      yield* body;
    } finally {
      streams -= 1;
    }
  };
  const countedUpgrade = (upgrade: Upgrade): Upgrade => {
    streams += 1;
    let open = true;
    const close = () => {
      if (open) streams -= 1;
      open = false;
      upgrade.close();
    };
    return { ...upgrade, close };
  };
  return async (call) => {
    const startedMs = world.clock.monotonicMs();
    const info = requestInfo(call.method, call.path, call.query);
    const warnings: string[] = [];
    const long = info.verb === 'watch' || (info.resource && streamed.includes(info.subresource));
    // Whoever asks whether this server is well must hear it when it is busy, too.
    const exempt = !info.resource && isHealthPath(info.path);
    if (!long) inFlight += 1;
    try {
      if (!exempt && (long ? streams >= streamsMax : inFlight > inFlightMax))
        throw statusErrors.tooManyRequests('too many requests, please try again later', 1);
      const answer = await withTimeout(parts, call, long, (limited) =>
        route(parts, asImpersonated(parts.authorizer, limited), info, (text) => warnings.push(text)),
      );
      const { body } = answer;
      const bounded: ApiReply = {
        ...answer,
        ...(body instanceof Uint8Array ? {} : { body: counted(body) }),
        ...(answer.upgrade === undefined ? {} : { upgrade: countedUpgrade(answer.upgrade) }),
      };
      return finish(parts, call, info, bounded, warnings, startedMs);
    } catch (error) {
      return finish(parts, call, info, failure(parts, call, error), warnings, startedMs);
    } finally {
      if (!long) inFlight -= 1;
    }
  };
}

function isHealthPath(path: string): boolean {
  return /^\/(healthz|livez|readyz)(\/|$)/.test(path);
}

async function withTimeout(
  parts: HandlerParts,
  call: ApiCall,
  long: boolean,
  work: (call: ApiCall) => Promise<ApiReply>,
): Promise<ApiReply> {
  if (long) return work(call);
  let expire: (error: ApiError) => void = () => {};
  const expired = new Promise<never>((_resolve, reject) => {
    expire = reject;
  });
  const text = `request did not complete within the allotted timeout of ${requestTimeoutMs / 1000}s`;
  const timer = parts.context.world.timers.setTimeout(
    () => expire(statusErrors.timeout(text)),
    requestTimeoutMs,
  );
  try {
    return await Promise.race([work(call), expired]);
  } finally {
    timer.cancel();
  }
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
  const kind = info.kind ?? (await parts.custom.find(info.group, info.version, info.resourceName));
  // A cluster's object below a namespace would be judged by that namespace's roles.
  if (kind === undefined || (!kind.namespaced && info.namespace !== '')) return notServed(call);
  const deprecation = parts.custom.deprecation(kind);
  if (deprecation !== undefined) warn(deprecation);
  const form = streamed.includes(info.subresource) ? jsonForm : acceptedForm(call.headers.accept);
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
      return list(parts.registry.storage, kind, namespace, call, form, warn);
    case 'watch':
      return watch({ world, storage: parts.registry.storage }, kind, { namespace, name }, call, form);
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

function nonResource(parts: HandlerParts, call: ApiCall, path: string): ApiReply {
  const { user } = call;
  const verb = call.method.toLowerCase();
  const { allowed, reason } = parts.authorizer.authorize(user, { verb, path });
  // Health answers before the roles have been read.
  if (!allowed && !isHealthPath(path)) {
    const why = `User "${user.name}" cannot ${verb} path "${path}"`;
    throw statusErrors403(`${why}${reason === '' ? '' : `: ${reason}`}`);
  }
  const answer =
    health(parts.health, call, path) ??
    discovery(call, path, parts.custom.groupVersions()) ??
    openApi(call, path, parts.custom.documents());
  if (answer !== undefined) return answer;
  const keys = tokenKeys(parts, path);
  if (keys !== undefined) return keys;
  if (path === '/version' || path === '/version/') return reply(call, 200, parts.version, jsonForm);
  if (path === '/metrics')
    return textReply(200, parts.metrics.text(), {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
  if (path === '/')
    return reply(
      call,
      200,
      {
        paths: [
          '/.well-known/openid-configuration',
          '/api',
          '/apis',
          '/healthz',
          '/livez',
          '/metrics',
          '/openapi/v2',
          '/openapi/v3',
          '/openid/v1/jwks',
          '/readyz',
          '/version',
        ],
      },
      jsonForm,
    );
  return notServed(call);
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
  const dryRun = call.query.dryRun ?? [];
  if (dryRun.some((value) => value !== 'All'))
    throw statusErrors.badRequest(
      `dryRun: Unsupported value: "${dryRun.join(',')}": supported values: "All"`,
    );
  const agent = (call.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  const fieldManager = call.query.fieldManager?.[0] ?? agent;
  if (fieldManager.length > managerLengthMax)
    throw statusErrors.badRequest(`fieldManager: Too long: may not be more than ${managerLengthMax} bytes`);
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
  const wanted: AcceptedForm = {
    form: 'object',
    type: call.headers.accept?.includes('yaml') === true ? 'application/yaml' : 'application/json',
  };
  return reply(
    call,
    error.code,
    error.status,
    wanted,
    seconds === undefined || error.code !== 429 ? {} : { 'retry-after': String(seconds) },
  );
}

function finish(
  parts: HandlerParts,
  call: ApiCall,
  info: RequestInfo,
  answer: ApiReply,
  warnings: readonly string[],
  startedMs: number,
): ApiReply {
  const { world } = parts.context;
  const seconds = (world.clock.monotonicMs() - startedMs) / 1000;
  parts.metrics.request({
    verb: info.verb,
    resource: info.resource ? info.resourceName : '',
    code: answer.code,
    seconds,
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

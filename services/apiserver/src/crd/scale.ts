import {
  decodeAs,
  isObject,
  type JsonObject,
  type KubeObject,
  scaleSchema,
  statusErrors,
} from '@kubelab/api';
import type { ApiReply } from '../endpoints/contract.js';
import { parseBody, reply } from '../endpoints/negotiate.js';
import type { ObjectCall } from '../endpoints/objects.js';
import type { ScalePaths } from './custom-kind.js';

/** GET, PUT and PATCH of a custom resource's /scale: autoscaling/v1 Scale over the paths that its definition names. */
export async function customScale(request: ObjectCall, paths: ScalePaths): Promise<ApiReply> {
  const { call, registry, kind, namespace, name, form, scope } = request;
  const ref = { kind, namespace, name };
  const before = await registry.get(ref);
  if (call.method === 'GET' || call.method === 'HEAD') return reply(call, 200, scaleOf(before, paths), form);
  const current = scaleOf(before, paths);
  const sent = parseBody(call).value;
  const wanted = call.method === 'PUT' ? sent : { ...current, spec: { ...current.spec, ...specOf(sent) } };
  const { object } = decodeAs(scaleSchema, wanted, 'Scale in version "v1" cannot be handled as a Scale');
  const { replicas } = specOf(object);
  if (typeof replicas !== 'number' || replicas < 0) {
    const message = `Invalid value: ${String(replicas ?? 0)}: must be greater than or equal to 0`;
    throw statusErrors.invalid({ group: 'autoscaling', kind: 'Scale' }, name, [
      { reason: 'FieldValueInvalid', field: 'spec.replicas', message },
    ]);
  }
  const revision = isObject(object.metadata) ? object.metadata.resourceVersion : undefined;
  const named = call.method === 'PUT' && typeof revision === 'string' && revision !== '';
  if (named && revision !== before.metadata.resourceVersion) throw statusErrors.modified(kind, name);
  const after = await registry.mutate(scope, ref, 'scale', (target) => put(target, paths.spec, replicas));
  return reply(call, 200, scaleOf(after, paths), form);
}

function specOf(value: unknown): JsonObject {
  return isObject(value) && isObject(value.spec) ? value.spec : {};
}

function scaleOf(object: KubeObject, paths: ScalePaths) {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.selector === undefined ? undefined : at(object, paths.selector);
  const replicas = at(object, paths.spec);
  if (typeof replicas !== 'number')
    throw statusErrors.internal(`the spec replicas field ".${paths.spec.join('.')}" does not exist`);
  const running = at(object, paths.status);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas },
    status: {
      replicas: typeof running === 'number' ? running : 0,
      ...(typeof selector === 'string' ? { selector } : {}),
    },
  };
}

function at(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), object);
}

function put(object: JsonObject, path: readonly string[], value: unknown): void {
  let inner = object;
  for (const name of path.slice(0, -1)) {
    const next = isObject(inner[name]) ? inner[name] : {};
    inner[name] = next;
    inner = next;
  }
  inner[path.at(-1) ?? ''] = value;
}

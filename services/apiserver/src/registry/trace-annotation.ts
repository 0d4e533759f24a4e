import type { KubeObject } from '@kubelab/api';
import { isSampled, parseTraceparent } from '@kubelab/telemetry';
import type { RequestScope } from './context.js';

/** The context of the request that wrote an object, where that was sampled; belongs to no field manager. */
const traceAnnotation = 'tracing.k8s.io/traceparent';

export function annotateTrace({ annotation }: RequestScope, object: KubeObject): KubeObject {
  if (annotation !== undefined && object.kind !== 'Event')
    object.metadata.annotations = { ...object.metadata.annotations, [traceAnnotation]: annotation };
  return object;
}

/** An object that comes with a sampled context, and with a request that has none, goes on with its own. */
export function continuedBy(scope: RequestScope, { metadata }: KubeObject): RequestScope {
  const own = metadata.annotations?.[traceAnnotation];
  if (!isSampled(own) || isSampled(scope.trace) || parseTraceparent(own) === undefined) return scope;
  return { ...scope, trace: own };
}

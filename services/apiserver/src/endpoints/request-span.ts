import type { Span, Traceparent, Tracer } from '@kubelab/telemetry';
import { childTraceparent, isSampled, parseTraceparent } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { ApiCall, ApiReply } from './contract.js';
import type { RequestInfo } from './request-info.js';

/** What a transport makes of the context that came with a request. */
export function requestContext(
  received: string | undefined,
  { world, tracer }: { readonly world: World; readonly tracer: Tracer },
): Pick<ApiCall, 'trace' | 'parent'> {
  if (parseTraceparent(received) === undefined || received === undefined)
    return { trace: tracer.root(), parent: undefined };
  // Of what nobody keeps no span is made: the context goes on as it came.
  return {
    trace: isSampled(received) ? childTraceparent(received, world.random) : received,
    parent: received,
  };
}

/**
 * The server's span of a request, named as OpenTelemetry names them (method and what is asked for). Requests that last (watch,
 * exec, logs) have none: what happens in them has its own.
 */
export function beginRequest(tracer: Tracer, call: ApiCall, info: RequestInfo): Span | undefined {
  const span = tracer.adopt('HTTP', 'server', call.trace, call.parent);
  if (span === undefined) return undefined;
  const subresource = info.resource && info.subresource !== '' ? `/${info.subresource}` : '';
  span.rename(`${call.method} ${info.resource ? `${info.resourceName}${subresource}` : call.path}`);
  span.set('http.request.method', call.method);
  span.set('url.path', call.path);
  span.set('user_agent.original', call.headers['user-agent'] ?? '');
  span.set('enduser.id', call.user.name);
  return span;
}

export function endRequest(span: Span | undefined, { code }: ApiReply): void {
  if (span === undefined) return;
  span.set('http.response.status_code', code);
  span.end(code >= 500 ? `HTTP ${code}` : undefined);
}

/** What `tracing.k8s.io/traceparent` is set to: for what people write, not for what components do about it. */
export function annotationOf({ trace, parent, user }: ApiCall): Traceparent | undefined {
  return isSampled(parent) && !user.name.startsWith('system:') ? trace : undefined;
}

import type { ApiRequest, ApiResponse, ApiStream, ApiTransport } from '@kubelab/client';
import { childTraceparent } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import type { ApiCall, ApiHandler } from '../endpoints/contract.js';
import type { UserInfo } from '../registry/context.js';
import { gather } from './gather.js';

const noBytes = new Uint8Array(0);
/** A unary call answers a stream with its first bytes only by mistake: this many are read, no more. */
const streamedBytesMax = 8 * 2 ** 20;

/** The handler itself as a transport: for tests and for whoever runs in the apiserver's own process. */
export function createInProcessTransport(world: World, handler: ApiHandler, user: UserInfo): ApiTransport {
  const call = (request: ApiRequest, signal: AbortSignal): ApiCall => ({
    method: request.method,
    path: request.path,
    query: Object.fromEntries(
      Object.entries(request.query ?? {}).flatMap(([name, value]): [string, string[]][] =>
        value === undefined ? [] : [[name, [value]]],
      ),
    ),
    headers: { 'content-type': 'application/json', ...request.headers },
    body: request.body ?? noBytes,
    user,
    trace: childTraceparent(request.trace, world.random),
    parent: request.trace,
    signal,
  });
  return {
    request: async (request) => {
      const { code, headers, body, finite } = await handler(call(request, abortable(request.signal).signal));
      if (body instanceof Uint8Array) return { code, headers, body } satisfies ApiResponse;
      return { code, headers, body: await gather(body, finite === true ? undefined : streamedBytesMax) };
    },
    stream: async (request) => {
      const control = abortable(request.signal);
      const { code, headers, body } = await handler(call(request, control.signal));
      const chunks =
        body instanceof Uint8Array
          ? async function* () {
              yield { bytes: body, trace: undefined };
            }
          : () => body[Symbol.asyncIterator]();
      const stream: ApiStream = {
        code,
        headers,
        cancel: () => control.abort(),
        [Symbol.asyncIterator]: chunks,
      };
      return stream;
    },
    close: async () => undefined,
  };
}

/** Aborted with the caller's signal, or by itself. */
function abortable(signal: AbortSignal | undefined): AbortController {
  const control = new AbortController();
  if (signal?.aborted === true) control.abort();
  signal?.addEventListener('abort', () => control.abort(), { once: true });
  return control;
}

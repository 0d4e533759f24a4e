import type { Tracer } from '@kubelab/telemetry';
import {
  type Message,
  noBytes,
  type RequestContext,
  WireError,
  type WireService,
  type WireStream,
} from '@kubelab/wire';
import type { World } from '@kubelab/world';
import { userOf } from '../auth/authenticate.js';
import type { ApiCall, ApiHandler } from '../endpoints/contract.js';
import type { Method, Query } from '../endpoints/request-info.js';
import { requestContext } from '../endpoints/request-span.js';
import { gather } from './gather.js';

const methods: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** The same API for kubelab's components: WebSocket+msgpack (docs/architecture.md, "Wire methods"). */
export function wireService(world: World, handler: ApiHandler, tracer: Tracer): WireService {
  const front = { world, tracer };
  return {
    describe: (method, message) => describe(method, message),
    unary: {
      'api.request': async (request, context) => {
        const unread = new AbortController();
        context.signal.addEventListener('abort', () => unread.abort(), { once: true });
        const call = callFrom(front, request, context);
        const { code, headers, body, finite } = await handler({ ...call, signal: unread.signal });
        if (!(body instanceof Uint8Array) && finite === true)
          return { head: { code, headers }, payload: await gather(body) };
        if (!(body instanceof Uint8Array)) {
          unread.abort();
          throw new WireError('invalidArgument', 'this answer is a stream; use api.stream');
        }
        return { head: { code, headers }, payload: body };
      },
    },
    stream: {
      'api.stream': async (stream, request, context) => {
        const gone = new AbortController();
        stream.signal.addEventListener('abort', () => gone.abort(), { once: true });
        const { code, headers, body } = await handler({
          ...callFrom(front, request, context),
          signal: gone.signal,
        });
        if (body instanceof Uint8Array) {
          stream.send({ head: { code, headers }, payload: body });
          return;
        }
        stream.send({ head: { code, headers }, payload: noBytes });
        await pump(stream, body);
      },
    },
  };
}

async function pump(
  stream: WireStream,
  body: Exclude<Awaited<ReturnType<ApiHandler>>['body'], Uint8Array>,
): Promise<void> {
  for await (const { bytes, trace } of body) {
    if (!stream.send({ head: null, payload: bytes }, { trace })) return;
    await stream.writable();
  }
}

function describe(method: string, { head, payload }: Message): { kind: string; key: string } {
  const field = (name: string): unknown =>
    typeof head === 'object' && head !== null ? Reflect.get(head, name) : undefined;
  const path = field('path');
  if (typeof path === 'string')
    return { kind: `${String(field('method'))}${method === 'api.stream' ? ' watch' : ''}`, key: path };
  if (method !== 'api.stream' || payload.byteLength === 0) return { kind: method, key: '' };
  return eventLabel(payload);
}

/** `watch MODIFIED`, `default/web`: from the beginning of the line. */
function eventLabel(payload: Uint8Array): { kind: string; key: string } {
  const text = Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.byteLength, 600)).toString();
  const type = /^\{"type":"(\w+)"/.exec(text)?.[1] ?? 'chunk';
  const kind = /"kind":"(\w+)"/.exec(text)?.[1] ?? '';
  const name = /"name":"([^"]+)"/.exec(text)?.[1] ?? '';
  return { kind: `watch ${type}`, key: `${kind}/${name}` };
}

function callFrom(
  front: { readonly world: World; readonly tracer: Tracer },
  message: Message,
  context: RequestContext,
): ApiCall {
  const head = isRecord(message.head) ? message.head : {};
  const method = methods.find((known) => known === head.method);
  if (method === undefined || typeof head.path !== 'string')
    throw new WireError('invalidArgument', 'method and path are wanted');
  const query: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(isRecord(head.query) ? head.query : {}))
    query[name] = [String(value)];
  const headers: Record<string, string> = { 'user-agent': `${context.from.replace(/-\d+$/, '')}/kubelab` };
  for (const [name, value] of Object.entries(isRecord(head.headers) ? head.headers : {}))
    headers[name.toLowerCase()] = String(value);
  const parsed: Query = query;
  return {
    method,
    path: head.path,
    query: parsed,
    headers,
    body: message.payload,
    user: userOf(context.peer),
    ...requestContext(context.trace, front),
    signal: context.signal,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { ApiError, type Status, statusErrors } from '@kubelab/api';
import {
  dialWire,
  type Message,
  noBytes,
  type StreamMessage,
  type WireClient,
  type WireContext,
  WireError,
} from '@kubelab/wire';
import type { Address, TlsMaterial } from '@kubelab/world';
import type { ApiRequest, ApiResponse, ApiStream, ApiTransport } from './transport.js';

const deadlineMsDefault = 10_000;
const retryDelayMs = 100;

/** The apiservers over packages/wire: one connection to one of them, another when it breaks. */
export function connectApiserver(
  context: WireContext,
  options: { readonly addresses: readonly Address[]; readonly tls: TlsMaterial },
): ApiTransport {
  const client = dialWire(context, { ...options, to: 'apiserver', describe: describeApiMessage });
  return {
    request: (request) => send(context, client, request),
    stream: (request) => open(client, request),
    close: () => client.close(),
  };
}

function messageOf({ method, path, query, headers, body }: ApiRequest): Message {
  return {
    head: { method, path, query: withoutAbsent(query), headers: headers ?? {} },
    payload: body ?? noBytes,
  };
}

function withoutAbsent(query: ApiRequest['query']): Record<string, string> {
  const entries = Object.entries(query ?? {}).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return Object.fromEntries(entries);
}

/** Reads are repeated until the deadline; writes only when they certainly did not happen. */
async function send({ world }: WireContext, client: WireClient, request: ApiRequest): Promise<ApiResponse> {
  const untilMs = world.clock.monotonicMs() + (request.deadlineMs ?? deadlineMsDefault);
  const isRead = request.method === 'GET';
  for (;;) {
    try {
      const deadlineMs = Math.max(1, untilMs - world.clock.monotonicMs());
      const { signal, trace } = request;
      const { head, payload } = await client.request('api.request', messageOf(request), {
        deadlineMs,
        signal,
        trace,
      });
      return { ...answerHead(head), body: payload };
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      const repeat = error.retryable || (isRead && error.code === 'unavailable');
      if (!repeat || world.clock.monotonicMs() + retryDelayMs >= untilMs || request.signal?.aborted === true)
        throw asApiError(error);
    }
    await world.timers.sleep(retryDelayMs);
  }
}

async function open(client: WireClient, request: ApiRequest): Promise<ApiStream> {
  const { signal, trace } = request;
  const stream = client.openStream('api.stream', messageOf(request), {
    deadlineMs: Number.POSITIVE_INFINITY,
    signal,
    trace,
  });
  const iterator = stream[Symbol.asyncIterator]();
  let first: IteratorResult<StreamMessage>;
  try {
    first = await iterator.next();
  } catch (error) {
    throw error instanceof WireError ? asApiError(error) : error;
  }
  if (first.done === true)
    throw statusErrors.serviceUnavailable('the apiserver ended the stream before it began');
  const { head, payload, trace: firstTrace } = first.value;
  const chunks = async function* () {
    if (payload.byteLength > 0) yield { bytes: payload, trace: firstTrace };
    try {
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        yield { bytes: next.value.payload, trace: next.value.trace };
    } catch (error) {
      throw error instanceof WireError ? asApiError(error) : error;
    }
  };
  return {
    ...answerHead(head),
    [Symbol.asyncIterator]: chunks,
    cancel: () => stream.fail(new WireError('canceled', 'the reader is done')),
  };
}

function answerHead(head: unknown): { code: number; headers: Record<string, string> } {
  const fields = typeof head === 'object' && head !== null ? head : {};
  const code: unknown = Reflect.get(fields, 'code');
  const headers: unknown = Reflect.get(fields, 'headers');
  if (typeof code !== 'number') throw statusErrors.internal('the apiserver answered without a code');
  return {
    code,
    headers:
      typeof headers === 'object' && headers !== null
        ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
        : {},
  };
}

function asApiError(error: WireError): ApiError {
  return new ApiError(statusOf(error), { cause: error });
}

function statusOf(error: WireError): Status {
  switch (error.code) {
    case 'deadlineExceeded':
      return statusErrors.timeout(error.message).status;
    case 'resourceExhausted':
      return statusErrors.tooManyRequests(error.message, 1).status;
    default:
      return statusErrors.serviceUnavailable(error.message).status;
  }
}

/**
 * A write that failed so may have been made all the same: its answer was lost on the way, or came too late. Whoever writes again must
 * first see what became of it.
 */
export function mayHaveHappened(error: ApiError): boolean {
  return error.cause instanceof WireError ? !error.cause.retryable : error.code === 504;
}

function describeApiMessage(method: string, { head }: Message): { kind: string; key: string } {
  if (typeof head !== 'object' || head === null) return { kind: method, key: '' };
  const path: unknown = Reflect.get(head, 'path');
  if (typeof path !== 'string') return { kind: method, key: '' };
  return {
    kind: `${String(Reflect.get(head, 'method'))}${method === 'api.stream' ? ' watch' : ''}`,
    key: path,
  };
}

import {
  ApiError,
  isKubeObject,
  type KindInfo,
  type KubeObject,
  objectPath,
  type Scale,
  type Status,
  statusErrors,
  type WatchEvent,
} from '@kubelab/api';
import type { Traceparent } from '@kubelab/telemetry';
import type { ApiRequest, ApiTransport } from './transport.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface CallContext {
  /** Of the event that caused this call: its trace goes on. */
  readonly trace?: Traceparent | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ListOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

export interface ListResult<T> {
  readonly items: T[];
  readonly resourceVersion: string;
}

export type PatchType = 'merge' | 'strategic' | 'json' | 'apply';
const patchTypes: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** A watch event with the trace of the write behind it. */
export type TracedEvent<T extends KubeObject> = WatchEvent<T> & { readonly trace: Traceparent | undefined };

/** Objects of one kind, in one cluster. Every call rejects with ApiError. */
export class KindClient<T extends KubeObject> {
  readonly kind: KindInfo;
  readonly #transport: ApiTransport;

  constructor(transport: ApiTransport, kind: KindInfo) {
    this.#transport = transport;
    this.kind = kind;
  }

  get(namespace: string | undefined, name: string, context?: CallContext): Promise<T> {
    return this.#object({ method: 'GET', path: objectPath(this.kind, namespace, name), ...context });
  }

  async list(options: ListOptions = {}, context?: CallContext): Promise<ListResult<T>> {
    const { namespace, labelSelector, fieldSelector, resourceVersion } = options;
    const value = await this.#call({
      method: 'GET',
      path: objectPath(this.kind, namespace),
      query: { labelSelector, fieldSelector, resourceVersion },
      deadlineMs: 30_000,
      ...context,
    });
    return this.#list(value);
  }

  create(object: T, context?: CallContext): Promise<T> {
    return this.#object({
      method: 'POST',
      path: objectPath(this.kind, object.metadata.namespace),
      body: encode(object),
      ...context,
    });
  }

  update(object: T, context?: CallContext): Promise<T> {
    return this.#put('', object, context);
  }

  updateStatus(object: T, context?: CallContext): Promise<T> {
    return this.#put('/status', object, context);
  }

  patch(
    target: { readonly namespace?: string | undefined; readonly name: string; readonly subresource?: string },
    type: PatchType,
    patch: unknown,
    context?: CallContext & { readonly fieldManager?: string; readonly force?: boolean },
  ): Promise<T> {
    const { fieldManager, force, ...rest } = context ?? {};
    const subresource = target.subresource === undefined ? '' : `/${target.subresource}`;
    return this.#object({
      method: 'PATCH',
      path: `${objectPath(this.kind, target.namespace, target.name)}${subresource}`,
      query: { fieldManager, force: force === undefined ? undefined : String(force) },
      headers: { 'content-type': patchTypes[type] },
      body: encode(patch),
      ...rest,
    });
  }

  async delete(
    target: { readonly namespace?: string | undefined; readonly name: string },
    options: {
      readonly gracePeriodSeconds?: number;
      readonly propagationPolicy?: string;
      readonly preconditions?: { readonly uid?: string | undefined };
    } = {},
    context?: CallContext,
  ): Promise<void> {
    await this.#call({
      method: 'DELETE',
      path: objectPath(this.kind, target.namespace, target.name),
      body: encode(options),
      ...context,
    });
  }

  /** POST to a subresource: binding, eviction, token. Gives the answer as it came. */
  async post(
    target: { readonly namespace?: string | undefined; readonly name: string },
    subresource: string,
    body: unknown,
    context?: CallContext,
  ): Promise<unknown> {
    return await this.#call({
      method: 'POST',
      path: `${objectPath(this.kind, target.namespace, target.name)}/${subresource}`,
      body: encode(body),
      ...context,
    });
  }

  /** PUT to a subresource other than status: finalize. */
  async put(
    target: { readonly namespace?: string | undefined; readonly name: string },
    subresource: string,
    body: unknown,
    context?: CallContext,
  ): Promise<void> {
    await this.#call({
      method: 'PUT',
      path: `${objectPath(this.kind, target.namespace, target.name)}/${subresource}`,
      body: encode(body),
      ...context,
    });
  }

  /**
   * Events after a resourceVersion, until the server ends the watch. An ERROR event is thrown as its
   * ApiError.
   */
  async *watch(options: ListOptions, signal: AbortSignal): AsyncGenerator<TracedEvent<T>> {
    const { namespace, labelSelector, fieldSelector, resourceVersion } = options;
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      labelSelector,
      fieldSelector,
      resourceVersion,
    };
    const stream = await this.#transport.stream({
      method: 'GET',
      path: objectPath(this.kind, namespace),
      query,
      signal,
    });
    let rest = '';
    for await (const { bytes, trace } of stream) {
      const lines = `${rest}${decoder.decode(bytes, { stream: true })}`.split('\n');
      rest = lines.pop() ?? '';
      if (stream.code >= 400) throw toApiError(stream.code, bytes);
      for (const line of lines) if (line !== '') yield this.#event(line, trace);
    }
  }

  #event(line: string, trace: Traceparent | undefined): TracedEvent<T> {
    const value: unknown = JSON.parse(line);
    if (!isEvent<T>(value)) throw statusErrors.internal('a watch event was not understood');
    if (value.type === 'ERROR') throw statusOf(value.object);
    return { ...value, trace };
  }

  #put(subresource: string, object: T, context?: CallContext): Promise<T> {
    const { namespace, name } = object.metadata;
    return this.#object({
      method: 'PUT',
      path: `${objectPath(this.kind, namespace, name)}${subresource}`,
      body: encode(object),
      ...context,
    });
  }

  async #object(request: ApiRequest): Promise<T> {
    const value = await this.#call(request);
    if (!this.#isMine(value))
      throw statusErrors.internal(
        `${request.method} ${request.path} answered with something else than a ${this.kind.kind}`,
      );
    return value;
  }

  #call(request: ApiRequest): Promise<unknown> {
    return send(this.#transport, request);
  }

  /** The apiserver answers with what was asked for: the kind's name stands for its type. */
  #isMine(value: unknown): value is T {
    return isKubeObject(value) && value.kind === this.kind.kind;
  }

  #list(value: unknown): ListResult<T> {
    const items: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, 'items') : undefined;
    const metadata: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, 'metadata') : undefined;
    if (!Array.isArray(items) || typeof metadata !== 'object' || metadata === null)
      throw statusErrors.internal('a list was not understood');
    return {
      items: items.filter((item) => this.#isMine(item)),
      resourceVersion: String(Reflect.get(metadata, 'resourceVersion')),
    };
  }
}

/** Clients by kind, over one transport. */
export class Client {
  readonly transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.transport = transport;
  }

  for<T extends KubeObject>(kind: KindInfo): KindClient<T> {
    return new KindClient<T>(this.transport, kind);
  }

  /** The subresource `scale` of an object. */
  async readScale(
    kind: KindInfo,
    namespace: string | undefined,
    name: string,
    context?: CallContext,
  ): Promise<Scale> {
    const path = `${objectPath(kind, namespace, name)}/scale`;
    return asScale(await send(this.transport, { method: 'GET', path, ...context }));
  }

  /** With the resourceVersion of what was read: who scaled in between is not overwritten. */
  async writeScale(kind: KindInfo, scale: Scale, context?: CallContext): Promise<Scale> {
    const { namespace, name } = scale.metadata;
    const path = `${objectPath(kind, namespace, name)}/scale`;
    return asScale(await send(this.transport, { method: 'PUT', path, body: encode(scale), ...context }));
  }

  /** A PodMetricsList of metrics.k8s.io; that API is aggregated, its kinds are in no table. */
  podMetrics(namespace: string, labelSelector: string, context?: CallContext): Promise<unknown> {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${encodeURIComponent(namespace)}/pods`;
    return send(this.transport, { method: 'GET', path, query: { labelSelector }, ...context });
  }
}

async function send(transport: ApiTransport, request: ApiRequest): Promise<unknown> {
  const { code, body } = await transport.request(request);
  if (code >= 400) throw toApiError(code, body);
  return JSON.parse(decoder.decode(body));
}

function asScale(value: unknown): Scale {
  if (!isScale(value)) throw statusErrors.internal('a scale was not understood');
  return value;
}

function isScale(value: unknown): value is Scale {
  return isKubeObject(value) && value.kind === 'Scale';
}

function encode(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

function toApiError(code: number, body: Uint8Array): ApiError {
  const text = decoder.decode(body);
  try {
    const value: unknown = JSON.parse(text);
    if (isStatus(value)) return new ApiError(value);
  } catch {
    // Not JSON: the text itself is the message.
  }
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: text,
    code,
  });
}

function statusOf(object: object): ApiError {
  if (isStatus(object)) return new ApiError(object);
  return statusErrors.internal('a watch ended with an error that was not understood');
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && Reflect.get(value, 'kind') === 'Status';
}

function isEvent<T extends KubeObject>(value: unknown): value is WatchEvent<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'type') === 'string' &&
    typeof Reflect.get(value, 'object') === 'object'
  );
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'NotFound';
}

export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'Conflict';
}

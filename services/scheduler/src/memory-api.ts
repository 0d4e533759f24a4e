import {
  findResource,
  isKubeObject,
  isObject,
  type KindInfo,
  type KubeObject,
  mergePatch,
  strategicMergePatch,
} from '@kubelab/api';
import type { ApiRequest, ApiResponse, ApiStream, ApiTransport } from '@kubelab/client';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Target {
  readonly kind: KindInfo;
  /** `default/web`; undefined for the collection. */
  readonly key: string | undefined;
  readonly subresource: string;
}

type Line = { readonly bytes: Uint8Array; readonly trace: undefined };

interface Watcher {
  readonly resource: string;
  tell(line: Line): void;
}

/**
 * As much of an apiserver as a scheduler needs, in memory, for tests and benchmarks: lists and watches of every
 * kind, bindings, patches, deletions. Nothing is defaulted, checked or refused but what is said here: a pod that is
 * not there is 404, one that has a node is 409. Pods that end leave at once, unless `terminate` says otherwise.
 */
export class MemoryApi implements ApiTransport {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #watchers = new Set<Watcher>();
  /** Requests that change something, as `POST pods/binding`, by how often. */
  readonly writes = new Map<string, number>();
  /** Events written: type, reason, object and message. */
  readonly events: { readonly reason: string; readonly name: string; readonly message: string }[] = [];
  /** Called for each write before it is done; an answer refuses it. */
  refuse: ((method: string, path: string) => number | undefined) | undefined;
  #revision = 1;

  /** Creates or replaces, and tells watchers. */
  put(resource: string, object: KubeObject): void {
    const objects = this.#of(resource);
    const key = keyIn(object);
    this.#revision += 1;
    const type = objects.has(key) ? 'MODIFIED' : 'ADDED';
    const metadata = { uid: `uid-${key}`, ...object.metadata, resourceVersion: String(this.#revision) };
    const stored = { ...object, metadata };
    objects.set(key, stored);
    this.#tell(resource, type, stored);
  }

  remove(resource: string, key: string): void {
    const object = this.#of(resource).get(key);
    if (object === undefined) return;
    this.#revision += 1;
    this.#of(resource).delete(key);
    const metadata = { ...object.metadata, resourceVersion: String(this.#revision) };
    this.#tell(resource, 'DELETED', { ...object, metadata });
  }

  get(resource: string, key: string): KubeObject | undefined {
    return this.#of(resource).get(key);
  }

  list(resource: string): KubeObject[] {
    return [...this.#of(resource).values()];
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    const target = parsePath(request.path);
    if (target === undefined) return failed(404, `no resource at ${request.path}`);
    if (request.method === 'GET') return this.#read(target);
    const name = `${request.method} ${target.kind.resource}${target.subresource === '' ? '' : `/${target.subresource}`}`;
    this.writes.set(name, (this.writes.get(name) ?? 0) + 1);
    const refused = this.refuse?.(request.method, request.path);
    if (refused !== undefined) return failed(refused, `refused: ${request.path}`);
    const body: unknown = request.body === undefined ? {} : JSON.parse(decoder.decode(request.body));
    return this.#write(request, target, isObject(body) ? body : {});
  }

  stream(request: ApiRequest): Promise<ApiStream> {
    const waiting: Line[] = [];
    let wake = () => {};
    const watcher: Watcher = {
      resource: parsePath(request.path)?.kind.resource ?? '',
      tell: (line) => {
        waiting.push(line);
        wake();
      },
    };
    this.#watchers.add(watcher);
    const { signal } = request;
    signal?.addEventListener('abort', () => wake(), { once: true });
    const watchers = this.#watchers;
    async function* chunks(): AsyncGenerator<Line> {
      while (signal?.aborted !== true) {
        for (const line of waiting.splice(0)) yield line;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (waiting.length > 0 || signal?.aborted === true) resolve();
        });
      }
      watchers.delete(watcher);
    }
    const lines = chunks();
    return Promise.resolve({
      code: 200,
      headers: {},
      cancel: () => wake(),
      [Symbol.asyncIterator]: () => lines,
    });
  }

  async close(): Promise<void> {}

  #of(resource: string): Map<string, KubeObject> {
    const known = this.#objects.get(resource);
    if (known !== undefined) return known;
    const objects = new Map<string, KubeObject>();
    this.#objects.set(resource, objects);
    return objects;
  }

  #tell(resource: string, type: string, object: KubeObject): void {
    const listening = [...this.#watchers].filter((watcher) => watcher.resource === resource);
    if (listening.length === 0) return;
    const line = { bytes: encoder.encode(`${JSON.stringify({ type, object })}\n`), trace: undefined };
    for (const watcher of listening) watcher.tell(line);
  }

  #read({ kind, key }: Target): ApiResponse {
    if (key === undefined)
      return answer(200, {
        metadata: { resourceVersion: String(this.#revision) },
        items: this.list(kind.resource),
      });
    const found = this.get(kind.resource, key);
    return found === undefined ? failed(404, `${kind.resource} "${key}" not found`) : answer(200, found);
  }

  #write(request: ApiRequest, target: Target, body: Record<string, unknown>): ApiResponse {
    const { kind, key = '', subresource } = target;
    if (request.method === 'POST' && subresource === '') {
      if (!isKubeObject(body)) return failed(400, 'not an object');
      if (kind.resource === 'events') this.#event(body);
      else this.put(kind.resource, body);
      return answer(201, body);
    }
    const found = this.get(kind.resource, key);
    if (found === undefined) return failed(404, `${kind.resource} "${key}" not found`);
    if (request.method === 'POST' && subresource === 'binding') return this.#bind(found, body);
    if (request.method === 'DELETE') {
      this.remove(kind.resource, key);
      return answer(200, { kind: 'Status', status: 'Success' });
    }
    const isStrategic = request.headers?.['content-type']?.includes('strategic') === true;
    const patched = isStrategic ? strategicMergePatch(kind.schema, found, body) : mergePatch(found, body);
    if (!isKubeObject(patched)) return failed(400, 'not an object');
    this.put(kind.resource, patched);
    return answer(200, patched);
  }

  #bind(pod: KubeObject, body: Record<string, unknown>): ApiResponse {
    const spec = isObject(pod.spec) ? pod.spec : {};
    const target = isObject(body.target) ? body.target : {};
    if (typeof spec.nodeName === 'string' && spec.nodeName !== '')
      return failed(409, `pod ${pod.metadata.name} is already assigned to node "${spec.nodeName}"`);
    const condition = { type: 'PodScheduled', status: 'True' };
    const status = { ...(isObject(pod.status) ? pod.status : {}), conditions: [condition] };
    this.put('pods', { ...pod, spec: { ...spec, nodeName: target.name }, status });
    return answer(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
  }

  #event(event: KubeObject): void {
    const about = isObject(event.involvedObject) ? event.involvedObject : {};
    this.events.push({
      reason: String(event.reason),
      name: String(about.name),
      message: String(event.message),
    });
  }
}

function keyIn({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** `/api/v1/namespaces/default/pods/web/binding` */
function parsePath(path: string): Target | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const [root, ...rest] = parts;
  const group = root === 'api' ? '' : (rest.shift() ?? '');
  const version = rest.shift() ?? '';
  const namespace = rest[0] === 'namespaces' && rest.length > 2 ? rest.splice(0, 2)[1] : undefined;
  const [resource = '', name, subresource = ''] = rest;
  const kind = findResource(group, version, resource);
  if (kind === undefined) return undefined;
  const key = name === undefined ? undefined : namespace === undefined ? name : `${namespace}/${name}`;
  return { kind, key, subresource };
}

function answer(code: number, value: unknown): ApiResponse {
  return { code, headers: {}, body: encoder.encode(JSON.stringify(value)) };
}

function failed(code: number, message: string): ApiResponse {
  const reason = code === 404 ? 'NotFound' : code === 409 ? 'Conflict' : 'InternalError';
  return answer(code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  });
}

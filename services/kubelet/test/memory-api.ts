import type { KubeObject } from '@kubelab/api';
import type { ApiRequest, ApiTransport } from '@kubelab/client';

const decoder = new TextDecoder();
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === 'object' && target !== null && !Array.isArray(target);
  const result: Record<string, unknown> = isObject ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

const kinds: Readonly<Record<string, string>> = {
  pods: 'Pod',
  nodes: 'Node',
  leases: 'Lease',
  events: 'Event',
  services: 'Service',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
};

interface StoredEvent {
  readonly revision: number;
  readonly plural: string;
  readonly line: Uint8Array;
}

/**
 * As much of an apiserver as kubelets in virtual time need, without a timer of its own: objects by path, lists, watches, merge
 * patches, deletions with their grace. No validation, no defaults.
 */
export class MemoryApi implements ApiTransport {
  readonly objects = new Map<string, KubeObject>();
  /** `PATCH /api/v1/...` of every call that writes. */
  readonly writes: string[] = [];
  /** Set to make calls fail as when no apiserver answers. */
  down = false;
  readonly #history: StoredEvent[] = [];
  readonly #watchers = new Set<(event: StoredEvent) => void>();
  #revision = 1;
  readonly #nowIso: () => string;

  constructor(nowIso: () => string) {
    this.#nowIso = nowIso;
  }

  get<T extends KubeObject>(path: string): T | undefined {
    // The path says the kind; tests ask for what they put there.
    return this.objects.get(path) as T | undefined;
  }

  list(plural: string): KubeObject[] {
    return [...this.objects].filter(([path]) => pluralOf(path) === plural).map(([, object]) => object);
  }

  put(path: string, object: object, type?: 'DELETED'): KubeObject {
    this.#revision += 1;
    const resourceVersion = String(this.#revision);
    const value = merged(object, { metadata: { resourceVersion } }) as KubeObject;
    const known = this.objects.has(path);
    if (type === 'DELETED') this.objects.delete(path);
    else this.objects.set(path, value);
    const line = encode({ type: type ?? (known ? 'MODIFIED' : 'ADDED'), object: value });
    const event = {
      revision: this.#revision,
      plural: pluralOf(path),
      line: new Uint8Array([...line, 10]),
    };
    this.#history.push(event);
    for (const watcher of this.#watchers) watcher(event);
    return value;
  }

  /** As `kubectl delete pod`: the kubelet has the last word. */
  remove(path: string, graceSeconds = 30): void {
    const object = this.objects.get(path);
    if (object === undefined) return;
    const deletion = { deletionTimestamp: this.#nowIso(), deletionGracePeriodSeconds: graceSeconds };
    this.put(path, merged(object, { metadata: deletion }) as object);
  }

  async request(request: ApiRequest) {
    const { method, path } = request;
    if (this.down) return this.#failure(503, 'ServiceUnavailable', 'no apiserver');
    const target = path.replace(/\/status$/, '');
    const known = this.objects.get(target);
    if (method !== 'GET') this.writes.push(`${method} ${path}`);
    if (method === 'GET' && known !== undefined) return this.#ok(known);
    if (method === 'GET' && path.split('/').at(-1) === pluralOf(`${path}/x`) && isPlural(path))
      return this.#ok({
        metadata: { resourceVersion: String(this.#revision) },
        items: this.list(path.split('/').at(-1) ?? ''),
      });
    if (method === 'POST') return this.#create(path, JSON.parse(decoder.decode(request.body)));
    if (known === undefined) return this.#failure(404, 'NotFound', `${path} not found`);
    if (method === 'PATCH') {
      const patch: unknown = JSON.parse(decoder.decode(request.body));
      return this.#ok(this.put(target, merged(known, patch) as object));
    }
    if (method === 'DELETE') {
      this.put(target, known, 'DELETED');
      return this.#ok({ kind: 'Status' });
    }
    return this.#failure(405, 'MethodNotAllowed', method);
  }

  #create(path: string, object: KubeObject) {
    const target = `${path}/${object.metadata.name}`;
    if (this.objects.has(target)) return this.#failure(409, 'AlreadyExists', target);
    return this.#ok(this.put(target, object));
  }

  #ok(value: object) {
    const plural = Reflect.get(value, 'kind') === undefined ? {} : value;
    const items: unknown = Reflect.get(value, 'items');
    return { code: 200, headers: {}, body: encode(items === undefined ? plural : value) };
  }

  #failure(code: number, reason: string, message: string) {
    const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', metadata: {} };
    return { code, headers: {}, body: encode({ ...status, message, reason, code }) };
  }

  async stream(request: ApiRequest) {
    const plural = request.path.split('/').at(-1) ?? '';
    const waiting: Uint8Array[] = [];
    let wake = () => {};
    const take = (event: StoredEvent) => {
      if (event.plural !== plural) return;
      waiting.push(event.line);
      wake();
    };
    const from = Number(request.query?.resourceVersion ?? 0);
    for (const event of this.#history) if (event.revision > from) take(event);
    this.#watchers.add(take);
    const { signal } = request;
    signal?.addEventListener('abort', () => wake(), { once: true });
    const chunks = async function* () {
      while (signal?.aborted !== true) {
        const bytes = waiting.shift();
        if (bytes !== undefined) yield { bytes, trace: undefined };
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    };
    return { code: 200, headers: {}, cancel: () => wake(), [Symbol.asyncIterator]: chunks };
  }

  async close(): Promise<void> {}
}

function isPlural(path: string): boolean {
  return kinds[path.split('/').at(-1) ?? ''] !== undefined;
}

/** `/api/v1/namespaces/default/pods/web` -> `pods` */
function pluralOf(path: string): string {
  return path.split('/').at(-2) ?? '';
}

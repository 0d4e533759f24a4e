import { tmpdir } from 'node:os';
import { type Pod, podKind, type WatchEvent } from '@kubelab/api';
import { type ApiRequest, type ApiTransport, Client, EventRecorder } from '@kubelab/client';
import { silentTelemetry } from '@kubelab/telemetry';
import { createRealWorld, type World } from '@kubelab/world';
import { LogTimes } from '../src/log-times.js';
import { Backoff } from '../src/pod/backoff.js';
import { PodSyncLoop } from '../src/pod/sync-loop.js';
import { ProcessRuntime } from '../src/runtime/process/runtime.js';

export const world = createRealWorld({ host: 'kubelet-test' });
const { log } = silentTelemetry(world, 'kubelet', 'test');
const decoder = new TextDecoder();
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

type Write = { readonly request: ApiRequest; readonly body: Record<string, unknown> };

/** As much of an apiserver as a kubelet's pods need: pods with status, no services, events taken. */
export class PodApi implements ApiTransport {
  readonly pods = new Map<string, Pod>();
  readonly writes: Write[] = [];
  readonly #history: {
    readonly revision: number;
    readonly line: Uint8Array;
    readonly trace: string | undefined;
  }[] = [];
  readonly #watchers = new Set<(line: Uint8Array, trace: string | undefined) => void>();
  #revision = 1;

  put(pod: Pod, trace?: string): void {
    this.#revision += 1;
    const key = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
    const type = this.pods.has(key) ? 'MODIFIED' : 'ADDED';
    const stored = { ...pod, metadata: { ...pod.metadata, resourceVersion: String(this.#revision) } };
    this.pods.set(key, stored);
    this.#tell({ type, object: stored }, trace);
  }

  pod(name: string): Pod | undefined {
    return this.pods.get(`/api/v1/namespaces/default/pods/${name}`);
  }

  /** Reasons of the events written so far. */
  events(): unknown[] {
    return this.writes.filter(({ body }) => body.kind === 'Event').map(({ body }) => body.reason);
  }

  #tell(event: WatchEvent<Pod>, trace: string | undefined): void {
    const line = new TextEncoder().encode(`${JSON.stringify(event)}\n`);
    this.#history.push({ revision: this.#revision, line, trace });
    for (const watcher of this.#watchers) watcher(line, trace);
  }

  async request(request: ApiRequest) {
    const { method, path } = request;
    const ok = (value: unknown) => ({ code: 200, headers: {}, body: encode(value) });
    if (method === 'GET') {
      const items = path === '/api/v1/pods' ? [...this.pods.values()] : [];
      return ok({ metadata: { resourceVersion: String(this.#revision) }, items });
    }
    const body: Record<string, unknown> = JSON.parse(decoder.decode(request.body));
    this.writes.push({ request, body });
    const target = path.replace(/\/status$/, '');
    const pod = this.pods.get(target);
    if (method === 'PATCH' && pod !== undefined) {
      const changed: Pod = { ...pod, ...body };
      this.put(changed, request.trace);
      return ok(changed);
    }
    if (method === 'DELETE' && pod !== undefined) {
      this.#revision += 1;
      this.pods.delete(target);
      this.#tell({ type: 'DELETED', object: pod }, request.trace);
      return ok({ kind: 'Status' });
    }
    return ok(body);
  }

  async stream(request: ApiRequest) {
    type Chunk = { readonly bytes: Uint8Array; readonly trace: string | undefined };
    const waiting: Chunk[] = [];
    let wake = () => {};
    const watcher = (bytes: Uint8Array, trace: string | undefined) => {
      waiting.push({ bytes, trace });
      wake();
    };
    if (request.path === '/api/v1/pods') {
      const from = Number(request.query?.resourceVersion ?? 0);
      for (const { revision, line, trace } of this.#history) if (revision > from) watcher(line, trace);
      this.#watchers.add(watcher);
    }
    const { signal } = request;
    signal?.addEventListener('abort', () => wake(), { once: true });
    const chunks = async function* (): AsyncGenerator<Chunk> {
      while (signal?.aborted !== true) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
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

export interface TestKubelet {
  readonly api: PodApi;
  readonly runtime: ProcessRuntime;
  readonly times: LogTimes;
  readonly loop: PodSyncLoop;
  stop(): Promise<void>;
  /** stop(); nothing of it goes on running, and the directory goes. */
  destroy(): Promise<void>;
}

/** Not t.testdir(), which goes before what runs in it. */
export const freshDirectory = () => `${tmpdir()}/kubelab-kubelet-${world.random.id(8)}`;

/** The part of a kubelet that runs pods, over a data directory that may hold an earlier one's. */
export async function startKubelet(directory: string, api: PodApi): Promise<TestKubelet> {
  await catalogue(world, `${directory}/images`);
  const runtime = await ProcessRuntime.open({
    world,
    log,
    dataDirectory: `${directory}/node`,
    imageDirectory: `${directory}/images`,
    podCidr: '127.64.77.0/24',
    nodeIp: '127.0.0.1',
    network: 'loopback',
    path: '/usr/local/bin:/usr/bin:/bin',
    nodePath: '/nonexistent/node',
    preloadPath: '/nonexistent/preload.cjs',
  });
  const client = new Client(api);
  const events = new EventRecorder({ world, log, client, component: 'kubelet', host: 'node-1' });
  const times = new LogTimes(world);
  const shared = { world, log, client, runtime, events, times };
  const backoff = new Backoff(10_000);
  const loop = new PodSyncLoop({
    ...shared,
    backoff,
    nodeName: 'node-1',
    nodeIp: '127.0.0.1',
    allocatable: { cpu: '2' },
    manifestDirectory: undefined,
  });
  loop.start();
  const stop = async () => {
    loop.stop();
    events.stop();
    await times.close();
  };
  const destroy = async () => {
    await stop();
    await world.timers.sleep(200); // For workers that are in the middle of a pod.
    for (const { id } of await runtime.ListPodSandbox()) await runtime.RemovePodSandbox(id);
    await world.disk.remove(directory);
  };
  return { api, runtime, times, loop, stop, destroy };
}

async function catalogue(of: World, directory: string): Promise<void> {
  await of.disk.makeDirectory(`${directory}/busybox`);
  const image = { entrypoint: ['sh'], env: {}, workingDir: '' };
  await of.disk.writeFileAtomic(`${directory}/busybox/image.json`, JSON.stringify(image));
}

/** A pod `default/NAME` of one container that runs a shell script. */
export function shellPod(name: string, script: string, more: object = {}, container: object = {}): Pod {
  const metadata = { name, namespace: 'default', uid: `uid-${name}` };
  const main = { name: 'main', image: 'busybox', command: ['sh', '-c', script], ...container };
  return {
    apiVersion: 'v1',
    kind: podKind.kind,
    metadata,
    spec: { nodeName: 'node-1', containers: [main], terminationGracePeriodSeconds: 3, ...more },
  };
}

export async function eventually<T>(what: string, look: () => T | undefined | false): Promise<T> {
  for (let attempt = 0; attempt < 320; attempt += 1) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await world.timers.sleep(25);
  }
  throw new Error(`never: ${what}`);
}

export const main = (pod: Pod | undefined) => pod?.status?.containerStatuses?.[0];

import { type Answer, type ApiCluster, sleep } from './server.js';

export interface ApiFigure {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What of it did not fit into a rate. */
  readonly note?: string;
}

export interface ApiRow {
  readonly name: string;
  measure(cluster: ApiCluster, seconds: number): Promise<ApiFigure>;
}

const namespace = '/api/v1/namespaces/bench';
const pods = `${namespace}/pods`;
const few = '/api/v1/namespaces/few/pods';
const configMaps = `${namespace}/configmaps`;
const podsMax = 10_000;
const watchersMax = 1_000;
const fanOutWrites = 20;
const merge = 'application/merge-patch+json';

function pod(name: string): object {
  const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } };
  const env = ['A', 'B', 'C', 'D'].map((letter) => ({ name: letter, value: `value-of-${letter}` }));
  const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 5 };
  const container = { name: 'c', image: 'example.com/app:v1', env, resources, readinessProbe: probe };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'bench', tier: `t${name.length}` } },
    spec: { containers: [container] },
  };
}

async function timed(work: Promise<Answer>, latencies: number[], expected = 200): Promise<Answer> {
  const startedMs = performance.now();
  const answer = await work;
  latencies.push(performance.now() - startedMs);
  if (answer.code !== expected) throw new Error(`${answer.code}: ${answer.body.toString().slice(0, 300)}`);
  return answer;
}

function figure(latencies: readonly number[], elapsedMs: number, note?: string): ApiFigure {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const perSecond = (latencies.length * 1000) / elapsedMs;
  return { perSecond, p50Ms: at(0.5), p99Ms: at(0.99), ...(note === undefined ? {} : { note }) };
}

/** `clients` callers, one call after the other each, until the time is up or `count` calls were made. */
async function load(
  clients: number,
  limit: { readonly seconds?: number; readonly count?: number },
  call: (n: number, latencies: number[]) => Promise<unknown>,
): Promise<ApiFigure> {
  const latencies: number[] = [];
  const startedMs = performance.now();
  const endMs = startedMs + (limit.seconds ?? 3_600) * 1000;
  let next = 0;
  const client = async () => {
    while (performance.now() < endMs && next < (limit.count ?? Number.POSITIVE_INFINITY)) {
      const mine = next;
      next += 1;
      await call(mine, latencies);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return figure(latencies, performance.now() - startedMs);
}

const any = (n: number) => `p-${(n * 7919) % podsMax}`;

/** In the order in which they run: the first ones make what the others read. */
export const apiRows: readonly ApiRow[] = [
  {
    name: 'create pod, 1 client',
    measure: async (cluster) => {
      for (const name of ['bench', 'few']) {
        await cluster.call('POST', '/api/v1/namespaces', { metadata: { name } });
        // Without controllers nobody makes the account that each pod needs.
        const account = { metadata: { name: 'default' } };
        await cluster.call('POST', `/api/v1/namespaces/${name}/serviceaccounts`, account);
      }
      return load(1, { count: 100 }, (n, latencies) =>
        timed(cluster.call('POST', few, pod(`p-${n}`)), latencies, 201),
      );
    },
  },
  {
    name: `create ${podsMax.toLocaleString('en-US')} pods, 32 clients`,
    measure: (cluster) =>
      load(32, { count: podsMax }, (n, latencies) =>
        timed(cluster.call('POST', pods, pod(`p-${n}`)), latencies, 201),
      ),
  },
  ...[1, 32].map(
    (clients): ApiRow => ({
      name: `get pod, ${clients} client${clients === 1 ? '' : 's'}`,
      measure: (cluster, seconds) =>
        load(clients, { seconds }, (n, latencies) =>
          timed(cluster.call('GET', `${pods}/${any(n)}`), latencies),
        ),
    }),
  ),
  {
    name: 'get pod from the cache (resourceVersion=0), 32 clients',
    measure: (cluster, seconds) =>
      load(32, { seconds }, (n, latencies) =>
        timed(cluster.call('GET', `${pods}/${any(n)}?resourceVersion=0`), latencies),
      ),
  },
  {
    name: 'list 100 pods, 8 clients',
    measure: (cluster, seconds) =>
      load(8, { seconds }, (_n, latencies) => timed(cluster.call('GET', few), latencies)),
  },
  {
    name: 'list 10,000 pods, 1 client',
    measure: async (cluster, seconds) => {
      let bytes = 0;
      const found = await load(1, { seconds: Math.max(3, seconds) }, async (_n, latencies) => {
        bytes = (await timed(cluster.call('GET', pods), latencies)).bytes;
      });
      return { ...found, note: `${(bytes / 2 ** 20).toFixed(1)} MiB each` };
    },
  },
  ...(['yaml', 'vnd.kubernetes.protobuf'] as const).map(
    (form): ApiRow => ({
      name: `list 10,000 pods as ${form}, 1 client`,
      measure: (cluster, seconds) =>
        load(1, { seconds }, (_n, latencies) =>
          timed(cluster.call('GET', pods, undefined, undefined, `application/${form}`), latencies),
        ),
    }),
  ),
  {
    name: 'list 10,000 pods at a revision (Exact), 1 client',
    measure: async (cluster, seconds) => {
      const { body } = await cluster.call('GET', `${pods}?limit=1`);
      const revision = /"resourceVersion":"(\d+)"/.exec(body.toString())?.[1] ?? '';
      return load(1, { seconds }, (_n, latencies) =>
        timed(
          cluster.call('GET', `${pods}?resourceVersion=${revision}&resourceVersionMatch=Exact`),
          latencies,
        ),
      );
    },
  },
  {
    name: 'list 10,000 pods in pages of 500, 1 client',
    measure: async (cluster) => {
      const all: number[] = [];
      const startedMs = performance.now();
      for (let token = ''; ; ) {
        const path = `${pods}?limit=500${token === '' ? '' : `&continue=${token}`}`;
        const { body } = await timed(cluster.call('GET', path), all);
        const next = /"continue":"([^"]+)"/.exec(body.subarray(0, 1_000).toString())?.[1];
        if (next === undefined) break;
        token = next;
      }
      return figure(all, performance.now() - startedMs, 'a page each');
    },
  },
  {
    name: 'patch pod (merge), 16 clients',
    measure: (cluster, seconds) =>
      load(16, { seconds }, (n, latencies) =>
        timed(
          cluster.call('PATCH', `${pods}/${any(n)}`, { metadata: { annotations: { n: String(n) } } }, merge),
          latencies,
        ),
      ),
  },
  {
    name: 'write to event, 1 watcher',
    measure: (cluster) => fanOut(cluster, 'one', 1, 200),
  },
  {
    name: `write to event, ${watchersMax.toLocaleString('en-US')} watchers`,
    measure: (cluster) => fanOut(cluster, 'many', watchersMax, fanOutWrites),
  },
];

/** From the moment a write is sent until each watcher has its event. The rate is that of events. */
async function fanOut(
  cluster: ApiCluster,
  name: string,
  watchers: number,
  writes: number,
): Promise<ApiFigure> {
  const latencies: number[] = [];
  let sentMs = 0;
  let received = 0;
  const path = `${configMaps}?watch=1&resourceVersion=0&labelSelector=fan=${name}`;
  const stops: (() => void)[] = [];
  for (let made = 0; made < watchers; made += 50) {
    const some = Array.from({ length: Math.min(50, watchers - made) }, () =>
      cluster.watch(path, () => {
        received += 1;
        latencies.push(performance.now() - sentMs);
      }),
    );
    stops.push(...(await Promise.all(some)));
  }
  await sleep(500);
  const startedMs = performance.now();
  for (let n = 0; n < writes; n += 1) {
    sentMs = performance.now();
    const labels = { fan: name };
    await cluster.call('POST', configMaps, {
      metadata: { name: `${name}-${n}`, labels },
      data: { n: String(n) },
    });
    while (received < (n + 1) * watchers) {
      if (performance.now() - sentMs > 20_000) throw new Error('an event never came');
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const elapsedMs = performance.now() - startedMs;
  for (const stop of stops) stop();
  await sleep(200);
  return figure(latencies, elapsedMs, 'events');
}

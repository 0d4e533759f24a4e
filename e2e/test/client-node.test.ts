import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import {
  ApiException,
  AppsV1Api,
  Attach,
  CoordinationV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Deployment,
  type V1Lease,
  V1MicroTime,
  type V1Status,
  Watch,
} from '@kubernetes/client-node';
import t from 'tap';
import { testCluster } from '../src/cluster.js';
import { curl } from '../src/http.js';
import { sleep, until } from '../src/run.js';

/** The official JavaScript client: none of its code is kubectl's or ours. */
const cluster = testCluster({ port: 19_243, nodes: 1 });
const config = new KubeConfig();
const namespace = 'default';
const patienceMs = 60_000;
const path = `/api/v1/namespaces/${namespace}/configmaps`;

t.teardown(() => cluster.remove());

t.test('a cluster', async () => {
  await cluster.up();
  await cluster.untilReady();
  config.loadFromFile(cluster.kubeconfig);
});

const core = () => config.makeApiClient(CoreV1Api);
const apps = () => config.makeApiClient(AppsV1Api);

/** What the server answered to a request that fails. */
async function refusal(request: Promise<unknown>): Promise<{ code: number; status: V1Status }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof ApiException) return { code: error.code, status: JSON.parse(String(error.body)) };
    throw error;
  }
  throw new Error('the request was granted');
}

const deployment: V1Deployment = {
  metadata: { name: 'web' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          { name: 'a', image: 'busybox' },
          { name: 'b', image: 'busybox' },
        ],
      },
    },
  },
};

t.test('create, read, list, replace, delete', async (t) => {
  const created = await core().createNamespacedConfigMap({
    namespace,
    body: { metadata: { name: 'cm', labels: { set: 'one' } }, data: { a: '1' } },
  });
  t.match(created, {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'cm', namespace },
    data: { a: '1' },
  });
  t.ok(created.metadata?.creationTimestamp instanceof Date);
  const { items, metadata } = await core().listNamespacedConfigMap({ namespace, labelSelector: 'set=one' });
  t.same(
    items.map((item) => item.metadata?.name),
    ['cm'],
  );
  t.match(metadata?.resourceVersion, /^\d+$/);
  const replaced = await core().replaceNamespacedConfigMap({
    namespace,
    name: 'cm',
    body: { ...created, data: { a: '2' } },
  });
  t.same(replaced.data, { a: '2' });
  const first = await core().listNamespacedConfigMap({ namespace, limit: 1 });
  const rest = await core().listNamespacedConfigMap({ namespace, _continue: first.metadata?._continue });
  t.equal(first.items.length, 1);
  t.equal(first.metadata?.remainingItemCount, rest.items.length);
  const gone = await core().deleteNamespacedConfigMap({ namespace, name: 'cm' });
  t.match(gone, { status: 'Success', details: { name: 'cm', kind: 'configmaps' } });
});

t.test('all four kinds of patch', async (t) => {
  await apps().createNamespacedDeployment({ namespace, body: deployment });
  const patch = (strategy: string, body: unknown) =>
    apps().patchNamespacedDeployment(
      { namespace, name: 'web', body, ...(strategy === PatchStrategy.ServerSideApply ? apply : {}) },
      setHeaderOptions('Content-Type', strategy),
    );
  const apply = { fieldManager: 'me', force: true };
  const images = (object: V1Deployment) =>
    object.spec?.template.spec?.containers.map(({ name, image }) => `${name} ${image}`);
  const json = await patch(PatchStrategy.JsonPatch, [
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'x' },
  ]);
  t.same(images(json), ['a x', 'b busybox']);
  const containers = [{ name: 'b', image: 'y' }];
  const strategic = await patch(PatchStrategy.StrategicMergePatch, {
    spec: { template: { spec: { containers } } },
  });
  t.same(images(strategic)?.sort(), ['a x', 'b y'], 'containers merge by name');
  const merge = await patch(PatchStrategy.MergePatch, { spec: { template: { spec: { containers } } } });
  t.same(images(merge), ['b y'], 'a list is replaced');
  const applied = await patch(PatchStrategy.ServerSideApply, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { by: 'me' } },
  });
  t.match(applied.metadata?.managedFields?.[0], {
    manager: 'me',
    operation: 'Apply',
    fieldsType: 'FieldsV1',
  });
  await apps().deleteNamespacedDeployment({ namespace, name: 'web', propagationPolicy: 'Foreground' });
});

t.test('objects of any kind, found by discovery', async (t) => {
  const objects = KubernetesObjectApi.makeApiClient(config);
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'any', namespace } };
  await objects.create(lease);
  const found = await objects.list<V1Lease>('coordination.k8s.io/v1', 'Lease', namespace);
  t.ok(found.items.some(({ metadata }) => metadata?.name === 'any'));
  t.match(await objects.patch({ ...lease, metadata: { ...lease.metadata, labels: { a: 'b' } } }), {
    metadata: { labels: { a: 'b' } },
  });
  await objects.delete(lease);
});

t.test('errors are Status objects with reason, code and causes', async (t) => {
  const body: V1ConfigMap = { metadata: { name: 'twice' } };
  const created = await core().createNamespacedConfigMap({ namespace, body });
  const exists = await refusal(core().createNamespacedConfigMap({ namespace, body }));
  t.match(exists, {
    code: 409,
    status: { reason: 'AlreadyExists', details: { name: 'twice', kind: 'configmaps' } },
  });
  await core().replaceNamespacedConfigMap({
    namespace,
    name: 'twice',
    body: { ...created, data: { a: '1' } },
  });
  const stale = await refusal(
    core().replaceNamespacedConfigMap({ namespace, name: 'twice', body: { ...created, data: { a: '2' } } }),
  );
  t.match(stale, { code: 409, status: { reason: 'Conflict', message: /the object has been modified/ } });
  const missing = await refusal(core().readNamespacedConfigMap({ namespace, name: 'nothing' }));
  t.match(missing, {
    code: 404,
    status: { reason: 'NotFound', message: 'configmaps "nothing" not found', details: { name: 'nothing' } },
  });
  const invalid = await refusal(
    core().createNamespacedPod({
      namespace,
      body: {
        metadata: { name: 'Bad' },
        spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 0 }] }] },
      },
    }),
  );
  t.equal(invalid.code, 422);
  t.equal(invalid.status.reason, 'Invalid');
  const causes = invalid.status.details?.causes ?? [];
  t.same(causes.map(({ field }) => field).sort(), [
    'metadata.name',
    'spec.containers[0].ports[0].containerPort',
  ]);
  const strict = await refusal(
    core().createNamespacedConfigMap({
      namespace,
      fieldValidation: 'Often',
      body: { metadata: { name: 'x' } },
    }),
  );
  t.match(strict, { status: { status: 'Failure' } });
});

/** ConfigMaps `PREFIX-0`, `PREFIX-1`, ... while somebody is killed: each is there in the end. */
async function writeWhile(prefix: string, count: number, kill: (round: number) => Promise<void>) {
  for (let round = 0; round < count; round += 1) {
    await kill(round);
    const name = `${prefix}-${round}`;
    await until(
      `${name} is written`,
      async () => {
        try {
          await core().createNamespacedConfigMap({
            namespace,
            body: { metadata: { name, labels: { set: prefix } } },
          });
        } catch (error) {
          // Its answer may have been lost with the apiserver.
          if (!(error instanceof ApiException) || error.code !== 409) throw error;
        }
        return true;
      },
      { timeoutMs: patienceMs },
    );
  }
}

/** The one and then, when it is back, the other. */
const killInTurn = async (round: number) => {
  if (round === 10) await cluster.kubelab('kill', 'apiserver-0');
  if (round !== 20) return;
  await cluster.untilReady();
  await cluster.kubelab('kill', 'apiserver-1');
};

t.test('an informer outlives its apiserver: nothing missed, nothing twice', async (t) => {
  const list = () => core().listNamespacedConfigMap({ namespace, labelSelector: 'set=seen' });
  const informer = makeInformer<V1ConfigMap>(config, path, list, 'set=seen');
  const added: string[] = [];
  const removed: string[] = [];
  let breaks = 0;
  let stopped = false;
  informer.on('add', ({ metadata }) => void added.push(metadata?.name ?? ''));
  informer.on('delete', ({ metadata }) => void removed.push(metadata?.name ?? ''));
  const start = (): Promise<unknown> => informer.start().catch(again);
  const again = async () => {
    breaks += 1;
    await sleep(50);
    return stopped ? undefined : start();
  };
  informer.on('error', () => void again());
  await start();
  await writeWhile('seen', 30, killInTurn);
  const names = Array.from({ length: 30 }, (_, index) => `seen-${index}`);
  const { items } = await list();
  t.same(items.map(({ metadata }) => metadata?.name).sort(), [...names].sort());
  await until('the informer has all', async () => informer.list().length === 30, { timeoutMs: patienceMs });
  t.same([...added].sort(), [...names].sort(), 'each once');
  t.same(removed, []);
  await core().deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'set=seen' });
  await until('the informer has none', async () => informer.list().length === 0, { timeoutMs: patienceMs });
  t.same([...removed].sort(), [...names].sort());
  stopped = true;
  await informer.stop();
  t.comment(`the watch broke ${breaks} times`);
});

interface WatchEnd {
  /** 410, as an answer or as an event: an apiserver that has just started remembers nothing so old. */
  readonly expired: boolean;
}

/** One watch, until it ends. */
function watchOnce(
  query: Record<string, string | boolean>,
  onObject: (phase: string, object: V1ConfigMap) => void,
  onController: (controller: AbortController) => void,
): Promise<WatchEnd> {
  return new Promise((done) => {
    let expired = false;
    const onEvent = (phase: string, object: V1ConfigMap & { code?: number }) => {
      if (phase === 'ERROR') expired = object.code === 410;
      else onObject(phase, object);
    };
    const onEnd = (error: unknown) =>
      done({ expired: expired || (error instanceof Error && Reflect.get(error, 'statusCode') === 410) });
    new Watch(config).watch(path, query, onEvent, onEnd).then(onController, onEnd);
  });
}

t.test('a watch goes on from the last resourceVersion that was seen, or from a new list', async (t) => {
  await cluster.untilReady();
  const labelSelector = 'set=resumed';
  const list = () => core().listNamespacedConfigMap({ namespace, labelSelector });
  let from = (await list()).metadata?.resourceVersion ?? '';
  const seen: string[] = [];
  let stopped = false;
  let current: AbortController | undefined;
  let breaks = 0;
  const relist = async () => {
    const { items, metadata } = await list();
    const version = (item: V1ConfigMap) => Number(item.metadata?.resourceVersion);
    const missed = items.filter((item) => version(item) > Number(from));
    for (const item of missed.sort((a, b) => version(a) - version(b))) seen.push(item.metadata?.name ?? '');
    from = metadata?.resourceVersion ?? '';
  };
  const follow = async () => {
    while (!stopped) {
      const { expired } = await watchOnce(
        { resourceVersion: from, allowWatchBookmarks: true, labelSelector },
        (phase, { metadata }) => {
          from = metadata?.resourceVersion ?? '';
          if (phase !== 'BOOKMARK') seen.push(metadata?.name ?? '');
        },
        (controller) => {
          current = controller;
          if (stopped) controller.abort();
        },
      );
      breaks += 1;
      // An apiserver that is killed at this moment fails the list as well: then again.
      if (expired) await relist().catch(() => undefined);
      await sleep(20);
    }
  };
  const following = follow();
  await writeWhile('resumed', 30, killInTurn);
  await until('all are seen', async () => seen.length >= 30, { timeoutMs: patienceMs }).finally(() => {
    stopped = true;
    current?.abort();
  });
  await following;
  const names = Array.from({ length: 30 }, (_, index) => `resumed-${index}`);
  t.same(seen, names, 'in order, without gap and without repetition');
  t.ok(breaks >= 2, 'and it broke');
});

t.test('a Lease elects one leader, and another when it falls silent', async (t) => {
  await cluster.untilReady();
  const leases = config.makeApiClient(CoordinationV1Api);
  const name = 'elected';
  const body = (holderIdentity: string) => ({
    metadata: { name },
    spec: { holderIdentity, leaseDurationSeconds: 1, renewTime: new V1MicroTime(Date.now()) },
  });
  const tries = await Promise.allSettled(
    ['a', 'b', 'c'].map((who) => leases.createNamespacedLease({ namespace, body: body(who) })),
  );
  t.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1, 'one of three that begin at once');
  const first = await leases.readNamespacedLease({ namespace, name });
  const leader = first.spec?.holderIdentity;
  await sleep(1_100);
  t.ok(new Date(String(first.spec?.renewTime)).getTime() + 1_000 < Date.now(), 'it has expired');
  const takeOver = (who: string) =>
    leases.replaceNamespacedLease({
      namespace,
      name,
      body: { ...first, spec: { ...body(who).spec, leaseTransitions: 1 } },
    });
  const others = ['a', 'b', 'c'].filter((who) => who !== leader);
  const taken = await Promise.allSettled(others.map(takeOver));
  t.equal(taken.filter(({ status }) => status === 'fulfilled').length, 1, 'one of two that saw it expire');
  const renewal = await refusal(
    leases.replaceNamespacedLease({ namespace, name, body: { ...first, spec: body(String(leader)).spec } }),
  );
  t.equal(renewal.code, 409, 'who was leader learns that it is no more');
  const now = await leases.readNamespacedLease({ namespace, name });
  t.ok(others.includes(now.spec?.holderIdentity ?? ''));
  t.equal(now.spec?.leaseTransitions, 1);
});

/** What a stream has said so far. */
function collected(stream: PassThrough): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

t.test('exec, attach, logs and ports of a pod', async (t) => {
  const script = 'while read line; do echo "got $line"; done';
  await core().createNamespacedPod({
    namespace,
    body: {
      metadata: { name: 'box' },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [
          { name: 'web', image: 'kubelab/echo', ports: [{ containerPort: 8080 }] },
          { name: 'side', image: 'busybox', stdin: true, args: ['-c', `echo begin; ${script}`] },
        ],
      },
    },
  });
  await until(
    'the pod runs',
    async () => (await core().readNamespacedPod({ namespace, name: 'box' })).status?.phase === 'Running',
    { timeoutMs: patienceMs },
  );
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const [out, err] = [collected(stdout), collected(stderr)];
  const status = await new Promise<V1Status>((done, failed) => {
    const command = ['sh', '-c', 'read line; echo "out $line"; echo err >&2; exit 7'];
    new Exec(config).exec(namespace, 'box', 'web', command, stdout, stderr, stdin, false, done).catch(failed);
    stdin.write('in\n');
  });
  t.match(status, { status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ message: '7' }] } });
  t.equal(out(), 'out in\n');
  t.equal(err(), 'err\n');

  const logs = new PassThrough();
  const said = collected(logs);
  const following = await new Log(config).log(namespace, 'box', 'side', logs, { follow: true });
  await until('the log begins', async () => said().includes('begin'), { timeoutMs: patienceMs });
  const [heard, typed] = [new PassThrough(), new PassThrough()];
  const text = collected(heard);
  const attached = await new Attach(config).attach(namespace, 'box', 'side', heard, null, typed, false);
  typed.write('hello\n');
  await until('the container answers', async () => text().includes('got hello'), { timeoutMs: patienceMs });
  await until('the log goes on', async () => said().includes('got hello'), { timeoutMs: patienceMs });
  attached.close();
  following.abort();

  const forward = new PortForward(config);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    forward.portForward(namespace, 'box', [8080], socket, null, socket).catch(() => socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const answer = await curl(`http://127.0.0.1:${port}/path`, patienceMs);
  t.equal(answer.code, 200);
  t.equal(JSON.parse(answer.body).pod, 'box');
  server.close();
  await core().deleteNamespacedPod({ namespace, name: 'box', gracePeriodSeconds: 0 });
});

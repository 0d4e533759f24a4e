import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import {
  type Cluster,
  ClusterOptionError,
  type Kubeconfig,
  type StartOptions,
  startCluster,
} from '../src/index.js';

interface Answer {
  readonly code: number;
  readonly body: unknown;
}

function call(
  cluster: Cluster,
  method: string,
  path: string,
  body?: object,
  who = cluster.kubeconfig,
): Promise<Answer> {
  const [user] = who.object.users;
  const decode = (data: string | undefined) => Buffer.from(data ?? '', 'base64');
  return new Promise((resolve, reject) => {
    const sent = request(
      cluster.url + path,
      {
        ...{ method, ca: cluster.caPem, agent: false, headers: { 'content-type': 'application/json' } },
        ...{ cert: decode(user?.certData), key: decode(user?.keyData) },
      },
      (response) => {
        text(response).then(
          (body) => resolve({ code: response.statusCode ?? 0, body: JSON.parse(body) }),
          (error: unknown) => reject(error),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`never: ${what}`);
}

const items = (body: unknown): unknown[] => {
  const found: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'items') : undefined;
  return Array.isArray(found) ? found : [];
};

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'pause' }] } };
const deployment = {
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: { a: 'b' } }, template },
};
const pods = '/api/v1/namespaces/default/pods';

/** What of this kind of thing the process holds open. */
const held = () =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => /TCP|TLS|Server|Timeout|Immediate|Process/.test(kind))
    .sort();

t.test('a cluster has controllers, and what it wrote and opened is gone after stop()', async (t) => {
  const parent = mkdtempSync(join(tmpdir(), 'kubelab-library-'));
  t.teardown(() => rmSync(parent, { recursive: true, force: true }));
  const before = held();
  const cluster = await startCluster({ directory: parent, name: 'one' });
  const { path, object, text: yaml } = cluster.kubeconfig;
  t.equal(readFileSync(path, 'utf8'), yaml);
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.equal(object.clusters[0]?.server, cluster.url);
  t.match(yaml, `server: ${cluster.url}`);
  t.equal(
    (await call(cluster, 'POST', '/apis/apps/v1/namespaces/default/deployments', deployment)).code,
    201,
  );
  await eventually('two pods', async () =>
    items((await call(cluster, 'GET', pods)).body).length === 2 ? true : undefined,
  );
  // A watch that nobody ends, and a connection that says nothing.
  const watch = call(cluster, 'GET', `${pods}?watch=true`).then(
    () => 'ended',
    () => 'cut',
  );
  t.equal((await call(cluster, 'GET', '/api/v1/namespaces/default/serviceaccounts/default')).code, 200);
  await cluster.stop();
  await cluster.stop();
  t.match(await watch, /ended|cut/);
  t.strictSame(readdirSync(parent), [], 'no file');
  await eventually('nothing held', async () => (held().join() === before.join() ? true : undefined)).catch(
    () => {},
  );
  t.strictSame(held(), before, 'no handle');
  await t.rejects(call(cluster, 'GET', '/version'), 'nobody listens');
});

t.test('many side by side know nothing of each other', async (t) => {
  const clusters = await Promise.all(Array.from({ length: 4 }, () => startCluster({ scheduler: false })));
  t.teardown(() => Promise.all(clusters.map((cluster) => cluster.stop())));
  t.equal(new Set(clusters.map(({ url }) => url)).size, 4);
  for (const [index, cluster] of clusters.entries()) {
    const made = await call(cluster, 'POST', '/api/v1/namespaces', { metadata: { name: `of-${index}` } });
    t.equal(made.code, 201);
  }
  for (const cluster of clusters)
    t.equal(
      items((await call(cluster, 'GET', '/api/v1/namespaces')).body).length,
      5,
      'four of its own and one',
    );
  const [one, two] = clusters;
  if (one === undefined || two === undefined) throw new Error('not started');
  const stranger: Kubeconfig = two.kubeconfig;
  t.equal(
    (await call(one, 'GET', '/api/v1/namespaces', undefined, stranger)).code,
    401,
    "another's certificate",
  );
});

t.test('somebody else is who the kubeconfig says, and may what RBAC says', async (t) => {
  const cluster = await startCluster({ controllers: false, scheduler: false });
  t.teardown(() => cluster.stop());
  const jane = await cluster.kubeconfigFor({ user: 'jane: x', groups: ['devs'] });
  t.equal((await call(cluster, 'GET', pods, undefined, jane)).code, 403);
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
  const subjects = [{ kind: 'Group', name: 'devs', apiGroup: 'rbac.authorization.k8s.io' }];
  const rbac = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
  await call(cluster, 'POST', rbac, { metadata: { name: 'devs' }, roleRef, subjects });
  await eventually('jane may read', async () =>
    (await call(cluster, 'GET', pods, undefined, jane)).code === 200 ? true : undefined,
  );
  t.equal((await call(cluster, 'DELETE', `${pods}/x`, undefined, jane)).code, 403);
  const self = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  t.match((await call(cluster, 'POST', self, {}, jane)).body, {
    status: { userInfo: { username: 'jane: x' } },
  });
  await t.rejects(cluster.kubeconfigFor({ user: '' }), ClusterOptionError);
  await t.rejects(cluster.kubeconfigFor({ user: 'a\nb' }), ClusterOptionError);
});

t.test('without controllers nothing becomes of a Deployment', async (t) => {
  const cluster = await startCluster({ controllers: ['replicaset'], scheduler: false });
  t.teardown(() => cluster.stop());
  await call(cluster, 'POST', '/apis/apps/v1/namespaces/default/deployments', deployment);
  t.strictSame(items((await call(cluster, 'GET', '/apis/apps/v1/replicasets')).body), []);
});

t.test('a node runs pods; stop() ends their processes', async (t) => {
  const before = held();
  const cluster = await startCluster({ nodes: 1, name: 'noded' });
  t.teardown(() => cluster.stop());
  const folder = join(cluster.kubeconfig.path, '..');
  const made = await call(cluster, 'POST', pods, { ...template, metadata: { name: 'p' } });
  t.equal(made.code, 201, JSON.stringify(made.body));
  await eventually('running', async () => {
    const { body } = await call(cluster, 'GET', `${pods}/p`);
    return JSON.stringify(body).includes('"phase":"Running"') ? true : undefined;
  });
  const files = readdirSync(folder, { recursive: true }).map(String);
  const containers = files.filter((file) => file.endsWith('container.json'));
  const pids = containers.map((file) => {
    const { process: of }: { process: { pid: number } } = JSON.parse(
      readFileSync(join(folder, file), 'utf8'),
    );
    return of.pid;
  });
  t.equal(pids.length, 1);
  const lives = (pid: number) =>
    existsSync(`/proc/${pid}`) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  t.ok(pids.every(lives));
  await cluster.stop();
  t.notOk(pids.some(lives), 'no process');
  t.notOk(existsSync(folder), 'no file');
  t.strictSame(held(), before, 'no handle');
});

/** What it is given, and what it says. */
const refused: readonly (readonly [object, RegExp])[] = [
  [{ nodes: -1 }, /^nodes must be a whole number from 0 to 20, not -1$/],
  [{ nodes: 21 }, /^nodes must be a whole number from 0 to 20, not 21$/],
  [{ nodes: 1.5 }, /^nodes must be/],
  [{ nodes: '1' }, /^nodes must be a whole number from 0 to 20, not '1'$/],
  [{ port: 65_536 }, /^port must be a whole number from 0 to 65535, not 65536$/],
  [{ name: 'Not A Label' }, /^name must be a DNS label/],
  [{ name: '' }, /^name must be/],
  [{ logLevel: 'loud' }, /^logLevel must be one of debug, info, warn, error, silent, not 'loud'$/],
  [{ scheduler: 'yes' }, /^scheduler must be true or false, not 'yes'$/],
  [
    { controllers: ['deployments'] },
    /^controllers must be true, false, or names out of deployment, .*, not 'deployments'$/,
  ],
  [{ controllers: 'all' }, /^controllers must be/],
  [{ readyTimeoutMs: 1 }, /^readyTimeoutMs must be a whole number from 100 to 600000, not 1$/],
  [{ directory: '' }, /^directory must be the path of a folder, not ''$/],
  [{ directory: '/proc/none' }, /^directory must be a folder that can be written to: /],
  [{ kubelets: 2 }, /^there is no option 'kubelets'; there are: name, nodes, /],
];

for (const [options, message] of refused) {
  t.test(`an option that makes no sense: ${JSON.stringify(options)}`, async (t) => {
    const given: StartOptions = options;
    await t.rejects(startCluster(given), { name: 'ClusterOptionError', message });
  });
}

t.test('a port that is taken is named, and nothing is left', async (t) => {
  const parent = mkdtempSync(join(tmpdir(), 'kubelab-library-'));
  t.teardown(() => rmSync(parent, { recursive: true, force: true }));
  const cluster = await startCluster({ controllers: false, scheduler: false });
  t.teardown(() => cluster.stop());
  const port = Number(new URL(cluster.url).port);
  await t.rejects(startCluster({ port, directory: parent }), {
    code: 'addressInUse',
    message: new RegExp(`${port}`),
  });
  t.strictSame(readdirSync(parent), []);
});

import t from 'tap';
import { type Answer, readyServer } from './harness.js';

const pods = '/api/v1/namespaces/default/pods';
const configMaps = '/api/v1/namespaces/default/configmaps';
const services = '/api/v1/namespaces/default/services';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

const pod = (name: string, more: object = {}) => ({
  metadata: { name, ...more },
  spec: { containers: [{ name: 'c', image: 'nginx:1' }] },
});
const deployment = (name: string) => ({
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: pod(name).spec },
  },
});
const service = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { ports: [{ port: 80 }], ...spec },
});
const failed = (answer: Answer) => ({
  code: answer.code,
  reason: answer.at('reason'),
  message: answer.at('message'),
});

t.test('objects', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;
  const merge = { 'content-type': 'application/merge-patch+json' };

  t.test('create fills in what the server knows, and refuses a name twice', async (t) => {
    const made = await call('POST', configMaps, { body: { metadata: { name: 'a' }, data: { x: '1' } } });
    t.equal(made.code, 201);
    t.match(made.json, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'default', name: 'a' },
    });
    t.match(made.at('metadata.uid'), /^[0-9a-f-]{36}$/);
    t.match(made.at('metadata.creationTimestamp'), /Z$/);
    t.match(made.at('metadata.resourceVersion'), /^\d+$/);
    const again = await call('POST', configMaps, { body: { metadata: { name: 'a' } } });
    t.match(failed(again), { code: 409, reason: 'AlreadyExists', message: 'configmaps "a" already exists' });
    const generated = await call('POST', configMaps, { body: { metadata: { generateName: 'gen-' } } });
    t.match(generated.at('metadata.name'), /^gen-[a-z0-9]{5}$/);
  });

  t.test('identical writes write nothing', async (t) => {
    const before = await call('GET', `${configMaps}/a`);
    const put = await call('PUT', `${configMaps}/a`, { body: before.json });
    const patched = await call('PATCH', `${configMaps}/a`, { body: { data: { x: '1' } }, headers: merge });
    const wanted = before.at('metadata.resourceVersion');
    t.same(
      [put, patched].map((one) => one.at('metadata.resourceVersion')),
      [wanted, wanted],
    );
  });

  t.test('a write over an old resourceVersion is a conflict; one without any wins', async (t) => {
    const body = { metadata: { name: 'a', resourceVersion: '1' }, data: { x: '2' } };
    const old = await call('PUT', `${configMaps}/a`, { body });
    t.match(failed(old), { code: 409, reason: 'Conflict', message: /the object has been modified/ });
    const free = await call('PUT', `${configMaps}/a`, {
      body: { metadata: { name: 'a' }, data: { x: '2' } },
    });
    t.equal(free.at('data.x'), '2');
  });

  t.test('a patch that races with another writer is made again on what that one wrote', async (t) => {
    let raced = false;
    server.store.beforeTxn = async (request) => {
      const key = Buffer.from(request.success[0]?.type === 'put' ? request.success[0].key : []).toString();
      if (raced || key !== '/registry/core/configmaps/default/a') return;
      raced = true;
      await call('PATCH', `${configMaps}/a`, { body: { data: { other: '1' } }, headers: merge });
    };
    const patched = await call('PATCH', `${configMaps}/a`, { body: { data: { mine: '1' } }, headers: merge });
    server.store.beforeTxn = () => undefined;
    t.ok(raced);
    t.match(patched.at('data'), { mine: '1', other: '1' });
  });

  t.test('dryRun goes all the way but for the write', async (t) => {
    const query = { dryRun: 'All' };
    const made = await call('POST', configMaps, { body: { metadata: { name: 'dry' } }, query });
    t.equal(made.code, 201);
    t.match(made.at('metadata.uid'), /./);
    t.equal((await call('GET', `${configMaps}/dry`)).code, 404);
  });

  t.test('generation counts changes of the spec, status is written through /status only', async (t) => {
    await call('POST', deployments, { body: deployment('web') });
    const patch = (path: string, body: object) =>
      call('PATCH', `${deployments}/web${path}`, { body, headers: merge });
    t.equal((await patch('', { metadata: { labels: { a: 'b' } } })).at('metadata.generation'), 1);
    t.equal((await patch('', { spec: { replicas: 2 } })).at('metadata.generation'), 2);
    t.equal((await patch('', { status: { replicas: 7 } })).at('status.replicas'), undefined);
    const status = await patch('/status', { spec: { replicas: 9 }, status: { replicas: 7 } });
    t.match(status.json, { metadata: { generation: 2 }, spec: { replicas: 2 }, status: { replicas: 7 } });
    const scaled = await call('PATCH', `${deployments}/web/scale`, {
      body: { spec: { replicas: 5 } },
      headers: merge,
    });
    t.match(scaled.json, { kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 5 } });
  });

  t.test('what finalizers hold stays until the last is taken away', async (t) => {
    const body = { metadata: { name: 'held', finalizers: ['example.com/wait'] } };
    await call('POST', configMaps, { body });
    const deleted = await call('DELETE', `${configMaps}/held`);
    t.match(deleted.at('metadata.deletionTimestamp'), /Z$/);
    t.equal((await call('GET', `${configMaps}/held`)).code, 200);
    const added = await call('PATCH', `${configMaps}/held`, {
      body: { metadata: { finalizers: ['example.com/wait', 'example.com/more'] } },
      headers: merge,
    });
    t.equal(added.code, 422);
    await call('PATCH', `${configMaps}/held`, { body: { metadata: { finalizers: null } }, headers: merge });
    t.equal((await call('GET', `${configMaps}/held`)).code, 404);
  });

  t.test('propagation policies become finalizers, preconditions are kept', async (t) => {
    await call('POST', configMaps, { body: { metadata: { name: 'owner' } } });
    const wrong = await call('DELETE', `${configMaps}/owner`, { body: { preconditions: { uid: 'other' } } });
    t.match(failed(wrong), { code: 409, message: /the UID in the precondition \(other\) does not match/ });
    const deleted = await call('DELETE', `${configMaps}/owner`, {
      body: { propagationPolicy: 'Foreground' },
    });
    t.same(deleted.at('metadata.finalizers'), ['foregroundDeletion']);
  });

  t.test('a pod with a node goes gracefully, one without at once', async (t) => {
    await call('POST', pods, { body: pod('unbound') });
    await call('DELETE', `${pods}/unbound`);
    t.equal((await call('GET', `${pods}/unbound`)).code, 404);
    await call('POST', pods, { body: pod('bound') });
    const target = { target: { kind: 'Node', name: 'node-1' } };
    t.equal((await call('POST', `${pods}/bound/binding`, { body: target })).code, 201);
    t.equal((await call('POST', `${pods}/bound/binding`, { body: target })).code, 409);
    const deleted = await call('DELETE', `${pods}/bound`);
    t.equal(deleted.at('metadata.deletionGracePeriodSeconds'), 30);
    await call('DELETE', `${pods}/bound`, { body: { gracePeriodSeconds: 0 } });
    t.equal((await call('GET', `${pods}/bound`)).code, 404);
  });

  t.test('admission: tolerations, priority, service account, namespaces', async (t) => {
    const made = await call('POST', pods, { body: pod('admitted') });
    t.match(made.at('spec'), { serviceAccountName: 'default', priority: 0, enableServiceLinks: true });
    t.match(made.at('spec.tolerations.0'), { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' });
    const own = { key: 'x', operator: 'Exists' };
    for (const code of [201, 200]) {
      const applied = await call('PATCH', `${pods}/applied`, {
        body: { ...pod('applied'), spec: { tolerations: [own], containers: [{ name: 'c', image: 'i' }] } },
        query: { fieldManager: 'm' },
        headers: { 'content-type': 'application/apply-patch+yaml' },
      });
      t.equal(applied.code, code, 'an applied list of tolerations may be applied again');
      t.match(applied.at('spec.tolerations'), [own, {}, { key: 'node.kubernetes.io/unreachable' }]);
    }
    const absent = await call('POST', '/api/v1/namespaces/absent/pods', { body: pod('x') });
    t.match(failed(absent), { code: 404, message: 'namespaces "absent" not found' });
    t.equal((await call('DELETE', '/api/v1/namespaces/default')).code, 403);
  });

  t.test('addresses and node ports are given once, kept by updates and freed by deletion', async (t) => {
    const made = await call('POST', services, { body: service('one', { type: 'NodePort' }) });
    const [ip, port] = [made.at('spec.clusterIP'), made.at('spec.ports.0.nodePort')];
    t.match(ip, /^127\.96\./);
    const same = await call('POST', services, { body: service('two', { clusterIP: ip }) });
    t.match(failed(same), { code: 422, message: /provided IP is already allocated/ });
    const put = await call('PUT', `${services}/one`, {
      body: service('one', { type: 'NodePort', selector: { a: 'b' } }),
    });
    t.same([put.at('spec.clusterIP'), put.at('spec.ports.0.nodePort')], [ip, port]);
    await call('DELETE', `${services}/one`);
    const freed = await call('POST', services, { body: service('two', { clusterIP: ip }) });
    t.equal(freed.code, 201);
  });

  t.test('verbs that a resource does not have, and paths that are none', async (t) => {
    t.equal((await call('POST', `${pods}/x`, { body: pod('x') })).code, 405);
    t.equal((await call('DELETE', '/api/v1/pods')).code, 405);
    t.equal((await call('GET', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews')).code, 405);
    t.equal((await call('GET', '/api/v1/namespaces/default/nodes')).code, 404);
    t.match(failed(await call('GET', '/apis/none.example/v1/things')), { code: 404, reason: 'NotFound' });
    t.equal((await call('GET', '/none')).text, '404 page not found\n');
    t.equal((await call('GET', pods, { headers: { accept: 'text/html' } })).code, 406);
    t.equal(
      (await call('POST', pods, { body: pod('x'), headers: { 'content-type': 'text/plain' } })).code,
      415,
    );
    t.equal((await call('POST', pods, { body: new Uint8Array(3 * 2 ** 20 + 1) })).code, 413);
  });

  t.test("a log's options are checked before the kubelet is asked", async (t) => {
    const log = '/api/v1/namespaces/default/pods/none/log';
    const refusal = async (query: Record<string, string>) => {
      const answer = await call('GET', log, { query });
      return [answer.code, answer.at('message')];
    };
    const invalid = (text: string) => [422, `PodLogOptions "none" is invalid: ${text}`];
    t.same(
      await refusal({ limitBytes: '0' }),
      invalid('limitBytes: Invalid value: 0: must be greater than 0'),
    );
    const tail = await refusal({ tailLines: '-1' });
    t.same(tail, invalid('tailLines: Invalid value: -1: must be greater than or equal to 0'));
    const both = await refusal({ sinceSeconds: '1', sinceTime: '2026-01-02T03:04:05Z' });
    t.equal(both[0], 422);
    t.match(both[1], /at most one of `sinceTime` or `sinceSeconds` may be specified/);
    t.equal((await refusal({ sinceTime: 'x' }))[0], 400);
    t.equal((await refusal({ tailLines: '1' }))[0], 404);
  });

  t.test('a namespace keeps its finalizers until finalize takes them away, and is gone then', async (t) => {
    const path = '/api/v1/namespaces/passing';
    await call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'passing' } } });
    const updated = await call('PATCH', path, { body: { spec: { finalizers: [] } }, headers: merge });
    t.same(updated.at('spec.finalizers'), ['kubernetes']);
    t.equal((await call('DELETE', path)).at('status.phase'), 'Terminating');
    const finalize = { body: { metadata: { name: 'passing' }, spec: { finalizers: [] } } };
    t.equal((await call('PUT', `${path}/finalize`, finalize)).code, 200);
    t.equal((await call('GET', path)).code, 404);
  });

  t.test('unknown fields: refused, warned of, or ignored, as asked', async (t) => {
    const body = { ...pod('strict'), spec: { ...pod('').spec, foo: 1 } };
    const strict = await call('POST', pods, { body, query: { fieldValidation: 'Strict', dryRun: 'All' } });
    t.match(failed(strict), { code: 400, message: /strict decoding error: unknown field "spec.foo"/ });
    const warned = await call('POST', pods, { body, query: { dryRun: 'All' } });
    t.match(warned.headers.warning, '299 - "unknown field \\"spec.foo\\""');
  });
});

t.test('two apiservers over one store do not give one address twice', async (t) => {
  const first = await readyServer();
  const second = await readyServer(first.store, 'apiserver-1');
  t.teardown(() => Promise.all([first.stop(), second.stop()]));
  const body = (name: string) => service(name, { clusterIP: '127.96.0.77' });
  const answers = await Promise.all([
    first.call('POST', services, { body: body('a') }),
    second.call('POST', services, { body: body('b') }),
  ]);
  t.same(answers.map((answer) => answer.code).sort(), [201, 422]);
});

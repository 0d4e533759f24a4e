import t from 'tap';
import { type Answer, eventually, pick, readyServer, type TestServer } from './harness.js';

const base = '/api/v1/namespaces/default';
const container = (requests: object = {}, limits: object = {}) => ({
  name: 'c',
  image: 'i:1',
  resources: { requests, limits },
});
const pod = (name: string, requests: object = {}, limits: object = {}, more: object = {}) => ({
  metadata: { name },
  spec: { containers: [container(requests, limits)], ...more },
});
const failed = (answer: Answer) => `${answer.code} ${answer.at('message')}`;

/** A quota as its controller has counted it, seen by every server. */
async function quota(
  servers: readonly TestServer[],
  name: string,
  spec: object,
  used: object,
): Promise<void> {
  const [server] = servers;
  if (server === undefined) throw new Error('no server');
  const path = `${base}/resourcequotas`;
  const made = await server.call('POST', path, { body: { metadata: { name }, spec } });
  const status = { hard: pick(spec, 'hard'), used };
  await server.call('PUT', `${path}/${name}/status`, { body: { ...(made.json as object), status } });
  for (const one of servers)
    await eventually('the quota is heard of', async () => {
      const body = pod('probe', { cpu: '1', memory: '1' }, { cpu: '1', memory: '1' });
      const probe = await one.call('POST', `${base}/pods`, { body, query: { dryRun: 'All' } });
      const { code } = await one.call('GET', `${path}/${name}`, { query: { resourceVersion: '0' } });
      return (
        code === 200 && probe.at('message') !== `pods "probe" is forbidden: status unknown for quota: ${name}`
      );
    });
}

const used = async (server: TestServer, name: string) =>
  (await server.call('GET', `${base}/resourcequotas/${name}`)).at('status.used');

t.test('what a quota says, and what is charged', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;
  const hard = {
    pods: '3',
    'requests.cpu': '1',
    'limits.memory': '1Gi',
    'count/configmaps': '1',
    services: '2',
  };
  await quota(
    [server],
    'q',
    { hard: { ...hard, 'services.nodeports': '1' } },
    {
      pods: '0',
      'requests.cpu': '0',
      'limits.memory': '0',
      'count/configmaps': '0',
      services: '0',
      'services.nodeports': '0',
    },
  );
  const post = (what: string, body: object, query = {}) => call('POST', `${base}/${what}`, { body, query });

  t.equal(
    failed(await post('pods', pod('silent'))),
    '403 pods "silent" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c',
  );
  const amounts = [{ cpu: '600m' }, { memory: '600Mi' }] as const;
  t.equal((await post('pods', pod('trial', ...amounts), { dryRun: 'All' })).code, 201);
  t.match(await used(server, 'q'), { pods: '0' }, 'a trial is not charged');
  t.equal((await post('pods', pod('a', ...amounts))).code, 201);
  t.match(await used(server, 'q'), { pods: '1', 'requests.cpu': '600m', 'limits.memory': '600Mi' });
  t.equal(
    failed(await post('pods', pod('b', ...amounts))),
    '403 pods "b" is forbidden: exceeded quota: q, requested: limits.memory=600Mi,requests.cpu=600m, used: limits.memory=600Mi,requests.cpu=600m, limited: limits.memory=1Gi,requests.cpu=1',
  );
  t.equal(
    failed(await post('pods', pod('a', { cpu: '1m' }, { memory: '1Mi' }))),
    '409 pods "a" already exists',
  );
  t.match(await used(server, 'q'), { pods: '1' }, 'what was not written is not charged');

  t.equal((await post('configmaps', { metadata: { name: 'one' } })).code, 201);
  t.equal(
    failed(await post('configmaps', { metadata: { name: 'two' } })),
    '403 configmaps "two" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
  );
  const ports = [
    { name: 'a', port: 1 },
    { name: 'b', port: 2 },
  ];
  const service = await post('services', { metadata: { name: 's' }, spec: { ports } });
  t.equal(service.code, 201);
  const changed = await call('PATCH', `${base}/services/s`, {
    body: { spec: { type: 'NodePort' } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  t.equal(
    failed(changed),
    '403 services "s" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1',
  );
  await quota([server], 'uncounted', { hard: { secrets: '1' } }, {});
  t.equal(
    failed(await post('secrets', { metadata: { name: 'x' } })),
    '403 secrets "x" is forbidden: status unknown for quota: uncounted, resources: secrets',
  );
});

t.test('scopes', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const one = { hard: { pods: '1' } };
  const matchExpressions = [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }];
  await quota([server], 'short', { ...one, scopes: ['Terminating'] }, { pods: '1' });
  await quota([server], 'critical', { ...one, scopeSelector: { matchExpressions } }, { pods: '1' });
  const post = async (body: object) => {
    const answer = await server.call('POST', `${base}/pods`, { body, query: { dryRun: 'All' } });
    return answer.code === 201 ? 'made' : /exceeded quota: (\w+)/.exec(String(answer.at('message')))?.[1];
  };
  t.equal(await post(pod('a')), 'made');
  t.equal(await post(pod('a', {}, {}, { activeDeadlineSeconds: 5 })), 'short');
  t.equal(await post(pod('a', {}, {}, { priorityClassName: 'system-node-critical' })), 'critical');
});

t.test('two apiservers, many writers and a counter: never more than the quota', async (t) => {
  const first = await readyServer();
  const second = await readyServer(first.store, 'apiserver-1');
  t.teardown(() => second.stop());
  t.teardown(() => first.stop());
  const servers = [first, second];
  await quota(servers, 'q', { hard: { pods: '20' } }, { pods: '0' });
  let counting = true;
  const podsPath = `${base}/pods`;
  // As the controller counts: the quota first, then what there is, then written over the quota that was read.
  const counter = async () => {
    while (counting) {
      const read = await second.call('GET', `${base}/resourcequotas/q`);
      const items = (await second.call('GET', podsPath)).at('items');
      const status = {
        hard: { pods: '20' },
        used: { pods: String(Array.isArray(items) ? items.length : -1) },
      };
      const body = { ...(read.json as object), status };
      await second.call('PUT', `${base}/resourcequotas/q/status`, { body });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const counted = counter();
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_unused, index) => {
      const server = servers[index % 2] ?? first;
      return server.call('POST', podsPath, { body: pod(`p-${index}`) });
    }),
  );
  counting = false;
  await counted;
  const codes = answers.map((answer) => answer.code);
  t.equal(codes.filter((code) => code === 201).length, 20);
  t.equal(
    codes.filter((code) => code === 403).length,
    40,
    failed(answers.find((one) => one.code !== 201) ?? (answers[0] as Answer)),
  );
  const items = (await first.call('GET', podsPath)).at('items');
  t.equal(Array.isArray(items) ? items.length : 0, 20);
  t.same(await used(first, 'q'), { pods: '20' });
});

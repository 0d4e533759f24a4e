import { Metrics } from '@kubelab/telemetry';
import t from 'tap';
import { EventQueue, queueMax } from '../src/endpoints/event-queue.js';
import { FlowControl, type FlowLevel } from '../src/endpoints/flow-control.js';
import { requestInfo } from '../src/endpoints/request-info.js';
import { requestTimeout, within } from '../src/endpoints/request-timeout.js';
import { createInProcessTransport } from '../src/index.js';
import { RevisionCheck } from '../src/storage/revision-check.js';
import { admin, eventually, readyServer } from './harness.js';

const limits: Record<FlowLevel, number> = {
  readOnly: 2,
  mutating: 1,
  leaderElection: 1,
  nodes: 1,
  longRunning: 1,
};
const jane = { name: 'jane', groups: ['system:authenticated'] };
const node = { name: 'system:node:n', groups: ['system:nodes', 'system:authenticated'] };
const scheduler = { name: 'system:kube-scheduler', groups: ['system:authenticated'] };
const reads = requestInfo('GET', '/api/v1/pods', {});
const writes = requestInfo('POST', '/api/v1/namespaces/default/pods', {});
const renews = requestInfo(
  'PUT',
  '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler',
  {},
);

t.test('one request too many is refused at once, with when to come again', async (t) => {
  const flow = new FlowControl(limits);
  const first = flow.admit(jane, reads, false);
  flow.admit(jane, reads, false);
  t.throws(() => flow.admit(jane, reads, false), {
    code: 429,
    status: { details: { retryAfterSeconds: 1 } },
  });
  const writing = flow.admit(jane, writes, false);
  t.throws(
    () => flow.admit(jane, writes, false),
    { code: 429 },
    'readers and writers have seats of their own',
  );
  first();
  first();
  flow.admit(jane, reads, false);
  t.equal(flow.running('readOnly'), 2, 'a seat is given back once');
  writing();
  t.equal(flow.running('mutating'), 0);
});

t.test(
  'leaders, nodes, masters and questions after health come through when others fill the seats',
  async (t) => {
    const flow = new FlowControl(limits);
    flow.admit(jane, writes, false);
    flow.admit(node, writes, false);
    t.equal(flow.running('nodes'), 1);
    t.throws(() => flow.admit(node, writes, false), { code: 429 });
    flow.admit(scheduler, renews, false);
    t.equal(flow.running('leaderElection'), 1);
    t.throws(() => flow.admit(scheduler, writes, false), { code: 429 });
    flow.admit(admin, writes, false);
    t.equal(flow.running('mutating'), 2);
    flow.admit(jane, reads, false);
    flow.admit(jane, reads, false);
    flow.admit(jane, requestInfo('GET', '/livez', {}), false);
    t.throws(() => flow.admit(jane, requestInfo('GET', '/version', {}), false), { code: 429 });
    const watch = requestInfo('GET', '/api/v1/pods', { watch: ['1'] });
    flow.hold('longRunning');
    t.throws(() => flow.admit(admin, watch, true), { code: 429 });
  },
);

t.test('a request may want less time than it has, in the words of Go', async (t) => {
  const cases: readonly (readonly [string, number | RegExp])[] = [
    ['', 60_000],
    ['10s', 10_000],
    ['1m30s', 60_000],
    ['1.5s', 1_500],
    ['250ms', 250],
    ['0', 60_000],
    ['-1s', 60_000],
    ['10', /^invalid timeout specified in the request URL - time: missing unit in duration "10"$/],
    ['x', /time: invalid duration "x"$/],
    ['5s x', /time: unknown unit "s x" in duration "5s x"$/],
  ];
  for (const [text, wanted] of cases)
    if (typeof wanted === 'number') t.equal(requestTimeout({ timeout: [text] }), wanted, text);
    else t.throws(() => requestTimeout({ timeout: [text] }), { code: 400, message: wanted }, text);
});

t.test('a slow watcher is cut off, and is told; what it has not read is let go', async (t) => {
  const queue = new EventQueue();
  queue.overflow = () => queue.finish(Buffer.from('too slow'));
  for (let at = 0; at <= queueMax; at += 1) queue.push(Buffer.from('event'), undefined);
  const seen: string[] = [];
  for await (const { bytes } of queue.drain()) seen.push(Buffer.from(bytes).toString());
  t.same(seen, ['too slow']);
});

t.test('revisions are asked once for all who want one, and never older than their question', async (t) => {
  const answers: ((revision: number) => void)[] = [];
  const check = new RevisionCheck(() => new Promise((resolve) => answers.push(resolve)));
  const first = check.current();
  const [second, third] = [check.current(), check.current()];
  t.equal(answers.length, 1);
  answers[0]?.(5);
  t.equal(await first, 5);
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(answers.length, 2, 'who came later has a question of their own');
  answers[1]?.(7);
  t.same(await Promise.all([second, third]), [7, 7]);
  const failing = new RevisionCheck(() => Promise.reject(new Error('away')));
  await t.rejects(failing.current(), /away/);
  await t.rejects(failing.current(), /away/);
});

t.test('metrics: cumulative buckets, escaped labels, a bound on series', async (t) => {
  const metrics = new Metrics();
  const seconds = metrics.histogram('s', 'Seconds.', ['v'], [1, 2]);
  for (const value of [0.5, 1.5, 3]) seconds.observe({ v: 'a"b\n\\' }, value);
  const label = 'v="a\\"b\\n\\\\"';
  t.equal(
    metrics.text(),
    `# HELP s Seconds.\n# TYPE s histogram\ns_bucket{${label},le="1"} 1\ns_bucket{${label},le="2"} 2\ns_bucket{${label},le="+Inf"} 3\ns_sum{${label}} 5\ns_count{${label}} 3\n`,
  );
  const many = metrics.counter('c', 'Many.', ['n']);
  for (let at = 0; at < 5_000; at += 1) many.add({ n: String(at) });
  t.match(metrics.text(), /c\{n="other"\} 3000\n/);
});

t.test('under load', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call, world } = server;

  t.test('work that takes too long is answered with 504', async (t) => {
    const never = new Promise<never>(() => {});
    await t.rejects(within(world, 20, never), {
      code: 504,
      message: 'Timeout: request did not complete within the allotted timeout',
    });
    t.equal((await call('GET', '/api/v1/pods', { query: { timeout: 'soon' } })).code, 400);
  });

  t.test('metrics have the names of kube-apiserver', async (t) => {
    await call('GET', '/api/v1/namespaces/default/pods');
    await call('GET', '/api/v1/namespaces/default/pods/none');
    const { text } = await call('GET', '/metrics');
    const labels =
      'verb="LIST",dry_run="",group="",version="v1",resource="pods",subresource="",scope="namespace",component="apiserver"';
    t.match(text, `apiserver_request_total{${labels},code="200"} 1\n`);
    t.match(text, `apiserver_request_duration_seconds_bucket{${labels},le="60"} 1\n`);
    t.match(
      text,
      /apiserver_request_total\{verb="GET",.*resource="pods",.*scope="resource",.*code="404"\} 1\n/,
    );
    t.match(text, /apiserver_storage_objects\{resource="namespaces"\} [4-9]\n/);
    t.match(text, /apiserver_current_inflight_requests\{request_kind="readOnly"\} 1\n/);
    t.match(text, /etcd_request_duration_seconds_count\{operation="get"\} \d+\n/);
  });

  t.test('a watch has a seat for as long as it is read, and events are counted', async (t) => {
    const transport = createInProcessTransport(world, server.apiserver.handler, admin);
    const path = '/api/v1/namespaces/default/configmaps';
    const stream = await transport.stream({
      method: 'GET',
      path,
      query: { watch: '1', resourceVersion: '0' },
    });
    const events = stream[Symbol.asyncIterator]();
    await call('POST', path, { body: { metadata: { name: 'seen' } } });
    await events.next();
    const metrics = async () => (await call('GET', '/metrics')).text;
    t.match(await metrics(), /apiserver_longrunning_requests\{component="apiserver"\} 1\n/);
    t.match(await metrics(), /apiserver_watch_events_total\{group="",version="v1",kind="ConfigMap"\} 1\n/);
    stream.cancel();
    await events.next();
    await eventually('the seat is free', async () =>
      /apiserver_longrunning_requests\{component="apiserver"\} 0\n/.test(await metrics()),
    );
  });
});

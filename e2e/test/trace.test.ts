import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { joinTrace, type SpanRecord } from '@kubelab/telemetry';
import t, { type Test } from 'tap';
import { testCluster } from '../src/cluster.js';
import { until } from '../src/run.js';

/** One apply, one connected trace from the request to the first proxied byte: on a real cluster, span by span. */
const cluster = testCluster({ port: 23_443, nodes: 2 });

t.teardown(() => cluster.remove());

/** Wall clocks of processes of one machine are read apart: a child may seem to begin so much earlier. */
const clockSlackMs = 5;
/** A call that the caller waits for: it lies within the span that made it. */
const awaited = /^(admission|store txn|apply )|^(GET|POST|PUT|PATCH|DELETE) /;

function manifestOf(name: string, replicas: number): string {
  const labels = `{ app: ${name} }`;
  const path = join(cluster.dataDirectory, `${name}.yaml`);
  const text = `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: ${labels} }
  template:
    metadata: { labels: ${labels} }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: echo
          image: kubelab/echo
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /healthz, port: http }, periodSeconds: 1, initialDelaySeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: ${labels}, ports: [{ port: 80, targetPort: 8080 }] }
`;
  writeFileSync(path, text);
  return path;
}

function spansOf(stdout: string): SpanRecord[] {
  const spans: SpanRecord[] = JSON.parse(stdout);
  return spans;
}

/** One trace, one root, every parent there, times nested, and the way from the apply to the first byte without a gap. */
function checkConnected(t: Test, spans: readonly SpanRecord[]): void {
  t.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1, 'one trace');
  const { roots, orphans } = joinTrace(spans);
  t.equal(roots.length, 1, 'one root');
  const shown = orphans.map(({ span }) => `${span.name} of ${span.instance}`);
  t.same(shown, [], 'no span without its cause');
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  for (const span of spans) {
    const parent = byId.get(span.parentSpanId);
    if (parent === undefined) continue;
    const what = `${span.name} (${span.instance}) below ${parent.name} (${parent.instance})`;
    if (span.endMs < span.startMs) t.fail(`${what} ends before it begins`);
    if (span.startMs < parent.startMs - clockSlackMs) t.fail(`${what} begins before its cause`);
    const isAwaited = awaited.test(span.name) && span.component === parent.component && parent.error === '';
    if (isAwaited && span.endMs > parent.endMs + clockSlackMs) t.fail(`${what} outlasts its caller`);
  }
  const way: SpanRecord[] = [];
  for (let at = spans.find(({ name }) => name === 'first proxied byte'); at !== undefined; )
    at = byId.get(way[way.push(at) - 1]?.parentSpanId ?? '');
  const steps = way.map(({ name }) => name).reverse();
  t.match(steps[0], /^kubelab trace apply/, 'it began with the apply');
  const wanted = [
    ...[/^apply /, /^PATCH /, /^store txn$/, /^watch /, /^reconcile /],
    ...[/^proxy rules$/, /^first proxied byte$/],
  ];
  let from = 0;
  for (const one of wanted) {
    const at = steps.findIndex((name, index) => index >= from && one.test(name));
    t.ok(at >= from, `${one} is on the way from the request to the first byte`);
    from = at + 1;
  }
  const components = new Set(spans.map(({ component }) => component));
  const all = ['apiserver', 'controller-manager', 'etcd-raft', 'kube-proxy', 'kubelet', 'scheduler'];
  t.same(
    all.filter((name) => !components.has(name)),
    [],
    'every kind of component has its part',
  );
  for (const name of [
    ...['admission mutate', 'admission validate', 'raft propose', 'raft append+fsync', 'raft commit'],
    ...['raft apply', 'scheduling cycle', 'bind', 'container start', 'probe readiness', 'proxy rules'],
    ...['reconcile deployment', 'reconcile replicaset', 'reconcile endpointslice', 'reconcile kubelet'],
  ])
    t.ok(
      spans.some((span) => span.name === name),
      `there is ${name}`,
    );
}

t.test('one apply gives one connected trace', { timeout: 120_000 }, async (t) => {
  await cluster.up();
  const spans = spansOf(await cluster.kubelab('trace', 'apply', '-f', manifestOf('calm', 1), '-o', 'json'));
  checkConnected(t, spans);
  const txn = spans.find(({ name }) => name === 'store txn');
  const durable = spans.filter((one) => one.name === 'raft append+fsync' && one.parentSpanId === txn?.spanId);
  t.equal(new Set(durable.map(({ instance }) => instance)).size, 3, 'each member tells of its own fsync');
  const cycle = spans.find(({ name }) => name === 'scheduling cycle');
  const timings = Object.keys(cycle?.attributes ?? {}).filter((name) => name.startsWith('scheduler.plugin.'));
  t.ok(timings.includes('scheduler.plugin.NodeResourcesFit/filter_ms'), 'plugins are timed');

  const told = await cluster.kubelab('trace', 'deployment/calm');
  t.match(told, /version 1 {2}by kubelab-trace {2}trace [0-9a-f]{8}\n/, 'the object knows who made it');
  t.match(told, /first proxied byte/, 'and what followed from it');
  const deployment = await cluster.kubectl().json('get', 'deployment', 'calm');
  const annotations = JSON.stringify(deployment.at('metadata.annotations'));
  t.match(annotations, `"tracing.k8s.io/traceparent":"00-${spans[0]?.traceId}-`);
});

t.test('and one across a kill of the Raft leader in the middle', { timeout: 120_000 }, async (t) => {
  await cluster.untilReady();
  const leader = await cluster.withRole('etcd-raft', 'leader');
  const apply = cluster.kubelab('trace', 'apply', '-f', manifestOf('stormy', 1), '-o', 'json');
  const kubectl = cluster.kubectl();
  const exists = async () => (await kubectl.result(['get', 'deployment', 'stormy'])).code === 0;
  await until('the deployment', exists, { timeoutMs: 30_000 });
  process.kill(leader.pid ?? 0, 'SIGKILL');
  const spans = spansOf(await apply);
  checkConnected(t, spans);
  const terms = new Set(spans.flatMap(({ attributes }) => attributes['raft.term'] ?? []));
  t.ok(terms.size > 1, `entries of ${[...terms].join(' and ')}: the leader changed within the trace`);
});

import { createServer } from 'node:http';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import {
  childTraceparent,
  createTracer,
  exportSpans,
  isSampled,
  joinTrace,
  newTraceparent,
  rootTraceparent,
  silentTelemetry,
} from '../src/index.js';

const world = createRealWorld({ host: 'test' });
const tracerOf = (options: { spansMax?: number; samplingRatio?: number } = {}) =>
  createTracer({ component: 'tester', instance: 'tester-0', world, ...options });

t.test('whether a context is sampled is its last flag', async (t) => {
  const base = `00-${'a'.repeat(32)}-${'b'.repeat(16)}`;
  for (const [flags, sampled] of [
    ['00', false],
    ['01', true],
    ['02', false],
    ['03', true],
    ['0a', false],
    ['ff', true],
  ] as const)
    t.equal(isSampled(`${base}-${flags}`), sampled, flags);
  t.equal(isSampled(undefined), false);
  t.equal(isSampled('00-1'), false);
  t.equal(isSampled(newTraceparent(world.random)), false, 'a trace for logs only is not kept');
});

t.test('roots are sampled by their ratio, by their own ids', async (t) => {
  const share = (ratio: number) => {
    const all = Array.from({ length: 2_000 }, () => rootTraceparent(world.random, ratio));
    return all.filter(isSampled).length / all.length;
  };
  t.equal(share(0), 0);
  t.equal(share(1), 1);
  const half = share(0.5);
  t.ok(half > 0.4 && half < 0.6, `${half} of 0.5`);
  const bytes = { bytes: (length: number) => new Uint8Array(length).fill(7) };
  t.equal(rootTraceparent(bytes, 0.5), rootTraceparent(bytes, 0.5), 'the same world draws the same');
});

t.test('what is not sampled gives nothing and is not kept', async (t) => {
  const tracer = tracerOf();
  const parent = newTraceparent(world.random);
  t.equal(tracer.start('one', 'internal', parent), undefined);
  t.equal(tracer.start('one', 'internal', undefined), undefined);
  t.equal(tracer.adopt('one', 'server', parent, undefined), undefined);
  tracer.record('one', parent, 0, {});
  t.same(tracer.spans(), []);
});

t.test('spans keep cause, times, attributes, links and what went wrong', async (t) => {
  const tracer = tracerOf();
  const root = rootTraceparent(world.random, 1);
  const span = tracer.adopt('request', 'server', root, undefined);
  const child = tracer.start('work', 'internal', span?.traceparent);
  child?.set('url.path', 'x'.repeat(1_000));
  child?.rename('work done');
  for (let at = 0; at < 50; at += 1) child?.link(childTraceparent(root, world.random));
  child?.end(new Error('it broke'));
  child?.end();
  tracer.record('disk', root, world.clock.monotonicMs() - 10, { 'raft.index': 3 });
  span?.end();
  const spans = tracer.spans(root.slice(3, 35));
  t.same(
    spans.map(({ name }) => name),
    ['work done', 'disk', 'request'],
    'each once, as they ended',
  );
  const [work, disk, request] = spans;
  t.equal(work?.error, 'it broke');
  t.equal(work?.parentSpanId, root.slice(36, 52));
  t.equal(String(work?.attributes['url.path']).length, 512, 'texts are bounded');
  t.equal(work?.links.length, 32, 'links are bounded');
  t.equal(request?.parentSpanId, '');
  t.ok((disk?.endMs ?? 0) - (disk?.startMs ?? 0) >= 9);
  t.same(tracer.spans('0'.repeat(32)), []);
});

t.test('the collector is a ring; a listener that throws is dropped', async (t) => {
  const tracer = tracerOf({ spansMax: 3 });
  let heard = 0;
  tracer.onEnd(() => {
    heard += 1;
    throw new Error('mine');
  });
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    tracer.adopt(name, 'internal', rootTraceparent(world.random, 1), undefined)?.end();
  t.same(
    tracer.spans().map(({ name }) => name),
    ['c', 'd', 'e'],
  );
  t.equal(heard, 1);
});

t.test('a wall clock that is set moves later spans', async (t) => {
  let [nowMs, monotonicMs] = [1_000_000, 50];
  const clock = { nowMs: () => nowMs, monotonicMs: () => monotonicMs };
  const tracer = createTracer({ component: 'x', instance: 'x-0', world: { clock, random: world.random } });
  const root = rootTraceparent(world.random, 1);
  tracer.start('before', 'internal', root)?.end();
  [nowMs, monotonicMs] = [2_000_001, 51];
  tracer.start('after', 'internal', root)?.end();
  t.same(
    tracer.spans().map(({ startMs }) => startMs),
    [1_000_000, 2_000_001],
  );
});

t.test('spans are joined below their causes; those without are told apart', async (t) => {
  const tracer = tracerOf();
  const root = rootTraceparent(world.random, 1);
  const first = tracer.adopt('root', 'server', root, undefined);
  const child = tracer.start('child', 'internal', root);
  tracer.start('grandchild', 'internal', child?.traceparent)?.end();
  child?.end();
  first?.end();
  tracer.start('lost', 'internal', childTraceparent(root, world.random))?.end();
  const { roots, orphans } = joinTrace([...tracer.spans(), ...tracer.spans()]);
  t.same(
    roots.map(({ span, children }) => [
      span.name,
      children.map((one) => [one.span.name, one.children.length]),
    ]),
    [['root', [['child', 1]]]],
  );
  t.same(
    orphans.map(({ span }) => span.name),
    ['lost'],
  );
});

t.test('spans go out by OTLP; what is not taken is dropped and counted', async (t) => {
  const bodies: string[] = [];
  let code = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      bodies.push(`${request.url} ${body}`);
      response.writeHead(code).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { log } = silentTelemetry(world, 'tester', 'tester-0');
  const tracer = tracerOf();
  const endpoint = `http://127.0.0.1:${port}/`;
  const exporter = exportSpans({ endpoint, tracer, log });
  const root = rootTraceparent(world.random, 1);
  const span = tracer.adopt('GET pods', 'server', root, undefined);
  span?.set('http.response.status_code', 500);
  span?.set('took', 1.5);
  span?.link(root);
  span?.end('HTTP 500');
  await exporter.stop();
  t.equal(exporter.dropped, 0);
  t.match(bodies[0], /^\/v1\/traces /);
  const sent = JSON.parse((bodies[0] ?? '').slice('/v1/traces '.length));
  const [resource] = sent.resourceSpans;
  t.match(JSON.stringify(resource.resource), '"service.name","value":{"stringValue":"tester"}');
  const [got] = resource.scopeSpans[0].spans;
  t.match(got, { traceId: root.slice(3, 35), spanId: root.slice(36, 52), kind: 2, status: { code: 2 } });
  t.match(got.startTimeUnixNano, /^\d{19}$/);
  t.match(JSON.stringify(got.attributes), '{"intValue":"500"}');
  t.match(JSON.stringify(got.attributes), '{"doubleValue":1.5}');
  t.equal(got.links[0].spanId, root.slice(36, 52));

  code = 503;
  const failing = exportSpans({ endpoint, tracer, log });
  tracer.adopt('GET', 'server', root, undefined)?.end();
  await failing.stop();
  t.equal(failing.dropped, 1);
});

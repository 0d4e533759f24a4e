import t from 'tap';
import { SchedulerCache } from '../src/cache/cache.js';
import { DomainCounts, type DomainQuery } from '../src/cache/domain-counts.js';
import { Snapshot } from '../src/cache/snapshot.js';
import { createPodInfo } from '../src/framework/pod-info.js';
import { asks, node, pod, zone } from './support.js';

const info = (...shape: Parameters<typeof pod>) => createPodInfo(pod(...shape));

t.test('an assumed pod takes its place until it is seen, forgotten or expired', async (t) => {
  const cache = new SchedulerCache();
  cache.putNode(node('a'));
  const used = () => cache.node('a')?.milliCpu;
  t.ok(cache.assume(info('x', asks('1')), 'a'));
  t.notOk(cache.assume(info('x', asks('1')), 'a'), 'once');
  t.equal(used(), 1_000);
  cache.forget('default/x');
  t.equal(used(), 0);

  cache.assume(info('x', asks('1')), 'a');
  t.same(cache.expire(1e9), [], 'not while its binding is under way');
  cache.finishBinding('default/x', 0);
  t.same(cache.expire(29_999), []);
  t.equal(cache.expire(30_000).length, 1);
  t.equal(used(), 0);

  cache.assume(info('x', asks('1')), 'a');
  cache.finishBinding('default/x', 0);
  cache.putPod(info('x', { on: 'a', ...asks('1') }), 'a');
  t.same(cache.expire(1e9), [], 'seen: it stays');
  cache.forget('default/x');
  t.equal(used(), 1_000, 'what is seen is not forgotten');
  cache.removePod('default/x');
  t.equal(used(), 0);
});

t.test('a pod counts on the node where it was seen, not where it was assumed', async (t) => {
  const cache = new SchedulerCache();
  for (const name of ['a', 'b']) cache.putNode(node(name));
  cache.assume(info('x', asks('1')), 'a');
  cache.putPod(info('x', { on: 'b', ...asks('1') }), 'b');
  t.same([cache.node('a')?.milliCpu, cache.node('b')?.milliCpu], [0, 1_000]);
});

t.test('pods of a node that comes later count once it is there', async (t) => {
  const cache = new SchedulerCache();
  cache.putPod(info('x', { on: 'a', ...asks('1') }), 'a');
  cache.putNode(node('a'));
  t.equal(cache.node('a')?.milliCpu, 1_000);
});

t.test('a snapshot copies only nodes that changed', async (t) => {
  const cache = new SchedulerCache();
  const snapshot = new Snapshot();
  for (let at = 0; at < 100; at += 1) cache.putNode(node(`n${at}`));
  t.equal(snapshot.update(cache), 100);
  t.equal(snapshot.update(cache), 0);
  const untouched = snapshot.node('n1');
  cache.assume(info('x', asks('1')), 'n0');
  cache.putNode(node('n2', { cpu: '8' }));
  t.equal(snapshot.node('n0')?.milliCpu, 0, 'nothing changes under a cycle');
  t.equal(snapshot.update(cache), 2);
  t.equal(snapshot.node('n0')?.milliCpu, 1_000);
  t.equal(snapshot.node('n2')?.allocatable.milliCpu, 8_000);
  t.equal(snapshot.node('n1'), untouched);
  cache.removeNode('n3');
  snapshot.update(cache);
  t.equal(snapshot.nodes.length, 99);
});

t.test('nodes go round the zones', async (t) => {
  const cache = new SchedulerCache();
  const snapshot = new Snapshot();
  for (const [name, where] of [
    ['a1', 'a'],
    ['a2', 'a'],
    ['a3', 'a'],
    ['b1', 'b'],
    ['c1', 'c'],
  ] as const)
    cache.putNode(node(name, { labels: { [zone]: where } }));
  snapshot.update(cache);
  t.same(
    snapshot.nodes.map(({ name }) => name),
    ['a1', 'b1', 'c1', 'a2', 'a3'],
  );
});

const byZone: DomainQuery = {
  key: 'k',
  topologyKey: zone,
  includes: ({ unschedulable }) => !unschedulable,
  count: ({ pods }) => pods.length,
};

t.test('counts by domain follow nodes and pods', async (t) => {
  const cache = new SchedulerCache();
  const snapshot = new Snapshot();
  const put = (name: string, where: string, more = {}) =>
    cache.putNode(node(name, { labels: { [zone]: where }, ...more }));
  const counts = () => {
    snapshot.update(cache);
    return Object.fromEntries([...snapshot.count(byZone).values()].map(([value, { pods }]) => [value, pods]));
  };
  put('a1', 'a');
  put('b1', 'b');
  t.same(counts(), { a: 0, b: 0 });
  cache.putPod(info('x', { on: 'a1' }), 'a1');
  t.same(counts(), { a: 1, b: 0 });
  put('a1', 'c');
  t.same(counts(), { b: 0, c: 1 });
  put('b1', 'b', { unschedulable: true });
  t.same(counts(), { c: 1 });
  cache.removeNode('a1');
  t.same(counts(), {});
});

t.test('counts that fall behind the remembered changes are made anew, and are equal', async (t) => {
  const cache = new SchedulerCache();
  const snapshot = new Snapshot();
  cache.putNode(node('a', { labels: { [zone]: 'a' } }));
  snapshot.update(cache);
  snapshot.count(byZone);
  for (let at = 0; at < 20_100; at += 1) {
    if (at % 2 === 0) cache.assume(info('x'), 'a');
    else cache.forget('default/x');
    snapshot.update(cache);
  }
  cache.assume(info('y'), 'a');
  snapshot.update(cache);
  t.equal(snapshot.count(byZone).in('a'), 1);
});

t.test('the lowest count, would one domain have another', async (t) => {
  const cache = new SchedulerCache();
  const counts = new DomainCounts(byZone);
  t.equal(counts.lowest(), 0, 'of nothing');
  for (const [name, where, pods] of [
    ['a', 'a', 3],
    ['b', 'b', 1],
    ['c', 'c', 2],
  ] as const) {
    cache.putNode(node(name, { labels: { [zone]: where } }));
    for (let at = 0; at < pods; at += 1) cache.putPod(info(`${name}${at}`, { on: name }), name);
    counts.take(name, cache.node(name));
  }
  t.equal(counts.lowest(), 1);
  t.equal(counts.lowest('b', 5), 2, 'then another is lowest');
  t.equal(counts.lowest('a', 0), 0);
  t.equal(counts.lowest('c', 9), 1);
});

t.test('terms of pods that are there: one entry for a template, gone with its last pod', async (t) => {
  const cache = new SchedulerCache();
  const snapshot = new Snapshot();
  const anti = {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: zone, labelSelector: { matchLabels: { app: 'x' } } },
        ],
      },
    },
  };
  cache.putNode(node('a', { labels: { [zone]: 'a' } }));
  for (const name of ['x', 'y']) cache.putPod(info(name, { on: 'a', ...anti }), 'a');
  snapshot.update(cache);
  const held = () => [...snapshot.terms.held.requiredAnti.values()].map(({ domains }) => [...domains]);
  t.same(held(), [[['a', 2]]]);
  cache.putNode(node('a', { labels: { [zone]: 'b' } }));
  snapshot.update(cache);
  t.same(held(), [[['b', 2]]]);
  for (const name of ['x', 'y']) cache.removePod(`default/${name}`);
  snapshot.update(cache);
  t.same(held(), []);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { testCluster } from '../src/cluster.js';
import { kubeJson } from '../src/kubectl.js';
import { until } from '../src/run.js';

/** The scheduler against real apiservers and kubelets: why pods wait, what frees them, and what it says of it. */
const cluster = testCluster({ port: 18_443, nodes: 2 });
const patience = { timeoutMs: 60_000 };

t.teardown(() => cluster.remove());

const podOf = (name: string, spec: Record<string, unknown>, cpu = '10m') =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        { name: 'main', image: 'busybox', args: ['-c', 'sleep 1000'], resources: { requests: { cpu } } },
      ],
      ...spec,
    },
  });

async function apply(manifest: string): Promise<void> {
  const { code, stderr } = await cluster.kubectl().result(['apply', '-f', '-'], manifest);
  if (code !== 0) throw new Error(stderr);
}

const nodeOf = async (name: string) => (await cluster.kubectl().json('get', 'pod', name)).at('spec.nodeName');
const messageOf = async (name: string) => {
  const pod = await cluster.kubectl().json('get', 'pod', name);
  const conditions = kubeJson({ items: pod.at('status.conditions') ?? [] }).items();
  return conditions.find((one) => one.at('type') === 'PodScheduled')?.at('message');
};

t.test('the scheduler decides, tells why, and goes on when it is killed', { timeout: 240_000 }, async (t) => {
  await cluster.up();
  const kubectl = cluster.kubectl();

  await apply(podOf('selective', { nodeSelector: { disk: 'ssd' } }));
  const message =
    "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.";
  await until('a condition', async () => (await messageOf('selective')) === message, patience);
  const events = await until(
    'an event',
    async () => {
      const text = await kubectl('get', 'events', '--field-selector', 'involvedObject.name=selective');
      return text.includes('FailedScheduling') && text;
    },
    patience,
  );
  t.ok(events.includes(message));

  const refused = await cluster.kubelabResult('why', 'selective', '-o', 'json');
  t.equal(refused.code, 1);
  const [record] = kubeJson({ items: JSON.parse(refused.stdout) }).items();
  t.equal(record?.at('outcome'), 'unschedulable');
  t.equal(record?.at('refused.0.plugin'), 'NodeAffinity');
  t.same(
    new Set([record?.at('refused.0.nodes.0'), record?.at('refused.0.nodes.1')]),
    new Set(['node-1', 'node-2']),
  );

  await kubectl('label', 'node', 'node-2', 'disk=ssd');
  await until('a node', async () => (await nodeOf('selective')) === 'node-2', patience);
  t.match(await cluster.kubelab('why', 'selective'), /was scheduled to node-2/);

  await kubectl('cordon', 'node-1');
  await kubectl('cordon', 'node-2');
  await apply(podOf('waiting', {}));
  await until(
    'why',
    async () => String(await messageOf('waiting')).includes('2 node(s) were unschedulable'),
    patience,
  );
  const file = join(cluster.dataDirectory, 'what-if.json');
  writeFileSync(file, podOf('question', { tolerations: [{ operator: 'Exists' }] }));
  t.match(await cluster.kubelab('why', '-f', file), /would be scheduled to node-[12]/);
  t.notOk((await kubectl('get', 'pods')).includes('question'), 'a question makes no pod');
  await cluster.kubelab('kill', (await cluster.withRole('scheduler', 'active')).name);
  await kubectl('uncordon', 'node-1');
  await until('the other node', async () => (await nodeOf('waiting')) === 'node-1', patience);
});

t.test('a pod that matters more takes the place of one that does not', { timeout: 120_000 }, async (t) => {
  const kubectl = cluster.kubectl();
  await kubectl('uncordon', 'node-2');
  const cpus = String((await kubectl.json('get', 'node', 'node-1')).at('status.allocatable.cpu'));
  // More than half of a node: two of them do not fit together.
  const most = `${Math.floor(Number.parseInt(cpus, 10) * 600)}m`;
  for (const name of ['low-1', 'low-2']) await apply(podOf(name, {}, most));
  await until(
    'both',
    async () => (await nodeOf('low-1')) !== undefined && (await nodeOf('low-2')) !== undefined,
    patience,
  );
  await apply(podOf('high', { priorityClassName: 'system-cluster-critical' }, most));
  const where = await until('a place', async () => nodeOf('high'), patience);
  const left = await kubectl.json('get', 'pods', '-l', 'app in (low-1,low-2)');
  const staying = left.items().filter((one) => one.at('metadata.deletionTimestamp') === undefined);
  t.equal(staying.length, 1, 'one of the two went');
  t.not(staying[0]?.at('spec.nodeName'), where);
  t.match(
    await kubectl('get', 'events', '--field-selector', 'reason=Preempted'),
    /Preempted by pod [-0-9a-f]+ on node node-[12]/,
  );
});

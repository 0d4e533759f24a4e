import t from 'tap';
import { testCluster } from '../src/cluster.js';
import { until } from '../src/run.js';

/** The workload controllers on real processes, as a person with kubectl meets them. */
const cluster = testCluster({ port: 17_543, nodes: 2 });
const patience = { timeoutMs: 60_000 };
t.teardown(() => cluster.remove());

const container = (command: string) =>
  `[{ name: main, image: busybox, args: ['-c', '${command}'], env: [{ name: VERSION, value: one }] }]`;
const workload = (kind: string, name: string, more: string) => `
---
apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${name} }
spec:
  ${more}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      terminationGracePeriodSeconds: 1
      containers: ${container('sleep 3600')}
`;
const manifest = `
apiVersion: batch/v1
kind: Job
metadata: { name: work }
spec:
  completions: 3
  parallelism: 2
  completionMode: Indexed
  template: { spec: { restartPolicy: Never, containers: ${container('echo index $JOB_COMPLETION_INDEX')} } }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: tick }
spec:
  schedule: '@every 10s'
  jobTemplate:
    spec: { template: { spec: { restartPolicy: Never, containers: ${container('true')} } } }
${workload('Deployment', 'web', 'replicas: 3')}
${workload('StatefulSet', 'db', 'replicas: 2\n  serviceName: db')}
${workload('DaemonSet', 'agent', 'updateStrategy: { type: RollingUpdate }')}
`;

t.test('deployment, statefulset, daemonset, job and cronjob', async (t) => {
  await cluster.up();
  await cluster.untilReady();
  const kubectl = cluster.kubectl();
  const applied = await kubectl.result(['apply', '-f', '-'], manifest);
  t.equal(applied.code, 0, applied.stderr);
  for (const what of ['deployment/web', 'statefulset/db', 'daemonset/agent'])
    await kubectl('rollout', 'status', what, '--timeout=60s');

  await t.test('the job ran each index once', async (t) => {
    await kubectl('wait', '--for=condition=Complete', 'job/work', '--timeout=60s');
    const said = await kubectl('logs', '-l', 'job-name=work', '--prefix=false');
    t.same(said.trim().split('\n').sort(), ['index 0', 'index 1', 'index 2']);
  });

  await t.test('the statefulset made its pods in order', async (t) => {
    const format = '-o=jsonpath={range .items[*]}{.metadata.name} {.metadata.creationTimestamp}{"\\n"}{end}';
    const stdout = await kubectl('get', 'pods', '-l', 'app=db', format);
    const [first, second] = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    t.equal(first?.[0], 'db-0');
    t.equal(second?.[0], 'db-1');
    t.ok((first?.[1] ?? '') <= (second?.[1] ?? ''));
  });

  await t.test('a bad image stops a rollout; undo restores it, whatever the kind', async (t) => {
    for (const what of ['deployment/web', 'statefulset/db', 'daemonset/agent']) {
      await kubectl('set', 'image', what, 'main=no-such-image:1');
      const app = what.split('/')[1];
      const images = async () =>
        (
          await kubectl('get', 'pods', '-l', `app=${app}`, '-o=jsonpath={.items[*].spec.containers[0].image}')
        ).split(' ');
      await until('a new pod', async () => (await images()).includes('no-such-image:1'), patience);
      t.ok((await images()).includes('busybox'), `${what}: what works goes on`);
      await kubectl('rollout', 'undo', what);
      // A StatefulSet does not go past a pod that is not ready: by hand, as Kubernetes documents it.
      if (what === 'statefulset/db') await kubectl('delete', 'pod', 'db-1', '--wait=false');
      await kubectl('rollout', 'status', what, '--timeout=60s');
      await until(
        'all restored',
        async () => (await images()).every((image) => image === 'busybox'),
        patience,
      );
    }
  });

  await t.test('the cron job ran', async (t) => {
    const ran = async () =>
      (await kubectl('get', 'cronjob', 'tick', '-o=jsonpath={.status.lastSuccessfulTime}')) !== '';
    await until('it succeeded', ran, patience);
    t.pass('it succeeded');
  });
});

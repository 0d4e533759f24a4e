import { type Job, type Pod, podKind } from '@kubelab/api';
import t from 'tap';
import { countPods, trackingFinalizer } from '../src/controllers/job-accounting.js';
import { formatIndexes, parseIndexes } from '../src/controllers/job-indexes.js';
import { judgeFailure, meetsSuccessPolicy } from '../src/controllers/job-policy.js';
import { jobKind } from '../src/kinds.js';
import { type PodScript, TestCluster } from './harness.js';

const job = (spec: object = {}, restartPolicy = 'Never'): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'work', namespace: 'default' },
  spec: {
    template: {
      metadata: { name: '' },
      spec: { restartPolicy, containers: [{ name: 'main', image: 'node:1' }] },
    },
    ...spec,
  },
});
const exits = (exitCode = 0, exitAfterMs = 2_000): PodScript => ({
  readyAfterMs: 200,
  exitAfterMs,
  exitCode,
});
const start = (t: Parameters<typeof TestCluster.start>[0], script: (pod: Pod) => PodScript = () => exits()) =>
  TestCluster.start(t, { controllers: ['job', 'ttl-after-finished', 'garbage-collector'], script });
const status = async (cluster: TestCluster) => (await cluster.get<Job>(jobKind, 'work')).status;
const condition = async (cluster: TestCluster, type: string) =>
  (await status(cluster))?.conditions?.find((one) => one.type === type && one.status === 'True');
const index = (pod: Pod) => Number(pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index']);
const made = (cluster: TestCluster) => new Set(cluster.podHistory.map((pod) => pod.metadata.uid)).size;

t.test('parallelism and completions: never more at once, as many as asked, each counted once', async (t) => {
  const cluster = await start(t);
  await cluster.create(jobKind, job({ parallelism: 2, completions: 5 }));
  let most = 0;
  await cluster.until('complete', async () => {
    const active = (await cluster.pods()).filter((pod) => pod.status?.phase !== 'Succeeded').length;
    most = Math.max(most, active);
    return (await condition(cluster, 'Complete')) !== undefined;
  });
  t.equal(most, 2);
  t.equal(made(cluster), 5);
  const done = await status(cluster);
  t.match(done, { succeeded: 5, ready: 0, uncountedTerminatedPods: {} });
  t.equal(done?.active, undefined);
  t.ok(done?.completionTime);
  t.match(
    done?.conditions?.map((one) => one.type),
    ['SuccessCriteriaMet', 'Complete'],
  );
  t.ok(
    (await cluster.pods()).every((pod) => (pod.metadata.finalizers ?? []).length === 0),
    'no finalizer is left',
  );
  t.match(await cluster.events('Completed'), ['Completed: Job completed']);
  t.equal((await cluster.events('SuccessfulCreate')).length, 5);
  t.same(cluster.errors, []);
});

t.test('without completions the first success ends the work', async (t) => {
  const cluster = await start(t, () => exits(0, 1_000));
  await cluster.create(jobKind, job({ parallelism: 3 }));
  await cluster.until('complete', async () => (await condition(cluster, 'Complete')) !== undefined);
  t.equal(made(cluster), 3, 'none was made anew');
  t.equal((await status(cluster))?.succeeded, 3);
});

t.test('failures are tried again ever later, up to backoffLimit', async (t) => {
  const cluster = await start(t, () => exits(1, 1_000));
  await cluster.create(jobKind, job({ backoffLimit: 2 }));
  await cluster.until('failed', async () => (await condition(cluster, 'Failed')) !== undefined);
  t.match(await condition(cluster, 'Failed'), {
    reason: 'BackoffLimitExceeded',
    message: 'Job has reached the specified backoff limit',
  });
  t.equal(made(cluster), 3);
  t.equal((await status(cluster))?.failed, 3);
  t.match(await cluster.events('BackoffLimitExceeded'), [/Job has reached the specified backoff limit/]);
  const created = (await cluster.pods())
    .map((pod) => Date.parse(pod.metadata.creationTimestamp ?? ''))
    .sort();
  const gaps = created.slice(1).map((at, before) => at - (created[before] ?? 0));
  t.ok((gaps[0] ?? 0) >= 10_000 && (gaps[1] ?? 0) >= 20_000, `${gaps} ms apart`);
});

t.test('Indexed: every index once, by name, hostname, annotation and environment', async (t) => {
  const cluster = await start(t, (pod) => exits(index(pod) === 1 && made(cluster) <= 3 ? 1 : 0, 1_000));
  await cluster.create(jobKind, job({ completionMode: 'Indexed', completions: 3, parallelism: 3 }));
  await cluster.until('complete', async () => (await condition(cluster, 'Complete')) !== undefined);
  t.match(await status(cluster), { completedIndexes: '0-2', succeeded: 3, failed: 1 });
  const first = (await cluster.pods()).find((pod) => index(pod) === 0);
  t.match(first?.metadata.name, /^work-0-[a-z0-9]{5}$/);
  t.equal(first?.spec?.hostname, 'work-0');
  t.match(first?.spec?.containers[0]?.env, [{ name: 'JOB_COMPLETION_INDEX' }]);
  t.equal(first?.metadata.labels?.['batch.kubernetes.io/job-completion-index'], '0');
});

t.test('backoffLimitPerIndex: an index that fails for good does not take the others with it', async (t) => {
  const cluster = await start(t, (pod) => exits(index(pod) === 1 ? 1 : 0, 1_000));
  await cluster.create(
    jobKind,
    job({ completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimitPerIndex: 1 }),
  );
  await cluster.until('failed', async () => (await condition(cluster, 'Failed')) !== undefined);
  t.match(await status(cluster), { completedIndexes: '0,2', failedIndexes: '1', failed: 2, succeeded: 2 });
  t.match(await condition(cluster, 'Failed'), { reason: 'FailedIndexes', message: 'Job has failed indexes' });
});

t.test('podFailurePolicy: an exit code ends the job at once', async (t) => {
  const cluster = await start(t, () => exits(42, 1_000));
  const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }];
  await cluster.create(jobKind, job({ backoffLimit: 6, podFailurePolicy: { rules } }));
  await cluster.until('failed', async () => (await condition(cluster, 'Failed')) !== undefined);
  t.equal(made(cluster), 1);
  t.match(await condition(cluster, 'Failed'), {
    reason: 'PodFailurePolicy',
    message:
      /^Container main for pod default\/work-.* failed with exit code 42 matching FailJob rule at index 0$/,
  });
});

t.test('podFailurePolicy Ignore does not count', async (t) => {
  let runs = 0;
  const cluster = await start(t, () => ({ readyAfterMs: 200, exitAfterMs: 500, exitCode: runs > 2 ? 0 : 7 }));
  const rules = [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [7] } }];
  await cluster.create(jobKind, job({ backoffLimit: 0, podFailurePolicy: { rules } }));
  await cluster.until('complete', async () => {
    runs = made(cluster);
    return (await condition(cluster, 'Complete')) !== undefined;
  });
  t.equal((await status(cluster))?.failed, undefined);
});

t.test('successPolicy: enough indexes end the job, the rest is stopped', async (t) => {
  const cluster = await start(t, (pod) => (index(pod) === 0 ? exits(0, 1_000) : { readyAfterMs: 100 }));
  const successPolicy = { rules: [{ succeededIndexes: '0', succeededCount: 1 }] };
  await cluster.create(
    jobKind,
    job({ completionMode: 'Indexed', completions: 3, parallelism: 3, successPolicy }),
  );
  await cluster.until('complete', async () => (await condition(cluster, 'Complete')) !== undefined);
  t.match(await condition(cluster, 'Complete'), {
    reason: 'SuccessPolicy',
    message: 'Matched rules at index 0',
  });
  t.match(await status(cluster), { succeeded: 1, completedIndexes: '0' });
  t.equal((await status(cluster))?.failed, undefined, 'stopped is not failed');
});

t.test('suspend stops the pods without counting them, resume starts anew', async (t) => {
  const cluster = await start(t, () => exits(0, 5_000));
  await cluster.create(jobKind, job({ parallelism: 2, completions: 2 }));
  await cluster.until('2 active', async () => (await status(cluster))?.active === 2);
  await cluster.patch(jobKind, 'work', { spec: { suspend: true } });
  await cluster.until('none', async () => (await cluster.pods()).length === 0);
  await cluster.advance(1_000);
  t.ok(await condition(cluster, 'Suspended'));
  const suspended = await status(cluster);
  t.equal(suspended?.startTime, undefined);
  t.equal(suspended?.failed, undefined);
  await cluster.patch(jobKind, 'work', { spec: { suspend: false } });
  await cluster.until('complete', async () => (await condition(cluster, 'Complete')) !== undefined);
  t.same(
    (await cluster.events()).filter((one) => /^(Suspended|Resumed)/.test(one)),
    ['Suspended: Job suspended', 'Resumed: Job resumed'],
  );
  t.equal((await status(cluster))?.succeeded, 2);
});

t.test('activeDeadlineSeconds ends it, and its pods', async (t) => {
  const cluster = await start(t, () => ({ readyAfterMs: 100 }));
  await cluster.create(jobKind, job({ activeDeadlineSeconds: 30 }));
  await cluster.until('failed', async () => (await condition(cluster, 'Failed')) !== undefined);
  t.match(await condition(cluster, 'Failed'), {
    reason: 'DeadlineExceeded',
    message: 'Job was active longer than specified deadline',
  });
  await cluster.until('no pod runs', async () =>
    (await cluster.pods()).every((pod) => pod.status?.phase !== 'Running'),
  );
});

t.test('podReplacementPolicy Failed waits until the old pod has ended', async (t) => {
  const cluster = await start(t, () => ({ readyAfterMs: 100, stopAfterMs: 20_000 }));
  await cluster.create(jobKind, job({ podReplacementPolicy: 'Failed' }));
  await cluster.until('1 active', async () => (await status(cluster))?.ready === 1);
  const [first] = await cluster.pods();
  await cluster.delete(podKind, first?.metadata.name ?? '');
  await cluster.advance(10_000);
  t.equal((await cluster.pods()).length, 1);
  t.match(await status(cluster), { terminating: 1 });
  await cluster.until('another', async () => made(cluster) === 2);
});

t.test(
  'ttlSecondsAfterFinished: the job goes, with its pods; managedBy another: it is left alone',
  async (t) => {
    const cluster = await start(t);
    await cluster.create(jobKind, job({ ttlSecondsAfterFinished: 30 }));
    await cluster.until('complete', async () => (await condition(cluster, 'Complete')) !== undefined);
    await cluster.advance(25_000);
    t.ok(await cluster.find(jobKind, 'work'));
    await cluster.until(
      'gone',
      async () => (await cluster.list(jobKind)).length + (await cluster.pods()).length === 0,
    );
    await cluster.create(jobKind, job({ managedBy: 'example.com/other' }));
    await cluster.advance(5_000);
    t.equal((await cluster.pods()).length, 0);
  },
);

t.test('a crash between two halves of the accounting loses and doubles nothing', async (t) => {
  const pod = (uid: string, phase: string, tracked: boolean): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: uid, uid, ...(tracked ? { finalizers: [trackingFinalizer] } : {}) },
    status: { phase },
  });
  const noted = countPods(job(), [pod('a', 'Succeeded', true), pod('b', 'Failed', true)]);
  t.match(noted.status.uncountedTerminatedPods, { succeeded: ['a'], failed: ['b'] });
  t.equal(noted.release.length, 2);
  const again = countPods({ ...job(), status: noted.status }, [
    pod('a', 'Succeeded', true),
    pod('b', 'Failed', true),
  ]);
  t.same(again.status, noted.status, 'noted once');
  const counted = countPods({ ...job(), status: again.status }, [pod('a', 'Succeeded', false)]);
  t.match(counted.status, { succeeded: 1, failed: 1, uncountedTerminatedPods: {} });
  t.equal(counted.status.uncountedTerminatedPods?.succeeded, undefined);
});

t.test('pure parts', async (t) => {
  t.same([...parseIndexes('1,3-5,9', 6)], [1, 3, 4, 5]);
  t.equal(formatIndexes([5, 3, 4, 1, 7, 8]), '1,3-5,7,8');
  const spec = {
    template: {},
    completions: 10,
    successPolicy: { rules: [{ succeededIndexes: '0-2', succeededCount: 2 }, { succeededCount: 5 }] },
  };
  t.equal(meetsSuccessPolicy(spec, new Set([0, 7])), undefined);
  t.equal(meetsSuccessPolicy(spec, new Set([0, 2])), 'Matched rules at index 0');
  t.equal(meetsSuccessPolicy(spec, new Set([5, 6, 7, 8, 9])), 'Matched rules at index 1');
  const disrupted: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n' },
    status: { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  };
  const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }];
  t.equal(judgeFailure(job({ podFailurePolicy: { rules } }), disrupted).action, 'Ignore');
});

import type { CronJob, Job, Pod } from '@kubelab/api';
import t from 'tap';
import { parseSchedule } from '../src/controllers/cron-schedule.js';
import { lastDue } from '../src/controllers/cronjob.js';
import { cronJobKind, jobKind } from '../src/kinds.js';
import { type PodScript, TestCluster } from './harness.js';

const iso = (ms: number | undefined) =>
  ms === undefined ? 'never' : new Date(ms).toISOString().slice(0, 16);
const table: readonly (readonly [schedule: string, zone: string, after: string, next: string])[] = [
  ['*/15 * * * *', 'UTC', '2026-01-01T00:07:30', '2026-01-01T00:15'],
  ['0 0 1 1 *', 'UTC', '2026-01-01T00:00', '2027-01-01T00:00'],
  ['30 4 1,15 * 5', 'UTC', '2026-01-01T05:00', '2026-01-02T04:30'],
  ['0 22 * * 1-5', 'UTC', '2026-01-02T23:00', '2026-01-05T22:00'],
  ['5 4 * * sun', 'UTC', '2026-01-01T00:00', '2026-01-04T04:05'],
  ['0 0 * * 7', 'UTC', '2026-01-01T00:00', '2026-01-04T00:00'],
  ['0 12 29 feb *', 'UTC', '2026-03-01T00:00', '2028-02-29T12:00'],
  ['0 0 30 2 *', 'UTC', '2026-01-01T00:00', 'never'],
  ['@hourly', 'UTC', '2026-01-01T00:00', '2026-01-01T01:00'],
  ['@weekly', 'UTC', '2026-01-01T00:00', '2026-01-04T00:00'],
  ['@every 1h30m', 'UTC', '2026-01-01T00:00', '2026-01-01T01:30'],
  ['0 9 * * *', 'Europe/Berlin', '2026-01-01T00:00', '2026-01-01T08:00'],
  ['0 9 * * *', 'Europe/Berlin', '2026-07-01T00:00', '2026-07-01T07:00'],
  ['0 0 * * *', 'America/New_York', '2026-01-01T00:00', '2026-01-01T05:00'],
  ['30 2 * * *', 'Europe/Berlin', '2026-03-29T00:00', '2026-03-30T00:30'],
  ['15 10 * * *', 'Asia/Kolkata', '2026-01-01T00:00', '2026-01-01T04:45'],
];
t.test('schedules as crontab(5) and Kubernetes read them', async (t) => {
  for (const [schedule, zone, after, next] of table)
    t.equal(iso(parseSchedule(schedule, zone).next(Date.parse(`${after}Z`))), next, `${schedule} ${zone}`);
  for (const bad of [
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '*/0 * * * *',
    '5-1 * * * *',
    'x * * * *',
    '@every soon',
  ])
    t.throws(() => parseSchedule(bad), { name: 'ScheduleError' }, bad);
  t.throws(() => parseSchedule('@daily', 'Mars/Olympus'), /unknown time zone Mars\/Olympus/);
});

const cronJob = (spec: object = {}): CronJob => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'tick', namespace: 'default' },
  spec: {
    schedule: '* * * * *',
    jobTemplate: {
      spec: {
        backoffLimit: 0,
        template: {
          metadata: { name: '' },
          spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'node:1' }] },
        },
      },
    },
    ...spec,
  },
});
const start = (
  t: Parameters<typeof TestCluster.start>[0],
  script: (pod: Pod) => PodScript = () => ({ readyAfterMs: 100, exitAfterMs: 1_000 }),
) => TestCluster.start(t, { controllers: ['cronjob', 'job', 'garbage-collector'], script });
const jobs = async (cluster: TestCluster) =>
  (await cluster.list<Job>(jobKind)).map(({ metadata }) => metadata.name).sort();
const minute = 60_000;
const nameAt = (cluster: TestCluster, minutesAgo: number) =>
  `tick-${Math.floor(cluster.world.clock.nowMs() / minute) - minutesAgo}`;

t.test('a job a minute, named by its time, and only as many kept as asked', async (t) => {
  const cluster = await start(t);
  await cluster.create(cronJobKind, cronJob({ successfulJobsHistoryLimit: 2 }));
  await cluster.advance(minute + 5_000);
  t.same(await jobs(cluster), [nameAt(cluster, 0)]);
  await cluster.advance(4 * minute);
  t.same(await jobs(cluster), [nameAt(cluster, 1), nameAt(cluster, 0)]);
  const { status } = await cluster.get<CronJob>(cronJobKind, 'tick');
  t.ok(status?.lastScheduleTime?.endsWith(':00Z'));
  t.ok(status?.lastSuccessfulTime);
  t.match((await cluster.events('SuccessfulCreate'))[0], /^SuccessfulCreate: Created (job tick-|pod)/);
  t.match((await cluster.events('SawCompletedJob'))[0], /Saw completed job: tick-\d+, condition: Complete/);
  const [job] = await cluster.list<Job>(jobKind);
  t.match(job?.metadata.ownerReferences, [{ kind: 'CronJob', name: 'tick', controller: true }]);
  t.match(job?.metadata.annotations, { 'batch.kubernetes.io/cronjob-scheduled-timestamp': /:00Z$/ });
  t.same(cluster.errors, []);
});

t.test('Forbid skips a run while one works, Replace stops it, Allow lets both', async (t) => {
  for (const [concurrencyPolicy, count] of [
    ['Forbid', 1],
    ['Replace', 1],
    ['Allow', 3],
  ] as const) {
    const cluster = await start(t, () => ({ readyAfterMs: 100, stopAfterMs: 100 }));
    await cluster.create(cronJobKind, cronJob({ concurrencyPolicy }));
    await cluster.advance(3 * minute + 5_000);
    t.equal((await jobs(cluster)).length, count, concurrencyPolicy);
    const { status } = await cluster.get<CronJob>(cronJobKind, 'tick');
    t.equal(status?.active?.length, count);
    const forbidden = await cluster.events('JobAlreadyActive');
    if (concurrencyPolicy === 'Forbid')
      t.match(forbidden[0], /prior execution is running and concurrency policy is Forbid/);
    if (concurrencyPolicy === 'Replace') t.same(await jobs(cluster), [nameAt(cluster, 0)]);
  }
});

t.test('suspended it does nothing; afterwards only the latest missed run is made up', async (t) => {
  const cluster = await start(t);
  await cluster.create(cronJobKind, cronJob({ suspend: true }));
  await cluster.advance(5 * minute + 5_000);
  t.same(await jobs(cluster), []);
  await cluster.patch(cronJobKind, 'tick', { spec: { suspend: false } });
  await cluster.advance(3_000);
  t.same(await jobs(cluster), [nameAt(cluster, 0)]);
});

t.test('a bad schedule or zone is said on the object', async (t) => {
  const cluster = await start(t);
  await cluster.create(cronJobKind, cronJob({ timeZone: 'Europe/Berlin', schedule: '0 0 31 2 *' }));
  await cluster.advance(2 * minute);
  t.same(await jobs(cluster), []);
  t.same(cluster.errors, []);
});

t.test('failed jobs have a history limit of their own', async (t) => {
  const cluster = await start(t, () => ({ readyAfterMs: 100, exitAfterMs: 500, exitCode: 1 }));
  await cluster.create(cronJobKind, cronJob({ failedJobsHistoryLimit: 1 }));
  await cluster.advance(4 * minute + 30_000);
  t.equal((await jobs(cluster)).length, 1);
});

t.test('missed runs: the last counts, beyond the deadline none, beyond a hundred it is said', async (t) => {
  const schedule = parseSchedule('* * * * *');
  const at = (text: string) => Date.parse(text);
  const since = (lastScheduleTime: string, more: object = {}): CronJob => ({
    ...cronJob(more),
    status: { lastScheduleTime },
  });
  const some = lastDue(since('2026-01-01T00:00:00Z'), schedule, at('2026-01-01T00:05:30Z'));
  t.same([iso(some.atMs), some.missed], ['2026-01-01T00:05', 5]);
  const late = lastDue(
    since('2026-01-01T00:00:00Z', { startingDeadlineSeconds: 10, schedule: '0 * * * *' }),
    parseSchedule('0 * * * *'),
    at('2026-01-01T01:05:30Z'),
  );
  t.equal(late.atMs, undefined);
  const many = lastDue(since('2026-01-01T00:00:00Z'), schedule, at('2026-01-03T12:00:30Z'));
  t.ok(many.missed > 100);
  t.equal(iso(many.atMs), '2026-01-03T12:00');
});

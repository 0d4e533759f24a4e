import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { testCluster } from '../src/cluster.js';
import { mustRun, type Result, run, runInBackground, until } from '../src/run.js';

/**
 * Debian's etcdctl (etcd-client, 3.4), unmodified, against the members of a cluster. Every line it prints is held to what it prints
 * against etcd.
 */
const cluster = testCluster({ port: 13_443, nodes: 1 });
const scratch = mkdtempSync(join(tmpdir(), 'kubelab-etcdctl-'));
let environment: Record<string, string> = {};

const etcdctl = (...args: readonly string[]): Promise<string> =>
  mustRun('etcdctl', args, { env: environment });
const result = (...args: readonly string[]): Promise<Result> => run('etcdctl', args, { env: environment });
const withInput = (input: string, ...args: readonly string[]): Promise<string> =>
  mustRun('etcdctl', args, { env: environment, input });
const json = async (...args: readonly string[]) => JSON.parse(await etcdctl(...args, '-w', 'json'));
const endpoints = () => (environment.ETCDCTL_ENDPOINTS ?? '').split(',');

interface EndpointStatus {
  readonly Endpoint: string;
  readonly Status: { readonly leader: number; readonly header: { readonly member_id: number } };
}

t.before(async () => {
  if ((await run('etcdctl', ['version'])).code !== 0)
    throw new Error(
      "there is no etcdctl on this machine; install Debian's etcd-client: apt-get install etcd-client",
    );
  await cluster.up();
  const exports = await cluster.kubelab('env', 'etcdctl');
  environment = Object.fromEntries(
    [...exports.matchAll(/^export (\w+)='?(.*?)'?$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
});

t.teardown(async () => {
  await cluster.remove();
  rmSync(scratch, { recursive: true, force: true });
});

t.test('put, get with its flags, del', async (t) => {
  t.equal(await etcdctl('put', 'k/a', '1'), 'OK\n');
  await etcdctl('put', 'k/b', '2');
  await etcdctl('put', 'k/c', '3');
  t.equal(await etcdctl('get', 'k/a'), 'k/a\n1\n');
  t.equal(await etcdctl('get', 'k/', '--prefix', '--keys-only'), 'k/a\n\nk/b\n\nk/c\n\n');
  t.equal(await etcdctl('get', 'k/a', 'k/c', '--print-value-only'), '1\n2\n');
  t.equal(
    await etcdctl('get', 'k/', '--prefix', '--limit=1', '--order=DESCEND', '--sort-by=KEY'),
    'k/c\n3\n',
  );
  t.equal(await etcdctl('get', 'k/b', '--from-key', '--limit=2', '--print-value-only'), '2\n3\n');
  t.equal(await etcdctl('get', 'k/', '--prefix', '--consistency=s', '--print-value-only'), '1\n2\n3\n');
  const counted = await etcdctl('get', 'k/', '--prefix', '--count-only', '-w', 'fields');
  t.match(counted, /"Count" : 3/);
  const { revision } = (await json('get', 'k/a')).header;
  await etcdctl('put', 'k/a', 'later');
  t.equal(await etcdctl('get', 'k/a', `--rev=${revision}`, '--print-value-only'), '1\n');
  t.equal(await etcdctl('put', 'k/a', 'now', '--prev-kv'), 'OK\nk/a\nlater\n');
  t.equal(await withInput('from standard input', 'put', 'k/in'), 'OK\n');
  t.equal(await etcdctl('get', 'k/in', '--print-value-only'), 'from standard input\n');
  t.equal(await etcdctl('put', 'k/a', '--ignore-value'), 'OK\n');
  t.equal(await etcdctl('get', 'k/a', '--print-value-only'), 'now\n');
  t.equal(await etcdctl('del', 'k/', '--prefix'), '4\n');
  t.equal(await etcdctl('del', 'k/a'), '0\n');
  t.match((await result('get', 'k/a', '--rev=999999999')).stderr, /required revision is a future revision/);
});

t.test('txn: compares of every kind, both branches', async (t) => {
  await etcdctl('put', 't', 'x');
  const script = 'value("t") = "x"\nversion("t") > "0"\n\nput t y\nget t\n\nget t\n\n';
  t.equal(await withInput(script, 'txn'), 'SUCCESS\n\nOK\n\nt\ny\n');
  t.match(await withInput(script, 'txn'), /^FAILURE\n\nt\ny\n/);
  const twice = await run('etcdctl', ['txn'], { env: environment, input: '\nput t a\nput t b\n\n\n' });
  t.match(twice.stderr, /duplicate key given in txn request/);
});

t.test('watch: from a revision, of a prefix, with what was before', async (t) => {
  const { revision } = (await json('put', 'w/a', '1')).header;
  await etcdctl('put', 'w/a', '2');
  await etcdctl('del', 'w/a');
  const watch = runInBackground('etcdctl', ['watch', 'w/', '--prefix', `--rev=${revision}`, '--prev-kv'], {
    env: environment,
  });
  const expected = 'PUT\n\n\nw/a\n1\nPUT\nw/a\n1\nw/a\n2\nDELETE\nw/a\n2\nw/a\n\n';
  await until('all three events are seen', async () => watch.output().stdout.length >= expected.length, {
    timeoutMs: 10_000,
  });
  t.equal(watch.output().stdout, expected);
  await etcdctl('put', 'w/b', 'live');
  await until('a later one is seen', async () => watch.output().stdout.includes('live'), {
    timeoutMs: 10_000,
  });
  await watch.stop();
});

t.test('leases: grant, time-to-live, keep-alive, list, revoke', async (t) => {
  const granted = await etcdctl('lease', 'grant', '600');
  const id = /^lease ([0-9a-f]+) granted with TTL\(600s\)/.exec(granted)?.[1] ?? '';
  t.not(id, '');
  await etcdctl('put', 'leased', 'v', `--lease=${id}`);
  t.match(
    await etcdctl('lease', 'timetolive', id, '--keys'),
    /TTL\(600s\), remaining\(\d+s\), attached keys\(\[leased\]\)/,
  );
  t.match(await etcdctl('lease', 'keep-alive', '--once', id), /keepalived with TTL\(600\)/);
  t.match(await etcdctl('lease', 'list'), new RegExp(id));
  t.match(await etcdctl('lease', 'revoke', id), /revoked/);
  t.equal(await etcdctl('get', 'leased'), '');
  t.match((await result('lease', 'revoke', id)).stderr, /requested lease not found/);
  const short = /^lease ([0-9a-f]+)/.exec(await etcdctl('lease', 'grant', '2'))?.[1] ?? '';
  await etcdctl('put', 'short', 'v', `--lease=${short}`);
  await until('it ends by itself', async () => (await etcdctl('get', 'short')) === '', { timeoutMs: 15_000 });
});

t.test('endpoint health, status, hashkv; compaction; defrag; alarms', async (t) => {
  t.match(
    (await result('endpoint', 'health', '--cluster')).stdout + (await result('endpoint', 'health')).stderr,
    /is healthy/,
  );
  const status: EndpointStatus[] = await json('endpoint', 'status');
  t.equal(status.length, 3);
  t.equal(new Set(status.map((one) => one.Status.leader)).size, 1);
  t.match(await etcdctl('endpoint', 'status', '-w', 'table'), /ENDPOINT.*IS LEADER/);
  const { revision } = (await json('put', 'c', '1')).header;
  await etcdctl('put', 'c', '2');
  t.match(await etcdctl('compaction', `${revision + 1}`, '--physical'), /compacted revision/);
  t.match((await result('get', 'c', `--rev=${revision}`)).stderr, /required revision has been compacted/);
  t.match(await etcdctl('defrag'), /Finished defragmenting etcd member/);
  t.equal(await etcdctl('alarm', 'list'), '');
  t.equal(await etcdctl('alarm', 'disarm'), '');
  await until(
    'members hash alike',
    async () => {
      const hashes: { HashKV: { hash: number } }[] = await json('endpoint', 'hashkv');
      return new Set(hashes.map((one) => one.HashKV.hash)).size === 1 && hashes.length === 3;
    },
    { timeoutMs: 10_000 },
  );
});

t.test('members: list, leadership moved, a learner added and removed', async (t) => {
  t.match(await etcdctl('member', 'list'), /^[0-9a-f]{1,16}, started, etcd-raft-0, https:/m);
  const status: EndpointStatus[] = await json('endpoint', 'status');
  const follower = status.find((one) => one.Status.leader !== one.Status.header.member_id);
  const leader = status.find((one) => one.Status.leader === one.Status.header.member_id);
  const line = (await etcdctl('member', 'list'))
    .split('\n')
    .find((text) => text.includes(follower?.Endpoint ?? 'nobody'));
  const target = line?.split(',')[0] ?? '';
  t.match(
    await etcdctl('--endpoints', leader?.Endpoint ?? '', 'move-leader', target),
    /Leadership transferred from/,
  );
  const added = await etcdctl('member', 'add', 'newcomer', '--learner', '--peer-urls=https://127.0.0.1:9');
  const id = /Member\s+([0-9a-f]+) added/.exec(added)?.[1] ?? '';
  t.match(
    (await result('member', 'promote', id)).stderr,
    /can only promote a learner member which is in sync with leader/,
  );
  t.match(await etcdctl('member', 'update', id, '--peer-urls=https://127.0.0.1:10'), /updated in cluster/);
  t.match(await etcdctl('member', 'remove', id), /removed from cluster/);
});

t.test('a snapshot is saved', async (t) => {
  await etcdctl('put', 'kept', 'in the snapshot');
  const file = join(scratch, 'store.snapshot');
  const [endpoint = ''] = endpoints();
  const saved = await result('--endpoints', endpoint, 'snapshot', 'save', file);
  t.equal(saved.code, 0, saved.stderr);
  t.ok(statSync(file).size > 0);
});

t.test('lock, elect, make-mirror', async (t) => {
  t.equal((await etcdctl('lock', 'mutex', 'echo', 'held')).trim().split('\n').at(-1), 'held');
  const elected = runInBackground('etcdctl', ['elect', 'office', 'alice'], { env: environment });
  await until('alice is elected', async () => elected.output().stdout.includes('alice'), {
    timeoutMs: 10_000,
  });
  const listening = runInBackground('etcdctl', ['elect', '--listen', 'office'], { env: environment });
  await until('it is told', async () => listening.output().stdout.includes('alice'), { timeoutMs: 10_000 });
  await Promise.all([elected.stop(), listening.stop()]);
  await etcdctl('put', 'from/a', '1');
  const [endpoint = ''] = endpoints();
  const mirror = runInBackground(
    'etcdctl',
    [
      ...['make-mirror', '--prefix', 'from/', '--dest-prefix', 'to/'],
      ...['--dest-cacert', environment.ETCDCTL_CACERT ?? '', '--dest-cert', environment.ETCDCTL_CERT ?? ''],
      ...[
        '--dest-key',
        environment.ETCDCTL_KEY ?? '',
        '--dest-insecure-transport=false',
        endpoint.replace('https://', ''),
      ],
    ],
    { env: environment },
  );
  await until(
    'the mirror has it',
    async () => (await etcdctl('get', 'to/a', '--print-value-only')) === '1\n',
    {
      timeoutMs: 15_000,
    },
  );
  await mirror.stop();
});

t.test('check perf runs through', async (t) => {
  const { stdout, stderr } = await run('etcdctl', ['check', 'perf', '--load=s'], {
    env: environment,
    timeoutMs: 120_000,
  });
  t.match(stdout + stderr, /Throughput is|Throughput too low/);
});

t.test('users, roles, permissions on ranges', async (t) => {
  await etcdctl('user', 'add', 'root:secret');
  await etcdctl('role', 'add', 'root');
  await etcdctl('user', 'grant-role', 'root', 'root');
  await etcdctl('user', 'add', 'reader:word');
  await etcdctl('role', 'add', 'reads');
  await etcdctl('role', 'grant-permission', 'reads', 'read', 'open/', '--prefix=true');
  await etcdctl('user', 'grant-role', 'reader', 'reads');
  await etcdctl('put', 'open/a', '1');
  t.match(await etcdctl('auth', 'enable'), /Authentication Enabled/);
  try {
    const reader = ['--user', 'reader:word'];
    t.equal(await etcdctl(...reader, 'get', 'open/a', '--print-value-only'), '1\n');
    t.match((await result(...reader, 'put', 'open/a', '2')).stderr, /permission denied/);
    t.match((await result(...reader, 'get', 'closed')).stderr, /permission denied/);
    t.match(
      (await result('--user', 'reader:wrong', 'get', 'open/a')).stderr,
      /authentication failed, invalid user ID or password/,
    );
    const root = ['--user', 'root:secret'];
    t.match(await etcdctl(...root, 'role', 'get', 'reads'), /\[open\/, open0\) \(prefix open\/\)/);
    t.match(await etcdctl(...root, 'user', 'get', 'reader'), /Roles: reads/);
  } finally {
    await etcdctl('--user', 'root:secret', 'auth', 'disable');
  }
});

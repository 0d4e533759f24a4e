import { join } from 'node:path';
import t from 'tap';
import { testCluster } from '../src/cluster.js';
import { createEtcdctl, type Etcdctl, startMember } from '../src/etcd.js';
import { run, runInBackground, until } from '../src/run.js';

/**
 * Debian's etcdctl (etcd-client, 3.4), unmodified, against the members of a cluster. Every line it prints is held to what it prints
 * against etcd 3.4. Snapshots and quota: etcdctl-snapshot.test.ts.
 */
const cluster = testCluster({ port: 13_443, nodes: 1 });
let etcdctl: Etcdctl = createEtcdctl({});

const json = async (...args: readonly string[]) => JSON.parse(await etcdctl(...args, '-w', 'json'));
const endpoints = () => (etcdctl.environment.ETCDCTL_ENDPOINTS ?? '').split(',');
const background = (...args: readonly string[]) =>
  runInBackground('etcdctl', args, { env: etcdctl.environment });

interface EndpointStatus {
  readonly Endpoint: string;
  readonly Status: {
    readonly header: { readonly member_id: number; readonly revision: number; readonly raft_term: number };
    readonly version: string;
    readonly leader: number;
    readonly raftIndex: number;
    readonly raftTerm: number;
    readonly raftAppliedIndex: number;
    readonly dbSize: number;
    readonly dbSizeInUse: number;
  };
}

t.before(async () => {
  if ((await run('etcdctl', ['version'])).code !== 0)
    throw new Error(
      "there is no etcdctl on this machine; install Debian's etcd-client: apt-get install etcd-client",
    );
  await cluster.up();
  const exports = await cluster.kubelab('env', 'etcdctl');
  etcdctl = createEtcdctl(
    Object.fromEntries(
      [...exports.matchAll(/^export (\w+)='?(.*?)'?$/gm)].map(([, name = '', value = '']) => [name, value]),
    ),
  );
});

t.teardown(() => cluster.remove());

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
  const counted = await etcdctl('get', 'k/', '--prefix', '--limit=1', '-w', 'fields');
  t.match(counted, /"More" : true\n"Count" : 3\n/);
  t.equal(
    await etcdctl('get', 'k/', '--prefix', '--sort-by=VALUE', '--order=ASCEND', '--keys-only', '--limit=1'),
    'k/a\n\n',
  );
  t.equal(await etcdctl('get', 'k/a', '--hex'), '\\x6b\\x2f\\x61\n\\x31\n');
  const { revision } = (await json('get', 'k/a')).header;
  await etcdctl('put', 'k/a', 'later');
  t.equal(await etcdctl('get', 'k/a', `--rev=${revision}`, '--print-value-only'), '1\n');
  t.equal(await etcdctl('put', 'k/a', 'now', '--prev-kv'), 'OK\nk/a\nlater\n');
  t.equal(await etcdctl.withInput('from standard input', 'put', 'k/in'), 'OK\n');
  t.equal(await etcdctl('get', 'k/in', '--print-value-only'), 'from standard input\n');
  t.equal(await etcdctl('put', 'k/a', '--ignore-value'), 'OK\n');
  t.equal(await etcdctl('get', 'k/a', '--print-value-only'), 'now\n');
  t.equal(await etcdctl('del', 'k/', '--prefix'), '4\n');
  t.equal(await etcdctl('del', 'k/a'), '0\n');
  t.match(
    (await etcdctl.result('get', 'k/a', '--rev=999999999')).stderr,
    /required revision is a future revision/,
  );
});

t.test('txn: compares of every kind, both branches', async (t) => {
  await etcdctl('put', 't', 'x');
  const script = 'value("t") = "x"\nversion("t") > "0"\n\nput t y\nget t\n\nget t\n\n';
  t.equal(await etcdctl.withInput(script, 'txn'), 'SUCCESS\n\nOK\n\nt\ny\n');
  t.match(await etcdctl.withInput(script, 'txn'), /^FAILURE\n\nt\ny\n/);
  const twice = await run('etcdctl', ['txn'], {
    env: etcdctl.environment,
    input: '\nput t a\nput t b\n\n\n',
  });
  t.match(twice.stderr, /duplicate key given in txn request/);
  t.equal(
    await etcdctl.withInput('mod("none") = "0"\n\nput none 1\n\nget none\n\n', 'txn', '--interactive'),
    'compares:\nsuccess requests (get, put, del):\nfailure requests (get, put, del):\nSUCCESS\n\nOK\n',
  );
});

t.test('watch: from a revision, of a prefix, with what was before', async (t) => {
  const { revision } = (await json('put', 'w/a', '1')).header;
  await etcdctl('put', 'w/a', '2');
  await etcdctl('del', 'w/a');
  const watch = runInBackground('etcdctl', ['watch', 'w/', '--prefix', `--rev=${revision}`, '--prev-kv'], {
    env: etcdctl.environment,
  });
  const expected = 'PUT\nw/a\n1\nPUT\nw/a\n1\nw/a\n2\nDELETE\nw/a\n2\nw/a\n\n';
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

t.test('watch, interactive: several on one stream, progress, commands that are none', async (t) => {
  const commands = 'watch i/\\nbogus\\nwatch i/a i/z\\nprogress\\n';
  // Whenever the watches are there: a later put is seen.
  const puts = 'for at in 1 2 3 4 5; do sleep 1; etcdctl put i/b now >/dev/null; done';
  const { stdout, stderr } = await run(
    'sh',
    ['-c', `(printf '${commands}'; ${puts}; sleep 0.5) | etcdctl watch --interactive`],
    { env: etcdctl.environment },
  );
  t.match(stdout, /^(progress notify: \d+\n)+(PUT\ni\/b\nnow\n)+$/);
  t.ok(stdout.split('PUT').length <= 6, 'by the watch of the range, not by the one of a single key');
  t.match(stderr, /Invalid command bogus \(only support watch\)/);
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
  t.match((await etcdctl.result('lease', 'revoke', id)).stderr, /requested lease not found/);
  t.equal(await etcdctl('lease', 'timetolive', id), `lease ${id} already expired\n`);
  const kept = /^lease ([0-9a-f]+)/.exec(await etcdctl('lease', 'grant', '2'))?.[1] ?? '';
  const keeping = background('lease', 'keep-alive', kept);
  await until(
    'it is renewed again and again',
    async () => keeping.output().stdout.split('keepalived with TTL(2)').length > 6,
    { timeoutMs: 20_000 },
  );
  t.match(await etcdctl('lease', 'timetolive', kept), /granted with TTL\(2s\), remaining\([012]s\)/);
  await etcdctl('lease', 'revoke', kept);
  await until('it ends with its lease', async () => keeping.output().stdout.includes('expired or revoked'), {
    timeoutMs: 10_000,
  });
  await keeping.stop();
  const short = /^lease ([0-9a-f]+)/.exec(await etcdctl('lease', 'grant', '2'))?.[1] ?? '';
  await etcdctl('put', 'short', 'v', `--lease=${short}`);
  await until('it ends by itself', async () => (await etcdctl('get', 'short')) === '', { timeoutMs: 15_000 });
});

t.test('endpoint health, status, hashkv; compaction; defrag; alarms', async (t) => {
  t.match(
    (await etcdctl.result('endpoint', 'health', '--cluster')).stdout +
      (await etcdctl.result('endpoint', 'health')).stderr,
    /is healthy/,
  );
  const status: EndpointStatus[] = await json('endpoint', 'status');
  t.equal(status.length, 3);
  t.equal(new Set(status.map((one) => one.Status.leader)).size, 1);
  for (const { Status: one } of status) {
    t.match(one.version, /^3\.\d+\.\d+$/);
    t.ok(one.header.revision > 1 && one.header.member_id > 0);
    t.ok(one.raftTerm > 0 && one.raftTerm === one.header.raft_term);
    t.ok(one.raftIndex >= one.raftAppliedIndex && one.raftAppliedIndex > 0);
    t.ok(one.dbSize >= one.dbSizeInUse && one.dbSizeInUse > 0);
  }
  t.match(await etcdctl('endpoint', 'status', '-w', 'table'), /ENDPOINT.*IS LEADER/);
  const { revision } = (await json('put', 'c', '1')).header;
  await etcdctl('put', 'c', '2');
  t.match(await etcdctl('compaction', `${revision + 1}`, '--physical'), /compacted revision/);
  t.match(
    (await etcdctl.result('get', 'c', `--rev=${revision}`)).stderr,
    /required revision has been compacted/,
  );
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

t.test('members: list, leadership moved, one added and removed that never started', async (t) => {
  t.match(await etcdctl('member', 'list'), /^[0-9a-f]{1,16}, started, etcd-raft-0, https:/m);
  const status: EndpointStatus[] = await json('endpoint', 'status');
  const follower = status.find((one) => one.Status.leader !== one.Status.header.member_id);
  const leader = status.find((one) => one.Status.leader === one.Status.header.member_id);
  const line = (await etcdctl('member', 'list'))
    .split('\n')
    .find((text) => text.includes(follower?.Endpoint ?? 'nobody'));
  const target = line?.split(',')[0] ?? '';
  t.match(await etcdctl.at(leader?.Endpoint ?? '')('move-leader', target), /Leadership transferred from/);
  const added = await etcdctl('member', 'add', 'newcomer', '--learner', '--peer-urls=https://127.0.0.1:9');
  const id = /Member\s+([0-9a-f]+) added/.exec(added)?.[1] ?? '';
  t.match(
    (await etcdctl.result('member', 'promote', id)).stderr,
    /can only promote a learner member which is in sync with leader/,
  );
  t.match(
    await etcdctl('member', 'list'),
    new RegExp(`^${id}, unstarted, , https://127.0.0.1:9, , true$`, 'm'),
  );
  t.match(await etcdctl('member', 'update', id, '--peer-urls=https://127.0.0.1:10'), /updated in cluster/);
  t.match(await etcdctl('member', 'remove', id), /removed from cluster/);
});

t.test('a member is added as a learner, started, promoted and removed', async (t) => {
  const ports = { peer: 13_498, client: 13_499 };
  const name = 'newcomer';
  const added = await etcdctl(
    'member',
    'add',
    name,
    '--learner',
    `--peer-urls=https://127.0.0.1:${ports.peer}`,
  );
  const id = /Member\s+([0-9a-f]+) added/.exec(added)?.[1] ?? '';
  t.match(added, /ETCD_INITIAL_CLUSTER_STATE="existing"/);
  // As etcdctl says it, with the addresses that this flag wants.
  const [, all = ''] = /ETCD_INITIAL_CLUSTER="(.*)"/.exec(added) ?? [];
  const pki = join(cluster.dataDirectory, 'pki');
  const learner = await startMember({
    ...{ name, ports, initialCluster: all.replaceAll('https://', '') },
    dataDirectory: join(cluster.dataDirectory, name),
    pki: { ca: join(pki, 'ca.crt'), cert: join(pki, 'etcd-raft-0.crt'), key: join(pki, 'etcd-raft-0.key') },
    flags: ['--initial-cluster-state', 'existing'],
  });
  try {
    await until(
      'it has started',
      async () =>
        new RegExp(`^${id}, started, ${name}, .*, true$`, 'm').test(await etcdctl('member', 'list')),
      { timeoutMs: 10_000 },
    );
    t.match(await learner.etcdctl('endpoint', 'status'), /, false, true, \d+, \d+, \d+, /);
    await etcdctl('put', 'for/learner', 'too');
    t.equal(await learner.etcdctl('get', 'for/learner', '--consistency=s', '--print-value-only'), 'too\n');
    await until(
      'it is promoted',
      async () => (await etcdctl('member', 'promote', id)).includes('promoted in cluster'),
      { timeoutMs: 10_000 },
    );
    t.match((await etcdctl.result('member', 'promote', id)).stderr, /can only promote a learner member/);
    t.equal(await learner.etcdctl('put', 'from/voter', '1'), 'OK\n');
    t.equal(await learner.etcdctl('get', 'from/voter', '--print-value-only'), '1\n');
  } finally {
    t.match(await etcdctl('member', 'remove', id), /removed from cluster/);
    await learner.stop();
  }
  t.equal((await etcdctl('member', 'list')).trim().split('\n').length, 3);
});

t.test('lock, elect, make-mirror', async (t) => {
  t.equal((await etcdctl('lock', 'mutex', 'echo', 'held')).trim().split('\n').at(-1), 'held');
  const elected = background('elect', 'office', 'alice');
  await until('alice is elected', async () => elected.output().stdout.includes('alice'), {
    timeoutMs: 10_000,
  });
  const listening = background('elect', '--listen', 'office');
  await until('it is told', async () => listening.output().stdout.includes('alice'), { timeoutMs: 10_000 });
  await Promise.all([elected.stop(), listening.stop()]);
  await etcdctl('put', 'from/a', '1');
  const [endpoint = ''] = endpoints();
  const mirror = runInBackground(
    'etcdctl',
    [
      ...['make-mirror', '--prefix', 'from/', '--dest-prefix', 'to/'],
      ...[
        '--dest-cacert',
        etcdctl.environment.ETCDCTL_CACERT ?? '',
        '--dest-cert',
        etcdctl.environment.ETCDCTL_CERT ?? '',
      ],
      ...[
        '--dest-key',
        etcdctl.environment.ETCDCTL_KEY ?? '',
        '--dest-insecure-transport=false',
        endpoint.replace('https://', ''),
      ],
    ],
    { env: etcdctl.environment },
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
    env: etcdctl.environment,
    timeoutMs: 120_000,
  });
  t.match(stdout + stderr, /Throughput is|Throughput too low/);
  t.match(stdout + stderr, /Slowest request took/);
  t.match(stdout + stderr, /Stddev is|Stddev too high/);
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
    t.match((await etcdctl.result(...reader, 'put', 'open/a', '2')).stderr, /permission denied/);
    t.match((await etcdctl.result(...reader, 'get', 'closed')).stderr, /permission denied/);
    t.match(
      (await etcdctl.result('--user', 'reader:wrong', 'get', 'open/a')).stderr,
      /authentication failed, invalid user ID or password/,
    );
    const root = ['--user', 'root:secret'];
    t.match(await etcdctl(...root, 'role', 'get', 'reads'), /\[open\/, open0\) \(prefix open\/\)/);
    t.match(await etcdctl(...root, 'user', 'get', 'reader'), /Roles: reads/);
  } finally {
    await etcdctl('--user', 'root:secret', 'auth', 'disable');
  }
});

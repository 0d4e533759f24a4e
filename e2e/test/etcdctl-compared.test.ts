import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { freePorts, memberPki, requireEtcd, type StoreProcess, startEtcd, startMember } from '../src/etcd.js';
import { run } from '../src/run.js';

/**
 * The same commands of Debian's etcdctl to one member of kubelab's store and to one of Debian's etcd: code and output must be the
 * same, but for what no two clusters have in common (ids, sizes, times).
 */
const scratch = mkdtempSync(join(tmpdir(), 'kubelab-compared-'));
let stores: readonly StoreProcess[] = [];

t.before(async () => {
  await requireEtcd();
  const pki = await memberPki(join(scratch, 'pki'));
  stores = await Promise.all([
    startMember({ name: 'm', dataDirectory: join(scratch, 'own'), pki, ports: await freePorts() }),
    startEtcd({ name: 'm', dataDirectory: join(scratch, 'etcd'), pki, ports: await freePorts() }),
  ]);
});

t.teardown(async () => {
  await Promise.all(stores.map((store) => store.stop()));
  rmSync(scratch, { recursive: true, force: true });
});

interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Command {
  readonly args: readonly string[];
  readonly input?: string;
}

/** Ids that the store gave to leases, in the order of grants; a command names them LEASE0, LEASE1. */
const leases = new Map<StoreProcess, string[]>();

async function tell(store: StoreProcess, { args, input = '' }: Command): Promise<Told> {
  const known = leases.get(store) ?? [];
  const named = args.map((arg) => arg.replace(/LEASE(\d)/, (_, at: string) => known[Number(at)] ?? 'none'));
  const { code, stdout, stderr } = await run('etcdctl', named, { env: store.etcdctl.environment, input });
  const [, granted] = /^lease ([0-9a-f]{16}) granted with/.exec(stdout) ?? [];
  if (args.includes('grant') && granted !== undefined) leases.set(store, [...known, granted]);
  const plain = (said: string) =>
    (leases.get(store) ?? [])
      .reduce(
        (text, id, at) =>
          text.replaceAll(id, `LEASE${at}`).replaceAll(String(BigInt(`0x${id}`)), `LEASE${at}`),
        said,
      )
      .replaceAll(/"(cluster_id|member_id|raft_term)":\d+/g, '"$1":0')
      .replaceAll(/"(ClusterID|MemberID|RaftTerm|Lease)" : \d+/g, '"$1" : 0')
      .replaceAll(/remaining\(\d+s\)/g, 'remaining(s)')
      .replaceAll(/https?:\/\/127\.0\.0\.1:\d+/g, 'ENDPOINT')
      .replaceAll(/took = \S+/g, 'took')
      .replaceAll(/^[0-9a-f]{15,16}, /gm, 'MEMBER, ')
      .replaceAll(/^Member +[0-9a-f]{15,16} /gm, 'Member MEMBER ')
      .replaceAll(/(to|in) cluster +[0-9a-f]{15,16}/g, '$1 cluster CLUSTER');
  // What the client logs on its way has times in it; the last word is the error itself.
  const errors = stderr
    .split('\n')
    .filter((line) => !line.startsWith('{"level"'))
    .join('\n');
  return { code, stdout: byName(plain(stdout)), stderr: plain(errors) };
}

/** Members come in the order of their ids, which are other ones here and there. */
function byName(text: string): string {
  const lines = text
    .replaceAll(/(?<=^ETCD_INITIAL_CLUSTER=").*(?="$)/gm, (members) => members.split(',').sort().join(','))
    .split('\n');
  const isList = lines.some((line) => line.startsWith('MEMBER, '));
  return (isList ? lines.sort() : lines).join('\n');
}

const command = (...args: readonly string[]): Command => ({ args });
/** Words, split at blanks. */
const words = (line: string): Command => ({ args: line.split(' ') });

async function same(t: Tap, commands: readonly Command[]): Promise<void> {
  for (const one of commands) {
    const [own, etcd] = await Promise.all(stores.map((store) => tell(store, one)));
    t.same(own, etcd, `etcdctl ${one.args.join(' ').slice(0, 100)} ${(one.input ?? '').slice(0, 60)}`);
  }
}

type Tap = Pick<typeof t, 'same'>;

t.test('keys', async (t) => {
  const puts = ['a 1', 'b 2', 'c 3', 'dir/a x', 'dir/b y', 'dir/c z', 'dir0 not'].map((line) =>
    words(`put ${line}`),
  );
  await same(
    t,
    [
      ...puts,
      words('get a -w json'),
      words('get a -w fields'),
      words('get a b'),
      words('get a c -w json'),
      words('get dir/ --prefix'),
      words('get dir/ --prefix --keys-only -w fields'),
      words('get dir/ --prefix --limit=2 -w json'),
      words('get b --from-key --limit=3'),
      ...['KEY', 'VALUE', 'VERSION', 'CREATE', 'MODIFY'].flatMap((target) =>
        ['ASCEND', 'DESCEND'].map((order) => words(`get dir/ --prefix --sort-by=${target} --order=${order}`)),
      ),
      words('get dir/ --prefix --order=DESCEND --limit=1'),
      words('get a --hex'),
      words('get a --consistency=s -w json'),
      words('get a --rev=3'),
      words('get a --rev=2 -w json'),
      words('get a --rev=9999'),
      words('get none'),
      command('get', '', '--prefix'),
      command('get', '', '--from-key', '--keys-only'),
      command('get', ''),
      command('put', '', 'x'),
      words('put a 2 --prev-kv'),
      words('put new 2 --prev-kv'),
      words('put a -w json'),
      { args: ['put', 'a'], input: 'from stdin' },
      words('put a --ignore-value'),
      words('put none --ignore-value'),
      words('put none 1 --ignore-lease'),
      words('put a x --lease=123456'),
      words('del dir/ --prefix --prev-kv'),
      words('del dir/ --prefix'),
      words('del b c -w json'),
      words('del x --from-key'),
      words('get a -w json'),
      { args: ['put', 'large'], input: 'x'.repeat(1_600_000) },
      { args: ['put', 'fits'], input: 'x'.repeat(1_400_000) },
      words('del fits'),
      words('endpoint hashkv -w json'),
    ].filter((one) => one.args[1] !== 'hashkv'),
  );
});

t.test('transactions', async (t) => {
  const txn = (input: string): Command => ({ args: ['txn'], input });
  const many = (count: number) => Array.from({ length: count }, (_, at) => `put t/${at} v`).join('\n');
  await same(t, [
    words('put t x'),
    txn('value("t") = "x"\n\nput t y\nget t\n\nget t\n\n'),
    txn('value("t") = "x"\n\nput t y\nget t\n\nget t\n\n'),
    txn('mod("t") > "0"\ncreate("t") > "0"\nversion("t") = "2"\n\ndel t\nget t\n\n\n'),
    txn('version("t") = "0"\n\n\n\n'),
    txn('value("a") > "0"\nvalue("a") < "z"\nvalue("a") != "q"\n\nget a --limit=1\n\nget b\n\n'),
    txn('\nput t a\nput t b\n\n\n'),
    txn('\nput t a\ndel t\n\n\n'),
    txn(`\n${many(128)}\n\n\n`),
    txn(`\n${many(129)}\n\n\n`),
    txn('\nget t/ --prefix --keys-only --limit=3\n\n\n'),
    txn('nonsense\n\n\n\n'),
    { args: ['txn', '-w', 'json'], input: '\nput j 1\nget j\n\n\n' },
    { args: ['txn', '--interactive'], input: 'mod("i") = "0"\n\nput i 1\n\nget i\n\n' },
    words('del t/ --prefix'),
  ]);
});

t.test('leases', async (t) => {
  await same(t, [
    words('lease grant 600'),
    words('lease timetolive LEASE0'),
    words('put leased/a 1 --lease=LEASE0'),
    words('put leased/b 1 --lease=LEASE0'),
    words('lease timetolive LEASE0 -w fields'),
    words('get leased/a -w fields'),
    words('put leased/a 2 --ignore-lease'),
    words('get leased/a -w json'),
    words('put leased/b 2'),
    words('lease timetolive LEASE0 --keys'),
    words('lease keep-alive --once LEASE0'),
    words('lease list'),
    words('lease revoke LEASE0'),
    words('lease revoke LEASE0'),
    words('lease timetolive LEASE0'),
    words('lease keep-alive --once LEASE0'),
    words('get leased --prefix'),
    words('lease list'),
    words('lease grant -1'),
    words('lease grant 9000000001'),
    words('lease grant x'),
    words('lease revoke zz'),
  ]);
});

t.test('compaction, watches of history, maintenance', async (t) => {
  await same(t, [
    words('put h 1'),
    words('put h 2'),
    words('del h'),
    words('compaction 99999'),
    words('compaction 5'),
    words('compaction 5'),
    words('compaction 4'),
    words('compaction 6 --physical'),
    words('get a --rev=3'),
    words('get a --rev=6 -w json'),
    words('watch a --rev=3'),
    words('watch h --rev=2 --prefix'),
    words('alarm list'),
    words('alarm disarm'),
    words('defrag'),
    words('endpoint health'),
    words('move-leader 1234'),
    words('compaction x'),
  ]);
});

t.test('members', async (t) => {
  await same(t, [
    words('member remove 1234'),
    words('member promote 1234'),
    words('member update 1234 --peer-urls=http://127.0.0.1:1'),
    words('member add'),
    words('member add other'),
    words('member add other --peer-urls=nonsense'),
    words('member remove zz'),
    words('member list'),
    words('member add second --learner --peer-urls=http://127.0.0.1:1'),
    words('member add third --learner --peer-urls=http://127.0.0.1:2'),
    words('member list'),
  ]);
});

/**
 * Left out, for 3.4 has no texts and codes of etcd's API for them (kubelab answers as a refusal of that kind is answered elsewhere): a
 * password for a user without one, maintenance by who is not root; and a permission on a range that holds nothing, which 3.4 takes.
 */
t.test('users, roles, permissions', async (t) => {
  const root = '--user root:secret';
  await same(t, [
    words('auth disable'),
    words('user add root:secret'),
    words('user add root:secret'),
    words('user add :secret'),
    words('user add reader:word'),
    words('user add nopass --no-password'),
    words('user get reader'),
    words('user get none'),
    words('user list'),
    words('role add root'),
    words('role add reads'),
    words('role add reads'),
    words('role list'),
    words('role get none'),
    words('role grant-permission reads read open/ --prefix'),
    words('role grant-permission reads write w wz'),
    words('role grant-permission reads readwrite k'),
    words('role grant-permission reads read zz --from-key'),
    words('role grant-permission none read k'),
    words('role grant-permission reads nonsense k'),
    words('role get reads'),
    words('role revoke-permission reads none'),
    words('role revoke-permission reads w wz'),
    words('role get reads'),
    words('user grant-role reader reads'),
    words('user grant-role reader none'),
    words('user grant-role none reads'),
    words('user grant-role root root'),
    words('user get reader --detail'),
    words('user revoke-role reader none'),
    words('put open/a 1'),
    words('auth enable'),
    words('get open/a'),
    words('--user reader:word get open/a'),
    words('--user reader:word put open/a 2'),
    words('--user reader:word put k 2'),
    words('--user reader:word get k'),
    words('--user reader:word get k --prefix'),
    words('--user reader:word get zzz'),
    words('--user reader:word del open/a'),
    words('--user reader:wrong get open/a'),
    words('--user none:word get open/a'),
    words('--user reader:word user list'),
    words('--user reader:word user get reader'),
    words('--user reader:word role get reads'),
    words('--user reader:word role add more'),
    words('--user reader:word compaction 7'),
    words('--user reader:word member list'),
    { args: ['--user', 'reader:word', 'txn'], input: '\nget open/a\nget closed\n\n\n' },
    { args: ['--user', 'reader:word', 'txn'], input: '\nget open/a\n\n\n' },
    words('--user reader:word lease grant 600'),
    words('--user reader:word lease revoke LEASE1'),
    words(`${root} user revoke-role root root`),
    words(`${root} user delete root`),
    words(`${root} role delete root`),
    words(`${root} user list`),
    words(`${root} user delete reader`),
    words(`${root} role delete reads`),
    words(`${root} auth disable`),
    words('auth disable'),
    words('user list'),
    words('role list'),
  ]);
});

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  createEtcdctl,
  etcdPeerUrl,
  freePorts,
  type MemberOptions,
  memberPki,
  requireEtcd,
  restoreMember,
  type StoreProcess,
  startEtcd,
  startMember,
} from '../src/etcd.js';
import { run } from '../src/run.js';

/** Snapshots go from kubelab's store to etcd and back, by etcdctl and by this project's own restore; and the quota of a store. */
const scratch = mkdtempSync(join(tmpdir(), 'kubelab-snapshot-'));
const path = (name: string): string => join(scratch, name);
const pki = { ca: path('pki/ca.crt'), cert: path('pki/etcd-raft-0.crt'), key: path('pki/etcd-raft-0.key') };
const plain = createEtcdctl({});
const running: StoreProcess[] = [];

async function member(name: string): Promise<MemberOptions> {
  return { name, dataDirectory: path(name), pki, ports: await freePorts() };
}

async function keep(starting: Promise<StoreProcess>): Promise<StoreProcess> {
  const store = await starting;
  running.push(store);
  return store;
}

t.before(async () => {
  await requireEtcd();
  await memberPki(path('pki'));
});

t.teardown(async () => {
  await Promise.all(running.map((store) => store.stop()));
  rmSync(scratch, { recursive: true, force: true });
});

async function enableAuth({ etcdctl }: StoreProcess): Promise<void> {
  await etcdctl('user', 'add', 'root:secret');
  await etcdctl('user', 'grant-role', 'root', 'root');
  await etcdctl('auth', 'enable');
}

interface SnapshotStatus {
  readonly revision: number;
  readonly totalKey: number;
  readonly totalSize: number;
}

async function statusOf(file: string): Promise<SnapshotStatus> {
  return JSON.parse(await plain('snapshot', 'status', file, '-w', 'json'));
}

async function revisionOf({ etcdctl }: StoreProcess): Promise<number> {
  return JSON.parse(await etcdctl('endpoint', 'status', '-w', 'json'))[0].Status.header.revision;
}

interface Filled {
  readonly lease: string;
  /** At which the key `changed` had its first value; not compacted. */
  readonly earlier: number;
  readonly revision: number;
  /** Of all versions that are kept; the same in both stores. */
  readonly hash: number;
}

async function hashOf({ etcdctl }: StoreProcess): Promise<number> {
  return JSON.parse(await etcdctl('endpoint', 'hashkv', '-w', 'json'))[0].HashKV.hash;
}

/** What each of the two stores is given, and then asked for in the other one. */
async function fill(store: StoreProcess): Promise<Filled> {
  const { etcdctl } = store;
  const lease = /^lease ([0-9a-f]+)/.exec(await etcdctl('lease', 'grant', '600'))?.[1] ?? '';
  await etcdctl('put', 'gone', 'before compaction');
  await etcdctl('put', 'deleted', 'x');
  await etcdctl('del', 'deleted');
  await etcdctl('put', 'leased', 'on a lease', `--lease=${lease}`);
  await etcdctl.withInput('x'.repeat(1_200_000), 'put', 'large');
  const puts = (from: number) =>
    Array.from({ length: 100 }, (_, at) => `put many/${from + at} ${'v'.repeat(40)}`);
  for (let from = 0; from < 1_000; from += 100)
    await etcdctl.withInput(`\n${puts(from).join('\n')}\n\n\n`, 'txn');
  await etcdctl('put', 'gone', 'after');
  await etcdctl('compaction', `${await revisionOf(store)}`, '--physical');
  await etcdctl('put', 'changed', 'first');
  const earlier = await revisionOf(store);
  await etcdctl('put', 'changed', 'second');
  await etcdctl('role', 'add', 'reads');
  await etcdctl('role', 'grant-permission', 'reads', 'readwrite', 'open/', '--prefix=true');
  await etcdctl('user', 'add', 'reader:word');
  await etcdctl('user', 'grant-role', 'reader', 'reads');
  return { lease, earlier, revision: await revisionOf(store), hash: await hashOf(store) };
}

async function verify(
  t: Test,
  store: StoreProcess,
  { lease, earlier, revision, hash }: Filled,
): Promise<void> {
  const { etcdctl } = store;
  t.equal(await revisionOf(store), revision);
  t.equal(await hashOf(store), hash);
  t.equal(await etcdctl('get', 'gone', '--print-value-only'), 'after\n');
  t.equal(await etcdctl('get', 'deleted'), '');
  t.equal((await etcdctl('get', 'large', '--print-value-only')).length, 1_200_001);
  t.equal(
    (await etcdctl('get', 'many/', '--prefix', '--keys-only')).split('\n').filter(Boolean).length,
    1_000,
  );
  t.equal(await etcdctl('get', 'changed', '--print-value-only'), 'second\n');
  t.equal(await etcdctl('get', 'changed', `--rev=${earlier}`, '--print-value-only'), 'first\n');
  t.match((await etcdctl.result('get', 'gone', '--rev=3')).stderr, /has been compacted/);
  t.match(
    await etcdctl('lease', 'timetolive', lease, '--keys'),
    /granted with TTL\(600s\), remaining\(\d+s\), attached keys\(\[leased\]\)/,
  );
  t.match(await etcdctl('role', 'get', 'reads'), /KV Write:\s+\[open\/, open0\)/);
  t.match(await etcdctl('user', 'get', 'reader'), /Roles: reads/);
  const after: { header: { revision: number } } = JSON.parse(await etcdctl('put', 'new', '1', '-w', 'json'));
  t.equal(after.header.revision, revision + 1);
  t.match(await etcdctl('lease', 'revoke', lease), /revoked/);
  t.equal(await etcdctl('get', 'leased'), '');
  t.match(await etcdctl('del', 'many/', '--prefix'), /^1000\n/);
  t.match(await etcdctl('compaction', `${await revisionOf(store)}`, '--physical'), /compacted revision/);
}

t.test('what kubelab saves is a snapshot for etcdctl, and a real etcd goes on with it', async (t) => {
  const own = await keep(startMember(await member('etcd-raft-0')));
  const filled = await fill(own);
  const saved = await own.etcdctl('snapshot', 'save', path('own.db'));
  t.match(saved, /Snapshot saved at/);
  const status = await statusOf(path('own.db'));
  t.equal(status.revision, filled.revision);
  t.ok(status.totalKey > 1_005 && status.totalKey < 1_030, `${status.totalKey} entries in all buckets`);
  t.match(await plain('snapshot', 'status', path('own.db'), '-w', 'table'), /REVISION \| TOTAL KEYS/);

  const other = await member('real');
  await plain(
    ...['snapshot', 'restore', path('own.db'), '--name', other.name, '--data-dir', other.dataDirectory],
    ...['--initial-cluster', `${other.name}=${etcdPeerUrl(other)}`],
    ...['--initial-advertise-peer-urls', etcdPeerUrl(other)],
  );
  await verify(t, await keep(startEtcd(other)), filled);

  const again = { ...(await member('again')), flags: ['--backend', 'lmdb'] };
  const { stdout, stderr } = await restoreMember({ ...again, snapshot: path('own.db') });
  t.match(stdout, /^restored revision \d+ for again/);
  t.equal(stderr, '');
  await t.rejects(restoreMember({ ...again, snapshot: path('own.db') }), /has a member in it already/);
  const restored = await keep(startMember(again));
  await restored.etcdctl('snapshot', 'save', path('again.db'));
  t.match(await statusOf(path('again.db')), { revision: status.revision, totalKey: status.totalKey });
  await verify(t, restored, filled);
  await enableAuth(restored);
  const reader = ['--user', 'reader:word'];
  t.equal(await restored.etcdctl(...reader, 'put', 'open/a', '1'), 'OK\n', 'passwords come along');
  t.match((await restored.etcdctl.result(...reader, 'put', 'closed', '1')).stderr, /permission denied/);
});

t.test('what a real etcd saves, kubelab goes on with', async (t) => {
  const options = await member('etcd');
  const real = await keep(startEtcd(options));
  const filled = await fill(real);
  await real.etcdctl('snapshot', 'save', path('real.db'));
  await real.stop();
  const restored = await member('restored');
  const { stderr } = await restoreMember({ ...restored, snapshot: path('real.db') });
  t.match(stderr, /passwords of these users were hashed by etcd and do not work here.*: reader\n/);
  const own = await keep(startMember(restored));
  await verify(t, own, filled);
  await own.etcdctl.withInput('other\nother\n', 'user', 'passwd', 'reader', '--interactive=false');
  await enableAuth(own);
  t.equal(await own.etcdctl('--user', 'reader:other', 'put', 'open/a', '1'), 'OK\n', 'with a new password');

  t.comment('a copy of the member directory has no hash behind it');
  copyFileSync(join(options.dataDirectory, 'member/snap/db'), path('copy.db'));
  const copied = { ...(await member('copied')), snapshot: path('copy.db') };
  await t.rejects(restoreMember(copied), /it has no hash at its end/);
  await restoreMember({ ...copied, restoreFlags: ['--skip-hash-check'] });
  await verify(t, await keep(startMember(copied)), filled);

  t.comment('a spoilt one is refused');
  const bytes = readFileSync(path('real.db'));
  bytes.writeUInt8(bytes.readUInt8(30_000) ^ 1, 30_000);
  writeFileSync(path('spoilt.db'), bytes);
  const spoilt = { ...(await member('spoilt')), snapshot: path('spoilt.db') };
  await t.rejects(restoreMember(spoilt), /spoilt\.db is damaged/);
});

t.test('a snapshot of an empty store is one, too', async (t) => {
  const own = await keep(startMember(await member('empty')));
  await own.etcdctl('snapshot', 'save', path('empty.db'));
  t.equal((await statusOf(path('empty.db'))).revision, 0, 'as etcd: no key has any');
  const restored = await member('empty-again');
  const { stdout } = await restoreMember({ ...restored, snapshot: path('empty.db') });
  t.match(stdout, /^restored revision 1 /);
});

t.test('the quota: an alarm, until there is room and it is disarmed', async (t) => {
  const options = { ...(await member('small')), flags: ['--quota-backend-bytes=4000000'] };
  const { etcdctl } = await keep(startMember(options));
  let refused = '';
  for (let at = 0; at < 20 && refused === ''; at += 1)
    refused = (
      await run('etcdctl', ['put', `k${at}`], { env: etcdctl.environment, input: 'x'.repeat(500_000) })
    ).stderr;
  t.match(refused, /etcdserver: mvcc: database space exceeded/);
  t.match(await etcdctl('alarm', 'list'), /^memberID:\d+ alarm:NOSPACE \n$/);
  t.match(await etcdctl('endpoint', 'status'), /memberID:\d+ alarm:NOSPACE/);
  t.match((await etcdctl.result('put', 'small', '1')).stderr, /database space exceeded/);
  t.match(await etcdctl('del', 'k', '--prefix'), /^\d+\n$/, 'deleting goes on');
  const { Status }: { Status: { header: { revision: number } } } = JSON.parse(
    await etcdctl('endpoint', 'status', '-w', 'json'),
  )[0];
  await etcdctl('compaction', `${Status.header.revision}`, '--physical');
  await etcdctl('defrag');
  t.match(await etcdctl('alarm', 'disarm'), /^memberID:\d+ alarm:NOSPACE \n$/);
  t.equal(await etcdctl('alarm', 'list'), '');
  t.equal(await etcdctl('put', 'small', '1'), 'OK\n');
  t.match((await etcdctl.result('endpoint', 'health')).stderr, /is healthy/);
});

import { ensurePki } from '@kubelab/pki';
import { loadTls } from '@kubelab/pki/load';
import { createRealWorld } from '@kubelab/world';
import t from 'tap';
import { type Store, StoreError, type WatchResponse } from '../src/contract.js';
import { connectEtcd } from '../src/etcd/index.js';
import { prefixEnd } from '../src/keys.js';
import { type EtcdCluster, type EtcdMember, startEtcd } from './etcd-process.js';

/** Three members that want certificates; they are killed and stopped while a client writes and watches. */
const world = createRealWorld({ host: 'test' });
const bytes = (text: string) => Buffer.from(text);
const text = (value: Uint8Array | undefined) => Buffer.from(value ?? []).toString();

let etcd: EtcdCluster;
let store: Store;
const stores: Store[] = [];
const strangers: Store[] = [];

async function filesOf(directory: string, name: string, hosts = ['127.0.0.1', 'localhost']) {
  await ensurePki(world, directory, [{ name, commonName: name, organizations: [], hosts }]);
  return {
    caFile: `${directory}/ca.crt`,
    certFile: `${directory}/${name}.crt`,
    keyFile: `${directory}/${name}.key`,
  };
}

function connect(options: Parameters<typeof connectEtcd>[1]): Store {
  const made = connectEtcd({ world }, options);
  stores.push(made);
  return made;
}

t.before(async () => {
  const directory = t.testdir();
  etcd = await startEtcd({ members: 3, tls: await filesOf(`${directory}/pki`, 'etcd') });
  const tls = await loadTls(world, await filesOf(`${directory}/pki`, 'apiserver'));
  store = connect({ endpoints: etcd.endpoints, tls });
  const stranger = await loadTls(world, await filesOf(`${directory}/other`, 'stranger'));
  strangers.push(connect({ endpoints: etcd.endpoints, tls: stranger }));
  strangers.push(connect({ endpoints: etcd.endpoints, tls: { ...stranger, caPem: tls.caPem } }));
});
t.teardown(async () => {
  await Promise.all(stores.map((one) => one.close()));
  await etcd.stop();
});

/** Once, however often it must be asked. A follower waits 6 s for an answer that died with its leader; this does not. */
async function put(key: string, value: string): Promise<void> {
  const operation = { type: 'put', key: bytes(key), value: bytes(value) } as const;
  for (;;) {
    try {
      const compare = [{ key: bytes(key), target: 'version', result: 'equal', number: 0 } as const];
      await store.txn({ compare, success: [operation], failure: [] }, { deadlineMs: 1_500 });
      return;
    } catch (error) {
      if (!(error instanceof StoreError && error.mayHaveExecuted)) throw error;
    }
  }
}

async function leaderOf(cluster: EtcdCluster): Promise<EtcdMember> {
  const { leader } = await store.status();
  for (const member of cluster.members) {
    const only = connect({ endpoints: [member.client], tls: await ownTls() });
    if ((await only.status()).header.memberId === leader) return member;
  }
  throw new Error('none of them leads');
}

async function ownTls() {
  return loadTls(world, await filesOf(`${t.testdirName}/pki`, 'apiserver'));
}

t.test('who comes without a certificate of the CA is refused, and so is a server of another', async (t) => {
  for (const stranger of strangers)
    await t.rejects(stranger.range({ key: bytes('k') }, { deadlineMs: 300 }), {
      code: 'timeout',
      mayHaveExecuted: false,
    });
});

t.test('members die and come back: nothing is lost, doubled or out of order', async (t) => {
  const watch = store.watch({ key: bytes('/f/'), rangeEnd: prefixEnd(bytes('/f/')) });
  const responses = watch[Symbol.asyncIterator]();
  const first = await responses.next();
  const started: WatchResponse | undefined = first.value;
  let written = 0;
  let stop = false;
  let slowestMs = 0;
  const writer = (async () => {
    while (!stop) {
      const sinceMs = world.clock.monotonicMs();
      await put(`/f/${written}`, String(written));
      written += 1;
      slowestMs = Math.max(slowestMs, world.clock.monotonicMs() - sinceMs);
    }
  })();
  const seen: string[] = [];
  const revisions: number[] = [started?.header.revision ?? 0];
  const reader = (async () => {
    for (;;) {
      const next = await responses.next();
      if (next.done === true) return;
      for (const { kv } of next.value.events) {
        seen.push(text(kv.value));
        revisions.push(kv.modRevision);
      }
    }
  })();
  const leader = await leaderOf(etcd);
  await leader.kill();
  const atLeast = written + 20;
  while (written < atLeast) await world.timers.sleep(20);
  await leader.start();
  for (const member of etcd.members.filter((one) => one !== leader)) {
    await member.kill();
    await world.timers.sleep(50);
    await member.start();
  }
  stop = true;
  await writer;
  while (seen.length < written) await world.timers.sleep(20);
  await world.timers.sleep(50);
  watch.close();
  await reader;
  t.same(
    seen,
    Array.from({ length: written }, (_, at) => String(at)),
  );
  t.same(
    revisions,
    [...revisions].sort((a, b) => a - b),
  );
  t.equal(new Set(revisions).size, revisions.length);
  t.comment(`${written} writes, the slowest took ${Math.round(slowestMs)} ms`);
});

t.test('a server that its certificate does not name is refused', async (sub) => {
  const misnamed = await startEtcd({ tls: await filesOf(`${t.testdirName}/pki`, 'misnamed', ['elsewhere']) });
  sub.teardown(() => misnamed.stop());
  const other = connect({ endpoints: misnamed.endpoints, tls: await ownTls() });
  await sub.rejects(other.range({ key: bytes('k') }, { deadlineMs: 300 }), {
    message: /altnames|cert's list/,
  });
});

/** The member that the store asks at present hangs while `body` runs. */
async function hanging(body: (name: string) => Promise<void>): Promise<void> {
  const { name } = await store.status();
  const member = etcd.members.find((_, at) => name === `m${at}`);
  if (member === undefined) throw new Error(`who is ${name}?`);
  member.pause();
  try {
    await body(name);
  } finally {
    member.resume();
  }
}

t.test('a member that hangs is left, and its watches go along', async (t) => {
  const watch = store.watch({ key: bytes('/h/'), rangeEnd: prefixEnd(bytes('/h/')) });
  const responses = watch[Symbol.asyncIterator]();
  await responses.next();
  const told = async () => {
    const { value } = await responses.next();
    const response: WatchResponse | undefined = value;
    return response?.events.map(({ kv }) => text(kv.key));
  };
  await hanging(async (name) => {
    t.equal((await store.range({ key: bytes('/f/0') })).count, 1);
    t.not((await store.status()).name, name);
    await put('/h/1', 'x');
    t.same(await told(), ['/h/1']);
  });
  // Also when it is writes alone that get no answer: the next one after two seconds goes elsewhere.
  await hanging(async () => {
    const operation = { type: 'put', key: bytes('/h/2'), value: bytes('x') } as const;
    const write = () => store.txn({ compare: [], success: [operation], failure: [] }, { deadlineMs: 2_400 });
    const lost = write().catch((error: unknown) => error);
    await world.timers.sleep(2_050);
    await write();
    // Once, or twice: the fate of the one that got no answer is unknown.
    t.same(new Set(await told()), new Set(['/h/2']));
    t.match(await lost, { code: 'timeout', mayHaveExecuted: true });
  });
  watch.close();
});

t.test('of a write that got no answer the fate is unknown', async (t) => {
  for (const member of etcd.members) member.pause();
  try {
    const operation = { type: 'put', key: bytes('/u'), value: bytes('v') } as const;
    const write = store.txn({ compare: [], success: [operation], failure: [] }, { deadlineMs: 300 });
    await t.rejects(write, { code: 'timeout', mayHaveExecuted: true });
  } finally {
    for (const member of etcd.members) member.resume();
  }
  t.ok((await store.range({ key: bytes('/u') })).count <= 1);
});

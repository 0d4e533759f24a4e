import t from 'tap';
import { caller, EtcdCluster, get, put, refused, txnOf } from './etcd-cluster.js';

const three = ['a', 'b', 'c'];
const urlOf = (host: string) => [`https://${host}:2380`];

async function cluster(seed: number): Promise<EtcdCluster> {
  const made = new EtcdCluster(seed, { snapshotEntries: 30, snapshotKeepEntries: 5 });
  await made.run(async () => {
    await made.startAll(three);
    await made.until(async () => {
      const { members } = await made.leader().memberList({ linearizable: true }, caller());
      return members.every(({ clientUrls }) => clientUrls.length > 0);
    });
  });
  return made;
}

async function list(group: EtcdCluster, by = group.leader()) {
  return (await by.memberList({ linearizable: true }, caller())).members;
}

async function idOf(group: EtcdCluster, name: string): Promise<string> {
  const found = (await list(group)).find(({ peerUrls }) => peerUrls[0] === urlOf(name)[0]);
  return found?.id ?? '0'.repeat(16);
}

t.test('members know each other by name, and by ids that all compute alike', async (t) => {
  const group = await cluster(1);
  await group.run(async () => {
    const members = await list(group);
    t.same(members.map(({ name }) => name).sort(), three);
    for (const { id, clientUrls, isLearner } of members) {
      t.match(id, /^[0-9a-f]{16}$/);
      t.equal(isLearner, false);
      t.equal(clientUrls.length, 1);
    }
    const headers = await Promise.all(
      three.map(async (name) => (await group.of(name).status(caller())).header),
    );
    t.equal(new Set(headers.map(({ clusterId }) => clusterId)).size, 1);
    t.equal(new Set(headers.map(({ memberId }) => memberId)).size, 3);
  });
});

t.test('a newcomer learns, votes, and the old member can go', async (t) => {
  const group = await cluster(2);
  await group.run(async () => {
    for (let at = 0; at < 100; at += 1) await group.leader().txn(txnOf(put(`k${at}`, 'x')), caller());
    const follower = group.follower();
    const { member, members } = await follower.memberAdd({ peerUrls: urlOf('d'), isLearner: true }, caller());
    t.match(member, { name: '', isLearner: true });
    t.equal(members.length, 4);
    const exists = 'etcdserver: Peer URLs already exists';
    t.equal(await refused(follower.memberAdd({ peerUrls: urlOf('d'), isLearner: true }, caller())), exists);
    t.equal(
      await refused(follower.memberAdd({ peerUrls: urlOf('e'), isLearner: true }, caller())),
      'etcdserver: too many learner members in cluster',
    );
    t.equal(
      await refused(follower.memberPromote(member.id, caller())),
      'etcdserver: can only promote a learner member which is in sync with leader',
    );
    await group.start('d', [...three, 'd'], { initialClusterState: 'existing' });
    await group.until(
      async () => (await refused(follower.memberPromote(member.id, caller()))) === 'it was not refused',
    );
    t.equal(await get(group.of('d'), 'k99'), 'x');
    t.equal((await list(group, group.of('d'))).find(({ id }) => id === member.id)?.isLearner, false);
    await group.until(async () => (await list(group)).some(({ name }) => name === 'd'));
    t.equal(
      await refused(follower.memberPromote(member.id, caller())),
      'etcdserver: can only promote a learner member',
    );

    const gone = group.leaderName() ?? '';
    await group.of('d').memberRemove(await idOf(group, gone), caller());
    group.crash(gone);
    await group.until(() => group.leaderName() !== undefined);
    t.equal((await list(group)).length, 3);
    t.equal(await refused(group.of('d').txn(txnOf(put('after', '1')), caller())), 'it was not refused');
    group.crash('d');
    await group.start('d', [...three, 'd'], { initialClusterState: 'existing' });
    t.equal(await get(group.of('d'), 'after'), '1');
    t.equal((await list(group, group.of('d'))).length, 3);
  });
});

t.test('what makes no sense, or would cost the majority, is refused', async (t) => {
  const group = await cluster(3);
  await group.run(async () => {
    const server = group.follower();
    const none = '1'.repeat(16);
    t.equal(await refused(server.memberRemove(none, caller())), 'etcdserver: member not found');
    t.equal(await refused(server.memberPromote(none, caller())), 'etcdserver: member not found');
    t.equal(
      await refused(server.memberUpdate({ id: none, peerUrls: urlOf('x') }, caller())),
      'etcdserver: member not found',
    );
    t.equal(
      await refused(server.memberAdd({ peerUrls: ['nonsense'], isLearner: false }, caller())),
      'etcdserver: given member URLs are invalid',
    );
    await server.memberAdd({ peerUrls: urlOf('d'), isLearner: false }, caller());
    await server.memberAdd({ peerUrls: urlOf('e'), isLearner: false }, caller());
    t.equal(
      await refused(server.memberAdd({ peerUrls: urlOf('f'), isLearner: false }, caller())),
      'etcdserver: re-configuration failed due to not enough started members',
    );
    await server.memberRemove(await idOf(group, 'd'), caller());
    await server.memberRemove(await idOf(group, 'e'), caller());
    t.equal((await list(group)).length, 3);
  });
});

t.test('leadership goes where it is sent', async (t) => {
  const group = await cluster(4);
  await group.run(async () => {
    const to = three.find((name) => name !== group.leaderName()) ?? '';
    await group.leader().moveLeader(await idOf(group, to), caller());
    await group.until(() => group.leaderName() === to);
    t.equal(await refused(group.of(to).txn(txnOf(put('k', '1')), caller())), 'it was not refused');
  });
});

t.test('a member that moved is reached where it says it is', async (t) => {
  const group = await cluster(5);
  await group.run(async () => {
    const moved = three.find((name) => name !== group.leaderName()) ?? '';
    const id = await idOf(group, moved);
    await group.leader().memberUpdate({ id, peerUrls: urlOf('elsewhere') }, caller());
    const found = (await list(group)).find((member) => member.id === id);
    t.same([found?.peerUrls, found?.name], [urlOf('elsewhere'), moved]);
    await group.leader().memberUpdate({ id, peerUrls: urlOf(moved) }, caller());
    await group.leader().txn(txnOf(put('k', '1')), caller());
    t.equal(await get(group.of(moved), 'k'), '1');
  });
});

import t from 'tap';
import { InvalidMembershipChangeError } from '../src/contract.js';
import { changed } from '../src/raft/configuration.js';
import { Quorum } from '../src/raft/quorum.js';
import type { Raft } from '../src/raft/raft.js';
import { at, bytes, change, elected, live, member, votersOf } from './raft-group.js';

const joiner = (id: string) =>
  member(id, { configuration: { voters: [], votersOutgoing: [], learners: [] } });
const configurationOf = (raft: Raft) => {
  const { voters, votersOutgoing, learners } = raft.configuration;
  return { voters: voters.join(''), outgoing: votersOutgoing.join(''), learners: learners.join('') };
};

t.test(
  'one voter more or less is gone to directly, more at once by way of a joint configuration (6)',
  async (t) => {
    const now = votersOf('a', 'b', 'c');
    t.same(changed(now, [{ type: 'addVoter', id: 'd' }]), votersOf('a', 'b', 'c', 'd'));
    t.same(changed(now, [{ type: 'remove', id: 'c' }]), votersOf('a', 'b'));
    t.same(
      changed(now, [
        { type: 'remove', id: 'c' },
        { type: 'addVoter', id: 'd' },
      ]),
      {
        voters: ['a', 'b', 'd'],
        votersOutgoing: ['a', 'b', 'c'],
        learners: [],
      },
    );
  },
);

t.test('changes that make no sense are refused', async (t) => {
  const now = { ...votersOf('a'), learners: ['l'] };
  for (const changes of [
    [],
    [{ type: 'addVoter', id: 'a' }],
    [{ type: 'addLearner', id: 'l' }],
    [{ type: 'promote', id: 'a' }],
    [{ type: 'remove', id: 'x' }],
    [{ type: 'remove', id: 'a' }],
    [
      { type: 'addVoter', id: 'x' },
      { type: 'remove', id: 'x' },
    ],
  ] as const)
    t.throws(() => changed(now, changes), InvalidMembershipChangeError, JSON.stringify(changes));
});

t.test('in a joint configuration both majorities decide', async (t) => {
  const quorum = new Quorum({ voters: ['a', 'd', 'e'], votersOutgoing: ['a', 'b', 'c'], learners: ['l'] });
  const votes =
    (yes: string, no = '') =>
    (id: string) =>
      yes.includes(id) ? true : no.includes(id) ? false : undefined;
  t.equal(quorum.outcome(votes('abc')), 'open');
  t.equal(quorum.outcome(votes('ade')), 'open');
  t.equal(quorum.outcome(votes('abd')), 'won');
  t.equal(quorum.outcome(votes('a', 'de')), 'lost');
  const levels: Record<string, number> = { a: 9, b: 5, c: 1, d: 7, e: 2, l: 9 };
  t.equal(
    quorum.reached((id) => levels[id] ?? 0),
    5,
  );
});

t.test('a learner gets the log and does not count; promoted, it does', async (t) => {
  const rafts = [...elected(), joiner('d')];
  const a = at(rafts, 'a');
  t.match(change(a, { type: 'addLearner', id: 'd' }), { term: 1 });
  live(rafts, 3);
  t.same(configurationOf(at(rafts, 'd')), { voters: 'abc', outgoing: '', learners: 'd' });
  t.equal(at(rafts, 'd').log.commit, a.log.commit);
  a.propose([bytes('x')]);
  const before = a.log.commit;
  live([a, at(rafts, 'd')], 1);
  t.equal(a.log.commit, before, 'a leader and a learner are no majority');
  live(rafts, 2);
  t.match(change(a, { type: 'promote', id: 'd' }), { term: 1 });
  live(rafts, 2);
  t.same(configurationOf(a), { voters: 'abcd', outgoing: '', learners: '' });
});

t.test('a learner that lacks too much is not promoted', async (t) => {
  const rafts = [...elected(), joiner('d')];
  const a = at(rafts, 'a');
  change(a, { type: 'addLearner', id: 'd' });
  live(rafts, 3);
  a.propose(Array.from({ length: 9 }, () => bytes('x')));
  live(rafts.slice(0, 3), 1);
  t.equal(change(a, { type: 'promote', id: 'd' }), 'learnerNotReady');
});

t.test('a learner never stands for election', async (t) => {
  const learner = member('d', { configuration: { ...votersOf('a', 'b', 'c'), learners: ['d'] } });
  for (let tick = 0; tick < 50; tick += 1) learner.tick();
  t.same([learner.role, learner.term], ['follower', 0]);
});

t.test('a second change waits for the first', async (t) => {
  const rafts = elected();
  const a = at(rafts, 'a');
  change(a, { type: 'addLearner', id: 'd' });
  t.equal(change(a, { type: 'addLearner', id: 'e' }), 'changing');
});

t.test('a replacement goes through a joint configuration and leaves it by itself', async (t) => {
  const rafts = [...elected(), joiner('d')];
  const a = at(rafts, 'a');
  change(a, { type: 'remove', id: 'c' }, { type: 'addVoter', id: 'd' });
  live(rafts, 6);
  for (const id of ['a', 'b', 'd'])
    t.same(configurationOf(at(rafts, id)), { voters: 'abd', outgoing: '', learners: '' }, id);
});

t.test('whoever leads next leaves a joint configuration that its predecessor left behind', async (t) => {
  const rafts = [...elected(), joiner('d')];
  const a = at(rafts, 'a');
  change(a, { type: 'remove', id: 'c' }, { type: 'addVoter', id: 'd' });
  // The leader falls silent as soon as the joint configuration is applied somewhere else.
  for (let tick = 0; tick < 6 && at(rafts, 'b').configuration.votersOutgoing.length === 0; tick += 1)
    live(rafts, 1);
  const rest = rafts.filter((raft) => raft.id !== 'a');
  live(rest, 40);
  const leader = rest.find((raft) => raft.role === 'leader');
  t.ok(leader !== undefined);
  t.same(configurationOf(at(rafts, 'b')).outgoing, '');
  t.same(configurationOf(at(rafts, 'b')).voters, 'abd');
});

t.test('a leader that is removed steps down once that is committed, and another is elected', async (t) => {
  const rafts = elected();
  const a = at(rafts, 'a');
  change(a, { type: 'remove', id: 'a' });
  live(rafts, 25);
  t.not(a.role, 'leader');
  const rest = rafts.slice(1);
  t.equal(rest.filter((raft) => raft.role === 'leader').length, 1);
  t.same(configurationOf(at(rafts, 'b')), { voters: 'bc', outgoing: '', learners: '' });
  live(rafts, 40);
  t.ok(
    rest.every((raft) => raft.term <= 3),
    'the removed one does not disturb',
  );
});

t.test('who knows of a committed configuration that it has not applied does not stand', async (t) => {
  const rafts = elected();
  const [a, b] = [at(rafts, 'a'), at(rafts, 'b')];
  change(a, { type: 'remove', id: 'c' });
  live(rafts, 2);
  t.same(configurationOf(b).voters, 'ab');
  const late = member('b', {
    hardState: { term: 1, votedFor: undefined, commit: 2 },
    entries: [...b.log.between(1, 2)],
  });
  late.step({ type: 'heartbeat', from: 'a', to: 'b', term: 1, commit: 2, round: 1 });
  for (let tick = 0; tick < 30; tick += 1) late.tick();
  t.equal(late.role, 'follower');
});

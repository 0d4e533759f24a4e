import t from 'tap';
import { at, bytes, elected, entry, exchange, live, member, settle } from './raft-group.js';

t.test(
  'a member that hears nothing asks first, then stands, and wins with a majority (5.2, pre-vote)',
  async (t) => {
    const rafts = elected();
    t.same(
      rafts.map((raft) => raft.role),
      ['leader', 'follower', 'follower'],
    );
    t.same(
      rafts.map((raft) => raft.term),
      [1, 1, 1],
    );
    t.same(
      rafts.map((raft) => raft.leader),
      ['a', 'a', 'a'],
    );
  },
);

t.test('a pre-vote changes no term: a member that was cut off does not disturb', async (t) => {
  const rafts = elected();
  const c = at(rafts, 'c');
  for (let tick = 0; tick < 50; tick += 1) {
    c.tick();
    settle(c);
  }
  t.equal(c.term, 1);
  t.equal(c.role, 'preCandidate');
});

t.test('members that hear a leader refuse to elect another', async (t) => {
  const rafts = elected();
  const b = at(rafts, 'b');
  b.step({ type: 'requestVote', from: 'c', to: 'b', term: 9, lastIndex: 100, lastTerm: 8, transfer: false });
  t.equal(b.term, 1);
  t.same(settle(b), []);
});

t.test('when nobody listens where the leader did, the voters stand one after the other', async (t) => {
  const rafts = elected();
  const [b, c] = [at(rafts, 'b'), at(rafts, 'c')];
  for (const raft of [b, c]) raft.unreachable('a');
  t.same([b.leader, c.leader], [undefined, undefined]);
  b.tick();
  c.tick();
  t.same([b.role, c.role], ['preCandidate', 'follower']);
  exchange([b, c], ({ to }) => to !== 'a');
  t.same([b.role, c.leader], ['leader', 'b']);
});

t.test(
  'that nobody listens is a hint: who hears the leader refuses, and the leader is followed again',
  async (t) => {
    const rafts = elected();
    const [b, c] = [at(rafts, 'b'), at(rafts, 'c')];
    b.unreachable('c');
    t.equal(b.leader, 'a', 'another than the leader');
    c.unreachable('a');
    live(rafts, 3);
    t.same([b.leader, c.leader, c.term, c.role], ['a', 'a', 1, 'follower']);
  },
);

t.test('a leader that may answer by its lease is waited for', async (t) => {
  const c = member('c', { config: { leaseMs: 1_000 } });
  c.step({ type: 'heartbeat', from: 'a', to: 'c', term: 1, commit: 0, round: 1 });
  c.unreachable('a');
  t.equal(c.leader, 'a');
});

t.test('one vote a term, and it is said only after it was persisted', async (t) => {
  const b = member('b');
  b.step({ type: 'requestVote', from: 'a', to: 'b', term: 1, lastIndex: 0, lastTerm: 0, transfer: false });
  const ready = b.takeReady(true);
  t.same(ready.hardState, { term: 1, votedFor: 'a', commit: 0 });
  t.same(ready.messages, []);
  t.match(ready.messagesAfterPersist, [{ type: 'requestVoteReply', granted: true, to: 'a' }]);
  b.step({ type: 'requestVote', from: 'c', to: 'b', term: 1, lastIndex: 0, lastTerm: 0, transfer: false });
  t.match(settle(b), [{ type: 'requestVoteReply', granted: false, to: 'c' }]);
});

t.test('no vote for a log that is behind (5.4.1)', async (t) => {
  const b = member('b', {
    hardState: { term: 2, votedFor: undefined, commit: 0 },
    entries: [entry(1, 2, 'x')],
  });
  b.step({ type: 'requestVote', from: 'a', to: 'b', term: 3, lastIndex: 5, lastTerm: 1, transfer: false });
  t.match(settle(b), [{ type: 'requestVoteReply', granted: false }]);
});

t.test('an entry is committed when a majority has it, and applied everywhere', async (t) => {
  const rafts = elected();
  at(rafts, 'a').propose([bytes('x'), bytes('y')]);
  exchange(rafts);
  t.same(
    rafts.map((raft) => raft.log.commit),
    [3, 3, 3],
  );
  t.same(
    rafts.map((raft) => raft.log.applied),
    [3, 3, 3],
  );
});

t.test('the leader counts its own copy only once it is on its disk', async (t) => {
  const rafts = elected();
  const a = at(rafts, 'a');
  a.propose([bytes('x')]);
  const ready = a.takeReady(true);
  for (const message of ready.messages) if (message.to === 'b') at(rafts, 'b').step(message);
  t.equal(a.log.commit, 1);
  for (const message of settle(at(rafts, 'b'))) a.step(message);
  t.equal(a.log.commit, 1, 'one copy on a disk is no majority');
  a.persisted(ready);
  t.equal(a.log.commit, 2);
});

t.test('what conflicts is replaced by what the leader has (5.3)', async (t) => {
  const stale = [entry(1, 1, 'lost'), entry(2, 1, 'lost too')];
  const c = member('c', { hardState: { term: 1, votedFor: 'c', commit: 0 }, entries: stale });
  const rafts = [...elected().slice(0, 2), c];
  at(rafts, 'a').propose([bytes('x')]);
  for (let tick = 0; tick < 3; tick += 1) {
    at(rafts, 'a').tick();
    exchange(rafts);
  }
  t.equal(c.log.lastIndex, at(rafts, 'a').log.lastIndex);
  t.equal(c.log.commit, at(rafts, 'a').log.commit);
});

t.test('a lost last AppendEntries is found by the next heartbeat', async (t) => {
  const rafts = elected();
  at(rafts, 'a').propose([bytes('x')]);
  exchange(rafts, (message) => message.type !== 'appendEntries');
  t.equal(at(rafts, 'a').log.commit, 1);
  for (let tick = 0; tick < 4; tick += 1) {
    at(rafts, 'a').tick();
    exchange(rafts);
  }
  t.same(
    rafts.map((raft) => raft.log.commit),
    [2, 2, 2],
  );
});

t.test('a leader that hears from no majority steps down (check-quorum)', async (t) => {
  const rafts = elected();
  const a = at(rafts, 'a');
  for (let tick = 0; tick < 21; tick += 1) {
    a.tick();
    settle(a);
  }
  t.equal(a.role, 'follower');
});

t.test('a read is answered after a majority has confirmed the leader (ReadIndex)', async (t) => {
  const rafts = elected();
  const a = at(rafts, 'a');
  a.readIndex(7);
  const asked = a.takeReady(true);
  t.same(asked.readStates, []);
  for (const message of asked.messages) if (message.to === 'b') at(rafts, 'b').step(message);
  for (const message of settle(at(rafts, 'b'))) a.step(message);
  t.same(a.takeReady(true).readStates, [{ context: 7, index: 1 }]);
});

t.test('a follower asks the leader for its read barrier', async (t) => {
  const rafts = elected();
  const b = at(rafts, 'b');
  t.ok(b.readIndex(3));
  const states: unknown[] = [];
  for (let round = 0; round < 6; round += 1) {
    for (const raft of rafts) {
      const ready = raft.takeReady(true);
      states.push(...ready.readStates);
      for (const message of [...ready.messages, ...ready.messagesAfterPersist])
        at(rafts, message.to).step(message);
    }
  }
  t.same(states, [{ context: 3, index: 1 }]);
});

t.test('an old leader that comes back learns of the new term', async (t) => {
  const rafts = elected();
  const [a, b, c] = [at(rafts, 'a'), at(rafts, 'b'), at(rafts, 'c')];
  for (let tick = 0; tick < 20; tick += 1) {
    b.tick();
    c.tick();
    exchange([b, c]);
  }
  t.ok(b.role === 'leader' || c.role === 'leader');
  a.propose([bytes('never committed')]);
  for (let tick = 0; tick < 3; tick += 1) {
    for (const raft of rafts) raft.tick();
    exchange(rafts);
  }
  t.equal(rafts.filter((raft) => raft.role === 'leader').length, 1);
  t.equal(a.term, b.term);
  t.same(new Set(rafts.map((raft) => raft.log.commit)).size, 1);
});

t.test('a leader that is asked to hands over, at once and without losing anything (3.10)', async (t) => {
  const rafts = elected();
  const [a, b] = [at(rafts, 'a'), at(rafts, 'b')];
  a.propose([bytes('x')]);
  t.equal(a.transferLeadership('b'), 'ok');
  t.equal(a.propose([bytes('y')]), 'transferring');
  exchange(rafts);
  t.same([a.role, b.role, b.term], ['follower', 'leader', 2]);
  t.same(new Set(rafts.map((raft) => raft.log.commit)).size, 1);
});

t.test(
  'a transfer to one that does not answer ends after an election timeout, and the leader goes on',
  async (t) => {
    const rafts = elected();
    const a = at(rafts, 'a');
    t.equal(a.transferLeadership('nobody'), 'badTransferee');
    a.transferLeadership('c');
    live([a, at(rafts, 'b')], 11);
    t.same([a.role, a.transferee], ['leader', undefined]);
    t.match(a.propose([bytes('y')]), { term: 1 });
  },
);

t.test('a leader whose disk stalls gives way, and does not stand while it does', async (t) => {
  const rafts = elected();
  const a = at(rafts, 'a');
  a.diskStalled(true);
  live(rafts, 40);
  t.equal(rafts.filter((raft) => raft.role === 'leader').length, 1);
  t.not(a.role, 'leader');
  a.diskStalled(false);
  at(rafts, 'b').diskStalled(true);
  at(rafts, 'c').diskStalled(true);
  live(rafts, 60);
  t.equal(a.role, 'leader');
});

t.test('while the disk is at work, what needs no disk goes on and promises wait', async (t) => {
  const rafts = elected();
  const b = at(rafts, 'b');
  const heartbeat = { type: 'heartbeat' as const, from: 'a', to: 'b', term: 1, commit: 1, round: 9 };
  const append = {
    type: 'appendEntries' as const,
    from: 'a',
    to: 'b',
    term: 1,
    prevIndex: 1,
    prevTerm: 1,
    commit: 1,
  };
  b.step({ ...append, entries: [entry(2, 1, 'x')] });
  b.step(heartbeat);
  const ready = b.takeReady(false);
  t.same([ready.entries, ready.hardState, ready.messagesAfterPersist], [[], undefined, []]);
  t.match(ready.messages, [{ type: 'heartbeatReply', round: 9 }]);
  t.notOk(b.hasReady(false));
  t.match(b.takeReady(true), { entries: [{ index: 2 }], messagesAfterPersist: [{ type: 'appendReply' }] });
});

t.test('a leader with a lease reads without asking, and not a moment longer', async (t) => {
  let nowMs = 0;
  const rafts = elected({ leaseMs: 80, nowMs: () => nowMs });
  const a = at(rafts, 'a');
  live(rafts, 1);
  nowMs += 79;
  a.readIndex(1);
  const ready = a.takeReady(true);
  t.same([ready.readStates, ready.messages], [[{ context: 1, index: 1 }], []]);
  nowMs += 1;
  a.readIndex(2);
  t.match(a.takeReady(true), { readStates: [], messages: [{ type: 'heartbeat' }, { type: 'heartbeat' }] });
});

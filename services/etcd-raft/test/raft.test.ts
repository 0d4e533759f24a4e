import t from 'tap';
import { RaftLog } from '../src/raft/log.js';
import { Raft } from '../src/raft/raft.js';
import type { Entry, HardState, RaftMessage } from '../src/raft/types.js';

const members = ['a', 'b', 'c'];
const fresh: HardState = { term: 0, votedFor: undefined, commit: 0 };
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

function member(name: string, saved: { hardState?: HardState; entries?: Entry[] } = {}): Raft {
  const log = new RaftLog({ index: 0, term: 0 }, saved.entries ?? [], 0);
  return new Raft(
    { name, members, electionTicks: 10, heartbeatTicks: 1, random: () => members.indexOf(name) * 0.4 },
    { hardState: saved.hardState ?? fresh, log },
  );
}

/** Persists at once and gives everything it has to say. */
function settle(raft: Raft): RaftMessage[] {
  const said: RaftMessage[] = [];
  while (raft.hasReady) {
    const ready = raft.takeReady();
    const last = ready.entries.at(-1);
    if (last !== undefined) raft.persisted(last.index, last.term);
    const applied = ready.committed.at(-1);
    if (applied !== undefined) raft.applied(applied.index);
    said.push(...ready.messages, ...ready.messagesAfterPersist);
  }
  return said;
}

/** Delivers messages until nobody has anything to say; `passes` may hold some back. */
function exchange(rafts: readonly Raft[], passes: (message: RaftMessage) => boolean = () => true): void {
  for (let round = 0; round < 100; round += 1) {
    const messages = rafts.flatMap(settle).filter(passes);
    if (messages.length === 0) return;
    for (const message of messages) rafts.find((raft) => raft.name === message.to)?.step(message);
  }
  throw new Error('they do not come to an end');
}

function elected(): Raft[] {
  const rafts = members.map((name) => member(name));
  for (let tick = 0; tick < 10; tick += 1) rafts[0]?.tick();
  exchange(rafts);
  return rafts;
}

const [first = 'a'] = members;
const at = (rafts: readonly Raft[], name: string): Raft => {
  const found = rafts.find((raft) => raft.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

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
  b.step({ type: 'requestVote', from: 'c', to: 'b', term: 9, lastIndex: 100, lastTerm: 8 });
  t.equal(b.term, 1);
  t.same(settle(b), []);
});

t.test('one vote a term, and it is said only after it was persisted', async (t) => {
  const b = member('b');
  b.step({ type: 'requestVote', from: 'a', to: 'b', term: 1, lastIndex: 0, lastTerm: 0 });
  const ready = b.takeReady();
  t.same(ready.hardState, { term: 1, votedFor: 'a', commit: 0 });
  t.same(ready.messages, []);
  t.match(ready.messagesAfterPersist, [{ type: 'requestVoteReply', granted: true, to: 'a' }]);
  b.step({ type: 'requestVote', from: 'c', to: 'b', term: 1, lastIndex: 0, lastTerm: 0 });
  t.match(settle(b), [{ type: 'requestVoteReply', granted: false, to: 'c' }]);
});

t.test('no vote for a log that is behind (5.4.1)', async (t) => {
  const b = member('b', {
    hardState: { term: 2, votedFor: undefined, commit: 0 },
    entries: [{ index: 1, term: 2, data: bytes('x') }],
  });
  b.step({ type: 'requestVote', from: 'a', to: 'b', term: 3, lastIndex: 5, lastTerm: 1 });
  t.match(settle(b), [{ type: 'requestVoteReply', granted: false }]);
});

t.test('an entry is committed when a majority has it, and applied everywhere', async (t) => {
  const rafts = elected();
  at(rafts, first).propose([bytes('x'), bytes('y')]);
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
  const ready = a.takeReady();
  for (const message of ready.messages) if (message.to === 'b') at(rafts, 'b').step(message);
  t.equal(a.log.commit, 1);
  for (const message of settle(at(rafts, 'b'))) a.step(message);
  t.equal(a.log.commit, 1, 'one copy on a disk is no majority');
  a.persisted(2, 1);
  t.equal(a.log.commit, 2);
});

t.test('what conflicts is replaced by what the leader has (5.3)', async (t) => {
  const stale = [
    { index: 1, term: 1, data: bytes('lost') },
    { index: 2, term: 1, data: bytes('lost too') },
  ];
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
  const asked = a.takeReady();
  t.same(asked.readStates, []);
  for (const message of asked.messages) if (message.to === 'b') at(rafts, 'b').step(message);
  for (const message of settle(at(rafts, 'b'))) a.step(message);
  t.same(a.takeReady().readStates, [{ context: 7, index: 1 }]);
});

t.test('a follower asks the leader for its read barrier', async (t) => {
  const rafts = elected();
  const b = at(rafts, 'b');
  t.ok(b.readIndex(3));
  const states: unknown[] = [];
  for (let round = 0; round < 6; round += 1) {
    for (const raft of rafts) {
      const ready = raft.takeReady();
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

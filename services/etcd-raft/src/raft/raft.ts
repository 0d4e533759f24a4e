import { appendToFollower } from './append.js';
import { assertRaft, type RaftLog } from './log.js';
import { Outbox } from './outbox.js';
import { Progress } from './progress.js';
import { Quorum } from './quorum.js';
import { ReadBarriers } from './reads.js';
import {
  type Entry,
  type HardState,
  type MemberName,
  type RaftConfig,
  type RaftMessage,
  type Ready,
  type Role,
  raftLimits,
  type SnapshotMetadata,
} from './types.js';

type MessageBody = RaftMessage extends infer M
  ? M extends RaftMessage
    ? Omit<M, 'from' | 'to' | 'term'> & { readonly term?: number }
    : never
  : never;

/**
 * One member of a Raft group: a state machine without I/O, clock or promises. Messages, ticks and proposals
 * go in; takeReady() tells what to do.
 * Section numbers refer to the Raft paper (extended version); pre-vote and ReadIndex to sections 9.6 and 6.4
 * of the dissertation.
 */
export class Raft {
  readonly log: RaftLog;
  role: Role = 'follower';
  term: number;
  leader: MemberName | undefined;
  #votedFor: MemberName | undefined;
  readonly #config: RaftConfig;
  readonly #quorum: Quorum;
  #electionElapsed = 0;
  #heartbeatElapsed = 0;
  #electionTimeout = 0;
  #votes = new Map<MemberName, boolean>();
  #progress = new Map<MemberName, Progress>();
  #uncommittedBytes = 0;
  readonly #reads = new ReadBarriers();
  readonly #outbox = new Outbox();
  #savedState: HardState;
  /** Entries up to here were handed out to be persisted. */
  #handedOut: number;
  #applyHandedOut: number;

  constructor(config: RaftConfig, saved: { readonly hardState: HardState; readonly log: RaftLog }) {
    this.#config = config;
    this.#quorum = new Quorum(config.members);
    this.log = saved.log;
    this.term = saved.hardState.term;
    this.#votedFor = saved.hardState.votedFor;
    this.#savedState = saved.hardState;
    this.#handedOut = this.log.lastIndex;
    this.#applyHandedOut = this.log.applied;
    this.#becomeFollower(this.term, undefined);
  }

  get name(): MemberName {
    return this.#config.name;
  }

  get hardState(): HardState {
    return { term: this.term, votedFor: this.#votedFor, commit: this.log.commit };
  }

  /* ------------------------------------------------------------ inputs */

  /** One unit of time has passed. */
  tick(): void {
    this.#electionElapsed += 1;
    if (this.role !== 'leader') {
      if (this.#electionElapsed >= this.#electionTimeout) this.#campaign('preVote');
      return;
    }
    this.#heartbeatElapsed += 1;
    if (this.#electionElapsed >= this.#config.electionTicks) {
      this.#electionElapsed = 0;
      if (!this.#heardFromQuorum()) {
        this.#becomeFollower(this.term, undefined);
        return;
      }
    }
    if (this.#heartbeatElapsed >= this.#config.heartbeatTicks) {
      this.#heartbeatElapsed = 0;
      this.#broadcastHeartbeat();
    }
  }

  /** Appends to a leader's log. Gives the entries' indexes, or why not. */
  propose(data: readonly Uint8Array[]): { first: number; term: number } | 'notLeader' | 'tooMuch' {
    if (this.role !== 'leader') return 'notLeader';
    const bytes = data.reduce((sum, item) => sum + item.byteLength, 0);
    if (this.#uncommittedBytes > 0 && this.#uncommittedBytes + bytes > raftLimits.uncommittedBytesMax)
      return 'tooMuch';
    const first = this.log.lastIndex + 1;
    this.#appendOwn(data);
    this.#broadcastAppend();
    return { first, term: this.term };
  }

  /**
   * Asks for a read barrier; the answer comes as a ReadState with the same context. False when it cannot be
   * asked now.
   */
  readIndex(context: number): boolean {
    if (this.role === 'leader') return this.#leaderRead(context, this.name);
    if (this.leader === undefined) return false;
    this.#send(this.leader, { type: 'readIndex', context });
    return true;
  }

  step(message: RaftMessage): void {
    if (message.term > this.term && !this.#stepHigherTerm(message)) return;
    if (message.term < this.term) {
      this.#answerLowerTerm(message);
      return;
    }
    this.#stepRole(message);
  }

  /** Entries up to `index` (whose last has `term`) and the hard state handed out before them are on disk. */
  persisted(index: number, term: number): void {
    // Entries that were replaced meanwhile are not what the disk has: only an index of the same term counts.
    if (index > this.log.stable && this.log.termAt(index) === term) this.log.stable = index;
    if (this.role === 'leader') this.#maybeCommit();
  }

  applied(index: number): void {
    assertRaft(
      index <= this.log.commit && index >= this.log.applied,
      `applied ${index} outside ${this.log.applied}..${this.log.commit}`,
    );
    this.log.applied = index;
  }

  /** The state machine took over a leader's snapshot, which is on disk. */
  restored(snapshot: SnapshotMetadata): void {
    this.log.reset(snapshot);
    this.#handedOut = snapshot.index;
    this.#applyHandedOut = snapshot.index;
  }

  /** The snapshot to a follower has arrived or failed. */
  snapshotSent(to: MemberName, ok: boolean): void {
    const progress = this.#progress.get(to);
    if (this.role !== 'leader' || progress === undefined || progress.state !== 'snapshot') return;
    progress.becomeProbe(ok ? Math.max(progress.match, this.log.snapshot.index) + 1 : progress.match + 1);
  }

  /**
   * A leader's message that a snapshot follows arrived over another way: treat it as word from the leader.
   * False: it is an old leader.
   */
  leaderHeard(from: MemberName, term: number): boolean {
    if (term < this.term) return false;
    if (term > this.term || this.role !== 'follower') this.#becomeFollower(term, from);
    this.leader = from;
    this.#electionElapsed = 0;
    return true;
  }

  /** Tells the leader how far this log reaches after a snapshot. */
  acknowledge(index: number): void {
    if (this.leader !== undefined && this.role === 'follower')
      this.#send(this.leader, { type: 'appendReply', ok: true, matchIndex: index });
  }

  takeReady(): Ready {
    const { hardState } = this;
    const entries = this.log.between(this.#handedOut + 1, this.log.lastIndex);
    const committable = Math.min(this.log.commit, this.log.stable);
    const committed = this.log.between(this.#applyHandedOut + 1, committable);
    const ready: Ready = {
      ...this.#outbox.take(),
      // A commit index alone is not worth a sync: it travels with what is.
      hardState: entries.length > 0 || !samePromises(hardState, this.#savedState) ? hardState : undefined,
      entries,
      committed,
    };
    this.#savedState = hardState;
    this.#handedOut = this.log.lastIndex;
    this.#applyHandedOut = Math.max(this.#applyHandedOut, committable);
    return ready;
  }

  get hasReady(): boolean {
    const committable = Math.min(this.log.commit, this.log.stable);
    const toPersist = this.#handedOut < this.log.lastIndex || !samePromises(this.hardState, this.#savedState);
    return !this.#outbox.isEmpty || toPersist || committable > this.#applyHandedOut;
  }

  /* ------------------------------------------------------------ terms */

  /** False: the message is to be ignored. */
  #stepHigherTerm(message: RaftMessage): boolean {
    switch (message.type) {
      case 'preVote':
      case 'requestVote':
        // Leader stickiness: a member cut off and come back must not depose a leader that others hear
        // (dissertation, 4.2.3).
        if (this.leader !== undefined && this.#electionElapsed < this.#config.electionTicks) return false;
        if (message.type === 'requestVote') this.#becomeFollower(message.term, undefined);
        else this.#answerPreVote(message);
        return message.type === 'requestVote';
      case 'preVoteReply':
        // Granted for a term that has not begun. A refusal brings the refuser's real term.
        if (!message.granted) this.#becomeFollower(message.term, undefined);
        else if (this.role === 'preCandidate' && message.term === this.term + 1)
          this.#countVote(message.from, true);
        return false;
      case 'appendEntries':
      case 'heartbeat':
        this.#becomeFollower(message.term, message.from);
        return true;
      default:
        this.#becomeFollower(message.term, undefined);
        return true;
    }
  }

  #answerLowerTerm(message: RaftMessage): void {
    switch (message.type) {
      case 'appendEntries':
      case 'heartbeat':
        // A leader of old learns of the newer term and steps down; without this a member that was cut off
        // could never be led again.
        this.#send(message.from, { type: 'heartbeatReply', readSequence: 0 });
        return;
      case 'preVote':
        this.#send(message.from, { type: 'preVoteReply', granted: false });
        return;
      default:
    }
  }

  #answerPreVote(message: RaftMessage & { type: 'preVote' }): void {
    const granted = this.log.isUpToDate(message.lastIndex, message.lastTerm);
    this.#send(message.from, { type: 'preVoteReply', granted, term: granted ? message.term : this.term });
  }

  /* ------------------------------------------------------------ messages of the current term */

  #stepRole(message: RaftMessage): void {
    switch (message.type) {
      case 'preVote':
        this.#send(message.from, { type: 'preVoteReply', granted: false });
        break;
      case 'requestVote':
        this.#vote(message);
        break;
      case 'preVoteReply':
        if (this.role === 'preCandidate') this.#countVote(message.from, message.granted);
        break;
      case 'requestVoteReply':
        if (this.role === 'candidate') this.#countVote(message.from, message.granted);
        break;
      case 'appendEntries':
        this.#followLeader(message.from);
        this.#append(message);
        break;
      case 'heartbeat':
        this.#followLeader(message.from);
        this.#commitTo(Math.min(message.commit, this.log.lastIndex));
        this.#send(message.from, { type: 'heartbeatReply', readSequence: message.readSequence });
        break;
      case 'appendReply':
        if (this.role === 'leader') this.#appendReply(message);
        break;
      case 'heartbeatReply':
        if (this.role === 'leader') this.#heartbeatReply(message);
        break;
      case 'readIndex':
        if (this.role === 'leader') this.#leaderRead(message.context, message.from);
        break;
      case 'readIndexReply':
        this.#outbox.readState({ context: message.context, index: message.index });
        break;
      default:
        message satisfies never;
    }
  }

  /** One vote a term, first come first served, to a log at least as up-to-date (5.2, 5.4.1). */
  #vote(message: RaftMessage & { type: 'requestVote' }): void {
    const free = this.#votedFor === undefined ? this.leader === undefined : this.#votedFor === message.from;
    const granted = free && this.log.isUpToDate(message.lastIndex, message.lastTerm);
    if (granted) {
      this.#votedFor = message.from;
      this.#electionElapsed = 0;
    }
    this.#send(message.from, { type: 'requestVoteReply', granted });
  }

  #followLeader(leader: MemberName): void {
    assertRaft(this.role !== 'leader', `two leaders of term ${this.term}: ${this.name} and ${leader}`);
    if (this.role !== 'follower') this.#becomeFollower(this.term, leader);
    this.leader = leader;
    this.#electionElapsed = 0;
  }

  #append(message: RaftMessage & { type: 'appendEntries' }): void {
    const outcome = appendToFollower(this.log, message);
    if (!outcome.ok) {
      this.#send(message.from, { type: 'appendReply', ...outcome });
      return;
    }
    this.#handedOut = Math.min(this.#handedOut, outcome.firstNew - 1);
    this.#send(message.from, { type: 'appendReply', ok: true, matchIndex: outcome.matchIndex });
  }

  #commitTo(index: number): void {
    if (index > this.log.commit) this.log.commit = index;
  }

  /* ------------------------------------------------------------ elections */

  #campaign(kind: 'preVote' | 'requestVote'): void {
    const { lastIndex, lastTerm } = this.log;
    if (kind === 'preVote') this.#becomePreCandidate();
    else this.#becomeCandidate();
    const term = kind === 'preVote' ? this.term + 1 : this.term;
    for (const member of this.#others()) this.#send(member, { type: kind, lastIndex, lastTerm, term });
    this.#countVote(this.name, true);
  }

  #countVote(from: MemberName, granted: boolean): void {
    if (!this.#votes.has(from)) this.#votes.set(from, granted);
    switch (this.#quorum.outcome(this.#votes)) {
      case 'won':
        if (this.role === 'preCandidate') this.#campaign('requestVote');
        else this.#becomeLeader();
        break;
      case 'lost':
        this.#becomeFollower(this.term, undefined);
        break;
      case 'open':
        break;
    }
  }

  /* ------------------------------------------------------------ leading */

  #appendOwn(data: readonly Uint8Array[]): void {
    const first = this.log.lastIndex + 1;
    this.log.append(data.map((item, at): Entry => ({ index: first + at, term: this.term, data: item })));
    this.#uncommittedBytes += data.reduce((sum, item) => sum + item.byteLength, 0);
  }

  #broadcastAppend(): void {
    for (const member of this.#others()) this.#sendAppends(member);
  }

  /** Everything that the follower's window lets through. */
  #sendAppends(to: MemberName): void {
    const progress = this.#progressOf(to);
    while (!progress.paused && (progress.next <= this.log.lastIndex || progress.state === 'probe')) {
      if (!this.#sendAppend(to, progress)) return;
    }
  }

  #sendAppend(to: MemberName, progress: Progress): boolean {
    const prevIndex = progress.next - 1;
    const prevTerm = this.log.termAt(prevIndex);
    if (prevTerm === undefined) {
      if (!progress.recentActive) return false; // It would not take a snapshot either.
      progress.becomeSnapshot();
      this.#outbox.wantSnapshot(to);
      return false;
    }
    const entries = this.log.slice(progress.next, {
      bytesMax: raftLimits.appendBytesMax,
      entriesMax: raftLimits.appendEntriesMax,
    });
    this.#send(to, { type: 'appendEntries', prevIndex, prevTerm, entries, commit: this.log.commit });
    progress.commitTold = this.log.commit;
    const bytes = entries.reduce((sum, entry) => sum + entry.data.byteLength, 0);
    progress.sent(prevIndex + entries.length, entries.length, bytes);
    return true;
  }

  #appendReply(message: RaftMessage & { type: 'appendReply' }): void {
    const progress = this.#progressOf(message.from);
    progress.recentActive = true;
    if (message.ok) {
      if (progress.acknowledged(Math.min(message.matchIndex, this.log.lastIndex))) this.#maybeCommit();
      this.#tellCommit(message.from);
    } else {
      const retryAfter = this.log.lastIndexNotAfter(message.hintIndex, message.hintTerm);
      progress.rejected(message.rejectedIndex, retryAfter);
    }
    this.#sendAppends(message.from);
  }

  /**
   * The leader's rule for commitIndex (figure 2 and 5.4.2): a majority has it, and it is of the current term.
   */
  #maybeCommit(): void {
    const index = this.#quorum.reached((member) =>
      member === this.name ? this.log.stable : this.#progressOf(member).match,
    );
    if (index <= this.log.commit) return;
    const byCounting = this.#config.plantedBug === 'commitOlderTermByCounting';
    if (this.log.termAt(index) !== this.term && !byCounting) return;
    this.#uncommittedBytes = Math.max(
      0,
      this.#uncommittedBytes - sizeOf(this.log.between(this.log.commit + 1, index)),
    );
    this.log.commit = index;
    this.#releaseReads();
    for (const member of this.#others()) this.#tellCommit(member);
  }

  /**
   * Followers hear of a commit with the next entries; where nothing is on its way, at once: their readers and
   * watchers wait for it.
   */
  #tellCommit(member: MemberName): void {
    const progress = this.#progressOf(member);
    const idle = progress.state === 'replicate' && progress.match >= this.log.lastIndex && !progress.paused;
    if (idle && progress.commitTold < this.log.commit) this.#sendAppend(member, progress);
  }

  #broadcastHeartbeat(): void {
    for (const member of this.#others()) {
      // What the follower does not have must not become committed there.
      const progress = this.#progressOf(member);
      const commit = Math.min(this.log.commit, progress.match);
      this.#send(member, { type: 'heartbeat', commit, readSequence: this.#reads.sequence });
    }
  }

  #heartbeatReply(message: RaftMessage & { type: 'heartbeatReply' }): void {
    const progress = this.#progressOf(message.from);
    progress.recentActive = true;
    progress.readSequence = Math.max(progress.readSequence, message.readSequence);
    progress.heartbeatAnswered();
    // All was sent and not all was acknowledged: the last of it may be lost. An empty AppendEntries behind it
    // finds out: it is refused.
    const allSent = progress.state === 'replicate' && progress.next > this.log.lastIndex;
    if (allSent && progress.match < this.log.lastIndex) this.#sendAppend(message.from, progress);
    else if (progress.match < this.log.lastIndex || progress.state === 'probe')
      this.#sendAppends(message.from);
    this.#releaseReads();
  }

  #heardFromQuorum(): boolean {
    const active = new Map(
      this.#others().map((member) => [member, this.#progressOf(member).recentActive] as const),
    );
    for (const member of this.#others()) this.#progressOf(member).recentActive = false;
    return this.#quorum.outcome(new Map([...active, [this.name, true]])) === 'won';
  }

  /* ------------------------------------------------------------ reads (dissertation, 6.4) */

  #leaderRead(context: number, from: MemberName): boolean {
    const taken = this.#reads.add(context, from);
    this.#releaseReads();
    return taken;
  }

  #releaseReads(): void {
    if (this.#reads.size === 0 || this.log.termAt(this.log.commit) !== this.term) return;
    if (this.#reads.number(this.log.commit)) this.#broadcastHeartbeat();
    const { sequence } = this.#reads;
    const unchecked = this.#config.plantedBug === 'readWithoutQuorum';
    const heard = (member: MemberName) =>
      member === this.name ? sequence : this.#progressOf(member).readSequence;
    const confirmed = unchecked ? sequence : this.#quorum.reached(heard);
    for (const { context, index, from } of this.#reads.takeConfirmed(confirmed)) {
      if (from === this.name) this.#outbox.readState({ context, index });
      else this.#send(from, { type: 'readIndexReply', context, index });
    }
  }

  /* ------------------------------------------------------------ roles: every transition is here */

  #becomeFollower(term: number, leader: MemberName | undefined): void {
    if (term !== this.term) this.#votedFor = undefined;
    this.#reset('follower', term);
    this.leader = leader;
  }

  /** The term and the vote stay as they are: a pre-vote changes nothing. */
  #becomePreCandidate(): void {
    this.#reset('preCandidate', this.term);
    this.leader = undefined;
  }

  #becomeCandidate(): void {
    this.#votedFor = this.name;
    this.#reset('candidate', this.term + 1);
    this.leader = undefined;
  }

  #becomeLeader(): void {
    assertRaft(this.role === 'candidate', `a ${this.role} cannot become leader`);
    this.#reset('leader', this.term);
    this.leader = this.name;
    this.#progress = new Map(this.#others().map((member) => [member, new Progress(this.log.lastIndex + 1)]));
    this.#uncommittedBytes = 0;
    // With its no-op a leader commits what its predecessors left (5.4.2); who counts older terms would think
    // that it needs none.
    if (this.#config.plantedBug !== 'commitOlderTermByCounting') this.#appendOwn([new Uint8Array(0)]);
    this.#broadcastAppend();
  }

  #reset(role: Role, term: number): void {
    this.role = role;
    this.term = term;
    this.#electionElapsed = 0;
    this.#heartbeatElapsed = 0;
    const { electionTicks, random } = this.#config;
    this.#electionTimeout = electionTicks + Math.floor(random() * electionTicks);
    this.#votes = new Map();
    this.#progress = new Map();
    this.#reads.clear();
  }

  #others(): MemberName[] {
    return this.#quorum.members.filter((member) => member !== this.name);
  }

  #progressOf(member: MemberName): Progress {
    const known = this.#progress.get(member);
    if (known !== undefined) return known;
    const fresh = new Progress(this.log.lastIndex + 1);
    this.#progress.set(member, fresh);
    return fresh;
  }

  #send(to: MemberName, body: MessageBody): void {
    const message: RaftMessage = { ...body, from: this.name, to, term: body.term ?? this.term };
    this.#outbox.send(message);
  }
}

function samePromises(a: HardState, b: HardState): boolean {
  return a.term === b.term && a.votedFor === b.votedFor;
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + entry.data.byteLength, 0);
}

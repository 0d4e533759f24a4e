import type { MemberId } from '@kubelab/store';
import type { Configuration, MembershipChange } from '../contract.js';
import { appendToFollower } from './append.js';
import { isVoter, membersOf } from './configuration.js';
import { Core } from './core.js';
import { Leader, type MembershipOutcome, type ProposalOutcome } from './leader.js';
import { assertRaft, type RaftLog } from './log.js';
import type { HardState, RaftConfig, RaftMessage, Ready, Role, SnapshotMetadata } from './types.js';

/**
 * One member of a Raft group: a state machine without I/O, clock or promises. Messages, ticks and proposals
 * go in; takeReady() tells what to do. This file: terms, roles, elections and the follower's side; leader.ts: what a
 * leader does.
 * Section numbers refer to the Raft paper (extended version); pre-vote and ReadIndex to sections 9.6 and 6.4
 * of the dissertation.
 */
export class Raft {
  readonly #core: Core;
  #leading: Leader | undefined;
  #electionElapsed = 0;
  #electionTimeout = 0;
  #votes = new Map<MemberId, boolean>();
  #savedState: HardState;
  /** Entries up to here were handed out to be persisted. */
  #handedOut: number;
  #applyHandedOut: number;
  /** A leader's snapshot takes the place of the state: nothing is appended or applied until it has. */
  #restoring = false;
  /** The disk does not answer: this member must not lead. */
  #stalled = false;
  /**
   * A configuration is applied, and the disk does not know that it is committed: started again, this member would count by the one
   * before, and perhaps wait for members that are gone for good.
   */
  #commitMatters = false;
  /** Heard a leader before it was started again, perhaps: no vote within an election timeout, for a leader's lease. */
  #mayHaveHeard: boolean;

  constructor(
    config: RaftConfig,
    saved: { readonly hardState: HardState; readonly log: RaftLog; readonly configuration: Configuration },
  ) {
    this.#core = new Core(config, saved);
    this.#savedState = saved.hardState;
    this.#handedOut = this.log.lastIndex;
    this.#applyHandedOut = this.log.applied;
    this.#mayHaveHeard = config.leaseMs > 0 && saved.hardState.term > 0;
    this.#becomeFollower(this.term, undefined);
    // A leader would be heard within a heartbeat: nobody waits a whole timeout for one at the start (etcd: initial election tick
    // advance). Not where a leader may rely on a lease: who was started again must not vote before that is over.
    if (config.leaseMs === 0)
      this.#electionElapsed = Math.max(0, config.electionTicks - 2 * config.heartbeatTicks);
  }

  get id(): MemberId {
    return this.#core.id;
  }

  get log(): RaftLog {
    return this.#core.log;
  }

  get role(): Role {
    return this.#core.role;
  }

  get term(): number {
    return this.#core.term;
  }

  get leader(): MemberId | undefined {
    return this.#core.leader;
  }

  get configuration(): Configuration {
    return this.#core.configuration;
  }

  get hardState(): HardState {
    return { term: this.term, votedFor: this.#core.votedFor, commit: this.log.commit };
  }

  /** Of a leader; empty elsewhere. */
  get matchIndexes(): ReadonlyMap<MemberId, number> {
    return this.#leading?.matchIndexes() ?? new Map();
  }

  /** Whom this leader hands over to at this moment. */
  get transferee(): MemberId | undefined {
    return this.#leading?.transferee;
  }

  /* ------------------------------------------------------------ inputs */

  /** One unit of time has passed. */
  tick(): void {
    this.#electionElapsed += 1;
    if (this.#electionElapsed >= this.#core.electionTicks) this.#mayHaveHeard = false;
    if (this.#leading === undefined) {
      if (this.#electionElapsed >= this.#electionTimeout && this.#mayCampaign()) this.#campaign('preVote');
      return;
    }
    if (this.#electionElapsed >= this.#core.electionTicks) {
      this.#electionElapsed = 0;
      if (!this.#leading.heardFromQuorum()) {
        this.#becomeFollower(this.term, undefined);
        return;
      }
    }
    this.#leading.tick();
  }

  /** Appends to a leader's log. Gives the entries' indexes, or why not. */
  propose(data: readonly Uint8Array[]): ProposalOutcome {
    return this.#leading?.propose(data) ?? 'notLeader';
  }

  /** Throws InvalidMembershipChangeError. */
  proposeChange(changes: readonly MembershipChange[], context: Uint8Array): MembershipOutcome {
    return this.#leading?.proposeChange(changes, context) ?? 'notLeader';
  }

  transferLeadership(to: MemberId): 'ok' | 'notLeader' | 'badTransferee' {
    if (this.#leading === undefined) return 'notLeader';
    return to === this.id ? 'ok' : this.#leading.transfer(to);
  }

  /**
   * Asks for a read barrier; the answer comes as a ReadState with the same context. False when it cannot be
   * asked now.
   */
  readIndex(context: number): boolean {
    if (this.#leading !== undefined) return this.#leading.read(context, this.id);
    if (this.leader === undefined) return false;
    this.#core.send(this.leader, { type: 'readIndex', context });
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

  /** What one Ready gave to be persisted is on disk. */
  persisted({ hardState, entries }: Pick<Ready, 'hardState' | 'entries'>): void {
    if (hardState !== undefined) this.#core.durableTerm = Math.max(this.#core.durableTerm, hardState.term);
    const last = entries.at(-1);
    if (last === undefined) return;
    // Entries that were replaced meanwhile are not what the disk has: only an index of the same term counts.
    if (last.index > this.log.stable && this.log.termAt(last.index) === last.term)
      this.log.stable = last.index;
    this.#leading?.maybeCommit();
  }

  /** Entries up to `index` are applied; configurations among them were told before, in order. */
  applied(index: number): void {
    assertRaft(
      index <= this.log.commit && index >= this.log.applied,
      `applied ${index} outside ${this.log.applied}..${this.log.commit}`,
    );
    this.log.applied = index;
    this.#leading?.applied();
    // Removed by what was applied (paper, section 6): until then it led without counting itself.
    if (this.#leading === undefined || isVoter(this.configuration, this.id)) return;
    this.#leading.retire();
    this.#becomeFollower(this.term, undefined);
  }

  /** A configuration entry is applied: it decides from here on. README.md has the argument why not before. */
  applyConfiguration(configuration: Configuration): void {
    this.#core.setConfiguration(configuration);
    this.#commitMatters = true;
    this.#leading?.configurationApplied();
  }

  /** A leader's snapshot starts to replace the state; restored() follows, or the end. */
  beginRestore(): void {
    this.#restoring = true;
  }

  /** The state machine took over a leader's snapshot, which is on disk. */
  restored(snapshot: SnapshotMetadata): void {
    this.#restoring = false;
    this.log.reset(snapshot);
    this.#handedOut = snapshot.index;
    this.#applyHandedOut = snapshot.index;
    this.#core.setConfiguration(snapshot.configuration);
  }

  /** The snapshot to a follower has arrived (its index), or failed. */
  snapshotSent(to: MemberId, index: number | undefined): void {
    this.#leading?.snapshotSent(to, index);
  }

  /**
   * A leader's message that a snapshot follows arrived over another way: treat it as word from the leader.
   * False: it is an old leader.
   */
  leaderHeard(from: MemberId, term: number): boolean {
    if (term < this.term || this.role === 'leader') return false;
    if (term > this.term || this.role !== 'follower') this.#becomeFollower(term, from);
    this.#core.leader = from;
    this.#electionElapsed = 0;
    return true;
  }

  /** Tells the leader how far this log reaches after a snapshot. */
  acknowledge(index: number): void {
    if (this.leader !== undefined && this.role === 'follower')
      this.#core.send(this.leader, { type: 'appendReply', ok: true, matchIndex: index });
  }

  /**
   * Where `member` listened nobody does: if it led, its process ended, and nobody waits an election timeout for it. The voters
   * stand in the order of their ids, a tick apart, so that each has the field to itself. It is a hint and no more: they ask for
   * pre-votes, which a majority that hears the leader refuses. Not where a leader may rely on not being succeeded so soon.
   */
  unreachable(member: MemberId): void {
    const { config, leader, configuration } = this.#core;
    if (config.leaseMs > 0 || leader !== member || this.role !== 'follower') return;
    const place = membersOf(configuration)
      .filter((other) => other !== member && isVoter(configuration, other))
      .indexOf(this.id);
    this.#becomeFollower(this.term, undefined);
    if (place >= 0) this.#electionElapsed = Math.max(0, this.#electionTimeout - 1 - place);
  }

  /** A leader whose disk does not answer gives way to one whose disk does; nor does it stand again meanwhile. */
  diskStalled(stalled: boolean): void {
    this.#stalled = stalled;
    if (stalled && this.role !== 'follower') this.#becomeFollower(this.term, undefined);
  }

  /** Timeouts from now on. */
  setTicks({ electionTicks, heartbeatTicks }: Pick<RaftConfig, 'electionTicks' | 'heartbeatTicks'>): void {
    this.#core.electionTicks = electionTicks;
    this.#core.heartbeatTicks = heartbeatTicks;
    this.#drawElectionTimeout();
  }

  /** `diskFree`: false while an earlier Ready is being written; nothing to persist, and no promise, is given out then. */
  takeReady(diskFree: boolean): Ready {
    const committable = this.#committable();
    const ready: Ready = {
      ...this.#core.outbox.take(diskFree),
      ...(diskFree ? this.#takeToPersist() : { hardState: undefined, entries: [] }),
      committed: this.log.between(this.#applyHandedOut + 1, committable),
    };
    this.#applyHandedOut = Math.max(this.#applyHandedOut, committable);
    return ready;
  }

  #takeToPersist(): Pick<Ready, 'hardState' | 'entries'> {
    const { hardState } = this;
    const entries = this.#restoring ? [] : this.log.between(this.#handedOut + 1, this.log.lastIndex);
    // A commit index alone is not worth a sync: it travels with what is.
    const changed = entries.length > 0 || this.#hardStateChanged();
    this.#savedState = hardState;
    this.#commitMatters = false;
    this.#handedOut = this.log.lastIndex;
    return { hardState: changed ? hardState : undefined, entries };
  }

  hasReady(diskFree: boolean): boolean {
    const toPersist = this.#handedOut < this.log.lastIndex || this.#hardStateChanged();
    return (
      !this.#core.outbox.isEmpty(diskFree) ||
      (diskFree && toPersist) ||
      this.#committable() > this.#applyHandedOut
    );
  }

  #hardStateChanged(): boolean {
    return this.#commitMatters || !samePromises(this.hardState, this.#savedState);
  }

  /** Only what this member's own disk has is applied: a restart finds it again. */
  #committable(): number {
    return this.#restoring ? this.#applyHandedOut : Math.min(this.log.commit, this.log.stable);
  }

  /* ------------------------------------------------------------ terms */

  /** False: the message is to be ignored. */
  #stepHigherTerm(message: RaftMessage): boolean {
    switch (message.type) {
      case 'preVote':
      case 'requestVote': {
        // Leader stickiness: a member cut off and come back, or removed, must not depose a leader that others hear
        // (dissertation, 4.2.3). Unless that leader wants it (3.10).
        const wanted = message.type === 'requestVote' && message.transfer;
        const heard = this.leader !== undefined || this.#mayHaveHeard;
        if (heard && !wanted && this.#electionElapsed < this.#core.electionTicks) return false;
        if (message.type === 'requestVote') this.#becomeFollower(message.term, undefined);
        else this.#answerPreVote(message);
        return message.type === 'requestVote';
      }
      case 'preVoteReply':
        // Granted for a term that has not begun. A refusal brings the refuser's real term.
        if (!message.granted) this.#becomeFollower(message.term, undefined);
        else if (this.role === 'preCandidate' && message.term === this.term + 1)
          this.#countVote(message.from, true);
        return false;
      case 'appendEntries':
      case 'heartbeat':
      case 'commit':
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
      case 'commit':
        // A leader of old learns of the newer term and steps down; without this a member that was cut off
        // could never be led again.
        this.#core.send(message.from, { type: 'heartbeatReply', round: 0 });
        return;
      case 'preVote':
        this.#core.send(message.from, { type: 'preVoteReply', granted: false });
        return;
      default:
    }
  }

  #answerPreVote(message: RaftMessage & { type: 'preVote' }): void {
    const granted = this.log.isUpToDate(message.lastIndex, message.lastTerm);
    const term = granted ? message.term : this.term;
    this.#core.send(message.from, { type: 'preVoteReply', granted, term });
  }

  /* ------------------------------------------------------------ messages of the current term */

  #stepRole(message: RaftMessage): void {
    switch (message.type) {
      case 'preVote':
        this.#core.send(message.from, { type: 'preVoteReply', granted: false });
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
        this.#core.send(message.from, { type: 'heartbeatReply', round: message.round });
        break;
      case 'commit':
        this.#followLeader(message.from);
        // The leader knows that all this was on this member's disk; a disk that lost it starts with a shorter log.
        this.#commitTo(Math.min(message.commit, this.log.lastIndex));
        break;
      case 'appendReply':
        this.#leading?.appendReply(message);
        break;
      case 'heartbeatReply':
        this.#leading?.heartbeatReply(message);
        break;
      case 'readIndex':
        this.#leading?.read(message.context, message.from);
        break;
      case 'readIndexReply':
        this.#core.outbox.readState({ context: message.context, index: message.index });
        break;
      case 'timeoutNow':
        if (this.role === 'follower' && this.#mayCampaign()) this.#campaign('requestVote', true);
        break;
      default:
        message satisfies never;
    }
  }

  /** One vote a term, first come first served, to a log at least as up-to-date (5.2, 5.4.1). */
  #vote(message: RaftMessage & { type: 'requestVote' }): void {
    const { votedFor, leader } = this.#core;
    const free = votedFor === undefined ? leader === undefined : votedFor === message.from;
    const granted = free && this.log.isUpToDate(message.lastIndex, message.lastTerm);
    if (granted) {
      this.#core.votedFor = message.from;
      this.#electionElapsed = 0;
    }
    this.#core.send(message.from, { type: 'requestVoteReply', granted });
  }

  #followLeader(leader: MemberId): void {
    assertRaft(this.role !== 'leader', `two leaders of term ${this.term}: ${this.id} and ${leader}`);
    if (this.role !== 'follower') this.#becomeFollower(this.term, leader);
    this.#core.leader = leader;
    this.#electionElapsed = 0;
  }

  #append(message: RaftMessage & { type: 'appendEntries' }): void {
    if (this.#restoring) return; // As if lost: the log is about to begin elsewhere.
    const outcome = appendToFollower(this.log, message);
    if (!outcome.ok) {
      this.#core.send(message.from, { type: 'appendReply', ...outcome });
      return;
    }
    this.#handedOut = Math.min(this.#handedOut, outcome.firstNew - 1);
    this.#core.send(message.from, { type: 'appendReply', ok: true, matchIndex: outcome.matchIndex });
  }

  #commitTo(index: number): void {
    if (index > this.log.commit && !this.#restoring) this.log.commit = index;
  }

  /* ------------------------------------------------------------ elections */

  /**
   * Only voters stand; and none that knows of a committed configuration which it has not applied: it would count by a
   * configuration that is two changes behind (README.md).
   */
  #mayCampaign(): boolean {
    if (this.#restoring || this.#stalled || !isVoter(this.configuration, this.id)) return false;
    const { applied, commit } = this.log;
    return !this.log.between(applied + 1, commit).some((entry) => entry.type === 'configuration');
  }

  #campaign(kind: 'preVote' | 'requestVote', transfer = false): void {
    const { lastIndex, lastTerm } = this.log;
    if (kind === 'preVote') this.#becomePreCandidate();
    else this.#becomeCandidate();
    for (const member of membersOf(this.configuration)) {
      if (member === this.id || !isVoter(this.configuration, member)) continue;
      if (kind === 'preVote')
        this.#core.send(member, { type: kind, lastIndex, lastTerm, term: this.term + 1 });
      else this.#core.send(member, { type: kind, lastIndex, lastTerm, transfer });
    }
    this.#countVote(this.id, true);
  }

  #countVote(from: MemberId, granted: boolean): void {
    if (!this.#votes.has(from)) this.#votes.set(from, granted);
    switch (this.#core.quorum.outcome((member) => this.#votes.get(member))) {
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

  /* ------------------------------------------------------------ roles: every transition is here */

  #becomeFollower(term: number, leader: MemberId | undefined): void {
    if (term !== this.term) this.#core.votedFor = undefined;
    this.#reset('follower', term);
    this.#core.leader = leader;
  }

  /** The term and the vote stay as they are: a pre-vote changes nothing. */
  #becomePreCandidate(): void {
    this.#reset('preCandidate', this.term);
    this.#core.leader = undefined;
  }

  #becomeCandidate(): void {
    this.#core.votedFor = this.id;
    this.#reset('candidate', this.term + 1);
    this.#core.leader = undefined;
  }

  #becomeLeader(): void {
    assertRaft(this.role === 'candidate', `a ${this.role} cannot become leader`);
    this.#reset('leader', this.term);
    this.#core.leader = this.id;
    this.#leading = new Leader(this.#core);
    this.#leading.begin();
  }

  #reset(role: Role, term: number): void {
    this.#core.role = role;
    this.#core.term = term;
    this.#electionElapsed = 0;
    this.#drawElectionTimeout();
    this.#votes = new Map();
    this.#leading = undefined;
  }

  #drawElectionTimeout(): void {
    const { electionTicks, config } = this.#core;
    this.#electionTimeout = electionTicks + Math.floor(config.random() * electionTicks);
  }
}

function samePromises(a: HardState, b: HardState): boolean {
  return a.term === b.term && a.votedFor === b.votedFor;
}

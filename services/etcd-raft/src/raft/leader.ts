import type { MemberId } from '@kubelab/store';
import type { Configuration, MembershipChange } from '../contract.js';
import {
  changed,
  encodeConfigurationData,
  isJoint,
  isVoter,
  leaveJoint,
  membersOf,
} from './configuration.js';
import type { Core } from './core.js';
import { makeEntries, sizeOf } from './entries.js';
import { Progress } from './progress.js';
import { ReadBarriers } from './reads.js';
import { type Entry, type RaftMessage, raftLimits } from './types.js';

export type ProposalOutcome =
  | { readonly first: number; readonly term: number }
  | 'notLeader'
  | 'tooMuch'
  | 'transferring';

export type MembershipOutcome = ProposalOutcome | 'changing' | 'learnerNotReady';

const noBytes = new Uint8Array(0);

/** What a member does and knows while it leads a term: made when it is elected, gone when it steps down. */
export class Leader {
  readonly #core: Core;
  #progress = new Map<MemberId, Progress>();
  #uncommittedBytes = 0;
  readonly #reads = new ReadBarriers();
  /**
   * No other change is proposed until this index is applied here. At first the whole log: a predecessor's change may be in it.
   */
  #pendingConfiguration: number;
  #transferee: MemberId | undefined;
  #transferTicks = 0;
  /** A TimeoutNow is on its way, perhaps for long: whoever gets it is elected in spite of stickiness. No lease in this term. */
  #leaseBroken = false;
  #heartbeatElapsed = 0;

  constructor(core: Core) {
    this.#core = core;
    this.#pendingConfiguration = core.log.lastIndex;
    for (const member of this.#others()) this.#track(member, false);
  }

  /** With its no-op a leader commits what its predecessors left (5.4.2). */
  begin(): void {
    // Who counts older terms would think that it needs none.
    if (this.#core.config.plantedBug !== 'commitOlderTermByCounting') this.#append([noBytes], 'normal');
    this.broadcastAppend();
    this.#leaveJointWhenApplied();
  }

  get transferee(): MemberId | undefined {
    return this.#transferee;
  }

  get uncommittedBytes(): number {
    return this.#uncommittedBytes;
  }

  matchIndexes(): Map<MemberId, number> {
    return new Map([...this.#progress].map(([member, { match }]) => [member, match]));
  }

  /* ------------------------------------------------------------ time */

  tick(): void {
    if (this.#transferee !== undefined) {
      this.#transferTicks += 1;
      if (this.#transferTicks >= this.#core.electionTicks) this.#transferee = undefined;
    }
    this.#heartbeatElapsed += 1;
    if (this.#heartbeatElapsed < this.#core.heartbeatTicks) return;
    this.#broadcastHeartbeat();
  }

  /** Check-quorum (dissertation, 6.2): once every election timeout. */
  heardFromQuorum(): boolean {
    const { id, quorum } = this.#core;
    const heard = quorum.outcome(
      (member) => member === id || this.#progress.get(member)?.recentActive === true,
    );
    for (const progress of this.#progress.values()) progress.recentActive = false;
    return heard === 'won';
  }

  /* ------------------------------------------------------------ proposals */

  propose(data: readonly Uint8Array[]): ProposalOutcome {
    if (this.#transferee !== undefined) return 'transferring';
    let bytes = 0;
    for (const item of data) bytes += item.byteLength;
    if (this.#uncommittedBytes > 0 && this.#uncommittedBytes + bytes > raftLimits.uncommittedBytesMax)
      return 'tooMuch';
    const first = this.#append(data, 'normal');
    this.broadcastAppend();
    return { first, term: this.#core.term };
  }

  /** Throws InvalidMembershipChangeError. */
  proposeChange(changes: readonly MembershipChange[], context: Uint8Array): MembershipOutcome {
    const { configuration, log, config, term } = this.#core;
    if (this.#transferee !== undefined) return 'transferring';
    if (this.#pendingConfiguration > log.applied || isJoint(configuration)) return 'changing';
    const next = changed(configuration, changes);
    const late = changes.some(
      ({ type, id }) => type === 'promote' && log.lastIndex - this.#matchOf(id) > config.learnerReadyEntries,
    );
    if (late) return 'learnerNotReady';
    return { first: this.#proposeConfiguration(next, context), term };
  }

  #proposeConfiguration(next: Configuration, context: Uint8Array): number {
    const index = this.#append([encodeConfigurationData(next, context)], 'configuration');
    this.#pendingConfiguration = index;
    this.broadcastAppend();
    return index;
  }

  #append(data: readonly Uint8Array[], type: Entry['type']): number {
    const { log, term } = this.#core;
    const first = log.lastIndex + 1;
    const entries = makeEntries(first, term, data, type);
    log.append(entries);
    this.#uncommittedBytes += sizeOf(entries);
    return first;
  }

  /* ------------------------------------------------------------ membership */

  /** Entries were applied here, and with them perhaps a configuration. */
  applied(): void {
    this.#leaveJointWhenApplied();
  }

  configurationApplied(): void {
    const members = new Set(this.#others());
    for (const member of this.#progress.keys()) if (!members.has(member)) this.#progress.delete(member);
    // One that is new counts as heard from: it had no time to answer.
    for (const member of members) if (!this.#progress.has(member)) this.#track(member, true);
    if (this.#transferee !== undefined && !isVoter(this.#core.configuration, this.#transferee))
      this.#transferee = undefined;
    this.broadcastAppend();
    // Fewer may be a majority now.
    this.maybeCommit();
  }

  /** Whoever leads when the joint configuration is applied proposes to leave it. */
  #leaveJointWhenApplied(): void {
    const { configuration, log } = this.#core;
    if (!isJoint(configuration) || this.#pendingConfiguration > log.applied) return;
    this.#proposeConfiguration(leaveJoint(configuration), noBytes);
  }

  /**
   * This leader is no voter any more and is about to step down: the others hear what is committed, and the one that is
   * furthest is asked to stand at once, which saves them an election timeout.
   */
  retire(): void {
    const { log, configuration } = this.#core;
    let furthest: MemberId | undefined;
    for (const [member, progress] of this.#progress) {
      if (log.termAt(progress.next - 1) !== undefined) this.#sendAppend(member, progress);
      if (progress.match === log.lastIndex && isVoter(configuration, member)) furthest = member;
    }
    if (furthest !== undefined) this.#core.send(furthest, { type: 'timeoutNow' });
  }

  /* ------------------------------------------------------------ leadership transfer (dissertation, 3.10) */

  transfer(to: MemberId): 'ok' | 'badTransferee' {
    const progress = this.#progress.get(to);
    if (progress === undefined || !isVoter(this.#core.configuration, to)) return 'badTransferee';
    this.#transferee = to;
    this.#transferTicks = 0;
    this.#sendAppends(to, progress);
    this.#maybeTimeoutNow(to, progress);
    return 'ok';
  }

  /** Once the transferee has the whole log it wins against whoever else stands. */
  #maybeTimeoutNow(member: MemberId, progress: Progress): void {
    if (this.#transferee !== member || progress.match !== this.#core.log.lastIndex) return;
    this.#leaseBroken = true;
    this.#core.send(member, { type: 'timeoutNow' });
  }

  /* ------------------------------------------------------------ replication */

  broadcastAppend(): void {
    for (const [member, progress] of this.#progress) this.#sendAppends(member, progress);
  }

  /** Everything that the follower's window lets through. */
  #sendAppends(to: MemberId, progress: Progress): void {
    while (!progress.paused && (progress.next <= this.#core.log.lastIndex || progress.state === 'probe')) {
      if (!this.#sendAppend(to, progress)) return;
    }
  }

  #sendAppend(to: MemberId, progress: Progress): boolean {
    const { log, outbox } = this.#core;
    const prevIndex = progress.next - 1;
    const prevTerm = log.termAt(prevIndex);
    if (prevTerm === undefined) {
      if (!progress.recentActive) return false; // It would not take a snapshot either.
      progress.becomeSnapshot();
      outbox.wantSnapshot(to);
      return false;
    }
    const entries = log.slice(progress.next, {
      bytesMax: raftLimits.appendBytesMax,
      entriesMax: raftLimits.appendEntriesMax,
    });
    this.#core.send(to, { type: 'appendEntries', prevIndex, prevTerm, entries, commit: log.commit });
    progress.commitTold = log.commit;
    progress.sent(prevIndex + entries.length, entries.length, sizeOf(entries));
    return true;
  }

  appendReply(message: RaftMessage & { type: 'appendReply' }): void {
    const progress = this.#progress.get(message.from);
    if (progress === undefined) return; // Removed meanwhile.
    const { log } = this.#core;
    progress.recentActive = true;
    if (message.ok) {
      if (progress.acknowledged(Math.min(message.matchIndex, log.lastIndex))) this.maybeCommit();
      this.#tellCommit(message.from, progress);
      this.#maybeTimeoutNow(message.from, progress);
    } else {
      const retryAfter = log.lastIndexNotAfter(message.hintIndex, message.hintTerm);
      progress.rejected(message.rejectedIndex, retryAfter);
    }
    this.#sendAppends(message.from, progress);
  }

  /**
   * The leader's rule for commitIndex (figure 2 and 5.4.2): a majority has it, and it is of the current term. Its own copy
   * counts from when it is on its own disk.
   */
  maybeCommit(): void {
    const { log, quorum, id, term, config } = this.#core;
    const index = quorum.reached((member) => (member === id ? log.stable : this.#matchOf(member)));
    if (index <= log.commit) return;
    const byCounting = config.plantedBug === 'commitOlderTermByCounting';
    if (log.termAt(index) !== term && !byCounting) return;
    this.#uncommittedBytes = Math.max(0, this.#uncommittedBytes - sizeOf(log.between(log.commit + 1, index)));
    log.commit = index;
    this.releaseReads();
    for (const [member, progress] of this.#progress) this.#tellCommit(member, progress);
  }

  /**
   * Followers hear of a commit with the next entries; where nothing is on its way, at once: their readers and watchers wait
   * for it.
   */
  #tellCommit(member: MemberId, progress: Progress): void {
    const { log } = this.#core;
    const idle = progress.state === 'replicate' && progress.match >= log.lastIndex && !progress.paused;
    if (!idle || progress.commitTold >= log.commit) return;
    this.#core.send(member, { type: 'commit', commit: log.commit });
    progress.commitTold = log.commit;
  }

  #broadcastHeartbeat(): void {
    const { log, config } = this.#core;
    this.#heartbeatElapsed = 0;
    this.#reads.beginRound(config.leaseMs > 0 ? config.nowMs() : 0);
    for (const [member, progress] of this.#progress) {
      // What the follower does not have must not become committed there.
      const commit = Math.min(log.commit, progress.match);
      this.#core.send(member, { type: 'heartbeat', commit, round: this.#reads.round });
    }
  }

  heartbeatReply(message: RaftMessage & { type: 'heartbeatReply' }): void {
    const progress = this.#progress.get(message.from);
    if (progress === undefined) return;
    const { log } = this.#core;
    progress.recentActive = true;
    progress.round = Math.max(progress.round, message.round);
    progress.heartbeatAnswered();
    // All was sent and not all was acknowledged: the last of it may be lost. An empty AppendEntries behind it
    // finds out: it is refused.
    const allSent = progress.state === 'replicate' && progress.next > log.lastIndex;
    if (allSent && progress.match < log.lastIndex) this.#sendAppend(message.from, progress);
    else if (progress.match < log.lastIndex || progress.state === 'probe')
      this.#sendAppends(message.from, progress);
    this.releaseReads();
  }

  snapshotSent(to: MemberId, index: number | undefined): void {
    const progress = this.#progress.get(to);
    if (progress?.state !== 'snapshot') return;
    progress.becomeProbe(Math.max(progress.match, index ?? 0) + 1);
    if (index !== undefined) this.#sendAppends(to, progress);
  }

  /* ------------------------------------------------------------ reads (dissertation, 6.4) */

  read(context: number, from: MemberId): boolean {
    const taken = this.#reads.add(context, from);
    this.releaseReads();
    return taken;
  }

  releaseReads(): void {
    const { log, term, config } = this.#core;
    if (this.#reads.size === 0 || log.termAt(log.commit) !== term) return;
    const confirmed = this.#confirmedRound();
    if (this.#leaseHolds(confirmed) || config.plantedBug === 'readWithoutQuorum') {
      this.#reads.number(log.commit);
      this.#answer(Number.MAX_SAFE_INTEGER);
      return;
    }
    if (this.#reads.number(log.commit)) this.#broadcastHeartbeat();
    this.#answer(this.#confirmedRound());
  }

  /** The latest round of heartbeats that a quorum answered. */
  #confirmedRound(): number {
    const { quorum, id } = this.#core;
    return quorum.reached((member) =>
      member === id ? this.#reads.round : (this.#progress.get(member)?.round ?? 0),
    );
  }

  #leaseHolds(confirmedRound: number): boolean {
    const { leaseMs, nowMs, plantedBug } = this.#core.config;
    if (leaseMs <= 0 || this.#leaseBroken) return false;
    const sinceMs = this.#reads.confirmedAtMs(confirmedRound);
    const isFresh = sinceMs !== undefined && nowMs() - sinceMs < leaseMs;
    return isFresh || (sinceMs !== undefined && plantedBug === 'leaseReadWithoutCheck');
  }

  #answer(round: number): void {
    const { id, outbox } = this.#core;
    for (const { context, index, from } of this.#reads.takeConfirmed(round)) {
      if (from === id) outbox.readState({ context, index });
      else this.#core.send(from, { type: 'readIndexReply', context, index });
    }
  }

  /* ------------------------------------------------------------ followers */

  #others(): MemberId[] {
    const { configuration, id } = this.#core;
    return membersOf(configuration).filter((member) => member !== id);
  }

  #track(member: MemberId, recentActive: boolean): void {
    this.#progress.set(member, new Progress(this.#core.log.lastIndex + 1, recentActive));
  }

  #matchOf(member: MemberId): number {
    return this.#progress.get(member)?.match ?? 0;
  }
}

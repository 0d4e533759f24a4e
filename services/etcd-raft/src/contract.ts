import type { MemberId } from '@kubelab/store';

/**
 * The seam between the replicated log (src/raft, src/wal, src/server/raft-node.ts) and what it replicates
 * (src/mvcc).
 * The log knows entries as bytes; the state machine knows nothing of terms, peers or disks.
 */
export interface StateMachine {
  /**
   * Applies one committed entry. Called once per index, in index order, on every member; must be
   * deterministic: only the entry and the state decide.
   * A refused request (compacted revision, failed precondition) is a result, not an exception. What it
   * returns goes to the proposer on the member that proposed.
   * Empty data (a new leader's no-op) is not passed on. `data` is a view of the log's memory: what is kept of it
   * for long is to be copied, else it pins a whole batch.
   */
  apply(index: number, data: Uint8Array): unknown;
  /**
   * A configuration entry took effect: who votes and who learns now. `context` is what changeMembership() was
   * given (the state machine's own notion of members: names, addresses); empty for the entry that leaves a
   * joint configuration. Counts as an applied index, like apply(). A new cluster begins with one at index 1, on each of its
   * first members alike: who they are, with the context that startRaftNode() was given.
   */
  applyConfiguration(index: number, configuration: Configuration, context: Uint8Array): unknown;
  /** Called after a batch of entries was applied: the place to wake watchers, once per batch. */
  applied(index: number): void;
  /**
   * A consistent image of the state at the last applied index, in chunks of about 256 KiB; later apply() calls must
   * not change it while it is read. Made as it is read, so that no single turn of the event loop pays for all of it.
   */
  snapshot(): Iterable<Uint8Array>;
  /** Replaces the whole state. Rejects, with the old state gone, when the chunks are not a whole image. */
  restore(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /**
   * Where the state lives on disk by itself (LMDB): the last index whose effect no crash takes back, and the configuration as of
   * it; entries up to it are not applied again after a restart. Undefined where the state is in memory only, and where nothing
   * is durable yet: then it begins with restore(), or with the first applyConfiguration().
   */
  readonly durable: { readonly index: number; readonly configuration: Configuration } | undefined;
}

/**
 * Who votes and who learns. `votersOutgoing` is not empty only while a change goes through a joint configuration (paper,
 * section 6): then each decision needs a majority of both sets. Ids sorted.
 */
export interface Configuration {
  readonly voters: readonly MemberId[];
  readonly votersOutgoing: readonly MemberId[];
  readonly learners: readonly MemberId[];
}

/** What is to be different; several at once go through one joint configuration. */
export type MembershipChange =
  | { readonly type: 'addVoter'; readonly id: MemberId }
  | { readonly type: 'addLearner'; readonly id: MemberId }
  | { readonly type: 'promote'; readonly id: MemberId }
  | { readonly type: 'remove'; readonly id: MemberId };

/** A membership change that makes no sense: no such member, one that exists, no voter left. Nothing was proposed. */
export class InvalidMembershipChangeError extends Error {
  override readonly name = 'InvalidMembershipChangeError';
}

/**
 * Why a proposal or read did not go through. `mayHaveCommitted` only when the entry had been appended before
 * leadership was lost.
 */
export class RaftUnavailableError extends Error {
  override readonly name = 'RaftUnavailableError';
  readonly reason:
    | 'notLeader'
    | 'noLeader'
    | 'tooManyProposals'
    | 'leadershipLost'
    | 'stopped'
    | 'diskFailed'
    /** Leadership is being handed over; proposals are held off until it is done. */
    | 'transferring'
    /** Another membership change has not been applied yet. */
    | 'changing'
    | 'learnerNotReady'
    | 'badTransferee'
    | 'transferTimeout';
  readonly leader: MemberId | undefined;
  readonly mayHaveCommitted: boolean;
  constructor(
    reason: RaftUnavailableError['reason'],
    message: string,
    options: { leader?: MemberId | undefined; mayHaveCommitted?: boolean } = {},
  ) {
    super(message);
    this.reason = reason;
    this.leader = options.leader;
    this.mayHaveCommitted = options.mayHaveCommitted ?? false;
  }
}

/**
 * A member of the replicated log: the loop around the pure core. Made by startRaftNode
 * (src/server/raft-node.ts).
 */
export interface RaftNode {
  /**
   * Leader only. Resolves with apply()'s result once the entry is committed and applied here; rejects with
   * RaftUnavailableError.
   */
  propose(data: Uint8Array): Promise<unknown>;
  /**
   * Linearizable read barrier (ReadIndex, Raft dissertation 6.4): resolves once this member has applied
   * everything that was committed when it was called.
   * Works on followers too (the leader is asked).
   */
  readIndex(): Promise<void>;
  /**
   * Leader only. Proposes a configuration and, where it went through a joint one, leaves that by itself. Resolves with
   * applyConfiguration()'s result of the first entry once the final configuration is applied here. A learner is
   * promoted only when its log is within `learnerReadyEntries` of the leader's: else `learnerNotReady`. Rejects with
   * InvalidMembershipChangeError for changes that make no sense.
   */
  changeMembership(changes: readonly MembershipChange[], context: Uint8Array): Promise<unknown>;
  /** Leader only. Resolves when `to` leads; rejects after one election timeout, and this member goes on leading. */
  transferLeadership(to: MemberId): Promise<void>;
  /** From now on, on this member. Throws RangeError for values that cannot work, and where leases rely on the present ones. */
  setTimeouts(timeouts: { readonly electionTimeoutMs: number; readonly heartbeatIntervalMs: number }): void;
  status(): RaftStatus;
  /** Called on each change of role, term or leader. */
  onStatusChange(listener: (status: RaftStatus) => void): () => void;
  stop(): Promise<void>;
}

export interface RaftStatus {
  readonly id: MemberId;
  readonly role: 'leader' | 'follower' | 'candidate' | 'preCandidate' | 'learner';
  readonly term: number;
  /** The leader as far as known. */
  readonly leader: MemberId | undefined;
  readonly configuration: Configuration;
  /** On a leader: how far each other member's log is known to agree. */
  readonly matchIndexes: ReadonlyMap<MemberId, number>;
  readonly lastIndex: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly snapshotIndex: number;
}

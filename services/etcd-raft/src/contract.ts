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
   * Empty data (a new leader's no-op) is not passed on.
   */
  apply(index: number, data: Uint8Array): unknown;
  /** Called after a batch of entries was applied: the place to wake watchers, once per batch. */
  applied(index: number): void;
  /**
   * A consistent image of the state at the last applied index, in chunks; later apply() calls must not change
   * it while it is read.
   */
  snapshot(): Iterable<Uint8Array>;
  /** Replaces the whole state. */
  restore(chunks: readonly Uint8Array[]): void;
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
    | 'diskFailed';
  readonly leader: string | undefined;
  readonly mayHaveCommitted: boolean;
  constructor(
    reason: RaftUnavailableError['reason'],
    message: string,
    options: { leader?: string | undefined; mayHaveCommitted?: boolean } = {},
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
  status(): RaftStatus;
  /** Called on each change of role, term or leader. */
  onStatusChange(listener: (status: RaftStatus) => void): () => void;
  stop(): Promise<void>;
}

export interface RaftStatus {
  readonly name: string;
  readonly role: 'leader' | 'follower' | 'candidate' | 'preCandidate';
  readonly term: number;
  /** Name of the leader as far as known. */
  readonly leader: string | undefined;
  readonly lastIndex: number;
  readonly commitIndex: number;
  readonly appliedIndex: number;
  readonly snapshotIndex: number;
}

/** Members are named; a name is a member's identity for ever. */
export type MemberName = string;

/** What a log holds. Empty data is the no-op with which a leader begins its term. */
export interface Entry {
  readonly index: number;
  readonly term: number;
  readonly data: Uint8Array;
}

/**
 * What must be on disk before anything that follows from it is said (paper, figure 2: "persistent state").
 */
export interface HardState {
  readonly term: number;
  readonly votedFor: MemberName | undefined;
  /** Not required by the paper; saves a restarted member from waiting to hear it. */
  readonly commit: number;
}

export interface SnapshotMetadata {
  /** The last entry that the snapshot replaces. */
  readonly index: number;
  readonly term: number;
}

interface Envelope {
  readonly from: MemberName;
  readonly to: MemberName;
  /** The sender's term; of a (granted) pre-vote, the term that would follow. */
  readonly term: number;
}

export type RaftMessage = Envelope &
  (
    | { readonly type: 'preVote'; readonly lastIndex: number; readonly lastTerm: number }
    | { readonly type: 'preVoteReply'; readonly granted: boolean }
    | { readonly type: 'requestVote'; readonly lastIndex: number; readonly lastTerm: number }
    | { readonly type: 'requestVoteReply'; readonly granted: boolean }
    | {
        readonly type: 'appendEntries';
        readonly prevIndex: number;
        readonly prevTerm: number;
        readonly entries: readonly Entry[];
        readonly commit: number;
      }
    /**
     * ok: the log agrees with the leader's up to matchIndex. Else: the leader is to go back to hintIndex
     * (whose term here is hintTerm).
     */
    | { readonly type: 'appendReply'; readonly ok: true; readonly matchIndex: number }
    | {
        readonly type: 'appendReply';
        readonly ok: false;
        readonly rejectedIndex: number;
        readonly hintIndex: number;
        readonly hintTerm: number;
      }
    /** `readSequence`: reads up to it wait for a majority to answer. */
    | { readonly type: 'heartbeat'; readonly commit: number; readonly readSequence: number }
    | { readonly type: 'heartbeatReply'; readonly readSequence: number }
    | { readonly type: 'readIndex'; readonly context: number }
    | { readonly type: 'readIndexReply'; readonly context: number; readonly index: number }
  );

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader';

/** A read that may be answered once everything up to `index` is applied here. */
export interface ReadState {
  readonly context: number;
  readonly index: number;
}

/**
 * What the core asks of its owner, gathered since the last takeReady(). The order that keeps Raft's promises:
 * 1. `messages` may leave at once. 2. `hardState` and `entries` go to disk, and are synced. 3. persisted() is
 * called, and only then `messagesAfterPersist` leave: they
 * promise what step 2 made durable. 4. `committed` is applied, in order.
 */
export interface Ready {
  readonly messages: readonly RaftMessage[];
  readonly hardState: HardState | undefined;
  readonly entries: readonly Entry[];
  readonly messagesAfterPersist: readonly RaftMessage[];
  readonly committed: readonly Entry[];
  readonly readStates: readonly ReadState[];
  /** Followers so far behind that the log no longer holds what they need. */
  readonly snapshotsWanted: readonly MemberName[];
}

/** Deliberate mistakes, for the simulator to prove that it would notice them. Never set outside tests. */
export type PlantedBug =
  | 'ackBeforeFsync'
  | 'commitOlderTermByCounting'
  | 'voteWithoutPersisting'
  | 'readWithoutQuorum';

export interface RaftConfig {
  readonly name: MemberName;
  /** All voting members, this one too. */
  readonly members: readonly MemberName[];
  /**
   * Ticks without a leader before an election; each wait is drawn anew from [electionTicks, 2 *
   * electionTicks).
   */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly plantedBug?: PlantedBug | undefined;
}

/** Bounds of what a leader has under way. */
export const raftLimits = {
  /** Entries of one AppendEntries, by the size of their data; a larger entry goes alone. */
  appendBytesMax: 1 << 20,
  appendEntriesMax: 4_096,
  /** AppendEntries under way to one follower. */
  inflightMessagesMax: 64,
  inflightBytesMax: 8 << 20,
  /** Proposed and not committed; more are refused. */
  uncommittedBytesMax: 64 << 20,
  pendingReadsMax: 10_000,
} as const;

import type { MemberId } from '@kubelab/store';
import type { Configuration } from '../contract.js';

/**
 * What a log holds. A normal entry with empty data is the no-op with which a leader begins its term. The data of a
 * configuration entry is what encodeConfigurationData() wrote.
 */
export interface Entry {
  readonly index: number;
  readonly term: number;
  readonly type: 'normal' | 'configuration';
  readonly data: Uint8Array;
  /**
   * The entry's encoded form is the `headBytes` bytes before `data` in its buffer, and `data`: encoded once, sent to every
   * follower and written to every log as it stands. 0: not encoded yet.
   */
  readonly headBytes: number;
}

/**
 * What must be on disk before anything that follows from it is said (paper, figure 2: "persistent state").
 */
export interface HardState {
  readonly term: number;
  readonly votedFor: MemberId | undefined;
  /** Not required by the paper; saves a restarted member from waiting to hear it. */
  readonly commit: number;
}

export interface SnapshotMetadata {
  /** The last entry that the snapshot replaces. */
  readonly index: number;
  readonly term: number;
  /** The configuration as of that entry. */
  readonly configuration: Configuration;
}

interface Envelope {
  readonly from: MemberId;
  readonly to: MemberId;
  /** The sender's term; of a (granted) pre-vote, the term that would follow. */
  readonly term: number;
}

export type RaftMessage = Envelope &
  (
    | { readonly type: 'preVote'; readonly lastIndex: number; readonly lastTerm: number }
    | { readonly type: 'preVoteReply'; readonly granted: boolean }
    /** `transfer`: the leader asked for it (TimeoutNow): whoever hears that leader votes nevertheless. */
    | {
        readonly type: 'requestVote';
        readonly lastIndex: number;
        readonly lastTerm: number;
        readonly transfer: boolean;
      }
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
    /** `round`: of heartbeats; reads and the lease wait for a majority to answer it. */
    | { readonly type: 'heartbeat'; readonly commit: number; readonly round: number }
    | { readonly type: 'heartbeatReply'; readonly round: number }
    /** To one that has all that is committed: it is. Not answered; if it is lost, the next heartbeat tells. */
    | { readonly type: 'commit'; readonly commit: number }
    | { readonly type: 'readIndex'; readonly context: number }
    | { readonly type: 'readIndexReply'; readonly context: number; readonly index: number }
    /** Leadership transfer (dissertation, 3.10): the receiver stands for election at once. */
    | { readonly type: 'timeoutNow' }
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
 * called, and only then `messagesAfterPersist` leave: they promise what step 2 made durable. `committed` is applied in
 * order, at any time: it is on this member's disk.
 */
export interface Ready {
  readonly messages: readonly RaftMessage[];
  readonly hardState: HardState | undefined;
  readonly entries: readonly Entry[];
  readonly messagesAfterPersist: readonly RaftMessage[];
  readonly committed: readonly Entry[];
  readonly readStates: readonly ReadState[];
  /** Followers so far behind that the log no longer holds what they need. */
  readonly snapshotsWanted: readonly MemberId[];
}

/** Deliberate mistakes, for the simulator to prove that it would notice them. Never set outside tests. */
export type PlantedBug =
  | 'ackBeforeFsync'
  | 'commitOlderTermByCounting'
  | 'voteWithoutPersisting'
  | 'readWithoutQuorum'
  /** A snapshot says that it holds an entry that was applied after its image was taken. */
  | 'snapshotWithoutLastEntry'
  /** Majorities are counted in the configuration before the one that applies. */
  | 'staleMembership'
  /** After a restart the last entry that the state holds already is applied again. */
  | 'applyTwiceAfterRestart'
  /** A leader answers reads by its lease without looking whether the lease still holds. */
  | 'leaseReadWithoutCheck'
  /** A new leader takes over no leases: they never end, or end at once. */
  | 'leasesLostOnLeaderChange'
  /** A watch that begins in the past misses the first event it should tell. */
  | 'watchGapOnReconnect';

export interface RaftConfig {
  readonly id: MemberId;
  /**
   * Ticks without a leader before an election; each wait is drawn anew from [electionTicks, 2 * electionTicks).
   */
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Monotonic; asked for by leases only. */
  readonly nowMs: () => number;
  /**
   * How long after a heartbeat was sent the answers of a majority entitle its leader to read locally; 0: reads
   * always ask (ReadIndex). reads.ts has the assumption that this makes of clocks.
   */
  readonly leaseMs: number;
  /** A learner that lacks more than so many entries is not promoted. */
  readonly learnerReadyEntries: number;
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

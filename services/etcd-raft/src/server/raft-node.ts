import type { MemberId } from '@kubelab/store';
import type { Telemetry } from '@kubelab/telemetry';
import type { Timer, World } from '@kubelab/world';
import {
  type MembershipChange,
  type RaftNode,
  type RaftStatus,
  RaftUnavailableError,
  type StateMachine,
} from '../contract.js';
import { decodeConfigurationData, isVoter } from '../raft/configuration.js';
import { Raft } from '../raft/raft.js';
import type { Entry, PlantedBug, RaftMessage, Ready } from '../raft/types.js';
import { SnapshotStore } from '../wal/snapshot-file.js';
import { Wal } from '../wal/wal.js';
import { PendingReads } from './pending-reads.js';
import { Proposals } from './proposals.js';
import { RaftSpans } from './raft-spans.js';
import type { RaftReceiver, RaftTransport, SnapshotSink, SnapshotTransfer } from './raft-transport.js';
import { type Bootstrap, type Recovered, recover } from './recovery.js';
import { type CompactionOptions, Snapshots } from './snapshots.js';

const ticksPerHeartbeat = 2;
/** etcd asks for ten heartbeats; with fewer than this a single lost one starts an election. */
const electionTicksMin = 4;
const stopPollMs = 1;
/** Of an election timeout, what a lease leaves out for clocks that run at different speeds. */
const clockDriftShare = 0.1;

export interface RaftNodeOptions extends CompactionOptions {
  readonly id: MemberId;
  /** Of a new cluster; a member that is to join one has none, and waits to be led. Ignored where there is a log already. */
  readonly bootstrap: Bootstrap | undefined;
  readonly dataDirectory: string;
  readonly stateMachine: StateMachine;
  readonly transport: RaftTransport;
  readonly telemetry: Telemetry;
  /** A follower waits between this and twice this for a leader. */
  readonly electionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** Reads of the leader rely on its lease and on clocks that run about equally fast; else they ask (ReadIndex). */
  readonly leaseReads: boolean;
  /** A learner that lacks more is not promoted. */
  readonly learnerReadyEntries: number;
  readonly plantedBug?: PlantedBug | undefined;
  /** For the simulator's invariants: called after each step of the loop. */
  readonly observe?: ((observation: RaftObservation) => void) | undefined;
}

export interface RaftObservation {
  readonly status: RaftStatus;
  /** Applied in this step. */
  readonly applied: readonly Entry[];
  readonly raft: Raft;
}

/** Starts a member from what its data directory holds. Rejects with WalCorruptionError, WalFormatError or DiskError. */
export async function startRaftNode(
  world: World,
  options: RaftNodeOptions,
): Promise<{ readonly node: RaftNode; readonly receiver: RaftReceiver }> {
  const { dataDirectory, stateMachine, bootstrap } = options;
  const { log } = options.telemetry;
  if (options.snapshotKeepEntries < 1) throw new RangeError('snapshotKeepEntries must be at least 1');
  const snapshots = new SnapshotStore(world.disk, `${dataDirectory}/snapshots`, log);
  const { wal, contents } = await Wal.open(world.disk, `${dataDirectory}/wal`, log);
  try {
    const recovered = await recover({
      directory: dataDirectory,
      ...{ wal, contents, snapshots, stateMachine, bootstrap, log },
    });
    const node = new Node(world, options, { recovered, wal, snapshots });
    node.start();
    return { node, receiver: node };
  } catch (error) {
    await wal.close();
    throw error;
  }
}

interface Ticks {
  readonly tickMs: number;
  readonly electionTicks: number;
}

/** Throws RangeError for timeouts that cannot work. */
function ticksOf(timeouts: {
  readonly electionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
}): Ticks {
  const { electionTimeoutMs, heartbeatIntervalMs } = timeouts;
  const tickMs = heartbeatIntervalMs / ticksPerHeartbeat;
  const electionTicks = Math.round(electionTimeoutMs / tickMs);
  if (!(tickMs > 0) || electionTicks < electionTicksMin)
    throw new RangeError(
      `an election timeout of ${electionTimeoutMs} ms is too short for a heartbeat every ${heartbeatIntervalMs} ms: twice that at least, ten times is usual`,
    );
  return { tickMs, electionTicks };
}

interface Transfer {
  readonly to: MemberId;
  readonly resolve: () => void;
  readonly reject: (error: RaftUnavailableError) => void;
  readonly deadline: Timer;
}

/**
 * The loop around the core. Inputs of one event-loop turn (messages, proposals, ticks) are gathered; then passes
 * until there is nothing to do: send what may leave at once, give the disk what must be durable, apply what is
 * committed. While the disk works, all goes on but what must wait for it; the next turns' entries gather: the
 * group of the next commit.
 */
class Node implements RaftNode, RaftReceiver {
  readonly #world: World;
  readonly #options: RaftNodeOptions;
  readonly #raft: Raft;
  readonly #wal: Wal;
  readonly #proposals: Proposals;
  readonly #reads: PendingReads;
  readonly #snapshots: Snapshots;
  readonly #spans: RaftSpans;
  readonly #listeners = new Set<(status: RaftStatus) => void>();
  #timeouts: { readonly electionTimeoutMs: number; readonly heartbeatIntervalMs: number };
  #lastStatus: RaftStatus;
  #scheduled = false;
  /** When the disk was given what it is writing. */
  #writingSinceMs: number | undefined;
  #stalled = false;
  #diskQueue: (() => void)[] = [];
  #transfer: Transfer | undefined;
  #stopped: RaftUnavailableError | undefined;
  #ticker: Timer | undefined;

  constructor(
    world: World,
    options: RaftNodeOptions,
    parts: { readonly recovered: Recovered; readonly wal: Wal; readonly snapshots: SnapshotStore },
  ) {
    const { recovered, wal, snapshots } = parts;
    const { log } = options.telemetry;
    this.#world = world;
    this.#options = options;
    this.#wal = wal;
    this.#timeouts = options;
    this.#raft = newRaft(world, options, recovered);
    this.#proposals = new Proposals(this.#raft);
    this.#reads = new PendingReads(world, this.#raft);
    this.#spans = new RaftSpans(options.telemetry.tracer, world);
    this.#snapshots = new Snapshots({
      raft: this.#raft,
      wal,
      store: snapshots,
      ...{ stateMachine: options.stateMachine, transport: options.transport, log, options },
      plantedBug: options.plantedBug,
      withDisk: (work) => this.#withDisk(work),
      changed: () => this.#schedule(),
      diskFailed: (error) => this.#diskFailed(error),
      stopped: () => this.#stopped !== undefined,
    });
    options.transport.onRefused((member) => {
      if (this.#stopped !== undefined) return;
      this.#raft.unreachable(member);
      this.#schedule();
    });
    this.#lastStatus = this.status();
    const { lastIndex, commitIndex, appliedIndex, term } = this.#lastStatus;
    log.info({ term, lastIndex, commitIndex, appliedIndex }, 'raft starts');
  }

  start(): void {
    const { tickMs } = ticksOf(this.#timeouts);
    this.#ticker?.cancel();
    this.#ticker = this.#world.timers.setInterval(() => {
      this.#watchDisk();
      this.#raft.tick();
      this.#reads.retry();
      this.#schedule();
    }, tickMs);
    this.#schedule();
  }

  propose(data: Uint8Array): Promise<unknown> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    this.#schedule();
    return this.#proposals.add(data);
  }

  readIndex(): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    this.#schedule();
    return this.#reads.add();
  }

  async changeMembership(changes: readonly MembershipChange[], context: Uint8Array): Promise<unknown> {
    if (this.#stopped !== undefined) throw this.#stopped;
    this.#schedule();
    return this.#proposals.addChange(changes, context);
  }

  transferLeadership(to: MemberId): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    const outcome = this.#raft.transferLeadership(to);
    if (outcome === 'notLeader')
      return Promise.reject(this.#proposals.refusal() ?? this.#notDone('badTransferee', to));
    if (outcome === 'badTransferee') return Promise.reject(this.#notDone('badTransferee', to));
    if (to === this.#raft.id) return Promise.resolve();
    this.#transfer?.reject(this.#notDone('transferTimeout', this.#transfer.to));
    this.#transfer?.deadline.cancel();
    this.#schedule();
    return new Promise((resolve, reject) => {
      const deadline = this.#world.timers.setTimeout(() => {
        if (this.#transfer?.deadline !== deadline) return;
        this.#transfer = undefined;
        reject(this.#notDone('transferTimeout', to));
      }, this.#timeouts.electionTimeoutMs);
      this.#transfer = { to, resolve, reject, deadline };
    });
  }

  #notDone(reason: 'badTransferee' | 'transferTimeout', to: MemberId): RaftUnavailableError {
    const what = reason === 'badTransferee' ? `${to} is no voting member` : `${to} did not take over in time`;
    return new RaftUnavailableError(reason, what, { leader: this.#raft.leader });
  }

  setTimeouts(timeouts: { readonly electionTimeoutMs: number; readonly heartbeatIntervalMs: number }): void {
    if (this.#options.leaseReads)
      throw new RangeError('lease reads rely on the timeouts that the members started with');
    const { electionTicks } = ticksOf(timeouts);
    this.#timeouts = timeouts;
    this.#raft.setTicks({ electionTicks, heartbeatTicks: ticksPerHeartbeat });
    if (this.#stopped === undefined) this.start();
  }

  message(message: RaftMessage): void {
    if (this.#stopped !== undefined || message.to !== this.#raft.id) return;
    this.#raft.step(message);
    this.#schedule();
  }

  async snapshot(transfer: SnapshotTransfer): Promise<SnapshotSink> {
    if (this.#stopped !== undefined) throw this.#stopped;
    return this.#snapshots.receive(transfer);
  }

  status(): RaftStatus {
    const { log, term, leader, id, configuration, matchIndexes } = this.#raft;
    return {
      id,
      role: this.#role,
      ...{ term, leader, configuration, matchIndexes },
      lastIndex: log.lastIndex,
      commitIndex: log.commit,
      appliedIndex: log.applied,
      snapshotIndex: log.snapshot.index,
    };
  }

  get #role(): RaftStatus['role'] {
    const { role, configuration, id } = this.#raft;
    return role === 'follower' && !isVoter(configuration, id) ? 'learner' : role;
  }

  onStatusChange(listener: (status: RaftStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#end(new RaftUnavailableError('stopped', 'this member stops'));
    await this.#options.transport.close();
    while (this.#writingSinceMs !== undefined || this.#snapshots.busy)
      await this.#world.timers.sleep(stopPollMs);
    await this.#wal.close();
  }

  /* ------------------------------------------------------------ the loop */

  #schedule(): void {
    if (this.#scheduled || this.#stopped !== undefined) return;
    this.#scheduled = true;
    this.#world.timers.setImmediate(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  #run(): void {
    while (this.#stopped === undefined) {
      this.#proposals.append();
      this.#reads.ask();
      const diskFree = this.#writingSinceMs === undefined;
      if (!this.#raft.hasReady(diskFree)) break;
      this.#pass(this.#raft.takeReady(diskFree));
    }
    this.#announce();
  }

  #pass(ready: Ready): void {
    const { transport, plantedBug, observe } = this.#options;
    // News of a commit alone can wait until those who asked have their answers.
    for (const message of ready.messages) if (!isNews(message)) transport.send(message);
    for (const to of ready.snapshotsWanted) this.#snapshots.send(to);
    this.#persist(ready, plantedBug);
    this.#apply(ready.committed);
    for (const { context, index } of ready.readStates) this.#reads.confirmed(context, index);
    this.#reads.release(this.#raft.log.applied);
    for (const message of ready.messages) if (isNews(message)) transport.send(message);
    this.#announce();
    observe?.({ status: this.status(), applied: ready.committed, raft: this.#raft });
    this.#snapshots.maybeCompact();
  }

  #persist(ready: Ready, plantedBug: PlantedBug | undefined): void {
    const { entries, messagesAfterPersist } = ready;
    const forget = plantedBug === 'voteWithoutPersisting' && entries.length === 0;
    const hardState = forget ? undefined : ready.hardState;
    const send = () => {
      for (const message of messagesAfterPersist) this.#options.transport.send(message);
    };
    const nothing = hardState === undefined && entries.length === 0;
    if (nothing || plantedBug === 'ackBeforeFsync') send();
    if (nothing) {
      if (ready.hardState !== undefined) this.#raft.persisted(ready);
      return;
    }
    this.#writingSinceMs = this.#world.clock.monotonicMs();
    const durable = this.#spans.append(entries, this.#raft.role);
    this.#wal.append({ hardState, entries }).then(
      () => {
        durable?.();
        if (this.#stopped === undefined) {
          this.#raft.persisted(ready);
          if (plantedBug !== 'ackBeforeFsync') send();
        }
        this.#diskDone();
        this.#run();
      },
      (error: unknown) => {
        this.#diskDone();
        this.#diskFailed(error);
      },
    );
  }

  /** Runs `work` between two writes of the loop; nothing is persisted meanwhile. */
  async #withDisk<T>(work: () => Promise<T>): Promise<T> {
    while (this.#writingSinceMs !== undefined) await new Promise<void>((free) => this.#diskQueue.push(free));
    this.#writingSinceMs = this.#world.clock.monotonicMs();
    try {
      return await work();
    } finally {
      this.#diskDone();
      this.#schedule();
    }
  }

  #diskDone(): void {
    this.#writingSinceMs = undefined;
    if (this.#stalled) {
      this.#stalled = false;
      this.#raft.diskStalled(false);
      this.#options.telemetry.log.info({}, 'the disk answers again');
    }
    const queue = this.#diskQueue;
    this.#diskQueue = [];
    for (const free of queue) free();
  }

  /** A disk that has not answered for an election timeout: somebody else should lead. */
  #watchDisk(): void {
    if (this.#stalled || this.#writingSinceMs === undefined) return;
    const stalledMs = this.#world.clock.monotonicMs() - this.#writingSinceMs;
    if (stalledMs < this.#timeouts.electionTimeoutMs) return;
    this.#stalled = true;
    this.#options.telemetry.log.warn(
      { stalledMs },
      'the disk does not answer; this member does not lead meanwhile',
    );
    this.#raft.diskStalled(true);
  }

  #apply(committed: readonly Entry[]): void {
    const last = committed.at(-1);
    if (last === undefined) return;
    const applied = this.#spans.apply(committed);
    for (const entry of committed) this.#proposals.applied(entry, this.#applyOne(entry));
    applied?.();
    this.#raft.applied(last.index);
    this.#options.stateMachine.applied(last.index);
  }

  #applyOne({ index, type, data }: Entry): unknown {
    const { stateMachine } = this.#options;
    if (type === 'normal') return data.byteLength === 0 ? undefined : stateMachine.apply(index, data);
    const { configuration, context } = decodeConfigurationData(data);
    this.#raft.applyConfiguration(configuration);
    this.#options.telemetry.log.info({ index, ...configuration }, 'configuration');
    return stateMachine.applyConfiguration(index, configuration, context);
  }

  /** Role, term or leader changed: proposals of a leadership that ended have an unknown fate. */
  #announce(): void {
    const { term, leader } = this.#raft;
    const before = this.#lastStatus;
    if (this.#transfer !== undefined && this.#transfer.to === leader) {
      this.#transfer.deadline.cancel();
      this.#transfer.resolve();
      this.#transfer = undefined;
    }
    // Before anything is gathered: this is looked at in each pass.
    if (this.#role === before.role && term === before.term && leader === before.leader) return;
    const status = this.status();
    this.#lastStatus = status;
    if (before.role === 'leader' && (status.role !== 'leader' || status.term !== before.term))
      this.#proposals.lost(status.leader);
    this.#options.telemetry.log.info({ role: status.role, term, leader }, 'raft state');
    for (const listener of this.#listeners) listener(status);
  }

  /* ------------------------------------------------------------ the end */

  /**
   * What the disk holds is unknown from here on: this member says nothing more, and a restart reads what is
   * there.
   */
  #diskFailed(error: unknown): void {
    this.#options.telemetry.log.error({ error }, 'the disk failed; this member stops taking part');
    const why = error instanceof Error ? error.message : String(error);
    this.#end(new RaftUnavailableError('diskFailed', `the disk failed: ${why}`, { mayHaveCommitted: true }));
  }

  #end(reason: RaftUnavailableError): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = reason;
    this.#ticker?.cancel();
    this.#transfer?.deadline.cancel();
    this.#transfer?.reject(reason);
    this.#reads.fail(reason);
    this.#proposals.fail(reason);
    for (const listener of this.#listeners) listener(this.status());
  }
}

function isNews(message: RaftMessage): boolean {
  return message.type === 'commit';
}

function newRaft(world: World, options: RaftNodeOptions, { hardState, log, configuration }: Recovered): Raft {
  const { id, leaseReads, learnerReadyEntries, plantedBug } = options;
  const { tickMs, electionTicks } = ticksOf(options);
  if (plantedBug === 'applyTwiceAfterRestart' && log.applied > log.snapshot.index) log.applied -= 1;
  return new Raft(
    {
      ...{ id, electionTicks, heartbeatTicks: ticksPerHeartbeat, learnerReadyEntries, plantedBug },
      random: () => world.random.next(),
      nowMs: () => world.clock.monotonicMs(),
      // A voter's first tick may come at once: it waits one less in full.
      leaseMs: leaseReads ? (electionTicks - 1) * tickMs * (1 - clockDriftShare) : 0,
    },
    { hardState, log, configuration },
  );
}

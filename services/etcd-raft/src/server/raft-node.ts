import type { Telemetry } from '@kubelab/telemetry';
import type { Timer, World } from '@kubelab/world';
import { type RaftNode, type RaftStatus, RaftUnavailableError, type StateMachine } from '../contract.js';
import { RaftLog } from '../raft/log.js';
import { Raft } from '../raft/raft.js';
import type { Entry, PlantedBug, RaftMessage, Ready } from '../raft/types.js';
import { decodeSnapshot, encodeSnapshot, SnapshotStore } from '../wal/snapshot-file.js';
import { Wal } from '../wal/wal.js';
import type { RaftReceiver, RaftTransport, SnapshotTransfer } from './raft-transport.js';

/** Proposals that wait to be committed; more are refused with `tooManyProposals`. */
const proposalsMax = 20_000;
const readsMax = 20_000;
const readRetryMs = 200;
const ticksPerHeartbeat = 2;
const stopPollMs = 1;

export interface RaftNodeOptions {
  readonly name: string;
  readonly members: readonly string[];
  readonly dataDirectory: string;
  readonly stateMachine: StateMachine;
  readonly transport: RaftTransport;
  readonly telemetry: Telemetry;
  /** A follower waits between this and twice this for a leader. */
  readonly electionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** Applied entries between two snapshots. */
  readonly snapshotEntries: number;
  /** Entries kept behind a snapshot, for followers that are a little late. */
  readonly snapshotKeepEntries: number;
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

interface Proposal {
  readonly data: Uint8Array;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RaftUnavailableError) => void;
}

interface Read {
  readonly resolve: () => void;
  readonly reject: (error: RaftUnavailableError) => void;
}

/** Starts a member from what its data directory holds. Rejects with WalCorruptionError or DiskError. */
export async function startRaftNode(
  world: World,
  options: RaftNodeOptions,
): Promise<{ node: RaftNode; receiver: RaftReceiver }> {
  const { name, members, stateMachine, telemetry, plantedBug } = options;
  const { log } = telemetry;
  const snapshots = new SnapshotStore(world.disk, `${options.dataDirectory}/snapshots`, log);
  const { wal, contents } = await Wal.open(world.disk, `${options.dataDirectory}/wal`, log);
  const snapshot = await snapshots.newest();
  const base = snapshot?.metadata ?? { index: 0, term: 0 };
  const first = contents.entries[0]?.index;
  if ((first !== undefined && first > base.index + 1) || (contents.snapshot?.index ?? 0) > base.index) {
    const wanted = Math.max((first ?? 1) - 1, contents.snapshot?.index ?? 0);
    throw new Error(
      `${options.dataDirectory}: the log begins after entry ${wanted} and no whole snapshot reaches it. The other members have the data: ` +
        'move this directory away and start the member with an empty one',
    );
  }
  if (snapshot !== undefined) stateMachine.restore(snapshot.chunks);
  const entries = contents.entries.filter((entry) => entry.index > base.index);
  const raftLog = new RaftLog(base, entries, contents.hardState.commit);
  const tickMs = options.heartbeatIntervalMs / ticksPerHeartbeat;
  const raft = new Raft(
    {
      name,
      members,
      electionTicks: Math.max(4, Math.round(options.electionTimeoutMs / tickMs)),
      heartbeatTicks: ticksPerHeartbeat,
      random: () => world.random.next(),
      plantedBug,
    },
    { hardState: contents.hardState, log: raftLog },
  );
  log.info(
    { term: raft.term, snapshot: base.index, lastIndex: raftLog.lastIndex, commit: raftLog.commit },
    'raft starts',
  );
  const node = new Node({ world, options, raft, wal, snapshots, tickMs });
  node.start();
  return { node, receiver: node };
}

interface NodeParts {
  readonly world: World;
  readonly options: RaftNodeOptions;
  readonly raft: Raft;
  readonly wal: Wal;
  readonly snapshots: SnapshotStore;
  readonly tickMs: number;
}

/**
 * The loop around the core. Inputs of one event-loop turn (messages, proposals, ticks) are gathered; then one
 * pass: send what may leave at once, write and sync what must
 * be durable, send what promised it, apply what is committed. While the disk works, the next turn's inputs
 * gather: the group of the next commit.
 */
class Node implements RaftNode, RaftReceiver {
  readonly #parts: NodeParts;
  readonly #raft: Raft;
  #queued: Proposal[] = [];
  /** Appended and not applied, by index; `term` tells whether an applied entry is the one proposed. */
  readonly #proposed = new Map<number, Proposal & { readonly term: number }>();
  #readQueue: Read[] = [];
  #readContext: number;
  /** Barriers asked for, by context; and those whose index is known and not yet applied. */
  readonly #readsAsked = new Map<number, { readonly reads: Read[]; askedAtMs: number }>();
  #readsConfirmed: { readonly index: number; readonly reads: Read[] }[] = [];
  readonly #listeners = new Set<(status: RaftStatus) => void>();
  #lastStatus: RaftStatus;
  #scheduled = false;
  #running = false;
  #stopped: RaftUnavailableError | undefined;
  #ticker: Timer | undefined;
  #installing: {
    readonly transfer: SnapshotTransfer;
    readonly done: () => void;
    readonly failed: (error: unknown) => void;
  }[] = [];
  #snapshotting = false;

  constructor(parts: NodeParts) {
    this.#parts = parts;
    this.#raft = parts.raft;
    this.#readContext = parts.world.random.int(2 ** 40);
    this.#lastStatus = this.status();
  }

  start(): void {
    const { world, tickMs } = this.#parts;
    this.#ticker = world.timers.setInterval(() => {
      this.#raft.tick();
      this.#retryReads();
      this.#schedule();
    }, tickMs);
    this.#schedule();
  }

  propose(data: Uint8Array): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) return reject(this.#stopped);
      if (this.#raft.role !== 'leader') return reject(this.#notLeader());
      if (this.#queued.length + this.#proposed.size >= proposalsMax) {
        return reject(
          new RaftUnavailableError('tooManyProposals', `more than ${proposalsMax} proposals wait`),
        );
      }
      this.#queued.push({ data, resolve, reject });
      return this.#schedule();
    });
  }

  readIndex(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#stopped !== undefined) return reject(this.#stopped);
      if (this.#readQueue.length >= readsMax)
        return reject(new RaftUnavailableError('tooManyProposals', 'too many reads wait'));
      this.#readQueue.push({ resolve, reject });
      return this.#schedule();
    });
  }

  message(message: RaftMessage): void {
    if (this.#stopped !== undefined || message.to !== this.#raft.name) return;
    this.#raft.step(message);
    this.#schedule();
  }

  snapshot(transfer: SnapshotTransfer): Promise<void> {
    return new Promise((done, failed) => {
      if (this.#stopped !== undefined) return failed(this.#stopped);
      this.#installing.push({ transfer, done, failed });
      return this.#schedule();
    });
  }

  status(): RaftStatus {
    const { log, role, term, leader, name } = this.#raft;
    return {
      name,
      role,
      term,
      leader,
      lastIndex: log.lastIndex,
      commitIndex: log.commit,
      appliedIndex: log.applied,
      snapshotIndex: log.snapshot.index,
    };
  }

  onStatusChange(listener: (status: RaftStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#end(new RaftUnavailableError('stopped', 'this member stops'));
    await this.#parts.options.transport.close();
    while (this.#running || this.#snapshotting) await this.#parts.world.timers.sleep(stopPollMs);
    await this.#parts.wal.close();
  }

  /* ------------------------------------------------------------ the loop */

  #schedule(): void {
    if (this.#scheduled || this.#stopped !== undefined) return;
    this.#scheduled = true;
    this.#parts.world.timers.setImmediate(() => {
      this.#scheduled = false;
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#stopped === undefined) {
        this.#takeProposals();
        this.#takeReads();
        await this.#installSnapshots();
        if (!this.#raft.hasReady) break;
        await this.#pass(this.#raft.takeReady());
      }
    } catch (error) {
      this.#diskFailed(error);
    } finally {
      this.#running = false;
    }
  }

  async #pass(ready: Ready): Promise<void> {
    const { options } = this.#parts;
    const { transport, plantedBug } = options;
    for (const message of ready.messages) transport.send(message);
    for (const to of ready.snapshotsWanted) void this.#sendSnapshot(to);
    if (plantedBug === 'ackBeforeFsync')
      for (const message of ready.messagesAfterPersist) transport.send(message);
    await this.#persist(ready);
    if (this.#stopped !== undefined) return;
    if (plantedBug !== 'ackBeforeFsync')
      for (const message of ready.messagesAfterPersist) transport.send(message);
    this.#apply(ready.committed);
    for (const { context, index } of ready.readStates) this.#readConfirmed(context, index);
    this.#releaseReads();
    this.#announce();
    options.observe?.({ status: this.status(), applied: ready.committed, raft: this.#raft });
    this.#maybeSnapshot();
  }

  async #persist(ready: Ready): Promise<void> {
    const { entries } = ready;
    const forget = this.#parts.options.plantedBug === 'voteWithoutPersisting' && entries.length === 0;
    const hardState = forget ? undefined : ready.hardState;
    if (hardState === undefined && entries.length === 0) return;
    await this.#parts.wal.append({ hardState, entries });
    const last = entries.at(-1);
    if (last !== undefined) this.#raft.persisted(last.index, last.term);
  }

  #apply(committed: readonly Entry[]): void {
    const { stateMachine } = this.#parts.options;
    for (const entry of committed) {
      const result = entry.data.byteLength === 0 ? undefined : stateMachine.apply(entry.index, entry.data);
      const proposal = this.#proposed.get(entry.index);
      if (proposal === undefined) continue;
      this.#proposed.delete(entry.index);
      if (proposal.term === entry.term) proposal.resolve(result);
      else
        proposal.reject(
          new RaftUnavailableError('leadershipLost', 'another leader replaced the proposal', {
            leader: this.#raft.leader,
          }),
        );
    }
    const last = committed.at(-1);
    if (last === undefined) return;
    this.#raft.applied(last.index);
    stateMachine.applied(last.index);
  }

  #takeProposals(): void {
    if (this.#queued.length === 0) return;
    const proposals = this.#queued.splice(0);
    const appended = this.#raft.propose(proposals.map((proposal) => proposal.data));
    if (appended === 'notLeader') for (const proposal of proposals) proposal.reject(this.#notLeader());
    else if (appended === 'tooMuch') {
      const full = new RaftUnavailableError('tooManyProposals', 'too much is proposed and not committed');
      for (const proposal of proposals) proposal.reject(full);
    } else
      proposals.forEach(
        (proposal, at) => void this.#proposed.set(appended.first + at, { ...proposal, term: appended.term }),
      );
  }

  #notLeader(): RaftUnavailableError {
    const { leader } = this.#raft;
    if (leader === undefined)
      return new RaftUnavailableError('noLeader', 'there is no leader at this moment');
    return new RaftUnavailableError('notLeader', `${leader} leads`, { leader });
  }

  /** Role, term or leader changed: proposals of a leadership that ended have an unknown fate. */
  #announce(): void {
    const status = this.status();
    const before = this.#lastStatus;
    if (status.role === before.role && status.term === before.term && status.leader === before.leader) return;
    this.#lastStatus = status;
    if (before.role === 'leader' && (status.role !== 'leader' || status.term !== before.term)) {
      const lost = new RaftUnavailableError('leadershipLost', 'leadership was lost', {
        leader: status.leader,
        mayHaveCommitted: true,
      });
      for (const proposal of this.#proposed.values()) proposal.reject(lost);
      this.#proposed.clear();
    }
    this.#parts.options.telemetry.log.info(
      { role: status.role, term: status.term, leader: status.leader },
      'raft state',
    );
    for (const listener of this.#listeners) listener(status);
  }

  /* ------------------------------------------------------------ reads */

  /** All reads that wait share one barrier. */
  #takeReads(): void {
    if (this.#readQueue.length === 0) return;
    this.#readContext += 1;
    const context = this.#readContext;
    this.#readsAsked.set(context, {
      reads: this.#readQueue.splice(0),
      askedAtMs: this.#parts.world.clock.monotonicMs(),
    });
    this.#raft.readIndex(context);
  }

  /** Asked of nobody, of a leader that fell, or lost on the way: asked again, as a new barrier. */
  #retryReads(): void {
    const nowMs = this.#parts.world.clock.monotonicMs();
    for (const [context, asked] of this.#readsAsked) {
      if (nowMs - asked.askedAtMs < readRetryMs) continue;
      this.#readsAsked.delete(context);
      const none = new RaftUnavailableError('noLeader', 'no leader confirmed the read');
      if (this.#raft.leader === undefined) for (const read of asked.reads) read.reject(none);
      else this.#readQueue.unshift(...asked.reads);
    }
  }

  #readConfirmed(context: number, index: number): void {
    const asked = this.#readsAsked.get(context);
    if (asked === undefined) return;
    this.#readsAsked.delete(context);
    this.#readsConfirmed.push({ index, reads: asked.reads });
  }

  #releaseReads(): void {
    const { applied } = this.#raft.log;
    const ready = this.#readsConfirmed.filter((confirmed) => confirmed.index <= applied);
    if (ready.length === 0) return;
    this.#readsConfirmed = this.#readsConfirmed.filter((confirmed) => confirmed.index > applied);
    for (const { reads } of ready) for (const read of reads) read.resolve();
  }

  /* ------------------------------------------------------------ snapshots */

  /**
   * Every `snapshotEntries` applied entries. The state is imaged at once, the disk work goes on beside the
   * loop.
   */
  #maybeSnapshot(): void {
    const { options, snapshots, wal } = this.#parts;
    const { log } = this.#raft;
    const lastKept = log.applied - options.snapshotKeepEntries;
    if (
      this.#snapshotting ||
      log.applied - log.snapshot.index < options.snapshotEntries + options.snapshotKeepEntries
    )
      return;
    const term = log.termAt(log.applied);
    if (term === undefined) return;
    this.#snapshotting = true;
    const metadata = { index: log.applied, term };
    const bytes = encodeSnapshot(metadata, options.stateMachine.snapshot());
    const work = async () => {
      await snapshots.write(metadata, bytes);
      if (this.#stopped !== undefined) return;
      this.#raft.log.compact(Math.max(lastKept, this.#raft.log.snapshot.index));
      await wal.releaseTo(lastKept);
    };
    work()
      .catch((error: unknown) => this.#diskFailed(error))
      .finally(() => {
        this.#snapshotting = false;
      });
  }

  async #sendSnapshot(to: string): Promise<void> {
    const { options, snapshots } = this.#parts;
    const { term } = this.#raft;
    let ok = false;
    try {
      const newest = await snapshots.newest();
      if (newest !== undefined) {
        const bytes = await snapshots.read(newest.metadata.index);
        options.telemetry.log.info(
          { to, index: newest.metadata.index, bytes: bytes.byteLength },
          'sending a snapshot',
        );
        await options.transport.sendSnapshot(to, { term, metadata: newest.metadata, bytes });
        ok = true;
      }
    } catch (error) {
      options.telemetry.log.warn({ to, error }, 'a snapshot did not arrive; it is sent again');
    }
    this.#raft.snapshotSent(to, ok);
    this.#schedule();
  }

  async #installSnapshots(): Promise<void> {
    for (const { transfer, done, failed } of this.#installing.splice(0)) {
      try {
        await this.#install(transfer);
        done();
      } catch (error) {
        failed(error);
        if (error instanceof InvalidSnapshotError) continue;
        throw error;
      }
    }
  }

  /** Disk first, then the log's marker, then memory: a crash in between finds the old state or the new. */
  async #install(transfer: SnapshotTransfer): Promise<void> {
    const { options, snapshots, wal } = this.#parts;
    const { metadata, bytes, from, term } = transfer;
    const decoded = decodeSnapshot(bytes);
    if (
      decoded === undefined ||
      decoded.metadata.index !== metadata.index ||
      decoded.metadata.term !== metadata.term
    ) {
      throw new InvalidSnapshotError('the snapshot does not match its checksum');
    }
    if (!this.#raft.leaderHeard(from, term)) throw new InvalidSnapshotError(`term ${term} is over`);
    if (metadata.index > this.#raft.log.commit) {
      await snapshots.write(metadata, bytes);
      const { hardState } = this.#raft;
      await wal.append({
        hardState: { ...hardState, commit: metadata.index },
        snapshot: metadata,
        entries: [],
      });
      options.stateMachine.restore(decoded.chunks);
      this.#raft.restored(metadata);
      options.stateMachine.applied(metadata.index);
      options.telemetry.log.info({ from, index: metadata.index }, 'restored from a snapshot');
    }
    this.#raft.acknowledge(this.#raft.log.commit);
  }

  /* ------------------------------------------------------------ the end */

  /**
   * What the disk holds is unknown from here on: this member says nothing more, and a restart reads what is
   * there.
   */
  #diskFailed(error: unknown): void {
    this.#parts.options.telemetry.log.error({ error }, 'the disk failed; this member stops taking part');
    const why = error instanceof Error ? error.message : String(error);
    this.#end(new RaftUnavailableError('diskFailed', `the disk failed: ${why}`, { mayHaveCommitted: true }));
  }

  #end(reason: RaftUnavailableError): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = reason;
    this.#ticker?.cancel();
    const reads = [
      ...this.#readQueue,
      ...[...this.#readsAsked.values(), ...this.#readsConfirmed].flatMap((waiting) => waiting.reads),
    ];
    for (const read of reads) read.reject(reason);
    for (const proposal of [...this.#queued, ...this.#proposed.values()]) proposal.reject(reason);
    for (const { failed } of this.#installing.splice(0)) failed(reason);
    this.#queued = [];
    this.#proposed.clear();
    this.#readQueue = [];
    this.#readsAsked.clear();
    this.#readsConfirmed = [];
    for (const listener of this.#listeners) listener(this.status());
  }
}

class InvalidSnapshotError extends Error {
  override readonly name = 'InvalidSnapshotError';
}

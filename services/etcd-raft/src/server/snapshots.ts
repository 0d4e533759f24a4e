import type { MemberId } from '@kubelab/store';
import type { Logger } from '@kubelab/telemetry';
import type { StateMachine } from '../contract.js';
import type { Raft } from '../raft/raft.js';
import type { PlantedBug, SnapshotMetadata } from '../raft/types.js';
import type { IncomingSnapshot, SnapshotFile, SnapshotStore } from '../wal/snapshot-file.js';
import type { Wal } from '../wal/wal.js';
import type { RaftTransport, SnapshotSink, SnapshotTransfer } from './raft-transport.js';
import { resetTo } from './recovery.js';

export interface CompactionOptions {
  /** Applied entries between two snapshots. */
  readonly snapshotEntries: number;
  /** Entries kept behind a snapshot, for followers that are a little late. At least 1. */
  readonly snapshotKeepEntries: number;
  /** The log in memory is cut back beyond this size, however few its entries are. */
  readonly logBytesMax: number;
}

interface Parts {
  readonly raft: Raft;
  readonly wal: Wal;
  readonly store: SnapshotStore;
  readonly stateMachine: StateMachine;
  readonly transport: RaftTransport;
  readonly log: Logger;
  readonly options: CompactionOptions;
  readonly plantedBug: PlantedBug | undefined;
  /** Runs `work` while nothing else goes to the log's disk. */
  readonly withDisk: <T>(work: () => Promise<T>) => Promise<T>;
  /** The core has news. */
  readonly changed: () => void;
  readonly diskFailed: (error: unknown) => void;
  readonly stopped: () => boolean;
}

/** Of the log kept, when it is cut for its size. */
const keptShare = 0.25;

/**
 * Snapshots of one member: made so that the log can be cut, sent to followers that need what was cut, installed when a
 * leader sends one. All beside the loop.
 */
export class Snapshots {
  readonly #parts: Parts;
  #making: Promise<SnapshotFile | undefined> | undefined;
  #incoming: IncomingSnapshot | undefined;
  /** The file of one that comes in is being opened. */
  #isOpening = false;
  #working = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Something is under way that uses the disk. */
  get busy(): boolean {
    return this.#working > 0;
  }

  /** Cuts the log when it has grown enough; where the state is in memory, after a snapshot of it. */
  maybeCompact(): void {
    const { raft, options, stateMachine } = this.#parts;
    const { log } = raft;
    const due =
      log.applied - log.snapshot.index >= options.snapshotEntries + options.snapshotKeepEntries ||
      log.bytes > options.logBytesMax;
    if (!due || this.#making !== undefined) return;
    const { durable } = stateMachine;
    const last = durable === undefined ? log.applied : Math.min(log.applied, durable.index);
    const upTo = Math.min(
      last - 1,
      Math.max(last - options.snapshotKeepEntries, log.indexKeeping(options.logBytesMax * keptShare)),
    );
    if (upTo <= log.snapshot.index) return;
    if (durable === undefined) void this.#make((file) => this.#cut(Math.min(upTo, file.metadata.index)));
    else this.#background(() => this.#cut(upTo));
  }

  async #cut(upTo: number): Promise<void> {
    const { raft, wal, stopped } = this.#parts;
    if (stopped() || upTo <= raft.log.snapshot.index) return;
    raft.log.compact(upTo);
    await wal.releaseTo(upTo);
  }

  /** The state as of now. Undefined when the disk failed. */
  #make(then: (file: SnapshotFile) => Promise<void>): Promise<SnapshotFile | undefined> {
    const { raft, stateMachine, store, plantedBug, stopped } = this.#parts;
    const metadataNow = (): SnapshotMetadata => {
      const { applied } = raft.log;
      return { index: applied, term: raft.log.termAt(applied) ?? 0, configuration: raft.configuration };
    };
    const metadata = metadataNow();
    const late = plantedBug === 'snapshotWithoutLastEntry';
    const chunks = late ? [...stateMachine.snapshot()] : stateMachine.snapshot();
    this.#making = this.#background(async () => {
      let file = await store.write(metadata, chunks);
      // The planted bug: what was applied meanwhile is said to be in it.
      if (late && raft.log.applied > metadata.index && !stopped())
        file = await store.write(metadataNow(), chunks);
      await then(file);
      return file;
    });
    void this.#making.finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  /** To a follower whose log ends before this one begins. */
  send(to: MemberId): void {
    const { raft, transport, log, store, changed } = this.#parts;
    const { term } = raft;
    void this.#background(async () => {
      let index: number | undefined;
      try {
        const file = await this.#fresh();
        if (file === undefined) return;
        const { metadata, bytes, checksum } = file;
        log.info({ to, index: metadata.index, bytes }, 'sending a snapshot');
        const transfer = { from: raft.id, term, index: metadata.index, bytes, checksum };
        await transport.sendSnapshot(to, transfer, (offset) => store.pieces(file, offset));
        index = metadata.index;
      } catch (error) {
        log.warn({ to, error }, 'a snapshot did not arrive; it is sent again');
      } finally {
        raft.snapshotSent(to, index);
        changed();
      }
    });
  }

  /** One from which the log goes on. */
  async #fresh(): Promise<SnapshotFile | undefined> {
    const { raft, store } = this.#parts;
    const under = await this.#making;
    const newest = under ?? (await store.newest());
    if (newest !== undefined && newest.metadata.index >= raft.log.snapshot.index) return newest;
    return this.#making ?? this.#make(async () => undefined);
  }

  /* ------------------------------------------------------------ incoming */

  async receive(transfer: SnapshotTransfer): Promise<SnapshotSink> {
    const { raft, store, changed } = this.#parts;
    const { from, term, index, bytes } = transfer;
    const heard = () => {
      if (!raft.leaderHeard(from, term)) throw new SnapshotRefusedError(`term ${term} is over`);
      changed();
    };
    heard();
    if (index <= raft.log.commit) {
      const finish = async () => this.#acknowledge();
      return { offset: bytes, write: async () => undefined, finish, abandon: async () => undefined };
    }
    if (this.#incoming !== undefined || this.#isOpening)
      throw new SnapshotRefusedError('another snapshot is on its way in');
    this.#isOpening = true;
    const incoming = await store.receive(transfer).finally(() => {
      this.#isOpening = false;
    });
    this.#incoming = incoming;
    const end = () => {
      if (this.#incoming === incoming) this.#incoming = undefined;
    };
    return {
      offset: incoming.offset,
      write: (piece) => {
        // While it arrives there may be no other word from the leader.
        heard();
        return incoming.write(piece);
      },
      abandon: async () => {
        end();
        await incoming.close();
      },
      finish: async () => {
        try {
          const file = await incoming.finish();
          heard();
          await this.#background(() => this.#install(file));
        } finally {
          end();
        }
      },
    };
  }

  /** File first, then the log's note of it, then the state: a crash in between finds the old state or the new. */
  async #install(file: SnapshotFile): Promise<void> {
    const { raft, wal, store, stateMachine, log, withDisk } = this.#parts;
    const { metadata } = file;
    await withDisk(async () => {
      if (metadata.index <= raft.log.commit) return;
      raft.beginRestore();
      await resetTo(wal, raft.hardState, metadata);
      await stateMachine.restore(store.chunks(file));
      raft.restored(metadata);
      stateMachine.applied(metadata.index);
      log.info({ index: metadata.index, bytes: file.bytes }, 'restored from a snapshot');
    });
    this.#acknowledge();
  }

  #acknowledge(): void {
    const { raft, changed } = this.#parts;
    raft.acknowledge(raft.log.commit);
    changed();
  }

  /** What fails here is this member's disk, or leaves a state that nobody may go on with. */
  async #background<T>(work: () => Promise<T>): Promise<T | undefined> {
    this.#working += 1;
    try {
      return await work();
    } catch (error) {
      this.#parts.diskFailed(error);
      return undefined;
    } finally {
      this.#working -= 1;
    }
  }
}

export class SnapshotRefusedError extends Error {
  override readonly name = 'SnapshotRefusedError';
}

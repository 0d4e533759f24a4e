import type { Logger } from '@kubelab/telemetry';
import type { Configuration, StateMachine } from '../contract.js';
import { noMembers } from '../raft/configuration.js';
import { RaftLog } from '../raft/log.js';
import type { Entry, HardState, SnapshotMetadata } from '../raft/types.js';
import type { SnapshotFile, SnapshotStore } from '../wal/snapshot-file.js';
import type { Wal, WalContents } from '../wal/wal.js';

/** A new cluster: who its members are, and the state machine's own notion of them. */
export interface Bootstrap {
  readonly configuration: Configuration;
  readonly context: Uint8Array;
}

/** Where the log of a new cluster begins: what precedes is its first configuration, which newcomers get as a snapshot. */
const bootstrapIndex = 1;
const bootstrapTerm = 0;

export interface Recovered {
  readonly hardState: HardState;
  readonly log: RaftLog;
  readonly configuration: Configuration;
}

/**
 * What a member is after a start: its state machine at the newest state that it holds or a snapshot gives, and the log
 * that goes on from there.
 */
export async function recover(parts: {
  readonly directory: string;
  readonly wal: Wal;
  readonly contents: WalContents;
  readonly snapshots: SnapshotStore;
  readonly stateMachine: StateMachine;
  readonly bootstrap: Bootstrap | undefined;
  readonly log: Logger;
}): Promise<Recovered> {
  const { wal, contents, snapshots, stateMachine, bootstrap } = parts;
  const newest = await snapshots.newest();
  const isNew = contents.entries.length === 0 && contents.snapshot === undefined;
  const state = await newestState(stateMachine, snapshots, newest);
  const known = state ?? (isNew && bootstrap !== undefined ? begin(stateMachine, bootstrap) : undefined);
  if (known === undefined && isNew) return { ...empty(contents.hardState), configuration: noMembers };
  const missing = new Error(
    `${parts.directory}: the log begins after entry ${beginOf(contents)} and no whole snapshot reaches it. The other members have ` +
      'the data: remove this member from the cluster, and add it again with an empty directory',
  );
  if (known === undefined) throw missing;
  const termAt = new Map(contents.entries.map(({ index, term }) => [index, term]));
  const term =
    termAt.get(known.index) ??
    [newest?.metadata, contents.snapshot].find((snapshot) => snapshot?.index === known.index)?.term ??
    (known.index === bootstrapIndex ? bootstrapTerm : undefined);
  if (term === undefined || beginOf(contents) > known.index) throw missing;
  const metadata = { ...known, term };
  if (termAt.get(known.index) === term) return continued(contents, metadata);
  if (contents.snapshot?.index === known.index)
    return {
      hardState: contents.hardState,
      log: logFrom(contents, metadata),
      configuration: known.configuration,
    };
  // A crash came between the snapshot and the log's note of it: the log does not reach it, or has another entry there.
  if (newest === undefined || newest.metadata.index < known.index)
    await snapshots.write(metadata, stateMachine.snapshot());
  return resetTo(wal, contents.hardState, metadata);
}

function beginOf({ entries, snapshot }: WalContents): number {
  return Math.max((entries[0]?.index ?? 1) - 1, snapshot?.index ?? 0);
}

function empty(hardState: HardState): Omit<Recovered, 'configuration'> {
  return { hardState, log: new RaftLog({ index: 0, term: 0 }, [], 0) };
}

interface State {
  readonly index: number;
  readonly configuration: Configuration;
}

/** Of what the state machine made durable by itself and the newest snapshot, the later. */
async function newestState(
  stateMachine: StateMachine,
  snapshots: SnapshotStore,
  newest: SnapshotFile | undefined,
): Promise<State | undefined> {
  const { durable } = stateMachine;
  if (newest === undefined || (durable !== undefined && durable.index >= newest.metadata.index))
    return durable;
  await stateMachine.restore(snapshots.chunks(newest));
  stateMachine.applied(newest.metadata.index);
  return newest.metadata;
}

function begin(stateMachine: StateMachine, { configuration, context }: Bootstrap): State {
  stateMachine.applyConfiguration(bootstrapIndex, configuration, context);
  stateMachine.applied(bootstrapIndex);
  return { index: bootstrapIndex, configuration };
}

/** The log holds the entry: what stands before it is kept too, for followers that are a little late. */
function continued(
  { hardState, entries }: WalContents,
  { index, configuration }: SnapshotMetadata,
): Recovered {
  const [first, ...rest] = entries;
  const base = first === undefined ? { index: 0, term: 0 } : { index: first.index, term: first.term };
  return { hardState, log: new RaftLog(base, rest, hardState.commit, index), configuration };
}

function logFrom({ hardState, entries }: WalContents, { index, term }: SnapshotMetadata): RaftLog {
  const after: Entry[] = entries.filter((entry) => entry.index > index);
  return new RaftLog({ index, term }, after, hardState.commit);
}

/** The log begins anew after the snapshot; the term of its last entry is heard of by then. */
export async function resetTo(wal: Wal, before: HardState, metadata: SnapshotMetadata): Promise<Recovered> {
  const { index, term, configuration } = metadata;
  const votedFor = term > before.term ? undefined : before.votedFor;
  const hardState = { term: Math.max(before.term, term), votedFor, commit: index };
  await wal.append({ hardState, snapshot: metadata, entries: [] });
  return { hardState, log: new RaftLog(metadata, [], index), configuration };
}

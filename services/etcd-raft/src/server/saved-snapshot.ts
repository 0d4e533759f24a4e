import type { ClusterId, MemberId } from '@kubelab/store';
import type { Logger } from '@kubelab/telemetry';
import type { DiskFile, World } from '@kubelab/world';
import { MemoryBackend } from '../mvcc/memory-backend.js';
import { MvccStore } from '../mvcc/mvcc-store.js';
import { StoreState } from '../state/state-machine.js';
import { SnapshotStore } from '../wal/snapshot-file.js';
import { claimDataDirectory, readDataDirectory } from './data-directory.js';
import { bootstrapOf, type NewCluster, newCluster } from './new-cluster.js';

/**
 * A snapshot that a person saved: this line; a line of JSON (whose it is, and as of when); then the state's image in chunks, each
 * behind its length (u32, big-endian), and a length of 0. What follows is not ours (etcdctl's padding and its SHA-256): the image
 * has checksums of its own.
 */
const magic = 'kubelab etcd-raft snapshot 1\n';
const aboutBytesMax = 4_096;
const chunkBytesMax = 128 * 1024 * 1024;
/** Where a new cluster's log begins: see recovery.ts. */
const firstIndex = 1;
const firstTerm = 0;

export interface SnapshotAbout {
  readonly clusterId: ClusterId;
  readonly memberId: MemberId;
  readonly index: number;
  readonly term: number;
  readonly revision: number;
}

/** Between chunks `nextTurn` lets others run: who reads fast does not hold them up. */
export async function* writeSnapshotFile(
  about: SnapshotAbout,
  image: Iterable<Uint8Array>,
  nextTurn: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${magic}${JSON.stringify(about)}\n`);
  for (const chunk of image) {
    if (chunk.byteLength === 0) continue;
    yield lengthOf(chunk.byteLength);
    yield chunk;
    await nextTurn();
  }
  yield lengthOf(0);
}

function lengthOf(bytes: number): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

/** The state's image. Rejects when the file is no snapshot, or is cut off. */
async function* readImage(file: DiskFile): AsyncGenerator<Uint8Array> {
  const head = Buffer.from(await file.read(0, magic.length + aboutBytesMax));
  const end = head.indexOf(0x0a, magic.length);
  if (head.subarray(0, magic.length).toString() !== magic || end < 0)
    throw new Error(`${file.path} is no snapshot of etcd-raft`);
  let at = end + 1;
  for (;;) {
    const length = Buffer.from(await file.read(at, 4));
    const bytes = length.byteLength === 4 ? length.readUInt32BE() : -1;
    if (bytes === 0) return;
    const chunk = bytes < 0 || bytes > chunkBytesMax ? undefined : await file.read(at + 4, bytes);
    if (chunk?.byteLength !== bytes) throw new Error(`${file.path} is cut off at byte ${at}`);
    yield chunk;
    at += 4 + bytes;
  }
}

export interface RestoreOptions extends NewCluster {
  readonly snapshotPath: string;
  readonly dataDirectory: string;
  readonly log: Logger;
}

/**
 * Makes the data directory of a member of a new cluster that begins with a saved state: keys at their revisions, leases,
 * users, alarms; of its members nothing is left. To be done for each member with the same snapshot, before any is started.
 */
export async function restoreSnapshot(world: World, options: RestoreOptions): Promise<{ revision: number }> {
  const { dataDirectory, snapshotPath, name } = options;
  if (!(name in options.initialCluster))
    throw new Error(`${name} is not in its initial cluster: add it to --initial-cluster`);
  if ((await readDataDirectory(world, dataDirectory)) !== undefined)
    throw new Error(`data directory ${dataDirectory} has a member in it already: choose another --data-dir`);
  const state = new StoreState({
    openStore: (leases) =>
      new MvccStore({
        ...{ backend: new MemoryBackend(), leases, timers: world.timers },
        header: (revision) => ({ clusterId: '', memberId: '', revision, raftTerm: 0 }),
      }),
    nowMs: () => world.clock.monotonicMs(),
  });
  const file = await world.disk.open(snapshotPath);
  try {
    await state.restore(readImage(file));
  } finally {
    await file.close();
  }
  const record = newCluster(options);
  const bootstrap = bootstrapOf(record);
  if (bootstrap === undefined) throw new Error('a cluster has at least one member');
  state.members.begin(bootstrap.configuration, bootstrap.context);
  state.applied(firstIndex);
  const { revision } = state.store;
  await world.disk.makeDirectory(dataDirectory);
  const snapshots = new SnapshotStore(world.disk, `${dataDirectory}/snapshots`, options.log);
  const metadata = { index: firstIndex, term: firstTerm, configuration: bootstrap.configuration };
  await snapshots.write(metadata, state.snapshot());
  // Last: a restore that broke off leaves nobody's directory.
  await claimDataDirectory(world, dataDirectory, record);
  await state.store.close('etcdserver: server stopped');
  return { revision };
}

import type { StoreView } from '../mvcc/mvcc-store.js';
import type { Version } from '../mvcc/version.js';
import { rootName } from '../state/auth.js';
import type { StoreState } from '../state/state-machine.js';
import {
  alarmMember,
  authNames,
  bucketNames,
  clusterVersion,
  lease,
  metaKeys,
  role,
  user,
} from './etcd-buckets.js';
import {
  keyValueBytes,
  revisionKey,
  revisionKeyBytes,
  writeKeyValue,
  writeRevisionKey,
} from './key-value.js';
import type { BoltBucket, EntryPiece } from './layout.js';
import { planBolt, writeBolt } from './writer.js';

/** Entries that are looked at in one turn of the event loop. */
const pieceLength = 2048;

export interface SavedState {
  readonly bytes: number;
  /** Read them to the end, or give up by return(): until then compaction frees nothing. */
  readonly chunks: AsyncIterableIterator<Uint8Array>;
}

/**
 * The state of this moment as a database of etcd's, without the hash behind it. Whoever goes on changing the state does not
 * change what is read. Memory: a chunk, and some 40 bytes for each page.
 */
export async function saveState(state: StoreState, nextTurn: () => Promise<void>): Promise<SavedState> {
  const view = state.store.view();
  try {
    const plan = await planBolt(bucketsOf(state, view), nextTurn);
    return { bytes: plan.bytes, chunks: released(writeBolt(plan), view.release, nextTurn) };
  } catch (error) {
    view.release();
    throw error;
  }
}

/** Not an async generator: one that never began would not release. */
function released(
  steps: Generator<Uint8Array, void, undefined>,
  release: () => void,
  nextTurn: () => Promise<void>,
): AsyncIterableIterator<Uint8Array> {
  const end = () => {
    release();
    return { done: true as const, value: undefined };
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: async () => {
      await nextTurn();
      try {
        const step = steps.next();
        return step.done === true ? end() : step;
      } catch (error) {
        end();
        throw error;
      }
    },
    return: async () => {
      steps.return();
      return end();
    },
  };
}

function bucketsOf(state: StoreState, view: StoreView): readonly BoltBucket[] {
  const { compactRevision, appliedIndex } = view.state;
  const versions = view.pieces.map((piece) =>
    piece.some((version) => version.compactedBy(compactRevision))
      ? piece.filter((version) => !version.compactedBy(compactRevision))
      : piece,
  );
  const compacted = compactRevision === 0 ? [] : [metaKeys.scheduledCompaction, metaKeys.finishedCompaction];
  const { auth } = state;
  return [
    { name: bucketNames.keys, pieces: versions.map((piece) => new VersionPiece(piece, view)) },
    bucketOf(bucketNames.meta, [
      [metaKeys.consistentIndex, uint64(BigInt(appliedIndex))],
      ...compacted.map((key) => [key, revisionKey(compactRevision)] as const),
    ]),
    bucketOf(bucketNames.leases, leases(state)),
    bucketOf(
      bucketNames.alarms,
      state.alarms.list().map((alarm) => [alarmMember.encode(alarm), nothing]),
    ),
    bucketOf(bucketNames.auth, [
      [authNames.enabled, Buffer.of(auth.enabled ? 1 : 0)],
      [authNames.revision, uint64(BigInt(auth.revision))],
    ]),
    bucketOf(bucketNames.users, users(state)),
    bucketOf(bucketNames.roles, roles(state)),
    bucketOf(bucketNames.members, members(state)),
    bucketOf(bucketNames.removedMembers, []),
    bucketOf(bucketNames.cluster, [['clusterVersion', Buffer.from(clusterVersion)]]),
  ];
}

type Entry = readonly [key: string | Uint8Array, value: Uint8Array];

const nothing = new Uint8Array(0);

function leases({ lessor }: StoreState): readonly Entry[] {
  return lessor.ids().map((id) => {
    const { ttl, remainingTtl } = lessor.get(id) ?? { ttl: 0, remainingTtl: 0 };
    return [uint64(id), lease.encode({ id, ttl, remainingTtl })];
  });
}

function users({ auth }: StoreState): readonly Entry[] {
  return auth.users().map((name) => {
    const { passwordHash = '', roles = [] } = auth.user(name) ?? {};
    const options = { noPassword: passwordHash === '' };
    return [name, user.encode({ name, password: passwordHash, roles, options })];
  });
}

/** Root's role may everything, whatever is written down. */
function roles({ auth }: StoreState): readonly Entry[] {
  return auth.roles().map((name) => {
    const permissions = name === rootName ? [] : (auth.role(name)?.permissions ?? []);
    return [name, role.encode({ name, permissions })];
  });
}

/** For who looks into the file: a restored cluster has members of its own. */
function members(state: StoreState): readonly Entry[] {
  return state.members.list.map(({ id, name, peerUrls, clientUrls, isLearner }) => {
    const decimal = BigInt(`0x${id}`);
    const rest = { peerURLs: peerUrls, ...(isLearner ? { isLearner } : {}), name, clientURLs: clientUrls };
    // Ids are beyond what JSON.stringify() can write of numbers.
    return [decimal.toString(16), Buffer.from(`{"id":${decimal},${JSON.stringify(rest).slice(1)}`)];
  });
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
  return bytes;
}

export function bucketOf(name: string, entries: readonly Entry[]): BoltBucket {
  const sorted = entries
    .map(([key, value]) => [typeof key === 'string' ? Buffer.from(key) : key, value] as const)
    .sort(([a], [b]) => Buffer.compare(a, b));
  const pieces: EntryPiece[] = [];
  for (let at = 0; at < sorted.length; at += pieceLength)
    pieces.push(entryPiece(sorted.slice(at, at + pieceLength)));
  return { name, pieces };
}

function entryPiece(entries: readonly (readonly [Uint8Array, Uint8Array])[]): EntryPiece {
  const bytesOf = (at: number, part: 0 | 1) => entries[at]?.[part] ?? nothing;
  return {
    length: entries.length,
    keyBytes: (at) => bytesOf(at, 0).byteLength,
    valueBytes: (at) => bytesOf(at, 1).byteLength,
    write: (at, target, offset) => {
      const key = bytesOf(at, 0);
      target.set(key, offset);
      target.set(bytesOf(at, 1), offset + key.byteLength);
    },
  };
}

class VersionPiece implements EntryPiece {
  readonly #versions: readonly Version[];
  readonly #view: StoreView;

  constructor(versions: readonly Version[], view: StoreView) {
    this.#versions = versions;
    this.#view = view;
  }

  get length(): number {
    return this.#versions.length;
  }

  keyBytes(at: number): number {
    return revisionKeyBytes(this.#version(at));
  }

  valueBytes(at: number): number {
    return keyValueBytes(this.#version(at));
  }

  write(at: number, target: Buffer, offset: number): void {
    const version = this.#version(at);
    writeRevisionKey(target, offset, version);
    writeKeyValue(target, offset + revisionKeyBytes(version), version, this.#view.body(version));
  }

  #version(at: number): Version {
    const version = this.#versions[at];
    if (version === undefined) throw new RangeError(`no version ${at} of ${this.#versions.length}`);
    return version;
  }
}

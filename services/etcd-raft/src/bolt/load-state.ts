import { createHash } from 'node:crypto';
import { ByteWriter, type ClusterId, type StoreError } from '@kubelab/store';
import type { DiskFile, Timers } from '@kubelab/world';
import type { BackendState } from '../mvcc/backend.js';
import { MemoryBackend } from '../mvcc/memory-backend.js';
import { MvccStore } from '../mvcc/mvcc-store.js';
import type { Version } from '../mvcc/version.js';
import { StoreState } from '../state/state-machine.js';
import { alarmMember, authNames, bucketNames, lease, metaKeys, role, user } from './etcd-buckets.js';
import { BoltError } from './format.js';
import { readRevisionKey, readVersion } from './key-value.js';
import { type BoltReader, openBolt } from './reader.js';

/** Behind the database; its pages are a multiple of 512 bytes, so its length tells whether it is there. */
const hashBytes = 32;
const hashedAlignment = 512;
const readBytes = 1 << 20;
/** Of hashes that this store can check: passwords.adapter.ts. */
const ownHash = /^(scrypt\$|$)/;

export interface LoadOptions {
  /** A copy of a member's database has no hash behind it. */
  readonly skipHashCheck: boolean;
  /** Of the cluster that will go on with the state. */
  readonly clusterId: ClusterId;
  readonly timers: Pick<Timers, 'setImmediate'>;
  readonly nowMs: () => number;
}

export interface LoadedState {
  readonly state: StoreState;
  /** Users whose password is a hash of another kind: they need a new one. */
  readonly foreignPasswords: readonly string[];
}

/**
 * What a file of saveState(), of `etcdctl snapshot save` or of an etcd member's data directory holds, in memory; without
 * its members. Rejects with BoltError where it is not whole.
 */
export async function loadState(file: DiskFile, options: LoadOptions): Promise<LoadedState> {
  const { bytes, digest } = await checkHash(file, options.skipHashCheck);
  const database = await openBolt(file, bytes);
  if (!(await database.bucketNames()).includes(bucketNames.keys))
    throw new BoltError(`${file.path} is a database, but not one of etcd`);
  const backend = await readVersions(database);
  const state = new StoreState({
    openStore: (leases) =>
      new MvccStore({
        ...{ backend, leases, timers: options.timers },
        header: (revision) => ({ clusterId: options.clusterId, memberId: '', revision, raftTerm: 0 }),
      }),
    nowMs: options.nowMs,
  });
  const small = (name: string) => readAll(database, name);
  for (const [, value] of await small(bucketNames.leases)) {
    const { id, ttl, remainingTtl } = lease.decode(value);
    must(state.lessor.grant(id, ttl, options.nowMs()), `lease ${id.toString(16)}`);
    if (remainingTtl > 0) state.lessor.checkpoint([{ id, remainingTtl }], options.nowMs());
  }
  for (const [key] of await small(bucketNames.alarms)) {
    const { memberId, alarm } = alarmMember.decode(key);
    state.alarms.activate(memberId, alarm);
  }
  const foreignPasswords = loadAuth(state, {
    auth: new Map((await small(bucketNames.auth)).map(([key, value]) => [key.toString(), value])),
    roles: await small(bucketNames.roles),
    users: await small(bucketNames.users),
    tokenKey: tokenKey(options.clusterId, digest),
  });
  return { state, foreignPasswords };
}

/** How long the database is; and SHA-256 of it. */
async function checkHash(
  file: DiskFile,
  skip: boolean,
): Promise<{ readonly bytes: number; readonly digest: Buffer }> {
  const size = await file.size();
  const hasHash = size % hashedAlignment === hashBytes;
  if (!hasHash && !skip)
    throw new BoltError(
      `${file.path} is no whole snapshot: it has no hash at its end (a copy of a member's database has none: --skip-hash-check)`,
    );
  const bytes = hasHash ? size - hashBytes : size;
  const hash = createHash('sha256');
  for (let at = 0; at < bytes; ) {
    const read = await file.read(at, Math.min(readBytes, bytes - at));
    if (read.byteLength === 0) throw new BoltError(`${file.path} became shorter while it was read`);
    hash.update(read);
    at += read.byteLength;
  }
  const digest = hash.digest();
  if (hasHash && !skip && !digest.equals(await file.read(bytes, hashBytes)))
    throw new BoltError(`${file.path} is damaged: it is not what the hash at its end was made of`);
  return { bytes, digest };
}

async function readVersions(database: BoltReader): Promise<LoadedBackend> {
  const meta = new Map(
    (await readAll(database, bucketNames.meta)).map(([key, value]) => [key.toString(), value]),
  );
  const compactions = [metaKeys.scheduledCompaction, metaKeys.finishedCompaction].map((key) => {
    const at = meta.get(key);
    return at === undefined ? 0 : readRevisionKey(at).main;
  });
  const compactRevision = Math.max(0, ...compactions);
  const backend = new LoadedBackend();
  for await (const entries of database.entries(bucketNames.keys))
    for (const { key, value } of entries) {
      const { version, parts } = readVersion(key, value);
      backend.take(version, parts);
    }
  backend.begin(compactRevision);
  return backend;
}

/** One that is not empty when it is opened. */
class LoadedBackend extends MemoryBackend {
  #versions: Version[] = [];
  #state: BackendState = super.load().state;

  take(version: Version, parts: readonly Uint8Array[]): void {
    this.add(version, parts);
    this.#versions.push(version);
  }

  /** An empty store is at revision 1. */
  begin(compactRevision: number): void {
    const revision = Math.max(1, compactRevision, this.#versions.at(-1)?.main ?? 0);
    this.#state = { revision, compactRevision, appliedIndex: 0 };
  }

  override load(): { readonly state: BackendState; readonly versions: Iterable<Version> } {
    const versions = this.#versions;
    this.#versions = [];
    return { state: this.#state, versions };
  }
}

type Entries = readonly (readonly [Buffer, Buffer])[];

async function readAll(database: BoltReader, bucket: string): Promise<Entries> {
  const all: (readonly [Buffer, Buffer])[] = [];
  for await (const entries of database.entries(bucket))
    for (const { key, value } of entries) all.push([key, value]);
  return all;
}

/** Gives the users whose passwords cannot be checked here. */
function loadAuth(
  { auth }: StoreState,
  read: {
    readonly auth: ReadonlyMap<string, Buffer>;
    readonly roles: Entries;
    readonly users: Entries;
    readonly tokenKey: Uint8Array;
  },
): readonly string[] {
  const foreign: string[] = [];
  for (const [, value] of read.roles) {
    const { name, permissions } = role.decode(value);
    must(auth.apply({ type: 'roleAdd', role: name }), `role ${name}`);
    for (const { rangeEnd, ...point } of permissions) {
      const permission = rangeEnd === undefined ? point : { ...point, rangeEnd };
      must(auth.apply({ type: 'roleGrantPermission', role: name, permission }), `role ${name}`);
    }
  }
  for (const [, value] of read.users) {
    const { name, password, roles } = user.decode(value);
    must(auth.apply({ type: 'userAdd', user: name, passwordHash: password }), `user ${name}`);
    for (const granted of roles)
      must(auth.apply({ type: 'userGrantRole', user: name, role: granted }), `user ${name}`);
    if (!ownHash.test(password)) foreign.push(name);
  }
  const revision = read.auth.get(authNames.revision);
  auth.begin({
    enabled: read.auth.get(authNames.enabled)?.[0] === 1,
    revision: revision?.byteLength === 8 ? Number(revision.readBigUInt64BE()) : auth.revision,
    tokenKey: read.tokenKey,
  });
  return foreign;
}

/** Each member computes the same of the same file, and who has not the file cannot; tokens of the cluster before are worth nothing. */
function tokenKey(clusterId: ClusterId, digest: Buffer): Uint8Array {
  const writer = new ByteWriter().text('kubelab token key').text(clusterId).bytes(digest);
  return createHash('sha256').update(writer.finish()).digest();
}

function must(refused: StoreError | undefined, what: string): void {
  if (refused !== undefined) throw new BoltError(`${what} of the snapshot is refused: ${refused.message}`);
}

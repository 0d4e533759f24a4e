import {
  invalidArgument,
  type LeaseId,
  type RangeResponse,
  StoreError,
  storeError,
  type TxnRequest,
  type TxnResponse,
} from '@kubelab/store';
import type { Telemetry } from '@kubelab/telemetry';
import type { Timer, World } from '@kubelab/world';
import type { RaftNode } from '../contract.js';
import type { Caller, ClusterIdentity, EtcdServer } from '../etcd-server.js';
import { backlogBytesMax } from '../mvcc/backend.js';
import { validateRange, validateTxn } from '../mvcc/txn.js';
import type { PlantedBug } from '../raft/types.js';
import { encodeTxnEntry } from '../state/entry.js';
import { leaseLimits } from '../state/lessor.js';
import type { PasswordHasher } from '../state/passwords.adapter.js';
import { checkLeaseKeys, checkTxn, isReadOnly, isSerializable } from '../state/permit.js';
import { readTxn, type StoreState } from '../state/state-machine.js';
import { Tokens } from '../state/tokens.js';
import { createAuthServer } from './auth-server.js';
import { type AutoCompaction, AutoCompactor } from './auto-compaction.js';
import { createClusterServer } from './cluster-server.js';
import { LeaseKeeper } from './lease-keeper.js';
import { createMaintenance, Quota } from './maintenance.js';
import {
  ensured,
  originOf,
  proposeAs,
  proposeFor,
  proposeInternally,
  readBarrier,
  type ServerParts,
  throwIf,
} from './parts.js';
import type { Applied, PeerCalls, PeerLinks } from './peers.js';
import { Proposer } from './proposer.js';

/** What a lease takes of the quota (as etcd counts it). */
const leaseBytes = 64;
const publishRetryMs = 500;
/** etcd: 5 s, and as long again as an election may take. */
const requestTimeoutBaseMs = 5_000;

export interface EtcdServerOptions extends ClusterIdentity {
  readonly world: World;
  readonly telemetry: Telemetry;
  readonly name: string;
  readonly clientUrls: readonly string[];
  readonly node: RaftNode;
  readonly state: StoreState;
  readonly links: PeerLinks;
  /** With the term as it is now; revision: default the store's. */
  readonly header: ServerParts['header'];
  readonly hasher: PasswordHasher;
  readonly electionTimeoutMs: number;
  /** 0: 2 GiB; negative: none. */
  readonly quotaBackendBytes: number;
  readonly maxRequestBytes: number;
  readonly autoCompaction: AutoCompaction;
  readonly watchProgressNotifyIntervalMs: number;
  readonly plantedBug?: PlantedBug | undefined;
}

export interface RunningEtcdServer {
  readonly server: EtcdServer;
  /** What other members may ask of this one while it leads. */
  readonly asLeader: PeerCalls;
  /** Watches end; nothing more is proposed. Node and store are their owner's to stop. */
  close(): void;
}

/** One member as its clients see it: etcd v3's semantics over the log and the replicated state. */
export function createEtcdServer(options: EtcdServerOptions): RunningEtcdServer {
  const { world, telemetry, node, state, links, clusterId, memberId, name, header } = options;
  const { electionTimeoutMs, plantedBug } = options;
  const { store, lessor } = state;
  const { log } = telemetry;
  const leases = new LeaseKeeper({ world, node, lessor, log, electionTimeoutMs, plantedBug });
  const proposer = new Proposer({
    ...{ world, node, state, links, leases },
    requestTimeoutMs: requestTimeoutBaseMs + 2 * electionTimeoutMs,
    leaderWaitMs: 2 * electionTimeoutMs,
  });
  const tokens = new Tokens(state.auth);
  const parts: ServerParts = {
    ...{ world, telemetry, name, clusterId, memberId, node, state, proposer, tokens, header },
  };
  const publisher = new Publisher(parts, options.clientUrls);
  const compactor = new AutoCompactor(parts, options.autoCompaction);
  const progress = world.timers.setInterval(() => store.hub.tick(), options.watchProgressNotifyIntervalMs);
  const quota = new Quota(parts, options.quotaBackendBytes);
  const server: EtcdServer = {
    ...createKv(parts, quota, options.maxRequestBytes),
    ...createLeases(parts, quota, ttlMin(options)),
    ...createMaintenance(parts),
    ...createClusterServer(parts),
    auth: createAuthServer(parts, options.hasher),
  };
  return {
    server,
    asLeader: proposer.asLeader,
    close: () => {
      progress.cancel();
      compactor.close();
      publisher.close();
      leases.close();
      proposer.close();
      store.hub.close('etcdserver: server stopped');
    },
  };
}

/** Seconds; etcd: so long that a lease cannot end in an election (three halves of the timeout). */
function ttlMin({ electionTimeoutMs }: EtcdServerOptions): number {
  return Math.ceil((1.5 * electionTimeoutMs) / 1000);
}

/* ------------------------------------------------------------ keys */

function createKv(
  parts: ServerParts,
  quota: Quota,
  maxRequestBytes: number,
): Pick<EtcdServer, 'range' | 'txn' | 'compact' | 'watch'> {
  const { state, header } = parts;
  const { store, auth } = state;
  return {
    range: async (request, caller): Promise<RangeResponse> => {
      throwIf(validateRange(request));
      if (request.serializable !== true) await readBarrier(parts);
      else checkBegun(parts);
      throwIf(auth.checkRange(originOf(parts, caller), request, 'read'));
      const result = ensured(store.range(request));
      return { header: header(), ...result };
    },
    txn: async (bytes, caller): Promise<TxnResponse> => {
      if (bytes.byteLength > maxRequestBytes) throw storeError('requestTooLarge');
      const request = ensured(readTxn(bytes));
      throwIf(validateTxn(request));
      if (isReadOnly(request)) return readTxnNow(parts, request, caller);
      checkBacklog(parts);
      if (quota.isExceededBy(request, bytes.byteLength)) await quota.refuse();
      const propose = () => proposeAs(parts, caller, (origin) => encodeTxnEntry(bytes, origin));
      const { revision, txn } = await proposed(parts, caller, propose);
      if (txn === undefined) throw storeError('corrupt', { detail: 'a transaction gave no result' });
      return { header: header(revision), ...txn };
    },
    compact: async ({ revision, physical }, caller) => {
      if (!Number.isSafeInteger(revision)) throw invalidArgument('revision is not a whole number');
      const header = await proposeFor(parts, { type: 'compact', revision: Math.max(0, revision) }, caller);
      if (physical) await store.physicallyCompacted();
      return header;
    },
    watch: (request, caller, sink) => {
      throwIf(auth.checkRange(originOf(parts, caller), request, 'read'));
      return store.hub.watch(request, sink);
    },
  };
}

/** The span of a proposal as its client's member sees it: until its effect is visible here. */
async function proposed(
  { telemetry, node }: ServerParts,
  { trace }: Caller,
  propose: () => Promise<Applied>,
): Promise<Applied> {
  const span = telemetry.tracer.start('raft propose', 'server', trace);
  if (span === undefined) return propose();
  const { role, term } = node.status();
  span.set('raft.role', role);
  span.set('raft.term', term);
  try {
    const applied = await propose();
    span.set('raft.index', applied.index);
    span.end();
    return applied;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

/** What changes nothing does not go through the log. */
async function readTxnNow(parts: ServerParts, request: TxnRequest, caller: Caller): Promise<TxnResponse> {
  if (!isSerializable(request)) await readBarrier(parts);
  else checkBegun(parts);
  throwIf(checkTxn(request, originOf(parts, caller), parts.state));
  const { revision, succeeded, responses } = ensured(parts.state.store.txn(request, undefined));
  return { header: parts.header(revision), succeeded, responses };
}

/** A newcomer that has heard nothing of the state yet has not an old one, but none. */
function checkBegun({ state }: ServerParts): void {
  if (state.appliedIndex > 0) return;
  throw new StoreError('unavailable', 'etcdserver: this member has no state yet', { retryable: true });
}

/** A disk that does not keep up holds back who writes, not the memory of who waits. */
function checkBacklog({ state }: ServerParts): void {
  if (state.store.backlogBytes > backlogBytesMax) throw storeError('tooManyRequests');
}

/* ------------------------------------------------------------ leases */

function createLeases(
  parts: ServerParts,
  quota: Quota,
  ttlMinSeconds: number,
): Pick<EtcdServer, 'leaseGrant' | 'leaseRevoke' | 'leaseKeepAlive' | 'leaseTimeToLive' | 'leaseLeases'> {
  const { state, proposer, header } = parts;
  const { lessor } = state;
  return {
    leaseGrant: async (request, caller) => {
      if (request.ttl > leaseLimits.ttlMax) throw storeError('leaseTtlTooLarge');
      if (request.id < 0n) throw invalidArgument('lease ID is negative');
      checkBacklog(parts);
      if (quota.isExceeded(leaseBytes)) await quota.refuse();
      const ttl = Math.max(Math.ceil(request.ttl), ttlMinSeconds);
      const id = request.id === 0n ? randomLeaseId(parts) : request.id;
      const granted = await proposeFor(parts, { type: 'leaseGrant', id, ttl }, caller);
      return { header: granted, id, ttl };
    },
    leaseRevoke: (id, caller) => {
      if (id <= 0n) throw storeError('leaseNotFound');
      return proposeFor(parts, { type: 'leaseRevoke', id }, caller);
    },
    leaseKeepAlive: async (id, caller) => {
      originOf(parts, caller);
      const { ttl } = id <= 0n ? { ttl: -1 } : await proposer.leaseKeepAlive(id);
      return { header: header(), id, ttl: Math.max(0, ttl) };
    },
    leaseTimeToLive: async ({ id, keys }, caller) => {
      const { ttl, grantedTtl } = id <= 0n ? { ttl: -1, grantedTtl: 0 } : await proposer.leaseTimeToLive(id);
      if (!keys) return { header: header(), id, ttl, grantedTtl, keys: [] };
      await readBarrier(parts);
      throwIf(checkLeaseKeys(id, 'read', originOf(parts, caller), state));
      return { header: header(), id, ttl, grantedTtl, keys: lessor.keys(id) };
    },
    leaseLeases: async (caller) => {
      await readBarrier(parts);
      const origin = originOf(parts, caller);
      throwIf(state.auth.checkUser(origin));
      const ids = lessor.ids();
      if (state.auth.enabled) for (const id of ids) throwIf(checkLeaseKeys(id, 'read', origin, state));
      return { header: header(), ids };
    },
  };
}

/** 63 random bits: never 0, and positive in 64. */
function randomLeaseId({ world }: ServerParts): LeaseId {
  const bytes = Buffer.from(world.random.bytes(8));
  const id = bytes.readBigUInt64BE() >> 1n;
  return id === 0n ? 1n : id;
}

/* ------------------------------------------------------------ members */

/** Tells the cluster this member's name and where clients reach it, until the cluster knows (etcd: publishV3). */
class Publisher {
  readonly #parts: ServerParts;
  readonly #clientUrls: readonly string[];
  readonly #ticker: Timer;
  readonly #leave: () => void;
  #underWay = false;

  constructor(parts: ServerParts, clientUrls: readonly string[]) {
    this.#parts = parts;
    this.#clientUrls = clientUrls;
    this.#ticker = parts.world.timers.setInterval(() => this.#publish(), publishRetryMs);
    this.#leave = parts.node.onStatusChange(() => this.#publish());
    this.#publish();
  }

  close(): void {
    this.#ticker.cancel();
    this.#leave();
  }

  #publish(): void {
    const { state, node, name, memberId, telemetry } = this.#parts;
    const known = state.members.get(memberId);
    if (known === undefined || this.#underWay || node.status().leader === undefined) return;
    const urls = this.#clientUrls;
    const same =
      known.clientUrls.length === urls.length && known.clientUrls.every((url, at) => url === urls[at]);
    if (known.name === name && same) {
      this.close();
      return;
    }
    this.#underWay = true;
    const command = { type: 'memberPublish', id: memberId, name, clientUrls: urls } as const;
    proposeInternally(this.#parts, command)
      .catch((error: unknown) => {
        if (!(error instanceof StoreError)) throw error;
        telemetry.log.debug({ error }, 'this member could not make itself known yet');
      })
      .finally(() => {
        this.#underWay = false;
      });
  }
}

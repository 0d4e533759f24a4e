import {
  encodeTxn,
  type Store,
  type StoreCallOptions,
  StoreError,
  type StoreWatch,
  storeError,
  type WatchRequest,
  type WatchResponse,
} from '@kubelab/store';
import type { Telemetry } from '@kubelab/telemetry';
import { createLinks } from '@kubelab/wire';
import type { TlsMaterial, World } from '@kubelab/world';
import { type RaftNode, type RaftStatus, RaftUnavailableError } from '../contract.js';
import type { Caller, EtcdServer, ServerWatch, WatchSink } from '../etcd-server.js';
import { MemoryBackend } from '../mvcc/memory-backend.js';
import { createCheapPasswordHasher } from '../state/passwords.adapter.js';
import type { StoreState } from '../state/state-machine.js';
import { createEtcdServer } from './etcd-server.js';
import { bootstrapOf, newCluster } from './new-cluster.js';
import { openState, serverDefaults } from './open-state.js';
import { PeerLinks } from './peers.js';

/** A member that is alone has nobody to elect; its leases' shortest time follows from this. */
const electionTimeoutMs = 1_000;
/** Of one watch's events that its reader has not taken; above it the watch waits, and goes on from history. */
const watchBytesMax = 4 * 2 ** 20;
const noTls: TlsMaterial = {
  caPem: '',
  certPem: '',
  keyPem: '',
  identity: { commonName: 'solo', organizations: [] },
};

/**
 * A store of one member within this process, in memory: the etcd server as it is (transactions, watches, leases, compaction, quota),
 * over a log of one member that keeps nothing. A write is committed when it is proposed, and gone with the process. For test
 * suites that want many apiservers at once: no disk, no election, no heartbeats. `close()` leaves nothing behind.
 */
export function openSoloStore(world: World, telemetry: Telemetry): Store {
  const record = newCluster({ name: 'solo', initialCluster: { solo: { host: world.host, port: 1 } } });
  const { state, header, follow } = openState(world, record, new MemoryBackend(), undefined);
  const node = new SoloNode(record.id, state);
  const bootstrap = bootstrapOf(record);
  if (bootstrap !== undefined) node.begin(bootstrap.configuration, bootstrap.context);
  follow(node);
  const links = new PeerLinks({ world, telemetry, links: createLinks() }, noTls);
  const running = createEtcdServer({
    ...{ world, telemetry, node, state, links, header, electionTimeoutMs },
    ...{ name: record.name, memberId: record.id, clusterId: record.clusterId, clientUrls: [] },
    ...serverDefaults,
    ...{ hasher: createCheapPasswordHasher(), quotaBackendBytes: 0, autoCompaction: { mode: 'off' } },
  });
  let closed: Promise<void> | undefined;
  const close = async () => {
    running.close();
    await node.stop();
    await links.close();
    await state.store.close('etcdserver: server stopped');
  };
  return new SoloStore(running.server, () => {
    closed ??= close();
    return closed;
  });
}

/** A log of one member, without a log: what is proposed is committed, and applied at once. */
class SoloNode implements RaftNode {
  readonly #id: string;
  readonly #state: StoreState;
  #index = 0;
  #stopped = false;

  constructor(id: string, state: StoreState) {
    this.#id = id;
    this.#state = state;
  }

  begin(...[configuration, context]: ConfigurationEntry): void {
    this.#index += 1;
    this.#state.applyConfiguration(this.#index, configuration, context);
    this.#state.applied(this.#index);
  }

  async propose(data: Uint8Array): Promise<unknown> {
    if (this.#stopped) throw new RaftUnavailableError('stopped', 'this member stops');
    this.#index += 1;
    const result = this.#state.apply(this.#index, data);
    this.#state.applied(this.#index);
    return result;
  }

  async readIndex(): Promise<void> {
    if (this.#stopped) throw new RaftUnavailableError('stopped', 'this member stops');
  }

  changeMembership(): Promise<never> {
    return Promise.reject(new RaftUnavailableError('changing', 'a store of one member stays one'));
  }

  transferLeadership(): Promise<never> {
    return Promise.reject(new RaftUnavailableError('badTransferee', 'there is no other member'));
  }

  /** There are none. */
  setTimeouts(): void {}

  status(): RaftStatus {
    const index = this.#index;
    return {
      ...{ id: this.#id, role: 'leader', term: 1, leader: this.#id },
      configuration: { voters: [this.#id], votersOutgoing: [], learners: [] },
      matchIndexes: new Map(),
      ...{ lastIndex: index, commitIndex: index, appliedIndex: index, snapshotIndex: index },
    };
  }

  /** It leads from the first to the last. */
  onStatusChange(): () => void {
    return () => {};
  }

  async stop(): Promise<void> {
    this.#stopped = true;
  }
}

type ConfigurationEntry = [
  configuration: Parameters<StoreState['applyConfiguration']>[1],
  context: Uint8Array,
];

/** The store's contract over a server in the same process. */
class SoloStore implements Store {
  readonly #server: EtcdServer;
  readonly #close: () => Promise<void>;

  constructor(server: EtcdServer, close: () => Promise<void>) {
    this.#server = server;
    this.#close = close;
  }

  range: Store['range'] = (request, options) => this.#server.range(request, callerOf(options));

  txn: Store['txn'] = (request, options) => this.#server.txn(encodeTxn(request), callerOf(options));

  watch(request: WatchRequest, options?: { readonly signal?: AbortSignal }): StoreWatch {
    return new SoloWatch(this.#server, request, options?.signal);
  }

  compact: Store['compact'] = async (revision, options) => {
    await this.#server.compact({ revision, physical: options?.physical === true }, callerOf(options));
  };

  leaseGrant: Store['leaseGrant'] = (request, options) => this.#server.leaseGrant(request, callerOf(options));

  leaseRevoke: Store['leaseRevoke'] = async (id, options) => {
    await this.#server.leaseRevoke(id, callerOf(options));
  };

  leaseKeepAlive: Store['leaseKeepAlive'] = (id, options) =>
    this.#server.leaseKeepAlive(id, callerOf(options));

  leaseTimeToLive: Store['leaseTimeToLive'] = (id, options) =>
    this.#server.leaseTimeToLive({ id, keys: options?.keys === true }, callerOf(options));

  leaseLeases: Store['leaseLeases'] = (options) => this.#server.leaseLeases(callerOf(options));

  status: Store['status'] = (options) => this.#server.status(callerOf(options));

  close(): Promise<void> {
    return this.#close();
  }
}

const never = new AbortController().signal;

function callerOf(options: StoreCallOptions | undefined): Caller {
  return { identity: undefined, token: undefined, trace: options?.trace, signal: options?.signal ?? never };
}

/** Registered at once. What its reader has not taken is bounded by watchBytesMax: then the server reads on from history. */
class SoloWatch implements StoreWatch {
  readonly #watch: ServerWatch | undefined;
  #queue: WatchResponse[] = [];
  #bytes = 0;
  #failure: StoreError | undefined;
  #closed = false;
  #wake: (() => void) | undefined;
  #writable: (() => void)[] = [];

  constructor(server: EtcdServer, request: WatchRequest, signal: AbortSignal | undefined) {
    if (signal?.aborted === true) {
      this.#closed = true;
      return;
    }
    try {
      this.#watch = server.watch(request, callerOf({ signal }), this.#sink());
      // A watch from now on is told where now is.
      if ((request.startRevision ?? 0) === 0) this.#push({ header: this.#watch.header, events: [] });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#failure = error;
    }
    signal?.addEventListener('abort', () => this.close(), { once: true });
  }

  requestProgress(): void {
    this.#watch?.requestProgress();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch?.cancel();
    this.#queue = [];
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<WatchResponse> {
    try {
      while (!this.#closed) {
        const response = this.#queue.shift();
        if (response !== undefined) {
          this.#taken(response);
          yield response;
        } else if (this.#failure !== undefined) throw this.#failure;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      this.close();
    }
  }

  #sink(): WatchSink {
    return {
      deliver: ({ header, events, fragment }) => {
        if (this.#bytes > watchBytesMax) return false;
        this.#push(fragment ? { header, events, fragment } : { header, events });
        return true;
      },
      writable: () =>
        new Promise((resolve) => {
          if (this.#bytes === 0) resolve();
          else this.#writable.push(resolve);
        }),
      canceled: ({ compactRevision, message }) => {
        this.#failure =
          compactRevision > 0
            ? storeError('compacted', { compactRevision })
            : new StoreError('unavailable', message, { retryable: true });
        this.#wake?.();
      },
    };
  }

  #push(response: WatchResponse): void {
    this.#queue.push(response);
    this.#bytes += bytesOf(response);
    this.#wake?.();
  }

  #taken(response: WatchResponse): void {
    this.#bytes -= bytesOf(response);
    if (this.#bytes > 0) return;
    for (const resolve of this.#writable.splice(0)) resolve();
  }
}

function bytesOf({ events }: WatchResponse): number {
  return events.reduce((sum, { kv }) => sum + kv.key.byteLength + kv.value.byteLength, 0);
}

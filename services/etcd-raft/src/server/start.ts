import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import type { MemberId } from '@kubelab/store';
import { serveWire, type WireContext } from '@kubelab/wire';
import type { Address, World } from '@kubelab/world';
import type { RaftNode } from '../contract.js';
import type { EtcdServer } from '../etcd-server.js';
import { type Gateway, serveGateway } from '../gateway/gateway.adapter.js';
import type { Backend } from '../mvcc/backend.js';
import { MemoryBackend } from '../mvcc/memory-backend.js';
import { createPasswordHasher, type PasswordHasher } from '../state/passwords.adapter.js';
import type { StoreState } from '../state/state-machine.js';
import type { AutoCompaction } from './auto-compaction.js';
import {
  claimDataDirectory,
  type InitialMember,
  type MemberRecord,
  readDataDirectory,
} from './data-directory.js';
import { createEtcdServer, type RunningEtcdServer } from './etcd-server.js';
import { addressOf, bootstrapOf, type NewCluster, newCluster, urlOf } from './new-cluster.js';
import { openState, serverDefaults } from './open-state.js';
import { askForCluster, PeerLinks, peerService } from './peers.js';
import { type RaftNodeOptions, startRaftNode } from './raft-node.js';
import { createRaftTransport, type Peer, type RaftReceiver, raftService } from './raft-transport.js';
import { storeService } from './store-service.js';
import { UnknownMembers } from './unknown-members.js';

/** The replicated state of a member, for whoever compares members: the simulator. */
export interface ReplicatedState {
  readonly appliedIndex: number;
  /** Equal on members that applied as much; undefined while a snapshot takes its place. */
  fingerprint(): string | undefined;
}

export interface EtcdRaftConfig
  extends ComponentConfig,
    NewCluster,
    Partial<Pick<RaftNodeOptions, keyof typeof timingDefaults>>,
    Pick<RaftNodeOptions, 'plantedBug' | 'observe'> {
  readonly dataDirectory: string;
  /**
   * `existing`: this member was added to a running cluster, which tells it who it is; `initialCluster` is who can be asked.
   * Default `new`.
   */
  readonly initialClusterState?: 'new' | 'existing' | undefined;
  /** etcd's gRPC, over mutual TLS; absent: not served. */
  readonly listenClient?: Address | undefined;
  /** Where the state lives; in memory when absent. */
  readonly openBackend?: ((directory: string) => Promise<Backend>) | undefined;
  readonly hasher?: PasswordHasher | undefined;
  readonly quotaBackendBytes?: number | undefined;
  readonly maxRequestBytes?: number | undefined;
  readonly autoCompaction?: AutoCompaction | undefined;
  readonly watchProgressNotifyIntervalMs?: number | undefined;
  /** For the simulator: the server itself, and the state under it. */
  readonly observeServer?: ((server: EtcdServer, state: ReplicatedState) => void) | undefined;
}

/**
 * etcd's election timeout and heartbeat; its snapshots are rarer (10,000 entries), for its state is on disk.
 */
const timingDefaults = {
  electionTimeoutMs: 1_000,
  heartbeatIntervalMs: 100,
  snapshotEntries: 10_000,
  snapshotKeepEntries: 5_000,
  logBytesMax: 256 << 20,
  leaseReads: false,
  learnerReadyEntries: 1_000,
} as const;

const stopGraceMs = 1_000;
/** Of one member, when a newcomer asks who it is. */
const askDeadlineMs = 3_000;

/**
 * One member of the store. Rejects with a clear error when its data directory is another's or cannot be
 * written.
 */
export async function startEtcdRaft(world: World, config: EtcdRaftConfig): Promise<RunningComponent> {
  const { telemetry, links, tls } = config;
  const context = { world, telemetry, links };
  const { record, others } = await whoAmI(context, config);
  const backend = (await config.openBackend?.(`${config.dataDirectory}/state`)) ?? new MemoryBackend();
  const { state, header, follow, leader } = openState(world, record, backend, config.plantedBug);
  const { transport, peers } = openLinks(context, tls, record, state, others);
  const { node, receiver } = await startRaftNode(world, {
    ...timing(config),
    ...{ id: record.id, bootstrap: bootstrapOf(record), dataDirectory: config.dataDirectory },
    ...{ stateMachine: state, transport, telemetry },
    ...{ plantedBug: config.plantedBug, observe: config.observe },
  }).catch(async (error: unknown) => {
    await Promise.all([transport.close(), peers.close(), state.store.close('etcdserver: server stopped')]);
    throw error;
  });
  follow(node);
  const running = createEtcdServer({
    ...{ world, telemetry, node, state, links: peers, header },
    ...{ name: record.name, memberId: record.id, clusterId: record.clusterId },
    ...serverOptions(config),
    plantedBug: config.plantedBug,
  });
  config.observeServer?.(running.server, {
    get appliedIndex() {
      return state.appliedIndex;
    },
    fingerprint: () => state.fingerprint(),
  });
  return serve({ context, config, record, state, node, receiver, running, peers, leader });
}

interface StartedMember {
  readonly context: WireContext;
  readonly config: EtcdRaftConfig;
  readonly record: MemberRecord;
  readonly state: StoreState;
  readonly node: RaftNode;
  readonly receiver: RaftReceiver;
  readonly running: RunningEtcdServer;
  readonly peers: PeerLinks;
  readonly leader: () => MemberId | undefined;
}

/** Opens the member's doors; what fails to open takes the rest with it. */
async function serve(member: StartedMember): Promise<RunningComponent> {
  const { context, config, record, state, node, running, peers } = member;
  const leaderElsewhere = () => {
    const leader = member.leader();
    return leader === undefined || leader === record.id ? undefined : peers.nameOf(leader);
  };
  const cluster = async () => {
    // A newcomer asks right after it was added: who lags must not say that it was not.
    await node.readIndex();
    return { clusterId: record.clusterId, members: state.members.list };
  };
  const stopMember = async () => {
    running.close();
    await node.stop();
    await peers.close();
    await state.store.close('etcdserver: server stopped');
  };
  try {
    const server = await serveWire(context, {
      address: config.listen,
      tls: config.tls,
      services: [
        storeService({ server: running.server, leaderElsewhere }),
        peerService(running.asLeader, cluster),
        raftService(member.receiver),
        config.debug,
      ],
    });
    const gateway = await serveClients(context, config, running).catch(async (error: unknown) => {
      await server.close(0);
      throw error;
    });
    let stopped: Promise<void> | undefined;
    return {
      address: server.address,
      role: () => node.status().role,
      ready: () => node.status().leader !== undefined,
      stop: () => {
        stopped ??= Promise.all([gateway?.close(), server.close(stopGraceMs)]).then(stopMember);
        return stopped;
      },
    };
  } catch (error) {
    await stopMember();
    throw error;
  }
}

/** The ways to the other members, as far as this one's state or the others say where they are. */
function openLinks(
  context: WireContext,
  tls: ComponentConfig['tls'],
  record: MemberRecord,
  state: StoreState,
  others: readonly InitialMember[],
) {
  const own = () => (state.members.list.length > 0 ? state.members.list : others);
  const peers = new PeerLinks(context, tls);
  const tellPeers = (members: readonly InitialMember[]) => {
    transport.setPeers(peersOf(members));
    peers.setPeers(peersOf(members));
  };
  const unknownMembers = new UnknownMembers(context, tls, (members) => {
    tellPeers([...own(), ...members.filter(({ id }) => !own().some((known) => known.id === id))]);
  });
  const addresses = () =>
    [...peersOf(own())].flatMap(([id, { address }]) => (id === record.id ? [] : [address]));
  const transport = createRaftTransport(context, {
    ...{ id: record.id, tls },
    unknown: (member) => unknownMembers.met(member, addresses()),
  });
  tellPeers(own());
  state.onMembersChanged(() => tellPeers(own()));
  return { transport, peers };
}

async function serveClients(
  { world, telemetry }: WireContext,
  { listenClient, tls }: EtcdRaftConfig,
  { server }: RunningEtcdServer,
): Promise<Gateway | undefined> {
  if (listenClient === undefined) return undefined;
  const gateway = await serveGateway(server, { world, telemetry, address: listenClient, tls });
  const { host, port } = gateway.address;
  telemetry.log.info({ address: `${host}:${port}` }, "serving etcd's clients");
  return gateway;
}

/** The data directory's word counts, then the flags', and of a newcomer the cluster's. */
async function whoAmI(
  context: WireContext,
  config: EtcdRaftConfig,
): Promise<{ readonly record: MemberRecord; readonly others: readonly InitialMember[] }> {
  const { world } = context;
  const { name, initialCluster, dataDirectory } = config;
  const own = initialCluster[name];
  if (own === undefined)
    throw new Error(
      `${name} is not in its initial cluster (${Object.keys(initialCluster).join(', ')}): add it to --initial-cluster`,
    );
  const known = await readDataDirectory(world, dataDirectory);
  const wanted =
    config.initialClusterState !== 'existing'
      ? newCluster(config)
      : known === undefined
        ? await joinCluster(context, config, own)
        : { ...known, name };
  const record = await claimDataDirectory(world, dataDirectory, wanted);
  return { record, others: record.joined ?? record.initialMembers };
}

/** Asks the others who this member is. */
async function joinCluster(
  context: WireContext,
  { name, initialCluster, tls }: EtcdRaftConfig,
  own: Address,
): Promise<MemberRecord> {
  const addresses = Object.entries(initialCluster)
    .filter(([other]) => other !== name)
    .map(([, address]) => address);
  const { clusterId, members } = await askForCluster(context, { addresses, tls, deadlineMs: askDeadlineMs });
  const self = members.find((member) => member.peerUrls.includes(urlOf(own)));
  if (self === undefined)
    throw new Error(
      `the cluster has no member at ${urlOf(own)}: add it there first (member add), then start it with --initial-cluster-state existing`,
    );
  const joined = members.map((member) => ({ id: member.id, name: member.name, peerUrls: member.peerUrls }));
  return { name, id: self.id, clusterId, initialMembers: [], joined };
}

/** By the first address of each that can be read. */
function peersOf(members: readonly InitialMember[]): ReadonlyMap<MemberId, Peer> {
  return new Map(
    members.flatMap(({ id, name, peerUrls }): [MemberId, Peer][] => {
      const address = peerUrls.map(addressOf).find((read) => read !== undefined);
      if (address === undefined) return [];
      return [[id, { name: name === '' ? `${address.host}:${address.port}` : name, address }]];
    }),
  );
}

function serverOptions(config: EtcdRaftConfig) {
  return {
    clientUrls: [urlOf(config.listenClient ?? config.listen)],
    hasher: config.hasher ?? createPasswordHasher(),
    electionTimeoutMs: timing(config).electionTimeoutMs,
    quotaBackendBytes: config.quotaBackendBytes ?? 0,
    maxRequestBytes: config.maxRequestBytes ?? serverDefaults.maxRequestBytes,
    autoCompaction: config.autoCompaction ?? { mode: 'off' as const },
    watchProgressNotifyIntervalMs:
      config.watchProgressNotifyIntervalMs ?? serverDefaults.watchProgressNotifyIntervalMs,
  };
}

function timing(config: EtcdRaftConfig): Pick<RaftNodeOptions, keyof typeof timingDefaults> {
  return {
    electionTimeoutMs: config.electionTimeoutMs ?? timingDefaults.electionTimeoutMs,
    heartbeatIntervalMs: config.heartbeatIntervalMs ?? timingDefaults.heartbeatIntervalMs,
    snapshotEntries: config.snapshotEntries ?? timingDefaults.snapshotEntries,
    snapshotKeepEntries: config.snapshotKeepEntries ?? timingDefaults.snapshotKeepEntries,
    logBytesMax: config.logBytesMax ?? timingDefaults.logBytesMax,
    leaseReads: config.leaseReads ?? timingDefaults.leaseReads,
    learnerReadyEntries: config.learnerReadyEntries ?? timingDefaults.learnerReadyEntries,
  };
}

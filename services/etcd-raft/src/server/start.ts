import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import { serveWire } from '@kubelab/wire';
import type { Address, World } from '@kubelab/world';
import { MvccStore } from '../mvcc/mvcc-store.js';
import { claimDataDirectory } from './data-directory.js';
import { type RaftNodeOptions, startRaftNode } from './raft-node.js';
import { createRaftTransport, raftService } from './raft-transport.js';
import { storeService } from './store-service.js';

export interface EtcdRaftConfig
  extends ComponentConfig,
    Partial<Pick<RaftNodeOptions, keyof typeof timingDefaults>>,
    Pick<RaftNodeOptions, 'plantedBug' | 'observe'> {
  readonly dataDirectory: string;
  /** All members, this one too. */
  readonly initialCluster: Readonly<Record<string, Address>>;
  /** For whoever compares members' states: the simulator. */
  readonly observeStore?: ((store: MvccStore) => void) | undefined;
}

/**
 * etcd's election timeout and heartbeat; its snapshots are rarer (10,000 entries), for its state is on disk.
 */
const timingDefaults = {
  electionTimeoutMs: 1_000,
  heartbeatIntervalMs: 100,
  snapshotEntries: 10_000,
  snapshotKeepEntries: 5_000,
} as const;

const stopGraceMs = 1_000;

/**
 * One member of the store. Rejects with a clear error when its data directory is another's or cannot be
 * written.
 */
export async function startEtcdRaft(world: World, config: EtcdRaftConfig): Promise<RunningComponent> {
  const { name, telemetry, links, tls } = config;
  const members = Object.keys(config.initialCluster).sort();
  if (!members.includes(name))
    throw new Error(
      `${name} is not in its initial cluster (${members.join(', ')}): add it to --initial-cluster`,
    );
  await claimDataDirectory(world, config.dataDirectory, { name, members });
  const store = new MvccStore();
  config.observeStore?.(store);
  const context = { world, telemetry, links };
  const transport = createRaftTransport(context, { name, peers: config.initialCluster, tls });
  const { node, receiver } = await startRaftNode(world, {
    ...timing(config),
    name,
    members,
    dataDirectory: config.dataDirectory,
    stateMachine: store,
    transport,
    telemetry,
    plantedBug: config.plantedBug,
    observe: config.observe,
  });
  try {
    const own = storeService({ node, store, clusterId: members.join(','), memberId: name });
    const server = await serveWire(context, {
      address: config.listen,
      tls,
      services: [own, raftService(receiver), config.debug],
    });
    let stopped: Promise<void> | undefined;
    return {
      address: server.address,
      role: () => node.status().role,
      ready: () => node.status().leader !== undefined,
      stop: () => {
        stopped ??= server.close(stopGraceMs).then(() => node.stop());
        return stopped;
      },
    };
  } catch (error) {
    await node.stop();
    throw error;
  }
}

function timing(config: EtcdRaftConfig): Pick<RaftNodeOptions, keyof typeof timingDefaults> {
  return {
    electionTimeoutMs: config.electionTimeoutMs ?? timingDefaults.electionTimeoutMs,
    heartbeatIntervalMs: config.heartbeatIntervalMs ?? timingDefaults.heartbeatIntervalMs,
    snapshotEntries: config.snapshotEntries ?? timingDefaults.snapshotEntries,
    snapshotKeepEntries: config.snapshotKeepEntries ?? timingDefaults.snapshotKeepEntries,
  };
}

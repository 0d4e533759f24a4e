import type { ComponentConfig, RunningComponent } from '@kubelab/component';
import { serveWire, type WireContext, type WireService } from '@kubelab/wire';
import type { Address, World } from '@kubelab/world';
import type { RaftNode, StateMachine } from '../contract.js';
import { MvccStore } from '../mvcc/mvcc-store.js';
import { claimDataDirectory } from './data-directory.js';
import { storeService } from './store-service.js';

export interface EtcdRaftConfig extends ComponentConfig {
  readonly dataDirectory: string;
  /** All members, this one too. */
  readonly initialCluster: Readonly<Record<string, Address>>;
}

/** The replicated log beneath the store: recovers it from the data directory and takes part in the cluster. */
export type StartNode = (
  context: WireContext,
  config: EtcdRaftConfig,
  stateMachine: StateMachine,
) => Promise<{ readonly node: RaftNode; readonly services: readonly WireService[] }>;

const stopGraceMs = 1_000;

/** One member of the store. Rejects with a clear error when its data directory is another's or cannot be written. */
export async function startEtcdRaft(
  world: World,
  config: EtcdRaftConfig,
  startNode: StartNode,
): Promise<RunningComponent> {
  const { name, telemetry, links, tls } = config;
  const members = Object.keys(config.initialCluster).sort();
  if (!members.includes(name))
    throw new Error(
      `${name} is not in its initial cluster (${members.join(', ')}): add it to --initial-cluster`,
    );
  await claimDataDirectory(world, config.dataDirectory, { name, members });
  const store = new MvccStore();
  const context = { world, telemetry, links };
  const { node, services } = await startNode(context, config, store);
  try {
    const own = storeService({ node, store, clusterId: members.join(','), memberId: name });
    const server = await serveWire(context, {
      address: config.listen,
      tls,
      services: [own, ...services, config.debug],
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

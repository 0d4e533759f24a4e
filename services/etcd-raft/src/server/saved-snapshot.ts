import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { loadState } from '../bolt/load-state.js';
import { SnapshotStore } from '../wal/snapshot-file.js';
import { claimDataDirectory, readDataDirectory } from './data-directory.js';
import { bootstrapOf, type NewCluster, newCluster } from './new-cluster.js';

/** Where a new cluster's log begins: see recovery.ts. */
const firstIndex = 1;
const firstTerm = 0;

export interface RestoreOptions extends NewCluster {
  /** What `etcdctl snapshot save` wrote, of kubelab's store or of etcd's: see src/bolt. */
  readonly snapshotPath: string;
  /** For a copy of an etcd member's database. */
  readonly skipHashCheck?: boolean;
  readonly dataDirectory: string;
  readonly log: Logger;
}

/**
 * Makes the data directory of a member of a new cluster that begins with a saved state: keys at their revisions, leases,
 * users, alarms; of its members nothing is left. To be done for each member with the same snapshot, before any is started.
 */
export async function restoreSnapshot(
  world: World,
  options: RestoreOptions,
): Promise<{ readonly revision: number; readonly foreignPasswords: readonly string[] }> {
  const { dataDirectory, snapshotPath, name } = options;
  if (!(name in options.initialCluster))
    throw new Error(`${name} is not in its initial cluster: add it to --initial-cluster`);
  if ((await readDataDirectory(world, dataDirectory)) !== undefined)
    throw new Error(`data directory ${dataDirectory} has a member in it already: choose another --data-dir`);
  const record = newCluster(options);
  const bootstrap = bootstrapOf(record);
  if (bootstrap === undefined) throw new Error('a cluster has at least one member');
  const file = await world.disk.open(snapshotPath);
  const { state, foreignPasswords } = await loadState(file, {
    skipHashCheck: options.skipHashCheck ?? false,
    clusterId: record.clusterId,
    timers: world.timers,
    nowMs: () => world.clock.monotonicMs(),
  }).finally(() => file.close());
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
  return { revision, foreignPasswords };
}

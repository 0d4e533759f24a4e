import type { Random } from '@kubelab/world';

/** How a cluster is set up: drawn for each seed. */
export interface ClusterSettings {
  readonly members: 1 | 3;
  readonly nodes: number;
  readonly store: {
    readonly leaseReads: boolean;
    readonly durableState: boolean;
    readonly snapshotEntries: number;
    readonly snapshotKeepEntries: number;
  };
  /** A fault follows the last within so long. */
  readonly faultEveryMsMax: number;
}

export function drawClusterSettings(random: Random): ClusterSettings {
  const members = random.next() < 0.5 ? 3 : 1;
  const nodes = 3 + random.int(3);
  const store = {
    leaseReads: random.next() < 0.5,
    durableState: random.next() < 0.5,
    ...(random.next() < 0.5
      ? { snapshotEntries: 1_000, snapshotKeepEntries: 100 }
      : { snapshotEntries: 100_000, snapshotKeepEntries: 10_000 }),
  };
  const faultEveryMsMax = [8_000, 20_000, 40_000][random.int(3)] ?? 20_000;
  return { members, nodes, store, faultEveryMsMax };
}

export function describeClusterSettings({ members, nodes, store, faultEveryMsMax }: ClusterSettings): string {
  const state = store.durableState ? 'state in a database' : 'state in memory';
  return `${members} store member${members === 1 ? '' : 's'} (${state}), 2 apiservers, 2 controller-managers, 2 schedulers, ${nodes} nodes, a fault every ${faultEveryMsMax / 2000} s`;
}

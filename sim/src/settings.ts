import type { Random } from '@kubelab/world';

/** How members are set up and how dense the faults are: drawn for each seed, for no one setting reaches every state. */
export interface Settings {
  /** Reads rely on the leader's lease. */
  readonly leaseReads: boolean;
  readonly snapshotEntries: number;
  readonly snapshotKeepEntries: number;
  /** A fault follows the last one within so long: dense schedules stop the group often, sparse ones let it get far. */
  readonly faultEveryMsMax: number;
}

const snapshots = [
  { snapshotEntries: 8, snapshotKeepEntries: 2 },
  { snapshotEntries: 20, snapshotKeepEntries: 20 },
  { snapshotEntries: 60, snapshotKeepEntries: 20 },
  { snapshotEntries: 1_000, snapshotKeepEntries: 100 },
] as const;
const densitiesMs = [500, 900, 1_400] as const;

export function drawSettings(random: Random): Settings {
  const { snapshotEntries, snapshotKeepEntries } = snapshots[random.int(snapshots.length)] ?? snapshots[0];
  const faultEveryMsMax = densitiesMs[random.int(densitiesMs.length)] ?? densitiesMs[0];
  return { leaseReads: random.next() < 0.5, snapshotEntries, snapshotKeepEntries, faultEveryMsMax };
}

export function describeSettings(settings: Settings): string {
  const reads = settings.leaseReads ? 'reads by the lease' : 'reads by ReadIndex';
  const { snapshotEntries, snapshotKeepEntries, faultEveryMsMax } = settings;
  const snapshot = `a snapshot every ${snapshotEntries} entries, ${snapshotKeepEntries} kept behind it`;
  return `${reads}, ${snapshot}, a fault every ${faultEveryMsMax / 2} ms`;
}

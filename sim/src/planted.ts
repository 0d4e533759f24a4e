import type { PlantedBug } from '@kubelab/etcd-raft';

/** Every deliberate mistake, with what it does; docs/proof.md has which check notices it. */
export const plantedBugs: Readonly<Record<PlantedBug, string>> = {
  ackBeforeFsync: 'votes and acknowledgements leave before the disk has them',
  voteWithoutPersisting: 'a vote is forgotten by a crash',
  commitOlderTermByCounting: "an older term's entry is committed by counting copies (figure 8)",
  readWithoutQuorum: 'a leader answers reads without asking whether it still leads',
  leaseReadWithoutCheck: 'a leader answers reads by its lease without looking whether it holds',
  snapshotWithoutLastEntry: 'a snapshot says that it holds an entry applied after its image was taken',
  staleMembership: 'majorities are counted in the configuration before the one that applies',
  applyTwiceAfterRestart: 'after a restart the last entry that the state holds is applied again',
  leasesLostOnLeaderChange: 'a new leader takes over no leases',
  watchGapOnReconnect: 'a watch that begins in the past misses its first event',
};

export function isPlantedBug(name: string): name is PlantedBug {
  return Object.hasOwn(plantedBugs, name);
}

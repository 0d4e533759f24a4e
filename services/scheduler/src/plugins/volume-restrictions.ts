import type { Pod, Volume } from '@kubelab/api';
import type { Handle, Plugin } from '../framework/contract.js';
import { claimNames, type PodInfo } from '../framework/pod-info.js';
import { unresolvable, unschedulable } from '../framework/status.js';
import { claimsOf } from './volume-claims.js';

const name = 'VolumeRestrictions';
const diskTaken = unschedulable(name, 'node(s) had no available disk');
const podTaken = unschedulable(
  name,
  'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
);

/** Disks that only one pod of a node may write to: what tells them apart, and whether this use reads only. */
function diskOf(volume: Volume): { readonly id: string; readonly readOnly: boolean } | undefined {
  const { gcePersistentDisk, awsElasticBlockStore, iscsi, rbd } = volume;
  if (gcePersistentDisk !== undefined)
    return { id: `gce ${gcePersistentDisk.pdName}`, readOnly: gcePersistentDisk.readOnly === true };
  // One of AWS cannot be shared, not even for reading.
  if (awsElasticBlockStore !== undefined)
    return { id: `aws ${awsElasticBlockStore.volumeID}`, readOnly: false };
  if (iscsi !== undefined) return { id: `iscsi ${iscsi.iqn}`, readOnly: iscsi.readOnly === true };
  if (rbd !== undefined) {
    const { monitors, pool = 'rbd', image } = rbd;
    return { id: `rbd ${[...monitors].sort().join(',')} ${pool} ${image}`, readOnly: rbd.readOnly === true };
  }
  return undefined;
}

function disksOf({ pod }: PodInfo) {
  return (pod.spec?.volumes ?? []).map(diskOf).filter((disk) => disk !== undefined);
}

/** Disks that cannot be shared, and claims that one pod of the whole cluster may use (ReadWriteOncePod, KEP-2485). */
export function volumeRestrictions({ listers }: Pick<Handle, 'listers'>): Plugin {
  return {
    name,
    preFilter: (info, snapshot) => {
      const disks = disksOf(info);
      if (info.claims.length === 0 && disks.length === 0) return undefined;
      const claims = info.claims.length === 0 ? [] : claimsOf(info.pod, listers);
      if (typeof claims === 'string') return { refused: unresolvable(name, claims) };
      const exclusive = new Set(
        claims
          .filter(({ spec }) => spec?.accessModes?.includes('ReadWriteOncePod') === true)
          .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`),
      );
      if (exclusive.size === 0 && disks.length === 0) return undefined;
      let users = 0;
      for (const node of exclusive.size === 0 ? [] : snapshot.nodes)
        for (const claim of exclusive) users += node.claims?.get(claim) ?? 0;
      const uses = (other: PodInfo) => other.claims.filter((claim) => exclusive.has(claim)).length;
      return {
        filter: {
          filter: (node) => {
            const conflict = (other: PodInfo) =>
              disksOf(other).some((there) =>
                disks.some((mine) => mine.id === there.id && !(mine.readOnly && there.readOnly)),
              );
            if (disks.length > 0 && node.pods.some(conflict)) return diskTaken;
            return users > 0 ? podTaken : undefined;
          },
          addPod: (added) => {
            users += uses(added);
          },
          removePod: (removed) => {
            users -= uses(removed);
          },
        },
      };
    },
    hints: [
      {
        on: ['AssignedPod/Delete'],
        helps: (info, event) => 'pod' in event && sharesVolume(info, event.pod.before),
      },
      { on: ['PersistentVolumeClaim/Change', 'Node/Add'] },
    ],
  };
}

/** The pod that went used a disk or a claim that this one wants. */
function sharesVolume(info: PodInfo, gone: Pod | undefined): boolean {
  if (gone === undefined) return false;
  const disks = (gone.spec?.volumes ?? []).map(diskOf).filter((disk) => disk !== undefined);
  const claims = claimNames(gone).map((claim) => `${gone.metadata.namespace ?? ''}/${claim.name}`);
  return (
    claims.some((claim) => info.claims.includes(claim)) ||
    disksOf(info).some(({ id }) => disks.some((disk) => disk.id === id))
  );
}

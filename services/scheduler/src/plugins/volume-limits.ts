import type { PersistentVolumeClaim } from '@kubelab/api';
import type { Handle, Plugin } from '../framework/contract.js';
import { unschedulable } from '../framework/status.js';
import { classOf } from './volume-claims.js';

const name = 'NodeVolumeLimits';
const exceeded = unschedulable(name, 'node(s) exceed max volume count');

/** CSINode says how many volumes of a driver a node can attach; a volume used by several pods counts once. */
export function volumeLimits({ listers }: Pick<Handle, 'listers'>): Plugin {
  const volumeOf = (claim: PersistentVolumeClaim | undefined) => {
    if (claim === undefined) return undefined;
    const csi = listers.volumes.get(claim.spec?.volumeName ?? '')?.spec?.csi;
    if (csi !== undefined) return { driver: csi.driver, id: csi.volumeHandle };
    const driver = listers.storageClasses.get(classOf(claim))?.provisioner;
    if ((claim.spec?.volumeName ?? '') !== '' || driver === undefined) return undefined;
    return { driver, id: `${claim.metadata.namespace ?? ''}/${claim.metadata.name}` };
  };
  const volumesOf = (claims: Iterable<string>) =>
    [...claims].map((key) => volumeOf(listers.claims.get(key))).filter((volume) => volume !== undefined);
  return {
    name,
    preFilter: ({ claims }) => {
      const wanted = claims.length === 0 ? [] : volumesOf(claims);
      if (wanted.length === 0) return undefined;
      return {
        filter: {
          filter: (node) => {
            const drivers = listers.csiNodes.get(node.name)?.spec.drivers ?? [];
            const limits = new Map(drivers.map((driver) => [driver.name, driver.allocatable?.count]));
            if (wanted.every(({ driver }) => limits.get(driver) === undefined)) return undefined;
            const used = [...(node.claims ?? [])].filter(([, pods]) => pods > 0).map(([key]) => key);
            const attached = new Map<string, Set<string>>();
            for (const { driver, id } of volumesOf(used))
              attached.set(driver, (attached.get(driver) ?? new Set()).add(id));
            for (const { driver, id } of wanted) {
              const ids = attached.get(driver) ?? new Set();
              attached.set(driver, ids);
              if (ids.has(id)) continue;
              ids.add(id);
              if (ids.size > (limits.get(driver) ?? Number.POSITIVE_INFINITY)) return exceeded;
            }
            return undefined;
          },
        },
      };
    },
    hints: [{ on: ['CSINode/Change', 'AssignedPod/Delete', 'PersistentVolumeClaim/Change', 'Node/Add'] }],
  };
}

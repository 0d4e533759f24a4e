import type { PersistentVolume } from '@kubelab/api';
import type { Handle, Plugin } from '../framework/contract.js';
import { unresolvable } from '../framework/status.js';
import { claimsOf, isBound } from './volume-claims.js';

const name = 'VolumeZone';
const conflict = unresolvable(name, 'node(s) had no available volume zone');
const zoneLabels = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
];

function zonesOf({ metadata }: PersistentVolume): { key: string; values: ReadonlySet<string> }[] {
  return zoneLabels.flatMap((key) => {
    const value = metadata.labels?.[key];
    // `a__b`: a volume that is in several zones.
    return value === undefined ? [] : [{ key, values: new Set(value.split('__')) }];
  });
}

/** Volumes with zone labels are reached from nodes of the zone only; nodes without zones reach all. */
export function volumeZone({ listers }: Pick<Handle, 'listers'>): Plugin {
  return {
    name,
    preFilter: ({ pod, claims }) => {
      if (claims.length === 0) return undefined;
      const found = claimsOf(pod, listers);
      if (typeof found === 'string') return { refused: unresolvable(name, found) };
      const zones = found
        .filter(isBound)
        .map(({ spec }) => listers.volumes.get(spec?.volumeName ?? ''))
        .flatMap((volume) => (volume === undefined ? [] : zonesOf(volume)));
      if (zones.length === 0) return undefined;
      return {
        filter: {
          filter: ({ node: { metadata } }) => {
            const { labels } = metadata;
            if (labels === undefined || zoneLabels.every((key) => labels[key] === undefined))
              return undefined;
            return zones.every(({ key, values }) => values.has(labels[key] ?? '')) ? undefined : conflict;
          },
        },
      };
    },
    hints: [
      {
        on: [
          'Node/Add',
          'Node/UpdateLabel',
          'PersistentVolume/Change',
          'PersistentVolumeClaim/Change',
          'StorageClass/Change',
        ],
      },
    ],
  };
}

import { type PersistentVolumeClaim, type Pod, podKind } from '@kubelab/api';
import { keyOf } from '@kubelab/client';
import type { Controller } from '../controller.js';
import { persistentVolumeClaimKind } from '../kinds.js';
import { controllerReference, isOwnedBy } from '../owners.js';

/** Claims of pods' ephemeral volumes: they come and go with their pod. */
export const ephemeralVolumeController: Controller = {
  name: 'ephemeral-volume',
  eventSource: 'ephemeral_volume',
  workers: 1,
  start: (context, queue) => {
    const pods = context.informer<Pod>(podKind);
    const claims = context.informer<PersistentVolumeClaim>(persistentVolumeClaimKind);
    const hasOne = (pod: Pod) => pod.spec?.volumes?.some((volume) => volume.ephemeral !== undefined) === true;
    pods.handle({
      changed: (pod, _old, trace) =>
        hasOne(pod) && pod.metadata.deletionTimestamp === undefined && queue.add(keyOf(pod), trace),
    });
    return async (key, call) => {
      const pod = pods.get(key);
      if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return undefined;
      const { namespace } = pod.metadata;
      for (const volume of pod.spec?.volumes ?? []) {
        const template = volume.ephemeral?.volumeClaimTemplate;
        if (template === undefined) continue;
        const name = `${pod.metadata.name}-${volume.name}`;
        const known = claims.get(`${namespace}/${name}`);
        if (known !== undefined) {
          if (isOwnedBy(known, pod)) continue;
          const message = `PVC ${namespace}/${name} was not created for pod ${key} (pod is not owner)`;
          context.events.record(pod, {
            type: 'Warning',
            reason: 'FailedBinding',
            message,
            trace: call.trace,
          });
          continue;
        }
        const { labels, annotations } = template.metadata ?? {};
        const claim: PersistentVolumeClaim = {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: {
            name,
            ...(namespace === undefined ? {} : { namespace }),
            ...(labels === undefined ? {} : { labels }),
            ...(annotations === undefined ? {} : { annotations }),
            ownerReferences: [controllerReference(podKind, pod)],
          },
          spec: template.spec,
        };
        await context.client.for<PersistentVolumeClaim>(persistentVolumeClaimKind).create(claim, call);
      }
      return undefined;
    };
  },
};

import type { KindInfo } from '@kubelab/api';
import {
  type KubeObject,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  podKind,
} from '@kubelab/api';
import { type CallContext, keyOf, splitKey } from '@kubelab/client';
import { unlessGone } from '../common/claim.js';
import type { Controller, ControllerContext } from '../controller.js';
import { persistentVolumeClaimKind, persistentVolumeKind } from '../kinds.js';

/** Puts a finalizer on objects as long as something uses them, and takes it off those that go when nothing does. */
async function protect(
  context: ControllerContext,
  kind: KindInfo,
  {
    object,
    finalizer,
    isUsed,
  }: { readonly object: KubeObject; readonly finalizer: string; readonly isUsed: () => Promise<boolean> },
  call: CallContext,
): Promise<void> {
  const { namespace, name, uid, resourceVersion, deletionTimestamp, finalizers = [] } = object.metadata;
  const has = finalizers.includes(finalizer);
  if (deletionTimestamp === undefined ? has : !has || (await isUsed())) return;
  const next = has ? finalizers.filter((one) => one !== finalizer) : [...finalizers, finalizer];
  const patch = { metadata: { uid, resourceVersion, finalizers: next } };
  await unlessGone(context.client.for(kind).patch({ namespace, name }, 'merge', patch, call));
}

function usesClaim(pod: Pod, claim: string): boolean {
  return (pod.spec?.volumes ?? []).some(
    (volume) =>
      volume.persistentVolumeClaim?.claimName === claim ||
      (volume.ephemeral !== undefined && `${pod.metadata.name}-${volume.name}` === claim),
  );
}

/** A claim stays as long as a pod that has not ended uses it. */
export const claimProtectionController: Controller = {
  name: 'persistentvolumeclaim-protection',
  workers: 1,
  start: (context, queue) => {
    const claims = context.informer<PersistentVolumeClaim>(persistentVolumeClaimKind);
    claims.handle({ changed: (claim, _old, trace) => queue.add(keyOf(claim), trace) });
    const concerned = (pod: Pod, trace: CallContext['trace']) => {
      for (const volume of pod.spec?.volumes ?? []) {
        const claim =
          volume.persistentVolumeClaim?.claimName ??
          (volume.ephemeral === undefined ? undefined : `${pod.metadata.name}-${volume.name}`);
        if (claim !== undefined) queue.add(`${pod.metadata.namespace}/${claim}`, trace);
      }
    };
    context
      .informer<Pod>(podKind)
      .handle({ changed: (pod, _old, trace) => concerned(pod, trace), deleted: concerned });
    return async (key, call) => {
      const object = claims.get(key);
      if (object === undefined) return undefined;
      const { namespace, name } = splitKey(key);
      const ended = (pod: Pod) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
      // Asked live: a pod that is not in the cache yet may be about to mount it.
      const isUsed = async () => {
        const { items } = await context.client.for<Pod>(podKind).list({ namespace }, call);
        return items.some((pod) => (pod.spec?.nodeName ?? '') !== '' && !ended(pod) && usesClaim(pod, name));
      };
      await protect(
        context,
        persistentVolumeClaimKind,
        { object, finalizer: 'kubernetes.io/pvc-protection', isUsed },
        call,
      );
      return undefined;
    };
  },
};

/** A volume stays as long as it is bound. */
export const volumeProtectionController: Controller = {
  name: 'persistentvolume-protection',
  workers: 1,
  start: (context, queue) => {
    const volumes = context.informer<PersistentVolume>(persistentVolumeKind);
    volumes.handle({ changed: (volume, _old, trace) => queue.add(keyOf(volume), trace) });
    return async (key, call) => {
      const object = volumes.get(key);
      if (object === undefined) return undefined;
      const isUsed = () => Promise.resolve(object.status?.phase === 'Bound');
      await protect(
        context,
        persistentVolumeKind,
        { object, finalizer: 'kubernetes.io/pv-protection', isUsed },
        call,
      );
      return undefined;
    };
  },
};

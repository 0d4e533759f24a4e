import {
  ApiError,
  findKind,
  type KindInfo,
  type KubeObject,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  podKind,
} from '@kubelab/api';
import { type CallContext, isNotFound, keyOf } from '@kubelab/client';
import type { Controller, ControllerContext } from '../controller.js';

const claimFinalizer = 'kubernetes.io/pvc-protection';
const volumeFinalizer = 'kubernetes.io/pv-protection';
const againMs = 200;

function core(kind: string): KindInfo {
  const found = findKind({ group: '', version: 'v1', kind });
  if (found === undefined) throw new Error(`${kind} is not in the table of kinds`);
  return found;
}

const claimKind = core('PersistentVolumeClaim');
const volumeKind = core('PersistentVolume');

/** Names of the claims that a pod uses; a claim that was made for the pod is named after it. */
function claimsOf({ metadata, spec }: Pod): string[] {
  return (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [persistentVolumeClaim.claimName];
    return ephemeral === undefined ? [] : [`${metadata.name}-${name}`];
  });
}

/** A pod that is bound to a node and has not ended has its volumes mounted, or will have. */
function holds(pod: Pod, claim: string): boolean {
  const phase = pod.status?.phase;
  const ended = phase === 'Succeeded' || phase === 'Failed';
  return !ended && (pod.spec?.nodeName ?? '') !== '' && claimsOf(pod).includes(claim);
}

function isGoing(object: KubeObject, finalizer: string): boolean {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  return deletionTimestamp !== undefined && finalizers.includes(finalizer);
}

/** Lets the object go: on the condition that it is the one that was looked at. */
async function release(
  context: ControllerContext,
  kind: KindInfo,
  object: KubeObject,
  finalizer: string,
  call: CallContext,
): Promise<{ requeueAfterMs: number } | undefined> {
  const { namespace, name, resourceVersion } = object.metadata;
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer);
  try {
    await context.client
      .for(kind)
      .patch({ namespace, name }, 'merge', { metadata: { resourceVersion, finalizers } }, call);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (error instanceof ApiError && error.reason === 'Conflict') return { requeueAfterMs: againMs };
    throw error;
  }
  return undefined;
}

/** A claim that is to be deleted stays while a pod uses it. */
export const claimProtection: Controller = {
  name: 'persistentvolumeclaim-protection',
  workers: 1,
  start: (context, queue) => {
    const claims = context.informer<PersistentVolumeClaim>(claimKind);
    claims.handle({
      changed: (claim, _old, trace) => isGoing(claim, claimFinalizer) && queue.add(keyOf(claim), trace),
    });
    const released = (pod: Pod) => {
      for (const name of claimsOf(pod)) queue.add(`${pod.metadata.namespace ?? ''}/${name}`);
    };
    context.informer<Pod>(podKind).handle({
      changed: (pod) => ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '') && released(pod),
      deleted: released,
    });
    return async (key, call) => {
      const claim = claims.get(key);
      if (claim === undefined || !isGoing(claim, claimFinalizer)) return undefined;
      const { namespace, name } = claim.metadata;
      // As it is now: a pod may just have been bound.
      const { items } = await context.client.for<Pod>(podKind).list({ namespace }, call);
      if (items.some((pod) => holds(pod, name))) return undefined;
      return release(context, claimKind, claim, claimFinalizer, call);
    };
  },
};

/** A volume that is to be deleted stays while it is bound to a claim. */
export const volumeProtection: Controller = {
  name: 'persistentvolume-protection',
  workers: 1,
  start: (context, queue) => {
    const volumes = context.informer<PersistentVolume>(volumeKind);
    volumes.handle({
      changed: (volume, _old, trace) => isGoing(volume, volumeFinalizer) && queue.add(keyOf(volume), trace),
    });
    return async (key, call) => {
      const volume = volumes.get(key);
      const bound = volume?.status?.phase === 'Bound';
      if (volume === undefined || !isGoing(volume, volumeFinalizer) || bound) return undefined;
      return release(context, volumeKind, volume, volumeFinalizer, call);
    };
  },
};

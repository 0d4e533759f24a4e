import { type KindInfo, type KubeObject, matchesSelector, type SelectorLike } from '@kubelab/api';
import { type CallContext, isNotFound } from '@kubelab/client';
import type { ControllerContext } from '../controller.js';
import { controllerOf, controllerReference } from '../owners.js';

export interface Claim<T extends KubeObject> {
  readonly owner: KubeObject;
  readonly ownerKind: KindInfo;
  readonly selector: SelectorLike | undefined;
  readonly kind: KindInfo;
  readonly candidates: readonly T[];
  /** An orphan for which this does not hold is left alone (a finished pod, say). */
  readonly adoptable?: (object: T) => boolean;
}

/**
 * The objects of an owner: its own that it selects. Its own that it no longer selects are let go, orphans
 * that it selects are adopted (controllerRef, Kubernetes' ControllerRefManager). Before the first adoption the
 * owner is read anew: an informer that is behind must not give objects to an owner that is going.
 */
export async function claimObjects<T extends KubeObject>(
  context: ControllerContext,
  claim: Claim<T>,
  call: CallContext,
): Promise<T[]> {
  const { owner, selector, candidates, adoptable } = claim;
  const going = owner.metadata.deletionTimestamp !== undefined;
  const owned: T[] = [];
  let mayAdopt: Promise<boolean> | undefined;
  for (const object of candidates) {
    const { metadata } = object;
    const controller = controllerOf(object);
    const selected = matchesSelector(selector, metadata.labels);
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (selected) owned.push(object);
      else if (!going && metadata.deletionTimestamp === undefined)
        await release(context, claim, object, call);
      continue;
    }
    if (going || !selected || metadata.deletionTimestamp !== undefined) continue;
    if (adoptable !== undefined && !adoptable(object)) continue;
    mayAdopt ??= isStillThere(context, claim, call);
    if (!(await mayAdopt)) continue;
    const adopted = await adopt(context, claim, object, call);
    if (adopted !== undefined) owned.push(adopted);
  }
  return owned;
}

async function isStillThere<T extends KubeObject>(
  context: ControllerContext,
  { owner, ownerKind }: Claim<T>,
  call: CallContext,
): Promise<boolean> {
  const { namespace, name, uid } = owner.metadata;
  try {
    const live = await context.client.for(ownerKind).get(namespace, name, call);
    return live.metadata.uid === uid && live.metadata.deletionTimestamp === undefined;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function adopt<T extends KubeObject>(
  context: ControllerContext,
  { kind, owner, ownerKind }: Claim<T>,
  { metadata }: T,
  call: CallContext,
): Promise<T | undefined> {
  const { namespace, name, uid, resourceVersion } = metadata;
  const ownerReferences = [...(metadata.ownerReferences ?? []), controllerReference(ownerKind, owner)];
  const patch = { metadata: { uid, resourceVersion, ownerReferences } };
  return unlessGone(context.client.for<T>(kind).patch({ namespace, name }, 'merge', patch, call));
}

async function release<T extends KubeObject>(
  context: ControllerContext,
  { kind, owner }: Claim<T>,
  { metadata }: T,
  call: CallContext,
): Promise<void> {
  const { namespace, name, uid, resourceVersion } = metadata;
  const ownerReferences = (metadata.ownerReferences ?? []).filter((one) => one.uid !== owner.metadata.uid);
  const patch = { metadata: { uid, resourceVersion, ownerReferences } };
  await unlessGone(context.client.for<T>(kind).patch({ namespace, name }, 'merge', patch, call));
}

/** Undefined when the object is gone: then there is nothing left to do to it. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

import { findKind, type KindInfo, type KubeObject, kinds, type OwnerReference } from '@kubelab/api';
import { type CallContext, isNotFound, type WorkQueue } from '@kubelab/client';
import type { Controller, ControllerContext } from '../controller.js';
import { findCustomKind, followCustomKinds } from '../custom-kinds.js';

const foreground = 'foregroundDeletion';
const orphan = 'orphan';
/** Kinds that own nothing and are owned by nobody, and come in numbers. */
const ignored = new Set(['Event', 'Lease']);
const collected = kinds.filter((kind) => !ignored.has(kind.kind));

interface Node {
  readonly kind: KindInfo;
  readonly object: KubeObject;
}

/**
 * Dependents go when all of their owners are gone (background), before their owner (foreground), or stay
 * without it (orphan). The graph is by uid: a new
 * object of an old name is not the owner that was meant.
 */
export const garbageCollector: Controller = {
  name: 'garbage-collector',
  workers: 2,
  start: (context, queue) => {
    const nodes = new Map<string, Node>();
    const dependents = new Map<string, Set<string>>();
    const follow = (kind: KindInfo) => {
      context.informer<KubeObject>(kind).handle({
        changed: (object, old, trace) => {
          const uid = object.metadata.uid ?? '';
          nodes.set(uid, { kind, object });
          for (const owner of old?.metadata.ownerReferences ?? []) dependents.get(owner.uid)?.delete(uid);
          for (const owner of object.metadata.ownerReferences ?? [])
            dependents.set(owner.uid, (dependents.get(owner.uid) ?? new Set()).add(uid));
          const owned = (object.metadata.ownerReferences ?? []).length > 0;
          if (owned || object.metadata.deletionTimestamp !== undefined) queue.add(uid, trace);
        },
        deleted: (object, trace) => {
          const uid = object.metadata.uid ?? '';
          nodes.delete(uid);
          for (const owner of object.metadata.ownerReferences ?? []) {
            dependents.get(owner.uid)?.delete(uid);
            // An owner that waits for its dependents may go now.
            queue.add(owner.uid, trace);
          }
          for (const dependent of dependents.get(uid) ?? []) queue.add(dependent, trace);
          if (dependents.get(uid)?.size === 0) dependents.delete(uid);
        },
      });
    };
    for (const kind of collected) follow(kind);
    followCustomKinds(context, {
      came: follow,
      went: (kind) => {
        context.release(kind);
        for (const [uid, node] of nodes) {
          if (node.kind !== kind) continue;
          nodes.delete(uid);
          for (const dependent of dependents.get(uid) ?? []) queue.add(dependent);
        }
      },
    });
    return async (uid, call) => {
      const node = nodes.get(uid);
      if (node === undefined) return undefined;
      const children = [...(dependents.get(uid) ?? [])].flatMap((child) => nodes.get(child) ?? []);
      if (node.object.metadata.deletionTimestamp !== undefined)
        return finishOwner(context, queue, node, children, call);
      return collect(context, nodes, node, call);
    };
  },
};

async function finishOwner(
  context: ControllerContext,
  queue: WorkQueue,
  { kind, object }: Node,
  children: readonly Node[],
  call: CallContext,
): Promise<undefined> {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(orphan)) {
    for (const child of children) await dropOwner(context, child, object.metadata.uid ?? '', call);
    await removeFinalizer(context, kind, object, orphan, call);
  } else if (finalizers.includes(foreground)) {
    const blocking = children.filter((child) =>
      child.object.metadata.ownerReferences?.some(
        (owner) => owner.uid === object.metadata.uid && owner.blockOwnerDeletion === true,
      ),
    );
    for (const child of children) {
      if (child.object.metadata.deletionTimestamp === undefined)
        await remove(context, child, 'Foreground', call);
      queue.add(child.object.metadata.uid ?? '');
    }
    if (blocking.length === 0) await removeFinalizer(context, kind, object, foreground, call);
  }
  return undefined;
}

/**
 * An object goes when none of its owners is left; owners that are gone are struck off where another is left.
 */
async function collect(
  context: ControllerContext,
  nodes: ReadonlyMap<string, Node>,
  node: Node,
  call: CallContext,
): Promise<undefined> {
  const owners = node.object.metadata.ownerReferences ?? [];
  if (owners.length === 0) return undefined;
  const gone: OwnerReference[] = [];
  for (const owner of owners)
    if (!nodes.has(owner.uid) && !(await exists(context, node.object, owner, call))) gone.push(owner);
  if (gone.length === owners.length) await remove(context, node, 'Background', call);
  else for (const owner of gone) await dropOwner(context, node, owner.uid, call);
  return undefined;
}

/**
 * Asked of the apiserver itself before anything is deleted: the watch may be behind. Unknown kinds count as
 * there.
 */
async function exists(
  context: ControllerContext,
  object: KubeObject,
  owner: OwnerReference,
  call: CallContext,
): Promise<boolean> {
  const [first = '', second] = owner.apiVersion.split('/');
  const group = second === undefined ? '' : first;
  const kind =
    findKind({ group, version: second ?? first, kind: owner.kind }) ??
    findCustomKind(context, group, owner.kind);
  if (kind === undefined) return true;
  try {
    const found = await context.client
      .for(kind)
      .get(kind.namespaced ? object.metadata.namespace : undefined, owner.name, call);
    return found.metadata.uid === owner.uid;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function remove(
  context: ControllerContext,
  { kind, object }: Node,
  propagationPolicy: string,
  call: CallContext,
): Promise<void> {
  const { namespace, name, uid } = object.metadata;
  await quietly(
    context.client.for(kind).delete({ namespace, name }, { propagationPolicy, preconditions: { uid } }, call),
  );
}

async function dropOwner(
  context: ControllerContext,
  { kind, object }: Node,
  ownerUid: string,
  call: CallContext,
): Promise<void> {
  const { namespace, name, uid, ownerReferences } = object.metadata;
  const rest = (ownerReferences ?? []).filter((owner) => owner.uid !== ownerUid);
  await quietly(
    context.client
      .for(kind)
      .patch({ namespace, name }, 'merge', { metadata: { uid, ownerReferences: rest } }, call),
  );
}

async function removeFinalizer(
  context: ControllerContext,
  kind: KindInfo,
  object: KubeObject,
  finalizer: string,
  call: CallContext,
): Promise<void> {
  const { namespace, name, uid, finalizers } = object.metadata;
  const rest = (finalizers ?? []).filter((one) => one !== finalizer);
  await quietly(
    context.client
      .for(kind)
      .patch({ namespace, name }, 'merge', { metadata: { uid, finalizers: rest } }, call),
  );
}

async function quietly(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isNotFound(error)) throw error; // It is gone: that was the wish.
  }
}

import {
  ApiError,
  type ControllerRevision,
  deepEqual,
  isObject,
  type KindInfo,
  type KubeObject,
  type PodTemplateSpec,
  stableHash,
} from '@kubelab/api';
import type { CallContext } from '@kubelab/client';
import type { ControllerContext } from '../controller.js';
import { controllerRevisionKind } from '../kinds.js';
import { controllerReference, isOwnedBy } from '../owners.js';
import { claimObjects, unlessGone } from './claim.js';

/** How pods and revisions of StatefulSets and DaemonSets say which template they are of. */
export const revisionHashLabel = 'controller-revision-hash';
const otherHashLabel = 'controller.kubernetes.io/hash';

export interface RevisionOwner extends KubeObject {
  spec?: { selector: object; template: PodTemplateSpec; revisionHistoryLimit?: number };
  status?: { collisionCount?: number };
}

/** The patch that `kubectl rollout undo` applies to an owner to bring a template back. */
function dataOf(owner: RevisionOwner): unknown {
  return { spec: { template: { ...owner.spec?.template, $patch: 'replace' } } };
}

/** The template that a revision keeps. */
export function templateOf(revision: ControllerRevision | undefined): PodTemplateSpec | undefined {
  const spec = isObject(revision?.data) && isObject(revision.data.spec) ? revision.data.spec : undefined;
  if (spec === undefined || !isObject(spec.template)) return undefined;
  const { $patch: _patch, ...template } = spec.template;
  return template;
}

export function hashOf(revision: ControllerRevision): string {
  const { labels, name } = revision.metadata;
  return labels?.[revisionHashLabel] ?? labels?.[otherHashLabel] ?? name;
}

export async function ownedRevisions(
  context: ControllerContext,
  owner: RevisionOwner,
  ownerKind: KindInfo,
  call: CallContext,
): Promise<ControllerRevision[]> {
  const all = context.informer<ControllerRevision>(controllerRevisionKind);
  const claim = {
    owner,
    ownerKind,
    selector: owner.spec?.selector,
    kind: controllerRevisionKind,
    candidates: all.inNamespace(owner.metadata.namespace),
  };
  const owned = await claimObjects<ControllerRevision>(context, claim, call);
  return owned.sort((a, b) => a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : 1));
}

export interface Revisions {
  /** All of them, the update's included, the oldest first. */
  readonly all: readonly ControllerRevision[];
  /** Of the template as it is now. */
  readonly update: ControllerRevision;
  readonly collisionCount: number;
}

/**
 * The revision of the template as it is: a new one, or an old one that is taken up again with the highest
 * number (that is a rollback). A name that another template's revision has makes the hash be drawn anew.
 */
export async function syncRevisions(
  context: ControllerContext,
  owner: RevisionOwner,
  ownerKind: KindInfo,
  call: CallContext,
): Promise<Revisions> {
  const known = await ownedRevisions(context, owner, ownerKind, call);
  const client = context.client.for<ControllerRevision>(controllerRevisionKind);
  const data = dataOf(owner);
  const highest = known.at(-1)?.revision ?? 0;
  let collisionCount = owner.status?.collisionCount ?? 0;
  const equal = known.filter((one) => deepEqual(one.data, data)).at(-1);
  if (equal !== undefined) {
    if (equal.revision === highest) return { all: known, update: equal, collisionCount };
    const update = await client.update({ ...equal, revision: highest + 1 }, call);
    const rest = known.filter((one) => one.metadata.uid !== update.metadata.uid);
    return { all: [...rest, update], update, collisionCount };
  }
  for (;;) {
    const created = await createRevision(
      context,
      { owner, ownerKind, data, collisionCount, revision: highest + 1 },
      call,
    );
    if (created !== undefined) return { all: [...known, created], update: created, collisionCount };
    collisionCount += 1;
  }
}

/** Undefined when the name is another template's. */
async function createRevision(
  context: ControllerContext,
  wanted: {
    readonly owner: RevisionOwner;
    readonly ownerKind: KindInfo;
    readonly data: unknown;
    readonly collisionCount: number;
    readonly revision: number;
  },
  call: CallContext,
): Promise<ControllerRevision | undefined> {
  const { owner, ownerKind, data, collisionCount, revision } = wanted;
  const { namespace } = owner.metadata;
  const hash = stableHash(owner.spec?.template, collisionCount);
  const name = `${owner.metadata.name}-${hash}`;
  const client = context.client.for<ControllerRevision>(controllerRevisionKind);
  const annotations = Object.fromEntries(
    Object.entries(owner.metadata.annotations ?? {}).filter(
      ([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration',
    ),
  );
  const object: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...owner.spec?.template.metadata?.labels, [revisionHashLabel]: hash, [otherHashLabel]: hash },
      annotations,
      ownerReferences: [controllerReference(ownerKind, owner)],
    },
    data,
    revision,
  };
  try {
    return await client.create(object, call);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    const taken = await client.get(namespace, name, call);
    return isOwnedBy(taken, owner) && deepEqual(taken.data, data) ? taken : undefined;
  }
}

/** Revisions that nothing uses, beyond the limit, the oldest first. */
export async function truncateHistory(
  context: ControllerContext,
  owner: RevisionOwner,
  revisions: readonly ControllerRevision[],
  isLive: (revision: ControllerRevision) => boolean,
  call: CallContext,
): Promise<void> {
  const unused = revisions.filter((revision) => !isLive(revision));
  const excess = unused.slice(0, Math.max(0, unused.length - (owner.spec?.revisionHistoryLimit ?? 10)));
  for (const { metadata } of excess) {
    const { namespace, name, uid } = metadata;
    const client = context.client.for(controllerRevisionKind);
    await unlessGone(client.delete({ namespace, name }, { preconditions: { uid } }, call));
  }
}

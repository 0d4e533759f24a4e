import {
  ApiError,
  addResources,
  countedBy,
  deepEqual,
  findKind,
  type KindInfo,
  type KubeObject,
  kinds,
  matchesQuotaScopes,
  quotaUsage,
  type ResourceQuota,
  type Resources,
} from '@kubelab/api';
import { type CallContext, isNotFound, keyOf } from '@kubelab/client';
import type { Controller, ControllerContext } from '../controller.js';

/** Several deletions at once are one count. */
const settleMs = 100;
/** What nobody told of is found by then. */
const resyncMs = 300_000;

function quotaKind(): KindInfo {
  const kind = findKind({ group: '', version: 'v1', kind: 'ResourceQuota' });
  if (kind === undefined) throw new Error('ResourceQuota is not in the table of kinds');
  return kind;
}

/** Kinds of which objects come and go so that every quota may want to know. */
const watched = kinds.filter(
  ({ group, resource }) =>
    group === '' &&
    [
      'pods',
      'services',
      'persistentvolumeclaims',
      'configmaps',
      'secrets',
      'replicationcontrollers',
    ].includes(resource),
);

/**
 * Counts what a namespace's quotas limit, and writes it into their status. The apiservers add to the usage as they admit;
 * what is freed is given back here.
 *
 * A count is never too low: it is made of lists that are read after the quota, and written on the condition that the
 * quota is still the one that was read, while every write that takes something writes the quota in the same transaction.
 */
export const resourceQuotaController: Controller = {
  name: 'resourcequota',
  workers: 2,
  start: (context, queue) => {
    const quotas = context.informer<ResourceQuota>(quotaKind());
    const follow = follower(context, (namespace, kind) => {
      for (const quota of quotas.list())
        if (quota.metadata.namespace === namespace && concerns(quota, kind))
          queue.addAfter(keyOf(quota), settleMs);
    });
    for (const kind of watched) follow(kind);
    quotas.handle({
      changed: (quota, _old, trace) => {
        for (const kind of countedKinds(quota)) follow(kind);
        if (!deepEqual(quota.spec?.hard ?? {}, quota.status?.hard ?? {})) queue.add(keyOf(quota), trace);
      },
    });
    return async (key, call) => {
      const quota = quotas.get(key);
      return quota === undefined ? undefined : recount(context, quota, call);
    };
  },
};

/** Tells of each object that goes, or takes less than before. */
function follower(
  context: ControllerContext,
  freed: (namespace: string, kind: KindInfo) => void,
): (kind: KindInfo) => void {
  const followed = new Set<KindInfo>();
  return (kind) => {
    if (followed.has(kind)) return;
    followed.add(kind);
    const namespaceOf = (object: KubeObject) => object.metadata.namespace ?? '';
    context.informer<KubeObject>(kind).handle({
      changed: (object, old) => {
        if (old !== undefined && !deepEqual(quotaUsage(kind, object), quotaUsage(kind, old)))
          freed(namespaceOf(object), kind);
      },
      deleted: (object) => freed(namespaceOf(object), kind),
    });
  };
}

function concerns({ spec }: ResourceQuota, kind: KindInfo): boolean {
  return Object.keys(spec?.hard ?? {}).some((name) => countedBy(name, kind));
}

function countedKinds(quota: ResourceQuota): KindInfo[] {
  return kinds.filter((kind) => kind.namespaced && concerns(quota, kind));
}

async function recount(
  context: ControllerContext,
  { metadata: { namespace = '', name } }: ResourceQuota,
  call: CallContext,
): Promise<{ requeueAfterMs: number } | undefined> {
  const client = context.client.for<ResourceQuota>(quotaKind());
  try {
    const quota = await client.get(namespace, name, call);
    const hard = quota.spec?.hard ?? {};
    let used: Resources = Object.fromEntries(Object.keys(hard).map((resource) => [resource, '0']));
    for (const kind of countedKinds(quota)) {
      const { items } = await context.client.for(kind).list({ namespace }, call);
      for (const item of items)
        if (matchesQuotaScopes(quota, kind, item))
          used = addResources(used, only(quotaUsage(kind, item), hard));
    }
    const status = { hard: { ...hard }, used: { ...used } };
    if (!deepEqual(quota.status ?? {}, status)) await client.updateStatus({ ...quota, status }, call);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    // Somebody was admitted meanwhile: it is counted anew.
    if (error instanceof ApiError && error.reason === 'Conflict') return { requeueAfterMs: settleMs };
    throw error;
  }
  return { requeueAfterMs: resyncMs };
}

function only(list: Resources, hard: Resources): Resources {
  return Object.fromEntries(Object.entries(list).filter(([name]) => hard[name] !== undefined));
}

import {
  addResources,
  compareQuantities,
  countedBy,
  deepEqual,
  type KindInfo,
  matchesQuotaScopes,
  missingOfQuota,
  type Pod,
  podKind,
  quotaUsage,
  type ResourceQuota,
  type Resources,
  statusErrors,
  subtractResources,
} from '@kubelab/api';
import type { Compare, Operation } from '@kubelab/store';
import { objectKey } from '../../storage/keys.js';
import { revisionOf } from '../../storage/storage.js';
import { encodeStored } from '../../storage/stored-object.js';
import type { AdmissionPlugin, Attributes, PluginParts } from '../contract.js';
import { persistentVolumeClaimKind, resourceQuotaKind } from '../kinds.js';
import { Lookup } from '../lookup.js';

/** Kinds of which a change may take more than before. */
const chargedOnUpdate = (kind: KindInfo) =>
  kind.group === '' && (kind.resource === 'services' || kind === persistentVolumeClaimKind);

/**
 * What a namespace's quotas leave. The new usage goes into the quota's status in the very transaction that writes the
 * object, on the condition that nobody wrote the quota in between: whoever else charges it, here or at another apiserver,
 * makes that transaction fail, and the write is judged anew. So the sum of what exists never exceeds the quota, and what
 * was not written is not charged. Kubernetes charges first and corrects later.
 *
 * What is freed is given back by the quota's controller, which counts anew.
 */
export function resourceQuota({ storage }: PluginParts): AdmissionPlugin {
  const lookup = new Lookup(storage);
  const quotasFor = async ({ kind, object, operation, subresource }: Attributes) => {
    if (!kind.namespaced || kind.group === 'events.k8s.io' || kind.resource === 'events') return [];
    const resized = kind === podKind && subresource === 'resize';
    const charged = resized || (subresource === '' && chargedOnUpdate(kind));
    if (operation === 'DELETE' || (operation === 'UPDATE' && !charged)) return [];
    if (operation === 'CREATE' && subresource !== '') return [];
    const quotas = await lookup.all<ResourceQuota>(resourceQuotaKind, object.metadata.namespace ?? '');
    return quotas.filter((quota) => namesOf(quota, kind).length > 0);
  };
  return {
    name: 'ResourceQuota',
    turn: async (attributes) => {
      const quotas = await quotasFor(attributes);
      return quotas.length === 0 ? undefined : `quota/${attributes.object.metadata.namespace}`;
    },
    reserve: async (attributes) => {
      const compare: Compare[] = [];
      const operations: Operation[] = [];
      for (const { metadata } of await quotasFor(attributes)) {
        const { namespace = '', name } = metadata;
        // As it is now: what the cache has may be charged already, and the transaction would fail.
        const found = await storage.get(resourceQuotaKind, namespace, name);
        if (found === undefined || found.metadata.deletionTimestamp !== undefined) continue;
        const quota = found as ResourceQuota;
        const used = charge(quota, attributes);
        if (used === undefined) continue;
        const key = objectKey(resourceQuotaKind, namespace, name);
        compare.push({ key, target: 'modRevision', result: 'equal', number: revisionOf(quota) });
        const next = { ...quota, status: { ...quota.status, used } };
        operations.push({ type: 'put', key, value: encodeStored(resourceQuotaKind, next) });
      }
      return operations.length === 0 ? undefined : { compare, operations };
    },
  };
}

/** The resources of a quota that are about a kind: those of the spec count from when the controller has seen them. */
function namesOf({ spec, status }: ResourceQuota, kind: KindInfo): string[] {
  const names = Object.keys({ ...spec?.hard, ...status?.hard });
  return names.filter((name) => countedBy(name, kind));
}

/** The usage after this write; undefined when it changes nothing. Throws when it would be too much. */
function charge(quota: ResourceQuota, { kind, object, old }: Attributes): Resources | undefined {
  if (!matchesQuotaScopes(quota, kind, object)) return undefined;
  const { name } = object.metadata;
  const names = namesOf(quota, kind);
  const refuse = (why: string) => statusErrors.forbidden(kind, name, why);
  if (kind === podKind) {
    const missing = missingOfQuota(names, object as Pod);
    if (missing !== undefined) throw refuse(`failed quota: ${quota.metadata.name}: ${missing}`);
  }
  const { hard = {}, used = {} } = quota.status ?? {};
  const charged = only(quotaUsage(kind, object), names);
  const delta = old === undefined ? charged : subtractResources(charged, only(quotaUsage(kind, old), names));
  const asked = nonZero(delta);
  if (Object.keys(asked).length === 0) return undefined;
  const unknown = Object.keys(asked)
    .filter((one) => hard[one] === undefined || used[one] === undefined)
    .sort();
  if (unknown.length > 0)
    throw refuse(`status unknown for quota: ${quota.metadata.name}, resources: ${unknown.join(',')}`);
  const next = addResources(used, asked);
  const over = Object.keys(asked).filter(
    (one) =>
      compareQuantities(asked[one] ?? '0', '0') > 0 &&
      compareQuantities(next[one] ?? '0', hard[one] ?? '0') > 0,
  );
  if (over.length > 0) {
    const [requested, before, limited] = [asked, used, hard].map((list) => shown(only(list, over)));
    throw refuse(
      `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${before}, limited: ${limited}`,
    );
  }
  return deepEqual(next, used) ? undefined : next;
}

function only(list: Resources, names: readonly string[]): Resources {
  return Object.fromEntries(Object.entries(list).filter(([name]) => names.includes(name)));
}

function nonZero(list: Resources): Resources {
  return Object.fromEntries(Object.entries(list).filter(([, value]) => compareQuantities(value, '0') !== 0));
}

function shown(list: Resources): string {
  return Object.entries(list)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

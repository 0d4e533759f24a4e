import { createHash } from 'node:crypto';
import { groupVersionOf, type KindInfo, type SubresourceInfo } from '@kubelab/api';
import type { GroupVersion } from '../crd/custom-resources.js';
import type { ApiCall, ApiReply } from './contract.js';
import { jsonForm, reply, taggedReply } from './negotiate.js';

const aggregated = ['v2', 'v2beta1'] as const;

/**
 * /api, /apis, /apis/G, /api/v1, /apis/G/V: plain, or aggregated when the client asks for it.
 * Undefined for other paths.
 */
export function discovery(call: ApiCall, path: string, all: readonly GroupVersion[]): ApiReply | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const [root, group, version, ...rest] = parts;
  if (rest.length > 0 || (root !== 'api' && root !== 'apis')) return undefined;
  if (group === undefined) return topLevel(call, root, all);
  if (root === 'api') return version === undefined ? resourceList(call, all, '', group) : undefined;
  return version === undefined ? oneGroup(call, group, all) : resourceList(call, all, group, version);
}

function topLevel(call: ApiCall, root: 'api' | 'apis', all: readonly GroupVersion[]): ApiReply {
  const wanted = aggregated.find((version) =>
    call.headers.accept?.includes(`g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`),
  );
  if (wanted !== undefined) return aggregatedList(call, root, all, wanted);
  if (root === 'api') {
    const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: call.headers.host ?? '' }];
    return reply(call, 200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs }, jsonForm);
  }
  const names = [...new Set(all.map(({ group }) => group))].filter((group) => group !== '');
  const groups = names.map((name) => groupObject(name, all));
  return reply(call, 200, { kind: 'APIGroupList', apiVersion: 'v1', groups }, jsonForm);
}

/** The preferred version is the first. */
function groupObject(group: string, all: readonly GroupVersion[]) {
  const versions = all
    .filter((one) => one.group === group)
    .map(({ version }) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions, preferredVersion: versions[0] };
}

function oneGroup(call: ApiCall, group: string, all: readonly GroupVersion[]): ApiReply | undefined {
  if (group === '' || !all.some((one) => one.group === group)) return undefined;
  return reply(call, 200, { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(group, all) }, jsonForm);
}

function resourceList(
  call: ApiCall,
  all: readonly GroupVersion[],
  group: string,
  version: string,
): ApiReply | undefined {
  const found = all.find((one) => one.group === group && one.version === version);
  if (found === undefined) return undefined;
  const groupVersion = groupVersionOf(found);
  const resources = found.kinds.flatMap((kind) => [
    plainResource(kind),
    ...kind.subresources.map((sub) => plainSubresource(kind, sub)),
  ]);
  return reply(call, 200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources }, jsonForm);
}

function plainResource(kind: KindInfo) {
  return {
    name: kind.resource,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(kind.verbs.includes('get') ? { storageVersionHash: storageVersionHash(kind) } : {}),
  };
}

/** Opaque: changes when objects of the kind are stored in another version. Made as Kubernetes makes it. */
function storageVersionHash(kind: KindInfo): string {
  const { group, version } = kind.storedAs ?? kind;
  const hash = createHash('sha256').update(`${group}/${version}/${kind.kind}`).digest();
  return hash.subarray(0, 8).toString('base64');
}

function plainSubresource(kind: KindInfo, sub: SubresourceInfo) {
  return {
    name: `${kind.resource}/${sub.name}`,
    singularName: '',
    namespaced: kind.namespaced,
    kind: sub.kind ?? kind.kind,
    verbs: sub.verbs,
    ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version }),
  };
}

function aggregatedList(
  call: ApiCall,
  root: 'api' | 'apis',
  all: readonly GroupVersion[],
  version: (typeof aggregated)[number],
): ApiReply {
  const groups = [...new Set(all.map(({ group }) => group))];
  const items = groups
    .filter((group) => (group === '') === (root === 'api'))
    .map((group) => ({
      metadata: group === '' ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
      versions: all
        .filter((one) => one.group === group)
        .map(({ version: served, kinds }) => ({
          version: served,
          freshness: 'Current',
          resources: kinds.map(aggregatedResource),
        })),
    }));
  const body = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items,
  };
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  return taggedReply(call, reply(call, 200, body, jsonForm, { 'content-type': contentType, vary: 'Accept' }));
}

function aggregatedResource(kind: KindInfo) {
  const { group, version } = kind;
  return {
    resource: kind.resource,
    responseKind: { group, version, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    ...(kind.subresources.length === 0
      ? {}
      : {
          subresources: kind.subresources.map((sub) => ({
            subresource: sub.name,
            responseKind: {
              group: sub.group ?? group,
              version: sub.version ?? version,
              kind: sub.kind ?? kind.kind,
            },
            verbs: sub.verbs,
          })),
        }),
  };
}

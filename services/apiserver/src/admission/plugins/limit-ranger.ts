import {
  addResources,
  type Container,
  compareQuantities,
  type LimitRange,
  type LimitRangeItem,
  type PersistentVolumeClaim,
  type Pod,
  type PodSpec,
  podKind,
  quantityValue,
  type Resources,
  statusErrors,
} from '@kubelab/api';
import type { AdmissionPlugin, Attributes, PluginParts } from '../contract.js';
import { limitRangeKind, persistentVolumeClaimKind } from '../kinds.js';
import { Lookup } from '../lookup.js';

const annotation = 'kubernetes.io/limit-ranger';

/** Amounts that a namespace wants of each container, pod and claim (https://kubernetes.io/docs/concepts/policy/limit-range/). */
export function limitRanger({ storage }: PluginParts): AdmissionPlugin {
  const lookup = new Lookup(storage);
  const rangesOf = ({ object }: Attributes) =>
    lookup.all<LimitRange>(limitRangeKind, object.metadata.namespace ?? '');
  return {
    name: 'LimitRanger',
    admit: async (attributes) => {
      const { kind, operation, subresource, object } = attributes;
      if (kind !== podKind || operation !== 'CREATE' || subresource !== '') return;
      for (const range of await rangesOf(attributes)) fillIn(object as Pod, range.spec?.limits ?? []);
    },
    validate: async (attributes) => {
      const { kind, operation, subresource, object } = attributes;
      const isPod = kind === podKind && (subresource === 'resize' || operation === 'CREATE');
      const isClaim = kind === persistentVolumeClaimKind && subresource === '';
      if (operation === 'DELETE' || (!isPod && !isClaim)) return;
      for (const range of await rangesOf(attributes)) {
        const limits = range.spec?.limits ?? [];
        const wrong = isPod
          ? podFindings(object as Pod, limits)
          : claimFindings(object as PersistentVolumeClaim, limits);
        if (wrong.length === 0) continue;
        const why = wrong.length === 1 ? (wrong[0] ?? '') : `[${wrong.join(', ')}]`;
        throw statusErrors.forbidden(kind, object.metadata.name, why);
      }
    },
  };
}

/** Defaults of containers that say nothing; an annotation tells what was set. */
function fillIn(pod: Pod, limits: readonly LimitRangeItem[]): void {
  const { spec, metadata } = pod;
  const ofContainers = limits.filter(({ type }) => type === 'Container');
  if (spec === undefined || ofContainers.length === 0) return;
  const requests = Object.assign({}, ...ofContainers.map((item) => item.defaultRequest ?? {}));
  const maxima = Object.assign({}, ...ofContainers.map((item) => item.default ?? {}));
  // Nothing has been validated yet.
  const { containers = [] } = spec;
  const told = [
    ...containers.flatMap((one) => filled(one, requests, maxima, 'container')),
    ...(spec.initContainers ?? []).flatMap((one) => filled(one, requests, maxima, 'init container')),
  ];
  if (told.length === 0) return;
  const text = `LimitRanger plugin set: ${told.join('; ')}`;
  metadata.annotations = { ...metadata.annotations, [annotation]: text };
}

function filled(container: Container, requests: Resources, limits: Resources, what: string): string[] {
  const resources = { ...container.resources };
  const told: string[] = [];
  for (const [list, word, defaults] of [
    ['requests', 'request', requests],
    ['limits', 'limit', limits],
  ] as const) {
    const absent = Object.keys(defaults)
      .filter((name) => resources[list]?.[name] === undefined)
      .sort();
    if (absent.length === 0) continue;
    resources[list] = { ...defaults, ...resources[list] };
    told.push(`${absent.join(', ')} ${word} for ${what} ${container.name}`);
  }
  if (told.length > 0) container.resources = resources;
  return told;
}

interface Amounts {
  readonly requests: Resources;
  readonly limits: Resources;
}

function podFindings({ spec }: Pod, items: readonly LimitRangeItem[]): string[] {
  if (spec === undefined) return [];
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  return items.flatMap((item) => {
    if (item.type === 'Pod') return findings(item, podAmounts(spec));
    if (item.type !== 'Container') return [];
    return containers.flatMap(({ resources }) =>
      findings(item, { requests: resources?.requests ?? {}, limits: resources?.limits ?? {} }),
    );
  });
}

/** What the containers together, and the init containers one by one, need. */
function podAmounts(spec: PodSpec): Amounts {
  const total = (list: 'requests' | 'limits') => {
    const sum = spec.containers.reduce<Resources>(
      (all, one) => addResources(all, one.resources?.[list] ?? {}),
      {},
    );
    const most: Record<string, string> = { ...sum };
    for (const { resources } of spec.initContainers ?? [])
      for (const [name, value] of Object.entries(resources?.[list] ?? {}))
        if (compareQuantities(value, most[name] ?? '0') > 0) most[name] = value;
    return most;
  };
  return { requests: total('requests'), limits: total('limits') };
}

function findings(item: LimitRangeItem, { requests, limits }: Amounts): string[] {
  const { type, min = {}, max = {}, maxLimitRequestRatio = {} } = item;
  return [
    ...sorted(min).flatMap(([name, least]) => {
      const rule = `minimum ${name} usage per ${type} is ${least}`;
      const [request, limit] = [requests[name], limits[name]];
      if (request === undefined) return [`${rule}.  No request is specified`];
      if (compareQuantities(request, least) < 0) return [`${rule}, but request is ${request}`];
      return limit !== undefined && compareQuantities(limit, least) < 0
        ? [`${rule}, but limit is ${limit}`]
        : [];
    }),
    ...sorted(max).flatMap(([name, most]) => {
      const rule = `maximum ${name} usage per ${type} is ${most}`;
      const [request, limit] = [requests[name], limits[name]];
      if (limit === undefined) return [`${rule}.  No limit is specified`];
      if (compareQuantities(limit, most) > 0) return [`${rule}, but limit is ${limit}`];
      return request !== undefined && compareQuantities(request, most) > 0
        ? [`${rule}, but request is ${request}`]
        : [];
    }),
    ...sorted(maxLimitRequestRatio).flatMap(([name, most]) => {
      const rule = `${name} max limit to request ratio per ${type} is ${most}`;
      const [request, limit] = [quantityValue(requests[name]), quantityValue(limits[name])];
      if (request === 0) return [`${rule}, but no request is specified or request is 0`];
      if (limit === 0) return [`${rule}, but no limit is specified or limit is 0`];
      const ratio = limit / request;
      return ratio > quantityValue(most) ? [`${rule}, but provided ratio is ${ratio.toFixed(6)}`] : [];
    }),
  ];
}

/** Claims have requests only. */
function claimFindings({ spec }: PersistentVolumeClaim, items: readonly LimitRangeItem[]): string[] {
  const requests = spec?.resources?.requests ?? {};
  return items
    .filter(({ type }) => type === 'PersistentVolumeClaim')
    .flatMap(({ type, min, max = {} }) => [
      ...findings({ type, min: min ?? {} }, { requests, limits: {} }),
      ...sorted(max).flatMap(([name, most]) => {
        const rule = `maximum ${name} usage per ${type} is ${most}`;
        const request = requests[name];
        if (request === undefined) return [`${rule}.  No request is specified`];
        return compareQuantities(request, most) > 0 ? [`${rule}, but request is ${request}`] : [];
      }),
    ]);
}

function sorted(list: Resources): [string, string][] {
  return Object.entries(list).sort(([a], [b]) => (a < b ? -1 : 1));
}

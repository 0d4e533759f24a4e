import { type DiscoveryEndpointPort, deepEqual, type Endpoint, type EndpointSlice } from '@kubelab/api';

/** Endpoints with the same ports: they share slices. */
export interface EndpointGroup {
  readonly ports: readonly DiscoveryEndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface SlicesPlan {
  readonly create: readonly EndpointGroup[];
  readonly update: readonly { readonly slice: EndpointSlice; readonly endpoints: Endpoint[] }[];
  readonly remove: readonly EndpointSlice[];
}

const portsKey = (ports: readonly DiscoveryEndpointPort[] | undefined): string =>
  (ports ?? [])
    .map((one) => `${one.name ?? ''}/${one.protocol ?? 'TCP'}/${one.port ?? ''}/${one.appProtocol ?? ''}`)
    .sort()
    .join(',');
const endpointKey = (endpoint: Endpoint): string => endpoint.targetRef?.uid ?? endpoint.addresses.join(',');

/**
 * The fewest writes that bring slices to what is wanted (KEP-752): endpoints stay in the slice that has them, new
 * ones fill slices that are written anyway, then one with room for all of them, then new slices. Pure.
 */
export function planSlices(
  existing: readonly EndpointSlice[],
  groups: readonly EndpointGroup[],
  endpointsMax: number,
): SlicesPlan {
  const create: EndpointGroup[] = [];
  const update: { slice: EndpointSlice; endpoints: Endpoint[] }[] = [];
  const remove: EndpointSlice[] = [];
  const wanted = new Map(groups.map((group) => [portsKey(group.ports), group]));
  const sorted = [...existing].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const slice of sorted) if (!wanted.has(portsKey(slice.ports))) remove.push(slice);
  for (const [key, group] of wanted) {
    const missing = new Map(group.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint]));
    const states = sorted
      .filter((slice) => portsKey(slice.ports) === key)
      .map((slice) => {
        const before = slice.endpoints ?? [];
        const endpoints = before.flatMap((endpoint) => {
          const found = missing.get(endpointKey(endpoint));
          missing.delete(endpointKey(endpoint));
          return found === undefined ? [] : [found];
        });
        return { slice, endpoints, changed: !deepEqual(before, endpoints) };
      });
    const rest = [...missing.values()];
    for (const state of states.filter(({ changed }) => changed))
      state.endpoints.push(...rest.splice(0, Math.max(0, endpointsMax - state.endpoints.length)));
    const roomy = states
      .filter(({ endpoints, changed }) => !changed && endpoints.length + rest.length <= endpointsMax)
      .sort((a, b) => b.endpoints.length - a.endpoints.length)[0];
    if (rest.length > 0 && roomy !== undefined) {
      roomy.endpoints.push(...rest.splice(0));
      roomy.changed = true;
    }
    while (rest.length > 0) create.push({ ports: group.ports, endpoints: rest.splice(0, endpointsMax) });
    const full = states.filter(({ endpoints }) => endpoints.length > 0);
    // A Service without endpoints keeps one empty slice: that it has none is told, too.
    const keeps = full.length + create.length === 0 ? states.slice(0, 1) : full;
    remove.push(...states.filter((state) => !keeps.includes(state)).map(({ slice }) => slice));
    update.push(
      ...keeps.filter(({ changed }) => changed).map(({ slice, endpoints }) => ({ slice, endpoints })),
    );
    if (keeps.length === 0 && group.endpoints.length === 0)
      create.push({ ports: group.ports, endpoints: [] });
  }
  return { create, update, remove };
}

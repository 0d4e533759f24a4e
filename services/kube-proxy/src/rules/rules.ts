import type { Endpoint, EndpointSlice, Service, ServicePort } from '@kubelab/api';

/** Where a connection may be taken to. */
export interface Backend {
  readonly host: string;
  readonly port: number;
  /** For people: the pod's name, or the address. */
  readonly name: string;
}

/** One listening address and what is behind it. Equal `key`s are the same listener over time. */
export interface DesiredListener {
  /** `host:port` */
  readonly key: string;
  readonly host: string;
  readonly port: number;
  /** `default/echo:http` */
  readonly service: string;
  readonly backends: readonly Backend[];
  /**
   * sessionAffinity ClientIP: a client's address stays with one backend so long after its last connection.
   */
  readonly affinityMs: number | undefined;
}

export interface RulesInput {
  readonly services: readonly Service[];
  readonly slices: readonly EndpointSlice[];
  readonly nodeName: string;
  /** Addresses of this node on which NodePorts listen. */
  readonly nodePortHosts: readonly string[];
}

const affinitySecondsDefault = 10_800;
export const serviceNameLabel = 'kubernetes.io/service-name';

/** Which addresses this node has to serve (the pure part of kube-proxy). TCP only: docs/divergence.md. */
export function desiredListeners(input: RulesInput): DesiredListener[] {
  const slices = new Map<string, EndpointSlice[]>();
  for (const slice of input.slices) {
    const key = `${slice.metadata.namespace}/${slice.metadata.labels?.[serviceNameLabel] ?? ''}`;
    slices.set(key, [...(slices.get(key) ?? []), slice]);
  }
  const listeners = input.services.flatMap((service) => {
    const { namespace, name } = service.metadata;
    return ofService(service, slices.get(`${namespace}/${name}`) ?? [], input);
  });
  // Two services may ask for one address only through a fault elsewhere: the first by name has it.
  const unique = new Map<string, DesiredListener>();
  for (const listener of listeners.sort((a, b) => (a.service < b.service ? -1 : 1)))
    if (!unique.has(listener.key)) unique.set(listener.key, listener);
  return [...unique.values()];
}

function ofService(service: Service, slices: readonly EndpointSlice[], input: RulesInput): DesiredListener[] {
  const { spec } = service;
  const clusterIp = spec?.clusterIP ?? '';
  if (spec === undefined || spec.type === 'ExternalName' || clusterIp === '' || clusterIp === 'None')
    return [];
  const affinityMs =
    spec.sessionAffinity === 'ClientIP'
      ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? affinitySecondsDefault) * 1000
      : undefined;
  return (spec.ports ?? []).flatMap((port) => {
    if ((port.protocol ?? 'TCP') !== 'TCP') return [];
    const title = `${service.metadata.namespace}/${service.metadata.name}`;
    const name = port.name === undefined || port.name === '' ? title : `${title}:${port.name}`;
    const make = (host: string, number: number, local: boolean): DesiredListener => ({
      key: `${host}:${number}`,
      host,
      port: number,
      service: name,
      backends: backendsOf(slices, port, local ? input.nodeName : undefined),
      affinityMs,
    });
    const onCluster = make(clusterIp, port.port, spec.internalTrafficPolicy === 'Local');
    const { nodePort } = port;
    if (nodePort === undefined || nodePort === 0) return [onCluster];
    const local = spec.externalTrafficPolicy === 'Local';
    return [onCluster, ...input.nodePortHosts.map((host) => make(host, nodePort, local))];
  });
}

/** Ready endpoints; when there is none, those that still serve while they end (KEP-1669). */
export function backendsOf(
  slices: readonly EndpointSlice[],
  port: ServicePort,
  onlyNode: string | undefined,
): Backend[] {
  const candidates = slices
    .filter((slice) => slice.addressType === 'IPv4')
    .flatMap((slice) => {
      const target = slice.ports?.find(
        (one) => (one.name ?? '') === (port.name ?? '') && (one.protocol ?? 'TCP') === 'TCP',
      )?.port;
      return target === undefined ? [] : (slice.endpoints ?? []).map((endpoint) => ({ endpoint, target }));
    })
    .filter(({ endpoint }) => onlyNode === undefined || endpoint.nodeName === onlyNode);
  const ready = candidates.filter(({ endpoint }) => endpoint.conditions?.ready !== false);
  const chosen = ready.length > 0 ? ready : candidates.filter(({ endpoint }) => isServingToTheEnd(endpoint));
  const backends = new Map<string, Backend>();
  for (const { endpoint, target } of chosen) {
    const [host] = endpoint.addresses;
    if (host !== undefined)
      backends.set(`${host}:${target}`, { host, port: target, name: endpoint.targetRef?.name ?? host });
  }
  return [...backends.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, backend]) => backend);
}

function isServingToTheEnd({ conditions }: Endpoint): boolean {
  return conditions?.serving === true && conditions.terminating === true;
}

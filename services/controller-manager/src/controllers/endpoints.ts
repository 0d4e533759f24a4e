import {
  deepEqual,
  type EndpointAddress,
  type EndpointSubset,
  type Endpoints,
  endpointsKind,
  matchesSelector,
  type Pod,
  podKind,
  type Service,
  type ServicePort,
  serviceKind,
} from '@kubelab/api';
import { type CallContext, isNotFound, keyOf, splitKey, type WorkQueue } from '@kubelab/client';
import type { Controller, ControllerContext } from '../controller.js';
import { isReady } from '../pods.js';

/** More addresses than these are not listed; EndpointSlices have them all. */
const addressesMax = 1_000;
const overCapacity = 'endpoints.kubernetes.io/over-capacity';
const headlessLabel = 'service.kubernetes.io/headless';

/** Services and pods both decide what endpoints a Service has. */
export function watchServices(context: ControllerContext, queue: WorkQueue): void {
  const services = context.informer<Service>(serviceKind);
  services.handle({
    changed: (service, _old, trace) => queue.add(keyOf(service), trace),
    deleted: (service) => queue.add(keyOf(service)),
  });
  const enqueueFor = (pod: Pod, trace: CallContext['trace']) => {
    for (const service of services.inNamespace(pod.metadata.namespace))
      if (selects(service, pod)) queue.add(keyOf(service), trace);
  };
  context.informer<Pod>(podKind).handle({
    changed: (pod, old, trace) => {
      if (old !== undefined && !mattersTo(pod, old)) return;
      enqueueFor(pod, trace);
      if (old !== undefined && !deepEqual(old.metadata.labels, pod.metadata.labels)) enqueueFor(old, trace);
    },
    deleted: enqueueFor,
  });
}

function mattersTo(pod: Pod, old: Pod): boolean {
  const view = (one: Pod) => [
    one.metadata.labels,
    one.metadata.deletionTimestamp,
    one.status?.podIP,
    isReady(one),
    one.status?.phase,
    one.spec?.nodeName,
  ];
  return !deepEqual(view(pod), view(old));
}

function selects(service: Service, pod: Pod): boolean {
  const selector = service.spec?.selector;
  return (
    selector !== undefined &&
    Object.keys(selector).length > 0 &&
    matchesSelector({ matchLabels: selector }, pod.metadata.labels)
  );
}

/** Pods with an address that are not done. */
export function backends(context: ControllerContext, service: Service): Pod[] {
  return context
    .informer<Pod>(podKind)
    .inNamespace(service.metadata.namespace)
    .filter(
      (pod) =>
        selects(service, pod) &&
        (pod.status?.podIP ?? '') !== '' &&
        pod.status?.phase !== 'Failed' &&
        pod.status?.phase !== 'Succeeded',
    )
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

/** A named target port is each pod's own. Undefined when the pod has no such port. */
function targetPort(port: ServicePort, pod: Pod): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports.find((one) => one.name === target && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))
    ?.containerPort;
}

export interface ResolvedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

/** Pods that resolve a Service's ports alike, by those ports. */
export function byPorts(service: Service, pods: readonly Pod[]): { ports: ResolvedPort[]; pods: Pod[] }[] {
  const groups = new Map<string, { ports: ResolvedPort[]; pods: Pod[] }>();
  for (const pod of pods) {
    const ports = (service.spec?.ports ?? []).flatMap((port): ResolvedPort[] => {
      const number = targetPort(port, pod);
      return number === undefined
        ? []
        : [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP' }];
    });
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, pods: [] };
    group.pods.push(pod);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** A pod of a headless Service that names itself has a name of its own in DNS. */
export function hostnameIn(service: Service, pod: Pod): { hostname?: string } {
  const { hostname = '', subdomain } = pod.spec ?? {};
  return hostname !== '' && subdomain === service.metadata.name ? { hostname } : {};
}

export function targetRef(pod: Pod) {
  const { name, namespace, uid } = pod.metadata;
  return { kind: 'Pod', name, namespace: namespace ?? '', uid: uid ?? '' };
}

export const endpointsController: Controller = {
  name: 'endpoints',
  workers: 2,
  start: (context, queue) => {
    watchServices(context, queue);
    context.informer<Endpoints>(endpointsKind).handle({ deleted: (one) => queue.add(keyOf(one)) });
    return (key, call) => reconcileEndpoints(context, key, call);
  },
};

async function reconcileEndpoints(
  context: ControllerContext,
  key: string,
  call: CallContext,
): Promise<undefined> {
  const service = context.informer<Service>(serviceKind).get(key);
  const known = context.informer<Endpoints>(endpointsKind).get(key);
  const client = context.client.for<Endpoints>(endpointsKind);
  if (service === undefined) {
    if (known !== undefined)
      await quietly(client.delete(splitKey(key), { preconditions: { uid: known.metadata.uid } }, call));
    return undefined;
  }
  if (service.spec?.selector === undefined || Object.keys(service.spec.selector).length === 0)
    return undefined;
  const { namespace, name, labels } = service.metadata;
  const all = backends(context, service);
  const count = all.length;
  const chosen = [...all].sort((a, b) => Number(isReady(b)) - Number(isReady(a))).slice(0, addressesMax);
  const subsets = byPorts(service, count > addressesMax ? chosen : all).flatMap(({ ports, pods }) =>
    subset(service, ports, pods),
  );
  const isHeadless = service.spec.clusterIP === 'None';
  const wantedLabels = { ...labels, ...(isHeadless ? { [headlessLabel]: '' } : {}) };
  const truncated = count > addressesMax;
  const { [overCapacity]: _over, ...kept } = known?.metadata.annotations ?? {};
  const annotations = { ...kept, ...(truncated ? { [overCapacity]: 'truncated' } : {}) };
  const isSame =
    known !== undefined &&
    deepEqual([known.subsets ?? [], known.metadata.labels ?? {}], [subsets, wantedLabels]) &&
    deepEqual(known.metadata.annotations ?? {}, annotations);
  if (isSame) return undefined;
  const wanted: Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...known?.metadata,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(Object.keys(wantedLabels).length === 0 ? {} : { labels: wantedLabels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    ...(subsets.length === 0 ? {} : { subsets }),
  };
  await (known === undefined ? client.create(wanted, call) : client.update(wanted, call));
  return undefined;
}

function subset(service: Service, ports: readonly ResolvedPort[], pods: readonly Pod[]): EndpointSubset[] {
  const all = service.spec?.publishNotReadyAddresses === true;
  const address = (pod: Pod): EndpointAddress => ({
    ip: pod.status?.podIP ?? '',
    ...hostnameIn(service, pod),
    ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: targetRef(pod),
  });
  const serves = (pod: Pod) => pod.metadata.deletionTimestamp === undefined && (all || isReady(pod));
  const addresses = pods.filter(serves).map(address);
  const notReadyAddresses = pods
    .filter((pod) => !serves(pod) && pod.metadata.deletionTimestamp === undefined)
    .map(address);
  if (addresses.length + notReadyAddresses.length === 0) return [];
  return [
    {
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
      ports: ports.map(({ name, port, protocol }) =>
        name === '' ? { port, protocol } : { name, port, protocol },
      ),
    },
  ];
}

async function quietly(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isNotFound(error)) throw error; // It is gone: that was the wish.
  }
}

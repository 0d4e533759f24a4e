import {
  deepEqual,
  type EndpointAddress,
  type EndpointSlice,
  type EndpointSubset,
  type Endpoints,
  endpointSliceKind,
  endpointsKind,
  generateName,
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

const sliceEndpointsMax = 100;
const serviceLabel = 'kubernetes.io/service-name';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const manager = 'endpointslice-controller.k8s.io';

/** Services and pods both decide what endpoints a Service has. */
function watchServices(context: ControllerContext, queue: WorkQueue): void {
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
function backends(context: ControllerContext, service: Service): Pod[] {
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

interface ResolvedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

/** Pods that resolve a Service's ports alike, by those ports. */
function byPorts(service: Service, pods: readonly Pod[]): { ports: ResolvedPort[]; pods: Pod[] }[] {
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

function targetRef(pod: Pod) {
  const { name, namespace, uid } = pod.metadata;
  return { kind: 'Pod', name, namespace: namespace ?? '', uid: uid ?? '' };
}

/* ---------------------------------------------------------------- endpoints */

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
  const subsets = byPorts(service, backends(context, service)).flatMap(({ ports, pods }) =>
    subset(service, ports, pods),
  );
  if (known !== undefined && deepEqual(known.subsets ?? [], subsets)) return undefined;
  const wanted: Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...known?.metadata,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
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

/* ---------------------------------------------------------------- endpoint slices */

export const endpointSliceController: Controller = {
  name: 'endpointslice',
  workers: 2,
  start: (context, queue) => {
    watchServices(context, queue);
    const owner = (slice: EndpointSlice) =>
      `${slice.metadata.namespace}/${slice.metadata.labels?.[serviceLabel]}`;
    context.informer<EndpointSlice>(endpointSliceKind).handle({
      changed: (slice, old) => old === undefined && queue.add(owner(slice)),
      deleted: (slice) => queue.add(owner(slice)),
    });
    return (key, call) => reconcileSlices(context, key, call);
  },
};

async function reconcileSlices(
  context: ControllerContext,
  key: string,
  call: CallContext,
): Promise<undefined> {
  const { namespace, name } = splitKey(key);
  const service = context.informer<Service>(serviceKind).get(key);
  const client = context.client.for<EndpointSlice>(endpointSliceKind);
  const mine = context
    .informer<EndpointSlice>(endpointSliceKind)
    .inNamespace(namespace)
    .filter(
      ({ metadata }) =>
        metadata.labels?.[serviceLabel] === name && metadata.labels[managedByLabel] === manager,
    );
  const hasSelector = Object.keys(service?.spec?.selector ?? {}).length > 0;
  const wanted = service === undefined || !hasSelector ? [] : slicesFor(service, backends(context, service));
  // Slices keep their names as long as they are needed: what watches them sees changes, not comings and
  // goings.
  const kept = [...mine].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const [index, slice] of wanted.entries()) {
    const known = kept[index];
    if (known === undefined)
      await client.create(
        { ...slice, metadata: { ...slice.metadata, name: generateName(`${name}-`, context.world.random) } },
        call,
      );
    else if (!deepEqual([known.endpoints, known.ports ?? []], [slice.endpoints, slice.ports ?? []])) {
      await client.update({ ...known, endpoints: slice.endpoints, ports: slice.ports ?? [] }, call);
    }
  }
  for (const { metadata } of kept.slice(wanted.length)) {
    await quietly(
      client.delete({ namespace, name: metadata.name }, { preconditions: { uid: metadata.uid } }, call),
    );
  }
  return undefined;
}

function slicesFor(service: Service, pods: readonly Pod[]): EndpointSlice[] {
  const { name, namespace, uid } = service.metadata;
  const all = service.spec?.publishNotReadyAddresses === true;
  const groups = byPorts(service, pods);
  const chunks = (groups.length === 0 ? [{ ports: [], pods: [] }] : groups).flatMap(
    ({ ports, pods: members }) => {
      const count = Math.max(1, Math.ceil(members.length / sliceEndpointsMax));
      return Array.from({ length: count }, (_, at) => ({
        ports,
        members: members.slice(at * sliceEndpointsMax, (at + 1) * sliceEndpointsMax),
      }));
    },
  );
  return chunks.map(({ ports, members }) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: '',
      ...(namespace === undefined ? {} : { namespace }),
      labels: { [serviceLabel]: name, [managedByLabel]: manager },
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          name,
          uid: uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    addressType: 'IPv4',
    endpoints: members.map((pod) => {
      const terminating = pod.metadata.deletionTimestamp !== undefined;
      const serving = isReady(pod) || all;
      return {
        addresses: [pod.status?.podIP ?? ''],
        conditions: { ready: serving && !terminating, serving, terminating },
        ...(pod.spec?.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
        targetRef: targetRef(pod),
      };
    }),
    ports: ports.map(({ name: portName, port, protocol }) => ({ name: portName, port, protocol })),
  }));
}

async function quietly(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isNotFound(error)) throw error; // It is gone: that was the wish.
  }
}

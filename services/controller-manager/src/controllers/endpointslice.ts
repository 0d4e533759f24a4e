import {
  deepEqual,
  type Endpoint,
  type EndpointSlice,
  type Endpoints,
  endpointSliceKind,
  endpointsKind,
  generateName,
  type KindInfo,
  type KubeObject,
  type Node,
  nodeKind,
  type Pod,
  type Service,
  serviceKind,
} from '@kubelab/api';
import { type CallContext, keyOf, splitKey } from '@kubelab/client';
import { unlessGone } from '../common/claim.js';
import type { Controller, ControllerContext } from '../controller.js';
import { controllerReference } from '../owners.js';
import { isReady } from '../pods.js';
import { backends, byPorts, hostnameIn, targetRef, watchServices } from './endpoints.js';
import { type EndpointGroup, planSlices } from './slices-plan.js';

const sliceEndpointsMax = 100;
/** Of one subset that is mirrored (Kubernetes' --mirroring-max-endpoints-per-subset). */
const mirroredMax = 1_000;
const serviceLabel = 'kubernetes.io/service-name';
const headlessLabel = 'service.kubernetes.io/headless';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
const manager = 'endpointslice-controller.k8s.io';
const mirrorManager = 'endpointslicemirroring-controller.k8s.io';
const zoneLabel = 'topology.kubernetes.io/zone';

/** Slices of Services with a selector. */
export const endpointSliceController: Controller = {
  name: 'endpointslice',
  workers: 2,
  start: (context, queue) => {
    watchServices(context, queue);
    context.informer<Node>(nodeKind);
    watchSlices(context, manager, (key) => queue.add(key));
    return async (key, call) => {
      const service = context.informer<Service>(serviceKind).get(key);
      const hasSelector = Object.keys(service?.spec?.selector ?? {}).length > 0;
      const isOurs = service !== undefined && hasSelector && service.spec?.type !== 'ExternalName';
      const groups = isOurs ? groupsOf(context, service) : [];
      const isHeadless = service?.spec?.clusterIP === 'None';
      const labels: Record<string, string> = isHeadless ? { [headlessLabel]: '' } : {};
      await writeSlices(
        context,
        { key, manager, owner: service, ownerKind: serviceKind, groups, labels },
        call,
      );
      return undefined;
    };
  },
};

/** Slices of Endpoints that people wrote: of Services without a selector. */
export const endpointSliceMirroringController: Controller = {
  name: 'endpointslicemirroring',
  workers: 1,
  start: (context, queue) => {
    const services = context.informer<Service>(serviceKind);
    const endpoints = context.informer<Endpoints>(endpointsKind);
    const add = (object: KubeObject) => queue.add(keyOf(object));
    services.handle({ changed: add, deleted: add });
    endpoints.handle({ changed: add, deleted: add });
    watchSlices(context, mirrorManager, (key) => queue.add(key));
    return async (key, call) => {
      const service = services.get(key);
      const source = endpoints.get(key);
      const isMirrored =
        service !== undefined &&
        source !== undefined &&
        Object.keys(service.spec?.selector ?? {}).length === 0 &&
        source.metadata.labels?.[skipMirrorLabel] !== 'true' &&
        source.metadata.annotations?.[leaderAnnotation] === undefined;
      const groups = isMirrored ? mirroredGroups(source) : [];
      const owner = isMirrored ? source : undefined;
      const labels = isMirrored ? (source.metadata.labels ?? {}) : {};
      await writeSlices(
        context,
        { key, manager: mirrorManager, owner, ownerKind: endpointsKind, groups, labels },
        call,
      );
      return undefined;
    };
  },
};

function watchSlices(context: ControllerContext, by: string, add: (key: string) => void): void {
  const mine = (slice: EndpointSlice) => slice.metadata.labels?.[managedByLabel] === by;
  const owner = (slice: EndpointSlice) =>
    `${slice.metadata.namespace}/${slice.metadata.labels?.[serviceLabel]}`;
  context.informer<EndpointSlice>(endpointSliceKind).handle({
    changed: (slice, old) => {
      if (mine(slice) && (old === undefined || !deepEqual(old.endpoints, slice.endpoints))) add(owner(slice));
    },
    deleted: (slice) => mine(slice) && add(owner(slice)),
  });
}

function groupsOf(context: ControllerContext, service: Service): EndpointGroup[] {
  const groups = byPorts(service, backends(context, service)).map(({ ports, pods }) => ({
    ports: ports.map(({ name, port, protocol }) => ({ name, port, protocol })),
    endpoints: pods.map((pod) => endpointOf(context, service, pod)),
  }));
  return groups.length === 0 ? [{ ports: [], endpoints: [] }] : groups;
}

/** Serving is what the pod says; ready is that, and that it stays (KEP-1672). */
function endpointOf(context: ControllerContext, service: Service, pod: Pod): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const all = service.spec?.publishNotReadyAddresses === true;
  const serving = isReady(pod);
  const { nodeName } = pod.spec ?? {};
  const zone = context.informer<Node>(nodeKind).get(nodeName ?? '')?.metadata.labels?.[zoneLabel];
  return {
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: all || (serving && !terminating), serving: all || serving, terminating },
    ...hostnameIn(service, pod),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
    targetRef: targetRef(pod),
  };
}

function mirroredGroups(source: Endpoints): EndpointGroup[] {
  return (source.subsets ?? []).map((subset) => {
    const ready = (subset.addresses ?? []).map((address) => ({ address, ready: true }));
    const unready = (subset.notReadyAddresses ?? []).map((address) => ({ address, ready: false }));
    const endpoints = [...ready, ...unready].slice(0, mirroredMax).map(
      ({ address, ready: isServing }): Endpoint => ({
        addresses: [address.ip],
        conditions: { ready: isServing },
        ...(address.hostname === undefined ? {} : { hostname: address.hostname }),
        ...(address.nodeName === undefined ? {} : { nodeName: address.nodeName }),
        ...(address.targetRef === undefined ? {} : { targetRef: address.targetRef }),
      }),
    );
    const ports = (subset.ports ?? []).map(({ name = '', port, protocol = 'TCP' }) => ({
      name,
      port,
      protocol,
    }));
    return { ports, endpoints };
  });
}

interface Wanted {
  readonly key: string;
  readonly manager: string;
  readonly owner: KubeObject | undefined;
  readonly ownerKind: KindInfo;
  readonly groups: readonly EndpointGroup[];
  readonly labels: Readonly<Record<string, string>>;
}

async function writeSlices(context: ControllerContext, wanted: Wanted, call: CallContext): Promise<void> {
  const { namespace, name } = splitKey(wanted.key);
  const client = context.client.for<EndpointSlice>(endpointSliceKind);
  const existing = context
    .informer<EndpointSlice>(endpointSliceKind)
    .inNamespace(namespace)
    .filter(
      ({ metadata }) =>
        metadata.labels?.[serviceLabel] === name &&
        metadata.labels[managedByLabel] === wanted.manager &&
        metadata.deletionTimestamp === undefined,
    );
  const { create, update, remove } = planSlices(existing, wanted.groups, sliceEndpointsMax);
  const keeps = context.options.plantedBug === 'endpointsKeepDeleted';
  for (const { slice, endpoints } of update) {
    const former = keeps ? (slice.endpoints ?? []) : [];
    const kept = former.filter(({ targetRef }) =>
      endpoints.every((one) => one.targetRef?.uid !== targetRef?.uid),
    );
    await client.update({ ...slice, endpoints: [...endpoints, ...kept] }, call);
  }
  for (const group of create) {
    if (wanted.owner === undefined) break;
    const metadata = {
      name: generateName(`${name}-`, context.world.random),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...wanted.labels, [serviceLabel]: name, [managedByLabel]: wanted.manager },
      ownerReferences: [controllerReference(wanted.ownerKind, wanted.owner)],
    };
    const isV6 = group.endpoints[0]?.addresses[0]?.includes(':') === true;
    await client.create(
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata,
        addressType: isV6 ? 'IPv6' : 'IPv4',
        endpoints: [...group.endpoints],
        ports: [...group.ports],
      },
      call,
    );
  }
  for (const { metadata } of remove)
    await unlessGone(
      client.delete({ namespace, name: metadata.name }, { preconditions: { uid: metadata.uid } }, call),
    );
}

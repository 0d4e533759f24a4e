import {
  type Endpoint,
  type EndpointSlice,
  type Endpoints,
  endpointSliceKind,
  endpointsKind,
  podKind,
  type Service,
  serviceKind,
} from '@kubelab/api';
import t from 'tap';
import { planSlices } from '../src/controllers/slices-plan.js';
import { TestCluster } from './harness.js';

const labels = { app: 'web' };
const service = (more: object = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...more },
});
const start = (t: Parameters<typeof TestCluster.start>[0]) =>
  TestCluster.start(t, {
    controllers: ['endpoints', 'endpointslice', 'endpointslicemirroring'],
    script: () => ({ readyAfterMs: 200, stopAfterMs: 5_000 }),
  });
const addPod = (cluster: TestCluster, name: string) =>
  cluster.create(podKind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'main', image: 'node:1' }] },
  });
const slices = async (cluster: TestCluster) =>
  (await cluster.list<EndpointSlice>(endpointSliceKind)).filter(
    ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web',
  );
const ends = async (cluster: TestCluster) => (await slices(cluster)).flatMap((one) => one.endpoints ?? []);

t.test('ready pods serve; one that goes still serves, and is not ready', async (t) => {
  const cluster = await start(t);
  await cluster.create(serviceKind, service());
  await addPod(cluster, 'a');
  await addPod(cluster, 'b');
  await cluster.until(
    '2 ready',
    async () => (await ends(cluster)).filter((one) => one.conditions?.ready).length === 2,
  );
  const [slice] = await slices(cluster);
  t.match(slice, {
    addressType: 'IPv4',
    metadata: {
      labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
      ownerReferences: [{ kind: 'Service' }],
    },
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  });
  const written = await cluster.get<Endpoints>(endpointsKind, 'web');
  t.equal(written.subsets?.[0]?.addresses?.length, 2);
  await cluster.delete(podKind, 'a');
  await cluster.until('terminating', async () =>
    (await ends(cluster)).some((one) => one.conditions?.terminating),
  );
  t.match((await ends(cluster)).find((one) => one.conditions?.terminating)?.conditions, {
    ready: false,
    serving: true,
  });
  await cluster.until('gone', async () => (await ends(cluster)).length === 1);
  t.equal((await slices(cluster))[0]?.metadata.name, slice?.metadata.name, 'the slice stays');
  t.same(cluster.errors, []);
});

t.test('publishNotReadyAddresses and headless', async (t) => {
  const cluster = await TestCluster.start(t, {
    controllers: ['endpoints', 'endpointslice'],
    script: () => ({ readyAfterMs: 200 }),
  });
  await cluster.create(serviceKind, service({ clusterIP: 'None', publishNotReadyAddresses: true }));
  await addPod(cluster, 'a');
  await cluster.until('there', async () => (await ends(cluster)).length === 1);
  const now = new Date(cluster.world.clock.nowMs()).toISOString().replace(/\.\d+/, '');
  await cluster.patch(
    podKind,
    'a',
    { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: now }] } },
    'status',
  );
  await cluster.advance(1_000);
  t.match((await ends(cluster))[0]?.conditions, { ready: true, serving: true, terminating: false });
  t.ok((await slices(cluster))[0]?.metadata.labels?.['service.kubernetes.io/headless'] !== undefined);
  t.ok(
    (await cluster.get<Endpoints>(endpointsKind, 'web')).metadata.labels?.[
      'service.kubernetes.io/headless'
    ] !== undefined,
  );
});

t.test('Endpoints of a Service without a selector are mirrored, and follow', async (t) => {
  const cluster = await start(t);
  const { selector: _selector, ...spec } = service().spec ?? {};
  await cluster.create(serviceKind, { ...service(), spec });
  const subsets = [
    { addresses: [{ ip: '192.0.2.1' }, { ip: '192.0.2.2' }], ports: [{ name: 'http', port: 9 }] },
  ];
  await cluster.create(endpointsKind, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'web', namespace: 'default' },
    subsets,
  });
  await cluster.until('mirrored', async () => (await ends(cluster)).length === 2);
  t.match((await slices(cluster))[0], {
    metadata: {
      labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' },
    },
    ports: [{ name: 'http', port: 9 }],
  });
  await cluster.patch(endpointsKind, 'web', {
    metadata: { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
  });
  await cluster.until('not any more', async () => (await slices(cluster)).length === 0);
  t.same(cluster.errors, []);
});

const endpoint = (name: string, ready = true): Endpoint => ({
  addresses: [`10.0.0.${name}`],
  conditions: { ready },
  targetRef: { uid: name },
});
const slice = (name: string, endpoints: Endpoint[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name },
  addressType: 'IPv4',
  endpoints,
  ports: [],
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => endpoint(String(from + at)));
t.test('the fewest slices are written', async (t) => {
  const one = slice('a', range(0, 3));
  const two = slice('b', range(3, 5));
  const plan = (wanted: Endpoint[]) => {
    const { create, update, remove } = planSlices([one, two], [{ ports: [], endpoints: wanted }], 3);
    return {
      create: create.map((group) => group.endpoints.length),
      update: update.map((each) => [each.slice.metadata.name, each.endpoints.length]),
      remove: remove.map(({ metadata }) => metadata.name),
    };
  };
  t.same(plan(range(0, 5)), { create: [], update: [], remove: [] }, 'nothing changed');
  t.same(
    plan(range(0, 6)),
    { create: [], update: [['b', 3]], remove: [] },
    'a new one fills the slice with room',
  );
  t.same(plan(range(1, 5)), { create: [], update: [['a', 2]], remove: [] }, 'one gone moves nothing else');
  t.same(
    plan(range(1, 6)),
    { create: [], update: [['a', 3]], remove: [] },
    'a new one goes where is written anyway',
  );
  t.same(
    plan(range(0, 9)),
    { create: [3, 1], update: [], remove: [] },
    'too many for the room that is left: new slices',
  );
  t.same(plan(range(0, 3)), { create: [], update: [], remove: ['b'] }, 'an empty slice goes');
  t.same(plan([]), { create: [], update: [['a', 0]], remove: ['b'] }, 'one empty slice stays');
});

import t from 'tap';
import {
  configMapKind,
  decodeObject,
  deploymentKind,
  endpointSliceKind,
  endpointsKind,
  findResourceByName,
  formatAge,
  generateName,
  kinds,
  namespaceKind,
  nodeKind,
  objectPath,
  objectType,
  podKind,
  replicaSetKind,
  roleBindingKind,
  secretKind,
  serviceKind,
  timestamp,
} from '../src/index.js';
import { accepted, podWith, refusal } from './support.js';

const refused = (body: unknown) => refusal(() => decodeObject(podKind, body));
const cannot = '400 Pod in version "v1" cannot be handled as a Pod';

t.test('a wrong type is refused with the path and the type that was wanted', async (t) => {
  const rows: [object, string][] = [
    [{ metadata: { name: 1 } }, 'number into Go struct field metadata.name of type string'],
    [{ metadata: [] }, 'array into Go struct field metadata of type ObjectMeta'],
    [{ metadata: { labels: { a: true } } }, 'bool into Go struct field metadata.labels.a of type string'],
    [
      { spec: { containers: [{ name: {} }] } },
      'object into Go struct field spec.containers[0].name of type string',
    ],
    [{ spec: { containers: {} } }, 'object into Go struct field spec.containers of type list'],
    [{ spec: { containers: [null] } }, 'null into Go struct field spec.containers[0] of type Container'],
    [{ spec: { priority: 1.5 } }, 'number into Go struct field spec.priority of type int32'],
    [{ spec: { priority: 2 ** 31 } }, 'number into Go struct field spec.priority of type int32'],
    [{ spec: { hostNetwork: 'true' } }, 'string into Go struct field spec.hostNetwork of type bool'],
    [{ spec: { nodeSelector: 'a' } }, 'string into Go struct field spec.nodeSelector of type map'],
  ];
  for (const [body, text] of rows) t.equal(refused(body), `${cannot}: json: cannot unmarshal ${text}`);
  for (const body of [null, 1, 'x', []]) t.match(refused(body), /^400 .*expected an object/);
});

t.test('what no text of its type can be is refused', async (t) => {
  t.match(
    refused(podWith({}, { resources: { limits: { cpu: '1 core' } } })),
    /^400 .*spec\.containers\[0\]\.resources\.limits\.cpu: quantities must match the regular expression/,
  );
  t.match(
    refused({ metadata: { creationTimestamp: 'noon' } }),
    /^400 .*metadata\.creationTimestamp: parsing time/,
  );
  t.match(
    refusal(() => decodeObject(secretKind, { data: { a: '%' } })),
    /^400 .*data\.a: illegal base64 data/,
  );
});

t.test('another kind or version is refused', async (t) => {
  t.equal(refused({ kind: 'Service' }), '400 Service in version "v1" cannot be handled as a Pod');
  t.equal(refused({ apiVersion: 'apps/v2' }), '400 Pod in version "v2" cannot be handled as a Pod');
});

t.test('unknown fields go, and are reported by their paths', async (t) => {
  const { object, unknownFields } = decodeObject(podKind, {
    metadata: { name: 'p', lables: {} },
    spec: { containers: [{ name: 'c', imgae: 'i' }], x: 1 },
  });
  t.same(unknownFields, ['metadata.lables', 'spec.containers[0].imgae', 'spec.x']);
  t.same(object, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c' }] },
  });
});

t.test('nulls of optional fields are as if they were absent', async (t) => {
  const { object } = decodeObject(podKind, {
    metadata: { name: null, labels: { a: null, b: 'c' } },
    spec: null,
  });
  t.same(object.metadata, { name: '', labels: { b: 'c' } });
  t.notOk('spec' in object);
});

t.test('quantities become canonical, given as text or number', async (t) => {
  const resources = { limits: { cpu: 0.5, memory: '1024Mi' }, requests: { cpu: 1 } };
  const { object } = decodeObject(podKind, podWith({}, { resources }));
  t.match(object.spec, {
    containers: [{ resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '1' } } }],
  });
});

t.test('every kind has a schema, and is found by each of its names', async (t) => {
  for (const kind of kinds) {
    t.ok(objectType(kind.schema).has('metadata'), kind.kind);
    for (const name of [kind.resource, kind.singular, kind.kind, ...kind.shortNames])
      t.equal(findResourceByName(name), kind, name);
  }
  t.equal(findResourceByName('deploy.apps'), deploymentKind);
  t.equal(findResourceByName('deploy.batch'), undefined);
  t.equal(objectPath(deploymentKind, 'a b', 'c/d'), '/apis/apps/v1/namespaces/a%20b/deployments/c%2Fd');
  t.equal(objectPath(nodeKind, 'x', 'n'), '/api/v1/nodes/n', 'a node is in no namespace');
});

t.test('a pod is filled in', async (t) => {
  const probe = { httpGet: { port: 80 } };
  const container = { ports: [{ containerPort: 80 }], readinessProbe: probe };
  t.same(accepted(podKind, podWith({ volumes: [{ name: 'v' }] }, container)), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      containers: [
        {
          name: 'c',
          image: 'i:1',
          imagePullPolicy: 'IfNotPresent',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          readinessProbe: {
            httpGet: { port: 80, path: '/', scheme: 'HTTP' },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      volumes: [{ name: 'v', emptyDir: {} }],
    },
    status: { phase: 'Pending', qosClass: 'BestEffort' },
  });
});

t.test('filling in twice is filling in once', async (t) => {
  const bodies = [
    [podKind, podWith({ hostNetwork: true }, { ports: [{ containerPort: 1 }] })],
    [deploymentKind, { metadata: { name: 'd' }, spec: { template: podWith() } }],
    [serviceKind, { metadata: { name: 's' }, spec: { type: 'LoadBalancer', ports: [{ port: 1 }] } }],
    [secretKind, { metadata: { name: 's' }, stringData: { a: 'b' } }],
    [namespaceKind, { metadata: { name: 'n' } }],
  ] as const;
  for (const [kind, body] of bodies) {
    const once = accepted(kind, body);
    t.same(accepted(kind, structuredClone(once)), once, kind.kind);
  }
});

t.test('the policy of pulling follows the tag', async (t) => {
  const rows: [string, string][] = [
    ['i', 'Always'],
    ['i:latest', 'Always'],
    ['i:1', 'IfNotPresent'],
    ['host:5000/i', 'Always'],
    ['host:5000/i:1', 'IfNotPresent'],
    ['i@sha256:0', 'IfNotPresent'],
  ];
  for (const [image, imagePullPolicy] of rows)
    t.match(accepted(podKind, podWith({}, { image })).spec, { containers: [{ imagePullPolicy }] }, image);
});

t.test('the class of service follows requests and limits', async (t) => {
  const both = { cpu: '1', memory: '1Gi' };
  const rows: [object, string][] = [
    [{}, 'BestEffort'],
    [{ limits: both }, 'Guaranteed'],
    [{ limits: both, requests: { cpu: '1000m', memory: '1024Mi' } }, 'Guaranteed'],
    [{ limits: both, requests: { cpu: '500m' } }, 'Burstable'],
    [{ requests: both }, 'Burstable'],
    [{ limits: { cpu: '1' } }, 'Burstable'],
  ];
  for (const [resources, qosClass] of rows)
    t.match(accepted(podKind, podWith({}, { resources })).status, { qosClass }, JSON.stringify(resources));
});

t.test('other kinds are filled in', async (t) => {
  const spec = (kind: Parameters<typeof accepted>[0], given: object) =>
    accepted(kind, { metadata: { name: 'x' }, spec: given }).spec;
  t.match(spec(deploymentKind, {}), {
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
  });
  t.match(spec(deploymentKind, { strategy: { type: 'Recreate' }, replicas: 0 }), {
    replicas: 0,
    strategy: { type: 'Recreate' },
  });
  t.match(spec(replicaSetKind, {}), { replicas: 1 });
  t.match(spec(serviceKind, { ports: [{ port: 80 }], type: 'NodePort' }), {
    sessionAffinity: 'None',
    ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
    externalTrafficPolicy: 'Cluster',
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
  });
  t.match(spec(namespaceKind, {}), { finalizers: ['kubernetes'] });
  t.same(accepted(namespaceKind, { metadata: { name: 'n' } }).metadata.labels, {
    'kubernetes.io/metadata.name': 'n',
  });
  t.match(accepted(secretKind, { stringData: { a: 'ü' }, data: { a: 'eA==', b: 'eA==' } }), {
    type: 'Opaque',
    data: { a: 'w7w=', b: 'eA==' },
    stringData: undefined,
  });
  t.same(accepted(nodeKind, { status: { capacity: { cpu: '2' } } }).status, {
    capacity: { cpu: '2' },
    allocatable: { cpu: '2' },
  });
  t.notOk('data' in accepted(configMapKind, {}));
});

t.test('ports of endpoints are TCP unless they say otherwise', async (t) => {
  const subsets = [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 1 }, { port: 2, protocol: 'UDP' }] }];
  t.match(accepted(endpointsKind, { subsets }).subsets, [
    { ports: [{ protocol: 'TCP' }, { protocol: 'UDP' }] },
  ]);
  t.match(accepted(endpointSliceKind, { addressType: 'IPv4', endpoints: [], ports: [{ port: 1 }] }).ports, [
    { name: '', protocol: 'TCP' },
  ]);
});

t.test('a subject has the group of its kind', async (t) => {
  const group = 'rbac.authorization.k8s.io';
  const subjects = [
    { kind: 'User', name: 'u' },
    { kind: 'ServiceAccount', name: 's' },
  ];
  const object = accepted(roleBindingKind, { roleRef: { kind: 'Role', name: 'r' }, subjects });
  t.match(object, { roleRef: { apiGroup: group }, subjects: [{ apiGroup: group }, { apiGroup: undefined }] });
});

t.test('the AGE column of tables counts as kubectl does', async (t) => {
  const second = 1000;
  const hour = 3600 * second;
  const rows: [number, string][] = [
    [Number.NaN, '<unknown>'],
    [-2 * second, '<invalid>'],
    [-500, '0s'],
    [0, '0s'],
    [119 * second, '119s'],
    [120 * second, '2m'],
    [303 * second, '5m3s'],
    [10 * 60 * second, '10m'],
    [179 * 60 * second, '179m'],
    [3 * hour, '3h'],
    [3 * hour + 60 * second, '3h1m'],
    [8 * hour + 60 * second, '8h'],
    [48 * hour, '2d'],
    [51 * hour, '2d3h'],
    [192 * hour, '8d'],
    [729 * 24 * hour, '729d'],
    [731 * 24 * hour, '2y1d'],
    [8 * 365 * 24 * hour + hour, '8y'],
  ];
  for (const [ms, text] of rows) t.equal(formatAge(ms), text, `${ms} ms`);
});

t.test('a generated name ends in five letters and is at most 63 long', async (t) => {
  const random = { int: () => 0 };
  t.equal(generateName('web-', random), 'web-bbbbb');
  t.equal(generateName('x'.repeat(80), random), `${'x'.repeat(58)}bbbbb`);
  t.equal(timestamp(Date.parse('2026-01-02T03:04:05.678Z')), '2026-01-02T03:04:05Z');
});

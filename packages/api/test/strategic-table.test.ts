import t from 'tap';
import { findResourceByName, strategicMergePatch } from '../src/index.js';
import { refusal } from './support.js';

const schemaOf = (name: string): string => {
  const kind = findResourceByName(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind.schema;
};

/** `spec.template` around a value. */
const at = (path: string, value: unknown): object => {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) return { [first]: value };
  const inner = at(rest[0] === '0' ? rest.slice(1).join('.') : rest.join('.'), value);
  return { [first]: rest[0] === '0' ? [{ name: 'c', ...inner }] : inner };
};

/** Lists that merge, by which key (the API reference names patchStrategy and patchMergeKey of each). */
const merged: readonly (readonly [kind: string, path: string, key: string])[] = [
  ['pods', 'spec.containers', 'name'],
  ['pods', 'spec.initContainers', 'name'],
  ['pods', 'spec.ephemeralContainers', 'name'],
  ['pods', 'spec.volumes', 'name'],
  ['pods', 'spec.imagePullSecrets', 'name'],
  ['pods', 'spec.hostAliases', 'ip'],
  ['pods', 'spec.topologySpreadConstraints', 'topologyKey'],
  ['pods', 'spec.resourceClaims', 'name'],
  ['pods', 'spec.containers.0.env', 'name'],
  ['pods', 'spec.containers.0.ports', 'containerPort'],
  ['pods', 'spec.containers.0.volumeMounts', 'mountPath'],
  ['pods', 'spec.containers.0.volumeDevices', 'devicePath'],
  ['pods', 'spec.initContainers.0.env', 'name'],
  ['pods', 'status.conditions', 'type'],
  ['pods', 'status.podIPs', 'ip'],
  ['pods', 'metadata.ownerReferences', 'uid'],
  ['deployments', 'spec.template.spec.containers', 'name'],
  ['deployments', 'spec.template.spec.volumes', 'name'],
  ['deployments', 'status.conditions', 'type'],
  ['daemonsets', 'spec.template.spec.containers', 'name'],
  ['statefulsets', 'spec.template.spec.containers', 'name'],
  ['replicasets', 'spec.template.spec.containers', 'name'],
  ['jobs', 'spec.template.spec.containers', 'name'],
  ['cronjobs', 'spec.jobTemplate.spec.template.spec.containers', 'name'],
  ['services', 'spec.ports', 'port'],
  ['serviceaccounts', 'secrets', 'name'],
  ['nodes', 'status.conditions', 'type'],
  ['nodes', 'status.addresses', 'type'],
  ['persistentvolumeclaims', 'status.conditions', 'type'],
  ['mutatingwebhookconfigurations', 'webhooks', 'name'],
  ['validatingwebhookconfigurations', 'webhooks', 'name'],
];

for (const [kind, path, key] of merged) {
  t.test(`${kind} ${path} merges by ${key}`, async (t) => {
    const numeric = ['containerPort', 'port'].includes(key);
    const [one, two, three] = numeric ? [1, 2, 3] : ['a', 'b', 'c'];
    const item = (value: unknown, more: object = {}) => ({ [key]: value, ...more });
    const patch = (target: object, by: object) => strategicMergePatch(schemaOf(kind), target, by);
    const target = at(path, [item(one, { x: 1, y: 1 }), item(two)]);
    t.same(
      patch(target, at(path, [item(one, { y: 2 })])),
      at(path, [item(one, { x: 1, y: 2 }), item(two)]),
      'an item is merged',
    );
    t.same(
      patch(target, at(path, [item(three)])),
      at(path, [item(three), item(one, { x: 1, y: 1 }), item(two)]),
    );
    t.same(patch(target, at(path, [item(one, { $patch: 'delete' })])), at(path, [item(two)]), 'deleted');
    t.same(
      patch(target, at(path, [{ $patch: 'replace' }, item(three)])),
      at(path, [item(three)]),
      'replaced',
    );
  });
}

/** Lists that are replaced. */
const replaced: readonly (readonly [kind: string, path: string])[] = [
  ['pods', 'spec.tolerations'],
  ['pods', 'spec.readinessGates'],
  ['pods', 'spec.containers.0.args'],
  ['pods', 'spec.containers.0.command'],
  ['pods', 'spec.containers.0.envFrom'],
  ['pods', 'spec.securityContext.supplementalGroups'],
  ['pods', 'spec.dnsConfig.nameservers'],
  ['pods', 'spec.securityContext.sysctls'],
  ['nodes', 'spec.taints'],
  ['roles', 'rules'],
  ['clusterroles', 'rules'],
  ['rolebindings', 'subjects'],
  ['ingresses', 'spec.rules'],
  ['ingresses', 'spec.tls'],
  ['networkpolicies', 'spec.ingress'],
  ['networkpolicies', 'spec.egress'],
  ['statefulsets', 'spec.volumeClaimTemplates'],
  ['endpoints', 'subsets'],
  ['endpointslices', 'endpoints'],
  ['storageclasses', 'mountOptions'],
  ['services', 'spec.externalIPs'],
  ['services', 'spec.loadBalancerSourceRanges'],
  ['hpa', 'spec.metrics'],
  ['limitranges', 'spec.limits'],
  ['persistentvolumes', 'spec.accessModes'],
  ['cronjobs', 'spec.jobTemplate.spec.template.spec.tolerations'],
];

for (const [kind, path] of replaced) {
  t.test(`${kind} ${path} is replaced`, async (t) => {
    const patch = (target: object, by: object) => strategicMergePatch(schemaOf(kind), target, by);
    const target = at(path, [{ name: 'a', x: 1 }]);
    t.same(patch(target, at(path, [{ name: 'b' }])), at(path, [{ name: 'b' }]));
    t.same(patch(target, at(path, [])), at(path, []));
  });
}

interface Row {
  readonly name: string;
  readonly kind?: string;
  readonly target: object;
  readonly patch: object;
  readonly result?: object;
  readonly refused?: RegExp;
}

const containers = (...list: object[]) => ({ spec: { containers: list } });
const volumes = (...list: object[]) => ({ spec: { volumes: list } });

/** The contributors' guide (strategic-merge-patch.md) and the documentation's "Update API Objects in Place Using kubectl patch". */
const rows: readonly Row[] = [
  {
    name: 'null of a field that is not there',
    target: { spec: {} },
    patch: { spec: { nodeName: null } },
    result: { spec: {} },
  },
  {
    name: 'null of an object',
    target: { spec: { securityContext: { runAsUser: 1 } } },
    patch: { spec: { securityContext: null } },
    result: { spec: {} },
  },
  {
    name: 'null of a list',
    target: containers({ name: 'a' }),
    patch: { spec: { containers: null } },
    result: { spec: {} },
  },
  {
    name: 'null in an item',
    target: containers({ name: 'a', image: 'i' }),
    patch: containers({ name: 'a', image: null }),
    result: containers({ name: 'a' }),
  },
  {
    name: 'null in a new item is nothing',
    target: containers({ name: 'a' }),
    patch: containers({ name: 'b', image: null }),
    result: containers({ name: 'b' }, { name: 'a' }),
  },
  {
    name: 'null in a new object is nothing',
    target: {},
    patch: { metadata: { labels: { a: null, b: '1' } } },
    result: { metadata: { labels: { b: '1' } } },
  },
  {
    name: 'an empty patch',
    target: containers({ name: 'a' }),
    patch: {},
    result: containers({ name: 'a' }),
  },
  {
    name: 'an empty list merges to what is there',
    target: containers({ name: 'a' }),
    patch: containers(),
    result: containers({ name: 'a' }),
  },
  {
    name: 'the documentation: a second container',
    kind: 'deployments',
    target: { spec: { template: { spec: { containers: [{ name: 'one', image: 'nginx' }] } } } },
    patch: { spec: { template: { spec: { containers: [{ name: 'two', image: 'redis' }] } } } },
    result: {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'two', image: 'redis' },
              { name: 'one', image: 'nginx' },
            ],
          },
        },
      },
    },
  },
  {
    name: 'the documentation: tolerations are replaced',
    kind: 'deployments',
    target: { spec: { template: { spec: { tolerations: [{ key: 'dedicated' }] } } } },
    patch: { spec: { template: { spec: { tolerations: [{ key: 'disktype' }] } } } },
    result: { spec: { template: { spec: { tolerations: [{ key: 'disktype' }] } } } },
  },
  {
    name: 'the documentation: retainKeys changes the strategy',
    kind: 'deployments',
    target: { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } } } },
    patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    result: { spec: { strategy: { type: 'Recreate' } } },
  },
  {
    name: 'retainKeys keeps what it names and the patch leaves out',
    kind: 'deployments',
    target: { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
    patch: { spec: { strategy: { $retainKeys: ['type', 'rollingUpdate'] } } },
    result: { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
  },
  {
    name: 'retainKeys changes the source of a volume',
    target: volumes({ name: 'v', emptyDir: {} }, { name: 'w', emptyDir: {} }),
    patch: volumes({ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }),
    result: volumes({ name: 'v', secret: { secretName: 's' } }, { name: 'w', emptyDir: {} }),
  },
  {
    name: 'without retainKeys both sources stay, for validation to judge',
    target: volumes({ name: 'v', emptyDir: {} }),
    patch: volumes({ name: 'v', secret: { secretName: 's' } }),
    result: volumes({ name: 'v', emptyDir: {}, secret: { secretName: 's' } }),
  },
  {
    name: 'a key that retainKeys does not name may be removed',
    kind: 'deployments',
    target: { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: {} } } },
    patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate', rollingUpdate: null } } },
    result: { spec: { strategy: { type: 'Recreate' } } },
  },
  {
    name: 'replacing a map',
    target: { metadata: { labels: { a: '1', b: '2' } } },
    patch: { metadata: { labels: { $patch: 'replace', c: '3' } } },
    result: { metadata: { labels: { c: '3' } } },
  },
  {
    name: 'deleting a map empties it',
    target: { metadata: { labels: { a: '1' } } },
    patch: { metadata: { labels: { $patch: 'delete' } } },
    result: { metadata: { labels: {} } },
  },
  {
    name: 'replacing the whole object',
    target: { metadata: { name: 'x' }, spec: { nodeName: 'n' } },
    patch: { $patch: 'replace', metadata: { name: 'y' } },
    result: { metadata: { name: 'y' } },
  },
  {
    name: 'deleting an item that is not there',
    target: containers({ name: 'a' }),
    patch: containers({ name: 'b', $patch: 'delete' }),
    result: containers({ name: 'a' }),
  },
  {
    name: 'deleting from a list that is not there',
    target: { spec: {} },
    patch: containers({ name: 'b', $patch: 'delete' }),
    result: containers(),
  },
  {
    name: 'deleting one and adding another',
    target: containers({ name: 'a' }, { name: 'b' }),
    patch: containers({ name: 'a', $patch: 'delete' }, { name: 'c' }),
    result: containers({ name: 'c' }, { name: 'b' }),
  },
  {
    name: 'deleting every item of one key, of two keys in one port number',
    kind: 'services',
    target: {
      spec: {
        ports: [{ port: 53, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }, { port: 80 }],
      },
    },
    patch: { spec: { ports: [{ port: 53, $patch: 'delete' }] } },
    result: { spec: { ports: [{ port: 80 }] } },
  },
  {
    name: 'values of a set are added once',
    target: { metadata: { finalizers: ['a'] } },
    patch: { metadata: { finalizers: ['a', 'b', 'b'] } },
    result: { metadata: { finalizers: ['a', 'b'] } },
  },
  {
    name: 'and taken away, with others added',
    target: { metadata: { finalizers: ['a', 'b'] } },
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] } },
    result: { metadata: { finalizers: ['c', 'b'] } },
  },
  {
    name: 'taking away from no list',
    target: { metadata: {} },
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
    result: { metadata: {} },
  },
  {
    name: 'kubectl apply: an order with a change of one item',
    target: containers({ name: 'a', image: '1' }, { name: 'b' }),
    patch: {
      spec: {
        '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
        containers: [{ name: 'a', image: '2' }],
      },
    },
    result: containers({ name: 'b' }, { name: 'a', image: '2' }),
  },
  {
    name: 'kubectl apply: an item of somebody else stands behind new ones',
    target: containers({ name: 'a' }, { name: 'sidecar' }),
    patch: {
      spec: {
        '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }],
        containers: [{ name: 'b' }],
      },
    },
    result: containers({ name: 'a' }, { name: 'b' }, { name: 'sidecar' }),
  },
  {
    name: 'an order of a list within an item',
    target: containers({ name: 'a', env: [{ name: 'X' }, { name: 'Y' }] }),
    patch: containers({ name: 'a', '$setElementOrder/env': [{ name: 'Y' }, { name: 'X' }] }),
    result: containers({ name: 'a', env: [{ name: 'Y' }, { name: 'X' }] }),
  },
  {
    name: 'an order of a set',
    target: { metadata: { finalizers: ['a', 'b', 'c'] } },
    patch: { metadata: { '$setElementOrder/finalizers': ['c', 'a'], finalizers: ['c'] } },
    result: { metadata: { finalizers: ['b', 'c', 'a'] } },
  },
  {
    name: 'an order of a list that is not there',
    target: { spec: {} },
    patch: { spec: { '$setElementOrder/containers': [{ name: 'a' }] } },
    result: { spec: {} },
  },
  {
    name: 'ports of one container, two protocols: the first of that number is merged',
    target: containers({ name: 'a', ports: [{ containerPort: 53, protocol: 'TCP' }] }),
    patch: containers({ name: 'a', ports: [{ containerPort: 53, name: 'dns' }] }),
    result: containers({ name: 'a', ports: [{ containerPort: 53, protocol: 'TCP', name: 'dns' }] }),
  },
  {
    name: 'fields that the schema does not know merge as plain JSON',
    target: { spec: { madeUp: { a: [1], b: 1 } } },
    patch: { spec: { madeUp: { a: [2], c: 1 } } },
    result: { spec: { madeUp: { a: [2], b: 1, c: 1 } } },
  },
  {
    name: 'resources merge as maps',
    target: containers({ name: 'a', resources: { limits: { cpu: '1', memory: '1Gi' } } }),
    patch: containers({ name: 'a', resources: { limits: { cpu: '2', memory: null } } }),
    result: containers({ name: 'a', resources: { limits: { cpu: '2' } } }),
  },
  {
    name: 'an item without its key',
    target: containers({ name: 'a' }),
    patch: containers({ image: 'i' }),
    refused: /does not contain declared merge key: name/,
  },
  {
    name: 'an item without its key, in an item',
    target: containers({ name: 'a', env: [{ name: 'X' }] }),
    patch: containers({ name: 'a', env: [{ value: '1' }] }),
    refused: /does not contain declared merge key: name/,
  },
  {
    name: 'a key that retainKeys does not name',
    kind: 'deployments',
    target: {},
    patch: { spec: { strategy: { $retainKeys: ['type'], rollingUpdate: {} } } },
    refused: /invalid patch format of retainKeys/,
  },
  {
    name: 'a directive that is none',
    target: {},
    patch: { metadata: { labels: { $patch: 'append' } } },
    refused: /unknown patch type: append/,
  },
];

for (const row of rows) {
  t.test(row.name, async (t) => {
    const before = structuredClone(row.target);
    const patch = () => strategicMergePatch(schemaOf(row.kind ?? 'pods'), row.target, row.patch);
    if (row.refused === undefined) t.strictSame(patch(), row.result);
    else t.match(refusal(patch), row.refused);
    t.strictSame(row.target, before, 'the target is as it was');
  });
}

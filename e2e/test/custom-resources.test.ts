import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { testCluster } from '../src/cluster.js';
import { findKubectls } from '../src/kubectl.js';
import { until } from '../src/run.js';

/**
 * CustomResourceDefinitions with the oldest and the newest kubectl that explains them by OpenAPI v3: the CronTab of
 * Kubernetes' documentation, and one with rules as database operators have them.
 */
const cluster = testCluster({ port: 27_643, nodes: 1 });
const folder = mkdtempSync(join(tmpdir(), 'kubelab-crd-'));

t.teardown(async () => {
  await cluster.remove();
  rmSync(folder, { recursive: true, force: true });
});

const cronTabs = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: crontabs.stable.example.com }
spec:
  group: stable.example.com
  scope: Namespaced
  names: { plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all] }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              description: What a cron tab is to do.
              properties:
                cronSpec: { type: string, pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$', description: When it runs. }
                image: { type: string }
                replicas: { type: integer, minimum: 1, maximum: 10 }
            status:
              type: object
              properties: { replicas: { type: integer }, labelSelector: { type: string } }
      subresources:
        status: {}
        scale:
          specReplicasPath: .spec.replicas
          statusReplicasPath: .status.replicas
          labelSelectorPath: .status.labelSelector
      additionalPrinterColumns:
        - { name: Spec, type: string, jsonPath: .spec.cronSpec }
        - { name: Replicas, type: integer, jsonPath: .spec.replicas }
        - { name: Age, type: date, jsonPath: .metadata.creationTimestamp }
`;

const databases = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: clusters.postgres.example.com }
spec:
  group: postgres.example.com
  scope: Namespaced
  names: { plural: clusters, singular: cluster, kind: Cluster, shortNames: [pgc] }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {} }
      selectableFields: [{ jsonPath: .spec.mode }]
      additionalPrinterColumns:
        - { name: Instances, type: integer, jsonPath: .spec.instances }
        - { name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status' }
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [storage]
              properties:
                instances: { type: integer, minimum: 1, default: 3 }
                mode: { type: string, enum: [primary, replica], default: primary }
                maintenancePort: { x-kubernetes-int-or-string: true }
                allowed: { type: array, maxItems: 16, items: { type: string } }
                storage:
                  type: object
                  required: [size]
                  properties:
                    size: { type: string }
                    class: { type: string }
                  x-kubernetes-validations:
                    - rule: isQuantity(self.size)
                      message: size is no quantity
                    - rule: '!isQuantity(self.size) || !isQuantity(oldSelf.size) || !quantity(self.size).isLessThan(quantity(oldSelf.size))'
                      messageExpression: '"storage cannot shrink from " + oldSelf.size + " to " + self.size'
                    - rule: has(self.class) == has(oldSelf.class) && (!has(self.class) || self.class == oldSelf.class)
                      message: class is immutable
                      fieldPath: .class
                      reason: FieldValueForbidden
                users:
                  type: array
                  maxItems: 32
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                  items:
                    type: object
                    required: [name]
                    properties:
                      name: { type: string, maxLength: 63 }
                      superuser: { type: boolean, default: false }
                    x-kubernetes-validations:
                      - rule: '!self.name.startsWith("pg_")'
                        message: names that begin with pg_ are reserved
              x-kubernetes-validations:
                - rule: self.mode == 'primary' || self.instances <= 5
                  message: a replica cluster has at most five instances
                - rule: '!has(self.allowed) || self.allowed.all(one, isCIDR(one))'
                  message: allowed must be networks
            status:
              type: object
              properties:
                conditions:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [type]
                  items:
                    type: object
                    required: [type, status]
                    properties: { type: { type: string }, status: { type: string } }
`;

const cronTab = (spec: string) => `
apiVersion: stable.example.com/v1
kind: CronTab
metadata: { name: tab }
spec: ${spec}
`;
const database = (name: string, spec: string) => `
apiVersion: postgres.example.com/v1
kind: Cluster
metadata: { name: ${name} }
spec: ${spec}
`;

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function kubectls(): string[] {
  const found = findKubectls().filter((path) => !/kubectl$/.test(path));
  return [...new Set([found[0], found.at(-1)])].flatMap((path) => path ?? []);
}

t.test('custom resources with kubectl', async (t) => {
  await cluster.up();
  await cluster.untilReady();
  for (const path of kubectls()) {
    const kubectl = cluster.kubectl(path);
    const name = path.split('/').at(-1) ?? path;
    const refused = async (content: string) => (await kubectl.result(['apply', '-f', '-'], content)).stderr;

    await t.test(`CronTab, ${name}`, async (t) => {
      const definition = file('crontabs.yaml', cronTabs);
      await kubectl('apply', '-f', definition);
      await kubectl(
        'wait',
        '--for=condition=established',
        '--timeout=20s',
        'crd/crontabs.stable.example.com',
      );
      t.match(await kubectl('get', 'crd'), /^NAME +CREATED AT\n[\s\S]*crontabs.stable.example.com +\d{4}-/);
      t.match(
        await kubectl('apply', '-f', file('tab.yaml', cronTab('{ cronSpec: "* * * * */5", replicas: 3 }'))),
        /tab created/,
      );
      t.match(await kubectl('get', 'ct'), /^NAME +SPEC +REPLICAS +AGE\ntab +\* \* \* \* \*\/5 +3 +\d+s/);
      t.match(await kubectl('get', 'all'), 'crontab.stable.example.com/tab');
      t.match(
        await kubectl('explain', 'crontab.spec'),
        /What a cron tab is to do[\s\S]*cronSpec\s+<string>\s+When it runs/,
      );
      t.match(
        await kubectl('api-resources', '--api-group=stable.example.com'),
        /crontabs +ct +stable.example.com\/v1 +true +CronTab/,
      );
      t.match(await kubectl('scale', '--replicas=5', 'crontabs/tab'), /scaled/);
      t.equal(
        await kubectl('get', 'ct', 'tab', '-o', 'jsonpath={.spec.replicas} {.metadata.generation}'),
        '5 2',
      );
      t.match(
        await kubectl('apply', '-f', file('tab.yaml', cronTab('{ cronSpec: "1 * * * *", image: i }'))),
        /tab configured/,
      );
      t.match(await refused(cronTab('{ cronSpec: daily }')), 'spec.cronSpec in body should match');
      t.match(await refused(cronTab('{ cronSpec: "1 * * * *", imagge: i }')), 'unknown field "spec.imagge"');
      t.match(
        await kubectl('apply', '--server-side', '--force-conflicts', '-f', join(folder, 'tab.yaml')),
        /serverside-applied/,
      );
      t.match(await kubectl('describe', 'ct', 'tab'), /Spec:\n +Cron Spec: +1 \* \* \* \*/);
      t.match(await kubectl('delete', '-f', definition), /deleted/);
      t.match(
        (await kubectl.result(['get', 'ct'])).stderr,
        /resource type "ct"|could not find the requested resource/,
      );
    });

    await t.test(`a database with rules, ${name}`, async (t) => {
      const definition = file('databases.yaml', databases);
      await kubectl('apply', '-f', definition);
      await kubectl(
        'wait',
        '--for=condition=established',
        '--timeout=20s',
        'crd/clusters.postgres.example.com',
      );
      const small = file(
        'small.yaml',
        database('small', '{ storage: { size: 1Gi, class: fast }, users: [{ name: app }] }'),
      );
      await kubectl('apply', '-f', small);
      t.same((await kubectl.json('get', 'pgc', 'small')).at('spec'), {
        instances: 3,
        mode: 'primary',
        storage: { size: '1Gi', class: 'fast' },
        users: [{ name: 'app', superuser: false }],
      });
      const cases: readonly (readonly [string, string])[] = [
        ['{ storage: { size: much } }', 'spec.storage: Invalid value: "object": size is no quantity'],
        ['{ storage: { size: 500Mi, class: fast } }', 'storage cannot shrink from 1Gi to 500Mi'],
        ['{ storage: { size: 2Gi, class: slow } }', 'spec.storage.class: Forbidden: class is immutable'],
        [
          '{ storage: { size: 1Gi, class: fast }, mode: replica, instances: 7 }',
          'a replica cluster has at most five instances',
        ],
        [
          '{ storage: { size: 1Gi, class: fast }, allowed: [10.0.0.0/8, 10.0.0.1] }',
          'allowed must be networks',
        ],
        [
          '{ storage: { size: 1Gi, class: fast }, users: [{ name: pg_x }] }',
          'spec.users[0]: Invalid value: "object": names that begin with pg_ are reserved',
        ],
        [
          '{ storage: { size: 1Gi, class: fast }, mode: other }',
          'spec.mode: Unsupported value: "other": supported values: "primary", "replica"',
        ],
        [
          '{ storage: { size: 1Gi, class: fast }, maintenancePort: true }',
          'spec.maintenancePort in body must be of type integer,string: "boolean"',
        ],
      ];
      for (const [spec, said] of cases) t.match(await refused(database('small', spec)), said);
      t.match(await kubectl('get', 'pgc', '--field-selector=spec.mode=primary', '-o', 'name'), /small/);
      const ready = '{"status":{"conditions":[{"type":"Ready","status":"True"}]}}';
      await kubectl('patch', 'pgc', 'small', '--subresource=status', '--type=merge', '-p', ready);
      t.match(await kubectl('get', 'pgc'), /^NAME +INSTANCES +READY\nsmall +3 +True/);
    });

    if (path !== kubectls().at(-1)) continue;
    await t.test(`controllers reach custom resources, ${name}`, async (t) => {
      const uid = (await kubectl.json('get', 'pgc', 'small')).at('metadata.uid');
      const owner = `[{"apiVersion":"postgres.example.com/v1","kind":"Cluster","name":"small","uid":"${String(uid)}"}]`;
      await kubectl('create', 'configmap', 'owned');
      await kubectl(
        'patch',
        'configmap',
        'owned',
        '--type=merge',
        '-p',
        `{"metadata":{"ownerReferences":${owner}}}`,
      );
      await kubectl('delete', 'pgc', 'small');
      const gone = async (...what: string[]) =>
        (await kubectl.result(['get', ...what])).stderr.includes('NotFound');
      await until('the owned object is collected', () => gone('configmap', 'owned'), { timeoutMs: 30_000 });
      await kubectl('create', 'namespace', 'full');
      const inside = file('inside.yaml', database('inside', '{ storage: { size: 1Gi } }'));
      await kubectl('apply', '-n', 'full', '-f', inside);
      await kubectl('delete', 'namespace', 'full', '--timeout=30s');
      t.ok(await gone('namespace', 'full'), 'a namespace goes with what is in it');
      await kubectl('apply', '-f', inside);
      await kubectl('delete', 'crd', 'clusters.postgres.example.com', '--timeout=20s');
      t.ok(await gone('crd', 'clusters.postgres.example.com'));
    });
  }
});

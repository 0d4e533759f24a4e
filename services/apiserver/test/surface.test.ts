import { groupVersionOf, groupVersions, kinds, reviewKinds, viewKinds } from '@kubelab/api';
import t from 'tap';
import { metricsGroupVersion } from '../src/endpoints/metrics-api.js';
import { type Answer, pick, readyServer } from './harness.js';

const merge = { 'content-type': 'application/merge-patch+json' };
const apply = { 'content-type': 'application/apply-patch+yaml' };
const jobs = '/apis/batch/v1/namespaces/default/jobs';
const once = { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } };
const autoscalers = (version: string) =>
  `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`;
const failed = (answer: Answer) => [answer.code, answer.at('message')];

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

t.test('the surface', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;

  t.test('discovery lists every kind, plain and aggregated alike, the preferred version first', async (t) => {
    const plain: string[] = [];
    const groups = list((await call('GET', '/apis')).at('groups'));
    const named = groups.map((group) => pick(group, 'name'));
    t.equal(new Set(named).size, named.length, 'a group is listed once');
    const autoscaling = groups.find((group) => pick(group, 'name') === 'autoscaling');
    t.match(autoscaling, {
      versions: [{ version: 'v2' }, { version: 'v1' }],
      preferredVersion: { groupVersion: 'autoscaling/v2' },
    });
    t.match((await call('GET', '/apis/autoscaling')).at('preferredVersion.version'), 'v2');
    for (const one of [...groupVersions(), metricsGroupVersion]) {
      const groupVersion = groupVersionOf(one);
      const path = one.group === '' ? `/api/${groupVersion}` : `/apis/${groupVersion}`;
      for (const resource of list((await call('GET', path)).at('resources')))
        plain.push(`${groupVersion} ${String(pick(resource, 'name'))} ${String(pick(resource, 'kind'))}`);
    }
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const aggregated: string[] = [];
    for (const root of ['/api', '/apis']) {
      const { json } = await call('GET', root, { headers: { accept } });
      for (const item of list(pick(json, 'items')))
        for (const version of list(pick(item, 'versions')))
          for (const resource of list(pick(version, 'resources'))) {
            const group = String(pick(item, 'metadata.name') ?? '');
            const head = groupVersionOf({ group, version: String(pick(version, 'version')) });
            const name = String(pick(resource, 'resource'));
            aggregated.push(`${head} ${name} ${String(pick(resource, 'responseKind.kind'))}`);
            for (const sub of list(pick(resource, 'subresources')))
              aggregated.push(
                `${head} ${name}/${String(pick(sub, 'subresource'))} ${String(pick(sub, 'responseKind.kind'))}`,
              );
          }
    }
    t.same(aggregated, plain);
    for (const kind of [...kinds, ...viewKinds, ...reviewKinds])
      t.ok(plain.includes(`${groupVersionOf(kind)} ${kind.resource} ${kind.kind}`), kind.kind);
  });

  t.test('OpenAPI has every group and version, kinds explained and values named', async (t) => {
    const { json } = await call('GET', '/openapi/v3');
    for (const one of groupVersions()) {
      const groupVersion = groupVersionOf(one);
      const name = one.group === '' ? `api/${groupVersion}` : `apis/${groupVersion}`;
      const paths = pick(json, 'paths');
      const url = String(Reflect.get(Object(Reflect.get(Object(paths), name)), 'serverRelativeURL'));
      const [path = '', hash = ''] = url.split('?hash=');
      const document = await call('GET', path, { query: { hash } });
      const schemas = pick(document.json, 'components.schemas');
      for (const kind of one.kinds.filter((each) => !reviewKinds.includes(each))) {
        const schema: unknown = Reflect.get(Object(schemas), kind.schema);
        t.match(pick(schema, 'description'), /\.$/, kind.kind);
      }
    }
    const storage = await call('GET', '/openapi/v3/apis/storage.k8s.io/v1');
    const schemas = pick(storage.json, 'components.schemas');
    const storageClass: unknown = Reflect.get(Object(schemas), 'io.k8s.api.storage.v1.StorageClass');
    t.same(pick(storageClass, 'properties.volumeBindingMode.enum'), ['Immediate', 'WaitForFirstConsumer']);
  });

  t.test('an autoscaler is one object in two versions', async (t) => {
    const spec = {
      scaleTargetRef: { kind: 'Deployment', name: 'd' },
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 60,
    };
    const made = await call('POST', autoscalers('v1'), { body: { metadata: { name: 'h' }, spec } });
    t.match(made.json, { apiVersion: 'autoscaling/v1', spec: { ...spec, minReplicas: 1 } });
    const v2 = await call('GET', `${autoscalers('v2')}/h`);
    t.match(v2.json, {
      apiVersion: 'autoscaling/v2',
      metadata: { uid: made.at('metadata.uid') },
      spec: { metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 60 } } }] },
    });
    t.equal(v2.at('spec.targetCPUUtilizationPercentage'), undefined);
    const behavior = { scaleDown: { stabilizationWindowSeconds: 7 } };
    await call('PATCH', `${autoscalers('v2')}/h`, { body: { spec: { behavior } }, headers: merge });
    const patched = await call('PATCH', `${autoscalers('v1')}/h`, {
      body: { spec: { maxReplicas: 4 } },
      headers: merge,
    });
    t.match(patched.json, { apiVersion: 'autoscaling/v1', spec: { ...spec, maxReplicas: 4 } });
    const after = await call('GET', `${autoscalers('v2')}/h`);
    t.match(after.at('spec'), { maxReplicas: 4, behavior }, 'what v1 cannot say is not lost by it');
    t.equal((await call('GET', autoscalers('v1'))).at('items.0.apiVersion'), 'autoscaling/v1');
    const wrong = await call('PATCH', `${autoscalers('v1')}/h`, {
      body: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' } },
      headers: apply,
      query: { fieldManager: 'm' },
    });
    t.equal(wrong.code, 400);
    t.equal((await call('DELETE', `${autoscalers('v1')}/h`)).code, 200);
    t.equal((await call('GET', `${autoscalers('v2')}/h`)).code, 404);
  });

  t.test('events are seen in both groups, and selected by the names of each', async (t) => {
    const events = '/api/v1/namespaces/default/events';
    const involvedObject = { kind: 'Pod', name: 'p', namespace: 'default' };
    await call('POST', events, {
      body: { metadata: { name: 'e' }, involvedObject, message: 'm', reason: 'R' },
    });
    const others = '/apis/events.k8s.io/v1/namespaces/default/events';
    const seen = await call('GET', others, { query: { fieldSelector: 'regarding.name=p' } });
    t.match(seen.at('items.0'), { apiVersion: 'events.k8s.io/v1', note: 'm', regarding: involvedObject });
    t.equal((await call('GET', others, { query: { fieldSelector: 'involvedObject.name=p' } })).code, 400);
    t.equal((await call('GET', events, { query: { fieldSelector: 'regarding.name=p' } })).code, 400);
  });

  t.test(
    'a job finds its pods by its uid, and its dependents are orphaned unless asked otherwise',
    async (t) => {
      const made = await call('POST', jobs, { body: { metadata: { name: 'j' }, spec: { template: once } } });
      const uid = made.at('metadata.uid');
      const own = { 'batch.kubernetes.io/controller-uid': uid };
      t.same(made.at('spec.selector'), { matchLabels: own });
      t.match(made.at('spec.template.metadata.labels'), {
        ...own,
        'batch.kubernetes.io/job-name': 'j',
        'job-name': 'j',
      });
      t.match(made.at('metadata.labels'), own, 'what has no labels has those of its pods');
      const changed = await call('PATCH', `${jobs}/j`, {
        body: { spec: { template: { spec: { schedulerName: 'x' } } } },
        headers: merge,
      });
      t.match(failed(changed), [422, /spec.template: Invalid value: .*: field is immutable/]);
      const deleted = await call('DELETE', `${jobs}/j`);
      t.same(deleted.at('metadata.finalizers'), ['orphan']);
      const manual = { template: { metadata: { labels: { a: 'b' } }, ...once }, manualSelector: true };
      const chosen = await call('POST', jobs, {
        body: { metadata: { name: 'k' }, spec: { ...manual, selector: { matchLabels: { a: 'b' } } } },
      });
      t.same(chosen.at('spec.selector'), { matchLabels: { a: 'b' } });
    },
  );

  t.test(
    'who asks for a certificate is written by the server; approval writes its conditions alone',
    async (t) => {
      const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
      const request = Buffer.from('-----BEGIN CERTIFICATE REQUEST-----\nAA==\n').toString('base64');
      const spec = {
        request,
        signerName: 'example.com/s',
        usages: ['client auth'],
        username: 'root',
        groups: ['g'],
      };
      const user = { name: 'jane', groups: ['system:masters'], extra: { a: ['b'] } };
      const made = await call('POST', path, { body: { metadata: { name: 'c' }, spec }, user });
      t.match(made.at('spec'), { username: 'jane', groups: ['system:masters'], extra: { a: ['b'] } });
      const approved = { type: 'Approved', status: 'True', reason: 'Test' };
      const body = {
        ...Object(made.json),
        spec: { ...spec, username: 'root' },
        status: { conditions: [approved, { type: 'Other', status: 'True' }], certificate: 'AAAA' },
      };
      const put = await call('PUT', `${path}/c/approval`, { body });
      t.equal(put.at('spec.username'), 'jane');
      t.same(put.at('status'), { conditions: [approved] });
      const issued = await call('PATCH', `${path}/c/status`, {
        body: { status: { certificate: 'AAAA' } },
        headers: merge,
      });
      t.match(issued.at('status'), { conditions: [approved], certificate: 'AAAA' });
      t.match(
        (await call('GET', path, { query: { fieldSelector: 'spec.signerName=example.com/s' } })).at(
          'items.0.metadata.name',
        ),
        'c',
      );
      t.same((await call('GET', path, { query: { fieldSelector: 'spec.signerName=x' } })).at('items'), []);
    },
  );

  t.test('replicas are read and written through scale, with the selector as a query', async (t) => {
    const labels = { a: 'b' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const selector = {
      matchLabels: labels,
      matchExpressions: [{ key: 'a', operator: 'In', values: ['b', 'a'] }],
    };
    const cases = [
      ['/api/v1/namespaces/default/replicationcontrollers', { template }, 'a=b'],
      ['/apis/apps/v1/namespaces/default/statefulsets', { template, selector }, 'a=b,a in (a,b)'],
    ] as const;
    for (const [path, spec, query] of cases) {
      await call('POST', path, { body: { metadata: { name: 's' }, spec } });
      const scaled = await call('PATCH', `${path}/s/scale`, {
        body: { spec: { replicas: 4 } },
        headers: merge,
      });
      t.match(scaled.json, { kind: 'Scale', spec: { replicas: 4 }, status: { selector: query } });
      t.match((await call('GET', `${path}/s`)).json, { metadata: { generation: 2 }, spec: { replicas: 4 } });
    }
  });

  t.test('versions that a definition has stored stay on record', async (t) => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const version = (name: string, storage: boolean) => ({
      name,
      storage,
      served: true,
      schema: { openAPIV3Schema: { type: 'object' } },
    });
    const names = { plural: 'things', kind: 'Thing' };
    const spec = { group: 'example.com', scope: 'Cluster', names, versions: [version('v1', true)] };
    const made = await call('POST', path, { body: { metadata: { name: 'things.example.com' }, spec } });
    t.match(made.json, {
      spec: { names: { singular: 'thing', listKind: 'ThingList' }, conversion: { strategy: 'None' } },
      status: { storedVersions: ['v1'] },
    });
    const versions = [version('v1', false), version('v2', true)];
    const next = await call('PATCH', `${path}/things.example.com`, {
      body: { spec: { versions } },
      headers: merge,
    });
    t.same(next.at('status.storedVersions'), ['v1', 'v2']);
    t.equal(next.at('metadata.generation'), 2);
  });

  t.test(
    'others are asked about by SubjectAccessReview, within a namespace by LocalSubjectAccessReview',
    async (t) => {
      const attributes = { verb: 'get', resource: 'pods', namespace: 'default' };
      const ask = async (user: string, groups: readonly string[]) =>
        (
          await call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
            body: { spec: { user, groups, resourceAttributes: attributes } },
          })
        ).at('status.allowed');
      t.same([await ask('jane', []), await ask('jane', ['system:masters'])], [false, true]);
      const local = (namespace: string) =>
        call('POST', `/apis/authorization.k8s.io/v1/namespaces/${namespace}/localsubjectaccessreviews`, {
          body: { spec: { user: 'x', resourceAttributes: attributes } },
        });
      t.equal((await local('default')).at('status.allowed'), false);
      t.equal((await local('kube-system')).code, 422);
      const nobody = await call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        body: { spec: {} },
      });
      t.match(failed(nobody), [422, /at least one of user or group must be specified/]);
    },
  );
});

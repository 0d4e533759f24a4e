import t from 'tap';
import { type Answer, eventually, readyServer } from './harness.js';

const v1 = '/api/v1/namespaces/default';
const pods = `${v1}/pods`;
const maps = `${v1}/configmaps`;
const merge = { 'content-type': 'application/merge-patch+json' };
const json = { 'content-type': 'application/json-patch+json' };
const all = { dryRun: 'All' };
const failed = (answer: Answer) => `${answer.code} ${answer.at('message')}`;
const pod = (name: string, more: object = {}, labels: object = {}) => ({
  metadata: { name, labels },
  spec: {
    containers: [{ name: 'c', image: 'i:1', resources: { requests: { cpu: '100m' } }, ...more }],
  },
});

t.test('writing', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const { call } = server;
  const make = async (path: string, body: object) => {
    const answer = await call('POST', path, { body });
    t.equal(answer.code, 201, failed(answer));
    return answer;
  };

  t.test('a trial writes nothing, whatever it tries', async (t) => {
    await make(maps, { metadata: { name: 'kept' }, data: { a: '1' } });
    await make(pods, pod('kept'));
    const before = async () => [
      (await call('GET', `${maps}/kept`)).text,
      (await call('GET', `${pods}/kept`)).text,
      (await call('GET', maps)).at('items.length'),
    ];
    const was = await before();
    const body = { metadata: { name: 'new' }, data: {} };
    t.equal((await call('POST', maps, { body, query: all })).code, 201);
    t.equal(
      (await call('PUT', `${maps}/kept`, { body: { metadata: { name: 'kept' } }, query: all })).code,
      200,
    );
    const patch = { data: { a: '2' } };
    const patched = await call('PATCH', `${maps}/kept`, { body: patch, headers: merge, query: all });
    t.match(patched.json, patch, 'it answers what would be');
    const apply = { 'content-type': 'application/apply-patch+yaml' };
    const intent = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept' }, data: { b: '1' } };
    const query = { ...all, fieldManager: 'm' };
    t.equal((await call('PATCH', `${maps}/kept`, { body: intent, headers: apply, query })).code, 200);
    t.equal((await call('DELETE', `${maps}/kept`, { query: all })).code, 200);
    t.equal(
      (await call('DELETE', `${maps}/kept`, { body: { dryRun: ['All'] } })).code,
      200,
      'as kubectl says it',
    );
    t.equal((await call('DELETE', maps, { body: { dryRun: ['All'] } })).code, 200);
    const binding = { metadata: { name: 'kept' }, target: { kind: 'Node', name: 'n' } };
    t.equal((await call('POST', `${pods}/kept/binding`, { body: binding, query: all })).code, 201);
    t.equal(
      (await call('POST', `${pods}/kept/eviction`, { body: { metadata: { name: 'kept' } }, query: all }))
        .code,
      201,
    );
    const status = { status: { phase: 'Running' } };
    t.equal(
      (await call('PATCH', `${pods}/kept/status`, { body: status, headers: merge, query: all })).code,
      200,
    );
    t.same(await before(), was);
    const service = {
      metadata: { name: 's' },
      spec: { type: 'NodePort', ports: [{ port: 1, nodePort: 30_001 }] },
    };
    t.equal((await call('POST', `${v1}/services`, { body: service, query: all })).code, 201);
    t.equal(
      (await call('POST', `${v1}/services`, { body: service })).code,
      201,
      'the port was not given away',
    );
    t.match(
      failed(await call('POST', maps, { body, query: { dryRun: 'Some' } })),
      /^422 CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: \[\]string\{"Some"\}: supported values: "All"$/,
    );
  });

  t.test('preconditions', async (t) => {
    const made = await make(maps, { metadata: { name: 'p' } });
    const uid = made.at('metadata.uid');
    const wrong = (preconditions: object) => call('DELETE', `${maps}/p`, { body: { preconditions } });
    t.equal(
      failed(await wrong({ uid: 'other' })),
      '409 Operation cannot be fulfilled on configmaps "p": the UID in the precondition (other) does not match ' +
        `the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
    t.match(
      failed(await wrong({ resourceVersion: '1' })),
      /^409 .*the ResourceVersion in the precondition \(1\) does not match .* in record \(\d+\)\. .* modified$/,
    );
    t.match(
      failed(await call('PUT', `${maps}/p`, { body: { metadata: { name: 'p', resourceVersion: '1' } } })),
      /^409 .*the object has been modified; please apply your changes to the latest version and try again$/,
    );
    t.match(
      failed(await call('PUT', `${maps}/p`, { body: { metadata: { name: 'p', uid: 'other' } } })),
      /^409 .*UID in precondition: other/,
    );
    t.equal(
      (await call('PUT', `${maps}/p`, { body: { metadata: { name: 'p' } } })).code,
      200,
      'without a version the last writer wins',
    );
  });

  t.test('finalizers hold, and propagation is told by them', async (t) => {
    await make(maps, { metadata: { name: 'f', finalizers: ['e.com/x'] } });
    const gone = await call('DELETE', `${maps}/f`, { body: { propagationPolicy: 'Foreground' } });
    t.same(gone.at('metadata.finalizers'), ['e.com/x', 'foregroundDeletion']);
    t.match(gone.at('metadata.deletionTimestamp'), /Z$/);
    t.equal(gone.at('metadata.deletionGracePeriodSeconds'), 0);
    const more = { metadata: { finalizers: ['e.com/x', 'e.com/y', 'foregroundDeletion'] } };
    t.match(
      failed(await call('PATCH', `${maps}/f`, { body: more, headers: merge })),
      /^422 .*no new finalizers can be added if the object is being deleted, found new finalizers \[\]string\{"e.com\/y"\}/,
    );
    await call('PATCH', `${maps}/f`, { body: { metadata: { finalizers: null } }, headers: merge });
    t.equal((await call('GET', `${maps}/f`)).code, 404);
    await make(maps, { metadata: { name: 'o' } });
    const orphaned = await call('DELETE', `${maps}/o`, { query: { propagationPolicy: 'Orphan' } });
    t.same(orphaned.at('metadata.finalizers'), ['orphan']);
    t.match(
      failed(await call('DELETE', `${maps}/o`, { query: { propagationPolicy: 'Maybe' } })),
      /propagationPolicy: Unsupported value: "Maybe"/,
    );
  });

  t.test('a pod goes gracefully; a collection by its labels', async (t) => {
    await make(pods, pod('bound'));
    await call('POST', `${pods}/bound/binding`, {
      body: { metadata: { name: 'bound' }, target: { name: 'n' } },
    });
    const twice = await call('POST', `${pods}/bound/binding`, {
      body: { metadata: { name: 'bound' }, target: { name: 'm' } },
    });
    t.equal(
      failed(twice),
      '409 Operation cannot be fulfilled on pods/binding "bound": pod bound is already assigned to node "n"',
    );
    const going = await call('DELETE', `${pods}/bound`);
    t.equal(going.at('metadata.deletionGracePeriodSeconds'), 30);
    const sooner = await call('DELETE', `${pods}/bound`, { query: { gracePeriodSeconds: '5' } });
    t.equal(sooner.at('metadata.deletionGracePeriodSeconds'), 5);
    const later = await call('DELETE', `${pods}/bound`, { query: { gracePeriodSeconds: '50' } });
    t.equal(later.at('metadata.deletionGracePeriodSeconds'), 5, 'never later');
    t.equal((await call('DELETE', `${pods}/bound`, { query: { gracePeriodSeconds: '0' } })).code, 200);
    t.equal((await call('GET', `${pods}/bound`)).code, 404);
    for (const color of ['red', 'blue']) await make(maps, { metadata: { name: color, labels: { color } } });
    await call('DELETE', maps, { query: { labelSelector: 'color=red' } });
    t.equal((await call('GET', `${maps}/red`)).code, 404);
    t.equal((await call('GET', `${maps}/blue`)).code, 200);
  });

  t.test('generation counts what is wanted, managedFields tell who', async (t) => {
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const template = { metadata: { labels: { a: 'b' } }, spec: pod('x').spec };
    const made = await make(path, {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    });
    t.equal(made.at('metadata.generation'), 1);
    const labelled = await call('PATCH', `${path}/d`, {
      body: { metadata: { labels: { x: 'y' } } },
      headers: merge,
    });
    t.equal(labelled.at('metadata.generation'), 1);
    const body = { status: { observedGeneration: 1 } };
    const status = await call('PATCH', `${path}/d/status`, {
      body,
      headers: merge,
      query: { fieldManager: 'controller' },
    });
    t.equal(status.at('metadata.generation'), 1);
    const scaled = await call('PATCH', `${path}/d/scale`, {
      body: { spec: { replicas: 3 } },
      headers: merge,
    });
    t.equal(scaled.at('spec.replicas'), 3);
    const now = await call('GET', `${path}/d`);
    t.equal(now.at('metadata.generation'), 2);
    const fields = now.at('metadata.managedFields');
    const writers = (Array.isArray(fields) ? fields : []).map((one) => [one.manager, one.subresource ?? '']);
    t.ok(writers.some(([manager, sub]) => manager === 'controller' && sub === 'status'));
    t.ok(writers.some(([, sub]) => sub === 'scale'));
    t.match(
      failed(
        await call('PATCH', `${path}/d`, {
          body: { spec: { selector: { matchLabels: { a: 'c' } } } },
          headers: merge,
        }),
      ),
      /^422 .*spec.selector: Invalid value: .*: field is immutable/,
    );
  });

  t.test('evictions are granted by the budget, one at a time', async (t) => {
    const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
    await make(budgets, {
      metadata: { name: 'b' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'a' } } },
    });
    const running = async (name: string) => {
      await make(pods, pod(name, {}, { app: 'a' }));
      const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
      await call('PATCH', `${pods}/${name}/status`, { body: { status }, headers: merge });
    };
    await running('one');
    await running('two');
    const evict = (name: string) =>
      call('POST', `${pods}/${name}/eviction`, { body: { metadata: { name } } });
    await eventually('the budget is heard of', async () => (await evict('one')).code === 429);
    t.match((await evict('one')).json, {
      code: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: 'The disruption budget b is still being processed by the server.',
          },
        ],
        retryAfterSeconds: 10,
      },
    });
    const counted = {
      observedGeneration: 1,
      disruptionsAllowed: 1,
      currentHealthy: 2,
      desiredHealthy: 1,
      expectedPods: 2,
    };
    await call('PATCH', `${budgets}/b/status`, { body: { status: counted }, headers: merge });
    const answers = [];
    await eventually('granted', async () => {
      const answer = await evict('one');
      answers.push(answer);
      return answer.code === 201;
    });
    t.match(failed(await evict('two')), '429 Cannot evict pod');
    t.match(
      (await evict('two')).at('details.causes.0.message'),
      'The disruption budget b needs 1 healthy pods and has 2 currently',
    );
    t.match((await call('GET', `${budgets}/b`)).at('status'), {
      disruptionsAllowed: 0,
      disruptedPods: { one: /Z$/ },
    });
  });

  t.test(
    'containers are added to a running pod, and amounts changed, by subresources of their own',
    async (t) => {
      await make(pods, pod('live'));
      const debug = {
        spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox', targetContainerName: 'c' }] },
      };
      const strategic = { 'content-type': 'application/strategic-merge-patch+json' };
      const added = await call('PATCH', `${pods}/live/ephemeralcontainers`, {
        body: debug,
        headers: strategic,
      });
      t.equal(added.code, 200, failed(added));
      t.match(added.at('spec.ephemeralContainers.0'), { name: 'debug', imagePullPolicy: 'Always' });
      const none = [{ op: 'remove', path: '/spec/ephemeralContainers' }];
      t.match(
        failed(await call('PATCH', `${pods}/live/ephemeralcontainers`, { body: none, headers: json })),
        /^422 .*spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be removed/,
      );
      t.match(
        failed(await call('PATCH', `${pods}/live`, { body: { spec: { hostname: 'x' } }, headers: merge })),
        /^422 .*pod updates may not change fields other than/,
      );
      const resize = (resources: object) =>
        call('PATCH', `${pods}/live/resize`, {
          body: { spec: { containers: [{ name: 'c', resources }] } },
          headers: strategic,
        });
      const resized = await resize({ requests: { cpu: '200m' } });
      t.equal(resized.at('spec.containers.0.resources.requests.cpu'), '200m', failed(resized));
      t.match(
        failed(
          await resize({ limits: { cpu: '200m', memory: '1Mi' }, requests: { cpu: '200m', memory: '1Mi' } }),
        ),
        /Pod QOS Class may not change as a result of resizing/,
      );
      t.match(
        failed(await resize({ requests: { 'ephemeral-storage': '1' } })),
        /only cpu and memory resources are mutable/,
      );
    },
  );
});

t.test('a generated name that is taken is drawn anew', async (t) => {
  const server = await readyServer();
  t.teardown(() => server.stop());
  const made = await Promise.all(
    Array.from({ length: 20 }, () =>
      server.call('POST', maps, { body: { metadata: { generateName: 'g-' } } }),
    ),
  );
  t.equal(new Set(made.map((one) => one.at('metadata.name'))).size, 20);
});

import { deepEqual, deploymentKind, podKind, serviceKind } from '@kubelab/api';
import fc from 'fast-check';
import t from 'tap';
import { holds, send } from './fuzz-support.js';
import { readyServer } from './harness.js';
import { object } from './random-objects.js';

const runs = 60;
const server = await readyServer();
t.teardown(() => server.stop());

const labels = { app: 'x' };
const containers = [
  { name: 'a', image: 'i:1', ports: [{ containerPort: 80, name: 'web' }], env: [{ name: 'E', value: '1' }] },
  { name: 'b', image: 'i:2', args: ['1', '2'] },
];
const targets = [
  {
    kind: deploymentKind,
    path: '/apis/apps/v1/namespaces/default/deployments',
    body: {
      metadata: { name: 'x', labels, finalizers: ['example.com/a'], annotations: { k: 'v' } },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    },
  },
  {
    kind: podKind,
    path: '/api/v1/namespaces/default/pods',
    body: {
      metadata: { name: 'x', labels },
      spec: { containers, tolerations: [{ key: 'a', operator: 'Exists' }] },
    },
  },
  {
    kind: serviceKind,
    path: '/api/v1/namespaces/default/services',
    body: {
      metadata: { name: 'x' },
      spec: {
        selector: labels,
        ports: [{ port: 80 }, { port: 81, name: 'p' }].map((port, at) => ({ name: `p${at}`, ...port })),
      },
    },
  },
];

const names = fc.constantFrom(
  'metadata',
  'spec',
  'status',
  'labels',
  'finalizers',
  'containers',
  'template',
  'replicas',
  'ports',
  'env',
  'name',
  'image',
  'type',
  'annotations',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'uid',
  '$patch',
  '$retainKeys',
  '$setElementOrder/containers',
  '$deleteFromPrimitiveList/finalizers',
  '__proto__',
  'constructor',
  '',
  'x',
);
const scalars = fc.oneof(
  fc.constantFrom(null, 0, 1, -1, 'a', '', 'x', 'delete', 'replace', 'merge', 'TCP', true, 2 ** 53, 1e300),
  fc.string({ maxLength: 8 }),
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    scalars,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const pointer = fc
  .array(fc.oneof(names, fc.constantFrom('0', '1', '-', '-1', '00', '~0', '~1', '~')), { maxLength: 6 })
  .map((parts) => parts.map((part) => `/${part.replaceAll('/', '~1')}`).join(''));
const operation = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'),
    path: pointer,
    from: pointer,
    value: anything,
  },
  { requiredKeys: ['op', 'path'] },
);
const types = {
  'application/json-patch+json': fc.oneof(fc.array(operation, { maxLength: 4 }), anything),
  'application/merge-patch+json': anything,
  'application/strategic-merge-patch+json': anything,
  'application/apply-patch+yaml': anything,
};

/** What is stored is either what it was, or what was answered. */
async function patched(
  path: string,
  type: string,
  body: unknown,
  query: Record<string, string>,
): Promise<void> {
  const before = await send(server, { method: 'GET', path });
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const headers = { 'content-type': type };
  const answer = await send(server, { method: 'PATCH', path, body: bytes, headers, query });
  const after = await send(server, { method: 'GET', path });
  const wanted = answer.code < 300 && query.dryRun === undefined ? answer : before;
  if (!deepEqual(after.json, wanted.json))
    throw new Error(`answered ${answer.code} ${answer.text}\n stored ${after.text}\n before ${before.text}`);
}

for (const { kind, path, body } of targets) {
  const own = `${path}/x`;
  const query = fc.record(
    {
      fieldManager: fc.constantFrom('m', 'n', '', 'x'.repeat(200)),
      force: fc.constantFrom('true', 'false', 'x'),
      dryRun: fc.constantFrom('All', 'Some'),
      fieldValidation: fc.constantFrom('Strict', 'Warn', 'Ignore', 'x'),
    },
    { requiredKeys: [] },
  );
  const fresh = async () => {
    const made = await server.call('GET', own);
    if (made.code === 200) return;
    const created = await server.call('POST', path, { body });
    if (created.code !== 201) throw new Error(created.text);
  };
  for (const [type, patch] of Object.entries(types)) {
    t.test(`${kind.kind}: ${type}`, async (t) => {
      const property = fc.asyncProperty(
        patch,
        query,
        fc.constantFrom('', '', '', '/status', '/scale'),
        async (given, parameters, sub) => {
          await fresh();
          if (sub === '') await patched(own, type, given, parameters);
          else
            await send(server, {
              method: 'PATCH',
              path: `${own}${sub}`,
              headers: { 'content-type': type },
              query: parameters,
              body: new TextEncoder().encode(JSON.stringify(given)),
            });
        },
      );
      await holds(t, 'a patch', property, runs);
    });
  }
  t.test(
    `${kind.kind}: parts of objects that could be, applied and merged by several managers`,
    async (t) => {
      const property = fc.asyncProperty(
        fc.gen(),
        fc.constantFrom(...Object.keys(types)),
        async (draw, type) => {
          await fresh();
          const part = object(draw, kind.schema, 0);
          const whole = {
            apiVersion: kind.group === '' ? 'v1' : `${kind.group}/${kind.version}`,
            kind: kind.kind,
            metadata: { name: 'x' },
            ...part,
          };
          const given = type.includes('json-patch')
            ? Object.entries(part).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }))
            : whole;
          const fieldManager = draw(fc.constantFrom, 'm', 'n', 'o');
          await patched(
            own,
            type,
            given,
            draw(fc.boolean) ? { fieldManager, force: 'true' } : { fieldManager },
          );
        },
      );
      await holds(t, 'a patch', property, runs);
    },
  );
}

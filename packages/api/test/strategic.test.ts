import t from 'tap';
import { deploymentKind, podKind, serviceKind, strategicMergePatch } from '../src/index.js';
import { refusal } from './support.js';

const onPod = (spec: object, patch: object) =>
  strategicMergePatch(podKind.schema, { spec }, { spec: patch }).spec;
const refused = (patch: unknown, target: object = {}) =>
  refusal(() => strategicMergePatch(podKind.schema, target, patch));
const named = (...names: string[]) => names.map((name) => ({ name }));

t.test('objects and maps merge, null removes, and the target stays as it was', async (t) => {
  const target = { metadata: { labels: { a: '1', b: '2' } }, spec: { nodeName: 'n' } };
  const before = structuredClone(target);
  const patch = { metadata: { labels: { a: null, c: '3' } }, spec: { nodeName: null } };
  t.same(strategicMergePatch(podKind.schema, target, patch), {
    metadata: { labels: { b: '2', c: '3' } },
    spec: {},
  });
  t.same(target, before);
});

t.test('a list of objects merges by its key', async (t) => {
  const spec = {
    containers: [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:1' },
    ],
  };
  t.same(onPod(spec, { containers: [{ name: 'b', image: 'b:2', tty: true }] }), {
    containers: [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:2', tty: true },
    ],
  });
});

t.test('what a patch adds to a list without saying where comes first, as in Kubernetes', async (t) => {
  const spec = { containers: named('a', 'b') };
  t.same(onPod(spec, { containers: named('x') }), { containers: named('x', 'a', 'b') });
  t.same(onPod(spec, { containers: named('b', 'x') }), { containers: named('a', 'b', 'x') });
});

t.test('keys of lists go down: ports of a container by containerPort, of a service by port', async (t) => {
  const spec = { containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'w' }] }] };
  const patch = { containers: [{ name: 'a', ports: [{ containerPort: 80, hostPort: 8080 }] }] };
  t.same(onPod(spec, patch), {
    containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'w', hostPort: 8080 }] }],
  });
  t.same(
    strategicMergePatch(
      serviceKind.schema,
      { spec: { ports: [{ port: 80, name: 'a' }] } },
      { spec: { ports: [{ port: 80, targetPort: 81 }] } },
    ),
    { spec: { ports: [{ port: 80, name: 'a', targetPort: 81 }] } },
  );
});

t.test('an atomic list is replaced', async (t) => {
  const spec = { containers: [{ name: 'a', args: ['1', '2'] }], tolerations: [{ key: 'a' }] };
  t.same(onPod(spec, { containers: [{ name: 'a', args: ['3'] }], tolerations: [{ key: 'b' }] }), {
    containers: [{ name: 'a', args: ['3'] }],
    tolerations: [{ key: 'b' }],
  });
});

t.test('a list of texts with a merge strategy is a set', async (t) => {
  const target = { metadata: { finalizers: ['a', 'b'] } };
  const finalizers = (patch: object) =>
    strategicMergePatch(podKind.schema, target, { metadata: patch }).metadata;
  t.same(finalizers({ finalizers: ['b', 'c'] }), { finalizers: ['a', 'b', 'c'] });
  t.same(finalizers({ '$deleteFromPrimitiveList/finalizers': ['a', 'z'] }), { finalizers: ['b'] });
  t.same(finalizers({ '$setElementOrder/finalizers': ['b', 'a'] }), { finalizers: ['b', 'a'] });
});

t.test('$patch: delete removes an item or empties an object', async (t) => {
  const spec = { containers: named('a', 'b'), securityContext: { runAsUser: 1 } };
  const patch = {
    containers: [
      { name: 'a', $patch: 'delete' },
      { name: 'z', $patch: 'delete' },
    ],
    securityContext: { $patch: 'delete' },
  };
  t.same(onPod(spec, patch), { containers: named('b'), securityContext: {} });
});

t.test('$patch: replace replaces an object or a whole list', async (t) => {
  const spec = { containers: named('a', 'b'), securityContext: { runAsUser: 1 } };
  const patch = {
    containers: [{ $patch: 'replace' }, { name: 'c' }, { name: 'a', $patch: 'delete' }],
    securityContext: { $patch: 'replace', runAsGroup: 2 },
  };
  t.same(onPod(spec, patch), { containers: named('c'), securityContext: { runAsGroup: 2 } });
  t.same(onPod(spec, { containers: [{ $patch: 'replace' }] }), {
    containers: [],
    securityContext: { runAsUser: 1 },
  });
});

t.test('$patch: merge is what happens anyway', async (t) => {
  t.same(
    onPod({ securityContext: { runAsUser: 1 } }, { securityContext: { $patch: 'merge', runAsGroup: 2 } }),
    {
      securityContext: { runAsUser: 1, runAsGroup: 2 },
    },
  );
});

t.test('an unknown $patch is refused, wherever it stands', async (t) => {
  t.equal(
    refused({ spec: { $patch: 'remove' } }),
    '400 error decoding patch: unknown patch type: remove in map: {"$patch":"remove"}',
  );
  t.equal(
    refused({ spec: { containers: [{ name: 'a', $patch: 'Delete' }] } }),
    '400 error decoding patch: unknown patch type: Delete in map: {"name":"a","$patch":"Delete"}',
  );
  t.match(refused({ $patch: true }), /^400 error decoding patch: unknown patch type: true /);
  t.match(refused({ metadata: { $patch: null } }), /^400 error decoding patch: unknown patch type: null /);
});

t.test(
  '$setElementOrder orders what it names; others keep their place among those before them',
  async (t) => {
    const spec = { containers: named('a', 'b', 'c') };
    const order = (...names: string[]) => ({ '$setElementOrder/containers': named(...names) });
    t.same(onPod(spec, order('c', 'b', 'a')), { containers: named('c', 'b', 'a') });
    t.same(onPod(spec, order('c', 'a')), { containers: named('b', 'c', 'a') });
    t.same(onPod(spec, { ...order('a', 'x', 'c'), containers: named('x') }), {
      containers: named('a', 'x', 'b', 'c'),
    });
    t.same(
      onPod(spec, { ...order('x', 'c'), containers: named('x') }),
      { containers: named('x', 'a', 'b', 'c') },
      'a new one comes before what it is not ordered against',
    );
    t.same(
      onPod(spec, { ...order('b', 'c'), containers: [{ name: 'a', $patch: 'delete' }] }),
      { containers: named('b', 'c') },
      'as kubectl apply sends it when a container goes',
    );
  },
);

t.test('a patch that does not fit its own $setElementOrder is refused', async (t) => {
  const target = { spec: { containers: named('a', 'b') } };
  const order = { '$setElementOrder/containers': named('a', 'b') };
  t.match(
    refused({ spec: { ...order, containers: named('x') } }, target),
    /^400 .*The order in patch list:\n.*"x".*\n doesn't match \$setElementOrder list:/,
  );
  t.match(
    refused({ spec: { ...order, containers: named('b', 'a') } }, target),
    /^400 .*The order in patch list/,
  );
});

t.test('$retainKeys drops what it does not name', async (t) => {
  const target = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
  const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
  t.same(strategicMergePatch(deploymentKind.schema, target, patch), {
    spec: { strategy: { type: 'Recreate' } },
  });
  const volumes = [{ name: 'v', emptyDir: {} }];
  const change = [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }];
  t.same(onPod({ volumes }, { volumes: change }), { volumes: [{ name: 'v', hostPath: { path: '/x' } }] });
});

t.test('directives do not stay behind in what a patch brings anew', async (t) => {
  const patch = {
    containers: [
      { name: 'a', '$setElementOrder/ports': [{ containerPort: 1 }], ports: [{ containerPort: 1 }] },
    ],
    volumes: [{ name: 'v', $retainKeys: ['name', 'emptyDir'], emptyDir: { medium: null } }],
  };
  t.same(onPod({}, patch), {
    containers: [{ name: 'a', ports: [{ containerPort: 1 }] }],
    volumes: [{ name: 'v', emptyDir: {} }],
  });
});

t.test('odd values are answered with what is wrong', async (t) => {
  for (const patch of [null, [], 'x', 1])
    t.match(refused(patch), /^400 error decoding patch: .*is an object/);
  const rows: [object, RegExp][] = [
    [{ $retainKeys: 'type' }, /invalid patch format of retainKeys/],
    [{ $retainKeys: [1] }, /invalid patch format of retainKeys/],
    [{ $retainKeys: ['a'], nodeName: 'n' }, /invalid patch format of retainKeys/],
    [{ '$setElementOrder/containers': {} }, /invalid patch format of setElementOrder list/],
    [{ '$setElementOrder/containers': null }, /invalid patch format of setElementOrder list/],
    [
      { '$setElementOrder/containers': 'a', containers: named('a') },
      /invalid patch format of setElementOrder/,
    ],
    [{ '$deleteFromPrimitiveList/x': 'a' }, /invalid patch format of primitive list/],
    [{ containers: ['a'] }, /containers is a list of objects/],
    [{ containers: [null] }, /containers is a list of objects/],
    [{ containers: [{ image: 'i' }] }, /does not contain declared merge key: name/],
    [{ containers: [{ name: null }] }, /does not contain declared merge key: name/],
    [{ containers: [{ $patch: 'delete' }] }, /does not contain declared merge key: name/],
  ];
  const target = { spec: { containers: named('a') } };
  for (const [spec, wanted] of rows) {
    const text = refused({ spec }, target);
    t.match(text, /^400 error decoding patch: /, JSON.stringify(spec));
    t.match(text, wanted);
  }
});

t.test('an object where a list was, and the reverse, takes its place for the schema to judge', async (t) => {
  t.same(onPod({ containers: named('a') }, { containers: { name: 'a' } }), { containers: { name: 'a' } });
  t.same(onPod({ securityContext: { runAsUser: 1 } }, { securityContext: [] }), { securityContext: [] });
});

t.test('a prototype is not reached', async (t) => {
  const patch: unknown = JSON.parse(
    '{"__proto__":{"polluted":true},"metadata":{"__proto__":{"polluted":true}}}',
  );
  strategicMergePatch(podKind.schema, { metadata: {} }, patch);
  t.notOk('polluted' in {});
});

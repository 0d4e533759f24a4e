import t from 'tap';
import {
  ApiError,
  applyIntent,
  configMapKind,
  decodeObject,
  deploymentKind,
  type KindInfo,
  type KubeObject,
  podKind,
  type StatusCause,
  serviceKind,
  trackUpdate,
} from '../src/index.js';
import { refusal } from './support.js';

const minuteMs = 60_000;
const noon = Date.parse('2026-01-01T12:00:00Z');

function contextOf(kind: KindInfo, manager: string, minutes = 0, subresource = '') {
  return { kind, manager, subresource, nowMs: noon + minutes * minuteMs };
}

interface ApplyOptions {
  readonly minutes?: number;
  readonly force?: boolean;
}

/** One apply of a body by a manager. */
function apply(
  kind: KindInfo,
  manager: string,
  live: KubeObject | undefined,
  body: object,
  { minutes = 0, force = false }: ApplyOptions = {},
): KubeObject {
  const { object } = decodeObject(kind, body);
  return applyIntent({ ...contextOf(kind, manager, minutes), force }, live, object);
}

/** One write that is no apply. */
function update(kind: KindInfo, manager: string, live: KubeObject | undefined, body: object, minutes = 0) {
  const { object } = decodeObject(kind, body);
  if (live !== undefined && object.metadata.managedFields === undefined)
    object.metadata.managedFields = structuredClone(live.metadata.managedFields ?? []);
  trackUpdate(contextOf(kind, manager, minutes), live, object);
  return object;
}

function fieldsOf(object: KubeObject, manager: string): unknown {
  return object.metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1;
}

function managers(object: KubeObject): string[] {
  return (object.metadata.managedFields ?? []).map((entry) => `${entry.manager} ${entry.operation}`);
}

function conflict(body: () => unknown): { message: string; causes: StatusCause[] } {
  try {
    body();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 409) throw error;
    return { message: error.message, causes: error.status.details?.causes ?? [] };
  }
  return { message: 'no conflict', causes: [] };
}

const config = (data: Record<string, string>, metadata: object = {}) => ({
  metadata: { name: 'c', ...metadata },
  data,
});
const deployment = (spec: object) => ({ metadata: { name: 'd' }, spec });
const containers = (...list: object[]) => ({ template: { spec: { containers: list } } });

t.test('an entry names the fields that were applied, in the form of FieldsV1', async (t) => {
  const body = {
    metadata: { name: 'p', labels: { app: 'x' }, finalizers: ['a/b'] },
    spec: {
      containers: [{ name: 'c', image: 'i', args: ['1'], ports: [{ containerPort: 80 }] }],
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ key: 'k', operator: 'Exists' }],
    },
  };
  const object = apply(podKind, 'm', undefined, body);
  t.same(object.metadata.managedFields, [
    {
      manager: 'm',
      operation: 'Apply',
      apiVersion: 'v1',
      time: '2026-01-01T12:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': {
          'f:labels': { 'f:app': {} },
          'f:finalizers': { 'v:"a/b"': {} },
        },
        'f:spec': {
          'f:containers': {
            'k:{"name":"c"}': {
              '.': {},
              'f:name': {},
              'f:image': {},
              'f:args': {},
              'f:ports': {
                'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
              },
            },
          },
          'f:nodeSelector': {},
          'f:tolerations': {},
        },
      },
    },
  ]);
});

t.test('what two managers apply alike is owned by both, without conflict', async (t) => {
  const first = apply(configMapKind, 'one', undefined, config({ a: '1', b: '2' }));
  const second = apply(configMapKind, 'two', first, config({ a: '1' }));
  t.same(second.data, { a: '1', b: '2' });
  t.same(fieldsOf(second, 'one'), { 'f:data': { 'f:a': {}, 'f:b': {} } });
  t.same(fieldsOf(second, 'two'), { 'f:data': { 'f:a': {} } });
  const third = apply(configMapKind, 'one', second, config({ b: '2' }));
  t.same(third.data, { a: '1', b: '2' }, 'what another still owns stays');
});

t.test('a field that its only manager leaves out is removed', async (t) => {
  const first = apply(configMapKind, 'one', undefined, config({ a: '1', b: '2' }, { labels: { x: 'y' } }));
  const second = apply(configMapKind, 'one', first, config({ a: '1' }));
  t.same(second.data, { a: '1' });
  t.notOk('x' in (second.metadata.labels ?? {}));
});

t.test("a changed field of another's is a conflict that names owner and field", async (t) => {
  const first = apply(deploymentKind, 'one', undefined, deployment({ replicas: 1 }));
  const { message, causes } = conflict(() =>
    apply(deploymentKind, 'two', first, deployment({ replicas: 2 })),
  );
  t.equal(message, 'Apply failed with 1 conflict: conflict with "one": .spec.replicas');
  t.same(causes, [
    { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.spec.replicas' },
  ]);
});

t.test('a conflict with an update says its version, and paths say keys of items', async (t) => {
  const spec = (image: string) => deployment({ replicas: image.length, ...containers({ name: 'c', image }) });
  const live = update(deploymentKind, 'kubectl', undefined, spec('i'));
  const { message, causes } = conflict(() => apply(deploymentKind, 'two', live, spec('i:2')));
  t.equal(
    message,
    'Apply failed with 2 conflicts: conflicts with "kubectl" using apps/v1:\n' +
      '- .spec.replicas\n- .spec.template.spec.containers[name="c"].image',
  );
  t.equal(causes.length, 2);
});

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
const clientSide = (data: Record<string, string>) =>
  update(
    configMapKind,
    'kubectl-client-side-apply',
    undefined,
    config(data, { annotations: { [annotation]: JSON.stringify(config(data)) } }),
  );

t.test('what the user of kubectl applied on the client side is no conflict on the server side', async (t) => {
  const applied = apply(configMapKind, 'kubectl', clientSide({ a: '1', b: '1' }), config({ a: '2', b: '1' }));
  t.same(applied.data, { a: '2', b: '1' });
  const written: unknown = JSON.parse(applied.metadata.annotations?.[annotation] ?? '');
  t.match(written, { data: { a: '2', b: '1' } }, 'and the annotation follows');
  t.throws(
    () => apply(configMapKind, 'other', clientSide({ a: '1' }), config({ a: '2' })),
    /conflict with "kubectl-client-side-apply" using v1: .data.a/,
    'for other managers it is one',
  );
});

t.test('what somebody changed since the last client-side apply is a conflict', async (t) => {
  const changed = update(
    configMapKind,
    'kubectl-edit',
    clientSide({ a: '1', b: '1' }),
    config({ a: '9', b: '1' }, { annotations: { [annotation]: JSON.stringify(config({ a: '1', b: '1' })) } }),
  );
  const { message } = conflict(() => apply(configMapKind, 'kubectl', changed, config({ a: '2', b: '2' })));
  t.equal(message, 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.a');
});

t.test('force takes ownership, and the others lose it', async (t) => {
  const first = apply(configMapKind, 'one', undefined, config({ a: '1', b: '2' }));
  const second = apply(configMapKind, 'two', first, config({ a: '9' }), { force: true });
  t.same(second.data, { a: '9', b: '2' });
  t.same(fieldsOf(second, 'one'), { 'f:data': { 'f:b': {} } });
  t.same(fieldsOf(second, 'two'), { 'f:data': { 'f:a': {} } });
});

t.test('an update takes what it changes and disowns what it removes', async (t) => {
  const first = apply(configMapKind, 'one', undefined, config({ a: '1', b: '2', c: '3' }));
  const second = update(configMapKind, 'kubectl-edit', first, config({ a: '9', b: '2' }), 1);
  t.same(fieldsOf(second, 'one'), { 'f:data': { 'f:b': {} } });
  t.same(fieldsOf(second, 'kubectl-edit'), { 'f:data': { 'f:a': {} } });
  t.same(managers(second), ['one Apply', 'kubectl-edit Update']);
});

t.test('items of a map list belong to whoever applied them', async (t) => {
  const first = apply(deploymentKind, 'one', undefined, deployment(containers({ name: 'a', image: 'a' })));
  const both = apply(deploymentKind, 'two', first, deployment(containers({ name: 'b', image: 'b' })));
  const names = (object: KubeObject) => JSON.stringify(object.spec).match(/"name":"\w"/g);
  t.same(names(both), ['"name":"a"', '"name":"b"']);
  const alone = apply(deploymentKind, 'one', both, deployment({ template: { spec: {} } }));
  t.same(names(alone), ['"name":"b"']);
});

t.test(
  'an item that another changed a field of stays, without what its first owner leaves out',
  async (t) => {
    const first = apply(
      deploymentKind,
      'one',
      undefined,
      deployment(containers({ name: 'a', image: 'a', tty: true })),
    );
    const second = apply(deploymentKind, 'two', first, deployment(containers({ name: 'a', stdin: true })));
    const third = apply(deploymentKind, 'one', second, deployment({ template: { spec: {} } }));
    t.match(third.spec, { template: { spec: { containers: [{ name: 'a', stdin: true }] } } });
    t.notMatch(JSON.stringify(third.spec), /tty|image/);
  },
);

t.test('the default of a key names the same item as the key left out', async (t) => {
  const ports = (...list: object[]) => ({ metadata: { name: 's' }, spec: { ports: list } });
  const first = apply(serviceKind, 'one', undefined, ports({ port: 80, protocol: 'TCP', targetPort: 1 }));
  const second = apply(serviceKind, 'one', first, ports({ port: 80, targetPort: 2 }));
  t.match(second.spec, { ports: [{ port: 80, targetPort: 2 }] });
  t.equal(JSON.stringify(second.spec).match(/"port":80/g)?.length, 1);
});

t.test('an atomic list has one owner and is replaced whole', async (t) => {
  const body = (args: string[]) => deployment(containers({ name: 'a', args }));
  const first = apply(deploymentKind, 'one', undefined, body(['1', '2']));
  t.match(
    conflict(() => apply(deploymentKind, 'two', first, body(['1']))).message,
    /containers\[name="a"\]\.args$/,
  );
  t.match(apply(deploymentKind, 'one', first, body(['3'])).spec, {
    template: { spec: { containers: [{ args: ['3'] }] } },
  });
});

t.test('texts of a set belong to whoever applied them', async (t) => {
  const body = (...finalizers: string[]) => config({}, { finalizers });
  const first = apply(configMapKind, 'one', undefined, body('a/a'));
  const second = apply(configMapKind, 'two', first, body('b/b'));
  t.same(second.metadata.finalizers, ['a/a', 'b/b']);
  t.same(apply(configMapKind, 'one', second, body()).metadata.finalizers, ['b/b']);
});

t.test('one key twice in an applied list is refused', async (t) => {
  const ports = (...list: object[]) => ({ metadata: { name: 's' }, spec: { ports: list } });
  const twice = ports({ port: 80, name: 'a' }, { port: 80, protocol: 'TCP', name: 'b' });
  const first = apply(serviceKind, 'one', undefined, ports({ port: 80 }));
  const text =
    '400 failed to create typed patch object: .spec.ports: duplicate entries for key [port=80,protocol="TCP"]';
  t.equal(
    refusal(() => apply(serviceKind, 'one', first, twice)),
    text,
  );
  t.equal(
    refusal(() => apply(serviceKind, 'one', undefined, twice)),
    text,
    'on creation too',
  );
  t.match(
    refusal(() => apply(configMapKind, 'one', undefined, config({}, { finalizers: ['a/a', 'a/a'] }))),
    /\.metadata\.finalizers: duplicate entries for key \[="a\/a"\]$/,
  );
});

t.test('applying the same again changes nothing, not even the time', async (t) => {
  const body = config({ a: '1' });
  const first = apply(configMapKind, 'one', undefined, body);
  t.same(apply(configMapKind, 'one', first, body, { minutes: 5 }), first);
  const changed = apply(configMapKind, 'one', first, config({ a: '2' }), { minutes: 5 });
  t.equal(changed.metadata.managedFields?.[0]?.time, '2026-01-01T12:05:00Z');
});

t.test('what nobody is named for belongs to before-first-apply', async (t) => {
  const { object: live } = decodeObject(configMapKind, config({ a: '1' }));
  t.match(
    conflict(() => apply(configMapKind, 'one', live, config({ a: '2' }))).message,
    /conflict with "before-first-apply" using v1: \.data\.a$/,
  );
  const same = apply(configMapKind, 'one', live, config({ a: '1' }));
  t.same(managers(same), ['one Apply', 'before-first-apply Update']);
});

t.test('who and what an object is, and what the server writes, is owned by nobody', async (t) => {
  const metadata = { namespace: 'n', uid: 'u', resourceVersion: '1', generation: 1 };
  t.same(fieldsOf(update(configMapKind, 'm', undefined, config({ a: '1' }, metadata)), 'm'), {
    'f:data': { '.': {}, 'f:a': {} },
  });
});

t.test('each subresource has its own entry of a manager', async (t) => {
  const first = update(deploymentKind, 'm', undefined, deployment({ replicas: 1 }));
  const next = structuredClone(first);
  next.status = { replicas: 1 };
  trackUpdate(contextOf(deploymentKind, 'm', 1, 'status'), first, next);
  t.same(
    next.metadata.managedFields?.map((entry) => [entry.subresource, entry.fieldsV1]),
    [
      [undefined, { 'f:spec': { 'f:replicas': {} } }],
      ['status', { 'f:status': { 'f:replicas': {} } }],
    ],
  );
});

t.test('entries of updates are at most ten: the oldest become ancient-changes', async (t) => {
  let live = update(configMapKind, 'm00', undefined, config({ k00: '' }));
  const data: Record<string, string> = { k00: '' };
  for (let at = 1; at < 15; at += 1) {
    const name = String(at).padStart(2, '0');
    data[`k${name}`] = '';
    live = update(configMapKind, `m${name}`, live, config({ ...data }), at);
  }
  const entries = live.metadata.managedFields ?? [];
  t.equal(entries.length, 10);
  t.equal(entries[0]?.manager, 'ancient-changes');
  t.match(entries[0]?.fieldsV1, { 'f:data': { 'f:k00': {}, 'f:k05': {} } });
  t.equal(entries.at(-1)?.manager, 'm14');
});

t.test('an empty entry, or none at all, clears who owns what', async (t) => {
  const first = apply(configMapKind, 'one', undefined, config({ a: '1' }));
  for (const managedFields of [[{}], []]) {
    const cleared = update(configMapKind, 'two', first, config({ a: '1' }, { managedFields }));
    t.same(cleared.metadata.managedFields, []);
  }
});

t.test('odd entries sent back by a client do not break the next apply', async (t) => {
  const odd = [
    { manager: 'x', operation: 'Update', fieldsV1: { 'k:{broken': {}, 'f:data': { 'f:a': {} } } },
    { manager: 'y', operation: 'Apply', fieldsV1: { 'f:data': 'text', 'v:': {} } },
  ];
  const { object: live } = decodeObject(configMapKind, config({ a: '1' }, { managedFields: odd }));
  t.match(conflict(() => apply(configMapKind, 'one', live, config({ a: '2' }))).message, /\.data\.a$/);
  t.same(apply(configMapKind, 'one', live, config({ a: '2' }), { force: true }).data, { a: '2' });
});

t.test('a client may write the entries itself, if they are whole', async (t) => {
  const live = update(configMapKind, 'kubectl-client-side-apply', undefined, config({ a: '1' }));
  const entry = { ...live.metadata.managedFields?.[0], manager: 'kubectl', operation: 'Apply' as const };
  const rewrite = (managedFields: object[]) => {
    const next = structuredClone(live);
    next.metadata.managedFields = managedFields;
    trackUpdate(contextOf(configMapKind, 'kubectl', 1), live, next);
    return managers(next);
  };
  t.same(rewrite([entry]), ['kubectl Apply']);
  t.same(
    rewrite([{ manager: 'kubectl' }]),
    ['kubectl-client-side-apply Update'],
    'half of one counts for nothing',
  );
});

import { deploymentKind, type KindInfo, podKind, serviceKind } from '../src/index.js';

/** One write. `conflicts`: it is refused, for these; nothing changes then. */
export interface Step {
  readonly by: string;
  readonly apply?: object;
  readonly update?: object;
  readonly force?: boolean;
  readonly subresource?: string;
  /** `MANAGER PATH` */
  readonly conflicts?: readonly string[];
}

/** Server-side apply (KEP-555, and the rules of structured-merge-diff): writes one after the other, and what they lead to. */
export interface Row {
  readonly name: string;
  readonly kind?: KindInfo;
  readonly steps: readonly Step[];
  /** Top-level fields, exactly. */
  readonly becomes?: object;
  /** Everything that each manager owns, exactly. */
  readonly owners?: Readonly<Record<string, string>>;
}

export const apply = (by: string, body: object, more: Partial<Step> = {}): Step => ({
  by,
  apply: body,
  ...more,
});
const force = (by: string, body: object): Step => ({ by, apply: body, force: true });
export const update = (by: string, body: object, more: Partial<Step> = {}): Step => ({
  by,
  update: body,
  ...more,
});
const data = (values: Readonly<Record<string, string>>) => ({ data: values });
const labels = (values: Readonly<Record<string, string>>) => ({ metadata: { labels: values } });
export const finalizers = (...values: readonly string[]) => ({ metadata: { finalizers: values } });
const pod = (...containers: readonly object[]) => ({ spec: { containers } });
export const named = (...names: string[]) => pod(...names.map((name) => ({ name })));
const ports = (...list: readonly object[]) => ({ spec: { ports: list } });
const deployment = (spec: object) => ({ spec });
const template = (spec: object) => ({ spec: { template: { spec } } });

const leaves: readonly Row[] = [
  {
    name: 'the first apply makes the object, and owns what it names',
    steps: [apply('a', data({ x: '1', y: '2' }))],
    becomes: data({ x: '1', y: '2' }),
    owners: { 'a Apply': '.data.x .data.y' },
  },
  {
    name: 'the first update owns what it names, and the maps that it makes',
    steps: [update('a', data({ x: '1' }))],
    owners: { 'a Update': '.data .data.x' },
  },
  {
    name: 'the same value is shared',
    steps: [apply('a', data({ x: '1' })), apply('b', data({ x: '1' }))],
    owners: { 'a Apply': '.data.x', 'b Apply': '.data.x' },
  },
  {
    name: "another value of another's field is a conflict",
    steps: [apply('a', data({ x: '1' })), apply('b', data({ x: '2' }), { conflicts: ['a .data.x'] })],
    becomes: data({ x: '1' }),
    owners: { 'a Apply': '.data.x' },
  },
  {
    name: 'forced, it takes the field',
    steps: [apply('a', data({ x: '1' })), force('b', data({ x: '2' }))],
    becomes: data({ x: '2' }),
    owners: { 'b Apply': '.data.x' },
  },
  {
    name: 'force takes only what differs',
    steps: [apply('a', data({ x: '1', y: '1' })), force('b', data({ x: '2', y: '1' }))],
    owners: { 'a Apply': '.data.y', 'b Apply': '.data.x .data.y' },
  },
  {
    name: 'one of several owners cannot change it alone',
    steps: [
      apply('a', data({ x: '1' })),
      apply('b', data({ x: '1' })),
      apply('a', data({ x: '2' }), { conflicts: ['b .data.x'] }),
    ],
    becomes: data({ x: '1' }),
  },
  {
    name: 'each other owner is a conflict of its own',
    steps: [
      apply('a', data({ x: '1' })),
      apply('b', data({ x: '1' })),
      apply('c', data({ x: '2' }), { conflicts: ['a .data.x', 'b .data.x'] }),
    ],
  },
  {
    name: 'what an update changes is no longer the applier’s',
    steps: [apply('a', data({ x: '1', y: '1' })), update('b', data({ x: '2', y: '1' }))],
    owners: { 'a Apply': '.data.y', 'b Update': '.data.x' },
  },
  {
    name: 'and the applier hears of it when it applies again',
    steps: [
      apply('a', data({ x: '1' })),
      update('b', data({ x: '2' })),
      apply('a', data({ x: '1' }), { conflicts: ['b .data.x'] }),
    ],
    becomes: data({ x: '2' }),
  },
  {
    name: 'an applier that takes over the new value shares it',
    steps: [apply('a', data({ x: '1' })), update('b', data({ x: '2' })), apply('a', data({ x: '2' }))],
    owners: { 'a Apply': '.data.x', 'b Update': '.data.x' },
  },
  {
    name: 'an update that changes nothing owns nothing',
    steps: [apply('a', data({ x: '1' })), update('b', data({ x: '1' }))],
    owners: { 'a Apply': '.data.x' },
  },
  {
    name: 'an update owns what it adds, not the map that was there',
    steps: [apply('a', data({ x: '1' })), update('b', data({ x: '1', y: '1' }))],
    owners: { 'a Apply': '.data.x', 'b Update': '.data.y' },
  },
  {
    name: 'what an update removes is nobody’s',
    steps: [apply('a', data({ x: '1', y: '1' })), update('b', data({ x: '1' }))],
    becomes: data({ x: '1' }),
    owners: { 'a Apply': '.data.x' },
  },
  {
    name: 'what an update removed comes back with the next apply, without conflict',
    steps: [
      apply('a', data({ x: '1', y: '1' })),
      update('b', data({ x: '1' })),
      apply('a', data({ x: '1', y: '1' })),
    ],
    becomes: data({ x: '1', y: '1' }),
  },
  {
    name: 'what an update set twice is still its own',
    steps: [update('a', data({ x: '1' })), update('a', data({ x: '2' }))],
    owners: { 'a Update': '.data .data.x' },
  },
  {
    name: 'the same manager is another when it updates',
    steps: [apply('a', data({ x: '1' })), update('a', data({ x: '2' }))],
    owners: { 'a Update': '.data.x' },
  },
  {
    name: 'and conflicts with itself',
    steps: [
      apply('a', data({ x: '1' })),
      update('a', data({ x: '2' })),
      apply('a', data({ x: '3' }), { conflicts: ['a .data.x'] }),
    ],
  },
  {
    name: 'what the sole owner leaves out is removed',
    steps: [apply('a', data({ x: '1', y: '1' })), apply('a', data({ x: '1' }))],
    becomes: data({ x: '1' }),
    owners: { 'a Apply': '.data.x' },
  },
  {
    name: 'what another applies too stays',
    steps: [apply('a', data({ x: '1', y: '1' })), apply('b', data({ y: '1' })), apply('a', data({ x: '1' }))],
    becomes: data({ x: '1', y: '1' }),
    owners: { 'a Apply': '.data.x', 'b Apply': '.data.y' },
  },
  {
    name: 'what an update set before stays when an applier of the same value leaves it out',
    steps: [
      update('u', data({ x: '1', y: '1' })),
      apply('a', data({ y: '1' })),
      apply('a', labels({ l: '1' })),
    ],
    becomes: { data: { x: '1', y: '1' } },
  },
  {
    name: 'what nobody applied is left alone',
    steps: [update('u', data({ x: '1' })), apply('a', data({ y: '1' })), apply('a', {})],
    becomes: data({ x: '1' }),
    owners: { 'u Update': '.data .data.x' },
  },
  {
    name: 'an applier that leaves everything out goes',
    steps: [apply('a', data({ x: '1' })), apply('b', data({ y: '1' })), apply('a', {})],
    becomes: data({ y: '1' }),
    owners: { 'b Apply': '.data.y' },
  },
  {
    name: 'a map that held nothing else goes with its last key',
    steps: [apply('a', { ...data({ x: '1' }), ...labels({ l: '1' }) }), apply('a', labels({ l: '1' }))],
    becomes: { data: undefined },
  },
  {
    name: 'a map within metadata too',
    steps: [apply('a', { ...data({ x: '1' }), ...labels({ l: '1' }) }), apply('a', data({ x: '1' }))],
    becomes: { metadata: { name: 'x', labels: undefined } },
  },
  {
    name: 'handing a field over: it is applied by both, then left out by one',
    steps: [
      apply('a', data({ x: '1', y: '1' })),
      apply('b', data({ y: '1' })),
      apply('a', data({ x: '1' })),
      apply('b', data({ y: '2' })),
    ],
    becomes: data({ x: '1', y: '2' }),
    owners: { 'a Apply': '.data.x', 'b Apply': '.data.y' },
  },
  {
    name: 'giving up a scalar to a controller: leaving it out of what an update changed keeps its value',
    kind: deploymentKind,
    steps: [
      apply('a', deployment({ replicas: 1, paused: true })),
      update('hpa', deployment({ replicas: 5, paused: true })),
      apply('a', deployment({ paused: true })),
    ],
    becomes: { spec: { paused: true, replicas: 5 } },
    owners: { 'a Apply': '.spec.paused', 'hpa Update': '.spec.replicas' },
  },
  {
    name: 'a false and a zero are values',
    kind: deploymentKind,
    steps: [
      apply('a', deployment({ replicas: 0, paused: false })),
      apply('b', deployment({ replicas: 1 }), { conflicts: ['a .spec.replicas'] }),
    ],
    becomes: { spec: { replicas: 0, paused: false } },
  },
  {
    name: 'conflicts of several fields are told together',
    kind: deploymentKind,
    steps: [
      apply('a', deployment({ replicas: 1, minReadySeconds: 1 })),
      apply('b', deployment({ replicas: 2, minReadySeconds: 2 }), {
        conflicts: ['a .spec.minReadySeconds', 'a .spec.replicas'],
      }),
    ],
  },
  {
    name: 'an object that its only field left goes',
    kind: podKind,
    steps: [apply('a', pod({ name: 'c', securityContext: { runAsUser: 1 } })), apply('a', named('c'))],
    becomes: named('c'),
    owners: { 'a Apply': '.spec.containers[name="c"] .spec.containers[name="c"].name' },
  },
  {
    name: 'an object that another has a field of stays',
    kind: podKind,
    steps: [
      apply('a', pod({ name: 'c', securityContext: { runAsUser: 1 } })),
      apply('b', pod({ name: 'c', securityContext: { runAsGroup: 2 } })),
      apply('a', named('c')),
    ],
    becomes: pod({ name: 'c', securityContext: { runAsGroup: 2 } }),
  },
  {
    name: 'an object that is wanted empty stays empty',
    kind: podKind,
    steps: [
      apply('a', { spec: { volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] } }),
      apply('a', { spec: { volumes: [{ name: 'v', emptyDir: {} }] } }),
    ],
    becomes: { spec: { volumes: [{ name: 'v', emptyDir: {} }] } },
  },
  {
    name: 'labels of one manager do not hinder labels of another',
    steps: [apply('a', labels({ a: '1' })), apply('b', labels({ b: '1' }))],
    becomes: { metadata: { name: 'x', labels: { a: '1', b: '1' } } },
    owners: { 'a Apply': '.metadata.labels.a', 'b Apply': '.metadata.labels.b' },
  },
  {
    name: 'an atomic map is one field',
    kind: podKind,
    steps: [
      apply('a', { spec: { nodeSelector: { disk: 'ssd' } } }),
      apply('b', { spec: { nodeSelector: { zone: 'z' } } }, { conflicts: ['a .spec.nodeSelector'] }),
      force('b', { spec: { nodeSelector: { zone: 'z' } } }),
    ],
    becomes: { spec: { nodeSelector: { zone: 'z' } } },
    owners: { 'b Apply': '.spec.nodeSelector' },
  },
  {
    name: 'an atomic object is one field',
    kind: podKind,
    steps: [
      apply(
        'a',
        pod({ name: 'c', env: [{ name: 'E', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
      ),
      apply(
        'b',
        pod({ name: 'c', env: [{ name: 'E', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } }] }),
        { conflicts: ['a .spec.containers[name="c"].env[name="E"].valueFrom.fieldRef'] },
      ),
    ],
  },
  {
    name: 'a whole selector is one field',
    kind: deploymentKind,
    steps: [
      apply('a', deployment({ selector: { matchLabels: { a: '1' } } })),
      apply('b', deployment({ selector: { matchLabels: { b: '1' } } }), { conflicts: ['a .spec.selector'] }),
    ],
  },
  {
    name: 'status belongs to its own entry',
    kind: deploymentKind,
    steps: [
      update('a', deployment({ replicas: 1 })),
      update('a', { spec: { replicas: 1 }, status: { replicas: 1 } }, { subresource: 'status' }),
    ],
    owners: { 'a Update': '.spec.replicas', 'a Update status': '.status.replicas' },
  },
  {
    name: 'a conflict names the subresource',
    kind: deploymentKind,
    steps: [
      update('c', { spec: { replicas: 1 }, status: { replicas: 1 } }, { subresource: 'status' }),
      apply('a', { status: { replicas: 2 } }, { conflicts: ['c .status.replicas'] }),
    ],
  },
];

const a = '.spec.containers[name="a"]';
const b = '.spec.containers[name="b"]';

const lists: readonly Row[] = [
  {
    name: 'an item belongs to whoever applied it',
    kind: podKind,
    steps: [apply('one', named('a')), apply('two', named('b'))],
    becomes: named('a', 'b'),
    owners: { 'one Apply': `${a} ${a}.name`, 'two Apply': `${b} ${b}.name` },
  },
  {
    name: 'one removes its own',
    kind: podKind,
    steps: [apply('one', named('a', 'b')), apply('two', named('c')), apply('one', named('a'))],
    becomes: named('a', 'c'),
  },
  {
    name: 'what both applied stays when one leaves it out',
    kind: podKind,
    steps: [apply('one', named('a', 'b', 'c')), apply('two', named('c', 'd')), apply('one', named('a'))],
    becomes: named('a', 'c', 'd'),
  },
  {
    name: 'fields of an item of two managers',
    kind: podKind,
    steps: [apply('one', pod({ name: 'a', image: 'i' })), apply('two', pod({ name: 'a', tty: true }))],
    becomes: pod({ name: 'a', image: 'i', tty: true }),
    owners: { 'one Apply': `${a} ${a}.image ${a}.name`, 'two Apply': `${a} ${a}.name ${a}.tty` },
  },
  {
    name: 'a field of an item is a conflict like any other',
    kind: podKind,
    steps: [
      apply('one', pod({ name: 'a', image: 'i' })),
      apply('two', pod({ name: 'a', image: 'j' }), { conflicts: [`one ${a}.image`] }),
    ],
  },
  {
    name: 'an item that an update added a field to keeps its keys and that field',
    kind: podKind,
    steps: [
      apply('one', pod({ name: 'a', image: 'i' }, { name: 'b' })),
      update('u', pod({ name: 'a', image: 'i', tty: true }, { name: 'b' })),
      apply('one', named('b')),
    ],
    becomes: pod({ name: 'a', tty: true }, { name: 'b' }),
  },
  {
    name: 'an item that an update added stays',
    kind: podKind,
    steps: [apply('one', named('a')), update('u', named('a', 'b')), apply('one', named('a'))],
    becomes: named('a', 'b'),
    owners: { 'one Apply': `${a} ${a}.name`, 'u Update': `${b} ${b}.name` },
  },
  {
    name: 'an item that an update removed comes back',
    kind: podKind,
    steps: [apply('one', named('a', 'b')), update('u', named('a')), apply('one', named('a', 'b'))],
    becomes: named('a', 'b'),
  },
  {
    name: 'the last item takes the list along',
    kind: podKind,
    steps: [
      apply('one', pod({ name: 'a', volumeMounts: [{ mountPath: '/x', name: 'v' }] })),
      apply('one', named('a')),
    ],
    becomes: named('a'),
  },
  {
    name: 'items within items',
    kind: podKind,
    steps: [
      apply('one', pod({ name: 'a', env: [{ name: 'X', value: '1' }] })),
      apply('two', pod({ name: 'a', env: [{ name: 'Y', value: '2' }] })),
      apply('one', named('a')),
    ],
    becomes: pod({ name: 'a', env: [{ name: 'Y', value: '2' }] }),
  },
  {
    name: 'a key of two fields, one with a default',
    kind: serviceKind,
    steps: [
      apply('one', ports({ port: 80, protocol: 'TCP', targetPort: 1 })),
      apply('two', ports({ port: 80, protocol: 'UDP', targetPort: 2 })),
      apply('three', ports({ port: 80, nodePort: 30000 })),
    ],
    becomes: ports(
      { port: 80, protocol: 'TCP', targetPort: 1, nodePort: 30000 },
      { port: 80, protocol: 'UDP', targetPort: 2 },
    ),
  },
  {
    name: 'a key that differs is another item',
    kind: serviceKind,
    steps: [apply('one', ports({ port: 80, name: 'web' })), apply('one', ports({ port: 81, name: 'web' }))],
    becomes: ports({ port: 81, name: 'web' }),
  },
  {
    name: 'a set is owned by its values',
    steps: [apply('one', finalizers('x/a')), apply('two', finalizers('x/a', 'x/b'))],
    becomes: { metadata: { name: 'x', finalizers: ['x/a', 'x/b'] } },
    owners: {
      'one Apply': '.metadata.finalizers[="x/a"]',
      'two Apply': '.metadata.finalizers[="x/a"] .metadata.finalizers[="x/b"]',
    },
  },
  {
    name: 'a value of a set goes with its last owner',
    steps: [
      apply('one', finalizers('x/a', 'x/b')),
      apply('two', finalizers('x/b')),
      apply('one', finalizers('x/a')),
      apply('two', data({ x: '1' })),
    ],
    becomes: { metadata: { name: 'x', finalizers: ['x/a'] } },
  },
  {
    name: 'an atomic list is replaced by its owner',
    kind: podKind,
    steps: [
      apply('one', pod({ name: 'a', args: ['1', '2'] })),
      apply('one', pod({ name: 'a', args: ['2'] })),
    ],
    becomes: pod({ name: 'a', args: ['2'] }),
  },
  {
    name: 'and by nobody else',
    kind: podKind,
    steps: [
      apply('one', pod({ name: 'a', args: ['1', '2'] })),
      apply('two', pod({ name: 'a', args: ['2'] }), { conflicts: [`one ${a}.args`] }),
      apply('three', pod({ name: 'a', args: ['1', '2'] })),
    ],
  },
  {
    name: 'tolerations are atomic',
    kind: podKind,
    steps: [
      apply('one', { spec: { tolerations: [{ key: 'x', operator: 'Exists' }] } }),
      apply('two', { spec: { tolerations: [{ key: 'y' }] } }, { conflicts: ['one .spec.tolerations'] }),
    ],
  },
  {
    name: 'owner references go by uid',
    steps: [
      update('gc', { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'K', name: 'n', uid: '1' }] } }),
      apply('one', { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'K', name: 'm', uid: '2' }] } }),
    ],
    becomes: {
      metadata: {
        name: 'x',
        ownerReferences: [
          { apiVersion: 'v1', kind: 'K', name: 'n', uid: '1' },
          { apiVersion: 'v1', kind: 'K', name: 'm', uid: '2' },
        ],
      },
    },
  },
  {
    name: 'host aliases go by ip, and their names are atomic',
    kind: podKind,
    steps: [
      apply('one', { spec: { hostAliases: [{ ip: '1.1.1.1', hostnames: ['a'] }] } }),
      apply(
        'two',
        { spec: { hostAliases: [{ ip: '1.1.1.1', hostnames: ['b'] }] } },
        {
          conflicts: ['one .spec.hostAliases[ip="1.1.1.1"].hostnames'],
        },
      ),
      apply('two', { spec: { hostAliases: [{ ip: '2.2.2.2', hostnames: ['b'] }] } }),
    ],
    becomes: {
      spec: {
        hostAliases: [
          { ip: '1.1.1.1', hostnames: ['a'] },
          { ip: '2.2.2.2', hostnames: ['b'] },
        ],
      },
    },
  },
  {
    name: 'volume mounts go by their path',
    kind: deploymentKind,
    steps: [
      apply('one', template({ containers: [{ name: 'a', volumeMounts: [{ name: 'v', mountPath: '/1' }] }] })),
      apply('two', template({ containers: [{ name: 'a', volumeMounts: [{ name: 'v', mountPath: '/2' }] }] })),
    ],
    becomes: template({
      containers: [
        {
          name: 'a',
          volumeMounts: [
            { name: 'v', mountPath: '/1' },
            { name: 'v', mountPath: '/2' },
          ],
        },
      ],
    }),
  },
];

export const applyRows: readonly Row[] = [...leaves, ...lists];

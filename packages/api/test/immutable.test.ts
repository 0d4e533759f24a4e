import t from 'tap';
import { findResourceByName } from '../src/index.js';
import { findings } from './support.js';

const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const once = { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } };
const selector = { matchLabels: { a: 'b' } };
const storage = { resources: { requests: { storage: '1Gi' } } };
const definition = {
  group: 'e.com',
  scope: 'Cluster',
  names: { plural: 'xs', kind: 'X' },
  versions: [version],
};
const volume = { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/d' } };

const kindOf = (name: string) => {
  const kind = findResourceByName(name);
  if (kind === undefined) throw new Error(`no kind ${name}`);
  return kind;
};

/** Kind, what it was, what it is to be, and why it may not. */
const updates: readonly (readonly [kind: string, before: object, after: object, wrong: readonly string[]])[] =
  [
    [
      'sc',
      { provisioner: 'p' },
      { provisioner: 'q', volumeBindingMode: 'WaitForFirstConsumer' },
      [
        'provisioner: Forbidden: updates to provisioner are forbidden.',
        'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
      ],
    ],
    ['sc', { provisioner: 'p' }, { provisioner: 'p', allowVolumeExpansion: true }, []],
    ['pc', { value: 1 }, { value: 2 }, ['value: Forbidden: may not be changed in an update.']],
    ['pc', { value: 1 }, { value: 1, description: 'd' }, []],
    [
      'runtimeclasses',
      { handler: 'a' },
      { handler: 'b' },
      ['handler: Invalid value: "b": field is immutable'],
    ],
    [
      'ds',
      { spec: { selector, template } },
      {
        spec: {
          selector: { matchLabels: { a: 'b', c: 'd' } },
          template: { ...template, metadata: { labels: { a: 'b', c: 'd' } } },
        },
      },
      ['spec.selector: Invalid value: {"matchLabels":{"a":"b","c":"d"}}: field is immutable'],
    ],
    [
      'sts',
      { spec: { selector, template, serviceName: 's' } },
      { spec: { selector, template, serviceName: 't' } },
      [
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ],
    ],
    [
      'sts',
      { spec: { selector, template, serviceName: 's' } },
      { spec: { selector, template, serviceName: 's', replicas: 3 } },
      [],
    ],
    [
      'job',
      { spec: { template: once, completions: 1 } },
      { spec: { template: once, completions: 2 } },
      ['spec.completions: Invalid value: 2: field is immutable'],
    ],
    [
      'job',
      { spec: { template: once } },
      { spec: { template: once, completions: 1, parallelism: 5, suspend: true } },
      [],
    ],
    [
      'job',
      { spec: { template: once, suspend: true } },
      { spec: { template: { spec: { ...once.spec, nodeSelector: { a: 'b' } } } } },
      [],
    ],
    [
      'pv',
      { spec: volume },
      { spec: { ...volume, hostPath: { path: '/e' } } },
      ['spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation'],
    ],
    [
      'pvc',
      { spec: { accessModes: ['ReadWriteOnce'], ...storage } },
      { spec: { accessModes: ['ReadWriteMany'], ...storage } },
      [
        'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      ],
    ],
    [
      'pvc',
      { spec: { accessModes: ['ReadWriteOnce'], ...storage } },
      { spec: { accessModes: ['ReadWriteOnce'], ...storage, volumeName: 'v' } },
      [],
    ],
    [
      'pvc',
      { spec: { accessModes: ['ReadWriteOnce'], ...storage, volumeName: 'v' }, status: { phase: 'Bound' } },
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '2Gi' } },
          volumeName: 'v',
        },
      },
      [],
    ],
    [
      'pvc',
      { spec: { accessModes: ['ReadWriteOnce'], ...storage, volumeName: 'v' }, status: { phase: 'Bound' } },
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Mi' } },
          volumeName: 'v',
        },
      },
      ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'],
    ],
    [
      'controllerrevisions',
      { revision: 1, data: { a: 1 } },
      { revision: 1, data: { a: 2 } },
      ['data: Invalid value: {"a":2}: field is immutable'],
    ],
    [
      'crd',
      { metadata: { name: 'xs.e.com' }, spec: definition },
      { metadata: { name: 'xs.e.com' }, spec: { ...definition, scope: 'Namespaced' } },
      [],
    ],
    [
      'crd',
      {
        metadata: { name: 'xs.e.com' },
        spec: definition,
        status: { conditions: [{ type: 'Established', status: 'True' }] },
      },
      { metadata: { name: 'xs.e.com' }, spec: { ...definition, scope: 'Namespaced' } },
      ['spec.scope: Invalid value: "Namespaced": field is immutable'],
    ],
  ];

t.test('what may not change', async (t) => {
  for (const [name, before, after, wrong] of updates) {
    const found = findings(
      kindOf(name),
      { metadata: { name: 'x' }, ...after },
      { metadata: { name: 'x' }, ...before },
    );
    t.same(found.sort(), [...wrong].sort(), `${name} ${JSON.stringify(after).slice(0, 100)}`);
  }
});

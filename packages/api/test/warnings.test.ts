import t from 'tap';
import { findResourceByName, warningsFor } from '../src/index.js';
import { accepted, podWith } from './support.js';

const now = (kind: string, body: object, old?: object) => {
  const found = findResourceByName(kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  return warningsFor(found, accepted(found, body), old === undefined ? undefined : accepted(found, old));
};
const prefer =
  'prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers';

const rows: readonly (readonly [kind: string, body: object, warnings: readonly string[]])[] = [
  ['pods', podWith(), []],
  [
    'cm',
    { metadata: { name: 'x', finalizers: ['a', 'e.com/b', 'orphan'] } },
    [`metadata.finalizers: "a": ${prefer}`],
  ],
  [
    'endpoints',
    { metadata: { name: 'x' } },
    ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  ],
  [
    'pods',
    podWith({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }),
    ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
  ],
  [
    'pods',
    podWith({ terminationGracePeriodSeconds: -1 }),
    [
      'spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    ],
  ],
  [
    'pods',
    podWith({ volumes: [{ name: 'v', gitRepo: { repository: 'r' } }] }),
    ['spec.volumes[0].gitRepo: deprecated in v1.11'],
  ],
  [
    'pods',
    podWith({ imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}] }),
    [
      'spec.imagePullSecrets[1].name: duplicate name "a"',
      'spec.imagePullSecrets[2].name: invalid empty name ""',
    ],
  ],
  [
    'pods',
    podWith({ hostAliases: [{ ip: '1.1.1.1' }, { ip: '1.1.1.1' }] }),
    ['spec.hostAliases[1].ip: duplicate ip "1.1.1.1"'],
  ],
  [
    'pods',
    podWith({}, { env: [{ name: 'A' }, { name: 'A' }] }),
    ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
  ],
  [
    'pods',
    podWith({}, { resources: { requests: { memory: '100m' } } }),
    [
      'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
    ],
  ],
  [
    'deploy',
    {
      metadata: { name: 'd' },
      spec: { template: podWith({ nodeSelector: { 'beta.kubernetes.io/arch': 'x' } }) },
    },
    [
      'spec.template.spec.nodeSelector[beta.kubernetes.io/arch]: deprecated since v1.14; use "kubernetes.io/arch" instead',
    ],
  ],
  [
    'pv',
    { metadata: { name: 'p' }, spec: { persistentVolumeReclaimPolicy: 'Recycle' } },
    [
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
    ],
  ],
];

t.test('what is taken, and warned of', async (t) => {
  for (const [kind, body, wanted] of rows) t.same(now(kind, body), wanted, `${kind} ${JSON.stringify(body)}`);
});

t.test('an update is not told again what was there', async (t) => {
  const old = podWith({ terminationGracePeriodSeconds: -1 });
  t.same(now('pods', old, old), []);
});

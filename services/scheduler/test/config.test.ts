import t from 'tap';
import { createProfile, parseConfiguration } from '../src/config/configuration.js';
import { cluster } from './support.js';

const head = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const { handle } = cluster({ nodes: [] });

function pluginsOf(text: string) {
  const [first] = parseConfiguration(`${head}profiles: [${text}]`).profiles;
  if (first === undefined) throw new Error('no profile');
  return createProfile(first, handle);
}

t.test('the default profile runs every plugin in Kubernetes order', async (t) => {
  const { plugins } = pluginsOf('{}');
  const names = Object.fromEntries(
    Object.entries(plugins).map(([point, all]) => [point, all.map(({ name }) => name)]),
  );
  t.same(names.preEnqueue, ['SchedulingGates', 'DefaultPreemption']);
  t.same(names.queueSort, ['PrioritySort']);
  t.same(names.filter, [
    'NodeUnschedulable',
    'NodeName',
    'TaintToleration',
    'NodeAffinity',
    'NodePorts',
    'NodeResourcesFit',
    'VolumeRestrictions',
    'NodeVolumeLimits',
    'VolumeBinding',
    'VolumeZone',
    'PodTopologySpread',
    'InterPodAffinity',
  ]);
  t.same(names.score, [
    'TaintToleration',
    'NodeAffinity',
    'NodeResourcesFit',
    'PodTopologySpread',
    'InterPodAffinity',
    'NodeResourcesBalancedAllocation',
    'ImageLocality',
  ]);
  t.same(
    [names.postFilter, names.bind, names.reserve],
    [['DefaultPreemption'], ['DefaultBinder'], ['VolumeBinding']],
  );
});

t.test('plugins are taken away and weighted at one point or at all', async (t) => {
  const { plugins, weights } = pluginsOf(`{
    plugins: {
      multiPoint: { disabled: [{ name: InterPodAffinity }], enabled: [{ name: NodeAffinity, weight: 7 }] },
      filter: { disabled: [{ name: NodePorts }] },
      score: { disabled: [{ name: "*" }], enabled: [{ name: NodeResourcesFit, weight: 5 }] }
    }
  }`);
  t.notOk(plugins.filter.some(({ name }) => name === 'InterPodAffinity' || name === 'NodePorts'));
  t.same(
    plugins.score.map(({ name }) => name),
    ['NodeResourcesFit'],
  );
  t.same([weights.get('NodeResourcesFit'), weights.get('NodeAffinity')], [5, 7]);
});

t.test('several profiles, sampling and backoff', async (t) => {
  const configuration = parseConfiguration(
    `${head}percentageOfNodesToScore: 30\npodInitialBackoffSeconds: 2\npodMaxBackoffSeconds: 20\nprofiles: [{}, { schedulerName: packer, percentageOfNodesToScore: 50 }]`,
  );
  t.same([configuration.backoffInitialMs, configuration.backoffMaxMs], [2_000, 20_000]);
  t.same(
    configuration.profiles.map(({ schedulerName, percentageOfNodesToScore }) => [
      schedulerName,
      percentageOfNodesToScore,
    ]),
    [
      ['default-scheduler', 30],
      ['packer', 50],
    ],
  );
});

const wrong: readonly (readonly [string, string, RegExp])[] = [
  [
    'an old version',
    'apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration',
    /kubescheduler.config.k8s.io\/v1 is needed/,
  ],
  ['a misspelt field', `${head}profile: []`, /unknown field "profile"/],
  ['extenders', `${head}extenders: [{}]`, /unknown field "extenders"/],
  [
    'a plugin that does not exist',
    `${head}profiles: [{ plugins: { filter: { enabled: [{ name: Magic }] } } }]`,
    /profiles\[0\]\.plugins\.filter\.enabled\[0\]\.name: there is no plugin "Magic"/,
  ],
  ['two profiles of one name', `${head}profiles: [{}, {}]`, /schedulerName must be unique/],
  ['a percentage above 100', `${head}percentageOfNodesToScore: 101`, /whole number from 0 to 100/],
  [
    'backoff the wrong way round',
    `${head}podInitialBackoffSeconds: 9\npodMaxBackoffSeconds: 3`,
    /podMaxBackoffSeconds/,
  ],
];
for (const [title, text, message] of wrong)
  t.test(`refused: ${title}`, async (t) =>
    t.throws(() => parseConfiguration(text), { name: 'ConfigError', message }),
  );

const wrongProfiles: readonly (readonly [string, string, RegExp])[] = [
  [
    'a plugin where it does nothing',
    '{ plugins: { score: { enabled: [{ name: NodeName }] } } }',
    /NodeName does not extend score/,
  ],
  ['no queueSort', '{ plugins: { queueSort: { disabled: [{ name: "*" }] } } }', /exactly one queueSort/],
  ['no bind', '{ plugins: { bind: { disabled: [{ name: "*" }] } } }', /at least one bind/],
  [
    'unknown args',
    '{ pluginConfig: [{ name: NodeResourcesFit, args: { strategy: x } }] }',
    /unknown field "strategy"/,
  ],
  [
    'a shape that goes back',
    '{ pluginConfig: [{ name: NodeResourcesFit, args: { scoringStrategy: { type: RequestedToCapacityRatio, requestedToCapacityRatio: { shape: [{ utilization: 5, score: 1 }, { utilization: 5, score: 2 }] } } } }] }',
    /increasing order/,
  ],
];
for (const [title, text, message] of wrongProfiles)
  t.test(`refused: ${title}`, async (t) => t.throws(() => pluginsOf(text), { name: 'ConfigError', message }));

import type { Namespace, Pod, PodAffinityTerm } from '@kubelab/api';
import t from 'tap';
import { type ClusterShape, cluster, listerOf, node, outcome, pod, scoresOf, zone } from './support.js';

const nodes = [
  node('a1', { labels: { [zone]: 'a' } }),
  node('a2', { labels: { [zone]: 'a' } }),
  node('b1', { labels: { [zone]: 'b' } }),
];
const term = (app: string, more: Partial<PodAffinityTerm> = {}): PodAffinityTerm => ({
  topologyKey: zone,
  labelSelector: { matchLabels: { app } },
  ...more,
});
const near = (...required: PodAffinityTerm[]) => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
});
const far = (...required: PodAffinityTerm[]) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
});
const host = { topologyKey: 'kubernetes.io/hostname' };
const db = (on: string, more: Parameters<typeof pod>[1] = {}) =>
  pod('db', { on, labels: { app: 'db' }, ...more });
const none = (why: string, count = 3) => `0/3 nodes are available: ${count} ${why}.`;
const friends = none("node(s) didn't match pod affinity rules");
const namespaces = listerOf<Namespace>(
  ['default', 'prod', 'dev'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { tier: name } },
  })),
);

const filters: readonly (Partial<ClusterShape> & {
  title: string;
  wanted: Pod;
  want: string | readonly string[];
})[] = [
  {
    title: 'affinity: into the zone of the pod',
    wanted: pod('p', near(term('db'))),
    pods: [db('b1')],
    want: 'b1',
  },
  { title: 'affinity: nobody is there', wanted: pod('p', near(term('db'))), want: friends },
  {
    title: 'affinity: the first of a group that wants itself',
    wanted: pod('p', { labels: { app: 'db' }, ...near(term('db')) }),
    want: 'a1',
  },
  {
    title: 'affinity: the second of a group follows the first',
    wanted: pod('p', { labels: { app: 'db' }, ...near(term('db')) }),
    pods: [db('b1')],
    want: 'b1',
  },
  {
    title: 'affinity: another namespace does not count',
    wanted: pod('p', near(term('db'))),
    pods: [db('b1', { namespace: 'prod' })],
    want: friends,
  },
  {
    title: 'affinity: a named namespace counts',
    wanted: pod('p', near(term('db', { namespaces: ['prod'] }))),
    pods: [db('b1', { namespace: 'prod' })],
    want: 'b1',
  },
  {
    title: 'affinity: namespaces by their labels',
    wanted: pod('p', near(term('db', { namespaceSelector: { matchLabels: { tier: 'prod' } } }))),
    pods: [db('b1', { namespace: 'prod' }), db('a1', { namespace: 'dev' })],
    listers: { namespaces },
    want: 'b1',
  },
  {
    title: 'affinity: an empty namespaceSelector means all',
    wanted: pod('p', near(term('db', { namespaceSelector: {} }))),
    pods: [db('b1', { namespace: 'dev' })],
    listers: { namespaces },
    want: 'b1',
  },
  {
    title: 'affinity: a node without the label',
    wanted: pod('p', near(term('db', { topologyKey: 'rack' }))),
    pods: [db('b1')],
    want: friends,
  },
  {
    title: 'affinity: one pod must match all terms',
    wanted: pod('p', near(term('db'), { ...term('x'), labelSelector: { matchLabels: { tier: 'back' } } })),
    pods: [db('b1'), pod('y', { on: 'a1', labels: { app: 'db', tier: 'back' } })],
    want: 'a2',
  },
  {
    title: 'affinity: matchLabelKeys demands the own value',
    wanted: pod('p', { labels: { version: '2' }, ...near(term('db', { matchLabelKeys: ['version'] })) }),
    pods: [
      db('a1', { labels: { app: 'db', version: '1' } }),
      pod('new', { on: 'b1', labels: { app: 'db', version: '2' } }),
    ],
    want: 'b1',
  },
  {
    title: 'affinity: mismatchLabelKeys demands another value',
    wanted: pod('p', { labels: { tenant: 'x' }, ...near(term('db', { mismatchLabelKeys: ['tenant'] })) }),
    pods: [
      db('a1', { labels: { app: 'db', tenant: 'x' } }),
      pod('new', { on: 'b1', labels: { app: 'db', tenant: 'y' } }),
    ],
    want: 'b1',
  },
  {
    title: 'anti-affinity: out of the zone',
    wanted: pod('p', far(term('db'))),
    pods: [db('a1')],
    want: 'b1',
  },
  {
    title: 'anti-affinity: by host',
    wanted: pod('p', far(term('db', host))),
    pods: [db('a1'), pod('y', { on: 'b1', labels: { app: 'db' } })],
    want: 'a2',
  },
  {
    title: 'anti-affinity: nowhere left',
    wanted: pod('p', far(term('db'))),
    pods: [db('a1'), pod('y', { on: 'b1', labels: { app: 'db' } })],
    want: none("node(s) didn't match pod anti-affinity rules"),
  },
  {
    title: 'anti-affinity: a node without the label is fine',
    wanted: pod('p', far(term('db', { topologyKey: 'rack' }))),
    pods: [db('a1')],
    want: 'b1',
  },
  {
    title: 'anti-affinity: each term counts for itself',
    wanted: pod('p', far(term('db', host), term('x', host))),
    pods: [db('a1'), pod('y', { on: 'a2', labels: { app: 'x' } })],
    want: 'b1',
  },
  {
    title: 'symmetry: a pod that is there objects',
    wanted: pod('p', { labels: { app: 'web' } }),
    pods: [db('a1', far(term('web')))],
    want: 'b1',
  },
  {
    title: 'symmetry: everywhere',
    wanted: pod('p', { labels: { app: 'web' } }),
    pods: [db('a1', far(term('web'))), pod('y', { on: 'b1', ...far(term('web')) })],
    want: none("node(s) didn't satisfy existing pods anti-affinity rules"),
  },
  {
    title: 'symmetry: it speaks of its own namespace',
    wanted: pod('p', { labels: { app: 'web' }, namespace: 'prod' }),
    pods: [db('a1', far(term('web')))],
    want: 'b1',
  },
  {
    title: 'symmetry: by the labels of the namespace',
    wanted: pod('p', { labels: { app: 'web' }, namespace: 'prod' }),
    pods: [db('a1', far(term('web', { namespaceSelector: { matchLabels: { tier: 'prod' } } })))],
    listers: { namespaces },
    want: 'b1',
  },
  {
    title: 'reasons of different nodes',
    wanted: pod('p', { labels: { app: 'web' }, ...near(term('db')) }),
    pods: [db('a1', far(term('web')))],
    want: "0/3 nodes are available: 1 node(s) didn't match pod affinity rules, 2 node(s) didn't satisfy existing pods anti-affinity rules.",
  },
];

for (const { title, wanted, want, ...shape } of filters) {
  t.test(title, async (t) => t.equal(outcome(cluster({ nodes, ...shape }).decide(wanted)), want));
}

const weighted = (weight: number, app: string) => [{ weight, podAffinityTerm: term(app) }];
const likes = (weight: number, app: string) => ({
  affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: weighted(weight, app) } },
});
const dislikes = (weight: number, app: string) => ({
  affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: weighted(weight, app) } },
});
const args = (text: string) => `
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles: [{ pluginConfig: [{ name: InterPodAffinity, args: ${text} }] }]`;

const scores: readonly (Partial<ClusterShape> & {
  title: string;
  wanted: Pod;
  want: Record<string, number> | undefined;
})[] = [
  {
    title: 'preferred: the zone with the pod',
    wanted: pod('p', likes(5, 'db')),
    pods: [db('a1')],
    want: { a1: 100, a2: 100, b1: 0 },
  },
  {
    title: 'preferred: more pods weigh more',
    wanted: pod('p', likes(5, 'db')),
    pods: [
      db('a1'),
      pod('x', { on: 'a2', labels: { app: 'db' } }),
      pod('y', { on: 'b1', labels: { app: 'db' } }),
    ],
    want: { a1: 100, a2: 100, b1: 0 },
  },
  {
    title: 'preferred anti: away from the pod',
    wanted: pod('p', dislikes(5, 'db')),
    pods: [db('a1')],
    want: { a1: 0, a2: 0, b1: 100 },
  },
  { title: 'nobody to like', wanted: pod('p', likes(5, 'db')), want: undefined },
  {
    title: 'symmetry: liked by a pod that is there',
    wanted: pod('p', { labels: { app: 'web' } }),
    pods: [db('b1', likes(3, 'web'))],
    want: { a1: 0, a2: 0, b1: 100 },
  },
  {
    title: 'symmetry: disliked by a pod that is there',
    wanted: pod('p', { labels: { app: 'web' } }),
    pods: [db('b1', dislikes(3, 'web'))],
    want: { a1: 100, a2: 100, b1: 0 },
  },
  {
    title: 'symmetry: required by a pod that is there counts 1',
    wanted: pod('p', { labels: { app: 'web' } }),
    pods: [db('b1', near(term('web')))],
    want: { a1: 0, a2: 0, b1: 100 },
  },
  {
    title: 'hardPodAffinityWeight 0',
    wanted: pod('p', { labels: { app: 'web' } }),
    pods: [db('b1', near(term('web')))],
    want: undefined,
    config: args('{ hardPodAffinityWeight: 0 }'),
  },
  {
    title: 'ignorePreferredTermsOfExistingPods',
    wanted: pod('p', { labels: { app: 'web' } }),
    pods: [db('b1', likes(3, 'web'))],
    want: undefined,
    config: args('{ ignorePreferredTermsOfExistingPods: true }'),
  },
];

for (const { title, wanted, want, ...shape } of scores) {
  t.test(`score: ${title}`, async (t) =>
    t.same(scoresOf(cluster({ nodes, ...shape }).decide(wanted), 'InterPodAffinity'), want),
  );
}

import type { DecisionRecord } from '@kubelab/scheduler';
import t from 'tap';
import { podOf, whyLines } from '../src/commands/why.js';

const terminal = { print: () => {}, write: () => {}, progress: () => {}, colour: false };
const record: DecisionRecord = {
  pod: 'default/web',
  timeMs: Date.UTC(2026, 0, 1),
  tookMs: 0.5,
  attempt: 2,
  profile: 'default-scheduler',
  outcome: 'scheduled',
  node: 'node-2',
  nominatedNode: undefined,
  message: '',
  nodes: 3,
  looked: 3,
  feasible: 2,
  refused: [
    {
      plugin: 'TaintToleration',
      reasons: ['node(s) had untolerated taint {k: v}'],
      nodes: ['node-3'],
      more: 0,
    },
  ],
  scores: [
    {
      node: 'node-2',
      total: 350,
      plugins: [
        { name: 'TaintToleration', score: 100, weight: 3 },
        { name: 'NodeResourcesFit', score: 50, weight: 1 },
      ],
    },
    {
      node: 'node-1',
      total: 320,
      plugins: [
        { name: 'TaintToleration', score: 100, weight: 3 },
        { name: 'NodeResourcesFit', score: 20, weight: 1 },
      ],
    },
  ],
};

t.test('a decision tells who refused which node, and what each score was', async (t) => {
  t.same(whyLines(terminal, record, false), [
    'default/web was scheduled to node-2 (attempt 2, 2026-01-01T00:00:00.000Z, profile default-scheduler, 0.50 ms)',
    '2 of 3 nodes looked at were feasible; the cluster has 3',
    '',
    'REFUSED BY        WHY                                    NODES',
    'TaintToleration   node(s) had untolerated taint {k: v}   node-3',
    '',
    'NODE     TOTAL   TaintToleration x3   NodeResourcesFit',
    'node-2   350     300                  50',
    'node-1   320     300                  20',
  ]);
});

t.test('one that found no node says so, and of many nodes how many', async (t) => {
  const unfit: DecisionRecord = {
    ...record,
    outcome: 'unschedulable',
    node: undefined,
    feasible: 0,
    message: '0/5000 nodes are available: 5000 Insufficient cpu.',
    refused: [{ plugin: 'NodeResourcesFit', reasons: ['Insufficient cpu'], nodes: ['n1'], more: 4_999 }],
    scores: [],
  };
  const lines = whyLines(terminal, unfit, true).join('\n');
  t.match(lines, /^default\/web would be not scheduled \(now, /);
  t.match(lines, /0\/5000 nodes are available: 5000 Insufficient cpu\./);
  t.match(lines, /NodeResourcesFit +Insufficient cpu +n1 and 4999 more/);
});

t.test('the pod of a manifest is its own, or the template of a workload', async (t) => {
  const spec = { containers: [] };
  const job = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'c' },
    spec: { jobTemplate: { spec: { template: { spec } } } },
  };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'prod' },
    spec: { template: { metadata: { labels: { app: 'd' } }, spec } },
  };
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: {} };
  t.match(podOf([service, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }], 'default'), {
    metadata: { name: 'p', namespace: 'default' },
  });
  t.match(podOf([deployment], 'default'), {
    kind: 'Pod',
    metadata: { name: 'd-what-if', namespace: 'prod', labels: { app: 'd' } },
    spec,
  });
  t.match(podOf([job], 'default'), { kind: 'Pod', metadata: { name: 'c-what-if' }, spec });
  t.throws(() => podOf([service], 'default'), /neither a pod nor a workload/);
});

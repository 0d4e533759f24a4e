import { noBytes } from '@kubelab/wire';
import t from 'tap';
import type { DecisionRecord } from '../src/record/decision-record.js';
import { whyService } from '../src/record/why-service.js';
import { pod } from './support.js';

const asked: string[] = [];
const record = (of: string): DecisionRecord => ({
  pod: of,
  timeMs: 0,
  tookMs: 0,
  attempt: 1,
  profile: 'default-scheduler',
  outcome: 'scheduled',
  node: 'a',
  nominatedNode: undefined,
  message: '',
  nodes: 1,
  looked: 1,
  feasible: 1,
  refused: [],
  scores: [],
});
const serviceOf = (leads: boolean) =>
  whyService({
    leads,
    decisions: (of) => [record(of)],
    whatIf: ({ metadata, spec }) => {
      asked.push(`${metadata.name} by ${spec?.schedulerName ?? 'nobody'}`);
      return record(metadata.name);
    },
  });
const context = {
  method: 'debug.decisions',
  peer: { commonName: 'x', organizations: [] },
  from: 'x',
  trace: undefined,
  signal: new AbortController().signal,
};
const ask = async (method: string, head: unknown, leads = true) =>
  (await serviceOf(leads).unary?.[method]?.({ head, payload: noBytes }, context))?.head;

t.test('operators may ask, components and people may not', async (t) => {
  const { authorize } = serviceOf(true);
  t.doesNotThrow(() =>
    authorize?.({ commonName: 'admin', organizations: ['kubelab:operators'] }, 'debug.decisions'),
  );
  for (const [commonName, organizations] of [
    ['system:node:node-1', ['system:nodes']],
    ['kubernetes-admin', ['system:masters']],
  ] as const)
    t.throws(() => authorize?.({ commonName, organizations: [...organizations] }, 'debug.whatIf'), {
      code: 'permissionDenied',
    });
});

t.test('one that stands by sends to the one that leads', async (t) => {
  await t.rejects(ask('debug.decisions', { pod: 'default/p' }, false), { code: 'failedPrecondition' });
});

t.test('decisions by name; a question with its defaults filled in', async (t) => {
  t.match(await ask('debug.decisions', { pod: 'default/p' }), { decisions: [{ pod: 'default/p' }] });
  const { schedulerName, ...spec } = pod('q').spec ?? { containers: [] };
  t.match(await ask('debug.whatIf', { pod: { ...pod('q'), spec } }), { pod: 'q' });
  t.same(asked, [`q by ${schedulerName}`]);
});

t.test('what is no question is refused in words', async (t) => {
  await t.rejects(ask('debug.decisions', {}), { code: 'invalidArgument' });
  await t.rejects(ask('debug.whatIf', { pod: { kind: 'Node' } }), { code: 'invalidArgument' });
  const broken = { ...pod('q'), spec: { containers: 'none' } };
  await t.rejects(ask('debug.whatIf', { pod: broken }), { code: 'invalidArgument', message: /Pod/ });
});

import { ApiError, type Deployment, type Pod, type ReplicaSet, statusErrors } from '@kubelab/api';
import { WireError } from '@kubelab/wire';
import t from 'tap';
import { Expectations } from '../src/common/expectations.js';
import { slowStart } from '../src/common/pod-control.js';
import { planRollout, scaleProportionally } from '../src/controllers/deployment-rollout.js';
import { deploymentStatus } from '../src/controllers/deployment-status.js';
import { deletionOrder } from '../src/controllers/replicas.js';

const template = { metadata: { name: '', labels: { app: 'a' } }, spec: { containers: [] } };

function deployment(
  replicas: number,
  rolling: { maxSurge?: number | string; maxUnavailable?: number | string } | 'Recreate' = {},
): Deployment {
  const strategy =
    rolling === 'Recreate'
      ? { type: 'Recreate' }
      : { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%', ...rolling } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', generation: 1 },
    spec: { replicas, strategy, selector: {}, template },
  };
}

function set(name: string, replicas: number, available = replicas): ReplicaSet {
  const status = { replicas, availableReplicas: available, readyReplicas: available };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, uid: name, creationTimestamp: `2026-01-0${name.length}T00:00:00Z` },
    spec: { replicas, selector: {} },
    status,
  };
}

const plan = (steps: { set: ReplicaSet; replicas: number }[]) =>
  Object.fromEntries(steps.map((step) => [step.set.metadata.name, step.replicas]));

t.test(
  'a rolling update goes up by the surge first, and down only as far as availability allows',
  async (t) => {
    const d = deployment(4, { maxSurge: 1, maxUnavailable: 1 });
    t.same(plan(planRollout(d, set('new', 0), [set('o', 4)], true)), { new: 1 });
    t.same(plan(planRollout(d, set('new', 1, 0), [set('o', 4)], true)), { new: 1, o: 3 });
    t.same(plan(planRollout(d, set('new', 2, 2), [set('o', 3)], true)), { new: 2, o: 1 });
    t.same(plan(planRollout(d, set('new', 4, 4), [set('o', 1)], true)), { new: 4, o: 0 });
  },
);

t.test('pods of an old set that are not available go first, and cost no availability', async (t) => {
  const d = deployment(3, { maxSurge: 1, maxUnavailable: 0 });
  t.same(plan(planRollout(d, set('new', 1, 0), [set('o', 3, 1)], true)), { new: 1 });
  t.same(plan(planRollout(d, set('new', 2, 2), [set('o', 2, 0)], true)), { new: 2, o: 1 });
});

t.test('Recreate waits for the last old pod', async (t) => {
  const d = deployment(3, 'Recreate');
  t.same(plan(planRollout(d, set('new', 0), [set('o', 3)], true)), { o: 0 });
  t.same(plan(planRollout(d, set('new', 0), [set('o', 0)], true)), {});
  t.same(plan(planRollout(d, set('new', 0), [set('o', 0)], false)), { new: 3 });
});

t.test('a number that changes in the middle of a rollout is shared out', async (t) => {
  const d = deployment(10, { maxSurge: 0, maxUnavailable: 1 });
  const steps = scaleProportionally(d, [set('new', 2), set('o', 3)], set('new', 2));
  t.equal(
    steps.reduce((sum, step) => sum + step.replicas, 0),
    10,
  );
  t.same(plan(scaleProportionally(d, [set('o', 3)], undefined)), { o: 10 });
});

t.test('status says what kubectl rollout status reads', async (t) => {
  const nowMs = Date.UTC(2026, 0, 1);
  const complete = deploymentStatus(deployment(2), [set('new', 2)], set('new', 2), nowMs);
  t.match(complete.status, { replicas: 2, updatedReplicas: 2, availableReplicas: 2, observedGeneration: 1 });
  t.match(complete.status.conditions, [
    { type: 'Available', status: 'True' },
    { type: 'Progressing', reason: 'NewReplicaSetAvailable' },
  ]);
  const stuck: Deployment = {
    ...deployment(2),
    status: {
      updatedReplicas: 2,
      replicas: 2,
      conditions: [
        {
          type: 'Progressing',
          status: 'True',
          reason: 'ReplicaSetUpdated',
          lastUpdateTime: '2025-12-31T00:00:00Z',
        },
      ],
    },
  };
  const late = deploymentStatus(stuck, [set('new', 2, 0)], set('new', 2, 0), nowMs);
  t.match(late.status.conditions, [
    { type: 'Available', status: 'False' },
    { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' },
  ]);
});

t.test('too many pods: the useless go first, then the young', async (t) => {
  const pod = (name: string, more: Partial<Pod>, created = '2026-01-01T00:00:00Z'): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    ...more,
    metadata: { name, creationTimestamp: created },
  });
  const ready = {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  };
  const pods = [
    pod('old', { spec: { containers: [], nodeName: 'n' }, status: ready }),
    pod('young', { spec: { containers: [], nodeName: 'n' }, status: ready }, '2026-01-02T00:00:00Z'),
    pod('unready', { spec: { containers: [], nodeName: 'n' }, status: { phase: 'Running' } }),
    pod('unscheduled', { status: { phase: 'Pending' } }),
  ];
  t.same(
    deletionOrder(pods).map((one) => one.metadata.name),
    ['unscheduled', 'unready', 'young', 'old'],
  );
});

t.test('what was asked for and has not come is waited for, but not for ever', async (t) => {
  const expectations = new Expectations();
  expectations.expect('k', 2, ['x'], 0);
  t.ok(expectations.waitMs('k', 1) > 0);
  expectations.created('k');
  expectations.created('k');
  t.ok(expectations.waitMs('k', 1) > 0);
  expectations.deleted('k', 'x');
  t.equal(expectations.waitMs('k', 1), 0);
  expectations.expect('k', 1, [], 0);
  t.equal(expectations.waitMs('k', 60_000), 0);
});

t.test('a creation whose answer was lost may come yet: it is waited for', async (t) => {
  const lost = new ApiError(statusErrors.serviceUnavailable('gone').status, {
    cause: new WireError('unavailable', 'the connection broke'),
  });
  const refused = statusErrors.tooManyRequests('busy', 1);
  const outcomes = [undefined, lost, refused];
  let notMade = 0;
  const failure = await slowStart(
    9,
    async (index) => outcomes[index],
    () => {
      notMade += 1;
    },
  );
  t.equal(failure, lost);
  t.equal(notMade, 7, 'the refused one and the six that were not tried');
});

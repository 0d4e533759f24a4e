import {
  ApiError,
  type Deployment,
  deepEqual,
  deploymentKind,
  type Pod,
  type PodTemplateSpec,
  podKind,
  type ReplicaSet,
  replicaSetKind,
  stableHash,
} from '@kubelab/api';
import { type CallContext, keyOf, type WorkQueue } from '@kubelab/client';
import { claimObjects } from '../common/claim.js';
import { resolvePercent } from '../common/percent.js';
import type { Controller, ControllerContext } from '../controller.js';
import { controllerOf, controllerReference, isOwnedBy } from '../owners.js';
import { planRollout, scaleProportionally } from './deployment-rollout.js';
import { deploymentStatus } from './deployment-status.js';

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
const historyAnnotation = 'deployment.kubernetes.io/revision-history';
export const maxAnnotation = 'deployment.kubernetes.io/max-replicas';
const hashLabel = 'pod-template-hash';

export const deploymentController: Controller = {
  name: 'deployment',
  workers: 4,
  start: (context, queue) => {
    const ownerKey = (set: ReplicaSet) => {
      const owner = controllerOf(set);
      return owner?.kind === 'Deployment' ? `${set.metadata.namespace}/${owner.name}` : undefined;
    };
    const enqueueOwner = (set: ReplicaSet, trace: CallContext['trace']) => {
      const key = ownerKey(set);
      if (key !== undefined) queue.add(key, trace);
    };
    context.informer<Deployment>(deploymentKind).handle({
      changed: (one, _old, trace) => queue.add(keyOf(one), trace),
      deleted: (one) => queue.add(keyOf(one)),
    });
    context.informer<ReplicaSet>(replicaSetKind).handle({
      changed: (set, _old, trace) => enqueueOwner(set, trace),
      deleted: (set, trace) => enqueueOwner(set, trace),
    });
    // Recreate waits for the last old pod to be gone.
    context.informer<Pod>(podKind).handle({
      deleted: (pod, trace) => {
        const set = context
          .informer<ReplicaSet>(replicaSetKind)
          .get(`${pod.metadata.namespace}/${controllerOf(pod)?.name}`);
        if (set !== undefined) enqueueOwner(set, trace);
      },
    });
    return (key, call) => reconcile(context, queue, key, call);
  },
};

async function reconcile(
  context: ControllerContext,
  queue: WorkQueue,
  key: string,
  call: CallContext,
): Promise<undefined> {
  const deployment = context.informer<Deployment>(deploymentKind).get(key);
  if (deployment?.spec === undefined) return undefined;
  const sets = await claimObjects<ReplicaSet>(
    context,
    {
      owner: deployment,
      ownerKind: deploymentKind,
      selector: deployment.spec.selector,
      kind: replicaSetKind,
      candidates: context.informer<ReplicaSet>(replicaSetKind).inNamespace(deployment.metadata.namespace),
    },
    call,
  );
  if (deployment.metadata.deletionTimestamp === undefined) await roll(context, deployment, sets, call);
  const now = context
    .informer<ReplicaSet>(replicaSetKind)
    .inNamespace(deployment.metadata.namespace)
    .filter((set) => isOwnedBy(set, deployment));
  const current = newSetOf(deployment, now);
  const { status, checkAfterMs } = deploymentStatus(deployment, now, current, context.world.clock.nowMs());
  if (!deepEqual(status, deployment.status))
    await context.client.for<Deployment>(deploymentKind).updateStatus({ ...deployment, status }, call);
  if (checkAfterMs !== undefined) queue.addAfter(key, checkAfterMs);
  return undefined;
}

async function roll(
  context: ControllerContext,
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  call: CallContext,
): Promise<void> {
  const found = newSetOf(deployment, sets);
  const paused = deployment.spec?.paused === true;
  const current =
    found === undefined ? (paused ? undefined : await createSet(context, deployment, sets, call)) : found;
  if (current !== undefined && !paused) await syncRevision(context, deployment, current, sets, call);
  const old = sets.filter((set) => set.metadata.uid !== current?.metadata.uid);
  if (current === undefined || isScaling(deployment, sets)) {
    const all = current === undefined || sets.includes(current) ? sets : [...sets, current];
    const steps = scaleProportionally(deployment, all, current);
    for (const { set, replicas } of steps) await scale(context, deployment, set, replicas, call);
    // The rollout goes on when the sizes just written are known: planned from the old ones it would overshoot.
    if (steps.length > 0) return;
  }
  if (paused) return;
  const pods = context.informer<Pod>(podKind).inNamespace(deployment.metadata.namespace);
  // What has ended runs nothing any more; what is on its way out still does.
  const runs = (pod: Pod) => pod.status?.phase !== 'Failed' && pod.status?.phase !== 'Succeeded';
  const oldPods = pods.some((pod) => runs(pod) && old.some((set) => isOwnedBy(pod, set)));
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } };
  const ignores = context.options.plantedBug === 'rolloutIgnoresSurge';
  const { spec } = deployment;
  const planned = ignores && spec !== undefined ? { ...deployment, spec: { ...spec, strategy } } : deployment;
  for (const { set, replicas } of planRollout(planned, current ?? found, old, oldPods))
    await scale(context, deployment, set, replicas, call);
  await cleanUp(context, deployment, old, call);
}

/** The wanted number changed in the middle of a rollout: every set says what it was made for. */
function isScaling(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  const wanted = String(deployment.spec?.replicas ?? 1);
  return sets.some(
    (set) =>
      (set.spec?.replicas ?? 0) > 0 &&
      set.metadata.annotations?.[desiredAnnotation] !== undefined &&
      set.metadata.annotations[desiredAnnotation] !== wanted,
  );
}

/** The set of the template as it is; of several (a template that was changed by hand) the oldest. */
function newSetOf(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const age = ({ metadata }: ReplicaSet) => metadata.creationTimestamp ?? '';
  return sets
    .filter((set) => sameTemplate(set, deployment))
    .sort((a, b) =>
      age(a) === age(b) ? (a.metadata.name < b.metadata.name ? -1 : 1) : age(a) < age(b) ? -1 : 1,
    )[0];
}

/** Whether a set was made from the template as it is now; the hash label is the controller's own. */
export function sameTemplate(set: ReplicaSet, deployment: Deployment): boolean {
  return deepEqual(bareTemplate(set.spec?.template), bareTemplate(deployment.spec?.template));
}

/** Without the controller's own label; an empty name is none. */
function bareTemplate(template: PodTemplateSpec | undefined): unknown {
  const { [hashLabel]: _hash, ...labels } = template?.metadata?.labels ?? {};
  const { name = '', ...metadata } = template?.metadata ?? {};
  return { ...template, metadata: { ...metadata, ...(name === '' ? {} : { name }), labels } };
}

function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[revisionAnnotation] ?? 0);
}

function annotationsFor(deployment: Deployment, revision: number): Record<string, string> {
  const {
    [revisionAnnotation]: _revision,
    [historyAnnotation]: _history,
    'kubectl.kubernetes.io/last-applied-configuration': _applied,
    ...own
  } = deployment.metadata.annotations ?? {};
  const replicas = deployment.spec?.replicas ?? 1;
  return {
    ...own,
    [revisionAnnotation]: String(revision),
    [desiredAnnotation]: String(replicas),
    [maxAnnotation]: String(replicas + surgeOf(deployment)),
  };
}

export function surgeOf(deployment: Deployment): number {
  const { replicas = 1, strategy } = deployment.spec ?? {};
  if (strategy?.type === 'Recreate') return 0;
  return resolvePercent(strategy?.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
}

export function maxUnavailableOf(deployment: Deployment): number {
  const { replicas = 1, strategy } = deployment.spec ?? {};
  if (strategy?.type === 'Recreate') return 0;
  const unavailable = resolvePercent(strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
  // Both zero would never move.
  return Math.min(replicas, unavailable === 0 && surgeOf(deployment) === 0 ? 1 : unavailable);
}

async function createSet(
  context: ControllerContext,
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  call: CallContext,
): Promise<ReplicaSet> {
  const { spec, metadata } = deployment;
  const hash = stableHash(spec?.template, deployment.status?.collisionCount ?? 0);
  const labels = { ...spec?.template.metadata?.labels, [hashLabel]: hash };
  const revision = Math.max(0, ...sets.map(revisionOf)) + 1;
  const name = `${metadata.name}-${hash}`;
  const set: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      labels,
      annotations: annotationsFor(deployment, revision),
      ownerReferences: [controllerReference(deploymentKind, deployment)],
    },
    spec: {
      replicas: 0,
      minReadySeconds: spec?.minReadySeconds ?? 0,
      selector: { ...spec?.selector, matchLabels: { ...spec?.selector.matchLabels, [hashLabel]: hash } },
      template: {
        ...spec?.template,
        metadata: { ...spec?.template.metadata, name: spec?.template.metadata?.name ?? '', labels },
      },
    },
  };
  if (set.spec?.template?.metadata?.name === '') Reflect.deleteProperty(set.spec.template.metadata, 'name');
  const client = context.client.for<ReplicaSet>(replicaSetKind);
  try {
    return await client.create(set, call);
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    const taken = await client.get(metadata.namespace, name, call);
    // The watch has not brought it yet; or another deployment's set has this name: then the hash is drawn
    // anew.
    if (isOwnedBy(taken, deployment) && sameTemplate(taken, deployment)) return taken;
    const status = { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 };
    await context.client.for<Deployment>(deploymentKind).updateStatus({ ...deployment, status }, call);
    throw error;
  }
}

/** The current set carries the highest revision, and the deployment says which that is. */
async function syncRevision(
  context: ControllerContext,
  deployment: Deployment,
  current: ReplicaSet,
  sets: readonly ReplicaSet[],
  call: CallContext,
): Promise<void> {
  const { namespace } = deployment.metadata;
  const highest = Math.max(
    0,
    ...sets.filter((set) => set.metadata.uid !== current.metadata.uid).map(revisionOf),
  );
  const revision = Math.max(highest + 1, revisionOf(current));
  const annotations = annotationsFor(deployment, revision);
  const known = current.metadata.annotations ?? {};
  const stale = Object.entries(annotations).some(
    ([name, value]) => known[name] !== value && name !== desiredAnnotation && name !== maxAnnotation,
  );
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  if (stale || (current.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
    const { [desiredAnnotation]: _desired, [maxAnnotation]: _max, ...changed } = annotations;
    // An old set that is taken up again remembers under which revisions it was known.
    const before = revisionOf(current);
    if (before !== 0 && before !== revision) {
      const history = [...(known[historyAnnotation] ?? '').split(','), String(before)];
      changed[historyAnnotation] = history.filter((one) => one !== '').join(',');
    }
    await context.client
      .for<ReplicaSet>(replicaSetKind)
      .patch(
        { namespace, name: current.metadata.name },
        'merge',
        { metadata: { annotations: changed }, spec: { minReadySeconds } },
        call,
      );
  }
  if (deployment.metadata.annotations?.[revisionAnnotation] === String(revision)) return;
  const patch = { metadata: { annotations: { [revisionAnnotation]: String(revision) } } };
  await context.client
    .for<Deployment>(deploymentKind)
    .patch({ namespace, name: deployment.metadata.name }, 'merge', patch, call);
}

async function scale(
  context: ControllerContext,
  deployment: Deployment,
  set: ReplicaSet,
  replicas: number,
  call: CallContext,
): Promise<void> {
  const before = set.spec?.replicas ?? 0;
  const wanted = deployment.spec?.replicas ?? 1;
  const annotations = {
    [desiredAnnotation]: String(wanted),
    [maxAnnotation]: String(wanted + surgeOf(deployment)),
  };
  const same = Object.entries(annotations).every(
    ([name, value]) => set.metadata.annotations?.[name] === value,
  );
  if (before === replicas && same) return;
  const { namespace, name } = set.metadata;
  await context.client
    .for<ReplicaSet>(replicaSetKind)
    .patch({ namespace, name }, 'merge', { metadata: { annotations }, spec: { replicas } }, call);
  if (before === replicas) return;
  const message = `Scaled ${replicas > before ? 'up' : 'down'} replica set ${name} from ${before} to ${replicas}`;
  context.events.record(deployment, {
    type: 'Normal',
    reason: 'ScalingReplicaSet',
    message,
    trace: call.trace,
  });
}

/** Old sets beyond revisionHistoryLimit, the oldest first, once they are empty. */
async function cleanUp(
  context: ControllerContext,
  deployment: Deployment,
  old: readonly ReplicaSet[],
  call: CallContext,
): Promise<void> {
  const limit = deployment.spec?.revisionHistoryLimit ?? 10;
  const empty = old.filter(
    (set) =>
      (set.spec?.replicas ?? 0) === 0 &&
      (set.status?.replicas ?? 0) === 0 &&
      set.metadata.deletionTimestamp === undefined,
  );
  const excess = [...empty]
    .sort((a, b) => revisionOf(a) - revisionOf(b))
    .slice(0, Math.max(0, old.length - limit));
  for (const { metadata } of excess) {
    const target = { namespace: metadata.namespace, name: metadata.name };
    await context.client
      .for<ReplicaSet>(replicaSetKind)
      .delete(target, { propagationPolicy: 'Background', preconditions: { uid: metadata.uid } }, call);
  }
}

import {
  type Deployment,
  type DeploymentCondition,
  type DeploymentStatus,
  type ReplicaSet,
  timestamp,
} from '@kubelab/api';
import { maxUnavailableOf } from './deployment.js';

const sum = (
  sets: readonly ReplicaSet[],
  field: 'replicas' | 'readyReplicas' | 'availableReplicas',
): number => sets.reduce((total, set) => total + (set.status?.[field] ?? 0), 0);

interface Finding {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/**
 * What a Deployment says of itself; `kubectl rollout status` reads just these. `checkAfterMs`: when the
 * progress deadline may pass.
 */
export function deploymentStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
  nowMs: number,
): { status: DeploymentStatus; checkAfterMs: number | undefined } {
  const replicas = sum(sets, 'replicas');
  const availableReplicas = sum(sets, 'availableReplicas');
  const desired = deployment.spec?.replicas ?? 1;
  const before = deployment.status;
  const counts = {
    replicas,
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum(sets, 'readyReplicas'),
    availableReplicas,
    unavailableReplicas: Math.max(
      0,
      sets.reduce((total, set) => total + (set.spec?.replicas ?? 0), 0) - availableReplicas,
    ),
  };
  const enough = availableReplicas >= desired - maxUnavailableOf(deployment);
  const available: Finding = enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
  const old = before?.conditions ?? [];
  const moved =
    counts.updatedReplicas !== (before?.updatedReplicas ?? 0) ||
    counts.readyReplicas > (before?.readyReplicas ?? 0) ||
    counts.availableReplicas > (before?.availableReplicas ?? 0) ||
    replicas - counts.updatedReplicas < (before?.replicas ?? 0) - (before?.updatedReplicas ?? 0);
  const complete =
    counts.updatedReplicas === desired && replicas === desired && availableReplicas === desired;
  const { finding, checkAfterMs } = progress(deployment, current, {
    complete,
    moved,
    settled: counts.updatedReplicas === replicas,
    nowMs,
  });
  const failure = sets
    .flatMap((set) => set.status?.conditions ?? [])
    .find((condition) => condition.type === 'ReplicaFailure');
  const failed: Finding[] =
    failure === undefined
      ? []
      : [
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: failure.reason ?? '',
            message: failure.message ?? '',
          },
        ];
  const findings = [available, ...(finding === undefined ? [] : [finding]), ...failed];
  const conditions = findings.map((one) => condition(one, old, moved && one.type === 'Progressing', nowMs));
  // Zero is told by leaving a count out, as Kubernetes does.
  const shown = Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0));
  const collisions = before?.collisionCount === undefined ? {} : { collisionCount: before.collisionCount };
  return {
    status: { observedGeneration: deployment.metadata.generation ?? 0, ...shown, conditions, ...collisions },
    checkAfterMs,
  };
}

interface Progress {
  readonly complete: boolean;
  readonly moved: boolean;
  readonly settled: boolean;
  readonly nowMs: number;
}

/**
 * The Progressing condition: it changes when the rollout moves, is through, or has not moved for its deadline; else
 * it stays. Once through it is not asked again before the next rollout, however many pods come and go.
 */
function progress(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  state: Progress,
): { finding: Finding | undefined; checkAfterMs: number | undefined } {
  const known = deployment.status?.conditions?.find((one) => one.type === 'Progressing');
  const type = 'Progressing';
  const done = (finding: Finding | undefined) => ({ finding, checkAfterMs: undefined });
  if (deployment.spec?.paused === true)
    return done({ type, status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' });
  if (current === undefined) return done(findingOf(known));
  const deadlineMs = (deployment.spec?.progressDeadlineSeconds ?? 600) * 1000;
  const sinceMs = state.nowMs - Date.parse(known?.lastUpdateTime ?? timestamp(state.nowMs));
  const checkAfterMs = Math.max(1_000, deadlineMs - Math.max(0, sinceMs));
  if (known?.reason === 'DeploymentPaused')
    return {
      finding: { type, status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' },
      checkAfterMs: deadlineMs,
    };
  const { name } = current.metadata;
  if (state.complete)
    return done({
      type,
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `ReplicaSet "${name}" has successfully progressed.`,
    });
  const isNewRollout =
    known === undefined ||
    (known.reason === 'NewReplicaSetAvailable' && !(known.message ?? '').includes(`"${name}"`));
  if (isNewRollout) {
    const isFound = (current.status?.observedGeneration ?? 0) > 1;
    const reason = isFound ? 'FoundNewReplicaSet' : 'NewReplicaSetCreated';
    const message = isFound ? `Found new replica set "${name}"` : `Created new replica set "${name}"`;
    return { finding: { type, status: 'True', reason, message }, checkAfterMs: deadlineMs };
  }
  if (known.reason === 'NewReplicaSetAvailable' && state.settled) return done(findingOf(known));
  if (state.moved)
    return {
      finding: {
        type,
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message: `ReplicaSet "${name}" is progressing.`,
      },
      checkAfterMs: deadlineMs,
    };
  const isLate = known.reason !== 'NewReplicaSetAvailable' && sinceMs >= deadlineMs;
  if (isLate || known.reason === 'ProgressDeadlineExceeded')
    return done({
      type,
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      message: `ReplicaSet "${name}" has timed out progressing.`,
    });
  return { finding: findingOf(known), checkAfterMs };
}

function findingOf(known: DeploymentCondition | undefined): Finding | undefined {
  if (known === undefined) return undefined;
  const { type, reason = '', message = '' } = known;
  const status = known.status === 'True' || known.status === 'False' ? known.status : 'Unknown';
  return { type, status, reason, message };
}

function condition(
  finding: Finding,
  old: readonly DeploymentCondition[],
  moved: boolean,
  nowMs: number,
): DeploymentCondition {
  const known = old.find((one) => one.type === finding.type);
  const now = timestamp(nowMs);
  const same =
    known?.status === finding.status && known.reason === finding.reason && known.message === finding.message;
  return {
    ...finding,
    lastUpdateTime: same && !moved ? (known.lastUpdateTime ?? now) : now,
    lastTransitionTime: known?.status === finding.status ? (known.lastTransitionTime ?? now) : now,
  };
}

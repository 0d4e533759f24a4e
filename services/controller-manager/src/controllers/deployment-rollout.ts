import type { Deployment, ReplicaSet } from '@kubelab/api';
import { maxUnavailableOf, surgeOf } from './deployment.js';

export interface ScaleStep {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

const sizeOf = (set: ReplicaSet): number => set.spec?.replicas ?? 0;
const total = (sets: readonly ReplicaSet[]): number => sets.reduce((sum, set) => sum + sizeOf(set), 0);
const available = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;

/** The next steps of a rollout: how large each set should be now. Pure. */
export function planRollout(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  oldPodsExist: boolean,
): ScaleStep[] {
  if (current === undefined) return [];
  const desired = deployment.spec?.replicas ?? 1;
  if (deployment.spec?.strategy?.type === 'Recreate') {
    const shrink = old.filter((set) => sizeOf(set) > 0).map((set) => ({ set, replicas: 0 }));
    return oldPodsExist || shrink.length > 0 ? shrink : [{ set: current, replicas: desired }];
  }
  const up = scaleUp(deployment, current, old, desired);
  return up.replicas !== sizeOf(current) ? [up] : [up, ...scaleDown(deployment, current, old, desired)];
}

function scaleUp(
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
  desired: number,
): ScaleStep {
  const size = sizeOf(current);
  if (size >= desired) return { set: current, replicas: desired };
  const room = desired + surgeOf(deployment) - total(old) - size;
  return { set: current, replicas: size + Math.max(0, Math.min(room, desired - size)) };
}

/** Old sets shrink as far as availability allows; what is not available anyway goes first. */
function scaleDown(
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
  desired: number,
): ScaleStep[] {
  const minAvailable = desired - maxUnavailableOf(deployment);
  const unready = sizeOf(current) - available(current);
  let cleanable = total(old) + sizeOf(current) - minAvailable - Math.max(0, unready);
  const sorted = [...old]
    .filter((set) => sizeOf(set) > 0)
    .sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1));
  const sizes = new Map(sorted.map((set) => [set, sizeOf(set)] as const));
  for (const set of sorted) {
    const unhealthy = Math.max(0, Math.min(sizeOf(set) - available(set), cleanable));
    sizes.set(set, sizeOf(set) - unhealthy);
    cleanable -= unhealthy;
  }
  let spare =
    old.reduce((sum, set) => sum + Math.min(available(set), sizes.get(set) ?? 0), available(current)) -
    minAvailable;
  for (const set of sorted) {
    const size = sizes.get(set) ?? 0;
    const less = Math.max(0, Math.min(size, spare));
    sizes.set(set, size - less);
    spare -= less;
  }
  return [...sizes]
    .filter(([set, replicas]) => replicas !== sizeOf(set))
    .map(([set, replicas]) => ({ set, replicas }));
}

/**
 * The wanted number changed: with one set in use it takes it all, in the middle of a rollout each takes its
 * share (leftovers to the largest). Pure.
 */
export function scaleProportionally(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
): ScaleStep[] {
  const desired = deployment.spec?.replicas ?? 1;
  const used = sets.filter((set) => sizeOf(set) > 0);
  const [only] = used;
  if (used.length === 0) return current === undefined ? [] : [];
  if (used.length === 1 && only !== undefined) return [{ set: only, replicas: desired }];
  const allowed = desired + surgeOf(deployment);
  const now = total(used);
  const sorted = [...used].sort((a, b) => sizeOf(b) - sizeOf(a));
  let left = allowed - now;
  const steps = sorted.map((set) => {
    const share = Math.round((sizeOf(set) * allowed) / Math.max(1, now)) - sizeOf(set);
    const change = left > 0 ? Math.min(Math.max(0, share), left) : Math.max(Math.min(0, share), left);
    left -= change;
    return { set, replicas: Math.max(0, sizeOf(set) + change) };
  });
  const [largest, ...others] = steps;
  return largest === undefined
    ? []
    : [{ ...largest, replicas: Math.max(0, largest.replicas + left) }, ...others];
}

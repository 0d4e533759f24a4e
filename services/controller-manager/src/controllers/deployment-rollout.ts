import type { Deployment, ReplicaSet } from '@kubelab/api';
import { desiredAnnotation, maxAnnotation, maxUnavailableOf, surgeOf } from './deployment.js';

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
 * The wanted number changed: with one set in use it takes it all; a rollout that is through takes it to its new
 * set; in the middle of one each takes its share by what it was made for, leftovers go to the largest. Pure.
 */
export function scaleProportionally(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
): ScaleStep[] {
  const desired = deployment.spec?.replicas ?? 1;
  const used = sets.filter((set) => sizeOf(set) > 0);
  const [only] = used;
  if (used.length === 0 || only === undefined) {
    const latest = current ?? [...sets].sort(byNewer)[0];
    return latest === undefined ? [] : [{ set: latest, replicas: desired }];
  }
  if (used.length === 1) return [{ set: only, replicas: desired }];
  if (current !== undefined && isSaturated(deployment, current))
    return used
      .filter((set) => set.metadata.uid !== current.metadata.uid)
      .map((set) => ({ set, replicas: 0 }));
  if (deployment.spec?.strategy?.type === 'Recreate') return [];
  const allowed = desired > 0 ? desired + surgeOf(deployment) : 0;
  const toAdd = allowed - total(used);
  // Who grows is the larger, then the newer; who shrinks is the larger, then the older.
  const tie = toAdd > 0 ? byNewer : (a: ReplicaSet, b: ReplicaSet) => byNewer(b, a);
  const sorted = [...used].sort((a, b) => sizeOf(b) - sizeOf(a) || tie(a, b));
  let added = 0;
  const steps = sorted.map((set) => {
    const share = toAdd === 0 ? 0 : proportion(deployment, set, toAdd, added);
    added += share;
    return { set, replicas: sizeOf(set) + share };
  });
  return steps.map(({ set, replicas }, at) => ({
    set,
    replicas: Math.max(0, at === 0 ? replicas + toAdd - added : replicas),
  }));
}

function byNewer(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return left === right ? (a.metadata.name < b.metadata.name ? -1 : 1) : left > right ? -1 : 1;
}

/** The new set has all that was wanted of it before the number changed, and all of it is available. */
function isSaturated(deployment: Deployment, current: ReplicaSet): boolean {
  const desired = deployment.spec?.replicas ?? 1;
  const wanted = Number(current.metadata.annotations?.[desiredAnnotation] ?? Number.NaN);
  return sizeOf(current) === desired && wanted === desired && available(current) === desired;
}

/** A set's share of what is to be added (or, below zero, taken), by the size it was part of. */
function proportion(deployment: Deployment, set: ReplicaSet, toAdd: number, added: number): number {
  const desired = deployment.spec?.replicas ?? 1;
  const before = Number(set.metadata.annotations?.[maxAnnotation] ?? 0) || (deployment.status?.replicas ?? 0);
  const share =
    desired === 0
      ? -sizeOf(set)
      : before === 0
        ? 0
        : Math.round((sizeOf(set) * (desired + surgeOf(deployment))) / before) - sizeOf(set);
  const left = toAdd - added;
  return toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
}

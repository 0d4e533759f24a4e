import { timestamp } from '@kubelab/api';

export interface ConditionLike {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** Conditions with one set: its lastTransitionTime changes only with its status. */
export function withCondition<T extends ConditionLike>(
  conditions: readonly T[] | undefined,
  wanted: T,
  nowMs: number,
): T[] {
  const known = (conditions ?? []).find((one) => one.type === wanted.type);
  const lastTransitionTime =
    known?.status === wanted.status ? (known.lastTransitionTime ?? timestamp(nowMs)) : timestamp(nowMs);
  const next = { ...known, ...wanted, lastTransitionTime };
  return known === undefined
    ? [...(conditions ?? []), next]
    : (conditions ?? []).map((one) => (one.type === wanted.type ? next : one));
}

export function isTrue(conditions: readonly ConditionLike[] | undefined, type: string): boolean {
  return conditions?.some((one) => one.type === type && one.status === 'True') === true;
}

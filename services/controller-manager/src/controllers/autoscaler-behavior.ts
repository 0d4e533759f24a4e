import type { HorizontalPodAutoscalerSpec, HPAScalingPolicy, HPAScalingRules } from '@kubelab/api';

/** Something that was scaled, or proposed, at a time. */
export interface Mark {
  readonly atMs: number;
  readonly replicas: number;
}

export interface History {
  /** What the metrics asked for. */
  recommendations: Mark[];
  /** By how much it was scaled. */
  ups: Mark[];
  downs: Mark[];
}

export const newHistory = (): History => ({ recommendations: [], ups: [], downs: [] });

const downStabilizationDefaultSeconds = 300;
const periodMaxMs = 1_800_000;

const upDefault: readonly HPAScalingPolicy[] = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
];
const downDefault: readonly HPAScalingPolicy[] = [{ type: 'Percent', value: 100, periodSeconds: 15 }];

export interface Decision {
  readonly replicas: number;
  /** Of the condition AbleToScale. */
  readonly stabilized: readonly [reason: string, message: string] | undefined;
  /** Of the condition ScalingLimited: absent when the wish was granted in full. */
  readonly limited: readonly [reason: string, message: string] | undefined;
}

/**
 * From what the metrics ask for to what is done: stabilization windows (the most careful of late
 * recommendations), policies (no more than so much per period), then the bounds (KEP-853). Notes the
 * recommendation in the history.
 */
export function decideReplicas(
  spec: HorizontalPodAutoscalerSpec,
  history: History,
  state: { readonly current: number; readonly desired: number; readonly nowMs: number },
): Decision {
  const { current, desired, nowMs } = state;
  const up = spec.behavior?.scaleUp;
  const down = spec.behavior?.scaleDown;
  const upWindowMs = (up?.stabilizationWindowSeconds ?? 0) * 1000;
  const downWindowMs = (down?.stabilizationWindowSeconds ?? downStabilizationDefaultSeconds) * 1000;
  history.recommendations = history.recommendations.filter(
    ({ atMs }) => nowMs - atMs < Math.max(upWindowMs, downWindowMs),
  );
  const within = (windowMs: number) =>
    history.recommendations.filter(({ atMs }) => nowMs - atMs < windowMs).map((one) => one.replicas);
  const lowest = Math.min(desired, ...within(upWindowMs));
  const highest = Math.max(desired, ...within(downWindowMs));
  history.recommendations.push({ atMs: nowMs, replicas: desired });
  const stable = Math.min(Math.max(current, lowest), highest);
  const stabilized =
    stable === desired
      ? undefined
      : desired < stable
        ? ([
            'ScaleDownStabilized',
            'recent recommendations were higher than current one, applying the highest recent recommendation',
          ] as const)
        : ([
            'ScaleUpStabilized',
            'recent recommendations were lower than current one, applying the lowest recent recommendation',
          ] as const);
  const min = spec.minReplicas ?? 1;
  if (stable > current) {
    const most = upLimit(up, history, current, nowMs);
    const limit = Math.min(most, spec.maxReplicas);
    if (stable <= limit) return { replicas: Math.max(stable, min), stabilized, limited: undefined };
    const limited =
      most < spec.maxReplicas
        ? ([
            'ScaleUpLimit',
            'the desired replica count is increasing faster than the maximum scale rate',
          ] as const)
        : (['TooManyReplicas', 'the desired replica count is more than the maximum replica count'] as const);
    return { replicas: Math.max(limit, Math.min(min, spec.maxReplicas)), stabilized, limited };
  }
  if (stable < current) {
    const least = downLimit(down, history, current, nowMs);
    const limit = Math.max(least, min);
    if (stable >= limit)
      return { replicas: Math.min(stable, spec.maxReplicas), stabilized, limited: undefined };
    const limited =
      least > min
        ? ([
            'ScaleDownLimit',
            'the desired replica count is decreasing faster than the maximum scale rate',
          ] as const)
        : (['TooFewReplicas', 'the desired replica count is less than the minimum replica count'] as const);
    return { replicas: Math.min(limit, spec.maxReplicas), stabilized, limited };
  }
  return { replicas: stable, stabilized, limited: undefined };
}

function changeIn(marks: readonly Mark[], periodSeconds: number, nowMs: number): number {
  return marks
    .filter(({ atMs }) => nowMs - atMs < periodSeconds * 1000)
    .reduce((sum, one) => sum + one.replicas, 0);
}

function upLimit(
  rules: HPAScalingRules | undefined,
  history: History,
  current: number,
  nowMs: number,
): number {
  const select = rules?.selectPolicy ?? 'Max';
  if (select === 'Disabled') return current;
  const limits = (rules?.policies ?? upDefault).map(({ type, value, periodSeconds }) => {
    const startOfPeriod =
      current - changeIn(history.ups, periodSeconds, nowMs) + changeIn(history.downs, periodSeconds, nowMs);
    return type === 'Pods' ? startOfPeriod + value : Math.ceil(startOfPeriod * (1 + value / 100));
  });
  return Math.max(current, select === 'Min' ? Math.min(...limits) : Math.max(...limits));
}

function downLimit(
  rules: HPAScalingRules | undefined,
  history: History,
  current: number,
  nowMs: number,
): number {
  const select = rules?.selectPolicy ?? 'Max';
  if (select === 'Disabled') return current;
  const limits = (rules?.policies ?? downDefault).map(({ type, value, periodSeconds }) => {
    const startOfPeriod =
      current + changeIn(history.downs, periodSeconds, nowMs) - changeIn(history.ups, periodSeconds, nowMs);
    return type === 'Pods' ? startOfPeriod - value : Math.floor(startOfPeriod * (1 - value / 100));
  });
  return Math.min(current, select === 'Min' ? Math.max(...limits) : Math.min(...limits));
}

/** Notes what was done; policies look back at most half an hour. */
export function noteScaling(history: History, from: number, to: number, nowMs: number): void {
  const recent = (marks: Mark[]) => marks.filter(({ atMs }) => nowMs - atMs < periodMaxMs);
  history.ups = recent(history.ups);
  history.downs = recent(history.downs);
  if (to > from) history.ups.push({ atMs: nowMs, replicas: to - from });
  if (to < from) history.downs.push({ atMs: nowMs, replicas: from - to });
}

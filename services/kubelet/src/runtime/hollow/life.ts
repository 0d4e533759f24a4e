import { quantityValue } from '@kubelab/api';

/**
 * How a hollow container lives: from the pod's annotations, `hollow.kubelab.dev/KEY`, or for one container
 * `CONTAINER.hollow.kubelab.dev/KEY`. Durations are written as Go's (`250ms`, `5s`, `1m30s`).
 *
 * | key            | means                                                                   | default                              |
 * | -------------- | ----------------------------------------------------------------------- | ------------------------------------ |
 * | `start-delay`  | from the pod's coming until its sandbox is made (of the pod only)       | the kubelet's flag                   |
 * | `run-duration` | from a container's start until it ends by itself; `forever`             | forever; init containers and jobs: 1 s |
 * | `exit-code`    | how it ends then                                                        | 0                                    |
 * | `failures`     | so many first runs end with 1 (or `exit-code`), the others with 0       | none                                 |
 * | `ready-delay`  | from a container's start until it is ready                              | 0                                    |
 * | `stop-delay`   | from SIGTERM until it ends; SIGKILL after the grace all the same        | 0                                    |
 * | `cpu-usage`, `memory-usage` | what it is told to use, as quantities (`250m`, `64Mi`)         | 0                                    |
 */
export interface HollowLife {
  /** Infinite: until it is told to end. */
  readonly runMs: number;
  readonly exitCode: number;
  readonly readyMs: number;
  readonly stopMs: number;
  readonly cpuNanoCores: number;
  readonly memoryBytes: number;
}

export type Annotations = Readonly<Record<string, string>>;

export const hollowDomain = 'hollow.kubelab.dev';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration; undefined for another text. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return text === '0' ? 0 : undefined;
  let totalMs = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    totalMs += Number(amount) * (units[unit] ?? 0);
  return totalMs;
}

export function hollowSetting(annotations: Annotations, key: string, container?: string): string | undefined {
  const own = container === undefined ? undefined : annotations[`${container}.${hollowDomain}/${key}`];
  return own ?? annotations[`${hollowDomain}/${key}`];
}

/** One run of a container. An annotation that cannot be read counts as absent. */
export function lifeOf(annotations: Annotations, container: string, attempt: number): HollowLife {
  const setting = (key: string) => hollowSetting(annotations, key, container);
  const duration = (key: string) => parseDuration(setting(key) ?? '');
  const count = (key: string) => {
    const text = setting(key);
    return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
  };
  const failures = count('failures');
  const failing = failures !== undefined && attempt < failures;
  const exitCode =
    failures === undefined ? (count('exit-code') ?? 0) : failing ? (count('exit-code') ?? 1) : 0;
  return {
    // A run that is to fail has to end.
    runMs: duration('run-duration') ?? (failing ? 1_000 : Number.POSITIVE_INFINITY),
    exitCode,
    readyMs: duration('ready-delay') ?? 0,
    stopMs: duration('stop-delay') ?? 0,
    cpuNanoCores: Math.round(quantityValue(setting('cpu-usage')) * 1e9),
    memoryBytes: Math.round(quantityValue(setting('memory-usage'))),
  };
}

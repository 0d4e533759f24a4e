import { curl } from './http.js';
import type { Kubectl } from './kubectl.js';
import { sleep } from './run.js';

export interface Attempt {
  readonly startedMs: number;
  readonly endedMs: number;
  readonly ok: boolean;
  readonly what: string;
}

/** Something done again and again while a component is killed; tells afterwards for how long it failed. */
export interface Load {
  readonly attempts: readonly Attempt[];
  stop(): Promise<void>;
}

export function repeat(work: (round: number) => Promise<string>, pauseMs: number): Load {
  const attempts: Attempt[] = [];
  let stopped = false;
  const loop = async () => {
    for (let round = 0; !stopped; round += 1) {
      const startedMs = performance.now();
      try {
        const what = await work(round);
        attempts.push({ startedMs, endedMs: performance.now(), ok: true, what });
      } catch (error) {
        const what = error instanceof Error ? error.message : String(error);
        attempts.push({ startedMs, endedMs: performance.now(), ok: false, what });
      }
      await sleep(pauseMs);
    }
  };
  const done = loop();
  return {
    attempts,
    stop: () => {
      stopped = true;
      return done;
    },
  };
}

/** Requests to a Service, one connection each. */
export function curlLoad(url: string): Load {
  return repeat(async () => {
    const { code, body } = await curl(url);
    if (code !== 200) throw new Error(`answered ${code}: ${body}`);
    return body;
  }, 20);
}

/**
 * ConfigMaps `PREFIX-0`, `PREFIX-1`, ... by raw requests over kubectl proxy-less HTTP; each acknowledged one
 * must be found afterwards.
 */
export function writeLoad(create: (name: string) => Promise<void>, prefix: string): Load {
  return repeat(async (round) => {
    const name = `${prefix}-${round}`;
    await create(name);
    return name;
  }, 10);
}

/** From a moment to the end of the first attempt after it that succeeded: how long a person was without. */
export function outageMs(load: Load, sinceMs: number): number {
  const after = load.attempts.filter((attempt) => attempt.startedMs >= sinceMs && attempt.ok);
  const [first] = after;
  return first === undefined ? Number.POSITIVE_INFINITY : first.endedMs - sinceMs;
}

export async function namesOf(kubectl: Kubectl, ...args: readonly string[]): Promise<Set<string>> {
  const list = await kubectl.json('get', ...args);
  return new Set(list.items().map((item) => String(item.at('metadata.name'))));
}

import type { PermitWait, Plugin } from './framework/contract.js';
import type { NodeInfo } from './framework/node-info.js';
import type { PodInfo } from './framework/pod-info.js';
import type { Profile } from './framework/profile.js';
import { failure, type Status, unschedulable } from './framework/status.js';

type Sleep = (delayMs: number, signal: AbortSignal) => Promise<void>;

/** The first plugin that cannot keep its place for the pod refuses. */
export function reserve(profile: Profile, info: PodInfo, node: NodeInfo): Status | undefined {
  for (const plugin of profile.plugins.reserve) {
    const status = plugin.reserve?.(info, node);
    if (status !== undefined) return status;
  }
  return undefined;
}

/** The end of the scheduling cycle: refused, or what is to be waited for. */
export function permit(profile: Profile, info: PodInfo, nodeName: string): Status | readonly PermitWait[] {
  const waits: PermitWait[] = [];
  for (const plugin of profile.plugins.permit) {
    const result = plugin.permit?.(info, nodeName);
    if (result === undefined) continue;
    if ('code' in result) return result;
    waits.push(result);
  }
  return waits;
}

/** Undoes reserve: every plugin, the last one first. */
export function unreserve(profile: Profile, info: PodInfo, nodeName: string): void {
  for (const plugin of [...profile.plugins.reserve].reverse()) plugin.unreserve?.(info, nodeName);
}

/** Until every permit is given; refused when the shortest patience is over. */
export async function awaitPermits(waits: readonly PermitWait[], sleep: Sleep): Promise<Status | undefined> {
  if (waits.length === 0) return undefined;
  const over = new AbortController();
  const timeoutMs = Math.min(...waits.map((wait) => wait.timeoutMs));
  const timeout = sleep(timeoutMs, over.signal).then(
    () => unschedulable('Permit', `timed out waiting for permit after ${timeoutMs} ms`),
    () => undefined,
  );
  const given = Promise.all(waits.map(({ wait }) => wait)).then((all) =>
    all.find((one) => one !== undefined),
  );
  const status = await Promise.race([given, timeout]);
  over.abort();
  return status;
}

/** preBind of every plugin, then the first bind that takes the pod, then postBind. */
export async function bindPod(
  profile: Profile,
  info: PodInfo,
  nodeName: string,
): Promise<Status | undefined> {
  for (const plugin of profile.plugins.preBind) {
    const status = await plugin.preBind?.(info, nodeName);
    if (status !== undefined) return status;
  }
  const status = await firstBinder(profile.plugins.bind, info, nodeName);
  if (status !== undefined) return status;
  for (const plugin of profile.plugins.postBind) plugin.postBind?.(info, nodeName);
  return undefined;
}

async function firstBinder(
  binders: readonly Plugin[],
  info: PodInfo,
  nodeName: string,
): Promise<Status | undefined> {
  for (const binder of binders) {
    const result = await binder.bind?.(info, nodeName);
    if (result === 'bound') return undefined;
    if (result !== undefined && result !== 'skip') return result;
  }
  return failure('Bind', 'no bind plugin took the pod');
}

import type { Container, LifecycleHandler } from '@kubelab/api';
import type { World } from '@kubelab/world';
import { httpProbe } from '../probes/probe.adapter.js';
import { type ContainerRuntime, RuntimeError } from '../runtime/cri.js';
import { portOf } from './spec.js';

/** What is left for SIGTERM after a preStop hook that used up the grace, as Kubernetes leaves it. */
export const graceLeftMinMs = 2_000;
/** A hook after the start holds the pod's worker: it has an end even when the command has none. */
export const postStartMsMax = 120_000;

export interface HookTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIp: string;
}

/** Runs a postStart or preStop handler; answers what went wrong, or undefined when all went well. */
export async function runHook(
  parts: { readonly world: World; readonly runtime: ContainerRuntime },
  handler: LifecycleHandler,
  { container, containerId, podIp }: HookTarget,
  timeoutMs: number,
): Promise<string | undefined> {
  const { exec, httpGet, sleep } = handler;
  if (sleep !== undefined) {
    await parts.world.timers.sleep(Math.min(timeoutMs, (sleep.seconds ?? 0) * 1000));
    return undefined;
  }
  if (httpGet !== undefined) {
    const headers = Object.fromEntries((httpGet.httpHeaders ?? []).map(({ name, value }) => [name, value]));
    const target = { host: httpGet.host ?? podIp, port: portOf(container, httpGet.port) };
    const result = await httpProbe({ ...target, path: httpGet.path ?? '/', headers }, timeoutMs);
    return result.ok ? undefined : result.output;
  }
  if (exec === undefined) return 'invalid handler: no action was specified';
  const command = (exec.command ?? []).join(' ');
  try {
    const { exitCode, output, timedOut } = await parts.runtime.ExecSync(
      containerId,
      exec.command ?? [],
      timeoutMs,
    );
    if (exitCode === 0 && !timedOut) return undefined;
    const why = timedOut ? `timed out after ${timeoutMs} ms` : `exited with ${exitCode}`;
    return `command '${command}' ${why}: ${output}`;
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return `command '${command}': ${error.message}`;
  }
}

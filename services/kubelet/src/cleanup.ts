import type { ProcessReference, World } from '@kubelab/world';
import type { PodSandbox } from './runtime/cri.js';
import { readJson } from './runtime/process/files.js';
import { removePodAddress } from './runtime/process/network.js';

const killedPollMs = 5;
/** A process that SIGKILL does not end by then hangs in the kernel. */
const killedWaitMs = 5_000;

/**
 * Ends every container that a kubelet recorded below its data directory; for when the kubelet is gone for
 * good. Their processes are gone when it resolves. Idempotent.
 */
export async function stopAllPods(
  world: World,
  options: { readonly dataDirectory: string; readonly network?: 'loopback' | 'interface' },
): Promise<void> {
  const { disk, processes } = world;
  const pods = `${options.dataDirectory}/pods`;
  if (!(await disk.exists(pods))) return;
  const killed: ProcessReference[] = [];
  for (const uid of await disk.list(pods)) {
    const sandbox = await readJson<PodSandbox>(world, `${pods}/${uid}/sandbox.json`);
    if (sandbox === undefined) continue;
    const containers = `${pods}/${uid}/containers`;
    for (const name of (await disk.exists(containers)) ? await disk.list(containers) : []) {
      const file = await readJson<{ process?: ProcessReference }>(
        world,
        `${containers}/${name}/container.json`,
      );
      if (file?.process === undefined) continue;
      if (await processes.signal(file.process, 'SIGKILL', { group: true })) killed.push(file.process);
    }
    if (!sandbox.hostNetwork) await removePodAddress(world, options.network ?? 'loopback', sandbox.ip);
  }
  await allGone(world, killed);
}

async function allGone(
  { processes, clock, timers }: World,
  killed: readonly ProcessReference[],
): Promise<void> {
  const untilMs = clock.monotonicMs() + killedWaitMs;
  for (const process of killed)
    while ((await processes.isAlive(process)) && clock.monotonicMs() < untilMs)
      await timers.sleep(killedPollMs);
}

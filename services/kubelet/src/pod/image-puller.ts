import type { Container } from '@kubelab/api';
import type { World } from '@kubelab/world';
import { type ContainerRuntime, RuntimeError } from '../runtime/cri.js';
import type { Backoff } from './backoff.js';
import type { ContainerMemory } from './memory.js';

export const unmetRetryMs = 1_000;
/** The catalogue may get the image; nothing tells. */
const neverPullRetryMs = 10_000;

export interface ImagePullerParts {
  readonly world: World;
  readonly runtime: ContainerRuntime;
  readonly backoff: Backoff;
  readonly event: (type: 'Normal' | 'Warning', reason: string, message: string) => void;
}

/** By imagePullPolicy. Undefined when the image is there; else when to look again, with the reason in `own`. */
export async function ensureImage(
  parts: ImagePullerParts,
  container: Container,
  own: ContainerMemory,
  backoffKey: string,
): Promise<number | undefined> {
  const { runtime, backoff, world, event } = parts;
  const image = container.image ?? '';
  const policy = container.imagePullPolicy ?? 'IfNotPresent';
  const present = (await runtime.ImageStatus(image)) !== undefined;
  if (present && policy !== 'Always') {
    event('Normal', 'Pulled', `Container image "${image}" already present on machine`);
    return undefined;
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    if (own.waiting?.reason !== 'ErrImageNeverPull') {
      event('Warning', 'ErrImageNeverPull', message);
      event('Warning', 'Failed', 'Error: ErrImageNeverPull');
    }
    own.waiting = { reason: 'ErrImageNeverPull', message };
    return neverPullRetryMs;
  }
  const failedAtMs = own.pullFailed?.atMs ?? 0;
  const leftMs = present ? 0 : backoff.remainingMs(backoffKey, failedAtMs, world.clock.nowMs());
  if (leftMs > 0) {
    const message = `Back-off pulling image "${image}"`;
    if (own.waiting?.reason !== 'ImagePullBackOff') {
      event('Normal', 'BackOff', message);
      event('Warning', 'Failed', 'Error: ImagePullBackOff');
    }
    const why = `${message}: ErrImagePull: ${own.pullFailed?.message ?? ''}`;
    own.waiting = { reason: 'ImagePullBackOff', message: why };
    return leftMs;
  }
  return pull(parts, image, own, backoffKey);
}

async function pull(
  { runtime, backoff, world, event }: ImagePullerParts,
  image: string,
  own: ContainerMemory,
  backoffKey: string,
): Promise<number | undefined> {
  event('Normal', 'Pulling', `Pulling image "${image}"`);
  try {
    const startedMs = world.clock.monotonicMs();
    await runtime.PullImage(image);
    const took = `${Math.round(world.clock.monotonicMs() - startedMs)}ms`;
    event('Normal', 'Pulled', `Successfully pulled image "${image}" in ${took} (${took} including waiting)`);
    return undefined;
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    event('Warning', 'Failed', `Failed to pull image "${image}": ${error.message}`);
    event('Warning', 'Failed', 'Error: ErrImagePull');
    own.waiting = { reason: 'ErrImagePull', message: error.message };
    own.pullFailed = { atMs: world.clock.nowMs(), message: error.message };
    backoff.next(backoffKey, world.clock.nowMs());
    return unmetRetryMs;
  }
}

import { ApiError, type Pod, podKind, timestamp } from '@kubelab/api';
import { type Client, keyOf } from '@kubelab/client';
import type { Logger } from '@kubelab/telemetry';
import type { World } from '@kubelab/world';
import { truncated } from './framework/fit-error.js';

/** Patches under way at once. */
const writesMax = 16;

export interface PodMark {
  readonly reason: 'Unschedulable' | 'SchedulerError' | 'SchedulingGated';
  readonly message: string;
  /** '' takes a nomination back; undefined leaves it. */
  readonly nominatedNode?: string | undefined;
}

/**
 * Writes why pods wait into their conditions, beside the cycles. Of several marks of a pod that wait to be
 * written the last counts, so that no more wait than there are pods.
 */
export class StatusWriter {
  readonly #parts: { readonly world: World; readonly log: Logger; readonly client: Client };
  readonly #waiting = new Map<string, { readonly pod: Pod; readonly mark: PodMark }>();
  #writing = 0;

  constructor(parts: { readonly world: World; readonly log: Logger; readonly client: Client }) {
    this.#parts = parts;
  }

  mark(pod: Pod, mark: PodMark): void {
    const message = truncated(mark.message);
    const known = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    const nominated = mark.nominatedNode ?? pod.status?.nominatedNodeName ?? '';
    const isSame = known?.status === 'False' && known.reason === mark.reason && known.message === message;
    if (isSame && nominated === (pod.status?.nominatedNodeName ?? '')) return;
    this.#waiting.set(keyOf(pod), { pod, mark: { ...mark, message } });
    if (this.#writing < writesMax) void this.#write();
  }

  /** It is bound or gone: what was to be said of it is out of date. */
  drop(key: string): void {
    this.#waiting.delete(key);
  }

  async #write(): Promise<void> {
    this.#writing += 1;
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      const [key, { pod, mark }] = next;
      this.#waiting.delete(key);
      await this.#writeOne(pod, mark);
    }
    this.#writing -= 1;
  }

  async #writeOne(pod: Pod, { reason, message, nominatedNode }: PodMark): Promise<void> {
    const { world, client, log } = this.#parts;
    const known = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    const now = timestamp(world.clock.nowMs());
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      lastProbeTime: null,
      lastTransitionTime: known?.status === 'False' ? (known.lastTransitionTime ?? now) : now,
    };
    const nomination =
      nominatedNode === undefined ? {} : { nominatedNodeName: nominatedNode === '' ? null : nominatedNode };
    const { namespace, name } = pod.metadata;
    try {
      await client.for<Pod>(podKind).patch({ namespace, name, subresource: 'status' }, 'strategic', {
        // Another pod of this name gets nothing of it.
        metadata: { uid: pod.metadata.uid },
        status: { conditions: [condition], ...nomination },
      });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      log.debug({ pod: keyOf(pod), error: error.message }, 'the condition was not written');
    }
  }
}

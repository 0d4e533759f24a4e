import { type Pod, quantityValue } from '@kubelab/api';
import type { Logger } from '@kubelab/telemetry';
import type { Timer, World } from '@kubelab/world';
import type { PodUse } from '../stats/snapshot.js';
import { total } from '../stats/snapshot.js';

/** Kubernetes' housekeeping interval: at most one pod is evicted at each look. */
const lookEveryMs = 10_000;
/** Of system-cluster-critical; such pods, and static ones, stay. */
const criticalPriority = 2_000_000_000;

export type Signal = 'memory.available' | 'nodefs.available';

export interface Threshold {
  readonly signal: Signal;
  readonly bytes: number;
  /** As it was written. */
  readonly text: string;
}

const signals: readonly Signal[] = ['memory.available', 'nodefs.available'];

/** `memory.available<100Mi,nodefs.available<512Mi` (--eviction-hard). Throws with what is wrong. */
export function parseThresholds(text: string): Threshold[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const [name, amount = ''] = part.split('<');
      const signal = signals.find((one) => one === name);
      if (signal === undefined) throw new Error(`eviction signal '${name}' is none of ${signals.join(', ')}`);
      if (!/^\d+(\.\d+)?([KMGT]i?)?$/.test(amount))
        throw new Error(`'${amount}' is no quantity, in '${part}'`);
      return { signal, bytes: quantityValue(amount), text: amount };
    });
}

export interface Candidate {
  readonly pod: Pod;
  readonly use: PodUse;
}

/** The running pods with what they use. */
export function candidatesOf(pods: readonly Pod[], uses: readonly PodUse[]): Candidate[] {
  return pods.flatMap((pod) => {
    const use = uses.find(({ uid }) => uid === pod.metadata.uid);
    const over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    return use === undefined || over || pod.metadata.deletionTimestamp !== undefined ? [] : [{ pod, use }];
  });
}

const requestOf = (pod: Pod) =>
  (pod.spec?.containers ?? []).reduce((sum, one) => sum + quantityValue(one.resources?.requests?.memory), 0);
const memoryOf = ({ use }: Candidate) => total(use.containers).memoryBytes;

/**
 * In the order of being evicted for memory: first those that use more than they asked for, of these the lowest priority, of these
 * who is furthest above its request (https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/).
 */
export function rankForMemory(candidates: readonly Candidate[]): Candidate[] {
  const excess = (one: Candidate) => memoryOf(one) - requestOf(one.pod);
  const priority = ({ pod }: Candidate) => pod.spec?.priority ?? 0;
  return candidates
    .filter(({ pod }) => (pod.spec?.priority ?? 0) < criticalPriority && !isStatic(pod))
    .sort(
      (a, b) =>
        Number(excess(b) > 0) - Number(excess(a) > 0) || priority(a) - priority(b) || excess(b) - excess(a),
    );
}

function isStatic({ metadata }: Pod): boolean {
  return metadata.annotations?.['kubernetes.io/config.source'] === 'file';
}

/** As Kubernetes words it. */
export function evictionMessage(threshold: Threshold, availableBytes: number, one: Candidate): string {
  const resource = threshold.signal === 'memory.available' ? 'memory' : 'ephemeral-storage';
  const low = `The node was low on resource: ${resource}. Threshold quantity: ${threshold.text}, available: ${kibi(availableBytes)}. `;
  if (resource !== 'memory') return low;
  const above = (one.pod.spec?.containers ?? []).flatMap(({ name, resources }) => {
    const used = one.use.containers.find((use) => use.name === name)?.memoryBytes ?? 0;
    const request = resources?.requests?.memory ?? '0';
    if (used <= quantityValue(request)) return [];
    return [
      `Container ${name} was using ${kibi(used)}, request is ${request}, has larger consumption of memory. `,
    ];
  });
  return low + above.join('');
}

const kibi = (bytes: number) => `${Math.floor(bytes / 1024)}Ki`;

export interface EvictionParts {
  readonly world: World;
  readonly log: Logger;
  readonly thresholds: readonly Threshold[];
  /** Undefined for what cannot be measured. */
  readonly available: (signal: Signal) => Promise<number | undefined>;
  /** What runs here. */
  readonly candidates: () => Promise<readonly Candidate[]>;
  readonly evict: (pod: Pod, message: string) => void;
}

/** Ends pods, one at a time, while the node is short of something. */
export class EvictionManager {
  readonly #parts: EvictionParts;
  #looking = false;
  #timer: Timer | undefined;

  constructor(parts: EvictionParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#parts.thresholds.length === 0) return;
    this.#timer = this.#parts.world.timers.setInterval(() => void this.#look(), lookEveryMs);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const { thresholds, available, candidates, evict, log } = this.#parts;
    try {
      for (const threshold of thresholds) {
        const bytes = await available(threshold.signal);
        if (bytes === undefined || bytes >= threshold.bytes) continue;
        const [first] = rankForMemory(await candidates());
        if (first === undefined) return;
        const message = evictionMessage(threshold, bytes, first);
        log.warn({ pod: first.pod.metadata.name, message }, 'a pod is evicted');
        evict(first.pod, message);
        return;
      }
    } catch (error) {
      log.error({ error }, 'the look for pressure failed; it is tried again');
    } finally {
      this.#looking = false;
    }
  }
}
